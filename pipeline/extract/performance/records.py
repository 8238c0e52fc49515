"""Rows that performance tables give: projects, their money, goals and indicators. Every layout writes them here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.extract.budget_lines import Key, Printed, write_line
from pipeline.extract.budget_lines import Words as LineWords
from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.blocks import Block
from pipeline.extract.performance.targets import Given, read_targets
from pipeline.extract.performance.words import Words
from schemas.rows import Indicator, Table
from schemas.rows import Project as ProjectRow


@dataclass(slots=True)
class Project:
    """A project of a table. ``first`` and ``last`` are the years of its medium term, where the table prints them."""

    project_id: str | None
    name: str | None
    first: int | None = None
    last: int | None = None


@dataclass(slots=True)
class Entry:
    """A goal or an indicator before it is written. ``label`` names it (level 3), ``block`` is its text.

    ``level1`` and ``level2`` are names; ``level_pieces`` say where they are printed, if they are taken from there.
    ``ordinals`` are stretches that hold its printed ordinal, ``held`` such as only stand beside it.
    """

    kind: str
    horizon: str
    block: Block
    label: Block | None = None
    ordinal: int | None = None
    level1: str | None = None
    level2: str | None = None
    level_pieces: dict[str, list[Piece]] = field(default_factory=dict)
    placement: str = "layout"
    ordinals: list[Piece] = field(default_factory=list)
    given: Given | None = None
    more: dict[str, list[Piece]] = field(default_factory=dict)
    held: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """A goal or an indicator of a project's table, with its text as it is compared."""

    row: Indicator
    folded: str


def table_of(context: Context, region: Region) -> Table:
    """The row in ``tables`` of a region."""
    return next(row for row in context.extraction.rows.tables if row.table_id == region.table_id)


def add_project(context: Context, values: dict[str, list[Piece]], period: tuple[int, int] | None) -> Project:
    """Add a project; ``values`` holds the pieces of its name, department, implementing_unit, attribute and term."""
    text = context.published
    name = fold("".join(text[a:b] for a, b in values.get("name", ())))
    project_id = context.unique(f"{context.document.disclosure_id}.project.{name or 'unnamed'}")
    code = None
    if "department" in values:
        kept: list[Piece] = []
        for start, end in values["department"]:
            for token in context.ledger.free(start, end):
                code = code or token.printed
                context.ledger.claim(token, "structure", "identifier", "projects", project_id)
                if text[start : token.start].strip():
                    kept.append((start, token.start))
                start = token.end
            if text[start:end].strip():
                kept.append((start, end))
        values = values | {"department": [(a, b) for a, b in kept if fold(text[a:b]).strip("-（）")]}
    printed: dict[str, str | None] = {}
    for column, pieces in values.items():
        printed[column] = context.assemble("projects", project_id, column, pieces)
        for start, end in pieces:
            context.ledger.claim_free(start, end, "structure", "identifier", "projects", project_id)
    first, last = period or (None, None)
    row = ProjectRow(
        project_id=project_id,
        name=printed.get("name"),
        department=printed.get("department"),
        department_code=code,
        implementing_unit=printed.get("implementing_unit"),
        attribute=printed.get("attribute"),
        term=printed.get("term"),
        period_start=first,
        period_end=last,
        place=context.place(*_reach(text, values.get("name") or next(iter(values.values()), [(0, 1)]))),
    )
    context.add(row)
    return Project(project_id, row.name, first, last)


def _reach(text: str, pieces: list[Piece]) -> Piece:
    start, end = pieces[0][0], pieces[-1][1]
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@dataclass(slots=True)
class Amount:
    """An amount of a performance table before it is written. ``item`` is where its row's label stands."""

    token: Token
    key: str
    measure: str = "total"
    source: str | None = None
    row_kind: str = "detail"
    item: list[Piece] = field(default_factory=list)
    item_path: str | None = None
    medium_term: bool = False
    phase: str = "approved"
    column: str = "total"


