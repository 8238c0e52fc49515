"""Tables whose cells are ruled (or were made so by ``aligned``): the box decides the column."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.cells import Cell, Layout, Piece, TableRow, cell_of, is_amount
from pipeline.extract.tables.class_columns import with_classes
from pipeline.extract.tables.columns import Column, resolve
from pipeline.extract.tables.neighbours import tell_apart
from pipeline.ingest.document import Box, Document, Grid, Page, Word

_TOLERANCE = 2.5
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十]+[）]|\d{1,2}[、.]\D|其中)")

_LISTED = re.compile(r"^[一二三四五六七八九十]+、")

_MERGED = ("class", "section", "code", "code_name", "name", "project", "unit", "unit_code")
# What may stand inside the frame above the header: the body, the unit of money, the title, the number of the form.
_ABOVE = re.compile(r"(?:部门|单位)[:：]|表$")
_MARK = re.compile(r"栏次|行次|[*＊]+|[甲乙丙丁戊]|[A-Z]|-+")
_COLUMN_NUMBER = re.compile(r"[（]?(\d{1,2})[）]?(?:=[\d+\-()（）…]+)?")


@dataclass(slots=True)
class Spot:
    """A cell on the page and the columns it covers, ``first`` to ``last`` (exclusive)."""

    cell: Cell
    first: int
    last: int
    box: Box


def read_ruled(document: Document, grids: Sequence[tuple[Page, Grid]], form: TableForm, library: Library) -> Layout:
    """Rows and columns of the grids of one table, one after the other as pages print them."""
    pages = []
    for page, grid in grids:
        edges = _edges(grid)
        header, body, mixed = _split(_spots(document, page, grid, edges), library)
        pages.append(PageRows(page.number, header, body, edges, mixed))
    return read_rows(document, pages, form, library)


@dataclass(slots=True)
class PageRows:
    """Rows of cells of one page: those of the header, those below, header cells that stand in the first of these."""

    number: int
    header: list[list[Spot]]
    body: list[list[Spot]]
    edges: list[float]
    mixed: list[Spot]


def read_rows(document: Document, pages: Sequence[PageRows], form: TableForm, library: Library) -> Layout:
    """The same from rows of cells, whatever found them."""
    layout = Layout()
    columns: tuple[Column, ...] = ()
    edges: list[float] = []
    headers: set[tuple[str, ...]] = set()
    torn: Cell | None = None
    for page in pages:
        header, body, own_edges = page.header, page.body, page.edges
        if _resolves(header, library):
            columns = _columns(header, page.mixed, len(own_edges) - 1, form, library)
            edges = own_edges
            headers |= {_words(row) for row in header}
        elif columns and len(own_edges) != len(edges):
            columns = _moved(columns, edges, own_edges)
            edges = own_edges
            body = [*header, *body]
        else:
            body = [*header, *body]
        if not columns:
            layout.problems.append(f"page {page.number}: a grid without a header that any form knows")
            continue
        layout.columns = layout.columns or columns
        covering: dict[int, Spot] = {}
        printed = [row for row in body if any(s.cell.text for s in row) and _words(row) not in headers]
        if printed and is_numbering_text([fold(word) for spot in printed[0] for word in spot.cell.text.split()]):
            del printed[0]  # the numbers of the columns, below what was taken for the whole header
        for order, row in enumerate(printed):
            if layout.body_start is None:
                layout.body_start = min(s.cell.pieces[0][0] for s in row if s.cell.pieces)
            cells = _cells(document, layout, columns, row, library)
            covering = _cover(cells, columns, row, covering)
            lone = _lone_name(cells, columns)
            if lone is not None and order == 0 and layout.rows and _continues(layout.rows[-1]):
                _prolong(document, layout.rows[-1], lone)  # the rest of a name that the page cut
            elif lone is not None and order == len(printed) - 1 and page is not pages[-1]:
                torn = lone  # the beginning of a name that the page cut
            elif cells:
                label = next(spot for spot in row if spot.cell.text)
                layout.rows.append(TableRow(columns, cells, indent=label.box.x0))
                if torn is not None and _continues(layout.rows[-1]):
                    _prolong(document, layout.rows[-1], torn, before=True)
                torn = None
    return layout


def _edges(grid: Grid) -> list[float]:
    found = sorted(x for row in grid for box in row if box for x in (box.x0, box.x1))
    edges: list[float] = []
    for x in found:
        if not edges or x - edges[-1] > _TOLERANCE:
            edges.append(x)
    return edges


def _nearest(edges: list[float], x: float) -> int:
    i = bisect_left(edges, x)
    return min((j for j in (i - 1, i) if 0 <= j < len(edges)), key=lambda j: abs(edges[j] - x))


def _spots(document: Document, page: Page, grid: Grid, edges: list[float]) -> list[list[Spot]]:
    words = sorted(page.words, key=lambda word: word.top + word.bottom)
    centres = [(word.top + word.bottom) / 2 for word in words]
    rows = []
    for boxes in grid:
        row = []
        for box in boxes:
            if box is None:
                continue
            near = words[bisect_left(centres, box.top) : bisect_left(centres, box.bottom)]
            inside = [w for w in near if box.x0 - 0.5 <= (w.x0 + w.x1) / 2 <= box.x1 + 0.5]
            inside.sort(key=lambda word: word.start)
            first, last = _nearest(edges, box.x0), _nearest(edges, box.x1)
            row.append(Spot(_cell(document, inside), first, max(last, first + 1), box))
        row.sort(key=lambda spot: spot.first)
        rows.append(row)
    return rows


def _cell(document: Document, words: list[Word]) -> Cell:
    return cell_of(document.text, [(word.start, word.end) for word in words])


def _words(row: list[Spot]) -> tuple[str, ...]:
    return tuple(spot.cell.folded for spot in row if spot.cell.text)


def _known(spot: Spot, library: Library) -> bool:
    text = spot.cell.text
    return bool(library.column(text) or library.key(text) or library.expense(text))


def _split(rows: list[list[Spot]], library: Library) -> tuple[list[list[Spot]], list[list[Spot]], list[Spot]]:
    """The header rows, the body rows, and header cells that stand in the first body row."""
    for at, row in enumerate(rows):
        if _is_body(row, library):
            words = [s for s in row[1:] if s.cell.text and not is_amount(s.cell.folded)]
            mixed = [s for s in words if _known(s, library) and not _ORDINAL.match(s.cell.folded)]
            parts = [s for s in row if (key := library.key(s.cell.text)) and key.kind in ("class", "section", "item")]
            if (
                at and len(parts) > 1
            ):  # 类 款 项 | 合计 | 100.00: the first total stands beside the last words of the header
                return rows[:at], [[spot for spot in row if spot not in parts], *rows[at + 1 :]], parts
            return rows[:at], rows[at:], mixed if at and len(mixed) >= 2 else []
    return rows, [], []


def _is_body(row: list[Spot], library: Library) -> bool:
    filled = [spot for spot in row if spot.cell.text]
    if not filled:
        return False
    first = filled[0].cell.folded
    if _numbering(row, library) or (len(filled) == 1 and _ABOVE.search(first)):
        return False
    if any(is_amount(spot.cell.folded) or _LISTED.match(spot.cell.folded) for spot in filled):
        return True  # 一、 begins an item, with or without an amount; no header is numbered so
    if library.says("empty.rows", first) or (_ORDINAL.match(first) and not library.column(first)):
        return True
    others = [spot for spot in filled[1:] if _known(spot, library)]
    if library.says("totals", first) and filled[0].first == 0 and not others:
        return True
    return len(filled) == 1 and filled[0].last - filled[0].first == 1 and not library.key(first)


def _numbering(row: list[Spot], library: Library) -> list[Spot]:
    """The column numbers of a row that has nothing else, or only words of the header beside them (类 款 项 栏次 1 2 3)."""
    filled = [spot for spot in row if spot.cell.text]
    marks = [spot for spot in filled if _MARK.fullmatch(spot.cell.folded) or not _names_keys(spot, library)]
    numbers = sum(spot.cell.folded.isdigit() for spot in marks)
    if len(marks) < len(filled) and numbers < 2:
        return []
    return marks if is_numbering_text([spot.cell.folded for spot in marks]) else []


def _names_keys(spot: Spot, library: Library) -> bool:
    key = library.key(spot.cell.text)
    return key is not None and key.kind in ("class", "section", "item", "code", "name", "code_name")


def is_numbering_text(words: Sequence[str]) -> bool:
    """A row of column numbers: 栏次 1 2 3, ** ** 1 2, 甲 乙 1 2=3+4. Its numbers rise by one and start anywhere."""
    marks = [word for word in words if _MARK.fullmatch(word)]
    numbers = [int(match.group(1)) for word in words if (match := _COLUMN_NUMBER.fullmatch(word))]
    if len(marks) + len(numbers) != len(words) or not words:
        return False
    rising = all(b == a + 1 for a, b in zip(numbers, numbers[1:], strict=False))
    return any(word in ("栏次", "行次") for word in words) or (rising and len(numbers) >= 2 and numbers[0] == 1)


def _resolves(header: list[list[Spot]], library: Library) -> bool:
    return any(_known(spot, library) for row in header for spot in row if spot.cell.text)


def _columns(
    header: list[list[Spot]], mixed: list[Spot], count: int, form: TableForm, library: Library
) -> tuple[Column, ...]:
    paths: list[list[str]] = [[] for _ in range(count)]
    pieces: list[list[tuple[Piece, ...]]] = [[] for _ in range(count)]
    for row in [*header, mixed]:
        numbering = _numbering(row, library)
        filled = [spot for spot in row if spot.cell.text and spot not in numbering]
        for order, spot in enumerate(filled):
            text = spot.cell.text
            whole = spot.first == 0 and spot.last >= count and len(filled) == 1
            if whole and not _known(spot, library):
                continue  # a title or a unit line inside the frame
            if order == 0 and library.says("totals", text) and _labels_rows(paths[spot.first], library):
                continue  # the label of the first body row, ruled together with the header
            for column in range(spot.first, min(spot.last, count)):
                paths[column].append(text)
                pieces[column].append(spot.cell.pieces)
    columns = [resolve(index, tuple(path), form, library) for index, path in enumerate(paths)]
    amounts = [set(column.path[:-1]) for column in columns if column.kind == "amount"]
    common = frozenset(set.intersection(*amounts)) if len(amounts) > 1 else frozenset()
    sides = frozenset(word for column in columns if column.kind == "key" for word in column.path[:-1])
    if common or sides:
        columns = [resolve(index, tuple(path), form, library, common, sides) for index, path in enumerate(paths)]
    columns = with_classes(columns, form, library)
    columns = [c if c.item_level is None else replace(c, item_pieces=pieces[c.index][c.item_level]) for c in columns]
    return tell_apart(columns, form, library)


def _labels_rows(path: list[str], library: Library) -> bool:
    """Whether a column's words name its rows; 资金来源 over 合计 and 一般公共预算 says whose the amounts are."""
    return any(key.kind != "text" for word in path if (key := library.key(word)) is not None)


