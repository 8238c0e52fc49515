"""Quantities inside an indicator: what clear rules understand becomes a target, the rest stays text.

A comparator governs the quantities of its clause, a bare quantity is eq. A date binds what follows it in its
sentence; a date that binds no quantity (2022年12月前完成培训) is a target without a value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple

from pipeline.extract.context import Context, Piece
from pipeline.extract.ledger import Token, value_of
from pipeline.extract.patterns import fold, places_kept
from pipeline.extract.performance.cells import Block
from pipeline.extract.performance.words import Words
from schemas.rows import Target

_CLAUSE = re.compile("[，。；,;]")
_STOPS = "。；;"
_AFTER_CLAUSE = "，。；,;、）)完办"
_DATED = re.compile(r"\d+(?:年|月)(?!\w*/)")
#: Years that are counted, not named: ≥3年. From 15年 on it may be a year of this century (不低于24年).
_YEARS = re.compile(r"(?:\d(?:\.5)?|1[0-4])年(?=$|[，。；;,、（）以内])")
_RANGE = re.compile(r"%?(?:[-—~～至]|到)(?=\d)")
_RANGE_START = re.compile(r"[\d.]+%?(?:[-—~～至]|到)$")
_BRACKETED = re.compile(r"(?P<before>\D*)\d[\d.,]*（(?P<unit>[^（）\d]{1,6})）")
_ONE_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_QUARTERS = "一二三四"
_TIMES = {"万": 10_000, "亿": 100_000_000}
#: A date (2022年11月前, 上半年, 三季度, 11月底前) in folded text. A number of another figure must not end in front of it.
_DATE = re.compile(
    # All of it may be missing: only where a first character of one of its parts stands is it worth a try.
    r"(?=[\d第一二三四上下年底末之前以])(?<![\d.])(?:(?P<year>20\d\d)年度?)?"
    r"(?:第?(?P<quarter>[一二三四])季度|(?P<half>[上下])半年"
    r"|(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>3[01]|[12]\d|0?[1-9])日|份)?"
    r"(?:[至\-—~～](?P<last>1[0-2]|0?[1-9])月份?)?|年?(?P<end>[底末]))?"
    r"(?P<late>[底末])?(?P<before>之?前|以前)?"
)


@dataclass(frozen=True, slots=True)
class Given:
    """What columns of their own say of a bare value: 指标性质 ≥, 度量单位 场.

    ``unread`` is true where the one for the comparator says what no word knows: then nobody knows what is compared.
    """

    comparator: str | None = None
    unit: str | None = None
    unread: bool = False


def read_targets(context: Context, indicator_id: str, block: Block, words: Words, given: Given | None = None) -> None:
    """Add the targets of an indicator and claim all of its numbers; ``block`` is the indicator's text."""
    source = context.document.text
    text = "".join([fold(source[a:b]) for a, b in block.pieces])
    found = list(_dues(text, context.disclosure_year))
    tokens = [token for start, end in block.pieces for token in context.ledger.free(start, end)]
    if not tokens and not found:
        return
    places = [at for a, b in block.pieces for at in places_kept(source, a, b)]
    index = {place: at for at, place in enumerate(places)}
    free = {index[token.start]: token for token in tokens if token.start in index}
    lengths = accumulate([len(fold(source[a:b])) for a, b in block.pieces])
    free = _whole(text, free, set(lengths))
    marks = [match.end() for match in _CLAUSE.finditer(text)]
    stops = [end for end in marks if text[end - 1] in _STOPS]
    _Reader(context, indicator_id, words, text, places, found, free, [0, *marks], [0, *stops]).read(given)


