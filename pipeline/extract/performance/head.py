"""The head of a performance table of cells: a project's labels, its money and its goals.

A label has its value to its right or behind it; goals may also stand below their header. Nothing else is known of any
table: what labels mean is in ``words.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.extract.context import Piece
from pipeline.extract.performance.cells import Block, SheetCell, SheetRow, shortened
from pipeline.extract.performance.money import MoneyReader
from pipeline.extract.performance.records import Entry, Project, Writer
from pipeline.extract.performance.words import known_form, meaning_of

_MARKS = re.compile(
    r"(?:^|(?<=[。；;，]))(?:目标|指标)?(\d{1,2})[、.:：．](?!\d)|(?:^|(?<=[。；;，]))目标([一二三四五六七八九])[:：]"
)
_BRACKETS = re.compile(r"[（][^（）]*[）]$")
#: What a cell says that stands beside the header of goals, and is the header of what came of them.
_RESULT_HEADER = re.compile(r".{0,12}(?:完成|实现|执行|落实)情况")
_YEARS = re.compile(r"(20\d\d)年?(?:度)?[-—~～至](20\d\d)年?")
#: A label is no longer than this.
_SHORT = 16
_EXECUTION_SCORE = re.compile(r"(?:预算)?执行率(?:分值|权重)?[（(]\d{1,3}分?[）)]")
#: Tables that are of a project each, or of several.
_OF_PROJECTS = ("project_performance", "transfer_performance")
#: What stands over the columns of indicators, or beside them.
_INDICATORS = re.compile("(?:年度|项目)?绩效指标")
#: The ordinal of a goal behind its label: 年度目标1：.
_GOAL_ORDINAL = re.compile(r"(?<=目标)(\d{1,2})[:：]?$")
#: What a cell beside money says where it is of what a body receives, not of what it spends.
_REVENUE = re.compile("收入(?:构成|来源|情况|预算)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its middle: what it holds, and for which horizon."""

    middle: float
    role: str
    horizon: str = "annual"


