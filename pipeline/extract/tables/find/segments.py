"""Which part of a document each table holds: headings and what stands below them.

Contents pages print every title too; a title with nothing below it begins no table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.performance.evidence import begins_sheet, kind_of_performance
from pipeline.extract.tables.find.ends import (
    count_rows,
    end_of_rows,
    end_of_rows_below_header,
    join_continued,
    line_text,
)
from pipeline.extract.tables.find.grids import Grids
from pipeline.extract.tables.find.headings import BRACKETED, Heading, find_headings
from pipeline.extract.tables.find.in_cells import find_in_cells, headers_of_others
from pipeline.extract.tables.find.segment import Segment, has_amounts, lines_of, stands_near, takes_performance
from pipeline.extract.tables.lexicon import AMOUNT, NAMED_UNIT, NOTE, PART, UNIT, is_amount
from pipeline.ingest.document import CellTable, Document, Page, Word

#: Words in brackets behind a title that name no part of its table: how its rows are sorted, its number, its unit.
_OTHER_VIEW = re.compile(r"分类|科目|分单位|功能|经济|汇总|续|元|单位[:：]|^[（]?[公开表一二三四五六七八九十\d]+[）]?$")
#: What sets words apart that columns are made of.
_COLUMNS = re.compile(r"\s{2,}")
#: How many lines below a title its unit of money may stand.
_UNIT_WITHIN = 6
#: As many titles in one grid are a list of contents.
_LISTED = 3
#: How many lines below a title of performance tables the name of a project may stand.
_NAME_WITHIN = 8
#: A page on which a sheet goes on prints so many lines of cells, and no line alone that is longer.
_ROWS, _PROSE = 3, 30


def find_segments(document: Document, library: Library) -> list[Segment]:
    """The tables of a document in order of print. Every segment's lines are its own."""
    headings = find_headings(document, library)
    if any(not table.edges for table in document.tables):
        found = find_in_cells(document, headings, library)
    else:
        found = _positioned(document, headings, library) if document.pages else _flowing(document, headings)
    _set_parts_apart(found)
    return found


def _set_parts_apart(segments: list[Segment]) -> None:
    """Make tables unknown that are of a part of another: 支出表（本级） where 支出表 stands beside it.

    Alone such a title is that of the body's own table; beside the whole its amounts would be counted twice.
    """
    whole = {segment.heading.title for segment in segments if segment.forms and segment.heading}
    for segment in segments:
        heading = segment.heading
        if heading is None or not heading.forms or (tail := BRACKETED.search(heading.title)) is None:
            continue
        if heading.title[: tail.start()] in whole and not _OTHER_VIEW.search(tail.group()):
            segment.heading = replace(heading, forms=())


def _flowing(document: Document, headings: list[Heading]) -> list[Segment]:
    segments = []
    for order, heading in enumerate(headings):
        stop = headings[order + 1].first if order + 1 < len(headings) else len(document.lines)
        stop = next(
            (index for index in _with("第", document, heading.after, stop) if _begins_part(document, index)), stop
        )
        filled = (line for i in range(heading.after, stop) if (line := line_text(document, i)).strip())
        below = list(islice(filled, _UNIT_WITHIN))
        has_unit = any(UNIT.search(line) for line in below)
        if len(below) < 2 or not (has_unit or (heading.forms and _prints_amount(document, heading.after, stop))):
            continue
        segments.append(Segment(heading, heading.first, stop, body=heading.after))
    return segments


def _with(char: str, document: Document, first: int, last: int) -> Iterator[int]:
    """The lines ``first`` to ``last`` (exclusive) that print ``char``, each as often as it does."""
    if first < last:
        at = document.text.find(char, document.lines[first].start, document.lines[last - 1].end)
        while at >= 0:
            yield document.line_at(at).number - 1
            at = document.text.find(char, at + 1, document.lines[last - 1].end)


def _begins_part(document: Document, index: int) -> bool:
    return bool(PART.match(fold(line_text(document, index)[:20])))


def _prints_amount(document: Document, first: int, last: int) -> bool:
    return bool(AMOUNT.search(document.text, document.lines[first].start, document.lines[last - 1].end))


@dataclass(slots=True)
class _Event:
    page: int
    y: float
    order: int
    heading: Heading | None = None
    table: CellTable | None = None


