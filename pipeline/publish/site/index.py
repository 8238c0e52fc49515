"""Finding bodies, documents and words: lists by year for everybody, and an index that a small script searches.

Nothing may be fetched by pages opened as files, so that all of the index are scripts. ``search/N.js`` hold a line a
disclosure. ``search/grams-N.js`` say which disclosures hold a pair of characters, and ``search/text/<id>.js`` the
lines of one: a search for a word reads the few files of its pairs, and then the text of those that have them all.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.ingest.text import split_lines
from pipeline.publish.site.labels import anchor, body_page, division
from pipeline.publish.site.rendering import render, script_json, write
from schemas.vocabularies import vocabulary

SHARD = 2_000
_FIRST = 200
#: Files of pairs: about one for eight disclosures, so that none grows with all of them.
_LEAST, _MOST, _PER_FILE = 8, 256, 8
_WORDS = re.compile(r"[0-9a-z\u3400-\u9fff]+")
_WORDED = (
    "function_code",
    "function_name",
    "department_economic_code",
    "department_economic_name",
    "government_economic_code",
    "item",
    "project",
    "unit_name",
)
_OF_ROWS = ["row_id", "line_id", "printed", "printed_unit", *_WORDED]
_ORDER = ("id", "name", "year", "region", "stage", "scope", "status", "failed", "more", "body")


def pairs(text: str) -> set[str]:
    """Every two characters that stand side by side in a word or number of ``text``; the script makes the same."""
    found: set[str] = set()
    for word in _WORDS.findall(text.lower()):
        found.update(map("".join, zip(word, word[1:])))
    return found


def records(frames: Mapping[str, pl.DataFrame], text: str | None) -> list[tuple[str, str]]:
    """What is found in a disclosure, each with its anchor: rows of tables with codes and amounts, and lines of text."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in frames["budget_lines"].select(_OF_ROWS).iter_rows(named=True):
        rows.setdefault(line["row_id"], []).append(line)
    found = []
    for lines in rows.values():
        words = dict.fromkeys(lines[0][name] for name in _WORDED if lines[0][name])
        amounts = [f"{line['printed']}{line['printed_unit'] or ''}" for line in lines]
        found.append((anchor(lines[0]["line_id"]), " ".join([*words, *amounts])))
    for place in split_lines(text or ""):
        if pieces := (text or "")[place.start : place.end].split():
            found.append((f"L{place.number}", " ".join(pieces)))
    return found


def write_records(path: Path, identity: str, found: Iterable[tuple[str, str]]) -> None:
    """The records of a disclosure as the script reads them."""
    write(path, f"yusuan.text({_json(identity)}, {_json_lines(found)});\n")


class Index:
    """Gathers one small row a disclosure and the pairs of its text, and writes what finds them."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._rows: list[dict[str, Any]] = []
        self._pairs: dict[str, array[int]] = {}

    def add(self, row: dict[str, Any], found: Iterable[tuple[str, str]]) -> None:
        """One disclosure, as the table `disclosures` has it, and what is to be found in it."""
        region = row["division_code"]
        self._rows.append(
            {
                "id": row["disclosure_id"],
                "name": row["entity_name"] or row["title"] or row["source_file"],
                "year": row["disclosure_year"],
                "region": region,
                "region_name": division(region).zh if region else None,
                "stage": row["stage"],
                "scope": row["scope"],
                "status": row["status"],
                "failed": row["checks_failed"],
                "more": " ".join(filter(None, (row["title"], row["entity_short_name"], row["source_file"]))),
                "body": body_page(region, row["entity_key"]) if row["entity_key"] else "",
            }
        )
        number = len(self._rows) - 1
        for pair in pairs("\n".join(text for _, text in found)):
            self._pairs.setdefault(pair, array("L")).append(number)

    @property
    def years(self) -> list[int | None]:
        """The years of the disclosures, the newest first, unknown last."""
        return sorted({row["year"] for row in self._rows}, key=lambda year: (year is None, -(year or 0)))

    @property
    def regions(self) -> dict[str, str]:
        """The names of the disclosures' divisions by code; a code that the list has not stands for itself."""
        codes = sorted({row["region"] for row in self._rows if row["region"]})
        return {code: division(code).zh for code in codes}

    def write(self, release_id: str) -> None:
        """The search page, its shards and the lists by year; what an older release left of them goes."""
        rows = sorted(self._rows, key=lambda row: (-(row["year"] or 0), row["region"] or "~", row["name"], row["id"]))
        shards = [rows[at : at + SHARD] for at in range(0, len(rows), SHARD)] or [[]]
        files = {f"{number}.js": f"yusuan.add({_rows(shard)});\n" for number, shard in enumerate(shards)}
        files["labels.js"] = f"yusuan.labels({script_json(self._labels())});\n"
        count = min(max(len(rows) // _PER_FILE, _LEAST), _MOST)
        for name, text in [*files.items(), *self._gram_files(count)]:
            write(self._out / "search" / name, text)
            files[name] = ""
        common = {"key": "", "release_id": release_id}
        wanted = set(files)
        for year in self.years:
            listed = [row for row in rows if row["year"] == year]
            path = self._out / "years" / f"{year or 'unknown'}.html"
            write(path, render("year.html.j2", root="../", year=year, rows=listed, **common))
            wanted.add(path.name)
        for path in [*(self._out / "search").glob("*.js"), *(self._out / "years").glob("*.html")]:
            if path.name not in wanted:
                path.unlink()
        texts = {f"{row['id']}.js" for row in rows}
        for path in (self._out / "search" / "text").glob("*.js"):
            if path.name not in texts:
                path.unlink()
        values = {"shards": len(shards), "grams": count, "years": self.years, "regions": list(self.regions.items())}
        page = render("disclosures.html.j2", root="", rows=rows[:_FIRST], total=len(rows), **values, **common)
        write(self._out / "disclosures.html", page)

    def _gram_files(self, count: int) -> Iterator[tuple[str, str]]:
        """Pairs with the disclosures that hold them, by the sum of their characters; ids stand once a file."""
        ids = [row["id"] for row in self._rows]
        sorted_pairs: list[list[str]] = [[] for _ in range(count)]
        for pair in sorted(self._pairs):
            sorted_pairs[(31 * ord(pair[0]) + ord(pair[1])) % count].append(pair)
        for number, held in enumerate(sorted_pairs):
            listed = ",\n".join(
                f"{_json(pair)}:{json.dumps(self._pairs[pair].tolist(), separators=(',', ':'))}" for pair in held
            )
            yield f"grams-{number}.js", f"yusuan.grams({number}, {{\n{listed}\n}});\n"
        yield "ids.js", f"yusuan.ids({_json(ids)});\n"

    def _labels(self) -> dict[str, Any]:
        def words(name: str) -> dict[str, list[str]]:
            return {value: [both["zh"], both["en"]] for value, both in vocabulary(name).items()}

        listed = {"stage": words("stage"), "scope": words("scope"), "status": words("disclosure_status")}
        return {**listed, "regions": self.regions}


def _json(value: Any) -> str:
    """JSON that may stand in a script, whoever reads it: no text of a source can end it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _json_lines(values: Iterable[Any]) -> str:
    return "[\n" + ",\n".join(map(_json, values)) + "\n]"


def _rows(rows: list[dict[str, Any]]) -> str:
    """Rows as the script reads them, one a line, in the order of ``_ORDER``."""
    return _json_lines([row[name] for name in _ORDER] for row in rows)
