"""Checks accuse the source only of what was read: a sum that may need a cell that was not understood is not made."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from tests.reconcile.synthetic import DID, disclosures, frame, lines, row, rules

TABLE = "expenditure"
ROWS = (
    row(TABLE, "201", {"total": "9.00", "basic": "4.00", "project": "5.00"}, line=3, start=30, function_code="201"),
    row(TABLE, "205", {"total": "8.00", "basic": "8.00"}, line=4, start=40, function_code="205"),
    row(
        TABLE, "t", {"total": "17.00", "basic": "15.00", "project": "5.00"}, kind="total", item="合计", line=5, start=50
    ),
)
TITLES = frame(
    "tables", [{"table_id": f"{DID}.{TABLE}", "disclosure_id": DID, "title": "支出表", "line": 1, "start": 10}]
)


def unread(line: int, start: int, printed: str = "3.00") -> pl.DataFrame:
    found = {"number_id": f"{DID}.n", "disclosure_id": DID, "class": "unclaimed", "page": 2}
    return frame("numbers", [{**found, "line": line, "start": start, "printed": printed}])


def checks(numbers: pl.DataFrame | None = None, *rows: list, **frames: pl.DataFrame) -> pl.DataFrame:
    given = {"disclosures": disclosures(), "tables": TITLES, "budget_lines": lines(*(rows or ROWS)), **frames}
    if numbers is not None:
        given["numbers"] = numbers
    found = reconcile(given, rules("column_total", "row_total_basic_project"))["checks"]
    return found.filter(pl.col("status") != "pass")


def test_without_an_unread_cell_both_sums_fail() -> None:
    # 合计: 17 for 15 and 5; basic: 15 for 4 and 8.
    assert checks()["status"].to_list() == ["fail", "fail"]


def test_a_cell_on_a_line_without_an_amount_is_needed_by_the_columns_and_by_no_other_row() -> None:
    found = checks(unread(6, 45))
    by_rule = dict(found.select("rule_id", "status").iter_rows())
    assert by_rule == {"row_total_basic_project": "fail", "column_total": "not_applicable"}
    (column,) = found.filter(pl.col("rule_id") == "column_total").rows(named=True)
    assert column["message_zh"] == "“支出表”中的“3.00”（第2页第6行）未能读懂，无法核对"
    assert "“3.00” (page 2, line 6)" in column["message_en"]
    assert column["difference"] is None and column["severity"] == "info"


def test_a_cell_of_a_table_without_amounts_is_not_one_of_the_table_before() -> None:
    titles = [
        {"table_id": f"{DID}.{table}", "disclosure_id": DID, "title": "表", "start": start, "table_code": table}
        | {"amount_count": amounts, "table_no": start}
        for table, start, amounts in ((TABLE, 10, 8), ("income", 60, 0))
    ]
    tables = frame("tables", titles)
    assert checks(unread(8, 70), tables=tables)["status"].to_list() == ["fail", "fail"]
    given = {"disclosures": disclosures(), "tables": tables, "budget_lines": lines(*ROWS)}

    def empty(**more: pl.DataFrame) -> int:
        return reconcile({**given, **more}, rules("empty_table_declared"))["checks"].height

    # A table in which something was not understood is not called empty.
    assert (empty(), empty(numbers=unread(8, 70))) == (1, 0)
    # Nor where words of its header were read as prose.
    prose = frame(
        "passages", [{"passage_id": f"{DID}.passage", "disclosure_id": DID, "kind": "narrative", "start": 65}]
    )
    assert empty(numbers=unread(8, 70), passages=prose) == 0


@pytest.mark.parametrize(
    ("title", "between", "status"),
    [(None, None, "not_applicable"), ("情况", None, "fail"), (None, "说明", "fail")],
    ids=["untitled", "titled", "prose between"],
)
def test_a_grid_without_title_right_after_a_table_may_hold_more_of_it(title, between, status) -> None:
    own = {"table_id": f"{DID}.{TABLE}", "disclosure_id": DID, "title": "支出表", "table_code": TABLE, "start": 10}
    grid = {"table_id": f"{DID}.next", "disclosure_id": DID, "title": title, "start": 60}
    frames = {"tables": frame("tables", [own, grid])}
    if between:
        passage = {"passage_id": f"{DID}.passage.1", "disclosure_id": DID, "start": 55, "text": between}
        frames["passages"] = frame("passages", [passage])
    found = checks(unread(8, 70), **frames)
    assert found["status"].to_list() == [status] * 2
    assert all(("“3.00”" in message) == (status != "fail") for message in found["message_zh"])


def test_a_cell_of_a_row_is_needed_by_the_sums_of_that_row() -> None:
    found = checks(unread(5, 55))
    by_rule = dict(found.select("rule_id", "status").iter_rows())
    # All amounts of the column were read: its total is still wrong.
    assert by_rule == {"row_total_basic_project": "not_applicable", "column_total": "fail"}


def test_of_rows_that_go_over_several_lines_a_cell_between_is_needed_too() -> None:
    total, basic = (
        row(TABLE, "201", {name: "9.00"}, line=at, start=at, function_code="201")
        for name, at in (("total", 21), ("basic", 25))
    )
    after = row(TABLE, "205", {"total": "8.00", "basic": "7.00"}, line=40, start=40, function_code="205")
    project = row(TABLE, "206", {"project": "1.00"}, line=44, start=44, function_code="206")
    after[0]["line"] = 39
    found = checks(unread(42, 42), total, basic, after, project)
    assert dict(found.select("rule_id", "status").iter_rows()) == {"row_total_basic_project": "not_applicable"}
    assert checks(unread(30, 30), total, basic, after, project)["status"].to_list() == ["not_applicable"]
    assert checks(unread(46, 46), total, basic, after, project)["status"].to_list() == ["fail"]


@pytest.mark.parametrize("start", [5, 90])
def test_numbers_before_the_title_and_in_the_prose_below_are_no_cells(start: int) -> None:
    below = frame("passages", [{"passage_id": f"{DID}.passage.1", "disclosure_id": DID, "start": 80, "text": "说明"}])
    assert checks(unread(9, start), passages=below)["status"].to_list() == ["fail", "fail"]


def test_an_amount_without_label_beside_labelled_rows_is_a_cell_that_was_not_understood() -> None:
    stray = row(TABLE, "row", {"basic": "15.00"}, line=2, start=20, printed="15.00")
    found = checks(None, stray, *ROWS).filter(pl.col("rule_id") == "column_total")
    assert found["status"].to_list() == ["not_applicable"]
    assert "“15.00”" in found["message_zh"][0]


@pytest.mark.parametrize(("grid", "status"), [(3, "not_applicable"), (2, "fail")])
def test_a_grid_without_title_with_as_many_rows_may_hold_further_columns(grid: int, status: str) -> None:
    tables = [
        {"table_id": f"{DID}.{TABLE}", "disclosure_id": DID, "title": "支出表", "table_code": TABLE, "start": 10},
        {"table_id": f"{DID}.untitled", "disclosure_id": DID, "title": "untitled", "table_code": None, "start": 60},
    ]
    numbers = pl.concat(unread(10 + at, 70 + at) for at in range(grid))
    numbered = [{**table, "table_no": at, "line": 1} for at, table in enumerate(tables, 1)]
    found = checks(numbers, tables=frame("tables", numbered))
    assert found.filter(pl.col("rule_id") == "row_total_basic_project")["status"].to_list() == [status]