def _whole(text: str, free: dict[int, Token], edges: set[int]) -> dict[int, Token]:
    """The numbers of a folded ``text``, with those in one that the edge of their cell cut in two: ≥500 | 0册.

    ``edges`` are where lines of the cell begin in ``text``. What follows each other and makes no one number is left
    out: nobody knows what it is.
    """
    groups: list[list[int]] = []
    for at in sorted(free):
        before = groups[-1][-1] if groups else None
        if before is not None and text[before + len(fold(free[before].printed)) : at] in ("", ",", "."):
            groups[-1].append(at)
        else:
            groups.append([at])
    whole: dict[int, Token] = {}
    for group in groups:
        parts = tuple(free[at] for at in group)
        first, last = parts[0], parts[-1]
        printed = text[group[0] : group[-1] + len(fold(last.printed))]
        cut = all(edges & set(range(a + 1, b + 1)) for a, b in pairwise(group))
        if len(parts) == 1:
            whole[group[0]] = first
        elif cut and _ONE_NUMBER.fullmatch(printed) and not _YEAR.fullmatch(first.printed):
            whole[group[0]] = Token(first.start, last.end, printed, value_of(printed), parts=parts)
    return whole


@dataclass(frozen=True, slots=True)
class _Due:
    """``text[start:stop]`` says that something is due between ``first`` and ``last`` (ISO months, days or years).

    ``printed`` is false where the year was taken from the words before or from the disclosure.
    """

    start: int
    stop: int
    first: str | None
    last: str
    printed: bool


class _Quantity(NamedTuple):
    """A number at ``text[at:last]`` and the unit behind it, which ends at ``end``."""

    token: Token
    at: int
    last: int
    end: int
    unit: str
    value: Decimal


