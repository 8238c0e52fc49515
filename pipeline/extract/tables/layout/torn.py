"""Text that lines, cells and pages tear: wrapped cells and header words put together, and names that codes complete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.layout.spaced_header import Block, overlaps
from pipeline.extract.tables.layout.words import Word, display_width, put_together
from pipeline.extract.tables.lexicon import ORDINAL, is_amount
from pipeline.extract.tables.meaning.columns import Column
from pipeline.ingest.document import Document
from schemas.joining import join

_CODE_AND_NAME = re.compile(r"^(?:\d{3}|\d{5}|\d{7})-")
_CODED_NAME = re.compile(r"^(\d{3,7})-?(.*)$")
_MOST_PIECES = 8
# So many pieces of a cell stand on one line (合 计), over so many lines goes a header, so many states and cells
# are looked at, and so far apart may short pieces stand.
_MOST_ON_A_LINE = 3
_MOST_LINES = 12
_MOST_WAYS, _MOST_CELLS = 5_000, 50_000
_NEAR = 4
# Of two pieces of a cell on one line one is as short as this (合 计).
_SHORT = 2


def official_names(code: str, library: Library) -> frozenset[str]:
    """The official names of ``code`` in any scheme and year, folded; empty where the lists do not have it."""
    return frozenset(fold(name) for scheme in library.names for name in library.official_names(scheme, code))


class Names:
    """The names that codes have in the official lists and elsewhere in the document."""

    def __init__(self, document: Document, library: Library) -> None:
        self._document, self._library = document, library

    @cached_property
    def _folded(self) -> str:
        return fold(self._document.text)

    def known(self, scheme: str | None, code: str) -> set[str]:
        """Folded names of ``code``: official ones, and every one printed after the code in the document."""
        # Over wrapped lines, too: folding has taken the line breaks out.
        printed = re.findall(rf"{code}-*([^\d-][^\d]{{0,60}})", self._folded)
        return {fold(name) for name in (*printed, *self._library.official_names(scheme or "", code))}

    def completes(self, keys: dict[int, list[Piece]], columns: tuple[Column, ...], pieces: Sequence[Piece]) -> bool:
        """Append ``pieces`` to the cell of a row whose name they complete. False where no cell has such a name.

        A name is completed where, with the pieces, it is (or begins) a known name of its code, and without it is not.
        """
        text = self._document.text
        fits = []
        for index, own in keys.items():
            matched = _CODED_NAME.match(fold(join(text[a:b] for a, b in own)))
            if matched is None:
                continue
            code, name = matched.groups()
            longer = name + fold(join(text[a:b] for a, b in pieces))
            known = self.known(columns[index].scheme, code)
            if longer in known:
                fits.append((0, index))
            elif any(other.startswith(longer) for other in known):
                fits.append((1, index))
        if not fits:
            return False
        # Where several cells lack the same words, the left one comes first, as the page prints them.
        _, chosen = min(fits)
        keys[chosen].extend(pieces)
        return True


def unwrapped(words: list[Word], library: Library) -> list[Word]:
    """The words with the pieces of wrapped cells joined, as far as the ends of lines show where.

    Where cells end with a space, a line without one breaks off inside a cell, unless what follows begins another
    cell (a page tears rows, too). Where such spaces are lost, only a code that is broken in two is joined.
    """
    marked = ends_marked(words)
    joined: list[Word] = []
    rest_of_code = 0
    for at, word in enumerate(words):
        if rest_of_code:
            rest_of_code -= 1
            joined[-1] = joined[-1].joined(word)
        elif joined and _on_next_line(joined[-1], word) and _breaks_off(joined[-1], word, marked, library):
            joined[-1] = joined[-1].joined(word)
        else:
            joined.append(word)
            rest_of_code = _pieces_of_code(words, at)
    return joined


def _on_next_line(above: Word, word: Word) -> bool:
    return above.last and above.trail == 0 and word.first and word.gap == 0


def _pieces_of_code(words: list[Word], at: int) -> int:
    """How many of the following words belong to a code that begins with the word at ``at`` (201 | 03 | 01-行政)."""
    text = words[at].text
    for count in range(1, 7):
        if not (text.isdigit() and len(text) < 8 and at + count < len(words)):
            return 0
        if not _on_next_line(words[at + count - 1], words[at + count]):
            return 0
        text += words[at + count].text
        if _CODE_AND_NAME.match(text):
            return count
    return 0


def _breaks_off(above: Word, word: Word, marked: bool, library: Library) -> bool:
    if not marked or is_amount(above.text) or is_amount(word.text):
        return False
    if library.says("totals", word.text.rstrip(":")) and not library.says(
        "totals", (above.text + word.text).rstrip(":")
    ):
        return False
    return not (_CODE_AND_NAME.match(word.text) or ORDINAL.match(word.text))


def ends_marked(words: list[Word]) -> bool:
    """Whether cells end with a space where their line ends: then a line without one breaks off inside a cell.

    Lines that end with an amount decide: an amount is never wrapped.
    """
    ends = [word for word in words if word.last]
    ends = [word for word in ends if is_amount(word.text)] or ends
    return sum(word.trail > 0 for word in ends) * 2 > len(ends)


def join_header_words(words: Sequence[Block], library: Library) -> list[Block]:
    """Words of a header, the pieces of wrapped cells joined from top to bottom."""
    left = sorted(words, key=lambda block: (block.top, block.x0))
    joined: list[Block] = []
    while left:
        word = left.pop(0)
        chain = [word]
        while len(chain) < _MOST_PIECES and (under := _only_below(chain[-1], left)) is not None:
            chain.append(under)
        best = 1
        for count in range(len(chain), 1, -1):
            rest = "".join(block.text for block in chain[1:count])
            if _stands_over(chain[0].text, rest, library):
                continue
            if library.knows(chain[0].text + rest):
                best = count
                break
        taken = chain[:best]
        left = [block for block in left if all(block is not one for one in taken)]
        joined.append(
            Block(
                "".join(block.text for block in taken),
                [piece for block in taken for piece in block.pieces],
                min(block.x0 for block in taken),
                max(block.x1 for block in taken),
                word.top,
                taken[-1].bottom,
            )
        )
    return joined


def words_in_order(lines: Sequence[Sequence[Word]], library: Library) -> list[Word]:
    """The cells of a header whose wrapped pieces stand on ``lines`` of their own, found by the order of the pieces.

    The cells of a header stand beside one another, so on every line their pieces come in the same order. Empty where
    no way or more than one makes words that the library knows of all pieces, each of as many pieces as can be, and where
    there are too many ways to look at.
    """
    order = _Order(lines, library)
    ways = order.ways(tuple(0 for _ in lines)) if len(lines) <= _MOST_LINES else []
    # Where some ways were passed over, the one that was found may be one of several.
    return [_one_of(cell) for cell in ways[0]] if len(ways) == 1 and not order.has_passed_over else []


def _one_of(pieces: Sequence[Word]) -> Word:
    """The word that pieces make, from top to bottom."""
    return pieces[0] if len(pieces) == 1 else replace(put_together(pieces), end_line=pieces[-1].line)


class _Order:
    """The ways to take the pieces of lines from left to right so that each cell is a word that the library knows."""

    def __init__(self, lines: Sequence[Sequence[Word]], library: Library) -> None:
        self._lines, self._library = lines, library
        self._found: dict[tuple[int, ...], list[tuple[tuple[Word, ...], ...]]] = {}
        self._looked_at = 0

    @property
    def has_passed_over(self) -> bool:
        """Whether there were too many ways to look at all of them."""
        return len(self._found) >= _MOST_WAYS or self._looked_at > _MOST_CELLS

    def ways(self, taken: tuple[int, ...]) -> list[tuple[tuple[Word, ...], ...]]:
        """The ways, two at most, that make the fewest cells of what is left where ``taken`` pieces of each line are gone."""
        if all(at == len(line) for at, line in zip(taken, self._lines, strict=True)):
            return [()]
        if taken not in self._found:
            self._found[taken] = []
            if not self.has_passed_over:
                ways = [(cell, *way) for after, cell in self._cells(taken) for way in self.ways(after)]
                fewest = min(map(len, ways), default=0)
                differing = {frozenset(tuple(word.start for word in c) for c in w): w for w in ways if len(w) == fewest}
                self._found[taken] = list(differing.values())[:2]
        return self._found[taken]

    def _cells(self, taken: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[Word, ...]]]:
        """The cells that may hold the leftmost piece, each with how many pieces of each line are gone behind it."""
        heads = [line[at] for at, line in zip(taken, self._lines, strict=True) if at < len(line)]
        leftmost = min(heads, key=_centre)
        cells: list[tuple[tuple[int, ...], tuple[Word, ...]]] = [((), ())]
        for line, at in zip(self._lines, taken, strict=True):
            ends = [at]
            while len(ends) <= _MOST_ON_A_LINE and ends[-1] < len(line) and _may_be_one(line[ends[-1]], leftmost):
                ends.append(ends[-1] + 1)
            cells = [((*counts, end), (*cell, *line[at:end])) for counts, cell in cells for end in ends]
            self._looked_at += len(cells)
            if self.has_passed_over:
                return []
        return [(counts, cell) for counts, cell in cells if any(w is leftmost for w in cell) and self._is_cell(cell)]

    def _is_cell(self, pieces: tuple[Word, ...]) -> bool:
        """Whether pieces make one word that the library knows: not one over another's column, nor two beside one another."""
        texts = [piece.text for piece in pieces]
        if not self._library.knows("".join(texts)):
            return False
        for at in range(1, len(pieces)):
            before, after = "".join(texts[:at]), "".join(texts[at:])
            if pieces[at].line > pieces[at - 1].line:
                if _stands_over(before, after, self._library):
                    return False
            elif min(len(texts[at - 1]), len(texts[at])) > _SHORT or self._both_known(before, after):
                return False
        return True

    def _both_known(self, one: str, other: str) -> bool:
        return self._library.knows(one) and self._library.knows(other)


