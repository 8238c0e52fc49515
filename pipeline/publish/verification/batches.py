"""A release in batches of whole disclosures, so that rows can be judged while few of them are held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.documents import FILE, OF_DISCLOSURES, Runs, at_once, frames_of
from pipeline.publish.files import BODY
from pipeline.publish.reading import year_of
from pipeline.publish.verification.layout import Layout
from schemas.tables import TABLES

#: A batch ends with the disclosure that brings it to so many rows.
ROWS = 65_536
_STATED = pl.DataFrame(schema={"disclosure_id": pl.String, BODY.name: pl.String, FILE: pl.UInt32})


@dataclass(frozen=True, slots=True)
class Batch:
    """All rows of some disclosures by table, in the order of the files; of a table with files of several years, by year.

    ``stated`` is what Parquet files say besides of whose disclosure rows are: `disclosure_id`, the body and FILE, each
    once. ``files`` are the files of a table, by the number FILE.
    """

    frames: dict[str, pl.DataFrame]
    stated: dict[str, pl.DataFrame]
    numbers: dict[str, pl.Series]
    files: dict[str, list[Path]]

    @property
    def disclosures(self) -> pl.DataFrame:
        return self.frames["disclosures"]


def _batch(layout: Layout, taken: dict[str, list[pl.DataFrame]]) -> Batch:
    frames, stated, numbers = {}, {}, {}
    for name, parts in taken.items():
        spec = TABLES[name]
        # Files may say of whose disclosure rows are, or not: those that do are alike, and so are those that do not.
        alike = [
            pl.concat(each)
            for each in ([p for p in parts if (BODY.name in p.columns) is says] for says in (True, False))
            if each
        ]
        held = pl.concat([each.select(*spec.schema, FILE) for each in alike]) if alike else None
        numbers[name] = pl.Series(FILE, [], pl.UInt32) if held is None else held[FILE]
        frames[name] = spec.empty() if held is None else held.drop(FILE)
        if BODY.name not in spec.schema:
            said = [each.select(_STATED.columns) for each in alike if BODY.name in each.columns]
            stated[name] = pl.concat([_STATED, *said]).unique()
    return Batch(frames, stated, numbers, layout.files)


def rows_at_once(layout: Layout, name: str) -> int:
    """How many rows of a table to decode at a time."""
    return at_once(layout.rows[name], layout.rows["disclosures"])


def in_order(layout: Layout) -> Iterator[Batch]:
    """The release year by year. Raises MisplacedRows, when a year is through, where rows stand elsewhere; UnreadableFile.

    Until all is through nothing that was found is certain: rows may be missing where they belong.
    """
    files = {name: list(enumerate(layout.files[name])) for name in OF_DISCLOSURES}
    years = sorted({year_of(path) for name in files for _, path in files[name]}, key=lambda y: (y is None, y or 0))
    taken: dict[str, list[pl.DataFrame]] = {name: [] for name in files}
    count = 0
    for year in years:
        runs = {}
        for name, all_of in files.items():
            mine = [(at, path) for at, path in all_of if year_of(path) == year]
            runs[name] = Runs(mine, name, rows_at_once(layout, name), BODY.name)
        for identity in layout.of_year(year):
            for name, each in runs.items():
                parts = each.take(identity)
                taken[name] += parts
                count += sum(part.height for part in parts)
            if count >= ROWS:
                yield _batch(layout, taken)
                taken, count = {name: [] for name in files}, 0
        for each in runs.values():
            each.finish()
    if count:
        yield _batch(layout, taken)


def whole(layout: Layout) -> Batch:
    """All rows at once, wherever they stand. Raises UnreadableFile."""
    taken = {
        name: list(frames_of(list(enumerate(layout.files[name])), name, ROWS, BODY.name)) for name in OF_DISCLOSURES
    }
    return _batch(layout, taken)
