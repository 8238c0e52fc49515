"""What changed from one release to another: by table, series, row and column, and why.

A source that was revised has another id. Rows are therefore compared under the series of their disclosure (body, year,
stage, scope), so that a changed amount is a changed amount and not a row gone and a row come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.by_disclosure import OF_DISCLOSURES, Runs
from pipeline.publish.reading import (
    names_year,
    parquet_files,
    read_columns,
    read_files,
    read_manifest,
    read_rows,
    year_of,
)
from schemas.tables import TABLES

_CAUSES = {"forms_sha256": "form", "code_sha256": "code", "lock_sha256": "packages"}
#: Tables whose rows follow those of the others one by one.
_FOLLOWING = ("numbers", "spans")
_PLACE = ("page", "line", "start", "end")
_ID = 16
_OF_BODY = ("disclosure_id", "series_id", "disclosure_year", "division_code", "entity_key")
_IDS = ("id", "derived_from", "supersedes")
#: So many rows are wanted before they are compared.
_ROWS = 65_536
#: A year and a body, in the order in which the contract puts them: what is not known comes last.
Place = tuple[tuple[bool, int | str], ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which disclosures of two releases are the same one. ``names`` gives each id the name under which it is compared."""

    names: tuple[dict[str, str], dict[str, str]]
    series: dict[str, str | None]
    why: dict[str, str]  # by name: source_added, source_removed, source_changed; absent where the bytes are the same
    replaced: list[tuple[str, str]]


def diff(before: Path, after: Path) -> dict[str, Any]:
    """The change log of two releases. Raises ReleaseError where one of them is none."""
    manifests = [read_manifest(path) for path in (before, after)]
    old, new = manifests
    made = [cause for key, cause in _CAUSES.items() if old.get(key) != new.get(key)]
    disclosures = [
        read_columns(parquet_files(path, "disclosures"), "disclosures", _OF_BODY) for path in (before, after)
    ]
    pairing = _pair(*disclosures)
    files = [{s["disclosure_id"]: sorted(s["paths"]) for s in m["sources"]} for m in manifests]
    sides = [
        _compared(*each)
        for each in zip((before, after), (_same(old, new), _same(new, old)), pairing.names, disclosures, strict=True)
    ]
    tables = {name: _table(name, sides, pairing, made) for name in TABLES if name not in _FOLLOWING}
    swapped = {i for pair in pairing.replaced for i in pair}
    return {
        "before": old["release_id"],
        "after": new["release_id"],
        "changed": made,
        "sources": {
            "added": sorted(p for i in set(files[1]) - set(files[0]) - swapped for p in files[1][i]),
            "removed": sorted(p for i in set(files[0]) - set(files[1]) - swapped for p in files[0][i]),
            "replaced": [
                {"series_id": pairing.series[a], "before": a, "after": b, "paths": files[1].get(b, [])}
                for a, b in pairing.replaced
            ],
        },
        "tables": {name: table for name, table in tables.items() if table is not None},
    }


def _table(name: str, sides: Sequence[Compared], pairing: Pairing, made: list[str]) -> dict[str, Any] | None:
    """What changed in a table: counts, and rows in the order of their keys. None where nothing did."""
    found: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    moved = 0
    for frames in _batches(name, sides):
        named = [_named(frame, side.names) for frame, side in zip(frames, sides, strict=True)]
        rows, only_moved = _rows(name, named, pairing, made)
        found += rows
        moved += only_moved
    if not (found or moved):
        return None
    kinds = [row["change"] for _, row in found]
    counts = {kind: kinds.count(kind) for kind in ("added", "removed", "changed")}
    return {**counts, "moved": moved, "rows": [row for _, row in sorted(found, key=lambda each: each[0])]}


@dataclass(frozen=True, slots=True)
class Compared:
    """One of two releases. ``files`` are those of each table that the other one has not.

    ``names`` gives each disclosure the name under which both are compared, ``places`` where it stands.
    """

    release: Path
    files: Mapping[str, list[Path]]
    names: Mapping[str, str]
    places: Mapping[str, Place]


def _compared(release: Path, same: set[str], names: Mapping[str, str], disclosures: pl.DataFrame) -> Compared:
    """``release``, of which the files at the paths ``same`` inside it are the other one's, too."""
    files = {
        table: [path for path in parquet_files(release, table) if path.relative_to(release).as_posix() not in same]
        for table in TABLES
    }
    columns = ("disclosure_id", "disclosure_year", "division_code", "entity_key")
    places = {
        identity: tuple((value is None, value or "") for value in place)
        for identity, *place in disclosures.select(columns).iter_rows()
    }
    return Compared(release, files, names, places)


