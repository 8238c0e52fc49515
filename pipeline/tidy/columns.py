"""Python values of rows to typed columns, and what cannot be one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import attrgetter
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.tidy.validation import RowFault
from schemas.rows import Row, field_of
from schemas.tables import ColumnSpec, TableSpec

_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_NONE = type(None)
_PYTHON: dict[type, tuple[type, ...]] = {
    pl.String: (str,),
    pl.Int64: (int,),
    pl.Boolean: (bool,),
    pl.Float64: (float, int),
}
#: The Python types of columns that Arrow converts as they are, without a look at each cell.
_PLAIN: dict[type, set[type]] = {
    pl.String: {str, _NONE},
    pl.Int64: {int, _NONE},
    pl.Boolean: {bool, _NONE},
    pl.Decimal: {Decimal, _NONE},
}
_ARROW: dict[type, pa.DataType] = {
    pl.String: pa.large_string(),
    pl.Int64: pa.int64(),
    pl.Boolean: pa.bool_(),
    pl.Float64: pa.float64(),
}


def arrow_type(column: ColumnSpec) -> pa.DataType:
    """The Arrow type of a published column."""
    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):
        return pa.decimal128(dtype.precision or 38, dtype.scale)
    return _ARROW[type(dtype)]


def arrow_schema(spec: TableSpec) -> pa.Schema:
    """The Arrow schema of a published table, in its published order."""
    return pa.schema([(column.name, arrow_type(column)) for column in spec.columns])


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


def _at_once(column: ColumnSpec, values: list[Any]) -> pa.Array | None:
    """The column in one conversion where its types allow it; None where cells need a look, or one does not fit."""
    plain = _PLAIN.get(type(column.dtype))
    if plain is None or not set(map(type, values)) <= plain:
        return None
    if isinstance(column.dtype, pl.String) and "" in values:
        return None
    try:
        return pa.array(values, arrow_type(column))
    except (pa.ArrowInvalid, OverflowError):
        # Digits beyond the column's: they are rounded, or named as faults, cell by cell.
        return None


def build_arrow(spec: TableSpec, rows: Sequence[Row], faults: list[RowFault]) -> pa.RecordBatch:
    """The typed columns of ``rows``, in their order; cells that have no place in it are added to ``faults``."""
    arrays = []
    for column in spec.columns:
        name = column.name
        found = list(map(attrgetter(field_of(name)), rows))
        array = _at_once(column, found)
        if array is None:
            values: list[Any] = []
            for row, value in zip(rows, found, strict=True):
                try:
                    values.append(_cell(column, value))
                except (TypeError, ValueError) as error:
                    values.append(None)
                    key = "/".join(str(getattr(row, field_of(part))) for part in spec.primary_key)
                    faults.append(RowFault(spec.name, key, name, str(error)))
            array = pa.array(values, arrow_type(column))
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(spec))


def framed(spec: TableSpec, batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    """Batches of one table as one frame."""
    if not batches:
        return spec.empty()
    frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches, arrow_schema(spec)), rechunk=True))
    return frame.cast(dict(spec.schema))  # type: ignore[arg-type]
