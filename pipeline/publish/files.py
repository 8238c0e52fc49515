"""Frames to files whose bytes depend on nothing but their rows."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES, ColumnSpec, TableSpec

ROW_GROUP = 65_536

#: Parquet files of tables that have no such column carry the body besides: rows are sorted by it, so that the least and
#: greatest of each file and row group show a reader of one body which few to read. Ids, being hashes, do not.
BODY = next(column for column in TABLES["disclosures"].columns if column.name == "entity_key")


def year_name(year: int | None) -> str:
    """How files name a year."""
    return "unknown" if year is None else str(year)


def in_years(year: int | None) -> tuple[bool, int]:
    """The place of a year among others: the unknown one is last."""
    return year is None, year or 0


def by_year(frame: pl.DataFrame) -> Iterator[tuple[int | None, pl.DataFrame]]:
    """The rows of each year in their order, years ascending and the unknown one last."""
    years = sorted(frame["disclosure_year"].unique().to_list(), key=in_years)
    for year in years:
        yield year, frame if len(years) == 1 else frame.filter(pl.col("disclosure_year").eq_missing(year))


def parquet_name(name: str, year: int | None, number: int) -> str:
    """The path inside a release of a file of a table: names sort by year, and the year ``unknown`` comes last."""
    return f"parquet/{name}/{year_name(year)}-{number:05}.parquet"


def write_parquet(frame: pl.DataFrame, spec: TableSpec, release: Path) -> dict[str, int]:
    """Write a whole table into ``release``, a file a year where it has years. Returns rows by path inside it."""
    if "disclosure_year" not in frame.columns:
        files = {f"parquet/{spec.name}/{spec.name}.parquet": frame}
    else:
        years = by_year(frame) if frame.height else iter([(None, frame)])
        files = {parquet_name(spec.name, year, 0): rows for year, rows in years}
    for path, rows in files.items():
        (release / path).parent.mkdir(parents=True, exist_ok=True)
        (release / path).write_bytes(parquet_bytes(rows, spec))
    return {path: rows.height for path, rows in files.items()}


def parquet_bytes(frame: pl.DataFrame, spec: TableSpec) -> bytes:
    """The rows of ``frame``, which may name their body besides, as a Parquet file. Columns carry their descriptions."""
    columns = {BODY.name: BODY} | {column.name: column for column in spec.columns}
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = []
    for field in table.schema:
        fields.append(field.with_metadata(described(columns[field.name])))
    table = table.cast(pa.schema(fields)).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, row_group_size=ROW_GROUP, compression="zstd", store_decimal_as_integer=True, version="2.6"
    )
    return bytes(memoryview(sink.getvalue()))


def described(column: ColumnSpec) -> dict[bytes, bytes]:
    """What a Parquet file says of a column."""
    return {b"title": column.title_zh.encode(), b"description": column.description_en.encode()}


def csv_header(name: str) -> bytes:
    """The first line of a CSV file of a table."""
    return (",".join(TABLES[name].schema) + "\n").encode()


def csv_lines(frame: pl.DataFrame) -> bytes:
    """The rows of ``frame`` as lines of CSV: RFC 4180, UTF-8, LF.

    Cells are as printed, never altered for spreadsheets (see the release's README).
    """
    sink = BytesIO()
    frame.write_csv(sink, include_header=False, line_terminator="\n", quote_style="necessary")
    return sink.getvalue()