def add_amount(
    context: Context,
    region: Region,
    amount: Amount,
    unit: tuple[str, Decimal],
    project: Project | None = None,
    unit_basis: str = "table",
    placement: str = "layout",
    row_id: str | None = None,
) -> str:
    """Add a budget line; ``unit`` is its name and what it is worth. Returns the id of its row."""
    table = table_of(context, region)
    row_id = row_id or context.unique(f"{region.table_id}.{amount.key}")
    line_id = context.unique(f"{row_id}.{amount.column}")
    rows = {line.row_id for line in context.extraction.rows.budget_lines if line.table_id == region.table_id}
    table.row_count = len(rows | {row_id})
    table.amount_count += 1
    project = project or Project(None, None)
    write_line(
        context,
        Key(line_id, row_id, table.row_count, region.table_id, table.table_no, region.table_code),
        Printed(amount.token, *unit, unit_basis, placement),
        LineWords(
            measure=amount.measure,
            row_kind=amount.row_kind,
            direction="expenditure",
            item=context.assemble("budget_lines", line_id, "item", amount.item) if amount.item else None,
            item_path=amount.item_path,
            project=project.name,
            revenue_source=amount.source,
            fiscal_year=None if amount.medium_term else context.disclosure_year,
            period=(project.first, project.last) if amount.medium_term else (None, None),
            phase=amount.phase,
        ),
    )
    return row_id


def add_entry(context: Context, region: Region, entry: Entry, words: Words, project: Project | None) -> Indicator:
    """Add a goal or indicator with its spans and targets, and claim its numbers; returns its row."""
    project = project or Project(None, None)
    name = [part for part in (project.name and fold(project.name), entry.kind, entry.horizon) if part]
    body = entry.block if entry.block.pieces or entry.label is None else entry.label
    published = context.published
    label = "".join([fold(published[a:b]) for a, b in entry.label.pieces]) if entry.label else ""
    name += [part for part in (entry.level2 and fold(entry.level2), str(entry.ordinal or label or "")) if part]
    indicator_id = context.unique(f"{region.table_id}.{'.'.join(name)}")
    for start, end in entry.ordinals:
        context.ledger.claim_free(start, end, "structure", "ordinal", "indicators", indicator_id)

    def assemble(column: str, pieces: Iterable[Piece]) -> str | None:
        return context.assemble("indicators", indicator_id, column, pieces)

    annual = entry.horizon == "annual"
    levels: dict[str, str | None] = {"level1": entry.level1, "level2": entry.level2}
    for level, pieces in entry.level_pieces.items():
        levels[level] = assemble(level, pieces)
    more: dict[str, str | None] = {}
    level3, text = assemble("level3", entry.label.pieces if entry.label else ()), assemble("text", body.pieces)
    for column, pieces in entry.more.items():
        more[column] = assemble(column, pieces)
    row = Indicator(
        indicator_id=indicator_id,
        table_id=region.table_id,
        project_id=project.project_id,
        table_no=table_of(context, region).table_no,
        table_code=region.table_code,
        ordinal=entry.ordinal,
        kind=entry.kind,
        level1=levels["level1"],
        level2=levels["level2"],
        level3=level3,
        horizon=entry.horizon,
        period_start=context.disclosure_year if annual else project.first,
        period_end=context.disclosure_year if annual else project.last,
        text=text,
        actual=more.get("actual"),
        weight=more.get("weight"),
        score=more.get("score"),
        deviation=more.get("deviation"),
        placement=entry.placement,
        place=context.place(body.start, body.end),
    )
    context.add(row)
    read_targets(context, indicator_id, body, words, entry.given)
    for start, end in entry.held:
        context.ledger.claim_free(start, end, "narrative", "percent", "indicators", indicator_id)
    held = {"level3": entry.label.pieces if entry.label else [], **entry.more}
    for column, pieces in held.items():
        cls, role = ("data", "score") if column in ("weight", "score") else ("narrative", "unknown")
        for start, end in pieces:
            context.ledger.claim_free(start, end, cls, role, "indicators", indicator_id)
    return row
