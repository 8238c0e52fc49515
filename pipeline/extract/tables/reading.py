"""All tables of a document: found, read by the engine, published, and entered in the ledger."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.extract.context import Context, Region
from pipeline.extract.forms import Library, TableForm
from pipeline.extract.identity.of_tables import other_bodies
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.performance.evidence import CODE, kind_of_performance
from pipeline.extract.tables.find.ends import count_rows
from pipeline.extract.tables.find.segment import Segment, lines_of
from pipeline.extract.tables.layout.cells import read_cells
from pipeline.extract.tables.layout.flow import read_flow
from pipeline.extract.tables.layout.sheet import Sheet
from pipeline.extract.tables.layout.spaced import read_as_told, read_spaced
from pipeline.extract.tables.lexicon import SPACED_UNIT
from pipeline.extract.tables.meaning.bounds import names_printed, shifted
from pipeline.extract.tables.meaning.doubts import agreed, blank_total, if_sound
from pipeline.extract.tables.meaning.line_words import TableContext
from pipeline.extract.tables.meaning.lines import write_lines
from pipeline.extract.tables.meaning.recognised import if_proved
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import records_of
from pipeline.extract.tables.meaning.table import Table, interpret
from pipeline.extract.tables.meaning.told import NOTHING, Told, ToldColumns
from pipeline.ingest.document import Document
from schemas import rows as published

_SENTENCES = re.compile(r"[。；;]")
_CLAUSES = re.compile(r"[。；;，,：:]")
_BLANK_TOTAL = "no row has anything in the column of its total, beside its parts; none of its amounts is published"
_ABOVE_TITLE = "its title stands below some of its rows, which are of another table; none of its amounts is published"
_TWO_UNITS = "what stands above its rows names different units of money; none of its amounts is published"
_YEAR = re.compile(r"(?:19|20)\d\d$")


#: The readers of sheets; each stands in ``layout`` under its name.
Layout = Literal["cells", "spaced", "flow"]


@dataclass(slots=True)
class TableReading:
    """A table and every step of its reading: what extraction publishes from, and ``yusuan explain`` shows.

    ``layout`` names the reader that made ``sheet``; a table that no form knows, or that performance reads, has neither.
    ``doubts`` are the signs for which ways of reading it were not believed. ``unit_source`` says where its unit stands.
    ``body`` is where the name of the body stands that the table is of, if that is not the document's own.
    ``table_id``, ``number`` and ``problems`` (what was left out of it) are known once it is published.
    """

    segment: Segment
    form: TableForm | None
    layout: Layout | None = None
    sheet: Sheet = field(default_factory=Sheet)
    table: Table = field(default_factory=Table)
    records: list[Record] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    unit: str | None = None
    unit_source: Literal["table", "form", "column", "document"] | None = None
    table_id: str = ""
    number: int = 0
    body: list[tuple[int, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_tables(
    context: Context, segments: list[Segment], family: str, library: Library, told: Told = NOTHING
) -> list[TableReading]:
    """Add ``tables`` and ``budget_lines``, fill ``context.regions``, and claim what tables print."""
    readings = [read_table(context.document, segment, family, library, told) for segment in segments]
    _read_as_told(context.document, readings, library)
    for reading, place in zip(readings, other_bodies(context.document, segments, context.entity_name), strict=True):
        reading.body = [place] if place else []
    common = _common_unit(reading.unit for reading in readings)
    names = names_printed(record for reading in readings for record in reading.records)
    for number, reading in enumerate(readings, start=1):
        _publish(context, reading, number, common, names, library)
    return readings


def family_of(segments: list[Segment]) -> str:
    """The form family most of whose titles the document prints; families of a region before the general one."""
    votes = Counter(name for segment in segments for name in {form.family for form in segment.forms})
    named = [name for name in votes if name != "general"]
    best = max(named, key=lambda name: (votes[name], name), default="general")
    return best if votes[best] * 2 > len([s for s in segments if s.forms]) else "general"


def _form(segment: Segment, family: str) -> TableForm | None:
    for wanted in (family, "general"):
        for form in segment.forms:
            if form.family == wanted:
                return form
    return segment.forms[0] if segment.forms else None


def _performance_form(document: Document, segment: Segment, library: Library) -> TableForm | None:
    """The form of a performance table that no known title stands over: its own labels say what it is."""
    if segment.forms or not segment.tables or kind_of_performance(document, segment.tables[0]) is None:
        return None
    return next(form for family in library.families for form in family.tables if form.code == CODE)


def _layout_of(document: Document, segment: Segment) -> Layout:
    """The reader for a table: of cells where the source has them, else of words with positions, else of flowing text."""
    if segment.tables:
        return "cells"
    return "spaced" if document.pages else "flow"


def read_table(
    document: Document, segment: Segment, family: str, library: Library, told: Told = NOTHING
) -> TableReading:
    """A table from its lines and cells to records, as the best of its forms for ``family`` describes it.

    ``told`` is what other tables say that proves recognised amounts.
    """
    reading = TableReading(segment, _form(segment, family) or _performance_form(document, segment, library))
    if reading.form is not None and reading.form.kind != "performance":
        reading.layout = _layout_of(document, segment)
        if reading.layout == "spaced":
            _read_spaced(document, reading, reading.form, library)
        else:
            reading.sheet = (
                read_cells(document, segment.tables, library)
                if reading.layout == "cells"
                else read_flow(document, segment, reading.form, library)
            )
            reading.table = interpret(document, reading.sheet, reading.form, library)
            reading.records = records_of(reading.table, reading.form, library, document.text)
        _leave_out_misplaced(document, reading)
        if document.read_by != "text":
            table, records = reading.table, reading.records
            reading.table, reading.records = if_proved(document, table, records, reading.form, library, told)
    _find_unit(document, reading)
    return reading


def _leave_out_misplaced(document: Document, reading: TableReading) -> None:
    """Withhold what stands where it cannot be right."""
    if blank_total(reading.table):
        reading.table, reading.records = reading.table.withheld([_BLANK_TOTAL]), []
    if _stands_below_rows(reading):
        reading.table, reading.records = reading.table.withheld([_ABOVE_TITLE]), []
    reading.records = _without_shifted(document, reading.table, reading.records)


def _read_as_told(document: Document, readings: Sequence[TableReading], library: Library) -> None:
    """Read tables of laid out text once more whose columns nothing showed but what the others say, now that these are read."""
    withheld = [reading for reading in readings if reading.layout == "spaced" and reading.table.doubt]
    if document.points or not withheld:
        return
    told = ToldColumns((record for reading in readings for record in reading.records), library)
    for reading in withheld:
        form = reading.form
        if form is None:
            continue
        for sheet in read_as_told(document, reading.segment, form, library, told):
            table, records = if_sound(interpret(document, sheet, form, library), form, library, document.text)
            if not table.problems:
                reading.sheet, reading.table, reading.records = sheet, table, records
                _leave_out_misplaced(document, reading)
                _find_unit(document, reading)
            reading.doubts += [table.doubt] if table.doubt else []


def _stands_below_rows(reading: TableReading) -> bool:
    """Whether amounts of a table are printed above its title, as where that stands inside the frame of another one."""
    heading = reading.segment.heading
    amounts = (cell for record in reading.records for _, cell in record.amounts if any(map(str.isdigit, cell.text)))
    return heading is not None and any(cell.pieces[0][0] < heading.start for cell in amounts)


def _read_spaced(document: Document, reading: TableReading, form: TableForm, library: Library) -> None:
    """Read a table of words with positions in the first of the ways in which it is sound."""
    for sheets in read_spaced(document, reading.segment, form, library):
        tables = [interpret(document, sheet, form, library) for sheet in sheets]
        chosen = agreed(tables, form)
        sheet = next((s for s, table in zip(sheets, tables, strict=True) if table is chosen), sheets[0])
        reading.sheet = sheet if sheet.parts else reading.sheet
        reading.table, reading.records = if_sound(chosen, form, library, document.text)
        reading.doubts += [reading.table.doubt] if reading.table.doubt else []
        if not reading.table.problems:
            break


def _find_unit(document: Document, reading: TableReading) -> None:
    """Give a table the unit of money that it prints, that its form says, or that a column's header prints."""
    segment, form = reading.segment, reading.form
    start, end = document.lines[segment.first].start, document.lines[segment.last - 1].end
    stop = reading.table.body_start or min(end, start + 400)
    if form is not None and form.kind == "amounts" and len(_units_named(document, segment, start, stop)) > 1:
        reading.table, reading.records = reading.table.withheld([_TWO_UNITS]), []
    if unit := _unit_of_table(document, segment.first, start, stop):
        reading.unit, reading.unit_source = unit, "table"
    elif form is not None and form.kind != "performance" and form.unit:
        reading.unit, reading.unit_source = form.unit, "form"
    elif unit := next((u for column in reading.table.columns if (u := column.unit)), None):
        reading.unit, reading.unit_source = unit, "column"


