"""The second step behind the assets: a release of all that is extracted."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ingest.collections import each_collection
from pipeline.keys import key_of, lock_digest, part_key, release_digest
from pipeline.orchestration.executors import each
from pipeline.orchestration.extraction import (
    Entry,
    extract_again,
    extract_collection,
    extracted_collections,
    quarantined_row,
    read_index,
    store_of,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pipeline.publish.parts import Part
    from pipeline.publish.release import Release
    from pipeline.store import Store
    from pipeline.tidy.plan import Planned

_LOG = logging.getLogger("yusuan")
#: What so many releases before used is kept.
_RELEASES = 2
#: A release is written anew so many times where files of the store are found damaged on the way.
_ATTEMPTS = 3


class NothingToRelease(RuntimeError):
    """There is not one document to publish; what was published before stays."""


@dataclass(frozen=True, slots=True)
class Released:
    """A release, and what is to be shown of it: failing checks by family, numbers left where none may be."""

    release: Release
    failing: dict[str, dict[str, Any]]
    left: int


@dataclass(frozen=True, slots=True)
class PartTask:
    """Documents of a part in order, its key, and where all is kept."""

    documents: tuple[Entry, ...]
    key: str
    store: Store


@dataclass(frozen=True, slots=True)
class Sizes:
    """How a release is cut: documents a part, on average, and bytes a CSV file. Bytes of a release depend on them."""

    documents: int | None = None
    csv_bytes: int | None = None


def make_part_of(task: PartTask) -> None:
    """Make a part of a release. Raises DocumentsFailed, ValidationFailure, DiffersHere or OSError."""
    from pipeline.publish.parts import make_part

    make_part(_values(task), task.store, task.key)


def _values(task: PartTask) -> Iterator[tuple[str, bytes]]:
    for entry in task.documents:
        kept = task.store.read(entry.document.key)
        if kept is None:
            kept = extract_again(entry, task.store)
        yield entry.document.disclosure_id, kept


def make_release(
    out: Path,
    pool: Executor | None = None,
    progress: Callable[[str], None] | None = None,
    sizes: Sizes | None = None,
) -> Released:
    """Tidy, validate, reconcile and publish all that is extracted, part by part.

    Raises NothingToRelease, ValidationFailure, DiffersHere, DamagedEntry, PublishError.
    """
    from pipeline.publish.locking import alone
    from pipeline.publish.parts import failing_checks
    from pipeline.publish.release import CSV_BYTES, Contents, publish
    from pipeline.store import DamagedEntry
    from pipeline.tidy.codes import load_codes

    store, sizes = store_of(out), sizes or Sizes()
    say = progress or (lambda _: None)
    with alone(out):
        with store.in_use():
            content = _Content(out, store)
            content.quarantine_noted()
            for attempt in range(_ATTEMPTS):
                try:
                    planned, tasks, parts = content.parts(sizes.documents, pool, say)
                    say("writing the release")
                    contents = Contents(parts, store, load_codes(), _sources(planned), _fingerprints())
                    release = publish(contents, out, sizes.csv_bytes or CSV_BYTES)
                    break
                except DamagedEntry as error:
                    if attempt + 1 == _ATTEMPTS:
                        raise
                    _LOG.warning("%s %s; it is made again", error.path.name, error.why)
        files = (blob.sha256 for part in parts for blob in part.blobs())
        _prune(store, {*content.used(), *(task.key for task in tasks), *files})
    return Released(release, failing_checks(parts), sum(part.left for part in parts))


class _Content:
    """What a release is made of: the extracted documents below ``out`` by their keys.

    A document whose rows cannot be published is replaced by a row that says so. A note of it is kept in the store, by
    which the next release of the same code knows it.

    Raises NothingToRelease.
    """

    def __init__(self, out: Path, store: Store) -> None:
        self._store = store
        self._entries = {
            entry.document.key: entry for name in extracted_collections(out) for entry in read_index(out, name)
        }
        if not self._entries:
            raise NothingToRelease("nothing was extracted; put disclosures into the raw folder")
        self._extracted, self._notes = set(self._entries), set[str]()

    def used(self) -> set[str]:
        """The keys of all that was extracted, is published in its place, or is noted of it."""
        return self._extracted | self._notes | set(self._entries)

    def quarantine_noted(self) -> None:
        """Quarantine what an earlier release of the same code noted."""
        for key in list(self._entries):
            if (noted := self._store.read(_note_of(key))) is not None:
                self._quarantine(key, noted.decode())

    def parts(
        self, size: int | None, pool: Executor | None, say: Callable[[str], None]
    ) -> tuple[list[Planned], list[PartTask], list[Part]]:
        """The order of the documents and their parts of about ``size`` documents; what fails is quarantined."""
        from pipeline.publish.parts import DocumentsFailed
        from pipeline.tidy.plan import DOCUMENTS, cut, in_order

        while True:
            planned = in_order(entry.document for entry in self._entries.values())
            tasks = [self._task(part) for part in cut(planned, size or DOCUMENTS)]
            try:
                return planned, tasks, _parts(tasks, pool, say)
            except DocumentsFailed as error:
                for key, entry in list(self._entries.items()):
                    if (reason := error.reasons.get(entry.document.disclosure_id)) is not None:
                        self._store.put(_note_of(key), reason.encode())
                        self._quarantine(key, reason)

    def _task(self, part: Iterable[Planned]) -> PartTask:
        keys = [planned.document.key for planned in part]
        return PartTask(tuple(self._entries[key] for key in keys), part_key(keys), self._store)

    def _quarantine(self, key: str, reason: str) -> None:
        """Put a row with the ``reason`` in the place of a document."""
        from pipeline.ingest.document import Rejected
        from pipeline.tidy.documents import facts_of

        entry = self._entries.pop(key)
        known = entry.document
        said = f"its rows cannot be published ({reason}); please report this document"
        value = quarantined_row(
            Rejected(
                disclosure_id=known.disclosure_id,
                collection=known.collection,
                source_file=known.source_file,
                source_sha256=known.source_sha256,
                source_bytes=known.source_bytes,
                media_type=None,
                reason=said,
            )
        )
        other = key_of("quarantined", key, reason)
        self._store.put(other, value)
        self._entries[other] = replace(entry, document=facts_of(other, value))
        self._notes.add(_note_of(key))


def build_again(raw: Path, out: Path, pool: Executor | None = None, publish_contacts: bool = False) -> Release:
    """The release of all that lies in ``raw``, made from nothing below the empty folder ``out``.

    Needs no Dagster. Raises what ``make_release`` does.
    """
    for collection in each_collection(raw):
        extract_collection(raw, out, collection.name, pool, publish_contacts=publish_contacts)
    return make_release(out, pool).release


def _note_of(key: str) -> str:
    return key_of("cannot be published", release_digest(), key)


def _parts(tasks: list[PartTask], pool: Executor | None, say: Callable[[str], None]) -> list[Part]:
    """The parts of ``tasks``; those that are not kept are made."""
    from pipeline.publish.parts import find_part
    from pipeline.store import DamagedEntry

    found = {task.key: find_part(task.store, task.key) for task in tasks}
    missing = [task for task in tasks if found[task.key] is None]
    for number, (task, _) in enumerate(each(pool, make_part_of, missing, ahead=4), start=1):
        say(f"checked {number} of {len(missing)} parts")
        found[task.key] = find_part(task.store, task.key)
    parts = []
    for task in tasks:
        part = found[task.key]
        if part is None:
            raise DamagedEntry(task.store.path(task.key), "is gone")
        parts.append(part)
    return parts


def _sources(planned: list[Planned]) -> Iterator[dict[str, Any]]:
    """What the manifest says of the source of each disclosure."""
    for one in sorted(planned, key=lambda one: one.document.disclosure_id):
        yield {
            "disclosure_id": one.document.disclosure_id,
            "paths": list(one.paths),
            "bytes": one.document.source_bytes,
            "sha256": one.document.source_sha256,
        }


def _fingerprints() -> dict[str, str]:
    """What the manifest says of how a release was made."""
    from pipeline.extract.forms import load_library

    return {
        "forms_sha256": load_library().fingerprint,
        "code_sha256": release_digest(),
        "lock_sha256": lock_digest(),
    }


def _prune(store: Store, used: set[str]) -> None:
    """Remove what neither the release just made nor the last ones before it used."""
    last = [used, *(each for each in _used(store) if each != used)][: _RELEASES + 1]
    _keep(store, last)


def forget_unused(out: Path, dry_run: bool = False) -> int:
    """Remove from the store what the last release did not use; returns the bytes that frees, or would."""
    store = store_of(out)
    return _keep(store, _used(store)[:1], dry_run) if store.folder.is_dir() else 0


_USED = key_of("used by the last releases")


def _used(store: Store) -> list[set[str]]:
    return [set(each) for each in json.loads(store.read(_USED) or b"[]")]


def _keep(store: Store, last: list[set[str]], dry_run: bool = False) -> int:
    if not dry_run:
        store.put(_USED, json.dumps([sorted(each) for each in last]).encode())
    return store.prune({_USED}.union(*last), dry_run)
