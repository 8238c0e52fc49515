"""What a release holds: its id, ``manifest.json`` and ``SHA256SUMS``.

A release of a hundred thousand disclosures has as many texts. They are listed and written one by one.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: What says by what a release was made.
FINGERPRINTS = ("forms_sha256", "code_sha256", "lock_sha256")
#: The members of a manifest, and those of a source in it, in the order in which they are written.
MEMBERS = ("release_id", "rows", "files", "sources", *FINGERPRINTS)
SOURCE = ("disclosure_id", "paths", "bytes", "sha256")


class Listed(NamedTuple):
    """A file of a release; ``rows`` is None where it has none."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


def listed(files: Mapping[str, Listed], texts: Sequence[Listed]) -> Iterator[Listed]:
    """All files of a release by path. ``texts`` are in the order of their paths."""
    return heapq.merge((files[path] for path in sorted(files)), texts, key=lambda file: file.path)


def release_id(files: Iterable[Listed]) -> str:
    """The name of the release that consists of ``files``, which are in the order of their paths."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.path}\0{file.sha256}\n".encode())
    return digest.hexdigest()[:16]


def write_manifest(path: Path, members: Mapping[str, Any]) -> None:
    """``members`` as JSON. An iterator is a list whose entries are written as they come."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        before = "{\n "
        for name, value in members.items():
            file.write(f"{before}{json.dumps(name)}: ")
            before = ",\n "
            if not isinstance(value, Iterator):
                file.write(_json(value, 1))
                continue
            file.write("[")
            empty = True
            for entry in value:
                file.write(("\n  " if empty else ",\n  ") + _json(entry, 2))
                empty = False
            file.write("]" if empty else "\n ]")
        file.write("\n}\n")


def _json(value: Any, depth: int) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)


def write_sums(path: Path, files: Iterable[Listed]) -> None:
    """``files`` as ``sha256sum --check`` reads them."""
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(f"{file.sha256}  {file.path}\n" for file in files)
