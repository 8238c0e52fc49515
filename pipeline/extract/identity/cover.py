"""The document's own title, whole or in pieces over several lines of its cover."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.context import Piece
from pipeline.extract.identity.bodies import body_of
from pipeline.extract.identity.words import NAMED_YEAR, YEAR, load_words
from pipeline.extract.patterns import fold
from pipeline.ingest.document import Document

_LINES = 30
_PIECES = 6
_PART = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+部分|目录|[一二三四五六七八九十]+、|[（][一二三四五六七八九十]+[）]|\d{1,2}[.、．])"
)
_LONG = 60
_YEAR = re.compile(YEAR)
_NAMED_YEAR = re.compile(NAMED_YEAR)
_LEVEL = re.compile(r"(?:[省市区县州]本?级|本级)$")
_ABOUT = re.compile(r"^关于")
_OF = re.compile(r"(?:部门|单位|的)$")


@dataclass(frozen=True, slots=True)
class Title:
    """A title as printed: its pieces in the source, its folded text, and what stands before 部门预算 and the like.

    ``name`` is that front without year and level: a body's name, a division's, or empty.
    """

    pieces: tuple[Piece, ...]
    text: str
    name: str
    corrected: str | None


def cover_lines(document: Document) -> list[tuple[int, int, str]]:
    """The lines before the contents, the first part or the first paragraph: (start, end, folded text)."""
    lines: list[tuple[int, int, str]] = []
    for line in document.lines:
        raw = document.text[line.start : line.end]
        raw = raw.rstrip(",; ")  # blank cells of a title's row
        folded = fold(raw).strip("|｜_-")
        if not folded:
            continue
        if _PART.match(folded) or len(folded) > _LONG or len(lines) >= _LINES:
            break
        if line.page is not None and line.page > 1:
            break
        lines.append((line.start, line.start + len(raw), folded))
    return lines


def title_of(document: Document) -> Title | None:
    """The title that the cover prints, from its first piece to its last; None where there is none."""
    words = load_words()
    lines = [line for line in cover_lines(document) if not words.noise.fullmatch(line[2])]
    best: tuple[tuple[bool, bool, bool, int, int], Title] | None = None
    for first in range(len(lines)):
        for last in range(first, min(first + _PIECES, len(lines))):
            pieces = lines[first : last + 1]
            if any(_caption_or_noise(piece[2]) for piece in pieces) or _begins_again(pieces):
                break
            title = read_title("".join(piece[2] for piece in pieces), tuple((a, b) for a, b, _ in pieces))
            if title is None:
                continue
            # A title that names year and body before one that does not, one whose name begins with a division
            # before one that has something else before it; the one that begins first; the longest.
            placed = bool(title.name) and body_of(title.name).chain is not None
            rank = (bool(_YEAR.search(title.text)), bool(title.name), placed, -first, last)
            if best is None or rank > best[0]:
                best = (rank, title)
    return best[1] if best else None


def _begins_again(pieces: list[tuple[int, int, str]]) -> bool:
    """Whether the last piece is a title with a name below words that are one, too: a web page prints it as heading and text."""
    *above, (_, _, last) = pieces
    if not above or load_words().title.fullmatch("".join(piece[2] for piece in above)) is None:
        return False
    title = read_title(last)
    return title is not None and bool(title.name)


def read_title(folded: str, pieces: tuple[Piece, ...] = ()) -> Title | None:
    """``folded`` as a title; None where it is none."""
    words = load_words()
    if not 5 <= len(folded) <= 80 or _PART.match(folded):
        return None
    match = words.title.fullmatch(folded)
    if match is None:
        return None
    front = _ABOUT.sub("", match["front"])
    name = _LEVEL.sub("", _NAMED_YEAR.sub("", front))
    while (shorter := _OF.sub("", name)) != name:
        name = shorter
    if not name and not _YEAR.search(folded):
        return None
    corrected = next((word for word in words.corrections if word in folded[match.end("core") :]), None)
    return Title(pieces, folded, name, corrected)


def _caption_or_noise(folded: str) -> bool:
    return ":" in folded or ">" in folded or "…" in folded or bool(re.search(r"\.{4,}|[，。；]", folded))
