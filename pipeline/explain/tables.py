"""The explanation of a table, in words: where it stands, who read it and why, its cells and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.explain.entries import entry_at
from pipeline.explain.grid import GridRow, draw, row_number, rows_of
from pipeline.extract.context import Context
from pipeline.extract.forms import Library, TableForm
from pipeline.extract.tables import TableReading
from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Record
from schemas.joining import join

_WHY = {
    "cells": "the source sets the cells of this table apart, by its format or by rules on the page",
    "spaced": "the words of the source have positions, and no cells are set apart here: rows and columns come from where words stand",
    "flow": "the source has neither cells nor positions: columns are those that the form lists, and gaps between words and sums place the amounts",
}
_UNITS = {
    "table": "printed at the table",
    "form": "said by the form",
    "column": "printed in the header of a column",
    "document": "printed nowhere at this table; all other tables of the document have it",
}
#: What a column of amounts may say, in the order of print.
_FACTS = ("direction", "measure", "fund", "revenue_source", "phase", "expense")
_BY_FORM = "  (the form)"
_OFFSETS = {0: "the document's year", -1: "the year before the document's"}


@dataclass(slots=True)
class View:
    """A table as it was read, and the words for it. Texts are as published: what is withheld is hidden here, too."""

    context: Context
    library: Library
    reading: TableReading
    rows: list[GridRow] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = rows_of(self.reading.sheet)

    def text(self, cell: Cell) -> str:
        """The text of a cell as it may be published."""
        return join(self.context.published[start:end] for start, end in cell.pieces) if cell.pieces else cell.text

    def place(self, start: int) -> str:
        """The line, and the page where there are any, that the character at ``start`` stands on."""
        line = self.context.document.line_at(start)
        return f"line {line.number}" if line.page is None else f"page {line.page}, line {line.number}"

    def row_of(self, record: Record) -> int | None:
        """The number of a record's row in the grid: by its amounts, for keys may be cells of several rows."""
        cells = [cell for _, cell in record.amounts] or list(record.row.cells.values())
        return row_number(self.rows, cells)


def heading(view: View) -> list[str]:
    """Where the table stands, which form knew it, which reader read it and why, and its unit."""
    reading, segment = view.reading, view.reading.segment
    title, lines = segment.heading, view.context.document.lines
    first, last = lines[segment.first], lines[max(segment.last, segment.first + 1) - 1]
    pages = (
        ""
        if first.page is None
        else f", page {first.page}"
        if first.page == last.page
        else (f", pages {first.page} to {last.page}")
    )
    printed = view.context.published[title.start : title.end].split() if title else []
    shown = [
        f"table {reading.number} of {view.context.document.source_file}: {reading.table_id}",
        f"  title   {' '.join(printed)} ({view.place(title.start)})" if title else "  title   none is printed above it",
        f"  region  lines {first.number} to {last.number}{pages}",
        *_forms(view),
        *_reader(view),
    ]
    if reading.unit_source:
        shown.append(f"  unit    {reading.unit or 'that of the document'}: {_UNITS[reading.unit_source]}")
    return shown


def _forms(view: View) -> list[str]:
    heading, form = view.reading.segment.heading, view.reading.form
    title = heading.title if heading else ""
    if form is None:
        return ["  form    no form knows its title"]
    if not view.reading.segment.forms:
        return [f"  form    {_form(form, '')}: by the labels of its cells, for no form knows its title"]
    others = [other for other in view.reading.segment.forms if other is not form]
    return [f"  form    {_form(form, title)}", *(f"          (also {_form(other, title)})" for other in others)]


def _form(form: TableForm, title: str) -> str:
    return f"{form.code} of the family {form.family}, {entry_at(form.place, title, 'titles')}"


def _reader(view: View) -> list[str]:
    reading = view.reading
    if reading.layout is None:
        why = "pipeline/extract/performance reads it" if reading.form else "nothing reads it"
        return [f"  reader  {why}: it has no sheet of cells to be shown"]
    doubts = [f"          a way to read it was not believed: {doubt}" for doubt in reading.doubts]
    return [f"  reader  {reading.layout}: {_WHY[reading.layout]}", *doubts]


