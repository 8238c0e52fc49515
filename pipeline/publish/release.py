"""Parts to a release: whole or not at all, named by what is in it."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.disk import link, sha256_of
from pipeline.publish.descriptor import descriptions
from pipeline.publish.files import (
    BODY,
    csv_header,
    csv_lines,
    in_years,
    parquet_name,
    write_parquet,
    year_name,
)
from pipeline.publish.locking import Locked, alone
from pipeline.publish.manifest import Listed, listed, release_id, write_manifest, write_sums
from pipeline.publish.parts import OF_PARTS, Part, Piece
from pipeline.store import Store
from pipeline.terminal import cannot_write
from pipeline.tidy.codes import added_up
from schemas.tables import TABLES

_LOG = logging.getLogger("yusuan")
#: A table has one CSV file up to so many bytes, else one a year, or where a year has more, several.
CSV_BYTES = 256 * 1024 * 1024
#: Of more files than this all are synced in one call: each one's own sync waits for the disk.
_MANY = 500


class PublishError(RuntimeError):
    """A release could not be written. Says where, why and what to do; what was there before is untouched."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release and whether this build wrote it (False: it was there already, byte for byte)."""

    release_id: str
    path: Path
    written: bool
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a release is made of: parts in their order, with their files in ``store``, and what it says of its origin.

    ``sources`` are gone through once, and not at all where the release is there already.
    """

    parts: Sequence[Part]
    store: Store
    classifications: pl.DataFrame
    sources: Iterable[Mapping[str, Any]]
    fingerprints: Mapping[str, str]


def publish(contents: Contents, out: Path, csv_bytes: int = CSV_BYTES) -> Release:
    """Write the release of ``contents`` below ``out`` and move ``latest`` to it.

    A release that is there already and damaged is made again. Raises PublishError, DamagedEntry.
    """
    releases = out / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with alone(out):
            for left in (*releases.glob(".tmp-*"), *out.glob(".latest-*")):
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            latest = out / "latest"
            if latest.exists() != latest.is_symlink():
                _LOG.warning("%s led to no release and is made again", latest.name)
            staged = releases / f".tmp-{os.getpid()}"
            staged.mkdir()
            try:
                release = _Staged(staged, contents).finish(csv_bytes)
            finally:
                if staged.exists():
                    shutil.rmtree(staged)
            _point(out, release.release_id)
            return release
    except Locked as error:
        raise PublishError(str(error)) from error
    except OSError as error:
        raise PublishError(str(cannot_write(out, error))) from error


class _Staged:
    """A release while it is written in the folder ``staged``, which then gets its name."""

    def __init__(self, staged: Path, contents: Contents) -> None:
        self._folder, self._contents = staged, contents
        self._files: dict[str, Listed] = {}
        self._csvs: dict[str, list[Listed]] = {}
        self._rows: dict[str, int] = {}

    def finish(self, csv_bytes: int) -> Release:
        """Write all files and give the folder its name, or find that the release is there."""
        for name in OF_PARTS:
            self._link_parquet(name)
            if TABLES[name].csv:
                self._join_csv(name, csv_bytes)
        self._whole("classifications", self._contents.classifications)
        rows = [row for part in self._contents.parts for row in part.code_names]
        names = pl.DataFrame(rows, schema=TABLES["code_names"].schema, orient="row")
        self._whole("code_names", added_up(names))
        texts = self._link_texts()
        self._rows = {name: self._rows[name] for name in TABLES}
        csvs = {name: self._csvs[name] for name in TABLES if name in self._csvs}
        for path, text in descriptions(self._rows, csvs).items():
            self._text(path, text)
        name = release_id(listed(self._files, texts))
        target = self._folder.parent / name
        damaged = self._damaged(target, texts)
        written = not target.is_dir() or damaged is not None
        if written:
            self._list(name, texts)
            _settle(self._folder)
            if damaged is not None:
                _LOG.warning("release %s was damaged (%s) and is made again", name, damaged)
                aside = self._folder.with_name(f".tmp-damaged-{name}")
                target.rename(aside)
            self._folder.rename(target)
            _sync(target.parent)
            if damaged is not None:
                shutil.rmtree(aside)
        return Release(name, target, written, self._rows)

    def _damaged(self, target: Path, texts: Sequence[Listed]) -> str | None:
        """A file of the release that is there already which is not what this build wrote; None where all are."""
        if not target.is_dir():
            return None
        for file in listed(self._files, texts):
            there, here = target / file.path, self._folder / file.path
            # Most are links to files of the store, which were looked at when they were linked here.
            if not there.is_file() or not (there.samefile(here) or sha256_of(there) == file.sha256):
                return file.path
        return next((name for name in ("manifest.json", "SHA256SUMS") if not (target / name).is_file()), None)

    def _link_parquet(self, name: str) -> None:
        numbers: dict[int | None, int] = {}
        self._rows[name] = 0
        for part in self._contents.parts:
            for piece in part.pieces[name]:
                number = numbers.get(piece.year, 0)
                path = parquet_name(name, piece.year, number)
                link(self._contents.store.intact(piece.parquet), self._folder / path)
                self._files[path] = Listed(path, piece.parquet.bytes, piece.parquet.sha256, piece.rows)
                numbers[piece.year] = number + 1
                self._rows[name] += piece.rows
        if not numbers:
            bodies = pl.lit(None, BODY.dtype).alias(BODY.name)
            none = TABLES[name].empty()
            self._parquet(name, none if BODY.name in none.columns else none.with_columns(bodies))

    def _parquet(self, name: str, frame: pl.DataFrame) -> None:
        for path, rows in write_parquet(frame, TABLES[name], self._folder).items():
            self._made(path, rows)

    def _join_csv(self, name: str, limit: int) -> None:
        """Write the CSV files of a table: its header, then the lines of its parts."""
        parts = self._contents.parts
        if sum(piece.csv_bytes for part in parts for piece in part.pieces[name]) <= limit:
            rows = sum(piece.rows for part in parts for piece in part.pieces[name])
            lines = (lines for part in parts for lines in self._lines(part, name))
            self._csvs[name] = [self._csv(name, f"csv/{name}.csv", lines, rows)]
            return
        self._csvs[name] = []
        years = {piece.year for part in parts for piece in part.pieces[name]}
        for year in sorted(years, key=in_years):
            groups = grouped([piece for part in parts for piece in part.pieces[name] if piece.year == year], limit)
            for number, pieces in enumerate(groups):
                path = f"csv/{name}-{year_name(year)}{f'-{number:03}' if len(groups) > 1 else ''}.csv"
                rows = sum(piece.rows for piece in pieces)
                self._csvs[name].append(self._csv(name, path, map(self._lines_of, pieces), rows))

    def _lines(self, part: Part, name: str) -> Iterator[bytes]:
        """The lines of all years of a part, in the order of documents, in which years alternate."""
        of_year = {piece.year: memoryview(self._lines_of(piece)) for piece in part.pieces[name]}
        for year, size in part.order[name]:
            yield bytes(of_year[year][:size])
            of_year[year] = of_year[year][size:]

    def _lines_of(self, piece: Piece) -> bytes:
        if piece.csv is None:
            return b""
        lines: bytes = pa.decompress(
            self._contents.store.content(piece.csv), piece.csv_bytes, codec="zstd", asbytes=True
        )
        return lines

    def _csv(self, name: str, path: str, lines: Iterable[bytes], rows: int) -> Listed:
        target = self._folder / path
        target.parent.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        with target.open("wb") as file:
            for text in (csv_header(name), *lines):
                digest.update(text)
                file.write(text)
        self._files[path] = Listed(path, target.stat().st_size, digest.hexdigest(), rows)
        return self._files[path]

    def _whole(self, name: str, frame: pl.DataFrame) -> None:
        """Write a table that is made of the whole release."""
        self._rows[name] = frame.height
        self._parquet(name, frame)
        self._csvs[name] = [self._csv(name, f"csv/{name}.csv", [csv_lines(frame)], frame.height)]

    def _link_texts(self) -> list[Listed]:
        """Link the texts of all parts; returns them in the order of their paths."""
        (self._folder / "sources").mkdir()
        texts = []
        for part in self._contents.parts:
            for identity, blob in part.texts.items():
                path = f"sources/{identity}.txt"
                link(self._contents.store.intact(blob), self._folder / path)
                texts.append(Listed(path, blob.bytes, blob.sha256))
        return sorted(texts, key=lambda text: text.path)

    def _text(self, path: str, text: str) -> None:
        (self._folder / path).write_bytes(text.encode("utf-8"))
        self._made(path)

    def _made(self, path: str, rows: int | None = None) -> None:
        file = self._folder / path
        self._files[path] = Listed(path, file.stat().st_size, sha256_of(file), rows)

    def _list(self, name: str, texts: Sequence[Listed]) -> None:
        entries = (file._asdict() for file in listed(self._files, texts))
        manifest = {
            "release_id": name,
            "rows": self._rows,
            "files": entries,
            "sources": iter(self._contents.sources),
            **self._contents.fingerprints,
        }
        write_manifest(self._folder / "manifest.json", manifest)
        self._made("manifest.json")
        write_sums(self._folder / "SHA256SUMS", listed(self._files, texts))


def grouped(pieces: Sequence[Piece], limit: int) -> list[list[Piece]]:
    """The pieces of a year as the CSV files that they go into."""
    groups: list[list[Piece]] = []
    held = 0
    for piece in pieces:
        if not groups or held + piece.csv_bytes > limit:
            groups.append([])
            held = 0
        groups[-1].append(piece)
        held += piece.csv_bytes
    return groups


def _settle(staged: Path) -> None:
    """Files and folders as readable as is usual, and all on disk before the release gets its name."""
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
