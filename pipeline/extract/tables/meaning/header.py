"""The header of a table: what the columns below its words mean, each by its own words and among its neighbours.

Classes of the economic classification may be columns: 合计 | 工资福利支出 | 商品和服务支出 | 对个人和家庭的补助. Which classification
is meant the classes of a header say together: 对个人和家庭的补助 stands in both, 机关工资福利支出 in one. A class is never
taken from a single column, for 其他支出 alone may be anything. Below a class stand its sections (款: 基本工资, 津贴补贴)
and its own sum (小计).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.forms.entries import Expense
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import HeaderRow, SheetCell, column_numbers
from pipeline.extract.tables.meaning.columns import KINDS, Column, resolve, says_direction

_SCHEMES = ("department_economic", "government_economic")
#: Columns of labels, which may be those of expenses.
_LABELS = ("label", "name")
#: How words begin over columns of what is bought or owned.
_THINGS = ("采购", "资产", "设备")
#: Columns of bodies, by their names or codes.
_BODIES = ("unit", "unit_code")
_SENTENCE = re.compile("[，,。；;]")
_CODE = re.compile(r"^\d{3,5}-*")
#: A name as short as this says too little without its 支出 (其他支出).
_SHORT = 2


def columns_of(header: Sequence[HeaderRow], count: int, form: TableForm, library: Library) -> tuple[Column, ...]:
    """The ``count`` columns below the rows of a header in a table of ``form``."""
    over = _cells_over(header, count, library)
    paths = [tuple(one.cell.text for one in cells) for cells in over]
    columns = [resolve(index, path, form, library) for index, path in enumerate(paths)]
    if form.items == "expense" and _are_measures(columns, library):
        form = replace(form, items=None)
        columns = [resolve(index, path, form, library) for index, path in enumerate(paths)]
    amounts = [set(path[:-1]) for path in _lowest([column.path for column in columns if column.kind == "amount"])]
    common = frozenset(set.intersection(*amounts)) if len(amounts) > 1 else frozenset()
    sides = frozenset(word for column in columns if column.kind == "key" for word in column.path[:-1])
    if common or sides:
        columns = [resolve(index, path, form, library, common, sides) for index, path in enumerate(paths)]
    columns = [
        c if c.item_level is None else replace(c, item_pieces=over[c.index][c.item_level].cell.pieces)
        for c in _with_classes(_with_places(columns, over), form, library)
    ]
    columns = _with_projects_of_things(_with_units_of_quantities(columns))
    columns = _without_kinds_of_revenue(_without_words_of_groups(columns, library))
    columns = _without_sums_of_unknown(_without_revenue(columns, form, library), common | sides, library)
    columns = _alone_on_a_side(_only_one(_carried_into_revenue(_whole_of_basic(columns, form), library), form, library))
    return _parts_of_wholes(_without_doubles(_within_wholes(columns, library), library))


def _lowest(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The paths that no other one goes on from: a word over a group stands alone over what is between two rules of it."""
    above = {path[:cut] for path in paths for cut in range(1, len(path))}
    return [path for path in paths if path not in above]


def _with_places(columns: Sequence[Column], over: Sequence[Sequence[SheetCell]]) -> list[Column]:
    """The columns with the places of their lowest words."""
    return [replace(c, leaf_pieces=over[c.index][-1].cell.pieces) if over[c.index] else c for c in columns]


def _with_units_of_quantities(columns: list[Column]) -> list[Column]:
    """The columns, 单位 beside 数量 no body, but what the quantity is counted in."""
    counted = {c.index + beside for c in columns if c.key == "quantity" for beside in (-1, 1)}
    return [
        replace(c, key="text") if c.index in counted and c.key in _BODIES and fold(c.path[-1]) == "单位" else c
        for c in columns
    ]


def _with_projects_of_things(columns: list[Column]) -> list[Column]:
    """The columns, 项目 the project where another column names what is bought for it (采购品目 over 名称, 资产名称)."""
    labels = [c for c in columns if c.key == "label"]
    things = [c for c in labels if fold(c.path[0]).startswith(_THINGS)]
    projects = [c for c in labels if fold(c.path[-1]) == "项目"]
    return [replace(c, key="project") if things and c in projects else c for c in columns]


def _are_measures(columns: Sequence[Column], library: Library) -> bool:
    """Whether no column is a kind of expense by itself, but says what is measured of those that its rows name.

    合计 or 小计 over labels of expenses is such a measure, and so is 2024年“三公”经费预算数 beside a column of labels (项目).
    """
    expenses = [column for column in columns if column.expense]
    if not expenses or any(column.expense != "total" for column in expenses):
        return False
    if any(column.key in _LABELS for column in columns) and all(_is_figure(c.path[-1], library) for c in expenses):
        return True
    sums = all(library.says("totals", c.path[-1]) or library.says("subtotals", c.path[-1]) for c in expenses)
    return sums and any(column.kind == "key" for column in columns)


