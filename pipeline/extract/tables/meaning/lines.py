"""From records to ``budget_lines``: ids, amounts in yuan, years, places, and the claims on the ledger.

Tables of amounts hold counts, too (公务用车保有量（辆） | 3). A budget line is money, so a count becomes a statement, as it
does where prose states it. What it counts words.toml says; a count without such an entry stays without an owner, and is
reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.extract.budget_lines import Key, Printed, Words, write_line
from pipeline.extract.context import Context, Piece
from pipeline.extract.forms import Library
from pipeline.extract.ledger import Token, value_of
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Cell, shorten
from pipeline.extract.tables.lexicon import CODE, is_no_amount
from pipeline.extract.tables.meaning.backing import unbacked
from pipeline.extract.tables.meaning.bounds import (
    fund_contradicts,
    holds_another_line,
    of_another_form,
    of_other_revenue,
    out_of_bounds,
    without_side,
)
from pipeline.extract.tables.meaning.codes import REVENUE
from pipeline.extract.tables.meaning.columns import ASSET_VALUES, Column
from pipeline.extract.tables.meaning.identities import Applicable, applicable, count_broken
from pipeline.extract.tables.meaning.line_words import (
    PHASES,
    TableContext,
    add_column,
    of_unknown_year,
    printed_above,
    several_bodies,
    time_of,
)
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import name_in_ids
from schemas.rows import Place, Span, Statement

_TITLE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_TITLE_PHASES = {"预算": "approved", "决算": "executed"}
#: What a title says of a fund, and not of a phase.
_FUND_IN_TITLE = re.compile("(?:一般公共|政府性基金|国有资本经营|社会保险基金)预算")
_SCALE = Decimal("0.0001")
_PER_CENT = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?%?")
#: What stands beside an amount in its cell: the sign or the word of its currency.
_CURRENCY = " \u3000\t\ufeff¥￥百千万亿元"
_CURRENCY_NAME = re.compile(r"人民币|RMB|CNY")
#: An amount that is more than one run of digits with commas and a sign: its marks and its sign belong to it.
_ONE_AMOUNT = re.compile(
    r"(?:[-－−—–△▲负] {0,2})?[¥￥]?\d{1,3}(?:['’,，\s]\d{3})*(?:\.\d+)?|(?:[-－−—–△▲负] {0,2})?\d+(?:\.\d+)?"
    r"|[（(]-?\d[\d,， ]*\.\d+[）)]|\d[\d,，]*\.\d+[-－−]"
)
#: Digits that are a part of a code or of a torn amount (0.56 | 000), and no amount.
_LEADING_ZERO = re.compile(r"-?0\d+")
#: Amounts and nothing else, where a label is due: columns that go on below were taken for those above.
_PRINTED_AMOUNTS = re.compile(r"[-−△¥￥（）\d.,，]*\d[.．]\d[-−△¥￥（）\d.,，]*")
_NOTE_NUMBER, _WHOLE_AMOUNT = re.compile(r"[1-9]\d?"), re.compile(r"(?:\d{1,3}(?:,\d{3})*|\d+)\.\d{2,}")
#: The unit that is printed in a cell, behind its amount.
_OWN_UNIT = re.compile(r"([百千万亿]*元|(?<=\d)[万亿])整?）?$")
_SIGN = re.compile(r"[-－−—–△▲负] {0,2}")


@dataclass(frozen=True, slots=True)
class _Head:
    """What the columns of a row have in common for all rows: the identities between them, their names by index."""

    sides: Applicable
    names: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell that is one amount of money, and the column that it stands in."""

    column: Column
    cell: Cell
    token: Token
    unit: str
    yuan: Decimal


