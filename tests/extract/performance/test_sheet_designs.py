"""Designs of performance sheets that ministries and provinces use: whose money, horizons and quantities are what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extract.records import Extraction
from tests.documents import read as from_pdf
from tests.extract.celled import Merged, extracted
from tests.extract.celled import Rows as Cells
from tests.extract.pdfs import Table, pdf
from tests.extract.performance.test_ruled_sheets import COVER as PDF_COVER
from tests.extract.performance.test_ruled_sheets import TITLE
from tests.extract.performance.test_sheets_of_cells import COVER

HEADER = ["一级指标", "二级指标", "三级指标", "指标值"]


def read(title: str, cells: Cells) -> Extraction:
    return extracted(*COVER, title, cells)


def targets(found: Extraction) -> list[tuple[object, ...]]:
    """Name of the indicator, horizon, comparator, value and unit of each target of an indicator."""
    indicators = {row.indicator_id: row for row in found.rows.indicators}
    return [
        (indicators[row.indicator_id].level3, indicators[row.indicator_id].horizon, row.comparator, row.value, row.unit)
        for row in found.rows.targets
        if indicators[row.indicator_id].kind == "indicator"
    ]


def money(found: Extraction) -> list[tuple[object, ...]]:
    return [
        (row.project, row.item, row.revenue_source, row.row_kind, row.amount)
        for row in found.rows.budget_lines
        if str(row.table_code).endswith("_performance")
    ]


def unclaimed(found: Extraction) -> list[str | None]:
    return [row.printed for row in found.rows.numbers if row.class_ == "unclaimed"]


def sheet(*values: tuple[str, str]) -> Cells:
    """A project's sheet with indicators of these names and values."""
    rows = [["产出指标", "数量指标", name, value] for name, value in values]
    return [["项目名称", Merged("路灯维护", columns=3)], HEADER, *rows]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("≥3万吨/日", [("ge", 30000, "吨/日")]),
        ("≤800元/亩", [("le", 800, "CNY/亩")]),
        ("≤12个月", [("le", 12, "个月")]),
        ("提高2个百分点", [("eq", 2, "个百分点")]),
        ("≥86台套", [("ge", 86, "台套")]),
        ("≥1.2亿元", [("ge", 120_000_000, "CNY")]),
        ("≥1亿人次", [("ge", 100_000_000, "人次")]),
        ("500亩次", [("eq", 500, "亩次")]),
        ("20天内", [("le", 20, "天")]),
        ("10家内部机构", [("eq", 10, "家")]),
        # For each of what is not known: a part of the unit would be another unit.
        ("≤800元/奇物", []),
        ("≥5批次/奇物", []),
    ],
)
def test_a_unit_is_whole_or_the_number_stays_text(value: str, expected: list[tuple[object, ...]]) -> None:
    found = read("项目支出绩效目标表", sheet(("任务", value)))

    assert targets(found) == [("任务", "annual", *one) for one in expected]
    assert unclaimed(found) == []


def test_a_number_that_its_cell_cuts_is_one_number() -> None:
    values = [("图书采购", "≥500\n0册"), ("经费", "≤1,\n200元"), ("两个数", "98 100%"), ("年份", "2024\n12册")]
    rows = [("产出指标", "数量指标", name, value) for name, value in values]
    table = Table((90, 90, 120, 60), [("项目名称", ("路灯维护", 3)), tuple(HEADER), *rows])

    found = from_pdf(pdf(PDF_COVER, (TITLE, table)), "x.pdf")

    assert targets(found) == [("图书采购", "annual", "ge", 5000, "册"), ("经费", "annual", "le", 1200, "CNY")]
    assert [row.printed for row in found.rows.targets] == ["5000", "1,200"]
    assert unclaimed(found) == ["98", "100", "2024", "12"]


def test_an_amount_that_its_cell_cuts_is_not_published() -> None:
    head = [
        ["项目名称", "路灯维护"],
        ["项目资金（万元）", ""],
        ["年度资金总额", "652.4\n6"],
        ["其中：财政拨款", "652.46"],
    ]

    found = read("项目支出绩效目标表", [*head, ["三级指标", "指标值"], ["亮灯率", "≥98%"]])

    assert money(found) == [("路灯维护", "财政拨款", "fiscal_appropriation", "detail", Decimal("6524600.00"))]
    assert unclaimed(found) == ["652.4", "6"]


