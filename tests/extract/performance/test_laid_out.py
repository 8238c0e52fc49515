"""Performance sheets as ``pdftotext -layout`` prints them."""

from __future__ import annotations

from tests.documents import read

TWO = """鹿城县人力资源和社会保障局 2025 年部门预算
表十二 项目绩效目标表
项目名称       公共就业服务       实施单位       就业服务中心
预算金额（万元）   52.00        其中：财政拨款    52.00
年度目标       1、举办招聘会 24 场以上；2、提供岗位 8000 个以上。
一级指标       二级指标         三级指标       指标值
产出指标       数量指标         举办招聘会      ≥24 场
                        提供岗位       不少于 8000 个
效益指标       社会效益指标       城镇登记失业率    控制在 4.5%以内
满意度指标      服务对象满意度指     求职者满意度     90%以上
           标

项目名称       劳动人事争议仲裁    实施单位        仲裁院
预算金额（万元）   30.00       其中：财政拨款     28.00
年度目标       及时处理劳动争议。
一级指标       二级指标        三级指标        指标值
产出指标       数量指标        仲裁案件办结数     大于等于 500 件
           质量指标        仲裁结案率       不低于 92%
满意度指标      服务对象满意度指    当事人满意度      高于 85%
           标
"""
SCORED = """国家粮食和物资储备局标准质量中心 2024 年单位预算
项目支出绩效目标表
（2024 年度）

项目名称         粮食质量安全抽检
主管部门及代码      [126]国家粮食和物资   实施单位  标准质量中心
             储备局
项目资金（万元）     年度资金    568.40 执行率分值（10）
             总额：
             其中：财    500.00
             政拨款
             上年结转    48.40
             其他资金    20.00
年度总体  目标 1：完成全年抽检任务 1200 批次以上。
目标    目标 2：提升基层人员能力。
绩效指标  一级指标   二级指标    三级指标         指标值     分值权重
                                          （90）
      产出指标   数量指标    抽检样品批次       ≥1200 批 15
                                  次
                     培训基层人员       ≥300 人  10
                                  次
             质量指标    检测数据准确率      ≥99%    10
             成本指标    单批次检测成本      ≤800    5
                                  元/批次
      效益指标   社会效益    食品安全群众知晓率    ≥85%    20
             指标
      满意度指   服务对象    受检企业满意度      ≥90%    10
      标      满意度指
             标
"""


def indicators(made):
    return [(i.level1, i.level2, i.level3, i.text, i.weight) for i in made.rows.indicators if i.kind == "indicator"]


def test_sheets_below_one_another_are_two_projects():
    made = read(TWO.encode())
    assert made.disclosure.status == "complete"
    assert [(p.name, p.implementing_unit) for p in made.rows.projects] == [
        ("公共就业服务", "就业服务中心"),
        ("劳动人事争议仲裁", "仲裁院"),
    ]
    assert [int(line.amount) for line in made.rows.budget_lines] == [520000, 520000, 300000, 280000]
    assert indicators(made)[1] == ("产出指标", "数量指标", "提供岗位", "不少于8000个", None)
    assert [i.level2 for i in made.rows.indicators if i.level1 == "满意度指标"] == ["服务对象满意度指标"] * 2
    assert [(t.comparator, int(t.value)) for t in made.rows.targets if t.unit == "件"] == [("ge", 500)]


def test_cells_wrapped_over_lines_are_put_together_by_their_columns():
    made = read(SCORED.encode())
    assert made.disclosure.status == "complete"
    (project,) = made.rows.projects
    assert (project.department, project.department_code) == ("国家粮食和物资储备局", "126")
    assert [int(line.amount) for line in made.rows.budget_lines] == [5684000, 5000000, 484000, 200000]
    assert indicators(made) == [
        ("产出指标", "数量指标", "抽检样品批次", "≥1200批次", "15"),
        ("产出指标", "数量指标", "培训基层人员", "≥300人次", "10"),
        ("产出指标", "质量指标", "检测数据准确率", "≥99%", "10"),
        ("产出指标", "成本指标", "单批次检测成本", "≤800元/批次", "5"),
        ("效益指标", "社会效益指标", "食品安全群众知晓率", "≥85%", "20"),
        ("满意度指标", "服务对象满意度指标", "受检企业满意度", "≥90%", "10"),
    ]
    assert sum(i.kind == "goal" for i in made.rows.indicators) == 2


def test_a_number_that_a_line_end_tore_is_not_read():
    torn = SCORED.replace(
        "    568.40 执行率分值（10）\n             总额：", "    568.4  执行率分值（10）\n             总额：   0"
    )
    made = read(torn.encode())
    assert made.disclosure.status == "partial"
    assert [int(line.amount) for line in made.rows.budget_lines] == [5000000, 484000, 200000]


def test_a_value_in_the_middle_of_its_cell_begins_above_its_label():
    middle = TWO.replace(
        "实施单位       就业服务中心\n",
        "实施单位       就业服务中心\n               某市人力资源和社会保障\n主管部门\n               局\n",
        1,
    )
    made = read(middle.encode())
    assert [(p.name, p.department) for p in made.rows.projects] == [
        ("公共就业服务", "某市人力资源和社会保障局"),
        ("劳动人事争议仲裁", None),
    ]


def test_a_line_that_may_be_of_the_value_above_or_below_leaves_both_out():
    doubtful = TWO.replace(
        "实施单位       就业服务中心\n",
        "实施单位       就业服务中心\n               某市人力资源和社会保障厅\n               某局\n主管部门           办公室\n",
        1,
    )
    made = read(doubtful.encode())
    assert made.disclosure.status == "partial"
    assert [(p.name, p.department) for p in made.rows.projects] == [(None, None), ("劳动人事争议仲裁", None)]


def test_a_column_whose_gap_closes_leaves_the_sheet_unread():
    closed = TWO.replace("举办招聘会      ≥24 场", "举办大型招聘会及洽谈会场次数量≥24 场", 1)
    made = read(closed.encode())
    assert made.disclosure.status == "partial"
    assert not made.rows.indicators and not made.rows.projects
