"""Passages: paragraphs under their headings, with headings, contents and definitions told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.context import Context, Piece
from pipeline.extract.prose.folding import fold
from pipeline.extract.prose.paragraphs import Paragraph
from pipeline.extract.prose.sections import Sections
from schemas.joining import join
from schemas.rows import Passage as PassageRow

_MONEY = re.compile(r"\d[万亿千]?元")
#: No title with a full stop is as long.
_LONG_ENTRY = 24
#: The page of an entry of the contents, with what leads to it.
# Runs are taken whole or not at all: taken apart in all ways, a long one that no number follows would take for ever.
_PAGE = re.compile(r"(?:(?<!…)…++|(?<!\.)\.{2,}+|(?<!·)·{2,}+|(?<!-)-{2,}+)++\d*$|\d{1,3}$")
_YEAR = re.compile(r"(?:19|20)\d\d|[12][０-９]{3}")
_NO_TITLE = re.compile(r"[。；！？：]|\d[万亿千]?元|，\d|\d[人个辆台套家]")


@dataclass(slots=True)
class Heading:
    level: int
    title: str


@dataclass(slots=True)
class Passage:
    """A paragraph that is no heading. ``path`` holds the titles above it; its text begins at ``body``, after its
    ordinal, in characters of the document.
    """

    passage_id: str
    pieces: list[Piece]
    path: tuple[str, ...]
    kind: str
    body: int
    text: str

    @property
    def section_path(self) -> str:
        return "/".join(self.path)


def passages(context: Context, found: list[Paragraph], sections: Sections) -> list[Passage]:
    """Add the rows of ``passages`` and claim the numbers of headings, contents and ordinals."""
    made: list[Passage] = []
    stack: list[Heading] = []
    contents = _contents(found, sections, [region.start for region in context.regions])
    titles = _titles(found, contents, sections)
    listed = 0
    for at, paragraph in enumerate(found):
        if at in contents:
            _claim_structure(context, paragraph.pieces)
            _listed(context, paragraph, len(made) + 1 + listed)
            listed += 1
        elif at in titles:
            level, marker = titles[at]
            _claim_structure(context, paragraph.pieces)
            while stack and stack[-1].level >= level:
                stack.pop()
            stack.append(Heading(level, _title(context, paragraph.pieces, marker)))
        else:
            if paragraph.level is not None:
                while stack and stack[-1].level >= paragraph.level and paragraph.level > 0:
                    stack.pop()
            made.append(_passage(context, paragraph, tuple(h.title for h in stack), sections, len(made) + 1 + listed))
    return made


def _listed(context: Context, paragraph: Paragraph, ordinal: int) -> None:
    """An entry of the contents: a passage that states nothing, but that the body can be held against."""
    passage_id = context.unique(f"{context.document.disclosure_id}.passage.contents")
    text = context.assemble("passages", passage_id, "text", paragraph.pieces) or ""
    place = context.place(paragraph.pieces[0][0], paragraph.pieces[-1][1])
    context.add(PassageRow(passage_id=passage_id, ordinal=ordinal, kind="contents", text=text, place=place))


def _contents(found: list[Paragraph], sections: Sections, tables: list[int]) -> set[int]:
    """The paragraphs that are a table of contents; ``tables`` are where tables begin."""
    contents: set[int] = set()
    for at, paragraph in enumerate(found):
        if sections.leaders.search(paragraph.folded) and not paragraph.folded.endswith("。"):
            contents.add(at)
        if not sections.contents.fullmatch(paragraph.folded):
            continue
        contents.add(at)
        seen: set[str] = set()
        listed: list[int] = []
        for below in range(at + 1, len(found)):
            entry = found[below].folded
            name = _PAGE.sub("", entry)
            if name in seen:
                contents.update(listed)
                break
            if _says(entry):
                # What stands right above a sentence is its heading; a heading of the contents has the next below it.
                headed = listed and not _PAGE.search(found[listed[-1]].folded)
                contents.update(listed[:-1] if headed else listed)
                break
            if found[below].page != paragraph.page and not sections.leaders.search(entry):
                contents.update(listed)
                break
            seen.add(name)
            listed.append(below)
        else:
            # Nothing but tables follows: the first of them ends the contents.
            end = min((start for start in tables if start > paragraph.pieces[0][0]), default=0)
            contents.update(one for one in listed if found[one].pieces[0][0] < end)
    return contents


def _says(entry: str) -> bool:
    """Whether ``entry`` states something, which no entry of a table of contents does."""
    sentence = "。" in entry[:-1] or (
        entry.endswith(("。", "：", "；")) and ("，" in entry or len(entry) > _LONG_ENTRY)
    )
    return sentence or _MONEY.search(entry) is not None


def _titles(found: list[Paragraph], contents: set[int], sections: Sections) -> dict[int, tuple[int, int]]:
    """The paragraphs that are headings: their level and the length of their marker."""
    titles: dict[int, tuple[int, int]] = {}
    for at, paragraph in enumerate(found):
        if at in contents:
            continue
        folded = paragraph.folded
        body = folded[paragraph.marker :]
        if not body or len(folded) > sections.longest:
            continue
        bare = body.rstrip("。：") if body.rstrip("。：").endswith(sections.endings) else body
        if paragraph.level is not None:
            if not _NO_TITLE.search(bare) and not body.endswith(("，", "、")):
                titles[at] = (paragraph.level, paragraph.marker)
        elif sections.title.fullmatch(folded):
            titles[at] = (0, 0)
    # The inner levels number lists as well as headings: what has nothing below it is an item of a list.
    order = sorted(titles)
    for at in order:
        level = titles[at][0]
        follower = titles.get(at + 1)
        nothing_below = at + 1 >= len(found) or (follower is not None and follower[0] <= level)
        if level >= 3 and (
            nothing_below or (at + 1 < len(found) and found[at + 1].level == level and follower is None)
        ):
            del titles[at]
    return titles


def _title(context: Context, pieces: list[Piece], marker: int) -> str:
    source = context.published
    text = join(source[a:b] for a, b in pieces)
    seen = 0
    for at, char in enumerate(text):
        if seen == marker:
            return text[at:].strip().rstrip("。：:")
        seen += len(fold(char))
    return text


def _passage(
    context: Context, paragraph: Paragraph, path: tuple[str, ...], sections: Sections, ordinal: int
) -> Passage:
    did = context.document.disclosure_id
    section = "/".join(path)
    passage_id = context.unique(f"{did}.passage.{section or '-'}")
    kind, term = "narrative", None
    body = paragraph.folded[paragraph.marker :]
    if any(sections.definitions.search(title) for title in path):
        match = sections.term.match(body)
        if match:
            kind, term = "definition", match.group(1)
    elif sections.note.match(body):
        kind = "note"
    text = context.assemble("passages", passage_id, "text", paragraph.pieces) or ""
    if term:
        term = _printed_term(text, paragraph.marker, len(term))
    start, end = paragraph.pieces[0][0], paragraph.pieces[-1][1]
    context.add(
        PassageRow(
            passage_id=passage_id,
            ordinal=ordinal,
            section_path=section or None,
            kind=kind,
            term=term,
            text=text,
            place=context.place(start, end),
        )
    )
    body_start = _claim_marker(context, paragraph, passage_id)
    return Passage(passage_id, paragraph.pieces, path, kind, body_start, text)


def _printed_term(text: str, marker: int, length: int) -> str:
    """The term as ``text`` prints it: the characters whose folding has ``length``, after the marker."""
    start = end = seen = 0
    for at, char in enumerate(text):
        width = len(fold(char))
        if seen < marker:
            start = at + 1
        elif seen >= marker + length:
            break
        seen += width
        end = at + 1
    return text[start:end].strip()


def _claim_structure(context: Context, pieces: list[Piece]) -> None:
    did = context.document.disclosure_id
    for start, end in pieces:
        for token in context.ledger.free(start, end):
            role = "year" if _YEAR.fullmatch(token.printed) else "ordinal"
            context.ledger.claim(token, "structure", role, "disclosures", did)


def _claim_marker(context: Context, paragraph: Paragraph, passage_id: str) -> int:
    """Claim the ordinal that ``paragraph`` begins with; returns where the text after it begins."""
    start, end = paragraph.pieces[0]
    source = context.document.text
    seen, stop = 0, start
    while stop < end and seen < paragraph.marker:
        seen += len(fold(source[stop]))
        stop += 1
    context.ledger.claim_free(start, stop, "structure", "ordinal", "passages", passage_id)
    return stop