def _units_named(document: Document, segment: Segment, start: int, stop: int) -> set[str]:
    """The units of money that lines above the rows of a table name (单位：元), and its title in brackets."""
    heading = segment.heading
    title = document.text[heading.start : document.line_at(heading.start).end] if heading else ""
    lines = {line for line, _ in SPACED_UNIT.findall(document.text[start:stop]) if line}
    return lines | {line or bracketed for line, bracketed in SPACED_UNIT.findall(title)}


def _without_shifted(document: Document, table: Table, records: list[Record]) -> list[Record]:
    """The records without rows that stand a column off, which is said: a merged cell, or where words stand, misplaced them."""
    off = shifted(records)
    for record in off:
        line = document.line_at(record.amounts[0][1].pieces[0][0]).number
        table.problems.append(
            f"line {line}: the amounts of {record.item or 'a row'} stand beside the column of their total"
        )
    left_out = {id(record) for record in off}
    return [record for record in records if id(record) not in left_out]


def _unit_of_table(document: Document, first: int, start: int, end: int) -> str | None:
    """The unit printed between the title (``start``) and the first row (``end``), else just above the title."""
    if match := SPACED_UNIT.search(document.text[start:end]):
        return match.group(1) or match.group(2)
    above = document.lines[max(0, first - 3)].start
    page = document.lines[first].page
    if page is not None:
        while above < start and document.line_at(above).page != page:
            above = document.line_at(above).end + 1
    found = SPACED_UNIT.findall(document.text[above:start])
    return (found[-1][0] or found[-1][1]) if found else None


