"""What pdfium knows of a page: its characters where they stand, and the paths and pictures drawn around them.

The only module that calls the library. Everything it gives is in points from the top left corner of the page as a
reader sees it: cut to its crop box, and turned so that most of its characters stand upright.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import addressof, byref, c_double, c_float, c_int, c_uint, c_ulong, c_ushort, c_void_p
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import repeat
from math import atan2, degrees, hypot
from typing import Any, NamedTuple

import pypdfium2_raw as raw

#: Forms within forms, objects of a page and points of a path beyond which a page is no document's.
_DEPTH, _OBJECTS, _POINTS = 8, 400_000, 2_000
#: Points up to which a filled rectangle is a rule, not an area.
_RULE = 3.0
#: Characters that show which way most of a page's text runs.
_SAMPLE = 24
#: The share of characters without a name above which a font's other names are not believed.
_CHANCE = 0.1
#: Degrees by which a line of text may lean and still be upright.
_LEAN = 3.0
#: Render modes that paint only the outline of characters.
_STROKED = (1, 5)
#: What the library gives for a character that it cannot name, and for the hyphen at the end of a line.
_NAMELESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_BLANK = frozenset(" \r\n\t\f\v\u00a0\u3000")
#: Letters and signs that the codes of a font without names pass for.
_ODD = re.compile("[¡-¦¨-¯²-¶¸-ÖØ-öø-ɏʰ-˿]")
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


_PLAIN = Look(0, Colour(0, 0, 0, 255))


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
def page_of(document: Any, index: int) -> Iterator[Drawn]:
    """Page ``index`` (from 0) as drawn, while it is open. Raises Unreadable."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise Unreadable(False, raw.FPDF_GetLastError())
    text = raw.FPDFText_LoadPage(page)
    try:
        yield Drawn(page, text)
    finally:
        if text:
            raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)


@cache
def _start() -> None:
    raw.FPDF_InitLibrary()


