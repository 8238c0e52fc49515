"""Python values of rows to typed columns, and what cannot be one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import polars as pl

from pipeline.tidy.validation import RowFault
from schemas.tables import ColumnSpec, TableSpec

_WIDE = Context(prec=60)
_PYTHON: dict[type, tuple[type, ...]] = {
    pl.String: (str,),
    pl.Int64: (int,),
    pl.Boolean: (bool,),
    pl.Float64: (float, int),
}


def _cell(column: ColumnSpec, value: Any) -> Any:
    """``value`` as the column holds it. Raises TypeError or ValueError where it cannot."""
    if value is None:
        return None
    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"{value!r} is {type(value).__name__}, not an exact decimal")
        exact = Decimal(value)
        # Beyond its column's digits a number of the ledger is null: the printed text stands beside it.
        scale, digits = dtype.scale, dtype.precision or 38
        if not exact.is_finite() or exact.adjusted() >= digits - scale:
            if column.name == "value" and scale == 10:
                return None
            raise ValueError(f"{value} does not fit {column.type}")
        if column.name == "value" and scale == 10 and -int(exact.as_tuple().exponent) > scale:
            return None
        # The context's 28 digits are fewer than the columns hold.
        return exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN, _WIDE)
    if not isinstance(value, _PYTHON[type(dtype)]) or (isinstance(value, bool) != (dtype == pl.Boolean)):
        raise TypeError(f"{value!r} is {type(value).__name__}, not {column.type}")
    # CSV cannot tell an empty text from none, so neither does any other file.
    return (value or None) if dtype == pl.String else value


def build(spec: TableSpec, rows: Sequence[dict[str, Any]], faults: list[RowFault]) -> pl.DataFrame:
    """The typed frame of ``rows``, in their order; cells that have no place in it are added to ``faults``."""
    known = set(spec.schema)
    for name in sorted({name for row in rows for name in row} - known):
        faults.append(RowFault(spec.name, "", name, "no column of the table is called that"))
    series = []
    for column in spec.columns:
        values: list[Any] = []
        for row in rows:
            try:
                values.append(_cell(column, row.get(column.name)))
            except (TypeError, ValueError) as error:
                values.append(None)
                key = "/".join(str(row.get(name)) for name in spec.primary_key)
                faults.append(RowFault(spec.name, key, column.name, str(error)))
        series.append(pl.Series(column.name, values, dtype=column.dtype))
    return pl.DataFrame(series)
