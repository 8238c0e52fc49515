"""Text laid out with spaces whose columns were not told apart gives no amount at all rather than some in wrong places."""

from __future__ import annotations

import pytest

from tests.documents import read

TABLE = """\
某市某局2023年度部门决算
\f                                        一般公共预算财政拨款基本支出决算明细表
                                                                                          单位：万元
                             人员经费                                                                                           公用经费
    科目                   科目名称                   决算数          科目                   科目名称                   决算数          科目                   科目名称                   决算数
    编码                                                              编码                                                              编码
     301      工资福利支出                              2,000.00       302      商品和服务支出                              288.00       307      债务利息及费用支出
    30101     基本工资                                    900.10      30201     办公费                                      100.10      30701     国内债务付息
    30102     津贴补贴                                    700.20      30202     印刷费                                        7.90       310      资本性支出                                   62.00
    30103     奖金                                        399.70      30211     差旅费                                       80.00      31001     房屋建筑物购建
     303      对个人和家庭的补助                          100.00      30217     公务接待费                                    2.50      31002     办公设备购置                                 12.00
    30302     退休费                                       60.50      30231     公务用车运行维护费                            9.50      31003     专用设备购置                                 50.00
                  人员经费合计                          2,100.00                                                     公用经费合计                                                             350.00
"""


def test_groups_side_by_side_are_told_apart_in_text_aligned_as_it_is_seen():
    extraction = read(TABLE.encode())
    published = {(line.printed, line.department_economic_code) for line in extraction.rows.budget_lines}
    assert published == {
        ("2,000.00", "301"),
        ("900.10", "30101"),
        ("700.20", "30102"),
        ("399.70", "30103"),
        ("100.00", "303"),
        ("60.50", "30302"),
        ("288.00", "302"),
        ("100.10", "30201"),
        ("7.90", "30202"),
        ("80.00", "30211"),
        ("2.50", "30217"),
        ("9.50", "30231"),
        ("62.00", "310"),
        ("12.00", "31002"),
        ("50.00", "31003"),
        ("2,100.00", None),
        ("350.00", None),
    }
    assert extraction.disclosure.status == "complete"


ALIGNED_AS_SEEN = """\
某市某局2023年度部门决算
\f                              一般公共预算财政拨款支出决算表
                                                                          单位：万元
              项目                                       本年支出
科目编码     科目名称                            小计        基本支出    项目支出
              合计                             3,098.52      2,450.00      648.52
201       一般公共服务支出                     1,997.02      1,450.00      547.02
20103     政府办公厅（室）及相关机构事务       1,997.02      1,450.00      547.02
2010301   行政运行                             1,450.00      1,450.00
2010302   一般行政管理事务                       547.02                    547.02
205       教育支出                                51.50                     51.50
20508     进修及培训                              51.50                     51.50
2050803   培训支出                                51.50                     51.50
208       社会保障和就业支出                   1,050.00      1,000.00       50.00
20805     行政事业单位养老支出                 1,050.00      1,000.00       50.00
2080505   机关事业单位基本养老保险缴费支出     1,050.00      1,000.00       50.00
"""


def _as_counted(text: str) -> str:
    """The same with as many spaces as put words in line where every character counts one."""
    lines = []
    for line in text.split("\n"):
        made, seen = "", 0
        for char in line:
            if char == " " or seen == len(made) or not made.endswith(" "):
                made += char
            else:
                made = made.ljust(seen) + char
            seen += 1 + (ord(char) > 0x2E80)
        lines.append(made)
    return "\n".join(lines)


def test_text_is_read_alike_whether_a_chinese_character_counts_one_or_two():
    seen, counted = (read(text.encode()).rows.budget_lines for text in (ALIGNED_AS_SEEN, _as_counted(ALIGNED_AS_SEEN)))
    assert len(seen) == 28
    columns = ("function_code", "item", "measure", "amount")
    assert [[getattr(row, c) for c in columns] for row in seen] == [
        [getattr(row, c) for c in columns] for row in counted
    ]
    assert [row.measure for row in seen if row.function_code == "2010302"] == ["subtotal", "project"]