def _common_unit(units: Iterable[str | None]) -> str | None:
    """The unit of all tables that print one, if it is the same."""
    printed = {unit for unit in units if unit}
    return printed.pop() if len(printed) == 1 else None


def _publish(
    context: Context,
    reading: TableReading,
    number: int,
    common: str | None,
    names: Mapping[str, Counter[str]],
    library: Library,
) -> None:
    document, segment, form = context.document, reading.segment, reading.form
    heading = segment.heading
    title = heading.title if heading else "untitled"
    if heading and any(start < heading.end and heading.start < end for start, end in context.masks):
        title = context.published[heading.start : heading.end]
    # Ids may not depend on another year's title: the form's code where there is one.
    table_id = context.unique(f"{document.disclosure_id}.{form.code if form else title}")
    reading.table_id, reading.number = table_id, number
    reading.unit_source = reading.unit_source or ("document" if common else None)
    start, end = document.lines[segment.first].start, document.lines[segment.last - 1].end
    rows = amounts = 0
    problems = reading.problems
    problems += reading.table.problems
    if form is not None and form.kind == "amounts":
        if not problems and reading.table.body_start is None and _unread(reading, document):
            problems.append("its lines of amounts were not understood as rows; none of them is published")
        basis = "table" if reading.unit else "document"
        fund = form.fund or library.fund_of_title(title)
        table = TableContext(context, library, table_id, number, form, reading.unit or common, basis, fund)
        table.title, table.names, table.body = title if heading else None, names, reading.body
        rows, amounts, left = write_lines(table, reading.records)
        problems += left
    note = _note(context, table_id, segment)
    empty = _says_empty(note, library) or any(
        record.item and library.says("empty.rows", record.item) for record in reading.records
    )
    place_from, place_to = (heading.start, heading.end) if heading else (start, end)
    context.add(
        published.Table(
            table_id=table_id,
            table_no=number,
            printed_no=heading.printed_no if heading else None,
            table_code=form.code if form else None,
            title=context.assemble("tables", table_id, "title", [(place_from, place_to)]) if heading else None,
            unit=reading.unit,
            unit_name=context.assemble("tables", table_id, "unit_name", reading.body),
            declared_empty=empty,
            row_count=rows,
            blank_row_count=sum(not record.amounts and bool(record.item or record.codes) for record in reading.records),
            amount_count=amounts,
            note=note,
            place=context.place(place_from, place_to),
        )
    )
    context.regions.append(
        Region(
            table_id,
            form.code if form else None,
            title,
            segment.first,
            segment.last,
            start,
            end,
            reading.unit or common,
        )
    )
    if form is None:
        problems.append(
            f"no form knows this table (page {context.place(start, end).page or '-'}); none of its numbers is published; "
            "add its title and columns as docs/adding-a-form.md says"
        )
    elif form.kind == "amounts":
        _claim_structure(context, reading, table_id, start, end)
    context.problems += [f"table {number} ({title}): {problem}" for problem in problems]


