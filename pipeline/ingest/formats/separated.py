"""Tables in plain text: cells set apart by tabs, pipes (Markdown), lines of box drawing, commas or semicolons (CSV).

A run of lines is a table where every row proves the same columns. What proves nothing stays ordinary text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import NamedTuple, TypeAlias

from pipeline.ingest.document import Cell, CellTable, Line, NotReadable
from pipeline.ingest.limits import Limits

Range: TypeAlias = tuple[int, int]

_NUMBER = re.compile(r"[-+－−]?[\d,，.]*\d[\d,，.]*[-%]?|[-－—–]+")
_INTEGER = re.compile(r"\d{1,3}")
#: A cell of the row of Markdown that sets the header apart: |---|:-:|
_DASHES = re.compile(r":-+:?|-+:|-{2,}")
_BARS = "│┃║┆┇┊┋▏｜"
_LINES = "─━═┄┅┈┉╌╍-="
_CORNERS = "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬┠┨┯┷┿╂╟╢╤╧╪╫╞╡╒╕╘╛╓╖╙╜╥╨╭╮╰╯+"
_CORNER_SET, _STARTS = frozenset(_CORNERS), frozenset(_CORNERS + _LINES)
_RULE = frozenset(_CORNERS + _LINES + _BARS + "| \t")
#: What stands between two bars where a rule runs through, and what a rule leaves open above a cell that goes on.
_RULED, _BLANK = re.compile(f"[{re.escape(_CORNERS + _LINES)}]{{2,}}"), re.compile(r"\s")
_BREAK = re.compile(r"<br\s*/?>|\n", re.I)
#: What sets a number apart in text laid out with spaces.
_WIDE_GAP = re.compile(r"\d  |  \d")
#: So many lines a cell in quotes has at most, and so many blanks stand before its quote.
_MOST_LINES, _SHORT = 20, 100
#: Rows of separated cells that make a table at least, and rows and columns together of one of commas without blank cells.
_FEWEST, _MANY_COMMAS = 2, 6
#: So many lines of other cells than theirs may stand right above rows of CSV.
_ABOVE = 3


#: Which lines of a text may be of a table of one kind.
Belongs: TypeAlias = Callable[[str, Sequence[Line]], Sequence[bool]]


class Row(NamedTuple):
    """A row of a run: its cells as ranges of the text, and its line (a cell in quotes goes on over several)."""

    cells: tuple[Range, ...]
    line: Line


@dataclass(slots=True)
class Placed:
    """A cell that is set apart: its place in the grid, what it spans, and the ranges of the text that it prints."""

    row: int
    column: int
    columns: int
    pieces: list[Range]
    rows: int = 1


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


def _runs(text: str, lines: Sequence[Line], belongs: Belongs, taken: set[int]) -> Iterator[Sequence[Line]]:
    """Adjacent lines that belong to one kind of table, two or more."""
    first = None
    for at, (line, belong) in enumerate(zip([*lines, None], [*belongs(text, lines), False], strict=True)):
        inside = line is not None and line.number not in taken and belong
        if inside and first is None:
            first = at
        elif not inside and first is not None:
            if at - first >= _FEWEST:
                yield lines[first:at]
            first = None


def _table(
    placed: Sequence[Placed], rows: int, columns: int, run: Sequence[Line], filled: int = _FEWEST
) -> CellTable | None:
    """The table of ``placed`` cells, blank ones between them; None where they make no table of several columns.

    ``filled`` is how many rows at least print something.
    """
    if len({cell.column for cell in placed}) < 2 or len({cell.row for cell in placed}) < filled:
        return None
    cells = {(cell.row, cell.column): cell for cell in placed}
    covered = {
        (row, column)
        for cell in placed
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    made = []
    for place in ((row, column) for row in range(rows) for column in range(columns)):
        if (cell := cells.get(place)) is not None:
            made.append(Cell(*place, cell.rows, cell.columns, tuple(cell.pieces)))
        elif place not in covered:
            made.append(Cell(*place))
    return CellTable(tuple(made), rows, columns, run[0].start, run[-1].end)


def _bare(text: str, start: int, end: int) -> Range:
    """``start:end`` without the white space at its ends."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, start + len(piece.strip()))


