"""Columns that are believed only beside others: another year, another phase, a change or a part has its own or its whole.

A header that says 2023年决算数 over the only column of a table of 2024, or 增减额 or 公用经费 over nothing but that, was
damaged or belongs to another table: what its amounts are is not known. So is one fund over all columns of a table that is
of all funds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from pipeline.extract.forms import TableForm
from pipeline.extract.tables.lexicon import NAMED_UNIT
from pipeline.extract.tables.meaning.columns import KINDS, Column
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import sides_of
from pipeline.extract.tables.meaning.sums import values

_ZERO = Decimal(0)
_CHANGES = ("change", "subtotal_change")
#: What nothing is a change of.
_COUNTED = ("unit_price", "quantity")
#: What basic expenditure is made of: where a table prints the one, the column beside it is the other.
_SPLIT = {"personnel", "public"}
#: What a part of basic expenditure stands beside, where its header is whole: its other part, or what is not basic.
_OTHER_PARTS = {"personnel", "public", "project"}
#: What tables print right of basic expenditure and projects.
_FURTHER = ("operating", "remitted_up", "subordinate_subsidy")
LATER = "a year after its table's own"
DOUBLE = "what another column is of, too, by the words over both"
WORDLESS = "a fund, beside the same one under a word of the year: its own word is lost"
ODD = "a time or a fund that none of the columns beside it has, which are parts of one thing"
IN_PLACE = "what it says, though in every row it is the sum, or the rest, of what stands beside it"
ONE_FUND = "one fund alone, in a table that is of all of them by its title"


def unbacked(records: Sequence[Record], form: TableForm, year: int | None, phase: str | None) -> dict[int, str]:
    """Why columns of amounts in a table of ``form`` are not believed, by their ids; ``year`` and ``phase`` are the table's."""
    found: dict[int, str] = {}
    seen: set[int] = set()
    for record in records:
        if id(record.row.columns) in seen:
            continue
        seen.add(id(record.row.columns))
        for _, amounts in sides_of(record.row.columns):
            of_side = [column for column in amounts if column.kind == "amount"]
            found |= {id(column): LATER for column in _later(of_side, form, year)}
            found |= {id(c): why for c in of_side if (why := _doubt(c, of_side, year, phase)) is not None}
            found |= {id(column): DOUBLE for column in _doubles(of_side, year, phase)}
            found |= {id(column): ODD for column in _odd_ones(of_side)}
            found |= {id(c): WORDLESS for c in of_side if c.fund != form.fund and _lacks_word(c, of_side)}
            of_columns = [values(each) for each in records if each.row.columns is record.row.columns]
            found |= {id(column): IN_PLACE for column in of_side if _stands_for_another(column, of_side, of_columns)}
            if form.all_funds:
                found |= {id(column): ONE_FUND for column in of_side if _is_of_one_fund(column, of_side)}
    return found


def _doubles(columns: Sequence[Column], year: int | None, phase: str | None) -> list[Column]:
    """The columns that say the same as another one once what they leave out is that of the table (合计, 2024年预算数)."""
    said = {
        id(c): (*_what(c)[:-1], c.measure, _year(c, year) or year, c.phase or phase)
        for c in columns
        if year is not None
    }
    times = Counter(said.values())
    return [column for column in columns if times[said.get(id(column), ())] > 1]


def _later(columns: Sequence[Column], form: TableForm, year: int | None) -> list[Column]:
    """The columns of years after the table's own, unless its form plans for them."""
    if year is None or form.plans_ahead:
        return []
    return [column for column in columns if (_year(column, year) or year) > year]


def _odd_ones(columns: Sequence[Column]) -> list[Column]:
    """Of columns under one word (小计, 人员经费, 执行数), and of kinds of expenses, the one that has a time or a fund of its own."""
    groups = [
        [c for c in columns if c.path[:-1] == path] for path in dict.fromkeys(c.path[:-1] for c in columns) if path
    ]
    expenses = [column for column in columns if column.expense]
    timed = [_lone(group, lambda c: (c.year, c.year_offset, c.phase) != (None, None, None)) for group in groups]
    funded = [_lone(expenses, lambda c: c.fund is not None)]
    return [column for column in (*timed, *funded) if column is not None]


def _lone(columns: Sequence[Column], marked: Callable[[Column], bool]) -> Column | None:
    """The only one that is marked, of three at least."""
    found = [column for column in columns if marked(column)]
    return found[0] if len(found) == 1 and len(columns) > 2 else None


