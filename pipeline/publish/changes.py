"""The change log of every step of ``latest``: ``outputs/changes/<A>..<B>.json``, outside the releases."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from pipeline.disk import sha256_of, sweep, write_whole
from pipeline.publish.diff import as_json, diff
from pipeline.publish.locking import alone
from pipeline.publish.reading import ReleaseError, read_manifest

_LOG = logging.getLogger("yusuan")
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
    before = _noted(last)
    if before == now:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    written = None
    if before is not None and (earlier := out / "releases" / before).is_dir():
        if (damaged := first_damaged(earlier)) is None:
            written = folder / f"{before}..{now}.json"
            write_whole(written, as_json(diff(earlier, release)).encode())
        else:
            _LOG.warning("release %s is damaged (%s): what changed since then is not logged", before, damaged)
    write_whole(last, f"{json.dumps({'release_id': now})}\n".encode())
    return written


def _noted(last: Path) -> str | None:
    """The release that was logged last; None where none was, or the note is damaged."""
    try:
        return str(json.loads(last.read_text(encoding="utf-8"))["release_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def first_damaged(release: Path) -> str | None:
    """A file of ``release`` that is not as its manifest lists it; None where all are."""
    try:
        files = read_manifest(release)["files"]
    except ReleaseError:
        return "manifest.json"
    for file in files:
        path = release / str(file.get("path"))
        if not path.is_file() or sha256_of(path) != file.get("sha256"):
            return str(file.get("path"))
    return None
