"""Checks as a person reads them in a terminal: what ``yusuan check`` prints."""

from __future__ import annotations

import polars as pl

_MARKS = {"error": "✗", "warning": "!", "info": "·"}


def list_checks(
    checks: pl.DataFrame, rule: str | None = None, family: str | None = None, severity: str | None = None
) -> str:
    """The checks that did not pass, by disclosure, in both languages; last a line that counts all of them."""
    for column, wanted in (("rule_id", rule), ("family", family), ("severity", severity)):
        if wanted is not None:
            checks = checks.filter(pl.col(column) == wanted)
    out: list[str] = []
    last = None
    for row in checks.filter(pl.col("status") != "pass").iter_rows(named=True):
        if row["disclosure_id"] != last:
            last = row["disclosure_id"]
            out.append(f"{last}  {row['disclosure_year'] or 'unknown'}")
        mark = _MARKS[row["severity"]] if row["status"] == "fail" else "-"
        out += [
            f"  {mark} {row['rule_id']}  {row['message_zh']}",
            f"      {row['message_en']}",
            f"      {row['check_id']}",
        ]
    counts = {status: checks.filter(pl.col("status") == status).height for status in ("pass", "fail", "not_applicable")}
    out.append(f"{counts['fail']} failed, {counts['pass']} passed, {counts['not_applicable']} not applicable")
    return "\n".join(out)
