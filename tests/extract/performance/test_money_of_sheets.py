"""Money in the heads of performance sheets: years, parts, tasks, sources, and amounts in the words of a cell."""

from __future__ import annotations

from tests.documents import read
from tests.extract.celled import Merged, Rows, extracted
from tests.extract.performance.test_regional_sheets import indicators, unclaimed
from tests.extract.test_forms_of_regions import web_page

BODY, TITLE = "某县某局2024年部门预算", "项目支出绩效目标表"
NAME: list[str | Merged] = ["项目名称", Merged("水库加固", 1, 3)]
BELOW: Rows = [["一级指标", "二级指标", "三级指标", "指标值"], ["产出指标", "数量指标", "加固水库", "4座"]]


def lines(*rows: list[str | Merged], title: str = TITLE, unit: str = "单位：万元") -> list[tuple[object, ...]]:
    made = read(web_page([BODY, title, unit, [*rows, *BELOW]]), "x.html")
    return [
        (r.row_kind, r.direction, r.item, r.measure, r.revenue_source, r.fiscal_year, r.phase, r.printed)
        for r in made.rows.budget_lines
    ]


def test_money_of_the_year_before_is_of_that_year():
    assert lines(
        NAME,
        ["项目当年预算（元）", "4,160,000.00", "同名项目上年预算额（元）", "3,980,000.00"],
        ["上年预算执行数（元）", "3,871,262.35", "", ""],
    ) == [
        ("total", "expenditure", "项目当年预算", "total", None, 2024, "approved", "4,160,000.00"),
        ("total", "expenditure", "同名项目上年预算额", "total", None, 2023, "approved", "3,980,000.00"),
        ("total", "expenditure", "上年预算执行数", "total", None, 2023, "executed", "3,871,262.35"),
    ]


def test_columns_of_years_give_their_years_and_parts_of_revenue_their_direction():
    rows = lines(
        [Merged("总体资金情况", 2), Merged("当年金额", 2), Merged("近两年收支金额", 1, 2)],
        ["2022年", "2023年"],
        [Merged("收入构成", 1), "815.60", "742.18", "780.05"],
        title="部门整体支出绩效目标表",
    )
    assert rows == []
    rows = lines(
        [Merged("总体资金情况", 2, 2), Merged("当年金额", 2), Merged("近两年收支金额", 1, 2)],
        ["2022年", "2023年"],
        ["收入构成", "财政拨款", "815.60", "742.18", "780.05"],
        ["支出构成", "基本支出", "602.60", "560.18", "590.05"],
        title="部门整体支出绩效目标表",
    )
    assert [(row[1], row[3], *row[5:]) for row in rows] == [
        ("revenue", "total", 2024, "approved", "815.60"),
        ("revenue", "total", 2022, None, "742.18"),
        ("revenue", "total", 2023, None, "780.05"),
        ("expenditure", "basic", 2024, "approved", "602.60"),
        ("expenditure", "basic", 2022, None, "560.18"),
        ("expenditure", "basic", 2023, None, "590.05"),
    ]


def test_a_list_of_sources_and_one_of_tasks_are_told_apart():
    rows = lines(
        NAME,
        [Merged("资金来源项目", 1, 3), "金额（万元）"],
        [Merged("合计", 1, 3), "814.00"],
        [Merged("1.一般公共预算财政拨款收入", 1, 3), "794.00"],
        [Merged("2.其他收入", 1, 3), "20.00"],
        ["项目活动", "内容表述", "测算依据", "金额（万元）"],
        ["保安服务", "办公区安保", "招标文件", "291.00"],
        ["水电维修", "水电气", "据实结算", "523.00"],
    )
    assert [(row[0], row[2], row[4], row[7]) for row in rows] == [
        ("total", "合计", None, "814.00"),
        ("detail", "一般公共预算财政拨款收入", "fiscal_appropriation", "794.00"),
        ("detail", "其他收入", "other", "20.00"),
        ("detail", "保安服务", None, "291.00"),
        ("detail", "水电维修", None, "523.00"),
    ]


def test_tasks_beside_parts_without_a_source_would_count_money_twice():
    rows = lines(
        NAME,
        ["年度金额", Merged("886.00", 1, 3)],
        ["其中：中央补助", Merged("700.00", 1, 3)],
        ["地方资金", Merged("186.00", 1, 3)],
        ["项目活动", "内容表述", "测算依据", "金额（万元）"],
        ["大坝", "加固", "设计", "886.00"],
    )
    assert [(row[0], row[2], row[7]) for row in rows] == [
        ("total", "年度金额", "886.00"),
        ("detail", "中央补助", "700.00"),
        ("detail", "地方资金", "186.00"),
    ]


