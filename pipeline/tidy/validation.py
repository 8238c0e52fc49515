"""All faults of the published tables at once: types, nulls, vocabularies, keys and references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandera.errors
import polars as pl

from pipeline.tidy.queries import IN_MEMORY
from schemas.tables import TABLES, TableSpec


@dataclass(frozen=True, slots=True)
class RowFault:
    """One row that may not be published, and why. ``column`` and ``row`` may be empty for a whole table."""

    table: str
    row: str
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column}: {self.reason}"


class ValidationFailure(ValueError):  # noqa: N818 - the name is an interface
    """Rows that break their table's model. ``faults`` holds every one of them."""

    def __init__(self, faults: Iterable[RowFault]) -> None:
        self.faults = sorted(faults, key=str)
        shown = "\n".join(f"  {fault}" for fault in self.faults[:50])
        more = f"\n  and {len(self.faults) - 50} more" if len(self.faults) > 50 else ""
        super().__init__(f"{len(self.faults)} faults in rows to be published:\n{shown}{more}")

    def __reduce__(self) -> tuple[type[ValidationFailure], tuple[list[RowFault]]]:
        return type(self), (self.faults,)  # it comes out of other processes whole


def row_name(spec: TableSpec, frame: pl.DataFrame, index: int) -> str:
    return "/".join(str(frame[column][index]) for column in spec.primary_key)


def model_faults(spec: TableSpec, frame: pl.DataFrame) -> list[RowFault]:
    """What the pandera model says of ``frame``, a fault a row and column."""
    columns = [(column.name, column.dtype) for column in spec.columns]
    if frame.is_empty() and list(frame.schema.items()) == columns:
        return []  # most tables of a small part have no rows, and a model takes longer to hold than they to write
    try:
        spec.model.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        faults = []
        for case in error.failure_cases.iter_rows(named=True):
            index = case.get("index")
            row = row_name(spec, frame, int(index)) if index is not None else ""
            reason = f"{case['failure_case']!r} fails {case['check']}"
            faults.append(RowFault(spec.name, row, str(case.get("column") or ""), reason))
        return faults
    return []


def repeated_keys(spec: TableSpec, frame: pl.DataFrame) -> list[RowFault]:
    """Primary keys that ``frame`` has more than once, each once."""
    keys = list(spec.primary_key)
    repeated = frame[keys].is_duplicated()
    if not repeated.any():
        return []
    return [
        RowFault(spec.name, "/".join(map(str, row)), keys[0], "the key stands more than once")
        for row in frame[keys].filter(repeated).unique(maintain_order=True).iter_rows()
    ]


def key_faults(frames: Mapping[str, pl.DataFrame], only: Collection[str] | None = None) -> list[RowFault]:
    """Repeated primary keys, and references to rows that are not there, of all tables or ``only`` of some."""
    faults = []
    for name in frames if only is None else only:
        spec, frame = TABLES[name], frames[name]
        faults += repeated_keys(spec, frame)
        for reference in spec.foreign_keys:
            if reference.table not in frames:
                continue
            columns, target = list(reference.columns), frames[reference.table].lazy()
            lost = (
                frame.lazy()
                .select(columns)
                .with_row_index("_row")
                .drop_nulls(columns)
                .join(target, left_on=columns, right_on=list(reference.references), how="anti", maintain_order="left")
                .collect(engine=IN_MEMORY)
            )
            for row, *values in lost.iter_rows():
                reason = f"refers to {'/'.join(map(str, values))}, which {reference.table} has not"
                faults.append(RowFault(name, row_name(spec, frame, row), columns[0], reason))
    return faults


def validate(frames: Mapping[str, pl.DataFrame], only: Collection[str] | None = None) -> None:
    """Hold every table, or ``only`` some that may refer to any, against its model, keys and references.

    Raises ValidationFailure with every fault.
    """
    names = frames if only is None else only
    faults = [fault for name in names for fault in model_faults(TABLES[name], frames[name])]
    faults += key_faults(frames, only)
    if faults:
        raise ValidationFailure(faults)
