"""Wide tables in text that ``pdftotext -layout`` laid out: words set apart by one space, groups, and amounts by count."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.tables.layout.spaced_columns import _is_astray
from pipeline.extract.tables.layout.spaced_header import Block
from tests.documents import read
from tests.extract.laid_out import read_with_terms

COVER = "天水市某中心2023年部门预算\n"
ACCOUNTS = "天水市某中心2023年度部门决算\n"


def _lines(text: str):
    return read_with_terms(text).rows.budget_lines


def _expenses(table: str):
    """The amounts of a table of three public expenses, behind one that shows how the text is laid out."""
    return [row for row in _lines(COVER + SHIFTED + table) if row.table_code == "three_public"]


TWO_YEARS = """\
\f                                   一般公共预算“三公”经费支出表
部门：天水市某中心                                                                        单位：元
                              2022年预算数                                                         2023年预算数
    合计       因公出国（境）费 小计          公务用车购置及运行维护费         公务接待费         合计       因公出国（境）费 小计          公务用车购置及运行维护费         公务接待费
                                公务用车购置费 公务用车运行维护费                                                公务用车购置费 公务用车运行维护费
410,068.20 198,215.08 47,967.92 0         47,967.92   163,885.20 341,723.50 165,179.23 39,973.27 0         39,973.27   136,571.00
"""
EXPENSES = ["total", "overseas_travel", "official_vehicles", "official_vehicle_purchase"]
EXPENSES += ["official_vehicle_operation", "official_reception"]


def test_each_of_two_years_stands_over_its_run_of_the_same_expenses():
    lines = _expenses(TWO_YEARS)
    printed = ["410,068.20", "198,215.08", "47,967.92", "0", "47,967.92", "163,885.20"]
    assert [(row.expense, row.printed) for row in lines if row.fiscal_year == 2022] == list(
        zip(EXPENSES, printed, strict=True)
    )
    printed = ["341,723.50", "165,179.23", "39,973.27", "0", "39,973.27", "136,571.00"]
    assert [(row.expense, row.printed) for row in lines if row.fiscal_year == 2023] == list(
        zip(EXPENSES, printed, strict=True)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2023年预算数", "2022年预算数"),
        ("公务接待费         合计", "某某接待费         合计"),
        ("因公出国（境）费 小计", "因公出国（境）费 某计"),
    ],
    ids=["two words that say the same", "a run that differs", "a word that is not known"],
)
def test_no_amount_stands_under_an_expense_where_a_word_of_the_header_is_not_understood(old, new):
    assert _expenses(TWO_YEARS.replace(old, new, 1)) == []


SUM_AND_PART = """\
\f                                                             收入决算表
部门：天水市某中心                                                                                          单位：元
                项目             本年收入合计          财政拨款收入            上级补助收入               事业收入              经营收入       附属单位上缴收入      其他收入
 科目代码                科目名称                                                     小计          其中：教育收费
栏次                           1               2               3            4             5           6          7              8
          合计                 51,623,603.72   46,692,164.97   0            2,958,863.25 0            0          0              1,972,575.50
205       教育支出               51,623,603.72   46,692,164.97   0            2,958,863.25 0            0          0              1,972,575.50
20502     普通教育               51,623,603.72   46,692,164.97   0            2,958,863.25 0            0          0              1,972,575.50
2050205   高等教育               51,623,603.72   46,692,164.97   0            2,958,863.25 0            0          0              1,972,575.50
"""


def test_a_word_between_a_sum_and_its_part_stands_over_both():
    lines = [row for row in _lines(ACCOUNTS + SUM_AND_PART) if row.function_code == "2050205"]
    assert [(row.revenue_source, row.measure, row.printed) for row in lines] == [
        (None, "total", "51,623,603.72"),
        ("fiscal_appropriation", "total", "46,692,164.97"),
        ("superior_subsidy", "total", "0"),
        ("operating_undertaking", "subtotal", "2,958,863.25"),
        ("education_fees", "total", "0"),
        ("business_operation", "total", "0"),
        ("subordinate_remittance", "total", "0"),
        ("other", "total", "1,972,575.50"),
    ]


SHIFTED = """\
\f                                                       部门支出总表
                                                                                                        单位：元
  科目编码              科目名称              合计                基本支出               项目支出            上缴上级支出          事业单位经营支出          对附属单位补助支出
    207         文化旅游体育与传媒支出       38,462,092.23       29,388,363.65      9,073,728.58        0.00             0.00               0.00
