"""A release in batches of whole bodies, as rules read them, so that rows can be judged while few of them are held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.by_disclosure import FILE, OF_DISCLOSURES, Runs, at_once, frames_of
from pipeline.publish.files import BODY, in_years
from pipeline.publish.reading import year_of
from pipeline.publish.verify.layout import Layout
from schemas.tables import TABLES

#: A batch ends with the body that brings it to so many rows.
ROWS = 65_536
_STATED = pl.DataFrame(schema={"disclosure_id": pl.String, BODY.name: pl.String, FILE: pl.UInt32})


@dataclass(frozen=True, slots=True)
class Batch:
    """All rows of some bodies by table, in the contract's order.

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
        held = pl.concat(parts) if parts else None
        numbers[name] = pl.Series(FILE, [], pl.UInt32) if held is None else held[FILE]
        frames[name] = spec.empty() if held is None else held.select(list(spec.schema))
        if BODY.name not in spec.schema:
            stated[name] = pl.concat([_STATED] if held is None else [_STATED, held.select(_STATED.columns)]).unique()
    return Batch(frames, stated, numbers, layout.files)


def rows_at_once(layout: Layout, name: str) -> int:
    """How many rows of a table to decode at a time."""
    return at_once(layout.rows[name], layout.rows["disclosures"])


def in_order(layout: Layout) -> Iterator[Batch]:
    """The release in the contract's order, body by body. Raises MisplacedRows, at the end, where rows stand elsewhere.

    Until all is through nothing that was found is certain: rows may be missing where they belong. Raises UnreadableFile.
    """
    runs: dict[int | None, dict[str, Runs]] = {}
    for name in OF_DISCLOSURES:
        of_year: dict[int | None, list[tuple[int, Path]]] = {}
        for at, path in enumerate(layout.files[name]):
            of_year.setdefault(year_of(path), []).append((at, path))
        for year, paths in of_year.items():
            runs.setdefault(year, {})[name] = Runs(paths, name, rows_at_once(layout, name), BODY.name)
    taken: dict[str, list[pl.DataFrame]] = {name: [] for name in OF_DISCLOSURES}
    count, last = 0, None
    for identity, year, body in layout.order.iter_rows():
        if count >= ROWS and body != last:
            yield _batch(layout, taken)
            taken, count = {name: [] for name in OF_DISCLOSURES}, 0
        for name, each in runs.get(year, {}).items():
            parts = each.take(identity)
            taken[name] += parts
            count += sum(part.height for part in parts)
        last = body
    for year in sorted(runs, key=in_years):
        for each in runs[year].values():
            each.finish()
    if count:
        yield _batch(layout, taken)


def whole(layout: Layout) -> Batch:
    """All rows at once, wherever they stand. Raises UnreadableFile."""
    taken = {
        name: list(frames_of(list(enumerate(layout.files[name])), name, ROWS, BODY.name)) for name in OF_DISCLOSURES
    }
    return _batch(layout, taken)


def all_rows(paths: Sequence[Path], name: str) -> pl.DataFrame:
    """All rows of a table of the whole release in the order of its files, with ``FILE``. Raises UnreadableFile."""
    none = TABLES[name].empty().with_columns(pl.lit(None, pl.UInt32).alias(FILE))
    return pl.concat([none, *frames_of(list(enumerate(paths)), name, ROWS)])
