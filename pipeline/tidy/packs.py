"""Typed rows of documents, kept by key in pack files: the store between extraction and release.

A pack holds some dozen documents of one collection, each as one compressed frame of its own: an Arrow message a table
and the text, so that any document is read without the others and becomes columns without a Python object a cell. Packs
appear whole (written beside, synced, renamed), carry checksums, and may be deleted at any time: what is missing is
extracted again.

    pack  = MAGIC frame… footer sha256(footer) length(footer) MAGIC
    frame = length of each message and of the text, then all of them compressed
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.extract.records import EXTRACTED_TABLES, Extraction
from pipeline.tidy.columns import arrow_schema, build_arrow, framed
from pipeline.tidy.validation import RowFault, ValidationFailure
from schemas.tables import TABLES

_MAGIC = b"yusuan-pack-1\n"
_TAIL = struct.Struct("<32sQ")
_LENGTHS = struct.Struct(f"<{len(EXTRACTED_TABLES) + 1}Q")
_FACTS = (
    "division_code",
    "entity_key",
    "disclosure_year",
    "collection",
    "source_file",
    "source_sha256",
    "source_bytes",
)
_SHARED = ("forms_key", "division_code", "collection")


class DamagedPack(RuntimeError):  # noqa: N818 - says what is the matter, not that it is one
    """A pack cannot be read. It has been removed; its documents are extracted again by the next build."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path} {why}; it was removed, run the build again to extract its documents anew")

    def __reduce__(self) -> tuple[type[DamagedPack], tuple[Path, str]]:
        return type(self), (self.path, self.why)


@dataclass(frozen=True, slots=True)
class Kept:
    """A document in a pack: where its frame lies, and what is needed to put documents in order without reading it.

    A release holds one of these for each of its documents, so they are small: below a kilobyte.
    """

    pack: str
    source_key: str
    forms_key: str
    families: tuple[str, ...]
    start: int
    size: int
    sha256: bytes
    rows: int
    disclosure_id: str
    division_code: str | None
    entity_key: str | None
    disclosure_year: int | None
    collection: str
    source_file: str
    source_sha256: str | None
    source_bytes: int | None

    @property
    def key(self) -> str:
        return f"{self.source_key}-{self.forms_key}"


@dataclass(frozen=True, slots=True)
class Keyed:
    """An extraction with the keys that it is kept under."""

    source_key: str
    forms_key: str
    extraction: Extraction


def write_pack(folder: Path, documents: Sequence[Keyed]) -> str:
    """Write ``documents`` as one pack below ``folder``; returns its name. Raises ValidationFailure for cells that
    no column can hold, OSError where the file cannot be written."""
    faults: list[RowFault] = []
    batches = {
        name: build_arrow(TABLES[name], [row for each in documents for row in each.extraction.rows.of(name)], faults)
        for name in EXTRACTED_TABLES
    }
    if faults:
        raise ValidationFailure(set(faults))
    codec = pa.Codec("zstd", compression_level=1)
    body, entries = [_MAGIC], []
    at, offset = len(_MAGIC), dict.fromkeys(EXTRACTED_TABLES, 0)
    for each in documents:
        pieces, rows = [], 0
        for name in EXTRACTED_TABLES:
            count = len(each.extraction.rows.of(name))
            pieces.append(batches[name].slice(offset[name], count).serialize().to_pybytes())
            offset[name] += count
            rows += count
        pieces.append(each.extraction.masked_text.encode("utf-8"))
        frame = _LENGTHS.pack(*map(len, pieces)) + codec.compress(b"".join(pieces), asbytes=True)
        row = each.extraction.disclosure
        entries.append(
            {
                "source_key": each.source_key,
                "forms_key": each.forms_key,
                "families": sorted(each.extraction.families),
                "start": at,
                "size": len(frame),
                "sha256": hashlib.sha256(frame).hexdigest(),
                "rows": rows,
                "disclosure_id": each.extraction.disclosure_id,
                **{name: getattr(row, name) for name in _FACTS},
            }
        )
        body.append(frame)
        at += len(frame)
    footer = json.dumps(entries, ensure_ascii=False).encode("utf-8")
    body += [footer, _TAIL.pack(hashlib.sha256(footer).digest(), len(footer)), _MAGIC]
    name = hashlib.sha256("".join(f"{e['source_key']}{e['forms_key']}" for e in entries).encode()).hexdigest()[:32]
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{os.getpid()}.tmp"
    try:
        with temporary.open("wb") as file:
            file.writelines(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / f"{name}.pack")
    finally:
        temporary.unlink(missing_ok=True)
    return f"{name}.pack"