def _of_rows(
    text: str, rows: Sequence[Row], columns: int, run: Sequence[Line], filled: int = _FEWEST
) -> CellTable | None:
    """The table of rows that all begin in the first column."""
    placed = [
        Placed(y, x, 1, _pieces(text, cell))
        for y, row in enumerate(rows)
        for x, cell in enumerate(row.cells)
        if cell[0] < cell[1]
    ]
    return _table(placed, len(rows), columns, run, filled)


def _pieces(text: str, cell: Range) -> list[Range]:
    """The lines of a cell: Markdown writes <br> between them, CSV goes on in the next line."""
    start, pieces = cell[0], []
    for mark in [*_BREAK.finditer(text, *cell), None]:
        piece = _bare(text, start, mark.start() if mark else cell[1])
        pieces += [piece] if piece[0] < piece[1] else []
        start = mark.end() if mark else start
    return pieces


# Tabs, and what else stands between cells and nowhere else.


def _tabbed(text: str, run: Sequence[Line]) -> CellTable | None:
    return _set_apart(text, list(_quoted_rows(text, run, "\t")))


def _set_apart(text: str, rows: list[Row]) -> CellTable | None:
    """Lines of as many cells; those without their last blank ones where white space at the ends was cut off."""
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
    return bare.count("|") >= 2 or " | " in bare or is_markdown_rule(bare)


def _piped(text: str, run: Sequence[Line]) -> CellTable | None:
    """Lines of as many cells between pipes. Under the mark of Markdown short rows lack cells at their end, as it says.

    Where not all lines begin with one, a pipe at the beginning or the end of a line has a blank cell outside of it.
    """
    marks = [is_markdown_rule(text[line.start : line.end]) for line in run]
    plain = [line for line, mark in zip(run, marks, strict=True) if not mark]
    framed = all(text[line.start : line.end].lstrip()[:1] == "|" for line in plain)
    rows = [_between_pipes(text, line, framed) for line in plain]
    if not rows:
        return None
    if not framed:
        return _set_apart(text, rows)
    width = len(rows[0].cells) if any(marks) else _width(rows)
    if any(len(row.cells) != width and not (any(marks) and len(row.cells) < width) for row in rows):
        return None
    # Under the mark of Markdown a header is one, though all rows below it are blank: nothing was spent.
    return _of_rows(text, rows, width, run, filled=1 if any(marks) else _FEWEST)


def _between_pipes(text: str, line: Line, framed: bool) -> Row:
    start, end = _bare(text, line.start, line.end)
    if framed:
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
    """Whether a line is only drawn: it begins with a line or a corner, and holds no character of text (+---+, |---+---|)."""
    return bare != "" and (bare[0] in _STARTS or bare[:2] == "|-" and "+" in bare) and _RULE.issuperset(bare)


def _boxed(text: str, run: Sequence[Line]) -> CellTable | None:
    """Cells between upright bars; rows between rules where those set each row apart, else lines.

    A rule that is open below a cell (├────┤    ├────┤) lets that cell reach into the next row.
    """
    rules = [_is_rule(bare := text[line.start : line.end].strip()) and not _BLANK.search(bare) for line in run]
    if not any(rules):
        return _out_of_line(text, run, rules) if _are_barred(text, run) else None
    return _by_bars(text, run, rules) or _out_of_line(text, run, rules)


def _are_barred(text: str, run: Sequence[Line]) -> bool:
    """Whether three lines or more stand between bars of box drawing, without rules."""
    bare = [text[line.start : line.end].strip() for line in run]
    return len(run) > 2 and all(line[0] in _BARS and line[-1] in _BARS for line in bare)


def _by_bars(text: str, run: Sequence[Line], rules: Sequence[bool]) -> CellTable | None:
    """Cells between the bars of a box that stand below one another."""
    wide = min(_WIDTHS, key=lambda each: len(_edges(text, run, rules, each)))
    edges = _edges(text, run, rules, wide)
    if not 3 <= len(edges) <= 200:
        return None
    box = _Box(edges, by_rules=_rows_between(run, rules) > 2)
    for line, is_rule in zip(run, rules, strict=True):
        if is_rule:
            box.close()
        elif not box.add(text, _bars(text, line, wide)):
            return None
    return _table(box.placed, max((cell.row + cell.rows for cell in box.placed), default=0), len(edges) - 1, run)


