"""The head of a performance table of cells: a project's labels, its money and its goals.

A label has its value to its right or behind it; goals may also stand below their header. Nothing else is known of any
table: what labels mean is in ``words.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.extract.context import Piece
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import Block, SheetCell, SheetRow, shortened
from pipeline.extract.performance.records import Amount, Entry, Project, Writer, sense_of
from pipeline.extract.performance.words import known_form, meaning_of, without_bracket

_MARKS = re.compile(
    r"(?:^|(?<=[。；;，]))(?:目标|指标)?(\d{1,2})[、.:：．](?!\d)|(?:^|(?<=[。；;，]))目标([一二三四五六七八九])[:：]"
)
LEAD = re.compile(r"^(?:其中)?[:：]?(?:[一二三四五六七八九\d]+[、.])?")
HORIZON = re.compile(r"^(中期|实施期|长期|年度|当年|本年)")
_ANNUAL = re.compile("年度|当年|本年")
_MEDIUM = ("中期", "实施期", "长期")
_UNIT = re.compile(r"[（(](?:单位[:：])?([百千万亿]*元)[）)]")
_BRACKETS = re.compile(r"[（][^（）]*[）]$")
#: What a cell says that stands beside the header of goals, and is the header of what came of them.
_RESULT_HEADER = re.compile(r".{0,12}(?:完成|实现|执行|落实)情况")
_YEARS = re.compile(r"(20\d\d)年?(?:度)?[-—~～至](20\d\d)年?")
#: A label is no longer than this.
_SHORT = 16
#: What a column of the whole money is called before those of its parts, and the row of all tasks.
_WHOLE = ("合计", "小计")
_ALL_TASKS = re.compile(r"(?:金额|预算|资金)?(?:合计|总计)(?:金额)?")
_EXECUTION_SCORE = re.compile(r"(?:预算)?执行率(?:分值|权重)?[（(]\d{1,3}分?[）)]")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its middle: what it holds, for which horizon, and in which phase of the budget."""

    middle: float
    role: str
    horizon: str = "annual"
    phase: str = "approved"

    def under(self, cell: SheetCell) -> bool:
        """Whether ``cell`` covers the middle of the column."""
        return cell.box.x0 <= self.middle <= cell.box.x1