def _is_figure(word: str, library: Library) -> bool:
    """Whether a word names a figure as a column of amounts does (三公经费预算数, 合计), and no kind of expense alone."""
    return library.column(word) is not None


def _cells_over(header: Sequence[HeaderRow], count: int, library: Library) -> list[list[SheetCell]]:
    """The header's cells over each column, from top to bottom."""
    over: list[list[SheetCell]] = [[] for _ in range(count)]
    for row in header:
        numbers = column_numbers(row, library)
        filled = [one for one in row if one.cell.text and one not in numbers]
        for order, one in enumerate(filled):
            whole = one.first == 0 and one.last >= count and len(filled) == 1
            if (whole or _SENTENCE.search(one.cell.folded)) and not library.knows(one.cell.text):
                continue  # a title or a unit line inside the frame, a line of prose above the header
            if order == 0 and library.says("totals", one.cell.text) and _names_rows(over[one.first], library):
                continue  # the label of the first body row, ruled together with the header
            for column in range(one.first, min(one.last, count)):
                over[column].append(one)
    return over


def _names_rows(cells: Sequence[SheetCell], library: Library) -> bool:
    """Whether a column's words name its rows; 资金来源 over 合计 and 一般公共预算 says whose the amounts are."""
    return any(key.kind != "text" for one in cells if (key := library.key(one.cell.text)) is not None)


def is_known(header: Sequence[HeaderRow], library: Library) -> bool:
    """Whether the library knows a word of a header."""
    return any(library.knows(one.cell.text) for row in header for one in row if one.cell.text)


def words_of(row: Sequence[SheetCell]) -> tuple[str, ...]:
    """The folded texts of a row's cells."""
    return tuple(one.cell.folded for one in row if one.cell.text)


def moved(columns: tuple[Column, ...], edges: list[float], own: list[float]) -> tuple[Column, ...]:
    """The columns of the page before, for a continuation ruled a little differently."""
    found = []
    for index in range(len(own) - 1):
        middle = (own[index] + own[index + 1]) / 2
        over = [c for c in columns if edges[c.index] <= middle <= edges[c.index + 1]]
        found.append(replace(over[0], index=index) if over else Column(index, ()))
    return tuple(found)


def _with_classes(columns: Sequence[Column], form: TableForm, library: Library) -> list[Column]:
    """The columns of a header, those below the names of at least two classes resolved as amounts of these classes."""
    if form.items == "expense":
        return list(columns)
    if form.scheme in _SCHEMES:
        columns = _with_sections(columns, form.scheme, form, library)
    names = {scheme: _spellings(scheme, 3, "", library) for scheme in _SCHEMES}
    found = {scheme: [_class_in(column, names[scheme]) for column in columns] for scheme in _SCHEMES}
    counts = {scheme: len({code for code, _ in filter(None, of)}) for scheme, of in found.items()}
    scheme = max(_SCHEMES, key=lambda name: counts[name])
    if counts[scheme] < 2 or len(set(counts.values())) == 1:
        return list(columns)
    return [
        _of_class(column, scheme, *named, form, library) if named is not None else column
        for column, named in zip(columns, found[scheme], strict=True)
    ]


def _with_sections(columns: Sequence[Column], scheme: str, form: TableForm, library: Library) -> list[Column]:
    """The columns of a table of one class, those called as at least two sections of ``scheme`` resolved as their amounts.

    Names of the other classification may stand over them (工资奖金津补贴 over 基本工资 and 津贴补贴).
    """
    names = {of: _spellings(of, 5, "", library) for of in _SCHEMES}
    found = [names[scheme].get(_spelled(c.path[-1])) if c.kind == "unknown" and c.path else None for c in columns]
    if len({code for code in found if code}) < 2:
        return list(columns)
    groups = {spelled for of in _SCHEMES for spelled in names[of]}
    changed = []
    for column, code in zip(columns, found, strict=True):
        over = tuple(word for word in column.path[:-1] if _spelled(word) not in groups)
        plain = resolve(column.index, over or ("合计",), form, library) if code else column
        if code is not None and plain.kind == "amount":
            column = replace(plain, path=column.path, economic=(scheme, code), item_level=len(column.path) - 1)
        changed.append(column)
    return changed


def _class_in(column: Column, names: Mapping[str, str]) -> tuple[str, int] | None:
    """The class that a word over a column names, and which word; not where the column names rows."""
    if column.kind == "key":
        return None
    for level, word in enumerate(column.path):
        code = names.get(_spelled(word))
        if code is not None:
            return code, level
    return None