def _out_of_line(text: str, run: Sequence[Line], rules: Sequence[bool]) -> CellTable | None:
    """Cells of a box whose bars do not stand below one another, where each line is a row and has as many of them."""
    lines = [line for line, is_rule in zip(run, rules, strict=True) if not is_rule]
    bars = [_bars(text, line, _WIDTHS[0]) for line in lines]
    width = len(bars[0]) - 1 if bars else 0
    if width < 2 or any(len(each) - 1 != width for each in bars) or 2 < _rows_between(run, rules) < len(lines):
        return None
    cells = [tuple(_bare(text, a + 1, b) for (_, a), (_, b) in pairwise(each)) for each in bars]
    if any(_RULED.fullmatch(text, *cell) for row in cells for cell in row if cell[0] < cell[1]):
        return None
    return _of_rows(text, [Row(*row) for row in zip(cells, lines, strict=True)], width, run)


def _rows_between(run: Sequence[Line], rules: Sequence[bool]) -> int:
    """How many groups of lines stand between rules."""
    return sum(not is_rule and (at == 0 or rules[at - 1]) for at, is_rule in enumerate(rules))


class Widths(NamedTuple):
    """How many character cells a character of box drawing takes, and any other that is wide in some fonts only (“, ①)."""

    drawn: int
    ambiguous: int


_WIDTHS = (Widths(1, 2), Widths(1, 1), Widths(2, 2), Widths(2, 1))


class _Box:
    """The cells of a drawn table, line by line. ``open`` are those that the next line may go on with, by column."""

    def __init__(self, edges: Sequence[int], by_rules: bool) -> None:
        self.edges, self.by_rules, self.row = edges, by_rules, 0
        self.placed: list[Placed] = []
        self.open: dict[int, Placed] = {}

    def close(self) -> None:
        """End the row, and all cells in it."""
        self.row += bool(self.open)
        self.open = {}

    def add(self, text: str, bars: Sequence[Range]) -> bool:
        """Add what stands between the ``bars`` of a line; False where they are not those of the table."""
        if len(bars) < 2 or (bars[0][0], bars[-1][0]) != (self.edges[0], self.edges[-1]):
            return False
        ended: list[range] = []
        for (left, start), (right, end) in pairwise(bars):
            columns = range(bisect_left(self.edges, left), bisect_left(self.edges, right))
            if _RULED.fullmatch(text, start + 1, end):
                ended.append(columns)
            elif not self._print(columns, _bare(text, start + 1, end)):
                return False
        if ended:
            self._end(ended)
        elif not self.by_rules:
            self.close()
        return True

    def _print(self, columns: range, piece: Range) -> bool:
        cell = self.open.get(columns.start)
        if cell is None:
            if any(column in columns for column in self.open):
                return False
            cell = self.open[columns.start] = Placed(self.row, columns.start, len(columns), [])
            self.placed.append(cell)
        cell.pieces += [piece] if piece[0] < piece[1] else []
        return cell.columns == len(columns)

    def _end(self, ended: Sequence[range]) -> None:
        """End the cells above these columns; the others reach into the row that begins."""
        closed = {column for columns in ended for column in columns}
        self.open = {column: cell for column, cell in self.open.items() if column not in closed}
        for cell in self.open.values():
            cell.rows += 1
        self.row += 1


def _edges(text: str, run: Sequence[Line], rules: Sequence[bool], wide: Widths) -> list[int]:
    """Where upright bars stand, in character cells, if characters are as ``wide`` as that."""
    lines = (line for line, is_rule in zip(run, rules, strict=True) if not is_rule)
    return sorted({place for line in lines for place, _ in _bars(text, line, wide)})


def _bars(text: str, line: Line, wide: Widths) -> list[Range]:
    """The upright bars of a line: in character cells, and in the text."""
    found, x = [], 0
    for at in range(line.start, line.end):
        char = text[at]
        if char in _BARS or char in "|├┤┼╠╣╬":
            found.append((x, at))
        x += wide.drawn if "\u2500" <= char <= "\u257f" else _cells_of(char, wide)
    return found


def _cells_of(char: str, wide: Widths) -> int:
    width = unicodedata.east_asian_width(char)
    return wide.ambiguous if width == "A" else 2 if width in "WF" else 1


# Commas and semicolons.


