"""What the word over an amount says of its line: measure, fund, kind of revenue, year, phase, and item where columns are items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.extract.budget_lines import Words
from pipeline.extract.context import Context
from pipeline.extract.forms import Library, Meaning, TableForm
from pipeline.extract.tables.layout.sheet import shorten
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.sums import values

#: The phase of the amounts of a document, by its stage.
PHASES = {"budget": "approved", "final_accounts": "executed"}
_SUBTOTALS = ("subtotal", "subtotal_change")
_CHANGES = ("change", "subtotal_change")


@dataclass(slots=True)
class TableContext:
    """What the amounts of one table share."""

    context: Context
    library: Library
    table_id: str
    table_no: int
    form: TableForm
    unit: str | None
    unit_basis: str
    #: what all of its amounts are of, by its form or its title
    fund: str | None = None
    #: whether several rows are parts of one another: then the total of a kind of expense in a column is not that of the table
    several: bool = False
    #: the names that the document prints beside each code, and how often
    names: Mapping[str, Counter[str]] = field(default_factory=dict)
    title: str | None = None
    #: where the name of the body stands that the whole table is of, if that is not the document's own
    body: Sequence[tuple[int, int]] = ()


def add_column(words: Words, table: TableContext, record: Record, column: Column, line_id: str) -> None:
    """Add to ``words`` what the word over an amount says of it; spans are recorded for ``line_id``."""
    assert column.measure is not None  # a column of amounts measures something
    words.direction = column.direction or record.direction
    words.measure = column.measure
    words.fund, source = _of_labels(table, record, column)
    words.revenue_source = source if words.direction != "expenditure" else column.revenue_source
    words.fiscal_year, words.phase = time_of(table, record, column)
    if column.expense and column.item_level is not None:
        _add_expense(words, table, record, column, line_id)
    elif column.economic and column.item_level is not None:
        _add_class(words, table.context, record, column, line_id)
    words.expense = words.expense or _expense_of_class(words, table.library)
    if not column.is_summed:
        words.row_kind = "memo"
    if column.body:
        words.unit_name = table.context.assemble("budget_lines", line_id, "unit_name", column.leaf_pieces)
        words.row_kind = "of_which"  # the column of the total is the row's own


def _of_labels(table: TableContext, record: Record, column: Column) -> tuple[str | None, str | None]:
    """The fund and the kind of revenue of an amount: its column's, else those that its label and the ones above it say."""
    fund, source = column.fund or table.fund, column.revenue_source
    # The name of a class (国有资本经营预算支出) says what the money is for; labels without a code may say whose it is.
    labels = [record.item or ""] if not record.codes else []
    if all(code.basis == "name" for code in record.codes.values()):
        labels += [parent.item or "" for parent in reversed(record.parents)]
    for label in labels:
        meaning = table.library.column(label)
        if meaning is not None:
            fund = fund or meaning.fund
            source = source or meaning.revenue_source
        elif fund is None and label:
            fund = _fund_in(label, table.library)
    return fund, source


def _add_expense(words: Words, table: TableContext, record: Record, column: Column, line_id: str) -> None:
    """Add what a column says that is a kind of expense: it is the item."""
    level, library = column.item_level or 0, table.library
    word = column.path[level]
    printed, lead = word[library.ordinal(word) :], library.ordinal(word)
    if column.item_pieces:
        pieces = shorten(table.context.document.text, column.item_pieces, lead)
        printed = table.context.assemble("budget_lines", line_id, "item", pieces) or printed
    expenses = ((word[library.ordinal(word) :], library.expense(word)) for word in column.path[:level])
    above = [word for word, expense in expenses if expense is not None and column.expense in expense.parts]
    above = above or _named_beside(record, column, table.library)
    if table.several and record.item and record.kind != "total":
        above = [record.item, *above]
    words.item, words.item_path = printed, "/".join([*above, printed])
    words.row_kind = _column_kind(record, column, table.library, table.several)
    words.expense = column.expense


def _named_beside(record: Record, column: Column, library: Library) -> list[str]:
    """The name of the expense that a column's is a part of, where that has a column and no word over its parts."""
    words = (c.path[c.item_level] for c in record.row.columns if c.expense and c.item_level is not None)
    known = ((word, library.expense(word)) for word in words)
    return [word for word, expense in known if expense and expense.kind != "total" and column.expense in expense.parts][
        :1
    ]


def _expense_of_class(words: Words, library: Library) -> str | None:
    """The public expense that a class of the economic classification is by its name (30217 公务接待费)."""
    if not words.item or not {"department_economic", "government_economic"} & words.codes.keys():
        return None
    expense = library.expense(words.item)
    return expense.kind if expense is not None and expense.kind != "total" else None


def time_of(table: TableContext, record: Record, column: Column) -> tuple[int | None, str | None]:
    """The year and the phase of what a cell says: as its column has them, its row, or else the document."""
    year, offset, phase = _time_printed(table, record, column)
    context = table.context
    if year is None and context.disclosure_year is not None:
        year = context.disclosure_year + (offset or 0)
    return year, phase or PHASES.get(context.stage or "")


