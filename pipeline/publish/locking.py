"""One writer at a time: a lock on an output folder, free again when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: set[Path] = set()


class Locked(RuntimeError):  # noqa: N818 - says what the folder is
    """Another process is writing to the folder."""

    def __init__(self, out: Path) -> None:
        super().__init__(f"another build is writing to {out}; wait for it or name another folder with --out")


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Be the only writer of ``out`` in all processes; within one process it may be nested. Raises Locked."""
    key = out.resolve()
    if key in _held:
        yield
        return
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(out) from None
        _held.add(key)
        try:
            yield
        finally:
            _held.discard(key)
