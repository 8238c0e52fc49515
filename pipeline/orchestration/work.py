"""The steps behind the assets: what is on disk, what is extracted of it, what is released."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.ingest.collections import Collection, find_collections

PROJECT = Path(__file__).resolve().parents[2]


def fingerprint(collection: Collection) -> str:
    """Changes when a file of the collection is added, changed or removed."""
    digest = hashlib.sha256()
    for file in collection.files:
        # A file that sources.toml declares need not be there.
        stat = file.path.lstat() if file.path.is_symlink() or file.path.exists() else None
        there = (stat.st_size, stat.st_mtime_ns) if stat else None
        digest.update(f"{file.name}\0{there}\0{sorted(file.declared.items())}\0{file.refusal}\n".encode())
    return digest.hexdigest()[:16]


def extracted_folder(out: Path) -> Path:
    return out / ".work" / "extracted"


def extract_one(raw: Path, out: Path, name: str, progress: Callable[[str], None] | None = None) -> int:
    """Extract the collection ``name`` and note its results for the release; returns the number of documents."""
    from pipeline.extract.collection import extract_collection

    found = {collection.name: collection for collection in find_collections(raw)}
    folder = extracted_folder(out)
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / f"{name}.json"
    if name not in found:
        index.unlink(missing_ok=True)
        return 0
    keys = extract_collection(found[name], out / ".work" / "documents", progress)
    temporary = folder / f".{name}.tmp"
    temporary.write_text(json.dumps({"fingerprint": fingerprint(found[name]), "keys": keys}), encoding="utf-8")
    temporary.replace(index)
    return len(keys)


def forget_removed(raw: Path, out: Path) -> list[str]:
    """Drop what was extracted of collections that are no longer in ``raw``."""
    there = {collection.name for collection in find_collections(raw)}
    gone = []
    for index in sorted(extracted_folder(out).glob("*.json")):
        if index.stem not in there:
            index.unlink()
            gone.append(index.stem)
    return gone


def settled(out: Path) -> str:
    """A digest of everything extracted so far; a release is due when it changes."""
    digest = hashlib.sha256()
    for index in sorted(extracted_folder(out).glob("*.json")):
        digest.update(index.name.encode() + b"\0" + index.read_bytes())
    return digest.hexdigest()[:16]


def release_all(out: Path) -> tuple[Any, dict[str, Any]]:
    """Tidy, validate and publish all that is extracted; returns the release and its frames."""
    from pipeline.extract.forms import load_library
    from pipeline.extract.store import Store, code_fingerprint
    from pipeline.publish.release import publish
    from pipeline.reconcile.engine import reconcile
    from pipeline.reconcile.rules import load_rules
    from pipeline.tidy.codes import load_codes
    from pipeline.tidy.frames import tidy, with_checks

    store = Store(out / ".work" / "documents")
    extractions: dict[str, Any] = {}
    paths: dict[str, list[str]] = {}
    for index in sorted(extracted_folder(out).glob("*.json")):
        for key in json.loads(index.read_text(encoding="utf-8"))["keys"]:
            extraction = store.get(key)
            if extraction is None:
                raise RuntimeError(f"the result {key[:16]} of {index.stem} is gone from the store; run the build again")
            row = extraction.disclosure
            paths.setdefault(extraction.disclosure_id, []).append(row["source_file"])
            extractions.setdefault(extraction.disclosure_id, extraction)
    if not extractions:
        raise NothingToRelease("nothing was extracted; put disclosures into the raw folder")
    frames = tidy(extractions.values(), load_codes())
    frames = with_checks(frames, reconcile(frames, load_rules()))
    texts = {i: e.masked_text for i, e in extractions.items() if e.masked_text}
    sources = [
        {
            "disclosure_id": i,
            "paths": sorted(set(paths[i])),
            "bytes": extractions[i].disclosure["source_bytes"],
            "sha256": extractions[i].disclosure["source_sha256"],
        }
        for i in sorted(extractions)
    ]
    lock = PROJECT / "requirements.lock"
    fingerprints = {
        "forms_sha256": load_library().fingerprint,
        "code_sha256": code_fingerprint(),
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else "",
    }
    return publish(frames, texts, out, sources, fingerprints), frames


class NothingToRelease(RuntimeError):
    """There is not one document to publish; what was published before stays."""
