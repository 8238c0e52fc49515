"""Words of lines, where they stand in widths of a letter, and the columns that they stand in.

``pdftotext`` counts characters; editors and other converters align what is seen, where a Chinese character is as wide
as two others. A text does not say which, but its amounts do: those of one column end at one place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate
from unicodedata import east_asian_width

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.lexicon import ORDINAL, is_amount, is_dash, is_unreadable
from pipeline.ingest import document as ingest
from pipeline.ingest.document import Document, Line, Page
from pipeline.ingest.touching import label_behind

#: The left edge of each character of a line and the right edge of the last, in widths of a letter.
Measure = Callable[[str], Sequence[int]]
# How many lines of amounts below a line are held against it, and how much clearer than the other a measure has to be.
_LINES = 3
_CLEARLY = 2


def by_character(line: str) -> Sequence[int]:
    """Every character is as wide as a letter."""
    return range(len(line) + 1)


def by_display(line: str) -> Sequence[int]:
    """Chinese characters are as wide as two letters."""
    return list(accumulate((2 if east_asian_width(char) in "WF" else 1 for char in line), initial=0))


def display_width(text: str) -> int:
    """How wide a text is where Chinese characters are as wide as two letters."""
    return by_display(text)[-1]


def measures_of(amounts: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Measure]:
    """The measures that a table may be laid out by, from its lines and where amounts stand in them (offsets in the line).

    Pairs of amounts that stand in line by one measure and not by the other decide. Where they are undecided, characters
    are counted, as pdftotext does; where they speak for the other but not clearly, both are left. There is none where no
    Chinese characters stand before amounts: by either these stand alike.
    """
    votes = [0, 0]
    alike = True
    placed = []
    for line, spans in amounts:
        wide = by_display(line)
        alike = alike and all(wide[end] == end for _, end in spans)
        placed.append([((start, end), (wide[start], wide[end])) for start, end in spans])
    if alike:
        return []
    for at, line_spans in enumerate(placed):
        for other in placed[at + 1 : at + 1 + _LINES]:
            for one in line_spans:
                fits = [any(_in_line(one[which], each[which]) for each in other) for which in (0, 1)]
                votes[0] += fits[0] and not fits[1]
                votes[1] += fits[1] and not fits[0]
    if votes[0] > _CLEARLY * votes[1]:
        return [by_character]
    if votes[1] > _CLEARLY * votes[0]:
        return [by_display]
    return [by_character] if votes[0] >= votes[1] else [by_character, by_display]


def _in_line(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two amounts end or begin at one place, or have one middle."""
    return one[1] == other[1] or one[0] == other[0] or abs(sum(one) - sum(other)) <= 1


_RUN = re.compile(r"\S+")
_YEAR = re.compile(r"20\d\d")
#: What goes on behind the digits of a year; an amount may stand before 年初结转 and 年末结余.
_OF_YEAR = re.compile(r"年(?![初末终])")
_CELL = re.compile(r"\S+(?: \S+)*")
#: A number, or a piece of one: 34,748.
_DIGITS = re.compile(r"[\d,.]*\d[\d,.]*")
#: So many times as far as the nearest line another one has to be.
_CLEAR = 1.15
#: Where a column stands that is blank on a page.
NOWHERE_ON_PAGE = 10**6


@dataclass(slots=True)
class Word:
    """What is printed without a gap on a line, or the pieces of a wrapped cell: its folded text and where it stands.

    ``line`` is the line that it begins on, ``end_line`` the one it ends on; ``x0`` and ``x1`` are where it stands on the
    line, ``column`` is the column found for it. ``gap`` counts the blanks between it and the word before (or the start of the line),
    ``trail`` those behind a line's last word; ``first`` and ``last`` say whether it stands at the ends of its lines.
    """

    pieces: tuple[Piece, ...]
    text: str
    line: int
    x0: float
    x1: float
    column: int = -1
    end_line: int = -1
    gap: int = 0
    trail: int = 0
    first: bool = False
    last: bool = False

    @property
    def start(self) -> int:
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        return self.pieces[-1][1]

    @property
    def numeric(self) -> bool:
        """Whether it is an amount, or stands in the place of one."""
        return is_amount(self.text) or is_unreadable(self.text) or is_dash(self.text)

    def joined(self, below: Word) -> Word:
        """The word with the one that goes on with it on the next line."""
        return replace(
            self,
            pieces=(*self.pieces, *below.pieces),
            text=self.text + below.text,
            end_line=below.end_line,
            trail=below.trail,
            last=below.last,
        )


def put_together(pieces: Sequence[Word]) -> Word:
    """The word that pieces make, the upper ones first; it reaches from the leftmost to the rightmost."""
    x0, x1 = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    return replace(reduce(Word.joined, pieces), x0=x0, x1=x1)


