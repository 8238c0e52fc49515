"""Where the amounts of a flowing row stand: gaps first, identities where gaps leave a choice.

In flowing text cells are joined by one space, and a blank cell is only some more of them: one or two, the same
throughout a table. Blanks at the end of a line may be lost. What the gaps determine stands; among what they leave
open, the placement that breaks the fewest of the form's identities is taken, and a tie is not decided. Where no row of a table
shows a blank, spaces were lost: there a placement that breaks an identity gives way to the only one that breaks none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb

from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.identities import Applicable, applicable, count_broken

_WIDTHS = (1, 2)
#: So many placements of a row are looked through.
_MOST = 5_000
#: The penalty of a row that has no place at all.
_NONE = 9


@dataclass(slots=True)
class Run:
    """The amounts of one row: their values, the spaces between them, before the first and after the last.

    ``lead`` counts the spaces before the first amount, ``keys`` the key cells that are blank there (a row without
    any label), and ``joined`` whether a cell stands before it on the same line. ``merged`` is true where the label
    may be one cell over all key columns (合计), so that there are no blank ones; ``below`` counts the spaces of a line
    of nothing else that follows: blank cells, too.
    """

    values: list[Decimal]
    gaps: list[int]
    lead: int
    trail: int
    keys: int
    joined: bool
    merged: bool = False
    below: int = 0


@dataclass(frozen=True, slots=True)
class _Choice:
    places: tuple[int, ...]
    penalty: int


@dataclass(frozen=True, slots=True)
class _Choices:
    """All placements that the spaces of a row leave open, and those of the ``least`` penalty."""

    all: tuple[_Choice, ...]
    least: int
    best: tuple[_Choice, ...]


def place(
    runs: Sequence[Run], columns: Sequence[Column], identities: Sequence[str]
) -> list[tuple[tuple[int, ...], str] | None]:
    """For each run the indices into ``columns`` (the columns of amounts) and what placed it; None for a tie."""
    widths = _widths(runs, len(columns))
    sides = applicable(identities, columns)
    if any(len(run.values) == len(columns) and max(run.gaps, default=1) > 1 for run in runs):
        return [_placed_by_identities(run, len(columns), sides) for run in runs]  # such gaps are no blank cells
    placed = [[_place(run, len(columns), sides, width) for run in runs] for width in widths]
    if not any(_shows_blanks(run) for run in runs):
        # Spaces say nothing here: what they seem to say stands only where it breaks no identity.
        return [
            spot if spot and not _breaks(run, spot[0], sides) else _placed_by_identities(run, len(columns), sides)
            for run, spot in zip(runs, placed[0], strict=True)
        ]
    if len(placed) == 1:
        return placed[0]
    # The gaps fit either width equally well (blanks at the ends of lines are lost): identities choose, of the rows
    # first and then of the columns.
    scores = [(-_broken_rows(runs, one, sides), _columns_adding_up(runs, one, len(columns))) for one in placed]
    if scores[0] != scores[1]:
        return placed[scores.index(max(scores))]
    return [
        one if one is not None and other is not None and one[0] == other[0] else None for one, other in zip(*placed)
    ]


def _shows_blanks(run: Run) -> bool:
    """Whether spaces of the row show a blank cell."""
    return max(run.gaps, default=1) > 1 or run.trail > 1 or run.below > 0 or run.lead > 1


def _placed_by_identities(run: Run, count: int, sides: Applicable) -> tuple[tuple[int, ...], str] | None:
    """Where nothing shows a blank cell, any may be one: a row that has them is placed by identities or not at all."""
    if len(run.values) == count:
        places = tuple(range(count))
        return places, "both" if _breaks(run, places, sides) == 0 else "layout"
    if comb(count, len(run.values)) > _MOST:
        return None
    fitting = [c for c in combinations(range(count), len(run.values)) if _breaks(run, c, sides) == 0]
    return (fitting[0], "identity") if len(fitting) == 1 else None


def _choices(run: Run, count: int, width: int) -> _Choices:
    """What the spaces of a row leave open."""
    steps, odd, trail = [], 0, run.trail
    for gap in run.gaps:
        blanks, rest = divmod(gap - 1, width)
        steps.append(blanks + 1)
        odd += rest
    span = sum(steps) + 1
    found = []
    for first in range(0, count - span + 1):
        before = [
            width * (first + blank) + (1 if run.joined else 0) for blank in {run.keys, 0 if run.merged else run.keys}
        ]
        after = 1 + width * (count - first - span)
        penalty = odd * 3 + min(2, *(abs(run.lead - spaces) for spaces in before))
        # Blanks at the end may be lost whole, and a line may carry one space more.
        penalty += 0 if after in (trail, trail + run.below) else 1 if trail <= 1 or trail == after + 1 else 2
        places = [first]
        for step in steps:
            places.append(places[-1] + step)
        found.append(_Choice(tuple(places), penalty))
    least = min((choice.penalty for choice in found), default=_NONE)
    return _Choices(tuple(found), least, tuple(choice for choice in found if choice.penalty == least))


def _widths(runs: Sequence[Run], count: int) -> list[int]:
    """How many spaces a blank cell adds in this table; both, where the rows fit the one as well as the other."""

    def fit(width: int) -> tuple[int, int]:
        best = [_choices(run, count, width).least for run in runs]
        return best.count(0), -sum(best)

    if all(gap == 1 for run in runs for gap in run.gaps):
        return [max(_WIDTHS, key=lambda width: (fit(width), -width))]
    best = max(fit(width) for width in _WIDTHS)
    return [width for width in _WIDTHS if fit(width) == best]


def _broken_rows(
    runs: Sequence[Run],
    placed: Sequence[tuple[tuple[int, ...], str] | None],
    sides: Applicable,
) -> int:
    """Identities that the rows break as placed. A row that is not placed counts as if it broke one."""
    return sum(1 if spot is None else _breaks(run, spot[0], sides) or 0 for run, spot in zip(runs, placed, strict=True))


def _columns_adding_up(runs: Sequence[Run], placed: Sequence[tuple[tuple[int, ...], str] | None], count: int) -> int:
    """Columns in which the greatest amount is the sum of all others: a total stands over its details."""
    columns: list[list[Decimal]] = [[] for _ in range(count)]
    for run, spot in zip(runs, placed, strict=True):
        for place_, value in zip(spot[0] if spot else (), run.values, strict=False):
            columns[place_].append(value)
    return sum(len(values) > 1 and 2 * max(values) == sum(values) for values in columns)


def _place(run: Run, count: int, sides: Applicable, width: int) -> tuple[tuple[int, ...], str] | None:
    if len(run.values) == count:
        places = tuple(range(count))
        return places, "both" if _breaks(run, places, sides) == 0 else "layout"
    choices = _choices(run, count, width)
    if not choices.all:
        return None
    least, best = choices.least, choices.best
    if least == 0 and len(best) == 1:
        places = best[0].places
        return places, "both" if _breaks(run, places, sides) == 0 else "layout"
    weighed = [(_breaks(run, c.places, sides), c) for c in choices.all]
    judged = [(breaks, c) for breaks, c in weighed if breaks is not None]
    if judged:
        fewest = min(breaks for breaks, _ in judged)
        left = [c for breaks, c in judged if breaks == fewest]
        if len(left) > 1:
            nearest = min(c.penalty for c in left)
            left = [c for c in left if c.penalty == nearest]
        if len(left) == 1:
            return left[0].places, "both" if left[0].penalty == least and len(best) == 1 else "identity"
        return None
    return (best[0].places, "layout") if len(best) == 1 and least <= 1 else None


def _breaks(run: Run, places: Sequence[int], sides: Applicable) -> int | None:
    return count_broken(sides, dict(zip(places, run.values, strict=True)))
