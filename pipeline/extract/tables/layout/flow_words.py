"""Words of flowing text with the gaps between them."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import is_amount
from pipeline.ingest.document import Document

_WORD = re.compile(r"\S+")
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
