"""Facts: what the forms of the grammar make of the elements of a sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import islice, pairwise, takewhile

from pipeline.extract.context import Piece
from pipeline.extract.prose.elements import Element, elements
from pipeline.extract.prose.folding import NUMBER, TAKEN, YEAR, Folded
from pipeline.extract.prose.grammar import Form, FormKind, Grammar, Metric
from pipeline.extract.prose.passages import Passage
from pipeline.extract.prose.rows import Sense, StatementRows
from pipeline.extract.prose.topic import EVALUATIONS, About, Topic
from schemas.rows import Statement

#: What a name of an amount cannot reach over.
_MARKS = "，。；：（）"
#: What may stand between a name and its amount, and what says that the amount has parts.
_LINKING = "为是共计约达"
_PARTS = ("，其中", "（其中", "；其中", "。其中", "其中")
_PRINTED_SIGNS = {"minus": -1, "plus": 1}
_NUMBERS = (NUMBER, TAKEN, YEAR)
#: What stands after a figure of a list, and where a new clause begins.
_LISTED = re.compile("）?、")
_ANEW = re.compile("）?，|(?<=；)")
_CHANGES = ("change", "change_percent")
#: How far a printed percentage may lie from the one that its amounts give.
_ROUNDED = Decimal("0.02")
#: What may stand before a name, and between it and its amount.
_OPENING_YEAR = re.compile(f"{YEAR}年?度?")
_NAMED_PHASE = re.compile("(?:年初|全年|调整后?)预算$")
#: What stands between the amounts of a list and their sum.
_SUMMED = re.compile("）?[，；]?(?:以上)?(?:[两二三四五六]项)?(?:合计|共计|总计)[为是]?")
#: What names say of the phase of their amounts themselves: 调整后项目预算, 实际到位资金; 差值 is of two.
_PHASES_OF_NAMES = ((re.compile("差[值额]"), None), (re.compile("调整"), "adjusted"), (re.compile("实际"), "executed"))
_SPENT = ("，支出", "，已支出", "，共支出")
_SAVED = ("节约", "节省")
_BETWEEN = re.compile(f"（[^（）]*）|{YEAR}年?度?")
#: What begins a clause that says why or how, and names nothing.
_NO_NAME = re.compile("[为对由按因受经把将与和]|根据|通过|结合|加强|完善|保障|推进|确保|各|以及")
#: What stands between the parts of a sum and the sum.
_SUM = re.compile("[，、；]?(?:共计?|合计|总计|总共)[为有是]?")
#: Metrics whose subject is the name of what is scored.
_NAMED = ("other_amount", "major_project")
#: A phase that begins like this says itself which budget it is.
_NAMED_BUDGETS = ("年初", "全年", "调整")


class Facts:
    """Makes statements of one passage where a form fits: ``topic`` says what of, ``rows`` takes them."""

    def __init__(self, grammar: Grammar, passage: Passage, folded: Folded, topic: Topic, rows: StatementRows) -> None:
        self._grammar, self._passage, self._folded = grammar, passage, folded
        self._topic, self._rows = topic, rows
        #: The stretch of the sentence that is being read.
        self.sentence: Piece = (0, 0)
        #: Whether the last amount is one of a list: 利息5万元、租金8万元.
        self._joined = False
        #: The elements that come after those of the form.
        self.ahead: list[Element] = []
        #: Whether the last figure was passed over, and what is said of it is, too.
        self._passed = False

    @property
    def _about(self) -> About:
        return self._topic.about

    def apply(self, form: Form, found: list[Element]) -> bool:
        """Make the statement of ``form`` from ``found``; False where it does not hold after all."""
        match form.kind:
            case "none":
                return self._none(found)
            case "zero":
                return self._zero(found[0])
            case "noun_count":
                return self._noun_count(*found)
        if self._is_said_of_list(form) and not self._settled(found):
            return True
        phase_before = self._about.phase
        if form.kind != "share":
            self._note_terms(found)
        match form.kind:
            case "equal":
                return self._equal(found)
            case "grade":
                return self._grade(found[-1])
        if found[-1].kind == "named":
            return self._project(found[-1])
        if found[-1].kind == "spent":
            return self._spent(found[-1])
        return self._figure(form, found, phase_before)

    def _is_joined(self) -> bool:
        """Whether what follows stands right after the last figure in a list."""
        return _LISTED.match(self._folded.text, self._topic.boundary) is not None

    def _is_said_of_list(self, form: Form) -> bool:
        """Whether a new clause may be about the last of a list or about all of it: 利息5万元、租金8万元，较上年增加2万元."""
        alone = form.kind in ("amount", "count", "score", "grade") and form.about == "current"
        anew = _ANEW.match(self._folded.text, self._topic.boundary) is not None
        amounts = (row for row in reversed(self._rows.rows) if row.kind == "amount")
        listed = [(row.metric, row.subject) for row in islice(amounts, 2)][::-1]
        metric = self._about.metric
        if alone or not anew or metric is None or len(listed) < 2:
            return False
        if not self._joined and (form.kind == "share" or not self._ends_parts(form)):
            return False
        return listed[0] != listed[1] == (metric.name, self._rows.subject_text())

    def _ends_parts(self, form: Form) -> bool:
        """Whether the parts of something end here, of none of which is the like said: 其中：会议费5万元，培训费8万元，比上年…."""
        following = takewhile(lambda element: element.kind != "stop", self.ahead)
        mark = "；" if self._folded.text.startswith("；", self._topic.boundary - 1) else "，"
        if not self._topic.may_end_parts(mark) or any(element.metric or element.match for element in following):
            return False
        return not any(row.kind in (*_CHANGES, form.kind) or row.derived_from for row in self._rows.here())

    def _settled(self, found: list[Element]) -> bool:
        """Whether the earlier amount or the percentage beside a change tells what changed; the next figures are of that."""
        terms = [each for each in (*found, *islice(self.ahead, 4)) if each.kind in ("change", "amount", "percent")]
        changed = next((at for at, each in enumerate(terms) if each.kind == "change"), len(terms))
        figures = [element for element in terms if element.number is not None]
        if found[-1].kind != "amount" or changed > 1 or len(figures) < 2 or figures[changed].kind != "amount":
            return False
        change = self._rows.value(figures[changed]) * (terms[changed].sign or 1)
        fitting = []
        for of in (self._about.of, self._topic.sum):
            rows = (row for row in self._rows.here() if self._rows.is_of(row, of) and row.kind == "amount")
            earlier = next((row.value or Decimal(0) for row in rows), Decimal(0)) - change
            if earlier > 0 and self._agrees(earlier, change, figures[1 - changed]):
                fitting.append(of)
        if len(fitting) == 1:
            self._about.turn_to(*fitting[0])
        return len(fitting) == 1

    def _agrees(self, earlier: Decimal, change: Decimal, figure: Element) -> bool:
        """Whether ``figure`` prints the ``earlier`` amount, or what a ``change`` of it is in percent."""
        assert figure.number is not None
        if figure.kind == "amount":
            return self._rows.value(figure) == earlier
        percent = self._folded.tokens[figure.number].value or Decimal(0)
        return abs(abs(change) / earlier * 100 - percent) < _ROUNDED

    def _note_terms(self, found: list[Element]) -> None:
        """Follow the years, phases and labels of a form. The phase of what is compared with is not the sentence's."""
        about = self._about
        first, phase_before = found[0], about.phase
        for element in found:
            if element.kind == "phase" and first.kind == "base":
                about.base = (about.base[0], element.phase)
            elif element.kind in ("base", "metric", "phase", "open"):
                self._topic.note(element)
        if first.kind == "base":
            about.phase = phase_before
        if first.kind == "change" and first.phase is not None:
            about.base = about.year, first.phase
        if first.kind == "change" and found[1].kind == "phase":
            about.base, about.phase = (about.year, found[1].phase), phase_before

    def _figure(self, form: Form, found: list[Element], phase_before: str | None) -> bool:
        """The statement of a printed figure."""
        last = found[-1]
        if last.kind == "score" and not (self._about.near and self._is_evaluation()):
            self._turn_to_evaluation(last.start)
        if not self._may_state(form, found):
            return False
        assert last.number is not None
        self._joined = self._is_joined() if form.kind == "amount" else self._joined
        value = self._folded.tokens[last.number].value or Decimal(0)
        sign = None if self._rows.is_dash(found[0]) else _sign(found, form.kind, value)
        if sign == 0 and value:
            # Up or down is not said: stating either would be a guess.
            return True
        if last.kind == "amount" and form.kind == "amount":
            self._turn_to_sum(last)
            self._turn_to_spent(last)
        about = self._about
        if not about.near or about.metric is None or (last.kind == "amount" and self._is_another(form, last)):
            # 占支出预算5%: what a share is a share of is never what the next words are about.
            return form.kind == "share" or (last.kind == "amount" and self._other(last, form.kind, sign))
        if self._says_nothing(found[0], last):
            return True
        if last.kind == "count":
            return self._counted(last)
        return self._stated(form, found, phase_before, sign)

    def _stated(self, form: Form, found: list[Element], phase_before: str | None, sign: int | None) -> bool:
        """The statement of a figure of what the words so far are about."""
        about, last = self._about, found[-1]
        self._narrow(last)
        if form.kind in ("change", "change_percent"):
            self._change()
        year, phase = about.base if form.about == "base" else (about.year, about.phase)
        if form.kind == "amount" and self._contradicts(last, year, phase) and not self._topic.turn_to_body():
            return True
        if form.kind == "amount" and self._is_of_whole(last, year, phase):
            return False
        if form.kind == "score" and self._rows.is_scored_otherwise(last):
            return True
        if form.kind == "completion_rate":
            self._budget_of_completion(found, phase)
            phase = self._completed(found, phase)
            # 完成预算的27%；比上年减少1.20万元: the change is not the budget's.
            about.phase = self._carried_out(phase_before)
        whole = self._whole_counted(found) if form.kind == "share" else None
        self._rows.number(last, Sense(form.kind, year, phase, sign, sign is not None), whole)
        self._topic.tell(form.kind == "amount" and form.about == "current")
        return True

    def _says_nothing(self, first: Element, figure: Element) -> bool:
        """Whether a figure says by how many less there are (较上年减少8批次、54人次，下降16%), which is no number of them; or
        what has been saved of a budget that is not stated.
        """
        counted = figure.kind == "count" and first.kind == "change"
        saved = first.kind == "change" and first.phase is not None and self._folded.text.startswith(_SAVED, first.start)
        budgeted = self._about.metric is not None and self._rows.has_amounts(self._about.year, first.phase)
        unknown = saved and not self._about.compared and not budgeted
        goes_on = self._passed and figure.kind in ("count", "percent") and not self._topic.labelled
        self._passed = counted or unknown or goes_on
        return self._passed

    def _change(self) -> None:
        """Settle what changes: what has an amount, in the later of two years, as carried out where that is stated."""
        about = self._about
        self._leave_what_is_counted()
        self._compare()
        if about.base[0] != about.year and about.base[1] is None:
            about.phase = self._carried_out(about.phase)
        self._date_change()

    def _date_change(self) -> None:
        """2025年预算5万元，2024年预算8万元，执行7万元，2025年比执行数减少2万元: what changes is the budget, against 2024."""
        about = self._about
        dated = self._rows.dates_here()
        phases = {phase for year, phase in dated if year == about.year}
        if len(phases) == 1 and about.phase not in (*phases, None):
            about.phase = phases.pop()
        carried_out = [year for year, phase in dated if phase == "executed"]
        if about.base == (about.year, "executed") and len(carried_out) == 1 and carried_out != [about.year]:
            about.base = carried_out[0], "executed"

    def _carried_out(self, phase: str | None) -> str | None:
        """``phase``; where it is the budget's, but what was carried out has been stated: 决算数6万元，预算数8万元，完成75%."""
        budget = phase in ("approved", "adjusted")
        return "executed" if budget and self._rows.has_amounts(self._about.year, "executed", here=True) else phase

    def _narrow(self, figure: Element) -> None:
        """A size before a figure narrows what it is of."""
        about = self._about
        if about.threshold is not None and figure.kind in ("amount", "count"):
            about.subject, about.threshold = about.threshold, None

    def _counted(self, count: Element) -> bool:
        """The statement of a count; what is said of money goes on about what is paid."""
        about = self._about
        if self._is_sum(count):
            return False
        paid, named = about.metric, about.subject
        if not self._can_be_counted(count):
            return False
        self._narrow(count)
        if not self._is_unnamed_part(count, paid) and not self._is_summed_later():
            self._rows.number(count, Sense("count", about.year))
        if about.metric is not paid:
            # 采购公务用车1辆，金额18万元: what is paid is what they are bought for.
            counted = about.metric.name if about.metric is not None and about.purchase else None
            bought = (metric for metric in self._grammar.metrics.values() if counted and metric.counted == counted)
            about.metric, about.subject = next(bought, paid), named
        return True

    def _is_sum(self, count: Element) -> bool:
        """Whether a count is the sum of those before it: 行政编制25名、事业编制80名，共105名."""
        assert count.number is not None
        last = self._topic.boundary
        return _SUM.fullmatch(self._folded.text, last, count.number) is not None and len(self._rows.here()) > 1

    def _is_unnamed_part(self, count: Element, label: Metric | None) -> bool:
        """Whether it counts a part of what has been counted by the same name: 团组2个，其中参加其他单位组织的团组1个."""
        about = self._about
        assert about.metric is not None
        if not self._topic.lists_parts_of(label) or about.subject is not None or about.metric.subject is not None:
            return False
        counted = [
            r for r in self._rows.here() if r.kind == "count" and r.metric == about.metric.name and not r.subject
        ]
        unit = self._grammar.counts[self._folded.text[count.measured]]
        same = [row for row in counted if row.fiscal_year == about.year and row.unit == unit]
        return any(row.value != self._folded.tokens[count.number or 0].value for row in same)

    def _is_summed_later(self) -> bool:
        """Whether the sentence goes on to count all of the same: 安排出国团组2个、参加…团组3个，全年团组共计5个."""
        metric, text = self._about.metric, self._folded.text
        if self._rows.subject_text() is not None:
            return False
        same = (e for e in self.ahead if e.metric and metric and e.metric.name == metric.name and not e.metric.subject)
        return any(text.startswith(("共计", "合计", "总计"), element.end) for element in same)

    def _leave_what_is_counted(self) -> None:
        """购置费24万元，购置车辆1辆，比上年增加24万元: what changes by an amount is what has one."""
        about, anchor = self._about, self._topic.anchor
        assert about.metric is not None
        last = self._rows.rows[-1] if self._rows.rows else None
        paid = anchor.metric is not None and anchor.metric.direction is not None
        if last is not None and last.kind == "count" and last.metric == about.metric.name and paid:
            about.turn_to(*anchor)

    def _budget_of_completion(self, found: list[Element], phase: str | None) -> None:
        """完成年初预算1.5万元的57.33%: the budget is stated, too."""
        budget = next((element for element in found[:-1] if element.kind == "amount"), None)
        if budget is not None:
            self._rows.number(budget, Sense("amount", self._about.year, phase))

    def _turn_to_sum(self, amount: Element) -> None:
        """Go on about what ``amount`` is the sum of (5万元，其中：会议费3万元，培训费2万元，合计5万元), where that is known."""
        topic, value = self._topic, self._rows.value(amount)
        if _SUMMED.fullmatch(self._folded.text, topic.boundary, amount.start) is None:
            return
        rows = [row for row in self._rows.here() if row.kind == "amount" and not row.derived_from]
        if any(self._rows.is_of(row, topic.sum) and row.value == value for row in rows):
            self._about.turn_to(*topic.sum)
        elif len(rows) > 1 and sum(row.value or 0 for row in rows) == value:
            whole = self._grammar.whole_of({row.metric for row in rows}, topic.heading)
            if whole is not None:
                self._about.turn_to(whole)

    def _turn_to_spent(self, amount: Element) -> None:
        """项目预算5万元，支出4万元: the second is what has been spent of the first."""
        about = self._about
        spent = self._folded.text.endswith(_SPENT, 0, amount.start) and not self._topic.labelled
        if spent and about.told and about.phase == "approved":
            about.phase, about.told = "executed", False

    def _is_another(self, form: Form, amount: Element) -> bool:
        """Whether an amount cannot be that of the metric: it has a name of its own, the metric is only counted, or has its
        amount (各2万元，共6万元).
        """
        about = self._about
        if amount.name is not None or (about.metric is not None and about.metric.only == "count"):
            return True
        if self._is_evaluation() and self._folded.text.endswith("评价", 0, amount.start):
            return True  # 绩效评价2万元 is what it costs
        if about.inherited and self._folded.text.startswith("用于", amount.end):
            return True  # 安排5万元用于农村公路养护 is a part of what the sentence before was about
        if form.kind != "amount" or form.about != "current" or about.metric is None:
            return False
        stated = iter(self._rows.rows[-1:] if about.told else [])
        part = not self._topic.labelled or self._topic.lists_parts_of(about.metric)
        if not about.told and not about.of.narrowed and part:
            # 上年结转1万元，当年预算4万元: the second has no label, and what the first is of has its amount of that year;
            # 项目支出5万元，其中：本年项目支出4万元 is a part.
            stated = self._rows.last_amounts(about.year, about.phase, here=True)
        summed = about.told and _SUMMED.fullmatch(self._folded.text, self._topic.boundary, amount.start) is not None
        return summed or any(row.value != self._rows.value(amount) for row in stated)

    def _contradicts(self, amount: Element, year: int | None, phase: str | None) -> bool:
        """Whether an amount of 支出决算 and no more is another one than that of what the sentence before was about."""
        stated = self._rows.last_amounts(year, phase) if year is not None and self._about.sided else ()
        return any(row.value != self._rows.value(amount) for row in stated)

    def _is_of_whole(self, amount: Element, year: int | None, phase: str | None) -> bool:
        """Whether an amount is another one than that of the same part of the same function, stated in an earlier sentence:
        教育支出5万元，其中：基本支出4万元。…基本支出9万元 is of something else.
        """
        about = self._about
        if about.metric is None or not about.metric.of_function or about.subject is None:
            return False
        return any(row.value != self._rows.value(amount) for row in self._rows.amounts_before(year, phase))

    def _may_state(self, form: Form, found: list[Element]) -> bool:
        """Whether a figure can be of what the words so far are about, given what they have said of it."""
        if found[-1].kind == "change" or found[-1].number is None:
            return False
        before = self._rows.rows[-1] if self._rows.rows else None
        if form.kind == "change_percent" and found[0].kind in _PRINTED_SIGNS:
            # A sign alone says that something changes only where a change has just been stated; else it is a dash.
            return before is not None and before.kind == "change"
        return True

    def _compare(self) -> None:
        """2025年5万元，2024年8万元，减少3万元: the change is that of the later year against the earlier."""
        about = self._about
        if about.compared or about.metric is None:
            return
        dated = self._rows.dates_here()
        years = sorted({year for year, _ in dated if year is not None})
        if len(years) != 2:
            return
        about.base, about.year = (years[0], None), years[1]
        phases = dict(dated)
        if len(dated) == 2 and phases[years[0]] != phases[years[1]]:
            # 2025年预算5万元，2024年决算8万元，减少3万元
            about.base, about.phase = (years[0], phases[years[0]]), phases[years[1]]

    def _whole_counted(self, found: list[Element]) -> Piece:
        """The words that say what a share is a share of, once what they count is stated."""
        whole = self._whole(found)
        self._figures_of_whole(found)
        return whole

    def _whole(self, found: list[Element]) -> Piece:
        """The words that say what a share is a share of."""
        start, last = found[0].end, found[-1]
        # 占支出预算的65%和35%: the figures of a list stand between the whole and the last share.
        listed = "%" in self._folded.text[start : last.start]
        return start, found[-2].end if listed else last.start

    def _is_evaluation(self) -> bool:
        metric = self._about.metric
        return metric is not None and metric.name in EVALUATIONS and metric.fund is None

    def _turn_to_evaluation(self, end: int) -> None:
        """Make the score or grade at ``end`` that of the project named before it, where nothing else is named between."""
        about = self._about
        named = about.metric is not None and about.metric.name in (*_NAMED, *EVALUATIONS)
        alone = self._grammar.scored.fullmatch(self._folded.text, self._clause(end), end) is not None
        subject = about.subject if named and (alone or (about.near and not self._is_evaluation())) else None
        self._about.turn_to(self._topic.evaluation, subject, about.function_code)

    def _completed(self, found: list[Element], phase: str | None) -> str | None:
        """The phase that 完成预算的 is measured by: where the only budget stated is the adjusted one, that."""
        named = next((e for e in found if e.kind == "phase"), None)
        if named is not None and self._folded.text.startswith(_NAMED_BUDGETS, named.start, named.end):
            return phase
        phase = "approved" if named is None else phase  # 执行率90%
        metric = self._about.metric
        stated = {row.phase for row in self._rows.rows if row.kind == "amount" and metric and row.metric == metric.name}
        only_adjusted = stated & {"approved", "adjusted"} == {"adjusted"}
        return "adjusted" if phase == "approved" and only_adjusted else phase

    def _figures_of_whole(self, found: list[Element]) -> None:
        """占全部项目38个的50%, 占当年预算38万元的82%: the whole is stated, too. What the share is about stays what it was."""
        about = self._about
        self._topic.about = replace(about)
        for before, figure in pairwise(found):
            if before.kind in ("year", "phase", "metric"):
                self._topic.note(before)
            if figure.kind == "count" and before.metric is not None and before.metric.countable:
                if self._can_be_counted(figure):
                    self._rows.number(figure, Sense("count", about.year))
            elif figure.kind == "amount" and self._is_whole(before):
                self._rows.number(figure, Sense("amount", self._about.year, self._about.phase))
        self._topic.about = about

    @staticmethod
    def _is_whole(before: Element) -> bool:
        """Whether an amount after 占 is that of what stands right before it: a budget of the same, or a label of its own."""
        if before.metric is not None:
            return not before.metric.yields and before.metric.only != "count"
        return before.kind == "phase" and before.phase != "executed"

    def _noun_count(self, count: Element, label: Element) -> bool:
        """A count before what is counted (3个科室)."""
        if label.start != count.end or label.metric is None or not label.metric.countable:
            return False
        self._topic.note(label)
        self._rows.number(count, Sense("count", self._about.year))
        return True

    def _can_be_counted(self, element: Element) -> bool:
        """Whether the metric can be counted in the unit of ``element``; persons may have a metric of their own."""
        about = self._about
        assert about.metric is not None
        unit = self._grammar.counts[self._folded.text[element.measured]]
        if about.metric.counted:
            counted = self._grammar.metrics[about.metric.counted]
            about.metric = self._grammar.metrics[counted.purchased or counted.name] if about.purchase else counted
        if about.metric.persons and unit in ("person", "person_visit"):
            about.metric, about.subject = self._grammar.metrics[about.metric.persons], None
        return not about.metric.units or unit in about.metric.units

    def _zero(self, element: Element) -> bool:
        """An amount that is said to be zero in words."""
        about = self._about
        if about.metric is None or not about.near or about.metric.only == "count":
            return False
        if element.number is not None and (about.metric.units or about.metric.stock):
            return False
        if element.number is not None and self._rows.has_amounts(about.year, about.phase):
            return True  # 年初预算为0万元，…，年初预算为0，无法计算
        self._rows.zero(element, Sense("amount", about.year, about.phase))
        return True

    def _equal(self, found: list[Element]) -> bool:
        """The amount of the year or phase that the stated one is said to equal, where it is not printed itself."""
        about = self._about
        if about.metric is None:
            return False
        year, phase = about.base[0], about.base[1] or about.phase
        equalled = self._equalled()
        if found[-1].kind == "amount":
            # 5万元，与2024年一致5万元 prints the earlier amount; 与2024年一致5万元 alone the one of this year.
            own = about if not equalled else replace(about, year=year, phase=phase)
            self._rows.number(found[-1], Sense("amount", own.year, own.phase))
            equalled = self._equalled()
        if self._rows.has_amounts(year, phase):
            return True
        start, end = found[0].start, next(element.end for element in found if element.kind == "equal")
        if not equalled:
            return self._unchanged(start, end)
        source = equalled[-1]
        row = self._rows.words(start, end, Sense("amount", year, phase))
        row.value, row.unit, row.precision = source.value, source.unit, source.precision
        row.derived_from = source.statement_id
        return True

    def _equalled(self) -> list[Statement]:
        """The amounts stated so far that what is compared with may equal."""
        (year, phase), stated = self._about.base, self._rows.amounts()
        if year != self._about.year:
            return [row for row in stated if row.fiscal_year != year]
        return [row for row in stated if row.fiscal_year == year and row.phase != phase] or stated

    def _unchanged(self, start: int, end: int) -> bool:
        """与上年持平 without an amount says that the change is none, and no more."""
        about = self._about
        if not about.near or about.metric is None or about.metric.direction is None or about.base[0] == about.year:
            return False
        row = self._rows.words(start, end, Sense("change", about.year, about.phase, compared=True))
        row.value, row.unit = Decimal(0), "CNY"
        return True

    def _grade(self, element: Element) -> bool:
        if not self._is_evaluation():
            self._turn_to_evaluation(element.start)
        assert element.name is not None
        row = self._rows.words(*element.name, Sense("grade", self._about.year), column="value_text")
        row.value_text = row.printed
        return True

    def _none(self, found: list[Element]) -> bool:
        """What is declared to be none, metric by metric."""
        placeholder = self._grammar.patterns.placeholder
        if placeholder.search(self._folded.text, *self.sentence) or placeholder.search(self._passage.section_path):
            return True
        if not any(element.kind == "metric" for element in found):
            return self._none_of_it(found)
        start: int | None = found[0].start
        for element in found:
            self._topic.note(element)
            if element.kind == "threshold" and start is None:
                start = element.start
            elif element.kind == "metric":
                first = element.start if start is None else start
                self._rows.words(first, element.end, Sense("none", self._about.year))
                start = None
        return True

    def _none_of_it(self, found: list[Element]) -> bool:
        """因公出国（境）费：无. What stands before is none, where nothing else is said of it."""
        about = self._about
        if not about.near or about.metric is None or not (about.metric.direction or about.metric.fund):
            return False
        if any(row.metric == about.metric.name for row in self._rows.here()):
            return False
        self._rows.words(found[0].start, found[-1].end, Sense("none", about.year))
        return True

    def _project(self, element: Element) -> bool:
        """One of a list of projects, with its amount."""
        self._about.metric, self._about.near = self._grammar.metrics["major_project"], True
        self._about.subject = element.name
        self._rows.number(element, Sense("amount", self._about.year))
        self._about.near = False
        return True

    def _spent(self, element: Element) -> bool:
        """An amount before the name of what it is spent on: 86万元用于人员经费."""
        assert element.name is not None
        label = elements(self._folded, *element.name, self._grammar)
        if len(label) != 1 or label[0].metric is None:
            return self._other(element, "amount", None)
        self._topic.note(label[0])
        self._rows.number(element, Sense("amount", self._about.year, self._about.phase))
        self._about.told = True
        return True

    def _other(self, element: Element, kind: FormKind, sign: int | None) -> bool:
        """An amount whose name no metric knows: the words right before it are its subject."""
        name = element.name or self._name_before(element)
        if name is None or self._topic.lost:
            return False
        about, anchor, anchored = self._about, self._topic.anchor, self._topic.anchored
        code, function = self._topic.function_of(self._folded.text[slice(*name)])
        phase = next((p for words, p in _PHASES_OF_NAMES if words.search(self._folded.text, *name)), about.phase)
        if function and self._folded.text.endswith("预算", 0, name[1]):
            name = name[0], name[1] - len("预算")
        about.turn_to(self._grammar.metrics["function_expenditure" if function else "other_amount"], name, code)
        self._rows.number(element, Sense(kind, about.year, phase, sign, sign is not None))
        self._topic.tell(kind == "amount")
        if anchored or not self._topic.itemised:
            self._topic.anchor, self._topic.anchored = anchor, anchored
        return True

    def _name_before(self, element: Element) -> Piece | None:
        """The stretch of the name that stands right before an amount, with only linking words between."""
        text, grammar = self._folded.text, self._grammar
        start = self._clause(element.start)
        if start - 1 > self._topic.boundary and text[start - 1] in "，：" and self._only_links(start, element.start):
            return self._name_alone(start - 1)
        stop = element.start
        # 第一季度用款计划为 names 第一季度用款计划: words that only link are no part of a name, unless they end it.
        opening = grammar.name_opening.match(text, start, stop)
        start = opening.end() if opening else start
        if year := _OPENING_YEAR.match(text, start, stop):
            start = year.end()
        while stop > start and not (
            grammar.name_ending.search(text[start:stop])
            and text.count("（", start, stop) == text.count("）", start, stop)
        ):
            stop -= 1
        if (stop == start or not self._only_links(stop, element.start)) and self._is_listed(start, element):
            # 机构运行为5万元，其中：… and 支持促消费提质提升5万元, which holds the end of another name
            stop = start + len(text[start : element.start].rstrip(_LINKING))
        phase = _NAMED_PHASE.search(text, start, stop)
        if phase and grammar.name_ending.search(text[start : phase.start()]):
            stop = phase.start()
        name, tail = text[start:stop], text[stop : element.start]
        return (
            (start, stop)
            if self._only_links(element.start - len(tail), element.start) and self._can_be_a_name(name)
            else None
        )

    def _clause(self, end: int) -> int:
        """Where the clause before ``end`` begins, after the last figure; a bracket inside it belongs to it."""
        text, closed = self._folded.text, []
        for at in range(end - 1, self._topic.boundary - 1, -1):
            if text[at] == "）":
                closed.append(at)
            elif text[at] == "（" and closed:
                closed.pop()
            elif text[at] in _MARKS:
                return closed[0] + 1 if closed else at + 1
        return closed[0] + 1 if closed else self._topic.boundary

    def _only_links(self, start: int, end: int) -> bool:
        """Whether nothing stands between a name and its amount but words that link, a year and an aside."""
        between = _BETWEEN.sub("", self._folded.text[start:end])
        return between == "" or self._grammar.links.fullmatch(between) is not None

    def _name_alone(self, end: int) -> Piece | None:
        """The clause before ``end`` where it is a name and nothing else: 农村改厕项目，安排资金200万元."""
        text = self._folded.text
        start = self._clause(end)
        opening = self._grammar.name_opening.match(text, start, end)
        start = opening.end() if opening else start
        name = text[start:end]
        alone = self._grammar.name_ending.search(name) is not None and _NO_NAME.match(name) is None
        return (start, end) if alone and self._can_be_a_name(name) else None

    def _is_listed(self, start: int, element: Element) -> bool:
        """Whether all between ``start`` and an amount must be its name: it is one of a list of parts, or has parts."""
        text = self._folded.text
        parts = text.startswith(_PARTS, element.end)
        letters = self._grammar.name_letters.fullmatch(text, start, element.start)
        named = self._topic.listing or parts or self._topic.function_of(text[start : element.start])[1]
        return named and letters is not None

    def _can_be_a_name(self, name: str) -> bool:
        if not 2 <= len(name) <= self._grammar.name_longest or any(sign in name for sign in _NUMBERS):
            return False
        return not self._grammar.name_rejected.search(name) and not self._grammar.links.fullmatch(name)


def _sign(found: list[Element], kind: FormKind, value: Decimal) -> int | None:
    """Up or down (1, -1), 0 where it is left open, None where nothing changes."""
    if kind == "amount":
        # A dash that is no part of the number may be a sign or none.
        return 0 if found[0].kind == "minus" and not value.is_signed() else None
    printed = next((_PRINTED_SIGNS[element.kind] for element in found if element.kind in _PRINTED_SIGNS), None)
    change = next((element for element in found if element.kind == "change"), None)
    if change is None or change.sign is None:
        return printed if printed is not None or change is None else 0
    if printed is None:
        return change.sign
    # 增加-5万元 is a fall; what 减少-5万元 is, nobody can say.
    return printed if change.sign == 1 else 0
