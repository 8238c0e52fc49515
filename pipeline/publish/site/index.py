"""Finding a disclosure: lists by year for everybody, and shards of an index that a small script searches."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.publish.site.rendering import render, script_json, write
from schemas.vocabularies import vocabulary

SHARD = 2_000
_FIRST = 200
_DIVISIONS = Path(__file__).resolve().parents[3] / "schemas" / "codes" / "divisions.csv"


@cache
def _divisions() -> dict[str, str]:
    """Whole names by code: province, prefecture and county, each by its newest name (上海市普陀区, 江苏省苏州市昆山市)."""
    with _DIVISIONS.open(encoding="utf-8", newline="") as file:
        names = {
            row["code"]: row["name"] for row in sorted(csv.DictReader(file), key=lambda row: row["valid_to"] or "~")
        }
    whole = {}
    for code in names:
        chain = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
        whole[code] = "".join(names.get(part, "") for part in chain)
    return whole


class Index:
    """Gathers one small row a disclosure, and writes what finds it."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """One disclosure, as the table `disclosures` has it."""
        region = row["division_code"]
        self._rows.append(
            {
                "id": row["disclosure_id"],
                "name": row["entity_name"] or row["title"] or row["source_file"],
                "year": row["disclosure_year"],
                "region": region,
                "region_name": _divisions().get(region or ""),
                "stage": row["stage"],
                "scope": row["scope"],
                "status": row["status"],
                "failed": row["checks_failed"],
                "more": " ".join(filter(None, (row["title"], row["entity_short_name"], row["source_file"]))),
            }
        )

    @property
    def years(self) -> list[int | None]:
        """The years of the disclosures, the newest first, unknown last."""
        return sorted({row["year"] for row in self._rows}, key=lambda year: (year is None, -(year or 0)))

    @property
    def regions(self) -> dict[str, str]:
        """The names of the disclosures' divisions by code; a code that the list has not stands for itself."""
        codes = sorted({row["region"] for row in self._rows if row["region"]})
        return {code: _divisions().get(code, code) for code in codes}

    def write(self, release_id: str) -> None:
        """The search page, its shards and the lists by year; what an older release left of them goes."""
        rows = sorted(self._rows, key=lambda row: (-(row["year"] or 0), row["region"] or "~", row["name"], row["id"]))
        shards = [rows[at : at + SHARD] for at in range(0, len(rows), SHARD)] or [[]]
        wanted = set()
        for number, shard in enumerate(shards):
            write(self._out / "search" / f"{number}.js", f"yusuan.add({_lines(shard)});\n")
            wanted.add(f"{number}.js")
        write(self._out / "search" / "labels.js", f"yusuan.labels({script_json(self._labels())});\n")
        common = {"key": "", "release_id": release_id}
        for year in self.years:
            listed = [row for row in rows if row["year"] == year]
            path = self._out / "years" / f"{year or 'unknown'}.html"
            write(path, render("year.html.j2", root="../", year=year, rows=listed, **common))
            wanted.add(path.name)
        for path in [*(self._out / "search").glob("*.js"), *(self._out / "years").glob("*.html")]:
            if path.name not in wanted | {"labels.js"}:
                path.unlink()
        regions = list(self.regions.items())
        values = {"shards": len(shards), "years": self.years, "regions": regions, "total": len(rows)}
        page = render("disclosures.html.j2", root="", rows=rows[:_FIRST], **values, **common)
        write(self._out / "disclosures.html", page)

    def _labels(self) -> dict[str, Any]:
        def pairs(name: str) -> dict[str, list[str]]:
            return {value: [words["zh"], words["en"]] for value, words in vocabulary(name).items()}

        listed = {"stage": pairs("stage"), "scope": pairs("scope"), "status": pairs("disclosure_status")}
        return {**listed, "regions": self.regions}


def _lines(rows: list[dict[str, Any]]) -> str:
    """Rows as the script reads them, one a line: id, name, year, region, stage, scope, status, failed, more."""
    order = ("id", "name", "year", "region", "stage", "scope", "status", "failed", "more")
    listed = ",\n".join(json.dumps([row[name] for name in order], ensure_ascii=False) for row in rows)
    for char in "<>&\u2028\u2029":
        listed = listed.replace(char, f"\\u{ord(char):04x}")
    return f"[\n{listed}\n]"
