"""A page as it is drawn: its characters where they stand, and the paths and pictures around them.

Everything is in points from the top left corner of the page as a reader sees it: cut to its crop box, and turned so that
most of its characters stand upright.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_float, c_ubyte, c_uint, c_ushort, c_void_p
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from math import atan2, degrees, hypot
from operator import itemgetter
from statistics import median
from struct import Struct
from typing import Any, NamedTuple

import pypdfium2_raw as raw

from pipeline.ingest.pdf import pdfium
from pipeline.ingest.pdf.shapes import (
    Box,
    Colour,
    Matrix,
    Shape,
    applied,
    clipped,
    colour_of,
    inverse,
    is_opaque,
    matrix_of,
    picture_box,
    read_shape,
    times,
)

#: Forms within forms, and objects of a page, beyond which a page is no document's.
_DEPTH, _OBJECTS = 8, 400_000
#: Characters that show which way most of a page's text runs.
_SAMPLE = 24
#: The share of characters without a name above which a font's other names are not believed.
_CHANCE = 0.1
#: Degrees by which a line of text may lean and still be upright.
_LEAN = 3.0
#: Render modes that paint only the outline of characters, and that paint nothing.
_STROKED, _UNPAINTED = (1, 5), (3, 7)
#: Objects before a text among which the library looks for the same text, to leave the later one out.
_BEFORE = 5
#: What the library gives for a character that it cannot name, and for the hyphen at the end of a line.
_NAMELESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_BLANK = frozenset(" \r\n\t\f\v\u00a0\u3000")
#: Letters and signs that the codes of a font without names pass for.
_ODD = re.compile("[¡-¦¨-¯²-¶¸-ÖØ-öø-ɏʰ-˿]")
#: Dots an inch at which it is looked for what is seen, and points of the longer side of a page that is drawn that fine.
_FINE, _LARGE = 144, 1700.0
#: Stands in the text for a character that the PDF does not name.
UNMAPPED = "\ufffd"


class Look(NamedTuple):
    """How characters are painted: the render mode of PDF (3 paints nothing), and the colour that it shows."""

    mode: int
    colour: Colour

    @property
    def paints(self) -> bool:
        return self.mode not in _UNPAINTED and self.colour.alpha > 0


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


def _is_near(one: Box, other: Box) -> bool:
    """Whether two boxes are as large as each other, and apart by less than half of their height."""
    half = (one[3] - one[1]) / 2
    return all(abs(a - b) < half for a, b in zip(one, other, strict=True))


#: Where the library writes what it is asked for: a box, a matrix, the parts of a colour.
_BOX, _BOX_AT = pdfium.scratch(c_float, 4)
_MATRIX = pdfium.scratch(c_float, 6)
_COLOUR, _COLOUR_AT = pdfium.scratch(c_uint, 4)
_SIX, _FOUR = Struct("6f"), Struct("4I")


def _answers(calls: Iterable[int], held: Any) -> Iterator[tuple[int, bytes]]:
    """What each of ``calls`` of the library returns, and the bytes that it leaves in ``held``.

    A page has thousands of characters and texts, and a loop costs twice as much.
    """
    return zip(calls, iter(memoryview(held).cast("B").tobytes, b""))


@contextmanager
def page_of(document: Any, index: int) -> Iterator[Drawn]:
    """Page ``index`` (from 0) as drawn, while it is open. Raises pdfium.Unreadable."""
    with pdfium.opened_page(document, index) as (page, text):
        yield Drawn(document, page, text)


class Drawn:
    """A page as drawn, while it is open.

    ``sideways`` holds the characters that do not stand upright, with their angle in degrees. ``looks`` are all the ways
    in which its texts are painted.
    """

    def __init__(self, document: Any, page: Any, text: Any) -> None:
        self._document, self._handle = document, page
        self._page = pdfium.pointer(ctypes.cast(page, c_void_p).value)
        self._text = pdfium.pointer(ctypes.cast(text, c_void_p).value if text else None)
        self._count = max(raw.FPDFText_CountChars(text), 0) if text else 0
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, byref(box))
        self._box = (box.left, box.bottom, box.right, box.top)
        self._rotation = int(raw.FPDFPage_GetRotation(page)) * 90
        self._turn = self._direction(self._rotation)
        self._matrix = self._placing()
        size = box.right - box.left, box.top - box.bottom
        self.width, self.height = size if self._turn % 180 == 0 else size[::-1]
        self.sideways: list[tuple[Glyph, float]] = []
        self.shapes: list[Shape] = []
        self.pictures: list[Box] = []
        self._pictures: list[tuple[int, int]] = []
        self.looks: set[Look] = set()
        self.first_text = _OBJECTS
        self._painted: list[tuple[Sequence[int], Sequence[Look]]] = []
        self._in_forms: dict[int, int] = {}
        self._placed: dict[int, Matrix] = {}
        self._layers: dict[int, bool] = {}
        self._clips: dict[tuple[int | None, ...], Box] = {}
        self._items: Sequence[int] = ()
        self._read_objects(int(raw.FPDFPage_CountObjects(page)))
        self.glyphs = self._read_glyphs()

    @cached_property
    def usual_size(self) -> float:
        """How large most writing of the page is, upright or sideways."""
        sizes = [glyph.row.size for glyph in self.glyphs] + [glyph.row.size for glyph, _ in self.sideways]
        return median(sizes) if sizes else 0.0

    @cached_property
    def owners(self) -> Sequence[int | None]:
        """The address of the text object of each character."""
        return [pdfium.object_of(self._text, at) for at in range(self._count)]

    @cached_property
    def _look_of(self) -> dict[int, Look]:
        return {text: look for texts, looks in self._painted for text, look in zip(texts, looks, strict=True)}

    @cached_property
    def _order_of(self) -> dict[int, int]:
        return dict(zip(self._items, range(len(self._items)), strict=True)) | self._in_forms

    def look(self, glyph: Glyph) -> Look:
        """How a character is painted."""
        return self._look_of.get(self._seen_text(glyph), _PLAIN)

    def order(self, glyph: Glyph) -> int:
        """When a character is painted."""
        return self._order_of.get(self._seen_text(glyph), 0)

    def _seen_text(self, glyph: Glyph) -> int:
        """The address of the text that paints a character on top."""
        owner = self.owners[glyph.at] or 0
        return self._copies.get(owner, owner)

    @cached_property
    def _copies(self) -> dict[int, int]:
        """The texts that are painted once more on top, as above a shadow, with the later one: the library leaves its characters out."""
        found: dict[int, int] = {}
        owning = set(self.owners)
        before: deque[tuple[int, Box]] = deque(maxlen=_BEFORE)
        for item in self._look_of:
            pdfium.object_bounds(item, *_BOX_AT)
            left, bottom, right, top = _BOX[:]
            box = left, bottom, right, top
            if item in owning:
                before.append((item, box))
            else:
                found |= {one: item for one, other in before if _is_near(box, other)}
        return found

    def later_pictures(self) -> list[tuple[Box, int, int]]:
        """The pictures that are painted after some text: their boxes, when they are painted, and their addresses."""
        every = zip(self.pictures, self._pictures, strict=True)
        return [(box, order, item) for box, (item, order) in every if order > self.first_text]

    def hides(self, picture: int) -> bool:
        """Whether a picture hides what it is painted over."""
        return is_opaque(self._document, self._handle, picture)

    def is_optional(self, glyph: Glyph) -> bool:
        """Whether a character belongs to a layer that may be off, or to a form that may; its font comes with the file.

        Without the font nothing can be told from how the page is drawn here.
        """
        item = pdfium.object_of(self._text, glyph.at)
        if not item or not (item in self._in_forms or self._in_layer(item)):
            return False
        return bool(pdfium.is_embedded(pdfium.font_of(item)) == 1)

    def _in_layer(self, item: int) -> bool:
        marks = [pdfium.mark(item, at) for at in range(max(pdfium.count_marks(item), 0))]
        for mark in marks:
            if mark not in self._layers:
                self._layers[mark] = pdfium.name_of_mark(mark) == "OC"
        return any(self._layers[mark] for mark in marks)

    def shown(self) -> Callable[[Glyph], bool]:
        """What tells whether a character is seen: the page looks the same without its texts where none is."""
        resolution = round(_FINE * min(1.0, _LARGE / max(self.width, self.height)))
        texts = [text for held, _ in self._painted for text in held]
        drawn, width, height = self.picture(resolution)
        for text in texts:
            pdfium.set_active(text, 0)
        bare, _, _ = self.picture(resolution)
        for text in texts:
            pdfium.set_active(text, 1)
        scale = resolution / 72

        def is_seen(glyph: Glyph) -> bool:
            left, right = (min(max(round(x * scale), 0), width) for x in (glyph.x0, glyph.x1))
            top = max(round((glyph.row.base - glyph.row.size) * scale), 0)
            bottom = min(round(glyph.row.base * scale) + 1, height)
            rows = (slice(3 * (y * width + left), 3 * (y * width + right)) for y in range(top, bottom))
            return any(drawn[row] != bare[row] for row in rows)

        return is_seen

    def leaves(self, glyph: Glyph) -> Box | None:
        """The part of the page that clip paths leave to the text of a character; None where it has none."""
        item = pdfium.object_of(self._text, glyph.at)
        if not item or item in self._in_forms:
            return None
        clip = pdfium.clip_path(item)
        # Where texts share their clip paths, these are the same in memory.
        paths = tuple([pdfium.clip_segment(clip, path, 0) for path in range(max(pdfium.count_clips(clip), 0))])
        if not paths:
            return None
        if paths not in self._clips:
            self._clips[paths] = clipped(item, (0.0, 0.0, self.width, self.height), self._matrix)
        return self._clips[paths]

    def picture(self, resolution: int) -> tuple[bytearray, int, int]:
        """The page at so many dots an inch: its pixels (blue, green, red), row by row, its width and its height."""
        width, height = (max(round(side * resolution / 72), 1) for side in (self.width, self.height))
        pixels = bytearray(b"\xff") * (3 * width * height)
        held = (c_ubyte * len(pixels)).from_buffer(pixels)
        bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, held, 3 * width)
        quarters = (self._turn - self._rotation) // 90 % 4
        raw.FPDF_RenderPageBitmap(bitmap, self._handle, 0, 0, width, height, quarters, raw.FPDF_ANNOT)
        raw.FPDFBitmap_Destroy(bitmap)
        return pixels, width, height

    def _direction(self, rotation: int) -> int:
        """The degrees by which the page is to be turned clockwise: as most characters ask, else as the page says."""
        step = max(self._count // _SAMPLE, 1)
        found: Counter[int] = Counter()
        sampled = 0
        for at in range(0, self._count, step):
            if pdfium.object_of(self._text, at) and (matrix := self._matrix_of(at)):
                sampled += 1
                angle = degrees(atan2(matrix[1], matrix[0])) % 360
                quarter = round(angle / 90)
                if abs(angle - quarter * 90) <= _LEAN:
                    found[quarter % 4 * 90] += 1
        turn, often = found.most_common(1)[0] if found else (rotation, 0)
        return turn if often * 2 > sampled else rotation

    def _placing(self) -> Matrix:
        """What turns and moves the page's own space to the page as seen."""
        left, bottom, right, top = self._box
        if self._turn == 0:
            return 1.0, 0.0, 0.0, -1.0, -left, top
        if self._turn == 90:
            return 0.0, 1.0, 1.0, 0.0, -bottom, -left
        if self._turn == 180:
            return -1.0, 0.0, 0.0, 1.0, right, -bottom
        return 0.0, -1.0, -1.0, 0.0, top, right

    def _read_glyphs(self) -> list[Glyph]:
        """The characters that stand upright; the others go to ``sideways``."""
        count, text = self._count, self._text
        boxes = _answers(map(pdfium.loose_box, repeat(text), range(count), repeat(_BOX_AT[0])), _BOX)
        flat: list[float] = memoryview(b"".join(map(itemgetter(1), boxes))).cast("f").tolist()  # type: ignore[assignment]
        self._place_replaced(flat)
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

    def _place_replaced(self, flat: list[float]) -> None:
        """Put on the page the boxes of characters in forms that stand in the file as replacement of others (ActualText).

        The library gives the box of their whole text for each of them, where it stands in its form.
        """
        if not self._in_forms:
            return
        back = inverse(self._matrix)
        for at, item in enumerate(self.owners):
            if item is None or item not in self._placed:
                continue
            pdfium.object_bounds(item, *_BOX_AT)
            left, bottom, right, top = _BOX[:]
            if flat[4 * at : 4 * at + 4] == [left, top, right, bottom]:
                placed = times(self._placed[item], back)
                (xa, ya), (xb, yb) = applied(placed, left, bottom), applied(placed, right, top)
                flat[4 * at : 4 * at + 4] = [min(xa, xb), max(ya, yb), max(xa, xb), min(ya, yb)]

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
        a, b, c, d, x, y = self._matrix_of(at) or (0.0,) * 6
        size = abs(pdfium.font_size(self._text, at)) * hypot(c, d)
        angle = (degrees(atan2(b, a)) - self._turn) % 360
        upright = min(angle, 360 - angle) <= _LEAN
        return Row(applied(self._matrix, x, y)[1], size), None if upright else angle

    def _matrix_of(self, at: int) -> Matrix | None:
        """How a character is placed in the page's own space."""
        held, pointers = _MATRIX
        return _SIX.unpack(held) if pdfium.text_matrix(self._text, at, pointers[0]) else None

    def _leaning(self, at: int, char: str, flat: list[float]) -> Glyph:
        """A character that does not stand upright, by the box around it."""
        left, top, right, bottom = flat[4 * at : 4 * at + 4]
        (x0, y0), (x1, y1) = applied(self._matrix, left, top), applied(self._matrix, right, bottom)
        low, high = sorted((y0, y1))
        return Glyph(min(x0, x1), at, max(x0, x1), char, Row(high, high - low))

    def _characters(self) -> Sequence[str]:
        """Each character as text, UNMAPPED where the PDF does not name it."""
        count, text = self._count, self._text
        if not count:
            return ""
        buffer = (c_ushort * (2 * count + 1))()
        length = max(pdfium.get_text(text, 0, count, byref(buffer)) - 1, 0)
        whole = bytes(memoryview(buffer).cast("B")[: 2 * length]).decode("utf-16-le", "surrogatepass")
        chars = list(whole)
        if len(chars) != count:  # the library leaves control characters out
            chars = [chr(code) if (code := pdfium.unicode(text, at)) <= 0x10FFFF else UNMAPPED for at in range(count)]
        if 1 in (nameless := list(map(pdfium.has_no_name, repeat(text), range(count)))):
            chars = [UNMAPPED if error == 1 else char for char, error in zip(chars, nameless, strict=True)]
        if len(whole) != count or _NAMELESS.search(whole):
            for at, char in enumerate(chars):
                if _NAMELESS.match(char):
                    chars[at] = "-" if pdfium.is_hyphen(text, at) == 1 else UNMAPPED
        if UNMAPPED in chars or _ODD.search(whole):
            for at in self._doubted(chars):
                chars[at] = UNMAPPED
        return chars

    def _doubted(self, chars: Sequence[str]) -> Iterator[int]:
        """The characters in fonts that name several by nothing or by letters that no disclosure has: what they name the
        others by is chance, digits above all.
        """
        by_font: dict[int, list[int]] = {}
        for at, owner in enumerate(self.owners):
            if owner is not None and (font := pdfium.font_of(owner)):
                by_font.setdefault(font, []).append(at)
        for places in by_font.values():
            if sum(chars[at] == UNMAPPED or _ODD.match(chars[at]) is not None for at in places) > _CHANCE * len(places):
                yield from (at for at in places if chars[at] not in _BLANK)

    def _read_objects(self, count: int) -> None:
        """The paths and pictures of the page, and how its texts are painted."""
        count = min(count, _OBJECTS)
        items = list(map(pdfium.page_object, repeat(self._page), range(count)))
        modes = list(map(pdfium.render_mode, map(pdfium.pointer, items)))  # less than 0 of what is no text
        self._items, seen = items, count
        texts = [item for item, mode in zip(items, modes, strict=True) if mode >= 0]
        if texts:
            self.first_text = next(order for order, mode in enumerate(modes) if mode >= 0)
            self._read_looks(texts, [mode for mode in modes if mode >= 0])
        if len(texts) < count:
            for order, mode in enumerate(modes):
                if mode < 0:
                    seen = self._read_object(items[order], self._matrix, 0, order, seen)

    def _read_looks(self, texts: Sequence[int], modes: Sequence[int]) -> None:
        colours = _answers(map(pdfium.fill_colour, map(pdfium.pointer, texts), *map(repeat, _COLOUR_AT)), _COLOUR)
        painted = list(zip(modes, colours))
        look_of = {key: Look(key[0], Colour(*_FOUR.unpack(key[1][1]))) for key in set(painted)}
        looks = [look_of[key] for key in painted]
        if any(look.mode in _STROKED for look in look_of.values()):
            for order, look in enumerate(looks):
                if look.mode in _STROKED:
                    looks[order] = Look(look.mode, colour_of(pdfium.stroke_colour, texts[order]) or look.colour)
        self.looks.update(looks)
        self._painted.append((texts, looks))

    def _read_object(self, item: int, matrix: Matrix, depth: int, order: int, seen: int) -> int:
        """Read an object that is painted at ``order``; returns how many objects of the page have been seen."""
        kind = pdfium.object_type(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            if shape := read_shape(item, matrix, order):
                self.shapes.append(shape)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self.pictures.append(picture_box(item, matrix))
            self._pictures.append((item, order))
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            self.first_text = min(self.first_text, order)
            self._placed[item] = matrix
            self._read_looks([item], [pdfium.render_mode(pdfium.pointer(item))])
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inner = times(matrix_of(item), matrix)
            for index in range(min(pdfium.count_in_form(item), _OBJECTS - seen)):
                part = pdfium.form_object(item, index)
                self._in_forms[part] = order  # all that a form paints is painted when the form is
                seen = self._read_object(part, inner, depth + 1, order, seen + 1)
        return seen
