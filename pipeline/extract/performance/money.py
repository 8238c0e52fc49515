"""The money in the head of a performance table, wherever it is printed.

An amount stands beside or behind its label, in the column of a phase or a year, in a row below the names of its parts
(总额 | 财政拨款 | 其他资金), or in the words of a cell. All of them are kept by one method, and written when the head is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.context import Piece
from pipeline.extract.ledger import Token, value_of
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import SheetCell, SheetRow, shortened
from pipeline.extract.performance.records import Amount, Writer, sense_of
from pipeline.extract.performance.words import known_form, meaning_of, without_bracket

LEAD = re.compile(r"^(?:其中)?[:：]?(?:[一二三四五六七八九\d]+[、.])?")
HORIZON = re.compile(r"^(中期|实施期|长期|年度|当年|本年)")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_ANNUAL = re.compile("年度|当年|本年")
_MEDIUM = ("中期", "实施期", "长期")
_UNIT = re.compile(r"[（(](?:单位[:：])?([百千万亿]*元)[）)]")
_YEAR = re.compile(r"(20\d\d)年度?")
_OF_ALL_YEARS = re.compile("项目.{0,2}总|政策.{0,2}总|总投资")
#: What a column of the whole money is called before those of its parts, and the row of all tasks.
_WHOLE = ("合计", "小计", "总计")
_ALL_TASKS = re.compile(r"(?:金额|预算|资金)?(?:合计|总计)(?:金额)?")
#: An amount with marks between its thousands where there are any, or with two decimals.
_CANONICAL = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+\.\d\d")
#: What no number ends with: a mark, one decimal before another digit, a part of a group of thousands.
_UNFINISHED = re.compile(r"[.,]$|\.\d$|,\d{1,2}$")


class Named(NamedTuple):
    """The label of some money: as ``[money]`` has it, where it stands in the text, its horizon, what stands behind it."""

    label: str
    start: int
    horizon: str | None
    amount: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of amounts by its middle: of which phase, or of which year."""

    middle: float
    phase: str | None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the row of an amount says: its words, what names it in ids, and what it is of."""

    key: str
    item: Sequence[Piece] = ()
    name: str | None = None
    #: what the amounts of a printed row of tasks have in common
    task: int | None = None
    kind: str | None = None
    medium_term: bool = False
    direction: str = "expenditure"


@dataclass(slots=True)
class MoneyReader:
    """Reads the money of one project after the other. ``unit`` holds for all of a table."""

    writer: Writer
    unit: str | None
    #: whether all rows of a table reach as far to the right: one that does not has lost a cell, or has one too many
    even: bool
    #: how far the row reaches that is being read, and how far the header of phases does
    reach: float = 0.0
    _reach_of_header: float = 0.0
    amounts: list[Amount] = field(default_factory=list)
    #: headers of phases or years over the rows below
    _columns: list[_Column] = field(default_factory=list)
    #: headers of parts of the money over rows of amounts, each with its label, and the header over what names the rows
    _parts: list[tuple[SheetCell, str]] = field(default_factory=list)
    _names: SheetCell | None = None
    #: whether the tasks of a project were listed: a second list would count its money twice
    _listed: bool = False
    #: whether a part of the money has a label and no amount: it is nothing, and all parts are there
    _blank: bool = False
    #: whether a label says that money is the year's (年度预算): then the whole project's is not
    _annual: bool = False
    #: from where to where labels reach that say whether money is the medium term's
    _terms: list[tuple[float, float, bool]] = field(default_factory=list)

    def begin_project(self) -> None:
        """Forget what headers say: what follows is another project's."""
        self._columns, self._parts, self._names, self._terms = [], [], None, []
        self._blank = self._listed = False

    def taken(self) -> list[Amount]:
        """The amounts that were kept, told apart and with the kinds of their rows; none is kept any more."""
        found = _counted_once(_told_apart(self.amounts))
        if self._annual:
            found = [replace(one, medium_term=True) if _is_of_all_years(one) else one for one in found]
        self.amounts, self._annual = [], False
        return found if self._blank else list(_settled(found))

    def note_unit(self, cell: SheetCell) -> None:
        """Keep the unit of money that a label or a header prints in brackets."""
        if match := _UNIT.search(cell.text):
            self.unit = match.group(1)

    def note_terms(self, cells: Sequence[SheetCell]) -> None:
        """Keep how far a project's whole money reaches and how far that of its year (项目资金总额 | 年度资金申请总额)."""
        labels = self.writer.words.labels
        found = [(cell, self.named(cell.text)) for cell in cells if not known_form(cell.text, labels)]
        totals = [cell for cell, named in found if named and self._kind(named.label) == "total"]
        whole = [_ANNUAL.search(cell.text) is None for cell in totals]
        if sorted(whole) == [False, True]:
            self._terms += [(cell.box.x0, cell.box.x1, medium) for cell, medium in zip(totals, whole, strict=True)]

    def read_phases(self, cells: Sequence[SheetCell]) -> bool:
        """Whether a row names phases (年初预算数 | 全年执行数) or years of the money of the rows below; keep them."""
        named = [
            _Column(cell.middle, phase) for cell in cells if (phase := meaning_of(cell.text, self.writer.words.phases))
        ]
        years = [
            _Column(cell.middle, None, int(match.group(1))) for cell in cells if (match := _YEAR.fullmatch(cell.text))
        ]
        if len(named) + len(years) < 2:
            return False
        self._columns = [*named, *years]
        self._reach_of_header = self.reach
        for cell in cells:
            self.note_unit(cell)
        self.writer.claim_header([cell.block for cell in cells if _YEAR.fullmatch(cell.text)])
        return True

    def read_phases_beside(self, cells: Sequence[SheetCell]) -> bool:
        """Whether names of phases have their amounts beside them (年初预算数 | 80.00 | 全年执行数 | 82.32); keep them."""
        phases = self.writer.words.phases
        pairs = [
            (one, right) for one, right in pairwise(cells) if meaning_of(one.text, phases) and self._is_amount(right)
        ]
        if len(pairs) < max(2, sum(meaning_of(one.text, phases) is not None for one in cells)):
            return False
        for cell in cells:
            self.note_unit(cell)
        for label, amount in pairs:
            row = _Row(key="annual.total", kind="total", item=label.block.pieces, name=label.text)
            self._keep(amount, "总额", row, _Column(amount.middle, meaning_of(label.text, phases)))
        return True

    def read_parts(self, row: SheetRow, below: SheetRow | None) -> bool:
        """Whether a row names parts of the money over the amounts of the rows below; keep them.

        One part alone is a column of amounts where what names the rows has a header beside it (项目活动 | 金额).
        """
        begun = [cell for cell in row.cells if row.begins(cell)]
        parts = [(cell, label) for cell in begun if (label := self.column_label(cell))]
        lists = self.writer.words.lists
        names = [cell for cell in begun if known_form(cell.text, lists)]
        under = [below.at(cell.middle) for cell, _ in parts] if below is not None else []
        amounts = any(self._is_amount(cell) for cell in under)
        if len(parts) < (1 if names else 2) or not amounts or any(self._is_amount(cell) for cell in row.cells):
            return False
        self._parts, self._names = parts, names[-1] if len(parts) == 1 else None
        for cell in row.cells:
            self.note_unit(cell)
        return True

    def column_label(self, cell: SheetCell) -> str | None:
        """The money of a column: 预算金额（万元）, 其中：财政拨款, or 合计 before its parts."""
        named = self.named(cell.text)
        return named.label if named and not named.amount else "总额" if cell.text in _WHOLE else None

    def read_row(self, row: SheetRow) -> bool:
        """Read a row of amounts under the parts of the money: of a task that the row names, or of the whole project."""
        found = [(row.at(header.middle), header, label) for header, label in self._parts]
        amounts = [(cell, header, label) for cell, header, label in found if cell is not None and self._is_amount(cell)]
        if not amounts:
            self._listed |= self._parts != [] and self._names is not None
            self._parts, self._names = [], None
            return False
        if any(cell is None for cell, _, _ in found):
            self._report_line([cell for cell, _, _ in amounts])
            return True
        first = min(header.box.x0 for header, _ in self._parts)
        labels = [cell for cell in row.cells if cell.text and row.begins(cell) and cell.box.x0 < first]
        task = row.at(self._names.middle) if self._names is not None else labels[0] if labels else None
        for cell, header, label in amounts:
            if task is None:
                self.add(cell, label, header)
            elif self._names is not None and meaning_of(self._names.text, self.writer.words.lists) == "source":
                self.read_label(task, [cell], None, "expenditure")
            elif not self._listed:
                self._keep(cell, label, self._of_task(task))
        return True

    def add(self, cell: SheetCell, label: str, header: SheetCell, whole: bool = False) -> None:
        """Keep the amount of a project, or of the ``whole`` list, in a column of parts of the money.

        What only its ``header`` says is its item.
        """
        kind, of = self._kind(label), "total" if whole else None
        if kind == "part":
            self._keep(cell, label, _Row(key=f"annual.{label}", item=header.block.pieces, name=label, kind=of))
        else:
            self._keep(cell, label, _Row(key=f"annual.{kind}", kind=of))

    def read_label(self, cell: SheetCell, right: Sequence[SheetCell], over: str | None, direction: str) -> str | None:
        """Read a part of the money: its label in ``cell``, with amounts to its ``right`` or behind it. Returns its kind.

        ``over`` is the horizon that a header above gives.
        """
        if phase := meaning_of(cell.text, self.writer.words.before):
            self._read_before(cell, right, phase)
            return "before"
        named = self.named(cell.text)
        if named is None and (self._columns or self._parts) and cell.text in _WHOLE:
            named = Named("总额", 0, None, "")
        if named is None:
            return None
        self.note_unit(cell)
        self._annual |= self._kind(named.label) == "total" and _ANNUAL.search(cell.text) is not None
        medium = self._is_medium(cell, named.horizon, over)
        if medium is None or not self._fits(right):
            self._report_line([cell])
            return self._kind(named.label)
        row = self._beside(cell, named, medium, direction)
        before = len(self.amounts)
        if named.amount:
            if not self._columns:  # under headers of phases nothing says which one it is of
                self._keep(cell, named.label, row)
            return self._kind(named.label)
        for value, column in self._values(right):
            self._keep(value, named.label, row, column)
        self._blank |= len(self.amounts) == before
        return self._kind(named.label)

    def read_words(self, cell: SheetCell) -> bool:
        """Read a cell whose words are parts of the money (总额186万元。一、财政拨款：180万元；…); False for other words."""
        rest, at = cell.text, 0
        found: list[tuple[Named, int, int]] = []
        while at < len(rest):
            lead = LEAD.match(rest[at:])
            start = at + (lead.end() if lead else 0)
            match = self.writer.words.amount.match(rest, start)
            if match is None:
                return False
            found.append(
                (Named(match["label"], match.start("label"), None, ""), match.start("number"), match.end("unit"))
            )
            at = match.end()
        for named, first, last in found:
            part = SheetCell(shortened(self.writer.context, cell.block, first, len(rest) - last), cell.box)
            item = shortened(self.writer.context, cell.block, named.start, len(rest) - named.start - len(named.label))
            self._keep(part, named.label, _Row(key=f"annual.{named.label}", item=item.pieces, name=named.label))
        return bool(found)

    def named(self, text: str) -> Named | None:
        """The label of money that ``text`` begins with, its horizon, and the amount behind it."""
        money = self.writer.words.money
        lead = LEAD.match(text)
        begin = lead.end() if lead else 0
        horizon = HORIZON.match(text[begin:])
        for start, said in ((begin, None), *([(begin + horizon.end(), horizon.group(1))] if horizon else [])):
            for label in sorted((label for label in money if text.startswith(label, start)), key=len, reverse=True):
                amount = without_bracket(text[start + len(label) :]).lstrip(":：")
                if not amount or self.writer.words.sum.fullmatch(amount):
                    return Named(label, start, said, amount)
        return None

    def _kind(self, label: str) -> str:
        return self.writer.words.money[label]

    def _values(self, right: Sequence[SheetCell]) -> Iterator[tuple[SheetCell, _Column]]:
        """The amounts right of a label: each under its phase or year, or the next one alone."""
        for value in right:
            if not self._is_amount(value):
                if value.text and not self._columns:
                    return
                continue
            if not self._columns:
                yield value, _Column(value.middle, "approved")
                return
            column = next((c for c in self._columns if value.box.x0 <= c.middle <= value.box.x1), None)
            if column is not None:
                yield value, column

    def _fits(self, right: Sequence[SheetCell]) -> bool:
        """Whether a row reaches below the last header of phases, and its amounts below any: else a cell of it is lost."""
        if not self._columns or not any(self._is_amount(cell) for cell in right):
            return True
        if self.even and self.reach != self._reach_of_header:
            return False
        return right[-1].box.x1 >= max(column.middle for column in self._columns)

    def _report_line(self, cells: Sequence[SheetCell]) -> None:
        start = min(cell.block.start for cell in cells if cell.block.pieces)
        line = self.writer.context.document.line_at(start).number
        self.writer.report(f"the amounts in line {line} do not stand below the headers above them")

    def _read_before(self, cell: SheetCell, right: Sequence[SheetCell], phase: str) -> None:
        """Read what a label says of the year before (上年预算执行数)."""
        self.note_unit(cell)
        year = self.writer.context.disclosure_year
        if year is None or not right or not self._is_amount(right[0]):
            return
        label = known_form(cell.text, self.writer.words.before) or cell.text
        named = Named(label, 0, None, "")
        self._keep(right[0], "总额", self._beside(cell, named, False), _Column(0, phase, year - 1))

    def _is_medium(self, cell: SheetCell, printed: str | None, over: str | None) -> bool | None:
        """Whether money is the medium term's: its label says so, or the label above it, or the header of its column.

        None where labels above say it and none of them stands above this one.
        """
        if printed is not None:
            self._terms.append((cell.box.x0, cell.box.x1, printed in _MEDIUM))
            return printed in _MEDIUM
        above = [medium for x0, x1, medium in self._terms if x0 <= cell.middle <= x1]
        if above:
            return above[-1]
        return None if len({medium for *_, medium in self._terms}) == 2 else over == "medium_term"

    def _beside(self, cell: SheetCell, named: Named, medium: bool, direction: str = "expenditure") -> _Row:
        """The row of amounts beside a label."""
        end = len(cell.text) - named.start - len(named.label)
        whole = cell.text in _WHOLE
        item = cell.block if whole else shortened(self.writer.context, cell.block, named.start, end)
        name = cell.text if whole else named.label
        key = ".".join(("medium_term" if medium else "annual", *(["revenue"] if direction == "revenue" else []), name))
        return _Row(key=key, item=item.pieces, name=name, medium_term=medium, direction=direction)

    def _of_task(self, task: SheetCell) -> _Row:
        """The row of a task, or of all tasks (金额合计)."""
        kind = "total" if _ALL_TASKS.fullmatch(task.text) else "detail"
        return _Row(key=f"annual.{task.text}", item=task.block.pieces, name=task.text, task=id(task), kind=kind)

    def _keep(self, value: SheetCell, label: str, row: _Row, column: _Column | None = None) -> None:
        """Keep the amount that ``value`` prints as ``label`` (a name of money) and its ``row`` and ``column`` say."""
        token, unit = self._printed(value), self._unit_in(value)
        if token is None or unit is None:
            return
        sense = sense_of(self._kind(label))
        column = column or _Column(0, "approved")
        of_phase = column.phase if column.phase != "approved" or column.year else None
        within = (sense.source if row.task else None, str(column.year) if column.year else None, of_phase)
        self.amounts.append(
            Amount(
                token=token,
                unit=unit,
                worth=self.writer.words.worth[unit],
                key=row.key,
                column=".".join(filter(None, (sense.measure, *within))),
                row=row.task,
                measure=sense.measure,
                source=sense.source,
                row_kind=row.kind or sense.row_kind,
                item=list(row.item),
                item_path=row.name,
                medium_term=row.medium_term,
                phase=column.phase,
                year=column.year,
                direction=row.direction,
                pieces=value.block.pieces if token.parts else [],
            )
        )

    def _printed(self, cell: SheetCell) -> Token | None:
        """The amount in ``cell``; None where none is free or whole."""
        context = self.writer.context
        tokens = [token for a, b in cell.block.pieces for token in context.ledger.free(a, b)]
        if not tokens:
            return None
        token = tokens[-1]
        if len(tokens) > 1 and (joined := _joined(context.document.text, cell, tokens)):
            token = joined
        return token if token.value is not None and _is_whole(token, cell.text) else None

    def _unit_in(self, cell: SheetCell) -> str | None:
        """The unit of an amount: the one behind it in its cell, or that of the table."""
        match = self.writer.words.sum.fullmatch(cell.text)
        unit = (match["unit"] if match else None) or self.unit
        if unit in self.writer.words.worth:
            return unit
        self.writer.report("its money has no unit")
        return None

    def _is_amount(self, cell: SheetCell | None) -> bool:
        return cell is not None and self.writer.words.sum.fullmatch(cell.text) is not None


