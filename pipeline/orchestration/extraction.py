"""The first step behind the assets: what lies in the raw folder, what changed of it, what is extracted.

Of every collection an index is kept, as git keeps one: each file with the size and time it had when it was read, the
digest of its bytes and the key of what was extracted. A file whose size and time are the same is not read again.
"""

from __future__ import annotations

import gc
import hashlib
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.disk import write_whole
from pipeline.ingest.collections import Collection, SourceFile, each_collection, find_collection
from pipeline.ingest.opening import CHANGING, Unreadable
from pipeline.keys import document_key, extraction_digest, key_of
from pipeline.orchestration.executors import Processes, each, ended_a_process, in_main_thread
from pipeline.store import Store
from pipeline.tidy.plan import Extracted

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pipeline.ingest.document import Rejected

#: Texts a batch: enough that starting one costs nothing, few enough that a crash loses little.
BATCH = 64
#: A PDF takes as long as so many texts, and so many bytes as one.
_PDF, _TEXT = 16, 65_536
#: A file written so shortly before it was read may be written again at the same time, as far as its time shows.
_TICK = 2_000_000_000

#: A file is still being written, for all that a sensor can know, when it was written so many nanoseconds ago.
SETTLED = 5_000_000_000

_ENDED = "extracting it ended the process that did (killed, or out of memory); the next build tries it again"

#: Size, times of modification and of any change, and number of a file.
Stat = tuple[int, int, int, int]


class DiffersHere(RuntimeError):  # noqa: N818 - says what is the matter
    """A worker does not see what whoever sent the work saw."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name} is not here what it was when the build began (on {socket.gethostname()}): the file was changed "
            "meanwhile, or this worker has another folder, other code or other forms; run the build again"
        )

    def __reduce__(self) -> tuple[type[DiffersHere], tuple[str]]:
        return type(self), (self.name,)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it was last read, and what was extracted from it.

    ``stat`` is None where it cannot show whether the file was changed. What is not ``lasting`` is extracted anew by the
    next build: a limit of time or memory was reached, or the file could not be read.
    """

    file: SourceFile
    stat: Stat | None
    sha256: str
    lasting: bool
    publish_contacts: bool
    document: Extracted


def store_of(out: Path) -> Store:
    """Where everything is kept between builds that write to ``out``."""
    return Store(out / ".work" / "store")


def _stat_of(path: Path) -> Stat | None:
    try:
        stat = path.stat()
    except (OSError, RuntimeError, ValueError):  # a name with a NUL, which only sources.toml can give, is a ValueError
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def fingerprint(collection: Collection) -> str:
    """Changes when a file of the collection is added, changed or removed."""
    files = (
        f"{file.name}\0{_stat_of(file.path)}\0{sorted(file.declared.items())}\0{file.refusal}"
        for file in collection.files
    )
    return key_of(*files)[:16]


def is_settled(collection: Collection) -> bool:
    """Whether none of the files was written or renamed in the last seconds."""
    now = time.time_ns()
    stats = (_stat_of(file.path) for file in collection.files)
    return not any(stat is not None and 0 <= now - stat[2] < SETTLED for stat in stats)


def _index_of(out: Path, name: str) -> Path:
    # A name may be as long as the file system allows, which leaves no room for an ending.
    return out / ".work" / "collections" / f"{key_of(name)[:32]}.json"


def read_index(out: Path, name: str) -> list[Entry]:
    """The files of a collection as ``extract_collection`` noted them; none where it did not, or the note is damaged."""
    try:
        first, _, text = _index_of(out, name).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return []
    if _heading(first).sha256 != hashlib.sha256(text).hexdigest():
        return []
    entries = []
    for noted in json.loads(text):
        file = SourceFile(**{**noted["file"], "path": Path(noted["file"]["path"])})
        stat = tuple(noted["stat"]) if noted["stat"] else None
        entries.append(Entry(**{**noted, "file": file, "stat": stat, "document": Extracted.of(noted["document"])}))
    return entries