20701     文化和旅游               38,462,092.23       29,388,363.65       9,073,728.58      0.00        0.00              0.00
2070101   行政运行                19,323,595.77       16,085,930.68        3,237,665.09        0.00        0.00              0.00
2070109   群众文化                19,138,496.46       13,302,432.97       5,836,063.49      0.00        0.00              0.00
合计                            38,462,092.23       29,388,363.65       9,073,728.58      0.00        0.00              0.00
"""


def test_amounts_of_lines_that_begin_at_different_places_are_told_apart_by_their_order():
    lines = _lines(COVER + SHIFTED)
    assert len(lines) == 30
    assert [(row.measure, row.printed) for row in lines if row.function_code == "207"] == [
        ("total", "38,462,092.23"),
        ("basic", "29,388,363.65"),
        ("project", "9,073,728.58"),
        ("remitted_up", "0.00"),
        ("operating", "0.00"),
        ("subordinate_subsidy", "0.00"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5,836,063.49      0.00", "5,836,063.49      "),
        ("对附属单位补助支出\n", "\n"),
        ("行政运行                19", "行政运行                1.00   19"),
    ],
    ids=["a blank cell", "a column without a name", "an amount more"],
)
def test_order_tells_nothing_where_a_line_prints_more_or_fewer_amounts_than_the_header_has_columns(old, new):
    assert old in SHIFTED
    assert _lines(COVER + SHIFTED.replace(old, new)) == []


BESIDE_A_GROUP = """\
\f                                         一般公共预算支出情况表
部门：天水市某中心                                                                       单位：万元
                       功能科目                              2022年执行数                         2023年预算
     科目编码                      科目名称                                            合计          基本支出             项目支出
            合计                                1,646.35              1,770.28        1,675.89        94.39
201         一般公共服务支出                          998.76                1,073.94        979.55          94.39
20103       政府办公厅（室）及相关机构事务                   998.76                1,073.94        979.55          94.39
2010301     行政运行                              910.98                979.55          979.55          0.00
2010302     一般行政管理事务                          87.78                 94.39           0.00            94.39
208         社会保障和就业支出                         647.59                696.34          696.34          0.00
"""


def test_a_word_between_labels_and_a_group_of_amounts_has_a_column_of_its_own():
    lines = [row for row in _lines(COVER + BESIDE_A_GROUP) if row.function_code == "2010302"]
    assert [(row.fiscal_year, row.phase, row.measure, row.printed) for row in lines] == [
        (2022, "executed", "total", "87.78"),
        (2023, "approved", "total", "94.39"),
        (2023, "approved", "basic", "0.00"),
        (2023, "approved", "project", "94.39"),
    ]


YEAR_APART = """\
\f                                 一般公共预算“三公”经费支出表
                                                                                    单位：万元
                                                                                   2023   年预算数
  单位编码      单位名称      合计      因公出国(境)费       公务接待费                公务用车购置及运行维护费
                                                         小计      公务用车运行维护费        公务用车购置
   122003   某省某文化馆    67.40          18.28       38.15   10.97            10.97            0.00
"""


def test_digits_of_a_year_set_apart_from_what_is_said_of_it_belong_to_the_header():
    lines = _expenses(YEAR_APART)
    assert [(row.expense, row.fiscal_year, row.printed) for row in lines] == [
        ("total", 2023, "67.40"),
        ("overseas_travel", 2023, "18.28"),
        ("official_reception", 2023, "38.15"),
        ("official_vehicles", 2023, "10.97"),
        ("official_vehicle_operation", 2023, "10.97"),
        ("official_vehicle_purchase", 2023, "0.00"),
    ]


TWO_CLASSIFICATIONS = """\
\f                                      一般公共预算基本支出表
部门名称：天水市某中心                                                                  单位：万元
                部门预算经济分类                      政府预算经济分类                  本年一般公共预算基本支出
  科目编码                 科目名称         科目编码             科目名称          小计          人员经费       公用经费
类    款                            类    款
           合计                                               1,029.67     1,029.67   0.00
