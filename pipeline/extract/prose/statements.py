"""Statements: the facts of a passage, read from its elements by the forms of the grammar.

A reader goes through the sentences of one passage and keeps what later words refer to: the metric, the year,
the year compared with, the phase. Where a form fits, it makes a row; what no form fits makes none.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pipeline.extract.context import Context, Piece
from pipeline.extract.ledger import Token
from pipeline.extract.prose.elements import Element, elements, printed_year, sentences
from pipeline.extract.prose.folding import Folded, fold, fold_pieces
from pipeline.extract.prose.functions import FunctionCodes
from pipeline.extract.prose.grammar import Form, Grammar, Metric
from pipeline.extract.prose.passages import Passage
from schemas.joining import join

#: A sentence of more characters is no mere name.
_TOPIC = 40
_SCALE = Decimal("0.0001")
_CHANGES = ("change", "change_percent")
_PHASED = ("amount", "change", "change_percent", "share", "completion_rate")


@dataclass(slots=True)
class _About:
    """What the words so far are about."""

    metric: Metric | None = None
    subject: Piece | None = None
    function_code: str | None = None
    near: bool = False
    year: int | None = None
    year_printed: bool = False
    base: tuple[int | None, str | None] = (None, None)
    phase: str | None = None
    as_of: str | None = None
    purchase: bool = False
    threshold: Piece | None = None


@dataclass(slots=True)
class Reader:
    """Reads the statements of one document, passage by passage."""

    context: Context
    grammar: Grammar
    codes: FunctionCodes = field(init=False)
    by_section: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    titles: dict[str, Metric | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = FunctionCodes(self.context)

    def read(self, passage: Passage) -> None:
        """Add the statements of ``passage`` and claim their numbers; the rest of its numbers become narrative."""
        folded = fold_pieces(self.context.document.text, passage.pieces, self.context.ledger)
        unread: list[Token] = []
        if passage.kind != "definition":
            unread = _PassageReader(self, passage, folded).read()
        kept = {id(token) for token in unread}
        for at, token in folded.tokens.items():
            if token.cls == "unclaimed" and id(token) not in kept:
                role = (
                    "year"
                    if folded.text[at] == "Y"
                    else "percent"
                    if folded.text[at + 1 : at + 2] == "%"
                    else "count"
                )
                self.context.ledger.claim(token, "narrative", role, "passages", passage.passage_id)


class _PassageReader:
    def __init__(self, reader: Reader, passage: Passage, folded: Folded) -> None:
        self.reader, self.passage, self.folded = reader, passage, folded
        self.context, self.grammar = reader.context, reader.grammar
        self.rows: list[dict[str, Any]] = []
        self.section = reader.by_section.setdefault(passage.section_path, [])
        self.about = _About(metric=self._heading_metric(), near=True, year=self.context.disclosure_year)
        #: What the last figure was about; the next sentence is about it, too, where it does not say.
        self.anchor = (self.about.metric, self.about.subject, self.about.function_code)
        self.executed = self.context.stage == "final_accounts" or (
            self.context.stage is None and "决算" in passage.section_path
        )
        self.sentence = 0
        self.start = bisect_left(folded.places, passage.body)
        self.boundary = self.start

    def read(self) -> list[Token]:
        """Read all sentences; returns the numbers of amounts of money that no form understood."""
        unread: list[Token] = []
        for start, end in sentences(self.folded.text, self.start):
            self.sentence += 1
            if not self.grammar.telling.search(self.folded.text, start, end):
                self._topic(start, end)
                continue
            if not self.about.as_of:
                self.about.year, self.about.year_printed = self.context.disclosure_year, False
            self.about.purchase, self.about.threshold, self.about.near = False, None, True
            self.about.metric, self.about.subject, self.about.function_code = self.anchor
            self.boundary = start
            unread += self._sentence(start, end)
        return unread

    def _heading_metric(self) -> Metric | None:
        """The metric that the nearest heading above names."""
        for title in reversed(self.passage.path):
            if title not in self.reader.titles:
                text = fold(title)
                found = elements(Folded(text, list(range(len(text)))), 0, len(text), self.grammar)
                self.reader.titles[title] = next((e.value for e in found if e.kind == "metric"), None)
            if self.reader.titles[title] is not None:
                return self.reader.titles[title]
        return None

    # --- sentences ------------------------------------------------------------------------------------------------
    def _sentence(self, start: int, end: int) -> list[Token]:
        text = self.folded.text
        first = len(self.rows)
        seen: list[Element] = []
        position = start
        while position < end:
            reason = self.grammar.reason.search(text, position, end)
            stop = reason.start() if reason else end
            found = elements(self.folded, position, stop, self.grammar)
            seen += found
            self._read(found, stop)
            if reason is None:
                break
            position = self._reason(reason.end(), end)
        unread = self._unread(seen)
        if position > start:
            unread += self._unread_in_reasons(start, end)
        self._claim_labels(seen, first)
        return unread

    def _topic(self, start: int, end: int) -> None:
        """A sentence that is a name and nothing else says what the next one is about: 公务接待费。"""
        if end - start > _TOPIC:
            return
        found = elements(self.folded, start, end - 1, self.grammar)
        if len(found) == 1 and found[0].kind == "metric":
            self._note(found[0])
            self.anchor = (self.about.metric, self.about.subject, self.about.function_code)

    def _reason(self, start: int, end: int) -> int:
        """Give the reason that begins at ``start`` to what it explains; returns where it ends."""
        text = self.folded.text
        stop = text.find("；", start, end)
        stop = end if stop < 0 else stop
        last = stop
        while last > start and text[last - 1] in "。；，":
            last -= 1
        if last > start:
            pieces = self._pieces(start, last)
            for row in self._explained():
                row["reason"] = self.context.assemble("statements", row["statement_id"], "reason", pieces)
        return min(end, stop + 1)

    def _explained(self) -> list[dict[str, Any]]:
        metric = self.about.metric
        if metric is None:
            return []
        names = metric.group or (metric.name,)
        own = [r for r in self.rows if r["metric"] in names and not r.get("reason")]
        same = [r for r in own if r.get("subject") == self._subject_text()] or own
        for kinds in (_CHANGES, ("derived",), ("completion_rate",)):
            fitting = [
                r for r in same if r["kind"] in kinds or ("derived" in kinds and r.get("derived_from"))
            ]
            if fitting:
                return fitting
        amounts = [r for r in same if r["kind"] in ("amount", "none") and not r["comparison"]]
        if amounts:
            return amounts[-1:]
        earlier = [r for r in self.section if r["metric"] in names and not r.get("reason")]
        return [r for r in earlier if r["kind"] in _CHANGES or r.get("derived_from")] if not self.rows else []

    def _unread(self, seen: list[Element]) -> list[Token]:
        tokens = [
            self.folded.tokens[e.number]
            for e in seen
            if e.kind in ("amount", "named") and e.number is not None
        ]
        return [token for token in tokens if token.cls == "unclaimed"]

    def _unread_in_reasons(self, start: int, end: int) -> list[Token]:
        unread = []
        for match in self.grammar.master.finditer(self.folded.text, start, end):
            if match.lastgroup == "amount":
                token = self.folded.tokens[match.start()]
                if token.cls == "unclaimed":
                    unread.append(token)
        return unread

    # --- elements -------------------------------------------------------------------------------------------------
    def _read(self, found: list[Element], end: int) -> None:
        letters = "".join(element.letter for element in found)
        at = 0
        while at < len(found):
            for form in self.grammar.forms:
                match = form.pattern.match(letters, at)
                if match and self._apply(form, found[at : match.end()], found[at - 1] if at else None):
                    at = match.end()
                    break
            else:
                self._note(found[at])
                at += 1

    def _note(self, element: Element) -> None:
        """Keep what ``element`` says about the figures that follow."""
        about = self.about
        match element.kind:
            case "metric":
                self._set_metric(element.value)
                if element.value.subject == "label":
                    about.subject = (element.start, element.end)
                    if about.metric is not None and about.metric.name == "function_expenditure":
                        about.function_code = self.reader.codes.named([self.folded.text[element.start : element.end]])
            case "year":
                year = printed_year(self.folded, element)
                if year is None and self.context.disclosure_year is not None and element.value is not None:
                    year = self.context.disclosure_year + element.value
                about.year, about.year_printed, about.as_of = year, True, None
            case "date":
                about.year = printed_year(self.folded, element)
                about.year_printed, about.as_of = True, self._date(element)
            case "base":
                about.base = self._base(element)
            case "phase":
                about.phase = element.value
            case "function":
                about.metric = self.grammar.metrics["function_expenditure"]
                about.subject = (element.start, element.end)
                about.function_code = self.reader.codes.code(self.folded, element.value)
                about.near, about.phase, about.threshold = True, None, None
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
        year = printed_year(self.folded, year_element)
        if year is None and self.context.disclosure_year is not None and year_element.value is not None:
            year = self.context.disclosure_year + year_element.value
        return year, phase

    def _date(self, element: Element) -> str | None:
        year = printed_year(self.folded, element)
        if year is None:
            return None
        numbers = [
            self.folded.tokens[at].value
            for at in range(element.start, element.end)
            if self.folded.text[at] == "#"
        ]
        text = self.folded.text[element.start : element.end]
        if len(numbers) == 2:
            return f"{year:04d}-{int(numbers[0] or 0):02d}-{int(numbers[1] or 0):02d}"
        if not numbers and text.endswith(("底", "末")):
            return f"{year:04d}-12-31"
        return str(year)

    # --- forms ----------------------------------------------------------------------------------------------------
    def _apply(self, form: Form, found: list[Element], before: Element | None) -> bool:
        """Make the statement of ``form`` from ``found``; False where it does not hold after all."""
        about = self.about
        kind = form.kind
        if kind == "none":
            return self._none(found)
        if kind == "noun_count":
            count, metric = found
            if not metric.glued:
                return False
            self._note(metric)
            self._number(count, "count", about.year)
            return True
        for element in found:
            if element.kind in ("base", "phase") or element.kind == "metric" and kind != "share":
                self._note(element)
        last = found[-1]
        if kind == "equal":
            return self._equal(found)
        if kind == "grade":
            return self._grade(last)
        if last.kind == "named":
            return self._named(last)
        if last.kind == "score" and (
            about.metric is None or about.metric.name != "performance_self_evaluation"
        ):
            about.metric, about.subject, about.near = (
                self.grammar.metrics["performance_self_evaluation"],
                None,
                True,
            )
        if last.kind == "change" or last.number is None:
            return False
        sign = next((e.value for e in found if e.kind == "change"), None)
        if sign == 0:
            return True
        if not about.near or about.metric is None or (about.metric.only == "count" and last.kind == "amount"):
            return last.kind == "amount" and self._other(last, kind, sign)
        year, phase = (about.base[0], about.base[1]) if form.about == "base" else (about.year, about.phase)
        whole = found[1:-1] if kind == "share" else []
        self._number(last, kind, year, sign=sign, phase=phase, whole=whole)
        return True

    def _number(
        self,
        element: Element,
        kind: str,
        year: int | None,
        sign: int | None = None,
        phase: str | None = None,
        whole: list[Element] | None = None,
    ) -> dict[str, Any]:
        """The row of a printed figure."""
        assert element.number is not None
        token = self.folded.tokens[element.number]
        value = token.value if token.value is not None else Decimal(0)
        value = -abs(value) if sign == -1 else value
        decimals = (
            len(token.printed.translate(_POINT).rpartition(".")[2])
            if "." in token.printed.translate(_POINT)
            else 0
        )
        step = Decimal(1).scaleb(-decimals)
        unit_start, unit_end = element.number + 1, element.end
        printed_unit = self.folded.text[unit_start:unit_end]
        unit = {"percent": "percent", "score": "point"}.get(element.kind, "")
        if element.kind in ("amount", "named"):
            factor = self._factor(printed_unit)
            value, step, unit = value * factor, step * factor, "CNY"
            unit_end = unit_start + len(self._unit(printed_unit))
        elif element.kind == "count":
            unit = self.grammar.counts[printed_unit]
        row = self._row(
            kind, year, phase, self.folded.span(element.number, element.number + 1), sign is not None
        )
        row |= {
            "value": value.quantize(_SCALE, ROUND_HALF_EVEN),
            "unit": unit,
            "printed": token.printed,
            "printed_unit": self._printed(unit_start, unit_end),
            "precision": step,
        }
        if whole:
            row["value_text"] = self.context.assemble(
                "statements", row["statement_id"], "value_text", self._pieces(whole[0].start, whole[-1].end)
            )
        role = {"percent": "percent", "score": "score", "count": "count"}.get(element.kind, "amount")
        self.context.ledger.claim(token, "data", role, "statements", row["statement_id"])
        self._keep(row)
        self.boundary = element.end
        return row

    def _unit(self, printed: str) -> str:
        return next(u for u in sorted(self.grammar.money, key=len, reverse=True) if printed.startswith(u))

    def _factor(self, printed: str) -> Decimal:
        return self.grammar.money[self._unit(printed)]

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
            and row.get("subject") == self._subject_text()
        ]
        if year == about.year:
            stated = [row for row in stated if row["fiscal_year"] == year and row["phase"] != phase] or stated
        else:
            stated = [row for row in stated if row["fiscal_year"] != year]
        if not stated:
            return False
        source = stated[-1]
        start, end = found[0].start, found[-1].end
        row = self._row("amount", year, phase, self.folded.span(start, end), True)
        row["base_year"] = None
        row |= {
            "value": source["value"],
            "unit": source["unit"],
            "precision": source["precision"],
            "derived_from": source["statement_id"],
            "printed": self.context.assemble(
                "statements", row["statement_id"], "printed", self._pieces(start, end)
            ),
        }
        self._keep(row)
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
        row = self._row("grade", about.year, None, self.folded.span(start, end), False)
        row["value_text"] = self.context.assemble(
            "statements", row["statement_id"], "value_text", self._pieces(start, end)
        )
        row["printed"] = row["value_text"]
        self._keep(row)
        return True

    def _none(self, found: list[Element]) -> bool:
        metrics = [element for element in found if element.kind == "metric"]
        labelled: Element | None = None
        for element in found:
            if element.kind != "metric":
                self._note(element)
                labelled = element if element.kind == "threshold" else labelled
                continue
            self._note(element)
            start = found[0].start if element is metrics[0] else labelled.start if labelled else element.start
            row = self._row("none", self.about.year, None, self.folded.span(start, element.end), False)
            row["printed"] = self.context.assemble(
                "statements", row["statement_id"], "printed", self._pieces(start, element.end)
            )
            self._keep(row)
            labelled = None
        return True

    def _named(self, element: Element) -> bool:
        self.about.metric, self.about.near = self.grammar.metrics["major_project"], True
        self.about.subject = element.value
        self._number(element, "amount", self.about.year, phase=None)
        self.about.near = False
        return True

    def _other(self, element: Element, kind: str, sign: int | None) -> bool:
        """An amount whose name no metric knows: the words right before it are its subject."""
        text = self.folded.text
        start = max(self.boundary, *(text.rfind(mark, 0, element.start) + 1 for mark in "，。；：、（"))
        stop = element.start
        # 第一季度用款计划为 names 第一季度用款计划: words that only link are no part of a name, unless they end it.
        name = text[start:stop]
        name_start = start + (len(name) - len(name.lstrip("Y年度")) if name.startswith("Y") else 0)
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
        about = self.about
        kept = replace(about)
        about.metric, about.subject, about.function_code = (
            self.grammar.metrics["other_amount"],
            (name_start, stop),
            None,
        )
        anchor = self.anchor
        self._number(element, kind, about.year, sign=sign, phase=about.phase)
        self.about, self.anchor = kept, anchor
        return True

    # --- rows -----------------------------------------------------------------------------------------------------
    def _row(
        self, kind: str, year: int | None, phase: str | None, place: Piece, compared: bool
    ) -> dict[str, Any]:
        about = self.about
        metric = about.metric
        assert metric is not None
        subject = self._subject_text()
        did = self.context.document.disclosure_id
        key = [did, "statement", metric.name, kind, str(year) if year is not None else "unknown"]
        statement_id = self.context.unique(".".join([*key, *([subject] if subject else [])]))
        default = "executed" if self.executed else "approved"
        phased = kind in _PHASED and not metric.stock
        row = {
            "statement_id": statement_id,
            "section_path": self.passage.section_path or None,
            "sentence_id": f"{self.passage.passage_id}.{self.sentence}",
            "metric": metric.name,
            "subject": subject,
            "function_code": about.function_code,
            "fund": metric.fund,
            "direction": metric.direction,
            "fiscal_year": year,
            "comparison": year is not None and year != self.context.disclosure_year,
            "phase": (phase or default) if phased else None,
            "as_of": about.as_of,
            "kind": kind,
            "base_year": about.base[0] if compared else None,
            **self.context.place(*place),
        }
        if about.subject is not None:
            self.context.assemble("statements", statement_id, "subject", self._runs(*about.subject))
        return row

    def _keep(self, row: dict[str, Any]) -> None:
        self.anchor = (self.about.metric, self.about.subject, self.about.function_code)
        self.context.add("statements", row)
        self.rows.append(row)
        self.section.append(row)

    def _subject_text(self) -> str | None:
        if self.about.subject is not None:
            source = self.context.extraction.masked_text or self.context.document.text
            return join(source[a:b] for a, b in self._runs(*self.about.subject))
        metric = self.about.metric
        return metric.subject if metric is not None and metric.subject != "label" else None

    def _printed(self, start: int, end: int) -> str:
        """The folded characters ``start:end`` as they are printed."""
        source = self.context.extraction.masked_text or self.context.document.text
        return join(source[a:b] for a, b in self._pieces(start, end))

    def _pieces(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end``."""
        first, last = self.folded.span(start, end)
        return [(max(a, first), min(b, last)) for a, b in self.passage.pieces if max(a, first) < min(b, last)]

    def _runs(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end`` without the quotation marks between them."""
        runs: list[Piece] = []
        for at in range(start, end):
            first, last = self.folded.span(at, at + 1)
            if runs and runs[-1][1] == first:
                runs[-1] = (runs[-1][0], last)
            else:
                runs.append((first, last))
        return runs

    def _claim_labels(self, seen: list[Element], first: int) -> None:
        """Years, dates, sizes and codes belong to the statement that they label: the next one, or the last."""
        rows = self.rows[first:]
        if not rows:
            return
        for element in seen:
            if element.kind not in ("year", "date", "base", "threshold", "function", "metric", "phase"):
                continue
            place = self.folded.places[element.start]
            owner = next((row for row in rows if row["end"] > place), rows[-1])
            role = {"threshold": "amount", "function": "code", "date": "date"}.get(element.kind, "year")
            for at in range(element.start, element.end):
                token = self.folded.tokens.get(at)
                if token is not None and token.cls == "unclaimed":
                    self.context.ledger.claim(token, "structure", role, "statements", owner["statement_id"])


_POINT = str.maketrans("．", ".")
