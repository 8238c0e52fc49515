"""Whether a table read from positions alone was read right: it is believed as a whole or not at all.

Nothing but where words stand shows the rows and columns of a table without rules. What would come out of columns taken
for one another, of an amount that is broken over two lines, or of a name cut between two rows is looked for here; where
it is found, no amount of the table is published rather than some in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.forms.entries import parse_identity
from pipeline.extract.ledger import value_of
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.layout.torn import official_names
from pipeline.extract.tables.layout.words import display_width
from pipeline.extract.tables.lexicon import CODE, GLUED, is_amount
from pipeline.extract.tables.meaning.bounds import out_of_bounds, runs_of_lines
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.identities import applicable, count_broken, stands_for
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import records_of
from pipeline.extract.tables.meaning.table import Table, TableRow

_TWO_NUMBERS = re.compile(r"\d\s+[\d-]")
#: An amount that stands alone between blanks, or the first part of one; none of a label's words is.
_MONEY = re.compile(
    r"(?<=\s)-?(?:(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,15})\.\d{2,8}|\d{1,3}(?:,\d{1,3}){1,6}\.?\d*|\d{3,}\.)(?=\s)"
)
_OF_VEHICLES = ("official_vehicle_purchase", "official_vehicle_operation")
_BUDGETS = ("general_public_budget", "government_fund", "state_capital")
_OWN_REVENUE = ("operating_undertaking", "business_operation", "superior_subsidy", "subordinate_remittance", "other")
_PARTS = ("class", "section", "item")
#: Columns of words, and two of their cells that one blank parts.
_WORDS = ("name", "label", "project", "unit")
_TWO_CELLS = re.compile(r"[\u4e00-\u9fff]{4} [\u4e00-\u9fff]{4}")
#: A code, or a part of one, that was read into a name.
_CODED_NAME = re.compile(
    r"^\d\d(?=[^\d\s.、．，)）年月])|(?<=[^\W\d_])\d{3}(?:\d\d){0,2}(?=[^\W\d_])(?![年月日人个元万%号])"
)


def agreed(readings: Sequence[Table], form: TableForm) -> Table:
    """The one of a table's readings that all agree in, or that alone is whole and breaks no identity of its form."""
    if all(_places(reading) == _places(readings[0]) for reading in readings[1:]):
        return readings[0]
    proved = [reading for reading in readings if not reading.problems and _holds(reading, form)]
    if len(proved) == 1:
        return proved[0]
    problem = (
        "its columns differ with whether a Chinese character is taken to be as wide as one letter or as two, "
        "and its amounts stand in line either way; none of them is published"
    )
    return Table(readings[0].columns, problems=[problem])


def _places(table: Table) -> list[list[tuple[tuple[str, ...], tuple[Piece, ...]]]]:
    """The words of the header over each cell, and the cell, row by row."""
    return [sorted((row.columns[index].path, cell.pieces) for index, cell in row.cells.items()) for row in table.rows]


def _holds(table: Table, form: TableForm) -> bool:
    """Whether no row breaks an identity of the form, where at least one applies."""
    counts = broken_by_row(form.identities, table)
    return bool(counts) and not any(counts)


def if_sound(table: Table, form: TableForm, library: Library, text: str) -> tuple[Table, list[Record]]:
    """``table`` and its records, or a table without rows that says why: see the module. ``text`` is the document's."""
    records = records_of(table, form, library, text)
    doubt = _doubt(table, records, form, library, text)
    if doubt is None:
        return table, records
    problem = (
        "it has no ruling lines, and its rows and columns could not be told apart; none of its amounts is published"
    )
    return table.withheld([problem], doubt), []


def _doubt(table: Table, records: Sequence[Record], form: TableForm, library: Library, text: str) -> str | None:
    """The first sign that a table was read wrongly, in words for a person; None where there is none."""
    signs: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("; ".join(table.problems), lambda: bool(table.problems)),
        (
            "a cell holds more than one amount or label, or an amount stands under no header or among labels",
            lambda: any(_doubtful(row, text, library) for row in table.rows),
        ),
        ("several rows of amounts have no label", lambda: sum(_nameless(record) for record in records) > 1),
        ("a code lacks a part", lambda: any(record.incomplete for record in records)),
        ("most rows break an identity of the form", lambda: _breaks_most(table, form)),
        ("amounts stand in columns that cannot be theirs", lambda: _amounts_misplaced(table)),
        ("a code stands among amounts or names", lambda: _codes_elsewhere(table)),
        ("an amount is an official code", lambda: _codes_as_amounts(table, library)),
        (
            "a label is two labels run together",
            lambda: any(_two_labels(record.item, library) for record in records if record.item and not record.codes),
        ),
        ("a row names the other side of its table", lambda: bool(out_of_bounds(records, library))),
        ("a name is cut between two rows", lambda: _cut_names(records, library)),
        (
            "a label holds a word of the header over it",
            lambda: any(_holds_header_word(record, text) for record in records),
        ),
        ("a code stands alone", lambda: any(_bare_code(record) for record in records)),
        (
            "a line of words stands below a name that is whole",
            lambda: any(_runs_on(record, library, text) for record in records if record.amounts or record.codes),
        ),
        (
            "words stand right of the label that they would end",
            lambda: any(_hangs_out(r, text) for r in records if r.amounts),
        ),
        (
            "a label goes on on the next line though it had room on its own",
            lambda: _wrapped_early(records, library, text),
        ),
    )
    return next((sign for sign, holds in signs if holds()), None)


