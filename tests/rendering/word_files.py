"""A disclosure as a Word document: titles above tables with merged cells, text in runs, rows of the header repeated."""

from __future__ import annotations

import io
from collections.abc import Sequence
from random import Random

import docx
from docx.document import Document
from docx.table import _Cell

from tests.rendering.grids import GridRow, body, header, moved, wide
from tests.rendering.model import Disclosure, Table


def render(disclosure: Disclosure, random: Random) -> bytes:
    """The document as docx."""
    made = docx.Document()
    made.add_heading(disclosure.title, 0)
    for text in disclosure.prose:
        made.add_paragraph(text)
    inside, size, repeated = random.random() < 0.3, random.choice((0, 0, 5, 9)), random.random() < 0.6
    for table in disclosure.tables:
        _add(made, table, random, inside, size, repeated)
        if table.note:
            made.add_paragraph(table.note)
    for text in disclosure.after:
        made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _add(made: Document, table: Table, random: Random, inside: bool, size: int, repeated: bool) -> None:
    """The title and the rows of a table, in one grid or in several of ``size`` rows."""
    columns = len(table.columns)
    head, rows = header(table.columns), body(table)
    title = [wide(table.title, columns), wide(f"单位：{table.unit}", columns)]
    if not inside:
        made.add_paragraph(table.title)
        made.add_paragraph(f"单位：{table.unit}")
    size = size or max(len(rows), 1)
    for at in range(0, max(len(rows), 1), size):
        above = [*(title if inside and at == 0 else []), *(head if at == 0 or repeated else [])]
        _grid(made, [*above, *rows[at : at + size]], columns, random)


def _grid(made: Document, rows: Sequence[GridRow], columns: int, random: Random) -> None:
    grid = made.add_table(len(rows), columns)
    places = grid._cells  # rows are looked up once: a lookup each costs the square
    for row in moved(rows, 0):
        for cell in row:
            first = places[cell.row * columns + cell.column]
            if cell.rows > 1 or cell.columns > 1:
                first = first.merge(places[(cell.row + cell.rows - 1) * columns + cell.column + cell.columns - 1])
            _write(first, cell.text, random)
    if made.paragraphs:
        made.add_paragraph()


def _write(cell: _Cell, text: str, random: Random) -> None:
    """``text`` in two runs, cut anywhere."""
    at = random.randint(0, len(text))
    paragraph = cell.paragraphs[0]
    for piece in (text[:at], text[at:]):
        if piece:
            paragraph.add_run(piece)