class _Heading(NamedTuple):
    """The first line of an index: the collection, what was left out of it, and the digest of all other lines."""

    name: str
    left_out: list[str]
    sha256: str


def _heading(line: bytes) -> _Heading:
    """What the first line of an index says; nothing where it is damaged."""
    try:
        return _Heading(*json.loads(line))
    except (TypeError, ValueError):
        return _Heading("", [], "")


def _headings(out: Path) -> Iterator[_Heading]:
    """The headings of all indexes that are not damaged, by name."""
    found = []
    for path in (out / ".work" / "collections").glob("*.json"):
        with path.open("rb") as file:
            found.append(_heading(file.readline().rstrip(b"\n")))
    return iter(sorted(each for each in found if each.name))


def _write_index(out: Path, collection: Collection, entries: Sequence[Entry]) -> None:
    text = json.dumps([asdict(entry) for entry in entries], default=str).encode()
    heading = _Heading(collection.name, list(collection.left_out), hashlib.sha256(text).hexdigest())
    path = _index_of(out, collection.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(heading).encode() + b"\n" + text)


def extracted_collections(out: Path) -> list[str]:
    """The names of the collections that are extracted."""
    return [heading.name for heading in _headings(out)]


def left_out(out: Path) -> list[str]:
    """The files and folders beside the extracted ones that are no disclosures, each with its collection."""
    return [f"{heading.name}/{name}" for heading in _headings(out) for name in heading.left_out]


def forget_removed(names: Iterable[str], out: Path) -> list[str]:
    """Drop what was extracted of collections that are none of ``names``, which exist; returns the dropped ones."""
    gone = sorted(set(extracted_collections(out)) - set(names))
    for name in gone:
        _index_of(out, name).unlink()
    return gone


def extracted_state(out: Path) -> str:
    """A digest of everything extracted so far; a release is due when it changes."""
    keys = (entry.document.key for name in extracted_collections(out) for entry in read_index(out, name))
    return key_of(*keys)[:16]


def _key(sha256: str, file: SourceFile, publish_contacts: bool) -> str:
    name = f"{file.collection}/{file.name}"
    return document_key(sha256, name, file.declared, file.refusal, publish_contacts=publish_contacts)


def _holds(entry: Entry | None, file: SourceFile, store: Store, publish_contacts: bool) -> bool:
    """Whether ``entry`` is still what ``extract_collection`` would note of ``file``."""
    return (
        entry is not None
        and entry.lasting
        and entry.file == file
        and (file.refusal is not None or (entry.stat is not None and entry.stat == _stat_of(file.path)))
        and entry.document.key == _key(entry.sha256, file, publish_contacts)
        and store.has(entry.document.key)
    )


def changed_collections(collections: Iterable[Collection], out: Path, publish_contacts: bool = False) -> list[str]:
    """The names of the collections for which ``extract_collection`` might note something else than it noted last."""
    noted = {heading.name: heading.left_out for heading in _headings(out)}
    return [each.name for each in collections if _is_changed(each, noted.get(each.name), out, publish_contacts)]


def _is_changed(collection: Collection, left_out: list[str] | None, out: Path, publish_contacts: bool) -> bool:
    """Whether ``collection`` is another than the one noted, of which ``left_out`` were no disclosures (None: not noted)."""
    store, before = store_of(out), {entry.file.name: entry for entry in read_index(out, collection.name)}
    return not (
        left_out == list(collection.left_out)
        and len(before) == len(collection.files)
        and all(_holds(before.get(file.name), file, store, publish_contacts) for file in collection.files)
    )


class Survey(NamedTuple):
    """The names of the collections that lie in a raw folder, and of those among them that changed."""

    names: list[str]
    changed: list[str]