def cells(view: View, around: int | None = None) -> list[str]:
    """The grid of the table; of one row, where ``around`` gives its number, with the header over it and its neighbours."""
    rows = view.rows
    if around is not None:
        part = next(row.part for row in rows if row.number == around)
        rows = [row for row in rows if row.part is part and (row.number is None or abs(row.number - around) <= 1)]
    kinds: dict[int, list[str]] = {}
    for record in filter(lambda record: record.amounts, view.reading.records):
        kinds.setdefault(view.row_of(record) or 0, []).append(record.kind)
    lines = draw(rows, view.text, {number: ", ".join(found) for number, found in kinds.items()}, around)
    key = "h: header" if around is None else "h: header, >: the row asked for"
    return ["", f"cells ({key}; behind a row its row_kind)", *lines] if lines else []


def columns(view: View, only: Sequence[Column] | None = None) -> list[str]:
    """What each column holds, or each of ``only``, and the entries that say so of the words above them."""
    sets = _column_sets(view.reading) if only is None else [tuple(only)]
    shown: list[str] = []
    for number, found in enumerate(sets):
        shown += ["", "columns of further parts" if number else "columns", *map(_column, found)]
    said = dict.fromkeys(line for found in sets for column in found for line in _words(view, column))
    return [*shown, "", "words", *sorted(said, key=lambda line: line.startswith(_BY_FORM))] if said else shown


def _column_sets(reading: TableReading) -> list[tuple[Column, ...]]:
    """The columns of the table, and those of parts that are ruled in another way."""
    sets = list(dict.fromkeys(row.columns for row in reading.table.rows))
    return sets or ([reading.table.columns] if reading.table.columns else [])


def _column(column: Column) -> str:
    return f"  {column.index + 1:>2}  {' / '.join(column.path) or '(no word above it)'}: {_meaning(column)}"


def _words(view: View, column: Column) -> Iterator[str]:
    """What the words over a column and the form of its table say of it, each with its entry."""
    for word in column.path:
        yield from (f"  {word}: {one}" for one in _said(view.library, column, word))
    if view.reading.form is not None:
        yield from _by_form(view.library, column, view.reading.form)


def _meaning(column: Column) -> str:
    """What a column holds, in the words of the published table."""
    if column.kind == "key":
        return ", ".join(["names rows", column.key or "", *([column.scheme] if column.scheme else [])])
    if column.kind != "amount":
        return "no word of the forms says what it holds"
    facts = [f"{name} {value}" for name in _FACTS if (value := getattr(column, name)) is not None]
    year = (
        column.year
        if column.year is not None
        else _OFFSETS.get(column.year_offset or 0)
        if column.year_offset
        else None
    )
    facts += [f"fiscal_year {year}"] if year is not None else []
    facts += [f"class {' '.join(column.economic)}"] if column.economic else []
    return ", ".join(["amounts", *facts])


def _said(library: Library, column: Column, word: str) -> Iterable[str]:
    """The entries that name a word over a column, and what they say of it."""
    if column.kind == "key":
        key = library.key(word)
        return [f"{key.kind} in {entry_at(key.place, word)}"] if key else []
    found = []
    if column.expense and (expense := library.expense(word)):
        found.append(f"the expense {expense.kind} in {entry_at(expense.place, word)}")
    elif column.economic and (named := library.code_named(column.economic[0], word)):
        found.append(f"{named} in schemas/codes/{column.economic[0]}.csv")
    elif meaning := library.column(word):
        says = [f"{name} {value}" for name in _FACTS if (value := getattr(meaning, name, None)) is not None]
        found.append(f"{', '.join(says) or 'known'} in {entry_at(meaning.place, word)}")
    return found or ["in no entry"]


def _by_form(library: Library, column: Column, form: TableForm) -> list[str]:
    """What the form of the table says of a column because no word over it does."""
    meanings = [meaning for word in column.path if (meaning := library.column(word)) is not None]
    said = [
        f"{name} {getattr(form, name)}"
        for name in ("direction", "fund")
        if column.kind == "amount"
        and getattr(form, name) is not None
        and getattr(form, name) == getattr(column, name)
        and not any(getattr(meaning, name) for meaning in meanings)
    ]
    return [f"{_BY_FORM}: {', '.join(said)} in {entry_at(form.place, '', 'titles')}"] if said else []


def left_out(view: View) -> list[str]:
    """What of the table is not published, and why."""
    return ["", "left out", *(f"  {problem}" for problem in view.reading.problems or ["nothing"])]
