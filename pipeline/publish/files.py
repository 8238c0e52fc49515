"""Frames to files whose bytes depend on nothing but their rows."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES, TableSpec

ROW_GROUP = 65_536
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large files of a release become: a Parquet file has ``least`` rows, if there are so many, and ``most``."""

    least_rows: int = 250_000
    most_rows: int = 2_000_000
    csv_bytes: int = 256 * 1024 * 1024


#: Parquet files of tables that have no such column carry the body besides: rows are sorted by it, so that the least and
#: greatest of each row group tell a reader of one body which few row groups to read. Ids, being hashes, tell nothing.
BODY = next(column for column in TABLES["disclosures"].columns if column.name == "entity_key")


def beside(path: Path) -> Path:
    """Where a file or folder is written before it is renamed to ``path``: one name, for there is one writer at a time.

    Without a number of a process in it, what a killed one left is overwritten, or found and removed (``sweep``).
    """
    return path.with_name(f".{path.name}.new")


def sweep(folder: Path) -> None:
    """Remove what a killed process left beside the files of ``folder``; for its only writer."""
    for left in folder.glob(".*.new"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def year_name(year: int | None) -> str:
    """How folders and files name a year."""
    return "unknown" if year is None else str(year)


def by_year(frame: pl.DataFrame) -> Iterator[tuple[int | None, pl.DataFrame]]:
    """The rows of each year in their order, years ascending and the unknown one last."""
    years = sorted(frame["disclosure_year"].unique().to_list(), key=lambda year: (year is None, year or 0))
    for year in years:
        yield year, frame if len(years) == 1 else frame.filter(pl.col("disclosure_year").eq_missing(year))


def parquet_name(name: str, year: int | None, part: int) -> str:
    """The path of a part of a table inside a release."""
    return f"parquet/{name}/disclosure_year={year_name(year)}/part-{part:05}.parquet"


def write_parquet(frame: pl.DataFrame, spec: TableSpec, folder: Path) -> dict[Path, int]:
    """Write ``frame`` below ``folder``, a directory a year where the table has one. Returns rows by file."""
    if "disclosure_year" not in frame.columns:
        path = folder / f"{spec.name}.parquet"
        write_rows(frame, spec, path)
        return {path: frame.height}
    written: dict[Path, int] = {}
    for year, part in by_year(frame) if frame.height else [(None, frame)]:
        path = folder.parent.parent / parquet_name(spec.name, year, 0)
        write_rows(part.drop("disclosure_year"), spec, path)
        written[path] = part.height
    return written


def write_rows(frame: pl.DataFrame, spec: TableSpec, path: Path) -> None:
    """One Parquet file of rows of the table ``spec``."""
    with RowWriter(spec, path, frame.columns) as writer:
        writer.write(arrow_rows(frame))


def arrow_rows(frame: pl.DataFrame) -> pa.Table:
    """``frame`` in the Arrow types that are published, whatever polars holds it as."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


class RowWriter:
    """Writes a Parquet file batch by batch; its bytes depend on the rows, not on how they came in batches.

    Columns carry their titles and descriptions. Row groups are of ``ROW_GROUP`` rows, and one of them is held.
    """

    def __init__(self, spec: TableSpec, path: Path, columns: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        described = {BODY.name: BODY} | {column.name: column for column in spec.columns}
        plain = pa.schema([(BODY.name, pa.large_string())])
        for field in arrow_rows(spec.empty()).schema:
            plain = plain if field.name in plain.names else plain.append(field)
        names = list(columns)
        fields = []
        for name in names:
            column = described[name]
            meta = {"title": column.title_zh, "description": column.description_en}
            fields.append(plain.field(name).with_metadata(meta))
        self.path, self.rows = path, 0
        self._schema = pa.schema(fields)
        self._held: list[pa.Table] = []
        self._count = 0
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="zstd", store_decimal_as_integer=True, version="2.6"
        )

    def __enter__(self) -> RowWriter:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._flush(last=True)
        self._writer.close()

    def write(self, rows: pa.Table) -> None:
        self._held.append(rows.select(self._schema.names).cast(self._schema))
        self._count += rows.num_rows
        self.rows += rows.num_rows
        self._flush(last=False)

    def _flush(self, last: bool) -> None:
        if not self._held or (self._count < ROW_GROUP and not last):
            return
        table = pa.concat_tables(self._held)
        at = 0
        while table.num_rows - at >= ROW_GROUP or (last and at < table.num_rows):
            self._writer.write_table(table.slice(at, ROW_GROUP).combine_chunks(), row_group_size=ROW_GROUP)
            at += ROW_GROUP
        rest = table.slice(at) if at < table.num_rows else None
        self._held = [] if rest is None else [rest]
        self._count = 0 if rest is None else rest.num_rows


def header(frame: pl.DataFrame) -> bytes:
    """The first line of a CSV file."""
    return (",".join(frame.columns) + "\n").encode()


def write_csv_rows(frame: pl.DataFrame, path: Path) -> int:
    """The rows of ``frame`` as CSV without a header. Returns bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_csv(path, include_header=False, line_terminator="\n", quote_style="necessary")
    return path.stat().st_size


def write_csv(frame: pl.DataFrame, name: str, folder: Path) -> dict[Path, int]:
    """RFC 4180, UTF-8, LF. Cells are as printed, never altered for spreadsheets (see the release's README)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    frame.write_csv(path, line_terminator="\n", quote_style="necessary")
    return {path: frame.height}


def link(source: Path, target: Path) -> None:
    """The file ``source`` under another name: the same bytes on disk where the file system can, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, some at a time."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    for block in blocks(path):
        digest.update(block)
    return digest.hexdigest()