def of_unknown_year(table: TableContext, record: Record, column: Column) -> bool:
    """Whether a cell is of the year before one that the document does not name: beside this year's, nothing tells it apart."""
    year, offset, _ = _time_printed(table, record, column)
    return year is None and bool(offset) and table.context.disclosure_year is None


def _time_printed(table: TableContext, record: Record, column: Column) -> tuple[int | None, int | None, str | None]:
    """The year, how far it is from the document's own, and the phase, as the column or else the row prints them."""
    own = _time_of_word(record.time, table.library) if record.time else variant(record, table.library)
    year, offset, phase = column.year, column.year_offset, column.phase
    if own is not None and year is None and offset is None:
        year, offset, phase = own.year, own.year_offset, phase or own.phase
    if year is None and offset is None:
        year = record.year
    return year, offset, phase


def _add_class(words: Words, context: Context, record: Record, column: Column, line_id: str) -> None:
    """Add what a column says that is a class of the economic classification: item, code, and what it is to the row.

    Its amounts are named parts of what a column without a class, or of the class over it, shows; where the table has
    none, they are what their row is.
    """
    scheme, code = column.economic or ("", "")
    above = column.path[column.item_level or 0]
    words.item = context.assemble("budget_lines", line_id, "item", column.item_pieces) or above
    over = [column.path[(column.item_level or 1) - 1]] if len(code) > 3 else []  # the class over its section
    words.item_path = "/".join(filter(None, (record.path, *over, words.item)))
    words.row_kind = "of_which" if column.part else record.kind
    words.codes[scheme] = code
    words.names[scheme] = context.assemble("budget_lines", line_id, f"{scheme}_name", column.item_pieces) or above
    words.code_basis = "name"


def variant(record: Record, library: Library) -> Meaning | None:
    """A row named by a year or a phase alone (2023年预算数) repeats the others for another time, beside them."""
    return _time_of_word(record.item, library) if record.item and not record.codes else None


def several_bodies(records: Sequence[Record], library: Library) -> bool:
    """Whether several rows of one time are parts of one another, or of a total: then no row stands for the whole table."""
    times = [r.time for r in records if r.amounts and variant(r, library) is None]
    return any(times.count(time) > 1 for time in times)


def _time_of_word(word: str, library: Library) -> Meaning | None:
    """What a word means that says a year or a phase and nothing else."""
    meaning = library.column(word)
    timed = meaning is not None and meaning.weak and (meaning.year or meaning.year_offset or meaning.phase)
    return meaning if timed else None


def _fund_in(label: str, library: Library) -> str | None:
    """一般公共预算财政拨款本年支出: a fund and what is done with it."""
    for cut in range(len(label) - 1, 5, -1):
        meaning = library.column(label[:cut])
        if meaning is not None and meaning.fund:
            return meaning.fund
    return None


def _column_kind(record: Record, column: Column, library: Library, several: bool) -> str:
    within = _memos_within(record, column)
    if column.expense_memo and not within:
        return "memo"
    whole = record.kind in ("total", "subtotal") and several
    if within and column.expense == "total" and column.measure in _SUBTOTALS:
        return "subtotal"
    if column.expense == "total":
        return "total" if record.kind == "total" or not several else "subtotal"
    if whole:
        return "subtotal"
    columns = [c for c in record.row.columns if c.expense]
    printed = {c.expense for c in columns}
    for other in columns:
        word = other.path[other.item_level] if other.item_level is not None else ""
        expense = library.expense(word)
        if expense is None or not expense.parts:
            continue
        if other.expense == column.expense:
            return "subtotal" if printed >= set(expense.parts) else "detail"
        if column.expense in expense.parts:
            return "detail" if printed >= set(expense.parts) else "of_which"
    return "detail"


def _memos_within(record: Record, column: Column) -> bool:
    """Whether 合计 takes in what stands beside the three public expenses: 合计 = 三公经费小计 + 会议费 + 培训费."""
    amounts = values(record)
    of_time = [
        c
        for c in record.row.columns
        if (c.year, c.year_offset, c.phase) == (column.year, column.year_offset, column.phase)
        and (c.measure in _CHANGES) == (column.measure in _CHANGES)
    ]
    totals = [c.index for c in of_time if c.expense == "total" and c.measure not in _SUBTOTALS]
    three = [c.index for c in of_time if c.expense == "total" and c.measure in _SUBTOTALS]
    memos = [c.index for c in of_time if c.expense_memo]
    if len(totals) != 1 or len(three) != 1 or not memos or totals[0] not in amounts:
        return False
    return amounts[totals[0]] == sum(amounts.get(index, Decimal(0)) for index in (*three, *memos))


def printed_above(column: Column) -> set[str]:
    """The fields of a line that the word over its column prints, and not its row."""
    of_class = {f"{column.economic[0]}_name"} if column.economic else set()
    return {"item", *of_class} if column.item_pieces else of_class
