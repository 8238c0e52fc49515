"""The rules on real documents: what contradicts itself comes out, what agrees is not reported."""

from __future__ import annotations

import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import BUNDLED, read, real
from tests.tables import tables_of

pytestmark = pytest.mark.slow

TEXT = BUNDLED.read_text(encoding="utf-8")


def failing(data: bytes, name: str = "x.txt") -> list[tuple[str, str, str]]:
    checks = reconcile(tables_of([read(data, name)]), load_rules())["checks"]
    rows = checks.filter((checks["status"] == "fail") & (checks["severity"] != "info"))
    return [(row["rule_id"], row["subject"], row["message_zh"]) for row in rows.iter_rows(named=True)]


CONTRADICTIONS = [
    ("agency_operating_prose", "2022年机关运行经费"),
    ("agency_operating_table", "2022年机关运行经费"),
    ("change_is_difference", "2022年“三公”经费"),
    ("due_within_annual", "“进度指标—涉外管理工作”：“完成窗口行业外语培训”（场）"),
    ("establishment_agrees", "行政编制"),
    ("establishment_agrees", "行政编制"),
    ("medium_term_not_below_annual", "“数量指标—因公出入境管理和领事保护工作”：“印制领事保护宣传册等材料”（册）"),
    ("percent_of_base", "2022年公务接待费"),
    ("percent_of_base", "2022年公用支出"),
    ("percent_of_base", "2022年基本支出"),
    ("percent_of_base", "2022年收入预算"),
    ("percent_of_base", "2022年项目支出"),
    ("percent_of_base", "2022年“三公”经费"),
    ("prose_public_expenditure", "2022年公用支出"),
    ("prose_three_public", "2021年“三公”经费"),
    ("three_public_parts", "2021年“三公”经费"),
    ("unit_words_agree", "表13“部门整体支出绩效目标申报表”“无标目的行”行“合计”栏"),
]


def test_the_contradictions_of_the_bundled_document_come_out_and_nothing_else():
    found = failing(TEXT.encode())
    assert sorted((rule, subject) for rule, subject, _ in found) == sorted(CONTRADICTIONS)
    assert any("降低7.28%，按列示数计算应为6.79%（427,156.36 ÷ 6,291,924.73）" in message for _, _, message in found)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("59.592 59.592000", "59.592 59.692000", "row_total_basic_project"),
        ("449.893292 363.618722 86.274570", "449.893292 363.718722 86.274570", "row_total_basic_project"),
        ("收入总计 586.476837", "收入总计 587.476837", "summary_balances"),
        ("合计 89.730181 89.730181", "合计 89.930181 89.930181", "column_total"),
        ("基 本 支 出 预 算 4,967,466.56", "基 本 支 出 预 算 4,967,466.57", "prose_basic_expenditure"),
    ],
)
def test_a_changed_figure_is_reported(before, after, rule):
    assert before in TEXT
    assert rule in {found for found, _, _ in failing(TEXT.replace(before, after).encode())}


def test_a_real_budget_that_agrees_with_itself_raises_no_alarm():
    data = real("shanghai-putuo/2025-budget-government-office-department.pdf")
    assert failing(data, "x.pdf") == []
