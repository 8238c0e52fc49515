"""What stands on a page and is no text of it: pages that are pictures, characters without a name, pictures in cells.

Character recognition reads it where it is installed. What remains is said, page by page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.ingest import recognition
from pipeline.ingest.document import Box
from pipeline.ingest.grids import Grid
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf.page import Drawn
from pipeline.ingest.pdf.words import Run
from pipeline.ingest.progress import at_work

#: Characters that a PDF does not name, or names in a font's own code.
_UNREADABLE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
#: What spreadsheets print in place of a number that is wider than its cell.
_TOO_WIDE = re.compile(r"[#＃]{3,}")
#: What scanners add to a page that is a picture.
_PAGE_NUMBER = re.compile(r"[-—–－\d/第页共]+")
#: The share of a page that a picture covers which may be the page itself.
_MOST = 0.4
#: Points by which a picture may leave its cell, and that it is high at least to say something.
_NEAR = 3.0
#: Points of the longer side of the largest page that is recognised: A2.
_LARGEST = 1700.0
#: The confidence from which what a picture in a cell seems to say is taken for text.
_LIKELY = 0.5
#: So many paths on a page without text may be characters that are drawn as outlines.
_OUTLINES = 200


class Found(NamedTuple):
    """The words and ruled tables of a page, and what of it could not be read: empty where all was.

    ``width`` and ``height`` are those of the page in points: a scan may be turned so that its text stands upright.
    """

    runs: list[Run]
    grids: list[Grid]
    unread: str
    width: float
    height: float


class Recogniser:
    """A reader of what is no text on the pages of one document, as many of them as ``limits`` allow."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_recognised if recognition.available() else 0

    def read(self, drawn: Drawn, runs: list[Run], grids: list[Grid]) -> Found:
        """What a page holds, with what is recognised in place of what cannot be read."""
        if self._left and max(drawn.width, drawn.height) <= _LARGEST:
            if _is_picture(drawn, runs) or (not runs and len(drawn.shapes) > _OUTLINES):
                return self._read_page(drawn, runs, grids)
            runs = self._read_places(drawn, runs, grids)
        return Found(runs, grids, _unread(drawn, runs, grids), drawn.width, drawn.height)

    def _read_page(self, drawn: Drawn, runs: list[Run], grids: list[Grid]) -> Found:
        from pipeline.ingest.recognition.page import picture_of, read_page

        self._begin()
        read = read_page(picture_of(*drawn.picture(recognition.DPI)))
        if read.words:
            return Found(read.words, read.grids, "", read.width, read.height)
        unread = "" if read.blank else "is a picture on which no text was recognised"
        return Found(runs, grids, unread, drawn.width, drawn.height)

    def _read_places(self, drawn: Drawn, runs: list[Run], grids: list[Grid]) -> list[Run]:
        """The words of a page, with what its words without names and the pictures in its cells say."""
        unnamed = [run for run in runs if _is_unreadable(run.text)]
        pictured = _pictured_cells(drawn, runs, grids)
        if not (unnamed or pictured):
            return runs
        from pipeline.ingest.recognition.page import picture_of, read_places

        self._begin()
        places = [Box(run.x0 - 1, run.top - 1, run.x1 + 1, run.bottom + 1) for run in unnamed]
        places += [Box(box.x0 + 2, box.top + 2, box.x1 - 2, box.bottom - 2) for box in pictured]
        words = read_places(picture_of(*drawn.picture(recognition.DPI)), places)
        instead = {id(run): _instead(run, word) for run, word in zip(unnamed, words, strict=False)}
        shown = [word for word in words[len(unnamed) :] if word and min(word.confidences) >= _LIKELY]
        return [instead.get(id(run), run) for run in runs] + shown

    def _begin(self) -> None:
        self._left -= 1
        at_work()


def _unread(drawn: Drawn, runs: Sequence[Run], grids: Sequence[Grid]) -> str:
    """What of a page that stands there could not be read; empty where all was."""
    need = "" if recognition.available() else f" (`{recognition.COMMAND}` lets it be recognised)"
    if _is_picture(drawn, runs):
        return f"is a picture without text (scanned); nothing of it could be read{need}"
    odd = [run.text for run in runs if _UNREADABLE.search(run.text)]
    nameless = sum(len(_UNREADABLE.findall(text)) for text in odd if _is_unreadable(text))
    if nameless:
        return f"has {nameless} characters that the PDF shows and does not name; what they say could not be read{need}"
    if wide := sum(_TOO_WIDE.fullmatch(run.text) is not None for run in runs):
        return f"has {wide} cells with ######## in place of a number; what it is could not be read"
    if cells := len(_pictured_cells(drawn, runs, grids)):
        return f"has {cells} cells with a picture in place of text; what it shows could not be read{need}"
    return ""


def _instead(run: Run, word: Run | None) -> Run:
    """What was recognised in place of a word without names, where it has as many characters as the PDF shows there."""
    if word is None:
        return run
    alike = len("".join(word.text.split())) == len(run.glyphs)
    sure = word.confidences if alike else (0.0,) * len(word.text)
    return Run(word.text, run.x0, run.x1, run.top, run.bottom, run.base, confidences=sure)


def _is_picture(drawn: Drawn, runs: Sequence[Run]) -> bool:
    """Whether a page is a picture, and has no text but what a scanner adds."""
    area = drawn.width * drawn.height
    pictured = any((x1 - x0) * (bottom - top) > _MOST * area for x0, top, x1, bottom in drawn.pictures)
    return (bool(drawn.pictures) and not runs) or (pictured and all(_PAGE_NUMBER.fullmatch(run.text) for run in runs))


def _is_unreadable(text: str) -> bool:
    """Whether a word says something in characters without a name. One alone, or one before a word, is an ornament."""
    unnamed = len(_UNREADABLE.findall(text))
    return unnamed > 1 or (unnamed == 1 and any(char.isdigit() or char in ",.%" for char in text))


def _pictured_cells(drawn: Drawn, runs: Sequence[Run], grids: Sequence[Grid]) -> list[Box]:
    """The cells that hold a picture in place of text."""
    if not drawn.pictures:
        return []
    return [box for grid in grids for row in grid for box in row if box and _holds_only_picture(box, drawn, runs)]


def _holds_only_picture(box: Box, drawn: Drawn, runs: Sequence[Run]) -> bool:
    held = any(
        box.x0 - _NEAR <= x0 < x1 <= box.x1 + _NEAR and box.top - _NEAR <= top < bottom <= box.bottom + _NEAR
        for x0, top, x1, bottom in drawn.pictures
        if min(x1 - x0, bottom - top) > _NEAR
    )
    return held and not any(
        box.x0 <= (run.x0 + run.x1) / 2 <= box.x1 and box.top <= run.middle <= box.bottom for run in runs
    )
