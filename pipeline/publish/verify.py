"""A release checked against nothing but its own files. Changes nothing; needs no Dagster."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.files import sha256_of
from schemas.joining import join
from schemas.tables import TABLES


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the file, the row where there is one, and why."""

    file: str
    row: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{f' row {self.row}' if self.row else ''}: {self.reason}"


def read_table(release: Path, name: str) -> pl.DataFrame:
    """A table of a release, its year taken from the folders."""
    parts = []
    for path in sorted((release / "parquet" / name).rglob("*.parquet")):
        frame = pl.read_parquet(path, hive_partitioning=False)
        if path.parent.name.startswith("disclosure_year="):
            year = path.parent.name.partition("=")[2]
            frame = frame.with_columns(
                pl.lit(None if year == "unknown" else int(year), pl.Int64).alias("disclosure_year")
            )
        parts.append(frame)
    frame = pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame()
    return frame.select([c.name for c in TABLES[name].columns if c.name in frame.columns])


def verify(release: Path) -> list[Fault]:
    """Every fault of the release in ``release``; an empty list where there is none."""
    manifest_path = release / "manifest.json"
    if not manifest_path.is_file():
        return [Fault("manifest.json", None, "is missing; this is no release")]
    manifest: dict[str, Any] = json.loads(manifest_path.read_text(encoding="utf-8"))
    faults = _bytes(release, manifest)
    if any(fault.reason.startswith("is missing") for fault in faults):
        return faults
    frames = {}
    for name in TABLES:
        try:
            frames[name] = read_table(release, name)
        except (OSError, pl.exceptions.PolarsError) as error:
            faults.append(Fault(f"parquet/{name}", None, f"cannot be read: {error}"))
    if len(frames) == len(TABLES):
        faults += _rows(frames, manifest)
        faults += _places(release, frames)
    return faults


def _bytes(release: Path, manifest: dict[str, Any]) -> list[Fault]:
    faults = []
    listed = {entry["path"]: entry for entry in manifest["files"]}
    for name, entry in listed.items():
        path = release / name
        if not path.is_file():
            faults.append(Fault(name, None, "is missing"))
        elif sha256_of(path) != entry["sha256"]:
            faults.append(Fault(name, None, "its sha256 is not the one in the manifest"))
    allowed = {*listed, "manifest.json", "SHA256SUMS"}
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        if path.relative_to(release).as_posix() not in allowed:
            faults.append(Fault(path.relative_to(release).as_posix(), None, "is not in the manifest"))
    return faults


def _rows(frames: dict[str, pl.DataFrame], manifest: dict[str, Any]) -> list[Fault]:
    faults = []
    for name, frame in frames.items():
        if frame.height != manifest["rows"][name]:
            faults.append(
                Fault(f"parquet/{name}", None, f"has {frame.height} rows, the manifest says {manifest['rows'][name]}")
            )
        keys = [key for key in TABLES[name].primary_key if key in frame.columns]
        if frame.height and frame.select(keys).is_duplicated().any():
            faults.append(Fault(f"parquet/{name}", None, f"{', '.join(keys)} is not unique"))
    ids = set(frames["disclosures"]["disclosure_id"])
    for name, frame in frames.items():
        if "disclosure_id" in frame.columns:
            for lost in sorted(set(frame["disclosure_id"]) - ids):
                faults.append(Fault(f"parquet/{name}", lost, "names a disclosure that is not there"))
    return faults


def _places(release: Path, frames: dict[str, pl.DataFrame]) -> list[Fault]:
    texts = {path.stem: path.read_bytes().decode("utf-8") for path in sorted((release / "sources").glob("*.txt"))}
    faults = []
    for name in ("numbers", "budget_lines"):
        frame = frames[name].filter(pl.col("printed").is_not_null())
        key = TABLES[name].primary_key[0]
        for row in frame.select(key, "disclosure_id", "start", "end", "printed").iter_rows():
            found = texts.get(row[1], "")[row[2] : row[3]]
            if found != row[4]:
                faults.append(Fault(f"parquet/{name}", row[0], f"prints {row[4]!r}, but its place holds {found!r}"))
    owned = frames["numbers"].filter(pl.col("owner_table") == "budget_lines", pl.col("class") == "data")
    joined = frames["budget_lines"].join(owned, left_on="line_id", right_on="owner_id", how="anti")
    for line_id in joined["line_id"]:
        faults.append(Fault("parquet/budget_lines", line_id, "no number of the ledger is its own"))
    spans = frames["spans"].sort("owner_table", "owner_id", "field", "seq")
    groups = spans.group_by("owner_table", "owner_id", "field", maintain_order=True).agg(
        "disclosure_id", "start", "end"
    )
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for table, owner, field, ids, starts, ends in groups.iter_rows():
        if table not in values:
            key = TABLES[table].primary_key[0]
            values[table] = {row[key]: row for row in frames[table].iter_rows(named=True)}
        owned_row = values[table].get(owner)
        text = join(texts.get(ids[0], "")[a:b] for a, b in zip(starts, ends, strict=True))
        if owned_row is None:
            faults.append(Fault("parquet/spans", owner, f"no row of {table} has this id"))
        elif owned_row.get(field) != text:
            faults.append(
                Fault(f"parquet/{table}", owner, f"{field} is {owned_row.get(field)!r}, its pieces are {text!r}")
            )
    return faults
