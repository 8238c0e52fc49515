"""Pages whose lines are full: which columns of their header, read by its order, the amounts of their rows are of.

Where a column is printed for each that the header names, order says it, whatever cells are blank. Where some columns are
blank in every row, where words stand does not show which. Then other tables of the document do: the same row has the same
amount there, under a word that says what it is of. One way alone may agree with all that they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.ledger import value_of
from pipeline.extract.tables.layout.spaced_columns import NUMERIC_KEYS, columns_below
from pipeline.extract.tables.layout.spaced_order import OrderedHeader, headers_in_order
from pipeline.extract.tables.layout.spaced_rows import amounts_at_end, join_row_lines
from pipeline.extract.tables.layout.words import SpacedColumn, Word, by_character, parted
from pipeline.extract.tables.lexicon import is_dash
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.told import TOTAL, ToldColumns
from pipeline.ingest.document import Document

#: So many columns of amounts at most has a table of which some are blank in every row.
_MOST_COLUMNS = 16
#: So many letters at most stand amounts of a column off one another.
_OFF = 2
#: So many ways to place the amounts of a page are looked at.
_MOST_WAYS = 5_000


class _Amount(NamedTuple):
    """An amount of a row: its word, the key of the row, and its value; a dash has none."""

    word: Word
    key: str | None
    value: Decimal | None


class FullPage:
    """A page whose lines are full: its ``header`` or the one of the page before, its columns, and what stands below.

    There is no header before it is settled, and none where not one way alone gives each amount its column.
    """

    def __init__(
        self,
        document: Document,
        above: Sequence[Sequence[Word]],
        below: list[list[Word]],
        form: TableForm,
        library: Library,
    ) -> None:
        self.header: OrderedHeader | None = None
        self.repeated = False
        self.columns: list[SpacedColumn] = []
        self.body = join_row_lines(below, library)
        self._document, self._form, self._library = document, form, library
        self._above = [[run for word in line for run in parted(document, word, by_character)] for line in above]
        self._rows = [found for words in self.body if (found := self._amounts(words))]

    def settle(self, before: OrderedHeader | None, told: ToldColumns | None) -> None:
        """Move the amounts to the places of their columns, as the one way says that is left; ``before`` is the page's before."""
        standing = _standing_over(self._rows)
        ways = self._ways_in_order(before, _in_order(self._rows) or standing)
        if told is not None and len({way.said for way in ways}) != 1 and standing and self._is_told(told):
            ways = self._ways_as_told(before, standing, told)
        if len({said for said, _, _ in ways}) == 1:
            _, header, placed = ways[0]
            self._move(header, placed)
            self.repeated = bool(self._above) and not self._is_cut(before)

    def _amounts(self, words: list[Word]) -> list[_Amount]:
        key = _key_of(words, self._library)
        return [
            _Amount(word, key, None if is_dash(word.text) else value_of(word.text)) for word in amounts_at_end(words)
        ]

    def _is_told(self, told: ToldColumns) -> bool:
        """Whether other tables say anything of an amount of the page."""
        return any(told.says_anything(a.key, a.value) for row in self._rows for a in row if a.key and a.value)

    def _readings(self, before: OrderedHeader | None, counts: range) -> list[OrderedHeader]:
        """The readings of the header, or the one of the page before, that have so many columns of amounts."""
        if not self._above or self._is_cut(before):
            return [before] if before is not None and len(before.amounts) in counts else []
        readings = headers_in_order(self._document, self._above, counts, self._form, self._library)
        return [one for one in readings if before is None or one.said == before.said]

    def _is_cut(self, before: OrderedHeader | None) -> bool:
        """Whether the end of the rows above a page's body is cut off what the page before has whole."""
        words = Counter(word.text for line in self._above for word in line)
        whole = Counter(word.text for cell in before.cells for word in cell.words) if before is not None else words
        return words < whole and words.total() * 2 > whole.total()

    def _ways_in_order(self, before: OrderedHeader | None, tracks: Sequence[Sequence[_Amount]]) -> list[_Way]:
        """The ways in which each column of the header is printed."""
        readings = self._readings(before, range(len(tracks), len(tracks) + 1)) if tracks else []
        ways = [_Way(header.said, header, tuple(enumerate(tracks))) for header in readings]
        return [way for way in ways if not _has_lines_moved(way.header, way.placed)]

    def _ways_as_told(
        self, before: OrderedHeader | None, tracks: Sequence[Sequence[_Amount]], told: ToldColumns
    ) -> list[_Way]:
        """The ways that agree with what other tables say, of those the ones that make the fewest words of the header."""
        found: list[_Way] = []
        for header in self._readings(before, range(len(tracks), _MOST_COLUMNS + 1)):
            places = [[at for at, c in enumerate(header.amounts) if _may_be(c, track, told)] for track in tracks]
            for way in islice(_increasing(places), _MOST_WAYS):
                placed = dict(zip(way, tracks, strict=True))
                if self._has_parts(header.amounts, placed, told):
                    said = tuple(header.amounts[at].identity for at in way)
                    found.append(_Way(said, header, tuple(placed.items())))
        fewest = min((len(way.header.cells) for way in found), default=0)
        return [way for way in found if len(way.header.cells) == fewest]

    def _has_parts(self, columns: Sequence[Column], placed: dict[int, Sequence[_Amount]], told: ToldColumns) -> bool:
        """Whether each row has an amount in the columns in which another table has a part of it."""
        filled = {(at, a.key) for at, track in placed.items() for a in track if a.value}
        keys = {a.key for row in self._rows for a in row if a.key is not None}
        return all(
            (at, key) in filled for at, column in enumerate(columns) for key in keys if told.has_part(column, key)
        )

    def _move(self, header: OrderedHeader, placed: Sequence[tuple[int, Sequence[_Amount]]]) -> None:
        """Move the amounts to the places of their columns."""
        moved = {amount.word.start for row in self._rows for amount in row}
        labels = [[word for word in words if word.start not in moved] for words in self.body]
        if any(len(header.pieces & {word.text for word in words}) > 1 for words in labels):
            return  # the header once more, below rows
        keys = columns_below(labels, self._library)
        named_by = [column.key in NUMERIC_KEYS for column in header.columns[: header.keys]]
        if [column.numeric for column in keys] != named_by:
            return
        for key in keys:
            key.holds = "codes" if key.numeric else "either"
        end = max((word.x1 for words in self.body for word in words), default=0.0)
        for at, track in placed:
            for amount in track:
                amount.word.x0, amount.word.x1 = end + at + 1, end + at + 1.5
        places = range(1, len(header.amounts) + 1)
        self.columns = [*keys, *(SpacedColumn(end + at, end + at + 0.5, True, "amounts") for at in places)]
        self.header = header


