"""The tables of a document whose format sets cells apart (web page, workbook, Word): where each begins and ends.

A title stands in the text right above a table, or in the first rows of the table itself: a sheet of a workbook is one
table of cells, title, unit of money and notes included, and may hold several tables one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.performance.evidence import Kind, kind_of_performance
from pipeline.extract.tables.find.ends import end_of_rows, join_continued, line_text
from pipeline.extract.tables.find.grids import Grids
from pipeline.extract.tables.find.headings import Heading, is_number, is_preface
from pipeline.extract.tables.find.segment import (
    Segment,
    filled_rows,
    folded_cell,
    has_amounts,
    is_header,
    lines_of,
    names_columns,
    stands_near,
    takes_performance,
)
from pipeline.extract.tables.lexicon import NOTE, PART, UNIT, is_amount
from pipeline.ingest.document import Cell, CellTable, Document

_LISTED_NOTE = re.compile(r"\d{1,2}[.、．]|[（]\d{1,2}[）]")


@dataclass(slots=True)
class _Part:
    """Rows of a table of cells between two titles, and the title above them where it stands in the table itself.

    ``apart`` are rows below another table's, without a title, that a header and a total of their own begin and end.
    """

    start: int
    heading: Heading | None
    table: CellTable | None
    apart: bool = False


def find_in_cells(document: Document, headings: Sequence[Heading], library: Library) -> list[Segment]:
    """The tables of ``document``, in order: those that its format marks, and those that its text lays out."""
    parts = [part for table in document.tables for part in _parts(document, table, headings, library)]
    outside = [h for h in headings if not any(table.start <= h.start < table.end for table in document.tables)]
    grids = Grids(document, library)
    segments: list[Segment] = []
    current: Segment | None = None
    for event in sorted((*parts, *(_Part(h.start, h, None) for h in outside)), key=lambda event: event.start):
        heading, table = event.heading, event.table
        if heading is not None and not _belongs_to_title(heading, current):
            current = Segment(heading, heading.first, heading.after, body=heading.after)
            segments.append(current)
        if table is None:
            continue
        kind = kind_of_performance(document, table)
        if current is not None and not current.tables and _stands_below(document, current, table, library, kind):
            table = _without_preface(document, table, library)
        elif (
            current is None or not current.tables or event.apart or not _goes_on(document, current, table, grids, kind)
        ):
            if not (kind or event.apart or has_amounts(document, table, library)):
                continue
            first = document.line_at(table.start).number - 1
            current = Segment(None, first, first, body=first)
            segments.append(current)
        if table is not None:
            current.tables.append(table)
            lines = lines_of(document, table)
            current.last = max(current.last, lines[1] if lines else 0)
    return grids.join_sideways(join_continued(document, _settled(document, segments), grids.same_columns))


def _belongs_to_title(heading: Heading, current: Segment | None) -> bool:
    """Whether a line that ends like a title, and that no form knows, stands among the words below a known one."""
    if heading.forms or current is None or current.tables or not current.forms:
        return False
    return heading.first - current.body < 4


def _parts(document: Document, table: CellTable, headings: Iterable[Heading], library: Library) -> list[_Part]:
    """The table cut before each title in a row of its own and each header of another table; titles and notes left out."""
    rows = filled_rows(table)
    titled: dict[int, Heading] = {}
    for heading in headings:
        if table.start <= heading.start < table.end:
            row = _title_row(document, rows, heading)
            if row is not None:
                titled[row] = heading
    texts = [[folded_cell(document, cell) for cell in row] for row in rows]
    apart = headers_of_others(texts, set(titled), library)
    bounds = sorted({0, *titled, *apart, table.row_count})
    parts = []
    for first, last in zip(bounds, bounds[1:], strict=False):
        title = titled.get(first)
        while title is not None and first < last and _start_of(rows[first]) < title.end:
            first += 1  # a title may be wrapped over rows
        end = _without_next_unit(document, rows, first, last) if last in titled else last
        held = _rows_of(table, first, _notes_from(document, rows, first, end))
        if title is not None or held is not None:
            start = title.start if title else held.start if held else table.start
            parts.append(_Part(start, title, held, apart=title is None and first in apart))
    return parts


def _without_next_unit(document: Document, rows: Sequence[Sequence[Cell]], first: int, last: int) -> int:
    """Where rows end above a title that has its unit of money or its number above it: that line is no row of theirs."""
    while last > first:
        texts = [folded_cell(document, cell) for cell in rows[last - 1]]
        if not all(is_number(text) or UNIT.search(text) and is_preface(text) for text in texts):
            break
        last -= 1
    return last


def headers_of_others(rows: Sequence[Sequence[str]], titled: set[int], library: Library) -> set[int]:
    """The rows where a header begins another table: the rows above it have their total, and those below have the same.

    A header that a page prints again has no second total below it. Words over columns begin a grid, too, whose rows have
    no labels: further columns of the rows above.
    """
    heads = [is_header(row, library) for row in rows]
    starts = [at for at in range(1, len(rows)) if heads[at] and not heads[at - 1]]
    found = set()
    for start, after in zip(starts, [*starts[1:], len(rows)], strict=False):
        first = max((row for row in titled if row <= start), default=0)  # what a title stands over is its own table
        if _totals(rows[first:start], library) & _totals(rows[start:after], library):
            found.add(start)
    bare = [all(is_amount(text) for text in row) for row in rows]
    further = (
        at for at in range(1, len(rows) - 1) if bare[at + 1] and rows[at + 1] and any(map(is_amount, rows[at - 1]))
    )
    return found | {at for at in further if names_columns(rows[at], library)}


def _totals(rows: Iterable[Sequence[str]], library: Library) -> set[str]:
    """The labels of totals that stand beside amounts."""
    filled = [row for row in rows if any(is_amount(text) for text in row)]
    return {text for row in filled for text in row if library.says("totals", text)}


def _start_of(row: Sequence[Cell]) -> int:
    return min((cell.pieces[0][0] for cell in row), default=0)


def _title_row(document: Document, rows: Sequence[Sequence[Cell]], heading: Heading) -> int | None:
    """The row whose only cell is a title, beside the unit of money and the like; one no form knows stands on top."""
    for at, row in enumerate(rows):
        held = [c for c in row if any(a < heading.end and heading.start < b for a, b in c.pieces)]
        if not held:
            continue
        others = [folded_cell(document, cell) for cell in row if cell not in held]
        if len(held) > 1 or not all(is_preface(text) for text in others):
            return None
        above = [folded_cell(document, cell) for over in rows[:at] for cell in over]
        below = next(([folded_cell(document, cell) for cell in row] for row in rows[at + 1 :] if row), [])
        # Below amounts a line that no form knows is a title where what follows it is what stands below titles.
        titled = heading.forms or not any(map(is_amount, above)) or (below and all(map(is_preface, below)))
        return at if titled else None
    return None


def _notes_from(document: Document, rows: Sequence[Sequence[Cell]], first: int, last: int) -> int:
    """Where the notes begin, or the next part of the document, that stand below the last row; ``last`` where none do."""
    end = last
    for at in range(last - 1, first - 1, -1):
        if len(rows[at]) > 1:
            break
        text = folded_cell(document, rows[at][0]) if rows[at] else ""
        if NOTE.match(text) or PART.match(text):
            end = at
    return end


def _rows_of(table: CellTable, first: int, last: int) -> CellTable | None:
    """The rows ``first`` to ``last`` (exclusive) as a table of their own; None where they print nothing."""
    cells = [
        cell._replace(row=cell.row - first, rows=min(cell.rows, last - cell.row))
        for cell in table.cells
        if first <= cell.row < last
    ]
    pieces = [piece for cell in cells for piece in cell.pieces]
    if not pieces:
        return None
    # What is drawn above the first row and below the last is of the table, too.
    start = table.start if first == 0 else min(start for start, _ in pieces)
    end = table.end if last >= table.row_count else max(end for _, end in pieces)
    return replace(table, cells=tuple(cells), row_count=last - first, start=start, end=end)


def _without_preface(document: Document, table: CellTable, library: Library) -> CellTable | None:
    """The table below a title without the rows above its header: unit of money, body, date."""
    rows = filled_rows(table)
    for at, row in enumerate(rows):
        texts = [folded_cell(document, cell) for cell in row]
        lone = len(texts) == 1 and not is_amount(texts[0]) and not library.knows(texts[0])
        if texts and not lone and not all(is_preface(text) for text in texts):
            return _rows_of(table, at, table.row_count) if at else table
    return None


def _stands_below(document: Document, segment: Segment, table: CellTable, library: Library, kind: Kind | None) -> bool:
    """Whether a table is the one below the title of ``segment``: close to it, and no note (本表为空) between the two."""
    between = document.text[segment.heading.end if segment.heading else 0 : table.start]
    if not stands_near(document, segment, table) or any(NOTE.match(fold(line)) for line in between.split("\n")):
        return False
    if kind is not None:
        return takes_performance(document, segment, kind)
    # A list of contents has neither amounts nor a word over them.
    texts = [folded_cell(document, cell) for cell in table.cells if cell.pieces]
    return (
        segment.performance
        or has_amounts(document, table, library)
        or any(library.column(text) or library.expense(text) for text in texts)
    )


def _goes_on(document: Document, segment: Segment, table: CellTable, grids: Grids, kind: Kind | None) -> bool:
    """Whether a table holds more rows of the one before: as many columns, the same header or none, nothing between.

    Performance sheets follow each other under one title.
    """
    before = segment.tables[-1]
    between = document.text[before.end : table.start].split("\n")
    if not all(is_preface(text) for text in map(fold, between) if text):
        return False
    if kind is not None:
        return takes_performance(document, segment, kind)
    if table.column_count != before.column_count or segment.heading is None:
        return False
    return grids.same_columns(segment.tables, table)


def _settled(document: Document, segments: Sequence[Segment]) -> list[Segment]:
    """The segments that hold a table, with the notes below it; a title in a list of contents holds none."""
    kept: list[Segment] = []
    for order, segment in enumerate(segments):
        following = segments[order + 1].first if order + 1 < len(segments) else len(document.lines)
        if segment.tables:
            segment.last = min(max(segment.last, segment.body), max(following, segment.body))
            _take_notes(document, segment, following)
            kept.append(segment)
        elif segment.forms and (stop := _end_of_text(document, segment, following)) is not None:
            segment.last = stop
            kept.append(segment)
    return kept


def _end_of_text(document: Document, segment: Segment, following: int) -> int | None:
    """Where a table ends that the text below its title lays out without cells; None where it does not."""
    start = document.lines[segment.body - 1].end
    firsts = [document.line_at(table.start).number - 1 for table in document.tables if table.start >= start]
    return end_of_rows(document, segment.body, min([following, *firsts]))


def _take_notes(document: Document, segment: Segment, following: int) -> None:
    """Take the lines right below a table that are notes on it, and the points that they list."""
    for index in range(segment.last, following):
        text = fold(line_text(document, index))
        if text and not NOTE.match(text) and not (segment.notes and _LISTED_NOTE.match(text)):
            break
        if text:
            segment.notes.append(index)
    if segment.notes:
        segment.last = segment.notes[-1] + 1