def test_amounts_that_stand_in_line_by_neither_measure_are_withheld():
    rows = ALIGNED_AS_SEEN.split("\n")
    shifted = [" " * (7 * (at % 3)) + line if at > 6 else line for at, line in enumerate(rows)]
    extraction = read("\n".join(shifted).encode())
    exact = {(r.function_code, r.measure, r.printed) for r in read(ALIGNED_AS_SEEN.encode()).rows.budget_lines}
    assert {(r.function_code, r.measure, r.printed) for r in extraction.rows.budget_lines} <= exact


COVER = "云南省某市某局2024年部门预算\n"
DOUBTS = {
    "a word over columns stands where an amount does": """\
                                             表2 部门收入预算总表
                                                                          单位：万元
                                                     本年收入
  单位名称     合计                                                                              上年结转结余
                           小计               一般公共预算          政府性基金预算       其他收入
   合计           1,000.00        1,000.00           850.00         50.00           100.00
  某市某局          1,000.00        1,000.00           850.00         50.00           100.00
某市某局（本级）         700.00          700.00            600.00         50.00            50.00
 某市某中心           300.00          300.00            250.00                          50.00
""",
    "nothing in the column of the total": """\
                                     公开13表 政府采购支出预算表
                                                                          单位：万元
                                                                        资金来源
采购品目大类    专项名称     经济科目    采购品目名称   采购组织形式
                                               合计           一般公共预算      政府性基金     其他资金   上年结转和结余
                    合计                              80.00       80.00
                    货物                              30.00       30.00
         定额公用经费   办公设备购置   台式计算机                    30.00       30.00
                    服务                              50.00       50.00
         信息化运维    委托业务费    运行维护服务   部门集中采购          50.00       50.00
""",
    "codes in the column of the total": """\
                                               基本支出预算表（人员类、运转类公用经费项目）
                                                                                              单位：万元
                                                                                              资金来源
                                  功能科目编               部门经济 部门经济科目名
单位名称     项目代码         项目名称                  功能科目名称                                一般公共预算
                                    码                 科目编码    称         总计                    政府性基金   财政专户   单位资金
                                                                                    资金
 某局 530100210000000015001         2010301    行政运行     30101    基本工资      300.00      300.00
 某局 530100210000000015002社会保障缴费   2080505   本养老保险缴费   30108              100.00      100.00
""",
    "a label that is two": """\
                        表1 部门收支预算总表
                                                    单位：万元
             收入                                    支出
    项目            预算数                     项目                预算数
 一、财政拨款收入                 900.00      一、一般公共服务支出                   800.00
其中：一般公共预算                 850.00    二、社会保障和就业支出                    120.00
 政府性基金预算                   50.00       三、住房保障支出                     80.00
 国有资本经营预算
二、财政专户管理资金                 20.00
  五、其他收入                   50.00
  本年收入合计                 1,000.00       本年支出合计                    1,000.00
   上年结转                                  结转下年
   收入总计                  1,000.00        支出总计                     1,000.00
""",
    "the last words of a header in the label of the first row": """\
                 一般公共预算财政拨款项目支出决算表
                                              金额单位：万元
                 项目
                                                        本年项目支出
          科目编码                         科目名称
  类        款            项               合计                       100.00
  201                                一般公共服务支出                    100.00
20103                            政府办公厅（室）及相关机构事务                 100.00
2010302                              一般行政管理事务                    100.00
""",
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_shows_that_columns_or_rows_were_taken_for_others_withholds_the_table(doubt):
    extraction = read((COVER + "\f" + DOUBTS[doubt]).encode())
    assert extraction.rows.budget_lines == []
    assert "none of its amounts is published" in extraction.disclosure.reason or (
        "cannot be told" in extraction.disclosure.reason
    )


def test_the_mark_of_a_blank_code_is_no_part_of_the_label_of_the_total():
    text = """\
                                部门支出总表
                                                         单位：万元
          支出功能分类科目
                                 合计               基本支出             项目支出
科目编码                 科目名称
  201             一般公共服务支出               650.00           450.00          200.00
  03          政府办公厅（室）及相关机构事务            650.00           450.00          200.00
2010301              行政运行                450.00           450.00
2010302           一般行政管理事务               200.00                           200.00
  **                  合计                 650.00           450.00          200.00
"""
    lines = read((COVER + "\f" + text).encode()).rows.budget_lines
    totals = [line.printed for line in lines if (line.item, line.row_kind) == ("合计", "total")]
    assert totals == ["650.00", "450.00", "200.00"]


def test_a_blank_line_after_every_line_changes_nothing():
    def read_in(text: str) -> list[tuple[str, str | None, str | None]]:
        lines = read(text.encode()).rows.budget_lines
        return [(line.printed, line.item, line.function_code) for line in lines]

    wrapped = (
        ALIGNED_AS_SEEN.replace("机关事业单位基本养老保险缴费支出", "机关事业单位基本养老保险缴费    ")
        + "          支出\n"
    )
    assert read_in(wrapped)[-1] == ("50.00", "机关事业单位基本养老保险缴费支出", "2080505")
    assert read_in(wrapped.replace("\n", "\n\n")) == read_in(wrapped)


@pytest.mark.parametrize(
    "below, words",
    [
        ("2080505", "       内部资料 注意保存"),
        ("合计", "              项目              政府性基金预算支出"),
        ("2050803", "2011199"),
    ],
)
def test_words_that_are_of_no_row_make_a_table_doubtful(below: str, words: str):
    """What stands below a whole name or a total is no part of it, and a code alone is that of a row torn apart."""
    lines = ALIGNED_AS_SEEN.split("\n")
    at = next(index for index, line in enumerate(lines) if line.strip().startswith(below))
    extraction = read("\n".join([*lines[: at + 1], words, *lines[at + 1 :]]).encode())
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"


KINDS_OF_REVENUE = """\
                                                      部门收入总表
                                                                                     单位：万元
          科目                                                               事业收入预算
                                          一般公共预算      政府性基金预   国有资本经营                           事业单位经营
                      总计        上年结转                                    非教育收费收      教育收费收入               其他收入预算
科目编码           科目名称                        拨款收入        算拨款收入   预算拨款收入                            收入预算
                                                                          入预算         预算
          合计           855.00      5.00      800.00                         30.00       20.00
  205          教育支出    855.00      5.00      800.00                         30.00       20.00
2050202        小学教育    855.00      5.00      800.00                         30.00       20.00
"""


def test_a_kind_of_revenue_stands_over_its_own_parts_and_over_no_budget():
    extraction = read((COVER + "\f" + KINDS_OF_REVENUE).encode())
    found = [
        (line.measure, line.fund, line.revenue_source, line.printed)
        for line in extraction.rows.budget_lines
        if line.function_code == "2050202"
    ]
    assert found == [
        ("total", None, None, "855.00"),
        ("carried_over", None, None, "5.00"),
        ("total", "general_public_budget", None, "800.00"),
        ("total", None, "operating_undertaking", "30.00"),
        ("total", None, "education_fees", "20.00"),
    ]
    assert len(extraction.rows.budget_lines) == 15


GROUPS = """\
                                        部门支出预算表
                                                                              单位：万元

                                          一般公共预算
  科目编码      科目名称        合计                                    政府性基     财政专户管    单位资金
                                   小计      基本支出     项目支出       金预算     理的支出


          合计         3,343.45   1,648.53    500.00   1,148.53   296.76   834.90   563.26

2010301   行政运行         759.87     463.11    200.00     263.11   296.76

2010302   一般行政管理事务   1,574.25     739.35    100.00     639.35            834.90

2210201   住房公积金      1,009.33     446.07    200.00     246.07                     563.26
"""


def test_a_fund_stands_over_its_kinds_of_expenditure_and_is_no_part_of_the_word_below_it():
    extraction = read((COVER + "\f" + GROUPS).encode())
    found = [
        (line.measure, line.fund, line.revenue_source, line.printed)
        for line in extraction.rows.budget_lines
        if line.function_code == "2010301"
    ]
    budget = "general_public_budget"
    assert found == [
        ("total", None, None, "759.87"),
        ("subtotal", budget, None, "463.11"),
        ("basic", budget, None, "200.00"),
        ("project", budget, None, "263.11"),
        ("total", "government_fund", None, "296.76"),
    ]
    assert len(extraction.rows.budget_lines) == 22


NUMBERED = """\
                   收入支出决算总表（公开01表）
                                            单位：万元

           收入                         支出

   项目      行次      金额         项目      行次      金额

栏次                     1   栏次                     2

一、一般公共预算   1      900.00   一、一般公共服务   31     800.00
财政拨款收入                     支出

四、上级补助收入   4       10.00   八、社会保障和就   38     100.00
                           业支出

本年收入合计     27     910.00   本年支出合计     57     900.00

总计         30     910.00   总计         60     900.00
"""


def test_the_line_that_numbers_the_columns_is_no_part_of_their_header():
    extraction = read(("某省某市某局2023年度部门决算\n\f" + NUMBERED).encode())
    found = [(line.direction, line.item, line.printed) for line in extraction.rows.budget_lines]
    assert found == [
        ("revenue", "一般公共预算财政拨款收入", "900.00"),
        ("expenditure", "一般公共服务支出", "800.00"),
        ("revenue", "上级补助收入", "10.00"),
        ("expenditure", "社会保障和就业支出", "100.00"),
        ("revenue", "本年收入合计", "910.00"),
        ("expenditure", "本年支出合计", "900.00"),
        ("revenue", "总计", "910.00"),
        ("expenditure", "总计", "900.00"),
    ]


def test_an_empty_table_is_not_doubtful_for_the_words_of_its_blank_rows():
    above, _, _ = ALIGNED_AS_SEEN.partition("              合计  ")
    title = "一般公共预算财政拨款支出决算表"
    text = above.replace(title, title.replace("一般公共预算", "政府性基金预算")) + "无\n\n              合计\n"
    extraction = read((text + "\f" + ALIGNED_AS_SEEN.partition("\f")[2]).encode())
    assert [table.amount_count for table in extraction.rows.tables] == [0, 28]
    assert extraction.disclosure.reason is None


def test_a_name_of_no_list_holds_no_line_that_it_lacks_elsewhere_in_the_document():
    """No list has 20139: that another table prints its name without these words shows that they are no part of it."""
    table = ALIGNED_AS_SEEN.replace(
        "20103     政府办公厅（室）及相关机构事务", "20139     社会工作事务" + " " * 18
    ).replace("201030", "201390")
    other = table.partition("\f")[2].replace("一般公共预算财政拨款支出决算表", "支出决算表")
    damaged = table.replace("20139  ", "        内部资料注意保存\n20139  ")
    lines = read((damaged + "\f" + other).encode()).rows.budget_lines
    assert {line.item for line in lines if line.function_code == "20139"} == {"社会工作事务"}
    assert len([line for line in lines if line.function_code == "20139"]) == 3


OVER_LABELS = """\
某市某局2026年度部门预算
\f                                     收支预算总表
                                                                     单位：元
                 本年收入                                  本年支出
        项目              预算数                 项目              预算数
一、财政拨款收入            984,692.00   一、公共安全支出              2,000.00
1、一般公共预算             984,692.00   二、社会保障和就业支出       82,000.00
2、政府性基金预算                 0.00   三、卫生健康支出            982,692.00
3、国有资本经营预算               0.00   四、住房保障支出              1,000.00
二、事业收入                 83,000.00
收入总计                  1,067,692.00   支出总计                  1,067,692.00
"""


def test_a_word_of_the_header_between_rows_makes_a_table_doubtful():
    """政府性基金预算本年收入 may be a label; here it is two."""
    assert len(read(OVER_LABELS.encode()).rows.budget_lines) == 11
    header = OVER_LABELS.split("\n")[3]
    extraction = read(OVER_LABELS.replace("3、", f"{header}\n3、").encode())
    assert "政府性基金预算本年收入" not in {line.item for line in extraction.rows.budget_lines}
    assert extraction.disclosure.status == "partial"


SIDES = """\
某市某局{year}部门决算
\f                  收入支出决算总表
                                                 单位：万元
             收入                            支出
        项目        决算数                项目         决算数
一、财政拨款收入           34,744.41 一、教育支出              23,136.75
二、上级补助收入            1,119.92 二、社会保障和就业支出          2,223.78
三、事业收入              1,525.47 三、卫生健康支出             1,716.00
四、经营收入                258.98 四、城乡社区支出            10,903.98
五、附属单位上缴收入          1,216.06 五、住房保障支出             1,134.67
"""


def test_a_subtotal_alone_below_a_label_is_no_end_of_it():
    text = SIDES.format(year="2023年度").replace("二、上级补助", "    小计\n二、上级补助")
    extraction = read(text.encode())
    items = [line.item for line in extraction.rows.budget_lines]
    assert items[:3] == ["教育支出", "上级补助收入", "社会保障和就业支出"]
    assert len(items) == 9
    assert extraction.disclosure.status == "partial"


def test_the_label_of_a_total_may_end_below_it():
    total = "本年收入              36,864.84 本年支出               39,172.44\n合计                            合计\n"
    extraction = read((SIDES.format(year="2023年度") + total).encode())
    assert [(line.item, line.row_kind) for line in extraction.rows.budget_lines[-2:]] == [
        ("本年收入合计", "total"),
        ("本年支出合计", "total"),
    ]
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize(("year", "status"), [("2023年度", "complete"), ("", "partial")])
def test_amounts_of_no_year_are_no_whole_disclosure(year, status):
    extraction = read(SIDES.format(year=year).encode())
    assert len(extraction.rows.budget_lines) == 10
    assert extraction.disclosure.status == status


def test_a_title_that_goes_on_between_two_rows_is_no_line_of_a_label():
    text = SIDES.format(year="2023年度").replace("二、上级补助", "（收入支出决算总表续）\n二、上级补助")
    extraction = read(text.encode())
    assert not any("续" in (line.item or "") for line in extraction.rows.budget_lines)
    assert extraction.disclosure.status == "partial"


def test_a_title_on_two_lines_is_that_of_both_where_the_last_is_one_by_itself():
    text = SIDES.format(year="2023年度").replace("收入支出决算总表", "财政拨款\n      收入支出决算总表")
    extraction = read(text.encode())
    assert {line.table_code for line in extraction.rows.budget_lines} <= {"appropriation_summary"}
    assert [table.table_code for table in extraction.rows.tables] == ["appropriation_summary"]


@pytest.mark.parametrize(
    "over, below", [("一般公共预算", "财政拨款支出决算表"), ("一般公共", "预算财政\n拨款支出决算表")]
)
def test_a_title_on_several_lines_is_that_of_all_behind_the_name_of_a_body(over, below):
    text = ALIGNED_AS_SEEN.replace("一般公共预算财政拨款支出决算表", f"某市某局{over}\n{below}")
    extraction = read(text.encode())
    assert {line.fund for line in extraction.rows.budget_lines} == {"general_public_budget"}
    assert [table.table_code for table in extraction.rows.tables] == ["general_public_budget_expenditure"]


@pytest.mark.parametrize("place", [34, 60])
def test_words_on_a_line_of_their_own_right_of_all_labels_end_none(place):
    """Of a code that no list has, nothing else says what its name is."""
    text = ALIGNED_AS_SEEN.replace("20508     进修及培训", "20577     进修及考察")
    assert len(read(text.encode()).rows.budget_lines) == 28
    extraction = read(text.replace("20577", f"{' ' * place}见附注\n20577").encode())
    assert not any("附注" in (line.item or "") for line in extraction.rows.budget_lines)
    assert extraction.disclosure.status == "partial"


FUND = """\
某市某局2023年度部门决算
\f                             政府性基金预算财政拨款收入支出决算表
                                                                                                    单位：万元
  科目编码          科目名称         年初结转和结余      本年收入                       本年支出                        年末结转和结余
{kinds}
          合计                       0.00     10,903.98    10,903.98          0.00     10,903.98         0.00
212       城乡社区支出                   0.00     10,903.98    10,903.98          0.00     10,903.98         0.00
"""
KINDS = "小计           基本支出          项目支出"


@pytest.mark.parametrize("place, complete", [(56, True), (38, False)])
def test_revenue_has_no_kinds_that_the_expenditure_beside_it_lacks(place, complete):
    extraction = read(FUND.format(kinds=" " * place + KINDS).encode())
    basic = {line.direction for line in extraction.rows.budget_lines if line.measure == "basic"}
    assert basic == ({"expenditure"} if complete else set())
    assert extraction.disclosure.status == ("complete" if complete else "partial")


@pytest.mark.parametrize("side, status", [(43, "complete"), (0, "partial")])
def test_what_is_carried_into_the_next_year_is_no_revenue(side, status):
    text = SIDES.format(year="2023年度") + f"{' ' * 32}五、结余分配{' ' * 14}0.00\n"
    carried = " " * side + "年末结转和结余" + " " * 16 + "0.00\n"
    extraction = read((text + carried).encode())
    assert not any(
        line.item == "年末结转和结余" and line.direction == "revenue" for line in extraction.rows.budget_lines
    )
    assert extraction.disclosure.status == status


def test_a_subtotal_below_the_word_of_the_total_alone_is_none():
    text = """\
某市某局2024年部门预算
\f                                 一般公共预算支出表
                                                        单位：万元
科目编码                  科目名称                      合计         基本支出                           项目支出
                                               小计                     人员经费       公用经费
合计                                              6,299.32   5,785.49   5,685.01   100.48   513.83
201                   一般公共服务支出                  1,329.51   815.68     715.20     100.48   513.83
20103                 政府办公厅（室）及相关机构事务           1,329.51   815.68     715.20     100.48   513.83
"""
    extraction = read(text.encode())
    assert {line.printed for line in extraction.rows.budget_lines if line.measure == "subtotal"} <= {
        "5,785.49",
        "815.68",
    }
    assert extraction.disclosure.status == "partial"


def test_of_two_titles_below_a_third_none_is_believed_and_neither_is_that():
    text = ALIGNED_AS_SEEN.replace("\f", "\n政府性基金预算支出决算表\n\f政府性基金预算支出决算表\n")
    extraction = read(text.encode())
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"


REVENUE = """\
某市某局2024年部门预算
\f                     部门{title}总体情况表
                                                        单位：万元
科目编码      科目名称                合计        财政拨款收入      事业收入      其他收入
          合计               6,299.32   5,785.49    413.83    100.00
201       一般公共服务支出         1,329.51   1,329.51      0.00      0.00
205       教育支出             4,969.81   4,455.98    413.83    100.00
"""


@pytest.mark.parametrize("title, amounts, status", [("收入", 12, "complete"), ("支出", 0, "partial")])
def test_a_title_of_expenditure_over_columns_of_revenue_alone_is_of_another_table(title, amounts, status):
    extraction = read(REVENUE.format(title=title).encode())
    assert len(extraction.rows.budget_lines) == amounts
    assert extraction.disclosure.status == status


def test_basic_expenditure_is_the_total_of_a_table_of_nothing_else():
    text = """\
某市某局2024年部门预算
\f一般公共预算基本支出表
单位：元
支出经济分类科目                                            2024年基本支出
科目编码                      科目名称                       合计                 人员经费               公用经费
合计                           32,434.47        27,262.39        5,172.08
301           工资福利支出                       27,262.39        27,262.39        0.00
302           商品和服务支出                      5,172.08         0.00             5,172.08
"""
    measures = {line.measure for line in read(text.encode()).rows.budget_lines}
    assert measures == {"total", "personnel", "public"}


def test_units_below_the_words_of_a_header_are_no_label():
    text = """\
某市某局2024年部门预算
\f                  政府性基金预算支出表
                                                单位：万元
    科目编码         科目名称         合计       基本支出   项目支出
 类 款 项
 （万元） （万元） （万元）
合计                           4286.01          4286.01
212       城乡社区支出             4286.01          4286.01
212 08    国有土地使用权出让收入安排的支出   4286.01          4286.01
212 08 03 城市建设支出             4286.01          4286.01
"""
    extraction = read(text.encode())
    assert not any("万元" in (line.item or "") for line in extraction.rows.budget_lines)


def test_a_body_and_a_project_that_one_blank_parts_are_two_labels():
    text = """\
永仁县林业和草原局2024年部门预算
\f                   项目支出预算表
                                      单位：万元
    单位名称            项目名称   合计        一般公共预算
合计                          5,562.69    5,562.69
永仁县林业和草原局{gap}基层治理服务经费        4,337.76    4,337.76
永仁县林业和草原局{gap}信息化运行维护         1,224.93    1,224.93
"""
    apart = read(text.format(gap="   ").encode())
    assert {line.item for line in apart.rows.budget_lines} == {"合计", "基层治理服务经费", "信息化运行维护"}
    assert read(text.format(gap=" ").encode()).disclosure.status == "partial"


def test_words_of_a_header_that_tabs_set_further_left_show_no_order():
    rows = "\n".join(
        f"{code}{name:<21}39,115.18   23,114.48   16,000.70         0.00     0.00      0.00"
        for code, name in (("205       ", "教育支出"), ("20502     ", "普通教育"), ("2050201   ", "学前教育"))
    )
    words = "\t".join(["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出", "经营支出"])
    text = f"""\
某市某局2023年度部门决算
\f                                  支出决算表
                                                                                        单位：万元
                                                                上缴上级支                 对附属单位
 {words}
                                                                  出                   补助支出

          合计                39,115.18   23,114.48   16,000.70         0.00     0.00      0.00

{rows}
"""
    extraction = read(text.encode())
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"