def test_tasks_of_a_department_under_the_parts_of_its_money() -> None:
    cells = [
        ["部门名称", Merged("某某局", columns=5)],
        [Merged("年度主要任务", rows=5), Merged("任务名称", rows=2), Merged("主要内容", rows=2), Merged("预算金额（万元）", columns=3)],
        ["总额", "财政拨款", "其他资金"],
        ["保障运转", "人员和公用经费", "100.50", "100.50", "0.00"],
        ["公路养护", "县乡道路养护", "960.00", "860.00", "100.00"],
        [Merged("金额合计", columns=2), "1,060.50", "960.50", "100.00"],
        ["年度总体目标", Merged("1.保障运转。2.养护公路。", columns=5)],
        [Merged("绩效指标", rows=2), *HEADER, ""],
        ["产出指标", "数量指标", "养护里程", "≥620公里", ""],
    ]  # fmt: skip

    found = read("部门整体支出绩效目标表", cells)

    assert money(found) == [
        (None, "保障运转", None, "detail", 1005000),
        (None, "保障运转", "fiscal_appropriation", "detail", 1005000),
        (None, "保障运转", "other", "detail", 0),
        (None, "公路养护", None, "detail", 9600000),
        (None, "公路养护", "fiscal_appropriation", "detail", 8600000),
        (None, "公路养护", "other", "detail", 1000000),
        (None, "金额合计", None, "total", 10605000),
        (None, "金额合计", "fiscal_appropriation", "total", 9605000),
        (None, "金额合计", "other", "total", 1000000),
    ]
    assert len({row.row_id for row in found.rows.budget_lines if row.table_code == "department_performance"}) == 3
    assert unclaimed(found) == []


def test_values_of_two_horizons_that_their_own_headers_name() -> None:
    header = [*HEADER[:3], "实施周期指标值", "年度指标值"]
    cells = [
        ["项目名称", Merged("企业扶持", columns=2), "项目总金额（万元）", "6000.00"],
        header,
        ["产出指标", "数量指标", "资助企业", "≥300家", "≥100家"],
    ]

    found = read("项目支出绩效表", cells)

    assert targets(found) == [("资助企业", "medium_term", "ge", 300, "家"), ("资助企业", "annual", "ge", 100, "家")]
    assert money(found) == [("企业扶持", "项目总金额", None, "total", 60000000)]


def test_horizons_one_below_the_other_are_named_beside_their_indicators() -> None:
    cells = [
        ["项目名称", Merged("管网改造", columns=4)],
        [Merged("长期绩效指标", rows=2), *HEADER],
        ["产出指标", "数量指标", "改造管网", "≥36公里"],
        [Merged("年度绩效指标", rows=2), *HEADER],
        ["产出指标", "数量指标", "改造管网", "≥12公里"],
    ]

    found = read("财政支出项目绩效目标申报表", cells)

    assert targets(found) == [("改造管网", "medium_term", "ge", 36, "公里"), ("改造管网", "annual", "ge", 12, "公里")]


def test_a_list_with_the_numbers_of_its_columns_and_captions_of_units() -> None:
    columns = ["单位名称、项目名称", "项目年度绩效目标", *HEADER[:3], "指标性质", "指标值", "度量单位"]
    cells = [
        columns,
        [str(number) for number in range(1, 9)],
        ["某某局", *[""] * 7],
        ["信访维稳", "化解积案。", "产出指标", "数量指标", "化解积案", "＞=", "30", "件"],
        ["", "", "产出指标", "质量指标", "化解质量", "定性", "90", "分"],
    ]

    found = read("项目支出绩效目标表（本次下达）", cells)

    assert [row.name for row in found.rows.projects] == ["信访维稳"]
    # What a column of comparators says and no word knows compares nothing.
    assert targets(found) == [("化解积案", "annual", "ge", 30, "件")]
    assert unclaimed(found) == []