@dataclass(slots=True)
class HeadReader:
    """Reads the rows above indicators, and keeps what they say about the rows below.

    ``unit``, ``horizons``, ``period`` and ``opening`` hold for all projects of a table, everything else for one.
    """

    writer: Writer
    unit: str | None
    #: from where to where the headers of horizons reach
    horizons: list[tuple[float, float, str]] = field(default_factory=list)
    period: tuple[int, int] | None = None
    #: the label that the first project's head begins with: where it comes again, another project's begins
    opening: str | None = None
    #: where the labels' values stand
    values: dict[str, list[Piece]] = field(default_factory=dict)
    #: goals, indicators and amounts that are not written yet: a page may cut a text, and a head goes on below its money
    entries: list[Entry] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    _project: Project | None = None
    _goal_columns: list[Column] = field(default_factory=list)
    _money_columns: list[Column] = field(default_factory=list)
    #: headers of parts of the money over rows of amounts, each with the label that they have in common
    _source_columns: list[tuple[SheetCell, str]] = field(default_factory=list)
    #: whether a part of the money has a label and no amount: it is nothing, and all parts are there
    _blank: bool = False
    #: headers over a project's money that rate its execution
    _rating_headers: dict[str, SheetCell] = field(default_factory=dict)
    _rate: Entry | None = None
    #: from where to where labels reach that say whether money is the medium term's
    _terms: list[tuple[float, float, bool]] = field(default_factory=list)

    def begin_project(self, values: dict[str, list[Piece]]) -> None:
        """Write what was gathered, and forget it: what follows is another project's."""
        self.write()
        self.values, self._project, self._rate = values, None, None
        self._goal_columns, self._money_columns, self._rating_headers, self._terms = [], [], {}, []
        self._source_columns, self._blank = [], False

    def add(self, entry: Entry) -> None:
        """Keep a goal or an indicator of the project until it is whole."""
        self.entries.append(entry)

    def write(self) -> None:
        """Write what was gathered; the head is read and texts that pages cut are whole by now."""
        if self._project is None and self.values:
            self._project = self.writer.add_project(self.values, self.period)
        rows: dict[int, str] = {}
        amounts = _told_apart(self.amounts)
        for amount in amounts if self._blank else _settled(amounts):
            row_id = self.writer.add_amount(replace(amount, row_id=rows.get(amount.row or 0)), self._project)
            rows |= {amount.row: row_id} if amount.row else {}
        for entry in self.entries:
            self.writer.add_entry(entry, self._project)
        self.amounts.clear()
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

    def note_unit(self, cell: SheetCell) -> None:
        """Keep the unit of money that a label or a header prints in brackets."""
        if match := _UNIT.search(cell.text):
            self.unit = match.group(1)

    def horizon_at(self, x: float) -> str | None:
        """The horizon whose header reaches over ``x``."""
        return next((horizon for x0, x1, horizon in self.horizons if x0 <= x <= x1), None)

    def read(self, row: SheetRow, below: SheetRow | None) -> None:
        """Read a row of the head; ``below`` is the next one of the same page."""
        cells = [cell for cell in row.cells if cell.text]
        self._read_goals(row)
        if self._is_money_header(cells) or self._is_source_header(row, below) or self._read_sources(row):
            return
        self._note_terms(cells)
        for cell in filter(row.begins, cells):
            self._note_beside(cell)
        taken: set[int] = set()
        for at, cell in enumerate(cells):
            if not row.begins(cell) or id(cell) in taken:
                continue
            right = cells[at + 1] if at + 1 < len(cells) else None
            if label := meaning_of(cell.text, self.writer.words.labels):
                self.note_unit(cell)
                self.opening = self.opening or cell.text
                if label in self.values and (label == "name" or cell.text == self.opening):
                    self.begin_project({})
                has_value = self._keep_value(label, right)
            else:
                has_value = not self._read_money(cell, cells[at + 1 :]) and self._read_goal(cell, right, below, cells)
            if has_value:
                taken.add(id(right))

    def _note_beside(self, cell: SheetCell) -> None:
        """Keep a unit that a short label prints, and claim the score that all execution has (执行率分值（10）)."""
        if len(cell.text) <= _SHORT:
            self.note_unit(cell)
        if _EXECUTION_SCORE.fullmatch(cell.text):
            self.writer.claim_header([cell.block])

    def _keep_value(self, label: str, value: SheetCell | None) -> bool:
        """Keep the value of a label; False where what stands to its right is another label, or a word of a header."""
        words = self.writer.words
        names = (words.labels, words.columns, words.money, words.phases)
        if label == "end" or value is None or any(known_form(value.text, known) for known in names):
            return False
        if label != "contact" and value.block.pieces:
            self.values.setdefault(label, value.block.pieces)
        return True

    def _is_money_header(self, cells: Sequence[SheetCell]) -> bool:
        """Whether a row names phases of the budget (年初预算数 | 全年执行数): they are over the money of the rows below."""
        phases = [(cell, meaning_of(cell.text, self.writer.words.phases)) for cell in cells]
        named = [Column(cell.middle, "money", phase=phase) for cell, phase in phases if phase]
        if len(named) < 2:
            return False
        self._money_columns = named
        rated = [(self._rating(cell), cell) for cell in cells]
        self._rating_headers = {role: cell for role, cell in rated if role}
        for cell in cells:
            self.note_unit(cell)
        self.writer.claim_header([cell.block for role, cell in rated if role != "rate"])
        return True

    def _is_source_header(self, row: SheetRow, below: SheetRow | None) -> bool:
        """Whether a row names parts of the money (总额 | 财政拨款 | 其他资金) over the amounts of the rows below."""
        named = [(cell, self.column_label(cell)) for cell in row.cells if row.begins(cell)]
        columns = [(cell, label) for cell, label in named if label]
        under = [below.at(cell.middle) for cell, _ in columns] if below is not None else []
        amounts = [cell for cell in under if cell is not None and NUMBER.fullmatch(cell.text)]
        if len(columns) < 2 or not amounts or any(NUMBER.fullmatch(cell.text) for cell in row.cells):
            return False
        self._source_columns = columns
        for cell in row.cells:
            self.note_unit(cell)
        return True

    def column_label(self, cell: SheetCell) -> str | None:
        """The money of a column: 预算金额（万元）, 其中：财政拨款, or 合计 before its parts."""
        found = self.money_label(cell.text)
        return found[0] if found and not found[2] else "总额" if cell.text in _WHOLE else None

    def _read_sources(self, row: SheetRow) -> bool:
        """Read a row of amounts under the parts of the money: of a task that the row names, or of the whole project."""
        found = [(row.at(header.middle), label) for header, label in self._source_columns]
        amounts = [(cell, label) for cell, label in found if cell is not None and NUMBER.fullmatch(cell.text)]
        if not amounts:
            self._source_columns = []
            return False
        first = min(header.box.x0 for header, _ in self._source_columns)
        labels = [cell for cell in row.cells if cell.text and row.begins(cell) and cell.box.x0 < first]
        for cell, label in amounts:
            if labels:
                self._add_task(cell, label, labels[0])
            else:
                self.add_amount(cell, label)
        return True

    def _rating(self, cell: SheetCell) -> str | None:
        """Whether a column beside a project's money says how much of it was spent, and what that scores."""
        role = meaning_of(cell.text, self.writer.words.columns)
        rate = _BRACKETS.sub("", cell.text).endswith(self.writer.words.rates)
        return "rate" if rate else role if role in ("weight", "score") else None

    def _note_terms(self, cells: Sequence[SheetCell]) -> None:
        """Keep how far a project's whole money reaches and how far that of its year (项目资金总额 | 年度资金申请总额)."""
        labels = self.writer.words.labels
        money = [(cell, self.money_label(cell.text)) for cell in cells if not known_form(cell.text, labels)]
        found = [(cell, label) for cell, label in money if label]
        totals = [cell for cell, (label, _, _) in found if self.writer.words.money[label] == "total"]
        whole = [_ANNUAL.search(cell.text) is None for cell in totals]
        if sorted(whole) == [False, True]:
            self._terms += [(cell.box.x0, cell.box.x1, medium) for cell, medium in zip(totals, whole, strict=True)]

    def _read_money(self, cell: SheetCell, right: Sequence[SheetCell]) -> bool:
        """Read a part of the project's money: its label, and amounts in the cells to its right or behind it."""
        found = self.money_label(cell.text)
        if found is None:
            return False
        label, horizon, inside = found
        self.note_unit(cell)
        medium = self._is_medium(cell, horizon)
        before = len(self.amounts)
        if inside:
            if not self._money_columns:  # under headers of phases nothing says which one it is of
                self._add_amount(cell, label, medium, cell, "approved")
            return True
        for value in right:
            if not NUMBER.fullmatch(value.text):
                if value.text and not self._money_columns:
                    break
                continue
            column = next((column for column in self._money_columns if column.under(value)), None)
            if column is not None:
                self._add_amount(cell, label, medium, value, column.phase)
            elif not self._money_columns:
                self._add_amount(cell, label, medium, value, "approved")
                break
        self._blank |= len(self.amounts) == before
        self._read_rating(self.writer.words.money[label], right)
        return True

    def money_label(self, text: str) -> tuple[str, str | None, bool] | None:
        """The label of money that ``text`` begins with, its horizon, and whether the amount stands behind it."""
        money = self.writer.words.money
        rest = LEAD.sub("", text)
        horizon = None
        label = max((label for label in money if rest.startswith(label)), key=len, default=None)
        if label is None and (horizon := HORIZON.match(rest)):
            rest = rest[horizon.end() :]
            label = max((label for label in money if rest.startswith(label)), key=len, default=None)
        if label is None:
            return None
        inside = without_bracket(rest[len(label) :]).lstrip(":：")
        if inside and not NUMBER.fullmatch(inside):
            return None
        return label, horizon.group(1) if horizon else None, bool(inside)

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
            self._rate = Entry(kind="indicator", block=Block([], ""), label=headers["rate"].block, more=more)
            self.add(self._rate)
        elif self._rate is not None:
            self._rate.held += [piece for cell in cells.values() for piece in cell.block.pieces]

    def _is_medium(self, cell: SheetCell, printed: str | None) -> bool:
        """Whether money is the medium term's: its label says so, or the label above it, or the header of its column."""
        if printed is not None:
            self._terms.append((cell.box.x0, cell.box.x1, printed in _MEDIUM))
            return printed in _MEDIUM
        above = [medium for x0, x1, medium in self._terms if x0 <= cell.middle <= x1]
        return above[-1] if above else self.horizon_at(cell.middle) == "medium_term"

    def _add_amount(self, cell: SheetCell, label: str, medium: bool, value: SheetCell, phase: str) -> None:
        """Write an amount of the project under its label in ``cell``."""
        skipped = cell.text.index(label)
        item = shortened(self.writer.context, cell.block, skipped, len(cell.text) - skipped - len(label))
        self.add_amount(value, label, medium=medium, phase=phase, item=item.pieces)

    def add_amount(
        self, cell: SheetCell, label: str, *, medium: bool = False, phase: str = "approved", item: Sequence[Piece] = ()
    ) -> None:
        """Keep the amount that ``cell`` prints as ``label`` (a name of money) says; without ``item`` it has no label."""
        if (token := self._amount_in(cell)) is None or self.unit is None:
            return
        money = self.writer.words.money[label]
        sense = sense_of(money)
        amount = Amount(
            token=token,
            unit=self.unit,
            worth=self.writer.words.worth[self.unit],
            key=".".join(("medium_term" if medium else "annual", label if item else money)),
            column=sense.measure if phase == "approved" else f"{sense.measure}.{phase}",
            measure=sense.measure,
            source=sense.source,
            row_kind=sense.row_kind,
            item=list(item),
            item_path=label if item else None,
            medium_term=medium,
            phase=phase,
        )
        self.amounts.append(amount)

    def _add_task(self, cell: SheetCell, label: str, task: SheetCell) -> None:
        """Keep an amount under the part ``label`` of the money, in the row of a ``task`` or of all tasks (金额合计)."""
        if (token := self._amount_in(cell)) is None or self.unit is None:
            return
        sense = sense_of(self.writer.words.money[label])
        amount = Amount(
            token=token,
            unit=self.unit,
            worth=self.writer.words.worth[self.unit],
            key=f"annual.{task.text}",
            column=".".join(filter(None, (sense.measure, sense.source))),
            row=id(task),
            measure=sense.measure,
            source=sense.source,
            row_kind="total" if _ALL_TASKS.fullmatch(task.text) else "detail",
            item=task.block.pieces,
            item_path=task.text,
        )
        self.amounts.append(amount)

    def _amount_in(self, cell: SheetCell) -> Token | None:
        """The amount in ``cell``; None where none is free or whole, or nothing says its unit."""
        writer = self.writer
        tokens = [token for a, b in cell.block.pieces for token in writer.context.ledger.free(a, b)]
        if not tokens or tokens[-1].value is None or not _is_whole(tokens[-1], cell.text):
            return None
        if self.unit not in writer.words.worth:
            writer.report("its money has no unit")
            return None
        return tokens[-1]

    def _read_goal(
        self, cell: SheetCell, right: SheetCell | None, below: SheetRow | None, cells: Sequence[SheetCell]
    ) -> bool:
        """Read a goal beside its label, or the header of goals in the row below; True for a goal beside it."""
        columns = self.writer.words.columns
        if not self._is_goal(cell):
            return False
        beside = right is not None and not self._is_goal(right) and meaning_of(right.text, columns) is None
        if right is not None and beside and not _RESULT_HEADER.fullmatch(right.text):
            self.add_goal(right.block, self._horizon_of(cell))
            return True
        if below is not None:
            headers = [one for one in cells if one.box.bottom <= below.cells[0].box.bottom]
            roles = [(one, "goal" if self._is_goal(one) else meaning_of(one.text, columns)) for one in headers]
            self._goal_columns = [
                Column(one.middle, role, self._horizon_of(one)) for one, role in roles if role in ("goal", "actual")
            ]
        return False

    def _is_goal(self, cell: SheetCell) -> bool:
        return known_form(cell.text, self.writer.words.goals) is not None

    def _horizon_of(self, cell: SheetCell) -> str:
        return meaning_of(cell.text, self.writer.words.horizons) or self.horizon_at(cell.middle) or "annual"

    def _read_goals(self, row: SheetRow) -> None:
        """Read the goals below their header."""
        columns, self._goal_columns = self._goal_columns, []
        for column in columns:
            cell = row.at(column.middle)
            if cell is None or not cell.text or not row.begins(cell) or self._is_goal(cell):
                continue
            if column.role == "goal":
                self.add_goal(cell.block, column.horizon)
            elif self.entries:
                self.entries[-1].more["actual"] = cell.block.pieces

    def add_goal(self, block: Block, horizon: str) -> None:
        """Keep a goal, or each of the numbered goals that a cell holds."""
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