def _footer(path: Path) -> list[dict[str, Any]] | None:
    """The entries of a pack; None where it is none or is cut off."""
    end = _TAIL.size + len(_MAGIC)
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < end + len(_MAGIC):
            return None
        file.seek(size - end)
        tail = file.read(end)
        if tail[_TAIL.size :] != _MAGIC:
            return None
        sha256, length = _TAIL.unpack(tail[: _TAIL.size])
        if length > size - end:
            return None
        file.seek(size - end - length)
        footer = file.read(length)
    if hashlib.sha256(footer).digest() != sha256:
        return None
    entries: list[dict[str, Any]] = json.loads(footer)
    return entries


def read_index(path: Path) -> list[Kept]:
    """The documents of one pack; none where it cannot be read (it counts as absent, and is removed)."""
    entries = _footer(path)
    if entries is None:
        path.unlink(missing_ok=True)
        return []
    # In the folder of all packs, where a release finds it.
    name = f"{path.parent.name}/{path.name}"
    return [_kept(entry, name) for entry in entries]


def _kept(entry: dict[str, Any], pack: str) -> Kept:
    # What many documents share is one text for all of them.
    shared = {name: sys.intern(entry[name]) for name in _SHARED if entry[name] is not None}
    families = _shared_families(tuple(entry["families"]))
    return Kept(**{**entry, **shared, "families": families, "sha256": bytes.fromhex(entry["sha256"])}, pack=pack)


@lru_cache(maxsize=1_024)
def _shared_families(families: tuple[str, ...]) -> tuple[str, ...]:
    return families


class Packs:
    """The packs of one collection, which lie in a folder of their own, by the keys of what they hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_source: dict[str, tuple[Kept, ...]] = {}
        for path in sorted(folder.glob("*.pack")):
            self.add(path.name)

    def add(self, name: str) -> list[Kept]:
        """Take a pack that was written after this index was made into it."""
        kept = read_index(self.folder / name)
        for each in kept:
            others = tuple(other for other in self.of_source(each.source_key) if other.forms_key != each.forms_key)
            self._by_source[each.source_key] = (*others, each)
        return kept

    def get(self, key: str) -> Kept | None:
        source_key, _, forms_key = key.partition("-")
        return next((each for each in self.of_source(source_key) if each.forms_key == forms_key), None)

    def of_source(self, source_key: str) -> tuple[Kept, ...]:
        """What is kept of a source, under whatever forms it was read with."""
        return self._by_source.get(source_key, ())


def prune(folder: Path, live: set[str]) -> None:
    """Remove packs below ``folder`` that are none of ``live``, and what a crash left."""
    for path in [*folder.glob("*.pack"), *folder.glob("*/*.pack"), *folder.glob("*/.*.tmp")]:
        if path.relative_to(folder).as_posix() not in live:
            path.unlink(missing_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _frames_of(folder: Path, documents: Sequence[Kept]) -> Iterator[tuple[Kept, tuple[int, ...], memoryview]]:
    """Each document with the lengths of its messages and of its text, and their bytes."""
    codec = pa.Codec("zstd")
    handles: dict[str, Any] = {}
    try:
        for each in documents:
            path = folder / each.pack
            if each.pack not in handles:
                handles[each.pack] = path.open("rb")
            handles[each.pack].seek(each.start)
            frame = memoryview(handles[each.pack].read(each.size))
            if hashlib.sha256(frame).digest() != each.sha256:
                path.unlink(missing_ok=True)
                raise DamagedPack(path, f"does not hold what was written of {each.source_file}")
            lengths = _LENGTHS.unpack_from(frame)
            yield each, lengths, memoryview(codec.decompress(frame[_LENGTHS.size :], sum(lengths)))
    except FileNotFoundError as error:
        raise DamagedPack(Path(str(error.filename)), "is gone") from error
    finally:
        for handle in handles.values():
            handle.close()


def read_kept(folder: Path, documents: Sequence[Kept]) -> tuple[dict[str, pl.DataFrame], dict[str, bytes]]:
    """Frames of the extracted tables with the rows of ``documents`` in their order, and the texts by disclosure_id.

    ``folder`` holds the folders of collections. Quarantined documents have no text. Raises DamagedPack.
    """
    schemas = {name: arrow_schema(TABLES[name]) for name in EXTRACTED_TABLES}
    batches: dict[str, list[pa.RecordBatch]] = {name: [] for name in EXTRACTED_TABLES}
    texts: dict[str, bytes] = {}
    for each, lengths, frame in _frames_of(folder, documents):
        at = 0
        for name, length in zip(EXTRACTED_TABLES, lengths, strict=False):
            message = pa.py_buffer(frame[at : at + length])
            batches[name].append(pa.ipc.read_record_batch(message, schemas[name]))
            at += length
        if at < len(frame):
            texts[each.disclosure_id] = bytes(frame[at:])
    return {name: framed(TABLES[name], batches[name]) for name in EXTRACTED_TABLES}, texts
