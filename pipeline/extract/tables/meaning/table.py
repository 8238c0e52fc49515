"""Sheets to tables: columns with their meanings, and rows whose cells stand in these columns.

The columns that name the rows may stand under words that the library does not know (功能科目及单位, 经费项目): a table's
first column holds what its rows are about, whatever its header calls it, and its cells show it. Without it rows would be
published without label and code, a unit and its codes side by side as if all were details.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.identity.bodies import body_of, is_body
from pipeline.extract.ledger import value_of
from pipeline.extract.patterns import LEVELS, fold
from pipeline.extract.tables.layout.sheet import Cell, HeaderRow, Piece, Sheet, SheetCell, SheetPart, SheetRow, cell_of
from pipeline.extract.tables.lexicon import is_amount, numbers_columns
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.header import columns_of, is_known, moved, words_of
from pipeline.ingest.document import Document

_MERGED = ("class", "section", "code", "code_name", "name", "project", "unit", "unit_code")
#: Columns of codes, which leave the name of the row to another column, whatever its header calls it.
_CODES = ("code", "class", "section", "item")
#: How a column of the department itself is called beside those of its bodies.
_OWN_BODY = re.compile("[局委办厅院部]?(?:本级|机关|机关本级)")
#: What stands over the names of places.
_PLACES = re.compile("(?:分|下达|各)?(?:地区|市县|县区|市、县|区县)(?:分配)?")
_NAMING = ("code", "class", "section", "item", "name", "label", "code_name", "project", "unit")


@dataclass(slots=True)
class TableRow:
    """A printed row: cells by index of column. ``placement`` says what put its amounts where they are."""

    columns: tuple[Column, ...]
    cells: dict[int, Cell]
    placement: str = "layout"

    def prolong(self, piece: Cell, text: str, before: bool = False) -> bool:
        """Add a piece to the row's name, or put it before; False where the row has no code with a name to be torn."""
        if not any(self.columns[index].key in ("code", "class") for index in self.cells):
            return False
        index = next((index for index in self.cells if self.columns[index].key == "name"), None)
        if index is None:
            return False
        own = self.cells[index].pieces
        self.cells[index] = cell_of(text, (*piece.pieces, *own) if before else (*own, *piece.pieces))
        return True


