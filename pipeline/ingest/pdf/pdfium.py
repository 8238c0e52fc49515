"""What pdfium knows of a page: its characters where they stand, and the paths and pictures drawn around them.

The only module that calls the library. Everything it gives is in points from the top left corner of the page as a
reader sees it: cut to its crop box, and turned so that most of its characters stand upright.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import addressof, byref, c_double, c_float, c_int, c_uint, c_ulong, c_ushort, c_void_p
from dataclasses import dataclass, field
from functools import cache
from math import atan2, degrees, hypot
from typing import Any, NamedTuple

import pypdfium2_raw as raw

#: Forms within forms, objects of a page and points of a path beyond which a page is no document's.
_DEPTH, _OBJECTS, _POINTS = 8, 400_000, 2_000
#: Points up to which a filled rectangle is a rule, not an area.
_RULE = 3.0
#: Characters that show which way most of a page's text runs.
_SAMPLE = 64
#: Degrees by which a line of text may lean and still be upright.
_LEAN = 3.0
#: What the library gives for a character that it cannot name, and for the hyphen at the end of a line.
_NAMELESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
#: Stands in the text for a character that the PDF does not name.
UNMAPPED = "\ufffd"


class Colour(NamedTuple):
    red: int
    green: int
    blue: int
    alpha: int

    @property
    def lightness(self) -> float:
        """How light it is on white paper, from 0 (black) to 1."""
        own = (0.299 * self.red + 0.587 * self.green + 0.114 * self.blue) / 255
        return 1 - (1 - own) * self.alpha / 255


class Look(NamedTuple):
    """How characters are painted: the render mode of PDF (3 paints nothing), and the colour that it shows."""

    mode: int
    colour: Colour


@dataclass(slots=True)
class Row:
    """A baseline: ``base`` is its distance from the top of the page, ``size`` that of its font, both in points."""

    base: float
    size: float


class Glyph(NamedTuple):
    """A character where it is printed: its edges by advance width, its place among those of the page, and its baseline."""

    x0: float
    at: int
    x1: float
    char: str
    row: Row


class Shape(NamedTuple):
    """A path that is painted: its box, its straight edges (``x0, top, x1, bottom``) and its order.

    ``fill`` is what an area of it is filled with: a rectangle that is more than a rule.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    edges: tuple[tuple[float, float, float, float], ...]
    fill: Colour | None
    order: int


@dataclass(slots=True)
class Drawn:
    """A page as drawn. ``sideways`` holds the characters that do not stand upright, with their angle in degrees."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    sideways: list[tuple[Glyph, float]] = field(default_factory=list)
    looks: dict[int, Look] = field(default_factory=dict)
    owners: list[int | None] = field(default_factory=list)
    orders: dict[int, int] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)


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


def read_page(document: Any, index: int) -> Drawn | None:
    """Page ``index`` (from 0) as drawn; None where it is broken."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        return None
    text = raw.FPDFText_LoadPage(page)
    try:
        return _Reading(page, text).drawn()
    finally:
        if text:
            raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)


@cache
def _start() -> None:
    raw.FPDF_InitLibrary()


