"""Which form family a document is published in, by the titles that it prints."""

from __future__ import annotations

import re

from pipeline.extract.forms import Family, Library
from pipeline.extract.identity.divisions import within
from pipeline.extract.patterns import fold
from pipeline.extract.tables.find.segment import Segment

_TAIL = re.compile(r"(?:（[^（）]{0,24}）)+$")


def name_family(
    segments: list[Segment], library: Library, read_with: str, division: str | None, stage: str | None
) -> str:
    """The family's name for ``disclosures``: the one the tables were read with, else one told by its typical titles.

    A family of one division or stage is not that of a document of another, be the titles ever so alike: such a
    document was read with its columns, and is of the general family.
    """
    if read_with != "general" and _fits(library.family(read_with), division, stage):
        return read_with
    titles = {_TAIL.sub("", fold(s.heading.title)) for s in segments if s.heading and s.forms}
    counted = {
        family.name: sum(bool(family.typical.fullmatch(title)) for title in titles)
        for family in library.families
        if family.typical is not None and _fits(family, division, stage)
    }
    enough = {name: count for name, count in counted.items() if count >= library.family(name).at_least}
    return max(enough, key=lambda name: (enough[name], name), default="general")


def _fits(family: Family, division: str | None, stage: str | None) -> bool:
    """Whether nothing known of the document speaks against ``family``; a family of a division needs one in it."""
    if family.stage is not None and stage not in (None, family.stage):
        return False
    if family.division_code is None:
        return True
    # Titles are alike from place to place: without the place they tell no family of one division.
    return division is not None and within(division, family.division_code)