def _stands_for_another(column: Column, columns: Sequence[Column], rows: Sequence[Mapping[int, Decimal]]) -> bool:
    """Whether a change, what was carried over or a source is the sum of the columns beside it, or what basic expenditure lacks.

    增减额 or 事业收入 over the sums of 基本支出 and 项目支出 stands for 合计, 上年结转 over those of kinds of revenue for
    小计, and 其他资金 over what the total has beside 基本支出 for 项目支出.
    """
    group = [other for other in columns if other is not column and other.path[:-1] == column.path[:-1]]
    if column.measure in ("change", "carried_over"):
        others = [other for other in group if other.measure != column.measure]
        parts = [c.index for c in others if c.measure in KINDS or (len(c.path) > 1 and (c.fund or c.revenue_source))]
        return len(parts) > 1 and _always(rows, column.index, parts)
    kinds = [other for other in columns if other.measure in (*KINDS, *_FURTHER)]
    wholes = [other for other in columns if other.measure == "total" and not (other.fund or other.revenue_source)]
    if column.revenue_source and column.measure == "total" and len(kinds) > 1 and not wholes:
        return _always(rows, column.index, [other.index for other in kinds])
    if not (column.fund or column.revenue_source) or len(kinds) != 1 or len(wholes) != 1 or column in (*kinds, *wholes):
        return False
    filled = any(row.get(column.index) for row in rows)
    return filled and _always(rows, wholes[0].index, [kinds[0].index, column.index])


def _always(rows: Sequence[Mapping[int, Decimal]], whole: int, parts: Sequence[int]) -> bool:
    """Whether a column is the sum of the parts in every row, and anything but 0 in one."""
    sums = [(row.get(whole, _ZERO), sum((row.get(part, _ZERO) for part in parts), _ZERO)) for row in rows]
    return any(total for total, _ in sums) and all(total == added for total, added in sums)


def _is_of_one_fund(column: Column, beside: Sequence[Column]) -> bool:
    return column.fund is not None and all(other.fund == column.fund for other in beside)


def _doubt(column: Column, beside: Sequence[Column], year: int | None, phase: str | None) -> str | None:
    others = [other for other in beside if other is not column]
    return _doubt_of_time(column, others, year, phase) or _doubt_of_measure(column, beside, others)


def _doubt_of_time(column: Column, others: Sequence[Column], year: int | None, phase: str | None) -> str | None:
    alike = [other for other in others if _what(other) == _what(column)]
    when = _year(column, year)
    if any(_year(other, year) in (None, year) and other.phase in (None, phase) for other in alike):
        return None
    if None not in (when, year) and when != year:
        return "another year, beside none of its table's own"
    if None not in (column.phase, phase) and column.phase != phase:
        return "another phase, beside none of its table's own"
    return None


def _doubt_of_measure(column: Column, beside: Sequence[Column], others: Sequence[Column]) -> str | None:
    if column.expense and NAMED_UNIT.match(column.path[-1]):
        return "kinds of expenses, with a unit of money among its words"
    if column.measure in _CHANGES and all(other.measure in (*_CHANGES, *_COUNTED) for other in beside):
        return "changes, beside none of what they are changes of"
    if column.measure == "carried_over" and not others:
        return "what was carried over, beside nothing that it was carried over into"
    same = {c.measure for c in others if _whose(c) == _whose(column)}
    if column.measure == "subtotal" and len(_SPLIT & same) == 1:
        return "a subtotal, beside one of the two that basic expenditure is made of"
    if column.measure == "subtotal" and same >= {*_SPLIT, "total"}:
        return "a subtotal, beside a total and what basic expenditure is made of: the word over it is lost"
    if column.measure in _SPLIT and not _OTHER_PARTS & {c.measure for c in others} and _has_whole(others):
        return "a part of basic expenditure, beside that and none of its other parts"
    if column.measure in _FURTHER and others and not {"basic", "project"} & {c.measure for c in others}:
        return "what is spent beside basic expenditure and projects, beside neither"
    if column.measure in KINDS and others and not any(_may_be_whole(other) for other in others):
        return "a part, beside none of its whole and its other parts"
    return None


def _lacks_word(column: Column, beside: Sequence[Column]) -> bool:
    """Whether a fund stands under no other word where the same one stands under a word of the year (本年收入)."""
    alone = column.fund is not None and column.measure == "total" and len(column.path) == 1
    return alone and any(other.measure == "current_year" and _whose(other) == _whose(column) for other in beside)


def _has_whole(others: Sequence[Column]) -> bool:
    """Whether basic expenditure and what it is a part of stand beside a column."""
    return {"basic", "total"} <= {other.measure for other in others}


def _whose(column: Column) -> tuple[str | None, str | None]:
    return column.fund, column.revenue_source


def _what(column: Column) -> tuple[object, ...]:
    """What a column is about, whatever its year and its phase."""
    measure = "total" if column.measure == "subtotal" else column.measure
    return column.expense, column.economic, column.body, column.direction, column.fund, column.revenue_source, measure


def _year(column: Column, year: int | None) -> int | None:
    if column.year is None and column.year_offset is not None and year is not None:
        return year + column.year_offset
    return column.year


def _may_be_whole(column: Column) -> bool:
    """Whether a column measures a kind of expenditure, or all of them."""
    return column.measure in KINDS or (column.measure == "total" and column.fund is None)