def _positioned(document: Document, headings: list[Heading], library: Library) -> list[Segment]:
    grids = Grids(document, library)
    by_number = {page.number: page for page in document.pages}
    events = _events(document, headings, by_number)
    repeated = Counter(event.heading.title for event in events if event.heading and not event.heading.forms)
    running = {title for title, times in repeated.items() if times > 2}
    segments: list[Segment] = []
    for event in events:
        page, heading = by_number[event.page], event.heading
        current = segments[-1] if segments else None
        if heading is not None:
            if heading.forms or heading.rival or not _is_no_title(document, page, heading, current, running):
                segments.append(Segment(heading, heading.first, heading.after, body=heading.after))
        elif event.table is not None:
            lines = lines_of(document, event.table)
            kind = kind_of_performance(document, event.table)
            holds = current is not None and (kind is None or takes_performance(document, current, kind))
            if current is None or not (holds and _holds(document, page, event, current, None if kind else grids)):
                if lines is None or not (kind or has_amounts(document, event.table, library)):
                    continue
                current = _segment_of(grids.title_above(current, event.table), lines[0])
                segments.append(current)
            current.tables.append(event.table)
            current.last = max(current.last, lines[1] if lines else 0)
    return grids.join_sideways(join_continued(document, _settle(document, segments, library), grids.same_columns))


def _segment_of(heading: Heading | None, first: int) -> Segment:
    """A table that begins with a ruled grid, below a line that reads as its title or below none."""
    if heading is None:
        return Segment(None, first, first, body=first)
    return Segment(heading, heading.first, heading.after, body=heading.after)


def _events(document: Document, headings: list[Heading], by_number: dict[int, Page]) -> list[_Event]:
    """The titles and the ruled tables of all pages, from top to bottom."""
    events = []
    for heading in headings:
        page = by_number.get(document.line_at(heading.start).page or 1)
        word = _word_at(page, heading.start) if page else None
        if page is not None and word is not None:
            events.append(_Event(page.number, word.top, 0, heading=heading))
    for table in document.tables:
        if _is_contents(document, table, headings):
            continue
        top, bottom = _reach(table)
        number = table.page or 1
        # A frame drawn around title and table begins above its title; the table comes after it all the same.
        lines = lines_of(document, table)
        inside = [e for e in events if e.heading and e.page == number and top <= e.y < bottom]
        framed = [e.y for e in inside if e.heading and (e.heading.forms or lines and e.heading.first == lines[0])]
        events.append(_Event(number, max([top, *framed[:1]]), 1, table=table))
    return sorted(events, key=lambda event: (event.page, event.y, event.order))


def _is_contents(document: Document, table: CellTable, headings: list[Heading]) -> bool:
    """Whether a ruled grid lists the titles of tables: several lines of it are titles, and no unit of money stands in it."""
    first, last = lines_of(document, table) or (0, 0)
    titles = sum(bool(heading.forms) and first <= heading.first < last for heading in headings)
    return titles >= _LISTED and not any(NAMED_UNIT.search(line_text(document, index)) for index in range(first, last))


def _holds(document: Document, page: Page, event: _Event, segment: Segment, grids: Grids | None) -> bool:
    """Whether a ruled table is the first one below a title, or goes on with the one before."""
    if event.table is None or not segment.tables:
        return event.table is not None and stands_near(document, segment, event.table)
    if (
        grids is not None
        and segment.heading is not None
        and not any(form.kind == "performance" for form in segment.forms)
    ):
        return grids.go_on(segment, event.table)
    # Sheets of targets are ruled anew on every page, and nothing is added up of a table without title.
    before = segment.tables[-1]
    return _goes_on(document, page, event, before.page or 1, _reach(before)[1])


def _reach(table: CellTable) -> tuple[float, float]:
    """The top and the bottom of a table on its page."""
    boxes = [cell.box for cell in table.cells if cell.box]
    return min((box.top for box in boxes), default=0.0), max((box.bottom for box in boxes), default=0.0)


def _is_no_title(document: Document, page: Page, heading: Heading, current: Segment | None, running: set[str]) -> bool:
    """Whether a line that ends like a title, and that no form knows, is something else.

    A label in a cell, a running head that page after page prints, or words below a known title (预算公开表).
    """
    if heading.title in running or any(
        table.page == page.number and _inside(document, heading, table) for table in document.tables
    ):
        return True
    return current is not None and bool(current.forms) and not current.tables and heading.first - current.body < 4


