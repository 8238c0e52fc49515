"""Frames to files whose bytes depend on nothing but their rows."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TableSpec

ROW_GROUP = 65_536
CSV_BYTES = 256 * 1024 * 1024
_BLOCK = 1 << 20


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
    """One Parquet file of rows of the table ``spec``, its columns described.

    Every disclosure's rows lie together and ids are hashes, so the least and greatest of a row group say little of
    which disclosures it holds: a Bloom filter on ``disclosure_id`` does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    described = {column.name: column for column in spec.columns}
    fields = []
    for field in table.schema:
        column = described[field.name]
        meta = {"title": column.title_zh, "description": column.description_en}
        fields.append(field.with_metadata(meta))
    table = pa.Table.from_arrays(table.columns, schema=pa.schema(fields))
    found = "disclosure_id" in frame.columns and frame.height
    bloom = {"disclosure_id": {"ndv": frame["disclosure_id"].n_unique(), "fpp": 0.01}} if found else None
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        store_decimal_as_integer=True,
        version="2.6",
        bloom_filter_options=bloom,
    )


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


def concatenate(pieces: Iterable[bytes | Path], path: Path) -> tuple[int, str]:
    """Write ``pieces`` (bytes, or files that hold them) one after the other; returns bytes and sha256."""
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        for piece in pieces:
            for block in [piece] if isinstance(piece, bytes) else _blocks(piece):
                digest.update(block)
                size += out.write(block)
    return size, digest.hexdigest()


def link(source: Path, target: Path) -> None:
    """The file ``source`` under another name: the same bytes on disk where the file system can, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()
