"""Facts: what the forms of the grammar make of the elements of a sentence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from pipeline.extract.prose.elements import Element
from pipeline.extract.prose.grammar import Form
from pipeline.extract.prose.notes import Notes


class Facts(Notes):
    """Makes statements where a form fits."""

    def apply(self, form: Form, found: list[Element]) -> bool:
        """Make the statement of ``form`` from ``found``; False where it does not hold after all."""
        about = self.about
        kind = form.kind
        if kind == "none":
            return self._none(found)
        if kind == "zero":
            return self._zero(found[0])
        if kind == "noun_count":
            count, metric = found
            if not metric.glued or not metric.value.countable:
                return False
            self.note(metric)
            self.number(count, "count", about.year)
            return True
        phase_before = about.phase
        for element in found if kind != "share" else []:
            if element.kind == "phase" and found[0].kind == "base":
                about.base = (about.base[0], element.value)
            elif element.kind in ("base", "metric", "phase"):
                self.note(element)
        if found[0].kind == "base":
            about.phase = phase_before
        if found[0].kind == "change" and found[1].kind == "phase":
            about.base, about.phase = (about.year, found[1].value), phase_before
        last = found[-1]
        if kind == "equal":
            return self._equal(found)
        if kind == "grade":
            return self._grade(last)
        if last.kind == "named":
            return self._named(last)
        if last.kind == "score" and (
            about.metric is None or about.metric.name != "performance_self_evaluation" or not about.near
        ):
            about.metric, about.subject, about.near = (
                self.grammar.metrics["performance_self_evaluation"],
                None,
                True,
            )
        if last.kind == "change" or last.number is None:
            return False
        sign = next((e.value for e in found if e.kind == "change"), None)
        if any(element.kind == "minus" for element in found):
            sign = -1 if sign == 1 else 0
        if sign == 0 and self.folded.tokens[last.number].value:
            # Up or down is not said: stating either would be a guess.
            return True
        if not about.near or about.metric is None or (about.metric.only == "count" and last.kind == "amount"):
            return last.kind == "amount" and self._other(last, kind, sign)
        if last.kind == "count" and not self._counted(last):
            return False
        if about.threshold is not None and last.kind in ("amount", "count"):
            about.subject, about.threshold = about.threshold, None
        year, phase = (about.base[0], about.base[1]) if form.about == "base" else (about.year, about.phase)
        if kind == "completion_rate":
            phase = self._completed(found, phase)
            about.phase = phase_before  # 完成预算的27%；比上年减少1.20万元: the change is not the budget's
        whole = (found[0].end, last.start) if kind == "share" else None
        if whole:
            self._counts_of_whole(found)
        self.number(last, kind, year, sign=sign, phase=phase, whole=whole)
        return True

    def _completed(self, found: list[Element], phase: str | None) -> str | None:
        """The phase that 完成预算的 is measured by: where the only budget stated is the adjusted one, that."""
        named = next((e for e in found if e.kind == "phase"), None)
        bare = named is None or not self.folded.text[named.start : named.end].startswith(("年初", "全年", "调整"))
        stated = {
            row.phase
            for row in self.rows
            if row.kind == "amount" and self.about.metric and row.metric == self.about.metric.name
        }
        return (
            "adjusted" if bare and phase == "approved" and stated & {"approved", "adjusted"} == {"adjusted"} else phase
        )

    def _counts_of_whole(self, found: list[Element]) -> None:
        """占全部项目38个的50%: the whole is counted, too. What the share is about stays what it was."""
        about = self.about
        for named, count in pairwise(found):
            if named.kind == "metric" and count.kind == "count" and named.value.countable:
                self.about = replace(about)
                self.note(named)
                if self._counted(count):
                    self.number(count, "count", about.year)
        self.about = about

    def _counted(self, element: Element) -> bool:
        """Whether the metric can be counted in the unit of ``element``; persons may have a metric of their own."""
        about = self.about
        assert about.metric is not None
        unit = self.grammar.counts[self.folded.text[(element.number or 0) + 1 : element.end]]
        if about.metric.persons and unit in ("person", "person_visit"):
            about.metric, about.subject = self.grammar.metrics[about.metric.persons], None
        return not about.metric.units or unit in about.metric.units

    def _zero(self, element: Element) -> bool:
        """An amount that is said to be zero in words."""
        about = self.about
        if about.metric is None or not about.near or about.metric.only == "count":
            return False
        row = self.row("amount", about.year, about.phase, self.folded.span(element.start, element.end), False)
        row.value, row.unit = Decimal(0), "CNY"
        row.printed = self.context.assemble(
            "statements", row.statement_id, "printed", self.pieces(element.start, element.end)
        )
        self.keep(row)
        return True

    def _equal(self, found: list[Element]) -> bool:
        """The amount of the year or phase that the stated one is said to equal."""
        about = self.about
        if about.metric is None:
            return False
        year, phase = about.base
        stated = [
            row
            for row in self.rows
            if row.kind == "amount"
            and row.metric == about.metric.name
            and not row.derived_from
            and row.fund == about.metric.fund
            and row.subject == self.subject_text()
        ]
        if year == about.year:
            stated = [row for row in stated if row.fiscal_year == year and row.phase != phase] or stated
        else:
            stated = [row for row in stated if row.fiscal_year != year]
        start, end = found[0].start, found[-1].end
        if not stated:
            return self._unchanged(start, end)
        source = stated[-1]
        row = self.row("amount", year, phase, self.folded.span(start, end), True)
        row.base_year = None
        row.value, row.unit, row.precision = source.value, source.unit, source.precision
        row.derived_from = source.statement_id
        row.printed = self.context.assemble("statements", row.statement_id, "printed", self.pieces(start, end))
        self.keep(row)
        return True

    def _unchanged(self, start: int, end: int) -> bool:
        """与上年持平 without an amount says that the change is none, and no more."""
        about = self.about
        if not about.near or about.metric is None or about.metric.direction is None or about.base[0] == about.year:
            return False
        row = self.row("change", about.year, about.phase, self.folded.span(start, end), True)
        row.value, row.unit = Decimal(0), "CNY"
        row.printed = self.context.assemble("statements", row.statement_id, "printed", self.pieces(start, end))
        self.keep(row)
        return True

    def _grade(self, element: Element) -> bool:
        about = self.about
        if about.metric is None or about.metric.name != "performance_self_evaluation":
            about.metric, about.subject, about.near = (
                self.grammar.metrics["performance_self_evaluation"],
                None,
                True,
            )
        start, end = element.value
        row = self.row("grade", about.year, None, self.folded.span(start, end), False)
        row.value_text = self.context.assemble("statements", row.statement_id, "value_text", self.pieces(start, end))
        row.printed = row.value_text
        self.keep(row)
        return True

    def _none(self, found: list[Element]) -> bool:
        placeholder = self.grammar.placeholder
        if placeholder.search(self.folded.text, *self.bounds) or placeholder.search(self.passage.section_path):
            return True
        metrics = [element for element in found if element.kind == "metric"]
        labelled: Element | None = None
        for element in found:
            if element.kind != "metric":
                self.note(element)
                labelled = element if element.kind == "threshold" else labelled
                continue
            self.note(element)
            start = found[0].start if element is metrics[0] else labelled.start if labelled else element.start
            row = self.row("none", self.about.year, None, self.folded.span(start, element.end), False)
            row.printed = self.context.assemble(
                "statements", row.statement_id, "printed", self.pieces(start, element.end)
            )
            self.keep(row)
            labelled = None
        return True

    def _named(self, element: Element) -> bool:
        self.about.metric, self.about.near = self.grammar.metrics["major_project"], True
        self.about.subject = element.value
        self.number(element, "amount", self.about.year, phase=None)
        self.about.near = False
        return True

    def _other(self, element: Element, kind: str, sign: int | None) -> bool:
        """An amount whose name no metric knows: the words right before it are its subject."""
        text = self.folded.text
        start = max(self.boundary, *(text.rfind(mark, 0, element.start) + 1 for mark in "，。；：（）"))
        stop = element.start
        # 第一季度用款计划为 names 第一季度用款计划: words that only link are no part of a name, unless they end it.
        opening = self.grammar.name_opening.match(text, start, stop)
        name_start = opening.end() if opening else start
        if text.startswith("Y", name_start):
            name_start += len(text[name_start:stop]) - len(text[name_start:stop].lstrip("Y年度"))
        while stop > name_start and not self.grammar.name_ending.search(text[name_start:stop]):
            stop -= 1
        if stop == name_start and self.listing and self.grammar.name_letters.fullmatch(text, name_start, element.start):
            stop = element.start
        name = text[name_start:stop]
        tail = text[stop : element.start]
        if tail and not self.grammar.links.fullmatch(tail):
            return False
        if not 2 <= len(name) <= self.grammar.name_longest or any(c in name for c in "#@Y"):
            return False
        if self.grammar.name_rejected.search(name) or self.grammar.links.fullmatch(name):
            return False
        about, anchor, anchored = self.about, self.anchor, self.anchored
        about.metric, about.function_code = self.grammar.metrics["other_amount"], None
        about.subject, about.near = (name_start, stop), True
        self.number(element, kind, about.year, sign=sign, phase=about.phase)
        self.anchor, self.anchored = anchor, anchored
        return True