def _bound(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses: a page has thousands of characters, and pointers cost four times as much."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(getattr(raw, name), c_void_p).value)  # type: ignore[arg-type]


_object_of = _bound("FPDFText_GetTextObject", c_void_p, c_void_p, c_int)
_loose_box = _bound("FPDFText_GetLooseCharBox", c_int, c_void_p, c_int, c_void_p)
_has_no_name = _bound("FPDFText_HasUnicodeMapError", c_int, c_void_p, c_int)
_unicode = _bound("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
_is_hyphen = _bound("FPDFText_IsHyphen", c_int, c_void_p, c_int)
_text_matrix = _bound("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)
_font_size = _bound("FPDFText_GetFontSize", c_double, c_void_p, c_int)
_get_text = _bound("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p)
_font_of = _bound("FPDFTextObj_GetFont", c_void_p, c_void_p)
_render_mode = _bound("FPDFTextObj_GetTextRenderMode", c_int, c_void_p)
_fill_colour = _bound("FPDFPageObj_GetFillColor", c_int, *[c_void_p] * 5)
_stroke_colour = _bound("FPDFPageObj_GetStrokeColor", c_int, *[c_void_p] * 5)
_page_object = _bound("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
_form_object = _bound("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
_count_in_form = _bound("FPDFFormObj_CountObjects", c_int, c_void_p)
_type = _bound("FPDFPageObj_GetType", c_int, c_void_p)
_bounds = _bound("FPDFPageObj_GetBounds", c_int, *[c_void_p] * 5)
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


class Drawn:
    """A page as drawn, while it is open.

    ``sideways`` holds the characters that do not stand upright, with their angle in degrees. ``looks`` are all the ways
    in which its texts are painted.
    """

    def __init__(self, page: Any, text: Any) -> None:
        self._page = ctypes.cast(page, c_void_p).value
        self._text = ctypes.cast(text, c_void_p).value if text else None
        self._count = max(raw.FPDFText_CountChars(text), 0) if text else 0
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, byref(box))
        self._box = (box.left, box.bottom, box.right, box.top)
        self._turn = self._direction(int(raw.FPDFPage_GetRotation(page)) * 90)
        size = box.right - box.left, box.top - box.bottom
        self.width, self.height = size if self._turn % 180 == 0 else size[::-1]
        self.sideways: list[tuple[Glyph, float]] = []
        self.glyphs = self._read_glyphs()
        self.shapes: list[Shape] = []
        self.pictures: list[tuple[float, float, float, float]] = []
        self.looks: set[Look] = set()
        self.first_text = _OBJECTS
        self._painted: list[tuple[Sequence[int], Sequence[Look]]] = []
        self._in_forms: dict[int, int] = {}
        self._items: Sequence[int] = ()
        self._read_objects(int(raw.FPDFPage_CountObjects(page)))

    @cached_property
    def owners(self) -> Sequence[int | None]:
        """The address of the text object of each character."""
        return [_object_of(self._text, at) for at in range(self._count)]

    @cached_property
    def _look_of(self) -> dict[int, Look]:
        return {text: look for texts, looks in self._painted for text, look in zip(texts, looks, strict=True)}

    @cached_property
    def _order_of(self) -> dict[int, int]:
        return dict(zip(self._items, range(len(self._items)), strict=True)) | self._in_forms

    def look(self, glyph: Glyph) -> Look:
        """How a character is painted."""
        return self._look_of.get(self.owners[glyph.at] or 0, _PLAIN)

    def order(self, glyph: Glyph) -> int:
        """When a character is painted."""
        return self._order_of.get(self.owners[glyph.at] or 0, 0)

    def _direction(self, rotation: int) -> int:
        """The degrees by which the page is to be turned clockwise: as most characters ask, else as the page says."""
        step = max(self._count // _SAMPLE, 1)
        matrix = (c_float * 6)()
        found: Counter[int] = Counter()
        sampled = 0
        for at in range(0, self._count, step):
            if _object_of(self._text, at) and _text_matrix(self._text, at, addressof(matrix)):
                sampled += 1
                angle = degrees(atan2(matrix[1], matrix[0])) % 360
                quarter = round(angle / 90)
                if abs(angle - quarter * 90) <= _LEAN:
                    found[quarter % 4 * 90] += 1
        turn, often = found.most_common(1)[0] if found else (rotation, 0)
        return turn if often * 2 > sampled else rotation

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own space on the page as seen."""
        left, bottom, right, top = self._box
        if self._turn == 0:
            return x - left, top - y
        if self._turn == 90:
            return y - bottom, x - left
        if self._turn == 180:
            return right - x, y - bottom
        return top - y, right - x

    def _read_glyphs(self) -> list[Glyph]:
        """The characters that stand upright; the others go to ``sideways``."""
        count, text, ask = self._count, self._text, _loose_box
        boxes = (c_float * (4 * count + 4))()
        for at, address in enumerate(range(addressof(boxes), addressof(boxes) + 16 * count, 16)):
            ask(text, at, address)
        flat: list[float] = memoryview(boxes).cast("B").cast("f").tolist()  # type: ignore[assignment]
        starts, ends, across = self._along(flat)
        chars = self._characters()
        # Characters of one font on one baseline share the edges above and below: only one is asked for its matrix.
        samples = {key: at for at, key, char in zip(range(count), across, chars, strict=True) if char not in _BLANK}
        rows = {key: self._row(at) for key, at in samples.items()}
        turned = {key: angle for key, (_, angle) in rows.items() if angle is not None}
        if turned:
            self.sideways = [
                (self._leaning(at, chars[at], flat), turned[key]) for at, key in enumerate(across) if key in turned
            ]
        upright = {key: row for key, (row, angle) in rows.items() if angle is None}
        every = zip(starts, range(count), ends, chars, map(upright.get, across), strict=True)
        # Spaces that the library adds between words and lines stand on no baseline.
        return [glyph for glyph in map(partial(tuple.__new__, Glyph), every) if glyph[4] is not None]

    def _along(self, flat: list[float]) -> tuple[Iterable[float], Iterable[float], list[tuple[float, float]]]:
        """Where each character begins and ends along its line, and its two edges across it (in the page's own space)."""
        lefts, tops, rights, bottoms = (flat[side : 4 * self._count : 4] for side in range(4))
        left, bottom, right, top = self._box
        if self._turn == 0:
            if left:
                lefts, rights = [x - left for x in lefts], [x - left for x in rights]
            return lefts, rights, list(zip(tops, bottoms, strict=True))
        if self._turn == 90:
            return [y - bottom for y in bottoms], [y - bottom for y in tops], list(zip(lefts, rights, strict=True))
        if self._turn == 180:
            return [right - x for x in rights], [right - x for x in lefts], list(zip(tops, bottoms, strict=True))
        return [top - y for y in tops], [top - y for y in bottoms], list(zip(lefts, rights, strict=True))

    def _row(self, at: int) -> tuple[Row, float | None]:
        """The baseline of a character, and its angle where it does not stand upright on the page as seen."""
        matrix = (c_float * 6)()
        _text_matrix(self._text, at, addressof(matrix))
        a, b, c, d, x, y = matrix
        size = abs(_font_size(self._text, at)) * hypot(c, d)
        angle = (degrees(atan2(b, a)) - self._turn) % 360
        upright = min(angle, 360 - angle) <= _LEAN
        return Row(self._place(x, y)[1], size), None if upright else angle

    def _leaning(self, at: int, char: str, flat: list[float]) -> Glyph:
        """A character that does not stand upright, by the box around it."""
        left, top, right, bottom = flat[4 * at : 4 * at + 4]
        (x0, y0), (x1, y1) = self._place(left, top), self._place(right, bottom)
        low, high = sorted((y0, y1))
        return Glyph(min(x0, x1), at, max(x0, x1), char, Row(high, high - low))

    def _characters(self) -> Sequence[str]:
        """Each character as text, UNMAPPED where the PDF does not name it."""
        count, text = self._count, self._text
        if not count:
            return ""
        buffer = (c_ushort * (2 * count + 1))()
        length = max(_get_text(text, 0, count, addressof(buffer)) - 1, 0)
        whole = bytes(memoryview(buffer).cast("B")[: 2 * length]).decode("utf-16-le", "surrogatepass")
        chars = list(whole)
        if len(chars) != count:  # the library leaves control characters out
            chars = [chr(code) if (code := _unicode(text, at)) <= 0x10FFFF else UNMAPPED for at in range(count)]
        if 1 in (nameless := list(map(_has_no_name, repeat(text, count), range(count)))):
            chars = [UNMAPPED if error == 1 else char for char, error in zip(chars, nameless, strict=True)]
        if len(whole) != count or _NAMELESS.search(whole):
            for at, char in enumerate(chars):
                if _NAMELESS.match(char):
                    chars[at] = "-" if _is_hyphen(text, at) == 1 else UNMAPPED
        if UNMAPPED in chars or _ODD.search(whole):
            for at in self._doubted(chars):
                chars[at] = UNMAPPED
        return chars

    def _doubted(self, chars: Sequence[str]) -> Iterator[int]:
        """The characters in fonts that name several by nothing or by letters that no disclosure has: what they name the
        others by is chance, digits above all."""
        by_font: dict[int, list[int]] = {}
        for at, owner in enumerate(self.owners):
            if owner is not None and (font := _font_of(owner)):
                by_font.setdefault(font, []).append(at)
        for places in by_font.values():
            if sum(chars[at] == UNMAPPED or _ODD.match(chars[at]) is not None for at in places) > _CHANCE * len(places):
                yield from (at for at in places if chars[at] not in _BLANK)

    def _read_objects(self, count: int) -> None:
        """The paths and pictures of the page, and how its texts are painted."""
        count = min(count, _OBJECTS)
        items = list(map(_page_object, repeat(self._page, count), range(count)))
        modes = list(map(_render_mode, items))
        self._items, seen = items, count
        texts = [item for item, mode in zip(items, modes, strict=True) if mode >= 0]
        if texts:
            self.first_text = next(order for order, mode in enumerate(modes) if mode >= 0)
            self._read_looks(texts)
        if len(texts) < count:
            for order, mode in enumerate(modes):
                if mode < 0:
                    seen = self._read_object(items[order], _IDENTITY, 0, order, seen)

    def _read_looks(self, texts: Sequence[int]) -> None:
        count, ask = len(texts), _fill_colour
        values = (c_uint * (4 * count + 4))()
        at = addressof(values)
        for text in texts:
            ask(text, at, at + 4, at + 8, at + 12)
            at += 16
        flat = memoryview(values).cast("B").cast("I").tolist()
        painted = list(zip(map(_render_mode, texts), *(flat[part : 4 * count : 4] for part in range(4)), strict=True))
        look_of = {key: Look(key[0], Colour(*key[1:])) for key in set(painted)}
        looks = [look_of[key] for key in painted]
        if any(look.mode in _STROKED for look in look_of.values()):
            for order, look in enumerate(looks):
                if look.mode in _STROKED:
                    looks[order] = Look(look.mode, _colour(_stroke_colour, texts[order]) or look.colour)
        self.looks.update(looks)
        self._painted.append((texts, looks))

    def _read_object(self, item: int, matrix: Matrix, depth: int, order: int, seen: int) -> int:
        """Read an object that is painted at ``order``; returns how many objects of the page have been seen."""
        kind = _type(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._read_path(item, matrix, order)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            own = _times(_matrix_of(item), matrix)
            corners = [self._place(*_apply(own, x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            xs, ys = zip(*corners, strict=True)
            self.pictures.append((min(xs), min(ys), max(xs), max(ys)))
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            self.first_text = min(self.first_text, order)
            self._read_looks([item])
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inner = _times(_matrix_of(item), matrix)
            for index in range(min(_count_in_form(item), _OBJECTS - seen)):
                part = _form_object(item, index)
                self._in_forms[part] = order  # all that a form paints is painted when the form is
                seen = self._read_object(part, inner, depth + 1, order, seen + 1)
        return seen

    def _read_path(self, item: int, matrix: Matrix, order: int) -> None:
        numbers = (c_int * 2)()
        at = addressof(numbers)
        _draw_mode(item, at, at + 4)
        fills, strokes = numbers
        if not (fills or strokes):
            return
        bounds = (c_float * 4)()
        at = addressof(bounds)
        _bounds(item, at, at + 4, at + 8, at + 12)
        left, bottom, right, top = bounds
        (xa, ya), (xb, yb) = self._place(*_apply(matrix, left, bottom)), self._place(*_apply(matrix, right, top))
        box = (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
        if not strokes and min(box[2] - box[0], box[3] - box[1]) <= _RULE:
            # Whatever its points are, it is seen as a rule. The box of one that is stroked is wider than the rule is long.
            self.shapes.append(Shape(*box, _middle_of(box), None, order))
            return
        parts = self._points(item, matrix)
        edges = tuple(edge for part in parts for edge in _straight(part))
        fill = None
        if fills and _is_rectangle(box, parts):
            fill = _colour(_fill_colour, item)
            if fill and _has_transparency(item):
                fill = fill._replace(alpha=min(fill.alpha, 254))
            box = self._clipped(item, box, matrix)
        self.shapes.append(Shape(*box, edges, fill, order))

    def _points(self, item: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
        """The points of a path, as lines of them; none of a drawing of very many."""
        count = _count_segments(item)
        if count > _POINTS:
            return []
        own = _times(_matrix_of(item), matrix)
        return [[self._place(*_apply(own, x, y)) for x, y in part] for part in _parts_of(item, count)]

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
                points.append(self._place(*_apply(matrix, pair[0], pair[1])))
            if points:
                xs, ys = zip(*points, strict=True)
                x0, top, x1, bottom = max(x0, min(xs)), max(top, min(ys)), min(x1, max(xs)), min(bottom, max(ys))
        return x0, top, x1, bottom


def _middle_of(box: tuple[float, float, float, float]) -> tuple[tuple[float, float, float, float], ...]:
    """The rule that a thin box is, along its middle; none where it is a dot."""
    x0, top, x1, bottom = box
    if max(x1 - x0, bottom - top) < 1:
        return ()
    if x1 - x0 > bottom - top:
        return ((x0, (top + bottom) / 2, x1, (top + bottom) / 2),)
    return (((x0 + x1) / 2, top, (x0 + x1) / 2, bottom),)


def _is_rectangle(box: tuple[float, float, float, float], parts: Sequence[Sequence[tuple[float, float]]]) -> bool:
    """Whether a path with this box is one rectangle, whose sides are upright and level."""
    if len(parts) != 1 or len(parts[0]) < 4:
        return False
    x0, top, x1, bottom = box
    near = _RULE / 2
    return all(min(abs(x - x0), abs(x - x1)) < near and min(abs(y - top), abs(y - bottom)) < near for x, y in parts[0])


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
    return tuple(values) if _object_matrix(item, addressof(values)) else _IDENTITY


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
