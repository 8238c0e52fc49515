"""The bundled disclosure's budget lines, cell by cell, against a transcription made by hand from the raw text.

``bundled_lines.tsv`` was not made from the program's output; where the two differ, read the raw text again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.documents import BUNDLED, read

TEXT = BUNDLED.read_text(encoding="utf-8")
CODES = {
    1: "income_expenditure_summary",
    2: "income",
    3: "expenditure",
    4: "project_expenditure",
    5: "appropriation_summary",
    6: "general_public_budget_expenditure",
    7: "general_public_budget_basic_expenditure",
    8: "government_fund_expenditure",
    9: "state_capital_expenditure",
    10: "three_public",
    11: "service_procurement",
    12: "transfer_detail",
}
_AMOUNT = re.compile(r"(?P<measure>\w+)(?:/(?P<fund>\w*))?(?:/(?P<source>\w+))?(?:@(?P<year>\d{4}))?=(?P<printed>\S+)")


def transcribed() -> Iterator[dict[str, object]]:
    """One dict of contract columns for each amount of the transcription, in the order of its lines."""
    starts = [0, *(match.end() for match in re.finditer("\n", TEXT))]
    path = Path(__file__).with_name("bundled_lines.tsv")
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    at = 0
    for cells in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
        values = [None if cell == "-" else cell for cell in cells]
        table, row_no, kind, direction, path_, function, government, department, *rest = values
        basis, project, fund, line, amounts = rest
        at = max(at, starts[int(line) - 1])  # the second side of a line is looked for after the first
        for match in _AMOUNT.finditer(amounts):
            printed = match["printed"]
            at = TEXT.index(printed, at)
            year = int(match["year"] or 2022)
            row = {
                "table_no": int(table),
                "table_code": CODES[int(table)],
                "row_no": int(row_no),
                "row_kind": kind,
                "direction": direction,
                "item": path_.rpartition("/")[2] if path_ else None,
                "item_path": path_,
                "code_basis": basis,
                "project": project,
                "measure": match["measure"],
                "fund": match["fund"] or fund,
                "revenue_source": match["source"],
                "fiscal_year": year,
                "comparison": year != 2022,
                "phase": "approved",
                "amount": Decimal(printed) * 10000,
                "printed": printed,
                "printed_unit": "万元",
                "unit_basis": "table",
                "precision": Decimal(10000).scaleb(-len(printed.partition(".")[2])),
                "page": None,
                "line": int(line),
                "start": at,
                "end": at + len(printed),
            }
            for scheme, coded in (
                ("function", function),
                ("government_economic", government),
                ("department_economic", department),
            ):
                row[f"{scheme}_code"], row[f"{scheme}_name"] = coded.split(" ") if coded else (None, None)
            yield row
            at += len(printed)


@pytest.fixture(scope="module")
def published() -> list[dict]:
    return [asdict(row) for row in read(TEXT.encode()).rows.budget_lines if row.table_no <= 12]


def test_every_cell_is_as_a_reader_wrote_it_down(published):
    expected = list(transcribed())
    assert len(expected) == 187
    by_start = {row["start"]: row for row in published}
    differing = []
    for row in expected:
        found = by_start.pop(row["start"], None)
        if found is None:
            differing.append((row["line"], row["printed"], "is not published"))
            continue
        for name, value in row.items():
            if found.get(name) != value:
                differing.append((row["line"], row["printed"], name, value, found.get(name)))
    differing += [(row["line"], row["printed"], "is published but not in the text") for row in by_start.values()]
    assert differing == []


def test_what_the_gaps_and_the_identities_agree_on_says_both(published):
    by_row = {(row["table_no"], row["row_no"]): row["placement"] for row in published}
    assert by_row[3, 18] == by_row[6, 1] == by_row[7, 1] == "both"
    assert by_row[1, 1] == by_row[10, 2] == by_row[11, 1] == "layout"
