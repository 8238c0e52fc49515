"""Files written whole or not at all, linked, and known by their digest. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path


def beside(path: Path) -> Path:
    """Where a file or folder is written before it is renamed to ``path``: one name, for there is one writer at a time.

    Without a number of a process in it, what a killed one left is overwritten, or found and removed (``sweep``).
    """
    return path.with_name(f".{path.name}.new")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; for its only writer."""
    fresh = beside(path)
    fresh.write_bytes(data)
    fresh.replace(path)


def sweep(folder: Path) -> None:
    """Remove what a killed process left beside the files of ``folder``; for its only writer."""
    for left in folder.glob(".*.new"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def link(source: Path, target: Path) -> None:
    """The file ``source`` under another name: the same bytes on disk where the file system can, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def sha256_of(path: Path) -> str:
    """The digest of a file, read some bytes at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
