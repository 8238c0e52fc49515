"""The ink of a picture, and the rules of tables among it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.recognition.engine import Area, Picture

#: 1 where there is ink, 0 elsewhere.
Ink = NDArray[np.uint8]
#: The least length of a rule, in pixels of a picture at 200 dots an inch: higher than any character of a table.
_LENGTH = 60
#: Pixels that a rule may be broken by, and that it is thick at most.
_BREAK, _THICK = 5, 14
#: Pixels of the surroundings with which paper is compared, and by how much ink is darker.
_AROUND, _DARKER = 51, 24
#: Specks of so few pixels are dust.
_DUST = 6


def ink_of(picture: Picture) -> Ink:
    """The ink on ``picture``: darker than the paper around it, without dust."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    mean = cv2.ADAPTIVE_THRESH_MEAN_C
    ink = cv2.adaptiveThreshold(grey, 1, mean, cv2.THRESH_BINARY_INV, _AROUND, _DARKER)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] > _DUST
    kept[0] = False
    found: Ink = kept[labels].astype(np.uint8)
    return found


class Rule(NamedTuple):
    """A level or upright rule: where it is, and its pixels there."""

    area: Area
    level: bool
    pixels: NDArray[np.bool_]


def rules_of(ink: Ink) -> list[Rule]:
    """The level and upright rules among ``ink``."""
    rules: list[Rule] = []
    for level in (True, False):
        kernel = np.ones((1, _LENGTH) if level else (_LENGTH, 1), np.uint8)
        bridge = np.ones((1, _BREAK) if level else (_BREAK, 1), np.uint8)
        # A rule that is not quite level steps from one row of pixels to the next.
        thick = np.ones((3, 1) if level else (1, 3), np.uint8)
        whole = cv2.morphologyEx(cv2.dilate(ink, thick), cv2.MORPH_CLOSE, bridge)
        long = cv2.morphologyEx(whole, cv2.MORPH_OPEN, kernel)
        for area, pixels in _components(np.asarray(long, np.uint8)):
            left, top, right, bottom = area
            if (bottom - top if level else right - left) <= _THICK:
                rules.append(Rule(area, level, pixels))
    return rules


def _components(mask: Ink) -> Iterator[tuple[Area, NDArray[np.bool_]]]:
    """What hangs together in ``mask``: its box, and its pixels within it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for number in range(1, count):
        left, top, width, height, _ = stats[number].tolist()
        area = left, top, left + width, top + height
        yield area, labels[top : top + height, left : left + width] == number


def trimmed(ink: Ink, area: Area) -> Area | None:
    """The part of ``area`` that holds ink; None where none does."""
    left, top, right, bottom = area
    held = ink[max(top, 0) : bottom, max(left, 0) : right]
    across, down = np.flatnonzero(held.any(axis=0)), np.flatnonzero(held.any(axis=1))
    if not len(across):
        return None
    left, top = max(left, 0), max(top, 0)
    return left + int(across[0]), top + int(down[0]), left + int(across[-1]) + 1, top + int(down[-1]) + 1


def lines_in(ink: Ink, area: Area, least: int) -> list[Area]:
    """The lines of text in ``area``, at least ``least`` pixels high, by the rows of pixels without ink between them."""
    left, top, right, bottom = area
    filled = np.concatenate(([0], ink[top:bottom, left:right].any(axis=1).astype(np.int8), [0]))
    starts, ends = np.flatnonzero(np.diff(filled) == 1), np.flatnonzero(np.diff(filled) == -1)
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        line = trimmed(ink, (left, top + start, right, top + end))
        if line and end - start >= least:
            found.append(line)
    return found
