"""From an id of a release back to the characters it was printed as."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.reading import read_manifest, read_table, read_text
from schemas.tables import TABLES

#: Other columns by which rows are known: all rows of a printed row, all statements of a sentence, a code in a list.
_KNOWN_BY = {"budget_lines": ("row_id",), "statements": ("sentence_id",), "classifications": ("code",)}
#: Tables without ids of their own, and such as only serve others.
_NO_IDS = ("spans", "check_operands", "code_names")
_BEGIN, _END = "»", "«"
_NEAREST = 5


class UnknownId(LookupError):
    """No row of a release has the id. Says the ones most like it."""


def trace(release: Path, wanted: str) -> str:
    """The rows with an id, each with its file, page and line and the source's lines with its characters marked.

    Raises UnknownId, or ReleaseError where there is no release.
    """
    read_manifest(release)
    reader = _Reader(release)
    for name, spec in TABLES.items():
        if name in _NO_IDS:
            continue
        for column in (spec.primary_key[0], *_KNOWN_BY.get(name, ())):
            frame = reader.table(name)
            found = frame.filter(pl.col(column) == wanted) if column in frame.columns else frame.clear()
            if found.height:
                shown = [reader.show(name, row) for row in found.iter_rows(named=True)]
                if name == "checks":
                    shown += reader.sides(wanted)
                return "\n\n".join(shown)
    raise UnknownId(_unknown(reader, wanted))


def _unknown(reader: _Reader, wanted: str) -> str:
    """What to tell someone whose id nothing has."""
    text = f"no record of {reader.release} has the id {wanted!r}"
    ids: list[str] = []
    for name, spec in TABLES.items():
        if name not in _NO_IDS and name != "numbers" and (frame := reader.table(name)).height:
            ids += frame[spec.primary_key[0]].cast(pl.String).unique(maintain_order=True).to_list()
    begun = [one for one in ids if one.startswith(wanted)]
    near = begun[:_NEAREST] or difflib.get_close_matches(wanted, ids, _NEAREST, 0.75)
    if near:
        return f"{text}; do you mean\n" + "\n".join(f"  {one}" for one in near)
    disclosure = wanted.partition(".")[0]
    if disclosure in reader.files:
        return f"{text}, though {reader.files[disclosure]} is in it; copy an id from the first column of a table"
    return f"{text}; copy one from the first column of a table of this release"


@dataclass(slots=True)
class _Reader:
    """The tables and texts of a release, each read once."""

    release: Path
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        if name not in self.frames:
            self.frames[name] = read_table(self.release, name)
        return self.frames[name]

    @property
    def files(self) -> dict[str, str]:
        """The source file of each disclosure."""
        return dict(self.table("disclosures").select("disclosure_id", "source_file").iter_rows())

    def text(self, disclosure_id: str) -> str:
        if disclosure_id not in self.texts:
            self.texts[disclosure_id] = read_text(self.release, disclosure_id) or ""
        return self.texts[disclosure_id]

    def show(self, table: str, row: dict[str, Any]) -> str:
        """A row's columns that say something, and where it stands."""
        key = TABLES[table].primary_key[0]
        lines = [f"{table} {row[key]}"]
        lines += [f"  {name}: {_plain(value)}" for name, value in row.items() if value is not None and name != key]
        disclosure_id = row.get("disclosure_id")
        if table == "disclosures":
            titles = self.table("tables").filter(pl.col("disclosure_id") == disclosure_id) if disclosure_id else None
            lines.append(f"{row['source_file']}: {titles.height if titles is not None else 0} tables")
        elif row.get("start") is not None and disclosure_id:
            page = f", page {row['page']}" if row.get("page") else ""
            lines.append(f"{self.files.get(disclosure_id, disclosure_id)}{page}, line {row['line']}")
            lines += self.marked(disclosure_id, self.pieces(table, str(row[key]), row))
        return "\n".join(lines)

    def pieces(self, table: str, owner: str, row: dict[str, Any]) -> list[tuple[int, int]]:
        """The stretches of the source that a row is made of: its place, and for assembled text its pieces."""
        place = (int(row["start"]), int(row["end"]))
        spans = self.table("spans")
        if not spans.height:
            return [place]
        own = spans.filter((pl.col("owner_table") == table) & (pl.col("owner_id") == owner))
        inside = own.filter((pl.col("start") >= place[0]) & (pl.col("end") <= place[1]))
        covering = sorted(set(inside.select("start", "end").iter_rows()))
        # A figure is its own place; its label, elsewhere or around it, is not what the row was printed as.
        return covering if covering and "printed_unit" not in row else [place]

    def marked(self, disclosure_id: str, pieces: list[tuple[int, int]]) -> list[str]:
        """The lines that hold ``pieces``, numbered, with the pieces between marks."""
        text = self.text(disclosure_id)
        if not text:
            return ["  (the text of this source is not in the release)"]
        first, last = text.rfind("\n", 0, pieces[0][0]) + 1, text.find("\n", max(pieces[-1][1] - 1, pieces[0][0]))
        last = len(text) if last < 0 else last
        number = text.count("\n", 0, first) + 1
        shown, at = [], first
        for line in text[first:last].split("\n"):
            out, here = "", 0
            for start, end in pieces:
                a, b = max(start - at, 0), min(end - at, len(line))
                if a < b and line[a:b].strip():
                    out += f"{line[here:a]}{_BEGIN}{line[a:b]}{_END}"
                    here = b
            if out:
                shown.append(f"  {number:>6} | {(out + line[here:]).rstrip()}".replace("\f", ""))
            number += 1
            at += len(line) + 1
        return shown

    def sides(self, check_id: str) -> list[str]:
        """The figures on both sides of a check, each with its place."""
        operands = self.table("check_operands").filter(pl.col("check_id") == check_id)
        shown = []
        for row in operands.iter_rows(named=True):
            title = f"{row['side']} {row['seq']}: {_plain(row['value'])} × {_plain(row['coefficient'])}"
            spec = TABLES.get(row["kind"])
            found = self.table(row["kind"]).filter(pl.col(spec.primary_key[0]) == row["id"]) if spec else None
            record = (
                self.show(row["kind"], found.row(0, named=True)) if found is not None and found.height else row["id"]
            )
            shown.append(f"{title}\n{record}")
        return shown


def _plain(value: Any) -> str:
    text = format(value, "f") if hasattr(value, "as_tuple") else str(value)
    return text.rstrip("0").rstrip(".") if hasattr(value, "as_tuple") and "." in text else text
