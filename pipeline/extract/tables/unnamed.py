"""The columns that name the rows under headers that no word of the library knows: their cells show it.

A table's first column holds what its rows are about, whatever its header calls it (功能科目及单位, 经费项目). Without it
rows would be published without label and code, a unit and its codes side by side as if all were details.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.tables.cells import TableRow, is_amount
from pipeline.extract.tables.columns import Column

_ORDINAL = re.compile(r"[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十\d]+[）]|\d{1,2}[、.](?!\d)|其中[:：]")
_NAMING = ("code", "class", "section", "item", "name", "label", "code_name", "project", "unit")


def name_labels(rows: Sequence[TableRow], form: TableForm, library: Library) -> None:
    """Make the last column of words before the amounts the label of its rows where no column of ``rows`` names them."""
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
    of = [row for row in rows if row.columns is columns]
    labels: dict[int, Column] = {}
    for order, before in enumerate(_before_amounts(columns)):
        if any(column.kind == "key" and column.key in _NAMING for column in before):
            continue
        words = [c for c in before if c.kind == "unknown" and c.path and _are_words(c, of)]
        # Beyond the first side words may be anything (采购方式): there they must read like labels.
        words = [c for c in words if order == 0 or _are_labels(c, of, library)]
        if words:
            labels[words[-1].index] = replace(words[-1], kind="key", key="label", scheme=form.scheme)
    return tuple(labels.get(column.index, column) for column in columns) if labels else columns


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


def _are_words(column: Column, rows: Sequence[TableRow]) -> bool:
    """Whether cells of a column print words in at least two rows, and no cell an amount or a bare number."""
    cells = [row.cells[column.index].folded for row in rows if column.index in row.cells]
    return len(cells) > 1 and not any(is_amount(cell) or cell.isdigit() for cell in cells)


def _are_labels(column: Column, rows: Sequence[TableRow], library: Library) -> bool:
    """Whether half of a column's cells begin with an ordinal or are labels of totals."""
    cells = [row.cells[column.index] for row in rows if column.index in row.cells]
    read = sum(bool(_ORDINAL.match(cell.folded)) or library.says("totals", cell.text) for cell in cells)
    return read * 2 >= len(cells)
