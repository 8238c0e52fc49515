"""Cells of performance tables: stretches of flowing text, and the cells of tables that the format sets apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold, places_kept
from pipeline.ingest.document import Box, Cell, CellTable

_OPENING, _CLOSING, _BLANK = "“‘「『", "”’」』", " \u3000\t\r\n"
_ENDS = " \u3000"
#: How far, in points, a cell may miss the middle of the column it belongs to.
_TOLERANCE = 2.0
#: The width that a column is given where the format has no positions: far more than the tolerance.
_WIDTH = 100.0


@dataclass(slots=True)
class Block:
    """Text that belongs together: where its pieces stand in the document, and what they fold to."""

    pieces: list[Piece]
    folded: str

    @property
    def start(self) -> int:
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        return self.pieces[-1][1]


def joined(blocks: Iterable[Block]) -> Block:
    """All ``blocks`` as one."""
    parts = list(blocks)
    return Block([piece for part in parts for piece in part.pieces], "".join(part.folded for part in parts))


def wrapped_cells(context: Context, first: int, last: int) -> list[Block]:
    """The cells of the lines ``first`` to ``last`` (exclusive): a wrapped line has no space at its end, a cell's last has."""
    return _blocks(context, first, last, at_blank=False)


def paragraphs(context: Context, first: int, last: int) -> list[Block]:
    """The runs of lines between empty lines."""
    return _blocks(context, first, last, at_blank=True)


def _blocks(context: Context, first: int, last: int, at_blank: bool) -> list[Block]:
    text = context.document.text
    cells: list[list[Piece]] = []
    open_cell = False
    for _, start, end, _ in context.document.lines[first:last]:
        raw = text[start:end]
        bare = raw.strip()
        if not bare:
            open_cell = open_cell and not (at_blank or raw)
            continue
        if not open_cell:
            cells.append([])
        start += raw.index(bare)
        cells[-1].append((start, start + len(bare)))
        open_cell = at_blank or raw[-1] not in _ENDS
    return [_block(text, pieces) for pieces in cells]


def _block(text: str, pieces: Sequence[Piece]) -> Block:
    return Block(list(pieces), "".join([fold(text[a:b]) for a, b in pieces]))


def shortened(context: Context, block: Block, lead: int, tail: int = 0) -> Block:
    """The block without its first ``lead`` and last ``tail`` folded characters."""
    text = context.document.text
    offsets: list[int] = []
    for a, b in block.pieces:
        offsets += places_kept(text, a, b)
    kept = offsets[lead : len(offsets) - tail]
    if not kept:
        return Block([], "")
    # Folding drops quotation marks: those that open or close what is kept are part of it.
    first, last = kept[0], kept[-1] + 1
    before = text[offsets[lead - 1] + 1 if lead else block.start : first]
    if set(_OPENING) & set(before):
        first -= len(before) - len(before.rstrip(_OPENING + _BLANK))
    after = text[last : offsets[len(offsets) - tail] if tail else block.end]
    if set(_CLOSING) & set(after):
        last += len(after) - len(after.lstrip(_CLOSING + _BLANK))
    clipped = ((max(a, first), min(b, last)) for a, b in block.pieces)
    return _block(text, [(a, b) for a, b in clipped if a < b])


@dataclass(slots=True, eq=False)
class SheetCell:
    """A cell of a table with its text and its box. A cell over several rows is the same object in each of them."""

    block: Block
    box: Box

    @property
    def text(self) -> str:
        return self.block.folded

    @property
    def middle(self) -> float:
        return (self.box.x0 + self.box.x1) / 2


@dataclass(slots=True)
class SheetRow:
    """The cells of a row from left to right, merged ones included. ``opens`` is true for the first row of a table.

    ``unsettled`` is true where the levels of indicators above do not hold, and its own are not known.
    """

    cells: list[SheetCell]
    opens: bool = False
    _starting: set[int] = field(default_factory=set)
    unsettled: bool = False

    def begins(self, cell: SheetCell) -> bool:
        """Whether this is the first row of ``cell``."""
        return id(cell) in self._starting

    @property
    def begun(self) -> list[SheetCell]:
        """The cells with words whose first row this is."""
        return [cell for cell in self.cells if cell.text and self.begins(cell)]

    def at(self, x: float) -> SheetCell | None:
        """The cell that covers ``x``."""
        return next((cell for cell in self.cells if cell.box.x0 - _TOLERANCE <= x <= cell.box.x1 + _TOLERANCE), None)


def rows_of(context: Context, region: Region) -> list[SheetRow]:
    """The rows of all tables of cells that begin in ``region``, in order."""
    rows: list[SheetRow] = []
    for table in sorted(context.document.tables, key=_top):
        inside = False
        for row in rows_in(context.document.text, table):
            start = min(
                (cell.block.start for cell in row.cells if cell.block.pieces and row.begins(cell)), default=None
            )
            inside = inside if start is None else region.start <= start < region.end
            rows += [row] if inside else []
    return rows


def _top(table: CellTable) -> tuple[int, float]:
    """Where a table begins, by its page and its place on it."""
    return table.page or 0, min((cell.box.top for cell in table.cells if cell.box), default=table.start)


def rows_in(text: str, table: CellTable) -> list[SheetRow]:
    """The rows of a table of cells of ``text``."""
    held: dict[int, list[SheetCell]] = defaultdict(list)
    starting: dict[int, set[int]] = defaultdict(set)
    for cell in table.cells:
        made = SheetCell(_block(text, cell.pieces), cell.box or _box(cell))
        starting[cell.row].add(id(made))
        for row in range(cell.row, cell.row + cell.rows):
            held[row].append(made)
    return [
        SheetRow(sorted(held[row], key=lambda one: one.box.x0), at == 0, starting[row])
        for at, row in enumerate(sorted(starting))
    ]


def _box(cell: Cell) -> Box:
    """Where a cell would stand if all columns and rows had one width."""
    across, down = cell.column + cell.columns, cell.row + cell.rows
    return Box(cell.column * _WIDTH, cell.row * _WIDTH, across * _WIDTH, down * _WIDTH)
