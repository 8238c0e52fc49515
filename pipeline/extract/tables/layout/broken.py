"""Amounts and codes that a narrow column breaks over lines (``14,562.4`` over ``6``, ``20805`` over ``05``), put together.

Only on evidence of their own. Pieces of an amount stand over one another, none but the last can be an amount of this
table (a group is not whole, decimals are missing), the lines that they stand on print no more than one row, and
together they have as many decimals as all others. A code is one of a class that the official lists have, and of all ways
to give the pieces to the rows they lie about only one makes such codes. What has two readings stays in pieces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise, product
from operator import lt
from typing import NamedTuple

from pipeline.extract.forms import Library
from pipeline.extract.patterns import is_page_number
from pipeline.extract.spans import united
from pipeline.extract.tables.layout.torn import official_names
from pipeline.extract.tables.layout.words import Word, begins_row, put_together
from pipeline.extract.tables.lexicon import is_amount, is_dash

_PIECE = re.compile(r"[\d,.]*\d[\d,.]*|[,.]")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_DIGITS = re.compile(r"\d{1,6}")
#: So many amounts have to show what decimals all have.
_ENOUGH = 3
#: How many lines further down the next piece stands at most.
_NEXT = 3
#: So many letters beyond a piece the digits may stand that it goes on with.
_OFF = 2
#: How long codes are.
_CODES = (3, 5, 7)
#: In so many columns parts of codes stand (类, 款, 项).
_PARTS = 3

Lines = list[list[Word]]
#: Where a word stands: which line, which word of it.
_Place = tuple[int, int]


def decimals_of(words: Iterator[Word]) -> int | None:
    """How many decimals the amounts of a table have; None where too few show it."""
    texts = [word.text for word in words if is_amount(word.text)]
    found = Counter(_decimals(text) for text in texts if "." in text) or Counter(0 for text in texts if "," in text)
    most = max(found.values(), default=0)
    # Pieces have fewer decimals than what is whole.
    return max(decimals for decimals, count in found.items() if count == most) if most >= _ENOUGH else None


def join_broken(lines: Lines, decimals: int | None, library: Library) -> Lines:
    """The lines of a page with each broken amount and code as one word, on the line that its row prints."""
    if decimals is not None:
        lines = _Amounts(lines, decimals, library).joined()
    return _Codes(_totals_joined(lines, library), library).joined()


def _totals_joined(lines: Lines, library: Library) -> Lines:
    """The lines with each 合 over 计 as one word, on the line that prints its amounts."""
    moved = []
    for i, words in enumerate(lines):
        for j, word in enumerate(words):
            below = [
                (k, m)
                for k in range(i + 1, min(i + _NEXT, len(lines)))
                for m, other in enumerate(lines[k])
                if len(word.text) == 1 == len(other.text) and _over(word, other)
            ]
            if len(below) == 1 and library.says("totals", word.text + lines[below[0][0]][below[0][1]].text):
                row = next((k for k in range(i, below[0][0] + 1) if any(w.numeric for w in lines[k])), i)
                moved.append(([(i, j), below[0]], row))
    return _with(lines, moved) if moved else lines


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _over(one: Word, other: Word) -> bool:
    """Whether two words stand over one another; text aligns them to a letter, so that they may only touch."""
    return one.x0 <= other.x1 and other.x0 <= one.x1


def _one_of(pieces: Sequence[Word], line: int) -> Word:
    """The word that pieces make, on a line."""
    return replace(put_together(pieces), line=line, end_line=-1)


def _with(lines: Lines, moved: Sequence[tuple[Sequence[_Place], int]]) -> Lines:
    """The lines with the words at each of ``moved`` places as one word of the line beside them; lines left blank go."""
    gone = {place for places, _ in moved for place in places}
    made = [[word for j, word in enumerate(words) if (i, j) not in gone] for i, words in enumerate(lines)]
    for places, at in moved:
        made[at].append(_one_of([lines[i][j] for i, j in places], lines[at][0].line))
    return [sorted(words, key=lambda word: word.x0) for words in made if words]


class _Amounts:
    """The broken amounts of a page whose amounts have so many ``decimals``."""

    def __init__(self, lines: Lines, decimals: int, library: Library) -> None:
        self._lines, self._decimals, self._library = lines, decimals, library

    def joined(self) -> Lines:
        """The lines with these amounts whole, as they stand over one another or, where one is left that has other decimals,
        as they come in order; as they are where one is left that way, too.
        """
        chains: list[list[_Place]] = []
        used: set[_Place] = set()
        for place, word in self._places():
            if place not in used and _PIECE.fullmatch(word.text) and not self._is_whole(word.text):
                chain = self._chain(place, used)
                chains += [chain] if chain else []
                used |= set(chain)
        found = [(chain, at) for chain in chains if (at := self._row_of(chain, used)) is not None]
        bare = self._without_decimals({place for chain, _ in found for place in chain})
        kept = [(chain, at) for chain, at in found if not self._may_be_amount(chain[-1], bare)]
        if self._leaves_broken(kept):
            ordered = self._joined_in_order()
            if not any(self._is_broken(word) for words in ordered for word in words):
                return ordered
        return self._lines if self._leaves_broken(found) else _with(self._lines, kept)

    def _leaves_broken(self, found: Sequence[tuple[Sequence[_Place], int]]) -> bool:
        """Whether there are broken amounts beside those that were ``found``."""
        used = {place for chain, _ in found for place in chain}
        return any(self._is_broken(word) for place, word in self._places() if place not in used)

    def _is_broken(self, word: Word) -> bool:
        return "." in word.text and is_amount(word.text) and not self._is_whole(word.text)

    def _joined_in_order(self) -> Lines:
        """The lines with the rests of broken amounts from the line below, where that holds nothing but one for each of them,
        and with those on their own line, right behind them.
        """
        made: Lines = []
        for words in self._lines:
            begun = [j for j, word in enumerate(made[-1]) if self._is_begun(word)] if made else []
            pairs = list(zip(begun, words, strict=False))
            if begun and len(begun) == len(words) and all(self._makes_whole(made[-1][j], w) for j, w in pairs):
                for j, rest in pairs:
                    made[-1][j] = made[-1][j].joined(rest)
                continue
            line: list[Word] = []
            for word in words:
                if line and line[-1].text[-1] in ",." and self._makes_whole(line[-1], word):
                    line[-1] = replace(line[-1].joined(word), x1=word.x1)
                else:
                    line.append(word)
            made.append(line)
        return made

    def _is_begun(self, word: Word) -> bool:
        """Whether a word is the first piece of an amount."""
        return _PIECE.fullmatch(word.text) is not None and not word.text.isdigit() and not self._is_whole(word.text)

    def _makes_whole(self, word: Word, rest: Word) -> bool:
        """Whether two pieces are an amount as all are; both are printed on one line or on two next to one another."""
        if rest.line - word.line > _NEXT or not (rest.text[:1].isdigit() or rest.text[:1] in ",."):
            return False
        return self._is_begun(word) and self._is_whole(word.text + rest.text)

    def _without_decimals(self, used: set[_Place]) -> set[bool]:
        """Whether zeros (True) and other numbers (False) without decimals stand among amounts, beside other words."""
        whole = [word for _, word in self._places() if self._is_whole(word.text)]
        return {
            word.text.strip("0") == ""
            for (i, j), word in self._places()
            if word.text.isdigit() and (i, j) not in used and len(self._lines[i]) > 1
            if any(_over(word, other) for other in whole)
        }

    def _places(self) -> Iterator[tuple[_Place, Word]]:
        for i, words in enumerate(self._lines):
            for j, word in enumerate(words):
                yield (i, j), word

    def _word(self, place: _Place) -> Word:
        return self._lines[place[0]][place[1]]

    def _is_whole(self, text: str) -> bool:
        """Whether a text is an amount as all are."""
        pointed = "." in text if self._decimals else "," in text
        return pointed and is_amount(text) and _decimals(text) == self._decimals

    def _may_be_amount(self, place: _Place, bare: set[bool]) -> bool:
        """Whether the last piece may be an amount without decimals, as others are: zeros, or other numbers."""
        text = self._word(place).text
        return bool(self._decimals) and text.isdigit() and (text.strip("0") == "") in bare

    def _chain(self, place: _Place, used: set[_Place]) -> list[_Place]:
        """The pieces from one on down that make an amount; empty where they do not, or where it may be an amount itself."""
        chain, text = [place], self._word(place).text
        while not self._is_whole(text):
            below = self._below(chain[-1])
            if below is None or below in used:
                return []
            rest = self._word(below).text
            broken = text[-1] in ",." or rest[0] in ",." or not _NUMBER.fullmatch(text)
            if not broken and (self._is_whole(rest) or not 0 < _decimals(text) < self._decimals):
                return []
            chain, text = [*chain, below], text + rest
        return chain if len(chain) > 1 else []

    def _below(self, place: _Place) -> _Place | None:
        """The one piece of a number on the next line that prints anything below a word."""
        above = self._word(place)
        for i in range(place[0] + 1, len(self._lines)):
            words = self._lines[i]
            if words and words[0].line - above.line > _NEXT:
                return None
            under = [j for j, word in enumerate(words) if _over(above, word)]
            # Digits that are set to the right of their cell may stand a letter beyond the piece above them.
            under = under or [j for j, w in enumerate(words) if w.text.isdigit() and 0 < w.x0 - above.x1 <= _OFF]
            if under:
                word = words[under[0]]
                return (i, under[0]) if len(under) == 1 and _PIECE.fullmatch(word.text) else None
        return None

    def _row_of(self, chain: Sequence[_Place], pieces: set[_Place]) -> int | None:
        """The line of the row that pieces belong to: the one of theirs that prints other amounts or, where none does, the
        only one with other words, or with a code or a label that begins a row; else the first, as where those of all of
        them make a code. None where several do.

        ``pieces`` are those of all broken amounts.
        """
        span = range(chain[0][0], chain[-1][0] + 1)
        others = {i: [word for j, word in enumerate(self._lines[i]) if (i, j) not in pieces] for i in span}
        rows = [i for i in span if any(self._is_whole(word.text) or is_dash(word.text) for word in others[i])]
        worded = [i for i in span if any(not _PIECE.fullmatch(word.text) for word in others[i])]
        if not rows and len(worded) != 1:
            worded = [i for i in span if any(begins_row(word.text, self._library) for word in others[i])] or [span[0]]
            code = "".join(others[i][0].text for i in worded)
            worded = [span[0]] if code.isdigit() and official_names(code, self._library) else worded
        rows = rows or worded
        return rows[0] if len(rows) == 1 else None


class _Way(NamedTuple):
    """A way to put codes together: how many of them no list has, and which pieces make one word of which line."""

    unlisted: int
    moved: list[tuple[list[_Place], int]]

    def plus(self, other: _Way) -> _Way:
        return _Way(self.unlisted + other.unlisted, [*self.moved, *other.moved])


def _best(ways: Sequence[_Way]) -> list[_Way]:
    """Two at most of those that make the fewest codes that no list has."""
    least = min((way.unlisted for way in ways), default=0)
    return [way for way in ways if way.unlisted == least][:2]


class _Codes:
    """The broken codes of a page, left of its amounts."""

    def __init__(self, lines: Lines, library: Library) -> None:
        self._lines, self._library = lines, library
        amounts = [word for words in lines for word in words if is_amount(word.text) and _is_pointed(word.text)]
        self._edge = min((word.x0 for word in amounts), default=0.0)
        self._rows = [i for i, words in enumerate(lines) if any(_is_pointed(w.text) or is_dash(w.text) for w in words)]

    @cached_property
    def _columns(self) -> list[tuple[float, float]]:
        """From where to where the columns of codes reach, from left to right."""
        lines = range(max(0, self._rows[0] - _NEXT), len(self._lines))
        spans = [(w.x0, w.x1) for i in lines for w in map(self._word, self._codes(i))]
        found = united(spans, lt)
        # Codes in parts stand in three columns: where there are more, pieces of one stand a letter off.
        return found if len(found) <= _PARTS else united(spans, lambda start, end: start <= end + 1)

    @cached_property
    def _begun(self) -> set[str]:
        """What the codes begin with that rows print whole: all are of one scheme."""
        texts = [self._word(place).text for row in self._rows for place in self._codes(row)[:1]]
        return {text[0] for text in texts if len(text) in _CODES and official_names(text, self._library)}

    def joined(self) -> Lines:
        """The lines with these codes whole; as they are where no way or more than one makes codes of all pieces."""
        if not self._rows:
            return self._lines
        bounds = [-1, *self._rows, len(self._lines)]
        gaps = [[i for i in range(a + 1, b) if any(self._codes(i))] for a, b in pairwise(bounds)]
        gaps[0] = gaps[0][-_NEXT:]
        if not any(gaps):
            return self._lines
        ways = self._ways(gaps)
        return _with(self._lines, ways[0].moved) if len(ways) == 1 else self._lines

    def _codes(self, line: int) -> list[_Place]:
        """The digits on a line that may be a code or a part of one."""
        words = self._lines[line]
        return [(line, j) for j, w in enumerate(words) if w.x1 <= self._edge and _DIGITS.fullmatch(w.text)]

    def _ways(self, gaps: Sequence[Sequence[int]]) -> list[_Way]:
        """The ways, two at most, to give the lines between two rows to the one above and the one below them.

        Of all that make codes those that make the fewest that no list has.
        """
        states = {0: [_Way(0, [])]}  # by how many lines of the gap above a row belong to the row before
        for order, row in enumerate(self._rows):
            above, below = gaps[order], gaps[order + 1]
            # Below the last row its page may print its number.
            least = len(below) - self._ends_in_number(below) if order + 1 == len(self._rows) else 0
            following: dict[int, list[_Way]] = {}
            for (taken, ways), count in product(states.items(), range(least, len(below) + 1)):
                own = self._code_of([*above[taken:], row, *below[:count]], row)
                if own is not None:
                    held = [*following.get(count, ()), *(way.plus(own) for way in ways)]
                    following[count] = _best(held)
            states = following
        return _best([way for ways in states.values() for way in ways])

    def _ends_in_number(self, lines: Sequence[int]) -> bool:
        """Whether the last line may be the number of the page: no code stands over it."""
        if not lines or not is_page_number("".join(word.text for word in self._lines[lines[-1]])):
            return False
        codes = [self._word(place) for line in range(lines[-1]) for place in self._codes(line)]
        return not any(_over(word, code) for word in self._lines[lines[-1]] for code in codes)

    def _code_of(self, lines: Sequence[int], row: int) -> _Way | None:
        """The pieces on ``lines`` column by column, where they make the code of a row; None where they make none."""
        if not any(self._codes(line) for line in lines):
            return _Way(0, [])
        columns = [
            [p for line in lines for p in self._codes(line) if _within(self._word(p), at)] for at in self._columns
        ]
        printed = ["".join(self._word(place).text for place in places) for places in columns]
        code = "".join(printed)
        # One column of whole codes, or one of three digits (类) and others of two (款, 项), filled from the left.
        if len(columns) > 1 and [len(each) for each in printed if each] != [3, 2, 2][: (len(code) - 1) // 2]:
            return None
        if len(code) not in _CODES or not (printed[0] and official_names(code[:3], self._library)):
            return None
        listed = any(official_names(known, self._library) for known in (code, code[:-2]))
        listed &= code[0] in (self._begun or code)
        moved = [(places, row) for places in columns if places and (len(places) > 1 or places[0][0] != row)]
        return _Way(0 if listed else 1, moved)

    def _word(self, place: _Place) -> Word:
        return self._lines[place[0]][place[1]]


def _within(word: Word, span: tuple[float, float]) -> bool:
    return word.x0 < span[1] and span[0] < word.x1


def _is_pointed(text: str) -> bool:
    return is_amount(text) and ("." in text or "," in text)