def _batches(name: str, sides: Sequence[Compared]) -> Iterator[list[pl.DataFrame]]:
    """The rows of the table ``name`` in either release, but those of files that both have, some disclosures at a time.

    Both rows of one key are in one batch. Raises UnreadableFile.
    """
    if not any(side.files[name] for side in sides):
        return
    if name in OF_DISCLOSURES and all(_in_order(side, name) for side in sides):
        yield from _by_place(name, sides)
    else:
        yield [read_files(side.files[name], name) for side in sides]


def _in_order(side: Compared, name: str) -> bool:
    """Whether rows stand by disclosure in the contract's order, and have its columns: earlier versions may differ."""
    before: tuple[Place, str] = ((), "")
    for path in side.files[name]:
        if not set(pl.read_parquet_schema(path)).issuperset(TABLES[name].schema) or not names_year(path):
            return False
        for frame in read_rows(path, _ROWS, ["disclosure_id"]):
            for identity in frame["disclosure_id"].rle().struct.field("value"):
                place = side.places.get(identity)
                if place is None or place[0][1] != (year_of(path) or "") or (place, identity) < before:
                    return False
                before = place, identity
    return True


def _by_place(name: str, sides: Sequence[Compared]) -> Iterator[list[pl.DataFrame]]:
    """The rows of both sides place by place; at the end those of disclosures that stand elsewhere in the other one."""
    one, two = ({side.names[i]: place for i, place in side.places.items()} for side in sides)
    elsewhere = {name for name, place in one.items() if two.get(name, place) != place}
    runs = [Runs(list(enumerate(side.files[name])), name, _ROWS) for side in sides]
    standing = [_standing(side) for side in sides]
    held, apart = _Held(name), _Held(name)
    for place in sorted(set(standing[0]) | set(standing[1])):
        for number, side in enumerate(sides):
            for identity in standing[number].get(place, ()):
                into = apart if side.names[identity] in elsewhere else held
                into.add(number, runs[number].take(identity))
        if held.rows >= _ROWS:
            yield held.taken()
    for each in (held, apart):
        if each.rows:
            yield each.taken()


def _standing(side: Compared) -> dict[Place, list[str]]:
    """The disclosures of each place, in the order of their rows."""
    found: dict[Place, list[str]] = {}
    for identity in sorted(side.places):
        found.setdefault(side.places[identity], []).append(identity)
    return found


class _Held:
    """Rows of both sides that wait to be compared."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.rows = 0
        self._parts: tuple[list[pl.DataFrame], list[pl.DataFrame]] = ([], [])

    def add(self, side: int, frames: list[pl.DataFrame]) -> None:
        self._parts[side].extend(frames)
        self.rows += sum(frame.height for frame in frames)

    def taken(self) -> list[pl.DataFrame]:
        """All that is held, which is held no more."""
        none = TABLES[self._name].empty()
        frames = [pl.concat(parts).select(none.columns) if parts else none for parts in self._parts]
        self.rows, self._parts = 0, ([], [])
        return frames


def _same(mine: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Files of one release that the other has, too, whatever their names in their folder, which says table and year."""

    def kept(file: Mapping[str, Any]) -> tuple[str, str]:
        return str(file["path"]).rpartition("/")[0], str(file["sha256"])

    theirs = {kept(file) for file in other["files"]}
    return {file["path"] for file in mine["files"] if kept(file) in theirs}


def _pair(old: pl.DataFrame, new: pl.DataFrame) -> Pairing:
    """Same bytes are the same; of what is left, the disclosures of one series are paired in their order."""
    held = [dict(frame.select("disclosure_id", "series_id").iter_rows()) for frame in (old, new)]
    series = {**held[0], **held[1]}
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})
    left: tuple[dict[str | None, list[str]], dict[str | None, list[str]]] = ({}, {})
    for side, other in ((0, 1), (1, 0)):
        for identity, one in held[side].items():
            if identity in held[other] or one is None:
                names[side][identity] = identity
            else:
                left[side].setdefault(one, []).append(identity)
    replaced = []
    for one in sorted(set(left[0]) | set(left[1]), key=str):
        gone, come = left[0].get(one, []), left[1].get(one, [])
        for a, b in zip(gone, come, strict=False):
            names[0][a] = names[1][b] = b
            replaced.append((a, b))
        names[0].update({a: a for a in gone[len(come) :]})
        names[1].update({b: b for b in come[len(gone) :]})
    shared = set(names[0].values()) & set(names[1].values())
    why = {name: "source_removed" for name in names[0].values() if name not in shared}
    why |= {name: "source_added" for name in names[1].values() if name not in shared}
    why |= {b: "source_changed" for _, b in replaced}
    return Pairing(names, series, why, replaced)


