"""What the last build said, for one that would change nothing. Imports nothing heavy: the answer takes no time."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pipeline.ingest.collections import each_collection
from pipeline.keys import key_of, pages_digest, release_digest
from pipeline.orchestration.extraction import changed_collections, extracted_collections, extracted_state, store_of
from pipeline.orchestration.settings import publishes_contacts


def said_before(raw: Path, out: Path, language: str = "en") -> tuple[str, bool] | None:
    """What the build of what lies in ``raw`` said in ``language``, and whether all was complete; None where there is something to do."""
    kept = store_of(out).read(_key(out, language))
    if kept is None:
        return None
    collections = list(each_collection(raw))
    if [each.name for each in collections] != extracted_collections(out):
        return None
    if changed_collections(collections, out, publishes_contacts()):
        return None
    text, clean = json.loads(kept)
    return text, clean


def remember(out: Path, text: str, clean: bool, language: str = "en") -> None:
    """Keep what a build that changes nothing says, as long as all is as it is now."""
    store_of(out).put(_key(out, language), json.dumps([text, clean]).encode())


def _key(out: Path, language: str) -> str:
    """The key of all that was extracted, of the code that publishes it, and of what is published."""
    release = _state_of(out / "latest")
    pages = str((out / "site" / "index.html").is_file())
    made_by = release_digest() + pages_digest()
    return key_of("built", language, extracted_state(out), made_by, release, pages, os.environ.get("YUSUAN_PAGES", ""))


def _state_of(latest: Path) -> str:
    """A digest of the release that ``latest`` leads to as far as sizes and times show it; empty where it leads to none."""
    if not (latest.is_symlink() and (latest / "manifest.json").is_file()):
        return ""
    found = []
    for folder, _, names in os.walk(latest):
        for name in names:
            path = Path(folder, name)
            stat = path.lstat()
            found.append(f"{path.relative_to(latest)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return key_of(os.readlink(latest), *sorted(found))