@dataclass(slots=True)
class SpacedColumn:
    """Where a column stands on a page: ``x0`` to ``x1``, and whether numbers stand in it: codes, amounts or either."""

    x0: float
    x1: float
    numeric: bool
    holds: str = "either"

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def words_of_line(
    document: Document, index: int, line: Line, measure: Measure = by_character, library: Library | None = None
) -> list[Word]:
    """The words of a line. One space parts them only where an amount stands beside it, none only behind an amount.

    With a ``library`` one space also parts words that it knows, where it does not know them as one (小计 公务用车购置费).
    """
    raw = document.text[line.start : line.end]
    edges = measure(raw)
    words: list[Word] = []

    def add(start: int, end: int) -> None:
        label = label_behind(raw[start:end])
        for a, b in ((start, start + label), (start + label, end)) if label else _known_words(raw, start, end, library):
            words.append(Word(((line.start + a, line.start + b),), fold(raw[a:b]), index, edges[a], edges[b]))

    for match in _CELL.finditer(raw):
        start = match.start()
        pieces = match.group().split(" ")
        at, run = start, start
        for order, piece in enumerate(pieces):
            end = at + len(piece)
            following = pieces[order + 1] if order + 1 < len(pieces) else None
            if following is None or _parts(fold(piece), fold(following)):
                add(run, end)
                run = end + 1
            at = end + 1
    return words if library is None else _years_joined(words, library)


def parted(document: Document, word: Word, measure: Measure) -> list[Word]:
    """The runs without a blank that a word of text is made of."""
    raw = document.text[word.start : word.end]
    edges = measure(raw)
    runs = [match.span() for match in _RUN.finditer(raw)]
    if len(word.pieces) > 1 or len(runs) < 2:
        return [word]
    return [
        replace(
            word,
            pieces=((word.start + a, word.start + b),),
            text=fold(raw[a:b]),
            x0=word.x0 + edges[a],
            x1=word.x0 + edges[b],
        )
        for a, b in runs
    ]


def _parts(one: str, other: str) -> bool:
    """Whether one space parts two cells: beside an amount or between pieces of such, and beside a dash unless it stands
    between words.
    """
    if is_amount(one) or is_amount(other) or (_DIGITS.fullmatch(one) and _DIGITS.fullmatch(other)):
        return True
    return is_dash(one) and (is_dash(other) or ORDINAL.match(other) is not None)


def _years_joined(words: list[Word], library: Library) -> list[Word]:
    """The words, the digits of a year and what is said of it joined where blanks part them (2024  年预算数)."""
    joined: list[Word] = []
    for word in words:
        before = joined[-1].text if joined else ""
        if _YEAR.fullmatch(before) and _OF_YEAR.match(word.text) and library.column(before + word.text):
            joined[-1] = replace(joined[-1].joined(word), x1=word.x1)
        else:
            joined.append(word)
    return joined


def _known_words(raw: str, start: int, end: int, library: Library | None) -> list[tuple[int, int]]:
    """The words of a run that one space sets apart, where the library knows each and not the whole; else the run."""
    if library is None or library.knows(fold(raw[start:end])):
        return [(start, end)]
    words = [(start + match.start(), start + match.end()) for match in _RUN.finditer(raw[start:end])]
    return words if all(library.knows(fold(raw[a:b])) for a, b in words) else [(start, end)]


