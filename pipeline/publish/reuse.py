"""Files of the release before that are made of the same parts: linked, not written again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.publish.files import link
from pipeline.publish.parts import Part


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a release. ``made_of`` is empty where it is not made of parts, ``rows`` None where it has none."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    made_of: str = ""


def made_of(kind: str, name: str, year: str, parts: Sequence[Part]) -> str:
    """The digest of what a file is made of: the parts in their order, and how."""
    return hashlib.sha256("\n".join([kind, name, year, *(part.key for part in parts)]).encode()).hexdigest()


class Reuse:
    """What the files of the release before were made of, as ``ledger`` tells. Without it everything is written anew."""

    def __init__(self, ledger: Path, before: Path | None) -> None:
        self.ledger, self._before = ledger, before
        self._known: dict[str, dict[str, Any]] = {}
        if before is None:
            return
        try:
            kept = json.loads(ledger.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return
        if kept["release_id"] == before.name:
            self._known = {entry["made_of"]: entry for entry in kept["files"]}

    def link(self, made: str, path: str, staged: Path) -> Written | None:
        """The file that is made of the same, under the name ``path`` below ``staged``; None where there is none.

        A file whose size or time is not what it was has been meddled with and is not used.
        """
        known = self._known.get(made)
        if known is None or self._before is None:
            return None
        old = self._before / known["path"]
        if not old.is_file() or (old.stat().st_size, old.stat().st_mtime_ns) != (known["bytes"], known["changed"]):
            return None
        link(old, staged / path)
        return Written(path, known["bytes"], known["sha256"], known["rows"], made)

    def remember(self, folder: Path, release_id: str, files: Iterable[Written]) -> None:
        """Note what the files in ``folder``, which becomes the release ``release_id``, are made of, for the next one."""
        entries = [
            {
                "path": each.path,
                "bytes": each.bytes,
                "sha256": each.sha256,
                "rows": each.rows,
                "made_of": each.made_of,
                "changed": (folder / each.path).stat().st_mtime_ns,
            }
            for each in files
            if each.made_of
        ]
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.ledger.with_suffix(".tmp")
        temporary.write_text(json.dumps({"release_id": release_id, "files": entries}), encoding="utf-8")
        temporary.replace(self.ledger)