class _Way(NamedTuple):
    """A reading of a page: what it says of its amounts, its header, and by column of that the amounts."""

    said: tuple[object, ...]
    header: OrderedHeader
    placed: tuple[tuple[int, Sequence[_Amount]], ...]


def _has_lines_moved(header: OrderedHeader, placed: Sequence[tuple[int, Sequence[_Amount]]]) -> bool:
    """Whether a line of the header stands left of where the page has it, so that its words are in no order with the others.

    Tabs and closed gaps do so. Full lines move words to the right only: there no word over one column of amounts ends left
    of all amounts of the column before. Words that all stand on one line keep their order wherever it stands.
    """
    starts = {at: min(amount.word.x0 for amount in track) for at, track in placed}
    leaves = [cell for cell in header.cells if cell.first == cell.last > header.keys]
    if leaves and set.intersection(*({word.line for word in leaf.words} for leaf in leaves)):
        return False
    return any(max(word.x1 for word in leaf.words) < starts.get(leaf.first - header.keys - 1, 0.0) for leaf in leaves)


def _key_of(words: Sequence[Word], library: Library) -> str | None:
    """What names a row in any table: its code, put together, or that it is the total."""
    names = [word for word in words if not word.numeric]
    if any(library.says("totals", word.text.rstrip(":")) for word in names):
        return TOTAL
    digits = [word.text for word in words if word.text.isdigit() and (not names or word.x0 < names[0].x0)]
    return "".join(digits) or None


def _in_order(rows: Sequence[Sequence[_Amount]]) -> list[tuple[_Amount, ...]]:
    """The columns of rows that all print the same number of amounts; empty where one prints more or fewer."""
    return list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []


def _standing_over(rows: Sequence[Sequence[_Amount]]) -> list[list[_Amount]]:
    """The columns of amounts that stand over one another; empty where two of a row stand in one, or its amounts not in line."""
    tracks: list[list[_Amount]] = []
    end = 0.0
    for amount in sorted((a for row in rows for a in row), key=lambda a: a.word.x0):
        if not tracks or amount.word.x0 >= end:
            tracks.append([])
        tracks[-1].append(amount)
        end = max(end, amount.word.x1)
    return tracks if all(map(_is_column, tracks)) else []


def _is_column(track: Sequence[_Amount]) -> bool:
    """Whether amounts are of rows of their own, and end or begin at one place."""
    words = [amount.word for amount in track]
    places = ([word.x1 for word in words], [word.x0 for word in words])
    return len({word.line for word in words}) == len(words) and any(max(at) - min(at) <= _OFF for at in places)


def _may_be(column: Column, track: Sequence[_Amount], told: ToldColumns) -> bool:
    """Whether no other table says of an amount that it is of another column."""
    return all(told.may_be(column, a.key, a.value) for a in track if a.key and a.value)


def _increasing(places: Sequence[Sequence[int]], least: int = 0) -> Iterator[tuple[int, ...]]:
    """The ways to take one of each, each greater than the one before."""
    if not places:
        yield ()
        return
    for at in places[0]:
        if at >= least:
            for rest in _increasing(places[1:], at + 1):
                yield (at, *rest)
