"""The bundled document with one figure falsified at a time: exactly the checks that hold the figure fail anew."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import BUNDLED, read
from tests.tables import failing_checks, tables_of

TEXT = BUNDLED.read_text(encoding="utf-8")
RULES = load_rules()
#: The printed figure with what stands before it, the same falsified, and the rules that then fail anew.
FALSIFIED: list[tuple[str, str, list[str]]] = [
    (
        " \n\n2.467455 2.467455",
        " \n\n2.467455 2.464455",
        [
            "basic_by_economic_class",
            "basic_by_government_class",
            "column_total",
            "expenditure_general_budget",
            "general_budget_within_expenditure",
            "row_total_basic_project",
        ],
    ),
    (
        "2022 年财政预算数 2,005.15",
        "2022 年财政预算数 2,007.15",
        ["change_is_difference", "prose_official_reception", "three_public_parts", "three_public_within"],
    ),
    (
        "、一般公共预算拨款收入 586.476837",
        "、一般公共预算拨款收入 586.446837",
        ["column_current_total", "column_grand_total", "summary_appropriation_revenue"],
    ),
    (
        "\n品和服\n\n务支出 \n\n86.274570",
        "\n品和服\n\n务支出 \n\n86.277570",
        ["column_total", "performance_project_budget", "project_by_function", "prose_major_project"],
    ),
    (
        "出 项目支出 \n\n   0.00",
        "出 项目支出 \n\n   0.70",
        [
            "appropriation_funds",
            "appropriation_government_fund",
            "expenditure_by_funds",
            "no_government_fund",
            "row_total_basic_project",
        ],
    ),
    (
        "\n586.476837 496.746656",
        "\n586.476837 496.776656",
        [
            "performance_department_basic",
            "performance_department_parts",
            "performance_department_sources",
            "row_total_basic_project",
        ],
    ),
    (
        "  586.476837 496.746656 89.730181",
        "  586.476837 496.746656 89.737181",
        [
            "column_total",
            "performance_department_project",
            "project_total",
            "prose_project_expenditure",
            "row_total_basic_project",
        ],
    ),
    ("金弥补收\n\n支差额 \n\n586.476837", "金弥补收\n\n支差额 \n\n586.446837", ["row_declared", "summary_revenue"]),
    (
        "财政拨款本年\n\n支出 \n586.476837",
        "财政拨款本年\n\n支出 \n586.446837",
        ["appropriation_general_budget", "item_parts"],
    ),
    (
        "转结余  \n\n收入总计 586.476837",
        "转结余  \n\n收入总计 586.446837",
        ["column_grand_total", "summary_balances", "total_with_balances"],
    ),
    (
        " \n\n  合    计 496.746656",
        " \n\n  合    计 496.776656",
        ["basic_total", "column_total", "row_total_personnel_public"],
    ),
    (
        "7-公务接待\n\n费 \n\n0.200515",
        "7-公务接待\n\n费 \n\n0.207515",
        [
            "column_total",
            "expenditure_general_budget",
            "reception_by_economic_class",
            "row_total_basic_project",
            "summary_by_class",
        ],
    ),
    ("14\n\n人。离退休人员 9", "14\n\n人。离退休人员 7", ["retired_parts"]),
    (",217.48 元减少 142.37", ",217.48 元减少 147.37", ["three_public_changes"]),
    ("，\n\n其中：车辆 0台，0", "，\n\n其中：车辆 0台，7", ["none_held_costs_nothing"]),
    (" 586.476837 586.476837", " 586.476837 586.446837", ["row_subtotal_funds"]),
    ("批复数 \n\n      0.00", "批复数 \n\n      0.70", ["no_service_procurement"]),
    (" \n\n 中期资金总额： 258.82371", " \n\n 中期资金总额： 258.87371", ["performance_project_parts"]),
    ("2022 年收入预算\n\n5,864,768.37", "2022 年收入预算\n\n5,864,468.37", ["change_is_difference", "prose_revenue"]),
    (
        "基 本 支 出 预 算 4,967,466.56",
        "基 本 支 出 预 算 4,967,766.56",
        ["change_is_difference", "prose_basic_expenditure"],
    ),
    (
        "经费财政拨款预算安排\n\n2,005.15",
        "经费财政拨款预算安排\n\n2,007.15",
        ["prose_three_public", "three_public_parts"],
    ),
    (
        "目支出 \n\n      0.00",
        "目支出 \n\n      0.70",
        ["appropriation_funds", "expenditure_by_funds", "no_state_capital"],
    ),
    ("\n1、因公出国（境）费 0.00", "\n1、因公出国（境）费 0.70", ["column_total", "prose_overseas_travel"]),
    ("务用车购置及运行维护费 0.00", "务用车购置及运行维护费 0.70", ["item_parts", "prose_official_vehicles"]),
    (
        "（一）一般公共服务支出 453.348903",
        "（一）一般公共服务支出 453.378903",
        ["appropriation_by_class", "column_grand_total", "item_parts"],
    ),
    (
        " 专户资金 单位资金\n\n586.476837",
        " 专户资金 单位资金\n\n586.446837",
        ["performance_department_parts", "performance_department_total", "row_total_basic_project"],
    ),
    (
        "\n合    计     586.476837",
        "\n合    计     586.446837",
        ["column_total", "expenditure_by_funds", "row_total_basic_project", "summary_expenditure"],
    ),
    (
        "30217-公务接待费 0.200515",
        "30217-公务接待费 0.207515",
        [
            "basic_by_economic_class",
            "basic_by_government_class",
            "column_total",
            "reception_within_three_public",
            "row_total_personnel_public",
        ],
    ),
    ("总额 1,393,699.67", "总额 393,699.67", ["assets_within_total"]),
    (
        "其中公用支出 348,583.67",
        "其中公用支出 9,348,583.67",
        ["basic_within", "change_is_difference", "direction_word", "direction_word"],
    ),
    ("截止 2021 年底", "截止 2019 年底", ["dates_fit_stage"]),
    # A heading binds the year of the facts below it, so what they compare with their own year comes out, too.
    (
        "第一部分 2022 年部门预算",
        "第一部分 2021 年部门预算",
        ["headings_agree", *["own_year_compared"] * 6, *["repeated_amount"] * 3],
    ),
    ("2022 年部门支出总表", "2021 年部门支出总表", ["title_year_agrees"]),
]


@pytest.fixture(scope="module")
def anew() -> dict[str, list[str]]:
    """The rules of checks that fail anew, by the falsified figure; all documents are evaluated at once."""
    texts = [TEXT, *(TEXT.replace(printed, falsified) for printed, falsified, _ in FALSIFIED)]
    before, *after = map(Counter, failing_checks([read(text.encode()) for text in texts]))
    rules = [[check.split(".")[0] for check in (checks - before).elements()] for checks in after]
    return dict(zip((falsified for _, falsified, _ in FALSIFIED), rules, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("printed", "falsified", "rules"), FALSIFIED)
def test_a_falsified_figure_fails_the_rules_that_hold_it(
    printed: str, falsified: str, rules: list[str], anew: dict[str, list[str]]
) -> None:
    assert TEXT.count(printed) == 1
    assert sorted(anew[falsified]) == sorted(rules)


def test_every_rule_that_the_document_gives_something_to_is_falsified_once() -> None:
    checks = reconcile(tables_of([read(TEXT.encode())]), RULES)["checks"]
    held = set(checks["rule_id"])
    tried = {rule for _, _, rules in FALSIFIED for rule in rules}
    failed = set(checks.filter(pl.col("status") == "fail")["rule_id"])
    # What no changed digit of this document can break: bounds far away, units, numbers and sequences.
    beyond = {
        "performance_project_horizons",
        "table_numbers_in_order",
        "target_stated_alike",
        "unit_fits_magnitude",
    }
    assert held - tried - failed == beyond
