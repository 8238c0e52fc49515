"""A fault of a release, as ``verify`` names it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.tables import TABLES


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the file, the row where there is one, and why."""

    file: str
    row: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{f' row {self.row}' if self.row else ''}: {self.reason}"


def in_table(name: str, row: str | None, reason: str) -> Fault:
    """A fault of a row of the Parquet files of a table."""
    return Fault(f"parquet/{name}", row, reason)


def key_of(name: str, row: dict[str, object]) -> str:
    """A row's primary key for a person."""
    return "/".join(str(row[column]) for column in TABLES[name].primary_key)


def keyed(name: str) -> pl.Expr:
    """The primary key of every row of a frame, as ``key_of`` writes it."""
    columns = [pl.col(column).cast(pl.String).fill_null("None") for column in TABLES[name].primary_key]
    return pl.concat_str(columns, separator="/")