def _centre(word: Word) -> float:
    """The middle of a word where a Chinese character is as wide as two letters: text may count it as one, a page does not."""
    return word.x0 + max(word.x1 - word.x0, display_width(word.text)) / 2


def _may_be_one(one: Word, other: Word) -> bool:
    """Whether two pieces may stand in one cell: there they are centred over one another, more or less."""
    width = max(display_width(one.text), display_width(other.text))
    return abs(_centre(one) - _centre(other)) <= max(width / 2, _NEAR)


def _stands_over(word: str, below: str, library: Library) -> bool:
    """Whether two words are one over another's column rather than one cell: 支出 over 合计, 一般公共预算 over 基本支出 or 小计."""
    if library.key(word) and library.knows(below):
        return True
    upper, lower = library.column(word), library.column(below)
    if upper is None or lower is None or lower.measure is None:
        return False
    return lower.measure == "subtotal" or not lower.weak


def _only_below(block: Block, others: Sequence[Block]) -> Block | None:
    """The one word on the lines next below that stands under ``block``, and under it alone."""
    below = [other for other in others if block.bottom < other.top <= block.bottom + 2 and overlaps(block, other)]
    if not below:
        return None
    top = min(other.top for other in below)
    nearest = [other for other in below if other.top == top]
    return nearest[0] if len(nearest) == 1 and abs(nearest[0].middle - block.middle) <= 2 else None