def write_lines(table: TableContext, records: Sequence[Record]) -> tuple[int, int, list[str]]:
    """Add the lines of a table. Returns rows with amounts, amounts, and what had to be left out."""
    rows, count = 0, 0
    row_numbers: dict[int, int] = {}
    table.several = several_bodies(records, table.library)
    lines = _Lines(table)
    columns: tuple[Column, ...] | None = None
    head = _Head((), {})
    unsure = out_of_bounds(records, table.library)
    if table.form.items == "expense":
        unsure |= of_another_form(records)
    if table.form.direction is None:
        unsure |= without_side(records)
    if table.form.without_revenue:
        unsure |= of_other_revenue(records, table.form, table.library)
    lines.unbacked = unbacked(records, table.form, _year_of(table), _phase_of(table))
    for record in records:
        if id(record) in unsure:
            lines.leave_out(record, unsure[id(record)])
            continue
        if record.row.columns is not columns:
            columns = record.row.columns
            names = {column.index: column.identity for column in columns if column.kind == "amount"}
            head = _Head(applicable(table.form.identities, columns), names)
        row_no = row_numbers.setdefault(id(record.row), len(row_numbers) + 1)
        made = lines.add(record, row_no, head)
        rows += bool(made)
        count += made
    return rows, count, lines.problems


def _year_of(table: TableContext) -> int | None:
    """The year that a table's title names, else that of the document."""
    named = _TITLE_YEAR.findall(fold(table.title or ""))
    return int(named[0]) if len(set(named)) == 1 else table.context.disclosure_year


def _phase_of(table: TableContext) -> str | None:
    """The phase that a table's title names, else that of the document."""
    title = _FUND_IN_TITLE.sub("", fold(table.title or ""))
    named = {phase for word, phase in _TITLE_PHASES.items() if word in title}
    return named.pop() if len(named) == 1 else PHASES.get(table.context.stage or "")