301   01   基本工资                   501    01   工资奖金津补贴       19.00        19.00      0.00
301   02   津贴补贴                   501    01   工资奖金津补贴       95.80        95.80      0.00
301   08   机关事业单位基本养老保险缴费         501    02   社会保障缴费        914.87       914.87     0.00
"""


def test_no_classification_takes_the_codes_of_the_one_beside_it():
    lines = [row for row in _lines(COVER + TWO_CLASSIFICATIONS) if row.printed == "914.87"]
    assert {(row.department_economic_code, row.government_economic_code) for row in lines} == {("30108", "50102")}


CODE_BEFORE_NAME = """\
\f                                     2023年度支出决算表
部门：天水市某医院                                                                             单位：万元
                   项目             本年支出合计       基本支出       项目支出          上缴上级支出       经营支出          对附属单位补助支出
                   栏次                 1           2          3             4           5               6
合计                           3,007.09      2,325.16   681.93     0.00            0.00       0.00
210 卫生健康支出                   3,007.09      2,325.16   681.93     0.00            0.00       0.00
21002 公立医院                   3,007.09      2,325.16   681.93     0.00            0.00       0.00
2100201 综合医院                 3,007.09      2,325.16   681.93     0.00            0.00       0.00
"""


def test_a_code_one_space_before_its_name_stands_with_it_in_one_column_where_the_header_names_one():
    lines = [row for row in _lines(ACCOUNTS + CODE_BEFORE_NAME) if row.function_code == "2100201"]
    assert {row.function_name for row in lines} == {"综合医院"}
    assert [(row.measure, row.printed) for row in lines] == [
        ("total", "3,007.09"),
        ("basic", "2,325.16"),
        ("project", "681.93"),
        ("remitted_up", "0.00"),
        ("operating", "0.00"),
        ("subordinate_subsidy", "0.00"),
    ]


COMPARED = """\
\f                                    一般公共预算支出表
                                                                                       单位：万元
                 功能分类科目            2022年执行数                2023年预算数                      2023年预算数比2022年执行数
   科目编码               科目名称                          小计       基本支出         项目支出          增减额             增减%
205       教育支出               992.94           1,045.20   532.14       513.06     52.26            5.26
20508     进修及培训              992.94           1,045.20   532.14       513.06     52.26            5.26
2050803   培训支出               992.94           1,045.20   532.14       513.06     52.26            5.26
合计                           992.94           1,045.20   532.14       513.06     52.26            5.26
"""


def test_a_rate_beside_amounts_and_the_year_before_speak_for_no_misreading():
    lines = [row for row in _lines(COVER + COMPARED) if row.function_code == "2050803"]
    assert [(row.fiscal_year, row.measure, row.printed) for row in lines] == [
        (2022, "total", "992.94"),
        (2023, "subtotal", "1,045.20"),
        (2023, "basic", "532.14"),
        (2023, "project", "513.06"),
        (2023, "change", "52.26"),
    ]


FUNDS_TWICE = """\
\f                                                         项目支出表
                                                                                                     单位：万元
  类型        项目名称      项目单位         合计                      本年拨款                            财政拨款结转结余          财政专户管理资金    单位资金
                                           一般公共预算    政府性基金预算       国有资本经营预算    一般公共预算    政府性基金预算 国有资本经营预算
         合计                      443.83   82.17     173.02        44.96       20.54     0.00       0.00     0.00        123.14
本级支出项目   招商活动经费      151001-本级   102.71   82.17     0.00          0.00        20.54     0.00       0.00     0.00        0.00
本级支出项目   信息系统运维      151001-本级   123.14   0.00      0.00          0.00        0.00      0.00       0.00     0.00        123.14
本级支出项目   体育事业补助      151001-本级   173.02   0.00      173.02        0.00        0.00      0.00       0.00     0.00        0.00
本级支出项目   退休人员社会化管理   151001-本级   44.96    0.00      0.00          44.96       0.00      0.00       0.00     0.00        0.00
"""


def test_two_words_over_the_same_funds_each_stand_over_one_run_of_them():
    lines = [row for row in _lines(COVER + FUNDS_TWICE) if row.project == "招商活动经费"]
    assert [(row.measure, row.fund, row.printed) for row in lines][:7] == [
        ("total", None, "102.71"),
        ("current_year", "general_public_budget", "82.17"),
        ("current_year", "government_fund", "0.00"),
        ("current_year", "state_capital", "0.00"),
        ("carried_over", "general_public_budget", "20.54"),
        ("carried_over", "government_fund", "0.00"),
        ("carried_over", "state_capital", "0.00"),
    ]


OVER_A_PAGE = """\
\f                                       一般公共预算基本支出经济分类情况表
单位名称：天水市某中心                                                                        单位：万元
        科目编码                    科目名称                       合计                  其中：人员经费               其中：公用经费
                                 合计                      1,602.07                1,581.17              20.90
