"""Which amounts a statement relates: the nearest mentions of the same thing for a year."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

#: What two statements share that speak of the same thing.
THING = ("disclosure_id", "metric", "subject", "function_code", "fund")
#: Where a mention stands, the nearest place first.
_PLACES = ("sentence_id", "passage", "section_path")
#: The amounts that a statement of a kind rests on.
_AMOUNTS = {
    "change": ("now", "base"),
    "change_percent": ("now", "base"),
    "share": ("now",),
    "completion_rate": ("now", "executed", "adjusted"),
}
_TAKEN = {"statement_id": "id", "value": "value", "half": "half"}
_ANY = ""
#: Before the phase that an amount must not be of.
_BUT = "not "
_Key = tuple[str | None, ...]


def with_amounts(statements: pl.DataFrame) -> pl.DataFrame:
    """The statements that relate amounts, with ``<name>_id``, ``<name>_value`` and ``<name>_half`` of each amount.

    ``now`` is the amount of their own year and phase; ``base`` that of their base year in the phase that they name, else
    in any, or of their own year in another phase where they are compared with that; ``executed`` and ``adjusted`` those
    of their year in that phase. The nearest mention counts: the sentence, else the paragraph, else the section. Where the same place gives two amounts that differ, none is taken. ``key`` is that of a check.
    """
    rows = statements.with_row_index("_at")
    mentions = _Mentions(rows.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY")))
    relating = rows.filter(pl.col("kind").cast(pl.String).is_in(list(_AMOUNTS)))
    things, places = relating.select(THING).rows(), relating.select(_PLACES).rows()
    kinds, phases = relating["kind"].to_list(), relating["phase"].to_list()
    years, base_years = relating["fiscal_year"].to_list(), relating["base_year"].to_list()
    base_phases = [
        named or (f"{_BUT}{phase}" if base == year else _ANY)
        for named, base, year, phase in zip(relating["base_phase"], base_years, years, phases, strict=True)
    ]
    of = {
        "now": (years, phases),
        "base": (base_years, base_phases),
        "executed": (years, ["executed"] * len(years)),
        "adjusted": (years, ["adjusted"] * len(years)),
    }
    columns = []
    for name, (years_of, phases_of) in of.items():
        found = [
            mentions.nearest(thing, place, year, phase) if name in _AMOUNTS[kind] else None
            for kind, thing, place, year, phase in zip(kinds, things, places, years_of, phases_of, strict=True)
        ]
        numbers = pl.Series(found, dtype=pl.UInt32)
        columns += [pl.col(column).gather(numbers).alias(f"{name}_{short}") for column, short in _TAKEN.items()]
    return relating.with_columns(statement_key().alias("key")).hstack(statements.select(columns))


def statement_key() -> pl.Expr:
    """The key of a check on one statement."""
    return pl.col("statement_id").str.replace(r"^[0-9a-f]+\.statement\.", "")


class _Mentions:
    """Amounts by what they are of, the place they are mentioned in and their year."""

    def __init__(self, amounts: pl.DataFrame) -> None:
        self._found: dict[tuple[_Key, tuple[int, str | None], int], list[tuple[int, str | None, Decimal]]] = {}
        things, places = amounts.select(THING).rows(), amounts.select(_PLACES).rows()
        rest = amounts.select("fiscal_year", "_at", "phase", "value").rows()
        for thing, where, (year, at, phase, value) in zip(things, places, rest, strict=True):
            for place in enumerate(where):
                self._found.setdefault((thing, place, year), []).append((at, phase, value))

    def nearest(self, thing: _Key, where: _Key, year: int | None, phase: str | None) -> int | None:
        """The number of the statement that gives the amount of ``thing`` nearest to a place; None where none does."""
        if year is None:
            return None
        for place in enumerate(where):
            found = self._found.get((thing, place, year), ())
            values = {value: at for at, of, value in reversed(found) if phase in (of, _ANY) or _is_other(of, phase)}
            if len(values) == 1:
                return next(iter(values.values()))
        return None


def _is_other(of: str | None, phase: str | None) -> bool:
    """Whether ``phase`` asks for any other than one that ``of`` is not."""
    return phase is not None and phase.startswith(_BUT) and phase != f"{_BUT}{of}"
