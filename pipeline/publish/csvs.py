"""CSV files of a release from the rows that its parts hold: one a table, or where larger one a year, or several.

Where a year has several files, a new one begins at a part that says so by the ids of its first documents, and before
256 MB: a document that is added changes its own file and leaves those before and after as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.files import CSV_BYTES, concatenate, header, link, write_csv_rows, year_name
from pipeline.publish.parts import OF_PARTS, Part
from pipeline.tidy.frames import order, sort_disclosures
from schemas.tables import TABLES


@dataclass(frozen=True, slots=True)
class Written:
    """A CSV file of a release, and what it was made of."""

    path: str
    bytes: int
    sha256: str
    rows: int
    made_of: str


def read_part(part: Part, name: str, year: int | None) -> pl.DataFrame:
    """The rows of a table and a year in a part."""
    frame = pl.read_parquet(part.folder / part.parquet(name, year).path, hive_partitioning=False)
    return frame.with_columns(pl.lit(year, pl.Int64).alias("disclosure_year")).select(list(TABLES[name].schema))


def _rows_of_year(part: Part, name: str, year: int | None) -> Path:
    path = part.folder / "csv" / name / f"{year_name(year)}.csv"
    if not path.exists():  # an earlier release has taken it
        temporary = path.with_suffix(".tmp")
        write_csv_rows(read_part(part, name, year), temporary)
        temporary.replace(path)
    return path


def _rows_of_all(part: Part, name: str) -> bytes | Path:
    """The rows of all years in the order of documents, in which years alternate."""
    years = part.years(name)
    if len(years) == 1:
        return _rows_of_year(part, name, years[0])
    if not years:
        return b""
    disclosures = sort_disclosures(
        pl.concat([read_part(part, "disclosures", year) for year in part.years("disclosures")])
    )
    frame = disclosures
    if name != "disclosures":
        frame = order(name, pl.concat([read_part(part, name, year) for year in years]), disclosures)
    path = part.folder / "csv" / name / "all.csv"
    write_csv_rows(frame, path)
    return path


def _groups(parts: Sequence[Part], name: str, year: int | None, limit: int) -> list[list[Part]]:
    groups: list[list[Part]] = []
    held = 0
    for part in parts:
        if year not in part.years(name):
            continue
        size = part.csv_bytes(name, year)
        if not groups or (part.strong and held) or held + size > limit:
            groups.append([])
            held = 0
        groups[-1].append(part)
        held += size
    return groups


class CsvWriter:
    """Writes the CSV files of one release, linking those of the release before that are made of the same parts.

    ``ledger`` is the file that remembers what the CSV files of ``before`` were made of; it may be missing.
    """

    def __init__(self, staged: Path, before: Path | None, ledger: Path, limit: int = CSV_BYTES) -> None:
        self.staged, self.before, self.limit = staged, before, limit
        self.ledger = ledger
        self._known: dict[str, dict[str, Any]] = {}
        if before is not None and ledger.exists():
            kept = json.loads(ledger.read_text(encoding="utf-8"))
            if kept.get("release_id") == before.name:
                self._known = {entry["made_of"]: entry for entry in kept["files"]}

    def write(self, parts: Sequence[Part]) -> dict[str, list[Written]]:
        """All CSV files of the tables that parts make up, by table."""
        return {name: self._table(parts, name) for name in OF_PARTS if TABLES[name].csv}

    def _table(self, parts: Sequence[Part], name: str) -> list[Written]:
        years = sorted({year for part in parts for year in part.years(name)}, key=lambda y: (y is None, y or 0))
        total = sum(part.csv_bytes(name, year) for part in parts for year in part.years(name))
        if total <= self.limit or not years:
            return [self._file(name, f"csv/{name}.csv", parts, "all", None)]
        written = []
        for year in years:
            groups = _groups(parts, name, year, self.limit)
            for at, group in enumerate(groups):
                number = f"-{at:03}" if len(groups) > 1 else ""
                path = f"csv/{name}-{year_name(year)}{number}.csv"
                written.append(self._file(name, path, group, "year", year))
        return written

    def _file(self, name: str, path: str, parts: Sequence[Part], kind: str, year: int | None) -> Written:
        made = "\n".join([name, kind, year_name(year), *(part.key for part in parts)])
        made_of = hashlib.sha256(made.encode()).hexdigest()
        if (known := self._known.get(made_of)) and self.before is not None:
            old = self.before / known["path"]
            if old.is_file() and (old.stat().st_size, old.stat().st_mtime_ns) == (known["bytes"], known["changed"]):
                link(old, self.staged / path)
                return Written(path, known["bytes"], known["sha256"], known["rows"], made_of)
        pieces: list[bytes | Path] = [header(TABLES[name].empty())]
        rows = 0
        for part in parts:
            if kind == "all":
                pieces.append(_rows_of_all(part, name))
                rows += part.facts["rows"][name]
            else:
                pieces.append(_rows_of_year(part, name, year))
                rows += part.parquet(name, year).rows or 0
        size, sha256 = concatenate(pieces, self.staged / path)
        return Written(path, size, sha256, rows, made_of)

    def remember(self, release: Path, written: dict[str, list[Written]]) -> None:
        """Note what the CSV files of ``release`` are made of, for the next one."""
        files = [
            {
                "path": each.path,
                "bytes": each.bytes,
                "sha256": each.sha256,
                "rows": each.rows,
                "made_of": each.made_of,
                "changed": (release / each.path).stat().st_mtime_ns,
            }
            for of_table in written.values()
            for each in of_table
        ]
        temporary = self.ledger.with_suffix(".tmp")
        temporary.write_text(json.dumps({"release_id": release.name, "files": files}), encoding="utf-8")
        temporary.replace(self.ledger)
