"""Which documents are published, in which order, and where that order is cut into parts.

A part is a run of whole bodies (all years and stages of an entity), so that rules across documents, which join on the
entity, need no other part, and is small enough to be held in memory. Cuts depend on the documents beside them alone:
a body that is added, or grows, changes its own part and leaves the others as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

#: On average one part for so many documents; ids are hashes, so a body begins a part with this chance for each of its own.
DOCUMENTS = 128
#: A part is cut before it holds more rows than this (some 80 documents of 28 KB), whatever the ids say.
ROWS = 180_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """An extracted document: its key in the store, and what puts documents in order without a look at their rows.

    A release holds one of these for each of its documents, so they are small: below a kilobyte.
    """

    key: str
    disclosure_id: str
    division_code: str | None
    entity_key: str | None
    disclosure_year: int | None
    collection: str
    source_file: str
    source_sha256: str | None
    source_bytes: int | None
    rows: int

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Extracted:
        """Read back what ``asdict`` gave; what many documents share is one text for all of them."""
        shared = {name: sys.intern(facts[name]) for name in ("division_code", "collection") if facts[name] is not None}
        return cls(**{**facts, **shared})


@dataclass(frozen=True, slots=True)
class Planned:
    """A disclosure to be published, and the paths of all its byte-identical copies."""

    document: Extracted
    paths: tuple[str, ...]


def _origin(document: Extracted) -> tuple[str, str]:
    return document.collection, document.source_file


def in_order(documents: Iterable[Extracted]) -> list[Planned]:
    """One of each disclosure, the first by collection and file, in the contract's order of documents."""
    copies: dict[str, list[Extracted]] = {}
    for each in documents:
        copies.setdefault(each.disclosure_id, []).append(each)
    planned = [
        Planned(min(each, key=_origin), tuple(sorted({copy.source_file for copy in each}))) for each in copies.values()
    ]
    return sorted(planned, key=lambda each: _place(each.document))


def _place(document: Extracted) -> tuple[object, ...]:
    # As tidy sorts frames: unknown values after all known ones.
    year = document.disclosure_year
    return *_body(document), (year is None, year or 0), document.disclosure_id


def _body(document: Extracted) -> tuple[tuple[bool, str], tuple[bool, str]]:
    division, entity = document.division_code, document.entity_key
    return (division is None, division or ""), (entity is None, entity or "")


def cut(documents: Sequence[Planned], size: int = DOCUMENTS) -> Iterator[list[Planned]]:
    """``documents``, which are in order, cut into parts. Documents of no known body are a body each."""
    part: list[Planned] = []
    held = 0
    for _, group in groupby(
        documents, key=lambda each: (_body(each.document), each.document.entity_key or each.document.disclosure_id)
    ):
        body = list(group)
        weight = sum(each.document.rows for each in body)
        begins = any(int(each.document.disclosure_id[:8], 16) % size == 0 for each in body)
        if part and (begins or held + weight > ROWS):
            yield part
            part, held = [], 0
        part.extend(body)
        held += weight
    if part:
        yield part
