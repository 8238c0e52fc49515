"""Laid-out text whose header fills whole lines, so that only the order of its words says over which columns they stand."""

from __future__ import annotations

import pytest

from tests.extract.laid_out import read_with_terms

COVER = """\
天祝县民政局2024年部门预算公开
\f                     部门收支总体情况表
                                                         单位：万元
              收入                               支出
         项目             预算数              项目            预算数
一、一般公共预算拨款收入          5,855.26    一、公共安全支出          3,129.27
二、政府性基金预算拨款收入             0.00    二、社会保障和就业支出       3,084.57
三、国有资本经营预算拨款收入            0.00    三、卫生健康支出             0.00
四、其他收入                 358.58    四、住房保障支出             0.00
本年收入合计               6,213.84    本年支出合计            6,213.84
收入总计                 6,213.84    支出总计              6,213.84
"""


def _read(table: str):
    return read_with_terms(COVER + table)


# The pieces of 事业单位经营收入 stand beside one another, those of other cells over three lines between them.
HEADER = """\
\f表2
                              部门收入总体情况表
                                                                             单位：万元
                             一般公共 政府性基 国有资本 财政专户
科目编码       科目名称      合计 预算拨款 金预算拨 经营预算 管理资金 事业收入 事业单位         经营收入
                                                                   上级补助 附属单位 其他收入
                                                                    收入 上缴收入
                               收入 款收入 拨款收入 收入
"""
INCOME = f"""\
{HEADER}\
        合计         6,213.84 5,479.71 0.00 0.00 0.00 375.55 0.00 0.00 0.00 358.58
204 公共安全支出         3,129.27 2,395.14 0.00 0.00 0.00 375.55 0.00 0.00 0.00 358.58
20406 司法           3,129.27 2,395.14 0.00 0.00 0.00 375.55 0.00 0.00 0.00 358.58
2040604 基层司法业务      3,129.27 2,395.14 0.00 0.00 0.00 375.55 0.00 0.00 0.00 358.58
208 社会保障和就业支出 3,084.57 3,084.57 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
20805 行政事业单位养老支出 3,084.57 3,084.57 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
2080505 机关事业单位基本养老
        保险缴费支出        3,084.57 3,084.57 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
"""


def test_the_order_of_words_on_full_lines_shows_the_columns_of_rows_that_print_all_amounts():
    extraction = _read(INCOME)
    lines = [
        row for row in extraction.rows.budget_lines if row.table_code == "income" and row.function_code == "2040604"
    ]
    assert [(row.fund, row.revenue_source, row.printed) for row in lines] == [
        (None, None, "3,129.27"),
        ("general_public_budget", None, "2,395.14"),
        ("government_fund", None, "0.00"),
        ("state_capital", None, "0.00"),
        ("fiscal_special_account", None, "0.00"),
        (None, "operating_undertaking", "375.55"),
        (None, "business_operation", "0.00"),
        (None, "superior_subsidy", "0.00"),
        (None, "subordinate_remittance", "0.00"),
        (None, "other", "358.58"),
    ]
    assert extraction.disclosure.status == "complete"


def test_the_code_of_a_row_of_two_lines_stands_beside_the_first_and_its_amounts_beside_the_second():
    lines = [row for row in _read(INCOME).rows.budget_lines if row.function_code == "2080505"]
    assert {row.item for row in lines} == {"机关事业单位基本养老保险缴费支出"}
    assert [row.printed for row in lines][:2] == ["3,084.57", "3,084.57"]
    assert len(lines) == 10


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("金预算拨 ", "         "),
        (" 附属单位 其他收入", " 附属单位 其他收入 备用金"),
        ("358.58\n208", "\n208"),
        ("0.00 0.00 0.00 0.00\n20805", "0.00\n20805"),
    ],
    ids=["a piece is lost", "a piece is no word", "an amount is lost", "several are"],
)
def test_nothing_is_published_where_the_words_or_the_amounts_are_not_whole(old, new):
    assert old in INCOME
    extraction = _read(INCOME.replace(old, new, 1))
    assert {row.table_code for row in extraction.rows.budget_lines} == {"income_expenditure_summary"}
    assert extraction.disclosure.status == "partial"


# 基本支出 stands over 小计, 人员经费 and 公用经费, though 项目支出 is printed on their line.
EXPENDITURE = """\
\f                          一般公共预算支出表
                                                               单位：万元
 科目编码        科目名称       合计                  基本支出
                                   小计 人员经费 公用经费 项目支出
        合计            26,921.41 23,649.76 20,961.49 2,688.27 3,271.65
201     一般公共服务支出       26,921.41 23,649.76 20,961.49 2,688.27 3,271.65
20103 政府办公厅（室）及相关机构
        事务             26,921.41 23,649.76 20,961.49 2,688.27 3,271.65
2010301 行政运行           23,649.76 23,649.76 20,961.49 2,688.27       0.00
2010302 一般行政管理事务        3,271.65       0.00      0.00     0.00 3,271.65
"""