301            工资福利支出                             1,178.74          1,178.74                0.00
30101          基本工资                               1,178.74            1,178.74                  0.00
302            商品和服务支出                            15.37            0.00                    15.37
30217          公务接待费                              15.37            0.00                    15.37
\f303     对个人和家庭的补助   402.43   402.43   0.00
30301   离休费         207.05    207.05    0.00
30305   生活补助        195.38   195.38   0.00
310     资本性支出       5.53     0.00     5.53
31002   办公设备购置      5.53     0.00     5.53
"""


def test_a_page_that_goes_on_with_as_many_amounts_in_each_line_has_the_columns_of_the_page_before():
    lines = _lines(COVER + OVER_A_PAGE)
    assert len(lines) == 30
    assert [(row.measure, row.printed) for row in lines if row.department_economic_code == "31002"] == [
        ("total", "5.53"),
        ("personnel", "0.00"),
        ("public", "5.53"),
    ]


SET_WIDE = """\
\f                                       一般公共预算基本支出表
                                                                                           单位：元
                     支出经济分类科目                                            2023年基本支出
      科 目 编 码                      科 目 名 称                       合 计                 人 员 经 费               公 用 经 费
类        款
              合计                           20,129,470.47        20,037,421.28        92,049.19
301           工资福利支出                       20,037,421.28        20,037,421.28        0.00
301      01   基本工资                         20,037,421.28        20,037,421.28        0.00
302           商品和服务支出                      92,049.19            0.00                 92,049.19
302      01   办公费                          92,049.19            0.00                 92,049.19
"""


def test_no_word_stands_over_one_part_of_the_basic_expenditure_without_the_other():
    lines = [row for row in _lines(COVER + SET_WIDE) if row.department_economic_code == "30201"]
    assert [(row.measure, row.fiscal_year, row.printed) for row in lines] == [
        ("total", 2023, "92,049.19"),
        ("personnel", 2023, "0.00"),
        ("public", 2023, "92,049.19"),
    ]


MOVED = """\
某市某局2024年部门预算
\f             部门支出总体情况表
                                           单位：万元
{header}
     合计       32,266.69 24,872.36 7,394.33    0.00   0.00   0.00
204   公共安全支出     23,004.27 15,609.94 7,394.33    0.00   0.00   0.00
20406  司法       23,004.27 15,609.94 7,394.33    0.00   0.00   0.00
2040601 行政运行      15,609.94 15,609.94   0.00    0.00   0.00   0.00
2040604 基层司法业务      3,129.58    0.00 3,129.58    0.00   0.00   0.00
208   社会保障和就业支出    9,262.42  9,262.42   0.00    0.00   0.00   0.00
"""


def test_words_of_a_header_that_stand_nearer_to_other_columns_than_to_their_own_are_not_believed():
    # Each line of the header lost half of its gaps: 上缴上级支出 came left of 项目支出.
    lines = (
        "                               上缴上级支    事业单位经  对附属单位",
        " 科目编码      科目名称  合计     基本支出    项目支出",
        "                                出     营支出   补助支出",
    )
    extraction = read(MOVED.format(header="\n".join(lines)).encode())
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"


@pytest.mark.parametrize(("last", "astray"), [(0, True), (1, False)])
def test_a_kind_of_revenue_over_nothing_but_labels_is_astray(last, astray):
    leaves = [Block(text, [], at, at + 5, 1, 1, at, at) for at, text in enumerate(("项目", "预算数"))]
    over = Block("财政拨款收入", [], 0, 6, 0, 0, 0, last)
    assert _is_astray(over, leaves, load_library()) is astray
