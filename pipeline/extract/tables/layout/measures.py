"""How wide a character is in text laid out with spaces: one place each, or two for a Chinese one.

``pdftotext`` counts characters; editors and other converters align what is seen, where a Chinese character is as wide
as two others. A text does not say which, but its amounts do: those of one column end at one place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from unicodedata import east_asian_width

from pipeline.extract.tables.layout.sheet import Layout
from pipeline.extract.tables.meaning.identities import broken_by_row

#: The left edge of each character of a line and the right edge of the last, in widths of a letter.
Measure = Callable[[str], Sequence[int]]
# How many lines of amounts below a line are held against it, and how much clearer than the other a measure has to be.
_LINES = 3
_CLEARLY = 2


def by_character(line: str) -> Sequence[int]:
    """Every character is as wide as a letter."""
    return range(len(line) + 1)


def by_display(line: str) -> Sequence[int]:
    """Chinese characters are as wide as two letters."""
    return list(accumulate((2 if east_asian_width(char) in "WF" else 1 for char in line), initial=0))


def measures_of(amounts: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Measure]:
    """The measures that a table may be laid out by, from its lines and where amounts stand in them (offsets in the line).

    Pairs of amounts that stand in line by one measure and not by the other tell. Where they tell nothing, characters
    are counted, as pdftotext does; where they speak for the other but not clearly, both are left. Text without Chinese
    characters before amounts reads alike by either.
    """
    votes = [0, 0]
    alike = True
    placed = []
    for line, spans in amounts:
        wide = by_display(line)
        alike = alike and all(wide[end] == end for _, end in spans)
        placed.append([((start, end), (wide[start], wide[end])) for start, end in spans])
    if alike:
        return [by_character]
    for at, line_spans in enumerate(placed):
        for other in placed[at + 1 : at + 1 + _LINES]:
            for one in line_spans:
                fits = [any(_in_line(one[which], each[which]) for each in other) for which in (0, 1)]
                votes[0] += fits[0] and not fits[1]
                votes[1] += fits[1] and not fits[0]
    if votes[0] > _CLEARLY * votes[1]:
        return [by_character]
    if votes[1] > _CLEARLY * votes[0]:
        return [by_display]
    return [by_character] if votes[0] >= votes[1] else [by_character, by_display]


def _in_line(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two amounts end or begin at one place, or have one middle."""
    return one[1] == other[1] or one[0] == other[0] or abs(sum(one) - sum(other)) <= 1


def holds(layout: Layout, identities: Sequence[str]) -> bool:
    """Whether a reading was whole and its rows break no identity, where at least one applies."""
    counts = broken_by_row(identities, layout)
    return not layout.problems and bool(counts) and not any(counts)


def same_places(one: Layout, other: Layout) -> bool:
    """Whether two readings put every cell below the same words of the header, beside the same cells."""
    return _cells(one) == _cells(other)


def _cells(layout: Layout) -> list[list[tuple[tuple[str, ...], tuple[tuple[int, int], ...]]]]:
    return [sorted((row.columns[index].path, cell.pieces) for index, cell in row.cells.items()) for row in layout.rows]
