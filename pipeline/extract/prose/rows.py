"""Rows of ``statements``: a figure or a word of a passage, with all that the words so far say about it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate

from pipeline.extract.context import Context, Piece
from pipeline.extract.prose.elements import Element
from pipeline.extract.prose.folding import Folded
from pipeline.extract.prose.functions import FunctionCodes
from pipeline.extract.prose.grammar import Grammar, Metric
from pipeline.extract.prose.passages import Passage
from schemas.joining import join
from schemas.rows import Statement

#: A metric, its subject (a stretch of the folded passage) and its function code.
Anchor = tuple[Metric | None, Piece | None, str | None]

_SCALE = Decimal("0.0001")
_POINT = str.maketrans("．", ".")
_OPENING, _CLOSING = "“‘「『", "”’」』"
_PARTICLES = "的为约达比例，：数"
_SHARE_TAIL = re.compile(r"(?:的?(?:比例|比重|百分比))?[的为是约达，：]*$")
_PHASED = ("amount", "change", "change_percent", "share", "completion_rate")
_ROLES = {"percent": "percent", "score": "score", "count": "count"}
_LABEL_ROLES = {"threshold": "amount", "function": "code", "date": "date"}
_LABELS = ("year", "date", "base", "threshold", "function", "metric", "phase")


@dataclass(slots=True)
class About:
    """What the words so far are about. Pieces are stretches of the folded passage, not of the document."""

    metric: Metric | None = None
    subject: Piece | None = None
    function_code: str | None = None
    near: bool = False
    year: int | None = None
    base: tuple[int | None, str | None] = (None, None)
    phase: str | None = None
    as_of: str | None = None
    purchase: bool = False
    threshold: Piece | None = None
    fund: str | None = None


@dataclass(slots=True)
class Shared:
    """What the passages of one document share. ``by_section`` holds the rows of each section so far."""

    context: Context
    grammar: Grammar
    codes: FunctionCodes = field(init=False)
    by_section: dict[str, list[Statement]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = FunctionCodes(self.context)


class RowMaker:
    """Makes the rows of one passage and claims the numbers that they own."""

    def __init__(self, shared: Shared, passage: Passage, folded: Folded) -> None:
        self.shared, self.passage, self.folded = shared, passage, folded
        self.context, self.grammar = shared.context, shared.grammar
        self.rows: list[Statement] = []
        self.section = shared.by_section.setdefault(passage.section_path, [])
        self.executed = self.context.stage == "final_accounts" or (
            self.context.stage is None and "决算" in passage.section_path
        )
        self.sentence, self.bounds = 0, (0, 0)
        self.start = bisect_left(folded.places, passage.body)
        #: Where the name of an amount can begin at the earliest: after the last figure, or the last semicolon.
        self.boundary = self.start
        self.about = About(near=True, year=self.context.disclosure_year)
        #: What the last sentence's first figure was about; the next is about it, too, where it does not say.
        self.anchor: Anchor = (None, None, None)
        self.anchored = False
        #: Whether parts of something are being listed (其中：…).
        self.listing = False
        #: The year and day that an earlier sentence gave; holdings go on to be counted at it.
        self.dated: tuple[int | None, str] | None = None
        self.carried = False
        #: What the words before each open bracket were about.
        self.outside: list[tuple[Metric | None, Piece | None, str | None, bool]] = []

    def number(
        self,
        element: Element,
        kind: str,
        year: int | None,
        sign: int | None = None,
        phase: str | None = None,
        whole: Piece | None = None,
    ) -> Statement:
        """The row of a printed figure."""
        assert element.number is not None
        token = self.folded.tokens[element.number]
        value = token.value if token.value is not None else Decimal(0)
        value = -abs(value) if sign == -1 else value
        decimals = (
            len(token.printed.translate(_POINT).rpartition(".")[2]) if "." in token.printed.translate(_POINT) else 0
        )
        step = Decimal(1).scaleb(-decimals)
        unit_start, unit_end = element.number + 1, element.end
        printed_unit = self.folded.text[unit_start:unit_end]
        unit = {"percent": "percent", "score": "point"}.get(element.kind, "")
        if element.kind in ("amount", "named"):
            factor = self.factor(printed_unit)
            value, step, unit = value * factor, step * factor, "CNY"
            unit_end = unit_start + len(self.unit(printed_unit))
        elif element.kind == "count":
            unit = self.grammar.counts[printed_unit]
        row = self.row(kind, year, phase, self.folded.span(element.number, element.number + 1), sign is not None)
        row.value, row.unit, row.precision = value.quantize(_SCALE, ROUND_HALF_EVEN), unit, step
        row.printed, row.printed_unit = token.printed, self.printed(unit_start, unit_end)
        if whole and (named := self._whole(*whole)):
            row.value_text = self.context.assemble("statements", row.statement_id, "value_text", self.pieces(*named))
        role = _ROLES.get(element.kind, "amount")
        self.context.ledger.claim(token, "data", role, "statements", row.statement_id)
        self.keep(row)
        self.boundary = element.end
        if self.about.metric is not None and self.about.metric.fund:
            # Its fund has its figure: what comes next (上年结转…) is beside it, not part of it.
            self.about.fund = None
        return row

    def _whole(self, start: int, end: int) -> Piece | None:
        """What a share is a share of: the words between 占 and the percentage, without those that only link."""
        text = self.folded.text
        while start < end and text[start] in _PARTICLES:
            start += 1
        if tail := _SHARE_TAIL.search(text, start, end):
            end = tail.start()
        return (start, end) if start < end else None

    def unit(self, printed: str) -> str:
        return next(u for u in sorted(self.grammar.money, key=len, reverse=True) if printed.startswith(u))

    def factor(self, printed: str) -> Decimal:
        return self.grammar.money[self.unit(printed)]

    def row(self, kind: str, year: int | None, phase: str | None, place: Piece, compared: bool) -> Statement:
        about = self.about
        metric = about.metric
        assert metric is not None
        subject = self.subject_text()
        statement_id = self.context.statement_id(metric.name, kind, year, subject)
        default = "executed" if self.executed else "approved"
        phased = kind in _PHASED and not metric.stock and about.as_of is None
        row = Statement(
            statement_id=statement_id,
            section_path=self.passage.section_path or None,
            sentence_id=f"{self.passage.passage_id}.{self.sentence}",
            metric=metric.name,
            subject=subject,
            function_code=about.function_code,
            fund=metric.fund or (about.fund if metric.inherits_fund else None),
            direction=metric.direction,
            fiscal_year=year,
            comparison=year is not None and year != self.context.disclosure_year,
            phase=(phase or default) if phased else None,
            as_of=about.as_of,
            kind=kind,
            base_year=about.base[0] if compared else None,
            place=self.context.place(*place),
        )
        if about.subject is not None:
            self.context.assemble("statements", statement_id, "subject", self.runs(*about.subject))
        return row

    def keep(self, row: Statement) -> None:
        if not self.anchored:
            self.anchor = (self.about.metric, self.about.subject, self.about.function_code)
            self.anchored = True
        self.context.add(row)
        self.rows.append(row)
        self.section.append(row)

    def subject_text(self) -> str | None:
        if self.about.subject is not None:
            source = self.context.published
            return join(source[a:b] for a, b in self.runs(*self.about.subject))
        metric = self.about.metric
        return metric.subject if metric is not None and metric.subject not in ("label", "same") else None

    def printed(self, start: int, end: int) -> str:
        """The folded characters ``start:end`` as they are printed."""
        source = self.context.published
        places = self.folded.places
        if places[end - 1] - places[start] == end - 1 - start:
            # Nothing stands between them that was folded away.
            return source[places[start] : places[end - 1] + 1]
        return join(source[a:b] for a, b in self.pieces(start, end))

    def pieces(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end``."""
        first, last = self.folded.span(start, end)
        source = self.context.document.text
        inside = source[first:last]
        if first > 0 and sum(map(inside.count, _CLOSING)) > sum(map(inside.count, _OPENING)):
            # Folding drops quotation marks; the one that opens these words is part of them.
            bare = len(source[:first].rstrip())
            first = bare - 1 if bare and source[bare - 1] in _OPENING else first
        return [(max(a, first), min(b, last)) for a, b in self.passage.pieces if max(a, first) < min(b, last)]

    def runs(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end`` without the quotation marks between them."""
        runs: list[Piece] = []
        for at in range(start, end):
            first, last = self.folded.span(at, at + 1)
            if runs and runs[-1][1] == first:
                runs[-1] = (runs[-1][0], last)
            else:
                runs.append((first, last))
        return runs

    def claim_labels(self, seen: list[Element], first: int) -> None:
        """Years, dates, sizes and codes belong to the statement that they label: the next one, or the last."""
        rows = self.rows[first:]
        if not rows:
            return
        # How far the rows up to each reach: the first that reaches beyond a place is found without asking all.
        reach = list(accumulate((row.end for row in rows), max))
        for element in seen:
            if element.kind not in _LABELS:
                continue
            place = self.folded.places[element.start]
            owner = rows[min(bisect_right(reach, place), len(rows) - 1)]
            role = _LABEL_ROLES.get(element.kind, "year")
            for at in range(element.start, element.end):
                token = self.folded.tokens.get(at)
                if token is not None and token.cls == "unclaimed":
                    self.context.ledger.claim(token, "structure", role, "statements", owner.statement_id)
