"""Columns of laid out text: which header words they stand under, and which columns of the page before they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.forms import Library
from pipeline.extract.tables.layout.spaced_header import (
    Block,
    cover,
    header_block,
    hides_group,
    leaves_of,
    part_left_out,
)
from pipeline.extract.tables.layout.torn import join_header_words
from pipeline.extract.tables.layout.words import NOWHERE_ON_PAGE, SpacedColumn, Word, display_width

_FAR = 1e6
# Columns that stand so far off the words over them do not show whose they are where others stand no farther off.
_OFF = 3
# What is wider than this holds more than one column of amounts.
_WIDEST_AMOUNT = 24
NUMERIC_KEYS = ("code", "class", "section", "item", "row_number", "unit_code", "quantity")


def columns_below(body: Sequence[Sequence[Word]], library: Library) -> list[SpacedColumn]:
    """Numbers that overlap are a column, and so are words; a word that only sums up (合计) makes none.

    So are bare numbers that touch: two columns have a blank between them, but a line that ran full pushes its 0 one on.
    """
    found: list[SpacedColumn] = []
    for numeric in (True, False):
        spans = sorted(
            (w.x0, w.x1, numeric and ("." in w.text or "," in w.text))
            for words in body
            for w in words
            if w.numeric == numeric and not library.says("totals", w.text.rstrip(":"))
        )
        merged: list[SpacedColumn] = []
        for x0, x1, pointed in spans:
            touches = x0 == merged[-1].x1 and not pointed and merged[-1].holds == "either" if merged else False
            if touches or (merged and x0 < merged[-1].x1):
                merged[-1].x1 = max(merged[-1].x1, x1)
            else:
                merged.append(SpacedColumn(x0, x1, numeric))
            if pointed:
                merged[-1].holds = "amounts"
        found += merged
    return sorted(found, key=lambda column: column.middle)


def columns_of_header(
    header: Sequence[Word], columns: list[SpacedColumn], library: Library, counted: bool = False
) -> tuple[list[SpacedColumn], list[Block]]:
    """The columns that the header names, each with its block; columns of the body that no word stands over are left out.

    Both are empty where nothing shows what a word of the header stands over. ``counted`` says that places are counts
    of characters.
    """
    blocks = join_header_words([header_block(word) for word in _without_label(header, library)], library)
    leaves = leaves_of(blocks, [(column.x0, column.x1) for column in columns], library)
    keys = [library.key(leaf.text) for leaf in leaves]
    numeric = [
        key is None or (key.kind in NUMERIC_KEYS and not _is_over_names(leaf, key.kind, columns))
        for leaf, key in zip(leaves, keys, strict=True)
    ]
    found = [SpacedColumn(leaf.x0, leaf.x1, n) for leaf, n in zip(leaves, numeric, strict=True)]
    matched_to: set[int] = set()
    for wanted in (True, False):
        ours = [i for i, n in enumerate(numeric) if n == wanted]
        bodies = [column for column in columns if column.numeric == wanted]
        under = _under([leaves[i].middle for i in ours], bodies)
        if under is None:
            return [], []
        if counted and under != _under(_middles_apart([leaves[i] for i in ours]), bodies):
            return [], []  # a full line shows the order of its words, and not where they stand
        for at, column in under:
            found[ours[at]] = column
            matched_to.add(ours[at])
        if wanted and 0 < len(bodies) <= len(ours) and all(c.x1 - c.x0 <= _WIDEST_AMOUNT for c in bodies):
            # Every amount stands in a column found below: a word over none takes none to where it stands itself.
            for i in set(ours) - matched_to:
                found[i] = SpacedColumn(NOWHERE_ON_PAGE, NOWHERE_ON_PAGE, True)
    if hides_group(leaves, matched_to, library):
        return [], []
    for at, (leaf, key) in enumerate(zip(leaves, keys, strict=True)):
        leaf.first = leaf.last = at
        found[at].holds = "amounts" if key is None else "codes"
    cover(blocks, library)
    if any(_is_astray(block, leaves, library) or _leaves_out_part(block, blocks, leaves, library) for block in blocks):
        return [], []
    return found, [block for block in blocks if block.first >= 0]


def _is_astray(block: Block, leaves: Sequence[Block], library: Library) -> bool:
    """Whether a word that says something of amounts stands over none, or a fund over nothing but the total of all."""
    said = library.column(block.text)
    if said is None or block in leaves:
        return False
    alone = said.fund is not None and block.first == block.last
    return block.first < 0 or (alone and library.says("totals", leaves[block.first].text))


def _leaves_out_part(block: Block, blocks: Sequence[Block], leaves: Sequence[Block], library: Library) -> bool:
    """Whether a part of the sum (小计) that a word stands over is not below that word, and does not say itself what it measures."""
    part = part_left_out(block, blocks, leaves, library)
    said = library.column(part.text) if part is not None else None
    return part is not None and (said is None or said.measure is None or said.weak)


def _is_over_names(leaf: Block, kind: str, columns: Sequence[SpacedColumn]) -> bool:
    """Whether a word that may stand over codes of units and over their names (预算单位) stands over words alone."""
    below = [column.numeric for column in columns if leaf.x0 < column.x1 and column.x0 < leaf.x1]
    return kind == "unit_code" and bool(below) and not any(below)


def _without_label(header: Sequence[Word], library: Library) -> list[Word]:
    """Without the label of an empty first row (合计), which stands below the names of key columns like one of them."""
    keys = [word for word in header if (key := library.key(word.text)) and key.kind in ("code", "name", "code_name")]
    end = max((word.x1 for word in keys), default=0)
    firsts = {min(w.start for w in header if w.line == line) for line in {w.line for w in header}}
    return [
        word
        for word in header
        if not (
            word.start in firsts and word.x0 < end and library.says("totals", word.text) and keys[0].line <= word.line
        )
    ]


def _middles_apart(leaves: Sequence[Block]) -> list[float]:
    """The middles of header words, from left to right, those moved that one blank alone parts from the word before.

    Where characters are counted, such words stand too far left: on the page a Chinese character is as wide as two letters.
    """
    middles: list[float] = []
    end, before = 0.0, None
    for leaf in leaves:
        width = (leaf.x1 - leaf.x0) * display_width(leaf.text) / max(1, len(leaf.text))
        abutting = before is not None and leaf.x0 - before.x1 <= 1
        x0 = max(leaf.x0, end + 1) if abutting else leaf.x0
        middles.append(leaf.middle if x0 == leaf.x0 else x0 + width / 2)
        end, before = x0 + width, leaf
    return middles


def _under(middles: Sequence[float], columns: Sequence[SpacedColumn]) -> list[tuple[int, SpacedColumn]] | None:
    """Which columns of the body stand under which header words, both from left to right; None where nothing shows it.

    Words of a header are centred in their cells, amounts are often not: they all stand off by about as much. So
    columns are matched in order at the offset that leaves the least over.
    """
    if not columns or len(columns) > len(middles):
        pairs = [(min(range(len(middles)), key=lambda i: abs(middles[i] - c.middle)), c) for c in columns if middles]
        return list({place: (place, column) for place, column in pairs}.values())
    offsets = {0.0, *(c.middle - middle for c in columns for middle in middles if abs(c.middle - middle) < 25)}
    ways: dict[tuple[int, ...], float] = {}
    for offset in sorted(offsets):
        row: list[tuple[float, tuple[int, ...]]] = [(abs(offset) / 4, ())] * (len(middles) + 1)
        for column in columns:
            following: list[tuple[float, tuple[int, ...]]] = [(_FAR, ())]
            for at, middle in enumerate(middles):
                cost, path = row[at]
                here = (cost + abs(column.middle - middle - offset), (*path, at))
                following.append(min(following[-1], here))
            row = following
        cost, path = row[-1]
        ways[path] = min(cost, ways.get(path, _FAR))
    (cost, best), *others = sorted((cost, path) for path, cost in ways.items())
    # Where some word is over no column, amounts that stand about as far from one word as from the next are under neither.
    if others and len(columns) < len(middles) and cost > 2 * _OFF and others[0][0] - cost < _OFF:
        return None
    return list(zip(best, columns, strict=True))


def columns_in_order(columns: list[SpacedColumn], before: list[SpacedColumn]) -> list[SpacedColumn]:
    """The columns of a page without a header that are, one by one, of the kinds of those before; empty if they are not."""
    if [column.numeric for column in columns] != [column.numeric for column in before]:
        return []
    return [replace(column, holds=other.holds) for column, other in zip(columns, before, strict=True)]


def columns_as_before(columns: list[SpacedColumn], before: list[SpacedColumn]) -> list[SpacedColumn]:
    """The columns of a page without a header as the page before had them; empty where nothing shows which they are.

    Pages differ in where they lay a column out, for columns that are blank on a page take no room on it, but not in
    how far columns are from their neighbours. So the gaps between columns are compared, not their places.
    """
    if not columns or not before or len(columns) > len(before):
        return []
    best: list[tuple[float, tuple[int, ...]]] = []
    for order, column in enumerate(columns):
        here: list[tuple[float, tuple[int, ...]]] = []
        for at, other in enumerate(before):
            if column.numeric != other.numeric or {column.holds, other.holds} == {"amounts", "codes"}:
                here.append((_FAR, ()))
            elif order == 0:
                here.append((abs(column.x0 - other.x0) / 10, (at,)))
            else:
                last = columns[order - 1]
                ways = [
                    (cost + _off(last, column, before[path[-1]], other), (*path, at))
                    for cost, path in best[:at]
                    if cost < _FAR
                ]
                here.append(min(ways, default=(_FAR, ())))
        best = here
    cost, path = min(best)
    if cost >= _FAR or sum(other < cost + 2 for other, _ in best) > 1:
        return []
    found = dict(zip(path, columns, strict=True))
    for at, column in found.items():
        column.holds = before[at].holds
    return [
        found.get(i, SpacedColumn(NOWHERE_ON_PAGE, NOWHERE_ON_PAGE, c.numeric, c.holds)) for i, c in enumerate(before)
    ]


def _off(left: SpacedColumn, right: SpacedColumn, left_before: SpacedColumn, right_before: SpacedColumn) -> float:
    """How much two neighbours stand otherwise to one another than before: from end to start, and from start to start."""
    gap = (right.x0 - left.x1) - (right_before.x0 - left_before.x1)
    step = (right.x0 - left.x0) - (right_before.x0 - left_before.x0)
    return (abs(gap) + abs(step)) / 2
