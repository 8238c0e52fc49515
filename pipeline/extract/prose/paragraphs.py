"""Paragraphs made of lines: what a page's width broke is joined, what the author broke stays apart."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from pipeline.extract.context import Piece
from pipeline.extract.prose.folding import fold
from pipeline.extract.prose.lines import ProseLine
from pipeline.extract.prose.sections import Sections

_CLOSING = "。，、；：？！）》】%"
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
_WORD = re.compile(r"\d+(?:[，.]\d+)*%?|[!-~]{2,}")
_SENTENCE = re.compile(r"[。；！？]")


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


def paragraphs(source: str, lines: list[ProseLine], sections: Sections) -> list[Paragraph]:
    """The paragraphs that ``lines`` of ``source`` make, in order."""
    lines = _split(source, lines, sections)
    bodies = _bodies(lines)
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
                out.append(
                    ProseLine(
                        line.index,
                        begin,
                        begin + len(piece),
                        line.page,
                        fold(piece),
                        line.left,
                        line.right,
                        line.em,
                        at > 0,
                    )
                )
    return out


def _glued(source: str, start: int, end: int, spaced: bool, sections: Sections) -> int | None:
    """Where a heading ends in ``start:end`` and the text below it begins; None where it is not so.

    Where line breaks are lost (``spaced``) white space after a heading's last word is enough.
    """
    stop = min(end, start + 2 * sections.longest)
    if not spaced and not sections.glued.search(fold(source[start:stop])):
        return None
    folded, places = "", []
    for at in range(start, stop):
        if kept := fold(source[at]):
            folded += kept
            places.append(at)
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


def _bodies(lines: list[ProseLine]) -> dict[int | None, _Body]:
    """How far prose reaches on each page; pages with little of it take the document's."""
    pages: dict[int | None, list[ProseLine]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    whole = _reach(lines)
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
    if line.begins:
        return False
    folded, ended = line.folded, last.folded[-1]
    if folded[0] in _CLOSING:
        return True
    if sections.leaders.search(folded) or sections.leaders.search(last.folded):
        return False
    if sections.contents.fullmatch(folded) or sections.contents.fullmatch(last.folded):
        return False
    if sections.continuation.match(folded):
        return True
    # A line is short where more room is left than the next word needs; a number is one word. Four characters
    # more: first lines are indented by two, and punctuation is kept off the beginning of lines.
    word = _WORD.match(folded)
    needed = min(4 * last.em, 0.3 * (before.right - before.left)) + (len(word.group()) * line.em / 2 if word else 0)
    short = last.right < before.right - needed
    heading_like = len(paragraph.folded) <= sections.longest and not _SENTENCE.search(paragraph.folded)
    if sections.style_of(folded) and not _middle(folded, ended, short):
        return False
    if sections.note.match(folded):
        return False
    if ended in _TERMINAL:
        indented = line.left > body.left + 1.5 * line.em
        ragged = last.right < before.right - 2.5 * last.em
        wide = last.right - last.left > _WIDE * last.em
        return not (indented or ragged or wide or sections.starts.match(folded))
    if short:
        return _OPEN.search(last.folded) is not None
    if heading_like and (paragraph.level is not None or paragraph.centred):
        if paragraph.lines == 1 and line.left > body.left + 1.5 * line.em and abs(line.left - last.left) < line.em:
            # Indented like the first line of a paragraph; the second line of a heading would not be.
            return False
        complete = paragraph.folded.endswith(sections.endings)
        opens = sections.openings.match(folded) is not None
        if complete and (opens or not folded.endswith(sections.endings)):
            return False
        if opens and paragraph.folded.endswith(sections.subjects):
            return False
    return True


def _middle(folded: str, ended: str, short: bool) -> bool:
    """Whether a line that begins like a heading is rather the middle of a sentence that the page's width broke."""
    return not short and ended in "、，（" and folded[0] not in "第"