def _moved(columns: tuple[Column, ...], edges: list[float], own: list[float]) -> tuple[Column, ...]:
    """The columns of the page before, for a continuation ruled a little differently."""
    moved = []
    for index in range(len(own) - 1):
        middle = (own[index] + own[index + 1]) / 2
        over = [c for c in columns if edges[c.index] <= middle <= edges[c.index + 1]]
        moved.append(replace(over[0], index=index) if over else Column(index, ()))
    return tuple(moved)


def _cells(
    document: Document, layout: Layout, columns: tuple[Column, ...], row: list[Spot], library: Library
) -> dict[int, Cell]:
    """The cells of a row by column; what stands across several columns of amounts is left out and said."""
    cells: dict[int, Cell] = {}
    printed = any(is_amount(spot.cell.folded) for spot in row if spot.cell.text)

    def labels_total(spot: Spot) -> bool:
        return printed and columns[spot.first].kind == "key" and library.says("totals", spot.cell.text)

    for spot in row:
        if not spot.cell.text or spot.first >= len(columns):
            continue
        covered = [c for c in columns[spot.first : spot.last] if c.kind == "amount"]
        if len(covered) > 1 and is_amount(spot.cell.folded):
            line = document.line_at(spot.cell.pieces[0][0])
            layout.problems.append(f"line {line.number}: {spot.cell.text} stands across {len(covered)} columns")
            continue
        if covered and not is_amount(spot.cell.folded) and _known(spot, library) and not labels_total(spot):
            continue  # a header's word in a body row
        cells[_labelled(columns, spot) if covered and not is_amount(spot.cell.folded) else spot.first] = spot.cell
    return cells


