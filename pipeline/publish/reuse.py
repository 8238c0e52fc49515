"""Files of the release before that are made of the same rows: linked, or copied from where only some rows differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.publish.files import link


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a release. ``made_of`` is empty where it is not made of parts, ``rows`` None where it has none.

    ``pieces`` are the digests and the bytes of what it is put together of, in order, where it can be taken apart.
    """

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    made_of: str = ""
    kind: str = ""
    pieces: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """A file of the release before that shares pieces with a new one: offset and bytes of each by its digest."""

    path: Path
    bytes: int
    sha256: str
    pieces: Mapping[str, tuple[int, int]]


def made_of(kind: str, digests: Iterable[str]) -> str:
    """The digest of what a file is made of: rows in their order, and how."""
    return hashlib.sha256("\n".join([kind, *digests]).encode()).hexdigest()


class Reuse:
    """What the files of the release before were made of, as ``ledger`` tells. Without it everything is written anew.

    Bytes are a function of rows and of ``code``: what other code wrote is not used, and nothing where it is None.
    """

    def __init__(self, ledger: Path, before: Path | None, code: str | None) -> None:
        self.ledger, self._before, self._code = ledger, before, code
        self._known: dict[str, dict[str, Any]] = {}
        if before is None or code is None:
            return
        try:
            kept = json.loads(ledger.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return
        if (kept["release_id"], kept.get("code")) == (before.name, code):
            self._known = {entry["made_of"]: entry for entry in kept["files"]}

    def _untouched(self, known: dict[str, Any]) -> Path | None:
        """Where a known file lies. One whose size or time is not what it was has been meddled with and is not used."""
        if self._before is None:
            return None
        old = self._before / known["path"]
        if not old.is_file() or (old.stat().st_size, old.stat().st_mtime_ns) != (known["bytes"], known["changed"]):
            return None
        return old

    def link(self, made: str, path: str, staged: Path) -> Written | None:
        """The file that is made of the same, under the name ``path`` below ``staged``; None where there is none."""
        known = self._known.get(made)
        old = self._untouched(known) if known else None
        if known is None or old is None:
            return None
        link(old, staged / path)
        pieces = tuple((digest, length) for digest, length in known["pieces"])
        return Written(path, known["bytes"], known["sha256"], known["rows"], made, known["kind"], pieces)

    def base(self, kind: str, digests: Sequence[str]) -> Base | None:
        """The file of the same kind of which most is wanted again; None where that is less than half of any."""
        wanted = set(digests)
        shared = {
            made: sum(length for digest, length in known["pieces"] if digest in wanted)
            for made, known in self._known.items()
            if known["kind"] == kind
        }
        if not shared:
            return None
        known = self._known[max(shared, key=lambda made: (shared[made], made))]
        old = self._untouched(known)
        if old is None or max(shared.values()) * 2 < known["bytes"]:
            return None
        at, places = 0, {}
        for digest, length in known["pieces"]:
            places[digest] = at, length
            at += length
        return Base(old, known["bytes"], known["sha256"], places)

    def remember(self, folder: Path, release_id: str, files: Iterable[Written]) -> None:
        """Note what the files in ``folder``, which becomes the release ``release_id``, are made of, for the next one."""
        if self._code is None:
            return
        entries = [
            {
                "path": each.path,
                "bytes": each.bytes,
                "sha256": each.sha256,
                "rows": each.rows,
                "made_of": each.made_of,
                "kind": each.kind,
                "pieces": each.pieces,
                "changed": (folder / each.path).stat().st_mtime_ns,
            }
            for each in files
            if each.made_of
        ]
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.ledger.with_suffix(".tmp")
        kept = {"release_id": release_id, "code": self._code, "files": entries}
        temporary.write_text(json.dumps(kept), encoding="utf-8")
        temporary.replace(self.ledger)