def _amounts_misplaced(table: Table) -> bool:
    """Whether amounts stand where none of their columns or rows allows them to."""
    return (
        blank_total(table)
        or _broken_amounts(table)
        or any(_contradicts_itself(column) for column in table.columns)
        or _misplaced_expense(table)
    )


def _doubtful(row: TableRow, text: str, library: Library) -> bool:
    """A cell that holds more than an amount, an amount in a column without a name, or one among labels."""
    for index, cell in row.cells.items():
        kind = row.columns[index].kind
        if kind == "unknown" and any(library.says("rates", word) for word in row.columns[index].path):
            continue  # how much per cent something changed is no amount, and what it is, is known
        digits = any(char.isdigit() for char in cell.text)
        two = _TWO_NUMBERS.search(cell.text) is not None  # folded they would read as one
        if digits and (kind == "unknown" or (kind == "amount" and (two or not is_amount(cell.folded)))):
            return True
        if kind == "key" and GLUED.search(cell.folded):
            return True
        if kind == "key" and any(
            _apart(text[a[1] : b[0]], text[a[0] : a[1]], text[b[0] : b[1]]) for a, b in pairwise(cell.pieces)
        ):
            return True
        if (
            kind == "key"
            and _beside_blank_words(row, index)
            and any(_TWO_CELLS.search(text[a:b]) for a, b in cell.pieces)
        ):
            return True
        if kind == "key" and any(_MONEY.search(text[start - 1 : end + 1]) for start, end in cell.pieces):
            return True
    return False


def _beside_blank_words(row: TableRow, index: int) -> bool:
    """Whether a column of words right or left of a cell is blank in its row."""
    beside = [column for column in row.columns if abs(column.index - index) == 1 and column.index not in row.cells]
    return any(column.kind == "key" and column.key in _WORDS for column in beside)


def _apart(gap: str, *words: str) -> bool:
    """Whether two words of a label stand far from one another on a line: they are cells of two columns."""
    return "\n" not in gap and len(gap) > 1 and not gap.strip() and all(len(w) > 2 and not w.isdigit() for w in words)


def _nameless(record: Record) -> bool:
    """Amounts without a label or code: a line apart from its row, or a table whose labels were lost.

    Where columns are the items a row needs no name; 合计 alone is a label that was taken for a header's word.
    """
    columns = record.row.columns
    kinds = {column.expense for column in columns if column.expense}
    named = len(kinds) > 1 and not any(column.kind == "key" for column in columns)
    return not named and bool(record.amounts) and not (record.item or record.codes or record.project)


def _amounts(row: TableRow) -> Iterator[tuple[int, str]]:
    """Index and text of the amounts of a row, folded."""
    for index, cell in row.cells.items():
        if row.columns[index].kind == "amount" and is_amount(cell.folded):
            yield index, cell.folded


def _breaks_most(table: Table, form: TableForm) -> bool:
    """More rows than not break what the form says of its columns: not the document errs, the columns are taken wrongly."""
    amounts = [column for column in table.columns if column.kind == "amount"]
    clear = [declared for declared in form.identities if _is_clear(declared, amounts)]
    counts = broken_by_row(clear, table)
    return len(counts) > 1 and sum(count > 0 for count in counts) * 2 > len(counts)


def _is_clear(declared: str, amounts: Sequence[Column]) -> bool:
    """Whether each term of an identity stands for one column at most, of one year, its total for one, none for a kind of revenue.

    Parts of parts, and revenue beside what was carried over, make it say less; without its total it says nothing.
    """
    identity = parse_identity(declared)
    terms = (*identity.left, *identity.right)
    named = [[c for c in amounts if stands_for(term, c)] for term in terms]
    if any(term == "total" and not columns for term, columns in zip(terms, named, strict=True)):
        return False
    if len({(column.year, column.year_offset, column.phase) for columns in named for column in columns}) > 1:
        return False
    return max(map(len, named)) == 1 and not any(column.revenue_source for columns in named for column in columns)


