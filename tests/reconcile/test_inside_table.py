"""Identities inside a table are found where they break, and only there."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.engine import reconcile
from tests.reconcile.synthetic import DID, INSIDE_TABLE, disclosures, frame, lines, row, rules

TABLE = "expenditure"


def failing(*rows: list, rule: str | None = None) -> pl.DataFrame:
    chosen = rules(rule) if rule else INSIDE_TABLE
    checks = reconcile({"disclosures": disclosures(), "budget_lines": lines(*rows)}, chosen)["checks"]
    return checks.filter(pl.col("status") == "fail")


GOOD = (
    row(
        TABLE,
        "201",
        {"total": "30.00", "basic": "10.00", "project": "20.00"},
        kind="subtotal",
        function_code="201",
    ),
    row(TABLE, "2010301", {"total": "10.00", "basic": "10.00"}, function_code="2010301"),
    row(TABLE, "2010302", {"total": "20.00", "project": "20.00"}, function_code="2010302"),
    row(TABLE, "t", {"total": "30.00", "basic": "10.00", "project": "20.00"}, kind="total", item="合计"),
)


def test_a_table_that_adds_up_has_no_failing_check() -> None:
    assert failing(*GOOD).height == 0


def test_a_changed_figure_fails_along_its_row_and_down_its_column() -> None:
    bad = row(TABLE, "2010302", {"total": "20.00", "project": "21.00"}, function_code="2010302")
    found = failing(GOOD[0], GOOD[1], bad, GOOD[3])
    assert set(found["rule_id"]) == {"row_total_basic_project", "column_total", "code_parts"}
    first = found.row(0, named=True)
    assert str(first["left_value"]) == "20.0000" and str(first["right_value"]) == "21.0000"
    assert "20.00" in first["message_zh"] and "21.00" in first["message_en"]


def test_rounding_passes_and_shows_its_difference() -> None:
    rows = (
        row(TABLE, "a", {"total": "10000", "basic": "10000"}, precision="100", item="a"),
        row(TABLE, "b", {"total": "20000", "basic": "20000"}, precision="100", item="b"),
        row(TABLE, "t", {"total": "30100", "basic": "30000"}, precision="100", kind="total", item="合计"),
    )
    checks = reconcile({"disclosures": disclosures(), "budget_lines": lines(*rows)}, INSIDE_TABLE)["checks"]
    (check,) = checks.filter(
        (pl.col("rule_id") == "column_total") & (pl.col("subject").str.contains("total/2022"))
    ).rows(named=True)
    assert (check["status"], check["rounding_only"], str(check["difference"])) == ("pass", True, "100.0000")


def test_dropped_decimals_in_a_column_of_cents_may_be_rounding() -> None:
    rows = (
        row(TABLE, "a", {"total": "10.34"}, item="a"),
        row(TABLE, "t", {"total": "10.00"}, kind="total", precision="1", item="合计"),
    )
    (check,) = failing(*rows, rule="column_total").rows(named=True)
    assert (check["severity"], check["rounding_only"]) == ("info", True)


def test_a_total_over_blank_parts_fails_and_a_blank_total_is_not_compared() -> None:
    whole = row(TABLE, "a", {"total": "10.00"}, item="a", line=1)
    parts = row(TABLE, "b", {"basic": "3.00", "project": "3.00"}, item="b", line=2)
    (check,) = failing(whole, parts, rule="row_total_basic_project").rows(named=True)
    assert check["subject"].endswith("“a”行") and str(check["right_value"]) == "0.0000"
    assert failing(row(TABLE, "a", {"total": "0.00"}, item="a"), parts, rule="row_total_basic_project").height == 0
    # A table that has no such columns in a year has no blank cells in it.
    before = row(TABLE, "a", {"total": "10.00"}, item="a", fiscal_year=2021, comparison=True, line_id="before")
    assert failing(before, parts, rule="row_total_basic_project").height == 0


def test_a_total_over_details_that_are_all_blank_fails() -> None:
    details = [row(TABLE, key, {"total": "5.00"}, item=key) for key in "ab"]
    total = row(TABLE, "t", {"total": "10.00", "project": "4.00"}, kind="total", item="合计")
    (check,) = failing(*details, total, rule="column_total").rows(named=True)
    assert (str(check["left_value"]), str(check["right_value"])) == ("4.0000", "0.0000")


def test_a_code_and_an_item_over_blank_rows_fail() -> None:
    coded = (
        row(TABLE, "201", {"total": "5.00", "project": "5.00"}, kind="subtotal", function_code="201"),
        row(TABLE, "20101", {"total": "5.00"}, function_code="20101"),
    )
    assert failing(*coded, rule="code_parts")["left_value"].cast(pl.String).to_list() == ["5.0000"]
    items = (
        row(TABLE, "x", {"total": "5.00", "project": "5.00"}, kind="subtotal", item="x", item_path="x"),
        row(TABLE, "y", {"total": "5.00"}, item="y", item_path="x/y"),
    )
    assert failing(*items, rule="item_parts").height == 1
    assert failing(items[0], rule="item_parts").height == 0


def test_of_several_totals_the_largest_counts_or_the_sum_of_those_of_groups() -> None:
    def totals(*amounts: str) -> list[str]:
        details = [row(TABLE, key, {"total": "5.00"}, item=key) for key in "ab"]
        rows = [row(TABLE, f"t{at}", {"total": each}, kind="total", item="合计") for at, each in enumerate(amounts)]
        return failing(*details, *rows, rule="column_total")["left_value"].cast(pl.String).to_list()

    assert (
        totals("10.00", "10.00")
        == totals("5.00", "5.00", "10.00")
        == totals("4.00", "6.00")
        == totals("5.00", "5.00")
        == []
    )
    assert totals("10.00", "12.00") == ["12.0000"]
    assert totals("12.00", "12.00") == ["12.0000"]


def found(rule: str, *rows: list) -> pl.DataFrame:
    return reconcile({"disclosures": disclosures(), "budget_lines": lines(*rows)}, rules(rule))["checks"]


def test_a_total_row_with_a_mistyped_label_is_reported() -> None:
    rows = (
        row(TABLE, "a", {"total": "1.00"}, item="a", function_code="2010301"),
        row(TABLE, "b", {"total": "2.00"}, item="b", function_code="2010302"),
        row(TABLE, "t", {"total": "3.00"}, item="合汁"),
    )
    (check,) = found("total_row_found", *rows).rows(named=True)
    assert (check["status"], check["severity"]) == ("fail", "warning")
    assert "“合汁”行等于其余各行之和" in check["message_zh"]


def test_a_table_without_a_total_row_does_not_pass() -> None:
    rows = [row(TABLE, key, {"total": "1.00"}, item=key, function_code=f"201030{key}") for key in "123"]
    assert found("total_row_found", *rows)["status"].to_list() == ["not_applicable"]
    assert found("column_total", *rows).height == 0


def test_operands_name_every_figure_of_both_sides() -> None:
    result = reconcile({"disclosures": disclosures(), "budget_lines": lines(*GOOD)}, INSIDE_TABLE)
    checks, operands = result["checks"], result["check_operands"]
    assert checks["check_id"].is_unique().all()
    assert set(operands["check_id"]) <= set(checks["check_id"])
    total = operands.filter(pl.col("check_id").str.contains("column_total.*total/2022"))
    assert total["side"].to_list() == ["left", "right", "right"]


def test_revenue_is_the_sum_of_its_kinds_by_budget_or_in_all() -> None:
    def income(total: str, **cells: str) -> set[str]:
        rows = [row("income", "r", {"total": total}, direction="revenue")]
        for name, amount in cells.items():
            fund = "general_public_budget:total" if name == "gpb" else "total"
            source = "fiscal_appropriation" if name == "gpb" else name
            named = {"revenue_source": source, "line_id": name}
            rows.append(row("income", "r", {fund: amount}, direction="revenue", **named))
        found = failing(*(line for line in rows))
        return set(found["rule_id"])

    assert income("15.00", gpb="10.00", other="5.00") == set()
    assert income("16.00", gpb="10.00", other="5.00") == {"row_total_sources_by_fund"}
    assert income("15.00", fiscal_appropriation="10.00", other="5.00") == set()
    assert income("16.00", fiscal_appropriation="10.00", other="5.00") == {"row_total_sources"}


def test_a_subtotal_beside_the_parts_of_an_item_is_no_part() -> None:
    def vehicles(purchase: str) -> pl.DataFrame:
        return failing(
            row("three_public", "v", {"total": "6.80"}, kind="subtotal", item="用车", item_path="用车"),
            row("three_public", "s", {"total": "6.80"}, kind="subtotal", item="小计", item_path="用车/小计"),
            row("three_public", "o", {"total": "6.80"}, item="运行费", item_path="用车/运行费"),
            row("three_public", "p", {"total": purchase}, item="购置费", item_path="用车/购置费"),
            rule="item_parts",
        )

    assert vehicles("0.00").height == 0
    assert vehicles("1.00").height == 1


def test_a_total_over_rows_that_print_labels_and_no_amount_fails_and_a_total_alone_does_not() -> None:
    total = lines(row(TABLE, "t", {"total": "10.00"}, kind="total", item="合计"))
    for blank, found in ((3, 1), (0, 0)):
        table = {"table_id": f"{DID}.{TABLE}", "disclosure_id": DID, "row_count": 1, "blank_row_count": blank}
        frames = {"disclosures": disclosures(), "tables": frame("tables", [table]), "budget_lines": total}
        checks = reconcile(frames, rules("column_total"))["checks"]
        assert checks.filter(pl.col("status") == "fail").height == found
