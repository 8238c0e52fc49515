"""What the figures of a passage are about: the metric, the year, the phase, the size that its words have said so far."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.context import Context, Piece
from pipeline.extract.forms import load_library
from pipeline.extract.prose.elements import WHOLE, Element, printed_year
from pipeline.extract.prose.folding import NUMBER, YEAR, Folded, fold
from pipeline.extract.prose.grammar import Grammar, Metric
from pipeline.extract.prose.parts import ECONOMIC, Members, economic, functions, is_function, named_before, official

#: What leaves everything but the figures that come next as it was.
_KEEPING = ("phase", "purchase", "threshold", "date", "year", "base")


#: 本单位基本支出 is the body's, also after the parts of something else; 全部为项目支出 is what it was.
_BODY = re.compile("(?:[本我该]|全(?!部(?!门)|为|是|数|额))[^，。；：]{0,3}$")
#: What is no longer a holding of the body.
_GONE = re.compile("处置|报废|核销|淘汰|划转|捐赠|出租|出借")
#: A list of items that have numbers.
_ORDINAL = re.compile("#[.、]|（#）|（?[一二三四五六七八九]+[）、是]")
_ITEM = re.compile(f"[^，。；：#]{{0,4}}：?(?:{_ORDINAL.pattern})")
#: What stands before a name that is whole.
_BEFORE_NAME = re.compile(f"(?:^|[。；：，、]|{YEAR}年?度?)$")
#: 收入决算5万元，支出决算4万元 are the body's own.
_BOTH_SIDES = re.compile("收入[决预]算[^。；]{0,24}，支出[决预]算")
_BARE_SIDE = re.compile(f"(?:{YEAR}年?度?，?)?(?:收入|支出)")
_SIDES = {"支出": "expenditure", "收入": "revenue"}
_TOTALS = ("总计", "合计", "总额")
#: The metric of scores and grades.
EVALUATION = "performance_self_evaluation"
EVALUATIONS = (EVALUATION, "performance_evaluation")
#: A label that ends like this is of the budget, in final accounts too; the names of funds end in 预算 as well.
_BUDGETED = re.compile(
    "(?<!一般公共)(?<!政府性基金)(?<!国有资本经营)(?:预算|采购计划)(?:数|[总金]?额|总金额|总计|合计)?$"
)
#: What a score can be of, and what it is called.
_SCORED = ("other_amount", "major_project")
_SCORES = ("得分", "评分", "分数", "综合得分", "总得分", "总分", "结果", "等级", "等次", "评级")
_NARROWED = ("function_expenditure", "other_amount")


class Subject(NamedTuple):
    """What a figure is of: the metric, what narrows it (a stretch of the folded passage), the function code."""

    metric: Metric | None = None
    name: Piece | None = None
    function_code: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether it is a function or a named amount, and not the whole body's."""
        return self.metric is not None and self.name is not None and self.metric.name in _NARROWED


class _Outside(NamedTuple):
    """What the words before a bracket are about, where it begins, and the list that they are in."""

    about: About
    start: int
    whole: Subject
    unnamed: bool
    list_state: tuple[int, bool, Subject]


@dataclass(slots=True)
class About:
    """What the words so far are about. Pieces are stretches of the folded passage, not of the document.

    ``near`` is true where the metric was named so lately that a figure can be its own.
    """

    metric: Metric | None = None
    subject: Piece | None = None
    function_code: str | None = None
    near: bool = False
    #: whether its amount has been stated, of this year and phase
    told: bool = False
    #: whether the sentence before named it, and this one does not; whether this one says only a side (支出决算) instead
    inherited: bool = False
    sided: str | None = None
    #: whether the sentence says what it compares with
    compared: bool = False
    year: int | None = None
    base: tuple[int | None, str | None] = (None, None)
    phase: str | None = None
    as_of: str | None = None
    purchase: bool = False
    threshold: Piece | None = None
    fund: str | None = None

    @property
    def of(self) -> Subject:
        return Subject(self.metric, self.subject, self.function_code)

    def turn_to(self, metric: Metric | None, subject: Piece | None = None, function_code: str | None = None) -> None:
        """Make ``metric`` what the next figures are of."""
        self.metric, self.subject, self.function_code, self.near = metric, subject, function_code, True
        self.told, self.inherited, self.sided = False, False, None


