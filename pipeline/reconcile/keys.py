"""Keys and names of tables, rows and columns, for keys of checks and for messages."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.batch import Batch

#: What a column of a table is, apart from the table's place.
COLUMN = ["table_id", "direction", "measure", "fund", "revenue_source", "fiscal_year", "phase"]


def tail(column: str) -> pl.Expr:
    """An id without the disclosure that it begins with."""
    return pl.col(column).str.replace(r"^[0-9a-f]+\.", "")


def titled() -> pl.Expr:
    """A table's number and title as printed, for messages about rows of ``with_titles``."""
    return pl.concat_str([pl.col("printed_no"), pl.format("“{}”", pl.col("title").fill_null("—"))], ignore_nulls=True)


def with_titles(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with the printed number and title of their tables."""
    tables = batch.frame("tables")
    if not tables.height:
        return rows.with_columns(title=pl.col("table_code").cast(pl.String), printed_no=pl.lit(None, dtype=pl.String))
    return rows.join(tables.select("table_id", "title", "printed_no"), on="table_id", how="left", maintain_order="left")


def named(*columns: str) -> pl.Expr:
    """A key of several columns; nulls leave no trace."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="/", ignore_nulls=True)


def column_key() -> pl.Expr:
    """The key of a column of a table."""
    return pl.concat_str([tail("table_id"), named(*COLUMN[1:])], separator=".")
