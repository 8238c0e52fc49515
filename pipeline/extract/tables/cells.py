"""Rows of cells: what every layout is brought to before anything is read out of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.patterns import fold
from pipeline.extract.tables.columns import Column
from schemas.joining import join

Piece = tuple[int, int]
_YEAR = re.compile(r"((?:19|20)\d\d)年度?")
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


class Cell(NamedTuple):
    """The text of a cell and the pieces of the document it is made of, in reading order."""

    pieces: tuple[Piece, ...]
    text: str

    @property
    def folded(self) -> str:
        return fold(self.text)


@dataclass(slots=True)
class TableRow:
    """A printed row: cells by index of column. ``placement`` says what put its amounts where they are."""

    columns: tuple[Column, ...]
    cells: dict[int, Cell]
    placement: str = "layout"


@dataclass(slots=True)
class Layout:
    """A table brought to rows. ``problems`` say, for a person, what could not be placed and where."""

    columns: tuple[Column, ...] = ()
    rows: list[TableRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    body_start: int | None = None


def cell_of(text: str, pieces: Iterable[Piece]) -> Cell:
    """The cell whose text the pieces of ``text`` spell; pieces that only white space separates become one."""
    pieces = tuple(pieces)
    if len(pieces) == 1:
        start, end = pieces[0]
        return Cell(pieces, join([text[start:end]]))
    merged: list[Piece] = []
    for start, end in pieces:
        if merged and "\n" not in text[merged[-1][1] : start] and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return Cell(tuple(merged), join(text[a:b] for a, b in merged))


@lru_cache(maxsize=16_384)
def is_amount(folded: str) -> bool:
    """Whether a folded text is one number and nothing else."""
    return _AMOUNT.fullmatch(folded) is not None


@lru_cache(maxsize=16_384)
def year_alone(folded: str) -> int | None:
    """The year of a cell that names the one of its row, whatever its header says (年度: 2023年, 2024年)."""
    match = _YEAR.fullmatch(folded)
    return int(match.group(1)) if match else None


def shorten(text: str, pieces: Iterable[Piece], lead: int, tail: int = 0) -> list[Piece]:
    """The pieces without their first ``lead`` and last ``tail`` characters, white space not counted."""
    kept = list(pieces)
    while kept and lead:
        start, end = kept.pop(0)
        if _is_solid(text[start:end]):
            taken = min(lead, end - start)
            start, lead = start + taken, lead - taken
        while start < end and lead:
            lead -= not text[start].isspace()
            start += 1
        if start < end:
            kept.insert(0, (start, end))
    while kept and tail:
        start, end = kept.pop()
        if _is_solid(text[start:end]):
            taken = min(tail, end - start)
            end, tail = end - taken, tail - taken
        while end > start and tail:
            end -= 1
            tail -= not text[end].isspace()
        if start < end:
            kept.append((start, end))
    return kept


def _is_solid(piece: str) -> bool:
    """Whether no white space stands in ``piece``: then its characters need not be looked at one by one."""
    return piece.split() == [piece]
