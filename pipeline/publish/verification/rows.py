"""Rows: schemas, closed lists, keys, references, the order of rows, and one source for every disclosure."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.publish.files import BODY
from pipeline.publish.reading import parquet_files, read_file, read_manifest, year_of
from pipeline.publish.verification.fault import Fault, in_table, keyed
from pipeline.tidy.frames import order, sort_disclosures
from pipeline.tidy.validation import RowFault, key_faults, model_faults
from schemas.tables import TABLES


def read(release: Path, name: str) -> tuple[list[Fault], pl.DataFrame | None]:
    """The table ``name``, or None where a file of it cannot be read or has not the table's columns."""
    spec, found, parts = TABLES[name], [], []
    paths = parquet_files(release, name)
    if not paths:
        return [in_table(name, None, "has no file")], None
    for path in paths:
        file = path.relative_to(release).as_posix()
        try:
            frame = read_file(path, name)
            printed = dict(pl.read_parquet_schema(path))
        except (OSError, pl.exceptions.PolarsError) as error:
            found.append(Fault(file, None, f"cannot be read: {str(error).splitlines()[0]}"))
            continue
        partitioned = path.parent.name.startswith("disclosure_year=")
        wanted = {c: t for c, t in spec.schema.items() if not (partitioned and c == "disclosure_year")}
        if BODY.name not in wanted and printed.get(BODY.name) == BODY.dtype:
            del printed[BODY.name]  # see _bodies
        if list(printed) != list(wanted):
            missing, extra = sorted(set(wanted) - set(printed)), sorted(set(printed) - set(wanted))
            found.append(Fault(file, None, f"columns are not the table's (missing {missing}, unknown {extra})"))
            continue
        for column, dtype in wanted.items():
            if printed[column] != dtype:
                found.append(Fault(file, None, f"{column} is {printed[column]}, not {dtype}"))
                frame = frame.clear()
        parts.append(frame)
    if found:
        return found, None
    frame = pl.concat(parts)
    rows = read_manifest(release)["rows"].get(name)
    if frame.height != rows:
        found.append(in_table(name, None, f"has {frame.height} rows, the manifest says {rows}"))
    return found, frame


def _fault(fault: RowFault) -> Fault:
    column = f"{fault.column}: " if fault.column else ""
    return in_table(fault.table, fault.row or None, column + fault.reason)


