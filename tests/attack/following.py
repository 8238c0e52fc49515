"""The oracle for pages and cells: an amount is followed by the mark or cell that printed it, and its row is compared whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document, Rejected
from tests.attack.oracle import Key, Reading, key_of
from tests.documents import ROOT, read_source_bytes


@dataclass(slots=True)
class Followed:
    """What a damaged document gave: the keys of its amounts by origin, and the rows that it prints."""

    reading: Reading
    keys: dict[int, Key] = field(default_factory=dict)


def document_of(data: bytes, name: str) -> Document | Rejected:
    return read_source_bytes(SourceFile(ROOT / "raw" / "test" / name, "test", name), data)


def extraction_of(document: Document | Rejected) -> Extraction:
    return extract(document, load_library())


def followed(extraction: Extraction, origins: Mapping[int, int]) -> Followed:
    """The keys of the amounts of ``extraction``; ``origins`` are by the place of their first character in the text."""
    found = Followed(Reading(extraction))
    times = Counter(origins.values())
    for row in extraction.rows.budget_lines:
        origin = origins.get(row.start)
        if origin is not None and times[origin] == 1:
            found.keys[origin] = key_of(row)
    return found


def misread(before: Followed, after: Followed, same: set[int]) -> list[str]:
    """Amounts of rows that were left alone (``same``) under another key although nothing says so."""
    wrong = [
        f"{before.keys[origin]} became {key}"
        for origin, key in after.keys.items()
        if origin in same and origin in before.keys and before.keys[origin] != key
    ]
    if not wrong or after.reading.status not in ("complete", before.reading.status):
        return []
    return [] if after.reading.failures - before.reading.failures else wrong
