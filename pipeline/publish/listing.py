"""The failing checks of a release, for a person."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.publish.reading import read_table


def list_checks(release: Path, rule: str | None = None, family: str | None = None, severity: str | None = None) -> str:
    """One paragraph a failing check, grouped by source; the last line counts them."""
    checks = read_table(release, "checks").filter(pl.col("status") == "fail")
    for column, wanted in (("rule_id", rule), ("family", family), ("severity", severity)):
        if wanted is not None:
            checks = checks.filter(pl.col(column) == wanted)
    disclosures = read_table(release, "disclosures").select("disclosure_id", "source_file")
    files = dict(disclosures.iter_rows())
    lines, current = [], None
    for row in checks.iter_rows(named=True):
        if row["disclosure_id"] != current:
            current = row["disclosure_id"]
            lines.append(files.get(current, current))
        lines.append(f"  {row['severity']} {row['rule_id']}: {row['message_zh']}")
        lines.append(f"    {row['message_en']}")
        lines.append(f"    {row['check_id']}")
    lines.append(f"{checks.height} failing checks")
    return "\n".join(lines)
