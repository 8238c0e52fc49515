"""Performance tables drawn as PDFs: a project's sheet, two horizons, a list of projects, a self-evaluation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.extract.records import Rows
from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf

COVER = (
    Line("北京市某某区某某局2025年部门预算", None, 20),
    Line("表1 2025年部门预算收支总表", None, 20),
    Line("单位：万元", 600, 4),
    Table(
        (150, 100, 150, 100),
        [
            ("收入", None, "支出", None),
            ("项目", "预算数", "项目", "预算数"),
            ("一、一般公共预算拨款收入", "120.00", "一、一般公共服务支出", "120.00"),
            ("收入总计", "120.00", "支出总计", "120.00"),
        ],
        left=(0, 2),
    ),
)
TITLE = Line("表13 2025年项目支出绩效目标表", None, 16)


def rows_of(*pages: Any) -> Rows:
    extraction = read(pdf(*pages), "x.pdf")
    return extraction.rows


def indicators(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, column) for column in columns) for row in rows.indicators]


SHEET = Table(
    (60, 70, 80, 150, 100, 160),
    [
        (("项目名称", 2), ("政务服务大厅运行经费", 4)),
        (("主管部门及代码", 2), ("某某局 012", 2), "实施单位", "某某局"),
        (("项目资金\n（万元）", 2, 3), ("年度资金总额：", 2), ("85.50", 2)),
        (None, None, ("其中：财政拨款", 2), ("85.50", 2)),
        (None, None, ("其他资金", 2), ("0", 2)),
        ("总体\n目标", ("目标1：保障大厅全年运行。\n目标2：提高群众满意度。", 5)),
        (("绩\n效\n指\n标", 1, 5), "一级指标", "二级指标", "三级指标", ("指标值", 2)),
        (None, ("产出指标", 1, 3), ("数量指标", 1, 2), "指标1：窗口数量", ("≥30个", 2)),
        (None, None, None, "指标2：开展业务培训\n及考核", ("不少于4次", 2)),
        (None, None, "时效指标", "完成时间", ("2025年11月前完成验收", 2)),
        (None, "满意度\n指标", "服务对象\n满意度指标", "办事群众满意度", ("≥95%", 2)),
    ],
)


def test_a_sheet_of_one_project() -> None:
    rows = rows_of(COVER, (TITLE, SHEET))
    project = rows.projects[0]
    assert (project.name, project.department, project.department_code, project.implementing_unit) == (
        "政务服务大厅运行经费",
        "某某局",
        "012",
        "某某局",
    )
    money = [(r.item, r.amount, r.project) for r in rows.budget_lines if r.table_code == "project_performance"]
    assert money == [
        ("资金总额", Decimal("855000"), "政务服务大厅运行经费"),
        ("财政拨款", Decimal("855000"), "政务服务大厅运行经费"),
        ("其他资金", Decimal(0), "政务服务大厅运行经费"),
    ]
    assert indicators(rows, "kind", "ordinal", "level1", "level2", "level3", "text") == [
        ("goal", 1, None, None, None, "保障大厅全年运行。"),
        ("goal", 2, None, None, None, "提高群众满意度。"),
        ("indicator", 1, "产出指标", "数量指标", "窗口数量", "≥30个"),
        ("indicator", 2, "产出指标", "数量指标", "开展业务培训及考核", "不少于4次"),
        ("indicator", None, "产出指标", "时效指标", "完成时间", "2025年11月前完成验收"),
        ("indicator", None, "满意度指标", "服务对象满意度指标", "办事群众满意度", "≥95%"),
    ]
    assert {row.horizon for row in rows.indicators} == {"annual"}
    targets = [(r.comparator, r.value, r.unit, r.due_end) for r in rows.targets]
    assert targets == [
        ("ge", Decimal(30), "个", None),
        ("ge", Decimal(4), "次", None),
        (None, None, None, "2025-11"),
        ("ge", Decimal(95), "percent", None),
    ]
    assert [n.printed for n in rows.numbers if n.class_ == "unclaimed"] == []
    assert rows.disclosures[0].status == "complete", rows.disclosures[0].reason


def test_two_horizons_side_by_side() -> None:
    sheet = Table(
        (50, 60, 70, 100, 80, 70, 100, 80),
        [
            ("项目名称", ("河道养护经费", 7)),
            (("项目资金\n（万元）", 1, 2), ("中期资金总额：", 2), "300", ("年度资金总额：", 2), ("100", 2)),
            (None, ("其中：财政拨款", 2), "300", ("其中：财政拨款", 2), ("100", 2)),
            (("总体\n目标", 1, 2), ("中期目标（2025年—2027年）", 3), ("年度目标", 4)),
            (None, ("目标1：三年水质达标。", 3), ("目标1：当年水质改善。", 4)),
            (("绩效\n指标", 1, 3), "一级\n指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"),
            (
                None,
                ("产出\n指标", 1, 2),
                "数量指标",
                "指标1：养护里程",
                "≥90公里",
                "数量指标",
                "指标1：养护里程",
                "≥30公里",
            ),
            (None, None, "质量指标", "指标1：合格率", "98%", "质量指标", "指标1：合格率", "95%"),
        ],
    )
    rows = rows_of(COVER, (TITLE, sheet))
    found = indicators(rows, "kind", "horizon", "period_start", "period_end", "level1", "level2", "level3", "text")
    assert sorted(found, key=str) == sorted(
        [
            ("goal", "medium_term", 2025, 2027, None, None, None, "三年水质达标。"),
            ("goal", "annual", 2025, 2025, None, None, None, "当年水质改善。"),
            ("indicator", "medium_term", 2025, 2027, "产出指标", "数量指标", "养护里程", "≥90公里"),
            ("indicator", "annual", 2025, 2025, "产出指标", "数量指标", "养护里程", "≥30公里"),
            ("indicator", "medium_term", 2025, 2027, "产出指标", "质量指标", "合格率", "98%"),
            ("indicator", "annual", 2025, 2025, "产出指标", "质量指标", "合格率", "95%"),
        ],
        key=str,
    )
    money = [
        (r.item, r.fiscal_year, r.period_start, r.period_end, r.amount)
        for r in rows.budget_lines
        if r.table_code == "project_performance"
    ]
    assert money == [
        ("资金总额", None, 2025, 2027, Decimal(3000000)),
        ("资金总额", 2025, None, None, Decimal(1000000)),
        ("财政拨款", None, 2025, 2027, Decimal(3000000)),
        ("财政拨款", 2025, None, None, Decimal(1000000)),
    ]


def test_a_list_of_projects_with_comparators_and_units_in_columns() -> None:
    header = (
        "项目名称",
        "资金总额\n（万元）",
        "绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
    )
    body = [
        (
            ("垃圾分类经费", 1, 3),
            ("20.00", 1, 3),
            ("推进垃圾分类。", 1, 3),
            ("产出指标", 1, 2),
            "数量指标",
            "宣传场次",
            "≥",
            "12",
            "场次",
        ),
        (None, None, None, None, "质量指标", "分类准确率", "≥", "90", "%"),
        (None, None, None, "效益指标", "社会效益指标", "居民参与情况", "定性", "明显提高", ""),
        (
            ("楼道改造经费", 1, 1),
            ("100.00", 1, 1),
            ("改造楼道。", 1, 1),
            "产出指标",
            "数量指标",
            "改造楼栋",
            "=",
            "8",
            "栋",
        ),
    ]
    table = Table((80, 60, 90, 60, 70, 80, 50, 60, 50), [header, *body])
    rows = rows_of(COVER, (TITLE, Line("单位：万元", 600, 4), table))
    assert [row.name for row in rows.projects] == ["垃圾分类经费", "楼道改造经费"]
    names = {row.project_id: row.name for row in rows.projects}
    found = [(names[str(row.project_id)], row.kind, row.level2, row.text) for row in rows.indicators]
    assert found == [
        ("垃圾分类经费", "goal", None, "推进垃圾分类。"),
        ("垃圾分类经费", "indicator", "数量指标", "≥12场次"),
        ("垃圾分类经费", "indicator", "质量指标", "≥90%"),
        ("垃圾分类经费", "indicator", "社会效益指标", "明显提高"),
        ("楼道改造经费", "goal", None, "改造楼道。"),
        ("楼道改造经费", "indicator", "数量指标", "=8栋"),
    ]
    money = [(r.project, r.amount) for r in rows.budget_lines if r.table_code == "project_performance"]
    assert money == [("垃圾分类经费", Decimal(200000)), ("楼道改造经费", Decimal(1000000))]
    assert [(r.comparator, r.value, r.unit) for r in rows.targets] == [
        ("ge", Decimal(12), "场次"),
        ("ge", Decimal(90), "percent"),
        ("eq", Decimal(8), "栋"),
    ]


def test_rows_that_a_page_cuts_go_on() -> None:
    columns = ("一级指标", "二级指标", "三级指标", "指标值")
    widths = (90, 100, 160, 240)
    first = Table(
        widths,
        [
            ("项目名称", ("夜景照明经费", 3)),
            columns,
            (("产出指标", 1, 2), ("数量指标", 1, 2), "照明设施", "维护路灯200盏，"),
            (None, None, "巡查次数", "每日巡查，全年不少于"),
        ],
    )
    second = Table(
        widths,
        [("", "", "", "300次"), ("产出指标", "质量指标", "完好率", "≥98%"), ("", "", "亮灯率", "≥99%")],
    )
    rows = rows_of(COVER, (TITLE, first), (second,))
    assert indicators(rows, "level1", "level2", "level3", "text") == [
        ("产出指标", "数量指标", "照明设施", "维护路灯200盏，"),
        ("产出指标", "数量指标", "巡查次数", "每日巡查，全年不少于300次"),
        ("产出指标", "质量指标", "完好率", "≥98%"),
        ("产出指标", "质量指标", "亮灯率", "≥99%"),
    ]


def test_a_self_evaluation_with_rates_comparators_and_units() -> None:
    table = Table(
        (80, 80, 90, 60, 60, 60, 60, 45, 45, 90),
        [
            ("项目名称", ("工资性支出", 4), "实施单位", ("某某局", 4)),
            ("项目年度目标", ("保障工资足额发放。", 9)),
            (
                ("年度预算数（万元）", 3),
                "年初预算",
                "调整后\n预算数",
                "预算执行数",
                "预算\n执行率",
                "权重",
                "得分",
                "原因",
            ),
            (("总额", 3), "238.93", "251.89", "251.00", "99.65%", "10", "9.9", ""),
            (("其中：财政资金", 3), "238.93", "251.89", "251.00", "99.65%", "/", "/", ""),
            (("单位资金", 3), "0.00", "0.00", "0.00", "0.00%", "/", "/", ""),
            (
                "一级指标",
                "二级指标",
                "三级指标",
                "指标性质",
                "指标值",
                "度量单位",
                "完成值",
                "权重",
                "得分",
                "未完成原因分析",
            ),
            ("产出指标", "数量指标", "发放覆盖率", "=", "100", "%", "100%", "60", "60", ""),
            ("效益指标", "社会效益\n指标", "足额保障率", "≥", "98", "%", "97%", "30", "28", "人员调出"),
        ],
    )
    title = Line("项目支出绩效自评表", None, 16)
    cover = (Line("某某区某某局2023年度部门决算", None, 20), *COVER[1:])
    rows = rows_of(cover, (title, table))
    assert indicators(rows, "kind", "level2", "level3", "text", "actual", "weight", "score", "deviation") == [
        ("goal", None, None, "保障工资足额发放。", None, None, None, None),
        ("indicator", None, "预算执行率", "预算执行率", "99.65%", "10", "9.9", None),
        ("indicator", "数量指标", "发放覆盖率", "=100%", "100%", "60", "60", None),
        ("indicator", "社会效益指标", "足额保障率", "≥98%", "97%", "30", "28", "人员调出"),
    ]
    money = {(r.item, r.phase): r.amount for r in rows.budget_lines if r.table_code == "project_performance"}
    assert money["总额", "approved"] == Decimal(2389300)
    assert money["财政资金", "executed"] == Decimal(2510000)
    assert money["单位资金", "adjusted"] == 0
    assert len(money) == 9
    assert [n.printed for n in rows.numbers if n.class_ == "unclaimed"] == []


def test_a_self_evaluation_of_final_accounts() -> None:
    table = Table(
        (70, 70, 110, 80, 80, 80, 50, 50),
        [
            ("项目名称", ("社区养老服务经费", 7)),
            (("项目资金\n（万元）", 1, 3), ("", 2), "年初预算数", "全年预算数", "全年执行数", "分值", "得分"),
            (None, ("年度资金总额", 2), "50.00", "48.00", "47.50", "10", "9.9"),
            (None, ("其中：当年财政拨款", 2), "50.00", "48.00", "47.50", "", ""),
            ("年度总体\n目标", ("预期目标", 3), ("实际完成情况", 4)),
            ("", ("为老年人提供服务。", 3), ("已完成。", 4)),
            ("一级指标", "二级指标", "三级指标", ("年度指标值", 2), "实际完成值", "分值", "得分"),
            ("产出指标", "数量指标", "服务人次", ("≥1000人次", 2), "1200人次", "20", "20"),
            ("产出指标", "质量指标", "覆盖率", ("100%", 2), "98%", "10", "9.5"),
        ],
    )
    title = Line("项目支出绩效自评表", None, 16)
    cover = (Line("某某区某某局2024年度部门决算", None, 20), *COVER[1:])
    rows = rows_of(cover, (title, Line("（2024年度）", None, 4), table))
    assert rows.projects[0].name == "社区养老服务经费"
    assert indicators(rows, "kind", "level2", "level3", "text", "actual", "weight", "score") == [
        ("goal", None, None, "为老年人提供服务。", "已完成。", None, None),
        ("indicator", "数量指标", "服务人次", "≥1000人次", "1200人次", "20", "20"),
        ("indicator", "质量指标", "覆盖率", "100%", "98%", "10", "9.5"),
    ]
    money = [(r.item, r.phase, r.amount) for r in rows.budget_lines if r.table_code == "project_performance"]
    assert money == [
        ("资金总额", "approved", Decimal(500000)),
        ("资金总额", "adjusted", Decimal(480000)),
        ("资金总额", "executed", Decimal(475000)),
        ("当年财政拨款", "approved", Decimal(500000)),
        ("当年财政拨款", "adjusted", Decimal(480000)),
        ("当年财政拨款", "executed", Decimal(475000)),
    ]
