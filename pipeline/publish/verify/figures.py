"""Figures: amounts are what was printed in its unit, and counts are counted."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl

from pipeline.extract.forms import load_library
from pipeline.extract.ledger import value_of
from pipeline.extract.prose.grammar import load_grammar
from pipeline.publish.verify.fault import Fault, in_table
from schemas.tables import TABLES

_CENT = Decimal("0.01")
_CLASSES = ("data", "structure", "narrative", "withheld", "unclaimed")


def faults(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Faults of the figures of ``frames``."""
    return _amounts(frames) + _stated(frames) + _counts(frames)


def _amounts(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """Amount = what was printed × what its unit is worth, rounded half-even to a cent."""
    units, found = load_library().units, []
    columns = ("line_id", "printed", "printed_unit", "amount", "precision")
    for line_id, printed, unit, amount, precision in frames["budget_lines"].select(columns).iter_rows():
        value, worth = value_of(printed), units.get(unit)
        if value is None or worth is None:
            found.append(in_table("budget_lines", line_id, f"{printed!r} {unit!r} is no amount of money"))
            continue
        wanted = (value * worth).quantize(_CENT, ROUND_HALF_EVEN)
        if amount != wanted:
            found.append(in_table("budget_lines", line_id, f"amount is {amount}, {printed!r} {unit} is {wanted}"))
        exact = Decimal(1).scaleb(int(value.as_tuple().exponent)) * worth
        if precision is not None and precision != exact:
            found.append(
                in_table("budget_lines", line_id, f"precision is {precision}, a digit of {printed!r} is {exact}")
            )
    return found


def _stated(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """A fact that owns a number has its value, in yuan where a unit of money was printed; its sign is the words'."""
    # Prose has units that tables do not print (1720 万).
    units, found = {**load_library().units, **load_grammar().money}, []
    owned = (
        frames["numbers"]
        .filter((pl.col("class") == "data") & (pl.col("owner_table") == "statements"))
        .select(pl.col("owner_id").alias("statement_id"), pl.col("value").alias("_number"))
    )
    both = frames["statements"].join(owned, on="statement_id", maintain_order="left").drop_nulls(["value", "_number"])
    columns = ("statement_id", "value", "_number", "printed_unit")
    for identity, value, number, unit in both.select(columns).iter_rows():
        if abs(value) != abs(number) * units.get(unit, 1):
            found.append(
                in_table("statements", identity, f"value is {value}, printed are {number.normalize():f} {unit}")
            )
    return found


def _counts(frames: dict[str, pl.DataFrame]) -> list[Fault]:
    """What `disclosures` and `tables` count is what the other tables hold, and complete is complete."""
    numbers, lines = frames["numbers"], frames["budget_lines"]
    by = numbers.group_by("disclosure_id").agg(
        pl.len().alias("numbers_total"), *((pl.col("class") == c).sum().alias(f"numbers_{c}") for c in _CLASSES)
    )
    failed = frames["checks"].filter(pl.col("status") == "fail").group_by("disclosure_id").agg(checks_failed=pl.len())
    tables = frames["tables"].group_by("disclosure_id").agg(table_count=pl.len())
    counted = frames["disclosures"].select("disclosure_id", "status")
    for part in (by, failed, tables):
        counted = counted.join(part, on="disclosure_id", how="left", maintain_order="left")
    found = _differing("disclosures", frames["disclosures"], counted)
    complete = counted.filter((pl.col("status") == "complete") & (pl.col("numbers_unclaimed") > 0))
    for identity, left in complete.select("disclosure_id", "numbers_unclaimed").iter_rows():
        found.append(in_table("disclosures", identity, f"is complete, but {left} numbers are unclaimed"))
    amounts = lines.group_by("table_id").agg(amount_count=pl.len())
    held = frames["tables"].select("table_id").join(amounts, on="table_id", how="left", maintain_order="left")
    return found + _differing("tables", frames["tables"], held)


def _differing(name: str, published: pl.DataFrame, counted: pl.DataFrame) -> list[Fault]:
    key, found = TABLES[name].primary_key[0], []
    for column in (c for c in counted.columns if c not in (key, "status")):
        both = published.select(key, column).join(counted.select(key, pl.col(column).alias("_counted")), on=key)
        for identity, said, is_so in both.select(key, column, pl.col("_counted").fill_null(0)).iter_rows():
            if said is not None and said != is_so:
                found.append(in_table(name, identity, f"{column} is {said}, counted are {is_so}"))
    return found
