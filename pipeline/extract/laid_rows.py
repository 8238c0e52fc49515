"""Lines of text laid out with spaces: their words, and which lines make a row."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.cells import is_amount
from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.ingest.document import Document, Line

_CELL = re.compile(r"\S+(?: \S+)*")
ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十]+[）]|\d{1,2}[、.]\D|其中)")


@dataclass(slots=True)
class LaidWord:
    start: int
    end: int
    text: str
    x0: int
    x1: int
    line: int
    column: int = -1

    @property
    def numeric(self) -> bool:
        return is_amount(self.text)


@dataclass(slots=True)
class LaidColumn:
    """Where a column stands on a page: ``x0`` to ``x1``, and whether numbers stand in it: codes, amounts or either."""

    x0: int
    x1: int
    numeric: bool
    holds: str = "either"

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def words_of_line(document: Document, index: int, line: Line) -> list[LaidWord]:
    """The words of a line. One space parts them only where an amount stands beside it."""
    raw = document.text[line.start : line.end]
    words = []
    for match in _CELL.finditer(raw):
        start = match.start()
        pieces = match.group().split(" ")
        at, run = start, start
        for order, piece in enumerate(pieces):
            end = at + len(piece)
            following = pieces[order + 1] if order + 1 < len(pieces) else None
            if following is None or is_amount(fold(piece)) or is_amount(fold(following)):
                words.append(LaidWord(line.start + run, line.start + end, fold(raw[run:end]), run, end, index))
                run = end + 1
            at = end + 1
    return words


def place(words: list[LaidWord], columns: list[LaidColumn]) -> None:
    """Each word's column: one of its kind that it stands in, else the nearest."""
    for word in words:
        fits = [i for i, c in enumerate(columns) if c.numeric == word.numeric]
        over = [i for i in fits if word.x0 < columns[i].x1 and columns[i].x0 < word.x1]
        fits = over or fits or list(range(len(columns)))
        middle = (word.x0 + word.x1) / 2
        word.column = min(fits, key=lambda i: abs(columns[i].middle - middle))


def rows_of_lines(body: list[list[LaidWord]], columns: list[LaidColumn], library: Library) -> list[list[LaidWord]]:
    """Lines to rows: a line of numbers or one that begins an item is a row, other lines go to the nearest such.

    Between two equally near rows a piece of a name goes to the one that has no name yet, then to the one with a
    piece on its other side: the pieces of a wrapped cell lie evenly about its row.
    """
    rows = [i for i, words in enumerate(body) if any(_begins_row(word, library) for word in words)]
    if not rows:
        return body
    lines = {i: body[i][0].line for i in range(len(body))}
    groups = {row: list(body[row]) for row in rows}
    for above, row in zip(rows, rows[1:], strict=False):
        if lines[row] - lines[above] <= 2 and _code_alone(body[above], body[row], columns):
            groups[row] = [*groups.pop(above), *groups[row]]
    every, rows = set(rows), [row for row in rows if row in groups]
    near: dict[int, list[int]] = {}
    for i in range(len(body)):
        if i not in every:
            least = min(abs(lines[row] - lines[i]) for row in rows)
            near[i] = [row for row in rows if abs(lines[row] - lines[i]) == least]
    for i, (row, *others) in near.items():
        if others:
            column = body[i][0].column
            (other,) = others
            named = [any(word.column == column for word in body[r]) for r in (row, other)]
            if named[0] != named[1]:
                row = other if named[0] else row
            else:
                across = [
                    any(n[0] == r and len(n) == 1 and (k < r) != (i < r) for k, n in near.items()) for r in (row, other)
                ]
                row = other if across[1] and not across[0] else row
        groups[row] += body[i]
    return list(groups.values())


def _code_alone(above: list[LaidWord], words: list[LaidWord], columns: list[LaidColumn]) -> bool:
    """Whether a line prints nothing but the code of the line below, which has none."""
    codes = {word.column for word in above if word.numeric and columns[word.column].holds == "codes"}
    return len(codes) == len(above) > 0 and not any(word.column in codes for word in words)


def _begins_row(word: LaidWord, library: Library) -> bool:
    if word.numeric or ORDINAL.match(word.text):
        return True
    return library.says("totals", word.text.rstrip(":")) or library.says("alone", word.text)