def faults(release: Path, frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Faults of the rows of ``frames``, which are the tables of ``release``."""
    found = [_fault(fault) for name, frame in frames.items() for fault in model_faults(TABLES[name], frame)]
    found += [_fault(fault) for fault in key_faults(frames)]
    found += (
        _owners(frames)
        + _years(frames)
        + _bodies(release, frames)
        + _order(release, frames)
        + _sources(release, frames["disclosures"])
    )
    return found


def _owners(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """References whose table stands in the row: owners of numbers and of pieces of text, operands of checks."""
    found = []
    for name, table, identity in (
        ("numbers", "owner_table", "owner_id"),
        ("spans", "owner_table", "owner_id"),
        ("check_operands", "kind", "id"),
    ):
        pointing = frames[name].filter(pl.col(table).is_not_null())
        for kind in pointing[table].unique().sort():
            rows = pointing.filter(pl.col(table) == kind).with_columns(_key=keyed(name))
            if kind not in TABLES:
                found += [in_table(name, key, f"{table} is {kind!r}, which is no table") for key in rows["_key"]]
                continue
            lost = rows.join(
                frames[kind], left_on=identity, right_on=TABLES[kind].primary_key[0], how="anti", maintain_order="left"
            )
            for key, owner in lost.select("_key", identity).iter_rows():
                found.append(in_table(name, key, f"refers to {owner}, which {kind} has not"))
    return found


def _years(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """A row's year is its disclosure's, and so the folder that it stands in."""
    years = frames["disclosures"].select("disclosure_id", pl.col("disclosure_year").alias("_year"))
    found = []
    for name, frame in frames.items():
        if name == "disclosures" or "disclosure_id" not in frame.columns:
            continue
        wrong = frame.join(years, on="disclosure_id", maintain_order="left").filter(
            pl.col("disclosure_year").ne_missing(pl.col("_year"))
        )
        for row in wrong.with_columns(_key=keyed(name)).select("_key", "disclosure_year", "_year").iter_rows():
            found.append(in_table(name, row[0], f"disclosure_year is {row[1]}, its disclosure's is {row[2]}"))
    return found


def _bodies(release: Path, frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Parquet files say of every row which body's disclosure it is of."""
    found = []
    bodies = frames["disclosures"].select("disclosure_id", _body=BODY.name)
    for name, spec in TABLES.items():
        if BODY.name in spec.schema or "disclosure_id" not in spec.schema:
            continue
        for path in parquet_files(release, name):
            if BODY.name not in pl.read_parquet_schema(path):
                continue
            frame = pl.read_parquet(path, columns=["disclosure_id", BODY.name], hive_partitioning=False).unique()
            wrong = frame.join(bodies, on="disclosure_id").filter(pl.col(BODY.name).ne_missing(pl.col("_body")))
            for row in wrong.sort("disclosure_id").iter_rows():
                file = path.relative_to(release).as_posix()
                found.append(Fault(file, row[0], f"{BODY.name} is {row[1]}, its disclosure's is {row[2]}"))
    return found


def _order(release: Path, frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """The first row of each file that stands where the contract's order does not put it."""
    found = []
    disclosures = sort_disclosures(frames["disclosures"])
    for name, whole in frames.items():
        keys = list(TABLES[name].primary_key)
        # One file a year: where a year has several parts, they follow one another.
        for path in {path.parent: path for path in parquet_files(release, name)}.values():
            part = whole
            if path.parent.name.startswith("disclosure_year="):
                part = whole.filter(pl.col("disclosure_year").eq_missing(pl.lit(year_of(path), pl.Int64)))
            if name == "disclosures":
                right = sort_disclosures(part)
            elif "disclosure_id" in part.columns:
                right = order(name, part, disclosures)
            else:
                right = part.sort(keys, nulls_last=True, maintain_order=True)
            moved = (part.select(_is=keyed(name)).hstack(right.select(_should=keyed(name)))).filter(
                pl.col("_is") != pl.col("_should")
            )
            if moved.height:
                here, there = moved.row(0)
                file = path.relative_to(release).as_posix()
                found.append(Fault(file, here, f"stands where {there} belongs: rows are out of order"))
    return found


def _sources(release: Path, disclosures: pl.DataFrame) -> list[Fault]:
    """Disclosures and the manifest's sources name each other, by bytes and checksum."""
    listed = {str(source.get("disclosure_id")): source for source in read_manifest(release)["sources"]}
    found = []
    for row in disclosures.iter_rows(named=True):
        identity, sha256 = row["disclosure_id"], row["source_sha256"]
        source = listed.pop(identity, None)
        if source is None:
            found.append(Fault("manifest.json", identity, "is no source of the manifest"))
            continue
        if (source.get("sha256"), source.get("bytes")) != (sha256, row["source_bytes"]):
            found.append(in_table("disclosures", identity, "source_sha256 or source_bytes is not the manifest's"))
        # A file that could not be read at all has no checksum, and its id is made of its path.
        if sha256 is not None and not sha256.startswith(identity):
            found.append(in_table("disclosures", identity, f"does not begin the source's sha256 {sha256}"))
        names = [str(path).rpartition("/")[2] for path in source.get("paths", ())]
        if str(row["source_file"]).rpartition("/")[2] not in names:
            found.append(in_table("disclosures", identity, f"source_file {row['source_file']} is not among {names}"))
    return found + [
        Fault("manifest.json", identity, "is a source that no disclosure is made of") for identity in listed
    ]