class Topic:
    """What the figures of one passage are about, followed element by element."""

    def __init__(self, folded: Folded, grammar: Grammar, codes: FunctionCodes, year: int | None) -> None:
        self._folded, self._grammar, self._codes = folded, grammar, codes
        #: The year that figures are of where nothing else is said, and from which 上年 counts.
        self.own_year = year
        self.about = About(near=True, year=year)
        #: What the last sentence's first figure was about; the next is about it, too, where it does not say.
        self.anchor = Subject()
        self.anchored = False
        #: Whether the words are of an item of a list that has a number: 1.…
        self.itemised = False
        #: Whether parts of something are being listed (其中：…).
        self.listing = False
        #: How many amounts of a list have been stated, -1 where none is open; whether a semicolon parts its items.
        self._parts, self._split = -1, False
        #: What the amounts of the list are of together, where the sentence says it.
        self.sum = Subject()
        #: What it is whose parts they are, and where the last label ends.
        self._listed: Metric | None = None
        self._label_end = 0
        #: The function or named amount whose parts are being listed.
        self._whole = Subject()
        #: The function or body that the words right before the last label of a part name, up to the next semicolon.
        self._named = Subject()
        #: Where the name of an amount can begin at the earliest: after the last figure, or the last semicolon.
        self.boundary = 0
        #: The year and day that an earlier sentence gave; holdings go on to be counted at it.
        self._dated: tuple[int | None, str] | None = None
        self._carried = False
        self._ended = Subject()
        #: The years that the sentence has named so far.
        self._years: set[int | None] = set()
        #: Whether an amount of the own year has been stated since the last semicolon.
        self._own_told = False
        self._year_end = self._phase_end = -1
        #: What scores and grades are of: self-evaluation, or the evaluation named last.
        self.evaluation = grammar.metrics[EVALUATION]
        self._sentence, self._of_sides = 0, False
        #: What the heading above the passage names.
        self.heading: Metric | None = None
        #: What the words before each open bracket were about.
        self._outside: list[_Outside] = []
        #: Whether the words are about parts of an amount that has no name.
        self.lost = False
        self._unnamed = self._unnamed_before = self._parts_of_unnamed = False

    def begin(self, metric: Metric | None, of_sides: bool = False) -> None:
        """Begin the passage with what the heading above it names; ``of_sides``: the body's revenue or expenditure."""
        self.about.metric, self.heading, self._of_sides = metric, metric, of_sides
        self.anchor = Subject(metric)

    def company(self, start: int) -> str | None:
        """The name of the metric that the words so far are about; 收入5万元 below a heading of the body's revenue is of that."""
        if self.about.metric is None:
            bare = self._of_sides and _BARE_SIDE.match(self._folded.text, start) is not None
            return "revenue_and_expenditure" if bare else None
        return self.about.metric.name

    def begin_sentence(self, start: int) -> None:
        """Forget what a sentence says for itself alone; what it is about goes on."""
        about = self.about
        self._ended = about.of
        if about.as_of:
            self._dated = about.year, about.as_of
        last, self._carried = about.year, False
        about.year, about.as_of = self.own_year, None
        about.purchase, about.threshold, about.compared = False, None, False
        self._unnamed_before, self._unnamed = self._unnamed, False
        self._parts_of_unnamed = self.lost = False
        about.turn_to(*self.anchor)
        about.inherited = True
        if about.metric is not None and about.metric.stock and self._dated:
            about.year, about.as_of = self._dated
            self._carried = True
        elif about.metric is not None and about.metric.keeps_year:
            about.year = last
        self.anchored = self.listing = False
        self.itemised = _ORDINAL.match(self._folded.text, start) is not None
        self._parts = -1
        self._named = Subject()
        self._outside.clear()
        self._years, self._own_told = set(), False
        self.boundary = self._sentence = start

    def note(self, element: Element) -> None:
        """Keep what ``element`` says about the figures that follow."""
        about = self.about
        if element.kind in _KEEPING:
            self._note_circumstance(element)
        elif element.metric is not None:
            self._turn_to_label(element, element.metric)
        elif element.match is not None:
            code = self._codes.code(self._folded, element.match)
            self._turn_to_name("function_expenditure", (element.start, element.end), code)
        elif element.kind == "evaluated":
            self._turn_to_name(EVALUATION, element.name, None)
        elif element.kind == "actual":
            if about.metric is not None and about.metric.actual:
                about.turn_to(self._grammar.metrics[about.metric.actual], None, about.function_code)
        else:
            self._note_mark(element)

    @property
    def labelled(self) -> bool:
        """Whether a label stands after the last figure."""
        return self._label_end > self.boundary

    def may_end_parts(self, mark: str) -> bool:
        """Whether a list of several amounts may end at ``mark``: its items are parted by commas, or all by semicolons."""
        return self.listing and self._parts > 1 and mark == ("；" if self._split else "，")

    def lists_parts_of(self, metric: Metric | None) -> bool:
        """Whether the words are about parts of what ``metric`` is the metric of."""
        return self.listing and self._listed is not None and metric is not None and self._listed.name == metric.name

    def turn_to_words(self, start: int, end: int) -> None:
        """Go on about the function that the words are the name of; about nothing that is known where they name another amount."""
        name = self._folded.text[start:end]
        code, function = self.function_of(name)
        if function:
            self._turn_to_name("function_expenditure", (start, end), code)
            self.anchor = self.about.of
        elif self._grammar.name_ending.search(name):
            self.anchor = Subject()

    def function_of(self, name: str) -> tuple[str | None, bool]:
        """The code of a function that is named without its class, where the tables tell it; whether it is a function."""
        # 信息化建设支出预算 may be what a project is called.
        names = name.removesuffix("预算"), name.removesuffix("支出")
        code = next(filter(None, map(self._codes.alone, names)), None)
        printed = code is not None and official(*ECONOMIC).isdisjoint(names)
        function = printed or not functions().isdisjoint(names)
        return code if function else None, function

    def _note_circumstance(self, element: Element) -> None:
        """A year, a phase, a size: what narrows figures, and leaves what they are of as it is."""
        about = self.about
        about.told = False
        match element.kind:
            case "year":
                about.year, about.as_of, self._dated = self._year(element), None, None
                self._year_end = element.end
                self._years |= {about.year} - {None}
            case "date":
                about.year, about.as_of, about.purchase = (
                    printed_year(self._folded, element),
                    self._date(element),
                    False,
                )
                self._years |= {about.year} - {None}
            case "base":
                self._note_base(element)
            case "phase":
                self._turn_side(element)
                about.phase = element.phase
                self._phase_end = element.end
            case "threshold":
                about.threshold = (element.start, element.end)
            case "purchase":
                about.purchase = True

    def _note_base(self, element: Element) -> None:
        """What is compared with. 2024年执行数1.8万元，比2024年执行数增加0.2万元: the change is of the document's own year."""
        about = self.about
        year, phase = (self._year(element.year) if element.year else about.year), element.phase
        if year is not None and year == about.year and self._years == {year} - {self.own_year}:
            year += self._relative(element.year)
        about.base, about.compared = (year, phase), True
        if about.year == year != self.own_year and (phase is None or about.phase in (None, phase)):
            about.year, about.phase = self.own_year, None

    def _relative(self, year: Element | None) -> int:
        """How many years 上年 lies off, 0 where a year is printed. 2024年5万元，比上年增加1万元, in 2025: its 上年 is 2023."""
        printed = year is None or printed_year(self._folded, year) is not None
        return 0 if printed or year is None else year.offset or 0

    def _note_mark(self, element: Element) -> None:
        """Text without meaning, brackets, 其中 and semicolons: what ends a name, or sets parts apart."""
        about = self.about
        match element.kind:
            case "other":
                about.near = False
            case "stop":
                self._end_clauses(element)
            case "project":
                about.near = about.metric is not None and about.metric.name == EVALUATION and about.subject is not None
            case "amount":
                # What comes next (合计5万元，比上年增长4%) may be said of an amount that nothing names.
                self._unnamed, about.near = self._has_words(element.start), False
            case "none" if element.start == self._year_end:
                about.year = self.own_year  # 上年未安排，…: the next clause is of this year again
            case "open":
                list_state = self._parts, self._split, self.sum
                self._outside.append(_Outside(replace(about), element.end, self._whole, self._unnamed, list_state))
                # 行政运行5万元（基本支出3万元、项目支出2万元）
                self._whole = about.of if about.told and about.of.narrowed else self._whole
            case "close" if self._outside:
                self._leave_bracket(self._outside.pop(), element.start)
            case "part":
                self._begin_parts(element.start)
        if element.kind in ("stop", "part"):
            self.boundary = element.end
            self._named = Subject()
            self._own_told = self._own_told and element.kind != "stop"

    def tell(self, amount: bool) -> None:
        """Keep that a figure has been stated, ``amount``: the amount of this year and phase."""
        self.about.told = amount
        self._own_told = self._own_told or (amount and self.about.year == self.own_year)
        if amount and self._parts >= 0:
            self._parts += 1

    def _end_clauses(self, stop: Element) -> None:
        """A semicolon. A 5万元，其中：B 3万元，C 2万元；比上年…: what comes after it is said of the whole again."""
        if not stop.goes_on:
            self.about.near, self._split = False, True
            if self._own_told and self.about.as_of is None:
                self.about.year = self.own_year  # 购置费5万元，去年为0；运行费8万元: the second is of this year again
        elif self._parts <= 1:
            self._begin_parts(stop.start)
        elif not self._split:
            self.about.turn_to(*self.sum)
            self.about.near = self.sum.metric is not None
            self._parts = -1

    def _begin_parts(self, start: int) -> None:
        """What comes after the parts (A 5元，其中：B 3元，C 2元。比上年…) is about what they are parts of."""
        about, first = self.about, self.boundary == start
        self._parts_of_unnamed = self._unnamed_before if first else self._unnamed
        self.listing, self._listed, self._parts, self._split = True, about.metric, 0, False
        self.sum = Subject() if about.inherited and not self.anchored else about.of
        if about.subject is None or self._whole.name != about.subject:
            self._whole = self._ended if first and self._ended.narrowed else about.of
        if self._whole.name and self._folded.text[slice(*self._whole.name)] in economic():
            self._whole = Subject()  # 工资福利支出 has no 项目支出 of its own
        if self.anchored and about.near:
            self.anchor = about.of
        elif self._sentence == start:
            self.anchored = True  # 其中：… as a sentence: the next one is about the whole again
        if _ITEM.match(self._folded.text, start):
            self.anchored, self.itemised = (
                False,
                True,
            )  # 包括：1.教育支出5万元。比上年增加1万元: the next sentence is about the item

    def _has_words(self, end: int) -> bool:
        """Whether words stand before an amount in its clause that no list knows: 机构运行5万元."""
        text = self._folded.text
        start = max(self.boundary, *(text.rfind(mark, 0, end) + 1 for mark in "，。；："))
        words = text[start:end].replace(YEAR, "").removeprefix("年").removeprefix("度")
        return words != "" and self._grammar.links.fullmatch(words) is None

    def _leave_bracket(self, before: _Outside, end: int) -> None:
        """Go on with what the words before a bracket were about; with their year, too, where figures stand in it."""
        about, outside = self.about, before.about
        self._whole, self._unnamed = before.whole, before.unnamed
        self._parts, self._split, self.sum = before.list_state
        about.turn_to(*outside.of)
        about.near, about.told, about.inherited = outside.near, outside.told, outside.inherited
        if self.boundary > before.start or NUMBER in self._folded.text[before.start : end]:
            about.year, about.phase, about.as_of = outside.year, outside.phase, outside.as_of

    def _turn_side(self, phase: Element) -> None:
        """政府性基金预算收入决算0万元，支出决算0万元: the second is no revenue, and 支出决算 alone not both sides."""
        metric = self.about.metric
        side = _SIDES.get(self._folded.text[phase.start : phase.start + 2])
        bare = side is not None and _BEFORE_NAME.search(self._folded.text, 0, phase.start) is not None
        self.about.sided = side if self.about.inherited and bare else None
        if metric is not None and metric.sides and bare:
            of_side = (self._grammar.metrics[name] for name in metric.sides)
            self.about.turn_to(next((one for one in of_side if one.direction == side), metric))
            return
        if metric is None and bare and (self._of_sides or _BOTH_SIDES.search(self._folded.text, self._sentence)):
            self.about.turn_to(self._of_body(side))
            return
        if metric is None or side is None or metric.direction in (None, side):
            return
        if metric.counterpart:
            self.about.turn_to(replace(self._grammar.metrics[metric.counterpart], fund=metric.fund))
        else:
            self.about.near = False

    def _of_body(self, side: str | None) -> Metric:
        """The revenue or the expenditure of the whole body."""
        names = self._grammar.metrics["revenue_and_expenditure"].sides
        return next(one for name in names if (one := self._grammar.metrics[name]).direction == side)

    def turn_to_body(self) -> bool:
        """Make the side that the sentence says (支出决算) the body's own, where its section is about that."""
        if self._of_sides and self.about.sided:
            self.about.turn_to(self._of_body(self.about.sided))
            return True
        return False

    def _is_spent(self, metric: Metric) -> bool:
        """Whether a label of the whole only says that what the words are about was spent: 公务接待费…，全年支出…."""
        of = self.about.metric
        expense = of is not None and of.direction == "expenditure" and not of.counterpart and not of.of_function
        return metric.yields and expense

    def _is_spent_of_named(self, label: Element) -> bool:
        """Whether a bare 支出 is what has been spent of what has just been named: 检测项目：预算5万元，支出4万元."""
        bare = self._folded.text[label.start : label.end] == "支出"
        return bare and self.about.of.narrowed and self.about.told and self.about.phase == "approved"

    def _is_score_of_named(self, label: Element, metric: Metric) -> bool:
        """Whether what follows is the score of the project just named: “…”项目年初预算5万元，绩效自评得分95分."""
        of = self.about.of
        named = of.metric is not None and of.metric.name in _SCORED and of.name is not None
        scored = self._folded.text.startswith(_SCORES, label.end)
        return metric.name == EVALUATION and metric.subject is None and named and scored

    def _turn_to_label(self, element: Element, metric: Metric) -> None:
        about = self.about
        if self._is_spent(metric) or self._is_spent_of_named(element):
            about.near, about.told, about.phase = True, False, "executed"
            return
        if self._is_score_of_named(element, metric):
            about.turn_to(metric, about.subject, about.function_code)
            return
        self.lost = self.listing and self._is_of_unknown(metric)
        self._unnamed = False
        purchase = self._grammar.metrics.get(metric.purchased or "")
        if metric.purchased and (about.purchase or self.lists_parts_of(purchase)):
            metric = replace(self._grammar.metrics[metric.purchased], subject=metric.subject)
        metric = self._of_same_money(element, metric)
        goes_on = metric.subject == "same" and about.metric is not None and about.metric.name == metric.name
        whole = self._whole_of(metric, element.start)
        if metric.name == "major_project" and about.threshold and "分" in self._folded.text[slice(*about.threshold)]:
            metric = self.evaluation
        if self.lost:
            about.turn_to(None)
            return
        fund = metric.fund or (self._fund_of(metric) if metric.inherits_fund else None)
        phase = self._phase_of(element)
        inherited = about.inherited  # 本年收入 is a part of 总收入 only beside it
        about.turn_to(metric, about.subject if goes_on else whole.name or about.threshold, whole.function_code)
        about.threshold, about.phase, about.fund = None, phase, fund
        self.evaluation = self._grammar.metrics[metric.name if metric.name in EVALUATIONS else self.evaluation.name]
        if metric.stock and about.as_of is None and self._dated is not None:
            about.year, about.as_of = self._dated
        elif not metric.stock and self._carried:
            about.year, about.as_of, self._carried = self.own_year, None, False
        if metric.subject == "label" and not (metric.name in WHOLE and inherited and not self.listing):
            about.subject = (element.start, element.end)
            if metric.name == "function_expenditure":
                about.function_code = self._codes.named([self._folded.text[element.start : element.end]])

    def _is_of_unknown(self, metric: Metric) -> bool:
        """Whether a part is one of something else than the body's: of what has no name, of what has been disposed of."""
        whole = self.sum
        gone = whole.name is not None and _GONE.search(self._folded.text, *whole.name) is not None
        return (metric.of_function and self._parts_of_unnamed) or (metric.stock and gone)

    def _phase_of(self, label: Element) -> str | None:
        """The phase that a label says itself (三公经费预算), or the word right before it: 实际执行三公经费5万元."""
        budgeted = _BUDGETED.search(self._folded.text, label.start, label.end) is not None
        return "approved" if budgeted else self.about.phase if self._phase_end == label.start else None

    def _of_same_money(self, element: Element, metric: Metric) -> Metric:
        """财政拨款收入总计5万元，支出总计5万元: the second is what is spent of the same. 收入5万元，其中财政拨款4万元；支出5万元:
        it is what is spent of that of which the parts are.
        """
        text, last = self._folded.text, self._label_end
        self._label_end = element.end
        said = text[element.start : element.end]
        if said in _SIDES and self.listing:
            before = self._listed
        elif said[-2:] in _TOTALS and text.startswith(said[-2:], last) and self.about.told:
            before = self.about.metric
        else:
            return metric
        other = self._grammar.metrics[before.counterpart] if before is not None and before.counterpart else metric
        same = before is not None and other.direction == metric.direction
        return replace(other, fund=before.fund) if before is not None and same else metric

    def _fund_of(self, metric: Metric) -> str | None:
        """The fund that ``metric`` is of as the words before it are; that of its other side, where they are about that."""
        before = self.about.metric
        other_side = before is not None and before.fund is not None and before.counterpart == metric.name
        return before.fund if before is not None and other_side else self.about.fund

    def _whole_of(self, metric: Metric, start: int) -> Subject:
        """What ``metric`` is a part of, where that is a function or has a name of its own; else nothing."""
        own = _BODY.search(self._folded.text, max(0, start - 6), start) is not None
        own = own and self._member_before(start) is None  # 农技站全年基本支出
        if own or not metric.of_function:
            member = self._member_of(metric, start) if metric.name in WHOLE and metric.subject is None else None
            if own or metric.subject != "same":
                self._whole = member or Subject()
            return member or Subject()
        if self.about.metric is not None and self.about.metric.name == "function_expenditure":
            self._whole = self.about.of
        if self._whole.narrowed:
            return self._whole
        self._named = self._part_named(start) or self._named
        return self._named

    def _part_named(self, label: int) -> Subject | None:
        """The function or the body of a department that stands right before a label, where nothing else is said of it."""
        piece = named_before(self._folded, self.boundary, label)
        name = self._folded.text[slice(*piece)] if piece else ""
        if name and is_function(name):
            return Subject(self._grammar.metrics["function_expenditure"], piece, self._codes.alone(name))
        return self._member_before(label)

    def _member_of(self, metric: Metric, label: int) -> Subject | None:
        """The body whose revenue or expenditure a label is; so is the other side: 农技站收入预算5万元、支出预算5万元."""
        about = self.about
        sides = about.metric is not None and about.metric.counterpart == metric.name and about.near
        goes_on = sides and about.subject is not None and self._whole.name == about.subject
        return self._member_before(label) or (self._whole if goes_on else None)

    def _member_before(self, label: int) -> Subject | None:
        """The body of a department that stands right before a label: 局机关支出预算5万元."""
        piece = named_before(self._folded, self.boundary, label)
        if piece is None or not self._codes.members.has(self._folded.text[slice(*piece)]):
            return None
        return Subject(self._grammar.metrics["other_amount"], piece)

    def _turn_to_name(self, metric: str, name: Piece | None, code: str | None) -> None:
        """Make what is named (a class of the functional classification, a project) what the sentence is about."""
        self.lost = self._unnamed = False
        self.about.turn_to(self._grammar.metrics[metric], name, code)
        self.about.phase, self.about.threshold = None, None
        if not self.anchored:
            self.anchor = self.about.of

    def _year(self, element: Element) -> int | None:
        """The year that ``element`` prints, or that 上年 and the like mean; None where the document's is unknown."""
        year = printed_year(self._folded, element)
        if year is None and self.own_year is not None and element.offset is not None:
            return self.own_year + element.offset
        return year

    def _date(self, element: Element) -> str | None:
        year = printed_year(self._folded, element)
        if year is None:
            return None
        text, tokens = self._folded.text, self._folded.tokens
        values = [tokens[at].value for at in range(element.start, element.end) if text[at] == NUMBER]
        month, day = [int(value or 0) for value in (*values, 0, 0)[:2]]
        if text[element.end - 1] in "底末":
            month = month or 12
            day = monthrange(year, month)[1] if 1 <= month <= 12 else 0
        # What is no day of the calendar is published as the year that it names.
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            return str(year)
        return f"{year:04d}-{month:02d}-{day:02d}"


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    """The codes of classes (类) by their official names, with 支出 at the end and without."""
    official = load_library().names["function"]
    full = {fold(name): code for code, names in official.items() if len(code) == 3 for name in names}
    # 其他支出 without its end is a common word.
    return {name.removesuffix("支出"): code for name, code in full.items() if name != "其他支出"} | full


