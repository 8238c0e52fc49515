"""One side of a printed row and its codes, as they are read out of a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Cell, Piece
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.table import TableRow

#: Why a row is a detail.
NO_PARTS = "no row of the table is a part of it"


@dataclass(slots=True)
class Code:
    """A code of a row: digits, how they came about, and the pieces of the code and of its name."""

    digits: str
    basis: str
    pieces: list[Piece]
    name: str | None = None
    name_pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One side of a printed row. ``amounts`` pairs columns with cells; ``path`` holds the labels above its own.

    ``kind_reason`` and ``parents_reason`` say, for a person, what made it of its kind and what put it below its parents.

    ``unit_code`` is the printed code of the body that the row is of, ``unit_pieces`` its name; ``quantities`` are the
    places of how many things its amount is for; ``incomplete`` is what was printed instead of a whole code, and ``parts``
    the cells of a code printed in parts (类, 款, 项); ``year`` the year that a cell of the row prints and nothing else; ``time`` the
    word of a row's year or phase that stands beside its name (a unit | 2023年预算数). ``of_which`` is a named part of the row over it, ``said_of_which`` one that prints 其中 itself.
    ``unproved`` is a row whose printed code or label is not believed, as recognition may have misread it.
    """

    row: TableRow
    side: int
    direction: str | None
    amounts: list[tuple[Column, Cell]]
    codes: dict[str, Code] = field(default_factory=dict)
    item: str | None = None
    item_pieces: list[Piece] = field(default_factory=list)
    key_pieces: list[Piece] = field(default_factory=list)
    project: str | None = None
    project_pieces: list[Piece] = field(default_factory=list)
    level: int | None = None
    of_which: bool = False
    said_of_which: bool = False
    kind: str = "detail"
    kind_reason: str = NO_PARTS
    parents: list[Record] = field(default_factory=list)
    parents_reason: str = ""
    expense: str | None = None
    unit_code: str | None = None
    unit_pieces: list[Piece] = field(default_factory=list)
    quantities: list[Piece] = field(default_factory=list)
    incomplete: str | None = None
    year: int | None = None
    time: str | None = None
    parts: list[tuple[str, Cell]] = field(default_factory=list)
    parts_scheme: str = ""
    unproved: bool = False

    def be(self, kind: str, reason: str) -> None:
        """Make the row of a kind."""
        self.kind, self.kind_reason = kind, reason

    def stand_below(self, parents: list[Record], reason: str) -> None:
        """Put the row below others, the highest first."""
        self.parents, self.parents_reason = parents, reason if parents else ""

    def name_of(self, code: Code) -> str:
        """The name that is printed with one of its codes, folded."""
        return fold(code.name or self.item or "")

    @property
    def path(self) -> str | None:
        words = [record.item for record in (*self.parents, self) if record.item]
        return "/".join(words) or None
