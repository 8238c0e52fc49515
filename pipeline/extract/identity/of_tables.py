"""Whose each table is, where a file prints the tables of several bodies one after another.

A department's file may go on with the tables of its units. The line above a table or its title says so (单位名称：…,
编制单位：…, 某某中心2024年收支总表). Where all tables name one body it is the document's, whatever it is called there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.identity.bodies import Body, body_of, is_body
from pipeline.extract.identity.words import load_words
from pipeline.extract.patterns import YEAR, fold
from pipeline.ingest.document import Document

if TYPE_CHECKING:
    from pipeline.extract.tables.find.segment import Segment

Piece = tuple[int, int]
#: So many lines above a title, and below it, may say whose the table is.
_LINES = 3
_BEFORE_YEAR = re.compile(rf"(?P<name>[^\d:]{{4,40}}?)(?={YEAR})")


@dataclass(frozen=True, slots=True)
class _Named:
    """The body that a table names, and where."""

    body: Body
    place: Piece


def other_bodies(document: Document, segments: Sequence[Segment], entity: str | None) -> list[Piece | None]:
    """For each table, where the name of the body stands that it is of, if that is not the document's own."""
    named = [_named(document, before, segment) for before, segment in zip([None, *segments], segments, strict=False)]
    whole = {one.body.rest for one in named if one is not None and one.body.scope != "unit"}
    own = body_of(entity) if entity else None
    others = [one is not None and not _is_own(one.body, own, whole) for one in named]
    if len({(one.body.rest, one.body.scope) for one in named if one is not None}) < 2:
        return [None] * len(segments)
    return [one.place if one is not None and other else None for one, other in zip(named, others, strict=True)]


def _is_own(body: Body, own: Body | None, whole: set[str]) -> bool:
    """Whether a table's body is the document's: by another of its names, or 本级 where no table is of all of it."""
    if own is None or not _is_same(body.rest, own.rest):
        return False
    return body.scope != "unit" or own.scope == "unit" or not any(_is_same(rest, own.rest) for rest in whole)


def _is_same(one: str, other: str) -> bool:
    """Whether two names may be of one body: one is the end of the other, or its characters in their order."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return long.endswith(short) or (long[-1:] == short[-1:] and all(char in letters for char in short))


def _named(document: Document, before: Segment | None, segment: Segment) -> _Named | None:
    """The body that the lines around a title name, else the title itself; None for sheets of performance."""
    if segment.performance:
        return None
    heading, lines = segment.heading, document.lines
    first = heading.first if heading else segment.first
    above = max(first - _LINES, before.last if before else 0)
    below = segment.tables[0].start if segment.tables else lines[min(segment.body + _LINES, segment.last) - 1].end
    found = _captioned(document.text, lines[above].start if above < len(lines) else 0, below)
    if found is None and heading is not None:
        found = _titled(document.text, heading.start, heading.end)
    return found


def _captioned(text: str, start: int, end: int) -> _Named | None:
    """The body behind the caption that names the least of a department (单位 beside 部门) in a piece of text."""
    words = load_words()
    found: list[tuple[bool, _Named]] = []
    for match in words.caption.finditer(text, start, max(start, end)):
        of_department = words.captions[fold(match["word"])].scope == "department"
        begin = match.start("name")
        for printed in dict.fromkeys((match["name"].rstrip(), *match["name"].split()[:1])):
            body = body_of(printed)
            if is_body(body.name):
                found.append((of_department, _Named(body, (begin, begin + len(printed)))))
                break
    return min(found, key=lambda one: one[0])[1] if found else None


def _titled(text: str, start: int, end: int) -> _Named | None:
    """The body whose name begins a title, before its year."""
    match = _BEFORE_YEAR.match(fold(text[start:end]))
    body = body_of(match["name"]) if match else None
    if match is None or body is None or not is_body(body.name):
        return None
    stop = next(at for at in range(start + 1, end + 1) if fold(text[start:at]) == match["name"])
    return _Named(body, (start, stop))
