"""The lines of a document that are prose: outside the tables, without page numbers and running headers.

A line knows how far it reaches from left to right, in points where the source has positions and else in
character cells; paragraphs are made from that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from pipeline.extract.context import Context
from pipeline.extract.prose.folding import fold
from pipeline.extract.prose.sections import Sections
from pipeline.ingest.document import Page

_RULE = re.compile(r"[_=*~\-—－\s]{4,}")
_DIGITS = re.compile(r"\d+")
#: A running header or footer stands on at least so many pages.
_RUNNING = 3


@dataclass(slots=True)
class ProseLine:
    """A line, or a part of one, without the white space around it. ``em`` is the width of one character.

    ``begins`` is true where the layout does not matter: a new paragraph begins here.
    """

    index: int
    start: int
    end: int
    page: int | None
    folded: str
    left: float
    right: float
    em: float
    begins: bool = False


def prose_lines(context: Context, sections: Sections) -> list[ProseLine]:
    """The prose of ``context`` in order. Numbers of pages and running headers are claimed as structure."""
    document = context.document
    text = document.text
    inside = bytearray(len(document.lines))
    for region in context.regions:
        inside[region.first : region.last] = b"\x01" * max(0, min(region.last, len(inside)) - region.first)
    pages = {page.number: page for page in document.pages}
    word_starts: dict[int, list[int]] = {}
    lines: list[ProseLine] = []
    for index, line in enumerate(document.lines):
        if inside[index]:
            continue
        raw = text[line.start : line.end]
        bare = raw.strip()
        folded = fold(bare)
        if not folded or _RULE.fullmatch(bare):
            continue
        start = line.start + raw.index(bare[0])
        made = ProseLine(index, start, start + len(bare), line.page, folded, 0.0, 0.0, 2.0)
        page = pages.get(line.page) if line.page is not None else None
        if page is None or not _measure(made, page, word_starts):
            made.left = float(_cells(raw[: start - line.start]))
            made.right = made.left + _cells(bare)
        lines.append(made)
    return _without_page_numbers(context, sections, lines)


def _measure(line: ProseLine, page: Page, word_starts: dict[int, list[int]]) -> bool:
    """Set the reach of ``line`` from the words of its page; False where the page has none for it."""
    starts = word_starts.get(page.number)
    if starts is None:
        starts = word_starts[page.number] = [word.start for word in page.words]
    first = bisect_left(starts, line.start)
    last = bisect_left(starts, line.end)
    words = [word for word in page.words[first:last] if word.end <= line.end]
    if not words:
        return False
    line.left = min(word.x0 for word in words)
    line.right = max(word.x1 for word in words)
    line.em = 2 * (line.right - line.left) / max(1, _cells(line.folded))
    return True


def _cells(text: str) -> int:
    """The width of ``text`` in character cells; a CJK character has two."""
    return min(2 * len(text), len(text.encode("gb18030", "replace")))


def _without_page_numbers(context: Context, sections: Sections, lines: list[ProseLine]) -> list[ProseLine]:
    edges: set[int] = set()
    for at, line in enumerate(lines):
        first = at == 0 or lines[at - 1].page != line.page
        last = at + 1 == len(lines) or lines[at + 1].page != line.page
        if line.page is not None and (first or last):
            edges.add(at)
    seen = Counter(_DIGITS.sub("0", lines[at].folded) for at in edges)
    kept: list[ProseLine] = []
    for at, line in enumerate(lines):
        numbered = sections.page_number.fullmatch(line.folded) is not None
        if numbered and line.folded.isdigit() and line.page is None and kept:
            # A bare number may also be a piece of a sentence that the width of the page broke.
            numbered = kept[-1].folded[-1] in "。；：！？" or line.right - line.left < 2 * line.em
        running = at in edges and seen[_DIGITS.sub("0", line.folded)] >= _RUNNING
        running = running and sections.style_of(line.folded) is None and line.folded[-1] not in "。；，、"
        if numbered or running:
            context.ledger.claim_free(
                line.start, line.end, "structure", "page", "disclosures", context.document.disclosure_id
            )
        else:
            kept.append(line)
    return kept
