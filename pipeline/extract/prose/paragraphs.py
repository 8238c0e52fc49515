"""Paragraphs of prose: the lines outside the tables, joined where a page's width broke them.

A line knows how far it reaches from left to right, in points where the source has positions and else in character cells.
Page numbers and running headers are left out.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace

from pipeline.extract.context import Context, Piece
from pipeline.extract.prose.folding import fold, kept_places
from pipeline.extract.prose.sections import Sections
from pipeline.ingest.document import Arrangement, Page

_RULE = re.compile(r"[_=*~\-—－\s]{4,}")
_DIGITS = re.compile(r"\d+")
#: A running header or footer stands on at least so many pages.
_RUNNING = 3


_CLOSING = "。，、；：？！）》】%"
#: 其中：… after one of these speaks of the parts of what was said.
_BEFORE_PARTS = "。；，："
_TERMINAL = "。！？；："
# Headings that a lost line break left inside a line: after a full stop, a number of the outer levels.
_INNER = re.compile(
    r"(?<=[。；])\s*(?=第[一二三四五六七八九十]+部[分份]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])"
)
#: The same where line breaks have become spaces, in lines of more than so many characters.
_SPACED = re.compile(
    r"\s(?=第[一二三四五六七八九十]+部[分份]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d))"
)
_WIDE = 80
_HEADINGS = 3
#: What no paragraph ends with, however much room its last line leaves: …，比2023年
_OPEN = re.compile(r"，(?:[比较与]\d{4}年度?|[^，。；：]{0,30}[比较与占为至])$")
#: A number at the end of a line, and the rest of one with its unit at the beginning of the next: 15 | 16.64万元.
_CUT = re.compile(r"\d[.，]?$")
_REST = re.compile(r"[\d.，]+(?:[百千万亿]*元|%)")
#: A number that a point or a comma at the end of a line leaves open, which no paragraph ends with: 1, | 516.64万元.
_LEFT_OPEN = re.compile(r"[^\W\d]\d{1,3}[.，]$")
#: A unit at the beginning of a line, whose number ends the line before: 1416.64 | 万元.
_UNIT = re.compile("[百千万亿]*元|%|[万亿](?=[，。；、）])")
_WORD = re.compile(r"\d+(?:[，.]\d+)*%?|[!-~]{2,}")
_SENTENCE = re.compile(r"[。；！？]")


@dataclass(slots=True)
class ProseLine:
    """A line, or a part of one, without the white space around it. ``em`` is the width of one character.

    ``begins`` is true where the layout does not matter: a new paragraph begins here, as the format or a heading says.
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


