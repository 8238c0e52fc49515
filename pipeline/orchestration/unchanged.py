"""A build that would change nothing, told without building: every byte that goes into a release is what it was.

Imports nothing heavy, for the answer takes less time than starting what makes releases.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

from pipeline.extract.forms import FOLDER, load_library
from pipeline.extract.keys import Keys, digest_of, family_digest
from pipeline.ingest.collections import each_collection
from pipeline.orchestration.settings import publishes_contacts

_PROJECT = Path(__file__).resolve().parents[2]
_CODE = ("pipeline/tidy", "pipeline/reconcile", "pipeline/publish", "schemas")
_PAGES = _PROJECT / "pipeline" / "publish" / "site"


@lru_cache(maxsize=1)
def release_fingerprint() -> str:
    """Digest of what makes parts of kept documents: code, tables, vocabularies, code lists, rules, the lock.

    Forms are not in it: the keys of documents hold those that concern them. Nor are pages, which are made of releases.
    """
    paths = [
        path
        for folder in _CODE
        for path in (_PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".toml", ".csv") and not {FOLDER, _PAGES} & set(path.parents)
    ]
    return digest_of([*paths, *_PROJECT.glob("requirements.lock")], _PROJECT)


def state_of(raw: Path) -> str:
    """A digest of all sources, settings, forms, rules and code."""
    library = load_library()
    # A build that forgot whether contact data is withheld would leave names in what is published.
    keys = Keys(library, publish_contacts=publishes_contacts())
    digest = hashlib.sha256(release_fingerprint().encode())
    for family in library.families:
        digest.update(family_digest(family).encode())
    for collection in each_collection(raw):
        for file in collection.files:
            digest.update(keys.file(file)[0].encode())
    return digest.hexdigest()


def _there(out: Path) -> list[str | bool | None]:
    """What is published: where ``latest`` leads, whether there are pages, and for how many disclosures they are made."""
    latest = out / "latest"
    leads_to = os.readlink(latest) if (latest / "manifest.json").is_file() else None
    return [leads_to, (out / "site" / "index.html").is_file(), os.environ.get("YUSUAN_PAGES")]


def _note(out: Path) -> Path:
    return out / ".work" / "built.json"


def told_before(state: str, out: Path) -> tuple[str, bool] | None:
    """What the build of ``state`` said, and whether all was complete; None where there is something to do."""
    try:
        kept = json.loads(_note(out).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    there = _there(out)
    if there[0] is None or [kept["state"], kept.get("there")] != [state, there]:
        return None
    return kept["text"], kept["clean"]


def remember(state: str, out: Path, text: str, clean: bool) -> None:
    """Note what a build of ``state`` says when it changes nothing.

    The state is the one before the build: what changed while it ran may not have been seen by it.
    """
    temporary = _note(out).with_suffix(".tmp")
    noted = {"state": state, "there": _there(out), "text": text, "clean": clean}
    temporary.write_text(json.dumps(noted), encoding="utf-8")
    temporary.replace(_note(out))
