"""Cells of performance tables that have positions: ruled ones, and rows of them with merged cells repeated."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from pipeline.extract.context import Context, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.blocks import Block
from pipeline.extract.tables.cells import cell_of
from pipeline.ingest.document import Box, Page, Word

_TOLERANCE = 2.0


@dataclass(slots=True, eq=False)
class Spot:
    """A cell with its text and its box. One that spans rows is the same spot in each of them."""

    block: Block
    box: Box

    @property
    def text(self) -> str:
        return self.block.folded

    @property
    def middle(self) -> float:
        return (self.box.x0 + self.box.x1) / 2


@dataclass(slots=True)
class Band:
    """A row: its cells from left to right, merged ones included. ``opens`` is true for the first of a page's grid."""

    spots: list[Spot]
    opens: bool = False
    starting: set[int] = field(default_factory=set)

    def new(self, spot: Spot) -> bool:
        """Whether ``spot`` begins in this row."""
        return id(spot) in self.starting

    def at(self, x: float) -> Spot | None:
        """The cell that covers ``x``."""
        return next((spot for spot in self.spots if spot.box.x0 - _TOLERANCE <= x <= spot.box.x1 + _TOLERANCE), None)


def bands_of(context: Context, region: Region) -> list[Band]:
    """The rows of all ruled grids whose text lies in ``region``, in order."""
    bands: list[Band] = []
    for page in context.document.pages:
        starts = [word.start for word in page.words]
        if not starts or starts[-1] < region.start or starts[0] >= region.end:
            continue
        for grid in sorted(page.grids, key=lambda grid: min(box.top for row in grid for box in row if box)):
            spots = _spots(context, page, [box for row in grid for box in row if box])
            filled = [spot.block.start for spot in spots if spot.block.pieces]
            if filled and region.start <= min(filled) < region.end:
                bands += _bands(spots)
    return bands


def _spots(context: Context, page: Page, boxes: list[Box]) -> list[Spot]:
    words = sorted(page.words, key=lambda word: word.top + word.bottom)
    middles = [(word.top + word.bottom) / 2 for word in words]
    spots = []
    for box in boxes:
        near = words[bisect_left(middles, box.top) : bisect_left(middles, box.bottom)]
        inside = [word for word in near if box.x0 - 0.5 <= (word.x0 + word.x1) / 2 <= box.x1 + 0.5]
        spots.append(Spot(block_of(context, inside), box))
    return spots


def block_of(context: Context, words: list[Word]) -> Block:
    """The words of one cell as a block, line by line."""
    words = sorted(words, key=lambda word: word.start)
    cell = cell_of(context.document.text, [(word.start, word.end) for word in words])
    return Block(list(cell.pieces), fold("".join(context.document.text[a:b] for a, b in cell.pieces)))


def _bands(spots: list[Spot]) -> list[Band]:
    tops: list[float] = []
    for top in sorted(spot.box.top for spot in spots):
        if not tops or top - tops[-1] > _TOLERANCE:
            tops.append(top)
    bands = []
    for order, top in enumerate(tops):
        over = [s for s in spots if s.box.top <= top + _TOLERANCE and s.box.bottom > top + 2 * _TOLERANCE]
        over.sort(key=lambda spot: spot.box.x0)
        new = {id(s) for s in over if abs(s.box.top - top) <= _TOLERANCE}
        bands.append(Band(over, order == 0, new))
    return bands
