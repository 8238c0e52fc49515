"""Rows of ``statements``: a figure or a word of a passage, with all that the words so far say about it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate
from operator import itemgetter

from pipeline.extract.context import Context, Piece
from pipeline.extract.prose.elements import Element
from pipeline.extract.prose.folding import Folded
from pipeline.extract.prose.grammar import FormKind, Grammar
from pipeline.extract.prose.passages import Passage
from pipeline.extract.prose.topic import Subject, Topic
from schemas.joining import join
from schemas.rows import Statement

_SCALE = Decimal("0.0001")
_POINT = str.maketrans("．", ".")
_OPENING, _CLOSING = "“‘「『", "”’」』"
#: — and ―: a minus sign is never that long.
_DASHES = "\u2014\u2015"
_PARTICLES = "的为约达比例，：数"
_SHARE_TAIL = re.compile(r"(?:的?(?:比例|比重|百分比))?(?:分别|依次)?[的为是约达，：]*$")
_PHASED = ("amount", "change", "change_percent", "share", "completion_rate")
_ROLES = {"percent": "percent", "score": "score", "count": "count"}
_UNITS = {"percent": "percent", "score": "point"}
_LABEL_ROLES = {"threshold": "amount", "function": "code", "date": "date"}
_Date = tuple[int | None, str | None]
_LABELS = ("year", "date", "base", "threshold", "function", "metric", "phase")


@dataclass(frozen=True, slots=True)
class Sense:
    """What a form makes of a figure: the kind of statement, its year and phase, the sign of a change, whether compared."""

    kind: FormKind
    year: int | None
    phase: str | None = None
    sign: int | None = None
    compared: bool = False


class StatementRows:
    """The rows of one passage; they claim the numbers that they own. ``section`` holds those of its section so far."""

    def __init__(self, context: Context, grammar: Grammar, passage: Passage, folded: Folded, topic: Topic) -> None:
        self._context, self._grammar, self._passage = context, grammar, passage
        self._folded, self.topic = folded, topic
        #: of what says nothing of its phase
        self.phase: str | None = "executed" if context.stage == "final_accounts" else "approved"
        self._sentence = 0
        self.rows: list[Statement] = []
        #: where the rows of the sentence begin
        self._begin = 0
        #: the amounts by metric, fund and subject, then by date (year and phase; None: all dates), each with its place
        self._amounts: dict[tuple[str, str | None, str | None], dict[_Date | None, list[tuple[int, Statement]]]] = {}
        #: the first score of a metric, a subject and a year
        self._scores: dict[tuple[str, str | None, int | None], Decimal | None] = {}

    def begin_sentence(self) -> None:
        self._sentence += 1
        self._begin = len(self.rows)

    def number(self, element: Element, sense: Sense, whole: Piece | None = None) -> Statement:
        """Add the row of a printed figure; ``whole`` are the words that say what a share is a share of."""
        assert element.number is not None
        token = self._folded.tokens[element.number]
        value = token.value if token.value is not None else Decimal(0)
        value = -abs(value) if sense.sign == -1 else value
        decimals = token.printed.translate(_POINT).partition(".")[2].rpartition(".")[2]
        step = Decimal(1).scaleb(-len(decimals))
        unit_start, unit_end = element.measured.start, element.measured.stop
        printed_unit = self._folded.text[element.measured]
        unit = _UNITS.get(element.kind, "")
        if element.kind in ("amount", "named", "spent"):
            money = self._unit_of_money(printed_unit)
            factor = self._grammar.money[money]
            value, step, unit = value * factor, step * factor, "CNY"
            unit_end = unit_start + len(money)
        elif element.kind == "count":
            unit = self._grammar.counts[printed_unit]
        row = self._row(sense, self._folded.span(element.number, element.number + 1))
        row.value, row.unit, row.precision = value.quantize(_SCALE, ROUND_HALF_EVEN), unit, step
        row.printed, row.printed_unit = token.printed, self._printed(unit_start, unit_end)
        if token.parts:
            row.printed = self.assemble(row, "printed", element.number, element.number + 1)
        if whole and (named := self._whole(*whole)):
            row.value_text = self.assemble(row, "value_text", *named)
        role = _ROLES.get(element.kind, "amount")
        if not element.shared:
            self._context.ledger.claim(token, "data", role, "statements", row.statement_id)
        self._keep(row)
        self.topic.boundary = element.end
        if self.topic.about.metric is not None and self.topic.about.metric.fund:
            # Its fund has its figure: what comes next (上年结转…) is beside it, not part of it.
            self.topic.about.fund = None
        return row

    def is_scored_otherwise(self, score: Element) -> bool:
        """Whether the passage has given another score to what the words so far are about: whose this one is, is not said."""
        assert score.number is not None
        metric = self.topic.about.metric
        assert metric is not None
        key = metric.name, self.subject_text(), self.topic.about.year
        value = self._folded.tokens[score.number].value
        return self._scores.setdefault(key, value) != value

    def here(self) -> list[Statement]:
        """The rows of the sentence that is being read."""
        return self.rows[self._begin :]

    def is_dash(self, element: Element) -> bool:
        """Whether a dash is printed that is longer than a minus sign: 公务接待费——2万元."""
        return element.kind == "minus" and self._context.document.text[self._folded.places[element.start]] in _DASHES

    def value(self, element: Element) -> Decimal:
        """An amount in yuan."""
        assert element.number is not None
        printed = self._folded.tokens[element.number].value or Decimal(0)
        return printed * self._grammar.money[self._unit_of_money(self._folded.text[element.measured])]

    def words(self, start: int, end: int, sense: Sense, column: str = "printed") -> Statement:
        """Add the row of what the words ``start:end`` say without a figure; spans name them as text of ``column``."""
        row = self._row(sense, self._folded.span(start, end))
        row.printed = self.assemble(row, column, start, end)
        self._keep(row)
        return row

    def zero(self, element: Element, sense: Sense) -> None:
        """Add the row of an amount that is none, in words or as a 0 without a unit."""
        row = self.words(element.start, element.end, sense)
        row.value, row.unit = Decimal(0), "CNY"
        if element.number is not None:
            token = self._folded.tokens[element.number]
            self._context.ledger.claim(token, "data", "amount", "statements", row.statement_id)

    def amounts(self) -> list[Statement]:
        """The printed amounts of what the words so far are about."""
        return [*self.last_amounts()][::-1]

    def has_amounts(self, year: int | None, phase: str | None, here: bool = False) -> bool:
        """Whether what the words so far are about has a printed amount of ``year`` in ``phase``."""
        return next(self.last_amounts(year, phase, here), None) is not None

    def dates_here(self) -> set[_Date]:
        """The years and phases of which the sentence states amounts of what the words so far are about."""
        return {date for date, stated in self._by_date().items() if date is not None and stated[-1][0] >= self._begin}

    def last_amounts(
        self, year: int | None = None, phase: str | None = None, here: bool = False
    ) -> Iterator[Statement]:
        """Those of ``year`` in ``phase``, or of all years, the last first, one by one: a long sentence may state thousands."""
        for at, row in reversed(self._stated(year, phase)):
            if here and at < self._begin:
                return
            if not row.derived_from:
                yield row

    def amounts_before(self, year: int | None, phase: str | None) -> Iterator[Statement]:
        """Those of the sentences before, the last first; a long sentence is passed over in one step."""
        stated = self._stated(year, phase)
        for i in reversed(range(bisect_left(stated, self._begin, key=itemgetter(0)))):
            if not stated[i][1].derived_from:
                yield stated[i][1]

    def _stated(self, year: int | None, phase: str | None) -> Sequence[tuple[int, Statement]]:
        """The amounts of what the words so far are about, each with its place among the rows."""
        return self._by_date().get(None if year is None else (year, phase or self.phase), ())

    def _by_date(self) -> Mapping[_Date | None, Sequence[tuple[int, Statement]]]:
        """The amounts of what the words so far are about, by the date that they are of; None: all of them."""
        metric = self.topic.about.metric
        assert metric is not None
        return self._amounts.get((metric.name, metric.fund, self.subject_text()), {})

    def is_of(self, row: Statement, of: Subject) -> bool:
        """Whether ``row`` is of the metric and the name ``of``."""
        return of.metric is not None and (row.metric, row.fund, row.subject) == (
            of.metric.name,
            of.metric.fund,
            self.named(of),
        )

    def subject_text(self) -> str | None:
        """What narrows the metric that the words so far are about."""
        return self.named(self.topic.about.of)

    def named(self, of: Subject) -> str | None:
        """What narrows a metric, as it is printed."""
        if of.name is not None:
            source = self._context.published
            return join(source[a:b] for a, b in self._runs(*of.name))
        metric = of.metric
        return metric.subject if metric is not None and metric.subject not in ("label", "same") else None

    def assemble(self, row: Statement, column: str, start: int, end: int) -> str | None:
        """The folded characters ``start:end`` as text of a column of ``row``."""
        return self._context.assemble("statements", row.statement_id, column, self._pieces(start, end))

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
            place = self._folded.places[element.start]
            owner = rows[min(bisect_right(reach, place), len(rows) - 1)]
            role = _LABEL_ROLES.get(element.kind, "year")
            for at in range(element.start, element.end):
                token = self._folded.tokens.get(at)
                if token is not None and token.cls == "unclaimed":
                    self._context.ledger.claim(token, "structure", role, "statements", owner.statement_id)

    def _row(self, sense: Sense, place: Piece) -> Statement:
        about = self.topic.about
        metric = about.metric
        assert metric is not None
        year, subject = sense.year, self.subject_text()
        phased = sense.kind in _PHASED and not metric.stock and about.as_of is None
        row = Statement(
            statement_id=self._context.statement_id(metric.name, sense.kind, year, subject),
            section_path=self._passage.section_path or None,
            sentence_id=f"{self._passage.passage_id}.{self._sentence}",
            metric=metric.name,
            subject=subject,
            function_code=about.function_code,
            fund=metric.fund or (about.fund if metric.inherits_fund else None),
            direction=metric.direction,
            fiscal_year=year,
            comparison=year is not None and year != self._context.disclosure_year,
            phase=(sense.phase or self.phase) if phased else None,
            as_of=about.as_of,
            kind=sense.kind,
            base_year=about.base[0] if sense.compared else None,
            base_phase=about.base[1] if sense.compared else None,
            place=self._context.place(*place),
        )
        if about.subject is not None:
            self._context.assemble("statements", row.statement_id, "subject", self._runs(*about.subject))
        return row

    def _keep(self, row: Statement) -> None:
        if not self.topic.anchored:
            self.topic.anchor, self.topic.anchored = self.topic.about.of, True
        self._context.add(row)
        if row.kind == "amount" and not row.derived_from:
            by_date = self._amounts.setdefault((row.metric, row.fund, row.subject), {})
            for date in ((row.fiscal_year, row.phase), None):
                by_date.setdefault(date, []).append((len(self.rows), row))
        self.rows.append(row)

    def _whole(self, start: int, end: int) -> Piece | None:
        """What a share is a share of: the words between 占 and the percentage, without those that only link."""
        text = self._folded.text
        while start < end and text[start] in _PARTICLES:
            start += 1
        if tail := _SHARE_TAIL.search(text, start, end):
            end = tail.start()
        return (start, end) if start < end else None

    def _unit_of_money(self, printed: str) -> str:
        return next(u for u in sorted(self._grammar.money, key=len, reverse=True) if printed.startswith(u))

    def _printed(self, start: int, end: int) -> str:
        """The folded characters ``start:end`` as they are printed."""
        source = self._context.published
        places = self._folded.places
        if places[end - 1] - places[start] == end - 1 - start:
            # Nothing stands between them that was folded away.
            return source[places[start] : places[end - 1] + 1]
        return join(source[a:b] for a, b in self._pieces(start, end))

    def _pieces(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end``."""
        first, last = self._folded.span(start, end)
        source = self._context.document.text
        inside = source[first:last]
        if first > 0 and sum(map(inside.count, _CLOSING)) > sum(map(inside.count, _OPENING)):
            # Folding drops quotation marks; the one that opens these words is part of them.
            bare = len(source[:first].rstrip())
            first = bare - 1 if bare and source[bare - 1] in _OPENING else first
        return [(max(a, first), min(b, last)) for a, b in self._passage.pieces if max(a, first) < min(b, last)]

    def _runs(self, start: int, end: int) -> list[Piece]:
        """The printed pieces of the folded characters ``start:end`` without the quotation marks between them."""
        runs: list[Piece] = []
        for at in range(start, end):
            first, last = self._folded.span(at, at + 1)
            if runs and runs[-1][1] == first:
                runs[-1] = (runs[-1][0], last)
            else:
                runs.append((first, last))
        return runs
