"""Digits in doubt that sums settle: of all readings of them exactly one makes a recognised table add up.

What recognition was unsure of in sums that do not hold is tried, each digit as any other, and the table read again. One
reading that proves it is taken and said; none or several leave the table withheld.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from pipeline.extract.forms import Library
from pipeline.extract.tables.find.segment import Segment
from pipeline.extract.tables.meaning.told import NOTHING, Told, told_by
from pipeline.extract.tables.reading import family_of, read_table
from pipeline.ingest.document import Document

#: So many digits of a table may be in doubt: more leave sums too little to prove.
_MOST = 2


def settle_digits(
    document: Document, segments: list[Segment], library: Library
) -> tuple[Document, frozenset[int], Told]:
    """``document`` with such digits as sums prove them, their places in its text, and what its tables say beyond doubt."""
    if document.read_by == "text":
        return document, frozenset(), NOTHING
    family, printed = family_of(segments), document.text
    for segment in segments:
        document = _settled(document, segment, family, library)
    changed = (at for at, (old, new) in enumerate(zip(printed, document.text, strict=True)) if old != new)
    readings = [read_table(document, segment, family, library) for segment in segments]
    return document, frozenset(changed), told_by(record for reading in readings for record in reading.records)


def _settled(document: Document, segment: Segment, family: str, library: Library) -> Document:
    """``document`` with the one reading of the digits in doubt of a table that proves it; as it is where there is none."""
    unsure = read_table(document, segment, family, library).table.unsure
    if not 0 < len(unsure) <= _MOST:
        return document
    readings = (_with(document, unsure, digits) for digits in product("0123456789", repeat=len(unsure)))
    proved = [each for each in readings if not read_table(each, segment, family, library).table.unsure]
    return proved[0] if len(proved) == 1 else document


def _with(document: Document, places: tuple[int, ...], digits: tuple[str, ...]) -> Document:
    characters = list(document.text)
    for place, digit in zip(places, digits, strict=True):
        characters[place] = digit
    return replace(document, text="".join(characters))
