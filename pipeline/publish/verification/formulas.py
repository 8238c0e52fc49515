"""No cell of a CSV file begins as a spreadsheet formula unless that is what the source prints.

Cells are never altered, for what was printed stays exact. What we compose ourselves (ids, paths, messages) never begins
with a sign that a spreadsheet takes for a formula; a cell that does is found again in its source, white space aside.
"""

from __future__ import annotations

import polars as pl

from pipeline.publish.verification.fault import Fault, keyed
from schemas.tables import TABLES

#: What spreadsheets take for the beginning of a formula, also in full width, and what they skip before it.
STARTS = r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]|^[\t\r]"
_PLAIN_NUMBER = r"^[-+－＋]?[0-9０-９][0-9０-９,，.．]*[%％]?$"


def faults(frames: dict[str, pl.DataFrame], texts: dict[str, str]) -> list[Fault]:
    """Cells of texts that begin a formula and are nowhere in their source."""
    plain = {identity: "".join(text.split()) for identity, text in texts.items()}
    found = []
    for name, spec in TABLES.items():
        if not spec.csv:
            continue
        for column in (c.name for c in spec.columns if c.dtype == pl.String):
            risky = frames[name].filter(
                pl.col(column).str.contains(STARTS) & ~pl.col(column).str.contains(_PLAIN_NUMBER)
            )
            identity = pl.col("disclosure_id") if "disclosure_id" in spec.schema else pl.lit(None, pl.String)
            for key, source, value in risky.select(
                keyed(name).alias("_key"), identity.alias("_of"), column
            ).iter_rows():
                held = [plain.get(source, "")] if source else plain.values()
                if not any("".join(value.split()) in text for text in held):
                    reason = f"{column} begins a formula, {value[:40]!r}, and is not in the source"
                    found.append(Fault(f"csv/{name}.csv", key, reason))
    return found
