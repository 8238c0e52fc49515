"""The header of a table in flowing text: which columns of its form are there, and where its words end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract.forms import TableForm
from pipeline.extract.patterns import compile_words, fold, place_kept
from pipeline.extract.tables.layout.sheet import Cell, HeaderRow, SheetCell

#: So many characters below its title a header ends at the latest, and so many long are words that its form does not have.
_HEADER, _UNKNOWN = 4000, 30


class _Ordered(NamedTuple):
    """A word of a header, the column of the form that it is (-1 for a word over several), and the columns it stands over."""

    pattern: re.Pattern[str]
    word: str
    position: int
    over: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FlowHeader:
    """The header of a flowing table: its rows, how many columns stand below, where it ends in the text, words of it
    that the form does not have, and words of the form without which it is not whole.
    """

    rows: list[HeaderRow]
    count: int
    end: int
    unknown: list[str]
    missing: list[str]


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
    end = place_kept(text, start, best.end - 1) + 1
    return FlowHeader(rows, len(best.leaves), end, best.unknown, _missing(best, form, _line_from(text, end, stop)))


def _line_from(text: str, start: int, stop: int) -> str:
    """The first line behind ``start`` that prints anything, folded."""
    return next((line for raw in text[start:stop].splitlines() if (line := fold(raw))), "")


def _missing(match: _Match, form: TableForm, following: str) -> list[str]:
    """Words of the form that the text lacks although nothing else says which columns it has.

    A word that stands below several (一般公共预算 below 本年拨款 and below 结转结余) needs the one over it, without the
    total nothing shows that a row's first amount is none of its parts, and a line right below that is a part of a word
    is none of a row.
    """
    found = {position for position, _ in match.leaves}
    words = [path.split("/")[-1] for path in form.columns]
    alike = {position for position in found if position >= 0 and words.count(words[position]) > 1}
    over = [each.word for each in match.left_out if each.over & alike]
    over += [each.word for each in match.left_out if len(following) > 1 and following in each.word]
    summed = any(identity.partition("=")[0].strip() == "total" for identity in form.identities)
    total = next((position for position, path in enumerate(form.columns) if _is_total(path)), None)
    return [*over, "合计"] if summed and total is not None and total not in found else over


def _is_total(path: str) -> bool:
    return compile_words((path.split("/")[-1],)).fullmatch("合计") is not None


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
    paths = [path.split("/") for path in columns]
    return (_by_column(paths), _by_row(paths))


def _group(paths: Sequence[Sequence[str]], position: int, depth: int) -> _Ordered:
    """The word that stands over the column at ``position`` and over those behind it that have the same words above."""
    word, over = paths[position][: depth + 1], {position}
    for behind in range(position + 1, len(paths)):
        if paths[behind][: depth + 1] != word:
            break
        over.add(behind)
    return _Ordered(compile_words((word[-1],)), word[-1], -1, frozenset(over))


def _leaf(paths: Sequence[Sequence[str]], position: int) -> _Ordered:
    word = paths[position][-1]
    return _Ordered(compile_words((word,)), word, position)


def _by_column(paths: Sequence[Sequence[str]]) -> list[_Ordered]:
    """Header words going down column by column."""
    order: list[_Ordered] = []
    above: Sequence[str] = []
    for position, words in enumerate(paths):
        order += [
            _group(paths, position, depth)
            for depth in range(len(words) - 1)
            if above[: depth + 1] != words[: depth + 1]
        ]
        above = words[:-1]
        order.append(_leaf(paths, position))
    return order


def _by_row(paths: Sequence[Sequence[str]]) -> list[_Ordered]:
    """The same words row by row."""
    order: list[_Ordered] = []
    for depth in range(max(map(len, paths))):
        previous: Sequence[str] = []
        for position, words in enumerate(paths):
            if len(words) <= depth:
                previous = []
            elif len(words) - 1 == depth:
                order.append(_leaf(paths, position))
                previous = []
            elif words[: depth + 1] != previous:
                order.append(_group(paths, position, depth))
                previous = words[: depth + 1]
    return order


@dataclass(slots=True)
class _Match:
    """What a header's text is in one order of words: columns of the form (-1 for words it has not) and printed words."""

    cost: int = 0
    leaves: list[tuple[int, str]] = field(default_factory=list)
    end: int = 0
    unknown: list[str] = field(default_factory=list)
    left_out: list[_Ordered] = field(default_factory=list)


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
        found.left_out += order[step:ahead]
        if order[ahead].position >= 0:
            found.leaves.append((order[ahead].position, match.group()))
        found.end, step = match.end(), ahead + 1
    found.left_out += order[step:]
    found.cost += sum(2 if each.position >= 0 else 1 for each in found.left_out)
    if all(position >= 0 for position, _ in found.leaves):
        found.leaves.sort(key=lambda leaf: leaf[0])
    return found


def _next_word(stream: str, order: Sequence[_Ordered], step: int, at: int) -> tuple[int, re.Match[str]] | None:
    """The first word of the order from ``step`` on that stands at ``at``."""
    for ahead in range(step, len(order)):
        if (match := order[ahead].pattern.match(stream, at)) and match.end() > at:
            return ahead, match
    return None


def _beyond_unknown(stream: str, order: Sequence[_Ordered], step: int, at: int) -> tuple[int, re.Match[str]] | None:
    """The word of the order that stands nearest behind words that the form does not have."""
    hits = []
    for ahead in range(step, len(order)):
        match = order[ahead].pattern.search(stream, at, at + _UNKNOWN)
        if match and match.end() > match.start() and not re.search(r"[\d、]", stream[at : match.start()]):
            hits.append((ahead, match))
    return min(hits, key=lambda hit: (hit[1].start(), hit[0]), default=None)
