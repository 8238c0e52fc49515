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


CENTRED = """万安街道办事处 2023 年部门预算
财政项目支出绩效目标填报表
（2023年度）

  项目名称                社区环境整治                  项目性质           经常性项目 项目类别            特定目标类

  主管部门         某市万安街道办事处                    实施单位            某市万安街道办事处

 计划开始日期                2023-01-01          计划完成日期                      2023-12-31

               项目资金总额                           4,563,800.00 年度资金申请总额                4,563,800.00

                                                               其中：当年财政拨款             4,500,000.00
  项目资金         其中：财政资金                          4,500,000.00
  （元）                                                          上年结转资金                        0.00

               其他资金                                    63,800.00 其他资金                        63,800.00

                          项目总目标                                         年度总体目标

       整治辖区内乱设摊，整治夏秋季马路夜排档，整治交通路夜间违规活禽交易， 整治辖区内乱设摊，整治夏秋季马路夜排
项目     开展防汛防台工作，进行垃圾分类指导检查。为提高万安地区总体环境，开展 档，开展爱国卫生运动、除四害活动。
绩效     爱国卫生运动、除四害活动。
目标

        一级指标    二级指标                     三级指标                             年度(/项目)指标值

                数量指标                  整治行动、病媒消杀                              ≥12.00(次)
        产出指标
                质量指标                   项目质量可控性                               可控性100%
绩效指标
        效益指标   社会效益指标                社区居民满意度、幸福感                              不低于50%
               服务对象满意
       满意度指标                           市容环境满意度                                不低于50%
                度指标
"""


def test_cells_with_their_text_in_the_middle_are_put_together():
    made = read(CENTRED.encode())
    assert made.disclosure.status == "complete"
    (project,) = made.rows.projects
    assert (project.name, project.attribute) == ("社区环境整治", "经常性项目")
    assert [int(line.amount) for line in made.rows.budget_lines if line.fiscal_year] == [4563800, 4500000, 0, 63800]
    goals = {i.horizon: i.text for i in made.rows.indicators if i.kind == "goal"}
    assert goals["annual"] == "整治辖区内乱设摊，整治夏秋季马路夜排档，开展爱国卫生运动、除四害活动。"
    assert goals["medium_term"].startswith(
        "整治辖区内乱设摊，整治夏秋季马路夜排档，整治交通路夜间违规活禽交易，开展防汛"
    )
    assert [i[:3] for i in indicators(made)] == [
        ("产出指标", "数量指标", "整治行动、病媒消杀"),
        ("产出指标", "质量指标", "项目质量可控性"),
        ("效益指标", "社会效益指标", "社区居民满意度、幸福感"),
        ("满意度指标", "服务对象满意度指标", "市容环境满意度"),
    ]


def test_levels_that_rows_in_the_middle_do_not_settle_are_left_out_and_said():
    """A name between two rows, beside rows without gaps, may be of either side."""
    lines = CENTRED[: CENTRED.index("                数量指标")] + (
        "                                     整治行动                              ≥12.00(次)\n"
        "                数量指标                  病媒消杀                              ≥20.00(次)\n"
        "        产出指标                         宣传活动                              ≥6.00(次)\n"
        "                质量指标                  整治合格率                             ≥95.00(%)\n"
        "                                     消杀达标率                             ≥96.00(%)\n"
    )
    made = read(lines.encode())
    assert made.disclosure.status == "partial"
    levels = {i[2]: i[1] for i in indicators(made)}
    assert levels["整治行动"] == "数量指标" and levels["消杀达标率"] == "质量指标" and levels["宣传活动"] is None


