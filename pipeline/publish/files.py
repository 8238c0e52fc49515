"""Frames to files whose bytes depend on nothing but their rows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TableSpec

ROW_GROUP = 65_536
CSV_BYTES = 256 * 1024 * 1024


def write_parquet(frame: pl.DataFrame, spec: TableSpec, folder: Path) -> dict[Path, int]:
    """Write ``frame`` below ``folder``, a directory a year where the table has one. Returns rows by file."""
    if "disclosure_year" not in frame.columns:
        path = folder / f"{spec.name}.parquet"
        _write(frame, spec, path)
        return {path: frame.height}
    written: dict[Path, int] = {}
    years = sorted(frame["disclosure_year"].unique().to_list(), key=lambda year: (year is None, year or 0))
    for year in years or [None]:
        part = frame.filter(pl.col("disclosure_year").eq_missing(year))
        path = folder / f"disclosure_year={'unknown' if year is None else year}" / "part-0.parquet"
        _write(part.drop("disclosure_year"), spec, path)
        written[path] = part.height
    return written


def _write(frame: pl.DataFrame, spec: TableSpec, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    described = {column.name: column for column in spec.columns}
    fields = []
    for field in table.schema:
        column = described[field.name]
        meta = {"title": column.title_zh, "description": column.description_en}
        fields.append(field.with_metadata(meta))
    table = pa.Table.from_arrays(table.columns, schema=pa.schema(fields))
    pq.write_table(
        table, path, row_group_size=ROW_GROUP, compression="zstd", store_decimal_as_integer=True, version="2.6"
    )


def write_csv(frame: pl.DataFrame, name: str, folder: Path) -> dict[Path, int]:
    """RFC 4180, UTF-8, LF. Cells are as printed, never altered for spreadsheets (see the release's README).

    A table of more than 256 MB is split by year.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    frame.write_csv(path, line_terminator="\n", quote_style="necessary")
    if path.stat().st_size <= CSV_BYTES or "disclosure_year" not in frame.columns:
        return {path: frame.height}
    path.unlink()
    written = {}
    for year in sorted(frame["disclosure_year"].unique().to_list(), key=lambda y: (y is None, y or 0)):
        part = frame.filter(pl.col("disclosure_year").eq_missing(year))
        path = folder / f"{name}-{'unknown' if year is None else year}.csv"
        part.write_csv(path, line_terminator="\n", quote_style="necessary")
        written[path] = part.height
    return written


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
