"""How assembled text is made of its pieces. One function, used by extraction and repeated by ``verify``."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPACE = re.compile(r"\s+")
_NARROW_GAP = re.compile(r"(?<=[!-~]) (?=[!-~])")
_DROP = re.compile(r" ")


def join(pieces: Iterable[str]) -> str:
    """The text that ``pieces`` spell, without the white space that only layout made.

    White space inside a piece survives, as one space, between two ASCII characters and nowhere else.
    Between two pieces a space is set only where a Latin letter stands on both sides.
    """
    text = ""
    for piece in pieces:
        part = _SPACE.sub(" ", piece.strip())
        part = _DROP.sub("", _NARROW_GAP.sub("\x00", part)).replace("\x00", " ")
        if not part:
            continue
        if text and text[-1].isascii() and text[-1].isalpha() and part[0].isascii() and part[0].isalpha():
            text += " "
        text += part
    return text
