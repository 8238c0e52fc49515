"""The explanation of a row and of an amount, in words: label, codes, parents and kind; unit, placement, sums and checks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipeline.explain.entries import rule_at
from pipeline.explain.tables import View
from pipeline.extract.forms.entries import parse_identity
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.identities import applicable, count_broken, stands_for
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.sums import values
from pipeline.publish.reading import read_table
from schemas.rows import BudgetLine

_CODES = {
    "printed": "printed in the row",
    "padded": "printed in parts, one of a single digit that was padded",
    "name": "by its name alone, which is the official one of a class in schemas/codes/{scheme}.csv",
}
_UNITS = {
    "table": "its table or column prints it",
    "document": "its table prints none; it is that of the document's other tables",
    "cross_table": "words at the table contradict each other; it is the one that agrees with another table",
}
_PLACEMENTS = {
    "layout": "where it stands settles its column; no identity of the form applies, or one fails",
    "identity": "where it stands leaves a choice, and identities of the form made it",
    "both": "where it stands settles its column, and the identities of the form hold",
}
_FACTS = ("direction", "measure", "fund", "revenue_source", "fiscal_year", "phase")
#: The columns by which a line of today is compared with that of the release.
_COMPARED = (
    "amount",
    "row_kind",
    "item_path",
    "measure",
    "fund",
    "revenue_source",
    "fiscal_year",
    "phase",
    "placement",
)


def record_of(view: View, line: BudgetLine) -> tuple[Record, Column] | None:
    """The record and the column whose cell prints an amount."""
    for record in view.reading.records:
        for column, cell in record.amounts:
            if any(start <= line.start and line.end <= end for start, end in cell.pieces):
                return record, column
    return None


def row(view: View, record: Record, lines: Sequence[BudgetLine]) -> list[str]:
    """What a row's cells say: label, codes, rows above it, and what made it of its kind."""
    number = view.row_of(record)
    label = record.item or "(no label)"
    shown = ["", f"row {lines[0].row_id}" if lines else "row", f"  printed   row {number} of the cells above"]
    shown.append(
        f"  label     {label}, without ordinal and 其中"
        if record.level is not None or record.said_of_which
        else f"  label     {label}"
    )
    shown += [f"  code      {_code(scheme, code)}" for scheme, code in sorted(record.codes.items())]
    shown += [f"  project   {record.project}"] if record.project else []
    shown += [f"  unit      code {record.unit_code}"] if record.unit_code else []
    shown += [f"  incomplete code {record.incomplete}"] if record.incomplete else []
    above = [f"{parent.item or '(no label)'} (row {view.row_of(parent)})" for parent in record.parents]
    shown.append(f"  below     {' / '.join(above)}: {record.parents_reason}" if above else "  below     no row")
    shown.append(f"  row_kind  {record.kind}: {record.kind_reason}")
    return shown + [f"  amount    {line.printed}, {line.measure}: {line.line_id}" for line in lines]


def _code(scheme: str, code: Code) -> str:
    name = f" {code.name}" if code.name else ""
    return f"{scheme} {code.digits}{name}: {_CODES[code.basis].format(scheme=scheme)}"


def line(view: View, found: BudgetLine, at: tuple[Record, Column] | None) -> list[str]:
    """Unit, meaning and placement of an amount, with the identities of its row; ``at`` is None where performance read it."""
    shown = [
        "",
        f"line {found.line_id}",
        f"  amount    {found.amount:.2f} yuan: {found.printed} in {found.printed_unit} ({view.place(found.start)})",
        f"  unit      {found.unit_basis}: {_UNITS[found.unit_basis or 'table']}",
    ]
    placement = f"  placement {found.placement}: {_PLACEMENTS[found.placement or 'layout']}"
    if at is None:
        facts = [f"  means     {name} {value}" for name in _FACTS if (value := getattr(found, name)) is not None]
        return [*shown, *facts, placement, "  read by   pipeline/extract/performance"]
    record, column = at
    shown.append(f"  column    {column.index + 1}, {' / '.join(column.path)}")
    shown += [f"  means     {said}" for said in _meaning(view, record, column, found)]
    shown.append(placement)
    if found.row_kind != record.kind:
        what = "kind of expense" if column.expense else "class of the economic classification"
        shown.append(f"  row_kind  {found.row_kind}: its column is a {what} beside what it is a part or the sum of")
    form = view.reading.form
    return shown + [f"  identity  {_identity(declared, record)}" for declared in (form.identities if form else ())]