def _prose_lines(context: Context, sections: Sections) -> list[ProseLine]:
    """The lines of prose in order, without the white space around them."""
    document = context.document
    text = document.text
    inside = bytearray(len(document.lines))
    for region in context.regions:
        inside[region.first : region.last] = b"\x01" * max(0, min(region.last, len(inside)) - region.first)
    whole = document.arrangement is Arrangement.STRUCTURE
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
        made = ProseLine(index, start, start + len(bare), line.page, folded, 0.0, 0.0, 2.0, whole)
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


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together. ``folded`` is their text, ``level`` that of the marker it begins with."""

    pieces: list[Piece]
    folded: str
    page: int | None
    level: int | None = None
    marker: int = 0
    centred: bool = False
    lines: int = 1


@dataclass(slots=True)
class _Body:
    """How far the text of pages of one kind reaches."""

    left: float
    right: float


def paragraphs(context: Context, sections: Sections) -> list[Paragraph]:
    """The paragraphs of prose in order. Numbers of pages and running headers are claimed as structure."""
    lines = _split(context.document.text, _prose_lines(context, sections), sections)
    bodies = _bodies(lines, sections)
    made: list[Paragraph] = []
    last: ProseLine | None = None
    # What is longer than any heading is looked at no more until it is whole: a paragraph may have a hundred thousand lines.
    rest: list[str] = []
    for line in lines:
        body = bodies[line.page]
        if made and last is not None and _goes_on(made[-1], last, line, bodies[last.page], body, sections):
            made[-1].pieces.append((line.start, line.end))
            made[-1].lines += 1
            if len(made[-1].folded) > sections.longest:
                rest.append(line.folded)
            else:
                made[-1].folded += line.folded
        else:
            if made:
                made[-1].folded += "".join(rest)
                rest.clear()
            style = sections.style_of(line.folded)
            made.append(Paragraph([(line.start, line.end)], line.folded, line.page))
            if style:
                made[-1].level, made[-1].marker = style
            made[-1].centred = line.left > body.left + 5 * line.em and line.right < body.right - 2 * line.em
        last = line
    if made:
        made[-1].folded += "".join(rest)
    return made


def _split(source: str, lines: list[ProseLine], sections: Sections) -> list[ProseLine]:
    """``lines`` with those cut in two that hold the end of one paragraph and a heading, or a heading and text."""
    out: list[ProseLine] = []
    for line in lines:
        # A line far wider than a page, with headings in it, is text whose line breaks have become spaces.
        spaced = line.right - line.left > _WIDE * line.em
        cuts = {match.end() for match in _INNER.finditer(source, line.start, line.end)}
        if spaced:
            more = {match.end() for match in _SPACED.finditer(source, line.start, line.end)}
            spaced = len(more) >= _HEADINGS
            cuts |= more if spaced else set()
        if cuts or sections.style_of(line.folded):
            for start, end in itertools.pairwise([line.start, *sorted(cuts), line.end]):
                if (cut := _glued(source, start, end, spaced, sections)) is not None:
                    cuts.add(cut)
        if not cuts:
            out.append(line)
            continue
        bounds = [line.start, *sorted(cuts), line.end]
        for at, (start, end) in enumerate(itertools.pairwise(bounds)):
            piece = source[start:end].strip()
            if fold(piece):
                begin = start + source[start:end].index(piece[0])
                end = begin + len(piece)
                out.append(replace(line, start=begin, end=end, folded=fold(piece), begins=line.begins or at > 0))
    return out


def _glued(source: str, start: int, end: int, spaced: bool, sections: Sections) -> int | None:
    """Where a heading ends in ``start:end`` and the text below it begins; None where it is not so.

    Where line breaks are lost (``spaced``) white space after a heading's last word is enough.
    """
    stop = min(end, start + 2 * sections.longest)
    folded = fold(source[start:stop])
    if not spaced and not sections.glued.search(folded):
        return None
    places = kept_places(source, start, stop)
    style = sections.style_of(folded)
    if style is None:
        return None
    sentence = _SENTENCE.search(folded)
    limit = sentence.start() if sentence else len(folded)
    best = None
    for ending in (*sections.endings, *sections.subjects) if spaced else sections.endings:
        after = folded.find(ending, style[1]) + len(ending)
        while len(ending) <= after - style[1] and after < min(limit, len(places)):
            gap = spaced and _gap(source, places, after)
            if gap or (ending in sections.endings and sections.openings.match(folded, after)):
                best = after if best is None else min(best, after)
                break
            after = folded.find(ending, after) + len(ending)
            if after < len(ending):
                break
    return places[best - 1] + 1 if best is not None else None


def _gap(source: str, places: list[int], after: int) -> bool:
    """Whether white space ends a word before the folded character ``after``; spaced-out letters have it everywhere."""
    apart = places[after] > places[after - 1] + 1
    return apart and places[after - 1] == places[after - 2] + 1 and not source[places[after]].isdigit()


def _bodies(lines: list[ProseLine], sections: Sections) -> dict[int | None, _Body]:
    """How far prose reaches on each page; pages with little of it take the document's.

    Lines of a list of contents say nothing of it: their leaders reach as far as they like.
    """
    pages: dict[int | None, list[ProseLine]] = {line.page: [] for line in lines}
    prose = [line for line in lines if not sections.leaders.search(line.folded)]
    for line in prose:
        pages[line.page].append(line)
    whole = _reach(prose)
    bodies = {}
    for page, own in pages.items():
        reach = _reach(own) if len(own) >= 12 else whole
        # A page of short lines says nothing about its width.
        bodies[page] = reach if len(own) >= 12 and reach.right - reach.left > 12 * own[0].em else whole
    return bodies


def _reach(lines: list[ProseLine]) -> _Body:
    if not lines:
        return _Body(0.0, 0.0)
    lefts = sorted(line.left for line in lines)
    rights = sorted(line.right for line in lines)
    return _Body(lefts[len(lefts) // 10], rights[(9 * len(rights)) // 10])


def _goes_on(
    paragraph: Paragraph, last: ProseLine, line: ProseLine, before: _Body, body: _Body, sections: Sections
) -> bool:
    """Whether ``line`` is the next line of ``paragraph``, whose last line is ``last``."""
    by_words = _goes_on_by_words(last, line, sections)
    if by_words is not None:
        return by_words
    short = _is_short(last, line, before)
    if sections.style_of(line.folded) and not _middle(line.folded, last.folded[-1], short):
        return False
    if sections.note.match(line.folded):
        return False
    if last.folded[-1] in _TERMINAL:
        indented = line.left > body.left + 1.5 * line.em
        ragged = last.right < before.right - 2.5 * last.em
        wide = last.right - last.left > _WIDE * last.em
        return not (indented or ragged or wide or sections.starts.match(line.folded))
    if short:
        return _OPEN.search(last.folded) is not None
    return not _is_whole_heading(paragraph, last, line, body, sections)


def _goes_on_by_words(last: ProseLine, line: ProseLine, sections: Sections) -> bool | None:
    """Whether ``line`` goes on with ``last`` where their words settle it, whatever the layout; None where they do not."""
    if line.folded[0] in _CLOSING or (last.folded[-1] in _BEFORE_PARTS and sections.parts.match(line.folded)):
        return True
    if _LEFT_OPEN.search(last.folded) and _REST.match(line.folded):
        return True
    if line.begins:
        return False
    if _CUT.search(last.folded) and (_REST.match(line.folded) or _UNIT.match(line.folded)):
        return True
    for pattern in (sections.leaders.search, sections.contents.fullmatch):
        if pattern(line.folded) or pattern(last.folded):
            return False
    return True if sections.continuation.match(line.folded) else None


def _is_short(last: ProseLine, line: ProseLine, before: _Body) -> bool:
    """Whether more room is left on ``last`` than the first word of ``line`` needs; a number is one word.

    Four characters more: first lines are indented by two, and punctuation is kept off the beginning of lines.
    """
    word = _WORD.match(line.folded)
    needed = min(4 * last.em, 0.3 * (before.right - before.left)) + (len(word.group()) * line.em / 2 if word else 0)
    return last.right < before.right - needed


def _is_whole_heading(paragraph: Paragraph, last: ProseLine, line: ProseLine, body: _Body, sections: Sections) -> bool:
    """Whether ``paragraph`` is a heading to its end, and the full line below it begins a paragraph."""
    if len(paragraph.folded) > sections.longest or _SENTENCE.search(paragraph.folded):
        return False
    if paragraph.level is None and not paragraph.centred:
        return False
    if paragraph.lines == 1 and line.left > body.left + 1.5 * line.em and abs(line.left - last.left) < line.em:
        # Indented like the first line of a paragraph; the second line of a heading would not be.
        return True
    opens = sections.openings.match(line.folded) is not None
    if paragraph.folded.endswith(sections.endings) and (opens or not line.folded.endswith(sections.endings)):
        return True
    return opens and paragraph.folded.endswith(sections.subjects)


def _middle(folded: str, ended: str, short: bool) -> bool:
    """Whether a line that begins like a heading is rather the middle of a sentence that the page's width broke."""
    return not short and ended in "、，（" and folded[0] not in "第"
