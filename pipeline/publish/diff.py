"""What changed from one release to another: rows added, removed and changed, by table, and what may have caused it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.verify import read_table
from schemas.tables import TABLES

_CAUSES = {"forms_sha256": "forms", "code_sha256": "code", "lock_sha256": "lock"}


def diff(before: Path, after: Path) -> dict[str, Any]:
    """The change log of two releases: their ids, what differs in their making, and the rows of each table."""
    old, new = (json.loads((path / "manifest.json").read_text(encoding="utf-8")) for path in (before, after))
    sources = [{entry["disclosure_id"]: entry["paths"] for entry in manifest["sources"]} for manifest in (old, new)]
    tables = {}
    for name, spec in TABLES.items():
        if name in ("spans", "numbers"):
            continue  # they follow the other tables row by row
        changed = _table(read_table(before, name), read_table(after, name), list(spec.primary_key))
        if any(changed.values()):
            tables[name] = changed
    return {
        "before": old["release_id"],
        "after": new["release_id"],
        "changed": [cause for key, cause in _CAUSES.items() if old.get(key) != new.get(key)],
        "sources_added": sorted(path for i in set(sources[1]) - set(sources[0]) for path in sources[1][i]),
        "sources_removed": sorted(path for i in set(sources[0]) - set(sources[1]) for path in sources[0][i]),
        "tables": tables,
    }


def _table(old: pl.DataFrame, new: pl.DataFrame, keys: list[str]) -> dict[str, list[Any]]:
    left = {tuple(str(row[key]) for key in keys): row for row in old.iter_rows(named=True)}
    right = {tuple(str(row[key]) for key in keys): row for row in new.iter_rows(named=True)}
    changed = []
    for key in sorted(left.keys() & right.keys()):
        columns = {
            column: [_shown(left[key].get(column)), _shown(right[key].get(column))]
            for column in sorted(left[key].keys() | right[key].keys())
            if left[key].get(column) != right[key].get(column)
        }
        if columns:
            changed.append({"key": "/".join(key), "columns": columns})
    return {
        "added": ["/".join(key) for key in sorted(right.keys() - left.keys())],
        "removed": ["/".join(key) for key in sorted(left.keys() - right.keys())],
        "changed": changed,
    }


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


def as_json(changes: dict[str, Any]) -> str:
    return json.dumps(changes, ensure_ascii=False, indent=1) + "\n"


def as_text(changes: dict[str, Any]) -> str:
    """The change log for a person: counts by table, then each changed cell."""
    lines = [f"{changes['before']} -> {changes['after']}"]
    lines.append(f"differs in: {', '.join(changes['changed']) or 'neither forms nor code nor lock'}")
    for word in ("added", "removed"):
        lines += [f"source {word}: {path}" for path in changes[f"sources_{word}"]]
    for name, table in changes["tables"].items():
        lines.append(
            f"{name}: {len(table['added'])} added, {len(table['removed'])} removed, {len(table['changed'])} changed"
        )
        for row in table["changed"]:
            lines += [f"  {row['key']} {column}: {a} -> {b}" for column, (a, b) in row["columns"].items()]
    return "\n".join(lines) + "\n"
