"""Tables whose words fill whole lines, read by what must stand left and right of what.

``pdftotext`` moves to the right what has no room: on lines full of Chinese words a word stands no longer over its column,
nor the pieces of a wrapped cell over one another. Three things stay. On a line words come in the order of their columns.
What stands wholly right of something on the page stands right of it in the text, on whatever lines. And nothing is moved
further than to where what stands left of it ends.

So the cells of a header are the words of the library that its pieces make in this order, with the words over groups of
them, and amounts are those of the columns that this order leaves them. What has two readings is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import inf

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.tables.layout.sheet import HeaderRow, SheetCell, cell_of
from pipeline.extract.tables.layout.spaced_header import header_block, may_cover
from pipeline.extract.tables.layout.torn import stands_over
from pipeline.extract.tables.layout.words import Word
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.header import columns_of
from pipeline.ingest.document import Document

#: So many pieces has a cell, so many lines a header, and so many cells are looked at.
_MOST_PIECES, _MOST_LINES, _MOST_CELLS = 5, 10, 50_000
#: So many readings of a header are looked at.
_MOST_WAYS = 400
#: So many columns name rows.
_MOST_KEYS = 4
#: What words over groups measure.
_OVER_OTHERS = (None, "total", "basic", "expenditure", "current_year", "opening_balance", "closing_balance", "change")
_DIGITS = ("class", "section", "item")
_KEYS_BELOW = {"code": _DIGITS, "code_name": ("code", "name")}
#: The funds that fiscal appropriation is of.
_APPROPRIATED = ("general_public_budget", "government_fund", "state_capital")
#: What names rows, column by column, left of amounts.
_NAMED_BY: tuple[list[str], ...] = (
    [],
    ["code", "name"],
    [*_DIGITS, "name"],
    ["code_name"],
    ["name"],
    ["label"],
    ["project"],
)


@dataclass(frozen=True, slots=True)
class OrderedCell:
    """A word of a header, the columns it stands over, and how many words stand over it."""

    words: tuple[Word, ...]
    text: str
    depth: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class OrderedHeader:
    """A reading of a header: its cells, and the columns below them."""

    cells: tuple[OrderedCell, ...]
    rows: list[HeaderRow]
    columns: tuple[Column, ...]

    @property
    def keys(self) -> int:
        """How many columns name rows."""
        return sum(column.kind == "key" for column in self.columns)

    @property
    def amounts(self) -> tuple[Column, ...]:
        """The columns of amounts."""
        return self.columns[self.keys :]

    @property
    def pieces(self) -> set[str]:
        """The pieces of its words."""
        return {word.text for cell in self.cells for word in cell.words}

    @property
    def said(self) -> tuple[object, ...]:
        """What tells this reading from others."""
        return tuple((column.kind, column.key, column.scheme, column.identity) for column in self.columns)


_Taken = tuple[tuple[int, ...], tuple[Word, ...], str]


@dataclass(frozen=True, slots=True)
class _State:
    """How many words of each line are gone, where the last run of each begins, the column of its last word, the words
    that stand over what comes next, and how many columns are gone.
    """

    taken: tuple[int, ...]
    begun: tuple[int, ...]
    lasts: tuple[int, ...]
    opened: tuple[OrderedCell, ...]
    count: int

    @property
    def key(self) -> tuple[object, ...]:
        """What decides how a reading can go on."""
        near = tuple(self.count - 1 <= last for last in self.lasts)
        groups = tuple((cell.words[0].start, cell.first) for cell in self.opened)
        return self.taken, self.begun, near, groups, self.count


class _Ways:
    """The ways to make known words of all pieces of a header."""

    def __init__(self, lines: Sequence[Sequence[Word]], library: Library) -> None:
        self._lines, self._library = lines, library
        self._runs = [_runs_of(line) for line in lines]
        self._looked_at = 0
        self._found: dict[tuple[int, ...], list[_Taken]] = {}
        self._dead: set[object] = set()

    @property
    def has_passed_over(self) -> bool:
        return self._looked_at > _MOST_CELLS

    def all(self, most: int) -> Iterator[tuple[OrderedCell, ...]]:
        """The ways that have ``most`` columns at most."""
        none = tuple(0 for _ in self._lines)
        yield from self._from(_State(none, none, none, (), 0), (), most)

    def _from(self, state: _State, closed: tuple[OrderedCell, ...], most: int) -> Iterator[tuple[OrderedCell, ...]]:
        self._looked_at += 1
        if self.has_passed_over or state.key in self._dead:
            return
        if not state.opened and all(at == len(line) for at, line in zip(state.taken, self._lines, strict=True)):
            yield closed
            return
        found = False
        for following, cells in self._steps(state, most):
            if self._in_order(following):
                for way in self._from(following, (*closed, *cells), most):
                    found = True
                    yield way
        if not found and not self.has_passed_over:
            self._dead.add(state.key)

    def _steps(self, state: _State, most: int) -> Iterator[tuple[_State, tuple[OrderedCell, ...]]]:
        """The ways to go on: end the innermost group, take a cell, or begin a group with it."""
        if state.opened and state.count - state.opened[-1].first >= 2:
            group = replace(state.opened[-1], last=state.count - 1)
            yield replace(self._with(state, state.taken, group.words, group.last), opened=state.opened[:-1]), (group,)
        if state.count >= most:
            return
        for after, words, text in self._next(state.taken):
            cell = OrderedCell(words, text, len(state.opened), state.count, state.count)
            if all(self._covers(group, cell) for group in state.opened):
                taken = self._with(state, after, words, state.count)
                yield replace(taken, count=state.count + 1), (cell,)
                if self._may_be_group(cell):
                    yield replace(taken, opened=(*state.opened, cell)), ()

    def _with(self, state: _State, after: tuple[int, ...], words: Sequence[Word], column: int) -> _State:
        """The state when ``words``, the last of which stand in ``column``, are gone, too."""
        begun, lasts = list(state.begun), list(state.lasts)
        gone = {word.start for word in words}
        for i, (before, at) in enumerate(zip(state.taken, after, strict=True)):
            if at > before:
                apart = before == 0 or self._runs[i][before] != self._runs[i][before - 1]
                if apart or lasts[i] < state.count - 1:
                    begun[i] = before
            if at and self._lines[i][at - 1].start in gone:
                lasts[i] = column
        return replace(state, taken=after, begun=tuple(begun), lasts=tuple(lasts))

    def _in_order(self, state: _State) -> bool:
        """Whether nothing whose columns are all gone ends right of where something begins whose columns are to come.

        Words of one run are taken together only where they stand in columns beside one another.
        """
        held = {word.start for group in state.opened for word in group.words}
        end, start = -1.0, inf
        for i, line in enumerate(self._lines):
            at, begun = state.taken[i], state.begun[i]
            goes_on = 0 < at < len(line) and self._runs[i][at] == self._runs[i][at - 1]
            open_ = at > 0 and line[at - 1].start in held
            if at and not open_ and (not goes_on or state.lasts[i] < state.count - 1):
                end, goes_on = max(end, line[at - 1].x1), False
            elif at and begun:
                end = max(end, line[begun - 1].x1)
            if goes_on:
                at = next((j for j in range(at, len(line)) if self._runs[i][j] != self._runs[i][at]), len(line))
            if at < len(line):
                start = min(start, line[at].x0)
        return end < start

    def _next(self, taken: tuple[int, ...]) -> list[_Taken]:
        """The known words that the next pieces of each line make, and how many pieces are gone behind them."""
        if taken not in self._found:
            self._found[taken] = list(self._find(taken))
        return self._found[taken]

    def _find(self, taken: tuple[int, ...]) -> Iterator[_Taken]:
        left = [len(line) - at for at, line in zip(taken, self._lines, strict=True)]
        for counts in _counts(left):
            self._looked_at += 1
            words = tuple(
                word for at, n, line in zip(taken, counts, self._lines, strict=True) for word in line[at : at + n]
            )
            after = tuple(at + n for at, n in zip(taken, counts, strict=True))
            for way in _nearly_in_order(words):
                if self._is_cell(way):
                    yield after, way, "".join(word.text for word in way)

    def _is_cell(self, words: tuple[Word, ...]) -> bool:
        """Whether pieces make one word that the library knows, and not two of them."""
        texts = [word.text for word in words]
        text = "".join(texts)
        if not self._library.knows(text) or len(texts) == 1:
            return self._library.knows(text)
        if not self._library.spells(text):
            return False
        cuts = (at for at in range(1, len(words)) if words[at].line != words[at - 1].line)
        if any(self._stands_over("".join(texts[:at]), "".join(texts[at:])) for at in cuts):
            return False
        whole = self._library.column(text)
        parts = ("".join(texts[a:b]) for a, b in combinations(range(len(texts) + 1), 2) if b - a < len(texts))
        for part in parts:
            said = self._library.column(part)
            if said is not None and (whole is None or _tells_apart(said.revenue_source, whole.revenue_source)):
                return False
        return True

    def _stands_over(self, word: str, below: str) -> bool:
        """Whether two words are one over another's column; two that name rows may be one (功能分类 科目编码).

        So may a fund and its revenue (一般公共预算 财政拨款收入).
        """
        key, other = self._library.key(word), self._library.key(below)
        upper, lower = self._library.column(word), self._library.column(below)
        revenue = upper is not None and lower is not None and upper.fund and lower.revenue_source and not lower.fund
        return not (revenue or (key and other)) and stands_over(word, below, self._library)

    def _may_be_group(self, cell: OrderedCell) -> bool:
        bottom = max(word.line for word in cell.words)
        return bottom < self._lines[-1][0].line and not self._library.says("totals", cell.text)

    def _covers(self, group: OrderedCell, cell: OrderedCell) -> bool:
        upper, lower = header_block(group.words[0]), header_block(cell.words[0])
        upper.text, lower.text = group.text, cell.text
        below = max(word.line for word in group.words) < min(word.line for word in cell.words)
        key, other = self._library.key(group.text), self._library.key(cell.text)
        if not below or (key is None) != (other is None):
            return False
        if key is not None and other is not None:
            return other.kind in _KEYS_BELOW.get(key.kind, ()) or key.kind in ("text", "label")
        over = self._library.column(group.text)
        if over is not None and over.measure not in _OVER_OTHERS:
            return False
        return may_cover(upper, lower, self._library)


def _counts(left: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """How many pieces of each line a cell may have, of those that are ``left``: two pieces stand on one line at most once."""
    open_ = [i for i, count in enumerate(left) if count]
    for size in range(1, _MOST_PIECES + 1):
        for chosen in combinations(open_, size):
            yield tuple(int(i in chosen) for i in range(len(left)))
            for twice in chosen if size < _MOST_PIECES else ():
                if left[twice] > 1:
                    yield tuple((i in chosen) + (i == twice) for i in range(len(left)))


def _runs_of(line: Sequence[Word]) -> list[int]:
    """Which run each word of a line is in: what one blank parts may be one piece of print, whose words keep their distances."""
    runs: list[int] = []
    for before, word in zip([None, *line], line, strict=False):
        apart = before is not None and word.x0 - before.x1 > 1
        runs.append(runs[-1] + apart if runs else 0)
    return runs


def _nearly_in_order(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Words from top to bottom, and with two neighbours the other way round: lines that overlap are printed in either order."""
    yield words
    for at, (one, other) in enumerate(pairwise(words)):
        if one.line != other.line:
            yield (*words[:at], other, one, *words[at + 2 :])


