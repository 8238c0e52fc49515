"""Performance tables of the bundled text and of variants."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from pipeline.extract.records import Rows
from schemas.rows import Target
from tests.documents import BUNDLED, read

TEXT = BUNDLED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bundled() -> Rows:
    return read(TEXT.encode()).rows


def test_money_of_two_horizons(bundled: Rows) -> None:
    money = [
        (r.item, r.fiscal_year, r.period_start, r.amount)
        for r in bundled.budget_lines
        if r.table_code == "project_performance"
    ]
    assert money == [
        ("资金总额", None, 2022, Decimal("2588237.1")),
        ("资金总额", 2022, None, Decimal("862745.7")),
        ("财政拨款", None, 2022, Decimal("2588237.1")),
        ("财政拨款", 2022, None, Decimal("862745.7")),
        ("其他资金", None, 2022, 0),
        ("其他资金", 2022, None, 0),
    ]


def test_money_under_two_units_takes_the_one_that_agrees_with_another_table(bundled: Rows) -> None:
    rows = [r for r in bundled.budget_lines if r.table_code == "department_performance"]
    assert [(r.measure, r.revenue_source, r.amount) for r in rows] == [
        ("total", None, Decimal("5864768.37")),
        ("basic", None, Decimal("4967466.56")),
        ("basic", "fiscal_appropriation", Decimal("4967466.56")),
        ("project", None, Decimal("897301.81")),
        ("project", "fiscal_appropriation", Decimal("897301.81")),
    ]
    assert len({r.row_id for r in rows}) == 1
    assert {r.unit_basis for r in rows} == {"cross_table"}


def test_each_indicator_stands_once_for_each_horizon(bundled: Rows) -> None:
    keys = [
        (r.horizon, r.level2, r.ordinal)
        for r in bundled.indicators
        if r.table_code == "project_performance" and r.kind == "indicator"
    ]
    assert len(keys) == len(set(keys)) == 32
    for level2 in ("数量指标", "质量指标", "进度指标", "成本指标"):
        assert sorted(k for k in keys if k[1] == level2) == sorted(
            (horizon, level2, n) for horizon in ("annual", "medium_term") for n in (1, 2, 3)
        )


def test_text_is_joined_over_lines_and_ordinals_are_cut(bundled: Rows) -> None:
    goals = [r.text for r in bundled.indicators if r.kind == "goal" and r.table_code == "project_performance"]
    assert goals[1] == "提升因公出入境管理水平，扩大APEC商务旅行卡和领事保护宣传范围和效果。"
    assert str(goals[-1]).endswith("为区委区政府决策提供国际信息。")


def test_quantities_with_comparators_units_and_dates(bundled: Rows) -> None:
    found = {(r.subject, r.comparator, r.value, r.unit, r.due_end) for r in bundled.targets}
    assert ("制作领事保护宣传品", "ge", Decimal(4400), "个", None) in found
    assert ("举办领事保护宣传活动单位成本", "le", Decimal(20000), "CNY/场", None) in found
    assert ("完成窗口行业外语培训", "eq", Decimal(2), "场", "2022-11") in found
    assert ("市民讲外语活动", "eq", Decimal(1), "场", "2022-11") in found


def test_scrambled_values_are_placed_by_the_same_text_or_by_elimination(bundled: Rows) -> None:
    rows = [r for r in bundled.indicators if r.table_code == "department_performance" and r.kind == "indicator"]
    assert [(r.level2, r.placement) for r in rows] == [
        ("质量指标", "same_text"),
        ("进度指标", "same_text"),
        ("质量指标", "same_text"),
        ("数量指标", "elimination"),
        ("效益指标", "same_text"),
    ]
    assert rows[3].level3 == "行政事务"


def test_an_unknown_value_stays_without_levels_and_makes_the_document_partial() -> None:
    changed = TEXT.replace("确保编制15人的日常行政运行", "确保编制15人的日常行政运行\n\n另有其他工作任务共计3次。")
    extraction = read(changed.encode())
    assert extraction.disclosure.status == "partial"
    assert any(r.level2 is None and r.kind == "indicator" for r in extraction.rows.indicators)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_a_scrambled_sheet_stands_does_not_matter(bundled: Rows, seed: int) -> None:
    start = TEXT.index("整体绩效\n\n目标")
    end = TEXT.index(" 表 14 ")
    blocks = TEXT[start:end].strip("\n").split("\n\n")
    random.Random(seed).shuffle(blocks)
    moved = read((TEXT[:start] + "\n\n".join(blocks) + "\n\n" + TEXT[end:]).encode()).rows

    def placed(rows: Rows) -> list[tuple[object, ...]]:
        return sorted(
            (r.text, r.level1, r.level2, r.level3)
            for r in rows.indicators
            if r.table_code == "department_performance" and r.kind == "indicator"
        )

    assert placed(moved) == placed(bundled)


def test_nothing_of_the_bundled_document_is_unclaimed(bundled: Rows) -> None:
    assert [n.printed for n in bundled.numbers if n.class_ == "unclaimed"] == []


def department_money(text: str) -> tuple[dict[tuple[str, str | None], Decimal], Rows]:
    rows = read(text.encode()).rows
    return {
        (r.measure, r.revenue_source): r.amount for r in rows.budget_lines if r.table_code == "department_performance"
    }, rows


def test_a_falsified_amount_of_the_scrambled_sheet_stays_where_it_stands(bundled: Rows) -> None:
    changed = TEXT.replace(
        "586.476837 496.746656 496.746656 89.730181 89.730181", "586.476837 496.746656 496.746656 89.730182 89.730181"
    )
    found, _ = department_money(changed)
    assert found["project", None] == Decimal("897301.82")
    assert found["project", "fiscal_appropriation"] == Decimal("897301.81")


def test_money_that_no_other_table_confirms_stays_unclaimed() -> None:
    changed = TEXT.replace("586.476837 496.746656 496.746656 89.730181 89.730181", "1.5 1 1 0.5 0.6")
    found, rows = department_money(changed)
    assert found == {}
    assert [n.printed for n in rows.numbers if n.class_ == "unclaimed"] == ["1.5", "1", "1", "0.5", "0.6"]
    assert rows.disclosures[0].status == "partial"


def test_projects_in_a_row_keep_their_own_rows(bundled: Rows) -> None:
    start = TEXT.index("项目名称 外事工作经费")
    sheet = TEXT[start:].rstrip()
    second = sheet.replace("外事工作经费", "语言环境建设经费").replace("86.27457", "3.455611")
    rows = read((TEXT.rstrip() + "\n\n" + second + "\n").encode()).rows
    first_name, second_name = [row.name for row in rows.projects]
    assert (first_name, second_name) == ("外事工作经费", "语言环境建设经费")
    for project in rows.projects:
        own = [r for r in rows.indicators if r.project_id == project.project_id]
        assert len(own) == 38
        assert [r.text for r in own] == [r.text for r in bundled.indicators if r.table_code == "project_performance"]
    money = [
        r.amount
        for r in rows.budget_lines
        if r.project == "语言环境建设经费" and r.fiscal_year == 2022 and r.table_code == "project_performance"
    ]
    assert money == [Decimal("34556.11"), Decimal("34556.11"), 0]


def test_a_first_level_is_the_one_that_the_table_prints(bundled: Rows) -> None:
    changed = read(TEXT.replace("效 \n\n果 \n\n指 \n\n标 ", "效 \n\n益 \n\n指 \n\n标 ").encode()).rows
    for rows, level1 in ((bundled, "效果指标"), (changed, "效益指标")):
        found = {r.level2: r.level1 for r in rows.indicators if r.table_code == "project_performance"}
        assert found["服务对象满意度指标"] == level1
        assert found["数量指标"] == "产出指标"


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_groups_in_a_project_sheet_does_not_matter(bundled: Rows, seed: int) -> None:
    start = TEXT.index("指标值 二级指标 三级指标 指标值")
    marks = [TEXT.index(f"{name} ", start) for name in ("数量指标", "质量指标", "进度指标", "成本指标")]
    end = TEXT.index("效 \n\n果 \n\n指 \n\n标 ", start)
    groups = [TEXT[a:b].strip("\n") + "\n\n" for a, b in zip(marks, [*marks[1:], end], strict=True)]
    random.Random(seed).shuffle(groups)
    moved = read((TEXT[: marks[0]] + "".join(groups) + TEXT[end:]).encode()).rows

    def placed(rows: Rows) -> list[tuple[object, ...]]:
        return sorted(
            (r.horizon, r.level1, r.level2, r.ordinal, r.level3, r.text)
            for r in rows.indicators
            if r.table_code == "project_performance" and r.kind == "indicator"
        )

    assert placed(moved) == placed(bundled)
    assert [n.printed for n in moved.numbers if n.class_ == "unclaimed"] == []


def test_another_year_moves_every_period_and_date(bundled: Rows) -> None:
    shifted = TEXT
    for year in range(2024, 2019, -1):
        shifted = shifted.replace(str(year), str(year + 4))
    moved = read(shifted.encode()).rows
    for table, columns in (
        ("indicators", ("period_start", "period_end")),
        ("projects", ("period_start", "period_end")),
    ):
        assert [[getattr(row, c) for c in columns] for row in moved.of(table)] == [
            [getattr(row, c) + 4 for c in columns] for row in bundled.of(table)
        ]

    def due(row: Target, by: int) -> str | None:
        return row.due_end and f"{int(row.due_end[:4]) + by}{row.due_end[4:]}"

    assert [due(row, 0) for row in moved.targets] == [due(row, 4) for row in bundled.targets]
    years = [row.fiscal_year for row in bundled.statements]
    assert [row.fiscal_year for row in moved.statements] == [year and year + 4 for year in years]
