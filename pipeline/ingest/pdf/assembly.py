"""Pages, each of words and ruled tables, to the content of a document.

The text is the words line by line: one space between words, ``\\n`` after a line, ``\\f`` after a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.ingest.document import Arrangement, CellTable, Content, NotReadable, Page, Word
from pipeline.ingest.grids import Grid, cell_tables
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf.words import Run, lines_of
from pipeline.ingest.radicals import ordinary
from pipeline.ingest.text import split_lines

_DASHES = ("-", "－", "−", "–", "—")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")


class Assembly:
    """The pages of a document so far, and ``length``, how many characters they print."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[str] = []
        self._pages: list[Page] = []
        self._grids: list[Sequence[Grid]] = []
        self.length = 0

    def add(self, width: float, height: float, runs: Sequence[Run], grids: Sequence[Grid]) -> None:
        """Add the next page. Raises NotReadable where the document becomes too long."""
        text, words = _text(runs, self.length)
        self._pages.append(Page(len(self._pages) + 1, round(width, 2), round(height, 2), tuple(words)))
        self._grids.append(grids)
        self._parts.append(text + "\f")
        self.length += len(text) + 1
        if self.length > self._limits.max_characters:
            raise NotReadable(f"it has more than the {self._limits.max_characters} characters that a source may have")

    def content(self, media_type: str, notes: Sequence[str] = (), remarks: Sequence[str] = ()) -> Content:
        """What all pages hold."""
        whole = "".join(self._parts)
        tables: list[CellTable] = []
        for page, ruled in zip(self._pages, self._grids, strict=True):
            tables += cell_tables(ruled, page.words, whole, page.number)
        return Content(
            media_type=media_type,
            text=whole,
            lines=split_lines(whole),
            arrangement=Arrangement.POINTS,
            tables=tuple(tables),
            pages=tuple(self._pages),
            page_count=len(self._pages),
            notes=tuple(notes),
            remarks=tuple(remarks),
        )


def _text(runs: Sequence[Run], offset: int) -> tuple[str, list[Word]]:
    """The text of a page that begins at ``offset``, and its words."""
    text: list[str] = []
    words: list[Word] = []
    at = offset
    for line in lines_of(runs):
        for order, run in enumerate(line):
            if order:
                # A dash that stands alone is a blank cell, not the sign of the next one: two spaces keep them apart.
                apart = "  " if text[-1] in _DASHES else " "
                text.append(apart)
                at += len(apart)
            text.append(run.text)
            end = at + len(run.text)
            box = round(run.x0, 2), round(run.top, 2), round(run.x1, 2), round(run.bottom, 2)
            words.append(Word(at, end, *box, _sides(run), run.confidences))
            at = end
        text.append("\n")
        at += 1
    return ordinary("".join(text)), words


def _sides(run: Run) -> tuple[tuple[float, float], ...]:
    """Where each character of a word begins and ends, where the word is more than a number."""
    if not (_DIGIT.search(run.text) and _LETTER.search(run.text)):
        return ()
    sides = [(glyph.x0, glyph.x1) for glyph in run.glyphs]
    return tuple(sides) if len(sides) == len(run.text) else ()
