"""A part of a release: the files of a run of whole bodies, made once and kept by what they are made of.

<parts>/<key>/part.json                     of each table and year: rows, their sha256, bytes of their CSV;
                                               sha256 of the two that follow
              files.json                       every file but those of CSV, with bytes and sha256
              told.json                        what a summary needs
              rows/<table>/<year>.arrow        as published
              csv/<table>/<year>.csv           rows without a header; removed once a release has taken them
              sources/<disclosure_id>.txt      as published
              code_names.arrow                 counted in this part alone
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.publish.files import sha256_of, year_name
from schemas.tables import TABLES

#: Tables that are made of the whole release, not of its parts.
WHOLE = ("classifications", "code_names")
OF_PARTS = tuple(name for name in TABLES if name not in WHOLE)
PART, FILES, TOLD = "part.json", "files.json", "told.json"
#: So many messages are shown of a family of rules.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class File:
    """A file of a part. ``changed`` is its modification time, to see later meddling."""

    path: str
    bytes: int
    sha256: str
    changed: int


@dataclass(frozen=True)
class Part:
    """A finished part. ``strong`` parts begin a new CSV file where a table has several (see ``plan.cut``).

    A release has thousands: of what is written of a part, only the little that every file needs is held.
    """

    folder: Path
    strong: bool = False

    @property
    def key(self) -> str:
        return self.folder.name

    def _written(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @cached_property
    def _held(self) -> dict[str, dict[str, tuple[int, str, int]]]:
        held = self._written(PART)["rows"]
        return {name: {year: (of[0], of[1], of[2]) for year, of in years.items()} for name, years in held.items()}

    def files(self) -> Iterator[File]:
        """Every file but those of CSV, as it was written."""
        return (File(*entry) for entry in self._written(FILES))

    def texts(self) -> Iterator[File]:
        """The texts of its documents."""
        return (file for file in self.files() if file.path.startswith("sources/"))

    def told(self) -> dict[str, Any]:
        """Failing checks by family, and how many numbers are left where none may be."""
        told: dict[str, Any] = self._written(TOLD)
        return told

    def years(self, name: str) -> list[int | None]:
        """The years in which the table ``name`` has rows here."""
        return [None if year == "unknown" else int(year) for year in self._held[name]]

    def rows(self, name: str, year: int | None) -> int:
        held = self._held[name].get(year_name(year))
        return held[0] if held else 0

    def rows_path(self, name: str, year: int | None) -> Path:
        return self.folder / rows_name(name, year)

    def rows_sha256(self, name: str, year: int | None) -> str:
        """What the rows of a table and a year are, whatever else the part holds."""
        return self._held[name][year_name(year)][1]

    def read(self, name: str, year: int | None) -> pa.Table:
        """The rows of a table and a year, without the year's column."""
        return read_arrow(self.rows_path(name, year))

    def code_names(self) -> pa.Table:
        return read_arrow(self.folder / "code_names.arrow")

    def csv_bytes(self, name: str, year: int | None) -> int:
        return self._held[name][year_name(year)][2]

    def whole(self) -> bool:
        """Whether all its files are as they were written, as far as size and time tell."""
        for name, sha256 in self._written(PART)["sha256"].items():
            if sha256_of(self.folder / name) != sha256:
                return False
        for file in self.files():
            try:
                stat = (self.folder / file.path).stat()
            except FileNotFoundError:
                return False
            if (stat.st_size, stat.st_mtime_ns) != (file.bytes, file.changed):
                return False
        return True


def rows_name(name: str, year: int | None) -> str:
    """Where the rows of a table and a year lie in a part."""
    return f"rows/{name}/{year_name(year)}.arrow"


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


def tell(parts: Sequence[Part]) -> dict[str, Any]:
    """What is told of each part (``Part.told``) for all of them together."""
    families: dict[str, dict[str, Any]] = {}
    left = 0
    for part in parts:
        told = part.told()
        left += told["left"]
        for family, facts in told["failing"].items():
            held = families.setdefault(family, {"failing": 0, "errors": 0, "messages": []})
            held["failing"] += facts["failing"]
            held["errors"] += facts["errors"]
            held["messages"] = (held["messages"] + facts["messages"])[:SHOWN]
    return {"failing": families, "left": left}


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
