"""Typed rows of one document as bytes: what is kept of it between extraction and release.

    value = length of the facts, the facts, length of each message and of the text, then all of these compressed

Every extracted table is one Arrow message, so that a document becomes columns without a Python object a cell.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable

import polars as pl
import pyarrow as pa

from pipeline.extract.records import EXTRACTED_TABLES, Extraction
from pipeline.tidy.columns import arrow_schema, build_arrow, framed
from pipeline.tidy.plan import Extracted
from pipeline.tidy.validation import RowFault, ValidationFailure
from schemas.tables import TABLES

_FACTS = (
    "disclosure_id",
    "division_code",
    "entity_key",
    "disclosure_year",
    "collection",
    "source_file",
    "source_sha256",
    "source_bytes",
)
_SIZE = struct.Struct("<Q")
_LENGTHS = struct.Struct(f"<{len(EXTRACTED_TABLES) + 1}Q")


def to_bytes(extraction: Extraction) -> bytes:
    """``extraction`` as it is kept. Raises ValidationFailure for cells that no column can hold."""
    faults: list[RowFault] = []
    batches = {name: build_arrow(TABLES[name], rows, faults) for name, rows in extraction}
    if faults:
        raise ValidationFailure(set(faults))
    (row,) = batches["disclosures"].select(list(_FACTS)).to_pylist()
    row["rows"] = sum(batch.num_rows for batch in batches.values())
    facts = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogateescape")
    pieces = [batches[name].serialize().to_pybytes() for name in EXTRACTED_TABLES]
    pieces.append(extraction.masked_text.encode("utf-8"))
    body = pa.Codec("zstd", compression_level=1).compress(b"".join(pieces), asbytes=True)
    return b"".join((_SIZE.pack(len(facts)), facts, _LENGTHS.pack(*map(len, pieces)), body))


def facts_of(key: str, value: bytes) -> Extracted:
    """What is known of the document kept as ``value`` under ``key``."""
    (size,) = _SIZE.unpack_from(value)
    return Extracted.of({"key": key, **json.loads(value[_SIZE.size : _SIZE.size + size])})


def read_documents(values: Iterable[tuple[str, bytes]]) -> tuple[dict[str, pl.DataFrame], dict[str, bytes]]:
    """Frames of the extracted tables with the rows of kept documents in their order, and the texts by disclosure_id.

    ``values`` are pairs of disclosure_id and what ``to_bytes`` gave. Quarantined documents have no text.
    """
    codec = pa.Codec("zstd")
    schemas = {name: arrow_schema(TABLES[name]) for name in EXTRACTED_TABLES}
    batches: dict[str, list[pa.RecordBatch]] = {name: [] for name in EXTRACTED_TABLES}
    texts: dict[str, bytes] = {}
    for disclosure_id, value in values:
        at = _SIZE.size + _SIZE.unpack_from(value)[0]
        lengths = _LENGTHS.unpack_from(value, at)
        body = memoryview(codec.decompress(memoryview(value)[at + _LENGTHS.size :], sum(lengths)))
        at = 0
        for name, length in zip(EXTRACTED_TABLES, lengths, strict=False):
            message = pa.py_buffer(body[at : at + length])
            batches[name].append(pa.ipc.read_record_batch(message, schemas[name]))
            at += length
        if at < len(body):
            texts[disclosure_id] = bytes(body[at:])
    return {name: framed(TABLES[name], batches[name]) for name in EXTRACTED_TABLES}, texts
