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
#: Columns of codes, right of which their name stands.
_CODES = ("code", "class", "section", "item")

#: The two parts of the basic expenditure.
_BASIC = {"personnel", "public"}


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
    return Block(word.text, list(word.pieces), word.x0, word.x1, word.line, max(word.line, word.end_line))


def overlaps(one: Block, other: Block) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1


def leaves_of(blocks: Sequence[Block], spans: Sequence[tuple[float, float]], library: Library) -> list[Block]:
    """The blocks that stand over one column, from left to right; ``spans`` are the columns that the body shows.

    A word with others below it stands over more than one. So does a word that lies in the gap between two lower ones, where no column
    of its own stands below it: it is centred over both. Where more words would stand over columns than there are, so does one
    between two that belong together (小计 and 其中：教育收费, 科目编码 and 科目名称), whatever stands below it; where fewer
    would, a word between labels and amounts stands over a column beside them.
    """
    leaves = _leaves(blocks, spans)
    for block in leaves:
        pair = _neighbours_below(block, blocks)
        if pair is not None and (_names(pair, library) or (len(leaves) > len(spans) and _sums(pair, library))):
            block.below = list(pair)
    leaves = [leaf for leaf in leaves if not leaf.below]
    beside = [block for block in blocks if block not in leaves and _is_beside(block, blocks, library)]
    if len(leaves) + len(beside) == len(spans):
        for block in beside:
            block.below = []
        leaves += beside
    return sorted(leaves, key=lambda block: block.x0)


def _neighbours_below(block: Block, blocks: Sequence[Block]) -> tuple[Block, Block] | None:
    """The two words of one lower line between which ``block`` lies, if no other word lies there."""
    lower = [other for other in blocks if other.top > block.bottom]
    left = max((other for other in lower if other.x1 <= block.x0), key=lambda other: other.x1, default=None)
    right = min((other for other in lower if other.x0 >= block.x1), key=lambda other: other.x0, default=None)
    if left is None or right is None or left.top != right.top:
        return None
    inside = [other for other in blocks if other is not block and left.x1 <= other.x0 and other.x1 <= right.x0]
    return None if inside else (left, right)


def _names(pair: tuple[Block, Block], library: Library) -> bool:
    """Whether two neighbours are a code and its name."""
    keys = [library.key(block.text) for block in pair]
    return [key and key.kind for key in keys] == ["code", "name"]


def _sums(pair: tuple[Block, Block], library: Library) -> bool:
    """Whether two neighbours are a sum and a part of it."""
    return _is_subtotal(pair[0], library) and pair[1].text.startswith("其中")


def _is_beside(block: Block, blocks: Sequence[Block], library: Library) -> bool:
    """Whether a word of amounts lies between one of labels and one of amounts, both on a line below: it is over neither."""
    pair = _neighbours_below(block, blocks)
    if pair is None or library.key(block.text) is not None:
        return False
    return library.key(pair[0].text) is not None and library.key(pair[1].text) is None


def _is_subtotal(block: Block, library: Library) -> bool:
    """Whether a word says that its column sums up its neighbours (小计)."""
    said = library.column(block.text)
    return said is not None and said.measure == "subtotal"


def _leaves(blocks: Sequence[Block], spans: Sequence[tuple[float, float]]) -> list[Block]:
    """The blocks that stand over one column, as where they stand shows it."""
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
    parts, names = _bound(leaves, library)
    tops = sorted((block for block in blocks if block.first >= 0), key=lambda block: block.first)
    rest = [block for block in blocks if block.first < 0]
    while rest:
        # The lowest first, with all that stand on a line with it.
        lowest = max(rest, key=lambda block: (block.bottom, block.top))
        level = [
            block for block in rest if block.bottom >= lowest.top and not any(other in rest for other in block.below)
        ]
        level.sort(key=lambda block: block.x0)
        sides = list(zip(starts, [*starts[1:], tops[-1].last + 1], strict=True)) if len(starts) > 1 and tops else []
        runs = sides or (_repeats(level, leaves, library) if len(level) == len(rest) else [])
        if len(level) == len(runs) and _name_sides(level, runs, leaves, library):
            # One word over each side of a two-sided table (收入 and 支出), or over each run of the same columns.
            for block, (first, after) in zip(level, runs, strict=True):
                block.first, block.last = first, after - 1
        else:
            closed = [{leaf.first for leaf in leaves if not _may_cover(block, leaf, library)} for block in level]
            _partition(level, tops, closed, parts, names)
        covered = [block for block in level if block.first >= 0]
        for block in covered:
            _cover_sum(block, leaves, library)
            _cover_parts(block, covered, leaves, library)
        rest = [block for block in rest if all(block is not one for one in level)]
        tops = [top for top in tops if not any(c.first <= top.first and top.last <= c.last for c in covered)]
        tops = sorted([*tops, *covered], key=lambda block: block.first)


