"""Two-sided tables in flowing text: which side a label belongs to, and which labels stand in one printed row.

Labels and amounts of both sides come in one stream, row by row, left before right; blank cells are only spaces. An
amount belongs to the label before it. The side of a label is what costs least over the whole table: words that name
one side, ordinals that go on (一、 二、), and two labels on one line being left and right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.tables.layout.sheet import Piece, SheetCell, SheetRow, cell_of
from pipeline.extract.tables.layout.torn import ends_marked
from pipeline.extract.tables.layout.words import Word
from pipeline.extract.tables.lexicon import GLUED, ORDINAL, is_amount
from pipeline.extract.tables.meaning.columns import Column

_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九十", start=1)}
# How far back the last label of the other side is looked for; bounds the work on hostile input.
_REACH = 40


@dataclass(slots=True)
class _Label:
    words: list[Word]
    amounts: list[Word] = field(default_factory=list)
    leans: int | None = None
    level: int | None = None
    number: int = 0

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def label_sides(columns: tuple[Column, ...]) -> list[tuple[Column, list[Column]]]:
    """The columns of labels, each with the columns of amounts to its right."""
    sides: list[tuple[Column, list[Column]]] = []
    for column in columns:
        if column.key == "label":
            sides.append((column, []))
        elif sides and column.kind != "key":
            sides[-1][1].append(column)
    return sides


def read_two_sides(
    text: str, words: list[Word], sides: Sequence[tuple[Column, list[Column]]], form: TableForm, library: Library
) -> tuple[list[SheetRow], list[str]]:
    """The rows of a two-sided table, both sides of a printed row in one, and what could not be placed."""
    labels, problems = _labels(words, form, library)
    rows: list[SheetRow] = []
    previous = 1
    for label, side in zip(labels, _assign(labels), strict=True):
        label_column, amount_columns = sides[side]
        if side <= previous:
            rows.append(SheetRow([]))
        previous = side
        pieces = [piece for word in label.words for piece in word.pieces]
        rows[-1].cells.append(_cell(text, label_column, pieces))
        if GLUED.search(label.text):
            problems.append(
                f"line {label.words[0].line + 1}: an amount or the label of another row stands in {label.text}"
            )
            continue
        if len(label.amounts) > len(amount_columns):
            problems.append(f"line {label.words[0].line + 1}: more amounts than columns after {label.text}")
            continue
        rows[-1].cells += [_cell(text, c, word.pieces) for c, word in zip(amount_columns, label.amounts, strict=False)]
    return rows, problems


def _cell(text: str, column: Column, pieces: Sequence[Piece]) -> SheetCell:
    return SheetCell(cell_of(text, pieces), column.index, column.index + 1)


def _labels(words: list[Word], form: TableForm, library: Library) -> tuple[list[_Label], list[str]]:
    """The labels with the amounts behind them, and what has no label before it."""
    marked = ends_marked(words)
    labels: list[_Label] = []
    problems: list[str] = []
    previous: Word | None = None
    for word in words:
        if is_amount(word.text):
            if labels:
                labels[-1].amounts.append(word)
            else:
                problems.append(f"line {word.line + 1}: {word.text} has no label before it")
        elif previous and labels and not labels[-1].amounts and _goes_on(labels[-1], word, previous, marked, library):
            labels[-1].words.append(word)
        else:
            labels.append(_Label([word]))
        previous = word
    for label in labels:
        _describe(label, form, library)
    return labels, problems


def _goes_on(label: _Label, word: Word, previous: Word, marked: bool, library: Library) -> bool:
    """Whether a word continues the label before it, rather than beginning one of its own."""
    if ORDINAL.match(word.text) or library.says("totals", word.text.rstrip(":")):
        return False
    text = label.text
    if word.line == previous.end_line:
        return word.gap == 1 or bool(ORDINAL.fullmatch(text))
    if marked:
        return previous.trail == 0
    bare = ORDINAL.sub("", text)
    if _known(bare + word.text, library):
        return True
    return previous.trail <= 1 and not _known(bare, library)


def _known(text: str, library: Library) -> bool:
    named = library.column(text) is not None or library.says("totals", text.rstrip(":"))
    return named or library.code_named("function", text) is not None


def _describe(label: _Label, form: TableForm, library: Library) -> None:
    text = label.text
    if match := ORDINAL.match(text):
        label.level, label.number = _ordinal(match.group())
    bare = ORDINAL.sub("", text).rstrip(":")
    if form.name_scheme and library.code_named(form.name_scheme, bare) or library.says("expenditure", bare):
        label.leans = 1
    elif library.says("revenue", bare):
        label.leans = 0


def _ordinal(text: str) -> tuple[int, int]:
    """Kind of an ordinal (一、 0, （一） 1, 1. 2, （1） 3) and its number; 其中 counts as no number."""
    level = 1 if text.startswith("（") else 0
    digits = re.sub(r"\D", "", text)
    if digits:
        return level + 2, int(digits)
    chars = [char for char in text if char in _DIGITS]
    if not chars:
        return 4, 0
    if chars == ["十"]:
        return level, 10
    if "十" in chars:
        at = chars.index("十")
        tens = _DIGITS[chars[0]] if at else 1
        return level, tens * 10 + (_DIGITS[chars[-1]] if chars[-1] != "十" else 0)
    return level, _DIGITS[chars[0]]


@dataclass(frozen=True, slots=True)
class _Step:
    """The side of a label, after those of the labels before it."""

    side: int
    before: _Step | None


def _assign(labels: list[_Label]) -> list[int]:
    """The side of each label, 0 or 1, at the least cost over all of them.

    A state is the side of the last label and the place of the last label of the other side: ordinals go on from
    the label of the same side.
    """
    if not labels:
        return []
    states: dict[tuple[int, int], tuple[float, _Step]] = {}
    for side in (0, 1):
        states[side, -1] = (_own(labels, 0, side) + side * 0.5, _Step(side, None))
    for at in range(1, len(labels)):
        best: dict[tuple[int, int], tuple[float, _Step]] = {}
        own = [_own(labels, at, side) for side in (0, 1)]
        order = [[_order(labels, at, last, side) for side in (0, 1)] for last in (0, 1)]
        # What follows the label before, and what follows the last one of the other side.
        sequence = {before: _sequence(labels, at, before) for before in {at - 1, *(other for _, other in states)}}
        for (last, other), (cost, step) in states.items():
            for side in (0, 1):
                before, now_other = (at - 1, other) if side == last else (other, at - 1)
                if at - now_other > _REACH:
                    now_other = -1
                total = cost + own[side] + order[last][side] + sequence[before]
                key = (side, now_other)
                if key not in best or total < best[key][0]:
                    best[key] = (total, _Step(side, step))
        states = best
    reached: _Step | None = min(states.values(), key=lambda state: state[0])[1]
    found: list[int] = []
    while reached is not None:
        found.append(reached.side)
        reached = reached.before
    return found[::-1]


def _own(labels: list[_Label], at: int, side: int) -> float:
    leans = labels[at].leans
    return 0.0 if leans is None or leans == side else 4.0


def _order(labels: list[_Label], at: int, last: int, side: int) -> float:
    """Left before right on one line; a label alone on its line is more often a left one."""
    here, there = labels[at].words[0], labels[at - 1].words[-1]
    if labels[at - 1].amounts:
        there = labels[at - 1].amounts[-1]
    if here.line == there.end_line:
        return 0.0 if (last, side) == (0, 1) else 3.0 if last == side else 2.0
    if (last, side) == (0, 1):
        return 1.0
    return 0.5 if side == 1 else 0.0


def _sequence(labels: list[_Label], at: int, before: int) -> float:
    """Ordinals of one side go on by one, or begin again at one."""
    label = labels[at]
    if label.level is None or label.level == 4 or label.number == 1:
        return 0.0
    if before < 0:
        return 2.0
    above = labels[before]
    if above.level == label.level:
        return 0.0 if label.number == above.number + 1 else 3.0
    return 0.0 if above.level is None or above.level > label.level else 2.0
