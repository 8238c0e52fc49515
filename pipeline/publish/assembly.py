"""A file put together of pieces, most of which a file of the release before holds already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.publish.files import blocks
from pipeline.publish.reuse import Base

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """A piece by the digest of what it is made of, and how to make it: bytes, or a file that holds them."""

    digest: str
    make: Callable[[], bytes | Path]


def assemble(pieces: Sequence[Made], path: Path, base: Base | None = None) -> tuple[int, str, tuple[int, ...]]:
    """Write ``pieces`` one after the other; returns bytes, sha256 and the bytes of each.

    What ``base`` holds is copied out of it. It is read whole: where its bytes are not those that were published,
    everything is made anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if base is not None:
        with path.open("wb") as out, base.path.open("rb") as source:
            copy = _Copy(out, source)
            lengths = tuple(copy.piece(piece, base) for piece in pieces)
            if copy.finish() == base.sha256:
                return sum(lengths), copy.sha256, lengths
    digest = hashlib.sha256()
    lengths = ()
    with path.open("wb") as out:
        for piece in pieces:
            length = 0
            for block in _made(piece):
                digest.update(block)
                length += out.write(block)
            lengths += (length,)
    return sum(lengths), digest.hexdigest(), lengths


def _made(piece: Made) -> Iterator[bytes]:
    made = piece.make()
    return iter([made]) if isinstance(made, bytes) else blocks(made)


class _Copy:
    """Goes through the old file from front to back while the new one is written, and takes the digests of both.

    As long as both are the same one digest will do for them.
    """

    def __init__(self, out: BinaryIO, source: BinaryIO) -> None:
        self._out, self._source, self._at = out, source, 0
        self._old = hashlib.sha256()
        self._new = self._old

    def _part(self) -> None:
        if self._new is self._old:
            self._new = self._old.copy()

    def piece(self, piece: Made, base: Base) -> int:
        """Write a piece: out of the old file, where it stands there and is not passed yet. Returns its bytes."""
        start, length = base.pieces.get(piece.digest, (-1, 0))
        if start < self._at:
            self._part()
            written = 0
            for block in _made(piece):
                self._new.update(block)
                written += self._out.write(block)
            return written
        if start > self._at:
            self._part()
            for block in self._read(start - self._at):
                self._old.update(block)
        for block in self._read(length):
            self._old.update(block)
            if self._new is not self._old:
                self._new.update(block)
            self._out.write(block)
        return length

    def _read(self, length: int) -> Iterator[bytes]:
        self._at += length
        while length and (block := self._source.read(min(length, _BLOCK))):
            length -= len(block)
            yield block

    def finish(self) -> str:
        """Read the old file to its end and give its sha256."""
        self._part()
        while block := self._source.read(_BLOCK):
            self._old.update(block)
        return self._old.hexdigest()

    @property
    def sha256(self) -> str:
        return self._new.hexdigest()
