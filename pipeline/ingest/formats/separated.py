"""Tables in plain text: cells set apart by tabs, pipes (Markdown), lines of box drawing, or commas (CSV).

A run of lines is a table where every row proves the same columns. What proves nothing stays ordinary text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from pipeline.ingest.document import Cell, CellTable, Line, NotReadable
from pipeline.ingest.limits import Limits

Range: TypeAlias = tuple[int, int]

_NUMBER = re.compile(r"[-+－−]?[\d,，.]*\d[\d,，.]*%?|[-－—–]+")
_INTEGER = re.compile(r"\d{1,3}")
#: A cell of the row of Markdown that sets the header apart: |---|:-:|
_DASHES = re.compile(r":-+:?|-+:|-{2,}")
_BARS = "│┃║┆┇┊┋▏"
_LINES = "─━═┄┅┈┉╌╍-="
_CORNERS = "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬┠┨┯┷┿╂╟╢╤╧╪╫╞╡╒╕╘╛╓╖╙╜╥╨╭╮╰╯+"
_CORNER_SET, _STARTS = frozenset(_CORNERS), frozenset(_CORNERS + _LINES)
_RULE = frozenset(_CORNERS + _LINES + _BARS + "| \t")
_BREAK = re.compile(r"<br\s*/?>", re.I)
#: What sets columns apart in text laid out with spaces.
_GAP = "  "
#: Rows of separated cells, and of commas, that make a table at least.
_FEWEST, _FEWEST_COMMAS = 2, 3


class Row(NamedTuple):
    """A line of a run: its cells as ranges of the text."""

    cells: tuple[Range, ...]
    line: Line


class Placed(NamedTuple):
    """A cell that is not blank: its place in the grid, what it spans, and the ranges of the text that it prints."""

    row: int
    column: int
    columns: int
    pieces: list[Range]


def separated_tables(text: str, lines: Sequence[Line], limits: Limits) -> tuple[CellTable, ...]:
    """The tables in ``text``, in reading order. Raises NotReadable where they have more cells than allowed."""
    found: list[CellTable] = []
    taken: set[int] = set()
    for belongs, read in _KINDS:
        for run in _runs(text, lines, belongs, taken):
            if (table := read(text, run)) is not None:
                found.append(table)
                taken.update(line.number for line in run)
    if sum(len(table.cells) for table in found) > limits.max_cells:
        raise NotReadable(f"its tables have more than the {limits.max_cells} cells that a source may have")
    return tuple(sorted(found, key=lambda table: table.start))


def _runs(
    text: str, lines: Sequence[Line], belongs: Callable[[str], bool], taken: set[int]
) -> Iterator[Sequence[Line]]:
    """Adjacent lines that belong to one kind of table, two or more."""
    first = None
    for at, line in enumerate([*lines, None]):
        inside = line is not None and line.number not in taken and belongs(text[line.start : line.end])
        if inside and first is None:
            first = at
        elif not inside and first is not None:
            if at - first >= _FEWEST:
                yield lines[first:at]
            first = None


def _table(placed: Sequence[Placed], rows: int, columns: int, run: Sequence[Line]) -> CellTable | None:
    """The table of ``placed`` cells, blank ones between them; None where they make no table of several columns."""
    if len({cell.column for cell in placed}) < 2 or len({cell.row for cell in placed}) < _FEWEST:
        return None
    cells = {(cell.row, cell.column): cell for cell in placed}
    covered = {(cell.row, column) for cell in placed for column in range(cell.column + 1, cell.column + cell.columns)}
    made = []
    for place in ((row, column) for row in range(rows) for column in range(columns)):
        if place not in covered:
            cell = cells.get(place)
            made.append(Cell(*place, 1, cell.columns if cell else 1, tuple(cell.pieces) if cell else ()))
    return CellTable(tuple(made), rows, columns, run[0].start, run[-1].end)


def _bare(text: str, start: int, end: int) -> Range:
    """``start:end`` without the white space at its ends."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, start + len(piece.strip()))


def _of_rows(text: str, rows: Sequence[Row], columns: int, run: Sequence[Line]) -> CellTable | None:
    """The table of rows that all begin in the first column."""
    placed = [
        Placed(y, x, 1, _pieces(text, cell))
        for y, row in enumerate(rows)
        for x, cell in enumerate(row.cells)
        if cell[0] < cell[1]
    ]
    return _table(placed, len(rows), columns, run)


def _pieces(text: str, cell: Range) -> list[Range]:
    """The lines of a cell: Markdown writes <br> between them."""
    start, pieces = cell[0], []
    for mark in [*_BREAK.finditer(text, *cell), None]:
        piece = _bare(text, start, mark.start() if mark else cell[1])
        pieces += [piece] if piece[0] < piece[1] else []
        start = mark.end() if mark else start
    return pieces