@dataclass(slots=True)
class _Lines:
    """Writes the lines of one table. ``problems`` says what had to be left out, ``unbacked`` why columns are not believed."""

    table: TableContext
    unbacked: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, record: Record, row_no: int, head: _Head) -> int:
        """Add the lines of a record and claim its labels; returns how many there are."""
        placed = [found for column, cell in record.amounts if (found := self._placed(record, column, cell)) is not None]
        if record.incomplete and placed:
            line = self.table.context.document.line_at(placed[0].token.start).number
            self._left_out(line, f"{record.incomplete} is no whole code (类, 款, 项), and its row is not published")
            return 0
        if placed and not record.codes and any(self._is_code(column, cell) for column, cell in record.amounts):
            self.leave_out(record, "has a code in a column that no word of the forms names")
            return 0
        if placed and record.item and _PRINTED_AMOUNTS.fullmatch(fold(record.item)):
            self.leave_out(record, "has amounts where its label is due")
            return 0
        text, names = self.table.context.document.text, self.table.names
        if placed and holds_another_line(record, self.table.library, text, names):
            self.leave_out(record, "has words on a line of their own beside the whole name of its code")
            return 0
        if placed:
            line_id = self._write(record, row_no, head, placed)
            self._claim_keys(record, "budget_lines", line_id)
            # Beside no amount quantities are facts of their own, which nothing publishes.
            for start, end in record.quantities:
                self.table.context.ledger.claim_free(start, end, "structure", "count", "budget_lines", line_id)
        elif record.key_pieces:
            self._claim_keys(record, "tables", self.table.table_id)
        return len(placed)

    def _placed(self, record: Record, column: Column, cell: Cell) -> _Placed | None:
        """The amount of money in a cell; None where it holds none, or one that has to be left out."""
        printed = any(char.isdigit() for char in cell.text)
        line = self.table.context.document.line_at(cell.pieces[0][0]).number
        if printed and self._is_rate(column, cell):
            return None
        if column.kind != "amount":
            if printed:
                header = "/".join(column.path) or "no header"
                self._left_out(line, f"{cell.text} stands in a column that no word of the forms names ({header})")
            return None
        token = _token(self.table.context, cell)
        if printed and (label := _counted(record, column, self.table.library)):
            if not _add_count(self.table, record, column, token):
                self._left_out(line, f"{cell.text} is no money, and nothing says what it counts ({label})")
            return None
        if printed and (why := self._why_not_believed(record, column, cell)):
            self._left_out(line, why)
            return None
        if token is None or _LEADING_ZERO.fullmatch(cell.folded):
            self._leave_out_cell(line, cell)
            return None
        return self._in_yuan(column, cell, token)

    def _why_not_believed(self, record: Record, column: Column, cell: Cell) -> str | None:
        """Why it is not known what an amount is of: what its column says, its row or its document contradict or leave open."""
        if fund_contradicts(record, column, self.table.library):
            return f"{cell.text} stands under another fund ({column.fund}) than its label names"
        if self.table.form.direction is None and not (column.direction or record.direction):
            return f"{cell.text} is neither revenue nor expenditure by any word over it"
        if of_unknown_year(self.table, record, column):
            return f"{cell.text} is of the year before, and the document does not say which year it is for"
        if id(column) in self.unbacked:
            return f"{cell.text} stands in a column of {self.unbacked[id(column)]}"
        return None

    def _leave_out_cell(self, line: int, cell: Cell) -> None:
        """Say that a cell is not one amount. What has no digit (########, ?) becomes a number that nobody owns."""
        if is_no_amount(cell.folded):
            return
        self._left_out(line, f"the cell {cell.text!r} is not one amount")
        if not any(char.isdigit() for char in cell.text):
            start, end = cell.pieces[0]
            self.table.context.ledger.add_unread(start, end, self.table.context.document.text[start:end])

    def _in_yuan(self, column: Column, cell: Cell, token: Token) -> _Placed | None:
        """An amount with what its unit is worth; None where no unit is known, or the cell names another one."""
        line = self.table.context.document.line_at(cell.pieces[0][0]).number
        unit = column.unit or self.table.unit
        found = _OWN_UNIT.search(cell.folded)
        own = f"{found.group(1).removesuffix('元')}元" if found else None
        if own and unit not in (None, own):
            self._left_out(line, f"{cell.text} names another unit than its table ({unit})")
            return None
        if self.table.unit_basis == "table" and column.unit not in (None, self.table.unit):
            self._left_out(
                line, f"{cell.text} stands under another unit ({column.unit}) than its table's ({self.table.unit})"
            )
            return None
        unit = own or unit
        yuan = self.table.library.units.get(unit) if unit else None
        if token.value is None or unit is None or yuan is None:
            self._left_out(line, f"{token.printed} has no unit of money")
            return None
        return _Placed(column, cell, token, unit, yuan)

    def _is_code(self, column: Column, cell: Cell) -> bool:
        """Whether a cell prints digits like a code's where no word says what they are."""
        return column.kind == "unknown" and CODE.fullmatch(cell.folded) is not None and not self._is_rate_column(column)

    def _is_rate_column(self, column: Column) -> bool:
        return any(self.table.library.says("rates", word) for word in column.path)

    def _is_rate(self, column: Column, cell: Cell) -> bool:
        """Whether a cell prints by how much per cent another amount of its row changed; its number is claimed as such."""
        if not self._is_rate_column(column) or not _PER_CENT.fullmatch(cell.folded):
            return False
        for start, end in cell.pieces:
            self.table.context.ledger.claim_free(start, end, "narrative", "percent", "tables", self.table.table_id)
        return True

    def leave_out(self, record: Record, why: str) -> None:
        """Say of a row why it is not known whose its amounts are."""
        _, cell = record.amounts[0]
        line = self.table.context.document.line_at(cell.pieces[0][0]).number
        said = f"the row {record.item} {why}" if record.item else f"a row {why}"
        self._left_out(line, f"{said}, and is not published")

    def _left_out(self, line: int, why: str) -> None:
        self.problems.append(f"line {line}: {why}")

    def _write(self, record: Record, row_no: int, head: _Head, placed: list[_Placed]) -> str:
        """Write the amounts of a record; returns the id of the first line, which owns the labels of the row."""
        table, context = self.table, self.table.context
        broken = count_broken(head.sides, {p.column.index: p.token.value for p in placed if p.token.value is not None})
        placement = "both" if record.row.placement == "layout" and broken == 0 else record.row.placement
        side = f"{record.direction[0]}." if record.direction and record.side else ""
        name = name_in_ids(record) or "row"
        rows: dict[str, str] = {}
        first: tuple[str, Words, set[str], list[Span]] | None = None
        for each in placed:
            column = each.column
            key = column.expense or name
            key = f"{key}.{column.economic[1]}" if column.economic else key
            if key not in rows:
                rows[key] = context.unique(f"{table.table_id}.{side}{key}")
            line_id = context.unique(f"{rows[key]}.{head.names[column.index]}")
            before = len(context.extraction.rows.spans)
            above = printed_above(column)
            if first is None:
                shared = _shared(table, record, line_id, "item" not in above)
            else:
                # The other amounts of a row carry the same label: their spans are those of the first.
                _, shared, of_first, spans = first
                above = of_first
                _repeat(context, spans, line_id, of_first | printed_above(column))
            words = replace(shared, codes=dict(shared.codes), names=dict(shared.names))
            if "item" in above and not column.item_pieces:
                words.item = context.assemble("budget_lines", line_id, "item", record.item_pieces)
            add_column(words, table, record, column, line_id)
            if first is None:
                first = line_id, shared, above, context.extraction.rows.spans[before:]
            basis = "table" if column.unit or table.unit_basis == "table" else table.unit_basis
            write_line(
                context,
                Key(line_id, rows[key], row_no, table.table_id, table.table_no, table.form.code),
                Printed(each.token, each.unit, each.yuan, basis, placement, each.cell.pieces),
                words,
            )
        return first[0] if first else table.table_id

    def _claim_keys(self, record: Record, owner_table: str, owner_id: str) -> None:
        """Codes and ordinals belong to their row. An amount among them does not: its column was not understood."""
        ledger, document = self.table.context.ledger, self.table.context.document
        for start, end in (piece for code in record.codes.values() for piece in code.pieces):
            ledger.claim_free(start, end, "structure", "code", owner_table, owner_id)
        for start, end in record.key_pieces:
            for token in ledger.free(start, end):
                if _stands_alone(document.text, token):
                    line = document.line_at(token.start).number
                    self._left_out(line, f"{token.printed} stands in a column of labels")
                else:
                    ledger.claim(token, "structure", "ordinal", owner_table, owner_id)


