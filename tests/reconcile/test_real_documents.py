"""What fails on real documents, each finding read and judged: all of it is true of the document, and it is all."""

from __future__ import annotations

import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import read, real
from tests.tables import tables_of

pytestmark = pytest.mark.slow

PUTUO = "shanghai-putuo/"
#: Rule and subject of every failing check, with why it is true.
EXPECTED: dict[str, list[tuple[str, str]]] = {
    "2025-budget-government-office-department": [],
    "2025-budget-wanli-subdistrict-department": [],
    # A grid around the contents is a table without amounts; the body has all that they list.
    "2025-budget-commerce-commission-department": [],
    "2025-budget-finance-bureau-department": [
        # 877,080 is 87.71, not 87.70, and so on: digits cut instead of rounded.
        *[
            ("prose_function_expenditure", f"（款）{item}（项）”支出")
            for item in ("行政单位离退休", "行政单位医疗", "住房公积金", "购房补贴")
        ],
        # 887.36 in prose, 873,617 in the table.
        ("prose_function_expenditure", "机关事业单位职业年金缴费支出（项）”支出"),
    ],
    "2024-final-accounts-finance-bureau-department": [
        # 2,106.66 ÷ 2,940.05 is 71.65%.
        ("share_of_expenditure", "2024年“一般公共服务支出（类）”支出"),
        # 财政拨款收入支出总计0.3万元: the table has 2,961.68.
        ("prose_appropriation_total", "2024年财政拨款收入支出总计"),
    ],
    "2023-budget-wanli-subdistrict-department": [
        # 年度资金申请总额 10,903,043, 其中：当年财政拨款 11,419,043.
        ("performance_project_parts", "公共服务设施运行经费"),
        # 11.67 to 45.41 is 289.12%.
        ("percent_of_base", "群众团体事务（款）一般行政管理事务（项）”支出"),
        # 220.63 in the first sentence, 441.25 in the second; neither makes 60.54% of 132.59.
        ("percent_of_base", "机关事业单位职业年金缴费支出（项）”支出"),
        ("repeated_amount", "机关事业单位职业年金缴费支出（项）”支出"),
    ],
    "2024-budget-wanli-subdistrict-department": [
        # 350.35 in the first sentence, 352.67 in the second; 0.53% is right of the first only.
        ("percent_of_base", "2024年“住房保障支出（类）住房改革支出（款）住房公积金（项）”支出"),
        ("repeated_amount", "2024年“住房保障支出（类）住房改革支出（款）住房公积金（项）”支出"),
        # 2.98% less than in the year before, because expenditure rose (经费增加).
        ("cause_of_decrease", "2024年“一般公共服务支出（类）宣传事务（款）一般行政管理事务（项）”支出"),
        # The note below the table of three public expenses says that it is empty.
        ("empty_table_with_amounts", "“部门“三公”经费和机关运行经费预算表”"),
        # 301 | 2 and 301 | 7.
        ("code_parts_padded", "30102"),
        ("code_parts_padded", "30107"),
    ],
    "2024-final-accounts-social-work-department": [
        # 29.42 ÷ 307.82 is 9.557%.
        ("share_of_expenditure", "2024年“住房保障支出（类）”支出"),
        # 年初预算为0万元 … 完成年初预算的95.89%.
        ("completion_rate", "2024年一般公共预算财政拨款支出"),
    ],
    "2024-budget-social-welfare-home-unit": [
        # 738.66 in prose, 6,964,796 in the table.
        ("prose_function_expenditure", "2024年“社会保障和就业支出（类）社会福利（款）社会福利事业单位（项）”支出"),
        # 7 | 11 | 02 below 210 | 11, in two tables.
        ("code_known", "71102"),
        ("code_known", "71102"),
        ("code_under_its_class", "71102"),
        ("code_under_its_class", "71102"),
        # 210 has another name since 2019, in two summaries.
        ("code_name", "“医疗卫生与计划生育支出”（210）行"),
        ("code_name", "“医疗卫生与计划生育支出”（210）行"),
        # The unit numbers the sections of 302 and 303 by itself: 30202 咨询费, 30203 水费, 30210 车辆运行费 …
        ("code_known", "30210"),
        *[("code_name", code) for code in ("30108", "30202", "30203", "30204", "30205", "30206", "30207", "30208")],
        *[("code_name", code) for code in ("30211", "30212", "30213", "303", "30301")],
    ],
    "2026-budget-justice-bureau-unit": [
        # 2040601 prints the amount of its parent as its projects, in two tables: row, column and parent break.
        ("row_total_basic_project", "“行政运行”（2040601）行"),
        ("row_total_basic_project", "“行政运行”（2040601）行"),
        ("column_total", "“项目支出”栏"),
        ("column_total", "“一般公共预算·项目支出”栏"),
        ("code_parts", "“司法”（20406）行“项目支出”栏"),
        ("code_parts", "“司法”（20406）行“一般公共预算·项目支出”栏"),
        # 22,118,861.00 against 22,118,861.34, wherever the one is printed beside the other: may be rounding.
        ("row_total_basic_project", "“合计”行"),
        ("row_total_basic_project", "“合计”行"),
        ("row_total_split_project", "“公共安全支出”（204）行"),
        ("row_total_split_project", "“支出总计”行"),
        ("column_total", "“基本支出”栏"),
        ("column_total", "“一般公共预算·基本支出”栏"),
        ("basic_total", "2026年"),
        # 1,690.69 to 1,434.89 is not −1.10%.
        ("percent_of_base", "公共安全支出（204类）司法（06款）行政运行（01项）"),
        # 56.12 and 57.8 in one paragraph; the percentage is that of the first.
        ("percent_of_base", "行政单位离退休（01项）"),
        ("direction_word", "行政单位离退休（01项）"),
        ("repeated_amount", "行政单位离退休（01项）"),
        # 207 and 170.03; 241.76 to 170.03 is no increase of 21.74%.
        ("percent_of_base", "购房补贴（03项）"),
        ("direction_word", "购房补贴（03项）"),
        ("repeated_amount", "购房补贴（03项）"),
    ],
}


def failing(data: bytes) -> list[tuple[str, str]]:
    checks = reconcile(tables_of([read(data, "x.pdf")]), load_rules())["checks"]
    rows = checks.filter(checks["status"] == "fail")
    return list(zip(rows["rule_id"].to_list(), rows["subject"].to_list(), strict=True))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_failing_check_is_one_that_was_read_and_is_true(name: str) -> None:
    found = failing(real(f"{PUTUO}{name}.pdf"))
    left = list(found)
    for rule, said in EXPECTED[name]:
        match = next((f for f in left if f[0] == rule and said in f[1]), None)
        assert match is not None, f"{rule} is not reported of {said}; reported: {found}"
        left.remove(match)
    assert left == []


def test_a_template_is_refused_and_gives_nothing_to_check() -> None:
    assert failing(real("final-accounts-template-national.pdf")) == []


def test_the_year_before_is_stated_as_its_own_disclosure_has_it() -> None:
    both = [
        read(real(f"{PUTUO}{year}-budget-wanli-subdistrict-department.pdf"), f"{year}.pdf") for year in (2024, 2025)
    ]
    checks = reconcile(tables_of(both), load_rules())["checks"]
    rows = checks.filter(checks["rule_id"] == "previous_year_restated")
    assert rows["status"].unique().to_list() == ["pass"]
    subjects = {subject.split("/")[0] for subject in rows["subject"]}
    assert {"appropriation_revenue", "three_public", "official_vehicles", "official_reception"} <= subjects