def _of_class(column: Column, scheme: str, code: str, level: int, form: TableForm, library: Library) -> Column:
    """The column as one of the class that the word ``path[level]`` names, or of a section of it below."""
    below = column.path[level + 1 :]
    if len(below) > 1:
        return column
    if below and not library.says("totals", below[0]) and not library.says("subtotals", below[0]):
        section = _spellings(scheme, 5, code, library).get(_spelled(below[0]))
        if section is None:
            return column
        code, level = section, level + 1
    over = [word for word in column.path[:level] if _spelled(word) != _spelled(column.path[level])]
    plain = resolve(column.index, tuple(over[: len(over) - (len(code) == 5)]) or ("合计",), form, library)
    if plain.kind != "amount":
        return column
    return replace(plain, path=column.path, economic=(scheme, code), item_level=level)


def _spellings(scheme: str, length: int, within: str, library: Library) -> dict[str, str]:
    """Codes of ``length`` digits by what their official names come down to; what names two of them names none."""
    codes: dict[str, set[str]] = {}
    for code, names in library.names.get(scheme, {}).items():
        if len(code) == length and code.startswith(within):
            for name in names:
                codes.setdefault(_spelled(name), set()).add(code)
    return {spelled: found.pop() for spelled, found in codes.items() if len(found) == 1}


def _spelled(name: str) -> str:
    """A name without its code, without 的 and without 支出 at its end: 对个人和家庭补助支出 is 对个人和家庭的补助."""
    bare = _CODE.sub("", fold(name)).replace("的", "")
    short = bare.removesuffix("支出")
    return short if len(short) > _SHORT else bare


def _within_wholes(columns: Sequence[Column], library: Library) -> list[Column]:
    """Leave kinds of expense without meaning that stand below the word over another's parts, and parts that then do not.

    Below 公务用车购置及运行费 stand its 购置费 and 运行费; 因公出国（境）费 there and 运行费 elsewhere were taken for one another.
    """
    wholes = {c.index: _wholes_over(c, library) for c in columns if c.expense}
    strange = {c.index for c in columns if any(c.expense not in (*e.parts, e.kind) for e in wholes.get(c.index, ()))}
    parts = {part for index in strange for whole in wholes[index] for part in whole.parts}
    strange |= {c.index for c in columns if c.expense in parts and not wholes[c.index]}
    return [Column(c.index, c.path) if c.index in strange else c for c in columns]


def _wholes_over(column: Column, library: Library) -> list[Expense]:
    """The kinds of expense with parts that the words over a column's own name."""
    over = (library.expense(word) for word in column.path[: column.item_level])
    return [expense for expense in over if expense is not None and expense.parts]


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


def _whole_of_basic(columns: list[Column], form: TableForm) -> list[Column]:
    """Let basic expenditure be the total of a table of nothing else, where no column is called so."""
    measured = {c.measure for c in columns if c.kind == "amount"}
    if not form.code.endswith("basic_expenditure") or "total" in measured:
        return columns
    return [replace(c, measure="total") if c.measure == "basic" else c for c in columns]


def _carried_into_revenue(columns: list[Column], library: Library) -> list[Column]:
    """What the year before left (上年结转) is revenue where the year's revenue stands beside it, as 年初结转和结余 is."""
    beside = any(c.kind == "amount" and c.direction == "revenue" and c.measure == "current_year" for c in columns)
    return [
        replace(column, direction="revenue")
        if beside
        and column.measure == "carried_over"
        and not any(says_direction(word, library) for word in column.path)
        else column
        for column in columns
    ]


def _only_one(columns: list[Column], form: TableForm, library: Library) -> list[Column]:
    """A table's only column beside its labels holds its amounts, whatever its header calls them: 小计, too, is the total."""
    others = [c for c in columns if c.kind != "key" and c.path]
    if len(others) == 1 and others[0].kind == "amount" and others[0].measure == "subtotal":
        return [replace(c, measure="total") if c is others[0] else c for c in columns]
    if len(others) != 1 or others[0].kind != "unknown" or library.says("counts", others[0].path[-1]):
        return columns
    only = replace(others[0], kind="amount", measure="total", direction=form.direction, fund=form.fund)
    return [only if c is others[0] else c for c in columns]


def _alone_on_a_side(columns: list[Column]) -> list[Column]:
    """The only amount beside a label of a two-sided table is that label's total: 本年收入 over 预算数 is the side's name.

    Where that name alone stands over it, and another side has a word below its own, the word was lost (预算数, or the year
    before's): what it measures is not known.
    """
    sides: list[list[Column]] = [[]]
    for before, column in zip([None, *columns], columns, strict=False):
        if column.kind == "key" and before is not None and before.kind == "amount":
            sides.append([])
        if column.kind == "amount":
            sides[-1].append(column)
    alone = (
        [side[0] for side in sides if len(side) == 1 and side[0].measure == "current_year"] if len(sides) > 1 else []
    )
    worded = any(len(column.path) > 1 for side in sides for column in side)
    found = {
        c.index: replace(c, measure="total") if len(c.path) > 1 else Column(c.index, c.path)
        for c in alone
        if len(c.path) > 1 or worded
    }
    return [found.get(column.index, column) for column in columns]


