"""Bytes: every listed file is there as listed, no file is there that is not listed, and what describes them is as written."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.disk import sha256_of
from pipeline.publish.descriptor import descriptions
from pipeline.publish.manifest import FINGERPRINTS, MEMBERS, SOURCE, Listed
from pipeline.publish.reading import csv_files
from pipeline.publish.verify.fault import Fault
from schemas.tables import TABLES

#: A sign of life after so many files.
_TOLD = 64
_LISTS = ("manifest.json", "SHA256SUMS")
#: The digest of a lock is empty where there was none.
_SHA256 = re.compile("[0-9a-f]{64}|")


def faults(release: Path, manifest: dict[str, Any], told: Callable[[str], None]) -> list[Fault]:
    """Faults of the files of ``release`` against its manifest, its checksums and its descriptor."""
    found: list[Fault] = []
    listed: dict[str, dict[str, Any]] = {}
    for count, entry in enumerate(manifest["files"]):
        if count % _TOLD == 0:
            told(f"{count:,} of {len(manifest['files']):,} files read")
        name = str(entry.get("path"))
        if name in listed:
            found.append(Fault("manifest.json", name, "is listed twice"))
        listed[name] = entry
        if Path(name).is_absolute() or ".." in Path(name).parts:
            found.append(Fault("manifest.json", name, "leads out of the release"))
            continue
        path = release / name
        if not path.is_file():
            found.append(Fault(name, None, "is missing"))
            continue
        found += _entry(path, entry, sha256_of(path))
    for name, link in _there(release):
        if link:
            found.append(Fault(name, None, "is a link; a release holds files only"))
        elif name not in listed and name not in _LISTS:
            found.append(Fault(name, None, "is not in the manifest"))
    return found + _identity(manifest, listed) + _sums(release, listed) + _manifest(release, manifest)


def _there(folder: Path, above: str = "") -> Iterator[tuple[str, bool]]:
    """The paths of all files and links in ``folder``, and which are links."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _there(folder / entry.name, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry.is_symlink()


def _entry(path: Path, entry: dict[str, Any], sha256: str) -> list[Fault]:
    name, found = entry["path"], []
    if path.stat().st_size != entry.get("bytes"):
        found.append(Fault(name, None, f"has {path.stat().st_size} bytes, the manifest says {entry.get('bytes')}"))
    if sha256 != entry.get("sha256"):
        found.append(Fault(name, None, f"its sha256 is {sha256[:16]}…, not the one in the manifest"))
    if path.suffix == ".parquet":
        try:
            rows = pq.read_metadata(path).num_rows
        except (OSError, ValueError) as error:
            return [*found, Fault(name, None, f"cannot be read as Parquet: {error}")]
        if rows != entry.get("rows"):
            found.append(Fault(name, None, f"has {rows} rows, the manifest says {entry.get('rows')}"))
    return found


def _identity(manifest: dict[str, Any], listed: dict[str, dict[str, Any]]) -> list[Fault]:
    text = "".join(f"{name}\0{listed[name].get('sha256')}\n" for name in sorted(listed))
    wanted = hashlib.sha256(text.encode()).hexdigest()[:16]
    if manifest["release_id"] == wanted:
        return []
    return [Fault("manifest.json", None, f"release_id is {manifest['release_id']}, its files make {wanted}")]


def _sums(release: Path, listed: dict[str, dict[str, Any]]) -> list[Fault]:
    path = release / "SHA256SUMS"
    if not path.is_file():
        return [Fault("SHA256SUMS", None, "is missing")]
    wanted = {name: str(entry.get("sha256")) for name, entry in listed.items()}
    wanted["manifest.json"] = sha256_of(release / "manifest.json")
    text = path.read_text(encoding="utf-8", errors="replace")
    if text == "".join(f"{wanted[name]}  {name}\n" for name in sorted(wanted)):
        return []
    seen = {name: sha256 for sha256, _, name in (line.partition("  ") for line in text.splitlines())}
    found = [Fault("SHA256SUMS", name, "is not listed") for name in sorted(set(wanted) - set(seen))]
    for name, sha256 in seen.items():
        if name not in wanted:
            found.append(Fault("SHA256SUMS", name, "is listed here and not in the manifest"))
        elif sha256 != wanted[name]:
            found.append(Fault("SHA256SUMS", name, "its checksum is not the file's"))
    return found or [Fault("SHA256SUMS", None, "is not a line a file, in the order of paths")]


def _manifest(release: Path, manifest: dict[str, Any]) -> list[Fault]:
    """The manifest has the members that releases write, in their order, and no others."""
    found = []
    if list(manifest) != list(MEMBERS):
        found.append(Fault("manifest.json", None, f"its members are {list(manifest)}, not {list(MEMBERS)}"))
    for name in FINGERPRINTS:
        if not _SHA256.fullmatch(str(manifest.get(name))):
            found.append(Fault("manifest.json", None, f"{name} is {manifest.get(name)!r}, which is no sha256"))
    for name, members, key in (("files", Listed._fields, "path"), ("sources", SOURCE, "disclosure_id")):
        entries = manifest[name]
        if not all(isinstance(entry, dict) and list(entry) == list(members) for entry in entries):
            found.append(Fault("manifest.json", None, f"an entry of {name} does not have the members {list(members)}"))
        elif [entry[key] for entry in entries] != sorted({str(entry[key]) for entry in entries}):
            found.append(Fault("manifest.json", None, f"{name} are not in the order of their {key}"))
    text = (release / "manifest.json").read_text(encoding="utf-8")
    if not found and text != json.dumps(manifest, ensure_ascii=False, indent=1) + "\n":
        found.append(Fault("manifest.json", None, "is not written as releases write it"))
    return found


def described(release: Path, manifest: dict[str, Any], rows: dict[str, int]) -> list[Fault]:
    """README, views and descriptor are what this version writes of such files and rows."""
    entries = {entry.get("path"): entry for entry in manifest["files"]}
    csvs = {
        name: [Listed(path, *(entries[path].get(member) for member in ("bytes", "sha256"))) for path in paths]
        for name in TABLES
        if (
            paths := [
                path for file in csv_files(release, name) if (path := file.relative_to(release).as_posix()) in entries
            ]
        )
    }
    found = []
    for name, text in descriptions(rows, csvs).items():
        if not (release / name).is_file():
            found += [Fault(name, None, "is missing")] if name not in entries else []
        elif (here := (release / name).read_text(encoding="utf-8", errors="replace")) != text:
            found.append(Fault(name, None, _first_other(here, text)))
    return found


def _first_other(here: str, text: str) -> str:
    """Where ``here`` is other than ``text``, which belongs there."""
    for number, (line, wanted) in enumerate(zip_longest(here.splitlines(True), text.splitlines(True)), start=1):
        if line != wanted:
            return f"line {number} is {(line or '')[:90]!r}, written is {(wanted or '')[:90]!r}"
    return "is not written as releases write it"
