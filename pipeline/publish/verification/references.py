"""References: what rows refer to is there, and is of their own disclosure but where one document is held against another.

Ids begin with their disclosure's, so a row's own disclosure settles nearly all of them. What an operand of a check refers
to in a disclosure that was not read with it is noted and looked up in the whole release, many at a time (``Elsewhere``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.publish.reading import read_rows
from pipeline.publish.verification.batches import rows_at_once
from pipeline.publish.verification.fault import Fault, in_table, keyed
from pipeline.publish.verification.layout import Layout
from pipeline.publish.verification.rows import own
from schemas.tables import TABLES

#: References whose table stands in the row.
_OWNERS = (
    ("numbers", "owner_table", "owner_id"),
    ("spans", "owner_table", "owner_id"),
    ("check_operands", "kind", "id"),
)
#: The columns that a check's operand repeats, by table.
VALUES = {"budget_lines": "amount", "statements": "value", "targets": "value"}
_NOTED = 200_000
_VALUE = pl.Decimal(20, 4)


@dataclass(frozen=True, slots=True)
class _Reference:
    """Rows of a table that refer to ``target`` by a column."""

    holder: str
    column: str
    target: str
    key: str
    rows: pl.DataFrame

    @property
    def said(self) -> str:
        """What a fault begins with: the column, where the holder's model names it as a reference."""
        named = any(self.column in each.columns for each in TABLES[self.holder].foreign_keys)
        return f"{self.column}: " if named else ""

    @property
    def of_one(self) -> bool:
        """Whether it leads to a disclosure or a record of one."""
        return "disclosure_id" in TABLES[self.target].schema and self.column != "other_disclosure_id"

    @property
    def across(self) -> bool:
        """Whether that may be another than the row's own: a check's operand may be."""
        return (self.holder, self.column) == ("check_operands", "id")


def _references(frames: dict[str, pl.DataFrame]) -> Iterator[_Reference]:
    for name, frame in frames.items():
        for each in TABLES[name].foreign_keys:
            (column,), (key,) = each.columns, each.references
            yield _Reference(name, column, each.table, key, frame.drop_nulls(column))
    for name, table, column in _OWNERS:
        pointing = frames[name].drop_nulls(table)
        for kind in pointing[table].unique().sort():
            if kind in TABLES:
                yield _Reference(
                    name, column, kind, TABLES[kind].primary_key[0], pointing.filter(pl.col(table) == kind)
                )


class Elsewhere:
    """References into disclosures that were not read together with their rows, until the release is asked for them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._noted: dict[str, list[pl.DataFrame]] = {}
        self._count = 0

    def note(self, each: _Reference, rows: pl.DataFrame) -> None:
        """Look ``rows`` of a reference up later; ``_key`` is their own."""
        value = pl.col("value") if each.across else pl.lit(None)
        held = rows.select("_key", "_id", value.cast(_VALUE).alias("value"))
        # Cells are copied: a column that is cut out of others keeps all of their texts alive.
        copied = {column: pl.Series(held[column].to_list(), dtype=dtype) for column, dtype in held.schema.items()}
        marks = {"_holder": pl.lit(each.holder), "_said": pl.lit(each.said), "_across": pl.lit(each.across)}
        self._noted.setdefault(each.target, []).append(pl.DataFrame(copied).with_columns(**marks))
        self._count += rows.height

    def faults(self, last: bool = False) -> list[Fault]:
        """Faults of what was noted, once it is much or nothing more will come. Raises UnreadableFile."""
        if self._count < _NOTED and not last:
            return []
        found: list[Fault] = []
        for target, parts in sorted(self._noted.items()):
            found += self._looked_up(target, pl.concat(parts))
        self._noted, self._count = {}, 0
        return found

    def _looked_up(self, target: str, noted: pl.DataFrame) -> Iterator[Fault]:
        key, column = TABLES[target].primary_key[0], VALUES.get(target)
        columns = [key, column] if column else [key]
        wanted = noted["_id"].unique().implode()
        there = [
            frame.filter(pl.col(key).is_in(wanted))
            for path in self._layout.files[target]
            for frame in read_rows(path, rows_at_once(self._layout, target), columns)
        ]
        known = pl.concat(there).select(
            pl.col(key).alias("_id"), (pl.col(column) if column else pl.lit(None)).alias("_there"), _known=pl.lit(True)
        )
        for row in noted.join(known, on="_id", how="left", maintain_order="left").iter_rows(named=True):
            holder, at, identity, value = (row[name] for name in ("_holder", "_key", "_id", "value"))
            if row["_known"] is None:
                yield in_table(holder, at, f"{row['_said']}refers to {identity}, which {target} has not")
            elif not row["_across"]:
                yield in_table(holder, at, f"{row['_said']}refers to {identity}, which is of another disclosure")
            elif None not in (value, row["_there"]) and value != row["_there"]:
                yield in_table(holder, at, f"value is {value}, {column} of {target} {identity} is {row['_there']}")


def faults(
    frames: dict[str, pl.DataFrame], whole: dict[str, pl.DataFrame], layout: Layout, elsewhere: Elsewhere
) -> list[Fault]:
    """Faults of the references of ``frames``, which are of whole disclosures, to themselves, to the tables ``whole`` and
    to other disclosures of the release.
    """
    found = []
    for name, table, _ in _OWNERS:
        strange = frames[name].filter(~pl.col(table).is_in(list(TABLES)))
        for key, kind in strange.select(keyed(name).alias("_key"), table).iter_rows():
            found.append(in_table(name, key, f"{table} is {kind!r}, which is no table"))
    for each in _references(frames):
        found += _faults(each, (frames | whole)[each.target], layout, elsewhere)
    return found


def _faults(each: _Reference, target: pl.DataFrame, layout: Layout, elsewhere: Elsewhere) -> list[Fault]:
    ids = each.rows.select(pl.col(each.column).unique())
    lost = ids.join(target, left_on=each.column, right_on=each.key, how="anti").to_series()
    if lost.len() and each.target == "disclosures":
        lost = lost.filter(~lost.is_in(layout.order["disclosure_id"].implode()).fill_null(False))
    is_own = own(each.column).fill_null(True) if each.of_one else pl.lit(True)
    if not lost.len() and each.rows.select(is_own.all()).item():
        return []
    rows = each.rows.select(
        pl.all(),
        keyed(each.holder).alias("_key"),
        pl.col(each.column).alias("_id"),
        pl.col(each.column).is_in(lost.implode(), nulls_equal=True).alias("_lost"),
        is_own.alias("_own"),
    )
    found = []
    settled = pl.lit(True) if each.target == "disclosures" else pl.col("_own")
    for key, identity in rows.filter("_lost", settled).select("_key", "_id").iter_rows():
        found.append(in_table(each.holder, key, f"{each.said}refers to {identity}, which {each.target} has not"))
    if not each.across:
        for key, identity in rows.filter(~pl.col("_lost"), ~pl.col("_own")).select("_key", "_id").iter_rows():
            found.append(in_table(each.holder, key, f"{each.said}refers to {identity}, which is of another disclosure"))
    if not (there := rows.filter("_lost", ~settled)).is_empty():
        elsewhere.note(each, there)
    return found
