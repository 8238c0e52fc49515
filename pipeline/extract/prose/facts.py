"""Facts: what the forms of the grammar make of the elements of a sentence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from pipeline.extract.context import Piece
from pipeline.extract.prose.elements import Element
from pipeline.extract.prose.folding import NUMBER, TAKEN, YEAR, Folded
from pipeline.extract.prose.grammar import Form, FormKind, Grammar
from pipeline.extract.prose.passages import Passage
from pipeline.extract.prose.rows import Sense, StatementRows
from pipeline.extract.prose.topic import About, Topic

_EVALUATION = "performance_self_evaluation"
#: What a name of an amount cannot reach over.
_MARKS = "，。；：（）"
_NUMBERS = (NUMBER, TAKEN, YEAR)
#: A phase that begins like this says itself which budget it is.
_NAMED_BUDGETS = ("年初", "全年", "调整")


class Facts:
    """Makes statements of one passage where a form fits: ``topic`` says what of, ``rows`` takes them."""

    def __init__(self, grammar: Grammar, passage: Passage, folded: Folded, topic: Topic, rows: StatementRows) -> None:
        self._grammar, self._passage, self._folded = grammar, passage, folded
        self._topic, self._rows = topic, rows
        #: The stretch of the sentence that is being read.
        self.sentence: Piece = (0, 0)

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
        return self._figure(form, found, phase_before)

    def _note_terms(self, found: list[Element]) -> None:
        """Follow the years, phases and labels of a form. The phase of what is compared with is not the sentence's."""
        about = self._about
        first, phase_before = found[0], about.phase
        for element in found:
            if element.kind == "phase" and first.kind == "base":
                about.base = (about.base[0], element.phase)
            elif element.kind in ("base", "metric", "phase"):
                self._topic.note(element)
        if first.kind == "base":
            about.phase = phase_before
        if first.kind == "change" and found[1].kind == "phase":
            about.base, about.phase = (about.year, found[1].phase), phase_before

    def _figure(self, form: Form, found: list[Element], phase_before: str | None) -> bool:
        """The statement of a printed figure."""
        last = found[-1]
        if last.kind == "score" and not self._about.near:
            self._turn_to_evaluation()
        elif last.kind == "score" and not self._is_evaluation():
            self._turn_to_evaluation()
        if last.kind == "change" or last.number is None:
            return False
        sign = _sign(found)
        if sign == 0 and self._folded.tokens[last.number].value:
            # Up or down is not said: stating either would be a guess.
            return True
        about = self._about
        if not about.near or about.metric is None or (about.metric.only == "count" and last.kind == "amount"):
            return last.kind == "amount" and self._other(last, form.kind, sign)
        if last.kind == "count" and not self._can_be_counted(last):
            return False
        if about.threshold is not None and last.kind in ("amount", "count"):
            about.subject, about.threshold = about.threshold, None
        year, phase = about.base if form.about == "base" else (about.year, about.phase)
        if form.kind == "completion_rate":
            phase = self._completed(found, phase)
            about.phase = phase_before  # 完成预算的27%；比上年减少1.20万元: the change is not the budget's
        whole = None
        if form.kind == "share":
            whole = found[0].end, last.start
            self._counts_of_whole(found)
        self._rows.number(last, Sense(form.kind, year, phase, sign, sign is not None), whole)
        return True

    def _is_evaluation(self) -> bool:
        metric = self._about.metric
        return metric is not None and metric.name == _EVALUATION

    def _turn_to_evaluation(self) -> None:
        self._about.turn_to(self._grammar.metrics[_EVALUATION], None, self._about.function_code)

    def _completed(self, found: list[Element], phase: str | None) -> str | None:
        """The phase that 完成预算的 is measured by: where the only budget stated is the adjusted one, that."""
        named = next((e for e in found if e.kind == "phase"), None)
        if named is not None and self._folded.text.startswith(_NAMED_BUDGETS, named.start, named.end):
            return phase
        metric = self._about.metric
        stated = {row.phase for row in self._rows.rows if row.kind == "amount" and metric and row.metric == metric.name}
        only_adjusted = stated & {"approved", "adjusted"} == {"adjusted"}
        return "adjusted" if phase == "approved" and only_adjusted else phase

    def _counts_of_whole(self, found: list[Element]) -> None:
        """占全部项目38个的50%: the whole is counted, too. What the share is about stays what it was."""
        about = self._about
        for named, count in pairwise(found):
            if named.metric is not None and count.kind == "count" and named.metric.countable:
                self._topic.about = replace(about)
                self._topic.note(named)
                if self._can_be_counted(count):
                    self._rows.number(count, Sense("count", about.year))
        self._topic.about = about

    def _noun_count(self, count: Element, label: Element) -> bool:
        """A count before what is counted (3个科室)."""
        if not label.glued or label.metric is None or not label.metric.countable:
            return False
        self._topic.note(label)
        self._rows.number(count, Sense("count", self._about.year))
        return True

    def _can_be_counted(self, element: Element) -> bool:
        """Whether the metric can be counted in the unit of ``element``; persons may have a metric of their own."""
        about = self._about
        assert about.metric is not None
        unit = self._grammar.counts[self._folded.text[(element.number or 0) + 1 : element.end]]
        if about.metric.persons and unit in ("person", "person_visit"):
            about.metric, about.subject = self._grammar.metrics[about.metric.persons], None
        return not about.metric.units or unit in about.metric.units

    def _zero(self, element: Element) -> bool:
        """An amount that is said to be zero in words."""
        about = self._about
        if about.metric is None or not about.near or about.metric.only == "count":
            return False
        row = self._rows.words(element.start, element.end, Sense("amount", about.year, about.phase))
        row.value, row.unit = Decimal(0), "CNY"
        return True

    def _equal(self, found: list[Element]) -> bool:
        """The amount of the year or phase that the stated one is said to equal."""
        about = self._about
        if about.metric is None:
            return False
        year, phase = about.base
        subject = self._rows.subject_text()
        stated = [
            row
            for row in self._rows.rows
            if row.kind == "amount"
            and not row.derived_from
            and (row.metric, row.fund, row.subject) == (about.metric.name, about.metric.fund, subject)
        ]
        if year == about.year:
            stated = [row for row in stated if row.fiscal_year == year and row.phase != phase] or stated
        else:
            stated = [row for row in stated if row.fiscal_year != year]
        start, end = found[0].start, found[-1].end
        if not stated:
            return self._unchanged(start, end)
        source = stated[-1]
        row = self._rows.words(start, end, Sense("amount", year, phase))
        row.value, row.unit, row.precision = source.value, source.unit, source.precision
        row.derived_from = source.statement_id
        return True

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
            self._turn_to_evaluation()
        assert element.name is not None
        row = self._rows.words(*element.name, Sense("grade", self._about.year), column="value_text")
        row.value_text = row.printed
        return True

    def _none(self, found: list[Element]) -> bool:
        """What is declared to be none, metric by metric."""
        placeholder = self._grammar.patterns.placeholder
        if placeholder.search(self._folded.text, *self.sentence) or placeholder.search(self._passage.section_path):
            return True
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

    def _project(self, element: Element) -> bool:
        """One of a list of projects, with its amount."""
        self._about.metric, self._about.near = self._grammar.metrics["major_project"], True
        self._about.subject = element.name
        self._rows.number(element, Sense("amount", self._about.year))
        self._about.near = False
        return True

    def _other(self, element: Element, kind: FormKind, sign: int | None) -> bool:
        """An amount whose name no metric knows: the words right before it are its subject."""
        name = self._name_before(element)
        if name is None:
            return False
        about, anchor, anchored = self._about, self._topic.anchor, self._topic.anchored
        about.turn_to(self._grammar.metrics["other_amount"], name)
        self._rows.number(element, Sense(kind, about.year, about.phase, sign, sign is not None))
        self._topic.anchor, self._topic.anchored = anchor, anchored
        return True

    def _name_before(self, element: Element) -> Piece | None:
        """The stretch of the name that stands right before an amount, with only linking words between."""
        text, grammar = self._folded.text, self._grammar
        start = max(self._topic.boundary, *(text.rfind(mark, 0, element.start) + 1 for mark in _MARKS))
        stop = element.start
        # 第一季度用款计划为 names 第一季度用款计划: words that only link are no part of a name, unless they end it.
        opening = grammar.name_opening.match(text, start, stop)
        start = opening.end() if opening else start
        if text.startswith(YEAR, start):
            start += len(text[start:stop]) - len(text[start:stop].lstrip(f"{YEAR}年度"))
        while stop > start and not grammar.name_ending.search(text[start:stop]):
            stop -= 1
        if stop == start and self._topic.listing and grammar.name_letters.fullmatch(text, start, element.start):
            stop = element.start
        name, tail = text[start:stop], text[stop : element.start]
        links = tail == "" or grammar.links.fullmatch(tail) is not None
        return (start, stop) if links and self._can_be_a_name(name) else None

    def _can_be_a_name(self, name: str) -> bool:
        if not 2 <= len(name) <= self._grammar.name_longest or any(sign in name for sign in _NUMBERS):
            return False
        return not self._grammar.name_rejected.search(name) and not self._grammar.links.fullmatch(name)


def _sign(found: list[Element]) -> int | None:
    """Up or down (1, -1), 0 where a template leaves it open, None where nothing changes."""
    sign = next((element.sign for element in found if element.kind == "change"), None)
    if any(element.kind == "minus" for element in found):
        return -1 if sign == 1 else 0
    return sign