def blank_total(table: Table) -> bool:
    """Nothing in the column of the total though its parts have amounts: they stand one column off."""
    for index, column in enumerate(table.columns):
        own = (column.fund, column.revenue_source)
        parts = [
            other.index
            for other in table.columns
            if other.kind == "amount"
            and other.direction == column.direction
            and ((other.fund, other.revenue_source) == own or own == (None, None))
            and (other.measure not in (None, "total") or (other.fund, other.revenue_source) != own)
        ]
        part_of_total = column.expense or column.economic
        if column.kind != "amount" or column.measure != "total" or part_of_total or len(parts) < 2:
            continue
        filled = [dict(_amounts(row)) for row in table.rows]
        if any(any(part in row for part in parts) for row in filled) and not any(index in row for row in filled):
            return True
    return False


def _broken_amounts(table: Table) -> bool:
    """A row of a few digits each of which ends the amount above it: ``780,174.`` over ``17``.

    One such row may be of small amounts; that every amount of it completes one that has fewer decimals than all
    others have is a broken row.
    """
    above: dict[int, str] = {}
    for row in table.rows:
        own = dict(_amounts(row))
        if own and above and set(own) <= set(above) and all(_completes(above[i], own[i]) for i in own):
            return True
        above = own
    return False


def _completes(first: str, rest: str) -> bool:
    whole = first + rest
    if not rest.isdigit() or len(rest) > 3 or not is_amount(whole):
        return False
    decimals = len(first.partition(".")[2])
    return ("." in first and decimals < 2 and decimals + len(rest) == 2) or (
        "," in first and "." not in first and len(first.rpartition(",")[2]) + len(rest) == 3
    )


def _codes_elsewhere(table: Table) -> bool:
    """A code among amounts or in a name, or a name in a column of codes."""
    amounts = [amount for row in table.rows for _, amount in _amounts(row) if amount.strip("0.,-")]
    marked = sum("." in amount or "," in amount for amount in amounts) * 5 >= len(amounts) * 3
    return any(_code_elsewhere(row, marked) for row in table.rows)


def _code_elsewhere(row: TableRow, marked: bool) -> bool:
    parts = {column.index for column in row.columns if column.key in _PARTS}
    whole = {column.index for column in row.columns if column.key == "code"}
    coded = parts | whole
    if not coded:
        return False
    if {row.columns[i].scheme for i in parts} & {row.columns[i].scheme for i in whole}:
        return True  # the words over 类, 款 and 项 were taken for a column of their own
    if any(not row.cells[i].folded.isdigit() for i in parts & set(row.cells)):
        return True
    if marked and not coded & set(row.cells) and any(CODE.fullmatch(amount) for _, amount in _amounts(row)):
        return True
    return any(
        index not in coded and row.columns[index].key == "name" and _CODED_NAME.search(cell.folded) is not None
        for index, cell in row.cells.items()
    )


def _codes_as_amounts(table: Table, library: Library) -> bool:
    """A whole number that is an official code, among amounts with decimals: its column of codes was taken for another."""
    amounts = [amount for row in table.rows for _, amount in _amounts(row) if amount.strip("0.,-")]
    plain = {amount for amount in amounts if len(amount) in (5, 7) and amount.isdigit()}
    return len(plain) * 2 < len(amounts) and any(official_names(amount, library) for amount in plain)


def _contradicts_itself(column: Column) -> bool:
    """Revenue of the body's own under a budget of the government: a word over columns was taken to stand over others."""
    return column.fund in _BUDGETS and column.revenue_source in _OWN_REVENUE


def _two_labels(item: str, library: Library) -> bool:
    """A label that is two of the library's one after the other: a row without amounts was taken into the one above."""
    folded = fold(item)
    if folded.startswith("类款项"):
        return True  # and what stands beside the last words of a header
    if _is_label(folded, library):
        return False
    cuts = range(4, len(folded) - 3)
    return any(_is_label(folded[:cut], library) and _is_label(folded[cut:], library) for cut in cuts)


def _is_label(folded: str, library: Library) -> bool:
    return library.column(folded) is not None or library.says("totals", folded) or library.says("balances", folded)


