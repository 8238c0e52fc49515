"""What a column holds, from the words above it. The same for ruled pages and for flowing text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.forms import KeyMeaning, Library, Meaning, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.lexicon import UNIT_OF_COLUMN

_BALANCES = ("opening_balance", "closing_balance")
#: The kinds of expenditure that columns measure.
KINDS = ("basic", "project", "personnel", "public", "operating", "expenditure")
#: What columns say that things are worth, whatever their labels count.
ASSET_VALUES = ("book_value", "original_value", "net_value", "accumulated_depreciation")
#: Columns of codes, whole or in parts.
_CODES = ("code", "class", "section", "item")
_OF_A_WHOLE = (None, "total", "subtotal", "change")
#: What a word over amounts may be a part of, where another word stands above it.
_WHOLES = {
    "personnel": ("basic", "expenditure"),
    "public": ("basic", "expenditure"),
    "basic": ("expenditure",),
    "project": ("expenditure",),
    "operating": ("expenditure",),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``kind``: key, amount or unknown (no word of the library names it).

    ``key`` and ``scheme`` describe key columns; the other fields columns of amounts. ``expense`` is the
    kind of expense where columns are items (三公), ``economic`` scheme and code where they are classes of the economic
    classification (``part``: beside a column of what they are parts of); the word ``path[item_level]`` prints it, at
    ``item_pieces``. ``body`` is the one within the department that its amounts are of, where it has a column of its own:
    its lowest word, which stands at ``leaf_pieces``.
    """

    index: int
    path: tuple[str, ...]
    kind: str = "unknown"
    key: str | None = None
    scheme: str | None = None
    direction: str | None = None
    measure: str | None = None
    fund: str | None = None
    revenue_source: str | None = None
    phase: str | None = None
    year: int | None = None
    year_offset: int | None = None
    expense: str | None = None
    expense_memo: bool = False
    economic: tuple[str, str] | None = None
    part: bool = False
    item_level: int | None = None
    item_pieces: tuple[tuple[int, int], ...] = ()
    body: str | None = None
    leaf_pieces: tuple[tuple[int, int], ...] = ()

    @property
    def leaf(self) -> str:
        """The lowest word over the column; empty where none stands there."""
        return self.path[-1] if self.path else ""

    @property
    def identity(self) -> str:
        """What distinguishes this column from the others of its table; part of the ids of its amounts.

        The plain case is left out, so that 预算数 and 合计 over the only column give one id: an approved amount.
        """
        phase = None if self.phase == "approved" else self.phase
        code = self.economic[1] if self.economic else None
        parts = (code, self.expense, self.body, self.direction, self.revenue_source, self.fund, self.measure, phase)
        year = self.year if self.year is not None else {None: None, 0: "this", -1: "last"}[self.year_offset]
        return "-".join(str(part) for part in (*parts, year) if part is not None)

    @property
    def is_summed(self) -> bool:
        """Whether it holds amounts that add up: prices of one unit do not."""
        return self.kind == "amount" and self.measure != "unit_price"

    @property
    def unit(self) -> str | None:
        """The unit of money that the column's own header prints."""
        for word in reversed(self.path):
            if match := UNIT_OF_COLUMN.search(word):
                return match.group(1)
        return None


