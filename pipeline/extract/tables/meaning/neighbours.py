"""What columns mean among their neighbours: the only one of a table or a side, and two that would say the same."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.tables.meaning.columns import Column


def tell_apart(columns: list[Column], form: TableForm, library: Library) -> tuple[Column, ...]:
    """The columns of a header, each read alone, as they stand beside each other."""
    return _parts_of_wholes(_without_doubles(_alone_on_a_side(_only_one(columns, form, library)), library))


def _parts_of_wholes(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Classes beside a column that measures the same without a class, or for the class that they are sections of."""
    if not any(column.economic for column in columns):
        return columns
    measured = {c.index: replace(c, economic=None).identity for c in columns if c.kind == "amount"}
    codes = {c.index: c.economic[1] if c.economic else "" for c in columns}
    wholes = {(identity, codes[index]) for index, identity in measured.items()}
    return tuple(
        replace(column, part=any((measured[column.index], code[:length]) in wholes for length in range(len(code))))
        if (code := codes[column.index])
        else column
        for column in columns
    )


def _only_one(columns: list[Column], form: TableForm, library: Library) -> list[Column]:
    """A table's only column beside its labels holds its amounts, whatever its header calls them."""
    others = [c for c in columns if c.kind != "key" and c.path]
    if len(others) != 1 or others[0].kind != "unknown" or library.says("counts", others[0].path[-1]):
        return columns
    only = replace(others[0], kind="amount", measure="total", direction=form.direction, fund=form.fund)
    return [only if c is others[0] else c for c in columns]


def _alone_on_a_side(columns: list[Column]) -> list[Column]:
    """The only amount beside a label of a two-sided table is that label's total: 本年收入 over 预算数 is the side's name."""
    sides: list[list[Column]] = [[]]
    for before, column in zip([None, *columns], columns, strict=False):
        if column.kind == "key" and before is not None and before.kind == "amount":
            sides.append([])
        if column.kind == "amount":
            sides[-1].append(column)
    alone = {side[0].index for side in sides if len(side) == 1} if len(sides) > 1 else set()
    return [
        replace(c, measure="total") if c.index in alone and c.measure == "current_year" and len(c.path) > 1 else c
        for c in columns
    ]


def _without_doubles(columns: list[Column], library: Library) -> tuple[Column, ...]:
    """Two columns that say the same cannot be told apart, unless a column of labels stands between them.

    小计 beside its parts (单位资金 over 小计, 其他收入) is told from the part that is called alike: it is the subtotal.
    """
    side = 0
    seen: dict[tuple[int, str], list[Column]] = {}
    for column in columns:
        if column.kind == "key" and column.key in ("code", "class", "label", "code_name", "name"):
            side += any(s == side for s, _ in seen)
        elif column.kind == "amount":
            seen.setdefault((side, column.identity), []).append(column)
    changed: dict[int, Column] = {}
    for (at, _), alike in seen.items():
        if len(alike) < 2:
            continue
        sums = [c for c in alike if (m := library.column(c.path[-1])) is not None and m.measure == "subtotal"]
        subtotal = replace(sums[0], measure="subtotal") if len(sums) == 1 else None
        told = subtotal is not None and len(alike) == 2 and (at, subtotal.identity) not in seen
        for column in alike:
            changed[column.index] = Column(column.index, column.path)
            if subtotal is not None and told:
                changed[column.index] = subtotal if column is sums[0] else column
    return tuple(changed.get(c.index, c) for c in columns)