def test_a_word_over_some_columns_of_a_full_line_covers_those_that_it_may_be_said_of():
    extraction = _read(EXPENDITURE)
    lines = [row for row in extraction.rows.budget_lines if row.function_code == "20103"]
    assert [(row.measure, row.printed) for row in lines] == [
        ("total", "26,921.41"),
        ("basic", "23,649.76"),
        ("personnel", "20,961.49"),
        ("public", "2,688.27"),
        ("project", "3,271.65"),
    ]
    assert {row.item for row in lines} == {"政府办公厅（室）及相关机构事务"}
    assert extraction.disclosure.status == "complete"


# 本年收入 has its middle over the funds alone; 小计 left of them sums them up.
BOTH_YEARS = """\
\f                                                      部门收入总表
                                                                                                                       单位：万元
 科目编码                                                              本年收入                                   上年结转结余
类 款 项             科目名称         合计           小计       一般公共预     政府性基金    国有资本经 财政专户管 单位资金        小计      一般公共预    政府性基金 单位资金
                                                       算        预算       营预算    理资金                       算       预算
              合计               61,461.81   60,930.67 51,981.70 8,765.64    0.00   0.00 183.33    531.14 257.21 273.93     0.00
206           科学技术支出           61,461.81   60,930.67 51,981.70 8,765.64    0.00   0.00 183.33    531.14 257.21 273.93     0.00
206   07      科学技术普及           61,461.81   60,930.67 51,981.70 8,765.64    0.00   0.00 183.33    531.14 257.21 273.93     0.00
206   07   02 科普活动             61,461.81   60,930.67 51,981.70 8,765.64    0.00   0.00 183.33    531.14 257.21 273.93     0.00
"""


def test_a_word_over_the_parts_of_a_sum_stands_over_the_sum_too():
    lines = [row for row in _read(BOTH_YEARS).rows.budget_lines if row.function_code == "2060702"]
    assert [(row.measure, row.printed) for row in lines if row.fund is None and row.revenue_source is None] == [
        ("total", "61,461.81"),
        ("current_year", "60,930.67"),
        ("carried_over", "531.14"),
    ]


# Five columns of ten are blank in every row, and where words stand does not show which.
BLANK = f"""\
{HEADER}\
        合计            6,213.84  5,479.71   375.55                              358.58
204     公共安全支出        3,129.27  2,395.14   375.55                              358.58
20406   司法            3,129.27  2,395.14   375.55                              358.58
2040604 基层司法业务        3,129.27  2,395.14   375.55                              358.58
208     社会保障和就业支出     3,084.57  3,084.57
20805   行政事业单位养老支出    3,084.57  3,084.57
2080505 机关事业单位基本养老    3,084.57  3,084.57
        保险缴费支出
"""
SOURCES = (
    COVER.replace("5,855.26    一", "5,479.71    一")
    .replace("三、国有资本经营预算拨款收入            0.00", "三、财政专户管理资金收入            375.55")
)  # fmt: skip


def _of_income(extraction):
    return [
        (row.function_code, row.fund, row.revenue_source, row.printed)
        for row in extraction.rows.budget_lines
        if row.table_code == "income" and row.function_code in ("2040604", "2080505")
    ]


def test_another_table_says_what_amounts_are_of_where_columns_are_blank_in_every_row():
    assert _of_income(read_with_terms(SOURCES + BLANK)) == [
        ("2040604", None, None, "3,129.27"),
        ("2040604", "general_public_budget", None, "2,395.14"),
        ("2040604", "fiscal_special_account", None, "375.55"),
        ("2040604", None, "other", "358.58"),
        ("2080505", None, None, "3,084.57"),
        ("2080505", "general_public_budget", None, "3,084.57"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("375.55", "375.56"), id="no other table says what one of them is of"),
        pytest.param(("四、其他收入   ", "四、政府性基金收入"), id="the order of columns contradicts what it says"),
    ],
)
def test_nothing_is_published_where_other_tables_leave_more_than_one_way_or_none(change):
    extraction = read_with_terms(SOURCES.replace(*change) + BLANK)
    assert _of_income(extraction) == []
    assert extraction.rows.disclosures[0].status == "partial"


def test_lines_of_a_header_may_be_printed_in_another_order():
    swapped = INCOME.replace("一般公共 政府性基", "     政府性基").replace(
        "收入 上缴收入\n", "收入 上缴收入\n                             一般公共\n"
    )
    assert swapped != INCOME
    assert _of_income(_read(swapped)) == _of_income(_read(INCOME))


def test_broken_amounts_of_full_lines_go_on_in_order_on_the_line_below():
    broken = INCOME.replace(
        "2040604 基层司法业务      3,129.27 2,395.14 0.00",
        "2040604 基层司法业务      3,129. 2,395.1 0.00",
    ).replace("\n208 社会", "\n            27     4\n208 社会")
    assert [(*row[:3], "".join(row[3].split())) for row in _of_income(_read(broken))] == _of_income(_read(INCOME))
