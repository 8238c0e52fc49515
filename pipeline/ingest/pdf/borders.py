"""Words that run over the ruled border of a cell: amounts of narrow columns that touch, names and amounts that leave theirs.

A name that leaves its cell is one word and belongs to the cell at whose left it begins, however far it goes on. An amount
that leaves its cell is one word, too, and belongs to the cell in which it is aligned. Everything else that runs over a
border is a word on each side of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.ingest.document import Box
from pipeline.ingest.grids import Grid
from pipeline.ingest.pdf.page import Glyph
from pipeline.ingest.pdf.words import Run, run_of

#: Points by which a word may reach into the next cell without running over the border.
_TOLERANCE = 0.6
#: How far from the rule of its cell a word stands at most that is aligned with it.
_NEAR = 4.0
_NUMBER = re.compile(r"[-(]?[\d,.]*\d[\d,.]*\)?")
_AMOUNT = re.compile(r"[-(]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)?")
#: Share of the height of a font by which the gap between two digits of one number may differ from the others.
_EVEN = 0.04


def cut_at_borders(words: Sequence[Run], grids: Sequence[Grid]) -> list[Run]:
    """The words of a page that has ``grids``, those that run over a border as said above."""
    boxes = [box for grid in grids for row in grid for box in row if box]
    borders = sorted({box.x1 for box in boxes})
    pieces: list[Run] = []
    for word in words:
        at = bisect_right(borders, word.x0 + _TOLERANCE)
        if at < len(borders) and borders[at] < word.x1 - _TOLERANCE and word.glyphs:
            level = [box for box in boxes if box.top <= word.middle <= box.bottom]
            pieces += _pieces(word, level)
        else:
            pieces.append(word)
    return pieces


def _pieces(word: Run, cells: Sequence[Box]) -> Iterator[Run]:
    """A word in pieces, where it runs over borders of ``cells``, which are those at its height."""
    borders = sorted({box.x1 for box in cells if word.x0 + _TOLERANCE < box.x1 < word.x1 - _TOLERANCE})
    if not borders:
        yield word
        return
    glyphs, done = word.glyphs, 0
    for start, end in _amounts(glyphs, borders):
        if done < start:
            yield from _cut(glyphs[done:start], borders, cells)
        yield _aligned(run_of(glyphs[start:end]), cells)
        done = end
    if done < len(glyphs):
        yield from _cut(glyphs[done:], borders, cells)


def _amounts(glyphs: Sequence[Glyph], borders: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Where whole amounts stand that run over a border: numbers printed in one go, not two that happen to touch."""
    text = "".join(glyph.char if len(glyph.char) == 1 else "\ufffd" for glyph in glyphs)
    for match in _NUMBER.finditer(text):
        first, last = glyphs[match.start()], glyphs[match.end() - 1]
        if not any(first.x0 + _TOLERANCE < x < last.x1 - _TOLERANCE for x in borders):
            continue
        if match.group().isdigit() and (_is_letter(text[: match.start()][-1:]) or _is_letter(text[match.end() :][:1])):
            continue  # a year or a count in a name
        for start, end in _in_one_go(glyphs, *match.span()):
            if _AMOUNT.fullmatch(text, start, end):
                yield start, end


def _in_one_go(glyphs: Sequence[Glyph], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of digits with the same gap between all of them: another gap shows that another number begins."""
    gaps = [glyphs[at].x0 - glyphs[at - 1].x1 for at in range(start + 1, end)]
    usual = median(gaps) if gaps else 0.0
    begun = start
    for at, gap in enumerate(gaps, start + 1):
        if abs(gap - usual) > _EVEN * glyphs[at].row.size:
            yield begun, at
            begun = at
    yield begun, end


def _aligned(amount: Run, cells: Sequence[Box]) -> Run:
    """An amount with the edges of the cell that it is aligned in, so that its middle lies there."""
    reached = sorted(
        (box for box in cells if box.x0 < amount.x1 - _TOLERANCE and box.x1 > amount.x0 + _TOLERANCE),
        key=lambda box: box.x0,
    )
    first, last = reached[0], reached[-1]
    at_left, at_right = amount.x0 - first.x0 <= _NEAR, last.x1 - amount.x1 <= _NEAR
    if at_right and not at_left:
        own = last
    elif at_left and not at_right:
        own = first
    else:
        own = max(reached, key=lambda box: (min(box.x1, amount.x1) - max(box.x0, amount.x0), -box.x0))
    amount.x0, amount.x1 = max(amount.x0, own.x0), min(amount.x1, own.x1)
    return amount


def _cut(glyphs: Sequence[Glyph], borders: Sequence[float], cells: Sequence[Box]) -> Iterator[Run]:
    at = 0
    while at < len(glyphs):
        border = next((x for x in borders if x > _middle(glyphs[at])), None)
        end = next(
            (i for i in range(at, len(glyphs)) if border is not None and _middle(glyphs[i]) > border), len(glyphs)
        )
        inside = end
        if end < len(glyphs) and border is not None and _goes_on(glyphs[end - 1], glyphs[end], border):
            while end < len(glyphs) and _follows(glyphs[end - 1], glyphs[end]):
                end += 1
        piece = run_of(glyphs[at:end])
        if end > inside and border is not None and _leaves(piece, cells):
            piece.x1 = border
        yield piece
        at = end


def _leaves(name: Run, cells: Sequence[Box]) -> bool:
    """Whether a name begins at the left of a cell, and is not one that is centred in another and leaves it both ways."""
    x0, x1 = name.x0, name.glyphs[-1].x1
    if any(box.x0 > x0 and box.x1 < x1 and abs(box.x0 + box.x1 - x0 - x1) < 2 * _NEAR for box in cells):
        return False
    return any(box.x0 - _TOLERANCE <= x0 <= box.x0 + _NEAR + _TOLERANCE for box in cells)


def _middle(glyph: Glyph) -> float:
    return (glyph.x0 + glyph.x1) / 2


def _goes_on(before: Glyph, after: Glyph, border: float) -> bool:
    """Whether a name goes on beyond the border: it goes through the middle of a letter, or between two of one word."""
    if not (_is_letter(before.char) and _is_letter(after.char)):
        return False
    margin = 0.2 * (after.x1 - after.x0)
    through = any(glyph.x0 + margin < border < glyph.x1 - margin for glyph in (before, after))
    return through or _follows(before, after)


def _follows(before: Glyph, after: Glyph) -> bool:
    """Whether two letters stand as close as those of one word, where words of two cells keep a distance."""
    close = after.x0 - before.x1 < 0.05 * (after.x1 - after.x0)
    return close and _is_letter(before.char) and _is_letter(after.char)


def _is_letter(char: str) -> bool:
    return bool(char) and not (char.isascii() or char.isdigit())
