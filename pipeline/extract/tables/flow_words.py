"""Words of flowing text with the gaps between them, and the header of a table found among them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import compile_words, fold, place_kept
from pipeline.extract.tables.cells import is_amount
from pipeline.extract.tables.columns import Column, resolve
from pipeline.ingest.document import Document

_WORD = re.compile(r"\S+")
#: So many characters below its title a header ends at the latest.
_HEADER = 4000
_CODED = re.compile(r"^(?:\d{3}|\d{5}|\d{7})-")
ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十]+[）]|\d{1,2}[、.](?!\d)|[（]\d{1,2}[）]|其中)"
)


class FlowWord(NamedTuple):
    """A run without white space, or the runs of a wrapped cell (``pieces``).

    ``gap`` counts the spaces before it on its line, ``trail`` those after the line's last word. ``line`` is the line
    it begins on, ``end_line`` the one it ends on; ``first`` and ``last`` say whether it stands at the ends of them.
    """

    start: int
    end: int
    text: str
    line: int
    gap: int
    first: bool
    last: bool
    trail: int
    end_line: int
    pieces: tuple[tuple[int, int], ...]


def words_of(document: Document, first: int, last: int, start: int, library: Library) -> list[FlowWord]:
    """The words of the lines ``first`` to ``last`` (exclusive) from the character ``start`` on.

    Single characters set apart (合    计) become one word where the library knows the whole.
    """
    found: list[FlowWord] = []
    text = document.text
    for index in range(first, last):
        _, line_start, line_end, _ = document.lines[index]
        previous = max(line_start, start)
        if previous >= line_end:
            continue
        merged = _merge(text, [match.span() for match in _WORD.finditer(text, previous, line_end)], library)
        last_of_line = len(merged) - 1
        for order, (a, b) in enumerate(merged):
            is_last = order == last_of_line
            trail = line_end - b if is_last else 0
            word = FlowWord(a, b, fold(text[a:b]), index, a - previous, order == 0, is_last, trail, index, ((a, b),))
            found.append(word)
            previous = b
    return _unwrapped(found)


def _unwrapped(words: list[FlowWord]) -> list[FlowWord]:
    """The words with the pieces of wrapped cells joined, as far as the ends of lines tell.

    Where cells end with a space, a line without one breaks off inside a cell, unless what follows begins another
    cell (a page tears rows, too). Where such spaces are lost, only a code that is broken in two is joined.
    """
    marked = ends_marked(words)
    joined: list[FlowWord] = []
    rest_of_code = 0
    for at, word in enumerate(words):
        if rest_of_code:
            rest_of_code -= 1
            joined[-1] = _joined(joined[-1], word)
        elif joined and _on_next_line(joined[-1], word) and _breaks_off(joined[-1], word, marked):
            joined[-1] = _joined(joined[-1], word)
        else:
            joined.append(word)
            rest_of_code = _pieces_of_code(words, at)
    return joined


def _joined(above: FlowWord, word: FlowWord) -> FlowWord:
    return above._replace(
        end=word.end,
        text=above.text + word.text,
        last=word.last,
        trail=word.trail,
        end_line=word.end_line,
        pieces=(*above.pieces, *word.pieces),
    )


def _on_next_line(above: FlowWord, word: FlowWord) -> bool:
    return above.last and above.trail == 0 and word.first and word.gap == 0


def _pieces_of_code(words: list[FlowWord], at: int) -> int:
    """How many of the following words belong to a code that begins with the word at ``at`` (201 | 03 | 01-行政)."""
    text = words[at].text
    for count in range(1, 7):
        if not (text.isdigit() and len(text) < 8 and at + count < len(words)):
            return 0
        if not _on_next_line(words[at + count - 1], words[at + count]):
            return 0
        text += words[at + count].text
        if _CODED.match(text):
            return count
    return 0


def _breaks_off(above: FlowWord, word: FlowWord, marked: bool) -> bool:
    if not marked or is_amount(above.text) or is_amount(word.text):
        return False
    return not (_CODED.match(word.text) or ORDINAL.match(word.text))


def ends_marked(words: list[FlowWord]) -> bool:
    """Whether cells end with a space where their line ends: then a line without one breaks off inside a cell.

    Lines that end with an amount tell: an amount is never wrapped.
    """
    ends = [word for word in words if word.last]
    ends = [word for word in ends if is_amount(word.text)] or ends
    return sum(word.trail > 0 for word in ends) * 2 > len(ends)


def _merge(text: str, raw: list[tuple[int, int]], library: Library) -> list[tuple[int, int]]:
    if len(raw) < 2 or len([a for a, b in raw if b - a == 1]) < 2:
        return raw
    merged: list[tuple[int, int]] = []
    at = 0
    while at < len(raw):
        run = at
        while run < len(raw) and raw[run][1] - raw[run][0] == 1 and not text[raw[run][0]].isascii():
            run += 1
        for stop in range(min(run, at + 4), at + 1, -1):
            whole = text[raw[at][0] : raw[stop - 1][1]]
            if library.says("totals", whole) or library.key(whole) or library.column(whole):
                merged.append((raw[at][0], raw[stop - 1][1]))
                at = stop
                break
        else:
            merged.append(raw[at])
            at += 1
    return merged


def find_header(
    document: Document, first: int, last: int, start: int, form: TableForm, library: Library
) -> tuple[tuple[Column, ...], int, list[str]] | None:
    """Columns of a flowing table and the offset at which its header ends; None where no header is found.

    The form says the columns; the text says which of them are there and whether others are. The words of a
    header come row by row or column by column: the order that explains more of the text is taken.
    """
    if not form.columns:
        return None
    stop = document.lines[last - 1].end if last > first else start
    stream = fold(document.text[start : min(stop, start + _HEADER)])
    best: tuple[int, list[tuple[int, str]], int, list[str]] | None = None
    for order in (_by_column(form), _by_row(form)):
        cost, leaves, end, unknown = _match(stream, order)
        if leaves and (best is None or cost < best[0]):
            best = (cost, leaves, end, unknown)
    if best is None or end_is_late(best[1], form):
        return None
    _, leaves, end, unknown = best
    columns = library.remembered("header", (form, tuple(leaves)), lambda: _columns(leaves, form, library))
    return columns, place_kept(document.text, start, end - 1) + 1, unknown


def _columns(leaves: list[tuple[int, str]], form: TableForm, library: Library) -> tuple[Column, ...]:
    """The columns of a header: the form's, each with the word that the text prints, and those of words it has not."""
    columns: list[Column] = []
    for position, printed in leaves:
        if position < 0:
            columns.append(Column(len(columns), (printed,)))
            continue
        path = tuple(word.replace("[", "").replace("]", "") for word in form.columns[position].split("/"))
        columns.append(resolve(len(columns), (*path[:-1], printed), form, library))
    return tuple(columns)


