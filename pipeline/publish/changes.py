"""The change log of every step of ``latest``: ``outputs/changes/<A>..<B>.json``, outside the releases."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.publish.diff import as_json, diff
from pipeline.publish.files import beside, sweep
from pipeline.publish.locking import alone
from pipeline.publish.reading import read_manifest

#: Names the release up to which the steps are logged.
LAST = "last.json"


def log_changes(out: Path) -> Path | None:
    """Log the step from the release logged last to ``latest``, and return the log's path; None where there is no step.

    The first release, and one whose predecessor was deleted, have nothing to be compared with: they are noted only.
    Raises ReleaseError where ``latest`` leads to no release, Locked, OSError.
    """
    with alone(out):
        return _log_changes(out)


def _log_changes(out: Path) -> Path | None:
    folder = out / "changes"
    release = (out / "latest").resolve()
    sweep(folder)
    now = read_manifest(release)["release_id"]
    last = folder / LAST
    before = json.loads(last.read_text(encoding="utf-8"))["release_id"] if last.is_file() else None
    if before == now:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    written = None
    if before is not None and (out / "releases" / before / "manifest.json").is_file():
        written = folder / f"{before}..{now}.json"
        _write(written, as_json(diff(out / "releases" / before, release)))
    _write(last, json.dumps({"release_id": now}) + "\n")
    return written


def _write(path: Path, text: str) -> None:
    fresh = beside(path)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