@dataclass(slots=True)
class _Reader:
    """The folded text of an indicator, where its characters are printed, and what was found in it.

    ``free`` are its numbers by where they begin in ``text``; ``clauses`` and ``sentences`` where those begin.
    """

    context: Context
    indicator_id: str
    words: Words
    text: str
    places: list[int]
    dues: list[_Due]
    free: dict[int, Token]
    clauses: list[int]
    sentences: list[int]

    def read(self, given: Given | None) -> None:
        """Write a target for each quantity and for each other date; claim what other numbers there are."""
        unread = given is not None and given.unread
        given = (given or self._bracketed()) if len(self.free) == 1 else Given()
        quantities = [] if unread else list(self._quantities(given))
        for quantity in quantities:
            self._add_quantity(quantity, given.comparator or "eq")
        self._add_deadlines([quantity.at for quantity in quantities])
        for at, token in self.free.items():
            if token.cls == "unclaimed":
                role = "date" if self._is_date(at) else "ordinal" if self._is_ordinal(at, token) else None
                cls = "structure" if role else "narrative"
                self.context.ledger.claim(token, cls, role or "unknown", "indicators", self.indicator_id)

    def _bracketed(self) -> Given:
        """The unit in brackets behind the only number of an indicator: ≥12.00（次）, =100.00（%）."""
        match = _BRACKETED.fullmatch(self.text)
        if match and (match["before"] in self.words.comparators or self.words.unit.fullmatch(match["unit"])):
            return Given(unit=match["unit"])
        return Given()

    def _is_date(self, at: int) -> bool:
        inside = any(due.start <= at < due.stop for due in self.dues)
        return inside or (_DATED.match(self.text, at, at + 8) is not None and not self._is_span(at))

    def _is_span(self, at: int) -> bool:
        """Whether a number of years stands behind what compares it."""
        return _YEARS.match(self.text, at) is not None and self.text.endswith(tuple(self.words.comparators), 0, at)

    def _is_ordinal(self, at: int, token: Token) -> bool:
        before, after = self.text[max(0, at - 2) : at], self.text[at + len(fold(token.printed)) :][:1]
        opens = not before or before[-1] in "。；;：:，（"
        return before.endswith(("目标", "指标")) or (opens and bool(after) and after in ".、）")

    def _quantities(self, given: Given) -> Iterator[_Quantity]:
        """The numbers that have a unit behind them, or in a column of its own."""
        for at, token in self.free.items():
            last = at + len(fold(token.printed))
            if self._is_date(at) or self._is_ordinal(at, token):
                continue
            unit, value, length = _unit(token, self.text[last : last + 12], self.words)
            if unit is None and self._is_span(at):
                unit, value, length = "年", token.value, 1
            if given.unit and (unit is None or self.text.startswith(given.unit, last)):
                unit, value = _given_unit(token, given.unit, self.words)
            if value is not None and unit is not None:
                yield _Quantity(token, at, last, last + length, unit, value)

    def _add_quantity(self, quantity: _Quantity, comparator: str) -> None:
        """Write a target; ``comparator`` is the one that holds where the words of its clause say no other."""
        context, token, unit = self.context, quantity.token, quantity.unit
        earlier = self._dues_before(quantity.at)
        start = self.clauses[bisect_right(self.clauses, quantity.at) - 1]
        start = max([start, *(due.stop for due in earlier if start <= due.start)])
        comparator, end = self._comparator(start, quantity) or (comparator, quantity.at)
        target_id = context.unique(f"{self.indicator_id}.target.{fold(token.printed)}{unit}")
        due = earlier[-1] if earlier else None
        cut = self._pieces(quantity.at, quantity.last) if token.parts else []
        context.add(
            Target(
                target_id=target_id,
                indicator_id=self.indicator_id,
                subject=context.assemble("targets", target_id, "subject", self._subject(start, end, quantity.end)),
                comparator=comparator,
                value=quantity.value,
                unit=unit,
                due_start=due.first if due else None,
                due_end=due.last if due else None,
                basis="inferred" if due and not due.printed else "printed",
                printed=context.assemble("targets", target_id, "printed", cut) if cut else token.printed,
                place=context.place(token.start, token.end),
            )
        )
        role = "percent" if unit == "percent" else "amount" if unit.startswith("CNY") else "count"
        context.ledger.claim(token, "data", role, "targets", target_id)

    def _dues_before(self, at: int) -> list[_Due]:
        """The dates of the sentence that stand before ``at``."""
        sentence = self.sentences[bisect_right(self.sentences, at) - 1]
        return [due for due in self.dues if sentence <= due.start and due.stop <= at]

    def _comparator(self, start: int, quantity: _Quantity) -> tuple[str, int] | None:
        """What the words around a quantity compare it by, and where the words end that say what it is of."""
        text, words, at = self.text, self.words, quantity.at
        clause = text[start:at]
        found = [(clause.rfind(word), word) for word in words.comparators if word in clause]
        if found:
            place, word = max(found, key=lambda pair: (pair[0] + len(pair[1]), len(pair[1])))
            return words.comparators[word], start + place
        if (tail := next((word for word in words.after if self._ends_with(word, quantity.end)), None)) is not None:
            return words.after[tail], at
        if _RANGE.match(text, quantity.last):
            return "ge", at
        if at and _RANGE.search(text, max(0, at - 2), at + 1):
            match = _RANGE_START.search(text[:at])
            return "le", match.start() if match else at
        return None

    def _ends_with(self, word: str, at: int) -> bool:
        """Whether ``word`` stands at ``at``; one of a single character (20天内) only where it ends the clause: 10家内部机构."""
        ends = len(word) > 1 or self.text[at + 1 : at + 2] in _AFTER_CLAUSE
        return ends and self.text.startswith(word, at)

    def _subject(self, start: int, end: int, after: int) -> list[Piece]:
        """What a quantity is of: the words before it since the last one, and after a bare verb those behind it."""
        text, words = self.text, self.words
        earlier = list(words.quantity.finditer(text, start, end))
        if earlier and text[earlier[-1].end() : end].strip(words.joints):
            start = earlier[-1].end()
        elif earlier:
            # 推送100期200条: what is counted twice is the same.
            end = earlier[0].start()
            before = text[start:end]
            end -= max((len(word) for word in words.comparators if before.endswith(word)), default=0)
        while start < end and text[start] in words.joints:
            start += 1
        while start < end and text[end - 1] in words.joints:
            end -= 1
        pieces = self._pieces(start, end)
        if text[start:end] in words.verbs and (match := words.behind.match(text, after)) and match.group():
            pieces += self._pieces(match.start(), match.end())
        return pieces

    def _add_deadlines(self, quantities: list[int]) -> None:
        """Write a target for each date by which something without a quantity is due."""
        for at, due in enumerate(self.dues):
            start = due.stop
            while start < len(self.text) and self.text[start] in "，,":
                start += 1
            following = self.dues[at + 1].start if at + 1 < len(self.dues) else len(self.text)
            ends = _CLAUSE.search(self.text, start)
            end = min(ends.start() if ends else len(self.text), following)
            if end - start >= 2 and not any(start <= place < end for place in quantities):
                self._add_deadline(due, self._pieces(start, end))

    def _add_deadline(self, due: _Due, subject: list[Piece]) -> None:
        context = self.context
        target_id = context.unique(f"{self.indicator_id}.target.{fold(self.text[due.start : due.stop])}")
        pieces = self._pieces(due.start, due.stop)
        context.add(
            Target(
                target_id=target_id,
                indicator_id=self.indicator_id,
                subject=context.assemble("targets", target_id, "subject", subject),
                due_start=due.first,
                due_end=due.last,
                basis="printed" if due.printed else "inferred",
                printed=context.assemble("targets", target_id, "printed", pieces),
                place=context.place(pieces[0][0], pieces[-1][1]),
            )
        )
        for place, token in self.free.items():
            if due.start <= place < due.stop and token.cls == "unclaimed":
                context.ledger.claim(token, "structure", "date", "targets", target_id)

    def _pieces(self, start: int, end: int) -> list[Piece]:
        """Where the characters ``start:end`` are printed, with what was folded away between them."""
        if start >= end:
            return []
        source = self.context.document.text
        runs: list[Piece] = []
        first = last = self.places[start]
        for place in self.places[start + 1 : end]:
            if place != last + 1 and "\n" in source[last + 1 : place]:
                runs.append((first, last + 1))
                first = place
            last = place
        return [*runs, (first, last + 1)]


