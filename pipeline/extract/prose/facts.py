"""Facts: what the forms of the grammar make of the elements of a sentence."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace

from pipeline.extract.prose.elements import Element, printed_year
from pipeline.extract.prose.grammar import Form, Metric
from pipeline.extract.prose.rows import RowMaker


class Facts(RowMaker):
    """Keeps what elements say about the figures that follow, and makes statements where a form fits."""

    def note(self, element: Element) -> None:
        """Keep what ``element`` says about the figures that follow."""
        about = self.about
        match element.kind:
            case "metric":
                self._set_metric(element.value)
                if element.value.subject == "label":
                    about.subject = (element.start, element.end)
                    if about.metric is not None and about.metric.name == "function_expenditure":
                        about.function_code = self.shared.codes.named([self.folded.text[element.start : element.end]])
            case "year":
                about.year, about.as_of = self._year(element), None
            case "date":
                about.year = printed_year(self.folded, element)
                about.as_of = self._date(element)
            case "base":
                about.base = self._base(element)
            case "phase":
                about.phase = element.value
            case "function":
                about.metric = self.grammar.metrics["function_expenditure"]
                about.subject = (element.start, element.end)
                about.function_code = self.shared.codes.code(self.folded, element.value)
                about.near, about.phase, about.threshold = True, None, None
                if not self.anchored:
                    self.anchor = (about.metric, about.subject, about.function_code)
            case "threshold":
                about.threshold = (element.start, element.end)
            case "purchase":
                about.purchase = True
            case "actual":
                if about.metric is not None and about.metric.actual:
                    about.metric, about.subject, about.near = (
                        self.grammar.metrics[about.metric.actual],
                        None,
                        True,
                    )
            case "other" | "stop":
                about.near = False
            case "open":
                self.outside.append((about.metric, about.subject, about.function_code, about.near))
            case "close" if self.outside:
                about.metric, about.subject, about.function_code, about.near = self.outside.pop()
            case _:
                pass
        if element.kind in ("stop", "part"):
            self.boundary = element.end

    def _set_metric(self, metric: Metric) -> None:
        about = self.about
        if about.purchase and metric.purchased:
            metric = replace(self.grammar.metrics[metric.purchased], subject=metric.subject)
        about.metric, about.near, about.function_code, about.phase = metric, True, None, None
        about.subject, about.threshold = about.threshold, None

    def _base(self, element: Element) -> tuple[int | None, str | None]:
        year_element, phase = element.value
        if year_element is None:
            return self.about.year, phase
        return self._year(year_element), phase

    def _year(self, element: Element) -> int | None:
        """The year that ``element`` prints, or that 上年 and the like mean; None where the document's is unknown."""
        year = printed_year(self.folded, element)
        if year is None and self.context.disclosure_year is not None and element.value is not None:
            return self.context.disclosure_year + element.value
        return year

    def _date(self, element: Element) -> str | None:
        year = printed_year(self.folded, element)
        if year is None:
            return None
        values = [
            self.folded.tokens[at].value for at in range(element.start, element.end) if self.folded.text[at] == "#"
        ]
        month, day = [int(value or 0) for value in (*values, 0, 0)[:2]]
        if self.folded.text[element.end - 1] in "底末":
            month = month or 12
            day = monthrange(year, month)[1] if 1 <= month <= 12 else 0
        # What is no day of the calendar is published as the year that it names.
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            return str(year)
        return f"{year:04d}-{month:02d}-{day:02d}"

    def apply(self, form: Form, found: list[Element]) -> bool:
        """Make the statement of ``form`` from ``found``; False where it does not hold after all."""
        about = self.about
        kind = form.kind
        if kind == "none":
            return self._none(found)
        if kind == "noun_count":
            count, metric = found
            if not metric.glued:
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
        last = found[-1]
        if kind == "equal":
            return self._equal(found)
        if kind == "grade":
            return self._grade(last)
        if last.kind == "named":
            return self._named(last)
        if last.kind == "score" and (about.metric is None or about.metric.name != "performance_self_evaluation"):
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
        if about.threshold is not None and last.kind in ("amount", "count"):
            about.subject, about.threshold = about.threshold, None
        year, phase = (about.base[0], about.base[1]) if form.about == "base" else (about.year, about.phase)
        whole = found[1:-1] if kind == "share" else []
        self.number(last, kind, year, sign=sign, phase=phase, whole=whole)
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
            if row["kind"] == "amount"
            and row["metric"] == about.metric.name
            and not row.get("derived_from")
            and row.get("fund") == about.metric.fund
            and row.get("subject") == self.subject_text()
        ]
        if year == about.year:
            stated = [row for row in stated if row["fiscal_year"] == year and row["phase"] != phase] or stated
        else:
            stated = [row for row in stated if row["fiscal_year"] != year]
        if not stated:
            return False
        source = stated[-1]
        start, end = found[0].start, found[-1].end
        row = self.row("amount", year, phase, self.folded.span(start, end), True)
        row["base_year"] = None
        row |= {
            "value": source["value"],
            "unit": source["unit"],
            "precision": source["precision"],
            "derived_from": source["statement_id"],
            "printed": self.context.assemble("statements", row["statement_id"], "printed", self.pieces(start, end)),
        }
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
        row["value_text"] = self.context.assemble(
            "statements", row["statement_id"], "value_text", self.pieces(start, end)
        )
        row["printed"] = row["value_text"]
        self.keep(row)
        return True

    def _none(self, found: list[Element]) -> bool:
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
            row["printed"] = self.context.assemble(
                "statements", row["statement_id"], "printed", self.pieces(start, element.end)
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
