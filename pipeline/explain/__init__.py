"""How a table, a row or an amount of a release was read: from its source, by the functions that extraction calls.

``source`` finds what an id stands for and reads its document again; ``tables`` and ``rows`` say in words what the engine's
own values (``TableReading``, ``Column``, ``Record``) hold, with ``grid`` for the cells and ``entries`` for the data files
that said so; ``picture`` draws the cells over the page of a PDF. Nothing is read here that extraction reads differently.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.explain import rows, tables
from pipeline.explain.picture import draw_cells
from pipeline.explain.source import Asked, NotExplained, find, read_again
from pipeline.explain.tables import View
from pipeline.extract.disclosure import DisclosureReading
from pipeline.extract.forms import load_library
from pipeline.extract.tables import TableReading
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Record
from schemas.rows import BudgetLine

__all__ = ["NotExplained", "explain"]


def explain(release: Path, wanted: str, raw: Path, png: Path | None = None, publish_contacts: bool = False) -> str:
    """How the table, row or line ``wanted`` of a release was read; with ``png`` its cells are drawn over its page.

    Raises NotExplained where the id or its source is not to be found, ReleaseError where there is no release.
    """
    asked = find(release, wanted)
    library = load_library()
    disclosure = read_again(asked, raw, library, publish_contacts)
    if asked.kind == "disclosure":
        return "\n".join(_disclosure(disclosure))
    assert disclosure.context is not None  # read_again refuses what is quarantined
    lines = [one for one in disclosure.extraction.rows.budget_lines if wanted in (one.line_id, one.row_id)]
    view = View(disclosure.context, library, _table(disclosure, asked, lines))
    found = rows.record_of(view, lines[0]) if lines else None
    shown = tables.heading(view)
    if found is not None:
        shown += _row(view, release, asked, lines, *found)
    elif lines:
        shown += [text for each in lines for text in rows.line(view, each, None)]
    else:
        shown += [*tables.cells(view), *tables.columns(view)]
    if asked.kind == "line" and lines:
        shown += [*rows.differences(release, lines[0]), *rows.checks(release, wanted)]
    shown += tables.left_out(view)
    if png is not None:
        shown += ["", draw_cells(view, raw, asked, found[0] if found else None, png)]
    return "\n".join(shown)


def _disclosure(disclosure: DisclosureReading) -> list[str]:
    """The tables of a disclosure, to go on with."""
    shown = [f"{disclosure.extraction.disclosure.source_file}: {len(disclosure.tables)} tables"]
    for reading in disclosure.tables:
        left = f", {len(reading.problems)} left out" if reading.problems else ""
        shown.append(f"  {reading.number:>2}  {reading.table_id} ({reading.layout or 'performance'}{left})")
    return shown


def _table(disclosure: DisclosureReading, asked: Asked, lines: list[BudgetLine]) -> TableReading:
    """The table that is asked for or that holds the row. Raises NotExplained where today's code finds none."""
    table_id = lines[0].table_id if lines else asked.wanted
    found = next((reading for reading in disclosure.tables if reading.table_id == table_id), None)
    if found is None:
        raise NotExplained(
            f"{asked.wanted} is in the release, but the code and data files of today find no such {asked.kind} in "
            f"{asked.source_file}; build again"
        )
    return found


def _row(view: View, release: Path, asked: Asked, lines: list[BudgetLine], record: Record, column: Column) -> list[str]:
    """A row with its neighbours and, where a line is asked for, the line with its column."""
    one = asked.kind == "line"
    stands = [each for each in record.row.columns if each.index in record.row.cells]
    shown = tables.cells(view, view.row_of(record))
    shown += tables.columns(view, [column] if one else stands)
    shown += rows.row(view, record, [] if one else lines)
    return shown + (rows.line(view, lines[0], (record, column)) if one else [])
