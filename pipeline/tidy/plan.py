"""Which documents are published, in which order, and where that order is cut into parts.

A part is a run of whole bodies (all years and stages of an entity), so that rules across documents, which join on the
entity, need no other part, and is small enough to be held in memory. Cuts depend on the documents beside them alone:
a body that is added, or grows, changes its own part and leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.tidy.packs import Kept

#: On average one part for so many documents; ids are hashes, so a body begins a part with this chance for each of its own.
DOCUMENTS = 128
#: A part is cut before it holds more rows than this (some 80 documents of 28 KB), whatever the ids say.
ROWS = 180_000
_STRONG = 4


@dataclass(frozen=True, slots=True)
class Planned:
    """A disclosure to be published, and the paths of all its byte-identical copies."""

    kept: Kept
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The documents of a part. One in four is ``strong``: files of a release begin with such a one."""

    documents: tuple[Planned, ...]
    strong: bool


def _origin(kept: Kept) -> tuple[str, str]:
    return kept.collection, kept.source_file


def in_order(documents: Iterable[Kept]) -> list[Planned]:
    """One of each disclosure, the first by collection and file, in the contract's order of documents."""
    copies: dict[str, list[Kept]] = {}
    for each in documents:
        copies.setdefault(each.disclosure_id, []).append(each)
    planned = [
        Planned(min(each, key=_origin), tuple(sorted({copy.source_file for copy in each}))) for each in copies.values()
    ]
    return sorted(planned, key=lambda each: _place(each.kept))


def _place(kept: Kept) -> tuple[object, ...]:
    # As tidy sorts frames: unknown values after all known ones.
    year = kept.disclosure_year
    return (
        *_body(kept),
        (year is None, year or 0),
        kept.disclosure_id,
    )


def _body(kept: Kept) -> tuple[tuple[bool, str], tuple[bool, str]]:
    division, entity = kept.division_code, kept.entity_key
    return (division is None, division or ""), (entity is None, entity or "")


def cut(documents: Sequence[Planned], size: int = DOCUMENTS, rows: int = ROWS) -> list[Run]:
    """``documents``, which are in order, cut into parts. Documents of no known body are a body each."""
    runs: list[tuple[list[Planned], bool]] = []
    held = 0
    for _, group in groupby(
        documents, key=lambda each: (_body(each.kept), each.kept.entity_key or each.kept.disclosure_id)
    ):
        body = list(group)
        weight = sum(each.kept.rows for each in body)
        begins = [number for each in body if (number := int(each.kept.disclosure_id[:8], 16)) % size == 0]
        if not runs or begins or held + weight > rows:
            runs.append(([], any(number // size % _STRONG == 0 for number in begins)))
            held = 0
        runs[-1][0].extend(body)
        held += weight
    return [Run(tuple(found), strong) for found, strong in runs]
