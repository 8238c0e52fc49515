"""Amounts that a narrow ruled cell breaks over its lines (``780,174.`` over ``17``) are one number of the text.

Set together only where the cell itself proves it: it holds nothing but the pieces, all but the last cannot be numbers of
this table (a point or a comma at the break, a group of fewer than three digits, fewer decimals than the table's other
amounts have), and together they are one. Two amounts in one cell stay two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.ingest.document import Box
from pipeline.ingest.formats.blocks import make_one_number
from pipeline.ingest.grids import Grid
from pipeline.ingest.pdf.words import Run

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
#: So many amounts have to show what decimals the table has, and all but one in ten have to agree.
_ENOUGH, _AGREE = 3, 0.9


def set_together(words: list[Run], grids: Sequence[Grid]) -> list[Run]:
    """``words`` of a page, with the pieces of such amounts as one word over all their lines."""
    for grid in grids:
        cells = _by_cell(words, grid)
        if any(len(held) > 1 for held in cells.values()):
            words = _joined(words, list(cells.values()))
    return words


def _by_cell(words: list[Run], grid: Grid) -> dict[Box, list[Run]]:
    """The words of each cell of ``grid`` that has any, from the top down."""
    rows = [[box for box in row if box] for row in grid]
    rows = [row for row in rows if row]
    tops = [min(box.top for box in row) for row in rows]
    found: dict[Box, list[Run]] = defaultdict(list)
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        # A cell that spans rows stands in the first of them, so a row above may hold the word, too.
        for at in range(bisect_right(tops, y) - 1, -1, -1):
            box = next((b for b in rows[at] if b.x0 <= x <= b.x1 and b.top <= y <= b.bottom), None)
            if box is not None:
                found[box].append(word)
                break
    for held in found.values():
        held.sort(key=lambda word: (word.top, word.x0))
    return found


def _joined(words: list[Run], cells: list[list[Run]]) -> list[Run]:
    # Codes and counts are whole, so only what has decimals shows how many amounts have.
    single = [held[0].text for held in cells if len(held) == 1 and _NUMBER.fullmatch(held[0].text)]
    alone = Counter(map(_decimals, (text for text in single if "." in text)))
    usual, often = alone.most_common(1)[0] if alone else (0, 0)
    decimals = usual if often >= _ENOUGH and often >= _AGREE * alone.total() else None
    whole: dict[int, Run] = {}
    gone: set[int] = set()
    for held in cells:
        if len(held) > 1 and _one_number(held, decimals):
            whole[id(held[0])] = Run(
                "".join(word.text for word in held),
                min(word.x0 for word in held),
                max(word.x1 for word in held),
                held[0].top,
                held[-1].bottom,
                sum(word.base for word in held) / len(held),
                confidences=tuple(sure for word in held for sure in word.confidences),
            )
            gone |= {id(word) for word in held[1:]}
    return [whole.get(id(word), word) for word in words if id(word) not in gone]


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


def _one_number(held: list[Run], decimals: int | None) -> bool:
    """Whether the words of a cell, one a line, are pieces of one amount of a table with so many ``decimals``."""
    pieces = [word.text for word in held]
    if any(above.bottom - below.top > 1 for above, below in zip(held, held[1:], strict=False)):
        return False
    return make_one_number(pieces, decimals)
