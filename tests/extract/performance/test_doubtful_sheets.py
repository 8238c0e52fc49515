"""Damaged performance sheets: what the columns hold contradicts their headers, or a cell is lost; and lists by kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.extract.records import Extraction
from tests.documents import read
from tests.extract.celled import Merged
from tests.extract.performance.test_regional_sheets import indicators, money, unclaimed
from tests.extract.test_forms_of_regions import web_page

Grid = list[list[str | Merged]]

HEADER = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"]


def grid() -> Grid:
    return [
        ["项目名称", Merged("图书购置", 1, 7)],
        list(HEADER),
        ["产出指标", "数量指标", "购书册数", "≥5000册", "5236册", "20", "20", ""],
        ["产出指标", "数量指标", "活动场次", "≥40场", "38场", "20", "19", "部分活动取消"],
        ["效益指标", "社会效益指标", "到馆人次", "≥12万人次", "13.5万人次", "40", "40", ""],
        ["满意度指标", "满意度指标", "读者满意度", "≥90%", "96%", "20", "20", ""],
    ]


WHOLE = [
    "产出指标 数量指标 购书册数 ≥5000册 actual=5236册 weight=20 score=20",
    "产出指标 数量指标 活动场次 ≥40场 actual=38场 weight=20 score=19",
    "效益指标 社会效益指标 到馆人次 ≥12万人次 actual=13.5万人次 weight=40 score=40",
    "满意度指标 满意度指标 读者满意度 ≥90% actual=96% weight=20 score=20",
]


def extraction(rows: Grid) -> Extraction:
    return read(web_page(["某区图书馆2024年度部门决算", "项目支出绩效自评表", rows]), "x.html")


def exchanged(one: str, other: str) -> Callable[[Grid], None]:
    def damage(rows: Grid) -> None:
        a, b = HEADER.index(one), HEADER.index(other)
        rows[1][a], rows[1][b] = other, one

    return damage


def lost_word(word: str) -> Callable[[Grid], None]:
    def damage(rows: Grid) -> None:
        rows[1][HEADER.index(word)] = ""

    return damage


def test_the_sheet_is_read_whole_where_nothing_is_damaged():
    made = extraction(grid())
    assert (indicators(made), made.disclosure.status) == (WHOLE, "complete")


@pytest.mark.parametrize(
    "damage",
    [
        exchanged("一级指标", "三级指标"),
        exchanged("二级指标", "三级指标"),
        exchanged("二级指标", "年度指标值"),
        exchanged("三级指标", "年度指标值"),
        exchanged("年度指标值", "实际完成值"),
        exchanged("年度指标值", "分值"),
        exchanged("实际完成值", "分值"),
        exchanged("分值", "得分"),
        exchanged("实际完成值", "偏差原因"),
        lost_word("年度指标值"),
        lost_word("三级指标"),
        lost_word("二级指标"),
        lost_word("一级指标"),
    ],
)
def test_headers_that_stand_wrong_publish_nothing_below_them(damage: Callable[[Grid], None]):
    rows = grid()
    damage(rows)
    made = extraction(rows)
    assert made.disclosure.status == "partial"
    assert not set(indicators(made)) - set(WHOLE)
    assert not made.rows.targets or indicators(made)


@pytest.mark.parametrize("column", range(7))
def test_a_row_that_lost_a_cell_is_not_read_and_the_others_are(column: int):
    rows = grid()
    del rows[4][column]
    made = extraction(rows)
    assert indicators(made) == [WHOLE[0], WHOLE[1], WHOLE[3]]
    assert "the row in line 7 has other cells than the header above it" in (made.disclosure.reason or "")


def test_a_row_with_a_cell_too_many_is_not_read():
    rows = grid()
    rows[3].insert(2, "")
    made = extraction(rows)
    assert indicators(made) == [WHOLE[0], WHOLE[2], WHOLE[3]]
    assert made.disclosure.status == "partial"


def test_a_name_merged_with_its_value_is_not_read():
    rows = grid()
    rows[4][2:4] = [Merged("到馆人次≥12万人次", 1, 2)]
    made = extraction(rows)
    assert indicators(made) == [WHOLE[0], WHOLE[1], WHOLE[3]]
    assert made.disclosure.status == "partial"


def test_a_first_level_above_is_not_given_to_what_belongs_to_another():
    rows = grid()
    rows[5][0] = ""
    assert indicators(extraction(rows))[3] == WHOLE[3]


def test_a_sheet_that_lost_its_project_is_partial():
    made = extraction(grid()[1:])
    assert "it names no project" in (made.disclosure.reason or "")


def test_a_lost_header_makes_no_goals_of_the_indicators():
    rows: Grid = [
        ["项目名称", Merged("图书购置", 1, 3)],
        [Merged("项目绩效目标", 1, 4)],
        ["产出目标", "数量", "购书册数", "≥5000册"],
    ]
    assert extraction(rows).rows.indicators == []


LIST: Grid = [
    [
        *(Merged("序号", 2), Merged("项目名称", 2), Merged("预算金额（万元）", 1, 3), Merged("绩效目标", 2)),
        *(Merged("产出指标", 1, 2), "效益指标", "满意度指标"),
    ],
    ["小计", "财政拨款", "其他资金", "数量指标", "质量指标", "社会效益指标", "服务对象满意度指标"],
    *(["1", "道路保洁", "96.00", "90.00", "6.00", "保持整洁", "里程≥210公里", "达标率≥95%", "村容改善", "满意度≥90%"],),
    *(["2", "老年食堂", "45.50", "45.50", "0.00", "提供助餐", "助餐≥3.6万人次", "无", "减轻负担", "满意度≥92%"],),
    ["", "合计", "141.50", "135.50", "6.00", "", "", "", "", ""],
]


def of_list(rows: Grid) -> Extraction:
    return read(web_page(["某镇人民政府2024年部门预算", "项目支出绩效目标汇总表", "单位：万元", rows]), "x.html")


def test_a_list_with_a_column_for_each_kind_of_indicator():
    made = of_list(LIST)
    assert [p.name for p in made.rows.projects] == ["道路保洁", "老年食堂"]
    assert money(made) == [
        "道路保洁 total total approved 96.00",
        "道路保洁 detail total fiscal_appropriation approved 90.00",
        "道路保洁 detail total other approved 6.00",
        "老年食堂 total total approved 45.50",
        "老年食堂 detail total fiscal_appropriation approved 45.50",
        "老年食堂 detail total other approved 0.00",
        "total total approved 141.50",
        "total total fiscal_appropriation approved 135.50",
        "total total other approved 6.00",
    ]
    assert indicators(made) == [
        "保持整洁",
        "产出指标 数量指标 里程≥210公里",
        "产出指标 质量指标 达标率≥95%",
        "效益指标 社会效益指标 村容改善",
        "满意度指标 服务对象满意度指标 满意度≥90%",
        "提供助餐",
        "产出指标 数量指标 助餐≥3.6万人次",
        "效益指标 社会效益指标 减轻负担",
        "满意度指标 服务对象满意度指标 满意度≥92%",
    ]
    assert (unclaimed(made), made.disclosure.reason) == ([], None)


def test_a_list_by_kind_whose_upper_header_is_displaced_publishes_no_indicator():
    moved = [list(row) for row in LIST]
    moved[0][4:] = [Merged("产出指标", 1, 1), "效益指标", "满意度指标", ""]
    made = of_list(moved)
    assert [row.kind for row in made.rows.indicators if row.kind == "indicator"] == []
    assert made.disclosure.status == "partial"


def test_an_indicator_without_a_value_is_left_out():
    damaged = grid()
    damaged[2][3:5] = ["", ""]
    made = extraction(damaged)
    assert indicators(made) == WHOLE[1:]
    assert made.disclosure.status == "partial"


def test_a_blank_name_of_a_level_among_merged_ones_is_not_the_one_above():
    merged = grid()
    merged[2][0] = Merged("产出指标", 2, 1)
    merged[3] = ["", *merged[3][2:]]
    made = extraction(merged)
    assert [(i.level1, i.level2) for i in made.rows.indicators if i.level3 == "活动场次"] == [("产出指标", None)]
    assert made.disclosure.status == "partial"


def test_a_number_whose_sign_is_blank_in_the_column_of_signs_is_no_target():
    rows: Grid = [
        ["项目名称", Merged("河长制", 1, 5)],
        ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位"],
        ["产出指标", "数量指标", "巡河里程", "≥", "380", "公里"],
        ["产出指标", "质量指标", "水质达标率", "", "92", "%"],
        ["产出指标", "时效指标", "整改时限", "≤", "15", "天"],
    ]
    made = extraction(rows)
    assert [(t.comparator, int(t.value)) for t in made.rows.targets] == [("ge", 380), ("le", 15)]


def test_amounts_in_a_row_that_reaches_less_or_more_far_than_its_header_are_left_out():
    def amounts(*row: str) -> list[int]:
        rows: Grid = [
            ["项目名称", Merged("图书购置", 1, 6)],
            ["项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
            ["年度资金总额", "60.00", "58.20", "56.79", "10", "97.58%", "9.76"],
            list(row),
        ]
        return [int(line.amount) for line in extraction(rows).rows.budget_lines]

    whole = [600000, 582000, 567900]
    assert amounts("其他资金", "0.00", "3.20", "3.20", "-", "100%", "-") == [*whole, 0, 32000, 32000]
    assert amounts("其他资金", "3.20", "3.20", "-", "100%", "-") == whole
    assert amounts("其他资金", "", "0.00", "3.20", "3.20", "-", "100%", "-") == whole


def test_phases_of_the_money_may_have_their_amounts_beside_them():
    rows: Grid = [
        ["项目名称", Merged("免疫规划", 1, 6)],
        ["项目资金（万元）", "年初预算数", "80.00", "全年预算数", "84.00", "全年执行数", "82.32"],
    ]
    made = extraction(rows)
    assert [(line.phase, int(line.amount)) for line in made.rows.budget_lines] == [
        ("approved", 800000),
        ("adjusted", 840000),
        ("executed", 823200),
    ]