def _told_apart(amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts that no other of the project has the key of: of two like that one is of another horizon or project."""
    times = Counter((one.key, one.column, one.row) for one in amounts)
    return [one for one in amounts if times[one.key, one.column, one.row] == 1]


def _settled(amounts: Sequence[Amount]) -> Iterator[Amount]:
    """The amounts of a project, with the kinds of their rows: one named part that is less than the whole is no sum.

    Then the whole is what is added up (其中：财政拨款 alone below it), and the part stands inside it.
    """
    alone = [one for one in amounts if one.row is None]
    for amount in amounts:
        same = [one for one in alone if (one.medium_term, one.phase) == (amount.medium_term, amount.phase)]
        wholes, parts = ([one for one in same if (one.row_kind == "total") == whole] for whole in (True, False))
        single = len(wholes) == len(parts) == 1 and amount.row is None
        if single and parts[0].source and (parts[0].token.value or 0) < (wholes[0].token.value or 0):
            yield replace(amount, row_kind="detail" if amount is wholes[0] else "of_which")
        else:
            yield amount


def _is_whole(token: Token, text: str) -> bool:
    """Whether a number is all that stands at the end of ``text``, and not the rest of one that a cell cut (652.4 | 6)."""
    found = list(NUMBER.finditer(text))
    return bool(found) and found[-1].group().lstrip("-") == fold(token.printed).lstrip("-")


def _number(mark: re.Match[str]) -> int:
    return int(mark.group(1)) if mark.group(1) else "一二三四五六七八九".index(mark.group(2)) + 1
