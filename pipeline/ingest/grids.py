"""The ruled tables of a PDF page as rows of cells, with rows that a page break leaves without their last rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.ingest.document import Box, Grid

#: Points by which a rule may miss another, and by which one has to go on to make a row.
_NEAR, _ROW = 3.0, 5.0


def find_grids(page: Any) -> list[Grid]:
    """The ruled tables of a pdfplumber page. A frame around text, of one or two cells, is none."""
    if not (page.rects or page.lines or page.curves):
        return []
    grids = []
    for table in page.find_tables():
        rows = [tuple(Box(*map(float, cell)) if cell else None for cell in row.cells) for row in table.rows]
        if len(rows) > 1 or sum(cell is not None for cell in rows[0]) > 2:
            grids.append(tuple(_with_open_rows(rows, page)))
    return grids


def _with_open_rows(rows: list[tuple[Box | None, ...]], page: Any) -> list[tuple[Box | None, ...]]:
    """``rows``, and the row above or below them whose upright rules go on although no other rule closes it.

    A page that ends within a row leaves it so; what stands in it would seem to stand outside the table.
    """
    rules = [(float(e["x0"]), float(e["top"]), float(e["bottom"])) for e in page.edges if e["orientation"] == "v"]
    top = min(box.top for row in rows for box in row if box)
    bottom = max(box.bottom for row in rows for box in row if box)
    columns = max(rows, key=lambda row: sum(box is not None for box in row))
    above = _open(columns, ((x, -b, -t) for x, t, b in rules), -top)
    below = _open(columns, rules, bottom)
    first = tuple(box and Box(box.x0, -box.bottom, box.x1, -box.top) for box in above)
    return [*([first] if first else []), *rows, *([below] if below else [])]


def _open(
    columns: tuple[Box | None, ...], rules: Iterable[tuple[float, float, float]], edge: float
) -> tuple[Box | None, ...]:
    """The cells below ``edge`` in ``columns``, as far as the rules there go; () unless the outer two go on, and as far."""
    going_on = [(x, end) for x, start, end in rules if start <= edge + _NEAR and end >= edge + _ROW]
    boxes = [box for box in columns if box]

    def end_at(x: float) -> float | None:
        return max((end for at, end in going_on if abs(at - x) <= _NEAR), default=None)

    left, right = end_at(boxes[0].x0), end_at(boxes[-1].x1)
    if left is None or right is None or abs(left - right) > _NEAR:
        return ()
    cells: list[Box | None] = []
    for box in columns:
        if box is None or end_at(box.x0) is None:
            cells.append(None)
            continue
        # A cell over several columns ends where the next rule goes on.
        end = min((b.x1 for b in boxes if b.x1 > box.x0 and end_at(b.x1) is not None), default=boxes[-1].x1)
        cells.append(Box(box.x0, edge, end, left))
    return tuple(cells)
