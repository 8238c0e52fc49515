"""Rows that performance tables give: projects, their money, goals and indicators. Every layout writes them here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from pipeline.extract.budget_lines import Key, Printed, write_line
from pipeline.extract.budget_lines import Words as LineWords
from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import Block
from pipeline.extract.performance.targets import Given, read_targets
from pipeline.extract.performance.words import Words
from schemas.rows import Indicator, Table
from schemas.rows import Project as ProjectRow

_YEAR = re.compile("20[0-9]{2}")

#: What stands between the code of a department and its name.
_BESIDE_CODE = "-－—–_:：]］】）) \u3000[［【"


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a table. ``first`` and ``last`` are the years of its medium term, where the table prints them."""

    project_id: str | None = None
    name: str | None = None
    first: int | None = None
    last: int | None = None


_NO_PROJECT = Project()


class Sense(NamedTuple):
    """What a name of money says of an amount."""

    measure: str
    source: str | None
    row_kind: str


def sense_of(money: str) -> Sense:
    """What an amount is that ``[money]`` of the words calls ``money``; of a ``part`` its label alone says what it is."""
    if money in ("basic", "project"):
        return Sense(money, None, "detail")
    return Sense("total", None if money in ("total", "part") else money, "total" if money == "total" else "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount of a performance table. ``item`` is where its row's label stands, ``worth`` what its unit is worth.

    ``key`` and ``column`` name its row and its column in ids; an amount of a row written before has that ``row_id``.
    """

    token: Token
    unit: str
    worth: Decimal
    key: str
    column: str = "total"
    row_id: str | None = None
    #: what amounts of one printed row have in common, where there are several
    row: int | None = None
    measure: str = "total"
    source: str | None = None
    row_kind: str = "detail"
    item: list[Piece] = field(default_factory=list)
    item_path: str | None = None
    medium_term: bool = False
    phase: str | None = "approved"
    #: of which year, where it is not the disclosure's
    year: int | None = None
    direction: str = "expenditure"
    #: where it stands, where lines of its cell cut it
    pieces: list[Piece] = field(default_factory=list)
    unit_basis: str = "table"
    placement: str = "layout"


@dataclass(slots=True, kw_only=True)
class Entry:
    """A goal or an indicator. ``label`` names it (level 3), ``block`` is its text.

    ``level1`` and ``level2`` are names; ``level_pieces`` say where they are printed, if they are taken from there.
    ``ordinals`` are stretches that hold its printed ordinal, ``held`` such as only stand beside it. ``more`` is where
    a self-evaluation prints what came of it: actual, weight, score, deviation; ``scores`` are those of its levels.
    """

    kind: str
    block: Block
    horizon: str = "annual"
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
    scores: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """A goal or an indicator of a project's table, with its text as it is compared."""

    row: Indicator
    folded: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the rows of one performance table and claims their numbers."""

    context: Context
    region: Region
    words: Words

    @property
    def table(self) -> Table:
        """The table's own row."""
        tables = self.context.extraction.rows.tables
        return next(row for row in tables if row.table_id == self.region.table_id)

    def report(self, problem: str) -> None:
        """Say what of the table was not understood; the document is partial then."""
        self.context.problems.append(f"{self.region.title}: {problem}")

    def claim_header(self, blocks: Iterable[Block], role: str = "year") -> None:
        """Claim the numbers in the words of a header."""
        for block in blocks:
            for start, end in block.pieces:
                self.context.ledger.claim_free(start, end, "structure", role, "tables", self.region.table_id)

    def add_project(self, values: dict[str, list[Piece]], period: tuple[int, int] | None) -> Project:
        """Add a project; ``values`` holds the pieces of what its labels say (``[labels]`` of the words), by column.

        ``period`` are the years of its medium term, where a header prints them; else the dates of its head bound them.
        """
        context, text = self.context, self.context.published
        name = fold("".join(text[a:b] for a, b in values.get("name", ())))
        project_id = context.unique(f"{context.document.disclosure_id}.project.{name or 'unnamed'}")
        code = None
        if "department" in values:
            code, department = self._department(project_id, values["department"])
            values = values | {"department": department}
        first, last = period or (
            self._year(project_id, values.get("begins")),
            self._year(project_id, values.get("ends")),
        )
        printed: dict[str, str | None] = {}
        for column, pieces in values.items():
            if column in ("begins", "ends"):
                continue
            if column != "code":
                printed[column] = context.assemble("projects", project_id, column, pieces)
            for start, end in pieces:
                context.ledger.claim_free(start, end, "structure", "identifier", "projects", project_id)
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

    def _year(self, project_id: str, pieces: list[Piece] | None) -> int | None:
        """Claim the numbers of a date, and return its year."""
        tokens = [token for start, end in pieces or () for token in self.context.ledger.free(start, end)]
        for token in tokens:
            self.context.ledger.claim(token, "structure", "date", "projects", project_id)
        year = tokens[0].printed[:4] if tokens else ""
        return int(year) if _YEAR.fullmatch(year) else None

    def _department(self, project_id: str, pieces: list[Piece]) -> tuple[str | None, list[Piece]]:
        """The code printed with a department's name, and where the name stands without it."""
        text, ledger = self.context.published, self.context.ledger
        code: str | None = None
        kept: list[Piece] = []
        for start, end in pieces:
            for token in ledger.free(start, end):
                code = code or token.printed
                ledger.claim(token, "structure", "identifier", "projects", project_id)
                kept.append((start, token.start))
                start = token.end + len(text[token.end : end]) - len(text[token.end : end].lstrip(_BESIDE_CODE))
            kept.append((start, end))
        return code, [(a, b) for a, b in kept if fold(text[a:b]).strip(_BESIDE_CODE + "（")]

    def add_amount(self, amount: Amount, project: Project | None = None) -> str:
        """Add a budget line; returns the id of its row."""
        context, region, table = self.context, self.region, self.table
        project = project or _NO_PROJECT
        key = ".".join(filter(None, (project.name and fold(project.name), amount.key)))
        row_id = amount.row_id or context.unique(f"{region.table_id}.{key}")
        line_id = context.unique(f"{row_id}.{amount.column}")
        rows = {line.row_id for line in context.extraction.rows.budget_lines if line.table_id == region.table_id}
        table.row_count = len(rows | {row_id})
        table.amount_count += 1
        write_line(
            context,
            Key(line_id, row_id, table.row_count, region.table_id, table.table_no, region.table_code),
            Printed(amount.token, amount.unit, amount.worth, amount.unit_basis, amount.placement, amount.pieces),
            LineWords(
                measure=amount.measure,
                row_kind=amount.row_kind,
                direction=amount.direction,
                item=context.assemble("budget_lines", line_id, "item", amount.item) if amount.item else None,
                item_path=amount.item_path,
                project=project.name,
                revenue_source=amount.source,
                fiscal_year=None if amount.medium_term else amount.year or context.disclosure_year,
                period=(project.first, project.last) if amount.medium_term else (None, None),
                phase=amount.phase,
            ),
        )
        return row_id

    def add_entry(self, entry: Entry, project: Project | None = None) -> Indicator:
        """Add a goal or an indicator with its targets; returns its row."""
        context, region = self.context, self.region
        project = project or _NO_PROJECT
        indicator_id = context.unique(f"{region.table_id}.{self._key(entry, project)}")
        body = entry.block if entry.block.pieces or entry.label is None else entry.label
        label = entry.label.pieces if entry.label else []
        for start, end in entry.ordinals:
            context.ledger.claim_free(start, end, "structure", "ordinal", "indicators", indicator_id)

        def assemble(pieces: dict[str, list[Piece]]) -> dict[str, str | None]:
            return {
                column: context.assemble("indicators", indicator_id, column, held) for column, held in pieces.items()
            }

        levels = {"level1": entry.level1, "level2": entry.level2, **assemble(entry.level_pieces)}
        texts = assemble({"level3": label, "text": body.pieces, **entry.more})
        annual, year = entry.horizon == "annual", context.disclosure_year
        row = Indicator(
            indicator_id=indicator_id,
            table_id=region.table_id,
            project_id=project.project_id,
            table_no=self.table.table_no,
            table_code=region.table_code,
            ordinal=entry.ordinal,
            kind=entry.kind,
            level1=levels["level1"],
            level2=levels["level2"],
            level3=texts["level3"],
            horizon=entry.horizon,
            period_start=year if annual else project.first,
            period_end=year if annual else project.last,
            text=texts["text"],
            actual=texts.get("actual"),
            weight=texts.get("weight"),
            score=texts.get("score"),
            deviation=texts.get("deviation"),
            placement=entry.placement,
            place=context.place(min(a for a, _ in body.pieces), max(b for _, b in body.pieces)),
        )
        context.add(row)
        read_targets(context, indicator_id, body, self.words, entry.given)
        self._claim(entry.held, "narrative", "percent", indicator_id)
        self._claim(entry.scores, "structure", "score", indicator_id)
        for column, pieces in {"level3": label, **entry.more}.items():
            scored = column in ("weight", "score")
            self._claim(pieces, "data" if scored else "narrative", "score" if scored else "unknown", indicator_id)
        return row

    def _key(self, entry: Entry, project: Project) -> str:
        """What names an entry within its table."""
        published = self.context.published
        label = "".join([fold(published[a:b]) for a, b in entry.label.pieces]) if entry.label else ""
        parts = (
            project.name and fold(project.name),
            entry.kind,
            entry.horizon,
            entry.level2 and fold(entry.level2),
            str(entry.ordinal or label or ""),
        )
        return ".".join(part for part in parts if part)

    def _claim(self, pieces: Iterable[Piece], cls: str, role: str, indicator_id: str) -> None:
        for start, end in pieces:
            self.context.ledger.claim_free(start, end, cls, role, "indicators", indicator_id)


def _reach(text: str, pieces: list[Piece]) -> Piece:
    """From the first to the last printed character of ``pieces``."""
    start, end = pieces[0][0], pieces[-1][1]
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
