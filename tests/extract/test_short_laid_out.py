"""Short text laid out with spaces: a table or two, and nothing else."""

from __future__ import annotations

import pytest

from tests.documents import read

SIDES = """青田县水利局 2025 年部门预算
部门收支总表
单位：万元

收入         预算数      支出         预算数
一、一般公共预算   400.00   一、社会保障和就   40.00
拨款收入                业支出
二、事业收入     80.00    二、农林水支出    460.00
三、其他收入     20.00
收入总计       500.00   支出总计       500.00
"""
WHOLE = """青田县水利局 2025 年部门预算
部门支出总表
单位：万元

科目编码      科目名称    合计   基本支出   项目支出
          合计      9    7      2
213       农林水支出   9    7      2
21303     水利      9    7      2
2130301   行政运行    7    7      0
2130314   防汛      2    0      2
"""
BLANK = """青田县水利局 2025 年部门预算
部门支出总表
单位：万元

科目编码      科目名称     合计       基本支出     项目支出
          合计       500.00   380.00   120.00
208       社会保障和就
          业支出
213       农林水支出
21303     水利
2130301   行政运行
2130306   水利工程运行
          与维护
"""


@pytest.mark.parametrize(
    ("text", "details", "blank"),
    [
        (SIDES, ["4000000", "400000", "800000", "4600000", "200000"], 0),
        (WHOLE, ["70000", "70000", "0", "20000", "0", "20000"], 0),
        (BLANK, [], 5),
    ],
)
def test_a_text_of_a_few_lines_most_of_which_have_columns_is_laid_out(text, details, blank):
    made = read(text.encode())
    assert made.disclosure.status == "complete"
    lines = [line for line in made.rows.budget_lines if line.row_kind == "detail"]
    assert [int(line.amount) for line in lines] == [int(each) for each in details]
    assert [table.blank_row_count for table in made.rows.tables] == [blank]


def test_a_few_lines_of_prose_with_one_gap_are_not():
    text = "青田县水利局2025年部门预算\n一、收入预算   500.00\n收入预算500.00万元，其中财政拨款400.00万元。\n二、支出预算说明。\n"
    assert read(text.encode()).rows.budget_lines == []


def test_a_heading_and_a_sentence_below_the_table_are_no_part_of_its_last_row():
    below = "\n情况说明\n本单位严格执行预算管理有关规定，加强绩效管理。\n\n名词解释：基本支出指为保障机构正常运转而发生的支出。\n"
    above = (
        "目 录\n\n一、单位概况\n\n二、有关表格\n\n三、情况说明\n一、单位概况\n本局承担水利管理工作，内设机构 6 个。\n\n"
    )
    title, rest = WHOLE.split("\n", 1)
    made = read(f"{title}\n{above}{rest}{below}".encode())
    assert made.disclosure.status == "complete"
    assert [line.item for line in made.rows.budget_lines if line.row_kind == "detail"][-1] == "防汛"
    assert sum(line.amount for line in made.rows.budget_lines if line.row_kind == "total") == 180000