def _misplaced_expense(table: Table) -> bool:
    """Of kinds of expenses in columns, one that is something else, one named twice, or a 小计 of vehicles that stands for all."""
    columns = [column for column in table.columns if column.kind == "amount"]
    kinds = [column.expense for column in columns]
    if sum(kind is not None for kind in kinds) < 2:
        return False
    named = [(c.expense, c.fund, c.year, c.year_offset, c.phase) for c in columns if c.expense != "total"]
    if len(set(named)) < len(named):
        return True  # a word over one kind's parts was taken to stand over its neighbour, too
    beside = zip(columns, columns[1:], strict=False)
    return None in kinds or any(
        one.measure == "subtotal" and one.expense == "total" and other.expense in _OF_VEHICLES for one, other in beside
    )


def _cut_names(records: Sequence[Record], library: Library) -> bool:
    """A name that lacks its end (or beginning) where the next (or the last) row's begins (or ends) with it."""
    sides = [[_coded_name(r, library) for r in records if r.side == side] for side in {r.side for r in records}]
    for (name, known), (other, other_known) in (pair for side in sides for pair in zip(side, side[1:], strict=False)):
        lacks = [n[len(name) :] for n in known if name not in known and n.startswith(name)]
        if other not in other_known and any(other.startswith(rest) for rest in lacks):
            return True
        lacks = [n[: -len(other)] for n in other_known if other not in other_known and n.endswith(other)]
        if name not in known and any(name.endswith(rest) for rest in lacks):
            return True
    return False


def _bare_code(record: Record) -> bool:
    """A code that neither a name nor an amount stands beside: that of a row of which another line was taken."""
    printed = any(code.basis != "name" for code in record.codes.values())
    return printed and not (record.amounts or record.item)


def _runs_on(record: Record, library: Library, text: str) -> bool:
    """Words on a line of their own below or above a name that is whole without them, and not with them.

    Whole is the official name of the row's code, and the label of a total. Such a name in another cell of the row is a
    sign, too.
    """
    name, official = _coded_name(record, library)
    if name in official or library.says("totals", name):
        return False
    if any(cell.folded in official for cell in record.row.cells.values()):
        return True
    return any(part in official or library.says("totals", part) for part in runs_of_lines(record, text))


def _holds_header_word(record: Record, text: str) -> bool:
    """Whether one of several lines of a label is a word over labels: a header that is printed again between two rows."""
    words = {fold(word) for column in record.row.columns if column.kind == "key" for word in column.path}
    lines = [fold(text[start:end]) for start, end in record.item_pieces]
    return len(lines) > 1 and any(len(line) > 2 and line in words for line in lines)


def _wrapped_early(records: Sequence[Record], library: Library, text: str) -> bool:
    """Whether a label is in two pieces that one line of another label of its side would hold.

    One that is the official name of its code is whole wherever its printer broke it, and of a code that no list has
    nothing says what is whole.
    """
    for side in {record.side for record in records}:
        labels = [r for r in records if r.side == side and r.kind != "total"]
        lines = [[fold(text[a:b]) for a, b in record.item_pieces] for record in labels]
        widest = max((len(line) for found in lines for line in found), default=0)
        for record, found in zip(labels, lines, strict=True):
            name, official = _coded_name(record, library)
            if record.codes and (not official or name in official):
                continue
            if any(len(one) + len(other) < widest for one, other in pairwise(found)):
                return True
    return False


def _hangs_out(record: Record, text: str) -> bool:
    """Whether a line of a label begins right of where all its others end, with nothing left of it: a cell wraps to its left."""
    places = [(start - text.rfind("\n", 0, start) - 1, text[start:end]) for start, end in record.item_pieces]
    ends = [at + display_width(words) for at, words in places]
    alone = [
        not text[start - at : start].strip() for (start, _), (at, _) in zip(record.item_pieces, places, strict=True)
    ]
    return len(places) > 1 and any(
        alone[one] and all(places[one][0] > end for other, end in enumerate(ends) if other != one)
        for one in range(len(places))
    )


def _coded_name(record: Record, library: Library) -> tuple[str, frozenset[str]]:
    """The label of a row, folded, and the names that its code has."""
    codes = [code.digits for code in record.codes.values()]
    return fold(record.item or ""), official_names(codes[0], library) if codes and record.item else frozenset()


def broken_by_row(identities: Sequence[str], table: Table) -> list[int]:
    """How many of the identities each row of ``table`` breaks, without the rows that none applies to."""
    counts = []
    for row in table.rows:
        values = {
            place: value
            for place, cell in row.cells.items()
            if is_amount(cell.folded) and (value := value_of(cell.folded)) is not None
        }
        counts.append(count_broken(applicable(identities, row.columns), values))
    return [count for count in counts if count is not None]
