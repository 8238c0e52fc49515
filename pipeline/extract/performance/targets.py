"""Quantities inside an indicator: what clear rules understand becomes a target, the rest stays text.

A comparator governs the quantities of its clause, a bare quantity is eq. A date binds what follows it in its
sentence; a date that binds no quantity (2022年12月前完成培训) is a target without a value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.context import Context, Piece
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold, places_kept
from pipeline.extract.performance.blocks import Block
from pipeline.extract.performance.due import Due, dues
from pipeline.extract.performance.words import Words
from schemas.rows import Target

_CLAUSE = re.compile("[，。；,;]")
_STOPS = "。；;"
_DATED = re.compile(r"\d+(?:年|月)(?!\w*/)")
_RANGE = re.compile(r"%?(?:[-—~～至]|到)(?=\d)")


@dataclass(slots=True)
class _Reading:
    """The folded text of an indicator, and where each of its characters is printed."""

    context: Context
    indicator_id: str
    words: Words
    text: str
    places: list[int]
    dues: list[Due]
    #: where the clauses of the text begin, and its sentences
    clauses: list[int]
    sentences: list[int]

    def pieces(self, start: int, end: int) -> list[Piece]:
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


@dataclass(frozen=True, slots=True)
class Given:
    """What columns of their own say of a bare value: 指标性质 ≥, 度量单位 场."""

    comparator: str | None = None
    unit: str | None = None


def read_targets(
    context: Context, indicator_id: str, block: Block, words: Words, given: Given | None = None, year: int | None = None
) -> None:
    """Add the targets of an indicator and claim all of its numbers; ``block`` is the indicator's text."""
    source = context.document.text
    text = "".join([fold(source[a:b]) for a, b in block.pieces])
    found = list(dues(text, year or context.disclosure_year))
    tokens = [token for start, end in block.pieces for token in context.ledger.free(start, end)]
    if not tokens and not found:
        return
    places = [at for a, b in block.pieces for at in places_kept(source, a, b)]
    marks = [match.end() for match in _CLAUSE.finditer(text)]
    stops = [end for end in marks if text[end - 1] in _STOPS]
    reading = _Reading(context, indicator_id, words, text, places, found, [0, *marks], [0, *stops])
    index = {place: at for at, place in enumerate(places)}
    free = {index[token.start]: token for token in tokens if token.start in index}
    quantities = _quantities(reading, free, given)
    _deadlines(reading, free, quantities)
    for token in free.values():
        if token.cls == "unclaimed":
            at = index[token.start]
            role = "date" if _in_due(reading, at) else "ordinal" if _is_ordinal(reading, at, token) else None
            cls = "structure" if role else "narrative"
            context.ledger.claim(token, cls, role or "unknown", "indicators", indicator_id)


def _in_due(reading: _Reading, at: int) -> bool:
    inside = reading.dues and any(due.start <= at < due.stop for due in reading.dues)
    return bool(inside) or _DATED.match(reading.text, at, at + 8) is not None


def _is_ordinal(reading: _Reading, at: int, token: Token) -> bool:
    before, after = reading.text[max(0, at - 2) : at], reading.text[at + len(fold(token.printed)) :][:1]
    opens = not before or before[-1] in "。；;：:，（"
    return before.endswith(("目标", "指标")) or (opens and bool(after) and after in ".、）")


def _quantities(reading: _Reading, free: dict[int, Token], given: Given | None) -> list[int]:
    """Add a target for every number with a unit; returns where they stand."""
    text, made = reading.text, []
    bare = given if given and len(free) == 1 else None
    for at, token in free.items():
        last = at + len(fold(token.printed))
        if _in_due(reading, at) or _is_ordinal(reading, at, token):
            continue
        unit, value, suffix = _unit(token, text[last : last + 12], reading.words)
        if unit is None and bare is not None and bare.unit:
            unit, value = _given_unit(token, bare.unit, reading.words)
        if value is None or unit is None:
            continue
        _add(reading, token, at, last, suffix, unit, value, bare)
        made.append(at)
    return made