def _bound(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses: a page has thousands of characters, and pointers cost four times as much."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(getattr(raw, name), c_void_p).value)  # type: ignore[arg-type]


_object_of = _bound("FPDFText_GetTextObject", c_void_p, c_void_p, c_int)
_loose_box = _bound("FPDFText_GetLooseCharBox", c_int, c_void_p, c_int, c_void_p)
_has_no_name = _bound("FPDFText_HasUnicodeMapError", c_int, c_void_p, c_int)
_unicode = _bound("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
_is_hyphen = _bound("FPDFText_IsHyphen", c_int, c_void_p, c_int)
_text_matrix = _bound("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)
_font_size = _bound("FPDFText_GetFontSize", c_double, c_void_p, c_int)
_get_text = _bound("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p)
_render_mode = _bound("FPDFTextObj_GetTextRenderMode", c_int, c_void_p)
_fill_colour = _bound("FPDFPageObj_GetFillColor", c_int, *[c_void_p] * 5)
_stroke_colour = _bound("FPDFPageObj_GetStrokeColor", c_int, *[c_void_p] * 5)
_page_object = _bound("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
_form_object = _bound("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
_count_in_form = _bound("FPDFFormObj_CountObjects", c_int, c_void_p)
_type = _bound("FPDFPageObj_GetType", c_int, c_void_p)
_object_matrix = _bound("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p)
_draw_mode = _bound("FPDFPath_GetDrawMode", c_int, c_void_p, c_void_p, c_void_p)
_count_segments = _bound("FPDFPath_CountSegments", c_int, c_void_p)
_segment = _bound("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
_point = _bound("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
_segment_type = _bound("FPDFPathSegment_GetType", c_int, c_void_p)
_has_transparency = _bound("FPDFPageObj_HasTransparency", c_int, c_void_p)
_clip_path = _bound("FPDFPageObj_GetClipPath", c_void_p, c_void_p)
_count_clips = _bound("FPDFClipPath_CountPaths", c_int, c_void_p)
_count_clip_segments = _bound("FPDFClipPath_CountPathSegments", c_int, c_void_p, c_int)
_clip_segment = _bound("FPDFClipPath_GetPathSegment", c_void_p, c_void_p, c_int, c_int)
_closes = _bound("FPDFPathSegment_GetClose", c_int, c_void_p)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Reading:
    """One page while it is read."""

    def __init__(self, page: Any, text: Any) -> None:
        self.page = ctypes.cast(page, c_void_p).value
        self.text = ctypes.cast(text, c_void_p).value if text else None
        self.count = max(raw.FPDFText_CountChars(text), 0) if text else 0
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, byref(box))
        self.box = (box.left, box.bottom, box.right, box.top)
        self.turn = self._direction(int(raw.FPDFPage_GetRotation(page)) * 90)
        self.objects = int(raw.FPDFPage_CountObjects(page))

    def drawn(self) -> Drawn:
        left, bottom, right, top = self.box
        size = (right - left, top - bottom) if self.turn % 180 == 0 else (top - bottom, right - left)
        drawn = Drawn(*size)
        drawn.owners = [_object_of(self.text, at) for at in range(self.count)]
        self._read_glyphs(drawn)
        self._read_looks(drawn)
        self._read_objects(drawn, set(drawn.owners))
        return drawn

    def _direction(self, rotation: int) -> int:
        """The degrees by which the page is to be turned clockwise: as most characters ask, else as the page says."""
        step = max(self.count // _SAMPLE, 1)
        matrix = (c_float * 6)()
        found: Counter[int] = Counter()
        sampled = 0
        for at in range(0, self.count, step):
            if _object_of(self.text, at) and _text_matrix(self.text, at, addressof(matrix)):
                sampled += 1
                angle = degrees(atan2(matrix[1], matrix[0])) % 360
                quarter = round(angle / 90)
                if abs(angle - quarter * 90) <= _LEAN:
                    found[quarter % 4 * 90] += 1
        turn, often = found.most_common(1)[0] if found else (rotation, 0)
        return turn if often * 2 > sampled else rotation

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own space on the page as seen."""
        left, bottom, right, top = self.box
        if self.turn == 0:
            return x - left, top - y
        if self.turn == 90:
            return y - bottom, x - left
        if self.turn == 180:
            return right - x, y - bottom
        return top - y, right - x

    def _read_glyphs(self, drawn: Drawn) -> None:
        count = self.count
        boxes = (c_float * (4 * count + 4))()
        address = addressof(boxes)
        for at in range(count):
            _loose_box(self.text, at, address + 16 * at)
        flat = memoryview(boxes).cast("B").cast("f").tolist()
        starts, ends, across = self._along(flat, count)
        rows: dict[tuple[float, float], tuple[Row, float | None]] = {}
        glyphs = drawn.glyphs
        for at, char, owner, x0, x1, key in zip(
            range(count), self._characters(), drawn.owners, starts, ends, across, strict=True
        ):
            if owner is None:
                continue
            if (known := rows.get(key)) is None:
                # Characters of one font on one baseline share the edges above and below: its matrix is asked once.
                known = rows[key] = self._row(at)
            row, angle = known
            if angle is None:
                glyphs.append(Glyph(x0, at, x1, char, row))
            else:
                drawn.sideways.append((self._leaning(at, char, flat), angle))

    def _along(
        self, flat: list[float], count: int
    ) -> tuple[Sequence[float], Sequence[float], Sequence[tuple[float, float]]]:
        """Where each character begins and ends along its line, and its two edges across it (in the page's own space)."""
        lefts, tops, rights, bottoms = (flat[side : 4 * count : 4] for side in range(4))
        left, bottom, right, top = self.box
        if self.turn == 0:
            return [x - left for x in lefts], [x - left for x in rights], list(zip(tops, bottoms, strict=True))
        if self.turn == 90:
            return [y - bottom for y in bottoms], [y - bottom for y in tops], list(zip(lefts, rights, strict=True))
        if self.turn == 180:
            return [right - x for x in rights], [right - x for x in lefts], list(zip(tops, bottoms, strict=True))
        return [top - y for y in tops], [top - y for y in bottoms], list(zip(lefts, rights, strict=True))

    def _row(self, at: int) -> tuple[Row, float | None]:
        """The baseline of a character, and its angle where it does not stand upright on the page as seen."""
        matrix = (c_float * 6)()
        _text_matrix(self.text, at, addressof(matrix))
        a, b, c, d, x, y = matrix
        size = abs(_font_size(self.text, at)) * hypot(c, d)
        angle = (degrees(atan2(b, a)) - self.turn) % 360
        upright = min(angle, 360 - angle) <= _LEAN
        return Row(self.place(x, y)[1], size), None if upright else angle

    def _leaning(self, at: int, char: str, flat: list[float]) -> Glyph:
        """A character that does not stand upright, by the box around it."""
        left, top, right, bottom = flat[4 * at : 4 * at + 4]
        (x0, y0), (x1, y1) = self.place(left, top), self.place(right, bottom)
        low, high = sorted((y0, y1))
        return Glyph(min(x0, x1), at, max(x0, x1), char, Row(high, high - low))

    def _characters(self) -> Sequence[str]:
        """Each character as text, UNMAPPED where the PDF does not name it."""
        count, text = self.count, self.text
        if not count:
            return ""
        buffer = (c_ushort * (2 * count + 1))()
        length = max(_get_text(text, 0, count, addressof(buffer)) - 1, 0)
        whole = bytes(memoryview(buffer).cast("B")[: 2 * length]).decode("utf-16-le", "surrogatepass")
        chars = list(whole)
        if len(chars) != count:  # the library leaves control characters out
            chars = [chr(code) if (code := _unicode(text, at)) <= 0x10FFFF else UNMAPPED for at in range(count)]
        for at in range(count):
            if _has_no_name(text, at) == 1:
                chars[at] = UNMAPPED
        if _NAMELESS.search(whole) or len(whole) != count:
            for at, char in enumerate(chars):
                if _NAMELESS.match(char):
                    chars[at] = "-" if _is_hyphen(text, at) == 1 else UNMAPPED
        return chars

    def _read_looks(self, drawn: Drawn) -> None:
        """How each text object is painted, by its address."""
        owners = list(dict.fromkeys(owner for owner in drawn.owners if owner is not None))
        values = (c_uint * (4 * len(owners) + 4))()
        at = addressof(values)
        for owner in owners:
            _fill_colour(owner, at, at + 4, at + 8, at + 12)
            at += 16
        flat = memoryview(values).cast("B").cast("I").tolist()
        looks: dict[tuple[int, ...], Look] = {}
        for order, owner in enumerate(owners):
            key = (_render_mode(owner), *flat[4 * order : 4 * order + 4])
            if (look := looks.get(key)) is None:
                look = looks[key] = Look(key[0], Colour(*key[1:]))
            if look.mode in (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP):
                look = Look(look.mode, _colour(_stroke_colour, owner) or look.colour)
            drawn.looks[owner] = look

    def _read_objects(self, drawn: Drawn, texts: set[int | None]) -> None:
        """The paths and pictures of the page, in the order in which they are painted."""
        orders, seen = drawn.orders, 0
        for index in range(min(self.objects, _OBJECTS)):
            item = _page_object(self.page, index)
            orders[item] = seen
            seen += 1
            if item not in texts:
                seen = self._read_object(drawn, item, _IDENTITY, 0, seen)

    def _read_object(self, drawn: Drawn, item: int, matrix: Matrix, depth: int, seen: int) -> int:
        kind = _type(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._read_path(drawn, item, matrix, seen)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            own = _times(_matrix_of(item), matrix)
            corners = [self.place(*_apply(own, x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            xs, ys = zip(*corners, strict=True)
            drawn.pictures.append((min(xs), min(ys), max(xs), max(ys)))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inner = _times(_matrix_of(item), matrix)
            for index in range(_count_in_form(item)):
                if seen >= _OBJECTS:
                    break
                part = _form_object(item, index)
                drawn.orders[part] = seen
                seen = self._read_object(drawn, part, inner, depth + 1, seen + 1)
        return seen

    def _read_path(self, drawn: Drawn, item: int, matrix: Matrix, order: int) -> None:
        fills, strokes = c_int(), c_int()
        _draw_mode(item, addressof(fills), addressof(strokes))
        count = _count_segments(item)
        if not (fills.value or strokes.value) or not 2 <= count <= _POINTS:
            return
        own = _times(_matrix_of(item), matrix)
        parts = [[self.place(*_apply(own, x, y)) for x, y in part] for part in _parts_of(item, count)]
        points = [point for part in parts for point in part]
        if not points:
            return
        edges = tuple(edge for part in parts for edge in _straight(part))
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = (min(xs), min(ys), max(xs), max(ys))
        fill = None
        if fills.value and _is_rectangle(box, points) and min(box[2] - box[0], box[3] - box[1]) > _RULE:
            fill = _colour(_fill_colour, item)
            if fill and _has_transparency(item):
                fill = fill._replace(alpha=min(fill.alpha, 254))
            box = self._clipped(item, box, matrix)
        drawn.shapes.append(Shape(*box, edges, fill, order))

    def _clipped(
        self, item: int, box: tuple[float, float, float, float], matrix: Matrix
    ) -> tuple[float, float, float, float]:
        """The part of a box that the clip paths of its object leave."""
        x0, top, x1, bottom = box
        clip = _clip_path(item)
        pair = (c_float * 2)()
        for path in range(max(_count_clips(clip), 0) if clip else 0):
            points = []
            for index in range(min(_count_clip_segments(clip, path), _POINTS)):
                _point(_clip_segment(clip, path, index), addressof(pair), addressof(pair) + 4)
                points.append(self.place(*_apply(matrix, pair[0], pair[1])))
            if points:
                xs, ys = zip(*points, strict=True)
                x0, top, x1, bottom = max(x0, min(xs)), max(top, min(ys)), min(x1, max(xs)), min(bottom, max(ys))
        return x0, top, x1, bottom


def _is_rectangle(box: tuple[float, float, float, float], points: Sequence[tuple[float, float]]) -> bool:
    x0, top, x1, bottom = box
    return len(points) >= 4 and all(
        min(abs(x - x0), abs(x - x1)) < 0.1 and min(abs(y - top), abs(y - bottom)) < 0.1 for x, y in points
    )


def _parts_of(item: int, count: int) -> list[list[tuple[float, float]]]:
    """The lines of a path, each a list of points; curves are left out as gaps."""
    parts: list[list[tuple[float, float]]] = []
    pair = (c_float * 2)()
    x_at, y_at = addressof(pair), addressof(pair) + 4
    for index in range(count):
        segment = _segment(item, index)
        _point(segment, x_at, y_at)
        point = (pair[0], pair[1])
        kind = _segment_type(segment)
        if kind == raw.FPDF_SEGMENT_LINETO and parts:
            parts[-1].append(point)
        else:
            parts.append([point])
        if kind == raw.FPDF_SEGMENT_LINETO and _closes(segment) and parts[-1][0] != point:
            parts[-1].append(parts[-1][0])
    return parts


def _straight(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float, float, float]]:
    """The upright and level edges between ``points``, a point long at least."""
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        across, down = abs(x1 - x0), abs(y1 - y0)
        if max(across, down) >= 1 and min(across, down) <= 0.02 * max(across, down) + 0.1:
            if across > down:
                yield min(x0, x1), (y0 + y1) / 2, max(x0, x1), (y0 + y1) / 2
            else:
                yield (x0 + x1) / 2, min(y0, y1), (x0 + x1) / 2, max(y0, y1)


def _colour(ask: Any, item: int) -> Colour | None:
    values = (c_uint * 4)()
    at = addressof(values)
    return Colour(*values) if ask(item, at, at + 4, at + 8, at + 12) else None


def _matrix_of(item: int) -> Matrix:
    values = (c_float * 6)()
    return tuple(values) if _object_matrix(item, addressof(values)) else _IDENTITY  # type: ignore[return-value]


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First ``one``, then ``other``."""
    if other == _IDENTITY:
        return one
    a, b, c, d, e, f = one
    (x, y) = _apply(other, e, f)
    return (
        a * other[0] + b * other[2],
        a * other[1] + b * other[3],
        c * other[0] + d * other[2],
        c * other[1] + d * other[3],
        x,
        y,
    )