# Tabs.


def _tabbed(text: str, run: Sequence[Line]) -> CellTable | None:
    """Lines of as many cells; those without their last blank ones where white space at the ends was cut off."""
    rows = [_split(text, line, "\t") for line in run]
    while rows and len(rows[0].cells) != _width(rows) and _says(text, rows[0]):
        del rows[0]
    while rows and len(rows[-1].cells) != _width(rows) and _says(text, rows[-1]):
        del rows[-1]
    if len(rows) < _FEWEST or _is_contents(text, rows):
        return None
    width = _width(rows)
    if any(len(row.cells) != width for row in rows) and not _is_trimmed(text, rows, width):
        return None
    return _of_rows(text, rows, width, [row.line for row in rows])


def _split(text: str, line: Line, separator: str) -> Row:
    cells, start = [], line.start
    while (end := text.find(separator, start, line.end)) >= 0:
        cells.append(_bare(text, start, end))
        start = end + 1
    return Row((*cells, _bare(text, start, line.end)), line)


def _width(rows: Sequence[Row]) -> int:
    return max(len(row.cells) for row in rows)


def _says(text: str, row: Row) -> bool:
    """Whether a line says something of a table (部门：…  单位：万元) and is no row of it."""
    return any(mark in text[row.line.start : row.line.end] for mark in ":：")


def _is_contents(text: str, rows: Sequence[Row]) -> bool:
    """Whether lines are those of a table of contents: a title and a page, which never goes back."""
    ends = [text[slice(*row.cells[-1])] for row in rows]
    if any(len(row.cells) != 2 for row in rows) or not all(_INTEGER.fullmatch(end) for end in ends):
        return False
    return all(int(one) <= int(other) for one, other in pairwise(ends))


def _is_trimmed(text: str, rows: Sequence[Row], width: int) -> bool:
    """Whether shorter rows lack only blank cells at their end: no row ends with one, and each cell is of the kind that
    its column has in whole rows. A short header proves its columns by a blank between its words only.
    """
    if any(row.cells[-1][0] == row.cells[-1][1] for row in rows):
        return False
    kinds = [[_is_number(text, cell) for cell in row.cells] for row in rows]
    whole = [kind for kind in kinds if len(kind) == width and any(kind)]
    if not whole:
        return False
    for row, kind in zip(rows, kinds, strict=True):
        if len(kind) == width:
            continue
        if not any(kind):
            if all(start < end for start, end in row.cells):
                return False
        elif any(
            each is not None and all(other[at] not in (None, each) for other in whole) for at, each in enumerate(kind)
        ):
            return False
    return True


def _is_number(text: str, cell: Range) -> bool | None:
    """Whether a cell holds a number; None where it is blank."""
    return _NUMBER.fullmatch(text[slice(*cell)]) is not None if cell[0] < cell[1] else None


# Pipes.


def is_markdown_rule(line: str) -> bool:
    """Whether a line is the row of Markdown that sets the header of a table apart."""
    bare = line.strip()
    if "|" not in bare or "-" not in bare or not set(bare) <= set("|-: \t"):
        return False
    cells = bare.removeprefix("|").removesuffix("|").split("|")
    return all(_DASHES.fullmatch(cell.strip()) for cell in cells)


def _is_piped(line: str) -> bool:
    bare = line.strip()
    return bare.count("|") >= 2 if bare.startswith("|") else " | " in bare or is_markdown_rule(bare)


def _piped(text: str, run: Sequence[Line]) -> CellTable | None:
    """Lines of as many cells between pipes. Under the mark of Markdown short rows lack cells at their end, as it says."""
    rows, marked = [], False
    for line in run:
        if is_markdown_rule(text[line.start : line.end]):
            marked = True
        else:
            rows.append(_between_pipes(text, line))
    if not rows:
        return None
    width = len(rows[0].cells) if marked else _width(rows)
    if any(len(row.cells) != width and not (marked and len(row.cells) < width) for row in rows):
        return None
    return _of_rows(text, rows, width, run)


def _between_pipes(text: str, line: Line) -> Row:
    start, end = _bare(text, line.start, line.end)
    start += text.startswith("|", start)
    end -= end > start and text[end - 1] == "|" and text[end - 2] != "\\"
    cells, at = [], start
    for place in range(start, end):
        if text[place] == "|" and text[place - 1] != "\\":
            cells.append(_bare(text, at, place))
            at = place + 1
    return Row((*cells, _bare(text, at, end)), line)


# Box drawing.


