"""Parts to a release: whole or not at all, named by what is in it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.descriptor import datapackage, readme
from pipeline.publish.files import Sizes, link, sha256_of, write_csv, write_parquet
from pipeline.publish.locking import Locked, alone
from pipeline.publish.manifest import Text, listed, release_id, write_manifest, write_sums
from pipeline.publish.part_writing import write_part
from pipeline.publish.parts import Part
from pipeline.publish.reuse import Reuse, Written
from pipeline.publish.row_files import Mapped, here, of_parts
from pipeline.publish.writing import cannot_write
from schemas.tables import TABLES


class PublishError(RuntimeError):
    """A release could not be written. Says where, why and what to do; what was there before is untouched."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release and whether this build wrote it (False: it was there already, byte for byte)."""

    release_id: str
    path: Path
    written: bool
    rows: dict[str, int]


_MANY = 500


def publish(
    frames: Mapping[str, pl.DataFrame],
    texts: Mapping[str, str],
    out: Path,
    sources: Sequence[Mapping[str, Any]],
    fingerprints: Mapping[str, str],
) -> Release:
    """Write the release of ``frames`` below ``out`` as one part and move ``latest`` to it. Raises PublishError."""
    with tempfile.TemporaryDirectory() as folder:
        part = write_part(frames, {i: text.encode("utf-8") for i, text in texts.items()}, Path(folder), "part")
        return publish_parts([part], frames["classifications"], out, sources, fingerprints)


def publish_parts(
    parts: Sequence[Part],
    classifications: pl.DataFrame,
    out: Path,
    sources: Iterable[Mapping[str, Any]],
    fingerprints: Mapping[str, str],
    mapped: Mapped = here,
    sizes: Sizes | None = None,
    code: str | None = None,
) -> Release:
    """Write the release that ``parts`` make up, in their order, and move ``latest`` to it. Raises PublishError.

    ``sources`` are gone through once, and not at all where the release is there already.
    ``code`` is the digest of all code that parts and files are made by: files that the same code made of the same rows
    before are used again. Without it every file is written anew.
    """
    releases = out / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with alone(out):
            for left in (*releases.glob(".tmp-*"), *out.glob(".latest-*")):
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            staged = releases / f".tmp-{os.getpid()}"
            latest = (out / "latest").resolve()
            try:
                staged.mkdir()
                reuse = Reuse(out / ".work" / "files.json", latest if latest.is_dir() else None, code)
                held = of_parts(staged, parts, reuse, mapped, sizes or Sizes())
                return _stage(staged, parts, held, classifications, out, sources, fingerprints, reuse)
            finally:
                if staged.exists():
                    shutil.rmtree(staged)
    except Locked as error:
        raise PublishError(str(error)) from error
    except OSError as error:
        raise PublishError(str(cannot_write(out, error))) from error


def merged_code_names(parts: Sequence[Part]) -> pl.DataFrame:
    """`code_names` of the release: a document is in one part only, so counts add up."""
    spec = TABLES["code_names"]
    keys = list(spec.primary_key)
    frames = [pl.DataFrame(pl.from_arrow(part.code_names())) for part in parts]
    held = pl.concat([spec.empty(), *frames])
    return (
        held.group_by(keys)
        .agg(pl.col("documents").sum(), pl.col("official").first())
        .sort(keys, nulls_last=True)
        .select(list(spec.schema))
    )


def _stage(
    staged: Path,
    parts: Sequence[Part],
    of_rows: tuple[dict[str, Written], dict[str, list[str]]],
    classifications: pl.DataFrame,
    out: Path,
    sources: Iterable[Mapping[str, Any]],
    fingerprints: Mapping[str, str],
    reuse: Reuse,
) -> Release:
    files, csvs = of_rows

    def made(path: Path, rows: int | None = None) -> None:
        inside = path.relative_to(staged).as_posix()
        files[inside] = Written(inside, path.stat().st_size, sha256_of(path), rows)

    whole = {"classifications": classifications, "code_names": merged_code_names(parts)}
    for name, spec in TABLES.items():
        frame = whole.get(name)
        if frame is None and not any(part.years(name) for part in parts):
            frame = spec.empty()
        if frame is not None:
            for path, count in write_parquet(frame, spec, staged / "parquet" / name).items():
                made(path, count)
        if name in whole:
            for path, count in write_csv(whole[name], name, staged / "csv").items():
                made(path, count)
                csvs[name] = [path.relative_to(staged).as_posix()]
    texts = _texts(staged, parts)
    rows = {
        name: whole[name].height
        if name in whole
        else sum(part.rows(name, year) for part in parts for year in part.years(name))
        for name in TABLES
    }
    _write(staged / "README.md", readme(rows))
    made(staged / "README.md")
    in_order = {name: [files[path] for path in csvs[name]] for name in TABLES if name in csvs}
    _write(staged / "datapackage.json", json.dumps(datapackage(in_order), ensure_ascii=False, indent=1) + "\n")
    made(staged / "datapackage.json")
    name = release_id(listed(files, texts))
    target = out / "releases" / name
    if target.is_dir():
        _point(out, name)
        return Release(name, target, False, rows)
    entries = (
        {"path": file.path, "bytes": file.bytes, "sha256": file.sha256, "rows": file.rows}
        for file in listed(files, texts)
    )
    manifest = {"release_id": name, "rows": rows, "files": entries, "sources": iter(sources), **fingerprints}
    write_manifest(staged / "manifest.json", manifest)
    made(staged / "manifest.json")
    write_sums(staged / "SHA256SUMS", listed(files, texts))
    _settle(staged)
    # Before it has its name: of a release that is there already nothing more is noted.
    reuse.remember(staged, name, files.values())
    staged.rename(target)
    _sync(target.parent)
    _point(out, name)
    return Release(name, target, True, rows)


def _texts(staged: Path, parts: Sequence[Part]) -> list[Text]:
    """Link the texts of all parts; returns them in the order of their paths."""
    (staged / "sources").mkdir()
    texts = []
    for part in parts:
        for file in part.texts():
            link(part.folder / file.path, staged / file.path)
            texts.append(Text(file.path, file.bytes, bytes.fromhex(file.sha256)))
    return sorted(texts, key=lambda text: text.path)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _settle(staged: Path) -> None:
    """Files and folders as readable as is usual, and all on disk before the release gets its name.

    Of many files, one call: each one's sync waits for the disk.
    """
    count = 0
    for entry in _walk(staged):
        os.chmod(entry.path, 0o755 if entry.is_dir() else 0o644)
        count += entry.is_file()
    staged.chmod(0o755)
    if count > _MANY:
        os.sync()
    else:
        for entry in _walk(staged):
            if entry.is_file():
                _sync(Path(entry.path))


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All below ``folder``, as the disk gives it: a folder of very many files is not held as a list."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _walk(Path(entry.path))
            yield entry


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
    _sync(out)