def _labelled(columns: tuple[Column, ...], spot: Spot) -> int:
    """Where a label stands that covers groups side by side (公用经费合计 over two of them): in the last, by its amount."""
    last = max(c.index for c in columns[spot.first : spot.last] if c.kind == "amount")
    keys = [c for c in columns[last + 1 : spot.last] if c.kind == "key"]
    named = [c for c in keys if c.key in ("name", "label", "code_name")] or keys
    return named[0].index if named else spot.first


def _cover(
    cells: dict[int, Cell], columns: tuple[Column, ...], row: list[Spot], covering: dict[int, Spot]
) -> dict[int, Spot]:
    """Put the codes and names of merged cells into every row they cover; returns the cells that reach further down."""
    bottom = min(spot.box.bottom for spot in row)
    taken = {index for spot in row for index in range(spot.first, spot.last)}
    reaching = {i: spot for i, spot in covering.items() if i not in taken and spot.box.bottom > bottom - _TOLERANCE}
    for index, spot in reaching.items():
        if cells and index < len(columns) and columns[index].key in _MERGED:
            cells[index] = spot.cell
    return reaching | {spot.first: spot for spot in row if spot.cell.text and spot.box.bottom > bottom + _TOLERANCE}


def _lone_name(cells: dict[int, Cell], columns: tuple[Column, ...]) -> Cell | None:
    """The one cell of a row that has nothing but (a part of) a name, beside a column of codes that is blank."""
    if len(cells) != 1 or not any(column.key in ("code", "class") for column in columns):
        return None
    ((index, cell),) = cells.items()
    return cell if columns[index].key == "name" and not is_amount(cell.folded) else None


def _continues(row: TableRow) -> bool:
    """Whether a row has a code and a name, so that a lone name at the page's edge can be a part of it."""
    kinds = {row.columns[index].key for index in row.cells if index < len(row.columns)}
    return bool(kinds & {"code", "class"}) and "name" in kinds


def _prolong(document: Document, row: TableRow, piece: Cell, before: bool = False) -> None:
    index = next(index for index in row.cells if row.columns[index].key == "name")
    own = row.cells[index].pieces
    row.cells[index] = cell_of(document.text, (*piece.pieces, *own) if before else (*own, *piece.pieces))
