"""Words of text laid out with spaces, or of a page, and the columns they stand in: places in widths of a character."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.measures import Measure, by_character
from pipeline.extract.tables.layout.sheet import is_amount
from pipeline.ingest.document import Document, Line, Page
from pipeline.ingest.touching import label_behind

_CELL = re.compile(r"\S+(?: \S+)*")
# Where a column stands that is blank on a page.
NOWHERE_ON_PAGE = 10**6


@dataclass(slots=True)
class LaidWord:
    start: int
    end: int
    text: str
    x0: float
    x1: float
    line: int
    column: int = -1

    @property
    def numeric(self) -> bool:
        return is_amount(self.text)


@dataclass(slots=True)
class LaidColumn:
    """Where a column stands on a page: ``x0`` to ``x1``, and whether numbers stand in it: codes, amounts or either."""

    x0: float
    x1: float
    numeric: bool
    holds: str = "either"

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def words_of_line(document: Document, index: int, line: Line, measure: Measure = by_character) -> list[LaidWord]:
    """The words of a line. One space parts them only where an amount stands beside it, none only behind an amount."""
    raw = document.text[line.start : line.end]
    edges = measure(raw)
    words: list[LaidWord] = []

    def add(start: int, end: int) -> None:
        label = label_behind(raw[start:end])
        for a, b in ((start, start + label), (start + label, end)) if label else ((start, end),):
            words.append(LaidWord(line.start + a, line.start + b, fold(raw[a:b]), edges[a], edges[b], index))

    for match in _CELL.finditer(raw):
        start = match.start()
        pieces = match.group().split(" ")
        at, run = start, start
        for order, piece in enumerate(pieces):
            end = at + len(piece)
            following = pieces[order + 1] if order + 1 < len(pieces) else None
            if following is None or is_amount(fold(piece)) or is_amount(fold(following)):
                add(run, end)
                run = end + 1
            at = end + 1
    return words


def words_on_page(document: Document, page: Page, lines: list[tuple[int, Line]]) -> list[list[LaidWord]]:
    """The words of lines of a PDF's page in the units of laid out text: widths of a letter and heights of a line."""
    starts = [word.start for word in page.words]
    found = [
        [page.words[i] for i in range(bisect_left(starts, line.start), bisect_left(starts, line.end))]
        for _, line in lines
    ]
    found = [words for words in found if words]
    letters = sorted((w.x1 - w.x0) / (w.end - w.start) for words in found for w in words)
    heights = sorted(w.bottom - w.top for words in found for w in words)
    if not letters:
        return []
    letter, height = letters[len(letters) * 3 // 4] or 1.0, heights[len(heights) // 2] or 1.0
    made: list[list[LaidWord]] = []
    number, above = 0, None
    for words in found:
        middle = sum(w.top + w.bottom for w in words) / 2 / len(words)
        number += 1 if above is None else max(1, round((middle - above) / (1.4 * height)))
        above = middle
        made.append(
            [
                LaidWord(w.start, w.end, fold(document.text[w.start : w.end]), w.x0 / letter, w.x1 / letter, number)
                for w in words
            ]
        )
    return made
