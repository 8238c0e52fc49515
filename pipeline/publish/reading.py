"""A release as its files hold it: the manifest, the tables, the texts. Reads only; knows nothing of how they were made."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from schemas.tables import TABLES

YEAR_FOLDER = "disclosure_year="
_MANIFEST_KEYS = ("release_id", "files", "rows", "sources")


class ReleaseError(ValueError):
    """A folder that cannot be read as a release. Says which, why and what to name instead."""


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
    return manifest


def _natural(path: Path) -> list[tuple[int, str]]:
    """``part-10`` after ``part-2``, and the year ``unknown`` after all years."""
    return [(int(piece), "") if piece.isdigit() else (1 << 40, piece) for piece in re.split(r"(\d+)", path.as_posix())]


def parquet_files(release: Path, name: str) -> list[Path]:
    """The Parquet files of a table, by year and part."""
    return sorted((release / "parquet" / name).rglob("*.parquet"), key=_natural)


def csv_files(release: Path, name: str) -> list[Path]:
    """The CSV files of a table: one, or one a year."""
    folder = release / "csv"
    whole = folder / f"{name}.csv"
    return [whole] if whole.is_file() else sorted(folder.glob(f"{name}-*.csv"), key=_natural)


def year_of(path: Path) -> int | None:
    """The year that a Parquet file's folder names; None for ``unknown``."""
    year = path.parent.name.removeprefix(YEAR_FOLDER)
    return int(year) if year.isdigit() else None


def with_year(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """``frame`` with the year that its folder names, where the table has one."""
    if not path.parent.name.startswith(YEAR_FOLDER):
        return frame
    return frame.with_columns(pl.lit(year_of(path), pl.Int64).alias("disclosure_year"))


def read_file(path: Path, name: str) -> pl.DataFrame:
    """One Parquet file of the table ``name``, its columns in their published order as far as it has them."""
    frame = with_year(pl.read_parquet(path, hive_partitioning=False), path)
    return frame.select([c.name for c in TABLES[name].columns if c.name in frame.columns])


def read_table(release: Path, name: str, without: Collection[str] = ()) -> pl.DataFrame:
    """A table of a release, its years taken from the folders, in the order of its files.

    ``without`` are paths inside the release of files to be passed over.
    """
    paths = [path for path in parquet_files(release, name) if path.relative_to(release).as_posix() not in without]
    parts = [read_file(path, name) for path in paths]
    return pl.concat(parts, how="vertical_relaxed") if parts else TABLES[name].empty()


def read_text(release: Path, disclosure_id: str) -> str | None:
    """The text of a disclosure as published, None where it has none (quarantined)."""
    path = release / "sources" / f"{disclosure_id}.txt"
    return path.read_bytes().decode("utf-8") if path.is_file() else None


class _Runs:
    """The rows of a table in runs of one disclosure, a batch in memory at a time."""

    def __init__(self, paths: list[Path], name: str) -> None:
        self._runs = self._read(paths, name)
        self._held = next(self._runs, None)

    @staticmethod
    def _read(paths: list[Path], name: str) -> Iterator[tuple[str, pl.DataFrame]]:
        for path in paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=16_384):
                    frame = with_year(pl.DataFrame(pl.from_arrow(batch)), path)
                    for part in frame.partition_by("disclosure_id", maintain_order=True):
                        yield part["disclosure_id"][0], part.select([c.name for c in TABLES[name].columns])

    def take(self, disclosure_id: str) -> list[pl.DataFrame]:
        parts = []
        while self._held is not None and self._held[0] == disclosure_id:
            parts.append(self._held[1])
            self._held = next(self._runs, None)
        return parts


def read_documents(release: Path) -> Iterator[tuple[dict[str, Any], dict[str, pl.DataFrame]]]:
    """Each disclosure's row with its rows of every other table that has a ``disclosure_id``.

    Rows of a release lie together by disclosure, in one order in all tables of a year, so that every file is read once
    and only one disclosure and one batch a table are held. Verify a release first: rows out of order are not found.
    """
    names = [name for name, spec in TABLES.items() if "disclosure_id" in spec.schema and name != "disclosures"]
    years: dict[str, list[Path]] = {}
    for path in parquet_files(release, "disclosures"):
        years.setdefault(path.parent.name, []).append(path)
    for year, paths in years.items():
        runs = {n: _Runs([p for p in parquet_files(release, n) if p.parent.name == year], n) for n in names}
        for path in paths:
            for row in read_file(path, "disclosures").iter_rows(named=True):
                taken = {name: runs[name].take(row["disclosure_id"]) for name in names}
                yield row, {n: pl.concat(parts) if parts else TABLES[n].empty() for n, parts in taken.items()}
