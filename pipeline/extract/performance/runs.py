"""Words of lines without rules: text laid out with spaces (``pdftotext -layout``), and pages of a PDF."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import Block, SheetCell
from pipeline.extract.performance.money import NUMBER
from pipeline.extract.performance.words import Words, known_form
from pipeline.extract.spans import united
from pipeline.extract.tables.layout.words import Measure, by_character, display_width, measures_of_lines
from pipeline.ingest.document import Box, Line

_RUN = re.compile(r"\S+")
#: The width of a letter in boxes, which are compared to within two.
_LETTER = 10.0
#: Wider than one blank between two words.
_ONE_BLANK = 1.5
#: Words that stand nearer than that to one another leave no gap between them.
_NO_GAP = 0.5
#: What is not broken at the end of a line: a word, or a character with what may not begin a line.
_FIRST = re.compile(r"[^\x00-\xff](?:[/，。；、）)％%][^\x00-\xff]?)*|[\x21-\xff]+")


class Unsure(Exception):
    """Where words stand does not settle which cell they are of."""


@dataclass(slots=True)
class Run:
    """Words of one line, or of several below one another, that stand together, from where to where in widths of a letter.

    ``width`` is that of its widest line, by what is seen; ``line`` and ``last`` are its first and last line.
    """

    pieces: list[Piece]
    text: str
    x0: float
    x1: float
    line: int
    last: int
    width: float
    page: int

    @property
    def middle(self) -> float:
        """The middle of its lines."""
        return (self.line + self.last) / 2

    def over(self, other: Run) -> bool:
        """Whether both have a place on the line in common."""
        return self.x0 < other.x1 and other.x0 < self.x1

    def with_behind(self, other: Run) -> Run:
        """Both as one, which goes on with ``other``."""
        beside = self.last == other.line
        return Run(
            [*self.pieces, *other.pieces],
            self.text + other.text,
            min(self.x0, other.x0),
            max(self.x1, other.x1),
            self.line,
            max(self.last, other.last),
            self.width + 1 + other.width if beside else max(self.width, other.width),
            self.page,
        )

    def cell(self, row: int, x0: float | None = None, x1: float | None = None) -> SheetCell:
        """The cell of a row that it fills."""
        left, right = self.x0 if x0 is None else x0, self.x1 if x1 is None else x1
        return SheetCell(Block(self.pieces, self.text), Box(left * _LETTER, float(row), right * _LETTER, row + 1.0))


NOTHING = Run([], "", 0.0, 0.0, 0, 0, 0.0, 0)


def together(runs: Sequence[Run]) -> Run:
    """Runs as one, in their order."""
    made = runs[0]
    for run in runs[1:]:
        made = made.with_behind(run)
    return made


def goes_on(above: Run, below: Run, widest: float, spare: int = 2) -> bool:
    """Whether a line of a cell was so full that the first word of the next one had no place on it."""
    first = _FIRST.match(below.text)
    return above.width + display_width(first.group() if first else "") + spare > widest


def spans_of(runs: Sequence[Run], apart: float = _NO_GAP) -> list[tuple[float, float]]:
    """From where to where runs stand, those of all lines that have a place in common as one."""
    return united([(run.x0, run.x1) for run in runs], lambda start, end: start < end + apart)


def glued(runs: Sequence[Run]) -> list[Run]:
    """The runs of a line that stand one blank behind the one before: crowded words are moved from their places."""
    return [right for left, right in pairwise(runs) if right.x0 - left.x1 <= _ONE_BLANK]


def edges_between(headers: Sequence[Run], runs: Sequence[Run], touching: bool = False) -> list[float] | None:
    """Where the columns of all ``headers`` but the first begin: behind the one gap that all ``runs`` leave free before it.

    None where there is none, or another nearly as wide. Columns that are ``touching`` part where no run goes on; of
    their headers those moved from their places say no more than their order.
    """
    spans = spans_of(runs, 0.0 if touching else _NO_GAP)
    moved = glued(headers) if touching else []
    edges: list[float] = []
    for left, right, behind in zip(headers, headers[1:], [*headers[2:], None], strict=False):
        least = left.x0 if left in moved else left.x1
        most = right.x0 if right not in moved else behind.x0 - 1 if behind else float("inf")
        gaps = sorted((b[0] - a[1], b[0]) for a, b in pairwise(spans) if a[1] >= least and b[0] <= most)
        if not gaps or (len(gaps) > 1 and gaps[-1][0] < max(2 * gaps[-2][0], 1)):
            return None
        edges.append(gaps[-1][1])
    return edges if edges == sorted(set(edges)) else None


def runs_of_lines(context: Context, region: Region) -> Iterator[list[list[Run]]]:
    """The runs of each line that prints any, by each way to measure where they stand."""
    lines = context.document.lines[region.first : region.last]
    if context.document.points:
        yield [runs for runs in _runs_on_pages(context, lines) if runs]
        return
    measures = measures_of_lines(context.document, region.first, region.last)
    for measure in dict.fromkeys((by_character, *measures)):
        made = (_runs_of(context.document.text, at, line, measure) for at, line in enumerate(lines))
        yield [runs for runs in made if runs]


def _runs_of(text: str, at: int, line: Line, measure: Measure) -> list[Run]:
    raw = text[line.start : line.end]
    edges = measure(raw)
    return [
        Run(
            [(line.start + match.start(), line.start + match.end())],
            fold(match.group()),
            edges[match.start()],
            edges[match.end()],
            at,
            at,
            display_width(match.group()),
            line.page or 0,
        )
        for match in _RUN.finditer(raw)
    ]


def _runs_on_pages(context: Context, lines: Sequence[Line]) -> list[list[Run]]:
    """The words of a PDF's lines in widths of a letter: half of that of a Chinese character."""
    pages = {page.number: page.words for page in context.document.pages}
    starts = {number: [word.start for word in words] for number, words in pages.items()}
    found = []
    for line in lines:
        words, begin = pages.get(line.page or 1, ()), starts.get(line.page or 1, [])
        found.append(words[bisect_left(begin, line.start) : bisect_left(begin, line.end)])
    text = context.document.text
    widths = sorted((w.x1 - w.x0) / display_width(text[w.start : w.end]) for words in found for w in words)
    letter = widths[len(widths) // 2] if widths else 1.0
    return [
        [
            Run(
                [(w.start, w.end)],
                fold(text[w.start : w.end]),
                w.x0 / letter,
                w.x1 / letter,
                at,
                at,
                (w.x1 - w.x0) / letter,
                lines[at].page or 0,
            )
            for w in words
        ]
        for at, words in enumerate(found)
    ]


def joined_where(runs: Sequence[Run], apart: Callable[[Run, Run], bool]) -> list[Run]:
    """Neighbours as one, but where they stand ``apart``."""
    made: list[Run] = []
    for run in runs:
        if made and not apart(made[-1], run):
            made[-1] = made[-1].with_behind(run)
        else:
            made.append(run)
    return made


def in_cells(runs: Sequence[Run], words: Words) -> list[Run]:
    """The runs of a line of a head: those one blank apart are one cell, unless one of them is a label, or an amount alone."""

    def is_amount(run: Run) -> bool:
        return "." in run.text and NUMBER.fullmatch(run.text) is not None

    def apart(left: Run, right: Run) -> bool:
        if (
            right.x0 - left.x1 > _ONE_BLANK
            or known_form(right.text, words.labels)
            or known_form(left.text, words.labels)
        ):
            return True
        if is_amount(left):
            return words.unit.match(right.text) is None
        return is_amount(right) and left.text.endswith(("）", ")", ":", "%"))

    return joined_where(runs, apart)
