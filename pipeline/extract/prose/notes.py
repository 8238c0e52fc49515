"""What elements say about the figures that follow: the metric, the year, the phase, the size."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace

from pipeline.extract.prose.elements import Element, printed_year
from pipeline.extract.prose.grammar import Metric
from pipeline.extract.prose.rows import RowMaker


class Notes(RowMaker):
    """Keeps what elements say about the figures that follow."""

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
                about.year, about.as_of, self.dated = self._year(element), None, None
            case "date":
                about.year = printed_year(self.folded, element)
                about.as_of = self._date(element)
                about.purchase = False
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
            case "evaluated":
                about.metric, about.near = self.grammar.metrics["performance_self_evaluation"], True
                about.subject, about.function_code, about.phase, about.threshold = element.value, None, None, None
                if not self.anchored:
                    self.anchor = (about.metric, about.subject, None)
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
        if element.kind == "part":
            # What comes after the parts (A 5元，其中：B 3元，C 2元。比上年…) is about what they are parts of.
            self.listing = True
            if self.anchored and about.near:
                self.anchor = (about.metric, about.subject, about.function_code)
        if element.kind in ("stop", "part"):
            self.boundary = element.end

    def _set_metric(self, metric: Metric) -> None:
        about = self.about
        if about.purchase and metric.purchased:
            metric = replace(self.grammar.metrics[metric.purchased], subject=metric.subject)
        goes_on = metric.subject == "same" and about.metric is not None and about.metric.name == metric.name
        about.subject, about.threshold = about.subject if goes_on else about.threshold, None
        about.metric, about.near, about.function_code, about.phase = metric, True, None, None
        about.fund = metric.fund or (about.fund if metric.inherits_fund else None)
        if metric.stock and about.as_of is None and self.dated is not None:
            about.year, about.as_of = self.dated
        elif not metric.stock and self.carried:
            about.year, about.as_of, self.carried = self.context.disclosure_year, None, False

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