def _add(
    reading: _Reading, token: Token, at: int, last: int, suffix: int, unit: str, value: Decimal, given: Given | None
) -> None:
    text, words, context = reading.text, reading.words, reading.context
    start = reading.clauses[bisect_right(reading.clauses, at) - 1]
    sentence = reading.sentences[bisect_right(reading.sentences, at) - 1]
    earlier = [due for due in reading.dues if sentence <= due.start and due.stop <= at]
    start = max([start, *(due.stop for due in earlier if start <= due.start)])
    comparator, end = given.comparator if given and given.comparator else "eq", at
    clause = text[start:at]
    found = [(clause.rfind(word), word) for word in words.comparators if word in clause]
    if found:
        place, word = max(found, key=lambda pair: (pair[0] + len(pair[1]), len(pair[1])))
        comparator, end = words.comparators[word], start + place
    elif (tail := next((word for word in words.after if text.startswith(word, last + suffix)), None)) is not None:
        comparator = words.after[tail]
    elif _RANGE.match(text, last):
        comparator = "ge"
    elif at and _RANGE.search(text, max(0, at - 2), at + 1):
        comparator, end = "le", _before_number(text, at)
    target_id = context.unique(f"{reading.indicator_id}.target.{fold(token.printed)}{unit}")
    pieces = _subject(reading, start, end, last + suffix)
    due = earlier[-1] if earlier else None
    context.add(
        Target(
            target_id=target_id,
            indicator_id=reading.indicator_id,
            subject=context.assemble("targets", target_id, "subject", pieces),
            comparator=comparator,
            value=value,
            unit=unit,
            due_start=due.first if due else None,
            due_end=due.last if due else None,
            basis="inferred" if due and not due.printed else "printed",
            printed=token.printed,
            place=context.place(token.start, token.end),
        )
    )
    role = "percent" if unit == "percent" else "amount" if unit.startswith("CNY") else "count"
    context.ledger.claim(token, "data", role, "targets", target_id)


def _before_number(text: str, at: int) -> int:
    """Where the first number of a range (90%-95%) begins, whose second one stands ``at``."""
    match = re.search(r"[\d.]+%?(?:[-—~～至]|到)$", text[:at])
    return match.start() if match else at


def _subject(reading: _Reading, start: int, end: int, after: int) -> list[Piece]:
    """What a quantity is of: the words before it since the last quantity, and after a bare verb those behind it."""
    text, words = reading.text, reading.words
    earlier = list(words.quantity.finditer(text, start, end))
    if earlier:
        # 推送100期200条: what is counted twice is the same.
        between = text[earlier[-1].end() : end].strip(words.joints)
        if between:
            start = earlier[-1].end()
        else:
            end = earlier[0].start()
            between = text[start:end]
            end -= max((len(word) for word in words.comparators if between.endswith(word)), default=0)
    while start < end and text[start] in words.joints:
        start += 1
    while start < end and text[end - 1] in words.joints:
        end -= 1
    pieces = reading.pieces(start, end)
    if text[start:end] in words.verbs and (match := words.behind.match(text, after)) and match.group():
        pieces += reading.pieces(match.start(), match.end())
    return pieces


def _deadlines(reading: _Reading, free: dict[int, Token], quantities: list[int]) -> None:
    """A date that something is due by, without a quantity, is a target of its own."""
    text, context = reading.text, reading.context
    for at, due in enumerate(reading.dues):
        start = due.stop
        while start < len(text) and text[start] in "，,":
            start += 1
        following = reading.dues[at + 1].start if at + 1 < len(reading.dues) else len(text)
        ends = _CLAUSE.search(text, start)
        end = min(ends.start() if ends else len(text), following)
        if end - start < 2 or any(start <= place < end for place in quantities):
            continue
        key = fold(text[due.start : due.stop])
        target_id = context.unique(f"{reading.indicator_id}.target.{key}")
        pieces = reading.pieces(due.start, due.stop)
        context.add(
            Target(
                target_id=target_id,
                indicator_id=reading.indicator_id,
                subject=context.assemble("targets", target_id, "subject", reading.pieces(start, end)),
                due_start=due.first,
                due_end=due.last,
                basis="printed" if due.printed else "inferred",
                printed=context.assemble("targets", target_id, "printed", pieces),
                place=context.place(pieces[0][0], pieces[-1][1]),
            )
        )
        for place, token in free.items():
            if due.start <= place < due.stop and token.cls == "unclaimed":
                context.ledger.claim(token, "structure", "date", "targets", target_id)


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
        return match["counted"], token.value * (10000 if match["ten"] else 1), match.end()
    return None, None, 0


def _given_unit(token: Token, unit: str, words: Words) -> tuple[str | None, Decimal | None]:
    """The unit that a column of its own gives; a unit that no word knows is taken as printed."""
    found, value, length = _unit(token, unit, words)
    return (found, value) if length == len(unit) else (unit, token.value)
