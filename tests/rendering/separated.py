"""A disclosure as text whose cells are set apart: tabs, Markdown, HTML tables in text, box drawing, commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape
from random import Random
from unicodedata import east_asian_width

from tests.rendering.grids import GridRow, body, header, moved, plain
from tests.rendering.model import Disclosure, Table

KINDS = ("tabs", "markdown", "html", "box", "commas")


def render(disclosure: Disclosure, kind: str, random: Random) -> bytes:
    """The text, in UTF-8."""
    marked = kind in ("markdown", "html")
    parts = [f"# {disclosure.title}" if marked else disclosure.title, *disclosure.prose]
    for table in disclosure.tables:
        parts += [f"## {table.title}" if marked else table.title, f"单位：{table.unit}", ""]
        parts += [_TABLES[kind](table, random), ""]
        if table.note:
            parts += [table.note, ""]
    return "\n".join([*parts, *disclosure.after, ""]).encode()


def _rows(table: Table) -> list[GridRow]:
    head = header(table.columns)
    return [*head, *body(table, len(head))]


def _tabs(table: Table, random: Random) -> str:
    return "\n".join("\t".join(row) for row in plain(_rows(table), len(table.columns)))


def _markdown(table: Table, random: Random) -> str:
    first, *rows = plain(_rows(table), len(table.columns))
    rule = ["---"] * len(first)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (first, rule, *rows))


def _html(table: Table, random: Random) -> str:
    cells = (
        "<tr>" + "".join(
            "<td" + f' rowspan="{c.rows}"' * (c.rows > 1) + f' colspan="{c.columns}"' * (c.columns > 1) + f">{escape(c.text)}</td>"
            for c in row
        ) + "</tr>"
        for row in _rows(table)
    )  # fmt: skip
    wrapped = random.random() < 0.5
    inner = f"<table>{''.join(cells)}</table>"
    return f"<html><body>{inner}</body></html>" if wrapped else inner


def _commas(table: Table, random: Random) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(plain(_rows(table), len(table.columns)))
    return out.getvalue().rstrip("\n")


def _box(table: Table, random: Random) -> str:
    """Cells between bars, merged ones without bars inside; a rule below each row, open where a cell reaches down."""
    rows = moved(_rows(table), 0)
    columns = len(table.columns)
    widths = [max(_width(row[x]) for row in plain(rows, columns)) + 2 for x in range(columns)]
    for row in rows:
        for cell in row:
            missing = _width(cell.text) + 2 - sum(widths[cell.column : cell.column + cell.columns]) - cell.columns + 1
            widths[cell.column] += max(missing, 0)
    places = {(y, x): cell for row in rows for cell in row
              for y in range(cell.row, cell.row + cell.rows) for x in range(cell.column, cell.column + cell.columns)}  # fmt: skip
    lines = [_rule(places, 0, widths)]
    for y in range(len(rows)):
        lines += [_line(places, y, widths), _rule(places, y + 1, widths)]
    return "\n".join(lines)


def _line(places: dict, y: int, widths: Sequence[int]) -> str:
    parts, x = [], 0
    while x < len(widths):
        cell = places[y, x]
        room = sum(widths[x : x + cell.columns]) + cell.columns - 1
        text = cell.text if cell.row == y else ""
        parts.append(" " + text + " " * (room - 1 - _width(text)))
        x += cell.columns
    return "│" + "│".join(parts) + "│"


def _rule(places: dict, y: int, widths: Sequence[int]) -> str:
    """The rule above row ``y``, open where a cell goes on, with the crossings that belong there."""
    columns = range(len(widths))
    open_ = [True, *(places.get((y - 1, x), 0) is places.get((y, x), 1) for x in columns), True]
    parts = []
    for x, width in enumerate(widths):
        parts.append(_crossing(open_[x], open_[x + 1]) + (" " if open_[x + 1] else "─") * width)
    return "".join(parts) + _crossing(open_[-2], True)


def _crossing(left: bool, right: bool) -> str:
    return "│" if left and right else "├" if left else "┤" if right else "┼"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


_TABLES = {"tabs": _tabs, "markdown": _markdown, "html": _html, "box": _box, "commas": _commas}
