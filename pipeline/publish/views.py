"""The views of a release: its tables by name, and what analysts ask of them first (``schemas/views.sql``)."""

from __future__ import annotations

from pathlib import Path

from schemas.tables import TABLES

_FILE = Path(__file__).resolve().parents[2] / "schemas" / "views.sql"


def views() -> str:
    """The text of ``views.sql``: a view a table over the Parquet files beside it, then those that are written by hand."""
    head, _, rest = _FILE.read_text(encoding="utf-8").partition("\n\n")
    tables = "\n".join(
        f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('parquet/{name}/*.parquet', union_by_name = true);"
        for name in TABLES
    )
    return f"{head}\n\n-- The tables.\n{tables}\n\n{rest}"
