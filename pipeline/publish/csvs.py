"""CSV files of a release from the rows that its parts hold: one a table, or where larger one a year, or several.

Where a year has several files, a new one begins at a part that says so by the ids of its first documents, and before
256 MB: a document that is added changes its own file and leaves those before and after as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.publish.assembly import Made, assemble
from pipeline.publish.files import header, write_csv_rows, year_name
from pipeline.publish.parts import OF_PARTS, Part
from pipeline.publish.reuse import Base, made_of
from pipeline.tidy.frames import order, sort_disclosures
from schemas.tables import TABLES

#: Stands for the first line of a file among the digests of its pieces.
_HEADER = "header"


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


def _rows_of(piece: Piece, name: str) -> bytes | Path:
    """The rows of a piece; those of several years in the order of documents, in which years alternate."""
    part = Part(piece.folder)
    if len(piece.years) == 1:
        return _rows_of_year(part, name, piece.years[0])
    if not piece.years:
        return b""
    disclosures = sort_disclosures(pl.concat([read_part(part, "disclosures", year) for year in piece.bodies]))
    frame = disclosures
    if name != "disclosures":
        frame = order(name, pl.concat([read_part(part, name, year) for year in piece.years]), disclosures)
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
class Piece:
    """What a part adds to a file: ``rows`` rows of ``years``, in the order of disclosures of ``bodies`` (years, too).

    ``digest`` tells pieces of other bytes apart, whatever else their parts hold.
    """

    folder: Path
    years: tuple[int | None, ...]
    bodies: tuple[int | None, ...]
    rows: int
    digest: str


def _piece(part: Part, name: str, years: Sequence[int | None], bodies: Sequence[int | None] = ()) -> Piece:
    held = [(name, year) for year in years] + [("disclosures", year) for year in bodies]
    text = "\n".join(f"{table} {year_name(year)} {part.rows_sha256(table, year)}" for table, year in held)
    rows = sum(part.rows(name, year) for year in years)
    return Piece(part.folder, tuple(years), tuple(bodies), rows, hashlib.sha256(text.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class CsvTask:
    """A file to be written: its table, the year (or ``whole``: all of them), the pieces that it is put together of.

    ``base`` is a file of the release before that has some of them.
    """

    name: str
    year: int | None
    whole: bool
    path: str
    pieces: tuple[Piece, ...]
    folder: Path
    base: Base | None = None

    @property
    def kind(self) -> str:
        """What it is, whatever rows it holds."""
        return f"csv {self.name} {'whole' if self.whole else year_name(self.year)}"

    @property
    def digests(self) -> list[str]:
        """Of the header and of all pieces."""
        return [_HEADER, *(piece.digest for piece in self.pieces)]

    @property
    def made_of(self) -> str:
        """What its bytes are a function of."""
        return made_of(self.kind, self.digests)


def files_of(parts: Sequence[Part], folder: Path, limit: int) -> Iterator[CsvTask]:
    """The files of all tables that parts make up and that have a CSV file."""
    for name in OF_PARTS:
        if not TABLES[name].csv:
            continue
        years = sorted({year for part in parts for year in part.years(name)}, key=lambda y: (y is None, y or 0))
        if sum(part.csv_bytes(name, year) for part in parts for year in part.years(name)) <= limit:
            pieces = tuple(_piece(part, name, part.years(name), part.years("disclosures")) for part in parts)
            yield CsvTask(name, None, True, f"csv/{name}.csv", pieces, folder)
            continue
        for year in years:
            groups = _groups(parts, name, year, limit)
            for at, group in enumerate(groups):
                number = f"-{at:03}" if len(groups) > 1 else ""
                path = f"csv/{name}-{year_name(year)}{number}.csv"
                yield CsvTask(name, year, False, path, tuple(_piece(part, name, [year]) for part in group), folder)


def write_file(task: CsvTask) -> tuple[int, str, int, tuple[int, ...]]:
    """Write the file; returns its bytes, sha256 and rows, and the bytes of the header and of each piece."""
    made = [Made(_HEADER, partial(header, TABLES[task.name].empty()))]
    made += [Made(piece.digest, partial(_rows_of, piece, task.name)) for piece in task.pieces]
    size, sha256, lengths = assemble(made, task.folder / task.path, task.base)
    return size, sha256, sum(piece.rows for piece in task.pieces), lengths
