"""The paths that a page paints: rules, and areas that are filled."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from ctypes import c_float, c_int, c_uint
from struct import Struct
from typing import Any, NamedTuple

import pypdfium2_raw as raw

from pipeline.ingest.pdf import pdfium

#: Points of a path beyond which it is a drawing.
_POINTS = 2_000
#: Points up to which a filled rectangle is a rule, not an area.
_RULE = 3.0
#: The share of a picture that is opaque where all of it is: its edges may be smoothed.
_OPAQUE = 0.95
#: Where the library writes what it is asked for.
_MODES, _MODES_AT = pdfium.scratch(c_int, 2)
_BOUNDS, _BOUNDS_AT = pdfium.scratch(c_float, 4)
_POINT, _POINT_AT = pdfium.scratch(c_float, 2)
_COLOUR, _COLOUR_AT = pdfium.scratch(c_uint, 4)
_MATRIX, _MATRIX_AT = pdfium.scratch(c_float, 6)
_SIX = Struct("6f")

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


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


class Shape(NamedTuple):
    """A path that is painted: its box, its straight edges (``x0, top, x1, bottom``) and its order.

    ``fill`` is what an area of it is filled with: a rectangle that is more than a rule.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    edges: tuple[Box, ...]
    fill: Colour | None
    order: int


