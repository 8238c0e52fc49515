"""The header of a table in flowing text: which columns of its form are there, and where its words end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import TableForm
from pipeline.extract.patterns import compile_words, fold, place_kept
from pipeline.extract.tables.layout.sheet import Cell, HeaderRow, SheetCell

#: So many characters below its title a header ends at the latest, and so many long are words that its form does not have.
_HEADER, _UNKNOWN = 4000, 30
#: A word of a header, and the column of the form that it stands over (-1 for a word over several).
_Ordered = tuple[re.Pattern[str], int]


@dataclass(frozen=True, slots=True)
class FlowHeader:
    """The header of a flowing table: its rows, how many columns stand below, where it ends in the text, and words of it
    that the form does not have.
    """

    rows: list[HeaderRow]
    count: int
    end: int
    unknown: list[str]


def find_header(text: str, start: int, stop: int, form: TableForm) -> FlowHeader | None:
    """The header that begins at ``start``; None where the text has too little of what the form describes.

    The form says the columns; the text says which of them are there and whether others are. The words of a
    header come row by row or column by column: the order that explains more of the text is taken.
    """
    if not form.columns:
        return None
    stream = fold(text[start : min(stop, start + _HEADER)])
    matches = [_match(stream, order) for order in _orders(form.columns)]
    best = min((match for match in matches if match.leaves), key=lambda match: match.cost, default=None)
    if best is None or sum(position >= 0 for position, _ in best.leaves) * 2 < len(form.columns):
        return None
    rows = _header_rows(best.leaves, form)
    return FlowHeader(rows, len(best.leaves), place_kept(text, start, best.end - 1) + 1, best.unknown)


def _header_rows(leaves: Sequence[tuple[int, str]], form: TableForm) -> list[HeaderRow]:
    """The form's words over each column, the lowest as the text prints it, and the words that the form does not have."""
    rows: list[HeaderRow] = []
    for column, (position, printed) in enumerate(leaves):
        above = form.columns[position].replace("[", "").replace("]", "").split("/")[:-1] if position >= 0 else []
        for depth, word in enumerate([*above, printed]):
            if depth == len(rows):
                rows.append([])
            rows[depth].append(SheetCell(Cell((), word), column, column + 1))
    return rows


def _orders(columns: tuple[str, ...]) -> tuple[list[_Ordered], ...]:
    """The words of a header going down column by column, and row by row."""
    orders = (_by_column(columns), _by_row(columns))
    return tuple([(compile_words((word,)), position) for word, position in order] for order in orders)


def _by_column(columns: tuple[str, ...]) -> list[tuple[str, int]]:
    """Header words with the column they end at (-1 for a word over several), going down column by column."""
    order: list[tuple[str, int]] = []
    above: list[str] = []
    for position, path in enumerate(columns):
        words = path.split("/")
        for depth, word in enumerate(words[:-1]):
            if above[: depth + 1] != words[: depth + 1]:
                order.append((word, -1))
        above = words[:-1]
        order.append((words[-1], position))
    return order


def _by_row(columns: tuple[str, ...]) -> list[tuple[str, int]]:
    """The same words row by row."""
    order: list[tuple[str, int]] = []
    paths = [path.split("/") for path in columns]
    for depth in range(max(map(len, paths))):
        previous: list[str] = []
        for position, words in enumerate(paths):
            if len(words) <= depth:
                previous = []
            elif len(words) - 1 == depth:
                order.append((words[depth], position))
                previous = []
            elif words[: depth + 1] != previous:
                order.append((words[depth], -1))
                previous = words[: depth + 1]
    return order


@dataclass(slots=True)
class _Match:
    """What a header's text is in one order of words: columns of the form (-1 for words it has not) and printed words."""

    cost: int = 0
    leaves: list[tuple[int, str]] = field(default_factory=list)
    end: int = 0
    unknown: list[str] = field(default_factory=list)


def _match(stream: str, order: Sequence[_Ordered]) -> _Match:
    """Follow the words of a header in their order; each one that is left out, and each character between, costs."""
    found = _Match()
    step = 0
    while step < len(order):
        hit = _next_word(stream, order, step, found.end)
        if hit is None:
            hit = _beyond_unknown(stream, order, step, found.end)
            if hit is None or not found.leaves:
                break
            between = stream[found.end : hit[1].start()]
            found.leaves.append((-1, between))
            found.unknown.append(between)
            found.cost += len(between)
        ahead, match = hit
        found.cost += _left_out(order[step:ahead])
        if order[ahead][1] >= 0:
            found.leaves.append((order[ahead][1], match.group()))
        found.end, step = match.end(), ahead + 1
    found.cost += _left_out(order[step:])
    if all(position >= 0 for position, _ in found.leaves):
        found.leaves.sort(key=lambda leaf: leaf[0])
    return found


def _next_word(stream: str, order: Sequence[_Ordered], step: int, at: int) -> tuple[int, re.Match[str]] | None:
    """The first word of the order from ``step`` on that stands at ``at``."""
    for ahead in range(step, len(order)):
        if (match := order[ahead][0].match(stream, at)) and match.end() > at:
            return ahead, match
    return None


def _beyond_unknown(stream: str, order: Sequence[_Ordered], step: int, at: int) -> tuple[int, re.Match[str]] | None:
    """The word of the order that stands nearest behind words that the form does not have."""
    hits = []
    for ahead in range(step, len(order)):
        match = order[ahead][0].search(stream, at, at + _UNKNOWN)
        if match and match.end() > match.start() and not re.search(r"[\d、]", stream[at : match.start()]):
            hits.append((ahead, match))
    return min(hits, key=lambda hit: (hit[1].start(), hit[0]), default=None)


def _left_out(words: Sequence[_Ordered]) -> int:
    return sum(2 if position >= 0 else 1 for _, position in words)
