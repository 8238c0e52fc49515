"""The header of a table in text laid out with spaces: which columns each of its words stands over.

Cells of a header are centred over what they cover and have no lines around them. So wrapped words are joined where
the library knows the whole, and a word above others covers the run of them whose middle is nearest to its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, Meaning
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.layout.words import Word

_FAR = 1e6


@dataclass(slots=True)
class Block:
    """A header's cell: its text, the characters it is made of, where it stands and the columns it covers."""

    text: str
    pieces: list[Piece]
    x0: float
    x1: float
    top: int
    bottom: int
    first: int = -1
    last: int = -1
    deepest: int = -1
    below: list[Block] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def level(self) -> float:
        """The line in the middle of the cell with what it covers: cells beside one another agree in it."""
        return (self.top + max(self.bottom, self.deepest)) / 2


def header_block(word: Word) -> Block:
    """A word of a header as a cell of its own."""
    return Block(word.text, [(word.start, word.end)], word.x0, word.x1, word.line, word.line)


def overlaps(one: Block, other: Block) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1


def leaves_of(blocks: Sequence[Block], spans: Sequence[tuple[float, float]]) -> list[Block]:
    """The blocks that stand over one column, from left to right; ``spans`` are the columns that the body shows.

    A word with others below it stands over more than one. So does a word that lies in the gap between two lower ones, where no column
    of its own stands below it: it is centred over both.
    """
    top = min((block.top for block in blocks), default=0)
    leaves, between = [], []
    for block in blocks:
        block.below = [other for other in blocks if other.top > block.bottom and overlaps(block, other)]
        if block.below:
            continue
        lower = [other for other in blocks if other.top > block.bottom]
        left = max((other.x1 for other in lower if other.x1 <= block.x0), default=None)
        right = min((other.x0 for other in lower if other.x0 >= block.x1), default=None)
        own = [
            (x0, x1)
            for x0, x1 in spans
            if block.x0 < x1 and x0 < block.x1 and not any(o.x0 < x1 and x0 < o.x1 for o in lower)
        ]
        # Nor can it be centred over two words with another cell of the header between them.
        apart = any(
            other is not block
            and left is not None
            and right is not None
            and left <= other.x0
            and other.x1 <= right
            and other.top <= block.bottom
            for other in blocks
        )
        if own or left is None or right is None or apart:
            leaves.append(block)
        elif block.top == top or abs((left + right) / 2 - block.middle) <= 2:
            between.append((block, lower))
        else:
            leaves.append(block)
    for block, lower in between:
        if block.top == top or len(leaves) >= len(spans):
            block.below = lower  # which of them, the middle says
        else:
            leaves.append(block)
    return sorted(leaves, key=lambda block: block.x0)


def hides_group(leaves: Sequence[Block], matched: set[int], library: Library) -> bool:
    """Whether a word over no column stands on the top line between words of a lower one that it may say something of.

    It stands over some of them, but which, nothing shows: that amounts stand below it made it seem a column of its own.
    人员经费 and 公用经费 below 基本支出 say by themselves what they measure; 小计 and 一般公共预算 below 本年收入 do not.
    Where a word of the header has no amounts below it, those below a fund or a kind of revenue may be its neighbour's.
    """
    top = min((leaf.top for leaf in leaves), default=0)
    for at in range(1, len(leaves) - 1):
        leaf, beside = leaves[at], (leaves[at - 1], leaves[at + 1])
        if leaf.top != top or any(other.top <= leaf.bottom for other in beside):
            continue
        said = library.column(leaf.text)
        if said is None:
            continue
        of_all = any((said.fund, said.revenue_source, said.phase, said.year, said.year_offset))
        measured = all((m := library.column(other.text)) and m.measure and not m.weak for other in beside)
        if of_all and len(matched) < len(leaves):
            return True
        if at not in matched and said.measure and not said.weak and not measured:
            return True
    return False


def cover(blocks: Sequence[Block], library: Library) -> None:
    """Say for each block that stands above others which columns it covers; the leaves have theirs already."""
    leaves = sorted((block for block in blocks if block.first >= 0), key=lambda block: block.first)
    starts = _sides(leaves, library)
    parts = {leaf.first for leaf in leaves if (key := library.key(leaf.text)) and key.kind in ("section", "item")}
    tops = sorted((block for block in blocks if block.first >= 0), key=lambda block: block.first)
    rest = [block for block in blocks if block.first < 0]
    while rest:
        # The lowest first, with all that stand on a line with it.
        lowest = max(rest, key=lambda block: (block.bottom, block.top))
        level = [
            block for block in rest if block.bottom >= lowest.top and not any(other in rest for other in block.below)
        ]
        level.sort(key=lambda block: block.x0)
        if len(starts) > 1 and len(level) == len(starts) and tops and _name_sides(level, starts, leaves, library):
            # One word over each side of a two-sided table: 收入 and 支出.
            for block, first, after in zip(level, starts, [*starts[1:], tops[-1].last + 1], strict=True):
                block.first, block.last = first, after - 1
        else:
            closed = [{leaf.first for leaf in leaves if not _may_cover(block, leaf, library)} for block in level]
            _partition(level, tops, closed, parts)
        covered = [block for block in level if block.first >= 0]
        rest = [block for block in rest if all(block is not one for one in level)]
        tops = [top for top in tops if not any(c.first <= top.first and top.last <= c.last for c in covered)]
        tops = sorted([*tops, *covered], key=lambda block: block.first)