def resolve(
    index: int,
    path: tuple[str, ...],
    form: TableForm,
    library: Library,
    common: frozenset[str] = frozenset(),
    sides: frozenset[str] = frozenset(),
) -> Column:
    """The column below the header words ``path`` (top to bottom) in a table of ``form``.

    ``common`` are words that stand over every column of amounts: they say what the table is about (一般公共预算基本支出
    over 合计, 人员经费, 公用经费), not what one column measures. ``sides`` are words that stand over a column of labels,
    too (本年收入 over 项目, 预算数): they name a side of the table, and measure nothing.
    """
    path = tuple(word for word in path if word)
    if not path:
        return Column(index, path)
    leaf = path[-1]
    key = library.key(leaf)
    meaning = library.column(leaf)
    expense = _expense(path, library) if form.items == "expense" else None
    if key and not expense and (meaning is None or meaning.only_above or _is_label(path, meaning)):
        return _key_column(index, path, key, form, library)
    apart = [word for word in path[:-1] if word not in common | sides]
    if any(library.says("rates", word) for word in path[:-1]) or _is_part_of_expense(apart, form, library):
        return Column(index, path)  # per cent: 合计 below 2023年比2022年增减%
    column = Column(index, path, kind="amount", direction=form.direction, fund=form.fund)
    if expense:
        kind, memo, level = expense
        if not all(_measures_whole(word, library) for word in path[level + 1 :]):
            return Column(index, path)  # a part of that expense, which is not known
        column = replace(column, expense=kind, expense_memo=memo, item_level=level, measure="total")
    elif meaning is None or meaning.only_above:
        return replace(column, kind="unknown")
    meanings = [_subdued(library.column(word), word in common, word in sides) for word in path[:-1]] + [meaning]
    if expense:
        meanings = [m for m, word in zip(meanings, path, strict=True) if library.expense(word) is None]
    above = [m for m in reversed(meanings) if m is not None]
    found = _amount(column, above)
    if _names_both_sides(path) or _contradict(above) or _is_of_another_form(found, form):
        return Column(index, path)
    return found


def _key_column(index: int, path: tuple[str, ...], key: KeyMeaning, form: TableForm, library: Library) -> Column:
    """The column whose lowest word says that it names rows."""
    if key.kind == "name" and _is_of_own_list(path, library):
        return Column(index, path, kind="key", key="label")
    scheme = key.scheme or _inherited_scheme(path[:-1], library)
    if scheme is None and key.kind in ("code", "class", "section", "item", "name", "code_name"):
        scheme = form.scheme
    return Column(index, path, kind="key", key=key.kind, scheme=scheme, direction=_side(path, key.kind, library))


def _is_part_of_expense(words: Sequence[str], form: TableForm, library: Library) -> bool:
    """Whether a kind of the three public expenses stands over a column in a table of something else."""
    return form.items != "expense" and any(library.expense(w) and not library.column(w) for w in words)


def _names_both_sides(path: tuple[str, ...]) -> bool:
    """Whether a word of revenue stands over the side of expenditure (财政拨款收入 over 支出 over 预算数)."""
    words = [fold(word) for word in path]
    return "支出" in words and any(word.endswith("收入") for word in words)


def _contradict(above: list[Meaning]) -> bool:
    """Whether a kind of expenditure stands below one that is no whole of it (人员经费 over 基本支出), the lowest first."""
    kinds = [m.measure for m in above if m.measure in KINDS and not m.weak]
    return any(high != low and high not in _WHOLES.get(low, ()) for low, high in pairwise(kinds))


def _is_of_another_form(column: Column, form: TableForm) -> bool:
    """Whether the words over a column say what no amount of a form is: of another fund, or of the other direction."""
    of_expenditure = column.direction == "expenditure" or column.measure in _WHOLES
    # A table of a fund's expenditure prints its revenue and its balances, too; others print one direction alone.
    of_revenue = column.direction == "revenue" and form.fund is None
    if form.fund not in (None, column.fund):
        return True
    return of_expenditure if form.direction == "revenue" else of_revenue and form.direction == "expenditure"


def _measures_whole(word: str, library: Library) -> bool:
    """Whether a word below a kind of expense leaves it whole: a year, a phase, its sum; 上年结转 is a part of it."""
    if library.expense(word):
        return True
    said = library.column(word)
    return said is not None and said.measure in _OF_A_WHOLE and not said.revenue_source


def _is_label(path: tuple[str, ...], meaning: Meaning) -> bool:
    # 收入 alone over a column of labels (收入 | 预算数); below another word it names amounts.
    return meaning.alone is not None and len(path) == 1


