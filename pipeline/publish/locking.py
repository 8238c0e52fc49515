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
def alone(out: Path, lock: Path | None = None, wait: bool = False) -> Iterator[None]:
    """Be the only writer of ``out`` in all processes; within one process it may be nested. Raises Locked, or waits.

    The lock is the file ``lock``, where ``out`` itself is published as it is; else a file in it.
    """
    key = out.resolve()
    if key in _held:
        yield
        return
    lock = lock or out / ".lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Locked(out) from None
        _held.add(key)
        try:
            yield
        finally:
            _held.discard(key)
