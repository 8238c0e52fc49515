"""Performance tables of cells: sheets of a project, lists of many, self-evaluations.

A row with the names of columns of indicators (一级指标, 三级指标, 指标值) opens indicators; everything above is a head. A list may
have a column for each kind of indicator instead (数量指标 | 质量指标), with a project in each row. Where two
columns of values stand side by side, the headers above them say which is for the medium term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.performance.cells import Block, SheetCell, SheetRow, joined, rows_of, shortened
from pipeline.extract.performance.doubts import Evidence, contradicts_columns, known_level
from pipeline.extract.performance.head import Column, HeadReader
from pipeline.extract.performance.laid_out import rows_laid_out
from pipeline.extract.performance.money import NUMBER, MoneyReader
from pipeline.extract.performance.records import Entry, Writer
from pipeline.extract.performance.targets import Given
from pipeline.extract.performance.words import Words, meaning_of

_LEVELS = ("level1", "level2", "level3")
_RESULTS = ("actual", "weight", "score", "deviation")
_ROLES = (*_LEVELS, "text", "comparator", "unit", *_RESULTS)
#: The score that all indicators of a level share, printed behind its name: 产出指标（50分）.
_SHARED_SCORE = re.compile(r"[（]\d{1,3}(?:\.\d+)?分?[）]$")
#: What a cell says that says anything: not a dash, a stroke, or that there is none.
_SAYS = re.compile(r"[^\W_](?<!无)|无.")
_ALL_PROJECTS = re.compile(r"(?:金额|预算|项目|资金)?(?:合计|总计|小计)(?:金额)?")
#: How far, in points, cells that touch may reach into each other.
_NEAR = 2.0
_ORDINAL = re.compile(r"^(?:指标|目标)?(\d{1,2})[、.:：．](?!\d)")


def read_sheet(context: Context, region: Region, words: Words) -> bool:
    """Add what the cells of ``region`` hold, set apart by its format or by gaps; False where nothing sets them apart."""
    rows = rows_of(context, region)
    even = bool(rows)
    if not rows and context.document.pages:
        rows = rows_laid_out(context, region, words)
    if rows:
        writer = Writer(context, region, words)
        _SheetReader(writer, HeadReader(writer, MoneyReader(writer, region.unit, even))).read(rows)
    return bool(rows)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A column of indicators of one kind: where it stands, and the headers that name its levels."""

    middle: float
    level1: SheetCell | None
    level2: SheetCell

    def contradicts(self, words: Words) -> bool:
        """Whether the header above is another first level than the one that the kind belongs to."""
        return self.level1 is not None and words.level1_of(self.level2.text) not in (None, self.level1.text)


