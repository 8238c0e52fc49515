"""The data of one document beside its page: its budget lines as CSV, all that is known of it as a workbook and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.export import EXPORTED, Document, workbook
from pipeline.publish.files import csv_header, csv_lines
from pipeline.publish.site.rendering import write
from schemas.tables import TABLES

#: Tables of the JSON, in the order of the contract; the ledger of numbers and the spans stay in the release.
_TABLES = ("key_figures", "tables", "budget_lines", "projects", "statements", "indicators", "targets", "passages")


def write_downloads(row: Mapping[str, Any], frames: Mapping[str, pl.DataFrame], path: Path) -> None:
    """Write ``<path>.csv``, ``<path>.xlsx`` and ``<path>.json``. Amounts are texts in JSON, for its numbers are no decimals."""
    lines = frames["budget_lines"].select([column.name for column in TABLES["budget_lines"].columns])
    write(path.with_suffix(".csv"), (csv_header("budget_lines") + csv_lines(lines)).decode())
    rows = {name: frames[name].to_dicts() for name in EXPORTED if name != "disclosures"}
    document = Document(dict(row), {**rows, "disclosures": [dict(row)]})
    write(path.with_suffix(".xlsx"), workbook([document], lambda identity: f"{identity}.html"))
    held: dict[str, Any] = {"disclosure": _known(row)}
    for name in _TABLES:
        held[name] = [_known(each) for each in frames[name].iter_rows(named=True)]
    failed = frames["checks"].filter(pl.col("status") == "fail")
    held["failed_checks"] = [_known(each) for each in failed.iter_rows(named=True)]
    operands = frames["check_operands"].join(failed, on="check_id", how="semi", maintain_order="left")
    held["check_operands"] = [_known(each) for each in operands.iter_rows(named=True)]
    write(path.with_suffix(".json"), json.dumps(held, ensure_ascii=False, indent=1, default=str) + "\n")


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
