"""Characters of a page to words, and words to lines along their baselines.

A line is what stands on one baseline, whatever the fonts and sizes: digits of another font than the text around them
share its baseline, not its middle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.ingest.pdf.page import Drawn, Glyph

#: Points between characters that part words.
_GAP = 2.0
#: Points, and shares of the height of a font, by which baselines of one line may differ.
_LEVEL, _LEVEL_SHARE = 3.0, 0.4
#: Shares of the height of a font: what a character reaches above its baseline and below it, in any font.
_ABOVE, _BELOW = 0.88, 0.12
#: Shares of it within which the same character printed again is the same one (bold made by printing twice), and by
#: which the next one has to stand on top of the last to belong to another text.
_TWICE, _OVER = 0.12, 0.3
_SPACES = frozenset(" \t\r\n\f\v\u00a0\u3000\u2002\u2003\u2009\u200b\ufeff")


@dataclass(slots=True, eq=False)
class Run:
    """A word, with the characters that it is made of: none where it was put together from several lines, or recognised.

    ``confidences`` are those of character recognition, one a character; empty for text.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    glyphs: Sequence[Glyph] = ()
    confidences: tuple[float, ...] = ()

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def run_of(glyphs: Sequence[Glyph]) -> Run:
    """The word that ``glyphs`` spell, from left to right."""
    row = glyphs[0].row
    top, bottom = row.base - _ABOVE * row.size, row.base + _BELOW * row.size
    text = "".join([glyph.char for glyph in glyphs])
    return Run(text, glyphs[0].x0, max([glyph.x1 for glyph in glyphs]), top, bottom, row.base, glyphs)


def words_of(drawn: Drawn, glyphs: Iterable[Glyph]) -> list[Run]:
    """The words of the characters that stand upright, line by line from left to right."""
    words: list[Run] = []
    for line in _baselines(glyphs):
        line.sort()
        held = _apart(drawn, line)
        if held is None:
            held = [piece for text in _texts(drawn, line) for piece in _apart(drawn, text) or [text]]
            held.sort(key=lambda word: word[0].x0)
        words += map(run_of, held)
    return words


def lines_of(words: Iterable[Run]) -> list[list[Run]]:
    """Words by their lines, from the top down and from left to right."""
    lines: list[list[Run]] = []
    first = 0.0
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        if not lines or word.base - first > min(_LEVEL, (word.bottom - word.top) * _LEVEL_SHARE):
            lines.append([])
            first = word.base
        lines[-1].append(word)
    for line in lines:
        line.sort(key=lambda word: word.x0)
    return lines


def sideways_words(glyphs: Sequence[tuple[Glyph, float]]) -> list[Run]:
    """Words that are written up, down or upside down on a page whose text stands upright."""
    words: list[Run] = []
    for quarter, turned in groupby(
        sorted(glyphs, key=lambda each: round(each[1] / 90)), lambda each: round(each[1] / 90)
    ):
        held: list[Glyph] = []
        for glyph, _ in sorted(turned, key=lambda each: each[0].at):
            if held and not _follows(held[-1], glyph, quarter):
                words.append(_around(held))
                held = []
            if glyph.char not in _SPACES:
                held.append(glyph)
        if held:
            words.append(_around(held))
    return words


def _follows(before: Glyph, after: Glyph, quarter: int) -> bool:
    """Whether a character stands next to the one before it, in the direction of writing."""
    if after.char in _SPACES:
        return False
    if quarter == 2:
        return abs(before.row.base - after.row.base) <= _LEVEL and abs(before.x0 - after.x1) <= _GAP
    gap = before.row.base - before.row.size - after.row.base
    if quarter == 3:
        gap = after.row.base - after.row.size - before.row.base
    return abs(before.x0 + before.x1 - after.x0 - after.x1) <= 2 * _LEVEL and abs(gap) <= _GAP


def _around(glyphs: Sequence[Glyph]) -> Run:
    top = min(glyph.row.base - glyph.row.size for glyph in glyphs)
    bottom = max(glyph.row.base for glyph in glyphs)
    x0, x1 = min(glyph.x0 for glyph in glyphs), max(glyph.x1 for glyph in glyphs)
    return Run("".join(glyph.char for glyph in glyphs), x0, x1, top, bottom, (top + bottom) / 2)


def _baselines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Characters by the lines that they stand on, from the top down."""
    rows: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        rows[id(glyph.row)].append(glyph)
    lines: list[list[Glyph]] = []
    first = 0.0
    for held in sorted(rows.values(), key=lambda held: held[0].row.base):
        row = held[0].row
        if not lines or row.base - first > min(_LEVEL, row.size * _LEVEL_SHARE):
            lines.append([])
            first = row.base
        lines[-1] += held
    return lines


def _apart(drawn: Drawn, line: Sequence[Glyph]) -> list[list[Glyph]] | None:
    """The words of a line; None where characters of several texts stand on top of each other."""
    words: list[list[Glyph]] = []
    word: list[Glyph] = []
    end, last = float("-inf"), None
    for glyph in line:
        x0, _, x1, char, row = glyph
        if char in _SPACES:
            if x1 > x0:
                word = []
            continue
        if last is not None and x0 < end:
            if char == last.char and x0 - last.x0 < _TWICE * row.size and not _one_text(drawn, last, glyph):
                continue
            if x0 < end - _OVER * row.size and not _one_text(drawn, last, glyph):
                return None
        if not word or x0 > end + _GAP:
            word = []
            words.append(word)
        word.append(glyph)
        end, last = x1, glyph
    return words


def _one_text(drawn: Drawn, one: Glyph, other: Glyph) -> bool:
    """Whether a character was printed right after the other: ligatures, and punctuation set closer than its width."""
    if abs(one.at - other.at) != 1:
        return False
    before, after = drawn.owners[one.at], drawn.owners[other.at]
    squeezed = abs(one.x0 - other.x0) > _TWICE * one.row.size
    return before == after or (squeezed and abs(drawn.order(one) - drawn.order(other)) == 1)


def _texts(drawn: Drawn, line: Sequence[Glyph]) -> list[list[Glyph]]:
    """The texts that stand on top of each other in a line, in the order in which they were printed."""
    texts: list[list[Glyph]] = []
    for glyph in sorted(line, key=lambda glyph: (drawn.order(glyph), glyph.at)):
        before = texts[-1][-1] if texts else None
        near = before is not None and -_OVER * glyph.row.size <= glyph.x0 - before.x1 <= _GAP
        if near or (before is not None and _one_text(drawn, before, glyph)):
            texts[-1].append(glyph)
        elif not _printed(texts, glyph):
            texts.append([glyph])
    return texts


def _printed(texts: Sequence[Sequence[Glyph]], glyph: Glyph) -> bool:
    """Whether one of ``texts`` prints the same character there."""
    near = _TWICE * glyph.row.size
    return any(other.char == glyph.char and abs(other.x0 - glyph.x0) < near for text in texts for other in text)