def test_parts_in_columns_keep_the_names_of_governments():
    rows = lines(NAME, [Merged("资金来源", 2), "中央财政", "市级财政", "合计"], ["600.00", "800.00", "1,400.00"])
    assert [(row[0], row[2], row[7]) for row in rows] == [
        ("detail", "中央财政", "600.00"),
        ("detail", "市级财政", "800.00"),
        ("total", None, "1,400.00"),
    ]


def test_money_in_the_words_of_a_cell_is_read_whole_or_not():
    said = "总额1,860.50万元。一、财政拨款：1,500.00万元；二、自有资金：0万元；三、其他：360.50万元。"
    rows = lines(NAME, ["年度资金总额及构成", Merged(said, 1, 3)])
    assert [(row[0], row[2], row[4], row[7]) for row in rows] == [
        ("total", "总额", None, "1,860.50"),
        ("detail", "财政拨款", "fiscal_appropriation", "1,500.00"),
        ("detail", "自有资金", "other", "0"),
        ("detail", "其他", "other", "360.50"),
    ]
    assert lines(NAME, ["年度资金总额及构成", Merged(said.replace("自有资金", "某种资金"), 1, 3)]) == []


def test_an_amount_may_have_its_own_unit():
    rows = lines(NAME, ["项目预算", Merged("52.5万元", 1, 3)], unit="单位：元")
    assert [row[7] for row in rows] == ["52.5"]


def test_the_whole_project_is_not_of_the_year_where_the_year_has_money_of_its_own():
    made = read(
        web_page(
            [
                BODY,
                TITLE,
                "单位：万元",
                [NAME, ["项目总金额", "6000.00", "项目类型", "专项"], ["年度预算", "2000.00", "", ""], *BELOW],
            ]
        ),
        "x.html",
    )
    assert [(r.item, r.fiscal_year) for r in made.rows.budget_lines] == [("项目总金额", None), ("年度预算", 2024)]


def test_a_lost_cell_below_phases_leaves_its_amounts_unread():
    made = read(
        web_page(
            [
                "某县某局2024年度部门决算",
                "项目支出绩效自评表",
                [
                    NAME,
                    ["项目资金（万元）", "年初预算数", "全年预算数", "全年执行数"],
                    ["年度资金总额", "60.00", "58.20", "56.79"],
                    ["其他资金", "1.00", "2.00"],
                    *BELOW,
                ],
            ]
        ),
        "x.html",
    )
    assert [(r.phase, r.printed) for r in made.rows.budget_lines] == [
        ("approved", "60.00"),
        ("adjusted", "58.20"),
        ("executed", "56.79"),
    ]
    assert unclaimed(made) == ["1.00", "2.00"]
    assert "do not stand below the headers" in (made.disclosure.reason or "")


def test_a_formula_in_the_name_of_a_rate_is_no_quantity():
    made = extracted(
        "某市民政局2023年度部门决算",
        "转移支付区域（项目）绩效目标自评表",
        [
            ["转移支付（项目）名称", Merged("养老服务补助", 1, 3)],
            ["资金情况（万元）", "全年预算数（A）", "全年执行数（B）", "预算执行率（B/A×100%）"],
            ["年度资金总额：", "1,772.00", "1,650.30", "93.13%"],
            *BELOW,
        ],
    )
    assert [p.name for p in made.rows.projects] == ["养老服务补助"]
    assert indicators(made)[0] == "预算执行率 预算执行率 actual=93.13%"
    assert [(t.value, t.unit) for t in made.rows.targets] == [(4, "座")]
    assert made.disclosure.status == "complete"


def test_a_row_of_two_terms_that_is_shifted_leaves_what_no_term_stands_above_unread():
    rows = lines(
        ["项目名称", Merged("水库加固", 1, 4)],
        [Merged("项目资金（万元）", 3), "中期资金总额：", "9,600.00", "年度资金总额：", "3,150.00"],
        ["其中：财政拨款", "8,000.00", "其中：财政拨款", "2,650.00"],
    )
    assert [(row[2], row[5], row[7]) for row in rows][2:] == [
        ("财政拨款", None, "8,000.00"),
        ("财政拨款", 2024, "2,650.00"),
    ]
    rows = lines(
        ["项目名称", Merged("水库加固", 1, 4)],
        [Merged("项目资金（万元）", 1), "中期资金总额：", "9,600.00", "年度资金总额：", "3,150.00"],
        ["其中：财政拨款", "8,000.00", "其中：财政拨款", "2,650.00"],
    )
    assert [row[7] for row in rows] == ["9,600.00", "3,150.00"]