def _tells_apart(one: str | None, other: str | None) -> bool:
    return one is not None and one != other


def headers_in_order(
    document: Document, lines: Sequence[Sequence[Word]], counts: range, form: TableForm, library: Library
) -> list[OrderedHeader]:
    """The readings of a header over so many columns of amounts; empty where not all were looked at."""
    if len(lines) > _MOST_LINES or not lines:
        return []
    ways = _Ways(lines, library)
    found: list[OrderedHeader] = []
    for cells in ways.all(counts[-1] + _MOST_KEYS):
        if (header := _header(document, cells, counts, form, library)) is not None:
            found.append(header)
        if len(found) > _MOST_WAYS:
            return []
    return [] if ways.has_passed_over else found


def _header(
    document: Document, cells: tuple[OrderedCell, ...], counts: range, form: TableForm, library: Library
) -> OrderedHeader | None:
    """The header that cells make, where all of them say what stands below them, and labels stand left of amounts."""
    number = max(cell.last for cell in cells) + 1
    rows: list[HeaderRow] = [[] for _ in range(max(cell.depth for cell in cells) + 1)]
    for cell in sorted(cells, key=lambda cell: cell.first):
        pieces = [piece for word in cell.words for piece in word.pieces]
        rows[cell.depth].append(SheetCell(cell_of(document.text, pieces), cell.first, cell.last + 1))
    columns = columns_of(rows, number, form, library)
    keys = [column.key for column in columns if column.kind == "key"]
    kinds = [column.kind for column in columns]
    if "unknown" in kinds or kinds != ["key"] * len(keys) + ["amount"] * (number - len(keys)):
        return None
    if keys not in _NAMED_BY:
        return None
    header = OrderedHeader(cells, rows, columns)
    return header if number - len(keys) in counts and not _splits_group(header, library) else None


def _splits_group(header: OrderedHeader, library: Library) -> bool:
    """Whether neighbours that belong together stand under different words, or others under one that says what they are not.

    The digits of codes belong together, the two parts of basic expenditure, 小计 and what it sums up, and the funds of fiscal
    appropriation, which no other money is of.
    """
    for column in header.columns:
        said = library.column(column.path[-1])
        if said is not None and said.measure == "subtotal" and len(column.path) == 1:
            return True
        if _is_appropriation(column.path[:-1], library) and column.fund not in (None, *_APPROPRIATED):
            return True
    for left, right in pairwise(header.columns):
        over, beside = left.path[:-1], right.path[:-1]
        if over == beside:
            continue
        if {left.fund, right.fund} <= set(_APPROPRIATED) and _is_appropriation((*over, *beside), library):
            return True
        if right.key in ("section", "item") or {left.measure, right.measure} == {"personnel", "public"}:
            return True
    return False


def _is_appropriation(words: Sequence[str], library: Library) -> bool:
    """Whether one of words says that what stands below it is fiscal appropriation."""
    return any((said := library.column(word)) and said.revenue_source == "fiscal_appropriation" for word in words)
