"""Laid-out text and pages without rules: headers known by the order of their pieces, dashes, and full lines."""

from __future__ import annotations

import pytest

from tests.extract.laid_out import read_with_terms

COVER = "桃江县司法局2024年部门预算公开\n"


def _read(table: str):
    return read_with_terms(COVER + table)


# The pieces of one cell lie on lines between those of others, and one blank parts cells beside one another.
INCOME = """\
\f表2
                                         部门收入总体情况表
                                                                                                    单位：万元
 科目编码          科目名称        合计        一般公共预 政府性基金
                                               预算拨款收
                                                        国有资本经 财政专户管
                                                        营预算拨款 理资金收入 事业收入 事业单位经       上级补助收 附属单位上 其他收入
                                     算拨款收入       入       收入                   营收入      入      缴收入
          合计                3,129.58 2,396.01      0.00    0.00 183.54 375.55   0.00     0.00   0.00 174.48
204       公共安全支出            3,129.58 2,396.01      0.00    0.00 183.54 375.55   0.00     0.00   0.00 174.48
20406     司法                3,129.58 2,396.01      0.00    0.00 183.54 375.55   0.00     0.00   0.00 174.48
2040604   基层司法业务            3,129.58 2,396.01      0.00    0.00 183.54 375.55   0.00     0.00   0.00 174.48
"""


def test_the_order_of_its_pieces_shows_the_cells_of_a_wrapped_header():
    extraction = _read(INCOME)
    lines = [row for row in extraction.rows.budget_lines if row.function_code == "2040604"]
    assert [(row.fund, row.revenue_source, row.printed) for row in lines] == [
        (None, None, "3,129.58"),
        ("general_public_budget", None, "2,396.01"),
        ("government_fund", None, "0.00"),
        ("state_capital", None, "0.00"),
        ("fiscal_special_account", None, "183.54"),
        (None, "operating_undertaking", "375.55"),
        (None, "business_operation", "0.00"),
        (None, "superior_subsidy", "0.00"),
        (None, "subordinate_remittance", "0.00"),
        (None, "other", "174.48"),
    ]
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize(
    ("old", "new"),
    [("营收入", "某收入"), ("缴收入", "交款"), ("事业单位经 ", "           "), ("预算拨款收\n", "预算拨款收   某某\n")],
    ids=["a piece that is not known", "a piece of another word", "a piece that is missing", "a piece too many"],
)
def test_nothing_is_published_below_a_header_of_which_a_piece_is_left_over(old, new):
    extraction = _read(INCOME.replace(old, new, 1))
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"


DASHES = """\
\f                 2024年单位收支预算总表
                                                    单位：元
            收入                              支出
         项目        预算数                 项目        预算数
一、一般公共预算拨款收入        3,816,346 一、教育支出              3,748,973
二、政府性基金预算拨款收入               - 二、社会保障和就业支出            67,373
本年收入合计              3,816,346 本年支出合计            3,816,346
收入总计                3,816,346 支出总计              3,816,346
\f                      2024年单位支出预算总表
                                                                 单位：元
 科目编码         科目名称         合计       基本支出 项目支出 上缴上级支   出
                                                          事业单位经 对附属单位
                                                           营支出 补助支出
          合计              3,816,346 3,340,173 476,173   -      -     -
205       教育支出            3,748,973 3,272,800 476,173   -      -     -
20502     普通教育            3,748,973 3,272,800 476,173   -      -     -
2050201   学前教育              476,173         - 476,173   -      -     -
2050202   小学教育            3,272,800 3,272,800       -   -      -     -
208       社会保障和就业支出          67,373    67,373       -   -      -     -
20805     行政事业单位养老支出         67,373    67,373       -   -      -     -
2080506   机关事业单位职业年金缴费支     67,373    67,373   -      -      -       -
          出
"""


def test_a_dash_keeps_the_place_of_an_amount_and_is_none():
    extraction = _read(DASHES)
    by_table = {code: [] for code in ("income_expenditure_summary", "expenditure")}
    for row in extraction.rows.budget_lines:
        by_table[row.table_code].append((row.item, row.measure, row.printed))
    assert ("社会保障和就业支出", "total", "67,373") in by_table["income_expenditure_summary"]
    assert not any("-" in (item or "") for item, _, _ in by_table["income_expenditure_summary"])
    assert [line for line in by_table["expenditure"] if line[0] in ("学前教育", "小学教育")] == [
        ("学前教育", "total", "476,173"),
        ("学前教育", "project", "476,173"),
        ("小学教育", "total", "3,272,800"),
        ("小学教育", "basic", "3,272,800"),
    ]
    assert {measure for _, measure, _ in by_table["expenditure"]} == {"total", "basic", "project"}
    assert extraction.disclosure.status == "complete"


# One blank parts the words of the header, which says nothing of where they stand; three of six columns are blank.
FULL_LINE = """\
\f                            部门支出总表
                                   单位：万元
 科目编码          科目名称        合计        基本支出 项目支出 上缴上级支    出
                                                          事业单位经 对附属单位
                                                           营支出 补助支出
          合计               19,835.63 11,519.82 8,315.81
201       一般公共服务支出         19,835.63 11,519.82 8,315.81
20103     政府办公厅（室）及相关机构事   19,835.63 11,519.82 8,315.81
          务
2010301   行政运行             11,519.82 11,519.82
2010302   一般行政管理事务          8,315.81           8,315.81
"""


def test_a_full_line_of_a_header_does_not_say_which_of_its_columns_are_blank():
    extraction = _read(FULL_LINE)
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"


BRACKETED = """\
\f表四

财政拨款收支预算总表（单位：万元）
            收入                                    支出
       项目        预算数                项目     合计         一般公共预算 政府性基金预算 国有资本经营预算
一、本年收入            32,445.06 一、本年支出          32,445.06    32,445.06
（一）一般公共预算拨款       32,445.06 （一）科学技术支出          691.00       691.00
（二）政府性基金预算拨款                （二）社会保障和就业支出     2,752.65     2,752.65
（三）国有资本经营预算拨款               （三）卫生健康支出        1,672.14     1,672.14
二、上年结转                      （四）农林水支出        25,696.52    25,696.52
                            （五）住房保障支出        1,632.75     1,632.75
                            二、结转下年
收入总计              32,445.06 支出总计           32,445.06   32,445.06
"""


def test_a_table_whose_title_names_its_unit_is_found_and_blank_columns_draw_no_amounts():
    extraction = _read(BRACKETED)
    lines = extraction.rows.budget_lines
    assert {row.table_code for row in lines} == {"appropriation_summary"}
    assert len(lines) == 17
    assert {row.fund for row in lines if row.direction == "expenditure"} == {None, "general_public_budget"}
    assert {row.printed for row in lines if row.fund == "general_public_budget" and row.function_code == "206"} == {
        "691.00"
    }