def joins(lines: Sequence[str]) -> bool:
    """Whether the lines of a cell are one amount that their ends cut (652.4 | 6), and can be nothing else."""
    cut = all(_UNFINISHED.search(above) or below[:1] in ".," for above, below in pairwise(lines))
    return cut and _CANONICAL.fullmatch("".join(lines)) is not None


def _joined(text: str, cell: SheetCell, tokens: Sequence[Token]) -> Token | None:
    """The amount that the lines of a cell cut."""
    lines = [fold(text[a:b]) for a, b in cell.block.pieces]
    if len(lines) != len(tokens) or not joins(lines):
        return None
    printed = "".join(lines)
    return Token(tokens[0].start, tokens[-1].end, printed, value_of(printed), parts=tuple(tokens))


def _told_apart(amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts that no other of the project has the key of: of two like that one is of another horizon or project."""
    times = Counter((one.key, one.column, one.row) for one in amounts)
    return [one for one in amounts if times[one.key, one.column, one.row] == 1]


def _counted_once(amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts without those of tasks where the whole money is also given by parts that nothing else tells apart."""
    parts = any(
        one.row is None and one.row_kind == "detail" and one.measure == "total" and not one.source for one in amounts
    )
    return [one for one in amounts if one.row is None or not parts]


def _settled(amounts: Sequence[Amount]) -> Iterator[Amount]:
    """The amounts of a project, with the kinds of their rows: one named part that is less than the whole is no sum.

    Then the whole is what is added up (其中：财政拨款 alone below it), and the part stands inside it.
    """
    alone = [one for one in amounts if one.row is None]
    for amount in amounts:
        same = [one for one in alone if _scope(one) == _scope(amount)]
        wholes, parts = ([one for one in same if (one.row_kind == "total") == whole] for whole in (True, False))
        single = len(wholes) == len(parts) == 1 and amount.row is None
        if single and parts[0].source and (parts[0].token.value or 0) < (wholes[0].token.value or 0):
            yield replace(amount, row_kind="detail" if amount is wholes[0] else "of_which")
        else:
            yield amount


def _scope(amount: Amount) -> tuple[object, ...]:
    """What amounts have in common that add up."""
    return amount.medium_term, amount.phase, amount.year, amount.direction


def _is_of_all_years(amount: Amount) -> bool:
    """Whether an amount is the whole project's, by its label (项目总金额)."""
    return amount.row_kind == "total" and _OF_ALL_YEARS.match(amount.item_path or "") is not None


def _is_whole(token: Token, text: str) -> bool:
    """Whether a number is all that stands at the end of ``text``, and not the rest of one that a cell cut (652.4 | 6)."""
    found = list(NUMBER.finditer(text))
    return bool(found) and found[-1].group().lstrip("-") == fold(token.printed).lstrip("-")
