"""Two releases side by side: the rows of the same disclosures of both, some disclosures at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.publish.documents import OF_DISCLOSURES
from pipeline.publish.reading import names_year, parquet_files, read_slices, read_table, year_of
from schemas.tables import TABLES

#: So many rows are wanted of either release before they are compared.
_ROWS = 65_536
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


def batches(name: str, sides: Sequence[Side], order: Sequence[pl.DataFrame]) -> Iterator[list[pl.DataFrame]]:
    """The rows of the table ``name`` in either release, but those of files that both have, some disclosures at a time.

    ``order`` is ``order_of`` the sides, the same for all tables. Both rows of one key are in one batch. Raises
    UnreadableFile.
    """
    if not any(side.files(name) for side in sides):
        return
    if name in OF_DISCLOSURES and all(_in_order(side, name) for side in sides):
        yield from _by_disclosure(name, sides, order)
    else:
        yield [read_table(side.release, name, side.same) for side in sides]


def _in_order(side: Side, name: str) -> bool:
    """Whether rows stand by disclosure in the contract's order, and have its columns: earlier versions may differ."""
    before: tuple[Place, str] = ((), "")
    for path in side.files(name):
        if not set(pl.read_parquet_schema(path)).issuperset(TABLES[name].schema) or not names_year(path):
            return False
        for frame in read_slices(path, ["disclosure_id"]):
            for identity in frame["disclosure_id"].rle().struct.field("value"):
                place = side.places.get(identity)
                if place is None or place[0][1] != (year_of(path) or "") or (place, identity) < before:
                    return False
                before = place, identity
    return True


def _by_disclosure(name: str, sides: Sequence[Side], order: Sequence[pl.DataFrame]) -> Iterator[list[pl.DataFrame]]:
    cursors = [_Cursor(name, side, numbered) for side, numbered in zip(sides, order, strict=True)]
    apart: list[list[pl.DataFrame]] = [[], []]
    going_on = True
    while going_on:
        going_on = any(not cursor.ended for cursor in cursors)
        # The rows of the last place that a cursor holds may go on.
        limit = min((cursor.last for cursor in cursors if not cursor.ended), default=None)
        taken = [cursor.take(limit) for cursor in cursors]
        for cursor in cursors:
            if not cursor.ended and (not any(frame.height for frame in taken) or cursor.held.height < _ROWS):
                cursor.read()
        for number, frame in enumerate(taken):
            if frame.height and (moved := frame.filter(_APART)).height:
                apart[number].append(moved)
                taken[number] = frame.filter(~_APART)
        if any(frame.height for frame in taken):
            yield [frame.select(list(TABLES[name].schema)) for frame in taken]
    if any(apart):
        none = TABLES[name].empty()
        yield [pl.concat(parts).select(list(none.schema)) if parts else none for parts in apart]


_AT, _APART = "_at", pl.col("_apart")


class _Cursor:
    """The rows of one side from front to back; ``held`` are those that were read and not taken, ``last`` is their last place."""

    def __init__(self, name: str, side: Side, order: pl.DataFrame) -> None:
        self._order = order
        self._frames = (frame for path in side.files(name) for frame in read_slices(path, list(TABLES[name].schema)))
        self.held = self._placed(TABLES[name].empty())
        self.last, self.ended = -1, False
        self.read()

    def _placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(self._order, on="disclosure_id", how="left", maintain_order="left")

    def read(self) -> None:
        """Hold some rows more."""
        frame = next(self._frames, None)
        self.ended = frame is None
        if frame is not None and frame.height:
            self.held = pl.concat([self.held, self._placed(frame)])
            self.last = self.held[_AT][-1]

    def take(self, limit: int | None) -> pl.DataFrame:
        """The rows before the place ``limit``, or all, which are then held no more."""
        count = self.held.height if limit is None else int((self.held[_AT] < limit).sum())
        taken, self.held = self.held.head(count), self.held.slice(count)
        return taken


def order_of(sides: Sequence[Side]) -> list[pl.DataFrame]:
    """For each side disclosure_id, the number of its place among those of both, and whether the other has it elsewhere."""
    numbers = {
        place: number for number, place in enumerate(sorted({p for side in sides for p in side.places.values()}))
    }
    one, two = ({side.names[i]: place for i, place in side.places.items()} for side in sides)
    elsewhere = {name for name, place in one.items() if two.get(name, place) != place}
    return [
        pl.DataFrame(
            [(i, numbers[place], side.names[i] in elsewhere) for i, place in side.places.items()],
            schema={"disclosure_id": pl.String, _AT: pl.Int64, "_apart": pl.Boolean},
            orient="row",
        )
        for side in sides
    ]
