"""A printed table rebuilt from its published rows: sides, columns, hierarchy; every amount with its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.publish.site.labels import Both, label

Row = Mapping[str, Any]
#: What tells one column of amounts from another, and the vocabulary that names its values.
_KEYS: tuple[tuple[str, str | None], ...] = (
    ("fund", "fund"),
    ("revenue_source", "revenue_source"),
    ("phase", "phase"),
    ("fiscal_year", None),
    ("period_start", None),
    ("period_end", None),
    ("measure", "measure"),
)
#: Pairs of code and name that a row may be labelled with, and what they are called.
_CODES = (
    ("function", Both("功能分类", "Functional classification")),
    ("government_economic", Both("政府经济分类", "Government economic classification")),
    ("department_economic", Both("部门经济分类", "Departmental economic classification")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount: as printed, in yuan, its record and its place."""

    line_id: str
    printed: str
    printed_unit: str
    amount: Decimal
    start: int
    failed: bool


@dataclass(slots=True)
class PrintedRow:
    """A row of a table: its labels, how deep it stands, and its amounts by column (None: blank)."""

    kind: str
    depth: int
    labels: list[tuple[str, str]]  # (class of the cell, text)
    cells: list[Cell | None]


@dataclass(slots=True)
class Side:
    """One side of a table, or all of one that has no sides."""

    direction: str | None
    heads: list[Both]
    columns: list[Both]
    rows: list[PrintedRow] = field(default_factory=list)


def sides(lines: Iterable[Row], failed: frozenset[str]) -> list[Side]:
    """The sides of the table whose amounts are ``lines``; ``failed`` are ids that stand in a failed check.

    A table that prints revenue and expenditure side by side has two, in that order; the others have one.
    """
    rows = sorted(lines, key=lambda line: line["start"])
    directions = sorted({line["direction"] for line in rows} - {None}, reverse=True)
    if len(directions) < 2:
        return [_side(rows, directions[0] if directions else None, failed)] if rows else []
    return [_side([line for line in rows if line["direction"] == d], d, failed) for d in directions] + (
        [_side(rest, None, failed)] if (rest := [line for line in rows if line["direction"] is None]) else []
    )


def _side(lines: list[Row], direction: str | None, failed: frozenset[str]) -> Side:
    grouped: dict[str, list[Row]] = {}
    for line in lines:
        grouped.setdefault(line["row_id"], []).append(line)
    rows = list(grouped.values())
    keys = [at for at, (name, _) in enumerate(_KEYS) if any(len({line[name] for line in row}) > 1 for row in rows)]
    columns = _columns(rows, keys)
    heads, labels = _labels(lines)
    side = Side(direction, heads, [_title(lines, keys, column) for column in columns])
    for row in rows:
        by = {_column(line, keys): line for line in row}
        cells = [_cell(by[column], failed) if column in by else None for column in columns]
        side.rows.append(PrintedRow(row[0]["row_kind"], _depth(row[0]), labels(row[0]), cells))
    # A table that begins below the classes begins at the margin all the same.
    least = min((row.depth for row in side.rows if row.kind != "total"), default=0)
    for printed in side.rows:
        printed.depth = max(0, printed.depth - least)
    return side


def _labels(lines: list[Row]) -> tuple[list[Both], Callable[[Row], list[tuple[str, str]]]]:
    """The heads of the label columns, and what a row shows in them. A name stands once where item and code share it."""
    schemes = [pair for pair in _CODES if any(line[f"{pair[0]}_code"] or line[f"{pair[0]}_name"] for line in lines)]
    names = [f"{scheme}_name" for scheme, _ in schemes]
    apart = any(
        line["item"] and any(line[name] for name in names) and line["item"] not in [line[name] for name in names]
        for line in lines
    )
    itemised = apart or not schemes
    projects = any(line["project"] for line in lines)
    heads: list[Both] = []
    for _, title in schemes:
        heads += [Both("编码", "Code"), title]
    heads += [Both("项目", "Item")] * itemised + [Both("项目名称", "Project")] * projects

    def told(line: Row) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for number, (scheme, _) in enumerate(schemes):
            name = line[f"{scheme}_name"]
            if name is None and number == 0 and not itemised:
                name = line["item"]
            found += [("code", line[f"{scheme}_code"] or ""), ("name", name or "")]
        found += [("name", line["item"] or "")] * itemised + [("name", line["project"] or "")] * projects
        return found

    return heads, told


def _column(line: Row, keys: list[int]) -> tuple[Any, ...]:
    """What tells a row's amounts apart: of all that an amount says, what differs within any row."""
    return tuple(line[_KEYS[at][0]] for at in keys)


def _columns(rows: list[list[Row]], keys: list[int]) -> list[tuple[Any, ...]]:
    """The columns in their printed order: each row shows a part of it, the longest rows first."""
    order: list[tuple[Any, ...]] = []
    for row in sorted(rows, key=len, reverse=True):
        at = 0
        for line in row:
            column = _column(line, keys)
            if column in order:
                at = order.index(column) + 1
            else:
                order.insert(at, column)
                at += 1
    return order


def _title(lines: list[Row], keys: list[int], column: tuple[Any, ...]) -> Both:
    """The words of what tells the column apart, its measure last; the one measure of a table without columns."""
    zh, en = [], []
    values = dict(zip(keys, column, strict=True))
    measure = len(_KEYS) - 1
    if measure not in values and len(only := {line["measure"] for line in lines}) == 1:
        values[measure] = only.pop()
    for at in sorted(values):
        value, words = values[at], _KEYS[at][1]
        if value is not None:
            named = label(words, value) if words else Both(str(value), str(value))
            zh.append(named.zh)
            en.append(named.en)
    return Both(" · ".join(zh), " · ".join(en)) if zh else Both("金额", "Amount")


def _depth(line: Row) -> int:
    path = str(line["item_path"] or "")
    code = next((line[f"{scheme}_code"] for scheme, _ in _CODES if line[f"{scheme}_code"]), None)
    if code:
        return {3: 0, 5: 1, 7: 2}.get(len(code), 0)
    return min(path.count("/"), 3)


def _cell(line: Row, failed: frozenset[str]) -> Cell:
    return Cell(
        line["line_id"], line["printed"], line["printed_unit"] or "", line["amount"], line["start"],
        line["line_id"] in failed,
    )  # fmt: skip
