"""The bytes of a file, after a look at what it is: nothing is read that blocks, has no end, or lies elsewhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISLNK, "a symbolic link"),
)
_OUTSIDE = "a symbolic link that leads outside the raw folder is not followed; copy the file there"
_CIRCLE = "it is a symbolic link that leads to itself; put the document itself there"
CHANGING = "it was written while it was read; the next build reads it again"
_HOLES = "parts of it were never written (a sparse file, or a download that is not at its end); fetch it again"
#: Some file systems give the end of a small file as a hole.
_SPARSE_FROM = 1 << 20


class Unreadable(ValueError):  # noqa: N818 - says what the file is
    """A source whose bytes cannot be had; the message is for a person."""


def read_below(path: Path, root: Path, most: int) -> bytes:
    """The bytes of the file at ``path``; a link is followed where it stays below ``root``, which is resolved.

    Raises Unreadable where it is no file, larger than ``most`` bytes or changes meanwhile, and OSError.
    """
    if not path.is_symlink():
        return _read(path, most)
    try:
        target = path.resolve()
    except RuntimeError as error:  # so Python up to 3.12
        raise Unreadable(_CIRCLE) from error
    if not target.is_relative_to(root):
        raise Unreadable(_OUTSIDE)
    return _read(target, most)


def _read(path: Path, most: int) -> bytes:
    seen = os.lstat(path)
    _check(seen, most)
    # Were the file replaced by a pipe at this moment, opening it would not wait.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _state(os.fstat(handle)) != _state(seen):
            raise Unreadable(CHANGING)
        if seen.st_size >= _SPARSE_FROM and _has_holes(handle, seen.st_size):
            raise Unreadable(_HOLES)
        data = _whole(handle, seen.st_size)
        if len(data) != seen.st_size or _state(os.fstat(handle)) != _state(seen):
            raise Unreadable(CHANGING)
        return data
    finally:
        os.close(handle)


def _check(seen: os.stat_result, most: int) -> None:
    """Refuse what was ``seen`` if it is no file that can be read. Raises Unreadable."""
    if not stat.S_ISREG(seen.st_mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(seen.st_mode)), "of an unknown kind")
        raise Unreadable(f"it is {kind}, and not a file; put the document itself there")
    if seen.st_size > most:
        raise Unreadable(f"{seen.st_size} bytes are more than the {most} that a source may have")


def _state(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_mode, seen.st_size, seen.st_mtime_ns


def _has_holes(handle: int, size: int) -> bool:
    try:
        found = os.lseek(handle, 0, os.SEEK_HOLE)
    except OSError:  # a file system that does not know
        found = size
    os.lseek(handle, 0, os.SEEK_SET)
    return found < size


def _whole(handle: int, size: int) -> bytes:
    """What can be read, up to one byte more than ``size``."""
    with os.fdopen(handle, "rb", closefd=False) as file:
        return file.read(size + 1)
