"""Rows of indicators whose cells no rules part: which of the printed lines are of one row, and of one level.

The text of cells stands at their top, or in their middle. Both are tried: where exactly one division of the lines into
rows is possible, all told, it is the one that was printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.extract.performance.cells import SheetRow
from pipeline.extract.performance.doubts import known_level
from pipeline.extract.performance.money import NUMBER
from pipeline.extract.performance.runs import NOTHING, Run, Unsure, goes_on, together
from pipeline.extract.performance.words import Words

_LEVELS = ("level1", "level2")
_RATED = ("weight", "score")
_SHORT_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
_BRACKET = re.compile(r"[（(][^）)]*[）)]?$")
#: The first level of what is put out, the second ones below it alone, and those that a first one settles.
_OUTPUT, _OUTPUTS = "产出", ("数量", "质量", "时效")
_KINDS = (*_OUTPUTS, "经济效益", "社会效益", "生态效益", "可持续")
TOTALS = ("总分", "合计", "总计", "总得分")
#: Over how many lines a row may reach.
_HIGHEST = 14
#: How far, in lines, the middle of a cell may be from that of its row: a line has two neighbours.
_HALF = 0.5
#: How far the middle of a first level may be from that of its rows where the second ones say which these are.
_NEAR = 2.5
#: More ways than this to divide names of levels say nothing.
_MOST_WAYS = 200

#: A cell of a row, by its column.
Cells = list[tuple[int, Run]]
#: Names of levels, each with the rows that it is of.
Named = list[tuple[Run, int, int]]


@dataclass(slots=True)
class Columns:
    """Columns of indicators: the words of their headers, what each holds, and the lines of the header and those below."""

    headers: list[Run]
    roles: list[str | None]
    top: int
    body: int
    end: int
    #: where the columns begin, from which line on: a page has its own places
    pages: list[tuple[int, list[float]]] = field(default_factory=list)
    #: the lines so crowded that the order of their words says more than their places
    ordered: set[int] = field(default_factory=set)

    @property
    def bounds(self) -> list[float]:
        """Where the columns begin on the page of the header."""
        return self.pages[0][1]

    def cell(self, runs: Sequence[Run], at: int) -> Run | None:
        """What a line prints in a column."""
        if runs[0].line in self.ordered:
            place = at - len(self.roles) + len(runs)
            return runs[place] if place >= 0 else None
        bounds = next(bounds for first, bounds in reversed(self.pages) if first <= runs[0].line)
        own = [run for run in runs if bounds[at] <= run.x0 < bounds[at + 1]]
        return together(own) if own else None

    def of(self, *roles: str) -> list[int]:
        """The columns that hold one of ``roles``."""
        return [at for at, role in enumerate(self.roles) if role in roles]


def only_partition(count: int, fits: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """The one division of ``count`` lines into stretches that all fit. Raises Unsure where there is none or another."""
    ways, before = [1] + [0] * count, [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(max(0, end - _HIGHEST), end):
            if ways[start] and fits(start, end):
                ways[end] += ways[start]
                before[end] = start
    if ways[count] != 1:
        raise Unsure
    found: list[tuple[int, int]] = []
    while count:
        found.append((before[count], count))
        count = before[count]
    return found[::-1]


@dataclass(slots=True)
class Indicators:
    """The rows of indicators below their header."""

    words: Words
    lines: list[list[Run]]
    columns: Columns
    number: int
    #: what each column prints on each line below the header
    table: dict[int, list[Run | None]] = field(default_factory=dict)
    #: how wide the widest line of each column is
    widest: list[float] = field(default_factory=list)

    def rows(self) -> list[SheetRow]:
        """The header, a row for each indicator, and the total of their scores. Raises Unsure."""
        columns = self.columns
        body = list(range(columns.body, columns.end))
        self.table = {at: [columns.cell(self.lines[at], c) for c in range(len(columns.roles))] for at in body}
        self.widest = [
            max((run.width for run in (top, *(self.table[at][c] for at in body)) if run), default=0.0)
            for c, top in enumerate(columns.headers)
        ]
        totals = [at for at in body if self.lines[at][0].text in TOTALS]
        if len(totals) > 1 or (totals and totals[0] != body[-1]):
            raise Unsure
        if columns.roles[0] is None:  # the label of all rows goes on beside them
            side = [run for at in body if at not in totals and (run := self.table[at][0])]
            columns.headers[0] = together([columns.headers[0], *side])
        header = self._row(list(enumerate(columns.headers)))
        rows = [self._row(cells) for cells in self._only_reading(body[: len(body) - len(totals)])]
        rows += [self._row([(c, cell) for c, cell in enumerate(self.table[at]) if cell]) for at in totals]
        return [header, *rows]

    def _row(self, cells: Cells) -> SheetRow:
        edge = max(run.x1 for runs in self.lines for run in runs) + 1
        held = dict(cells)
        made = [
            held.get(at, NOTHING).cell(self.number, max(left, 0.0), min(right, edge) - 0.5)
            for at, (left, right) in enumerate(pairwise(self.columns.bounds))
        ]
        self.number += 1
        unsettled = any(held.get(c) is NOTHING for c in self.columns.of(*_LEVELS))
        return SheetRow(made, False, {id(cell) for cell in made}, unsettled)

    def _only_reading(self, body: Sequence[int]) -> list[Cells]:
        """The cells of each row, whose text stands at the top or in the middle, as the lines allow. Raises Unsure."""
        readings: list[list[Cells]] = []
        ways: list[dict[int, Named]] = []
        for centred in (False, True):
            try:
                cells, named = self._read(body, centred)
            except Unsure:
                continue
            readings.append(cells)
            ways += named
        texts = [[[(c, run.text) for c, run in cells] for cells in reading] for reading in readings]
        if not texts or texts[0] != texts[-1]:
            raise Unsure
        return self._with_levels(readings[0], ways)

    def _read(self, body: Sequence[int], centred: bool) -> tuple[list[Cells], list[dict[int, Named]]]:
        """The cells of each row without its levels, with their text at the top or ``centred``; all ways to name these."""
        levels = self.columns.of(*_LEVELS)
        held = [c for c, role in enumerate(self.columns.roles) if c not in levels and (role or c)]
        lines = [at for at in body if any(self.table[at][c] for c in held)]
        parts = only_partition(len(lines), lambda i, j: self._is_row(lines[i:j], lines[i - 1 : i], held, centred))
        rows = [lines[i:j] for i, j in parts]
        cells: list[Cells] = [
            [(c, together(own)) for c in held if (own := [run for at in row if (run := self.table[at][c])])]
            for row in rows
        ]
        ways = self._centred_levels(body, rows, levels) if centred else [self._levels(body, rows, levels)]
        if not (ways := [way for way in ways if self._is_possible(way)]):
            raise Unsure
        return cells, ways

    def _is_possible(self, way: dict[int, Named]) -> bool:
        """Whether no level of what is put out stands below another first one, nor one of effects below that of output."""
        columns = self.columns.of(*_LEVELS)
        if [self.columns.roles[column] for column in columns] != [*_LEVELS]:
            return True
        firsts, seconds = (way[column] for column in columns)
        for name, first, end in firsts:
            of_output = name.text.startswith(_OUTPUT)
            own = [two.text for two, at, _ in seconds if first <= at < end]
            known = known_level(self.words, _BRACKET.sub("", name.text))
            if known and any(of_output != text.startswith(_OUTPUTS) and text.startswith(_KINDS) for text in own):
                return False
        return True

    def _with_levels(self, rows: list[Cells], ways: Sequence[dict[int, Named]]) -> list[Cells]:
        """Rows with the names of levels that all ``ways`` agree on; with nothing where they do not."""
        before: dict[int, int | None] = {}
        for row, cells in enumerate(rows):
            agreed: dict[int, Run | None] = {}
            for column in self.columns.of(*_LEVELS):
                found = {name.line: name for way in ways for name, first, end in way[column] if first <= row < end}
                agreed[column] = found.popitem()[1] if len(found) == 1 else None
            unsettled = None in agreed.values()
            for column, name in agreed.items():
                if unsettled or name is None or name.line != before.get(column):
                    cells.append((column, name or NOTHING))
                before[column] = name.line if name else None
        return [sorted(row, key=lambda cell: cell[0]) for row in rows]

    def _is_row(self, lines: Sequence[int], above: Sequence[int], held: Sequence[int], centred: bool) -> bool:
        """Whether lines may be those of one row, which begins below the line ``above``."""
        columns = self.columns
        leaves = columns.of("level3", "text") if columns.of("level3") else columns.of("level2", "text")
        cells: list[Run] = []
        for column in held:
            own = [at for at in lines if self.table[at][column]]
            if own and not self._is_cell(own, column, leaves, centred):
                return False
            if own:
                cells.append(together([run for at in own if (run := self.table[at][column])]))
            elif column in leaves:
                return False
        if columns.of(*_RATED) and not any(self._scored(at) for at in lines):
            return False
        if above and (self._completes_unit(above[0], lines[0])):
            return False
        if centred:
            middles = [cell.middle for cell in cells]
            return max(middles) - min(middles) <= _HALF
        first = min(cell.line for cell in cells)
        begun = any(self._begins_level(at, c) for at in lines[1:] for c in columns.of(*_LEVELS) if c not in leaves)
        return all(cell.line == first for cell in cells) and not begun

    def _scored(self, at: int) -> list[Run]:
        """The weight and the score on a line."""
        runs = (self.table[at][c] for c in self.columns.of(*_RATED))
        return [run for run in runs if run and _SHORT_NUMBER.fullmatch(run.text)]

    def _is_cell(self, lines: Sequence[int], column: int, leaves: Sequence[int], centred: bool) -> bool:
        """Whether what a column prints on ``lines`` may be one cell: each line but the last is full."""
        role = self.columns.roles[column]
        for above, below in pairwise(lines):
            one, other = self.table[above][column], self.table[below][column]
            assert one is not None and other is not None
            if below - above > 1 + centred or (role in _RATED and _SHORT_NUMBER.fullmatch(other.text)):
                return False
            if role == "text" and other.text.startswith(tuple(self.words.comparators)):
                return False
            whole = all(self.table[below][c] for c in leaves)
            if not goes_on(
                one, other, self.widest[column], 0 if whole and not self._completes_unit(above, below) else 2
            ):
                return False
        return True

    def _completes_unit(self, above: int, below: int) -> bool:
        """Whether a value ends in a part of a unit (≥36公) that the next line completes (里)."""
        column = self.columns.of("text")[-1]
        value, rest = self.table[above][column], self.table[below][column]
        if value is None or rest is None:
            return False
        number = next(iter(reversed(list(NUMBER.finditer(value.text)))), None)
        unit = value.text[number.end() :] if number else ""
        known = self.words.unit.fullmatch
        return number is not None and not known(unit) and known(unit + rest.text) is not None

    def _begins_level(self, at: int, column: int) -> bool:
        """Whether a name of a level begins on a line: nothing stands above it, or a whole name and it is one itself."""
        above, run = self.table[at - 1][column], self.table[at][column]
        if run is None or above is None:
            return run is not None
        return self._is_level(above.text) and self._is_level(run.text)

    def _levels(self, body: Sequence[int], rows: Sequence[Sequence[int]], columns: Sequence[int]) -> dict[int, Named]:
        """The names of levels, each of which begins on the first line of a row. Raises Unsure."""
        starts = {row[0]: at for at, row in enumerate(rows)}
        found: dict[int, Named] = {}
        for column in columns:
            names: list[tuple[Run, int]] = []
            open_name = False
            for at in body:
                run = self.table[at][column]
                if run is None:
                    open_name = False
                elif open_name and (at not in starts or self._unfinished(names[-1][0], run, column)):
                    names[-1] = names[-1][0].with_behind(run), names[-1][1]
                elif at in starts:
                    names.append((run, starts[at]))
                    open_name = True
                else:
                    raise Unsure
            texts = [_BRACKET.sub("", name.text) for name, _ in names]
            if not names or names[0][1] or not all(self._is_name(name) for name, _ in names) or self._is_cut(texts):
                raise Unsure
            ends = [*(first for _, first in names[1:]), len(rows)]
            found[column] = [(name, first, end) for (name, first), end in zip(names, ends, strict=True)]
        return found

    def _unfinished(self, above: Run, below: Run, column: int) -> bool:
        """Whether a name of a level goes on with the line below. Raises Unsure where it is not a known one."""
        name, rest = above.text, below.text
        if _BRACKET.search(name) and not name.endswith(("）", ")")):
            return True
        if self._is_level(name):
            return rest.startswith(("（", "(")) or (rest not in self.words.level_parts and self._is_level(name + rest))
        if name in self.words.level_parts and (self._is_level(name + rest) or name + rest in self.words.level_parts):
            return True
        width = self.columns.bounds[column + 1] - self.columns.bounds[column]
        if above.line == above.last and 2 * (len(name) + 2) <= width:
            return False
        raise Unsure

    def _is_name(self, name: Run) -> bool:
        """Whether a name is one: one that no list has may be two, unless it stands on one line."""
        return self._is_level(name.text) or name.line == name.last

    def _is_cut(self, names: Sequence[str]) -> bool:
        """Whether one of the names in a column is only the beginning of one, while others are whole (成本 beside 数量指标)."""
        whole = any(name.endswith("指标") for name in names)
        every = (*self.words.levels, *self.words.firsts)
        cut = (name for name in names if name not in every and any(one.startswith(name) for one in every))
        return any(whole or not self._is_level(name) for name in cut)

    def _is_level(self, name: str) -> bool:
        return known_level(self.words, _BRACKET.sub("", name))

    def _centred_levels(
        self, body: Sequence[int], rows: Sequence[Sequence[int]], columns: Sequence[int]
    ) -> list[dict[int, Named]]:
        """All ways to divide the names of levels, each in the middle of its rows. Raises Unsure where there is none."""
        if len(columns) > len(_LEVELS):
            raise Unsure
        places = self._places(body, rows)
        ends = [(places[row[0]], places[row[-1]]) for row in rows]
        ways: list[dict[int, Named]] = [{}]
        for column in reversed(columns):
            runs = [(places[at], run) for at in body if (run := self.table[at][column])]
            longer: list[dict[int, Named]] = []
            for way in ways:
                parts = next(iter(way.values()), [])
                stops = {end for _, _, end in parts} or set(range(len(rows) + 1))
                known = bool(parts) and all(_BRACKET.sub("", two.text) in self.words.levels for two, *_ in parts)
                for names in self._divided(runs, ends, stops, 0, _NEAR if known else _HALF):
                    if not parts or self._agree(names, parts):
                        longer.append({column: names, **way})
            ways = [way for way in longer if not self._is_cut([name.text for name, *_ in way[column]])]
        if not 0 < len(ways) <= _MOST_WAYS:
            raise Unsure
        return ways

    def _places(self, body: Sequence[int], rows: Sequence[Sequence[int]]) -> dict[int, float]:
        """Where lines stand, counted by those of rows: one that only names levels stands between two of these."""
        counted = {at for row in rows for at in row}
        places: dict[int, float] = {}
        last = 0.0
        for at in body:
            last += at in counted
            places[at] = last if at in counted else last + _HALF
        return places

    def _divided(
        self,
        runs: Sequence[tuple[float, Run]],
        ends: Sequence[tuple[float, float]],
        stops: set[int],
        first: int,
        near: float,
    ) -> Iterator[Named]:
        """All ways to make names of ``runs``, each in the middle of the rows that it is of, from the row ``first`` on."""
        if not runs or first == len(ends):
            if not runs and first == len(ends):
                yield []
            return
        for count in range(1, min(len(runs), 6) + 1):
            name = together([run for _, run in runs[:count]])
            if not (self._is_level(name.text) or (count == 1 and not self._ends_level(name.text))):
                continue
            middle = (runs[0][0] + runs[count - 1][0]) / 2
            for end in range(first + 1, len(ends) + 1):
                away = (ends[first][0] + ends[end - 1][1]) / 2 - middle
                if abs(away) <= near and end in stops:
                    for rest in self._divided(runs[count:], ends, stops, end, near):
                        yield [(name, first, end), *rest]

    def _ends_level(self, text: str) -> bool:
        """Whether a text is the end of the name of a level."""
        return any(name.endswith(text) for name in (*self.words.levels, *self.words.firsts) if name != text)

    def _agree(self, firsts: Named, seconds: Named) -> bool:
        """Whether second levels are of the first ones that stand left of them; those that no list has say nothing."""
        for name, first, end in firsts:
            level1 = _BRACKET.sub("", name.text)
            own = [self.words.levels.get(_BRACKET.sub("", two.text)) for two, at, _ in seconds if first <= at < end]
            if level1 in self.words.firsts and any(of not in (None, level1) for of in own):
                return False
        return True
