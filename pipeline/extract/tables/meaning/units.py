"""The unit of money of a table: printed at the table, in a column's header, or the same throughout the document."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from pipeline.extract.forms import Library
from pipeline.extract.tables.lexicon import SPACED_UNIT, UNIT_OF_COLUMN
from pipeline.extract.tables.meaning.columns import Column
from pipeline.ingest.document import Document


def table_unit(document: Document, first: int, start: int, end: int) -> str | None:
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


def column_unit(column: Column) -> str | None:
    """The unit that the column's own header prints."""
    return _unit_of(column.path)


@lru_cache(maxsize=16_384)
def _unit_of(path: tuple[str, ...]) -> str | None:
    for word in reversed(path):
        if match := UNIT_OF_COLUMN.search(word):
            return match.group(1)
    return None


def common_unit(units: Iterable[str | None]) -> str | None:
    """The unit of all tables that print one, if it is the same."""
    printed = {unit for unit in units if unit}
    return printed.pop() if len(printed) == 1 else None


def worth(library: Library, unit: str) -> Decimal | None:
    """Yuan in one ``unit``."""
    return library.units.get(unit)