def _says_empty(note: str | None, library: Library) -> bool:
    """Whether a note says so, in one of its sentences or clauses."""
    clauses = [note or "", *_SENTENCES.split(note or ""), *_CLAUSES.split(note or "")]
    return any(library.says("empty.notes", clause) for clause in clauses)


def _note(context: Context, table_id: str, segment: Segment) -> str | None:
    lines = [context.document.lines[index] for index in segment.notes]
    return context.assemble("tables", table_id, "note", [(line.start, line.end) for line in lines]) if lines else None


def _unread(reading: TableReading, document: Document) -> bool:
    """Whether a table without rows has a body all the same: lines that print amounts, or a problem that was said."""
    if reading.table.problems:
        return True
    return count_rows(document, reading.segment.body, reading.segment.last) > 0


def _claim_structure(context: Context, reading: TableReading, table_id: str, start: int, end: int) -> None:
    """Title, header and notes belong to the table; what is left in its body stays unclaimed."""
    lines, segment = context.document.lines, reading.segment
    body = reading.table.body_start
    if body is None:
        body = (segment.heading.end if segment.heading else start) if _unread(reading, context.document) else end
    repeated = [(lines[index].start, lines[index].end) for index in segment.repeats]
    for from_, to in [(start, body), *repeated, *reading.table.headers]:
        for token in context.ledger.free(from_, to):
            context.ledger.claim(token, "structure", "year" if _is_year(token) else "ordinal", "tables", table_id)
    for from_, to in segment.labels:
        context.ledger.claim_free(from_, to, "structure", "code", "tables", table_id)
    _claim_between_pages(context, segment, table_id)
    for index in segment.notes:
        for token in context.ledger.free(lines[index].start, lines[index].end):
            cls, role = ("structure", "year") if _is_year(token) else ("narrative", "unknown")
            context.ledger.claim(token, cls, role, "tables", table_id)


def _is_year(token: Token) -> bool:
    return _YEAR.match(fold(token.printed)) is not None


def _claim_between_pages(context: Context, segment: Segment, table_id: str) -> None:
    """Claim what stands between the pages of a table: page numbers and running heads, which may name a year."""
    ledger, document = context.ledger, context.document
    inside = [lines_of(document, one) or (0, 0) for one in segment.tables]
    for index in range(segment.first, segment.last):
        line = document.lines[index]
        if line.page is None or any(first <= index < last for first, last in inside):
            continue
        at_edge = _ends_page(document, index)
        numbered = at_edge and is_page_number(fold(document.text[line.start : line.end]))
        for token in ledger.free(line.start, line.end):
            if numbered or ((inside or at_edge) and _is_year(token)):
                ledger.claim(token, "structure", "page" if numbered else "year", "tables", table_id)


def _ends_page(document: Document, index: int) -> bool:
    """Whether no other printed line of its page stands above a line, or none below it."""
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(document.lines) and document.lines[at].page == document.lines[index].page:
            if document.text[document.lines[at].start : document.lines[at].end].strip():
                break
            at += step
        else:
            return True
    return False