def read_shape(item: int, matrix: Matrix, order: int) -> Shape | None:
    """A path that is painted at ``order``, where ``matrix`` puts it on the page; None where it paints nothing."""
    pdfium.draw_mode(item, *_MODES_AT)
    fills, strokes = _MODES
    if not (fills or strokes):
        return None
    pdfium.object_bounds(item, *_BOUNDS_AT)
    left, bottom, right, top = _BOUNDS
    (xa, ya), (xb, yb) = applied(matrix, left, bottom), applied(matrix, right, top)
    box = (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
    if not strokes and min(box[2] - box[0], box[3] - box[1]) <= _RULE:
        # Whatever its points are, it is seen as a rule. The box of one that is stroked is longer than the rule.
        return Shape(*box, _middle_of(box), None, order)
    parts = _points(item, matrix)
    edges = tuple(edge for part in parts for edge in _straight(part))
    fill = None
    if fills and _is_rectangle(box, parts):
        fill = colour_of(pdfium.fill_colour, item)
        if fill and pdfium.has_transparency(item):
            # Where its colour is whole it is painted through a mask, like a shadow, or blended: its edges do not show.
            edges = edges if fill.alpha < 255 else ()
            fill = fill._replace(alpha=min(fill.alpha, 254))
        box = clipped(item, box, matrix)
    return Shape(*box, edges, fill, order)


def picture_box(item: int, matrix: Matrix) -> Box:
    """Where a picture lies on the page."""
    own = times(matrix_of(item), matrix)
    xs, ys = zip(*(applied(own, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _points(item: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
    """The points of a path, as lines of them; none of a drawing of very many."""
    count = pdfium.count_segments(item)
    if count > _POINTS:
        return []
    own = times(matrix_of(item), matrix)
    return [[applied(own, x, y) for x, y in part] for part in _parts_of(item, count)]


def clipped(item: int, box: Box, matrix: Matrix) -> Box:
    """The part of a box that the clip paths of its object leave."""
    x0, top, x1, bottom = box
    clip = pdfium.clip_path(item)
    for path in range(max(pdfium.count_clips(clip), 0) if clip else 0):
        points = []
        for index in range(min(pdfium.count_clip_segments(clip, path), _POINTS)):
            pdfium.segment_point(pdfium.clip_segment(clip, path, index), *_POINT_AT)
            points.append(applied(matrix, *_POINT))
        if points:
            xs, ys = zip(*points, strict=True)
            x0, top, x1, bottom = max(x0, min(xs)), max(top, min(ys)), min(x1, max(xs)), min(bottom, max(ys))
    return x0, top, x1, bottom


def is_opaque(document: Any, page: Any, item: int) -> bool:
    """Whether a picture hides what it is painted over: it has no mask, and is not blended with what is behind it."""
    if pdfium.has_transparency(item):
        return False
    bitmap = raw.FPDFImageObj_GetRenderedBitmap(document, page, ctypes.cast(item, raw.FPDF_PAGEOBJECT))
    if not bitmap:
        return False
    try:
        if raw.FPDFBitmap_GetFormat(bitmap) != raw.FPDFBitmap_BGRA:
            return True
        size = raw.FPDFBitmap_GetStride(bitmap) * raw.FPDFBitmap_GetHeight(bitmap)
        alphas = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), size)[3::4]
        return alphas.count(255) >= _OPAQUE * len(alphas)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


def _middle_of(box: Box) -> tuple[Box, ...]:
    """The rule that a thin box is, along its middle; none where it is a dot."""
    x0, top, x1, bottom = box
    if max(x1 - x0, bottom - top) < 1:
        return ()
    if x1 - x0 > bottom - top:
        return ((x0, (top + bottom) / 2, x1, (top + bottom) / 2),)
    return (((x0 + x1) / 2, top, (x0 + x1) / 2, bottom),)


def _is_rectangle(box: Box, parts: Sequence[Sequence[tuple[float, float]]]) -> bool:
    """Whether a path with this box is one rectangle, whose sides are upright and level."""
    if len(parts) != 1 or len(parts[0]) < 4:
        return False
    x0, top, x1, bottom = box
    near = _RULE / 2
    return all(min(abs(x - x0), abs(x - x1)) < near and min(abs(y - top), abs(y - bottom)) < near for x, y in parts[0])


def _parts_of(item: int, count: int) -> list[list[tuple[float, float]]]:
    """The lines of a path, each a list of points; curves are left out as gaps."""
    parts: list[list[tuple[float, float]]] = []
    x_at, y_at = _POINT_AT
    for index in range(count):
        segment = pdfium.segment(item, index)
        pdfium.segment_point(segment, x_at, y_at)
        point = (_POINT[0], _POINT[1])
        kind = pdfium.segment_type(segment)
        if kind == raw.FPDF_SEGMENT_LINETO and parts:
            parts[-1].append(point)
        else:
            parts.append([point])
        if kind == raw.FPDF_SEGMENT_LINETO and pdfium.segment_closes(segment) and parts[-1][0] != point:
            parts[-1].append(parts[-1][0])
    return parts


def _straight(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    """The upright and level edges between ``points``, a point long at least."""
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        across, down = abs(x1 - x0), abs(y1 - y0)
        if max(across, down) >= 1 and min(across, down) <= 0.02 * max(across, down) + 0.1:
            if across > down:
                yield min(x0, x1), (y0 + y1) / 2, max(x0, x1), (y0 + y1) / 2
            else:
                yield (x0 + x1) / 2, min(y0, y1), (x0 + x1) / 2, max(y0, y1)


def colour_of(ask: Any, item: int) -> Colour | None:
    return Colour(*_COLOUR) if ask(pdfium.pointer(item), *_COLOUR_AT) else None


def matrix_of(item: int) -> Matrix:
    return _SIX.unpack(_MATRIX) if pdfium.object_matrix(item, _MATRIX_AT[0]) else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def applied(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def times(one: Matrix, other: Matrix) -> Matrix:
    """First ``one``, then ``other``."""
    a, b, c, d, e, f = one
    (x, y) = applied(other, e, f)
    return (
        a * other[0] + b * other[2],
        a * other[1] + b * other[3],
        c * other[0] + d * other[2],
        c * other[1] + d * other[3],
        x,
        y,
    )


def inverse(matrix: Matrix) -> Matrix:
    """What undoes ``matrix``, which may not be flat."""
    a, b, c, d, x, y = matrix
    size = a * d - b * c
    return d / size, -b / size, -c / size, a / size, (c * y - d * x) / size, (b * x - a * y) / size
