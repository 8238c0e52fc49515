"""References: what rows refer to is there, and is of their own disclosure but where one document is held against another.

Ids begin with their disclosure's, and documents that are held against each other are of one body, so the rows of whole
bodies settle all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.publish.verify.fault import Fault, in_table, keyed
from pipeline.publish.verify.layout import ID_LENGTH, Layout
from pipeline.publish.verify.rows import own
from schemas.tables import TABLES

#: References whose table stands in the row.
_OWNERS = (
    ("numbers", "owner_table", "owner_id"),
    ("spans", "owner_table", "owner_id"),
    ("check_operands", "kind", "id"),
)


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


def faults(frames: dict[str, pl.DataFrame], whole: dict[str, pl.DataFrame], layout: Layout) -> list[Fault]:
    """Faults of the references of ``frames``, which are of whole bodies, to themselves, to the tables ``whole`` and to
    other disclosures of the release.
    """
    found = []
    for name, table, _ in _OWNERS:
        strange = frames[name].filter(~pl.col(table).is_in(list(TABLES)))
        for key, kind in strange.select(keyed(name).alias("_key"), table).iter_rows():
            found.append(in_table(name, key, f"{table} is {kind!r}, which is no table"))
    for each in _references(frames):
        found += _faults(each, (frames | whole)[each.target], layout)
    return found


def _faults(each: _Reference, target: pl.DataFrame, layout: Layout) -> list[Fault]:
    ids, disclosures = each.rows.select(pl.col(each.column).unique()), layout.order["disclosure_id"].implode()
    lost = ids.join(target, left_on=each.column, right_on=each.key, how="anti").to_series()
    if lost.len() and each.target == "disclosures":
        lost = lost.filter(~lost.is_in(disclosures).fill_null(False))
    is_own = own(each.column).fill_null(True) if each.of_one else pl.lit(True)
    if not lost.len() and each.rows.select(is_own.all()).item():
        return []
    known = pl.col(each.column).str.slice(0, ID_LENGTH).is_in(disclosures)
    rows = each.rows.select(
        keyed(each.holder).alias("_key"),
        pl.col(each.column).alias("_id"),
        _lost=pl.col(each.column).is_in(lost.implode(), nulls_equal=True),
        _foreign=~is_own & (known if each.of_one else False) & (not each.across),
    )
    found = []
    for key, identity, foreign in (
        rows.filter(pl.col("_lost") | pl.col("_foreign")).select("_key", "_id", "_foreign").iter_rows()
    ):
        why = "is of another disclosure" if foreign else f"{each.target} has not"
        found.append(in_table(each.holder, key, f"{each.said}refers to {identity}, which {why}"))
    return found
