"""The columns that name the rows under headers that no word of the library knows: their cells show it.

A table's first column holds what its rows are about, whatever its header calls it (功能科目及单位, 经费项目). Without it
rows would be published without label and code, a unit and its codes side by side as if all were details.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import LEVELS
from pipeline.extract.tables.layout.sheet import Cell, TableRow, is_amount
from pipeline.extract.tables.meaning.columns import Column

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
    labels: dict[int, Column] = {}
    for order, before in enumerate(_before_amounts(columns)):
        unknown = [column for column in before if column.kind == "unknown" and column.path]
        if not unknown or any(column.kind == "key" and column.key in _NAMING for column in before):
            continue
        cells = {
            c.index: [r.cells[c.index] for r in rows if r.columns is columns and c.index in r.cells] for c in unknown
        }
        words = [column for column in unknown if _are_words(cells[column.index])]
        # Beyond the first side words may be anything (采购方式): there they must read like labels.
        words = [column for column in words if order == 0 or _are_labels(cells[column.index], library)]
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


def _are_words(cells: Sequence[Cell]) -> bool:
    """Whether a column prints words in at least two rows, and no amount or bare number."""
    return len(cells) > 1 and not any(is_amount(cell.folded) or cell.folded.isdigit() for cell in cells)


def _are_labels(cells: Sequence[Cell], library: Library) -> bool:
    """Whether half of a column's cells begin with an ordinal or are labels of totals."""
    return sum(_begins_as_label(cell.folded) or library.says("totals", cell.text) for cell in cells) * 2 >= len(cells)


def _begins_as_label(folded: str) -> bool:
    return folded.startswith("其中:") or any(level.match(folded) for level in LEVELS)
