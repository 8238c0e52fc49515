"""How assembled text is made of its pieces. One function, used by extraction and repeated by ``verify``."""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import lru_cache

_LATIN = frozenset(string.ascii_letters)
#: Characters of ASCII that print something.
_ASCII = frozenset(map(chr, range(0x21, 0x7F)))


@lru_cache(maxsize=16_384)
def _part(piece: str) -> str:
    part = ""
    for word in piece.split():
        part += f" {word}" if part and part[-1] in _ASCII and word[0] in _ASCII else word
    return part


def join(pieces: Iterable[str]) -> str:
    """The text that ``pieces`` spell, without the white space that only layout made.

    White space inside a piece survives, as one space, between two ASCII characters and nowhere else.
    Between two pieces a space is set only where a Latin letter stands on both sides.
    """
    text = ""
    for part in map(_part, pieces):
        if text and part and part[0] in _LATIN and text[-1] in _LATIN:
            text += " "
        text += part
    return text