def _token(context: Context, cell: Cell) -> Token | None:
    (start, end), *more = [
        piece for piece in cell.pieces if not _is_currency(context.document.text, piece)
    ] or cell.pieces
    if len(more) == 1 and _SIGN.fullmatch(context.document.text[start : more[0][0]]):
        end = more[0][1]  # a sign that stands off its number
    elif more:
        return _of_pieces(context, cell)
    printed = context.document.text[start:end]
    bare = printed.strip(_CURRENCY).removesuffix("整").rstrip(_CURRENCY)
    if name := _CURRENCY_NAME.match(bare):
        bare = bare[name.end() :].lstrip(_CURRENCY)
    start += printed.find(bare)
    tokens = context.ledger.within(start, start + len(bare))
    if not bare or any(token.cls != "unclaimed" for token in tokens) or context.ledger.is_cut(start, start + len(bare)):
        return None
    if len(tokens) == 1 and bare == tokens[0].printed:
        return tokens[0]
    return context.ledger.join(start, start + len(bare), bare) if _ONE_AMOUNT.fullmatch(bare) else None


def _is_currency(text: str, piece: Piece) -> bool:
    """Whether a line of a cell is the currency or the unit of the amount above or below it, which a narrow cell parted from it."""
    bare = text[slice(*piece)].strip(_CURRENCY + "整")
    return not bare or _CURRENCY_NAME.fullmatch(bare) is not None


def _of_pieces(context: Context, cell: Cell) -> Token | None:
    """The number that the pieces of a cell make, each of which is a number without a value of its own."""
    parts = [token for start, end in cell.pieces for token in context.ledger.within(start, end)]
    if (
        len(parts) < 2
        or _is_noted(parts)
        or not _ONE_AMOUNT.fullmatch(cell.text)
        or any(part.cls != "unclaimed" for part in parts)
    ):
        return None
    return Token(parts[0].start, parts[0].end, cell.text, value_of(cell.text), parts=tuple(parts))


def _is_noted(parts: Sequence[Token]) -> bool:
    """Whether a small whole number stands beside a whole amount: that of a note (189.20¹), raised to a line of its own."""
    small = [part.printed for part in parts if _NOTE_NUMBER.fullmatch(part.printed)]
    return len(parts) == 2 and len(small) == 1 and any(_WHOLE_AMOUNT.fullmatch(part.printed) for part in parts)


