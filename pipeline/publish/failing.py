"""The failing checks of a release, for a person: what disagrees, by how much, and where both sides are printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline.publish.reading import read_table
from schemas.tables import TABLES

_MARKS = {"error": "✗", "warning": "!", "info": "·"}
#: Operands listed of a side; the others are counted (``yusuan trace`` shows all).
_SHOWN = 12
_SIDES = {"left": "one side", "right": "the other"}


def list_checks(release: Path, rule: str | None = None, family: str | None = None, severity: str | None = None) -> str:
    """One paragraph a failing check, grouped by source; the last lines count them by severity.

    The source with the largest difference comes first, and of a source its largest; what rounding may explain comes last.
    """
    checks = read_table(release, "checks").filter(pl.col("status") == "fail")
    for column, wanted in (("rule_id", rule), ("family", family), ("severity", severity)):
        if wanted is not None:
            checks = checks.filter(pl.col(column) == wanted)
    if not checks.height:
        return "0 failing checks"
    disclosures = read_table(release, "disclosures").select(
        "disclosure_id", "source_file", "entity_name", "disclosure_year"
    )
    sources = {row["disclosure_id"]: row for row in disclosures.iter_rows(named=True)}
    checks = by_size(checks)
    operands = _operands(release, checks)
    lines: list[str] = []
    current = None
    for row in checks.iter_rows(named=True):
        if row["disclosure_id"] != current:
            current = row["disclosure_id"]
            source = sources[current]
            named = " ".join(str(one) for one in (source["entity_name"], source["disclosure_year"]) if one)
            lines += ["", source["source_file"], f"  {named}"]
        lines += ["", f"  {_MARKS[row['severity']]} {row['severity']} · {row['rule_id']}"]
        lines += [f"    {row['message_zh']}", f"    {row['message_en']}"]
        if row["other_disclosure_id"] in sources:
            lines.append(f"    against {sources[row['other_disclosure_id']]['source_file']}")
        lines += _both_sides(operands.get(row["check_id"], []))
        lines.append(f"    {row['check_id']}")
    counts = dict(checks.group_by("severity").len().iter_rows())
    said = ", ".join(f"{counts[name]} {name}" for name in _MARKS if name in counts)
    files = checks["disclosure_id"].n_unique()
    lines += ["", f"{checks.height} failing checks of {files} disclosure{'s' if files > 1 else ''}: {said}"]
    return "\n".join(lines).lstrip("\n")


def by_size(checks: pl.DataFrame) -> pl.DataFrame:
    """``checks`` by what is disagreed about, in yuan: sources by their largest difference, then the checks of each."""
    money = (pl.col("unit") == "CNY") & ~pl.col("rounding_only").fill_null(False)
    sized = checks.with_columns(_size=pl.when(money).then(pl.col("difference").abs()).fill_null(0))
    sized = sized.with_columns(_largest=pl.col("_size").max().over("disclosure_id"))
    sized = sized.with_columns(_at=pl.int_range(pl.len()).min().over("disclosure_id"))
    order, descending = ["_largest", "_at", "rounding_only", "_size"], [True, False, False, True]
    return sized.sort(order, descending=descending, maintain_order=True).drop("_size", "_largest", "_at")


def _operands(release: Path, checks: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    """The operands of ``checks`` with their places, by check."""
    wanted = read_table(release, "check_operands").join(checks, on="check_id", how="semi", maintain_order="left")
    parts = []
    for kind in wanted["kind"].unique(maintain_order=True).drop_nulls():
        frame, key = read_table(release, kind), TABLES[kind].primary_key[0]
        place = [name for name in ("page", "line", "printed") if name in frame.columns]
        found = wanted.filter(pl.col("kind") == kind)
        parts.append(
            found.join(frame.select(pl.col(key).alias("id"), *place), on="id", how="left", maintain_order="left")
        )
    by_check: dict[str, list[dict[str, object]]] = {}
    if parts:
        rows = pl.concat(parts, how="diagonal").sort("check_id", "side", "seq")
        for row in rows.iter_rows(named=True):
            by_check.setdefault(row["check_id"], []).append(row)
    return by_check


def _both_sides(operands: list[dict[str, object]]) -> Iterator[str]:
    for side, words in _SIDES.items():
        of_side = [row for row in operands if row["side"] == side]
        for row in of_side[:_SHOWN]:
            place = f"page {row['page']}, line {row['line']}" if row.get("page") else f"line {row.get('line') or '—'}"
            printed = f": {row['printed']}" if row.get("printed") else ""
            minus = " (taken off)" if str(row["coefficient"]).startswith("-") else ""
            yield f"      {words}, {place}{printed}{minus}  [{row['id']}]"
        if len(of_side) > _SHOWN:
            yield f"      {words}: and {len(of_side) - _SHOWN} more"
