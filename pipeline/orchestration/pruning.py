"""``yusuan prune``: old releases, what belongs to them, and what nothing in the store refers to. Never ``latest``."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.orchestration.releases import forget_unused
from pipeline.publish.locking import alone


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be: releases, change logs and leftovers by name, and the bytes that frees."""

    releases: list[str]
    others: list[str]
    bytes: int

    def __str__(self) -> str:
        lines = [f"release    {name}" for name in self.releases] + [f"           {name}" for name in self.others]
        return "\n".join([*lines, f"freed      {self.bytes:,} bytes"])


class NoReleases(RuntimeError):
    """A folder without releases. Says what to name instead."""


def prune(out: Path, keep: int, dry_run: bool = False) -> Pruned:
    """Remove all releases below ``out`` but the ``keep`` newest, of which ``latest`` is one. Raises NoReleases, Locked or OSError.

    With a release go the change logs from it and to it. What killed builds left, and what the last release did not use
    of the store, goes in any case; a later build makes it again where it is needed.
    """
    if not (out / "releases").is_dir():
        raise NoReleases(f"{out} holds no releases; name the folder that builds write to with --out")
    with alone(out):
        latest = (out / "latest").resolve()
        releases = [each for each in (out / "releases").glob("[!.]*") if each.is_dir() and each != latest]
        releases.sort(key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True)
        old = releases[max(keep - latest.is_dir(), 0) :]
        gone = {each.name for each in old}
        logs = [each for each in (out / "changes").glob("*..*.json") if gone & set(each.stem.split(".."))]
        left = [*(out / "releases").glob(".tmp-*"), *out.glob(".latest-*"), *out.glob(".dagster.damaged")]
        freed = sum(map(_size, (*old, *logs, *left)))
        for each in (*old, *logs, *left) if not dry_run else ():
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        # After the releases: what only they shared with the store counts now.
        freed += forget_unused(out, dry_run)
    return Pruned(sorted(gone), sorted(each.relative_to(out).as_posix() for each in (*logs, *left)), freed)


def _size(path: Path) -> int:
    """The bytes that removing ``path`` frees: those of files that have no other name."""
    files = [path] if path.is_symlink() or path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(stat.st_size for stat in (each.lstat() for each in files) if stat.st_nlink == 1)
