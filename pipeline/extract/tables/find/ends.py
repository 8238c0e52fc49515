"""Where tables end that have no ruling lines, or only a ruled header, and which go on over pages that repeat their title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import takewhile

from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.performance.evidence import kind_of_performance
from pipeline.extract.tables.find.headings import Heading
from pipeline.extract.tables.find.segment import Segment, lines_of
from pipeline.extract.tables.lexicon import CONTINUED, FULL_STOP, NAMED_UNIT, NOTE, PART, SECTION, SENTENCE, is_amount
from pipeline.ingest.document import CellTable, Document

_PROSE = 30
#: So many lines above the first one below a title the unit of money may stand at most, the title between.
_UNIT_ABOVE = 3
#: A heading with its ordinal: 四、其他重要事项.
_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)[^\W\d_]{2,24}")
#: Whether a grid has the columns of those before.
SameColumns = Callable[[Sequence[CellTable], CellTable], bool]
DIGITS = re.compile(r"\d+")
#: The title of a disclosure over its parts or pages: …局2024年部门预算公开.
_DISCLOSURE = re.compile(r"[^，。；:]{2,40}20\d\d年度?(?:部门|单位)(?:预算|决算)(?:[信息公开说明文本报告情况的]*)")


def line_text(document: Document, index: int) -> str:
    """The text of a line, by its index."""
    line = document.lines[index]
    return document.text[line.start : line.end]


def end_of_rows(document: Document, body: int, following: int) -> int | None:
    """Where a table without ruling lines ends; None where no rows follow (a title in a list of contents)."""
    amounts, prose, last = 0, 0, None
    has_unit, noted = _unit_above(document, body), False
    for index in range(body, following):
        text = line_text(document, index).strip()
        if PART.match(fold(text)) or (amounts and _is_heading(document, index, following)):
            break
        if not text or _DISCLOSURE.fullmatch(fold(text)):
            continue
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
            continue  # a page without a row so far lies behind the table: sentences of the next section print numbers, too
        amounts += numbered
        last = index + 1
    # A list of contents prints titles, too, and page numbers; it never prints a unit of money.
    # A note below (本表为空) makes an empty table of a header.
    filled = amounts or noted or (last is not None and last - body >= 5)
    if last is None or not has_unit or not filled or last - body < 3:
        return None
    return _without_prose(document, body, last, following)


def _is_heading(document: Document, index: int, following: int) -> bool:
    """Whether a line is the heading of a section of prose: by its words, or by its ordinal and a sentence right below it."""
    text = fold(line_text(document, index))
    if SECTION.fullmatch(text):
        return True
    below = next((t for i in range(index + 1, following) if (t := fold(line_text(document, i)))), "")
    return (
        bool(_NUMBERED.fullmatch(text))
        and len(below) > _PROSE // 2
        and bool(SENTENCE.search(below))
        and not NOTE.match(below)
    )


def _without_prose(document: Document, body: int, last: int, following: int) -> int:
    """Where the rows from the line ``body`` on end, if a blank line, a heading and a sentence stand below them; else ``last``."""
    row = next((i for i in range(last - 1, body, -1) if _has_amount_cell(line_text(document, i))), None)
    if row is None:
        return last
    blank = next((i for i in range(row + 1, last) if not line_text(document, i).strip()), last)
    printed = (text for i in range(last, following) if (text := line_text(document, i).strip()))
    below = [*(line_text(document, i).strip() for i in range(blank, last)), next(printed, "")]
    return blank if any(text.endswith("。") and len(text.split()) == 1 for text in below) else last


def _unit_above(document: Document, body: int) -> bool:
    """Whether the unit of money stands in the title that ends above ``body``, or right above it in a line of its own."""
    page = document.lines[body - 1].page if body else None
    for index in range(body - 1, max(-1, body - 2 - _UNIT_ABOVE), -1):
        if document.lines[index].page != page:
            return False
        text = line_text(document, index).strip()
        if NAMED_UNIT.search(text):
            return not re.search(r"\d\.\d", text)
    return False


def _has_amount_cell(text: str) -> bool:
    """Whether one of several cells of a line is a number and nothing else, in a line that is not a sentence."""
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


def count_rows(document: Document, first: int, last: int) -> int:
    """How many lines look like rows of a table."""
    return sum(_is_row_like(line_text(document, index)) for index in range(first, last))


def end_of_rows_below_header(document: Document, first: int, following: int) -> int | None:
    """Where the rows end that stand below a ruled header; None where fewer than two do."""
    rows, last = 0, None
    for index in range(first, following):
        text = fold(line_text(document, index))
        if NOTE.search(text) or PART.match(text) or FULL_STOP.search(text):
            break
        if rows and _is_heading(document, index, following):
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
        apart = NOTE.search(text) or _is_heading(document, index, following) or is_page_number(text)
        if document.lines[index].page != page or len(text) > 30 or apart:
            break
        last = index + 1
    return last


def join_continued(
    document: Document, segments: list[Segment], same_columns: SameColumns | None = None
) -> list[Segment]:
    """Pages that repeat a table's title over its next rows (支出总表（续）) go on with the table before.

    Only on the very next page, below the same words (编制部门：…): another unit's table of the same name is its own.
    ``same_columns`` says of ruled grids whether one may hold more rows of those before.
    """
    kept: list[Segment] = []
    for segment in segments:
        before = kept[-1] if kept else None
        if before is not None and _same_title(before, segment) and _same_table(document, before, segment, same_columns):
            before.repeats += range(segment.first, segment.body)
            before.tables += segment.tables
            before.last, before.notes = segment.last, [*before.notes, *segment.notes]
        else:
            kept.append(segment)
    return kept


def _same_title(one: Segment, other: Segment) -> bool:
    return one.heading is not None and other.heading is not None and same_title(one.heading, other.heading)


def same_title(one: Heading, other: Heading) -> bool:
    """Whether two titles are one, whichever of them says that it goes on."""
    return CONTINUED.sub("", fold(one.title)) == CONTINUED.sub("", fold(other.title))


def _same_table(document: Document, one: Segment, other: Segment, same_columns: SameColumns | None) -> bool:
    if other.tables and kind_of_performance(document, other.tables[0]) == "sheet":
        return False  # another project's, under a title of its own
    if one.tables and other.tables:
        sheet = any(form.kind == "performance" for form in one.forms)
        if same_columns is not None and not sheet and not same_columns(one.tables, other.tables[0]):
            return False
        return (_same_ruled if other.tables[0].edges else _says_so)(document, one, other)
    return not one.tables and not other.tables and _same_unruled(document, one, other)


def _says_so(document: Document, one: Segment, other: Segment) -> bool:
    """Whether a title says that it goes on (续表), right below the table before, with as many columns as that has."""
    title = fold(other.heading.title) if other.heading else ""
    between = document.text[document.lines[one.last - 1].end : document.lines[other.first].start]
    columns = one.tables[-1].column_count, other.tables[0].column_count
    return "续" in title and not between.strip() and columns[0] == columns[1]


def _same_ruled(document: Document, one: Segment, other: Segment) -> bool:
    before, after = one.tables[-1].page, other.tables[0].page
    return before is not None and after == before + 1 and _preface(document, one) == _preface(document, other)


def _same_unruled(document: Document, one: Segment, other: Segment) -> bool:
    if one.notes or not one.forms:
        return False
    page = document.lines[other.first].page
    end = next((i for i in range(other.first - 1, one.body - 1, -1) if document.lines[i].page != page), None)
    if page is None or end is None or document.lines[end].page != page - 1 or one.last < end - 2:
        return False
    between = (fold(line_text(document, index)) for index in range(end + 1, other.first))
    heads = running_lines(document)
    if not all(not text or is_page_number(text) or DIGITS.sub("0", text) in heads for text in between):
        return False
    # The first row may be a name that begins above its amounts.
    short, long = sorted((_header(document, one), _header(document, other)), key=len)
    return bool(short) and long.startswith(short)


def running_lines(document: Document) -> set[str]:
    """What several pages print at their top or bottom, but for its digits."""
    edges: dict[int, list[str]] = {}
    for index, line in enumerate(document.lines):
        text = fold(line_text(document, index))
        if text and line.page is not None:
            edges.setdefault(line.page, []).append(DIGITS.sub("0", text))
    times = Counter(text for texts in edges.values() for text in {texts[0], texts[-1]})
    return {text for text, count in times.items() if count > 1}


def _header(document: Document, segment: Segment) -> str:
    """What stands between a title and the first line that prints a number."""
    texts = (fold(line_text(document, index)) for index in range(segment.body, segment.last))
    return "".join(takewhile(lambda text: not any(char.isdigit() for char in text), texts))


def _preface(document: Document, segment: Segment) -> str:
    lines = lines_of(document, segment.tables[0])
    return fold(
        "".join(line_text(document, index) for index in range(segment.body, lines[0] if lines else segment.body))
    )