def _name_sides(level: Sequence[Block], starts: Sequence[int], leaves: Sequence[Block], library: Library) -> bool:
    """Whether each word of a level may stand over all columns of its side."""
    ends = [*starts[1:], len(leaves)]
    sides = zip(level, starts, ends, strict=True)
    return all(_may_cover(block, leaf, library) for block, at, end in sides for leaf in leaves[at:end])


def _may_cover(block: Block, leaf: Block, library: Library) -> bool:
    """Whether a word may stand over a column: what names rows over no amounts, a fund over no label and no other fund."""
    key, upper = library.key(block.text), library.column(block.text)
    expense, part = library.expense(block.text), library.expense(leaf.text)
    if expense is not None and expense.parts and part is not None:
        return part.kind in expense.parts or library.column(leaf.text) is not None
    if key is not None and upper is None:
        return key.kind == "text" or library.key(leaf.text) is not None
    lower = library.column(leaf.text)
    if upper is None or lower is None:
        return upper is None or upper.fund is None or library.key(leaf.text) is None
    balances = lower.measure in ("opening_balance", "closing_balance")
    return not (
        (upper.fund and lower.fund and upper.fund != lower.fund)
        or (upper.direction and (balances or (lower.direction and upper.direction != lower.direction)))
        or (upper.revenue_source and _is_other_revenue(upper, lower))
    )


def _is_other_revenue(upper: Meaning, lower: Meaning) -> bool:
    """Whether a kind of revenue is another one than the word over it, or all revenue: 经营收入 and 本年收入合计 of 事业收入."""
    if lower.revenue_source is None:
        return lower.measure == "total" and lower.direction is not None
    known = ("education_fees", "non_tax_revenue", upper.revenue_source)
    return lower.revenue_source not in known and "other" not in (upper.revenue_source, lower.revenue_source)


def _sides(leaves: Sequence[Block], library: Library) -> list[int]:
    """The columns at which sides begin: columns of labels or codes right of columns of amounts."""
    keys = [library.key(leaf.text) is not None for leaf in leaves]
    return [i for i, key in enumerate(keys) if key and (i == 0 or not keys[i - 1])]


def _partition(level: Sequence[Block], tops: Sequence[Block], closed: Sequence[set[int]], parts: set[int]) -> None:
    """Give each block of a level, left to right, the run of ``tops`` whose middle is nearest to its own.

    ``closed`` holds for each block the columns it cannot stand over, ``parts`` the columns (款, 项) that stay together
    with the one to their left.
    """
    count = len(tops)
    # best[i] is the least cost of having placed so many blocks with the first i tops used or passed over
    start: list[tuple[float, tuple[tuple[int, int, int], ...]]] = [(0.0, ()), *[(_FAR, ())] * len(level)]
    best = [list(start) for _ in range(count + 1)]
    for at in range(1, count + 1):
        top = tops[at - 1]
        for placed in range(len(level) + 1):
            passed = 1.5 * (top.last - top.first + 1)
            passed += 50.0 * any(top.top > block.bottom and overlaps(block, top) for block in level)
            cost, path = best[at - 1][placed]
            found = (cost + passed, path)
            if placed and not (at < count and tops[at].first in parts):
                block = level[placed - 1]
                for first in range(at - 1, -1, -1):
                    if tops[first].top <= block.bottom or tops[first].first in closed[placed - 1]:
                        break
                    if tops[first].first in parts:
                        continue
                    before, before_path = best[first][placed - 1]
                    middle = (tops[first].x0 + top.x1) / 2
                    total = before + abs(middle - block.middle)
                    # Half a line does not count: where a cell of two lines has its middle, one of one line has no place.
                    total += 6.0 * sum(
                        max(0.0, abs(one.level - other.level) - 0.5)
                        for one, other in zip(tops[first:at], tops[first + 1 : at], strict=False)
                    )
                    if total < found[0]:
                        found = (total, (*before_path, (placed - 1, first, at - 1)))
            best[at][placed] = found
    _, path = best[count][len(level)]
    for placed, first, last in path:
        level[placed].first, level[placed].last = tops[first].first, tops[last].last
        level[placed].deepest = max(max(top.bottom, top.deepest) for top in tops[first : last + 1])
        level[placed].x0 = min(level[placed].x0, tops[first].x0)
        level[placed].x1 = max(level[placed].x1, tops[last].x1)