def survey(raw: Path, out: Path, publish_contacts: bool = False) -> Survey:
    """What lies in ``raw``, of which one collection is held at a time. Raises NoRawFolder or OSError."""
    names: list[str] = []

    def listed() -> Iterator[Collection]:
        for collection in each_collection(raw):
            names.append(collection.name)
            yield collection

    changed = changed_collections(listed(), out, publish_contacts)
    return Survey(names, changed)


def extract_collection(
    raw: Path,
    out: Path,
    name: str,
    pool: Executor | None = None,
    progress: Callable[[str], None] | None = None,
    publish_contacts: bool = False,
) -> int:
    """Extract the collection ``name`` and note its results for the release; returns the number of documents.

    Personal contact data is withheld unless ``publish_contacts`` is set.
    """
    found = find_collection(raw, name)
    if found is None:
        _index_of(out, name).unlink(missing_ok=True)
        return 0
    store = store_of(out)
    with store.in_use():
        before = {entry.file.name: entry for entry in read_index(out, name)}
        entries, todo = {}, []
        for file in found.files:
            if _holds(before.get(file.name), file, store, publish_contacts):
                entries[file.name] = before[file.name]
            else:
                todo.append(file)
        count = len(found.files) - len(todo)
        try:
            for _, made in each(pool, extract_batch, list(batches(todo, store, publish_contacts)), apart=True):
                entries.update((entry.file.name, entry) for entry in made)
                if progress is not None:
                    progress(f"{len(entries) - count} of {len(todo)} new documents of {name}")
        except Exception as error:
            if not ended_a_process(error):
                raise
            left = [file for file in todo if file.name not in entries]
            entries.update((entry.file.name, entry) for entry in _one_by_one(left, store, publish_contacts))
        _write_index(out, found, [entries[file.name] for file in found.files])
    return len(entries)


def _one_by_one(files: Iterable[SourceFile], store: Store, publish_contacts: bool) -> Iterator[Entry]:
    """Extract each of ``files`` alone, where one of them ended a process. The next build tries that one again."""
    worker = Processes(1)
    try:
        for file in files:
            (batch,) = batches([file], store, publish_contacts)
            try:
                yield from worker.submit(extract_batch, batch).result()
            except BrokenProcessPool:
                yield _unread(file, _ENDED, store, publish_contacts)
    finally:
        worker.shutdown()


@dataclass(frozen=True, slots=True)
class Batch:
    """Files to be extracted together, with the sizes that they have, and by what: the digest of all code and forms."""

    files: tuple[tuple[SourceFile, int | None], ...]
    store: Store
    publish_contacts: bool
    digest: str


