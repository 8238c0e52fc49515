"""PDF to text, words and ruled cells. Runs in a worker (see ``worker``): a PDF is untrusted."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.ingest import recognition
from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.grids import Grid
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import pdfium
from pipeline.ingest.pdf.assembly import Assembly
from pipeline.ingest.pdf.borders import cut_at_borders
from pipeline.ingest.pdf.page import UNMAPPED, Drawn, page_of
from pipeline.ingest.pdf.rules import find_grids
from pipeline.ingest.pdf.unread import Recogniser
from pipeline.ingest.pdf.visible import on_page, seen
from pipeline.ingest.pdf.words import Run, run_of, sideways_words, words_of
from pipeline.ingest.touching import label_behind
from pipeline.ingest.wrapped import set_together

#: Pages that a remark lists.
_SHOWN = 10


def read(data: bytes, limits: Limits) -> Content:
    """What a PDF holds. Raises NotReadable.

    Radicals become characters (see ``radicals``).
    """
    try:
        with _uncollected(), pdfium.opened(data) as document:
            return _read(document, limits)
    except pdfium.Unreadable as error:
        if error.locked:
            raise NotReadable("the PDF is encrypted; publish or fetch it without a password") from error
        raise NotReadable(f"the PDF is broken ({error}); fetch it again") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the collection of cycles: a page makes many small objects and no cycles, and looking for some took a tenth."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _read(document: Any, limits: Limits) -> Content:
    assembly, recogniser = Assembly(limits), Recogniser(limits)
    notes: list[str] = []
    left_out: dict[str, list[int]] = {}
    count = pdfium.count_pages(document)
    if not count:
        raise NotReadable("the PDF has no pages; fetch it again")
    for number in range(1, count + 1):
        with page_of(document, number - 1) as drawn:
            runs, grids, reasons = _page(drawn)
            found = recogniser.read(drawn, runs, grids)
        for reason in reasons:
            left_out.setdefault(reason, []).append(number)
        if found.unread:
            notes.append(f"page {number} {found.unread}")
        assembly.add(found.width, found.height, found.runs, found.grids)
    remarks = [_remark(reason, numbers) for reason, numbers in sorted(left_out.items())]
    content = assembly.content("application/pdf", notes, remarks)
    _check(content.text)
    return content


def _check(text: str) -> None:
    """Refuse a ``text`` that says nothing. Raises NotReadable."""
    needs = "" if recognition.available() else f"; `{recognition.COMMAND}` lets it be recognised"
    printed = len("".join(text.split()))
    if not printed:
        raise NotReadable("the PDF has no text, only pictures of it (scanned)" + needs)
    if text.count(UNMAPPED) * 2 > printed:
        raise NotReadable("the PDF shows characters and does not name them (its fonts have no mapping to text)" + needs)


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


def _apart(word: Run) -> Sequence[Run]:
    """A word that is an amount and a label right behind it is two, where no rule shows it: columns that touch."""
    at = label_behind(word.text)
    if not at or len(word.glyphs) != len(word.text):
        return [word]
    return [run_of(word.glyphs[:at]), run_of(word.glyphs[at:])]
