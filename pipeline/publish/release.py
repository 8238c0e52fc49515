"""Frames to a release: whole or not at all, named by what is in it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.descriptor import datapackage, readme
from pipeline.publish.files import sha256_of, write_csv, write_parquet
from schemas.tables import TABLES

_PARQUET_ONLY = ("numbers", "spans")


class PublishError(RuntimeError):
    """A release could not be written. Says where, why and what to do; what was there before is untouched."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release and whether this build wrote it (False: it was there already, byte for byte)."""

    release_id: str
    path: Path
    written: bool
    rows: dict[str, int]


def publish(
    frames: Mapping[str, pl.DataFrame],
    texts: Mapping[str, str],
    out: Path,
    sources: Sequence[Mapping[str, Any]],
    fingerprints: Mapping[str, str],
) -> Release:
    """Write the release of ``frames`` below ``out`` and move ``latest`` to it. Raises PublishError."""
    releases = out / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            for left in releases.glob(".tmp-*"):
                shutil.rmtree(left)
            staged = releases / f".tmp-{os.getpid()}"
            try:
                return _stage(staged, frames, texts, out, sources, fingerprints)
            finally:
                if staged.exists():
                    shutil.rmtree(staged)
    except OSError as error:
        raise PublishError(
            f"cannot write the release below {out} ({error.strerror or error}); make room or name another folder with --out"
        ) from error


def _stage(
    staged: Path,
    frames: Mapping[str, pl.DataFrame],
    texts: Mapping[str, str],
    out: Path,
    sources: Sequence[Mapping[str, Any]],
    fingerprints: Mapping[str, str],
) -> Release:
    staged.mkdir()
    rows_of: dict[Path, int] = {}
    csvs: dict[str, list[Path]] = {}
    rows = {name: frames[name].height for name in TABLES}
    for name, spec in TABLES.items():
        rows_of |= write_parquet(frames[name], spec, staged / "parquet" / name)
        if name not in _PARQUET_ONLY:
            written = write_csv(frames[name], name, staged / "csv")
            csvs[name] = list(written)
            rows_of |= written
    (staged / "sources").mkdir()
    for disclosure_id in sorted(texts):
        (staged / "sources" / f"{disclosure_id}.txt").write_bytes(texts[disclosure_id].encode("utf-8"))
    _write(staged / "README.md", readme(rows))
    _write(staged / "datapackage.json", _json(datapackage(staged, csvs)))
    files = sorted(path for path in staged.rglob("*") if path.is_file())
    hashes = {path.relative_to(staged).as_posix(): sha256_of(path) for path in files}
    listed = "".join(f"{name}\0{hashes[name]}\n" for name in sorted(hashes))
    release_id = hashlib.sha256(listed.encode()).hexdigest()[:16]
    target = out / "releases" / release_id
    if target.is_dir():
        _point(out, release_id)
        return Release(release_id, target, False, rows)
    entries = [
        {
            "path": path.relative_to(staged).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": hashes[path.relative_to(staged).as_posix()],
            "rows": rows_of.get(path),
        }
        for path in files
    ]
    manifest = {"release_id": release_id, "rows": rows, "files": entries, "sources": list(sources), **fingerprints}
    _write(staged / "manifest.json", _json(manifest))
    hashes["manifest.json"] = sha256_of(staged / "manifest.json")
    _write(staged / "SHA256SUMS", "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)))
    for path in staged.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        if path.is_file():
            _sync(path)
    staged.chmod(0o755)
    staged.rename(target)
    _sync(target.parent)
    _point(out, release_id)
    return Release(release_id, target, True, rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(out: Path, release_id: str) -> None:
    """Move ``latest`` in one step; it leads to a whole release at every moment."""
    wanted = Path("releases") / release_id
    latest = out / "latest"
    if latest.is_symlink() and Path(os.readlink(latest)) == wanted:
        return
    fresh = out / f".latest-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(wanted)
    fresh.replace(latest)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                f"another build is writing to {out}; wait for it or name another folder with --out"
            ) from error
        yield
