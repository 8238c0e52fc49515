"""The figures that people ask for first, picked from budget lines and statements by rules that are data.

``schemas/figures/key-figures.toml`` says where each figure may be printed. A figure rests on one record: nothing is
computed that no document prints, and a place that prints two amounts for one year and phase gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial, reduce
from pathlib import Path
from typing import Annotated, Any

import polars as pl

from schemas.loading import Made, OneOf, nearest, read_file
from schemas.tables import TABLES, TableSpec

FILE = Path(__file__).resolve().parents[2] / "schemas" / "figures" / "key-figures.toml"
_OF = ["disclosure_id", "fiscal_year", "phase"]
_BODY = ["entity_key", "entity_name", "division_code", "scope", "stage", "preferred"]
_FOUND = pl.Schema(
    {
        "disclosure_id": pl.String(),
        "fiscal_year": pl.Int64(),
        "phase": pl.String(),
        "id": pl.String(),
        "amount": pl.Decimal(20, 2),
        "precision": pl.Decimal(20, 10),
        "fund": pl.String(),
        "comparison": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure may be printed: columns of a table with the values they have to hold, and columns to be null.

    ``item_like`` is a regular expression that the item has to match.
    """

    values: Mapping[str, str]
    empty: tuple[str, ...] = ()
    item_like: str | None = None

    def condition(self) -> pl.Expr:
        """The rows of the place."""
        asked = [pl.col(name) == value for name, value in self.values.items()]
        asked += [pl.col("item").str.contains(self.item_like)] if self.item_like else []
        return reduce(pl.Expr.and_, [*asked, *(pl.col(name).is_null() for name in self.empty)])


def _place(table: str, raw: Mapping[str, Any]) -> Place:
    """A place in ``table`` as its file has it. Raises ValueError for a column or value that the table lacks."""
    place = Place(
        {name: value for name, value in raw.items() if name not in ("empty", "item_like")},
        tuple(raw.get("empty", ())),
        raw.get("item_like"),
    )
    columns = {column.name: column for column in TABLES[table].columns}
    for name in (*place.values, *place.empty, *(["item"] if place.item_like else [])):
        if name not in columns:
            raise ValueError(f"{table} has no column {name!r}; {nearest(name, columns)}")
    for name, value in place.values.items():
        if columns[name].values and value not in columns[name].values:
            raise ValueError(f"there is no {name} {value!r}; {nearest(str(value), columns[name].values)}")
    return place


