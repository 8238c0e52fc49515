"""pdfium, the PDF library of Chromium: opening documents, and those of its functions that pages are read with."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_double, c_int, c_uint, c_ulong, c_void_p
from functools import cache
from typing import Any

import pypdfium2_raw as raw


class Unreadable(ValueError):
    """pdfium cannot open the bytes; ``locked`` where only a password is missing."""

    def __init__(self, locked: bool, code: int) -> None:
        super().__init__(f"error {code}")
        self.locked = locked


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The document in ``data``. Raises Unreadable. One at a time: pdfium knows no threads."""
    _start()
    document = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        code = raw.FPDF_GetLastError()
        raise Unreadable(code == raw.FPDF_ERR_PASSWORD, code)
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def count_pages(document: Any) -> int:
    return int(raw.FPDF_GetPageCount(document))


@contextmanager
def opened_page(document: Any, index: int) -> Iterator[tuple[Any, Any]]:
    """Page ``index`` (from 0), and its text where it has any. Raises Unreadable."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise Unreadable(False, raw.FPDF_GetLastError())
    text = raw.FPDFText_LoadPage(page)
    try:
        yield page, text
    finally:
        if text:
            raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)


@cache
def _start() -> None:
    raw.FPDF_InitLibrary()


#: An address as an argument that is made once and passed often.
pointer: Callable[[int | None], Any] = c_void_p.from_param


def scratch(kind: Any, count: int) -> tuple[Any, list[Any]]:
    """Room for ``count`` values that functions write to, and pointers to each of them."""
    held = (kind * count)()
    start, step = ctypes.addressof(held), ctypes.sizeof(kind)
    return held, [pointer(start + step * at) for at in range(count)]


def _bound(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses: a page has thousands of characters, and pointers cost four times as much.

    One without ``arguments`` takes a ``pointer`` and small numbers as they are, which costs half of it again.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(getattr(raw, name), c_void_p).value)  # type: ignore[arg-type]


# Of the text of a page, by the number of the character.
object_of = _bound("FPDFText_GetTextObject", c_void_p)
loose_box = _bound("FPDFText_GetLooseCharBox", c_int)
has_no_name = _bound("FPDFText_HasUnicodeMapError", c_int)
unicode = _bound("FPDFText_GetUnicode", c_uint)
is_hyphen = _bound("FPDFText_IsHyphen", c_int)
text_matrix = _bound("FPDFText_GetMatrix", c_int)
font_size = _bound("FPDFText_GetFontSize", c_double)
get_text = _bound("FPDFText_GetText", c_int)
page_object = _bound("FPDFPage_GetObject", c_void_p)
font_of = _bound("FPDFTextObj_GetFont", c_void_p, c_void_p)
render_mode = _bound("FPDFTextObj_GetTextRenderMode", c_int)
fill_colour = _bound("FPDFPageObj_GetFillColor", c_int)
stroke_colour = _bound("FPDFPageObj_GetStrokeColor", c_int)
form_object = _bound("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
count_in_form = _bound("FPDFFormObj_CountObjects", c_int, c_void_p)
object_type = _bound("FPDFPageObj_GetType", c_int, c_void_p)
object_bounds = _bound("FPDFPageObj_GetBounds", c_int, *[c_void_p] * 5)
object_matrix = _bound("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p)
draw_mode = _bound("FPDFPath_GetDrawMode", c_int, c_void_p, c_void_p, c_void_p)
count_segments = _bound("FPDFPath_CountSegments", c_int, c_void_p)
segment = _bound("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
segment_point = _bound("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
segment_type = _bound("FPDFPathSegment_GetType", c_int, c_void_p)
has_transparency = _bound("FPDFPageObj_HasTransparency", c_int, c_void_p)
clip_path = _bound("FPDFPageObj_GetClipPath", c_void_p, c_void_p)
count_clips = _bound("FPDFClipPath_CountPaths", c_int, c_void_p)
count_clip_segments = _bound("FPDFClipPath_CountPathSegments", c_int, c_void_p, c_int)
clip_segment = _bound("FPDFClipPath_GetPathSegment", c_void_p, c_void_p, c_int, c_int)
segment_closes = _bound("FPDFPathSegment_GetClose", c_int, c_void_p)
is_embedded = _bound("FPDFFont_GetIsEmbedded", c_int, c_void_p)
set_active = _bound("FPDFPageObj_SetIsActive", c_int, c_void_p, c_int)
count_marks = _bound("FPDFPageObj_CountMarks", c_int, c_void_p)
mark = _bound("FPDFPageObj_GetMark", c_void_p, c_void_p, c_ulong)
_mark_name = _bound("FPDFPageObjMark_GetName", c_int, c_void_p, c_void_p, c_ulong, c_void_p)

_NAME, _NAME_AT = scratch(ctypes.c_uint16, 64)
_LENGTH, _LENGTH_AT = scratch(c_ulong, 1)


def name_of_mark(mark: int) -> str:
    """What a mark of page content is called; empty where that is long."""
    if not _mark_name(mark, _NAME_AT[0], ctypes.sizeof(_NAME), _LENGTH_AT[0]):
        return ""
    return bytes(_NAME)[: max(_LENGTH[0] - 2, 0)].decode("utf-16-le", "replace")