def _is_of_own_list(path: tuple[str, ...], library: Library) -> bool:
    """Whether 名称 stands below the word of a list that is no classification of budgets (采购品目)."""
    return any(above.kind == "text" for word in path[:-1] if (above := library.key(word)) is not None)


def _inherited_scheme(path: tuple[str, ...], library: Library) -> str | None:
    for word in reversed(path):
        above = library.key(word)
        if above and above.scheme:
            return above.scheme
    return None


def _side(path: tuple[str, ...], kind: str, library: Library) -> str | None:
    """The direction that the words over a column of keys say of its side of the table.

    A column of codes says it by the words above its own: revenue, too, is listed by 支出功能分类科目编码.
    """
    words = path[:-1] if kind in _CODES else path
    return _first(says_direction(word, library) for word in reversed(words))


def says_direction(word: str, library: Library) -> str | None:
    """The direction that a word of a header says of what stands below it."""
    found = library.column(word)
    if found and found.direction:
        return found.direction
    if "收入" in word and "支出" not in word:
        return "revenue"
    return "expenditure" if "支出" in word and "收入" not in word else None


def _expense(path: tuple[str, ...], library: Library) -> tuple[str, bool, int] | None:
    """Kind, memo, and which word of the path prints the item. 合计 below a kind is that kind's sum."""
    found: tuple[str, bool, int] | None = None
    for level, word in enumerate(path):
        expense = library.expense(word)
        if expense is None:
            continue
        if expense.kind == "total" and found is not None and found[0] != "total":
            continue
        found = (expense.kind, expense.memo, level)
    return found


def _of_balance(above: list[Meaning]) -> str | None:
    """A part of a balance (年初结转和结余 / 基本支出结转), from its words, the lowest first."""
    balance = next((m.measure for m in above if m.measure in _BALANCES), None)
    part = next((m.part for m in above if m.part), None)
    return f"{balance}_{part}" if balance and part else None


def _subdued(meaning: Meaning | None, common: bool, side: bool) -> Meaning | None:
    """A word over all columns still says fund, direction and year, but no longer a kind of expenditure."""
    if meaning is not None and (side or (common and meaning.measure in KINDS)):
        return replace(meaning, measure=None)
    return meaning


def _amount(column: Column, above: list[Meaning]) -> Column:
    """The column of amounts with what the words over it mean, the lowest first."""
    year, offset = next(
        ((m.year, m.year_offset) for m in above if (m.year, m.year_offset) != (None, None)), (None, None)
    )
    if (
        column.expense
        and year is None
        and (printed := re.search(r"(?<!\d)(20\d\d)(?:年|-(?!\d))", "".join(column.path)))
    ):
        year = int(printed.group(1))
    return replace(
        column,
        fund=_first(m.fund for m in above) or column.fund,
        revenue_source=_first(m.revenue_source for m in above),
        # 资金来源 over the columns of a table of expenditure says from which funds it is paid.
        direction=_first(m.direction for m in above if not m.only_above)
        or column.direction
        or _first(m.direction for m in above),
        phase=_first(m.phase for m in above),
        year=year,
        year_offset=offset,
        measure=_change_of(above) or column.measure or _measure(above, len(column.path) == 1),
    )


def _change_of(above: list[Meaning]) -> str | None:
    """``change`` where one of the words over a column says so: what stands below is how much that differs."""
    return next((m.measure for m in above if m.measure == "change"), None)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _measure(above: list[Meaning], single: bool) -> str:
    """What the words over a column measure: a part of a balance, what one of them says, or what they suggest."""
    lowest = above[0]
    suggested = None if lowest.measure else lowest.alone
    if suggested and not single:
        suggested = "current_year" if suggested == "current_year" else "total"
    strong = _first(m.measure for m in above if not m.weak)
    return _of_balance(above) or strong or suggested or _first(m.measure for m in above if m.weak) or "total"
