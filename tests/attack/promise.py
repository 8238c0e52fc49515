"""The promise of a table: its details add up to the total that it prints, or a check says why not.

``python -m tests.attack.promise PATH ...`` reads every file of folders and lists the tables that break it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipeline.extract.records import Extraction
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from schemas.rows import BudgetLine
from tests.documents import read
from tests.tables import tables_of

_Group = tuple[str, str | None, str, str | None, str | None, int | None, str | None]


def _group(line: BudgetLine) -> _Group:
    return (
        line.table_id,
        line.direction,
        line.measure,
        line.fund,
        line.revenue_source,
        line.fiscal_year,
        line.phase,
    )


def broken_promises(extraction: Extraction) -> list[str]:
    """The groups of amounts whose details are not their total although no check fails or could not be made."""
    groups: dict[_Group, list[BudgetLine]] = defaultdict(list)
    for line in extraction.rows.budget_lines:
        groups[_group(line)].append(line)
    wrong = {
        group: lines
        for group, lines in groups.items()
        if not (adds_up(lines) or adds_up(_of_all_sources(group, groups)))
    }
    if not wrong:
        return []
    said = set(_tables_that_checks_name(extraction))
    return [
        f"{'/'.join(str(part) for part in group)}: {_sums(lines)}"
        for group, lines in wrong.items()
        if group[0] not in said
    ]


def _of_all_sources(group: _Group, groups: dict[_Group, list[BudgetLine]]) -> list[BudgetLine]:
    """The totals of a group and the details of every fund and source: kinds of revenue are rows, their total is of none."""
    table, direction, measure, *_, year, phase = group
    beside = [
        one
        for other, lines in groups.items()
        if (*other[:3], *other[5:]) == (table, direction, measure, year, phase)
        for one in lines
    ]
    return [
        *(one for one in groups[group] if one.row_kind == "total"),
        *(one for one in beside if one.row_kind == "detail"),
    ]


def adds_up(lines: list[BudgetLine]) -> bool:
    """Whether one of the totals is the sum of the details, as far as printed digits show; a table may print none."""
    totals = [line for line in lines if line.row_kind == "total"]
    details = [line for line in lines if line.row_kind == "detail"]
    summed = sum((line.amount for line in details), Decimal(0))
    slack = sum((line.precision for line in (*details, *totals[:1])), Decimal(0)) / 2
    return not totals or any(abs(total.amount - summed) <= slack for total in totals)


def _sums(lines: list[BudgetLine]) -> str:
    kinds = ("total", "detail")
    return ", ".join(f"{kind} {[str(one.amount) for one in lines if one.row_kind == kind]}" for kind in kinds)


def _tables_that_checks_name(extraction: Extraction) -> Iterator[str]:
    """The tables of which a check fails, or could not be made."""
    made = reconcile(tables_of([extraction]), load_rules())
    checks = made["checks"].filter(made["checks"]["status"].cast(pl.String) != "pass")
    operands = made["check_operands"].join(checks, on="check_id", how="semi")
    tables = {line.line_id: line.table_id for line in extraction.rows.budget_lines}
    yield from (tables[each] for each in operands["id"].to_list() if each in tables)
    for table in extraction.rows.tables:
        short = table.table_id.split(".", 1)[1]
        names = [text for text in (short, table.title) if text]
        for subject in checks["subject"].to_list():
            if any(name in subject for name in names):
                yield table.table_id


def main(paths: list[str]) -> int:
    """0 if every table keeps its promise, else 1."""
    broken = files = 0
    for path in (file for folder in paths for file in sorted(Path(folder).rglob("*")) if file.is_file()):
        files += 1
        for promise in broken_promises(read(path.read_bytes(), path.name)):
            broken += 1
            print(f"{path}: {promise}")
    print(f"{files} files, {broken} sums that no check explains")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
