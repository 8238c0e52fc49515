"""A release as its files hold it: the manifest, the tables, the texts. Reads only; knows nothing of how they were made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from schemas.tables import TABLES

_FILE = re.compile(r"(\d+|unknown)-\d+\.parquet")
#: Earlier releases had a folder a year, so named, and no column of it in their files.
_YEAR_FOLDER = "disclosure_year="
_AT_ONCE = 16_384
_MANIFEST_KEYS = ("release_id", "files", "rows", "sources")


class ReleaseError(ValueError):
    """A folder that cannot be read as a release. Says which, why and what to name instead."""


class UnreadableFile(ReleaseError):
    """A Parquet file whose rows cannot be read. ``path`` and ``reason`` say which and why."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} cannot be read: {reason}; copy the release again")


def read_manifest(release: Path) -> dict[str, Any]:
    """The manifest of ``release``. Raises ReleaseError where there is none that can be used."""
    path = release / "manifest.json"
    if not release.is_dir():
        raise ReleaseError(f"{release} is no folder; name a release, for example outputs/latest")
    if not path.is_file():
        raise ReleaseError(f"{release} is no release: it has no manifest.json; name a folder of outputs/releases")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ReleaseError(f"{path} is not JSON ({error}); copy the release again") from error
    if not isinstance(manifest, dict) or (missing := [key for key in _MANIFEST_KEYS if key not in manifest]):
        lacking = ", ".join(missing) if isinstance(manifest, dict) else "everything: it is no object"
        raise ReleaseError(f"{path} lacks {lacking}; copy the release again")
    listed = all(isinstance(manifest[key], list) for key in ("files", "sources"))
    if not listed or not all(
        isinstance(each, dict) for each in (*manifest["files"], *manifest["sources"], manifest["rows"])
    ):
        raise ReleaseError(f"{path} is no list of files and sources; copy the release again")
    return manifest


def _natural(path: Path) -> list[tuple[int, str]]:
    """Numbers by their value, and the year ``unknown`` after all years."""
    return [(int(piece), "") if piece.isdigit() else (1 << 40, piece) for piece in re.split(r"(\d+)", path.as_posix())]


def parquet_files(release: Path, name: str) -> list[Path]:
    """The Parquet files of a table, by year and part."""
    return sorted((release / "parquet" / name).rglob("*.parquet"), key=_natural)


def csv_files(release: Path, name: str) -> list[Path]:
    """The CSV files of a table: one, or one a year."""
    folder = release / "csv"
    whole = folder / f"{name}.csv"
    return [whole] if whole.is_file() else sorted(folder.glob(f"{name}-*.csv"), key=_natural)


def names_year(path: Path) -> bool:
    """Whether a Parquet file is named for a year of its table, as releases name them."""
    return _FILE.fullmatch(path.name) is not None


def year_of(path: Path) -> int | None:
    """The year that a Parquet file is named for; None for ``unknown``."""
    year = path.name.partition("-")[0]
    return int(year) if year.isdigit() else None


def _with_year(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """``frame`` with the year of its folder, where an earlier release has it there only."""
    folder, _, year = path.parent.name.partition("=")
    if "disclosure_year" in frame.columns or f"{folder}=" != _YEAR_FOLDER:
        return frame
    return frame.with_columns(pl.lit(int(year) if year.isdigit() else None, pl.Int64).alias("disclosure_year"))


def read_file(path: Path, name: str) -> pl.DataFrame:
    """One Parquet file of the table ``name``, its columns in their published order as far as it has them."""
    frame = _with_year(pl.read_parquet(path, hive_partitioning=False), path)
    return frame.select([c.name for c in TABLES[name].columns if c.name in frame.columns])


def read_rows(path: Path, size: int, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of one Parquet file, ``size`` at a time, of some columns or all.

    Raises UnreadableFile.
    """
    try:
        with pq.ParquetFile(path) as file:
            held = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=size, columns=held, use_threads=False):
                batch.validate(full=True)  # texts that are no UTF-8 would be read as if they were
                frame = _with_year(pl.DataFrame(pl.from_arrow(batch)), path)
                yield frame if columns is None else frame.select(columns)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(path, str(error).splitlines()[0]) from error


def read_columns(paths: Iterable[Path], name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of all rows of some files of the table ``name``. Raises UnreadableFile."""
    parts = [frame for path in paths for frame in read_rows(path, _AT_ONCE, columns)]
    return pl.concat(parts) if parts else TABLES[name].empty().select(columns)


def read_files(paths: Iterable[Path], name: str) -> pl.DataFrame:
    """All rows of some files of the table ``name``, in their order."""
    parts = [read_file(path, name) for path in paths]
    return pl.concat(parts, how="vertical_relaxed") if parts else TABLES[name].empty()


def read_table(release: Path, name: str) -> pl.DataFrame:
    """A table of a release, in the order of its files."""
    return read_files(parquet_files(release, name), name)


def read_text(release: Path, disclosure_id: str) -> str | None:
    """The text of a disclosure as published, None where it has none (quarantined)."""
    path = release / "sources" / f"{disclosure_id}.txt"
    return path.read_bytes().decode("utf-8") if path.is_file() else None


def site_of(release: Path) -> Path:
    """Where the pages of a release go unless told otherwise: beside ``latest`` and ``releases``."""
    whole = release.absolute()
    out = whole.parent if whole.parent.name != "releases" else whole.parent.parent
    return out / "site"
