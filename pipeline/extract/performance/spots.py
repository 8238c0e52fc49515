"""Cells of performance tables that have positions: ruled ones, and rows of them with merged cells repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.extract.context import Context, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.blocks import Block
from pipeline.ingest.document import Box, Cell, CellTable

_TOLERANCE = 2.0
#: How wide a column is taken to be where the format has no positions; far more than the tolerance.
_WIDTH = 100.0


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
    """The rows of all tables of cells whose text lies in ``region``, in order."""
    bands: list[Band] = []
    for table in sorted(context.document.tables, key=_top):
        spots = {cell: _spot(context, cell) for cell in table.cells}
        filled = [spot.block.start for spot in spots.values() if spot.block.pieces]
        if filled and region.start <= min(filled) < region.end:
            bands += _bands(spots)
    return bands


def _top(table: CellTable) -> tuple[int, float]:
    """Where a table begins, by its page and its place on it."""
    return table.page or 0, min((cell.box.top for cell in table.cells if cell.box), default=table.start)


def _spot(context: Context, cell: Cell) -> Spot:
    """A cell with its text; where the format has no positions, columns and rows are places of one width."""
    box = cell.box or Box(
        *(at * _WIDTH for at in (cell.column, cell.row, cell.column + cell.columns, cell.row + cell.rows))
    )
    pieces = list(cell.pieces)
    return Spot(Block(pieces, fold("".join(context.document.text[a:b] for a, b in pieces))), box)


def _bands(spots: Mapping[Cell, Spot]) -> list[Band]:
    bands: list[Band] = []
    for row in sorted({cell.row for cell in spots}):
        over = {cell: spot for cell, spot in spots.items() if cell.row <= row < cell.row + cell.rows}
        ordered = sorted(over.values(), key=lambda spot: spot.box.x0)
        bands.append(Band(ordered, not bands, {id(spot) for cell, spot in over.items() if cell.row == row}))
    return bands