def _meaning(view: View, record: Record, column: Column, found: BudgetLine) -> list[str]:
    """What an amount is of, each fact with what said it: its column, else its row, its table or the document."""
    said = {
        "direction": (column.direction, "the side of the table that its row is on"),
        "measure": (column.measure, ""),
        "fund": (column.fund, _of_table(view, found.fund) or "a label of its row or above it"),
        "revenue_source": (column.revenue_source, "a label of its row or above it"),
        "fiscal_year": (column.year, "its row" if record.year == found.fiscal_year else "the document's year"),
        "phase": (column.phase, "its row, or else the stage of the document"),
    }
    if column.year_offset:
        said["fiscal_year"] = found.fiscal_year, ""
    return [
        f"{name} {value}: {'its column' if value == of_column else otherwise}"
        for name, (of_column, otherwise) in said.items()
        if (value := getattr(found, name)) is not None
    ]


def _of_table(view: View, fund: str | None) -> str | None:
    """What of a table says the fund of all its amounts."""
    reading = view.reading
    if reading.form is not None and reading.form.fund == fund:
        return "the form of its table"
    title = reading.segment.heading.title if reading.segment.heading else ""
    return "the title of its table (titles.funds of words.toml)" if view.library.fund_of_title(title) == fund else None


def _identity(declared: str, record: Record) -> str:
    """An identity of the form with the figures of a row, and whether they fulfil it."""
    columns, amounts = record.row.columns, values(record)
    broken = count_broken(applicable([declared], columns), amounts)
    if broken is None:
        return f"{declared}: the table or the row has no columns for it"
    parsed = parse_identity(declared)
    left, right = (_side(terms, columns, amounts) for terms in (parsed.left, parsed.right))
    return f"{declared}: {left} = {right}, {'fails' if broken else 'holds'}"


def _side(terms: Sequence[str], columns: Sequence[Column], amounts: dict[int, Decimal]) -> str:
    printed = [
        format(amounts[column.index], "f")
        for term in terms
        for column in columns
        if column.kind == "amount" and stands_for(term, column) and column.index in amounts
    ]
    return " + ".join(printed) or "(blank)"


def differences(release: Path, found: BudgetLine) -> list[str]:
    """Where the release has a line otherwise than it is read today: code or data files have changed since."""
    frame = read_table(release, "budget_lines").filter(pl.col("line_id") == found.line_id)
    published = frame.row(0, named=True) if frame.height else {}
    return [
        f"  release   has {name} {published.get(name)}, read today as {getattr(found, name)}: code or data files changed since"
        for name in _COMPARED
        if published.get(name) != getattr(found, name)
    ]


def checks(release: Path, line_id: str) -> list[str]:
    """The checks of the release that an amount stands in, with both sides and the file of their rule."""
    operands = read_table(release, "check_operands")
    own = operands.filter((pl.col("kind") == "budget_lines") & (pl.col("id") == line_id))
    found = read_table(release, "checks").filter(pl.col("check_id").is_in(own["check_id"].unique().to_list()))
    sides = dict(own.select("check_id", "side").iter_rows())
    shown = ["", "checks of the release that it is an operand of"]
    names = ("check_id", "status", "rule_id", "left_value", "right_value", "unit", "message_en")
    for check_id, status, rule_id, left, right, unit, message in found.select(names).iter_rows():
        figures = f"{_plain(left)} = {_plain(right)} {unit or ''}".rstrip() + ", " if left is not None else ""
        shown.append(f"  {status}  {rule_id} ({sides[check_id]} side): {figures}{rule_at(rule_id)}")
        shown += [f"        {message}"] if status != "pass" and message else []
    return shown if found.height else [*shown, "  none"]


def _plain(value: Decimal | None) -> str:
    text = "" if value is None else format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
