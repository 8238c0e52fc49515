"""Rows of a table, by their numbers, as operands on the sides of checks: found and gathered at once for many rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.reconcile.settle import OPERANDS, Sums
from pipeline.tidy.queries import IN_MEMORY

#: Operands of several rules, each with the rank of its own.
_RANKED = {**OPERANDS, "_rank": pl.Int32}
_NONE = pl.DataFrame(schema=_RANKED)
#: What evaluators of many rules give: the operands of all, and how each rule (by its rank) is settled.
Summed = tuple[pl.DataFrame, list[tuple[int, Sums]]]


@dataclass(frozen=True, slots=True)
class Side:
    """Rows, by number, on a side of the checks of the rule that has this rank."""

    rank: int
    side: str
    rows: pl.Series


def no_operands() -> pl.DataFrame:
    """No operands of several rules."""
    return _NONE


def found_rows(frame: pl.DataFrame, tests: Sequence[pl.Expr]) -> list[pl.Series]:
    """The numbers of the rows for which each of ``tests`` holds, all looked for in one query."""
    if not tests:
        return []
    held = frame.lazy().select(test.alias(str(at)) for at, test in enumerate(tests)).collect(engine=IN_MEMORY)
    numbers = pl.Series(range(frame.height), dtype=pl.UInt32)
    return [numbers.filter(column) for column in held]


def repeated(values: Sequence[Any], rows: Sequence[pl.Series]) -> pl.Series:
    """Each of ``values`` as often as there are rows that it is of."""
    return pl.Series(values)[
        pl.Series([at for at, each in enumerate(rows) for _ in range(each.len())], dtype=pl.UInt32)
    ]


def operands_at(frame: pl.DataFrame, kind: str, identity: str, key: pl.Expr, sides: Sequence[Side]) -> pl.DataFrame:
    """The operands of ``sides`` in their order, each with the rank of its rule.

    ``identity`` is the column of ``frame`` that names rows of the table ``kind``; ``key`` makes their keys.
    """
    sides = [each for each in sides if each.rows.len()]
    if not sides:
        return _NONE
    rows = [each.rows for each in sides]
    made = {
        "key": key,
        "side": pl.lit(repeated([each.side for each in sides], rows)),
        "kind": pl.lit(kind),
        "id": pl.col(identity),
        "coefficient": pl.lit(1),
        "_rank": pl.lit(repeated([each.rank for each in sides], rows)),
    }
    own = ("disclosure_id", "value", "half", "own_half")
    found = frame[list(dict.fromkeys((*own, identity, *key.meta.root_names())))][pl.concat(rows)]
    return found.select(
        made.get(name, pl.col(name) if name in own else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _RANKED.items()
    )