def batches(files: Iterable[SourceFile], store: Store, publish_contacts: bool = False) -> Iterator[Batch]:
    """``files`` in batches of ``BATCH`` texts of some 30 KB; a PDF or a long text counts for more."""
    held: list[tuple[SourceFile, int | None]] = []
    weight = 0
    for file in files:
        stat = None if file.refusal else _stat_of(file.path)
        length = stat[0] if stat else None
        weight += max(_PDF if file.name.lower().endswith(".pdf") else 1, (length or 0) // _TEXT)
        held.append((file, length))
        if weight >= BATCH:
            yield Batch(tuple(held), store, publish_contacts, extraction_digest())
            held, weight = [], 0
    if held:
        yield Batch(tuple(held), store, publish_contacts, extraction_digest())


def extract_batch(batch: Batch) -> list[Entry]:
    """Extract the files of ``batch``, each read once, and keep the results. Raises DiffersHere."""
    return in_main_thread(extract_here, batch)


def prepare() -> None:
    """Load what extraction needs, in a process that is to extract soon."""
    from pipeline.extract.forms import load_library
    from pipeline.extract.source import extract_source  # noqa: F401
    from pipeline.tidy.documents import to_bytes  # noqa: F401

    load_library()


def extract_here(batch: Batch) -> list[Entry]:
    """``extract_batch`` in this thread: documents that hang are cut off in a main thread only."""
    # The records of a batch hold few cycles, and searching them for some takes a tenth of the time.
    searching = gc.isenabled()
    gc.disable()
    try:
        return [_extract_one(file, size, batch) for file, size in batch.files]
    finally:
        if searching:
            gc.enable()


def _extract_one(file: SourceFile, size: int | None, batch: Batch) -> Entry:
    """Extract ``file``, which had ``size`` when the batch was made. Raises DiffersHere."""
    stat = None if file.refusal else _stat_of(file.path)
    # Never keep under a key what the key does not say: not every worker need see the same folder, or run the same code.
    if extraction_digest() != batch.digest or (size is not None and not file.path.parent.is_dir()):
        raise DiffersHere(f"{file.collection}/{file.name}")
    if (stat and stat[0]) != size:
        return _unread(file, CHANGING, batch.store, batch.publish_contacts)
    return _extract(file, stat, batch.store, batch.publish_contacts)


def _unread(file: SourceFile, reason: str, store: Store, publish_contacts: bool) -> Entry:
    """Keep that the bytes of ``file`` cannot be had. The next build tries it again."""
    from pipeline.ingest.read import rejected
    from pipeline.tidy.documents import facts_of

    value = quarantined_row(rejected(file, b"", reason))
    key = _once(_key("", file, publish_contacts), value)
    store.put(key, value)
    return Entry(file, None, "", False, publish_contacts, facts_of(key, value))


def _extract(file: SourceFile, stat: Stat | None, store: Store, publish_contacts: bool) -> Entry:
    from pipeline.ingest.limits import Limits
    from pipeline.ingest.read import load
    from pipeline.tidy.documents import facts_of

    now = time.time_ns()
    try:
        data = b"" if file.refusal else load(file, Limits())
    except Unreadable as error:
        return _unread(file, str(error), store, publish_contacts)
    sha256 = hashlib.sha256(data).hexdigest()
    key = _key(sha256, file, publish_contacts)
    lasting = True
    kept = store.read(key)
    if kept is None:
        kept, lasting = _made(file, data, publish_contacts)
        if not lasting:
            key = _once(key, kept)
        store.put(key, kept)
    sure = stat is not None and stat == _stat_of(file.path) and max(stat[1], stat[2]) + _TICK < now
    return Entry(file, stat if sure else None, sha256, lasting, publish_contacts, facts_of(key, kept))


def _made(file: SourceFile, data: bytes, publish_contacts: bool) -> tuple[bytes, bool]:
    """The typed rows of ``file``, which holds ``data``, and whether they would be the same another time.

    A document with cells that no column can hold is quarantined, as one that the extractor fails on.
    """
    from pipeline.extract.forms import load_library
    from pipeline.extract.source import extract_source, quarantined
    from pipeline.ingest.limits import Limits
    from pipeline.tidy.documents import to_bytes

    library = load_library()
    extraction, lasting = extract_source(file, data, library, Limits(), publish_contacts)
    try:
        return to_bytes(extraction), lasting
    except Exception as error:
        extraction, lasting = quarantined(file, data, library, error)
        return to_bytes(extraction), lasting


def quarantined_row(source: Rejected) -> bytes:
    """What is kept of a source that is not read."""
    from pipeline.extract.disclosure import extract
    from pipeline.extract.forms import load_library
    from pipeline.tidy.documents import to_bytes

    return to_bytes(extract(source, load_library()))


def _once(key: str, value: bytes) -> str:
    """The key of a result for the coming release only: another time the source may give another one."""
    return key_of("once", key, hashlib.sha256(value).hexdigest())


def extract_again(entry: Entry, store: Store) -> bytes:
    """What is kept of a document, made anew where it is missing. Raises DiffersHere where that gives something else."""
    made = _extract(entry.file, _stat_of(entry.file.path), store, entry.publish_contacts)
    value = store.read(entry.document.key)
    if made.document.key != entry.document.key or value is None:
        raise DiffersHere(f"{entry.file.collection}/{entry.file.name}")
    return value
