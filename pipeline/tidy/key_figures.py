"""The figures that people ask for first, picked from budget lines and statements by rules that are data.

``schemas/figures/key-figures.toml`` says where each figure may be printed. A figure rests on one record: nothing is
computed that no document prints, and a place that prints two amounts for one year and phase gives none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, reduce
from pathlib import Path

import polars as pl

from schemas.tables import TABLES, TableSpec
from schemas.vocabularies import vocabulary

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


class FigureError(ValueError):
    """The rules of key figures cannot be used. Says the figure, what is wrong and the nearest known name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure may be printed: columns of a table with the values they have to hold, and columns to be null."""

    values: Mapping[str, str]
    empty: tuple[str, ...]

    def condition(self) -> pl.Expr:
        """The rows of the place."""
        asked = [pl.col(name) == value for name, value in self.values.items()]
        return reduce(pl.Expr.and_, [*asked, *(pl.col(name).is_null() for name in self.empty)])


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure and the places where it may be printed, those in tables before those in prose."""

    name: str
    table: tuple[Place, ...]
    prose: tuple[Place, ...]


@cache
def load_figures() -> tuple[Figure, ...]:
    """The key figures in the order of their file. Raises FigureError."""
    return tuple(_figure(entry) for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["figure"])


def _figure(entry: Mapping[str, object]) -> Figure:
    name = str(entry.get("name"))
    _known(name, name, vocabulary("figure"))
    for key in entry:
        _known(name, key, ("name", "table", "prose"))
    return Figure(name, _places(name, entry, "table", "budget_lines"), _places(name, entry, "prose", "statements"))


def _places(figure: str, entry: Mapping[str, object], key: str, table: str) -> tuple[Place, ...]:
    columns = {column.name: column for column in TABLES[table].columns}
    places = []
    listed = entry.get(key, [])
    if not isinstance(listed, list):
        raise FigureError(f"{FILE.name}: {figure}: {key} must be a list of places")
    for place in listed:
        empty = tuple(place.get("empty", ()))
        values = {name: value for name, value in place.items() if name != "empty"}
        for name in (*values, *empty):
            _known(figure, name, columns)
        for name, value in values.items():
            if columns[name].values:
                _known(figure, value, columns[name].values)
        places.append(Place(values, empty))
    return tuple(places)


def _known(figure: str, name: str, names: Iterable[str]) -> None:
    known = list(names)
    if name not in known:
        near = get_close_matches(name, known, 1)
        raise FigureError(f"{FILE.name}: {figure}: {name!r} is not known" + (f"; {near[0]} is" if near else ""))


def key_figures(frames: Mapping[str, pl.DataFrame], spec: TableSpec) -> pl.DataFrame:
    """The table ``key_figures`` of the disclosures in ``frames``: disclosures, budget_lines and statements."""
    lines = _prepared(frames["budget_lines"], "line_id", "amount")
    statements = _prepared(
        frames["statements"].filter(pl.col("kind") == "amount", pl.col("unit") == "CNY"), "statement_id", "value"
    )
    found = []
    for figure in load_figures():
        printed, stated = _first(lines, figure.table), _first(statements, figure.prose)
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
        here = rows.filter(place.condition()).select(list(_FOUND)).cast(dict(_FOUND))  # type: ignore[arg-type]
        here = here.join(decided, on=_OF, how="anti", nulls_equal=True, maintain_order="left")
        groups = here.group_by(_OF, maintain_order=True)
        once = groups.agg(pl.col(list(_FOUND)[3:]).first(), amounts=pl.col("amount").n_unique())
        found = pl.concat([found, once.filter(pl.col("amounts") == 1).select(list(_FOUND))])
        decided = pl.concat([decided, once.select(_OF)])
    return found


def _joined(printed: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """A row a year and phase: owned by the table where it prints the figure, else by the prose."""
    both = printed.join(
        stated, on=_OF, how="full", coalesce=True, nulls_equal=True, suffix="_prose", maintain_order="left_right"
    )
    table, prose = pl.col("id").is_not_null(), pl.col("id_prose").is_not_null()
    # Two printed amounts agree where their rounding intervals touch: half of what the last digit of each is worth.
    apart = (pl.col("amount").cast(pl.Decimal(38, 10)) - pl.col("amount_prose").cast(pl.Decimal(38, 10))).abs()
    rounding = (pl.col("precision").fill_null(0) + pl.col("precision_prose").fill_null(0)).cast(pl.Decimal(38, 10))
    lines, statements = pl.lit("budget_lines"), pl.lit("statements")
    return both.select(
        *_OF,
        comparison=pl.coalesce("comparison", "comparison_prose"),
        fund=pl.when(table).then("fund").otherwise("fund_prose"),
        amount=pl.coalesce("amount", "amount_prose"),
        basis=pl.when(table & prose).then(pl.lit("both")).when(table).then(pl.lit("table")).otherwise(pl.lit("prose")),
        agrees=pl.when(table & prose).then(apart * 2 <= rounding),
        owner_table=pl.when(table).then(lines).otherwise(statements),
        owner_id=pl.coalesce("id", "id_prose"),
        other_table=pl.when(table & prose).then(statements),
        other_id=pl.when(table & prose).then("id_prose"),
    )