class FunctionCodes:
    """The codes and names that the tables of a document print, looked up by path of names."""

    def __init__(self, context: Context) -> None:
        self.members = Members(context)
        self._names: dict[str, set[str]] = {}
        for row in context.extraction.rows.budget_lines:
            code, name = row.function_code, row.function_name
            if code and name:
                self._names.setdefault(code, set()).add(fold(name))

    def code(self, folded: Folded, match: re.Match[str]) -> str | None:
        """The code of a function element: its printed parts joined, or the one code with these names."""
        groups = match.groupdict()
        if whole := next((group for group in ("code", "full") if groups.get(group)), None):
            return folded.tokens[match.start(whole)].printed
        printed = [folded.tokens[match.start(g)].printed for g in ("c", "s", "i") if groups.get(g)]
        if printed and len(printed[-1]) > 3:
            return printed[-1]
        if printed and groups.get("c"):
            return "".join(part.zfill(2) if at else part for at, part in enumerate(printed))
        return self.named([groups.get(g) for g in ("class", "section", "item")])

    def named(self, path: list[str | None]) -> str | None:
        """The one code of the tables whose class, section and item have these names (None: not printed)."""
        while path and path[-1] is None:
            path = path[:-1]
        fitting = [
            code
            for code, known in self._names.items()
            if len(code) == 1 + 2 * len(path) and path[-1] in known and self._above(code, path[:-1])
        ]
        if not fitting and len(path) == 1 and path[0] is not None:
            return _classes().get(path[0])
        return fitting[0] if len(fitting) == 1 else None

    def alone(self, name: str) -> str | None:
        """The one code of the tables, of any level, that has this name."""
        fitting = [code for code, known in self._names.items() if name in known]
        return fitting[0] if len(fitting) == 1 else None

    def _above(self, code: str, names: list[str | None]) -> bool:
        """Whether the classes above ``code`` have ``names``, as far as the tables print them."""
        return all(
            name is None or (known := self._names.get(code[: 3 + 2 * at])) is None or name in known
            for at, name in enumerate(names)
        )
