"""Tables in text laid out with spaces (``pdftotext -layout``): where words stand says row and column.

Such text is laid out page by page, so columns are found on each page anew: numbers that stand over one another are a
column, and so are words. A row is a line that prints amounts or a code, with the lines of its wrapped name around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import ORDINAL, is_page_number
from pipeline.extract.tables.cells import Layout, Piece, cell_of
from pipeline.extract.tables.laid_columns import matched, under
from pipeline.extract.tables.laid_header import Block, blocks_of, cover, hides_group, leaves_of
from pipeline.extract.tables.laid_rows import place, rows_of_lines
from pipeline.extract.tables.laid_words import LaidColumn, LaidWord, words_of_line, words_on_page
from pipeline.extract.tables.measures import Measure, by_character, holds, measures_of, same_places
from pipeline.extract.tables.names import Names
from pipeline.extract.tables.ruled import PageRows, read_rows
from pipeline.extract.tables.ruled_header import Spot, is_numbering_text
from pipeline.extract.tables.segment import Segment
from pipeline.ingest.document import Document, Line

_UNIT_LINE = re.compile(r"单位[:：]?(?:人民币)?[百千万亿]*元")
_NUMERIC_KEYS = ("code", "class", "section", "item", "row_number", "unit_code")


def read_laid_out(document: Document, segment: Segment, form: TableForm, library: Library, names: Names) -> Layout:
    """Rows and columns of one table of a text that is laid out with spaces, or of pages without ruling lines.

    A text that may be measured in two ways is read in both: the readings must agree.
    """
    if document.points:
        return _read(document, segment, form, library, names, by_character)
    measures = measures_of(_amounts(document, segment.body, segment.last))
    if len(measures) > 1:  # one text is laid out in one way
        measures = measures_of(_amounts(document, 0, len(document.lines)))
    layouts = [_read(document, segment, form, library, names, measure) for measure in measures]
    if len(layouts) == 1 or same_places(*layouts):
        return layouts[0]
    proved = [layout for layout in layouts if holds(layout, form.identities)]
    if len(proved) == 1:
        return proved[0]
    return Layout(
        layouts[0].columns,
        problems=[
            "its columns differ with whether a Chinese character is taken to be as wide as one letter or as two, "
            "and its amounts stand in line either way; none of them is published"
        ],
    )


def _read(
    document: Document, segment: Segment, form: TableForm, library: Library, names: Names, measure: Measure
) -> Layout:
    last = segment.notes[0] if segment.notes else segment.last
    pages: list[PageRows] = []
    before: list[LaidColumn] = []
    for number, lines in _pages(document, segment, last):
        if document.points:
            words = words_on_page(document, document.pages[number - 1], lines)
        else:
            words = [words_of_line(document, index, line, measure) for index, line in lines]
        words = [found for found in words if found and not _is_unit_line(found)]
        while words and is_page_number("".join(word.text for word in words[-1])):
            words.pop()
        at = next((i for i, found in enumerate(words) if _begins_body(found, library)), len(words))
        at = _header_end(words[:at], library)
        header = [word for found in words[:at] for word in found]
        body = words[at:]
        if not body and not header:
            continue
        if before and not any(word.numeric for found in words for word in found):
            continue  # the page goes on with something else
        columns = _columns(body, library)
        blocks: list[Block] = []
        if any(library.knows(word.text) for word in header):
            columns, blocks = _headed(header, columns, library)
        elif header:
            body, columns = words, _columns(words, library)
        if not blocks:
            columns = matched(columns, before)
        if not columns:
            return Layout(problems=[f"page {number}: its columns cannot be told from where its words stand"])
        before = columns
        edges = [float(edge) for edge in range(len(columns) + 1)]
        rows = _rows(document, body, columns, library, names, goes_on=bool(pages))
        pages.append(PageRows(f"page {number}", _header_rows(document, blocks), rows, edges, []))
    return read_rows(document, pages, form, library)


def _amounts(document: Document, first: int, last: int) -> list[tuple[str, list[tuple[int, int]]]]:
    """The lines that print amounts, and where these stand in them."""
    found = []
    for index in range(first, last):
        line = document.lines[index]
        spans = [(int(w.x0), int(w.x1)) for w in words_of_line(document, index, line) if w.numeric and "." in w.text]
        if spans:
            found.append((document.text[line.start : line.end], spans))
    return found


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


def _is_unit_line(words: list[LaidWord]) -> bool:
    text = "".join(word.text for word in words)
    return bool(_UNIT_LINE.search(text)) and not any(word.numeric for word in words)


def _begins_body(words: list[LaidWord], library: Library) -> bool:
    if is_numbering_text([word.text for word in words]):
        return False
    if len(words) > 1 and all(_heads(word, library) for word in words):
        return False  # 其中：教育收费 beside 金额 is a header's word, though rows may begin with 其中
    if any(word.numeric or ORDINAL.match(word.text) for word in words):
        return not any(word.numeric and len(word.text) == 4 for word in words) or len(words) > 1
    first = words[0].text
    return library.says("empty.rows", first)


def _heads(word: LaidWord, library: Library) -> bool:
    return not word.numeric and library.knows(word.text) and not library.says("totals", word.text)


def _header_end(lines: list[list[LaidWord]], library: Library) -> int:
    """How many of the lines above the first amount are header: below its last known word a name begins, wrapped."""
    blocks = blocks_of([_block(word) for words in lines for word in words], library)
    last = max((block.bottom for block in blocks if library.knows(block.text)), default=-1)
    return sum(words[0].line <= last for words in lines) if last >= 0 else len(lines)


def _block(word: LaidWord) -> Block:
    return Block(word.text, [(word.start, word.end)], word.x0, word.x1, word.line, word.line)


def _columns(body: Sequence[Sequence[LaidWord]], library: Library) -> list[LaidColumn]:
    """Numbers that overlap are a column, and so are words; a word that only sums up (合计) makes none."""
    found: list[LaidColumn] = []
    for numeric in (True, False):
        spans = sorted(
            (w.x0, w.x1, numeric and ("." in w.text or "," in w.text))
            for words in body
            for w in words
            if w.numeric == numeric and not library.says("totals", w.text.rstrip(":"))
        )
        merged: list[LaidColumn] = []
        for x0, x1, pointed in spans:
            if merged and x0 < merged[-1].x1:
                merged[-1].x1 = max(merged[-1].x1, x1)
            else:
                merged.append(LaidColumn(x0, x1, numeric))
            if pointed:
                merged[-1].holds = "amounts"
        found += merged
    return sorted(found, key=lambda column: column.middle)


def _headed(
    header: Sequence[LaidWord], columns: list[LaidColumn], library: Library
) -> tuple[list[LaidColumn], list[Block]]:
    """The columns that the header names, each with its block; columns of the body that no word stands over are none.

    No blocks where it cannot be told what a word of the header stands over.
    """
    blocks = blocks_of([_block(word) for word in _without_label(header, library)], library)
    leaves = leaves_of(blocks, [(column.x0, column.x1) for column in columns])
    keys = [library.key(leaf.text) for leaf in leaves]
    numeric = [key is None or key.kind in _NUMERIC_KEYS for key in keys]
    found = [LaidColumn(leaf.x0, leaf.x1, n) for leaf, n in zip(leaves, numeric, strict=True)]
    matched_to: set[int] = set()
    for wanted in (True, False):
        ours = [i for i, n in enumerate(numeric) if n == wanted]
        bodies = [column for column in columns if column.numeric == wanted]
        for at, column in under([leaves[i] for i in ours], bodies):
            found[ours[at]] = column
            matched_to.add(ours[at])
    if hides_group(leaves, matched_to, library):
        return [], []
    for at, (leaf, key) in enumerate(zip(leaves, keys, strict=True)):
        leaf.first = leaf.last = at
        found[at].holds = "amounts" if key is None else "codes"
    cover(blocks, library)
    return found, [block for block in blocks if block.first >= 0]


def _without_label(header: Sequence[LaidWord], library: Library) -> list[LaidWord]:
    """Without the label of an empty first row (合计), which stands below the names of key columns like one of them."""
    keys = [word for word in header if (key := library.key(word.text)) and key.kind in ("code", "name", "code_name")]
    end = max((word.x1 for word in keys), default=0)
    firsts = {min(w.start for w in header if w.line == line) for line in {w.line for w in header}}
    return [
        word
        for word in header
        if not (
            word.start in firsts and word.x0 < end and library.says("totals", word.text) and keys[0].line <= word.line
        )
    ]


def _header_rows(document: Document, blocks: Sequence[Block]) -> list[list[Spot]]:
    rows: dict[int, list[Spot]] = {}
    for block in sorted(blocks, key=lambda block: (block.top, block.first)):
        spot = Spot(cell_of(document.text, block.pieces), block.first, block.last + 1)
        rows.setdefault(block.top, []).append(spot)
    return list(rows.values())


def _rows(
    document: Document,
    body: list[list[LaidWord]],
    columns: list[LaidColumn],
    library: Library,
    names: Names,
    goes_on: bool,
) -> list[list[Spot]]:
    for words in body:
        place(words, columns)
    rows: list[list[Spot]] = []
    for group in rows_of_lines(body, columns, library, names, goes_on):
        cells: dict[int, list[Piece]] = {}
        for word in sorted(group, key=lambda word: word.start):
            cells.setdefault(word.column, []).append((word.start, word.end))
        rows.append([Spot(cell_of(document.text, cells[at]), at, at + 1) for at in sorted(cells)])
    return rows