def test_a_list_with_the_parts_of_the_money_below_their_header() -> None:
    cells = [
        [*[Merged(text, rows=2) for text in ("序号", "项目名称")], Merged("项目资金（万元）", columns=3), Merged("绩效指标", columns=2)],
        ["合计", "其中：财政拨款", "其他资金", "三级指标", "指标值"],
        [Merged("1", rows=2), Merged("文物巡查", rows=2), Merged("18.60", rows=2), Merged("15.00", rows=2), Merged("3.60", rows=2), "巡查单位", "38处"],
        ["整改时限", "≤30天"],
    ]  # fmt: skip

    found = read("部门预算项目绩效目标一览表", cells)

    assert [(item[2], item[3], item[4]) for item in money(found)] == [
        (None, "total", 186000), ("fiscal_appropriation", "detail", 150000), ("other", "detail", 36000),
    ]  # fmt: skip
    assert targets(found) == [("巡查单位", "annual", "eq", 38, "处"), ("整改时限", "annual", "le", 30, "天")]
    assert unclaimed(found) == []


def test_a_transfer_of_a_region() -> None:
    cells = [
        ["专项（项目）名称", Merged("农业生产发展资金", columns=3)],
        ["中央主管部门", "农业农村部", "专项实施期", "2024-2026年"],
        [Merged("资金情况（万元）", rows=3), "年度金额：", Merged("88,600", columns=2)],
        ["其中：中央补助", Merged("70,000", columns=2)],
        ["地方资金", Merged("18,600", columns=2)],
        HEADER,
        ["产出指标", "数量指标", "高标准农田", "≥46.5万亩"],
    ]

    found = read("中央对地方专项转移支付区域（项目）绩效目标表", cells)

    name = "农业生产发展资金"
    assert [row.table_code for row in found.rows.tables][-1] == "transfer_performance"
    assert money(found) == [
        (name, "年度金额", None, "total", 886000000),
        (name, "中央补助", None, "detail", 700000000),
        (name, "地方资金", None, "detail", 186000000),
    ]
    assert targets(found) == [("高标准农田", "annual", "ge", 465000, "亩")]
    assert unclaimed(found) == []


def test_a_head_that_goes_on_below_its_money_is_of_its_project() -> None:
    cells = [
        ["项目名称：", "公房修缮", "当年预算（元）", "3,860,500.00"],
        ["计划开始日期：", "2018-01-01", "计划结束日期：", "2018-12-31"],
        HEADER,
        ["产出指标", "数量指标", "修缮面积", "2.6万平方米"],
    ]

    found = read("财政项目支出绩效目标申报表", cells)

    (project,) = found.rows.projects
    assert (project.name, project.period_start, project.period_end) == ("公房修缮", 2018, 2018)
    assert money(found) == [("公房修缮", "当年预算", None, "total", 3860500)]
    assert unclaimed(found) == []


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        # 其中 names one part: the whole is what is added up.
        ([], ["detail", "of_which"]),
        # All parts are named, one is nothing: the total is a sum that fails.
        (["其他资金", ""], ["total", "detail"]),
        (["其他资金", "2.00"], ["total", "detail", "detail"]),
    ],
)
def test_a_whole_with_one_named_part_is_no_sum(other: list[str], kinds: list[str]) -> None:
    head = [
        ["项目名称", "劳动仲裁"],
        ["预算金额（万元）", "30.00"],
        ["其中：财政拨款", "28.00"],
        *([other] if other else []),
    ]

    found = read("项目支出绩效目标表", [*head, ["三级指标", "指标值"], ["结案率", "≥92%"]])

    assert [kind for _, _, _, kind, _ in money(found)] == kinds


def test_a_column_of_comparators_under_an_unknown_header() -> None:
    header = [*HEADER[:3], "指标方向", "指标值", "计量单位"]
    cells = [["项目名称", Merged("路灯维护", columns=5)], header, ["产出指标", "数量指标", "故障率", "≤", "10", "%"]]

    found = read("项目支出绩效目标表", cells)

    assert targets(found) == [("故障率", "annual", "le", 10, "percent")]
