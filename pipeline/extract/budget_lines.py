"""The one writer of ``budget_lines``, for tables of amounts and for performance sheets alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.extract.context import Context, Piece
from pipeline.extract.ledger import Token
from schemas.rows import BudgetLine


@dataclass(frozen=True, slots=True)
class Printed:
    """An amount as it is printed, its unit (``worth`` yuan), and what put it into its unit and its column.

    ``pieces`` are where it stands, where the end of a line breaks it.
    """

    token: Token
    unit: str
    worth: Decimal
    unit_basis: str
    placement: str
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """The ids of a line, and where its row stands in which table."""

    line_id: str
    row_id: str
    row_no: int
    table_id: str
    table_no: int
    table_code: str | None


@dataclass(slots=True, kw_only=True)
class Words:
    """What the words around an amount say of it.

    ``codes`` and ``names`` are by scheme (function, government_economic, department_economic).
    """

    measure: str
    row_kind: str
    direction: str | None
    item: str | None = None
    item_path: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    code_basis: str | None = None
    project: str | None = None
    unit_name: str | None = None
    unit_code: str | None = None
    expense: str | None = None
    fund: str | None = None
    revenue_source: str | None = None
    fiscal_year: int | None = None
    period: tuple[int | None, int | None] = (None, None)
    phase: str | None = None


def write_line(context: Context, key: Key, printed: Printed, words: Words) -> None:
    """Add a budget line, and claim its number."""
    token = printed.token
    value = Decimal(0) if token.value is None else token.value
    year = words.fiscal_year
    line = BudgetLine(
        line_id=key.line_id,
        row_id=key.row_id,
        table_id=key.table_id,
        table_no=key.table_no,
        table_code=key.table_code,
        row_no=key.row_no,
        row_kind=words.row_kind,
        direction=words.direction,
        item=words.item,
        item_path=words.item_path,
        function_code=words.codes.get("function"),
        function_name=words.names.get("function"),
        government_economic_code=words.codes.get("government_economic"),
        government_economic_name=words.names.get("government_economic"),
        department_economic_code=words.codes.get("department_economic"),
        department_economic_name=words.names.get("department_economic"),
        code_basis=words.code_basis,
        project=words.project,
        unit_name=words.unit_name,
        unit_code=words.unit_code,
        expense=words.expense,
        measure=words.measure,
        fund=words.fund,
        revenue_source=words.revenue_source,
        fiscal_year=year,
        comparison=None if year is None else year != context.disclosure_year,
        period_start=words.period[0],
        period_end=words.period[1],
        phase=words.phase,
        amount=value * printed.worth,
        printed=token.printed,
        printed_unit=printed.unit,
        unit_basis=printed.unit_basis,
        precision=Decimal(1).scaleb(int(value.as_tuple().exponent)) * printed.worth,
        placement=printed.placement,
        place=context.place(token.start, token.end),
    )
    if token.parts:
        line.printed = context.assemble(BudgetLine.TABLE, key.line_id, "printed", printed.pieces) or token.printed
    context.add(line)
    context.ledger.claim(token, "data", "amount", BudgetLine.TABLE, key.line_id)
