"""Rows: schemas, closed lists, keys, years, bodies, and the order in which rows stand."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.publish.by_disclosure import FILE
from pipeline.publish.files import BODY, by_year
from pipeline.publish.reading import year_of
from pipeline.publish.verify.batches import Batch
from pipeline.publish.verify.fault import Fault, in_table, keyed
from pipeline.tidy.frames import order, sort_disclosures
from pipeline.tidy.validation import RowFault, model_faults, repeated_keys
from schemas.tables import TABLES


def _fault(fault: RowFault) -> Fault:
    column = f"{fault.column}: " if fault.column else ""
    return in_table(fault.table, fault.row or None, column + fault.reason)


def of_table(name: str, frame: pl.DataFrame) -> list[Fault]:
    """Rows of the table ``name`` that break its model, and keys that ``frame`` has more than once."""
    return [_fault(fault) for fault in (*model_faults(TABLES[name], frame), *repeated_keys(TABLES[name], frame))]


def faults(release: Path, batch: Batch) -> list[Fault]:
    """Faults of the rows of ``batch``, which is of ``release``."""
    found = [fault for name, frame in batch.frames.items() for fault in of_table(name, frame)]
    for name, frame in batch.frames.items():
        found += _named(release, frame.with_columns(batch.numbers[name]), batch.files[name])
    return found + _ids(batch.frames) + _years(batch.frames) + _bodies(release, batch) + _order(release, batch)


def id_column(name: str) -> str:
    """The column of a table's key that holds an id: of the row, or of the record that it belongs to."""
    return "owner_id" if name == "spans" else TABLES[name].primary_key[0]


def own(column: str) -> pl.Expr:
    """Whether a column holds the id of the row's disclosure, or of a record of it."""
    return pl.col(column).str.starts_with(pl.col("disclosure_id"))


def _ids(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Ids begin with their disclosure's, so that what no disclosure has twice the release has not twice either."""
    found = []
    for name, frame in frames.items():
        column = id_column(name)
        strange = frame.filter(~own(column).fill_null(True)).select(keyed(name).alias("_key"), "disclosure_id")
        for key, disclosure in strange.iter_rows():
            found.append(in_table(name, key, f"{column} does not begin with its disclosure's id {disclosure}"))
    return found


def _years(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """A row's year is its disclosure's."""
    years = frames["disclosures"].select("disclosure_id", pl.col("disclosure_year").alias("_year"))
    found = []
    for name, frame in frames.items():
        if name == "disclosures":
            continue
        wrong = frame.join(years, on="disclosure_id", maintain_order="left").filter(
            pl.col("disclosure_year").ne_missing(pl.col("_year"))
        )
        for row in wrong.with_columns(_key=keyed(name)).select("_key", "disclosure_year", "_year").iter_rows():
            found.append(in_table(name, row[0], f"disclosure_year is {row[1]}, its disclosure's is {row[2]}"))
    return found


def _named(release: Path, frame: pl.DataFrame, files: list[Path]) -> list[Fault]:
    """Files hold the rows of the year that they are named for. ``frame`` has ``FILE``."""
    found = []
    for number, year in frame.select(FILE, "disclosure_year").unique(maintain_order=True).iter_rows():
        if year != year_of(files[number]):
            file = files[number].relative_to(release).as_posix()
            found.append(Fault(file, None, f"has rows of the year {year}, for which it is not named"))
    return found


def _bodies(release: Path, batch: Batch) -> list[Fault]:
    """Parquet files say of every row which body's disclosure it is of."""
    found = []
    bodies = batch.disclosures.select("disclosure_id", _body=BODY.name)
    for name, stated in batch.stated.items():
        wrong = stated.join(bodies, on="disclosure_id").filter(pl.col(BODY.name).ne_missing(pl.col("_body")))
        for identity, said, file, body in wrong.sort("disclosure_id").iter_rows():
            path = batch.files[name][file].relative_to(release).as_posix()
            found.append(Fault(path, identity, f"{BODY.name} is {said}, its disclosure's is {body}"))
    return found


def _order(release: Path, batch: Batch) -> list[Fault]:
    """The first row of each table and year that stands where the contract's order does not put it."""
    found = []
    disclosures = in_order(batch.disclosures)
    for name, frame in batch.frames.items():
        for _, part in by_year(frame.with_columns(batch.numbers[name])):
            right = sort_disclosures(part) if name == "disclosures" else order(name, part, disclosures)
            found += _moved(release, name, part, right, batch.files[name])
    return found


def in_order(disclosures: pl.DataFrame) -> pl.DataFrame:
    """Each of ``disclosures`` once, in the contract's order; that one is there twice is said elsewhere."""
    return sort_disclosures(disclosures).unique("disclosure_id", keep="first", maintain_order=True)


def order_of(release: Path, name: str, frame: pl.DataFrame, files: list[Path]) -> list[Fault]:
    """The first row that stands out of the order of keys in a table of the whole release, whose ``frame`` has ``FILE``."""
    of_years = "disclosure_year" in frame.columns
    found = _named(release, frame, files) if of_years else []
    for part in [part for _, part in by_year(frame)] if of_years else [frame]:
        right = part.sort(list(TABLES[name].primary_key), nulls_last=True, maintain_order=True)
        found += _moved(release, name, part, right, files)
    return found


def _moved(release: Path, name: str, part: pl.DataFrame, right: pl.DataFrame, files: list[Path]) -> list[Fault]:
    here, there = part.select(keyed(name)).to_series(), right.select(keyed(name)).to_series()
    moved = (here != there).arg_true()
    if not moved.len():
        return []
    at = moved[0]
    file = files[part[FILE][at]].relative_to(release).as_posix()
    return [Fault(file, here[at], f"stands where {there[at]} belongs: rows are out of order")]
