"""The ruled tables of a page as rows of cells, with rows that a page break leaves without their last rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.ingest.document import Box

#: Points by which a rule may miss another, and by which one has to go on to make a row.
_NEAR, _ROW = 3.0, 5.0


class Rule(NamedTuple):
    """An upright rule of a page."""

    x: float
    top: float
    bottom: float


def with_open_rows(rows: list[tuple[Box | None, ...]], rules: Sequence[Rule]) -> list[tuple[Box | None, ...]]:
    """``rows``, and the row above or below them whose upright ``rules`` go on although no other rule closes it.

    A page that ends within a row leaves it so; what stands in it would seem to stand outside the table.
    """
    top = min(box.top for row in rows for box in row if box)
    bottom = max(box.bottom for row in rows for box in row if box)
    columns = max(rows, key=lambda row: sum(box is not None for box in row))
    above = _open(columns, (Rule(rule.x, -rule.bottom, -rule.top) for rule in rules), -top)
    below = _open(columns, rules, bottom)
    first = tuple(box and Box(box.x0, -box.bottom, box.x1, -box.top) for box in above)
    return [*([first] if first else []), *rows, *([below] if below else [])]


def _open(columns: tuple[Box | None, ...], rules: Iterable[Rule], edge: float) -> tuple[Box | None, ...]:
    """The cells below ``edge`` in ``columns``, as far as the rules there go; () unless the outer two go on, and as far."""
    going_on = [(rule.x, rule.bottom) for rule in rules if rule.top <= edge + _NEAR and rule.bottom >= edge + _ROW]
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