def _commas(text: str, run: Sequence[Line], mark: str = ",") -> CellTable | None:
    """CSV: lines of as many cells, whose first name every column: commas within numbers would break that count.

    Sheets of several tables are as wide as the widest of them: there a row of one cell and blanks (a title) shows as much
    as a name over every column. A line of a few cells may stand above (,单位：万元).
    """
    rows = list(_quoted_rows(text, run, mark))
    above = next((at for at, row in enumerate(rows[:_ABOVE]) if len(row.cells) >= len(rows[-1].cells)), 0)
    rows = rows[above:]
    if any(len(row.cells) != len(rows[0].cells) for row in rows):
        return None
    # Programs write as many cells a row as the widest of the sheet ever had.
    width = max((at for row in rows for at, cell in enumerate(row.cells, 1) if cell[0] < cell[1]), default=0)
    rows = [Row(row.cells[:width], row.line) for row in rows]
    kinds = [[_is_number(text, cell) for cell in row.cells] for row in rows]
    if any(_WIDE_GAP.search(text, *cell) for row in rows for cell in row.cells):
        return None  # columns are made with spaces, and the commas are those of numbers
    blank = any(None in kind for kind in kinds)  # ,, stands in no sentence
    many = len(rows) + width >= _MANY_COMMAS and any(True in kind for kind in kinds)
    if not blank and not many:
        return None
    head = list(takewhile(lambda kind: True not in kind, kinds))
    spread = any(kind.count(None) >= width - 1 > 1 for kind in kinds)
    if not spread and not all(any(kind[at] is not None for kind in head) for at in range(width)):
        return None
    return _of_rows(text, rows, width, run[above:])


def _semicolons(text: str, run: Sequence[Line]) -> CellTable | None:
    return _commas(text, run, ";")


def _quoted_rows(text: str, run: Sequence[Line], mark: str) -> Iterator[Row]:
    """The rows of CSV. Quotes around a cell are not of it; a mark or the end of a line within them sets nothing apart."""
    cells: list[Range] = []
    first, start, quoted, in_quotes = run[0], run[0].start, False, False
    either = re.compile(f'["{mark}]')
    for line in run:
        first = first if in_quotes else line
        for found in [*either.finditer(text, line.start, line.end), None]:
            at = found.start() if found else line.end
            if found and found.group() == '"':
                quoted = quoted or _is_blank(text, start, at)
                in_quotes = quoted and not in_quotes
            elif not in_quotes:
                cells.append(_unquoted(text, *_bare(text, start, at)))
                start, quoted = at + 1, False
        if not in_quotes:
            yield Row(tuple(cells), first._replace(end=line.end))
            cells = []
    if in_quotes:
        yield Row((*cells, (start, run[-1].end)), first._replace(end=run[-1].end))


def _is_blank(text: str, start: int, end: int) -> bool:
    return end - start < _SHORT and not text[start:end].strip()


def _unquoted(text: str, start: int, end: int) -> Range:
    return _bare(text, start + 1, end - 1) if end - start >= 2 and text[start] == text[end - 1] == '"' else (start, end)


def _each(belongs: Callable[[str], bool]) -> Belongs:
    """Lines that belong to a kind of table each for itself."""
    return lambda text, lines: [belongs(text[line.start : line.end]) for line in lines]


def _marked(mark: str) -> Belongs:
    """Lines with a ``mark`` that sets cells apart, and those in quotes that a cell opens there and closes below."""
    opens = re.compile(rf'(?:^|{mark})[^\S\n]*"(?:[^"\n]|"")*$', re.M)
    closes = re.compile(rf'^(?:[^"\n]|"")*"[^\S\n]*(?:{mark}|$)', re.M)

    def belongs(text: str, lines: Sequence[Line]) -> list[bool]:
        found = [mark in text[line.start : line.end].strip(" \n") for line in lines]
        at = 0
        while at < len(lines):
            last = at
            if opens.search(text, lines[at].start, lines[at].end):
                below = range(at + 1, min(at + _MOST_LINES, len(lines)))
                last = next((n for n in below if closes.match(text, lines[n].start, lines[n].end)), at)
            if last > at:
                found[at : last + 1] = [True] * (last + 1 - at)
            at = max(last, at + 1)
        return found

    return belongs


#: In this order: lines of box drawing may hold pipes, rows between pipes tabs, and any of them commas.
_KINDS: tuple[tuple[Belongs, Callable[[str, Sequence[Line]], CellTable | None]], ...] = (
    (_each(_is_boxed), _boxed),
    (_each(_is_piped), _piped),
    (_marked("\t"), _tabbed),
    (_marked(";"), _semicolons),
    (_marked(","), _commas),
)
