"""Which amount a sentence means: the nearest mention of the same thing for a year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

#: What two statements share that speak of the same thing.
SAME = ["disclosure_id", "metric", "subject", "function_code", "fund"]
#: Where a mention stands, the nearest place first.
_PLACES = ("sentence_id", "passage", "section_path")
#: The amounts that a statement of a kind rests on.
_MEANT = {
    "change": ("now", "base"),
    "change_percent": ("now", "base"),
    "share": ("now",),
    "completion_rate": ("now", "executed", "adjusted"),
}
_TAKEN = {"statement_id": "id", "value": "value", "half": "half"}
_ANY = ""


def statement_key() -> pl.Expr:
    """The key of a check on one statement."""
    return pl.col("statement_id").str.replace(r"^[0-9a-f]+\.statement\.", "")


def with_meant(statements: pl.DataFrame) -> pl.DataFrame:
    """The statements that relate amounts, with ``<name>_id``, ``<name>_value`` and ``<name>_half`` of each they mean.

    ``now`` is the amount of their own year and phase, ``base`` that of their base year in any phase, ``executed`` and
    ``adjusted`` those of their year in that phase. The nearest mention counts: the sentence, else the paragraph, else
    the section. Where the same place gives two amounts that differ, none is taken. ``key`` is that of a check.
    """
    rows = statements.with_row_index("_at")
    mentions = _Mentions(rows.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY")))
    relating = rows.filter(pl.col("kind").cast(pl.String).is_in(list(_MEANT)))
    things, places = relating.select(SAME).rows(), relating.select(_PLACES).rows()
    kinds, years, base_years, phases = (
        relating[name].to_list() for name in ("kind", "fiscal_year", "base_year", "phase")
    )
    of = {
        "now": (years, phases),
        "base": (base_years, [_ANY] * len(years)),
        "executed": (years, ["executed"] * len(years)),
        "adjusted": (years, ["adjusted"] * len(years)),
    }
    columns = []
    for name, (years_of, phases_of) in of.items():
        meant = [
            mentions.nearest(thing, place, year, phase) if name in _MEANT[kind] else None
            for kind, thing, place, year, phase in zip(kinds, things, places, years_of, phases_of, strict=True)
        ]
        numbers = pl.Series(meant, dtype=pl.UInt32)
        columns += [pl.col(column).gather(numbers).alias(f"{name}_{short}") for column, short in _TAKEN.items()]
    return relating.with_columns(statement_key().alias("key")).hstack(statements.select(columns))


class _Mentions:
    """Amounts by what they are of, the place they are mentioned in and their year."""

    def __init__(self, amounts: pl.DataFrame) -> None:
        self._found: dict[tuple[Any, ...], list[tuple[int, str | None, Decimal]]] = {}
        things, places = amounts.select(SAME).rows(), amounts.select(_PLACES).rows()
        rest = amounts.select("fiscal_year", "_at", "phase", "value").rows()
        for thing, where, (year, *mention) in zip(things, places, rest, strict=True):
            for place in enumerate(where):
                self._found.setdefault((thing, place, year), []).append(tuple(mention))

    def nearest(
        self, thing: tuple[Any, ...], where: tuple[Any, ...], year: int | None, phase: str | None
    ) -> int | None:
        """The number of the statement that gives the amount of ``thing`` nearest to a place; None where none does."""
        for place in enumerate(where) if year is not None else ():
            found = self._found.get((thing, place, year), ())
            values = {value: at for at, of, value in reversed(found) if phase in (of, _ANY)}
            if len(values) == 1:
                return next(iter(values.values()))
        return None