CROWDED = """                    遵义州水务局2024年部门预算
                        项目支出绩效目标表
（2024年度）
项目名称     城市供水管网改造
主管部门     遵义州水务局                     实施单位    遵义州供水中心
项目属性     新增项目                       项目期     2024-2026年
         实施期资金总额 5,400.00           年度资金总额 1,800.00
项目资金（万元） 其中：财政拨款 4,800.00           其中：财政拨款 1,600.00
         其他资金    600.00             其他资金    200.00
总体目标     实施期目标                      年度目标
         三年改造供水管网120公里以上，降低漏损率。     当年改造供水管网40公里以上。
         一级指标    二级指标       三级指标    实施期指标值 三级指标        年度指标值
                 数量指标       改造供水管网 ≥120公里   改造供水管网 ≥40公里
绩效指标     产出指标    质量指标       工程质量合格率 100%    工程质量合格率 100%
                 时效指标       项目按期完工率 ≥95%    项目按期完工率 ≥95%
         效益指标    社会效益指标     受益人口    ≥9.6万人  受益人口       ≥3.2万人
         满意度指标 服务对象满意度指标 用水户满意度 ≥90%        用水户满意度 ≥88%
"""


def test_crowded_words_are_of_columns_in_their_order():
    made = read(CROWDED.encode())
    rows = [i for i in made.rows.indicators if i.kind == "indicator"]
    assert len(rows) == 10 and {i.level1 for i in rows} == {"产出指标", "效益指标", "满意度指标"}
    assert [(i.horizon, i.level2, i.level3, i.text) for i in rows[-2:]] == [
        ("medium_term", "服务对象满意度指标", "用水户满意度", "≥90%"),
        ("annual", "服务对象满意度指标", "用水户满意度", "≥88%"),
    ]


WRAPPED = """高新区教育局 2023 年度部门决算
2023 年度项目绩效目标完成情况自评表
项目名   教学设备更新                           项目编     51010023Y000007
称                                      码
主管部   高新区教育局                           项目类     当年一次性项目
门                                      型
预算执   资金来   年初预      调整预      执行数      执行率     备注
行情况   源     算        算
（元）   总额    3,500,   3,486,   3,486,   100%
            000.0    000.0    000.0
            0        0        0
      其中：   3,500,   3,486,
                          100%3,486,
      财政资   000.0    000.0    000.0
      金     0        0        0
      单位自   0.00     0.00     0.00
      筹
绩效目   设备更新按计划完成，覆盖 8 所学校。
标完成
情况
一级指   二级指   三级指      计量单      目标值      完成值     分值    得分     未完成
标     标     标        位                                      原因
产出指   数量指   指标       台套       86       86      10    10
标     标     1：采
            购设备
            台套数
            指标       人次       ≥240     256     10    10
            2：培
            训教师
      质量指   指标       %        100      100     10    10
      标     1：设
            备验收
            合格率
      成本指   指标       万元       ≤350     348.6   20    20
      标     1：设
            备购置
            成本
效益指   社会效   指标       人        ≥5200 5318       30    30
标     益指标   1：受
            益学生
            人数
满意度   服务对   指标       %        ≥95      97.5    10    10
指标    象满意   1：师
      度     生满意
            度
合计                                             90    90
"""


def test_words_of_a_header_beside_their_columns_are_put_together_by_the_names_they_make():
    made = read(WRAPPED.encode())
    rows = [i for i in made.rows.indicators if i.kind == "indicator" and i.level1]
    assert [(i.level3, i.text, i.actual) for i in rows[:2]] == [
        ("采购设备台套数", "86台套", "86"),
        ("培训教师", "≥240人次", "256"),
    ]
    assert len(rows) == 6


def test_a_name_of_a_level_that_is_cut_off_leaves_the_sheet_unread():
    cut = SCORED.replace(
        "      效益指标   社会效益    食品安全群众知晓率    ≥85%    20\n             指标\n",
        "      效益指标   社会效益    食品安全群众知晓率    ≥85%    20\n",
    )
    made = read(cut.encode())
    assert made.disclosure.status == "partial"
    assert not any(i.level2 == "社会效益" for i in made.rows.indicators)