def _bound(leaves: Sequence[Block], library: Library) -> tuple[set[int], set[int]]:
    """The columns that stay together with the one to their left, and those of names beside their codes.

    款 and 项 do, and of 人员经费 and 公用经费, which together are the basic expenditure, the right one.
    """
    keys = [key.kind if (key := library.key(leaf.text)) else None for leaf in leaves]
    measures = [said.measure if (said := library.column(leaf.text)) else None for leaf in leaves]
    parts, names = set(), set()
    for at, leaf in enumerate(leaves):
        left = at - 1 if at else None
        if keys[at] in ("section", "item") or (left is not None and {measures[left], measures[at]} == _BASIC):
            parts.add(leaf.first)
        if left is not None and keys[left] in _CODES and keys[at] == "name":
            names.add(leaf.first)
    return parts, names


def _name_sides(
    level: Sequence[Block], sides: Sequence[tuple[int, int]], leaves: Sequence[Block], library: Library
) -> bool:
    """Whether each word of a level may stand over all columns of its side."""
    return all(
        _may_cover(block, leaf, library)
        for block, (first, after) in zip(level, sides, strict=True)
        for leaf in leaves[first:after]
    )


def _repeats(level: Sequence[Block], leaves: Sequence[Block], library: Library) -> list[tuple[int, int]]:
    """The runs of the same columns (合计 基本支出 项目支出 of 2023年 and of 2024年) below a level; empty where there are none.

    Only the words over them tell them apart, so each stands over one such run, in which it has its middle.
    """
    bottom = max(block.bottom for block in level)
    below = [leaf for leaf in leaves if leaf.top > bottom and library.key(leaf.text) is None]
    size, rest = divmod(len(below), len(level))
    runs = [below[at : at + size] for at in range(0, len(below), size or 1)]
    texts = [[leaf.text for leaf in run] for run in runs]
    if rest or size < 2 or len(set(texts[0])) < size or any(other != texts[0] for other in texts):
        return []
    if len({block.text for block in level}) < max(2, len(level)) or below[-1].first - below[0].first >= len(below):
        return []
    inside = all(run[0].x0 < block.middle < run[-1].x1 for block, run in zip(level, runs, strict=True))
    return [(run[0].first, run[-1].first + 1) for run in runs] if inside else []


def _cover_sum(block: Block, leaves: Sequence[Block], library: Library) -> None:
    """Let a kind of expense cover the sum (小计) left of its parts, where that of all kinds has a column further left."""
    expense = library.expense(block.text)
    if expense is None or not expense.parts or block.first < 1:
        return
    left = leaves[block.first - 1]
    further = leaves[: block.first - 1]
    own = any(_is_subtotal(leaf, library) for leaf in leaves[block.first : block.last + 1])
    if not own and _is_subtotal(left, library) and any(library.says("totals", leaf.text) for leaf in further):
        block.first, block.x0 = left.first, min(block.x0, left.x0)


def _cover_parts(block: Block, level: Sequence[Block], leaves: Sequence[Block], library: Library) -> None:
    """Let a word over a sum (小计) alone cover what stands on one line with it, right of it, up to a word of its own line.

    Words set at the left of their cells stand nearest to the first column below. A sum is of parts, which stand beside it.
    """
    if not any(leaf.top <= block.bottom for leaf in leaves):
        return
    while (part := part_left_out(block, level, leaves, library)) is not None and _may_cover(block, part, library):
        block.last, block.x1 = part.first, max(block.x1, part.x1)


def part_left_out(block: Block, level: Sequence[Block], leaves: Sequence[Block], library: Library) -> Block | None:
    """The column right of those of a word that begin with a sum (小计), where no other word covers it: a part of that sum."""
    if block in leaves or not 0 <= block.first < len(leaves) or not _is_subtotal(leaves[block.first], library):
        return None
    beside = leaves[block.last + 1] if block.last + 1 < len(leaves) else None
    if beside is None or beside.top != leaves[block.first].top or library.key(beside.text) is not None:
        return None
    others = (other for other in level if other is not block and other not in leaves)
    return None if any(other.first <= beside.first <= other.last for other in others) else beside


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


def _partition(
    level: Sequence[Block], tops: Sequence[Block], closed: Sequence[set[int]], parts: set[int], names: set[int]
) -> None:
    """Give each block of a level, left to right, the run of ``tops`` whose middle is nearest to its own.

    ``closed`` holds for each block the columns it cannot stand over, ``parts`` the columns that stay together with the
    one to their left, ``names`` those of names beside their codes, at which no run begins.
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
                    if tops[first].first in parts | names:
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
