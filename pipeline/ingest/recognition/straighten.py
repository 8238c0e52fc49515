"""A scan that was put on the glass askew, turned so that its lines of text and rules are level."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.recognition.engine import Picture

#: Degrees by which a scan may be askew, the steps in which that is looked for, and below which it is level.
_MOST, _COARSE, _FINE, _LEVEL = 4.0, 0.5, 0.05, 0.04
#: Pixels of the longer side of the copy on which it is looked for.
_SIDE = 1200


def straightened(picture: Picture) -> Picture:
    """``picture``, turned about its middle by what it is askew."""
    angle = _askew(picture)
    return _turned(picture, angle) if abs(angle) >= _LEVEL else picture


def _askew(picture: Picture) -> float:
    """The degrees to turn by so that ink gathers in the fewest rows of pixels."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    share = min(_SIDE / max(grey.shape), 1.0)
    small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    ink = (255 - np.maximum(small, 128)) * (small < 200)

    def best(angles: NDArray[np.float64]) -> float:
        return float(max(angles, key=lambda angle: _sharpness(ink.astype(np.uint8), float(angle))))

    coarse = best(np.arange(-_MOST, _MOST + _COARSE / 2, _COARSE))
    return best(np.arange(coarse - _COARSE, coarse + _COARSE + _FINE / 2, _FINE))


def _sharpness(ink: Picture, angle: float) -> float:
    """How much rows of pixels differ from the next, with ``ink`` turned by ``angle``."""
    rows = _turned(ink, angle, 0).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _turned(picture: Picture, angle: float, around: int = 255) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    colour = (around,) * 3
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=colour)
    return np.asarray(turned, np.uint8)
