"""Limits of what reading one source may cost: bytes, time, memory, cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``max_bytes`` of a source and ``max_inflated`` of what is packed in it, ``max_characters`` of its text, ``max_cells``
    of its tables together, ``seconds`` of processor time and ``memory_bytes`` of whoever reads it. Each page whose characters
    have to be recognised has these seconds anew; there are ``max_recognised`` such pages at most, others stay unread.

    After ``patience`` seconds of any kind a reader that does not work, but waits, is given up.
    """

    max_bytes: int = 256 * 1024 * 1024
    max_inflated: int = 512 * 1024 * 1024
    max_characters: int = 20_000_000
    max_cells: int = 250_000
    max_recognised: int = 400
    seconds: float = 120.0
    patience: float = 3600.0
    memory_bytes: int = 3 * 1024 * 1024 * 1024
