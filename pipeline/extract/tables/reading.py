"""All tables of a document: found, read by the engine, published, and entered in the ledger."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.extract.context import Context, Region
from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.tables.aligned import tables_of
from pipeline.extract.tables.cells import Layout
from pipeline.extract.tables.flow import read_flow
from pipeline.extract.tables.laid_out import read_laid_out
from pipeline.extract.tables.lines import emit
from pipeline.extract.tables.names import Names
from pipeline.extract.tables.of_column import TableOf
from pipeline.extract.tables.record import Record
from pipeline.extract.tables.rows import records_of
from pipeline.extract.tables.ruled import read_cells
from pipeline.extract.tables.segment import Segment, lines_of
from pipeline.extract.tables.soundness import if_sound
from pipeline.extract.tables.units import column_unit, common_unit, table_unit
from pipeline.extract.tables.unruled import row_like
from pipeline.ingest.document import Document
from schemas.rows import Table

_SENTENCES = re.compile(r"[。；;]")
_CLAUSES = re.compile(r"[。；;，,：:]")
_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(slots=True)
class _Read:
    segment: Segment
    form: TableForm | None
    layout: Layout
    records: list[Record]
    unit: str | None


def read_tables(context: Context, segments: list[Segment], family: str, library: Library) -> None:
    """Add ``tables`` and ``budget_lines``, fill ``context.regions``, and claim what tables print."""
    read = [_read(context, segment, family, library) for segment in segments]
    common = common_unit(r.unit for r in read)
    for number, one in enumerate(read, start=1):
        _publish(context, one, number, common, library)


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


def _read(context: Context, segment: Segment, family: str, library: Library) -> _Read:
    document, text = context.document, context.document.text
    form = _form(segment, family)
    start = document.lines[segment.first].start
    end = document.lines[segment.last - 1].end
    if form is None or form.kind == "performance":
        stop = min(end, start + 400)
        return _Read(segment, form, Layout(), [], table_unit(document, segment.first, start, stop))
    body = segment.heading.end if segment.heading else start
    if document.pages and not segment.tables:
        names = Names(document, library)
        layout = read_laid_out(document, segment, form, library, names)
        layout, records = if_sound(layout, form, library, names, text)
        if document.points and layout.problems:  # amounts off their line and the like
            tables = tables_of(document, segment, library)
            layout, records = if_sound(read_cells(document, tables, form, library), form, library, names, text)
    elif segment.tables:
        layout = read_cells(document, segment.tables, form, library)
        records = records_of(layout, form, library, text)
    else:
        unit_line = re.compile(r"[单單]\s*位\s*[:：]\s*\S*元[ \t]*").search(text, body, min(end, body + 400))
        layout = read_flow(document, segment.first, segment.last, unit_line.end() if unit_line else body, form, library)
        records = records_of(layout, form, library, text)
    unit = table_unit(document, segment.first, start, layout.body_start or min(end, start + 400)) or form.unit
    unit = unit or next((u for c in layout.columns if (u := column_unit(c))), None)
    return _Read(segment, form, layout, records, unit)


def _publish(context: Context, read: _Read, number: int, common: str | None, library: Library) -> None:
    document, segment, form = context.document, read.segment, read.form
    heading = segment.heading
    title = heading.title if heading else "untitled"
    if heading and any(start < heading.end and heading.start < end for start, end in context.masks):
        title = context.published[heading.start : heading.end]
    # Ids may not depend on another year's title: the form's code where there is one.
    table_id = context.unique(f"{document.disclosure_id}.{form.code if form else title}")
    start, end = document.lines[segment.first].start, document.lines[segment.last - 1].end
    rows = amounts = 0
    problems = list(read.layout.problems)
    if form is not None and form.kind == "amounts":
        if not problems and read.layout.body_start is None and _unread(read, document):
            problems.append("its lines of amounts were not understood as rows; none of them is published")
        basis = "table" if read.unit else "document"
        fund = form.fund or library.fund_of_title(title)
        table = TableOf(table_id, number, form, read.unit or common, basis, fund, title=title if heading else None)
        rows, amounts, left = emit(context, table, read.records, library)
        problems += left
    note = _note(context, table_id, segment)
    empty = _says_empty(note, library) or any(
        record.item and library.says("empty.rows", record.item) for record in read.records
    )
    place_from, place_to = (heading.start, heading.end) if heading else (start, end)
    context.add(
        Table(
            table_id=table_id,
            table_no=number,
            printed_no=heading.printed_no if heading else None,
            table_code=form.code if form else None,
            title=context.assemble("tables", table_id, "title", [(place_from, place_to)]) if heading else None,
            unit=read.unit,
            declared_empty=empty,
            row_count=rows,
            amount_count=amounts,
            note=note,
            place=context.place(place_from, place_to),
        )
    )
    context.regions.append(
        Region(
            table_id, form.code if form else None, title, segment.first, segment.last, start, end, read.unit or common
        )
    )
    if form is None:
        problems.append(
            f"no form knows this table (page {context.place(start, end).page or '-'}); none of its numbers is published; "
            "add its title and columns as docs/adding-a-form.md says"
        )
    elif form.kind == "amounts":
        _claim_structure(context, read, table_id, start, end)
    context.problems += [f"table {number} ({title}): {problem}" for problem in problems]


def _says_empty(note: str | None, library: Library) -> bool:
    """Whether a note says so, in one of its sentences or clauses."""
    clauses = [note or "", *_SENTENCES.split(note or ""), *_CLAUSES.split(note or "")]
    return any(library.says("empty.notes", clause) for clause in clauses)


def _note(context: Context, table_id: str, segment: Segment) -> str | None:
    lines = [context.document.lines[index] for index in segment.notes]
    return context.assemble("tables", table_id, "note", [(line.start, line.end) for line in lines]) if lines else None


def _unread(read: _Read, document: Document) -> bool:
    """Whether a table without rows has a body all the same: lines that print amounts, or a problem that was said."""
    if read.layout.problems:
        return True
    return row_like(document, read.segment.body, read.segment.last) > 0


def _claim_structure(context: Context, read: _Read, table_id: str, start: int, end: int) -> None:
    """Title, header and notes belong to the table; what is left in its body stays unclaimed."""
    ledger, document = context.ledger, context.document
    body = read.layout.body_start
    if body is None:
        body = (read.segment.heading.end if read.segment.heading else start) if _unread(read, document) else end
    for token in ledger.free(start, body):
        ledger.claim(token, "structure", "year" if _YEAR.match(fold(token.printed)) else "ordinal", "tables", table_id)
    inside = [lines_of(document, one) or (0, 0) for one in read.segment.tables]
    for index in range(read.segment.first, read.segment.last):
        line = document.lines[index]
        if line.page is None or any(first <= index < last for first, last in inside):
            continue
        at_edge = _ends_page(document, index)
        numbered = at_edge and is_page_number(fold(document.text[line.start : line.end]))
        for token in ledger.free(line.start, line.end):
            # Between the pages of a table stand page numbers and running heads, which may name a year.
            if numbered or ((inside or at_edge) and _YEAR.match(fold(token.printed))):
                ledger.claim(token, "structure", "page" if numbered else "year", "tables", table_id)
    for index in read.segment.repeats:
        line = document.lines[index]
        for token in ledger.free(line.start, line.end):
            ledger.claim(
                token, "structure", "year" if _YEAR.match(fold(token.printed)) else "ordinal", "tables", table_id
            )
    for index in read.segment.notes:
        line = document.lines[index]
        for token in ledger.free(line.start, line.end):
            cls = "structure" if _YEAR.match(fold(token.printed)) else "narrative"
            ledger.claim(token, cls, "year" if cls == "structure" else "unknown", "tables", table_id)


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
