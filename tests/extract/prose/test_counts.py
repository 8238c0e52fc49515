"""What is counted: staff, divisions, assets at a day, receptions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .conftest import Reads, facts, short

D = Decimal


def test_staff_and_divisions(read: Reads) -> None:
    context = read("本局设12个内设机构。行政编制30人，实有28人；事业编制5人，实有4人。离休1人，退休12人。")
    assert short(context) == [
        ("internal_divisions", None, "count", D(12), 2022),
        ("administrative_establishment", None, "count", D(30), 2022),
        ("administrative_staff", None, "count", D(28), 2022),
        ("institution_establishment", None, "count", D(5), 2022),
        ("institution_staff", None, "count", D(4), 2022),
        ("retired_staff", "离休", "count", D(1), 2022),
        ("retired_staff", "退休", "count", D(12), 2022),
    ]


def test_assets_at_a_day_and_what_is_to_be_bought(read: Reads) -> None:
    context = read(
        "截至2021年8月31日，某某局共有车辆7辆，其中：执法执勤用车3辆、其他用车4辆；单价100万元（含）以上设备（不含车辆）2台（套）。\n"
        "    2022年部门预算安排购置车辆1辆，其中：其他用车1辆；部门预算安排购置单价100万元（含）以上设备（不含车辆）0台（套）。\n"
    )
    assert facts(context, "metric", "subject", "value", "fiscal_year", "as_of", "comparison") == [
        ("vehicles", None, D("7.0000"), 2021, "2021-08-31", True),
        ("vehicles", "执法执勤用车", D("3.0000"), 2021, "2021-08-31", True),
        ("vehicles", "其他用车", D("4.0000"), 2021, "2021-08-31", True),
        ("large_equipment", "单价100万元（含）以上", D("2.0000"), 2021, "2021-08-31", True),
        ("vehicle_purchases", None, D("1.0000"), 2022, None, False),
        ("vehicle_purchases", "其他用车", D("1.0000"), 2022, None, False),
        ("large_equipment_purchases", "单价100万元（含）以上", D("0.0000"), 2022, None, False),
    ]


@pytest.mark.parametrize(
    ("words", "as_of"),
    [
        ("2021年底", "2021-12-31"),
        ("2021年6月末", "2021-06-30"),
        ("2021年2月8日", "2021-02-08"),
        ("2021年13月40日", "2021"),
    ],
)
def test_days_at_which_things_are_counted(read: Reads, words: str, as_of: str) -> None:
    context = read(f"截至{words}，本单位共有车辆7辆。")
    assert facts(context, "metric", "value", "fiscal_year", "as_of") == [("vehicles", D("7.0000"), 2021, as_of)]


def test_receptions_are_counted_after_their_amount(read: Reads) -> None:
    context = read(
        "公务接待费支出1.50万元，共接待26批次、210人次。其中：国内公务接待费1.20万元，共计接待20个批次，150人次。\n"
        "全年接待群众来访3,000人次。\n",
        year=2024,
    )
    rows = context.extraction.rows.statements
    assert [(row.metric, row.kind, row.printed, row.unit) for row in rows] == [
        ("official_reception", "amount", "1.50", "CNY"),
        ("official_reception", "count", "26", "batch"),
        ("official_reception", "count", "210", "person_visit"),
        ("official_reception", "amount", "1.20", "CNY"),
        ("official_reception", "count", "20", "batch"),
        ("official_reception", "count", "150", "person_visit"),
    ]
    text = context.document.text
    assert [text[row.start : row.end] for row in rows] == [row.printed for row in rows]
    narrowed = [row.subject for row in rows]
    assert narrowed == [None] * 3 + ["国内公务接待费"] * 3