@dataclass(slots=True)
class HeadReader:
    """Reads the rows above indicators, and keeps what they say about the rows below.

    ``horizons``, ``period`` and ``opening`` hold for all projects of a table, everything else for one.
    """

    writer: Writer
    money: MoneyReader
    #: from where to where the headers of horizons reach
    horizons: list[tuple[float, float, str]] = field(default_factory=list)
    period: tuple[int, int] | None = None
    #: the label that the first project's head begins with: where it comes again, another project's begins
    opening: str | None = None
    #: where the labels' values stand
    values: dict[str, list[Piece]] = field(default_factory=dict)
    #: goals and indicators that are not written yet: a page may cut a text, and a head goes on below its money
    entries: list[Entry] = field(default_factory=list)
    _project: Project | None = None
    _goal_columns: list[Column] = field(default_factory=list)
    #: headers over a project's money that rate its execution
    _rating_headers: dict[str, SheetCell] = field(default_factory=dict)
    _rate: Entry | None = None

    def begin_project(self, values: dict[str, list[Piece]]) -> None:
        """Write what was gathered, and forget it: what follows is another project's."""
        self.write()
        self.values, self._project, self._rate = values, None, None
        self._goal_columns, self._rating_headers = [], {}
        self.money.begin_project()

    def add(self, entry: Entry) -> None:
        """Keep a goal or an indicator of the project until it is whole."""
        self.entries.append(entry)

    def write(self) -> None:
        """Write what was gathered; the head is read and texts that pages cut are whole by now."""
        # The code of a body alone names no project: the sheet is of all that the body spends.
        if set(self.values) == {"code"}:
            self.writer.claim_header([Block(self.values["code"], "")], "identifier")
        elif self._project is None and self.values:
            self._project = self.writer.add_project(self.values, self.period)
        nameless = self._project is None or not self._project.name
        if nameless and self.entries and self.writer.region.table_code in _OF_PROJECTS:
            self.writer.report("it names no project")
        rows: dict[int, str] = {}
        for amount in self.money.taken():
            row_id = self.writer.add_amount(replace(amount, row_id=rows.get(amount.row or 0)), self._project)
            rows |= {amount.row: row_id} if amount.row else {}
        for entry in self.entries:
            self.writer.add_entry(entry, self._project)
        self.entries.clear()

    def note_horizons(self, row: SheetRow) -> None:
        """Keep how far headers such as 中期目标（2022年—2024年） | 年度目标 reach over the columns below."""
        found = [(cell, meaning_of(cell.text, self.writer.words.horizons)) for cell in row.cells if cell.text]
        named = [(cell, horizon) for cell, horizon in found if horizon]
        if len({horizon for _, horizon in named}) == 2:
            self.horizons = [(cell.box.x0, cell.box.x1, horizon) for cell, horizon in named]

    def note_period(self, row: SheetRow) -> None:
        """Keep the years of the medium term, where a header prints them."""
        for cell in row.cells:
            medium = meaning_of(cell.text, self.writer.words.horizons) == "medium_term"
            if medium and (match := _YEARS.search(cell.text)):
                self.period = int(match.group(1)), int(match.group(2))

    def horizon_at(self, x: float) -> str | None:
        """The horizon whose header reaches over ``x``."""
        return next((horizon for x0, x1, horizon in self.horizons if x0 <= x <= x1), None)

    def read(self, row: SheetRow, below: SheetRow | None) -> None:
        """Read a row of the head; ``below`` is the next one of the same page."""
        cells = [cell for cell in row.cells if cell.text]
        self.money.reach = row.cells[-1].box.x1
        self._read_goals(row)
        if (
            self.money.read_phases_beside(cells)
            or self._read_phases(cells)
            or self.money.read_parts(row, below)
            or self.money.read_row(row)
        ):
            return
        self.money.note_terms(cells)
        for cell in filter(row.begins, cells):
            self._note_beside(cell)
        taken: set[int] = set()
        for at, cell in enumerate(cells):
            if not row.begins(cell) or id(cell) in taken:
                continue
            right = cells[at + 1] if at + 1 < len(cells) else None
            if label := meaning_of(cell.text, self.writer.words.labels):
                self.money.note_unit(cell)
                self.opening = self.opening or cell.text
                if label in self.values and (label == "name" or cell.text == self.opening):
                    self.begin_project({})
                has_value = self._keep_value(label, right)
            else:
                has_value = not self._read_money(cells, at) and self._read_goal(cell, right, below, cells)
            if has_value:
                taken.add(id(right))

    def _note_beside(self, cell: SheetCell) -> None:
        """Keep a unit that a short label prints, and claim the score that all execution has (执行率分值（10）)."""
        if len(cell.text) <= _SHORT:
            self.money.note_unit(cell)
        if _EXECUTION_SCORE.fullmatch(cell.text):
            self.writer.claim_header([cell.block])

    def _keep_value(self, label: str, value: SheetCell | None) -> bool:
        """Keep the value of a label; False where what stands to its right is another label, or a word of a header."""
        words = self.writer.words
        names = (words.labels, words.columns, words.money, words.phases, words.before)
        if label == "end" or value is None or any(known_form(value.text, known) for known in names):
            return False
        if label != "contact" and value.block.pieces:
            self.values.setdefault(label, value.block.pieces)
        return True

    def _read_phases(self, cells: Sequence[SheetCell]) -> bool:
        """Read a row of phases of the budget (年初预算数 | 全年执行数), and what rates the execution beside them."""
        if not self.money.read_phases(cells):
            return False
        rated = [(self._rating(cell), cell) for cell in cells]
        self._rating_headers = {role: cell for role, cell in rated if role}
        self.writer.claim_header([cell.block for role, cell in rated if role != "rate"])
        return True

    def _read_money(self, cells: Sequence[SheetCell], at: int) -> bool:
        """Read the money that the cell ``at`` of a row is the label of, or has in its words."""
        cell, right = cells[at], cells[at + 1 :]
        revenue = any(_REVENUE.fullmatch(one.text) for one in cells[:at])
        kind = self.money.read_label(cell, right, self.horizon_at(cell.middle), "revenue" if revenue else "expenditure")
        if kind is not None:
            self._read_rating(kind, right)
        return kind is not None or self.money.read_words(cell)

    def _rating(self, cell: SheetCell) -> str | None:
        """Whether a column beside a project's money says how much of it was spent, and what that scores."""
        role = meaning_of(cell.text, self.writer.words.columns)
        rate = _BRACKETS.sub("", cell.text).endswith(self.writer.words.rates)
        return "rate" if rate else role if role in ("weight", "score") else None

    def _read_rating(self, source: str, right: Sequence[SheetCell]) -> None:
        """Read what self-evaluations say of the execution: the whole's is an indicator, the others stand beside it."""
        headers = self._rating_headers
        cells = {
            role: cell
            for role, header in headers.items()
            for cell in right
            if cell.box.x0 <= header.middle <= cell.box.x1
        }
        rate = cells.get("rate")
        if source == "total" and rate is not None and rate.text and self._rate is None:
            more: dict[str, list[Piece]] = {
                role: cells[role].block.pieces for role in ("weight", "score") if role in cells
            }
            more["actual"] = rate.block.pieces
            self._rate = Entry(
                kind="indicator", block=Block([], ""), label=self._without_formula(headers["rate"]), more=more
            )
            self.add(self._rate)
        elif self._rate is not None:
            self._rate.held += [piece for cell in cells.values() for piece in cell.block.pieces]

    def _without_formula(self, header: SheetCell) -> Block:
        """The name of a rate without numbers in a bracket behind it (B/A×100%): they are no quantity of the project."""
        formula = _BRACKETS.search(header.text)
        if formula is None or re.search(r"\d", formula.group()) is None:
            return header.block
        self.writer.claim_header([shortened(self.writer.context, header.block, formula.start())])
        return shortened(self.writer.context, header.block, 0, len(formula.group()))

    def _read_goal(
        self, cell: SheetCell, right: SheetCell | None, below: SheetRow | None, cells: Sequence[SheetCell]
    ) -> bool:
        """Read a goal beside its label, or the header of goals in the row below; True for a goal beside it."""
        columns = self.writer.words.columns
        if not self._is_goal(cell):
            return False
        beside = right is not None and not self._is_goal(right) and meaning_of(right.text, columns) is None
        beside = beside and right is not None and _INDICATORS.fullmatch(right.text) is None
        if right is not None and beside and not _RESULT_HEADER.fullmatch(right.text):
            self.add_goal(right.block, self._horizon_of(cell), cell)
            return True
        if below is not None:
            headers = [one for one in cells if one.box.bottom <= below.cells[0].box.bottom]
            roles = [(one, "goal" if self._is_goal(one) else meaning_of(one.text, columns)) for one in headers]
            self._goal_columns = [
                Column(one.middle, role, self._horizon_of(one)) for one, role in roles if role in ("goal", "actual")
            ]
        return False

    def _is_goal(self, cell: SheetCell) -> bool:
        return known_form(_GOAL_ORDINAL.sub("", cell.text), self.writer.words.goals) is not None

    def _horizon_of(self, cell: SheetCell) -> str:
        return meaning_of(cell.text, self.writer.words.horizons) or self.horizon_at(cell.middle) or "annual"

    def _read_goals(self, row: SheetRow) -> None:
        """Read the goals below their header."""
        columns, self._goal_columns = self._goal_columns, []
        under = Counter(id(row.at(column.middle)) for column in columns)
        if row.begun and len(columns) > 1 and row.at(columns[-1].middle) is None:
            self.writer.report("its goals do not stand below their headers")
            return
        for column in columns:
            cell = row.at(column.middle)
            if under[id(cell)] > 1 and cell is not None and cell.text:
                self.writer.report("its goals do not stand below their headers")
                return
            if (
                cell is None
                or not cell.text
                or not row.begins(cell)
                or self._is_goal(cell)
                or len(row.begun) > len(columns) + 1
            ):
                continue
            if column.role == "goal":
                self.add_goal(cell.block, column.horizon)
            elif self.entries:
                self.entries[-1].more["actual"] = cell.block.pieces

    def add_goal(self, block: Block, horizon: str, label: SheetCell | None = None) -> None:
        """Keep a goal, or each of the numbered goals that a cell holds. A ``label`` may have the ordinal of one."""
        printed = _GOAL_ORDINAL.search(label.text) if label else None
        if label is not None and printed is not None:
            ordinals = shortened(self.writer.context, label.block, printed.start()).pieces
            self.add(Entry(kind="goal", horizon=horizon, block=block, ordinal=int(printed.group(1)), ordinals=ordinals))
            return
        marks = list(_MARKS.finditer(block.folded))
        if not marks or marks[0].start() > 0 or [_number(mark) for mark in marks] != list(range(1, len(marks) + 1)):
            self.add(Entry(kind="goal", horizon=horizon, block=block))
            return
        context, total = self.writer.context, len(block.folded)
        for mark, following in pairwise([*marks, None]):
            assert mark is not None
            body = shortened(context, block, mark.end(), total - (following.start() if following else total))
            lead = shortened(context, block, mark.start(), total - mark.end())
            self.add(Entry(kind="goal", horizon=horizon, block=body, ordinal=_number(mark), ordinals=lead.pieces))


def _number(mark: re.Match[str]) -> int:
    return int(mark.group(1)) if mark.group(1) else "一二三四五六七八九".index(mark.group(2)) + 1
