"""Parquet files of a release from the rows that its parts hold: per table and year, bounded in size, in one order.

A file takes parts until it has the least rows, then ends before the next strong part (see ``plan.cut``), and never holds
more than the most: a document that is added changes its own file and leaves those before and after as they are.
Parts are read one after the other, so that no more than one of them and a row group is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.publish.files import BODY, RowWriter, Sizes, parquet_name, sha256_of, year_name
from pipeline.publish.parts import OF_PARTS, Part, read_arrow
from pipeline.publish.reuse import made_of
from schemas.tables import TABLES


@dataclass(frozen=True, slots=True)
class ParquetTask:
    """A file to be written: its table and year, the files of rows that go into it with their sha256, and where."""

    name: str
    year: int | None
    path: str
    rows: tuple[tuple[str, Path], ...]
    folder: Path

    @property
    def kind(self) -> str:
        """What it is, whatever rows it holds."""
        return f"parquet {self.name} {year_name(self.year)}"

    @property
    def made_of(self) -> str:
        """What its bytes are a function of."""
        return made_of(self.kind, (sha256 for sha256, _ in self.rows))


def files_of(parts: Sequence[Part], folder: Path, sizes: Sizes) -> Iterator[ParquetTask]:
    """The files of all tables that parts make up, by table and year."""
    for name in OF_PARTS:
        years = sorted({year for part in parts for year in part.years(name)}, key=lambda y: (y is None, y or 0))
        for year in years:
            for number, group in enumerate(_groups(parts, name, year, sizes)):
                rows = tuple((part.rows_sha256(name, year), part.rows_path(name, year)) for part in group)
                yield ParquetTask(name, year, parquet_name(name, year, number), rows, folder)


def _groups(parts: Sequence[Part], name: str, year: int | None, sizes: Sizes) -> list[list[Part]]:
    groups: list[list[Part]] = []
    held = 0
    strong = False
    for part in parts:
        strong = strong or part.strong
        rows = part.rows(name, year)
        if not rows:
            continue
        if not groups or (strong and held >= sizes.least_rows) or held + rows > sizes.most_rows:
            groups.append([])
            held = 0
        groups[-1].append(part)
        held += rows
        strong = False
    return groups


def write_file(task: ParquetTask) -> tuple[int, str, int]:
    """Write the file; returns its bytes, sha256 and rows."""
    path, spec = task.folder / task.path, TABLES[task.name]
    columns = [column.name for column in spec.columns if column.name != "disclosure_year"]
    with RowWriter(spec, path, columns if BODY.name in columns else [*columns, BODY.name]) as writer:
        for _, rows in task.rows:
            writer.write(read_arrow(rows))
    return path.stat().st_size, sha256_of(path), writer.rows