def _unit(token: Token, after: str, words: Words) -> tuple[str | None, Decimal | None, int]:
    """The unit printed behind a number, the value in it, and how many characters it takes."""
    if token.value is None:
        return None, None, 0
    if match := words.unit.match(after):
        if match["percent"]:
            return "percent", token.value, match.end()
        if match["money"]:
            unit = f"CNY/{match['each']}" if match["each"] else "CNY"
            return unit, token.value * words.worth[match["money"]], match.end()
        return match["counted"], token.value * _TIMES.get(match["times"], 1), match.end()
    return None, None, 0


def _given_unit(token: Token, unit: str, words: Words) -> tuple[str | None, Decimal | None]:
    """The unit that a column of its own gives; a unit that no word knows is taken as printed."""
    found, value, length = _unit(token, unit, words)
    return (found, value) if length == len(unit) else (unit, token.value)


def _dues(text: str, year: int | None) -> Iterator[_Due]:
    """The dates in a folded ``text`` that bind what stands after them; ``year`` is the disclosure's."""
    known = year
    for match in _DATE.finditer(text):
        if match.end() == match.start():
            continue
        printed = match["year"] is not None
        known = int(match["year"]) if printed else known
        if known is not None and (span := _span(match, known)) is not None:
            first, last = (None, span[1]) if match["before"] else span
            yield _Due(match.start(), match.end(), first, last, printed)


def _span(match: re.Match[str], year: int) -> tuple[str | None, str] | None:
    """The first and last month (or day, or year) that a date means; None where the words say too little."""
    if match["quarter"]:
        at = _QUARTERS.index(match["quarter"])
        return f"{year}-{3 * at + 1:02d}", f"{year}-{3 * at + 3:02d}"
    if match["half"]:
        return (f"{year}-01", f"{year}-06") if match["half"] == "上" else (f"{year}-07", f"{year}-12")
    if match["month"]:
        return _months(match, year)
    if match["end"]:
        return (None, f"{year}-12") if match["year"] or match["before"] else None
    return (None, match["year"]) if match["year"] and match["before"] else None


def _months(match: re.Match[str], year: int) -> tuple[str | None, str] | None:
    """The months or the day that a date names. A month alone is a date only with its year, or with 前 or 底."""
    if match["last"]:
        return f"{year}-{int(match['month']):02d}", f"{year}-{int(match['last']):02d}"
    if not (match["year"] or match["before"] or match["late"]):
        return None
    last = f"{year}-{int(match['month']):02d}" + (f"-{int(match['day']):02d}" if match["day"] else "")
    return (None if match["late"] else last), last
