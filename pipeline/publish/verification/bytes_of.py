"""Bytes: every listed file is there as listed, no file is there that is not listed, and the lists agree."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.publish.files import sha256_of
from pipeline.publish.verification.fault import Fault

#: A sign of life after so many files.
_TOLD = 64
_LISTS = ("manifest.json", "SHA256SUMS")


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
    return found + _identity(manifest, listed) + _sums(release, listed) + _descriptor(release, listed)


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
    found, seen = [], {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        sha256, space, name = line.partition("  ")
        if not space:
            found.append(Fault("SHA256SUMS", f"line {number}", "is no checksum and file name"))
        seen[name] = sha256
    for name in sorted({*listed, "manifest.json"} - set(seen)):
        found.append(Fault("SHA256SUMS", name, "is not listed"))
    for name, sha256 in seen.items():
        if name == "manifest.json":
            right = sha256 == sha256_of(release / name)
        elif name in listed:
            right = sha256 == listed[name].get("sha256")
        else:
            found.append(Fault("SHA256SUMS", name, "is listed here and not in the manifest"))
            continue
        if not right:
            found.append(Fault("SHA256SUMS", name, "its checksum is not the file's"))
    return found


def _descriptor(release: Path, listed: dict[str, dict[str, Any]]) -> list[Fault]:
    """The Data Package names the CSV files with the bytes and checksums that the manifest gives them."""
    name = "datapackage.json"
    if not (release / name).is_file():
        return [] if name in listed else [Fault(name, None, "is missing")]
    try:
        package = json.loads((release / name).read_text(encoding="utf-8"))
        resources = {resource["path"]: resource for resource in package["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        return [Fault(name, None, f"is no descriptor: {error!r}")]
    found = []
    csvs = {path for path in listed if path.startswith("csv/")}
    for path in sorted(csvs ^ set(resources)):
        found.append(Fault(name, path, "is no file of the release" if path in resources else "is not described"))
    for path in sorted(csvs & set(resources)):
        if resources[path].get("hash") != f"sha256:{listed[path].get('sha256')}":
            found.append(Fault(name, path, "its hash is not the file's"))
        if resources[path].get("bytes") != listed[path].get("bytes"):
            found.append(Fault(name, path, "its bytes are not the file's"))
    return found
