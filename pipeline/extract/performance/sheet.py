"""Performance tables of cells: sheets of a project, lists of many, self-evaluations.

A row with the names of columns of indicators (一级指标, 三级指标, 指标值) opens indicators; everything above is a head. Where two
columns of values stand side by side, the headers above them say which is for the medium term.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.performance.cells import Block, SheetCell, SheetRow, joined, rows_of, shortened
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
#: How far, in points, cells that touch may reach into each other.
_NEAR = 2.0
_ORDINAL = re.compile(r"^(?:指标|目标)?(\d{1,2})[、.:：．](?!\d)")


def read_sheet(context: Context, region: Region, words: Words) -> bool:
    """Add what the cells of ``region`` hold, set apart by its format or by gaps; False where nothing sets them apart."""
    rows = rows_of(context, region)
    if not rows and context.document.pages:
        rows = rows_laid_out(context, region, words)
    if rows:
        writer = Writer(context, region, words)
        _SheetReader(writer, HeadReader(writer, MoneyReader(writer, region.unit))).read(rows)
    return bool(rows)


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

    def read(self, rows: list[SheetRow]) -> None:
        for row in rows:
            self.head.note_period(row)
        for at, row in enumerate(rows):
            if self._read_header(row):
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
        columns = self._with_horizons(named, beside)
        for cell in cells:
            self.head.money.note_unit(cell)
            if label := self.head.money.column_label(cell):
                columns.append(Column(cell.middle, f"money:{label}"))
                self.parts[label] = cell
        if [column.role for column in self.columns] != [column.role for column in columns]:
            self.levels.clear()
            self.last.clear()
        self.columns = columns
        self.writer.claim_header([cell.block for cell in cells])
        return True

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
        if self._has("name"):
            self._read_listed_project(row)
        for horizon in ("medium_term", "annual"):
            own = [column for column in self.columns if column.horizon == horizon]
            if any(column.role in ("text", "level3") for column in own):
                cells = {role: cell for role in _ROLES if (cell := self._cell(row, own, role)) is not None}
                self._find_comparator(row, cells)
                if not self._read_summary(row, horizon, cells):
                    self._read_indicator(row, horizon, cells)

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
        label, ordinal, lead = self._numbered(name.block) if name is not None else (None, None, [])
        levels = {level: cell for level in ("level1", "level2") if (cell := self.levels.get((horizon, level)))}
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
        if label is None and not levels:
            line = self.writer.context.document.line_at(entry.block.start).number
            self.writer.report(f"the levels of the value in line {line} cannot be established")
        self.head.add(entry)
        self.last[horizon] = entry

    def _goes_on(self, row: SheetRow, cells: dict[str, SheetCell]) -> bool:
        """Whether a row that opens a page has nothing of its own but the rest of a name that the page cut."""
        return not any(role in cells and row.begins(cells[role]) for role in _RESULTS)

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
        unread = comparator is not None and comparator.text not in self.writer.words.comparators
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
        columns = ("name", "implementing_unit", "attribute")
        self.head.begin_project({role: filled[role].block.pieces for role in columns if role in filled})
        for role, cell in filled.items():
            kind, _, label = role.partition(":")
            if kind == "money" and NUMBER.fullmatch(cell.text):
                self.head.money.add(cell, label, self.parts[label])
            elif kind == "ordinal":
                self.writer.claim_header([cell.block])
        if "goal" in filled:
            self.head.add_goal(filled["goal"].block, "annual")
