"""The column that names the rows under a header that no word of the library knows: its cells show it.

A table's first column holds what its rows are about, whatever its header calls it (功能科目及单位, 经费项目). Without it
rows would be published without label and code, a unit and its codes side by side as if all were details.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.forms import TableForm
from pipeline.extract.tables.cells import TableRow, is_amount
from pipeline.extract.tables.columns import Column

_NAMING = ("code", "class", "section", "item", "name", "label", "code_name", "project", "unit")


def name_labels(rows: Sequence[TableRow], form: TableForm) -> None:
    """Make the last column of words before the amounts the label of its rows where no column of ``rows`` names them."""
    named: list[tuple[tuple[Column, ...], tuple[Column, ...]]] = []
    for row in rows:
        found = next((new for old, new in named if old is row.columns), None)
        if found is None:
            found = _named(row.columns, rows, form)
            named.append((row.columns, found))
        row.columns = found


def _named(columns: tuple[Column, ...], rows: Sequence[TableRow], form: TableForm) -> tuple[Column, ...]:
    first = next((at for at, column in enumerate(columns) if column.kind == "amount"), len(columns))
    leading = columns[:first]
    if any(column.kind == "key" and column.key in _NAMING for column in leading):
        return columns
    of = [row for row in rows if row.columns is columns]
    words = [c for c in leading if c.kind == "unknown" and c.path and _are_words(c, of)]
    if not words:
        return columns
    label = replace(words[-1], kind="key", key="label", scheme=form.scheme)
    return tuple(label if column is words[-1] else column for column in columns)


def _are_words(column: Column, rows: Sequence[TableRow]) -> bool:
    """Whether cells of a column print words in at least two rows, and no cell an amount or a bare number."""
    cells = [row.cells[column.index].folded for row in rows if column.index in row.cells]
    return len(cells) > 1 and not any(is_amount(cell) or cell.isdigit() for cell in cells)
