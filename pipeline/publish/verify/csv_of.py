"""CSV and Parquet hold the same rows in the same order, cell by cell: a table after the other, some rows at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.by_disclosure import FILE, Runs
from pipeline.publish.files import year_name
from pipeline.publish.reading import csv_files, year_of
from pipeline.publish.verify.batches import Batch, rows_at_once
from pipeline.publish.verify.csv_rows import CsvRows
from pipeline.publish.verify.fault import Fault
from pipeline.publish.verify.layout import Layout
from pipeline.publish.verify.rows import in_order
from pipeline.tidy.frames import order
from schemas.tables import TABLES

#: So many rows of a table, those of the last disclosure included, are written to be compared.
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class _Wanted:
    """CSV files that follow one another, and which rows they hold: all, or those of one year."""

    paths: list[Path]
    whole: bool
    year: int | None = None


def of_disclosures(release: Path, layout: Layout, name: str, batch: Batch | None = None) -> list[Fault]:
    """Faults of the CSV files of a table of disclosures: against its Parquet files, or ``batch``, which holds them all."""
    wanted, found = _wanted(release, layout, name)
    for each in wanted:
        rows = _in_order(layout, name, each) if batch is None else iter([_held(batch, name, each)])
        found += _differences(each, name, rows)
    return found


def of_whole(release: Path, layout: Layout, name: str, frame: pl.DataFrame) -> list[Fault]:
    """Faults of the CSV file of a table of the whole release, whose rows are ``frame``."""
    wanted, found = _wanted(release, layout, name)
    for each in wanted:
        held = frame.sort(list(TABLES[name].primary_key), nulls_last=True, maintain_order=True)
        found += _differences(each, name, iter([held if each.whole else held.filter(_is(each.year))]))
    return found


def _is(year: int | None) -> pl.Expr:
    return pl.col("disclosure_year").eq_missing(pl.lit(year, pl.Int64))


def _differences(each: _Wanted, name: str, rows: Iterator[pl.DataFrame]) -> list[Fault]:
    found = []
    with closing(CsvRows(each.paths, name)) as csv:
        for frame in rows:
            found += csv.take(frame)
        return found + csv.finish()


def _wanted(release: Path, layout: Layout, name: str) -> tuple[list[_Wanted], list[Fault]]:
    """The CSV files of a table, and faults of those that are missing or should not be."""
    paths = csv_files(release, name)
    if not TABLES[name].csv:
        return [], [Fault(f"csv/{path.name}", None, "is published as Parquet only") for path in paths]
    if [path.name for path in paths] in ([], [f"{name}.csv"]):
        missing = [] if paths else [Fault(f"csv/{name}.csv", None, "is missing")]
        return [_Wanted(paths, whole=True)] * bool(paths), missing
    found = []
    years: dict[str, list[Path]] = {}
    for path in paths:
        if match := re.fullmatch(rf"{name}-([0-9]+|unknown)(-[0-9]+)?\.csv", path.name):
            years.setdefault(match[1], []).append(path)
        else:
            found.append(Fault(f"csv/{path.name}", None, f"is named for no year of {name}"))
    held = {year_name(year_of(path)) for path in layout.files[name]}
    found += [Fault(f"csv/{name}-{year}.csv", None, "is missing") for year in sorted(held - set(years))]
    return [_Wanted(files, False, None if year == "unknown" else int(year)) for year, files in years.items()], found


def _in_order(layout: Layout, name: str, each: _Wanted) -> Iterator[pl.DataFrame]:
    """The rows of Parquet files in the order of CSV files: by disclosure, whatever their years."""
    files: dict[int | None, list[tuple[int, Path]]] = {}
    for at, path in enumerate(layout.files[name]):
        files.setdefault(year_of(path), []).append((at, path))
    runs = {year: Runs(paths, name, rows_at_once(layout, name)) for year, paths in files.items()}
    parts: list[pl.DataFrame] = []
    ids: list[str] = []
    count = 0
    for identity, year, _ in (layout.order if each.whole else layout.order.filter(_is(each.year))).iter_rows():
        if year in runs:
            taken = runs[year].take(identity)
            parts += taken
            ids.append(identity)
            count += sum(part.height for part in taken)
        if count >= _ROWS:
            yield order(name, pl.concat(parts).drop(FILE), pl.DataFrame({"disclosure_id": ids}))
            parts, ids, count = [], [], 0
    if parts:
        yield order(name, pl.concat(parts).drop(FILE), pl.DataFrame({"disclosure_id": ids}))


def _held(batch: Batch, name: str, each: _Wanted) -> pl.DataFrame:
    frame = order(name, batch.frames[name], in_order(batch.disclosures))
    return frame if each.whole else frame.filter(_is(each.year))
