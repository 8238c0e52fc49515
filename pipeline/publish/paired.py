"""Two releases side by side: the rows of the same disclosures of both, some disclosures at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.documents import FILE, OF_DISCLOSURES, Runs, at_once, row_count
from pipeline.publish.reading import YEAR_FOLDER, parquet_files, read_rows, read_table, year_of
from schemas.tables import TABLES

#: Rows of both releases that are held at a time, unless the disclosures of one body and year have more.
_ROWS = 131_072
#: A year and a body, in the order in which the contract puts them: what is not known comes last.
Place = tuple[tuple[bool, int | str], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two releases. ``same`` are files, as paths inside it, that the other one has, too.

    ``names`` gives each disclosure the name under which both are compared, ``places`` where it stands.
    """

    release: Path
    same: set[str]
    names: Mapping[str, str]
    places: Mapping[str, Place]

    def files(self, name: str) -> list[Path]:
        """The files of a table that are not the same in the other release."""
        paths = parquet_files(self.release, name)
        return [path for path in paths if path.relative_to(self.release).as_posix() not in self.same]


def places_of(disclosures: pl.DataFrame) -> dict[str, Place]:
    """Where each of ``disclosures`` (a row each) stands in the tables of its release."""
    columns = ("disclosure_id", "disclosure_year", "division_code", "entity_key")
    rows = disclosures.select(columns).iter_rows()
    return {identity: tuple((value is None, value or "") for value in place) for identity, *place in rows}


def batches(name: str, sides: Sequence[Side]) -> Iterator[list[pl.DataFrame]]:
    """The rows of the table ``name`` in either release, but those of files that both have, some disclosures at a time.

    Both rows of one key are in one batch. Raises UnreadableFile.
    """
    if not any(side.files(name) for side in sides):
        return
    if name in OF_DISCLOSURES and all(_in_order(side, name) for side in sides):
        yield from _by_disclosure(name, sides)
    else:
        yield [read_table(side.release, name, side.same) for side in sides]


def _in_order(side: Side, name: str) -> bool:
    """Whether rows stand by disclosure in the contract's order, and have its columns: earlier versions may differ."""
    before: tuple[Place, str] = ((), "")
    for path in side.files(name):
        columns = set(pl.read_parquet_schema(path)) | {"disclosure_year"}
        if not columns.issuperset(TABLES[name].schema) or not path.parent.name.startswith(YEAR_FOLDER):
            return False
        for frame in read_rows(path, _ROWS, ["disclosure_id"]):
            for identity in frame["disclosure_id"].rle().struct.field("value"):
                place = side.places.get(identity)
                if place is None or place[0][1] != (year_of(path) or "") or (place, identity) < before:
                    return False
                before = place, identity
    return True


def _by_disclosure(name: str, sides: Sequence[Side]) -> Iterator[list[pl.DataFrame]]:
    runs = []
    for side in sides:
        paths = side.files(name)
        size = at_once(row_count(parquet_files(side.release, name)), len(side.places))
        runs.append(Runs(list(enumerate(paths)), name, size))
    elsewhere = _elsewhere(sides)
    held: tuple[list[pl.DataFrame], ...] = ([], [])
    apart: tuple[list[pl.DataFrame], ...] = ([], [])
    count = 0
    for group in _together(sides):
        for number, identities in enumerate(group):
            for identity in identities:
                taken = runs[number].take(identity)
                moved = sides[number].names[identity] in elsewhere
                (apart if moved else held)[number].extend(taken)
                count += 0 if moved else sum(part.height for part in taken)
        if count >= _ROWS:
            yield [_frame(name, parts) for parts in held]
            held, count = ([], []), 0
    for each in runs:
        each.finish()
    for left in (held, apart):
        if any(left):
            yield [_frame(name, parts) for parts in left]


def _elsewhere(sides: Sequence[Side]) -> set[str]:
    """Names of disclosures that do not stand at the same place in both, as another version read body or year."""
    one, two = ({side.names[i]: place for i, place in side.places.items()} for side in sides)
    return {name for name, place in one.items() if two.get(name, place) != place}


def _together(sides: Sequence[Side]) -> Iterator[tuple[list[str], ...]]:
    """The disclosures of both at each place, in order."""
    at: dict[Place, tuple[list[str], ...]] = {}
    for number, side in enumerate(sides):
        for identity, place in side.places.items():
            at.setdefault(place, ([], []))[number].append(identity)
    return (tuple(map(sorted, at[place])) for place in sorted(at))


def _frame(name: str, parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts).drop(FILE) if parts else TABLES[name].empty()