def _repeat(context: Context, spans: list[Span], line_id: str, without: set[str]) -> None:
    """Give a line the spans of another, but for those of the columns ``without``."""
    for span in spans:
        if span.field not in without:
            place = Place(span.page, span.line, span.start, span.end)
            context.add(
                Span(owner_table=span.owner_table, owner_id=line_id, field=span.field, seq=span.seq, place=place)
            )


def _shared(table: TableContext, record: Record, line_id: str, with_item: bool) -> Words:
    """What all amounts of a record have in common; spans are recorded for ``line_id``."""
    context = table.context

    def assemble(column: str, pieces: Sequence[Piece]) -> str | None:
        return context.assemble("budget_lines", line_id, column, pieces)

    codes = {scheme: code for scheme, code in record.codes.items() if scheme != REVENUE}
    bases = {code.basis for code in codes.values()}
    return Words(
        measure="total",
        row_kind=record.kind,
        direction=record.direction,
        item=assemble("item", record.item_pieces if with_item else ()),
        item_path=record.path,
        project=assemble("project", record.project_pieces),
        codes={scheme: code.digits for scheme, code in codes.items()},
        names={scheme: assemble(f"{scheme}_name", code.name_pieces) for scheme, code in codes.items()},
        code_basis=next((basis for basis in ("name", "padded", "printed") if basis in bases), None),
        unit_name=assemble("unit_name", record.unit_pieces or table.body),
        unit_code=record.unit_code,
        expense=record.expense,
    )


def _stands_alone(text: str, token: Token) -> bool:
    """Whether a token is printed like an amount (12.50, 1,250) and touches no other character."""
    around = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
    return any(mark in token.printed for mark in ".,．，") and not around.strip()


def _counted(record: Record, column: Column, library: Library) -> str | None:
    """The label or header that says that a number counts things: its own, or one that it is a part of.

    Beside 账面价值 the label 房屋（平方米） says in what its quantity is counted, and the value is money.
    """
    if column.measure in ASSET_VALUES:
        return None
    return next((word for word in _words_over(record, column) if library.says("counts", word)), None)


def _add_count(table: TableContext, record: Record, column: Column, token: Token | None) -> bool:
    """Add the statement of a count; False where nothing says what is counted.

    What stands below a counted label (其中：主要领导干部用车 below 车辆数合计) counts the same, and its label is the subject.
    """
    known = [
        (at, entry) for at, word in enumerate(_words_over(record, column)) if (entry := table.library.counted(word))
    ]
    if not known or token is None or token.value is None or token.value != int(token.value):
        return False
    at, entry = known[0]
    narrowed = entry.subject or at > 0
    context = table.context
    year, phase = time_of(table, record, column)
    subject = fold(record.item or "") if narrowed else ""
    statement_id = context.statement_id(entry.metric, "count", year, subject)
    row = Statement(
        statement_id=statement_id,
        section_path=table.title,
        metric=entry.metric,
        fiscal_year=year,
        comparison=None if year is None else year != context.disclosure_year,
        phase=None if entry.stock else phase,
        kind="count",
        value=token.value.quantize(_SCALE),
        unit=entry.unit,
        printed=token.printed,
        precision=Decimal(1).scaleb(int(token.value.as_tuple().exponent)),
        place=context.place(token.start, token.end),
    )
    if subject:
        row.subject = context.assemble("statements", statement_id, "subject", _subject_of_count(context, record))
    context.add(row)
    context.ledger.claim(token, "data", "count", "statements", statement_id)
    return True


def _words_over(record: Record, column: Column) -> list[str]:
    """What may say that an amount is a count, the nearest first."""
    above = [parent.item for parent in reversed(record.parents)]
    return [word for word in (record.item, column.leaf, *above) if word]


def _subject_of_count(context: Context, record: Record) -> list[tuple[int, int]]:
    """The label without the unit in brackets at its end: 国内公务接待批次（个）."""
    text = context.document.text
    label = fold(record.item or "")
    opening = label.rfind("（") if label.endswith("）") else -1
    return shorten(text, record.item_pieces, 0, len(label) - opening if opening > 0 else 0)