def _without_words_of_groups(columns: list[Column], library: Library) -> list[Column]:
    """Leave a column without meaning under the same word as a group beside it (本年支出 | 本年支出 over 小计 and its parts).

    So is 小计 alone below 合计, which sums up more than one column.
    """
    amounts = [c for c in columns if c.kind == "amount"]
    groups = {c.path[:-1] for c in amounts if library.says("subtotals", c.path[-1])}
    times = Counter(c.path[:-1] for c in amounts)
    alone = {g for g in groups if g and times[g] == 1 and library.says("totals", g[-1])}
    lost = [c for c in amounts if c.path in groups or c.path[:-1] in alone]
    return [Column(c.index, c.path) if c in lost else c for c in columns]


def _without_revenue(columns: list[Column], form: TableForm, library: Library) -> list[Column]:
    """Leave all amounts of a table of expenditure without meaning where each but the total is a 收入 by its word.

    Tables of expenditure name where the money comes from, too, below 资金来源, beside 基本支出 or without 收入; one that
    does none of it has the title of another.
    """
    amounts = [c for c in columns if c.kind == "amount"]
    named = [c.path[-1] for c in amounts if not library.says("totals", c.path[-1])]
    over = [word for c in amounts for word in c.path[:-1]]
    if form.direction != "expenditure" or len(named) < 2 or not all(word.endswith("收入") for word in named):
        return columns
    if any("来源" in word or "支出" in word for word in over):
        return columns
    return [Column(c.index, c.path) if c.kind == "amount" else c for c in columns]


def _without_kinds_of_revenue(columns: list[Column]) -> list[Column]:
    """Leave kinds of expenditure without meaning, and all beside them, where revenue has one that expenditure has not.

    本年收入 may stand over 基本支出 and 项目支出 where 本年支出 does, too; beside a 本年支出 that lacks one it took it from there.
    """
    amounts = [c for c in columns if c.kind == "amount" and "balance" not in (c.measure or "")]
    revenue = {c.measure for c in amounts if c.direction == "revenue" and c.measure in KINDS}
    expenditure = {c.measure for c in amounts if c.direction == "expenditure"}
    if not expenditure or revenue <= expenditure:
        return columns
    groups = {c.path[:-1] for c in columns if c.measure in KINDS}
    return [Column(c.index, c.path) if c.kind == "amount" and c.path[:-1] in groups else c for c in columns]


def _without_sums_of_unknown(columns: list[Column], said: frozenset[str], library: Library) -> list[Column]:
    """Leave sums (小计, 合计) of what a word over them names that no one knows: of what they are the sum is not known.

    ``said`` are words that stand over all columns of amounts, or over labels, too: they say what the table is about.
    """
    return [
        Column(c.index, c.path)
        if c.kind == "amount" and not c.expense and not c.economic and _is_sum_of_unknown(c.path, said, library)
        else c
        for c in columns
    ]


def _is_sum_of_unknown(path: tuple[str, ...], said: frozenset[str], library: Library) -> bool:
    leaf = library.column(path[-1])
    sum_alone = leaf is not None and leaf.weak and (library.says("totals", path[-1]) or leaf.measure == "subtotal")
    return sum_alone and any(word not in said and not library.knows(word) for word in path[:-1])


def _without_doubles(columns: list[Column], library: Library) -> tuple[Column, ...]:
    """Leave columns that say the same without meaning, unless a column of labels stands between them.

    小计 beside its parts (单位资金 over 小计, 其他收入) is the subtotal, and differs so from the part that is called alike.
    A column that has no word of its own below the one over 小计 is none of the two: its word was lost.
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
        measure = "subtotal_change" if alike[0].measure == "change" else "subtotal"
        subtotal = replace(sums[0], measure=measure) if len(sums) == 1 else None
        apart = subtotal is not None and len(alike) == 2 and (at, subtotal.identity) not in seen
        apart = apart and alike[0].measure not in KINDS  # one kind of expenditure is not printed twice
        wordless = [c for c in alike if len(sums) == 1 and c.path == sums[0].path[:-1]]
        for column in alike:
            changed[column.index] = Column(column.index, column.path)
            if len(wordless) == 1 and len(alike) == 2 and column is sums[0]:
                changed[column.index] = column
            elif subtotal is not None and apart and not wordless:
                changed[column.index] = subtotal if column is sums[0] else column
    return tuple(changed.get(c.index, c) for c in columns)
