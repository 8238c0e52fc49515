"""CSV files of a release from the rows that its parts hold: one a table, or where larger one a year, or several.

Where a year has several files, a new one begins at a part that says so by the ids of its first documents, and before
256 MB: a document that is added changes its own file and leaves those before and after as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.files import concatenate, header, write_csv_rows, year_name
from pipeline.publish.parts import OF_PARTS, Part
from pipeline.publish.reuse import made_of
from pipeline.tidy.frames import order, sort_disclosures
from schemas.tables import TABLES


def read_part(part: Part, name: str, year: int | None) -> pl.DataFrame:
    """The rows of a table and a year in a part."""
    frame = pl.DataFrame(pl.from_arrow(part.read(name, year)))
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


@dataclass(frozen=True, slots=True)
class CsvTask:
    """A file to be written: its table, the year (or ``whole``: all of them) and the parts whose rows it holds."""

    name: str
    year: int | None
    whole: bool
    path: str
    parts: tuple[Part, ...]
    folder: Path

    @property
    def made_of(self) -> str:
        """What its bytes are a function of."""
        return made_of("csv-whole" if self.whole else "csv", self.name, year_name(self.year), self.parts)


def files_of(parts: Sequence[Part], folder: Path, limit: int) -> Iterator[CsvTask]:
    """The files of all tables that parts make up and that have a CSV file."""
    for name in OF_PARTS:
        if not TABLES[name].csv:
            continue
        years = sorted({year for part in parts for year in part.years(name)}, key=lambda y: (y is None, y or 0))
        if sum(part.csv_bytes(name, year) for part in parts for year in part.years(name)) <= limit:
            yield CsvTask(name, None, True, f"csv/{name}.csv", tuple(parts), folder)
            continue
        for year in years:
            groups = _groups(parts, name, year, limit)
            for at, group in enumerate(groups):
                number = f"-{at:03}" if len(groups) > 1 else ""
                yield CsvTask(name, year, False, f"csv/{name}-{year_name(year)}{number}.csv", tuple(group), folder)


def write_file(task: CsvTask) -> tuple[int, str, int]:
    """Write the file; returns its bytes, sha256 and rows."""
    pieces: list[bytes | Path] = [header(TABLES[task.name].empty())]
    rows = 0
    for part in task.parts:
        years = part.years(task.name) if task.whole else [task.year]
        pieces.append(_rows_of_all(part, task.name) if task.whole else _rows_of_year(part, task.name, task.year))
        rows += sum(part.rows(task.name, year) for year in years)
    size, sha256 = concatenate(pieces, task.folder / task.path)
    return size, sha256, rows
