"""Stretches of a line or a text, each from a start to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import le
from typing import TypeVar

Number = TypeVar("Number", int, float)


def united(
    spans: Iterable[tuple[Number, Number]], goes_on: Callable[[Number, Number], bool] = le
) -> list[tuple[Number, Number]]:
    """The stretches in order, each with those that begin within it as one.

    ``goes_on`` is asked of the start of one and the end of those before it: as it is, also one that begins at that end.
    """
    found: list[tuple[Number, Number]] = []
    for start, end in sorted(spans):
        if found and goes_on(start, found[-1][1]):
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