def words_on_page(
    document: Document, page: Page, lines: list[tuple[int, Line]], library: Library, levelled: bool
) -> list[list[Word]]:
    """The words of lines of a PDF's page in the units of laid out text: widths of a letter and heights of a line.

    ``levelled`` puts amounts that are set off the line of their label on it.
    """
    starts = [word.start for word in page.words]
    found = [
        [page.words[i] for i in range(bisect_left(starts, line.start), bisect_left(starts, line.end))]
        for _, line in lines
    ]
    printed = [_PageLine.of(document.text, words, library) for words in found if words]
    letters = sorted((w.x1 - w.x0) / (w.end - w.start) for line in printed for w in line.words)
    heights = sorted(w.bottom - w.top for line in printed for w in line.words)
    if not letters:
        return []
    letter, height = letters[len(letters) * 3 // 4] or 1.0, heights[len(heights) // 2] or 1.0
    made: list[list[Word]] = []
    number, above = 0, None
    for line in _levelled(printed, height) if levelled else printed:
        number += 1 if above is None else max(1, round((line.middle - above) / (1.4 * height)))
        above = line.middle
        made.append(
            [
                Word(((w.start, w.end),), fold(document.text[w.start : w.end]), number, w.x0 / letter, w.x1 / letter)
                for w in line.words
            ]
        )
    return made


@dataclass(slots=True)
class _PageLine:
    """A line of a page, the height of its middle, and what it holds: a whole ``row``, a ``label`` or ``code`` that begins
    one, ``amounts`` of one that begins on another line, or other ``words``.
    """

    words: list[ingest.Word]
    middle: float
    holds: str

    @classmethod
    def of(cls, text: str, words: list[ingest.Word], library: Library) -> _PageLine:
        """The line that words of a page make."""
        middle = sum(w.top + w.bottom for w in words) / 2 / len(words)
        texts = [fold(text[word.start : word.end]) for word in words]
        amounts = [each for each in texts if is_amount(each) and ("." in each or "," in each)]
        if not any(begins_row(each, library) for each in texts if each not in amounts):
            return cls(words, middle, "amounts" if amounts else "words")
        if amounts:
            return cls(words, middle, "row")
        return cls(words, middle, "code" if any(map(is_amount, texts)) else "label")

    def nearest(self, lines: Sequence[_PageLine]) -> _PageLine:
        """The one of ``lines`` whose middle is nearest."""
        return min(lines, key=lambda line: abs(line.middle - self.middle))

    def clearly_nearest(self, lines: Sequence[_PageLine]) -> _PageLine | None:
        """The nearest of ``lines``; None where the next one is about as near."""
        apart = sorted((abs(line.middle - self.middle), at) for at, line in enumerate(lines))
        if not apart or (len(apart) > 1 and apart[0][0] * _CLEAR >= apart[1][0]):
            return None
        return lines[apart[0][1]]


def begins_row(folded: str, library: Library) -> bool:
    """Whether a word is the first of a row wherever it stands: a number, an ordinal, a total and the like."""
    if is_amount(folded) or ORDINAL.match(folded):
        return True
    return library.says("totals", folded.rstrip(":")) or library.says("alone", folded)


def _levelled(lines: list[_PageLine], height: float) -> list[_PageLine]:
    """The lines of a page on which amounts are set off their label, joined to rows.

    Amounts go to the nearest label where each is nearest to the other; where codes begin rows, pieces of names below
    the first go to the nearest row.
    """
    amounts = [line for line in lines if line.holds == "amounts"]
    coded = any(line.holds == "code" for line in lines)
    begun = [line for line in lines if line.holds in ("code", "label") or (line.holds == "words" and not coded)]
    top = min((line.middle for line in lines if line.holds in ("row", "code", "amounts")), default=0.0) - height
    rows = [line for line in lines if line.holds in ("row", "code", "label") and line.middle > top]
    taken: dict[int, list[_PageLine]] = {}
    left: list[_PageLine] = []
    for line in lines:
        label = line.clearly_nearest(begun) if line.holds == "amounts" else None
        if label is not None and label.nearest(amounts) is line:
            taken.setdefault(id(label), []).append(line)
        elif line.holds == "words" and coded and line.middle > rows[0].middle:
            taken.setdefault(id(line.nearest(rows)), []).append(line)
        else:
            left.append(line)
    return [
        replace(
            line, words=sorted([w for each in (line, *taken.get(id(line), ())) for w in each.words], key=lambda w: w.x0)
        )
        for line in left
    ]


def words_of_flow(document: Document, first: int, last: int, start: int, library: Library) -> list[Word]:
    """The runs without a blank of the lines ``first`` to ``last`` (exclusive) from the character ``start`` on.

    Single characters set apart (合    计) become one word where the library knows the whole.
    """
    found: list[Word] = []
    text = document.text
    for index in range(first, last):
        _, line_start, line_end, _ = document.lines[index]
        previous = max(line_start, start)
        if previous >= line_end:
            continue
        merged = _spelled_out(text, [match.span() for match in _RUN.finditer(text, previous, line_end)], library)
        last_of_line = len(merged) - 1
        for order, (a, b) in enumerate(merged):
            is_last = order == last_of_line
            trail = line_end - b if is_last else 0
            x0, x1 = a - line_start, b - line_start
            word = Word(((a, b),), fold(text[a:b]), index, x0, x1, -1, index, a - previous, trail, order == 0, is_last)
            found.append(word)
            previous = b
    return found


def _spelled_out(text: str, raw: list[tuple[int, int]], library: Library) -> list[tuple[int, int]]:
    """The runs of a line, those of single characters joined where the library knows the whole (合    计)."""
    if len(raw) < 2 or len([a for a, b in raw if b - a == 1]) < 2:
        return raw
    merged: list[tuple[int, int]] = []
    at = 0
    while at < len(raw):
        run = at
        while run < len(raw) and raw[run][1] - raw[run][0] == 1 and not text[raw[run][0]].isascii():
            run += 1
        for stop in range(min(run, at + 4), at + 1, -1):
            whole = text[raw[at][0] : raw[stop - 1][1]]
            if library.says("totals", whole) or library.key(whole) or library.column(whole):
                merged.append((raw[at][0], raw[stop - 1][1]))
                at = stop
                break
        else:
            merged.append(raw[at])
            at += 1
    return merged


def measures_of_lines(document: Document, first: int, last: int) -> list[Measure]:
    """How the lines ``first`` to ``last`` (exclusive) may be measured: as their amounts say, else as those of the whole text."""
    measures = measures_of(_amounts(document, first, last))
    if len(measures) != 1:  # one text is laid out in one way
        measures = measures_of(_amounts(document, 0, len(document.lines))) or [by_character]
    return measures


def _amounts(document: Document, first: int, last: int) -> list[tuple[str, list[tuple[int, int]]]]:
    """The lines that print amounts, and where these stand in them."""
    found = []
    for index in range(first, last):
        line = document.lines[index]
        raw = document.text[line.start : line.end]
        if "." not in fold(raw):
            continue
        spans = [(int(w.x0), int(w.x1)) for w in words_of_line(document, index, line) if "." in w.text and w.numeric]
        if spans:
            found.append((raw, spans))
    return found
