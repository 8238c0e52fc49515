"""Heads of sheets without rules: labels with their values to the right, amounts, goals.

The text of cells stands at their top or in their middle. What no place settles is left out, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.performance.cells import SheetRow
from pipeline.extract.performance.money import HORIZON, LEAD, NUMBER, joins
from pipeline.extract.performance.runs import Run, edges_between, goes_on, in_cells, spans_of, together
from pipeline.extract.performance.words import Words, known_form, meaning_of

#: Over how many lines the words of a label may be wrapped.
_TALLEST = 6
#: How far, in lines, the middle of a value may be from that of its label: a line has two neighbours.
_HALF = 0.5
#: What may be left of a number that the end of a line tore.
_REST = re.compile(r"[.,]?\d{1,3}|[.,]\d{3}[.\d]*")
_TWO_DECIMALS = re.compile(r"\.\d\d$")
#: A label over the money of a sheet, with its unit.
_OF_MONEY = re.compile(r".{2,10}[（(](?:单位[:：])?[百千万亿]*元[）)]")
#: What each of several goals begins with.
_ITEM = re.compile(r"(?:目标)?[（(]?[\d一二三四五六七八九]{1,2}[）)、.．:：]")


def _is_of_money(text: str) -> bool:
    return _OF_MONEY.fullmatch(text) is not None


def _two_labels(whole: str, last: str) -> bool:
    """Whether the label of some money, with its unit, stands below another label."""
    return _is_of_money(whole) and not last.startswith(("（", "("))


@dataclass(slots=True, eq=False)
class _Value:
    """What stands beside a label, or below one that is a header; ``tail`` is its last line."""

    label: Run
    run: Run
    tail: Run

    def go_on(self, below: Run) -> None:
        """Take one more line."""
        self.run, self.tail = self.run.with_behind(below), below


@dataclass(slots=True)
class Head:
    """The rows of a head. ``problems`` says what of it is left out."""

    words: Words
    lines: list[list[Run]]
    number: int
    problems: set[str] = field(default_factory=set)
    labels: list[Run] = field(default_factory=list)
    values: list[_Value] = field(default_factory=list)
    #: the cells of each line, and those that are known to be of labels or goals
    cells: list[list[Run]] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    #: lines of values that may begin above their labels
    loose: list[Run] = field(default_factory=list)
    #: whether the last label is one that no word knows
    unknown: bool = False

    def rows(self) -> list[SheetRow]:
        """A row for each line on which a label begins."""
        self._find_labels()
        if not self.labels:
            return []
        self._read_goals()
        first = min(label.line for label in self.labels)
        for runs in self.cells:
            if runs[0].line >= first:
                self._read_values(runs)
        self._settle()
        self._leave_headers()
        found: dict[int, list[Run]] = {}
        for label in self._units_first():
            found.setdefault(label.line, []).append(label)
        for value in self.values:
            if (run := self._whole(value.run)) is not None:
                beside = value.run.line <= value.label.last
                found.setdefault(value.label.line if beside else run.line, []).append(run)
        return [self._row(runs) for _, runs in sorted(found.items())]

    def _units_first(self) -> list[Run]:
        """The labels, with the one that has the unit of all money before the money that it stands in the middle of."""
        units = [label for label in self.labels if _is_of_money(label.text)]
        money = [label for label in self.labels if known_form(LEAD.sub("", label.text), self.words.money)]
        if len(units) != 1 or not money or any(value.label is units[0] for value in self.values):
            return self.labels
        first = min(label.line for label in (*money, *units))
        return [replace(units[0], line=first), *(label for label in self.labels if label is not units[0])]

    def _find_labels(self) -> None:
        """Find the labels that words are known for, then those that only a unit of money makes one."""
        self.cells = [in_cells(runs, self.words) for runs in self.lines]
        for is_label in (self._is_known, _is_of_money):
            for at, runs in enumerate(self.cells):
                for run in runs:
                    if id(run) not in self.taken:
                        self._find_label(at, run, is_label)

    def _row(self, runs: Sequence[Run]) -> SheetRow:
        made = [run.cell(self.number) for run in sorted(runs, key=lambda run: run.x0)]
        self.number += 1
        return SheetRow(made, False, {id(cell) for cell in made})

    def _whole(self, value: Run) -> Run | None:
        """A value, with the digits below that the end of its line cut off; None where these may be of another number."""
        if NUMBER.fullmatch(value.text) is None or len(value.pieces) > 1:
            return value  # the reader of money knows whether lines of a cell make one number
        below = next((runs for runs in self.lines if runs[0].line > value.line), [])
        rests = [run for run in below if _REST.fullmatch(run.text)]
        over = [run for run in rests if value.over(run)]
        if len(over) == 1 and abs(over[0].x0 - value.x0) <= 1 and joins([value.text, over[0].text]):
            return value.with_behind(over[0])
        labelled = any(label.line == below[0].line for label in self.labels) if below else True
        apart = labelled or _TWO_DECIMALS.search(value.text) is not None
        return None if any(not apart or run.over(value) for run in rests) else value

    def _find_label(self, at: int, run: Run, is_label: Callable[[str], bool]) -> None:
        """Keep the longest label that begins with ``run`` and goes on below it."""
        chain, whole = [run], run
        best = (run, [run]) if is_label(run.text) else None
        for below in self.cells[at + 1 : at + _TALLEST]:
            over = [other for other in below if other.over(chain[-1]) and id(other) not in self.taken]
            if not over and below[0].line == chain[-1].line + 1:
                continue  # a value in the middle of its cell stands between two lines of its label
            if len(over) != 1 or over[0].line > chain[-1].line + 2 or (best and is_label(over[0].text)):
                break
            chain, whole = [*chain, over[0]], whole.with_behind(over[0])
            if is_label(whole.text) and not (best and _two_labels(whole.text, over[0].text)):
                best = whole, list(chain)
        if best:
            self.labels.append(best[0])
            self.taken |= {id(each) for each in best[1]}

    def _is_known(self, text: str) -> bool:
        words = self.words
        names = (words.goals, words.phases, words.before, words.labels, words.columns, words.horizons)
        bare = LEAD.sub("", text)
        money = (bare, HORIZON.sub("", bare))
        return any(known_form(text, known) for known in names) or any(known_form(each, words.money) for each in money)

    def _is_header(self, label: Run) -> bool:
        """Whether goals, or what came of them, stand below a label."""
        return (
            known_form(label.text, self.words.goals) is not None
            or known_form(label.text, self.words.horizons) is not None
            or meaning_of(label.text, self.words.columns) in ("goal", "actual")
        )

    def _read_goals(self) -> None:
        """Keep what stands below headers of goals beside one another (项目总目标 | 年度总体目标), column by column."""
        for line in sorted({label.line for label in self.labels}):
            headers = [label for label in self.labels if label.line == line and self._is_header(label)]
            headers = sorted(headers, key=lambda label: label.x0)[-2:]
            side = [one for one in self.labels if one.last > line and headers and one.x1 <= headers[0].x0]
            below = (one.line for one in self.labels if one.line > line and one not in side)
            end = min(below, default=self.cells[-1][0].line + 1)
            row = [run for runs in self.cells for run in runs if run.line == line and id(run) not in self.taken]
            runs = [run for runs in self.lines for run in runs if line < run.line < end]
            if len(headers) < 2 or any(run.x0 > headers[0].x0 for run in row) or not runs:
                continue
            left = max((one.x1 for one in side if one.line < end), default=-1.0)
            text = [run for run in runs if run.x0 >= left]
            edges = edges_between(headers, text, touching=True) or edges_between(headers, [*headers, *text])
            if left < 0 and spans_of(text)[0][1] < headers[0].x0:
                edges = None  # words beside goals that are no known label of them
            self.taken |= {id(run) for runs in self.cells for run in runs if line < run.line < end}
            self.labels = [one for one in self.labels if one not in side or not line < one.line < end]
            if edges is None:
                self.problems.add("its goals do not stand below their headers")
                continue
            for header, begin, stop in zip(headers, [-1.0, *edges], [*edges, float("inf")], strict=True):
                own = [run for run in text if begin <= run.x0 < stop]
                if own:
                    self._add_goal(header, replace(together(own), line=line + 1), own[-1])

    def _add_goal(self, header: Run, goal: Run, tail: Run) -> None:
        """Keep the goal below a header, which reaches over the column that it stands above."""
        label = replace(header, x0=goal.x0, x1=goal.x1)
        self.labels[self.labels.index(header)] = label
        self.values.append(_Value(label, goal, tail))

    def _read_values(self, runs: Sequence[Run]) -> None:
        """Keep what a line prints right of labels; without one it goes on with the value above, or begins one below."""
        line = runs[0].line
        beside = [label for label in self.labels if label.line <= line <= label.last]
        begun = any(label.line == line for label in beside)
        if id(runs[0]) not in self.taken and runs[0].x0 < min(label.x1 for label in self.labels):
            self.unknown = True
            return
        self.unknown &= not begun
        for run in runs:
            if id(run) in self.taken:
                continue
            label = max((one for one in beside if one.x0 < run.x0), key=lambda one: one.x0, default=None)
            above = [value for value in self.values if value.tail.line == line - 1 and value.tail.over(run)]
            under = [one for one in self.labels if one.line == line - 1 and one.over(run) and self._is_header(one)]
            if label is not None and label.line == line:
                self.values.append(_Value(label, run, run))
            elif not begun and len(under) == 1:
                self.values.append(_Value(under[0], run, run))
            elif len(above) == 1 and (above[0].label is label or self._goes_on(above[0], run)):
                above[0].go_on(run)
            elif label is not None and self._is_first(label, run, runs):
                self.values.append(_Value(label, run, run))
            elif len(above) == 1 or (
                run is runs[0] and not self.unknown and any(value.run.x0 <= run.x0 + 1 for value in self.values)
            ):
                self.loose.append(run)

    def _is_first(self, label: Run, run: Run, runs: Sequence[Run]) -> bool:
        """Whether nothing stands between a label and a value right of its lower lines, or right of those above."""
        between = any(label.x1 <= one.x0 < run.x0 for one in runs)
        return not between and all(value.label is not label for value in self.values)

    def _goes_on(self, value: _Value, run: Run) -> bool:
        """Whether a value may go on with ``run``: the line above had no place for its first word."""
        first = [one for runs in self.cells for one in runs if one.line == value.run.line]
        stop = min((one.x0 for one in first if one.x0 > value.run.x0), default=float("inf"))
        every = (one for runs in self.cells for one in runs)
        widest = max(one.width for one in every if abs(one.x0 - value.run.x0) <= 1 and one.x1 <= stop)
        if run.x1 > stop:
            return False
        free = known_form(value.label.text, self.words.labels) is None
        return goes_on(value.tail, run, widest) or (free and _ITEM.match(run.text) is not None)

    def _settle(self) -> None:
        """Let values that begin above their labels be whole where their middles are those of the labels; else leave them."""
        while self.loose:
            run = self.loose.pop(0)
            label = self._label_below(run)
            value = next((one for one in self.values if one.label is label and one.run.over(run)), None)
            parts = [run, *([value.run] if value else [])]
            while self.loose and self.loose[0].line <= parts[-1].last + 2 and self.loose[0].over(parts[-1]):
                parts.append(self.loose.pop(0))
            whole = together(sorted(parts, key=lambda part: part.line))
            if label is not None and abs(whole.middle - label.middle) <= _HALF and run.line < label.line:
                self.values = [one for one in self.values if one is not value]
                self.values.append(_Value(label, whole, parts[-1]))
            else:
                self._leave(run, value)

    def _leave_headers(self) -> None:
        """Leave out goals that begin with the label of others: a part of that label is lost."""
        words = (*self.words.goals, *self.words.horizons)
        kept = [
            value for value in self.values if not (value.run.text.startswith(words) and self._is_header(value.label))
        ]
        if len(kept) < len(self.values):
            self.problems.add("its goals do not stand below their headers")
        self.values = kept

    def _label_below(self, run: Run) -> Run | None:
        """The label that a value which begins with ``run`` would be of."""
        below = [one for one in self.labels if run.line < one.line <= run.line + 2 and one.x0 < run.x0]
        return max(below, key=lambda one: one.x0, default=None)

    def _leave(self, run: Run, value: _Value | None) -> None:
        """Leave out what a line may be of: the value above it and the one below."""
        above = [
            one
            for one in self.values
            if one.tail.line >= run.line - 1 and one.tail.line <= run.line and one.tail.over(run)
        ]
        self.values = [one for one in self.values if one is not value and one not in above]
        self.problems.add("its head has cells that cannot be separated")
