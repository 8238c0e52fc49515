"""From an id of a release back to the characters it was printed as."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.publish.reading import read_table
from schemas.tables import TABLES


def trace(release: Path, wanted: str) -> str:
    """The row with the id, its file, page and line, and the source with the characters marked. Raises LookupError."""
    for name, spec in TABLES.items():
        key = spec.primary_key[0]
        frame = read_table(release, name)
        found = frame.filter(pl.col(key) == wanted) if key in frame.columns else frame.clear()
        if found.height:
            shown = [_show(release, name, found.row(0, named=True))]
            if name == "checks":
                shown += _sides(release, wanted)
            return "\n".join(shown)
    raise LookupError(f"no record of {release} has the id {wanted!r}; copy one from a table's first column")


def _sides(release: Path, check_id: str) -> list[str]:
    """The figures on both sides of a check, each with its place."""
    operands = read_table(release, "check_operands").filter(pl.col("check_id") == check_id)
    shown = []
    for row in operands.iter_rows(named=True):
        table = row["kind"]
        key = TABLES[table].primary_key[0]
        found = read_table(release, table).filter(pl.col(key) == row["id"])
        shown.append(f"{row['side']} {row['seq']}: {row['value']} (× {row['coefficient']})")
        if found.height:
            shown.append(_show(release, table, found.row(0, named=True)))
    return shown


def _show(release: Path, table: str, row: dict[str, object]) -> str:
    lines = [f"{table} {row[TABLES[table].primary_key[0]]}"]
    lines += [f"  {name}: {value}" for name, value in row.items() if value is not None][1:]
    if row.get("start") is None:
        return "\n".join(lines)
    disclosures = read_table(release, "disclosures")
    source = disclosures.filter(pl.col("disclosure_id") == row["disclosure_id"]).row(0, named=True)
    page = f", page {row['page']}" if row.get("page") else ""
    lines.append(f"{source['source_file']}{page}, line {row['line']}")
    text = (release / "sources" / f"{row['disclosure_id']}.txt").read_bytes().decode("utf-8")
    start, end = int(str(row["start"])), int(str(row["end"]))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    lines.append(f"    {text[first:start]}»{text[start:end]}«{text[end : last if last >= 0 else len(text)]}")
    return "\n".join(lines)
