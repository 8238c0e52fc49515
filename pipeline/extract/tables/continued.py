"""Tables that go on over pages which print their titles again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import takewhile

from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.tables.segment import Segment, lines_of
from pipeline.extract.tables.unruled import line_text
from pipeline.ingest.document import Document

_CONTINUED = re.compile(r"[（]?续表?[一二三四五六七八九十\d]*[）]?")
_DIGITS = re.compile(r"\d+")


def reunited(document: Document, segments: list[Segment]) -> list[Segment]:
    """Pages that repeat a table's title over its next rows (支出总表（续）) go on with the table before.

    Only on the very next page, below the same words (编制部门：…): another unit's table of the same name is its own.
    """
    kept: list[Segment] = []
    heads = cache(lambda: _running(document))
    for segment in segments:
        before = kept[-1] if kept else None
        if before is not None and _same_title(before, segment) and _same_table(document, before, segment, heads):
            before.repeats += range(segment.first, segment.body)
            before.tables += segment.tables
            before.last, before.notes = segment.last, [*before.notes, *segment.notes]
        else:
            kept.append(segment)
    return kept


def _same_title(one: Segment, other: Segment) -> bool:
    if one.heading is None or other.heading is None:
        return False
    return _CONTINUED.sub("", fold(one.heading.title)) == _CONTINUED.sub("", fold(other.heading.title))


def _same_table(document: Document, one: Segment, other: Segment, heads: Callable[[], set[str]]) -> bool:
    if one.tables and other.tables:
        return (_same_ruled if other.tables[0].edges else _says_so)(document, one, other)
    return not one.tables and not other.tables and _same_unruled(document, one, other, heads)


def _says_so(document: Document, one: Segment, other: Segment) -> bool:
    """Whether a title says that it goes on (续表), right below the table before, with as many columns as that has."""
    title = fold(other.heading.title) if other.heading else ""
    between = document.text[document.lines[one.last - 1].end : document.lines[other.first].start]
    columns = one.tables[-1].column_count, other.tables[0].column_count
    return "续" in title and not between.strip() and columns[0] == columns[1]


def _same_ruled(document: Document, one: Segment, other: Segment) -> bool:
    before, after = one.tables[-1].page, other.tables[0].page
    return before is not None and after == before + 1 and _preface(document, one) == _preface(document, other)


def _same_unruled(document: Document, one: Segment, other: Segment, heads: Callable[[], set[str]]) -> bool:
    if one.notes or not one.forms:
        return False
    page = document.lines[other.first].page
    end = next((i for i in range(other.first - 1, one.body - 1, -1) if document.lines[i].page != page), None)
    if page is None or end is None or document.lines[end].page != page - 1 or one.last < end - 2:
        return False
    between = (fold(line_text(document, index)) for index in range(end + 1, other.first))
    if not all(not text or is_page_number(text) or _DIGITS.sub("0", text) in heads() for text in between):
        return False
    # The first row may be a name that begins above its amounts.
    short, long = sorted((_header(document, one), _header(document, other)), key=len)
    return bool(short) and long.startswith(short)


def _running(document: Document) -> set[str]:
    """What several pages print at their top or bottom, but for its digits."""
    edges: dict[int, list[str]] = {}
    for index, line in enumerate(document.lines):
        text = fold(line_text(document, index))
        if text and line.page is not None:
            edges.setdefault(line.page, []).append(_DIGITS.sub("0", text))
    times = Counter(text for texts in edges.values() for text in {texts[0], texts[-1]})
    return {text for text, count in times.items() if count > 1}


def _header(document: Document, segment: Segment) -> str:
    """What stands between a title and the first line that prints a number."""
    texts = (fold(line_text(document, index)) for index in range(segment.body, segment.last))
    return "".join(takewhile(lambda text: not any(char.isdigit() for char in text), texts))


def _preface(document: Document, segment: Segment) -> str:
    lines = lines_of(document, segment.tables[0])
    return fold(
        "".join(line_text(document, index) for index in range(segment.body, lines[0] if lines else segment.body))
    )
