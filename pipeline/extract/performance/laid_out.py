"""Performance sheets without rules: text laid out with spaces (``pdftotext -layout``), and pages of a PDF.

Where words stand gives rows of cells, which the reader of cells reads. Columns of indicators are parted by gaps that all
their lines leave free, and cells begin on the first line of their row. What leaves any doubt of this is not read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import Block, SheetCell, SheetRow
from pipeline.extract.performance.money import HORIZON, LEAD, NUMBER, joins
from pipeline.extract.performance.words import Words, known_form, meaning_of
from pipeline.extract.spans import united
from pipeline.extract.tables.layout.words import Measure, by_character, display_width, measures_of_lines
from pipeline.ingest.document import Box, Line

_RUN = re.compile(r"\S+")
_LEAVES = ("level3", "text")
_LEVELS = ("level1", "level2")
_RATED = ("weight", "score")
#: Over how many lines the words of a header or a label may be wrapped.
_TALLEST = 6
#: The width of a letter in boxes, which are compared to within two.
_LETTER = 10.0
#: Wider than one blank between two words.
_ONE_BLANK = 1.5
#: Words that stand nearer than that to one another leave no gap between them.
_HALF = 0.5
#: What may be left of a number that the end of a line tore.
_REST = re.compile(r"[.,]?\d{1,3}|[.,]\d{3}[.\d]*")
_TWO_DECIMALS = re.compile(r"\.\d\d$")
_SHORT_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
_BRACKET = re.compile(r"[（(][^）)]*[）)]?$")
_TOTALS = ("总分", "合计", "总计", "总得分")
#: A label over the money of a sheet, with its unit.
_OF_MONEY = re.compile(r".{2,10}[（(](?:单位[:：])?[百千万亿]*元[）)]")
#: What is not broken at the end of a line: a word, or a character with what may not begin a line.
_FIRST = re.compile(r"[^\x00-\xff](?:[/，。；、）)％%][^\x00-\xff]?)*|[\x21-\xff]+")


class Unsure(Exception):
    """Where words stand does not settle which cell they are of."""


@dataclass(slots=True)
class Run:
    """Words of one line that stand together, and from where to where, in widths of a letter."""

    pieces: list[Piece]
    text: str
    x0: float
    x1: float
    line: int

    def over(self, other: Run) -> bool:
        """Whether both have a place on the line in common."""
        return self.x0 < other.x1 and other.x0 < self.x1

    def with_behind(self, other: Run) -> Run:
        """Both as one, which goes on with ``other``."""
        return Run(
            [*self.pieces, *other.pieces],
            self.text + other.text,
            min(self.x0, other.x0),
            max(self.x1, other.x1),
            self.line,
        )

    def cell(self, row: int, x0: float | None = None, x1: float | None = None) -> SheetCell:
        """The cell of a row that it fills."""
        left, right = self.x0 if x0 is None else x0, self.x1 if x1 is None else x1
        return SheetCell(Block(self.pieces, self.text), Box(left * _LETTER, float(row), right * _LETTER, row + 1.0))


def rows_laid_out(context: Context, region: Region, words: Words) -> list[SheetRow]:
    """The rows of a region whose words have places; none where these leave doubts."""
    if _is_cut(context, region):
        return []
    for runs in _ways(context, region):
        try:
            return _Sheet(words, runs).rows()
        except Unsure:
            continue
    return []


def _is_cut(context: Context, region: Region) -> bool:
    """Whether what follows a region is of no other, and on another page: a row may go on there."""
    lines, text = context.document.lines, context.document.text
    below = next((i for i in range(region.last, len(lines)) if text[lines[i].start : lines[i].end].strip()), None)
    if below is None or lines[below].page == lines[region.last - 1].page:
        return False
    return not any(other.first <= below < other.last for other in context.regions)


def _ways(context: Context, region: Region) -> Iterator[list[list[Run]]]:
    """The runs of each printed line, by each way to measure where they stand."""
    lines = context.document.lines[region.first : region.last]
    if context.document.points:
        yield _runs_on_pages(context, lines)
        return
    measures = measures_of_lines(context.document, region.first, region.last)
    for measure in dict.fromkeys((by_character, *measures)):
        yield [_runs_of(context.document.text, at, line, measure) for at, line in enumerate(lines)]


def _runs_of(text: str, at: int, line: Line, measure: Measure) -> list[Run]:
    raw = text[line.start : line.end]
    edges = measure(raw)
    return [
        Run(
            [(line.start + match.start(), line.start + match.end())],
            fold(match.group()),
            edges[match.start()],
            edges[match.end()],
            at,
        )
        for match in _RUN.finditer(raw)
    ]


def _runs_on_pages(context: Context, lines: Sequence[Line]) -> list[list[Run]]:
    """The words of a PDF's lines in widths of a letter: half of that of a Chinese character."""
    pages = {page.number: page.words for page in context.document.pages}
    starts = {number: [word.start for word in words] for number, words in pages.items()}
    found = []
    for line in lines:
        words, begin = pages.get(line.page or 1, ()), starts.get(line.page or 1, [])
        found.append(words[bisect_left(begin, line.start) : bisect_left(begin, line.end)])
    text = context.document.text
    widths = sorted((w.x1 - w.x0) / display_width(text[w.start : w.end]) for words in found for w in words)
    letter = widths[len(widths) // 2] if widths else 1.0
    return [
        [Run([(w.start, w.end)], fold(text[w.start : w.end]), w.x0 / letter, w.x1 / letter, at) for w in words]
        for at, words in enumerate(found)
    ]


def _joined(runs: Sequence[Run], apart: Callable[[Run, Run], bool]) -> list[Run]:
    """Neighbours as one, but where they stand ``apart``."""
    made: list[Run] = []
    for run in runs:
        if made and not apart(made[-1], run):
            made[-1] = made[-1].with_behind(run)
        else:
            made.append(run)
    return made


def _in_cells(runs: Sequence[Run], unit: re.Pattern[str]) -> list[Run]:
    """The runs of a line of a head: those one blank apart are one cell, unless one of them is an amount alone."""

    def is_amount(run: Run) -> bool:
        return "." in run.text and NUMBER.fullmatch(run.text) is not None

    def apart(left: Run, right: Run) -> bool:
        if right.x0 - left.x1 > _ONE_BLANK:
            return True
        if is_amount(left):
            return unit.match(right.text) is None
        return is_amount(right) and left.text.endswith(("）", ")", ":", "%"))

    return _joined(runs, apart)


@dataclass(slots=True)
class _Columns:
    """Columns of indicators: the words of their headers, what each holds, the gaps between, and the lines below."""

    headers: list[Run]
    roles: list[str | None]
    body: int
    end: int
    #: where the columns begin, from which line on: a page has its own places
    pages: list[tuple[int, list[float]]] = field(default_factory=list)

    @property
    def bounds(self) -> list[float]:
        """Where the columns begin on the page of the header."""
        return self.pages[0][1]

    def cell(self, runs: Sequence[Run], at: int) -> Run | None:
        """What a line prints in a column."""
        bounds = next(bounds for first, bounds in reversed(self.pages) if first <= runs[0].line)
        own = [run for run in runs if bounds[at] <= run.x0 < bounds[at + 1]]
        return _joined(own, lambda left, right: False)[0] if own else None

    def of(self, *roles: str) -> list[int]:
        """The columns that hold one of ``roles``."""
        return [at for at, role in enumerate(self.roles) if role in roles]


@dataclass(slots=True)
class _Sheet:
    """The printed lines of a sheet, and the rows that they make."""

    words: Words
    lines: list[list[Run]]
    made: list[SheetRow] = field(default_factory=list)

    def rows(self) -> list[SheetRow]:
        """All rows: those of heads, and those of indicators below their headers."""
        at = 0
        while at < len(self.lines):
            columns = next((c for top in range(at, len(self.lines)) if (c := self._columns(top))), None)
            top = min(header.line for header in columns.headers) if columns else len(self.lines)
            self.made += _Head(self.words, self.lines[at:top], len(self.made)).rows()
            if columns is None:
                break
            self.made += _Indicators(self.words, self.lines, columns, len(self.made)).rows()
            at = columns.end
        return self.made

    def _columns(self, top: int) -> _Columns | None:
        """The columns whose header begins on the line ``top``; None for other lines, and for such right above a header."""
        header = self._header(top)
        if header is None or min(run.line for run in header[0]) != top:
            return None
        below = self._header(top + 1)
        if below is not None and below[2] >= header[2]:
            return None
        headers, body, _ = header
        roles = [meaning_of(run.text, self.words.columns) for run in headers]
        if "name" in roles or "text" not in roles:
            raise Unsure  # a list of many projects
        columns = _Columns(headers, roles, body, body)
        self._measure(columns, top)
        return columns

    def _header(self, top: int) -> tuple[list[Run], int, int] | None:
        """The words of a header that begins on the line ``top``, wrapped over those lines that name the most columns.

        Behind them the line after the last of these, and how many columns are named.
        """
        best: tuple[list[Run], int, int] = [], top, 0
        for last in range(top + 1, min(top + _TALLEST, len(self.lines)) + 1):
            if not self.lines[last - 1]:
                break
            headers = _stacked([run for runs in self.lines[top:last] for run in runs])
            named = sum(meaning_of(header.text, self.words.columns) is not None for header in headers)
            if named and named >= best[2]:
                best = headers, last, named
        roles = {meaning_of(header.text, self.words.columns) for header in best[0]}
        return best if len(roles & {*_LEVELS, *_LEAVES}) > 1 else None

    def _measure(self, columns: _Columns, top: int) -> None:
        """Take the lines below that leave gaps between the headers free, down to another head or an empty line."""
        held = [run for runs in self.lines[top : columns.body] for run in runs]
        free = _gaps(columns.headers, held)
        while all(free) and columns.end < len(self.lines):
            runs = self.lines[columns.end]
            if not runs or meaning_of(runs[0].text, self.words.labels) == "name":
                break
            held += runs
            free = _gaps(columns.headers, held)
            columns.end += 1
        if not all(free) or any(len(gaps) > 1 and gaps[-1][0] < 2 * gaps[-2][0] for gaps in free):
            raise Unsure
        columns.pages.append((0, [-1.0, *(gaps[-1][1] for gaps in free), float("inf")]))
        self._go_over_pages(columns)

    def _go_over_pages(self, columns: _Columns) -> None:
        """Take the lines of the pages behind, where these leave as many gaps free. Raises Unsure."""
        while (first := self._next(columns.end)) is not None and not self._begins_head(first):
            last = first
            while last < len(self.lines) and self.lines[last] and not self._begins_head(last):
                last += 1
            spans = _spans([run for runs in self.lines[first:last] for run in runs])
            if len(spans) != len(columns.headers):
                raise Unsure
            columns.pages.append((first, [-1.0, *(x0 for x0, _ in spans[1:]), float("inf")]))
            columns.end = last

    def _next(self, at: int) -> int | None:
        """The next line that prints anything."""
        return next((i for i in range(at, len(self.lines)) if self.lines[i]), None)

    def _begins_head(self, at: int) -> bool:
        return meaning_of(self.lines[at][0].text, self.words.labels) == "name" or self._header(at) is not None


def _stacked(runs: Sequence[Run]) -> list[Run]:
    """The words of a header whose lines stand over one another, each as one."""
    made: list[Run] = []
    for run in runs:
        above = [other for other in made if other.over(run)]
        if len(above) == 1:
            made[made.index(above[0])] = above[0].with_behind(run)
        elif above:
            return []
        else:
            made.append(run)
    return sorted(made, key=lambda run: run.x0)


def _gaps(headers: Sequence[Run], runs: Sequence[Run]) -> list[list[tuple[float, float]]]:
    """The gaps that all lines leave free between each two headers, with how wide they are and where they end; widest last."""
    return [
        sorted((b[0] - a[1], b[0]) for a, b in pairwise(_spans(runs)) if a[1] >= left.x1 and b[0] <= right.x0)
        for left, right in pairwise(headers)
    ]


def _spans(runs: Sequence[Run]) -> list[tuple[float, float]]:
    """From where to where runs stand, those of all lines that have a place in common as one."""
    return united([(run.x0, run.x1) for run in runs], lambda start, end: start < end + _HALF)


def _full(above: Run, below: Run, widest: int, spare: int) -> bool:
    """Whether a line of a cell was so full that the first word of the next one had no place on it."""
    first = _FIRST.match(below.text)
    return display_width(above.text) + display_width(first.group() if first else "") + spare > widest


@dataclass(slots=True)
class _Indicators:
    """The rows of indicators below their header."""

    words: Words
    lines: list[list[Run]]
    columns: _Columns
    number: int
    #: the printed line above each
    above: dict[int, int] = field(default_factory=dict)

    def rows(self) -> list[SheetRow]:
        """The header, a row for each indicator, and the total of their scores."""
        columns = self.columns
        header = self._row(list(enumerate(columns.headers)))
        body = [at for at in range(columns.body, columns.end) if self.lines[at]]
        self.above = dict(pairwise([at for at in reversed(body)]))
        totals = [at for at in body if self.lines[at][0].text in _TOTALS]
        if len(totals) > 1 or (totals and totals[0] != body[-1]):
            raise Unsure
        table = {at: [columns.cell(self.lines[at], c) for c in range(len(columns.roles))] for at in body}
        body = body[: len(body) - len(totals)]
        starts = self._starts(body, table)
        cells: dict[int, list[tuple[int, Run]]] = {at: [] for at in starts}
        for column, role in enumerate(columns.roles):
            if role in _LEVELS:
                for name in self._levels(body, starts, table, column):
                    cells[name.line].append((column, name))
            elif role is not None or column:
                self._add_cells(body, cells, table, column)
        rows = [self._row(cells[at]) for at in starts]
        for at in totals:
            rows.append(self._row([(c, cell) for c, cell in enumerate(table[at]) if cell is not None]))
        return [header, *rows]

    def _row(self, cells: Sequence[tuple[int, Run]]) -> SheetRow:
        bounds = self.columns.bounds
        edge = max(run.x1 for runs in self.lines for run in runs) + 1
        held = dict(cells)
        made = [
            held.get(at, Run([], "", 0.0, 0.0, 0)).cell(self.number, max(left, 0.0), min(right, edge) - 0.5)
            for at, (left, right) in enumerate(pairwise(bounds))
        ]
        self.number += 1
        return SheetRow(made, False, {id(cell) for cell in made})

    def _starts(self, body: Sequence[int], table: dict[int, list[Run | None]]) -> list[int]:
        """The lines on which rows begin: those that fill all columns that each indicator fills, and do not go on."""
        columns = self.columns
        leaves = columns.of(*_LEAVES) if columns.of("level3") else columns.of("level2", "text")
        rated = columns.of(*_RATED)
        widest = {c: max((display_width(r.text) for at in body if (r := table[at][c])), default=0) for c in leaves}
        starts: list[int] = []
        for at in body:
            filled = [table[at][c] is not None for c in leaves]
            scored = [c for c in rated if (run := table[at][c]) and _SHORT_NUMBER.fullmatch(run.text)]
            if all(filled) and (not starts or self._begins(table, at, leaves, widest, scored)):
                starts.append(at)
            elif not starts or any(table[at][c] and not self._goes_on(table, at, c, widest) for c in leaves) or scored:
                raise Unsure
        if not starts or starts[0] != body[0]:
            raise Unsure
        return starts

    def _begins(
        self,
        table: dict[int, list[Run | None]],
        at: int,
        leaves: Sequence[int],
        widest: dict[int, int],
        scored: Sequence[int],
    ) -> bool:
        """Whether a line that fills the columns of an indicator begins one. Raises Unsure."""
        if self.columns.of(*_RATED):
            return bool(scored)
        if not all(self._goes_on(table, at, c, widest, 0) for c in leaves):
            return True
        if any(self._begins_level(table, at, c) for c in self.columns.of(*_LEVELS) if c not in leaves):
            return True
        last = leaves[-1]
        above, run = table[self.above[at]][last], table[at][last]
        assert above is not None and run is not None
        if self._completes_unit(above.text, run.text):
            return False
        value = run.text
        if any(value.startswith(word) for word in self.words.comparators):
            return True
        raise Unsure

    def _completes_unit(self, value: str, rest: str) -> bool:
        """Whether a value ends in a part of a unit (≥36公) that the next line completes (里)."""
        number = next(iter(reversed(list(NUMBER.finditer(value)))), None)
        unit = value[number.end() :] if number else ""
        known = self.words.unit.fullmatch
        return number is not None and not known(unit) and known(unit + rest) is not None

    def _begins_level(self, table: dict[int, list[Run | None]], at: int, column: int) -> bool:
        """Whether a name of a level begins on a line: nothing stands above it, or a whole name and it is one itself."""
        above, run = table[self.above[at]][column], table[at][column]
        if run is None or above is None:
            return run is not None
        return self._is_level(above.text) and self._is_level(run.text)

    def _goes_on(
        self, table: dict[int, list[Run | None]], at: int, column: int, widest: dict[int, int], spare: int = 2
    ) -> bool:
        """Whether a cell may go on with what the line above prints in its column."""
        above, below = table[self.above[at]][column], table[at][column]
        return above is not None and below is not None and _full(above, below, widest[column], spare)

    def _add_cells(
        self,
        body: Sequence[int],
        cells: dict[int, list[tuple[int, Run]]],
        table: dict[int, list[Run | None]],
        column: int,
    ) -> None:
        """Put what a column prints together, row by row."""
        start = body[0]
        found: dict[int, Run] = {}
        for at in body:
            start = at if at in cells else start
            if (run := table[at][column]) is not None:
                found[start] = found[start].with_behind(run) if start in found else run
        for at, run in found.items():
            cells[at].append((column, run))

    def _levels(
        self, body: Sequence[int], starts: Sequence[int], table: dict[int, list[Run | None]], column: int
    ) -> list[Run]:
        """The names of a level, each of which begins on the first line of a row. Raises Unsure."""
        names: list[Run] = []
        open_name = False
        for at in body:
            run = table[at][column]
            if run is None:
                open_name = False
            elif open_name and (at not in starts or self._unfinished(names[-1], run, column)):
                names[-1] = names[-1].with_behind(run)
            elif at in starts:
                names.append(run)
                open_name = True
            else:
                raise Unsure
        if not names or names[0].line != starts[0]:
            raise Unsure
        return [self._known(name) for name in names]

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
        if len(above.pieces) == 1 and 2 * (len(name) + 2) <= width:
            return False
        raise Unsure

    def _known(self, name: Run) -> Run:
        """A name that no list has may hold two; it is one where it stands on one line."""
        if self._is_level(name.text) or len(name.pieces) == 1:
            return name
        raise Unsure

    def _is_level(self, name: str) -> bool:
        bare = _BRACKET.sub("", name)
        return self.words.level1_of(bare) is not None


def _two_labels(whole: str, last: str) -> bool:
    """Whether the label of some money, with its unit, stands below another label."""
    return _OF_MONEY.fullmatch(whole) is not None and not last.startswith(("（", "("))


@dataclass(slots=True)
class _Head:
    """The rows of a head: labels with their values to the right, amounts, goals."""

    words: Words
    lines: list[list[Run]]
    number: int
    labels: list[Run] = field(default_factory=list)
    values: list[Run] = field(default_factory=list)
    #: the runs that labels are made of, and the last line of each value
    taken: set[int] = field(default_factory=set)
    tails: dict[int, Run] = field(default_factory=dict)
    #: whether the last label is one that no word knows
    unknown: bool = False

    def rows(self) -> list[SheetRow]:
        """A row for each line on which a label begins. Raises Unsure."""
        cells = [_in_cells(runs, self.words.unit) for runs in self.lines]
        for at, runs in enumerate(cells):
            for run in runs:
                if id(run) not in self.taken:
                    self._find_label(cells, at, run)
        first = min((label.line for label in self.labels), default=0)
        for runs in cells:
            if runs and self.labels and runs[0].line >= first:
                self._read_values(runs)
        found: dict[int, list[Run]] = {}
        for run in [*self.labels, *filter(None, map(self._whole, self.values))]:
            found.setdefault(run.line, []).append(run)
        return [self._row(runs) for _, runs in sorted(found.items())]

    def _row(self, runs: Sequence[Run]) -> SheetRow:
        made = [run.cell(self.number) for run in sorted(runs, key=lambda run: run.x0)]
        self.number += 1
        return SheetRow(made, False, {id(cell) for cell in made})

    def _whole(self, value: Run) -> Run | None:
        """A value, with the digits below that the end of its line cut off; None where these may be of another number."""
        if NUMBER.fullmatch(value.text) is None or len(value.pieces) > 1:
            return value  # the reader of money knows whether lines of a cell make one number
        below = next((runs for runs in self.lines if runs and runs[0].line > value.line), [])
        rests = [run for run in below if _REST.fullmatch(run.text)]
        over = [run for run in rests if value.over(run)]
        if len(over) == 1 and abs(over[0].x0 - value.x0) <= 1 and joins([value.text, over[0].text]):
            return value.with_behind(over[0])
        labelled = any(label.line == below[0].line for label in self.labels) if below else True
        apart = labelled or _TWO_DECIMALS.search(value.text) is not None
        return None if any(not apart or run.over(value) for run in rests) else value

    def _find_label(self, cells: list[list[Run]], at: int, run: Run) -> None:
        """Keep the longest label that begins with ``run`` and goes on below it."""
        chain, whole = [run], run
        best = (run, [run]) if self._is_label(run.text) else None
        for below in cells[at + 1 : at + _TALLEST]:
            over = [other for other in below if other.over(chain[-1]) and id(other) not in self.taken]
            if len(over) != 1 or (best and self._is_label(over[0].text)):
                break
            chain, whole = [*chain, over[0]], whole.with_behind(over[0])
            if self._is_label(whole.text) and not (best and _two_labels(whole.text, over[0].text)):
                best = whole, list(chain)
        if best:
            self.labels.append(best[0])
            self.taken |= {id(each) for each in best[1]}

    def _is_label(self, text: str) -> bool:
        words = self.words
        if any(known_form(text, names) for names in (words.goals, words.phases, words.labels, words.columns)):
            return True
        bare = LEAD.sub("", text)
        money = (bare, HORIZON.sub("", bare))
        return (
            _OF_MONEY.fullmatch(text) is not None
            or known_form(text, words.horizons) is not None
            or any(known_form(each, words.money) for each in money)
        )

    def _read_values(self, runs: Sequence[Run]) -> None:
        """Keep what a line prints right of the labels that begin on it; without one it goes on with the value above."""
        begun = [label for label in self.labels if label.line == runs[0].line]
        if id(runs[0]) not in self.taken and runs[0].x0 < min(label.x1 for label in self.labels):
            self.unknown = True
            return
        self.unknown &= not begun
        for run in runs:
            if id(run) in self.taken:
                continue
            above = [at for at, value in enumerate(self.values) if self._is_open(value, run)]
            if any(label.x0 < run.x0 for label in begun) or (not begun and self._is_under_label(run)):
                self.values.append(run)
                self.tails[id(run)] = run
            elif len(above) == 1:
                self._go_on(above[0], run)
            elif run is runs[0] and not self.unknown and any(value.x0 <= run.x0 + 1 for value in self.values):
                raise Unsure  # a value that begins above its label

    def _is_under_label(self, run: Run) -> bool:
        """Whether the header of goals, or of what came of them, stands on the line above."""
        over = [label for label in self.labels if label.line == run.line - 1 and label.over(run)]
        words = self.words
        return len(over) == 1 and (
            known_form(over[0].text, words.goals) is not None
            or known_form(over[0].text, words.horizons) is not None
            or meaning_of(over[0].text, words.columns) in ("goal", "actual")
        )

    def _is_open(self, value: Run, run: Run) -> bool:
        """Whether a value may go on with ``run``: its last line is the one above, and stands over it."""
        tail = self.tails[id(value)]
        return tail.line == run.line - 1 and tail.over(run)

    def _go_on(self, at: int, run: Run) -> None:
        """Let a value go on with ``run``. Raises Unsure where the line above had place for its first word."""
        value = self.values[at]
        label = max(
            (e for e in self.labels if e.line == value.line and e.x0 < value.x0), key=lambda e: e.x0, default=value
        )
        every = (one for runs in self.lines for one in _in_cells(runs, self.words.unit))
        cells = [one for one in every if abs(one.x0 - value.x0) <= 1]
        widest = max(display_width(one.text) for one in cells)
        free = known_form(label.text, self.words.labels) is None
        if not free and not _full(self.tails[id(value)], run, widest, 2):
            raise Unsure
        self.values[at] = value.with_behind(run)
        self.tails[id(self.values[at])] = run