def _settle(document: Document, segments: list[Segment], library: Library) -> list[Segment]:
    kept: list[Segment] = []
    for order, segment in enumerate(segments):
        following = segments[order + 1].first if order + 1 < len(segments) else len(document.lines)
        others: list[Segment] = []
        if not segment.tables:
            stop = end_of_rows(document, segment.body, following)
            if stop is None and segment.performance:
                stop = _end_of_sheet(document, segment, following)
            if segment.heading is None or stop is None:
                continue
            if not segment.forms and count_rows(document, segment.body, stop) < 2:
                continue
            segment.last, others = _without_others(document, segment.body, stop, library)
        elif segment.heading and not any(has_amounts(document, one, library) for one in segment.tables):
            # Only the header is ruled: then the rows below it stand in columns without lines.
            below = end_of_rows_below_header(document, segment.last, following)
            if below is not None:
                segment.last, segment.tables = below, []
        segment.last = min(max(segment.last, segment.body), max(following, segment.body))
        _take_notes(document, segment, following)
        kept += [segment, *others]
    return kept


def _without_others(document: Document, first: int, stop: int, library: Library) -> tuple[int, list[Segment]]:
    """Where the rows of a table without cells end, and the tables without title that begin below them."""
    filled = [index for index in range(first, stop) if line_text(document, index).strip()]
    rows = [[fold(cell) for cell in _COLUMNS.split(line_text(document, index).strip())] for index in filled]
    starts = [filled[at] for at in sorted(headers_of_others(rows, set(), library))]
    others = [Segment(None, at, end, body=at) for at, end in zip(starts, [*starts[1:], stop], strict=False)]
    if not starts:
        return stop, []
    above = [index for index, row in zip(filled, rows, strict=True) if index < starts[0] and any(map(is_amount, row))]
    return above[-1] + 1, others


def _end_of_sheet(document: Document, segment: Segment, following: int) -> int | None:
    """The end of the pages that a performance sheet without rules stands on; None where nothing below its title begins one."""
    page = document.lines[segment.first].page
    inside = [index for index in range(segment.body, following) if document.lines[index].page == page]
    lines = islice((line for index in inside if (line := line_text(document, index)).strip()), _NAME_WITHIN)
    labels = [_COLUMNS.split(line.strip())[0] for line in lines]
    if not any(begins_sheet(label) for label in (*labels, *(above + below for above, below in pairwise(labels)))):
        return None
    stop = inside[-1] + 1
    while stop < following and _goes_on_in_columns(document, stop, following):
        page = document.lines[stop].page
        stop = next((i for i in range(stop, following) if document.lines[i].page != page), following)
    return stop


def _goes_on_in_columns(document: Document, first: int, following: int) -> bool:
    """Whether the page from the line ``first`` on prints cells beside one another, and no sentence over its whole width."""
    page = document.lines[first].page
    lines = [line_text(document, i).strip() for i in range(first, following) if document.lines[i].page == page]
    cells = [_COLUMNS.split(line) for line in lines if line]
    prose = any(len(row) == 1 and len(fold(row[0])) > _PROSE for row in cells)
    return not prose and sum(len(row) > 2 for row in cells) >= _ROWS


def _take_notes(document: Document, segment: Segment, following: int) -> None:
    index, page = segment.last, document.lines[segment.last - 1].page if segment.last else None
    taking = False
    while index < following:
        line = document.lines[index]
        text = fold(line_text(document, index))
        if line.page != page:
            break
        if text:
            taking = taking or bool(NOTE.search(text))
            if not taking:
                break
            segment.notes.append(index)
        index += 1
    if segment.notes:
        segment.last = segment.notes[-1] + 1


def _word_at(page: Page, start: int) -> Word | None:
    position = bisect_left([word.start for word in page.words], start)
    return page.words[position] if position < len(page.words) else None


def _inside(document: Document, heading: Heading, table: CellTable) -> bool:
    lines = lines_of(document, table)
    return lines is not None and lines[0] < heading.first < lines[1] - 1


def _goes_on(document: Document, page: Page, event: _Event, last_page: int, bottom: float) -> bool:
    """Whether a grid continues the one before: same or next page, and no paragraph between the two."""
    if page.number not in (last_page, last_page + 1):
        return False
    between = [
        word
        for word in page.words
        if word.bottom <= event.y + 1 and (page.number != last_page or word.top >= bottom - 1)
    ]
    text = fold("".join(document.text[word.start : word.end] for word in between))
    return len(text) < 60 or bool(UNIT.search(text) and len(text) < 120)
