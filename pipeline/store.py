"""What is kept between builds: values by the key of what they are made from, and files by the digest of their content.

Everything lies in one folder and may be deleted at any time: what is missing or damaged is made again. Entries appear
whole (written beside and renamed), so several processes may read and write at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_LOG = logging.getLogger("yusuan")
_DIGEST = 32


class DamagedEntry(RuntimeError):  # noqa: N818 - says what the entry is
    """A file of the store cannot be used; the next build makes it again."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path.name[:16]}… of the store {why}; run the build again to make it anew")

    def __reduce__(self) -> tuple[type[DamagedEntry], tuple[Path, str]]:
        return type(self), (self.path, self.why)


class Blob(NamedTuple):
    """A file of the store: the digest of its content, by which it is named, its size, and when it was written."""

    sha256: str
    bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Store:
    """The entries below ``folder``, which is made when something is put there."""

    folder: Path

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The value under ``key``; ``make`` gives it, and it is kept, where it is missing or damaged."""
        value = self.read(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def has(self, key: str) -> bool:
        """Whether there is a value under ``key``, damaged or not."""
        return self.path(key).is_file()

    def read(self, key: str) -> bytes | None:
        """The value under ``key``; None where there is none. A damaged one is removed, and the log says so."""
        path = self.path(key)
        try:
            held = path.read_bytes()
        except FileNotFoundError:
            return None
        if len(held) >= _DIGEST and hashlib.sha256(memoryview(held)[_DIGEST:]).digest() == held[:_DIGEST]:
            return held[_DIGEST:]
        _LOG.warning("%s was damaged and is removed; what it held is made again", path)
        path.unlink(missing_ok=True)
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep ``value`` under ``key``."""
        self._write(self.path(key), hashlib.sha256(value).digest() + value)

    def add(self, content: bytes) -> Blob:
        """Keep ``content`` as a file of its own, which a release may link to."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        # The same content may belong to several parts, which know the file by the time when it was written.
        if not (path.is_file() and path.read_bytes() == content):
            self._write(path, content)
        return Blob(sha256, len(content), path.stat().st_mtime_ns)

    def content(self, blob: Blob) -> bytes:
        """The content of a file. Raises DamagedEntry where it is not what was written; it is then removed."""
        return self.intact(blob).read_bytes()

    def intact(self, blob: Blob) -> Path:
        """Where a file lies whose bytes are those that were written. Raises DamagedEntry; what is damaged is removed."""
        path = self.path(blob.sha256)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise DamagedEntry(path, "is gone") from error
        if found != blob.sha256:
            path.unlink(missing_ok=True)
            raise DamagedEntry(path, "was damaged and is removed")
        return path

    def untouched(self, blob: Blob) -> bool:
        """Whether the file is as it was written, as far as size and time show."""
        try:
            stat = self.path(blob.sha256).stat()
        except FileNotFoundError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (blob.bytes, blob.mtime_ns)

    def path(self, name: str) -> Path:
        """Where the entry of a key or a digest lies."""
        return self.folder / name[:2] / name

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            with beside.open("wb") as file:
                file.write(content)
            beside.chmod(0o644)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within, no other process prunes: entries may be relied on that no release has used yet."""
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def is_idle(self) -> bool:
        """Whether no process of this machine uses the store."""
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def prune(self, live: Collection[str], dry_run: bool = False) -> int:
        """Remove all entries but ``live``, and what killed processes left; nothing while others use the store.

        Returns how many bytes that frees, or would, where ``dry_run`` is set.
        """
        freed = 0
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            for folder in self.folder.iterdir():
                for entry in os.scandir(folder) if folder.is_dir() else ():
                    if entry.name not in live:
                        stat = entry.stat(follow_symlinks=False)
                        freed += stat.st_size if stat.st_nlink == 1 else 0
                        if not dry_run:
                            Path(entry.path).unlink(missing_ok=True)
        return freed

    @contextmanager
    def _lock(self) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            yield lock
        finally:
            os.close(lock)
