"""The library that recognises characters: where text stands on a picture, and what a piece of it says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr.main import RapidOCRError

Picture = NDArray[np.uint8]
#: Pixels from the top left corner: left, top, right, bottom.
Area = tuple[int, int, int, int]

#: Pixels of the longer side of a picture on which text is looked for: those of A4.
_SIDE = 2400
_MODELS = Path(rapidocr.__file__).parent / "models"


class Said(NamedTuple):
    """What a piece of a picture says, and how sure that is of each character, from 0 to 1."""

    text: str
    confidences: Sequence[float]


def find(picture: Picture) -> list[Area]:
    """Where text stands on ``picture``, which is upright."""
    if picture.min() == picture.max():
        return []  # nothing is printed, as on the back of a page; to look for it would take seconds
    share = min(_SIDE / max(picture.shape), 1.0)
    small = picture if share == 1.0 else cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    try:
        _, found = _engine().detect_and_crop(small, {})
    except RapidOCRError:  # what it raises where there is no text
        return []
    return [_around(corners / share) for corners in found.boxes]


def recognise(pieces: Sequence[Picture]) -> list[Said]:
    """What each of ``pieces`` says, a line of text each."""
    if not pieces:
        return []
    answer = _engine().recognize_txt(list(pieces))
    return [Said(text, words.confs[: len(text)]) for text, words in zip(answer.txts, answer.word_results, strict=True)]


def _around(corners: Any) -> Area:
    left, top = np.floor(corners.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).tolist()
    return left, top, right, bottom


@cache
def _engine() -> Any:
    """The library with its models, on one thread: more would add up in another order, and so say something else."""
    cv2.setNumThreads(1)
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.return_word_box": True,
            "Global.use_vertical_padding": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # Named, they are not looked for anywhere else.
            "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
        }
    )
