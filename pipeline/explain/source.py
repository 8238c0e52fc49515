"""The document that an id of a release stands for, found by the id and read again."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from pipeline.extract.disclosure import DisclosureReading, read_disclosure
from pipeline.extract.forms import Library
from pipeline.ingest.collections import SourceFile, find_collection
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.opening import Unreadable
from pipeline.ingest.read import load, read_bytes
from pipeline.publish.reading import read_manifest, read_table

_NEAREST = 3
Kind = Literal["line", "row", "table", "disclosure"]
#: What an id may stand for, and the table and column of a release that have it.
_KINDS: tuple[tuple[Kind, str, str], ...] = (
    ("line", "budget_lines", "line_id"),
    ("row", "budget_lines", "row_id"),
    ("table", "tables", "table_id"),
    ("disclosure", "disclosures", "disclosure_id"),
)


class NotExplained(ValueError):  # noqa: N818 - says what happened
    """An id that cannot be explained, and why, in one line for a person."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an id of a release stands for, and the source that its disclosure was read from."""

    kind: Kind
    wanted: str
    source_file: str
    collection: str
    sha256: str

    def file(self, raw: Path) -> SourceFile:
        """The source below ``raw``. Raises NotExplained where it is not there."""
        name = self.source_file.removeprefix(f"{self.collection}/")
        collection = find_collection(raw, self.collection)
        found = next((file for file in collection.files if file.name == name), None) if collection else None
        if found is None:
            raise NotExplained(f"{self.source_file} is not below {raw}; name the folder it was built from with --raw")
        return found


def find(release: Path, wanted: str) -> Asked:
    """What the id ``wanted`` of a release stands for.

    Raises NotExplained with the ids nearest to it where nothing has it, and ReleaseError where there is no release.
    """
    read_manifest(release)
    ids: list[str] = []
    frames = {name: read_table(release, name) for name in ("disclosures", "tables", "budget_lines")}
    for kind, table, column in _KINDS:
        found = frames[table].filter(pl.col(column) == wanted)
        if found.height:
            sources = frames["disclosures"].filter(pl.col("disclosure_id") == found["disclosure_id"][0])
            file, collection, sha256 = sources.select("source_file", "collection", "source_sha256").row(0)
            return Asked(kind, wanted, file, collection, sha256 or "")
        ids += frames[table][column].unique(maintain_order=True).to_list()
    raise NotExplained(f"{release} has no table, row or line {wanted!r}; {_nearest(wanted, ids)}")


def _nearest(wanted: str, ids: list[str]) -> str:
    begun = [one for one in dict.fromkeys(ids) if one.startswith(wanted)]
    near = begun[:_NEAREST] or difflib.get_close_matches(wanted, dict.fromkeys(ids), _NEAREST, 0.5)
    if near:
        return f"nearest are {', '.join(near)}"
    return "copy an id from tables or budget_lines (`yusuan trace` shows records of other tables)"


def read_again(asked: Asked, raw: Path, library: Library, publish_contacts: bool) -> DisclosureReading:
    """The document that ``asked`` is of, read and extracted by the code and the data files of today.

    Raises NotExplained where its source is not the one that the release was made of, or cannot be read.
    """
    file, limits = asked.file(raw), Limits()
    try:
        data = load(file, limits)
    except Unreadable as error:
        raise NotExplained(f"{asked.source_file} below {raw}: {error}") from error
    if (have := hashlib.sha256(data).hexdigest()) != asked.sha256:
        raise NotExplained(
            f"{asked.source_file} below {raw} is another file (sha256 {have[:16]}…) than the release was made of "
            f"({asked.sha256[:16]}…); fetch that one, or build again"
        )
    source = read_bytes(file, data, limits)
    reading = read_disclosure(source, library, publish_contacts)
    if isinstance(source, Rejected) or reading.context is None:
        raise NotExplained(f"{asked.source_file} is quarantined: {reading.extraction.disclosure.reason}")
    return reading