_InTables = Annotated[Place, Made(dict[str, object], partial(_place, "budget_lines"))]
_InProse = Annotated[Place, Made(dict[str, object], partial(_place, "statements"))]


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure and the places where it may be printed, those in tables before those in prose.

    ``other`` are places in tables of a figure that prose may call by the same words: prose that states the amount of
    that one is not about this one.
    """

    name: Annotated[str, OneOf("figure")]
    table: tuple[_InTables, ...] = ()
    prose: tuple[_InProse, ...] = ()
    other: tuple[_InTables, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    figure: tuple[Figure, ...]


@cache
def load_figures() -> tuple[Figure, ...]:
    """The key figures in the order of their file. Raises SchemaFileError."""
    return read_file(FILE, _File).figure


def key_figures(frames: Mapping[str, pl.DataFrame], spec: TableSpec) -> pl.DataFrame:
    """The table ``key_figures`` of the disclosures in ``frames``: disclosures, tables, budget_lines and statements.

    Tables of another body than the document's, as a department's file prints those of its units, have none of its figures.
    """
    of_others = frames["tables"].filter(pl.col("unit_name").is_not_null())
    own = frames["budget_lines"].join(of_others, on="table_id", how="anti", maintain_order="left")
    lines = _prepared(own, "line_id", "amount")
    statements = _prepared(
        frames["statements"].filter(pl.col("kind") == "amount", pl.col("unit") == "CNY"), "statement_id", "value"
    )
    found = []
    for figure in load_figures():
        printed, stated = _first(lines, figure.table), _first(statements, figure.prose)
        stated = _without(stated, printed, _first(lines, figure.other))
        found.append(_joined(printed, stated).with_columns(figure=pl.lit(figure.name)))
    bodies = frames["disclosures"].select("disclosure_id", "disclosure_year", *_BODY)
    key = [
        pl.col("disclosure_id"),
        pl.lit("figure"),
        pl.col("figure"),
        pl.col("fiscal_year").cast(pl.String),
        pl.col("phase"),
    ]
    whole = pl.concat(found).join(bodies, on="disclosure_id", how="inner", maintain_order="left")
    named = whole.with_columns(figure_id=pl.concat_str([part.fill_null("unknown") for part in key], separator="."))
    return named.select([pl.col(column.name).cast(column.dtype) for column in spec.columns])


def _prepared(frame: pl.DataFrame, key: str, amount: str) -> pl.DataFrame:
    return frame.with_columns(id=pl.col(key), amount=pl.col(amount).cast(pl.Decimal(20, 2)))


def _first(rows: pl.DataFrame, places: Iterable[Place]) -> pl.DataFrame:
    """What the first place that prints anything for a disclosure, year and phase prints, where it is one amount."""
    found = _FOUND.to_frame()
    decided = found.select(_OF)
    for place in places:
        here = _of_the_whole(rows.filter(place.condition()))
        if here.is_empty():
            continue
        here = here.select(list(_FOUND)).cast(dict(_FOUND))  # type: ignore[arg-type]
        here = here.join(decided, on=_OF, how="anti", nulls_equal=True, maintain_order="left")
        groups = here.group_by(_OF, maintain_order=True)
        once = groups.agg(pl.col(list(_FOUND)[3:]).first(), amounts=pl.col("amount").n_unique())
        found = pl.concat([found, once.filter(pl.col("amounts") == 1).select(list(_FOUND))])
        decided = pl.concat([decided, once.select(_OF)])
    return found


def _of_the_whole(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` without those of bodies of which the others of the same year and phase are the whole."""
    if "unit_name" not in rows.columns:
        return rows
    part = pl.col("unit_name").is_not_null()
    return rows.filter(~part | part.all().over(_OF))


def _without(stated: pl.DataFrame, printed: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """``stated`` without what states the amount of another figure, and not of this one."""
    sides = stated.select(*_OF, "amount", "precision")
    for name, frame in (("this", printed), ("other", other)):
        amounts = frame.select(*_OF, pl.col("amount", "precision").name.suffix(f"_{name}"))
        sides = sides.join(amounts, on=_OF, how="left", nulls_equal=True, maintain_order="left")
    about_other = _agree("other").fill_null(False) & ~_agree("this").fill_null(False)
    return stated.filter(~sides.select(about_other).to_series())


def _agree(other: str) -> pl.Expr:
    """Whether two printed amounts agree: their rounding intervals, half of what the last digit is worth, touch."""
    exact = pl.Decimal(38, 10)
    apart = (pl.col("amount").cast(exact) - pl.col(f"amount_{other}").cast(exact)).abs()
    rounding = (pl.col("precision").fill_null(0) + pl.col(f"precision_{other}").fill_null(0)).cast(exact)
    return apart * 2 <= rounding


def _joined(printed: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """A row a year and phase: owned by the table where it prints the figure, else by the prose."""
    both = printed.join(
        stated, on=_OF, how="full", coalesce=True, nulls_equal=True, suffix="_prose", maintain_order="left_right"
    )
    table, prose = pl.col("id").is_not_null(), pl.col("id_prose").is_not_null()
    lines, statements = pl.lit("budget_lines"), pl.lit("statements")
    return both.select(
        *_OF,
        comparison=pl.coalesce("comparison", "comparison_prose"),
        fund=pl.when(table).then("fund").otherwise("fund_prose"),
        amount=pl.coalesce("amount", "amount_prose"),
        basis=pl.when(table & prose).then(pl.lit("both")).when(table).then(pl.lit("table")).otherwise(pl.lit("prose")),
        agrees=pl.when(table & prose).then(_agree("prose")),
        owner_table=pl.when(table).then(lines).otherwise(statements),
        owner_id=pl.coalesce("id", "id_prose"),
        other_table=pl.when(table & prose).then(statements),
        other_id=pl.when(table & prose).then("id_prose"),
    )
