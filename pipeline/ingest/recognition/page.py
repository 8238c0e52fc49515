"""A picture of a page to its words and ruled tables, in points.

The rules of tables are found first and painted over. Text is found on the whole page, and cut where it runs on from one
cell into the next; ink in a cell where no text was found is read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.document import Box
from pipeline.ingest.grids import Grid
from pipeline.ingest.pdf.rules import find_grids
from pipeline.ingest.pdf.words import Run
from pipeline.ingest.recognition import DPI
from pipeline.ingest.recognition.engine import Area, Picture, Said, find, recognise
from pipeline.ingest.recognition.ink import Ink, Rule, ink_of, lines_in, rules_of, trimmed
from pipeline.ingest.recognition.straighten import straightened
from pipeline.ingest.wrapped import set_together

#: Pixels of a point.
_SCALE = DPI / 72
#: Pixels that text may reach over the border of a cell without being cut, and that are left free along the rules of one.
_OVER, _INSIDE = 4, 4
#: Pixels that strokes of characters beside one another reach at most, and by which they keep off the borders of a cell.
_STROKE, _EDGE = 150, 8
#: The least height of a line of text, in pixels, and what is left around a piece of text that is read.
_HEIGHT, _MARGIN = 10, 4
#: The share of a page that dust and the shadows of its edges may cover.
_BLANK = 0.001
#: The confidence of most words from which a page is taken to stand upright, and pieces of text that are tried otherwise.
_UPRIGHT, _PIECES = 0.8, 12
#: The confidence below which a number is looked at again, and what numbers are written with.
_SURE = 0.9
_OF_NUMBERS = frozenset("0123456789.,- ")
#: A space that recognition sees behind the comma of a group of thousands.
_AFTER_MARK = re.compile(r"(?<=\d,) (?=\d{3}(?!\d))")


def picture_of(pixels: bytearray, width: int, height: int) -> Picture:
    """The picture that pixels make, three bytes each (blue, green, red), row by row."""
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


class Read(NamedTuple):
    """The words of a picture and its ruled tables; ``blank`` where there is nothing on it but rules.

    ``width`` and ``height`` are those of the page in points, turned so that its text stands upright.
    """

    words: list[Run]
    grids: list[Grid]
    blank: bool
    width: float
    height: float


def read_page(picture: Picture) -> Read:
    """What a page says that is drawn at ``DPI``. It may be a little askew, lie on its side, or stand on its head."""
    read = _read_upright(picture)
    sure = _likely([_least(zip(word.text, word.confidences, strict=True)) for word in read.words])
    if read.blank or sure >= _UPRIGHT:
        return read
    turned = [np.rot90(picture, quarters).copy() for quarters in (1, 2, 3)]
    likely = [_likely(map(_sure, recognise(_sample(each)))) for each in turned]
    best = max(range(3), key=lambda at: likely[at])
    return _read_upright(turned[best]) if likely[best] > max(sure, _UPRIGHT) else read


def _likely(confidences: Iterable[float]) -> float:
    """How sure recognition is of most words of a page."""
    ordered = sorted(confidences)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _sample(picture: Picture) -> list[Picture]:
    """The longest pieces of text on a page, which show whether it stands upright; none where they are upright themselves."""
    areas = sorted(find(picture), key=lambda area: area[0] - area[2])[:_PIECES]
    return [_piece(picture, area, 1) for area in areas if area[2] - area[0] > area[3] - area[1]]


def _read_upright(picture: Picture) -> Read:
    picture = straightened(picture)
    ink = ink_of(picture)
    rules = rules_of(ink)
    grids = find_grids(map(_edge, rules))
    cells = [_pixels(box) for grid in grids for row in grid for box in row if box]
    if cells:
        picture = _without(rules, cells, picture, ink)
    pieces = _whole([piece for area in find(picture) for piece in _cut(area, cells, ink)], cells, ink)
    pieces += _missed(pieces, cells, ink)
    said = _read(picture, pieces)
    words = [word for area, each in zip(pieces, said, strict=True) if (word := _word(area, each, ink))]
    height, width = ink.shape
    size = width / _SCALE, height / _SCALE
    if words:
        return Read(set_together(words, grids), grids, False, *size)
    _without(rules, [(0, 0, width, height)], picture, ink)
    return Read([], grids, bool(ink.mean() < _BLANK), *size)


def read_places(picture: Picture, places: Sequence[Box]) -> list[Run | None]:
    """The word that stands in each of ``places`` (in points) on a page drawn at ``DPI``; None where none does."""
    ink = ink_of(picture)
    areas = [_pixels(box) for box in places]
    filled = [area for area in areas if trimmed(ink, area)]
    said = dict(zip(filled, _read(picture, filled), strict=True))
    return [_word(area, said[area], ink) if area in said else None for area in areas]


def _edge(rule: Rule) -> tuple[float, float, float, float]:
    """A rule along its middle, in points."""
    left, top, right, bottom = (side / _SCALE for side in rule.area)
    if rule.level:
        return left, (top + bottom) / 2, right, (top + bottom) / 2
    return (left + right) / 2, top, (left + right) / 2, bottom


def _pixels(box: Box) -> Area:
    left, top, right, bottom = (round(side * _SCALE) for side in (box.x0, box.top, box.x1, box.bottom))
    return left, top, right, bottom


def _without(rules: Iterable[Rule], cells: Sequence[Area], picture: Picture, ink: Ink) -> Picture:
    """``picture`` with the rules of its tables painted over; they go from ``ink`` as well."""
    lefts, tops, rights, bottoms = zip(*cells, strict=True)
    around = min(lefts) - _OVER, min(tops) - _OVER, max(rights) + _OVER, max(bottoms) + _OVER
    paper = np.median(picture, axis=(0, 1)).astype(np.uint8)
    picture = picture.copy()
    for rule in rules:
        (left, top, right, bottom), _, pixels = rule
        inside = around[0] <= (left + right) / 2 <= around[2] and around[1] <= (top + bottom) / 2 <= around[3]
        if inside and not _is_stroke(rule, cells):
            picture[top:bottom, left:right][pixels] = paper
            ink[top:bottom, left:right][pixels] = 0
    return picture


def _is_stroke(rule: Rule, cells: Sequence[Area]) -> bool:
    """Whether a short level rule within a cell is rather a stroke of characters, as 一 is beside the strokes of the next one."""
    left, top, right, bottom = rule.area
    x, y = (left + right) / 2, (top + bottom) / 2
    return (rule.level and right - left < _STROKE) and any(
        cell[0] < x < cell[2] and cell[1] + _EDGE < y < cell[3] - _EDGE for cell in cells
    )


def _cut(area: Area, cells: Sequence[Area], ink: Ink) -> Iterator[Area]:
    """The pieces of an area of text that stand in cells of their own, without blanks beside them."""
    left, top, right, bottom = area
    middle = (top + bottom) / 2
    level = [cell for cell in cells if cell[1] <= middle <= cell[3] and cell[0] < right and cell[2] > left]
    if level:
        # What stands in a row is not to show a slice of the rows above and below it.
        top = max(top, min(cell[1] for cell in level))
        bottom = min(bottom, max(cell[3] for cell in level))
    borders = sorted({cell[2] for cell in level if left + _OVER < cell[2] < right - _OVER})
    blank = ink[max(top, 0) : bottom].max(axis=0, initial=0) == 0
    at = left
    for border in [*borders, right]:
        end = border if border == right else _gap(blank, border, bottom - top)
        if end is None:
            continue
        if piece := trimmed(ink, (at, top, end, bottom)):
            yield piece[0], top, piece[2], bottom
        at = end


def _gap(blank: NDArray[np.bool_], border: int, most: int) -> int | None:
    """The column of pixels without ink next to ``border``; None where what runs over it goes on for ``most`` pixels."""
    near = range(max(border - most, 0), min(border + most, len(blank)))
    return min((x for x in near if blank[x]), key=lambda x: abs(x - border), default=None)


def _whole(pieces: Sequence[Area], cells: Sequence[Area], ink: Ink) -> list[Area]:
    """``pieces`` with those that stand on one line of a cell as one, which takes in all ink of that line."""
    whole: list[Area] = []
    of_cell: dict[Area, list[Area]] = {}
    for piece in pieces:
        x, y = (piece[0] + piece[2]) / 2, (piece[1] + piece[3]) / 2
        cell = next((cell for cell in cells if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]), None)
        if cell is None:
            whole.append(piece)
        else:
            of_cell.setdefault(cell, []).append(piece)
    for cell, held in of_cell.items():
        lines: list[Area] = []
        for piece in sorted(held, key=lambda piece: piece[1]):
            if lines and lines[-1][3] - piece[1] > (piece[3] - piece[1]) / 2:
                lines[-1] = _around(lines[-1], piece)
            else:
                lines.append(piece)
        whole += [_around(line, _across(line, cell, ink)) for line in lines]
    return whole


def _across(line: Area, cell: Area, ink: Ink) -> Area:
    """The ink of a cell at the height of ``line``, above and below the middle of it."""
    _, top, _, bottom = line
    quarter = (bottom - top) // 4
    found = trimmed(ink, (cell[0] + _INSIDE, top + quarter, cell[2] - _INSIDE, bottom - quarter))
    return (found[0], top, found[2], bottom) if found else line


def _around(one: Area, other: Area) -> Area:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _missed(pieces: Sequence[Area], cells: Sequence[Area], ink: Ink) -> Iterator[Area]:
    """The lines of text in cells in which none of ``pieces`` stands."""
    middles = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in pieces]
    for left, top, right, bottom in cells:
        if any(left <= x <= right and top <= y <= bottom for x, y in middles):
            continue
        inside = left + _INSIDE, top + _INSIDE, right - _INSIDE, bottom - _INSIDE
        if inside[0] < inside[2] and inside[1] < inside[3]:
            yield from lines_in(ink, inside, _HEIGHT)


def _read(picture: Picture, areas: Sequence[Area]) -> list[Said]:
    """What ``areas`` say. A number that is in doubt is looked at again by itself, with more paper around it."""
    said = recognise([_piece(picture, area, 1) for area in areas])
    for at, area in enumerate(areas):
        if any(map(str.isdigit, said[at].text)) and _sure(said[at]) < _SURE:
            said[at] = max(said[at], *recognise([_piece(picture, area, _MARGIN)]), key=_sure)
    return said


def _sure(said: Said) -> float:
    """How sure the least certain character of a number is; of any text without digits, its least certain character."""
    return _least(zip(said.text, said.confidences, strict=True))


def _least(characters: Iterable[tuple[str, float]]) -> float:
    """The least confidence of the characters of a number; of all characters where none is of one."""
    every = list(characters)
    return min([sure for char, sure in every if char in _OF_NUMBERS] or [sure for _, sure in every], default=0.0)


def _piece(picture: Picture, area: Area, margin: int) -> Picture:
    left, top, right, bottom = area
    return picture[max(top - margin, 0) : bottom + margin, max(left - _MARGIN, 0) : right + _MARGIN]


def _word(area: Area, said: Said, ink: Ink) -> Run | None:
    """What ``area`` says, with the box around its ink; None where it says nothing."""
    bare = said.text.strip()
    first = said.text.find(bare)
    kept = list(range(first, first + len(bare)))
    if _OF_NUMBERS.issuperset(bare):
        gone = {first + match.start() for match in _AFTER_MARK.finditer(bare)}
        kept = [at for at in kept if at not in gone]
    if not kept:
        return None
    left, top, right, bottom = (side / _SCALE for side in trimmed(ink, area) or area)
    # Digits and characters of one line differ in height, and share its middle.
    middle = (top + bottom) / 2
    text = "".join(said.text[at] for at in kept)
    sure = tuple(round(float(said.confidences[at]), 4) for at in kept)
    return Run(text, left, right, top, bottom, middle, confidences=sure)
