"""A part of a release: the files of a run of whole bodies, made once and kept by what they are made of.

<parts>/<key>/part.json                     files of rows with bytes and sha256, and what a summary needs
              texts.json                       files of sources/ with bytes and sha256
              rows/<table>/<year>.arrow        as published
              csv/<table>/<year>.csv           rows without a header; removed once a release has taken them
              sources/<disclosure_id>.txt      as published
              code_names.arrow                 counted in this part alone
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.publish.completeness import left_in_complete
from pipeline.publish.files import BODY, arrow_rows, by_year, sha256_of, write_csv_rows, year_name
from schemas.tables import TABLES

#: Tables that are made of the whole release, not of its parts.
WHOLE = ("classifications", "code_names")
OF_PARTS = tuple(name for name in TABLES if name not in WHOLE)
_SHOWN = 50
_TEXTS = "texts.json"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a part. ``changed`` is its modification time, to see later meddling."""

    path: str
    bytes: int
    sha256: str
    changed: int


@dataclass(frozen=True)
class Part:
    """A finished part. ``strong`` parts begin a new CSV file where a table has several (see ``plan.cut``)."""

    folder: Path
    strong: bool = False

    @property
    def key(self) -> str:
        return self.folder.name

    @cached_property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.folder / "part.json").read_text(encoding="utf-8"))
        return facts | {"files": {entry["path"]: File(**entry) for entry in facts["files"]}}

    @property
    def files(self) -> dict[str, File]:
        files: dict[str, File] = self.facts["files"]
        return files

    def texts(self) -> list[File]:
        """The texts of its documents. Read anew each time: a release has too many documents to hold them by part."""
        entries = json.loads((self.folder / _TEXTS).read_text(encoding="utf-8"))
        return [File(**entry) for entry in entries]

    def years(self, name: str) -> list[int | None]:
        """The years in which the table ``name`` has rows here."""
        return [None if year == "unknown" else int(year) for year in self.facts["rows"][name]]

    def rows(self, name: str, year: int | None) -> int:
        return int(self.facts["rows"][name].get(year_name(year), 0))

    def rows_path(self, name: str, year: int | None) -> Path:
        return self.folder / "rows" / name / f"{year_name(year)}.arrow"

    def rows_sha256(self, name: str, year: int | None) -> str:
        """What the rows of a table and a year are, whatever else the part holds."""
        return self.files[f"rows/{name}/{year_name(year)}.arrow"].sha256

    def read(self, name: str, year: int | None) -> pa.Table:
        """The rows of a table and a year, without the year's column."""
        return read_arrow(self.rows_path(name, year))

    def code_names(self) -> pa.Table:
        return read_arrow(self.folder / "code_names.arrow")

    def csv_bytes(self, name: str, year: int | None) -> int:
        return int(self.facts["csv"][name][year_name(year)])

    def whole(self) -> bool:
        """Whether all its files are as they were written, as far as size and time tell."""
        for file in (*self.files.values(), *self.texts()):
            try:
                stat = (self.folder / file.path).stat()
            except FileNotFoundError:
                return False
            if (stat.st_size, stat.st_mtime_ns) != (file.bytes, file.changed):
                return False
        return True


def write_arrow(frame: pl.DataFrame, path: Path) -> None:
    """``frame`` as an Arrow file, quick to write and to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = arrow_rows(frame)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def read_arrow(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def find_part(folder: Path, key: str, strong: bool = False) -> Part | None:
    """The part ``key`` below ``folder``, where it is there and untouched."""
    part = Part(folder / key, strong)
    try:
        return part if part.whole() else None
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
        return None


def write_part(frames: Mapping[str, pl.DataFrame], texts: Mapping[str, bytes], folder: Path, key: str) -> Part:
    """Write the part of ``frames``, which are complete and valid, below ``folder``. It appears whole or not at all."""
    staged = folder / f".{key}.{os.getpid()}.tmp"
    if staged.exists():
        shutil.rmtree(staged)
    staged.mkdir(parents=True)
    try:
        rows: dict[str, dict[str, int]] = {}
        csv: dict[str, dict[str, int]] = {}
        bodies = frames["disclosures"].select("disclosure_id", BODY.name)
        for name in OF_PARTS:
            rows[name], csv[name] = {}, {}
            for year, part in by_year(frames[name]):
                held = (
                    part
                    if BODY.name in part.columns
                    else part.join(bodies, on="disclosure_id", how="left", maintain_order="left")
                )
                write_arrow(held.drop("disclosure_year"), staged / "rows" / name / f"{year_name(year)}.arrow")
                rows[name][year_name(year)] = part.height
                if TABLES[name].csv:
                    csv[name][year_name(year)] = write_csv_rows(part, staged / f"csv/{name}/{year_name(year)}.csv")
        write_arrow(frames["code_names"], staged / "code_names.arrow")
        (staged / "sources").mkdir()
        for disclosure_id, text in texts.items():
            (staged / "sources" / f"{disclosure_id}.txt").write_bytes(text)
        files: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
        for found in sorted(each for each in staged.rglob("*") if each.is_file()):
            name = found.relative_to(staged).as_posix()
            if name.startswith("csv/"):
                continue
            found.chmod(0o644)
            stat = found.stat()
            file = File(name, stat.st_size, sha256_of(found), stat.st_mtime_ns)
            files[name.startswith("sources/")].append(asdict(file))
        (staged / _TEXTS).write_text(json.dumps(files[True]), encoding="utf-8")
        facts = {"files": files[False], "rows": rows, "csv": csv, **_told(frames)}
        (staged / "part.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        target = folder / key
        if target.exists():  # not whole, or another process was as quick
            shutil.rmtree(target)
        staged.rename(target)
    finally:
        if staged.exists():
            shutil.rmtree(staged)
    return Part(folder / key)


def _told(frames: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """What the orchestration shows of a release: failing checks by family, numbers left where none may be."""
    checks = frames["checks"]
    failing = checks.filter(pl.col("status") == "fail")
    families = {
        str(family): {
            "failing": rows.height,
            "errors": rows.filter(pl.col("severity") == "error").height,
            "messages": rows["message_zh"].head(_SHOWN).to_list(),
        }
        for (family,), rows in failing.partition_by("family", as_dict=True, maintain_order=True).items()
    }
    return {"failing": families, "left": len(left_in_complete(frames))}


def tell(parts: list[Part]) -> dict[str, Any]:
    """``_told`` of all parts together."""
    families: dict[str, dict[str, Any]] = {}
    for part in parts:
        for family, facts in part.facts["failing"].items():
            held = families.setdefault(family, {"failing": 0, "errors": 0, "messages": []})
            held["failing"] += facts["failing"]
            held["errors"] += facts["errors"]
            held["messages"] = (held["messages"] + facts["messages"])[:_SHOWN]
    return {
        "failing": families,
        "left": sum(part.facts["left"] for part in parts),
    }


def prune(folder: Path, keys: set[str]) -> None:
    """Remove parts that are none of ``keys``, what a crash left, and rows of CSV that a release has taken."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keys:
            shutil.rmtree(path)
        elif (path / "csv").is_dir():
            shutil.rmtree(path / "csv")


def part_key(documents: list[str], fingerprint: str) -> str:
    """The key of the part of documents with these keys, under one state of rules and code."""
    text = "\n".join([fingerprint, *documents])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
