"""Folders that take long to make, made once for all workers of a test run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

State = dict[str, tuple[int, int]]


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Iterator[Path]:
    """Yield the folder ``name`` that ``make`` fills in the first worker that wants it. Nobody may change it: that fails."""
    base = factory.getbasetemp()
    # The folders of workers lie in that of their run; without workers, the parent is that of all runs.
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, done = run / f"shared-{name}", run / f"shared-{name}.done"
    with FileLock(run / f"shared-{name}.lock"):
        if not done.exists():
            shutil.rmtree(made, ignore_errors=True)  # what failed half-way in another worker
            made.mkdir()
            make(made)
            done.touch()
    before = state(made)
    yield made
    assert state(made) == before, f"a test has changed the shared folder {made}: change a copy"


def state(folder: Path) -> State:
    """Size and time of every file below ``folder``."""
    stats = {path.relative_to(folder).as_posix(): path.lstat() for path in folder.rglob("*") if not path.is_dir()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def copy_of(folder: Path, new: Path) -> Path:
    """Copy a folder as it is: links stay links, and files that are one on disk stay one."""
    first: dict[int, str] = {}

    def copy(source: str, target: str) -> str:
        known = first.setdefault(os.stat(source).st_ino, target)
        if known == target:
            shutil.copy2(source, target)
        else:
            os.link(known, target)
        return target

    return Path(shutil.copytree(folder, new, symlinks=True, copy_function=copy))
