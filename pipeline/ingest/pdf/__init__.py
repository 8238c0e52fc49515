"""PDF to text, words and ruled cells. Runs in a worker (see ``worker``): a PDF is untrusted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.ingest.document import Arrangement, Box, CellTable, Content, NotReadable, Page, Word
from pipeline.ingest.grids import Grid, cell_tables
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import pdfium
from pipeline.ingest.pdf.borders import cut_at_borders
from pipeline.ingest.pdf.page import UNMAPPED, Drawn, page_of
from pipeline.ingest.pdf.rules import find_grids
from pipeline.ingest.pdf.visible import on_page, seen
from pipeline.ingest.pdf.words import Run, lines_of, run_of, sideways_words, words_of
from pipeline.ingest.radicals import ordinary
from pipeline.ingest.text import split_lines
from pipeline.ingest.touching import label_behind
from pipeline.ingest.wrapped import set_together

_NEEDS = "; it would need character recognition"
_DASHES = ("-", "－", "−", "–", "—")
#: Characters that a PDF does not name, or names in a font's own code.
_UNREADABLE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
#: What spreadsheets print in place of a number that is wider than its cell.
_TOO_WIDE = re.compile(r"[#＃]{3,}")
#: What scanners add to a page that is a picture.
_PAGE_NUMBER = re.compile(r"[-—–－\d/第页共]+")
#: The share of a page that a picture covers which may be the page itself.
_MOST = 0.4
#: Points by which a picture may leave its cell, and that it is high at least to say something.
_NEAR = 3.0
#: Pages that a remark lists.
_SHOWN = 10


def read(data: bytes, limits: Limits) -> Content:
    """What a PDF holds. Raises NotReadable.

    Radicals become characters (see ``radicals``).
    The text is the words line by line: one space between words, ``\\n`` after a line, ``\\f`` after a page.
    """
    try:
        with pdfium.opened(data) as document:
            return _read(document, limits)
    except pdfium.Unreadable as error:
        if error.locked:
            raise NotReadable("the PDF is encrypted; publish or fetch it without a password") from error
        raise NotReadable(f"the PDF is broken ({error}); fetch it again") from error


def _read(document: Any, limits: Limits) -> Content:
    parts: list[str] = []
    pages: list[Page] = []
    grids_of_pages: list[Sequence[Grid]] = []
    notes: list[str] = []
    left_out: dict[str, list[int]] = {}
    offset = 0
    count = pdfium.count_pages(document)
    if not count:
        raise NotReadable("the PDF has no pages; fetch it again")
    for number in range(1, count + 1):
        with page_of(document, number - 1) as drawn:
            runs, grids, reasons = _page(drawn)
        for reason in reasons:
            left_out.setdefault(reason, []).append(number)
        if unread := _unread(drawn, runs, grids):
            notes.append(f"page {number} {unread}")
        text, words = _text(runs, offset)
        pages.append(Page(number, round(drawn.width, 2), round(drawn.height, 2), tuple(words)))
        grids_of_pages.append(grids)
        parts.append(text + "\f")
        offset += len(text) + 1
        if offset > limits.max_characters:
            raise NotReadable(f"it has more than the {limits.max_characters} characters that a source may have")
    whole = "".join(parts)
    _check(whole)
    tables: list[CellTable] = []
    for page, ruled in zip(pages, grids_of_pages, strict=True):
        tables += cell_tables(ruled, page.words, whole, page.number)
    return Content(
        media_type="application/pdf",
        text=whole,
        lines=split_lines(whole),
        arrangement=Arrangement.POINTS,
        tables=tuple(tables),
        pages=tuple(pages),
        page_count=len(pages),
        notes=tuple(notes),
        remarks=tuple(_remark(reason, numbers) for reason, numbers in sorted(left_out.items())),
    )


def _check(text: str) -> None:
    """Raises NotReadable where ``text`` says nothing."""
    printed = len("".join(text.split()))
    if not printed:
        raise NotReadable("the PDF has no text, only pictures of it (scanned)" + _NEEDS)
    if text.count(UNMAPPED) * 2 > printed:
        raise NotReadable(
            "the PDF shows characters and does not name them (its fonts have no mapping to text)" + _NEEDS
        )


def _remark(reason: str, numbers: Sequence[int]) -> str:
    pages = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
    return f"text {reason} was left out (page{'s' if len(numbers) > 1 else ''} {pages})"


def _page(drawn: Drawn) -> tuple[list[Run], list[Grid], Counter[str]]:
    """The words of a page, its ruled tables, and how many characters were left out, by reason."""
    reasons: Counter[str] = Counter()
    glyphs, sideways = seen(drawn, reasons)
    grids = find_grids(edge for shape in drawn.shapes for edge in shape.edges)
    words = on_page(drawn, [*words_of(drawn, glyphs), *sideways_words(sideways)], reasons)
    if grids:
        words = set_together(cut_at_borders(words, grids), grids)
    else:
        words = [piece for word in words for piece in _apart(word)]
    return words, grids, reasons


def _unread(drawn: Drawn, runs: Sequence[Run], grids: Sequence[Grid]) -> str:
    """What of a page that stands there could not be read; empty where all was."""
    area = drawn.width * drawn.height
    pictured = any((x1 - x0) * (bottom - top) > _MOST * area for x0, top, x1, bottom in drawn.pictures)
    if (drawn.pictures and not runs) or (pictured and all(_PAGE_NUMBER.fullmatch(run.text) for run in runs)):
        return "is a picture without text (scanned); nothing of it could be read"
    odd = [run.text for run in runs if _UNREADABLE.search(run.text)]
    nameless = sum(len(_UNREADABLE.findall(text)) for text in odd if _is_unreadable(text))
    if nameless:
        return f"has {nameless} characters that the PDF shows and does not name; what they say could not be read"
    if wide := sum(_TOO_WIDE.fullmatch(run.text) is not None for run in runs):
        return f"has {wide} cells with ######## in place of a number; what it is could not be read"
    if drawn.pictures and (
        cells := sum(_holds_only_picture(box, drawn, runs) for grid in grids for row in grid for box in row if box)
    ):
        return f"has {cells} cells with a picture in place of text; what it shows could not be read"
    return ""


def _is_unreadable(text: str) -> bool:
    """Whether a word says something in characters without a name. One alone, or one before a word, is an ornament."""
    unnamed = len(_UNREADABLE.findall(text))
    return unnamed > 1 or (unnamed == 1 and any(char.isdigit() or char in ",.%" for char in text))


def _holds_only_picture(box: Box, drawn: Drawn, runs: Sequence[Run]) -> bool:
    held = any(
        box.x0 - _NEAR <= x0 < x1 <= box.x1 + _NEAR and box.top - _NEAR <= top < bottom <= box.bottom + _NEAR
        for x0, top, x1, bottom in drawn.pictures
        if min(x1 - x0, bottom - top) > _NEAR
    )
    return held and not any(
        box.x0 <= (run.x0 + run.x1) / 2 <= box.x1 and box.top <= run.middle <= box.bottom for run in runs
    )


def _apart(word: Run) -> Sequence[Run]:
    """A word that is an amount and a label right behind it is two, where no rule shows it: columns that touch."""
    at = label_behind(word.text)
    if not at or len(word.glyphs) != len(word.text):
        return [word]
    return [run_of(word.glyphs[:at]), run_of(word.glyphs[at:])]


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
            words.append(Word(at, end, *box, _sides(run)))
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
