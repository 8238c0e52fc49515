"""Which amount a sentence means: the nearest mention of the same thing for a year."""

from __future__ import annotations

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
_AMOUNTS = ("now", "base", "executed", "adjusted")
_TAKEN = {"statement_id": "id", "value": "value", "half": "half"}
_READ = [*SAME, *_PLACES, "fiscal_year", "base_year", "phase", "kind", "unit", "value"]
_Record = dict[str, Any]


def statement_key() -> pl.Expr:
    """The key of a check on one statement."""
    return pl.col("statement_id").str.replace(r"^[0-9a-f]+\.statement\.", "")


def with_meant(statements: pl.DataFrame) -> pl.DataFrame:
    """The statements that relate amounts, with ``<name>_id``, ``<name>_value`` and ``<name>_half`` of each they mean.

    ``now`` is the amount of their own year and phase, ``base`` that of their base year in any phase, ``executed`` and
    ``adjusted`` those of their year in that phase. The nearest mention counts: the sentence, else the paragraph, else
    the section. Where the same place gives two amounts that differ, none is taken. ``key`` is that of a check.
    """
    records = statements.select(_READ).to_dicts()
    mentions = _Mentions(records)
    relating = [at for at, record in enumerate(records) if record["kind"] in _MEANT]
    columns = []
    for name in _AMOUNTS:
        meant = [
            mentions.nearest(records[at], name) if name in _MEANT[records[at]["kind"]] else None for at in relating
        ]
        rows = pl.Series(meant, dtype=pl.UInt32)
        columns += [pl.col(column).gather(rows).alias(f"{name}_{short}") for column, short in _TAKEN.items()]
    return statements[relating].with_columns(statement_key().alias("key")).hstack(statements.select(columns))


class _Mentions:
    """Amounts by what they are of, the place they are mentioned in, year and phase."""

    def __init__(self, records: list[_Record]) -> None:
        self._records = records
        # The first mention; none where two of one place differ.
        self._found: dict[tuple[Any, ...], int | None] = {}
        for at, record in enumerate(records):
            if record["kind"] == "amount" and record["unit"] == "CNY":
                for place in _PLACES:
                    thing = (_thing(record), place, record[place], record["fiscal_year"])
                    for key in (thing, (*thing, record["phase"])):
                        held = self._found.setdefault(key, at)
                        if held is not None and records[held]["value"] != record["value"]:
                            self._found[key] = None

    def nearest(self, record: _Record, name: str) -> int | None:
        """The number of the statement that ``record`` means by the amount ``name``."""
        year = record["base_year" if name == "base" else "fiscal_year"]
        if year is None:
            return None
        phase = {"base": (), "now": (record["phase"],)}.get(name, (name,))
        of = _thing(record)
        found = (self._found.get((of, place, record[place], year, *phase)) for place in _PLACES)
        return next((at for at in found if at is not None), None)


def _thing(record: _Record) -> tuple[Any, ...]:
    return tuple(record[name] for name in SAME)
