"""CSV and Parquet hold the same rows in the same order, cell by cell."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from pipeline.publish.reading import csv_files
from pipeline.publish.verification.fault import Fault
from pipeline.tidy.frames import order, sort_disclosures
from schemas.tables import TABLES

#: Cells named a file; where a file was shifted by a row every later row differs, too.
_SHOWN = 20


def faults(release: Path, frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Faults of the CSV files of ``release`` against ``frames``, the tables of its Parquet files."""
    found = []
    disclosures = sort_disclosures(frames["disclosures"])
    for name, spec in TABLES.items():
        paths = csv_files(release, name)
        if not spec.csv:
            found += [Fault(f"csv/{path.name}", None, "is published as Parquet only") for path in paths]
            continue
        if not paths:
            found.append(Fault(f"csv/{name}.csv", None, "is missing"))
            continue
        frame = disclosures if name == "disclosures" else frames[name]
        if "disclosure_id" in frame.columns and name != "disclosures":
            frame = order(name, frame, disclosures)
        elif name == "code_names":
            frame = frame.sort(list(spec.primary_key), nulls_last=True)
        if len(paths) > 1:
            frame = frame.sort("disclosure_year", nulls_last=True, maintain_order=True)
        found += _differences(paths, frame, spec.primary_key)
    return found


def _strings(data: bytes) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(data), infer_schema=False, encoding="utf8")


def _differences(paths: list[Path], frame: pl.DataFrame, key: tuple[str, ...]) -> list[Fault]:
    file = f"csv/{paths[0].name}"
    wanted = io.BytesIO()
    frame.write_csv(wanted, line_terminator="\n", quote_style="necessary")
    if len(paths) == 1 and paths[0].read_bytes() == wanted.getvalue():
        return []
    right = _strings(wanted.getvalue())
    try:
        here = pl.concat([_strings(path.read_bytes()) for path in paths])
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        return [Fault(file, None, f"cannot be read as CSV: {str(error).splitlines()[0]}")]
    if here.columns != right.columns:
        return [Fault(file, None, f"its columns are {here.columns}, the table's {right.columns}")]
    found = []
    if here.height != right.height:
        found.append(Fault(file, None, f"has {here.height} rows, Parquet has {right.height}"))
    for at, (a, b) in enumerate(zip(here.iter_rows(named=True), right.iter_rows(named=True), strict=False), start=1):
        if a == b:
            continue
        columns = [f"{c} is {a[c]!r}, Parquet has {b[c]!r}" for c in here.columns if a[c] != b[c]]
        found.append(Fault(file, f"{at} ({'/'.join(str(b[c]) for c in key)})", "; ".join(columns[:4])))
        if len(found) == _SHOWN:
            break
    return found or [Fault(paths[0].name, None, "its bytes are not what its rows write")] * (len(paths) == 1)