def end_is_late(leaves: list[tuple[int, str]], form: TableForm) -> bool:
    """Whether too little of the declared header was found to believe in it."""
    known = sum(position >= 0 for position, _ in leaves)
    return known * 2 < len(form.columns)


@lru_cache(maxsize=1024)
def _by_column(form: TableForm) -> list[tuple[str, int]]:
    """Header words with the column they end at (-1 for a word over several), going down column by column."""
    order: list[tuple[str, int]] = []
    above: list[str] = []
    for position, path in enumerate(form.columns):
        words = path.split("/")
        for depth, word in enumerate(words[:-1]):
            if above[: depth + 1] != words[: depth + 1]:
                order.append((word, -1))
        above = words[:-1]
        order.append((words[-1], position))
    return order


@lru_cache(maxsize=1024)
def _by_row(form: TableForm) -> list[tuple[str, int]]:
    """The same words row by row."""
    order: list[tuple[str, int]] = []
    paths = [path.split("/") for path in form.columns]
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


def _match(stream: str, order: list[tuple[str, int]]) -> tuple[int, list[tuple[int, str]], int, list[str]]:
    patterns = [compile_words((word,)) for word, _ in order]
    at, cost = 0, 0
    leaves: list[tuple[int, str]] = []
    unknown: list[str] = []
    step = 0
    while step < len(order):
        hit = next(
            (
                (ahead, m)
                for ahead in range(step, len(order))
                if (m := patterns[ahead].match(stream, at)) and m.end() > at
            ),
            None,
        )
        if hit is None:
            # A word the form does not have: look a little further for one it has.
            hits = [
                (m.start(), ahead, m)
                for ahead in range(step, len(order))
                if (m := patterns[ahead].search(stream, at, at + 30)) and m.end() > m.start()
            ]
            hits = [h for h in hits if not re.search(r"[\d、]", stream[at : h[0]])]
            if not hits or not leaves:
                break
            begin, ahead, match = min(hits, key=lambda h: (h[0], h[1]))
            leaves.append((-1, stream[at:begin]))
            unknown.append(stream[at:begin])
            cost += begin - at
            hit = (ahead, match)
        ahead, match = hit
        cost += sum(2 if position >= 0 else 1 for _, position in order[step:ahead])
        if order[ahead][1] >= 0:
            leaves.append((order[ahead][1], match.group()))
        at, step = match.end(), ahead + 1
    cost += sum(2 if position >= 0 else 1 for _, position in order[step:])
    leaves.sort(key=lambda leaf: leaf[0]) if all(position >= 0 for position, _ in leaves) else None
    return cost, leaves, at, unknown
