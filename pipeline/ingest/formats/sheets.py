"""Sheets of any workbook to blocks: what is hidden stays out and is said, a sheet that holds cells is a table."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, groupby, takewhile

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.blocks import Block, CellBlock, Paragraph, TableBlock
from pipeline.ingest.limits import Limits

Place = tuple[int, int]
#: Names that programs give.
_NUMBERED = re.compile(r"(?:sheet|工作表|表格?)\s*\d*(?:\s*\(\d+\))?", re.I)
_NO_TITLE = re.compile(r"[:：]|单位|^附[件表]?|^公开|编制")
#: What ends like the title of a table, and not like the number of its form (公开03表); a number with decimals.
_TITLE, _DECIMAL, _MOST_TITLES = re.compile(r".{2,}[^\W\da-zA-Z]表\s*(?:[（(].*[）)])?"), re.compile(r"\d\.\d"), 20
_SHOWN = 6
#: So many rows of one cell each, adjacent but for other such rows, that print a sentence are prose.
_SENTENCES = 2


@dataclass(slots=True)
class Sheet:
    """A sheet: what its cells print by (row, column), merged ranges (first and last place), what is hidden in it."""

    name: str
    number: int
    texts: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False
    #: cells with a formula of which the file does not keep the value, and with an error in place of a value
    uncomputed: list[Place] = field(default_factory=list)
    errors: list[Place] = field(default_factory=list)


def sheet_blocks(sheets: Iterable[Sheet], limits: Limits, notes: list[str], remarks: list[str]) -> Iterator[Block]:
    """The blocks of the sheets that are shown, in their order. What is left out goes to ``notes`` and ``remarks``."""
    hidden = []
    for sheet in sheets:
        if sheet.hidden:
            hidden += [sheet.name] if sheet.texts else []
            continue
        _say(sheet, notes, remarks)
        cells = _cells(sheet, limits)
        if not cells:
            continue
        parts = _side_by_side(cells)
        if len(parts) == 1 and _names_itself(sheet.name, cells):
            yield Paragraph(sheet.name)
        for part in parts:
            yield from _blocks(part, sheet.number)
    if hidden:
        remarks.append(f"hidden sheets are left out: {_list(hidden)}")


def _side_by_side(cells: list[CellBlock]) -> list[list[CellBlock]]:
    """The tables that stand side by side on a sheet: each begins with a title of its own, in a row of its own columns.

    Columns without labels (no word in the first of them, but amounts) are those of the table to their left.
    """
    parts = []
    titled = {cell.column for cell in cells if _TITLE.fullmatch(_text(cell))}
    for column in sorted(titled, reverse=True)[:_MOST_TITLES]:
        left = [cell for cell in cells if cell.column < column]
        right = [cell for cell in cells if cell.column >= column]
        crossed = any(cell.column + cell.columns > column for cell in left)
        amounts = any(_DECIMAL.search(_text(cell)) for cell in right if cell.column == column)
        if not crossed and not amounts and _begins_with_title(left) and _begins_with_title(right):
            top = min(cell.row for cell in right if _text(cell))
            parts.append([cell for cell in right if cell.row >= top])
            cells = left
    return [cells, *reversed(parts)]


def _begins_with_title(cells: list[CellBlock]) -> bool:
    """Whether the rows of one text each that these cells begin with have a title among them."""
    filled = ((cell.row, text) for cell in cells if (text := _text(cell)))
    rows = ([text for _, text in group] for _, group in groupby(filled, key=lambda each: each[0]))
    return any(_TITLE.fullmatch(row[0]) for row in takewhile(lambda row: len(row) == 1, rows))


def _blocks(cells: list[CellBlock], number: int) -> Iterator[Block]:
    """The cells of a sheet as tables, and as paragraphs the prose above, between or below them."""
    rows = [list(row) for _, row in groupby(cells, key=lambda cell: cell.row)]
    lone = _lone_texts(rows)
    prose: list[bool] = []
    for is_lone, group in groupby(lone, key=lambda text: text is not None):
        texts = list(group)
        sentences = sum("。" in text for text in texts if text)
        prose += [is_lone and sentences >= _SENTENCES] * len(texts)
    for is_prose, numbers in groupby(range(len(rows)), key=lambda at: prose[at]):
        if is_prose:
            yield from (Paragraph(text) for at in numbers if (text := lone[at]))
        else:
            yield TableBlock([cell for at in numbers for cell in rows[at]], number)


def _lone_texts(rows: Iterable[list[CellBlock]]) -> list[str | None]:
    """The text of each row that holds one cell only, "" of a blank one; None of the rows of a table."""
    texts: list[str | None] = []
    reach = -1
    for row in rows:
        filled = [text for cell in row if (text := _text(cell))]
        texts.append(None if len(filled) > 1 or reach >= row[0].row else "".join(filled))
        reach = max(reach, *(cell.row + cell.rows - 1 for cell in row))
    return texts


def _text(cell: CellBlock) -> str:
    return "".join(block.text for block in cell.blocks if isinstance(block, Paragraph)).strip()


def _say(sheet: Sheet, notes: list[str], remarks: list[str]) -> None:
    rows = {row for row, _ in sheet.texts} & sheet.hidden_rows
    columns = {column for _, column in sheet.texts} & sheet.hidden_columns
    if rows or columns:
        said = [f"rows {_list([str(row + 1) for row in sorted(rows)])}"] if rows else []
        said += [f"columns {_list([column_name(column) for column in sorted(columns)])}"] if columns else []
        remarks.append(f"sheet {sheet.name}: hidden {' and '.join(said)} are left out")
    if seen := [place for place in sheet.uncomputed if _is_seen(sheet, place)]:
        notes.append(
            f"sheet {sheet.name}: the file does not keep the values of the formulas in {_list(map(place_name, seen))}; "
            "open it in a program that computes them, and save it"
        )
    if seen := [place for place in sheet.errors if _is_seen(sheet, place)]:
        notes.append(f"sheet {sheet.name}: formulas gave errors in {_list(map(place_name, seen))}")


def _list(items: Iterable[str]) -> str:
    held = list(items)
    return "、".join(held[:_SHOWN]) + (f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else "")


def _is_seen(sheet: Sheet, place: Place) -> bool:
    return place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_columns


def _cells(sheet: Sheet, limits: Limits) -> list[CellBlock]:
    """The cells of a sheet that is shown, without columns and rows in which nothing stands; of blank rows one is kept.

    A merged range is one cell, at its first place that is shown.
    """
    shown = {place: text for place, text in sheet.texts.items() if text.strip() and _is_seen(sheet, place)}
    shown |= {first: text for first, text in _moved(sheet) if text.strip()}
    filled = sorted({row for row, _ in shown})
    rows = [row for at, row in enumerate(filled) for row in _with_gap(row, filled[at + 1 : at + 2], sheet.hidden_rows)]
    columns = sorted({column for _, column in shown})
    if len(rows) * len(columns) > limits.max_cells:
        raise NotReadable(f"its tables have more than the {limits.max_cells} cells that a source may have")
    spans: dict[Place, tuple[int, int]] = {}
    covered: set[Place] = set()
    area = 0
    for (top, left), (bottom, right) in sheet.merged:
        high, wide = _between(rows, top, bottom), _between(columns, left, right)
        if not high or not wide or (high[0], wide[0]) in covered or (high[0], wide[0]) in spans:
            continue  # looked at first, for ranges may overlap without end
        area += len(high) * len(wide)
        if area > 8 * limits.max_cells:
            raise NotReadable(f"its merged ranges cover more than the {8 * limits.max_cells} places that they may")
        places = [(row, column) for row in high for column in wide]
        if covered.isdisjoint(places) and spans.keys().isdisjoint(places):
            spans[places[0]] = (len(high), len(wide))
            covered.update(places[1:])
    return [
        CellBlock(y, x, [Paragraph(shown.get((row, column), ""))], *spans.get((row, column), (1, 1)))
        for y, row in enumerate(rows)
        for x, column in enumerate(columns)
        if (row, column) not in covered
    ]


def _with_gap(row: int, following: list[int], hidden: set[int]) -> list[int]:
    """``row``, and the blank one below it where the next that is filled does not follow at once."""
    blank = next(at for at in count(row + 1) if at not in hidden)
    return [row, blank] if following and following[0] > blank else [row]


def _moved(sheet: Sheet) -> Iterator[tuple[Place, str]]:
    """The text of merged ranges whose first place is hidden, at the first place that is shown."""
    if not (sheet.hidden_rows or sheet.hidden_columns):
        return
    for (top, left), (bottom, right) in sheet.merged:
        row = next((row for row in range(top, bottom + 1) if row not in sheet.hidden_rows), None)
        column = next((column for column in range(left, right + 1) if column not in sheet.hidden_columns), None)
        if row is not None and column is not None and (row, column) != (top, left):
            yield (row, column), sheet.texts.get((top, left), "")


def _between(places: list[int], first: int, last: int) -> list[int]:
    """Those of the sorted ``places`` from ``first`` to ``last``."""
    return places[bisect_left(places, first) : bisect_right(places, last)]


def _names_itself(name: str, cells: list[CellBlock]) -> bool:
    """Whether the name of a sheet is the title that its cells lack: they begin with a row of several texts."""
    if _NUMBERED.fullmatch(name.strip()):
        return False
    rows: dict[int, list[str]] = {}
    for cell in cells:
        if text := _text(cell):
            rows.setdefault(cell.row, []).append(text)
    for _, texts in sorted(rows.items()):
        if len(texts) > 1:
            return not any(map(_TITLE.fullmatch, texts))
        if len(texts[0]) >= 4 and not _NO_TITLE.search(texts[0]):
            return False
    return False


def column_name(column: int) -> str:
    """The letters of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_name(place: Place) -> str:
    """A place as workbooks name it: B7."""
    return f"{column_name(place[1])}{place[0] + 1}"