@dataclass(slots=True)
class Table:
    """Columns and rows of a table. ``problems`` say, for a person, what could not be placed and where.

    ``doubt`` is the sign that it was read wrongly, where its rows are withheld for one. ``headers`` are the places of the
    words of headers, wherever in the table they are printed (again). ``unsure`` are the places of recognised digits in
    doubt, in sums that do not hold.
    """

    columns: tuple[Column, ...] = ()
    rows: list[TableRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    body_start: int | None = None
    doubt: str | None = None
    headers: list[Piece] = field(default_factory=list)
    unsure: tuple[int, ...] = ()

    def withheld(self, problems: list[str], doubt: str | None = None) -> Table:
        """The table without its rows, which ``problems`` say."""
        return Table(self.columns, [], problems, self.body_start, doubt)


def interpret(document: Document, sheet: Sheet, form: TableForm, library: Library) -> Table:
    """The columns and rows of a sheet, read as a table of ``form``."""
    reader = _Reader(document, form, library, Table(problems=list(sheet.problems)))
    for order, part in enumerate(sheet.parts, start=1):
        reader.add(part, last=order == len(sheet.parts))
    _name_labels(reader.table.rows, form, library)
    _name_bodies(reader.table.rows)
    return reader.table


@dataclass(slots=True)
class _Reader:
    """Reads one part after the other; a part without a header goes on with the columns of the one before."""

    document: Document
    form: TableForm
    library: Library
    table: Table
    columns: tuple[Column, ...] = ()
    edges: list[float] = field(default_factory=list)
    header: list[tuple[str, ...]] = field(default_factory=list)
    headers: set[tuple[str, ...]] = field(default_factory=set)
    torn: Cell | None = None

    def add(self, part: SheetPart, last: bool) -> None:
        """Add the rows of a part, names joined that the end of a page tears."""
        rows = self._rows_below_header(part)
        if not self.columns:
            self.table.problems.append(f"{part.place}: a grid without a header that any form knows")
            return
        table = self.table
        table.columns = table.columns or self.columns
        if table.body_start is None:
            table.body_start = part.body_start
        covering: dict[int, SheetCell] = {}
        for order, row in enumerate(rows):
            if table.body_start is None:
                table.body_start = min(one.cell.pieces[0][0] for one in row.cells if one.cell.pieces)
            cells = self._cells(row.cells)
            covering = _cover(cells, self.columns, row.cells, covering)
            lone = _lone_name(cells, self.columns)
            if lone is not None and order == 0 and table.rows and table.rows[-1].prolong(lone, self.document.text):
                continue  # the rest of a name that the page cut
            if lone is not None and order == len(rows) - 1 and not last:
                self.torn = lone  # the beginning of a name that the page cuts
            elif cells:
                table.rows.append(TableRow(self.columns, cells, row.placement))
                if self.torn is not None:
                    table.rows[-1].prolong(self.torn, self.document.text, before=True)
                self.torn = None

    def _rows_below_header(self, part: SheetPart) -> list[SheetRow]:
        """The rows of a part that print anything but a header; ``columns`` become those of its header."""
        body, count = part.body, len(part.edges) - 1
        if self._repeats_some(part):
            self._note_headers(part.header)
        elif is_known(part.header, self.library):
            self.columns = columns_of([*part.header, part.beside], count, self.form, self.library)
            self.edges = part.edges
            self.header = [words_of(row) for row in part.header]
            self.headers.update(self.header)
            self._note_headers(part.header)
        else:
            if self.columns and len(part.edges) != len(self.edges):
                self.columns = moved(self.columns, self.edges, part.edges)
                self.edges = part.edges
            body = [*map(SheetRow, part.header), *body]
        filled = [row for row in body if any(one.cell.text for one in row.cells)]
        rows = [row for row in filled if words_of(row.cells) not in self.headers]
        self._note_headers(row.cells for row in filled if words_of(row.cells) in self.headers)
        if rows and numbers_columns([fold(word) for one in rows[0].cells for word in one.cell.text.split()]):
            del rows[0]  # the numbers of the columns, below what was taken for the whole header
        return rows

    def _repeats_some(self, part: SheetPart) -> bool:
        """Whether a page prints only the first rows of its columns' header again, over as many columns."""
        rows = [words_of(row) for row in part.header]
        cut = 0 < len(rows) < len(self.header) and rows == self.header[: len(rows)]
        return cut and len(part.edges) == len(self.edges)

    def _note_headers(self, rows: Iterable[HeaderRow]) -> None:
        self.table.headers += [piece for row in rows for one in row for piece in one.cell.pieces]

    def _cells(self, row: list[SheetCell]) -> dict[int, Cell]:
        """The cells of a row by column; what stands across several columns of amounts is left out and said."""
        cells: dict[int, Cell] = {}
        columns = self.columns
        amounts = any(is_amount(one.cell.folded) for one in row if one.cell.text)
        for one in row:
            if not one.cell.text or one.first >= len(columns):
                continue
            covered = [c for c in columns[one.first : one.last] if c.kind == "amount"]
            if not covered:
                cells[one.first] = one.cell
            elif not is_amount(one.cell.folded):
                if amounts or not self.library.knows(one.cell.text):  # else a header's word in a body row
                    cells[_labelled(columns, one)] = one.cell
            elif len(covered) > 1:
                line = self.document.line_at(one.cell.pieces[0][0]).number
                self.table.problems.append(f"line {line}: {one.cell.text} stands across {len(covered)} columns")
            else:
                cells[one.first] = one.cell
        return cells

    def _labels_total(self, one: SheetCell) -> bool:
        return self.columns[one.first].kind == "key" and self.library.says("totals", one.cell.text)


def _labelled(columns: tuple[Column, ...], one: SheetCell) -> int:
    """Where a label stands that covers groups side by side (公用经费合计 over two of them): in the last, by its amount."""
    last = max(c.index for c in columns[one.first : one.last] if c.kind == "amount")
    keys = [c for c in columns[last + 1 : one.last] if c.kind == "key"]
    named = [c for c in keys if c.key in ("name", "label", "code_name")] or keys
    return named[0].index if named else one.first


def _cover(
    cells: dict[int, Cell], columns: tuple[Column, ...], row: list[SheetCell], covering: dict[int, SheetCell]
) -> dict[int, SheetCell]:
    """Put the codes and names of merged cells into every row they cover; returns the cells that reach further down."""
    at = row[0].row
    taken = {index for one in row for index in range(one.first, one.last)}
    reaching = {i: one for i, one in covering.items() if i not in taken and at < one.row + one.rows}
    for index, one in reaching.items():
        if cells and index < len(columns) and columns[index].key in _MERGED:
            cells[index] = one.cell
    return reaching | {one.first: one for one in row if one.cell.text and one.rows > 1}


def _lone_name(cells: dict[int, Cell], columns: tuple[Column, ...]) -> Cell | None:
    """The one cell of a row that has nothing but (a part of) a name, beside a column of codes that is blank."""
    if len(cells) != 1 or not any(column.key in ("code", "class") for column in columns):
        return None
    ((index, cell),) = cells.items()
    return cell if columns[index].key == "name" and not is_amount(cell.folded) else None


def _name_labels(rows: Sequence[TableRow], form: TableForm, library: Library) -> None:
    """Make a column of words before the amounts the label of its rows where no column of ``rows`` names them."""
    named: list[tuple[tuple[Column, ...], tuple[Column, ...]]] = []
    for row in rows:
        found = next((new for old, new in named if old is row.columns), None)
        if found is None:
            found = _named(row.columns, rows, form, library)
            named.append((row.columns, found))
        row.columns = found


def _named(
    columns: tuple[Column, ...], rows: Sequence[TableRow], form: TableForm, library: Library
) -> tuple[Column, ...]:
    labels: dict[int, Column] = {}
    for order, before in enumerate(_before_amounts(columns)):
        naming = [column for column in before if column.kind == "key" and column.key in _NAMING]
        coded = bool(naming) and all(column.key in _CODES for column in naming)
        unknown = [column for column in before if column.kind == "unknown" and (column.path or coded)]
        if not unknown or (naming and not coded):
            continue
        cells = {
            c.index: [r.cells[c.index] for r in rows if r.columns is columns and c.index in r.cells] for c in unknown
        }
        words = [column for column in unknown if _are_words(cells[column.index])]
        # Beyond the first side words may be anything (采购方式): there they must read like labels.
        words = [column for column in words if coded or order == 0 or _are_labels(cells[column.index], library)]
        if words and coded:
            scheme = next((column.scheme for column in naming if column.scheme), form.scheme)
            labels[words[0].index] = replace(words[0], kind="key", key="name", scheme=scheme)
        elif words:
            best = _most_distinct(words, cells)
            labels[best.index] = replace(best, kind="key", key="label", scheme=form.scheme)
    return tuple(labels.get(column.index, column) for column in columns) if labels else columns


def _most_distinct(columns: Sequence[Column], cells: Mapping[int, Sequence[Cell]]) -> Column:
    """Of columns of words the one that tells most rows apart: kinds (一般债务) repeat, names do not; of such, the last."""
    distinct = {column.index: len({cell.folded for cell in cells[column.index]}) for column in columns}
    return max(columns, key=lambda column: (distinct[column.index], column.index))


def _name_bodies(rows: Sequence[TableRow]) -> None:
    """Give the columns of bodies their amounts: the names of at least two stand over parts of the one total of each row."""
    for columns in {id(row.columns): row.columns for row in rows}.values():
        alike = [row for row in rows if row.columns is columns]
        parts = [c for c in columns if c.kind == "unknown" and c.path and _names_body(c.path)]
        amounts = [c for c in columns if c.kind == "amount"]
        wholes = [c for c in amounts if not (c.fund or c.revenue_source)] or amounts
        if len(parts) < 2 or len(wholes) != 1 or not _add_up(alike, wholes[0], parts):
            continue
        (whole,) = wholes
        named = {
            c.index: replace(whole, index=c.index, path=c.path, body=fold(c.path[-1]), leaf_pieces=c.leaf_pieces)
            for c in parts
        }
        for row in alike:
            row.columns = tuple(named.get(c.index, c) for c in columns)


def _names_body(path: tuple[str, ...]) -> bool:
    """Whether the words over a column end with a body's name, with 本级 for that of the department, or with a place's below 地区."""
    named = is_body(body_of(path[-1]).name) or _OWN_BODY.fullmatch(fold(path[-1]))
    return bool(named) or any(_PLACES.fullmatch(fold(word)) for word in path[:-1])


def _add_up(rows: Sequence[TableRow], whole: Column, parts: Sequence[Column]) -> bool:
    """Whether the total of every row that prints one is the sum of what its parts print, and some row has two of them."""
    several = False
    for row in rows:
        held = {i: value_of(cell.folded) for i, cell in row.cells.items() if is_amount(cell.folded)}
        printed = [value for c in parts if (value := held.get(c.index)) is not None]
        several |= sum(map(bool, printed)) > 1
        if sum(printed) != (held.get(whole.index) or 0):
            return False
    return several


def _before_amounts(columns: Sequence[Column]) -> list[list[Column]]:
    """The columns that stand before amounts, of one side of a table after the other."""
    sides: list[list[Column]] = []
    run: list[Column] = []
    for column in columns:
        if column.kind != "amount":
            run.append(column)
        elif run:
            sides.append(run)
            run = []
    return sides


def _are_words(cells: Sequence[Cell]) -> bool:
    """Whether a column prints words in at least two rows, and no amount or bare number."""
    return len(cells) > 1 and not any(is_amount(cell.folded) or cell.folded.isdigit() for cell in cells)


def _are_labels(cells: Sequence[Cell], library: Library) -> bool:
    """Whether half of a column's cells begin with an ordinal or are labels of totals."""
    return sum(_begins_as_label(cell.folded) or library.says("totals", cell.text) for cell in cells) * 2 >= len(cells)


def _begins_as_label(folded: str) -> bool:
    return folded.startswith("其中:") or any(level.match(folded) for level in LEVELS)