@dataclass(slots=True)
class _SheetReader:
    """Reads rows one after the other. ``columns`` are those of indicators, none in a project's head."""

    writer: Writer
    head: HeadReader
    columns: list[Column] = field(default_factory=list)
    #: the cells of levels that hold for the next row, and the last indicator, by horizon
    levels: dict[tuple[str, str], SheetCell] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    #: headers of money, by its label
    parts: dict[str, SheetCell] = field(default_factory=dict)
    #: the columns of a list that has one for each kind of indicator
    kinds: list[_Kind] = field(default_factory=list)
    #: the levels whose cells are merged over their rows
    merged: set[str] = field(default_factory=set)
    #: where the header of the columns ends, and whether what stands below contradicts it
    edge: float = 0.0
    refused: bool = False

    def read(self, rows: list[SheetRow]) -> None:
        for row in rows:
            self.head.note_period(row)
        for at, row in enumerate(rows):
            if self._read_kinds(rows, at) or self._read_header(row):
                if self.columns:
                    self._vet(row, rows[at + 1 :])
                continue
            if self._begins_project(row):
                self.columns = []
                self.head.begin_project({})
            if self.columns:
                self._read_indicators(row)
            else:
                below = rows[at + 1] if at + 1 < len(rows) and not rows[at + 1].opens else None
                self.head.read(row, below)
        self.head.write()

    def _read_header(self, row: SheetRow) -> bool:
        """Read the names of columns of indicators, which hold until a project's head or the end; False for other rows."""
        words = self.writer.words
        cells = [cell for cell in row.cells if cell.text]
        named = [(cell, role) for cell in cells if (role := meaning_of(cell.text, words.columns))]
        if len({role for _, role in named} & {*_LEVELS, "text"}) < 2:
            self.head.note_horizons(row)
            return False
        beside = next((found for cell in cells if (found := meaning_of(cell.text, words.horizons))), None)
        columns = [*self._with_horizons(named, beside), *self._money_of(cells)]
        if [column.role for column in self.columns] != [column.role for column in columns]:
            self.levels.clear()
            self.last.clear()
        self.columns, self.kinds = columns, []
        self.writer.claim_header([cell.block for cell in cells])
        return True

    def _money_of(self, cells: Sequence[SheetCell]) -> list[Column]:
        """The columns of money in the header of a list."""
        columns: list[Column] = []
        for cell in cells:
            self.head.money.note_unit(cell)
            if label := self.head.money.column_label(cell):
                columns.append(Column(cell.middle, f"money:{label}"))
                self.parts[label] = cell
        return columns

    def _read_kinds(self, rows: Sequence[SheetRow], at: int) -> bool:
        """Read the header of a list of projects with a column for each kind of indicator; False for other rows."""
        words = self.writer.words
        cells = [cell for cell in rows[at].cells if cell.text]
        named = [(cell, role) for cell in cells if (role := meaning_of(cell.text, words.columns))]
        roles = {role for _, role in named}
        kinds = [cell for cell in cells if words.level1_of(cell.text)]
        if len(kinds) < 2 or "name" not in roles or roles & {*_LEVELS, "text"}:
            return False
        name = next(cell for cell, role in named if role == "name")
        if at + 1 < len(rows) and any(cell is name for cell in rows[at + 1].cells):
            self.columns, self.kinds = [], []
            return True  # the header goes on below
        above = rows[at - 1] if at and not rows[at].begins(name) else None
        self.kinds = []
        for cell in kinds:
            over = above.at(cell.middle) if above is not None else None
            first = over if over is not None and over is not cell and words.level1_of(over.text) else None
            self.kinds.append(_Kind(cell.middle, first, cell))
        self.columns = [Column(cell.middle, role) for cell, role in named] + self._money_of(cells)
        self.writer.claim_header([cell.block for cell in cells])
        return True

    def _vet(self, header: SheetRow, below: Sequence[SheetRow]) -> None:
        """Refuse the indicators below a header where their columns hold what other columns should: its words stand wrong."""
        self.edge = max(cell.box.x1 for cell in header.cells)
        held: dict[str, list[SheetCell]] = {column.role: [] for column in self.columns}
        unknown: list[SheetCell] = []
        for row in below:
            if self._names_columns(row) or self._begins_project(row):
                break
            if not self._fits(row):
                continue
            for column in self.columns:
                held[column.role] += [cell for cell in row.begun if self._is_only_in(cell, column)]
            unknown += [cell for cell in row.begun if self._is_unknown(header, cell)]
        words = self.writer.words
        placed = not any(kind.contradicts(words) for kind in self.kinds) if self.kinds else not self._lacks(unknown)
        self.refused = not placed or Evidence(words, held).contradicts_header
        if self.refused:
            self.writer.report("its indicators do not fit the headers above them")

    def _is_only_in(self, cell: SheetCell, column: Column) -> bool:
        """Whether a cell stands in a column and in no other that is known."""
        return [one for one in self.columns if cell.box.x0 <= one.middle <= cell.box.x1] == [column]

    def _lacks(self, unknown: Sequence[SheetCell]) -> bool:
        """Whether a column that no word is known for stands where one of levels or values is lacking."""
        at = {column.role: column.middle for column in reversed(self.columns)}
        last = max(at.get(role, 0.0) for role in (*_LEVELS, "text"))
        words = self.writer.words
        if any(known_level(words, cell.text) or words.unit.fullmatch(cell.text) for cell in unknown):
            return True
        if "text" not in at:
            return any(cell.middle > min(at.values()) for cell in unknown)
        if "level1" not in at and len({cell.text for cell in unknown if cell.middle < at.get("level2", 0.0)}) > 1:
            return True
        left = [role for role in _LEVELS if role in at and role != "level3"]
        lacking = "level3" not in at or ("level1" in at and "level2" not in at)
        first = min((at[role] for role in left), default=last)
        return lacking and any(first < cell.middle < last for cell in unknown)

    def _is_unknown(self, header: SheetRow, cell: SheetCell) -> bool:
        """Whether a cell stands in a column of the header that no word is known for."""
        known = any(cell.box.x0 <= column.middle <= cell.box.x1 for column in self.columns)
        return not known and header.at(cell.middle) is not None

    def _names_columns(self, row: SheetRow) -> bool:
        """Whether a row has the names of columns of indicators."""
        found = {meaning_of(cell.text, self.writer.words.columns) for cell in row.cells}
        return len(found & {*_LEVELS, "text"}) > 1

    def _fits(self, row: SheetRow) -> bool:
        """Whether a row has a cell in each column and none behind the last: else a cell of it is lost, or one too many."""
        middles = [column.middle for column in self.columns] + [kind.middle for kind in self.kinds]
        over = any(cell.box.x1 > self.edge + _NEAR for cell in row.begun)
        return not row.begun or (not over and all(row.at(middle) is not None for middle in middles))

    def _report_cells(self, row: SheetRow) -> None:
        """Say that a row does not fit its header, unless it is of signatures."""
        first = row.begun[0]
        if meaning_of(first.text, self.writer.words.labels) is None and len(row.begun) > 1:
            line = self.writer.context.document.line_at(first.block.start).number
            self.writer.report(f"the row in line {line} has other cells than the header above it")

    def _with_horizons(self, named: list[tuple[SheetCell, str]], beside: str | None) -> list[Column]:
        """The columns of indicators, each for the horizon that a header above or ``beside`` it says; with one value all are for its.

        Where the same columns stand twice, their order says more than how far the headers above them reach.
        """
        times = Counter(role for _, role in named)
        own = {id(cell): meaning_of(cell.text, self.writer.words.horizons) for cell, _ in named}
        if times["text"] > 1 and all(own[id(cell)] for cell, role in named if role == "text"):
            return [Column(cell.middle, role, own[id(cell)] or "annual") for cell, role in named]
        if times["text"] == 1:
            middle = next(cell.middle for cell, role in named if role == "text")
            horizon = beside or self.head.horizon_at(middle) or "annual"
            return [Column(cell.middle, role, horizon) for cell, role in named]
        if times["text"] != 2:
            return [Column(cell.middle, role, self.head.horizon_at(cell.middle) or "annual") for cell, role in named]
        order = [horizon for *_, horizon in self.head.horizons] or ["medium_term", "annual"]
        columns: list[Column] = []
        for cell, role in named:
            repeated = any(column.role == role for column in columns)
            horizon = order[-1] if times[role] != 2 else order[1] if repeated else order[0]
            columns.append(Column(cell.middle, role, horizon))
        return columns

    def _begins_project(self, row: SheetRow) -> bool:
        """Whether a row below indicators is another project's head."""
        first = next((cell.text for cell in row.cells if cell.text and row.begins(cell)), "")
        named = first == self.head.opening or meaning_of(first, self.writer.words.labels) == "name"
        return bool(self.columns) and named and not self._has("name")

    def _has(self, role: str) -> bool:
        """Whether there is a column of that role."""
        return any(column.role == role for column in self.columns)

    def _read_indicators(self, row: SheetRow) -> None:
        if self._is_numbering(row):
            self.writer.claim_header([cell.block for cell in row.cells])
            return
        if self.refused:
            return
        if not self._fits(row):
            self._report_cells(row)
            return
        values = [cell for one in self.columns if one.role == "text" and (cell := row.at(one.middle)) and cell.text]
        if len({id(cell) for cell in values}) < len(values):
            self._report_cells(row)
            return
        if self._has("name"):
            self._read_listed_project(row)
        if self.kinds:
            self._read_row_of_kinds(row)
            return
        for horizon in ("medium_term", "annual"):
            own = [column for column in self.columns if column.horizon == horizon]
            if any(column.role in ("text", "level3") for column in own):
                cells = {role: cell for role in _ROLES if (cell := self._cell(row, own, role)) is not None}
                self._find_comparator(row, cells)
                if not self._read_summary(row, horizon, cells):
                    self._read_indicator(row, horizon, cells)

    def _read_row_of_kinds(self, row: SheetRow) -> None:
        """Read the indicators of a project, each in the column of its kind, whose header names its levels."""
        name = row.at(next(column.middle for column in self.columns if column.role == "name"))
        if name is None or not name.text or not row.begins(name):
            return
        for kind in self.kinds:
            cell = row.at(kind.middle)
            if cell is None or not row.begins(cell) or not _SAYS.search(cell.text):
                continue
            levels = {"level1": kind.level1, "level2": kind.level2}
            entry = Entry(kind="indicator", block=cell.block)
            entry.level_pieces = {level: at.block.pieces for level, at in levels.items() if at is not None}
            entry.level2 = kind.level2.text
            entry.level1 = self.writer.words.level1_of(entry.level2) if kind.level1 is None else None
            self.head.add(entry)

    def _is_numbering(self, row: SheetRow) -> bool:
        """Whether a row only numbers the columns: 1 | 2 | 3."""
        texts = [cell.text for cell in row.cells if cell.text]
        numbers = [int(text) for text in texts if text.isdecimal()]
        return len(texts) > 2 and len(texts) - len(numbers) <= 1 and numbers == list(range(1, len(numbers) + 1))

    def _cell(self, row: SheetRow, own: list[Column], role: str) -> SheetCell | None:
        """The cell of a role; levels may be printed once for both horizons."""
        column = next((column for column in own if column.role == role), None)
        if column is None and role in _LEVELS:
            column = next((column for column in self.columns if column.role == role), None)
        cell = row.at(column.middle) if column else None
        return cell if cell is not None and cell.block.pieces else None

    def _find_comparator(self, row: SheetRow, cells: dict[str, SheetCell]) -> None:
        """Add the comparator that stands left of the value under a header that no word knows (指标方向: ≥)."""
        value = cells.get("text")
        if value is None or "comparator" in cells:
            return
        before = [cell for cell in row.cells if cell.text and cell.box.x1 <= value.box.x0 + _NEAR]
        if before and before[-1].text in self.writer.words.comparators:
            cells["comparator"] = before[-1]

    def _read_summary(self, row: SheetRow, horizon: str, cells: dict[str, SheetCell]) -> bool:
        """Read a row that is of the whole sheet: a title or a caption over all columns, or its total score (总分)."""
        results = {role: cells[role] for role in _RESULTS if role in cells and row.begins(cells[role])}
        # A cell over several columns of results is the last one's, and words in it are no score.
        results = {role: cell for role, cell in results.items() if NUMBER.fullmatch(cell.text) or role == "deviation"}
        results = {role: cell for cell, role in {cell: role for role, cell in results.items()}.items()}
        scored = {id(cell) for role, cell in results.items() if role in ("weight", "score")}
        words = [cell for cell in row.cells if cell.text and row.begins(cell) and id(cell) not in scored]
        name, value = cells.get("level3"), cells.get("text")
        if name is not None and row.begins(name) and len(words) > 1 and name in (value, cells.get("level1")):
            return True  # a label and free text over all other columns (评价结论), or signatures: no indicator
        if len(words) != 1:
            return False
        covered = [role for role in (*_LEVELS, "text") if cells.get(role) is words[0]]
        if scored and (not covered or covered[0] == "level1"):
            more = {role: cell.block.pieces for role, cell in results.items() if cell is not words[0]}
            entry = Entry(kind="indicator", horizon=horizon, block=Block([], ""), label=words[0].block, more=more)
            self.head.add(entry)
            return True
        return len(covered) > 1 and covered == [role for role in (*_LEVELS, "text") if self._has(role)]

    def _read_indicator(self, row: SheetRow, horizon: str, cells: dict[str, SheetCell]) -> None:
        """Keep the indicator of a row for one horizon; ``cells`` are its filled cells by what they hold."""
        if row.unsettled:
            self.levels.clear()
        self._drop_blank_levels(row, horizon)
        self._keep_levels(horizon, cells)
        value, name = cells.get("text"), cells.get("level3")
        if not any(row.begins(cell) for cell in (value, name) if cell is not None):
            return
        if name is None and value is not None and row.opens and horizon in self.last:
            # The page cut the cell: what stands alone above goes on with the last row of the page before.
            self.last[horizon].block = joined([self.last[horizon].block, value.block])
            return
        if value is None and name is not None and row.opens and horizon in self.last and self._goes_on(row, cells):
            last = self.last[horizon]
            last.label = joined([last.label or Block([], ""), name.block])
            return
        levels = {level: cell for level in ("level1", "level2") if (cell := self.levels.get((horizon, level)))}
        valued = value is not None or "actual" in cells or not self._has("text")
        if not valued or contradicts_columns(self.writer.words, {**cells, **levels}, row):
            start = min(cell.block.start for cell in row.begun)
            line = self.writer.context.document.line_at(start).number
            self.writer.report(f"the row in line {line} does not say what its columns are of")
            return
        self._drop_unsure(row, cells, levels)
        label, ordinal, lead = self._numbered(name.block) if name is not None else (None, None, [])
        named = {level: self._apart_from_score(cell.block) for level, cell in levels.items()}
        entry = Entry(
            kind="indicator",
            horizon=horizon,
            block=self._whole_value(cells),
            label=label,
            ordinal=ordinal,
            level_pieces={level: block.pieces for level, (block, _) in named.items()},
            ordinals=lead,
            scores=[piece for _, score in named.values() for piece in score.pieces],
            given=self._given(cells),
            more={role: cells[role].block.pieces for role in _RESULTS if role in cells and row.begins(cells[role])},
        )
        if "level2" in named:
            entry.level2 = named["level2"][0].folded
            entry.level1 = None if "level1" in levels else self.writer.words.level1_of(entry.level2)
        if (self._has("level3") and label is None) or (
            (self._has("level1") and "level1" not in levels and entry.level1 is None)
            or (self._has("level2") and "level2" not in levels)
        ):
            line = self.writer.context.document.line_at(
                (entry.block if entry.block.pieces else entry.label or entry.block).start
            ).number
            self.writer.report(f"the levels of the value in line {line} cannot be established")
        self.head.add(entry)
        self.last[horizon] = entry

    def _drop_unsure(self, row: SheetRow, cells: dict[str, SheetCell], levels: dict[str, SheetCell]) -> None:
        """Leave levels out that a row does not settle: one cell for two, or a first level printed above that is another's."""
        level1, level2 = levels.get("level1"), levels.get("level2")
        if level2 is not None and level2 is cells.get("level3"):
            del levels["level2"]
        elif level1 is not None and level2 is not None and "level1" not in cells and row.begins(level2):
            of = self.writer.words.levels.get(level2.text)
            named, _ = self._apart_from_score(level1.block)
            if of is not None and named.folded in self.writer.words.firsts and named.folded != of:
                del levels["level1"]

    def _goes_on(self, row: SheetRow, cells: dict[str, SheetCell]) -> bool:
        """Whether a row that opens a page has nothing of its own but the rest of a name that the page cut."""
        return not any(role in cells and row.begins(cells[role]) for role in _RESULTS)

    def _drop_blank_levels(self, row: SheetRow, horizon: str) -> None:
        """Drop a level whose cell is blank where cells of levels are merged: the one above is not of this row."""
        if row.opens:
            self.merged.clear()  # a page may go on with a level that it does not name again
        for column in self.columns:
            cell = row.at(column.middle) if column.role in _LEVELS[:2] and column.horizon == horizon else None
            if cell is None:
                continue
            if cell.text and not row.begins(cell):
                self.merged.add(column.role)
            elif not cell.text and row.begins(cell) and self.merged:
                self.levels.pop((horizon, column.role), None)

    def _keep_levels(self, horizon: str, cells: dict[str, SheetCell]) -> None:
        """Keep the levels that a row prints for the rows below; a new first level ends the second one."""
        for level in ("level1", "level2"):
            if (cell := cells.get(level)) is not None:
                if level == "level1" and self.levels.get((horizon, level)) is not cell:
                    self.levels.pop((horizon, "level2"), None)
                self.levels[horizon, level] = cell

    def _apart_from_score(self, block: Block) -> tuple[Block, Block]:
        """The name of a level, and the score that is printed in brackets behind it."""
        match = _SHARED_SCORE.search(block.folded)
        if match is None or not match.start():
            return block, Block([], "")
        context = self.writer.context
        return shortened(context, block, 0, len(match.group())), shortened(context, block, match.start())

    def _numbered(self, block: Block) -> tuple[Block, int | None, list[Piece]]:
        """The name of an indicator without its ordinal, the ordinal, and where that stands."""
        match = _ORDINAL.match(block.folded)
        if match is None:
            return block, None, []
        context = self.writer.context
        lead = shortened(context, block, 0, len(block.folded) - match.end())
        return shortened(context, block, match.end()), int(match.group(1)), lead.pieces

    def _whole_value(self, cells: dict[str, SheetCell]) -> Block:
        """The value with its comparator before and its unit behind it, where they have columns of their own."""
        value, comparator, unit = cells.get("text"), cells.get("comparator"), cells.get("unit")
        if value is None:
            return Block([], "")
        parts = [value.block]
        if comparator is not None and comparator.text in self.writer.words.comparators:
            parts.insert(0, comparator.block)
        if unit is not None and NUMBER.search(value.text) and not value.text.endswith(unit.text):
            parts.append(unit.block)
        return joined(parts)

    def _given(self, cells: dict[str, SheetCell]) -> Given | None:
        """What the columns of comparators and units say of the value."""
        unit, comparator = cells.get("unit"), cells.get("comparator")
        signs = self._has("comparator") and cells.get("text") is not None
        unread = signs if comparator is None else comparator.text not in self.writer.words.comparators
        return Given(unit=unit.text if unit else None, unread=unread) if unit or unread else None

    def _read_listed_project(self, row: SheetRow) -> None:
        """Read the project, the money and the goals that a row of a list of many projects names."""
        cells = {column.role: row.at(column.middle) for column in self.columns}
        name = cells.get("name")
        if name is None or not name.text or not row.begins(name):
            return
        filled = {role: cell for role, cell in cells.items() if cell is not None and cell.block.pieces}
        self.levels.clear()
        if all(cell is name or role in ("ordinal", "implementing_unit") for role, cell in filled.items()):
            self.head.begin_project({})  # the caption of the projects below it
            return
        if any(
            cell is name for role, cell in filled.items() if role != "name" and not _ALL_PROJECTS.fullmatch(name.text)
        ):
            self.head.begin_project({})
            self._report_cells(row)
            return
        columns = (
            ()
            if (whole := _ALL_PROJECTS.fullmatch(name.text) is not None)
            else ("name", "implementing_unit", "attribute")
        )
        self.head.begin_project({role: filled[role].block.pieces for role in columns if role in filled})
        for role, cell in filled.items():
            kind, _, label = role.partition(":")
            if kind == "money" and NUMBER.fullmatch(cell.text):
                self.head.money.add(cell, label, self.parts[label], whole)
            elif kind == "ordinal":
                self.writer.claim_header([cell.block])
        if "goal" in filled:
            self.head.add_goal(filled["goal"].block, "annual")
