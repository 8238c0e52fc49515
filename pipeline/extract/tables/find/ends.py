"""Where the rows of a table end that has no ruling lines, or only a ruled header: by what its lines look like."""

from __future__ import annotations

import re

from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.tables.lexicon import FULL_STOP, NAMED_UNIT, NOTE, PART, SENTENCE, is_amount
from pipeline.ingest.document import Document

_PROSE = 30


def line_text(document: Document, index: int) -> str:
    """The text of a line, by its index."""
    line = document.lines[index]
    return document.text[line.start : line.end]


def aligned_end(document: Document, body: int, following: int) -> int | None:
    """Where a table without ruling lines ends; None where there is none (a title in a list of contents)."""
    amounts, prose, last = 0, 0, None
    has_unit = noted = False
    for index in range(body, following):
        text = line_text(document, index).strip()
        if not text:
            continue
        if PART.match(fold(text)):
            break
        if has_unit and last is not None and NOTE.match(fold(text)):
            noted = True
            break
        if len(fold(text)) > _PROSE and SENTENCE.search(text) and not NOTE.match(fold(text)):
            prose += 1
            if prose >= 2:
                break
            continue
        has_unit = has_unit or (index < body + 8 and bool(NAMED_UNIT.search(text)))
        if not has_unit and index >= body + 8:
            return None
        numbered = bool(re.search(r"\d", text))
        onward = last is not None and document.lines[index].page != document.lines[last - 1].page
        if onward and amounts and not (numbered and _has_amount_cell(text)):
            continue  # a page without a row so far is no part of the table: sentences of the next section print numbers, too
        amounts += numbered
        last = index + 1
    # A list of contents prints titles, too, and page numbers; it never prints a unit of money.
    # A note below (本表为空) makes an empty table of a header.
    filled = amounts or noted or (last is not None and last - body >= 5)
    return last if last is not None and has_unit and filled and last - body >= 3 else None


def _has_amount_cell(text: str) -> bool:
    """Whether one of several cells of a line is a number and nothing else, and the line is no sentence."""
    cells = text.split()
    return len(cells) > 1 and not SENTENCE.search(text) and any(is_amount(fold(cell)) for cell in cells)


def _is_row_like(text: str) -> bool:
    """A line of a table's body: two cells or more, an amount among them, and no sentence."""
    cells = text.split()
    return (
        len(cells) > 1
        and bool(re.search(r"\d", text))
        and not FULL_STOP.search(text)
        and any(is_amount(fold(cell)) and ("." in fold(cell) or "," in fold(cell)) for cell in cells)
    )


def row_like(document: Document, first: int, last: int) -> int:
    """How many lines look like rows of a table."""
    return sum(_is_row_like(line_text(document, index)) for index in range(first, last))


def rows_below(document: Document, first: int, following: int) -> int | None:
    """Where the rows end that stand below a ruled header; None where there are none."""
    rows, last = 0, None
    for index in range(first, following):
        text = fold(line_text(document, index))
        if NOTE.search(text) or PART.match(text) or FULL_STOP.search(text):
            break
        if _is_row_like(line_text(document, index)):
            rows, last = rows + 1, index + 1
        elif last is not None and index - last > 4:
            break
    if rows < 2 or last is None:
        return None
    # The code or the end of the name of the last row may stand a line below its amounts.
    page = document.lines[last - 1].page
    for index in range(last, min(following, last + 2)):
        text = fold(line_text(document, index))
        if document.lines[index].page != page or len(text) > 30 or NOTE.search(text) or is_page_number(text):
            break
        last = index + 1
    return last
