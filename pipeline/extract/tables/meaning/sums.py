"""Rows that stand over others without a code, an ordinal or an indent that says so: found by what adds up.

A unit's name over the coded rows of the unit, a group over its projects, 一、本年收入 over funds without ordinals. Such
a row is the sum of the rows down to the next like it. That is believed of all such rows of a table together, where
the table's totals and the rows themselves bear it out better than they do the other reading: that every row stands
for itself. One amount that is wrong therefore does not change how rows nest, and the checks report it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import islice

from pipeline.extract.ledger import value_of
from pipeline.extract.tables.lexicon import is_amount
from pipeline.extract.tables.meaning.record import Record

Group = tuple[Record, list[Record]]
#: The amounts of rows by the index of their column, by the row's id: read once, asked for again and again.
Amounts = dict[int, dict[int, Decimal]]
#: So many rows at most are tried below one that nothing but sums would put over them.
_MEMBERS = 400
_NOTHING = Decimal(0)
#: More levels than these no table prints; rows of almost the same amount would be each one's only part.
_DEEPEST = 8
#: So many parts of one column may add up by chance.
_PARTS_BY_CHANCE = 2
Children = dict[int, list[Record]]


def nest_by_sums(records: Sequence[Record], children: Children) -> None:
    """Give rows without parents the rows over them as parents, where sums prove it."""
    below = {id(child) for found in children.values() for child in found}
    line = [r for r in records if r.kind != "detail" or not (r.parents or r.expense or id(r) in below)]
    of = {id(record): values(record) for record in line}
    for stands_over, stands_under in (
        (lambda r: not r.project, lambda r: bool(r.project)),
        (lambda r: not coded(r), coded),
        (lambda r: r.level is not None, lambda r: r.level is None and not coded(r)),
    ):
        groups = _groups(line, stands_over, stands_under)
        if groups and _evidence(line, groups, of) > _evidence(line, [], of):
            groups = [(head, _nest_members(head, members, of, children)) for head, members in groups]
            line = [r for r in _attach(groups, line, records, children) if r.kind != "detail" or not r.parents]
    groups = _adding_up(line, of)
    if (
        groups
        and _depth(groups) <= _DEEPEST
        and _evidence(line, groups, of)[0] == _columns_of_totals(line, of) > _evidence(line, [], of)[0]
    ):
        line = _attach(groups, line, records, children)
    _attach(_whole_first(line, of), line, records, children)


def _nest_members(head: Record, members: list[Record], of: Amounts, children: Children) -> list[Record]:
    """The rows right below ``head``: some of ``members`` may stand over others, where that makes ``head`` their sum."""
    filled = sum(map(bool, of[id(head)].values()))
    inner = _adding_up(members, of) if _held(of[id(head)], members, of) < filled else []
    under = {id(member) for _, below in inner for member in below}
    right_below = [member for member in members if id(member) not in under]
    if not inner or _depth(inner) > _DEEPEST or _held(of[id(head)], right_below, of) < filled:
        return members
    _attach(inner, members, members, children)
    return right_below


def totals_hold(records: Sequence[Record]) -> bool:
    """Whether every amount of a total row is the sum of the details above it that nothing stands over."""
    line = [record for record in records if not record.parents]
    of = {id(record): values(record) for record in line}
    return all(_held(whole, parts, of) == sum(map(bool, whole.values())) for whole, parts in _totals(line, set(), of))


def coded(record: Record) -> bool:
    """Whether a code or a part of one is printed in the row; that the name of a class has one does not count."""
    return bool(record.incomplete) or any(code.basis != "name" for code in record.codes.values())


def values(record: Record) -> dict[int, Decimal]:
    """The amounts of a row that may add up, by the index of their column."""
    return {
        column.index: value
        for column, cell in record.amounts
        if column.is_summed and is_amount(cell.folded) and (value := value_of(cell.folded)) is not None
    }


def _groups(
    line: Sequence[Record], stands_over: Callable[[Record], bool], stands_under: Callable[[Record], bool]
) -> list[Group]:
    """Each row that may stand over others, with the rows from it to the next such row, total or subtotal."""
    groups: list[Group] = []
    open_group = False
    for record in line:
        if record.kind != "detail":
            open_group = False
        elif stands_over(record):
            groups.append((record, []))
            open_group = True
        elif open_group and stands_under(record):
            groups[-1][1].append(record)
        else:
            open_group = False
    return [group for group in groups if group[1] and group[0].item]


def _evidence(line: Sequence[Record], groups: Sequence[Group], of: Amounts) -> tuple[int, int]:
    """How many amounts of total rows, and how many of rows over others, are the sums that ``groups`` make them."""
    under = {id(record) for _, members in groups for record in members}
    heads = sum(_held(of[id(head)], members, of) for head, members in groups)
    return sum(_held(total, parts, of) for total, parts in _totals(line, under, of)), heads


def _totals(line: Sequence[Record], under: set[int], of: Amounts) -> list[tuple[dict[int, Decimal], list[Record]]]:
    """The total rows and what they add up: the rows above, or all where the total is printed first."""
    found = []
    for at, record in enumerate(line):
        if record.kind == "total":
            rows = [r for r in line[:at] if r.kind == "detail"] or [r for r in line[at:] if r.kind == "detail"]
            found.append((of[id(record)], [r for r in rows if id(r) not in under]))
    return found


def _columns_of_totals(line: Sequence[Record], of: Amounts) -> int:
    return sum(sum(map(bool, of[id(record)].values())) for record in line if record.kind == "total")


def _held(whole: dict[int, Decimal], parts: Sequence[Record], of: Amounts) -> int:
    """In how many columns an amount other than zero is the sum of the parts."""
    amounts = [of[id(part)] for part in parts]
    return sum(
        bool(value) and is_sum(value, [found[index] for found in amounts if index in found])
        for index, value in whole.items()
    )


def is_sum(value: Decimal, parts: Sequence[Decimal]) -> bool:
    """Whether a value is the sum of its parts as far as printed digits show.

    Each amount may be off by half of the last digit that any of them has.
    """
    finest = min(int(number.as_tuple().exponent) for number in (value, *parts))
    return abs(value - sum(parts)) * 2 <= (len(parts) + 1) * Decimal(1).scaleb(finest) if parts else not value


def _adding_up(line: Sequence[Record], of: Amounts) -> list[Group]:
    """Rows that are, in every column, the sum of rows right below them; from the bottom, the nearest rows first."""
    groups: list[Group] = []
    # What stands below, down to the next total, the nearest last, without what already has a row over it.
    blocks: list[Record] = []
    growing = all(value >= 0 for record in line for value in of[id(record)].values())
    for record in reversed(line):
        if record.kind != "detail":
            blocks = []
            continue
        nearest = islice(reversed(blocks), _MEMBERS)
        count = _members(of[id(record)], (of[id(block)] for block in nearest), growing)
        if count and record.item:
            groups.append((record, blocks[-count:][::-1]))
            del blocks[-count:]
        blocks.append(record)
    return groups[::-1]


def _whole_first(line: Sequence[Record], of: Amounts) -> list[Group]:
    """The first row over all others where nothing else is their total, and it is their sum in every column.

    One sum of two parts may come out by chance: several columns, or more parts, have to say so.
    """
    filled = [record for record in line if any(of[id(record)].values())]
    if len(filled) <= 2 or not filled[0].item or any(record.kind != "detail" for record in line):
        return []
    whole, *parts = filled
    columns = {index for record in filled for index, value in of[id(record)].items() if value}
    if len(columns) < 2 and len(parts) < _PARTS_BY_CHANCE + 1:
        return []
    return [(whole, parts)] if _held(of[id(whole)], parts, of) == len(columns) else []


def _depth(groups: Sequence[Group]) -> int:
    """How many rows stand over one another at most; ``groups`` from the top of the table down."""
    depth: dict[int, int] = {}
    for head, members in groups:
        below = depth.get(id(head), 0) + 1
        depth.update((id(member), below) for member in members)
    return max(depth.values(), default=0)


def _members(whole: dict[int, Decimal], below: Iterable[dict[int, Decimal]], growing: bool) -> int:
    """How many of the rows below, at least, add up to ``whole`` in every column; 0 where none do.

    ``growing``: no amount is negative, so that a sum that is above the whole stays so.
    """
    if not any(whole.values()):
        return 0
    rows: list[dict[int, Decimal]] = []
    left = dict(whole)
    for count, row in enumerate(below, start=1):
        rows.append(row)
        for index, value in row.items():
            left[index] = left.get(index, _NOTHING) - value
        lowest, highest = min(left.values()), max(left.values())
        if growing and lowest < -count - 1:
            return 0
        # Digits make a difference of less than one a row: whatever is further off needs no closer look.
        if -count - 1 <= lowest and highest <= count + 1:
            parts = {index: [found[index] for found in rows if index in found] for index in left}
            if all(is_sum(whole.get(index, _NOTHING), parts[index]) for index in left):
                return count
    return 0


def _attach(groups: Sequence[Group], line: list[Record], records: Sequence[Record], children: Children) -> list[Record]:
    """Enter the groups as parents and children; returns the rows that nothing stands over."""
    over = {id(member): head for head, members in groups for member in members}
    for head, members in groups:
        children.setdefault(id(head), []).extend(members)
        below = [*members, *(child for member in members for child in children.get(id(member), []))]
        if any(row.project not in (None, head.project) for row in below):
            head.project, head.project_pieces = None, []  # it stands over projects
    for record in records:
        top = record.parents[0] if record.parents else record
        above: list[Record] = []
        while (head_of := over.get(id(top))) is not None:
            above.insert(0, head_of)
            top = head_of
        if above:
            reason = f"sums prove it; {record.parents_reason}" if record.parents else "sums prove it"
            record.stand_below([*above, *record.parents], reason)
    return [record for record in line if id(record) not in over]