def _is_boxed(line: str) -> bool:
    bare = line.strip()
    if _is_rule(bare) and not _CORNER_SET.isdisjoint(bare):
        return True
    return (
        len(bare) > 1
        and (bare[0] in _BARS or bare[0] in _CORNERS)
        and bare[-1] in _BARS + _CORNERS
        or bare[:1] == bare[-1:] == "|"
    )


def _is_rule(bare: str) -> bool:
    """Whether a line is only drawn: it begins with a line or a corner, and holds no character of text."""
    return bare[:1] in _STARTS and bare != "" and _RULE.issuperset(bare)


def _boxed(text: str, run: Sequence[Line]) -> CellTable | None:
    """Cells between upright bars; rows between rules where those set each row apart, else lines."""
    rules = [_is_rule(text[line.start : line.end].strip()) for line in run]
    if not any(rules):
        return None
    wide = min((1, 2), key=lambda each: len(_edges(text, run, rules, each)))
    edges = _edges(text, run, rules, wide)
    if not 3 <= len(edges) <= 200:
        return None
    groups = _groups(run, rules)
    placed: dict[tuple[int, int], Placed] = {}
    for row, lines in enumerate(groups):
        for line in lines:
            bars = _bars(text, line, wide)
            if len(bars) < 2 or (bars[0][0], bars[-1][0]) != (edges[0], edges[-1]):
                return None
            for (left, start), (right, end) in pairwise(bars):
                column, last = bisect_left(edges, left), bisect_left(edges, right)
                cell = placed.setdefault((row, column), Placed(row, column, last - column, []))
                if cell.columns != last - column:
                    return None
                piece = _bare(text, start + 1, end)
                cell.pieces.extend([piece] if piece[0] < piece[1] else [])
    return _table(list(placed.values()), len(groups), len(edges) - 1, run)


def _groups(run: Sequence[Line], rules: Sequence[bool]) -> list[list[Line]]:
    """The lines of each row: what stands between two rules, where rules set more than a header apart."""
    groups: list[list[Line]] = [[]]
    for line, is_rule in zip(run, rules, strict=True):
        if is_rule:
            groups.append([])
        else:
            groups[-1].append(line)
    groups = [group for group in groups if group]
    return groups if len(groups) > 2 else [[line] for group in groups for line in group]


def _edges(text: str, run: Sequence[Line], rules: Sequence[bool], wide: int) -> list[int]:
    """Where upright bars stand, in character cells, if a character of box drawing is ``wide`` cells wide."""
    lines = (line for line, is_rule in zip(run, rules, strict=True) if not is_rule)
    return sorted({place for line in lines for place, _ in _bars(text, line, wide)})


def _bars(text: str, line: Line, wide: int) -> list[Range]:
    """The upright bars of a line: in character cells, and in the text."""
    found, x = [], 0
    for at in range(line.start, line.end):
        char = text[at]
        if char in _BARS or char in "|├┤┼╠╣╬":
            found.append((x, at))
        x += wide if "\u2500" <= char <= "\u257f" else 2 if unicodedata.east_asian_width(char) in "WFA" else 1
    return found


# Commas.


def _commas(text: str, run: Sequence[Line]) -> CellTable | None:
    """CSV: lines of as many cells, of which one names columns: commas within numbers would break that count."""
    rows = [_split_quoted(text, line) for line in run]
    width = _width(rows)
    if len(rows) < _FEWEST_COMMAS or any(len(row.cells) != width for row in rows):
        return None
    kinds = [[_is_number(text, cell) for cell in row.cells] for row in rows]
    if any(_GAP in text[start:end] for row in rows for start, end in row.cells):
        return None  # columns are made with spaces, and the commas are those of numbers
    named = any(True not in kind and kind.count(False) == width for kind in kinds)
    if not named or not any(True in kind for kind in kinds):
        return None
    return _of_rows(text, rows, width, run)


def _split_quoted(text: str, line: Line) -> Row:
    """The cells of a line of CSV. Quotes around a cell are not of it; a comma within them sets nothing apart."""
    cells, start, quoted = [], line.start, False
    for at in range(line.start, line.end + 1):
        if at < line.end and text[at] == '"':
            quoted = not quoted
        elif at == line.end or (text[at] == "," and not quoted):
            first, last = _bare(text, start, at)
            if last - first >= 2 and text[first] == text[last - 1] == '"':
                first, last = _bare(text, first + 1, last - 1)
            cells.append((first, last))
            start = at + 1
    return Row(tuple(cells), line)


#: In this order: lines of box drawing may hold pipes, rows between pipes tabs, and any of them commas.
_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str, Sequence[Line]], CellTable | None]], ...] = (
    (_is_boxed, _boxed),
    (_is_piped, _piped),
    (lambda line: "\t" in line.strip(" \n"), _tabbed),
    (lambda line: "," in line, _commas),
)
