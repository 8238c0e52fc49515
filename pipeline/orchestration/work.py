"""The first step behind the assets: what is on disk, what changed of it, what is extracted."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ingest.collections import Collection, SourceFile, find_collection

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pipeline.extract.keys import Keys
    from pipeline.tidy.packs import Packs

PROJECT = Path(__file__).resolve().parents[2]
#: Texts a chunk: enough that starting one costs nothing, few enough that a crash loses little.
CHUNK = 64


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


def packs_folder(out: Path) -> Path:
    """Packs of all collections: a folder each, so that the work on one need not know of the others."""
    return out / ".work" / "packs"


def parts_folder(out: Path) -> Path:
    return out / ".work" / "parts"


@contextmanager
def using_packs(out: Path, alone: bool) -> Iterator[bool]:
    """Extractions add packs side by side; whoever removes some must be alone. Gives whether that is so."""
    (out / ".work").mkdir(parents=True, exist_ok=True)
    with (out / ".work" / ".packs.lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX | fcntl.LOCK_NB) if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            yield False
        else:
            yield True


def extract_one(
    raw: Path,
    out: Path,
    name: str,
    pool: Executor | None = None,
    progress: Callable[[str], None] | None = None,
    chunk: int = CHUNK,
    publish_contacts: bool = False,
) -> int:
    """Extract the collection ``name`` and note its results for the release; returns the number of documents.

    Personal contact data is withheld unless ``publish_contacts`` is set.
    """
    found = find_collection(raw, name)
    folder = extracted_folder(out)
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / f"{name}.json"
    if found is None:
        index.unlink(missing_ok=True)
        return 0
    with using_packs(out, alone=False):
        keys = _extract(found, packs_folder(out) / name, pool, progress, chunk, publish_contacts)
        temporary = folder / f".{name}.tmp"
        temporary.write_text(json.dumps({"fingerprint": fingerprint(found), "keys": keys}), encoding="utf-8")
        temporary.replace(index)
    return len(keys)


def _extract(
    collection: Collection,
    folder: Path,
    pool: Executor | None,
    progress: Callable[[str], None] | None,
    chunk: int,
    publish_contacts: bool,
) -> list[str]:
    """The keys of the collection's documents, in the order of its files, all of them kept below ``folder``."""
    from pipeline.extract.forms import load_library
    from pipeline.extract.keys import Keys
    from pipeline.orchestration.chunks import chunked, extract_chunk
    from pipeline.orchestration.executors import each
    from pipeline.tidy.packs import Packs

    packs = Packs(folder)
    sources, found, missing = _looked_up(collection, Keys(load_library(), publish_contacts=publish_contacts), packs)
    done = 0
    for _, name in each(pool, extract_chunk, list(chunked(missing, folder, chunk, publish_contacts))):
        for kept_now in packs.add(name):
            found[kept_now.source_key] = kept_now.key
            done += 1
        if progress is not None:
            progress(f"{done} of {len(missing)} new documents of {collection.name}")
    return [found[source] for source in sources]


def _looked_up(
    collection: Collection, keys: Keys, packs: Packs
) -> tuple[list[str], dict[str, str], list[tuple[str, int, SourceFile]]]:
    """The source keys of a collection's files, the keys of those that are kept, and what is not: key, bytes, file."""
    sources: list[str] = []
    found: dict[str, str] = {}
    missing: list[tuple[str, int, SourceFile]] = []
    for file in collection.files:
        source, length = keys.file(file)
        sources.append(source)
        kept = [k for k in packs.of_source(source) if length and k.forms_key == keys.forms(k.families)]
        if kept:
            found[source] = kept[0].key
        else:
            missing.append((source, length, file))
    return sources, found, missing


def changed(collections: Iterable[Collection], out: Path, publish_contacts: bool = False) -> list[str]:
    """The names of the collections for which ``extract_one`` would note something else than it noted last.

    A file, a declaration, a form, the code or the setting for contact data may have changed: the keys tell.
    """
    from pipeline.extract.forms import load_library
    from pipeline.extract.keys import Keys
    from pipeline.tidy.packs import Packs

    keys = Keys(load_library(), publish_contacts=publish_contacts)
    names = []
    for collection in collections:
        packs = Packs(packs_folder(out) / collection.name)
        sources, found, missing = _looked_up(collection, keys, packs)
        noted = extracted_folder(out) / f"{collection.name}.json"
        now = {"fingerprint": fingerprint(collection), "keys": [found.get(source) for source in sources]}
        if missing or not noted.is_file() or json.loads(noted.read_text(encoding="utf-8")) != now:
            names.append(collection.name)
    return names


def forget_removed(names: Iterable[str], out: Path) -> list[str]:
    """Drop what was extracted of collections that are none of ``names``, which are there."""
    there = set(names)
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
