"""Tables of words with positions and no rules: text laid out with spaces (``pdftotext -layout``), pages of a PDF.

Where words stand says row and column. Columns are found on each page anew: numbers that stand over one another are a
column, and so are words. A row is a line that prints amounts or a code, with the lines of its wrapped name around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import or_

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import is_page_number
from pipeline.extract.tables.find.segment import Segment
from pipeline.extract.tables.layout.broken import decimals_of, join_broken
from pipeline.extract.tables.layout.sheet import HeaderRow, Piece, Sheet, SheetCell, SheetPart, SheetRow, cell_of
from pipeline.extract.tables.layout.spaced_columns import (
    NUMERIC_KEYS,
    columns_as_before,
    columns_below,
    columns_in_order,
    columns_of_header,
)
from pipeline.extract.tables.layout.spaced_full import FullPage
from pipeline.extract.tables.layout.spaced_header import Block, header_block
from pipeline.extract.tables.layout.spaced_order import OrderedHeader
from pipeline.extract.tables.layout.spaced_rows import (
    assign_columns,
    join_code_and_name,
    join_signs,
    rows_of_lines,
    set_in_columns,
)
from pipeline.extract.tables.layout.torn import join_header_words, words_in_order
from pipeline.extract.tables.layout.words import (
    Measure,
    SpacedColumn,
    Word,
    by_character,
    measures_of_lines,
    parted,
    words_of_line,
    words_on_page,
)
from pipeline.extract.tables.lexicon import NAMED_UNIT, ORDINAL, is_dash, numbers_columns, year_alone
from pipeline.extract.tables.meaning.told import ToldColumns
from pipeline.ingest.document import Document, Line


def read_spaced(document: Document, segment: Segment, form: TableForm, library: Library) -> Iterator[Sequence[Sheet]]:
    """The ways to read the words of a table, the likeliest first: one sheet each, or two that have to agree.

    Text may be measured in two ways. On a page whose lines do not make rows, amounts may be set off the line of their
    label. In text whose lines begin at different places, amounts may be told apart by their order alone, and in text
    whose lines are full the words of the header, too.
    """
    if document.points:
        yield [_read(document, segment, library, by_character)]
        yield [_read(document, segment, library, by_character, levelled=True)]
        return
    measures = measures_of_lines(document, segment.body, segment.last)
    yield [_read(document, segment, library, measure) for measure in measures]
    yield [_read(document, segment, library, measure, counted=True) for measure in measures]
    if by_character in measures:
        yield [_read_in_order(document, segment, form, library)]


def read_as_told(
    document: Document, segment: Segment, form: TableForm, library: Library, told: ToldColumns
) -> Sequence[Sheet]:
    """The reading of a table of laid out text in which amounts stand where other tables say that they do."""
    measures = measures_of_lines(document, segment.body, segment.last)
    return [_read_in_order(document, segment, form, library, told)] if by_character in measures else []


def _read(
    document: Document,
    segment: Segment,
    library: Library,
    measure: Measure,
    levelled: bool = False,
    counted: bool = False,
) -> Sheet:
    sheet = Sheet()
    before: list[SpacedColumn] = []
    cut: set[str] = set()
    pages = [
        (number, _words(document, number, lines, library, measure, levelled))
        for number, lines in _pages(document, segment, segment.notes[0] if segment.notes else segment.last)
    ]
    decimals = decimals_of(word for _, found in pages for words in found for word in words)
    for number, words in pages:
        words = _without_number(join_broken(words, decimals, library))
        header, body = _header_and_body(document, words, library, measure)
        if not words or (before and not any(word.numeric for found in words for word in found)):
            continue  # the page goes on with something else
        heads = {word.text for word in header if library.knows(word.text)}
        if not before and not body:
            cut |= heads
            continue
        if cut - heads:
            return Sheet(problems=[f"page {number}: the page before it holds a part of its header"])
        if _has_no_codes(header, library) and not before:
            body = [join_code_and_name(found) for found in body]
        full = set_in_columns(body) if counted else []
        columns = columns_below(body, library)
        blocks: list[Block] = []
        if any(library.knows(word.text) for word in header):
            columns, blocks = columns_of_header(
                header, columns, library, counted=measure is by_character and not document.points
            )
        elif header:
            body, columns = words, columns_below(words, library)
        if not blocks:
            columns = (columns_in_order if counted else columns_as_before)(columns, before)
        if not columns or (counted and not _are_amounts(columns, full)):
            return Sheet(problems=[f"page {number}: its columns cannot be told from where its words stand"])
        edges = [float(edge) for edge in range(len(columns) + 1)]
        rows = _rows(document, body, columns, library, goes_on=bool(before))
        sheet.parts.append(SheetPart(f"page {number}", _header_rows(document, blocks), rows, edges))
        before = columns
    return sheet


def _read_in_order(
    document: Document, segment: Segment, form: TableForm, library: Library, told: ToldColumns | None = None
) -> Sheet:
    """The sheet of a table whose lines are full: see ``spaced_order``; ``told`` says whose amounts are where cells are blank."""
    sheet = Sheet()
    header: OrderedHeader | None = None
    pages = list(_pages(document, segment, segment.notes[0] if segment.notes else segment.last))
    found = [_words(document, number, lines, library, by_character, False) for number, lines in pages]
    decimals = decimals_of(word for page in found for words in page for word in words)
    for (number, _), words in zip(pages, found, strict=True):
        words = _without_number(join_broken(words, decimals, library))
        if not any(word.numeric for line in words for word in line):
            continue
        at = next((i for i, line in enumerate(words) if _begins_body(line, words[:i], library)), len(words))
        above = [line for line in words[:at] if not numbers_columns([word.text for word in line])]
        page = FullPage(document, above, words[at:], form, library)
        page.settle(header, told)
        if page.header is None:
            return Sheet(problems=[f"page {number}: its columns cannot be told from where its words stand"])
        edges = [float(edge) for edge in range(len(page.columns) + 1)]
        rows = _rows(document, page.body, page.columns, library, goes_on=header is not None)
        sheet.parts.append(SheetPart(f"page {number}", page.header.rows if page.repeated else [], rows, edges))
        header = page.header
    return sheet


def _has_no_codes(header: Sequence[Word], library: Library) -> bool:
    """Whether no word of a header stands over codes: then they stand before the names, in one column."""
    keys = [key.kind for word in header if (key := library.key(word.text)) is not None]
    return bool(keys) and not any(kind in NUMERIC_KEYS for kind in keys)


def _are_amounts(columns: Sequence[SpacedColumn], places: Sequence[tuple[float, float]]) -> bool:
    """Whether the columns of amounts are those at ``places``, each with its word of the header, and no others."""
    return bool(places) and [(c.x0, c.x1) for c in columns if c.holds == "amounts"] == list(places)


def _words(
    document: Document, page: int, lines: list[tuple[int, Line]], library: Library, measure: Measure, levelled: bool
) -> list[list[Word]]:
    """The words of a page, line by line, without those of the unit of money."""
    if document.points:
        words = words_on_page(document, document.pages[page - 1], lines, library, levelled)
    else:
        pitch = _pitch(lines)
        words = [words_of_line(document, index // pitch, line, measure, library) for index, line in lines]
    return [found for found in words if found and not _is_unit_line(found)]


def _without_number(words: list[list[Word]]) -> list[list[Word]]:
    """The lines of a page without the number that stands at its end."""
    while words and is_page_number("".join(word.text for word in words[-1])):
        words = words[:-1]
    return words


def _pitch(lines: list[tuple[int, Line]]) -> int:
    """How far apart the lines of a page are: two where a blank line stands between any two that print anything."""
    printed = [index for index, line in lines if line.end > line.start]
    return 1 if any(b - a < 2 for a, b in pairwise(printed)) else 2


def _header_and_body(
    document: Document, words: list[list[Word]], library: Library, measure: Measure
) -> tuple[list[Word], list[list[Word]]]:
    """The words above the first row, and the lines from there on."""
    at = next((i for i, found in enumerate(words) if _begins_body(found, words[:i], library)), len(words))
    lines = [_whole_words(found, library) for found in words[:at]]
    end = _header_end(lines, library)
    if end < at or not all(library.knows(block.text) for block in _blocks(lines[:end], library)):
        for last in range(at, end - 1, -1):
            if whole := _in_order(document, words[:last], library, measure):
                return whole, words[last:]
    header = [found for found in lines[:end] if not numbers_columns([word.text for word in found])]
    return [word for found in header for word in found], [*lines[end:], *words[at:]]


def _in_order(document: Document, lines: list[list[Word]], library: Library, measure: Measure) -> list[Word]:
    """The words of a header put together from pieces in the order of its lines; empty where that is not certain."""
    kept = [found for found in lines if not numbers_columns([word.text for word in found])]
    return words_in_order(
        [[run for word in found for run in parted(document, word, measure)] for found in kept], library
    )


def _blocks(lines: Sequence[Sequence[Word]], library: Library) -> list[Block]:
    return join_header_words([header_block(word) for words in lines for word in words], library)


def _whole_words(words: list[Word], library: Library) -> list[Word]:
    """The words of a line of a header, those joined that are one word set wide (财政拨  款收入)."""
    whole: list[Word] = []
    for word in words:
        before = whole[-1] if whole else None
        if (
            before is not None
            and not (library.knows(before.text) or library.knows(word.text))
            and library.knows(before.text + word.text)
        ):
            whole[-1] = replace(before.joined(word), x1=word.x1)
        else:
            whole.append(word)
    return whole


def _pages(document: Document, segment: Segment, last: int) -> list[tuple[int, list[tuple[int, Line]]]]:
    """The lines of each page below the title, which every page may print."""
    found: list[tuple[int, list[tuple[int, Line]]]] = []
    for index in range(segment.body, last):
        if index in segment.repeats:
            continue
        line = document.lines[index]
        page = line.page or 1
        if not found or found[-1][0] != page:
            found.append((page, []))
        found[-1][1].append((index, line))
    return found


def _is_unit_line(words: list[Word]) -> bool:
    text = "".join(word.text for word in words)
    return bool(NAMED_UNIT.search(text)) and not any(word.numeric for word in words)


def _begins_body(words: list[Word], above: list[list[Word]], library: Library) -> bool:
    """Whether a line is the first below the header: it prints an amount, an ordinal or that the table is empty."""
    if numbers_columns([word.text for word in words]):
        return False
    heads = [_heads(word, library) for word in words]
    named = any(library.key(word.text) for word in words)
    others = [
        year_alone(word.text) is not None if word.numeric else named and library.says("totals", word.text)
        for word in words
    ]
    if len(words) > 1 and any(heads) and all(map(or_, heads, others)):
        return False  # 其中：教育收费 beside 金额 is a header's word, though rows may begin with 其中; so is 2023 beside 项目
    # 其中 right of another word of the header (其中：教 over 育收费) is the header's, too.
    inner = min((word.x1 for found in above for word in found), default=float("inf"))
    ordinals = [word for word in words if ORDINAL.match(word.text)]
    if any(word.numeric for word in words) or any(w.x0 < inner or not w.text.startswith("其中") for w in ordinals):
        return not any(word.numeric and len(word.text) == 4 for word in words) or len(words) > 1
    first = words[0].text
    return library.says("empty.rows", first)


def _heads(word: Word, library: Library) -> bool:
    return not word.numeric and library.knows(word.text) and not library.says("totals", word.text)


def _header_end(lines: list[list[Word]], library: Library) -> int:
    """How many of the lines above the first amount are header: below its last known word a name begins, wrapped."""
    last = max((block.bottom for block in _blocks(lines, library) if library.knows(block.text)), default=-1)
    return sum(words[0].line <= last for words in lines) if last >= 0 else len(lines)


def _header_rows(document: Document, blocks: Sequence[Block]) -> list[HeaderRow]:
    rows: dict[int, HeaderRow] = {}
    for block in sorted(blocks, key=lambda block: (block.top, block.first)):
        one = SheetCell(cell_of(document.text, block.pieces), block.first, block.last + 1)
        rows.setdefault(block.top, []).append(one)
    return list(rows.values())


def _rows(
    document: Document, body: list[list[Word]], columns: list[SpacedColumn], library: Library, goes_on: bool
) -> list[SheetRow]:
    body = [join_signs(words, columns) for words in body]
    for words in body:
        assign_columns(words, columns)
    rows: list[SheetRow] = []
    for group in rows_of_lines(body, columns, library, goes_on):
        cells: dict[int, list[Piece]] = {}
        for word in sorted((word for word in group if not is_dash(word.text)), key=lambda word: word.start):
            cells.setdefault(word.column, []).extend(word.pieces)
        rows.append(SheetRow([SheetCell(cell_of(document.text, cells[at]), at, at + 1) for at in sorted(cells)]))
    return rows
