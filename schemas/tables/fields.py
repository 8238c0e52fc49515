"""How a column of a published table is declared, and what a declaration says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from schemas.vocabularies import vocabulary

Text = str
Integer = pl.Int64
Flag = bool
Float = float
#: yuan
Money = Annotated[pl.Decimal, 20, 2]
#: what a statement or target says, in its unit
Quantity = Annotated[pl.Decimal, 20, 4]
#: what one unit of the last printed digit is worth; finer than a cent where the source prints more digits
Precision = Annotated[pl.Decimal, 20, 10]
#: any printed number
Number = Annotated[pl.Decimal, 38, 10]


def column(
    title_zh: str,
    description_en: str,
    *,
    unit: str | None = None,
    one_of: str | None = None,
    null: bool = True,
    name: str | None = None,
) -> Any:
    """A pandera field with what the data dictionary says of it. ``one_of`` names a vocabulary."""
    metadata = {"unit": unit, "vocabulary": one_of}
    checks: dict[str, Any] = {"isin": sorted(vocabulary(one_of))} if one_of else {}
    return pa.Field(alias=name, title=title_zh, description=description_en, nullable=null, metadata=metadata, **checks)


def key(title_zh: str, description_en: str) -> Any:
    """A column that is never null."""
    return column(title_zh, description_en, null=False)


class Table(pa.DataFrameModel):
    """What every published table is: these columns and no others."""

    class Config:
        strict = True


class OfDisclosure(Table):
    """A table whose rows belong to one disclosure."""

    disclosure_id: Text = key("公开文件编号", "The disclosure that the row was printed in")
    disclosure_year: Integer = column("公开年度", "Year that the disclosure is for", unit="year")


class Placed(OfDisclosure):
    """A table whose rows stand at a place of the source."""

    page: Integer = column("页", "Page, from 1; null where the format marks none")
    line: Integer = column("行", "Line of the text, from 1")
    start: Integer = column("起", "Offset of the first character in the source's text", unit="character")
    end: Integer = column("止", "Offset after the last character in the source's text", unit="character")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of a table point to ``references`` of ``table``; a null in any of them points nowhere."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column as the data dictionary shows it. ``type``: string, integer, boolean, number, decimal(p,s)."""

    name: str
    title_zh: str
    description_en: str
    type: str
    dtype: pl.DataType
    nullable: bool
    unit: str | None
    vocabulary: str | None

    @property
    def values(self) -> tuple[str, ...]:
        """The values that the column may hold, or none where it is open."""
        return tuple(vocabulary(self.vocabulary)) if self.vocabulary else ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A published table: its model, its keys and its columns in their published order."""

    name: str
    model: type[Table]
    title_zh: str
    description_en: str
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    columns: tuple[ColumnSpec, ...]
    csv: bool = True

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=self.schema)


def _type_name(dtype: Any) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return {pl.String: "string", pl.Int64: "integer", pl.Boolean: "boolean", pl.Float64: "number"}[type(dtype)]


@dataclass(frozen=True, slots=True)
class Keys:
    """The primary key of a table, and its foreign keys: (column, table), where the table's key has the column's own
    name, or (column:key, table).
    """

    primary: tuple[str, ...]
    foreign: tuple[tuple[str, str], ...] = ()


def describe(
    name: str, model: type[Table], title_zh: str, keys: Keys, *, first: tuple[str, ...] = (), csv: bool = True
) -> TableSpec:
    """Make the spec of a model, whose docstring describes the table.

    The primary key is published first, then the columns that ``first`` names, then the others as the model has them.
    """
    columns = []
    for field_name, field in model.to_schema().columns.items():
        dtype = field.dtype.type
        # pandera keeps a class where the type has no parameters
        dtype = dtype() if isinstance(dtype, type) else dtype
        metadata = field.metadata or {}
        columns.append(
            ColumnSpec(
                field_name, field.title or "", field.description or "", _type_name(dtype), dtype,
                field.nullable, metadata.get("unit"), metadata.get("vocabulary"),
            )
        )  # fmt: skip
    references = []
    for column_name, table in keys.foreign:
        here, _, there = column_name.partition(":")
        references.append(ForeignKey((here,), table, (there or here,)))
    order = {column_name: at for at, column_name in enumerate((*keys.primary, *first))}
    columns.sort(key=lambda c: order.get(c.name, len(order)))
    description = (model.__doc__ or "").strip().rstrip(".")
    return TableSpec(name, model, title_zh, description, keys.primary, tuple(references), tuple(columns), csv)