def _named(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """``frame`` with every id under the name of its disclosure."""
    swapped = {a: b for a, b in names.items() if a != b}
    if not swapped:
        return frame
    # Not every text that begins with a disclosure's id is one of its ids: the source's sha256 does, too.
    ids = pl.col([c for c in frame.columns if c.endswith("_id") or c in _IDS])
    return frame.with_columns(ids.str.head(_ID).replace(swapped) + ids.str.slice(_ID))


def _differing(one: pl.DataFrame, two: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both without the rows that they begin with and end with alike: rows stand in one order, and most are the same."""
    if one.schema != two.schema:
        return one, two
    for end in (False, True):
        least = min(one.height, two.height)
        a, b = (frame.tail(least) if end else frame.head(least) for frame in (one, two))
        other = ~a.select(pl.all_horizontal(pl.col(name).eq_missing(b[name]) for name in a.columns)).to_series()
        at = other.arg_true()
        if end:
            alike = least - 1 - at[-1] if at.len() else least
            one, two = one.head(one.height - alike), two.head(two.height - alike)
        else:
            alike = at[0] if at.len() else least
            one, two = one.slice(alike), two.slice(alike)
    return one, two


def _rows(
    name: str, frames: list[pl.DataFrame], pairing: Pairing, made: list[str]
) -> tuple[list[tuple[tuple[str, ...], dict[str, Any]]], int]:
    """The rows that are not the same in both frames of a table, each with its key, and how many only moved."""
    keys = list(TABLES[name].primary_key)
    columns = [c.name for c in TABLES[name].columns if c.name in frames[0].columns and c.name in frames[1].columns]
    one, two = _differing(*(frame.select(columns) for frame in frames))
    sides = [
        {
            tuple(row[key] for key in keys): row
            for row in mine.join(other, on=columns, how="anti", nulls_equal=True).iter_rows(named=True)
        }
        for mine, other in ((one, two), (two, one))
    ]
    found: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    moved = 0
    for key in sides[0] | sides[1]:
        a, b = sides[0].get(key), sides[1].get(key)
        row = b or a or {}
        changes = {}
        if a is not None and b is not None:
            differing = [c for c in columns if a[c] != b[c]]
            changes = {c: [_shown(a[c]), _shown(b[c])] for c in differing if c not in _PLACE}
            if not changes:
                moved += 1
                continue
        identity = row.get("disclosure_id")
        entry: dict[str, Any] = {
            "change": "added" if a is None else "removed" if b is None else "changed",
            "key": "/".join(map(str, key)),
            "series": pairing.series.get(identity) if identity else None,
            "why": list(_why(identity, pairing, made)),
        }
        found.append((tuple(map(str, key)), entry | ({"columns": changes} if changes else {})))
    return found, moved


def _why(identity: str | None, pairing: Pairing, made: list[str]) -> Iterator[str]:
    """What may have changed a row: its source, else how it was made, else another document of the release."""
    own = pairing.why.get(identity or "")
    if own:
        yield own
        return
    yield from made
    if not made or identity is None:
        yield "other_sources"


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


def as_json(changes: dict[str, Any]) -> str:
    return json.dumps(changes, ensure_ascii=False, indent=1) + "\n"


_WORDS = {
    "source_added": "source added",
    "source_removed": "source removed",
    "source_changed": "source changed",
    "form": "forms changed",
    "code": "code changed",
    "packages": "locked packages changed",
    "other_sources": "other documents changed",
}


def as_text(changes: dict[str, Any]) -> str:
    """The change log for a person: sources, counts by table, then every changed row and cell with why."""
    lines = [f"{changes['before']} -> {changes['after']}"]
    causes = ", ".join(_WORDS[cause] for cause in changes["changed"])
    lines.append(causes or "forms, code and locked packages are the same")
    sources = changes["sources"]
    lines += [f"source added: {path}" for path in sources["added"]]
    lines += [f"source removed: {path}" for path in sources["removed"]]
    lines += [f"source changed: {', '.join(r['paths'])} ({r['before']} -> {r['after']})" for r in sources["replaced"]]
    for name, table in changes["tables"].items():
        counts = ", ".join(f"{table[kind]} {kind}" for kind in ("added", "removed", "changed", "moved"))
        lines.append(f"{name}: {counts}")
        for row in table["rows"]:
            why = ", ".join(_WORDS[cause] for cause in row["why"])
            lines.append(f"  {row['change']} {row['key']} ({why})")
            lines += [f"    {column}: {a} -> {b}" for column, (a, b) in row.get("columns", {}).items()]
    if not changes["tables"]:
        lines.append("no row differs")
    return "\n".join(lines) + "\n"
