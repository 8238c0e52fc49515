"""Documents made by hand whose format sets cells apart: paragraphs, and tables as rows of cells."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.records import Extraction
from pipeline.ingest.document import Arrangement, Cell, CellTable, Document
from pipeline.ingest.text import split_lines


@dataclass(frozen=True)
class Merged:
    """A cell over several rows or columns."""

    text: str
    rows: int = 1
    columns: int = 1


Rows = Sequence[Sequence[str | Merged]]


def document(*parts: str | Rows) -> Document:
    """Paragraphs (one a line) and tables (a tab between cells, a line a row), in order.

    A merged cell stands once; the places that it covers are left out of the rows below it, as in HTML.
    """
    text, tables = "", []
    for part in parts:
        if isinstance(part, str):
            text += part + "\n"
            continue
        cells, start = [], len(text)
        covered: set[tuple[int, int]] = set()
        for at, row in enumerate(part):
            column = 0
            for order, each in enumerate(row):
                cell = each if isinstance(each, Merged) else Merged(each)
                while (at, column) in covered:
                    column += 1
                text += "\t" if order else ""
                pieces = ((len(text), len(text) + len(cell.text)),) if cell.text else ()
                text += cell.text
                cells.append(Cell(at, column, cell.rows, cell.columns, pieces))
                covered |= {(at + r, column + c) for r in range(cell.rows) for c in range(cell.columns)}
            text += "\n"
        tables.append(CellTable(tuple(cells), len(part), 1 + max(c for _, c in covered), start, len(text) - 1))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        disclosure_id=digest[:16],
        collection="test",
        source_file="test/x.html",
        source_sha256=digest,
        source_bytes=len(text),
        media_type="text/html",
        text=text,
        lines=split_lines(text),
        arrangement=Arrangement.STRUCTURE,
        tables=tuple(tables),
    )


def extracted(*parts: str | Rows) -> Extraction:
    return extract(document(*parts), load_library())
