"""The cells of a sheet as text: a grid with numbers of rows and columns, as wide as what is printed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract.tables.layout.sheet import Cell, Sheet, SheetCell, SheetPart
from pipeline.extract.tables.layout.words import display_width

#: So wide columns are at most, in characters of a terminal (a Chinese one counts two), of a whole table and of some rows.
OF_TABLE, OF_ROWS = 18, 48
_NARROWEST = 3
_BAR = "|"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a grid: what stands before it, its cells, and the cells it is made of for those who look for one."""

    margin: str
    cells: Sequence[SheetCell]
    part: SheetPart
    number: int | None = None


def rows_of(sheet: Sheet) -> list[GridRow]:
    """The rows of a sheet, part by part: those of its header (``h1``), then those below it, numbered through the table."""
    rows: list[GridRow] = []
    number = 0
    for part in sheet.parts:
        headers = [*part.header, *([part.beside] if part.beside else [])]
        rows += [GridRow(f"h{at}", cells, part) for at, cells in enumerate(headers, start=1)]
        for row in part.body:
            number += 1
            rows.append(GridRow(str(number), row.cells, part, number))
    return rows


def row_number(rows: Sequence[GridRow], cells: Collection[Cell]) -> int | None:
    """The number of the last row that prints one of ``cells``: those of merged cells stand in rows above, too."""
    starts = {cell.pieces[0] for cell in cells if cell.pieces}
    numbers = [
        row.number
        for row in rows
        if row.number is not None and any(one.cell.pieces[:1] and one.cell.pieces[0] in starts for one in row.cells)
    ]
    return max(numbers, default=None)


def draw(
    rows: Sequence[GridRow], text: Callable[[Cell], str], notes: Mapping[int, str], marked: int | None = None
) -> list[str]:
    """The lines of a grid, with ``notes`` behind rows by their numbers; the row ``marked`` has a mark before it."""
    widest = OF_TABLE if marked is None else OF_ROWS
    lines: list[str] = []
    part: SheetPart | None = None
    for row in rows:
        if row.part is not part:
            part = row.part
            same = [each for each in rows if each.part is part]
            widths = _widths(same, len(part.edges) - 1, text, widest)
            heads = _BAR.join(_fit(str(at), width) for at, width in enumerate(widths, start=1))
            lines += [f"  {part.place}", f"        {_BAR}{heads}{_BAR}"]
        sign = ">" if row.number is not None and row.number == marked else " "
        note = notes.get(row.number or 0, "")
        lines.append(f"  {sign}{row.margin:>4} {_BAR}{_row(row.cells, widths, text)}{_BAR} {note}".rstrip())
    return lines


def _widths(rows: Sequence[GridRow], count: int, text: Callable[[Cell], str], widest: int) -> list[int]:
    widths = [_NARROWEST] * count
    for one in (one for row in rows for one in row.cells):
        if one.last - one.first == 1 and one.first < count:
            widths[one.first] = max(widths[one.first], min(display_width(text(one.cell)), widest))
    for one in (one for row in rows for one in row.cells if one.last - one.first > 1 and one.last <= count):
        covered = widths[one.first : one.last]
        lacking = min(display_width(text(one.cell)), widest) - sum(covered) - len(covered) + 1
        widths[one.last - 1] += max(lacking, 0)
    return widths


def _row(cells: Sequence[SheetCell], widths: Sequence[int], text: Callable[[Cell], str]) -> str:
    shown: list[str] = []
    at = 0
    for one in sorted(cells, key=lambda one: one.first):
        if one.first < at or one.first >= len(widths):
            continue  # a cell without a column of its own
        shown += [" " * width for width in widths[at : one.first]]
        last = min(max(one.last, one.first + 1), len(widths))
        room = sum(widths[one.first : last]) + (last - one.first - 1)
        shown.append(_fit(text(one.cell), room))
        at = last
    return _BAR.join([*shown, *(" " * width for width in widths[at:])])


def _fit(text: str, room: int) -> str:
    """``text`` in exactly ``room`` places, its end cut off where it needs more."""
    if display_width(text) > room:
        while text and display_width(text) >= room:
            text = text[:-1]
        text += "…"
    return text + " " * (room - display_width(text))
