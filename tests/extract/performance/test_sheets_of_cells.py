"""Performance sheets of web pages and workbooks: several under one title, self-evaluations, titles inside the table."""

from __future__ import annotations

from decimal import Decimal

from pipeline.extract.records import Rows
from tests.extract.celled import Merged, extracted
from tests.extract.celled import Rows as Cells

COVER = (
    "某某市某某区某某局2023年度部门决算",
    "收入支出决算总表",
    "单位：万元",
    [
        ["收入", "决算数", "支出", "决算数"],
        ["一、一般公共预算财政拨款收入", "120.00", "一、一般公共服务支出", "120.00"],
        ["总计", "120.00", "总计", "120.00"],
    ],
)


def self_evaluation(name: str, amount: str, *, title: str | None = None) -> Cells:
    """The sheet that the Ministry of Finance prescribes, as a web page sets it."""
    head = [[Merged(title, columns=9)]] if title else []
    return [
        *head,
        [Merged("项目名称", columns=2), Merged(name, columns=7)],
        [Merged("主管部门", columns=2), Merged("某某局", columns=3), "实施单位", Merged("某某局机关", columns=3)],
        [
            Merged("项目资金（万元）", rows=3, columns=2), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分",
        ],
        ["年度资金总额", amount, amount, "47.50", "10", "95.00%", "9.5"],
        ["其中：当年财政拨款", amount, amount, "47.50", "-", "95.00%", "-"],
        [Merged("年度总体目标", rows=2), Merged("预期目标", columns=4), Merged("实际完成情况", columns=4)],
        [Merged("为老年人提供服务。", columns=4), Merged("已完成。", columns=4)],
        [
            Merged("绩效指标", rows=3), "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施",
        ],
        [Merged("产出指标", rows=2), "数量指标", "服务人次", "≥1000人次", "1200人次", "40", "40", ""],
        ["质量指标", "覆盖率", "100%", "98%", "50", "49.5", "个别社区未覆盖"],
        [Merged("总分", columns=6), "100", "99", ""],
    ]  # fmt: skip


def performance(rows: Rows) -> list[tuple[object, ...]]:
    names = {row.project_id: row.name for row in rows.projects}
    return [
        (
            names[str(r.project_id)],
            r.kind,
            r.level1,
            r.level2,
            r.level3,
            r.text,
            r.actual,
            r.weight,
            r.score,
            r.deviation,
        )
        for r in rows.indicators
    ]


def expected(name: str) -> list[tuple[object, ...]]:
    nothing = (None, None, None)
    return [
        (name, "indicator", None, None, "执行率", "执行率", "95.00%", "10", "9.5", None),
        (name, "goal", *nothing, "为老年人提供服务。", "已完成。", *nothing),
        (name, "indicator", "产出指标", "数量指标", "服务人次", "≥1000人次", "1200人次", "40", "40", None),
        (name, "indicator", "产出指标", "质量指标", "覆盖率", "100%", "98%", "50", "49.5", "个别社区未覆盖"),
        (name, "indicator", None, None, "总分", "总分", None, "100", "99", None),
    ]


def money(rows: Rows) -> list[tuple[object, ...]]:
    lines = (r for r in rows.budget_lines if r.table_code and "performance" in r.table_code)
    return [(r.project, r.item, r.revenue_source, r.phase, r.fiscal_year, r.amount) for r in lines]


def amounts(name: str, approved: int) -> list[tuple[object, ...]]:
    parts = (("资金总额", None), ("当年财政拨款", "fiscal_appropriation"))
    phases = (("approved", approved), ("adjusted", approved), ("executed", 475000))
    return [(name, item, source, phase, 2023, Decimal(amount)) for item, source in parts for phase, amount in phases]


def test_self_evaluations_of_a_web_page_one_after_the_other_under_one_title() -> None:
    first, second = self_evaluation("社区养老服务经费", "50.00"), self_evaluation("社区卫生经费", "48.00")
    extraction = extracted(*COVER, "项目支出绩效自评表", "（2023年度）", first, second)
    rows = extraction.rows
    assert [(r.name, r.department, r.implementing_unit) for r in rows.projects] == [
        ("社区养老服务经费", "某某局", "某某局机关"),
        ("社区卫生经费", "某某局", "某某局机关"),
    ]
    assert performance(rows) == [*expected("社区养老服务经费"), *expected("社区卫生经费")]
    assert money(rows) == [*amounts("社区养老服务经费", 500000), *amounts("社区卫生经费", 480000)]
    assert [n.printed for n in rows.numbers if n.class_ == "unclaimed"] == []
    assert rows.disclosures[0].status == "complete", rows.disclosures[0].reason


def test_a_sheet_of_a_workbook_with_its_title_in_its_first_row() -> None:
    first = self_evaluation("社区养老服务经费", "50.00", title="项目支出绩效自评表")
    second = self_evaluation("社区卫生经费", "48.00", title="项目支出绩效自评表")
    rows = extracted(*COVER, first, second).rows
    assert [t.title for t in rows.tables if t.table_code == "project_performance"] == ["项目支出绩效自评表"] * 2
    assert performance(rows) == [*expected("社区养老服务经费"), *expected("社区卫生经费")]
    assert money(rows) == [*amounts("社区养老服务经费", 500000), *amounts("社区卫生经费", 480000)]
    assert rows.disclosures[0].status == "complete", rows.disclosures[0].reason


def test_a_sheet_begins_anew_with_the_label_that_the_first_one_begins_with() -> None:
    def sheet(unit: str, name: str) -> list[list[str | Merged]]:
        return [
            ["预算单位", Merged(unit, columns=3)],
            ["项目名称", Merged(name, columns=3)],
            ["资金总额（万元）", Merged("50.00", columns=3)],
            ["一级指标", "二级指标", "三级指标", "指标值"],
            ["产出指标", "数量指标", "服务人次", "≥1000人次"],
        ]

    both = [*sheet("某某局机关", "养老服务"), *sheet("某某局监督所", "卫生监督")]
    rows = extracted(*COVER, "项目支出绩效目标表", both).rows
    assert [(r.name, r.implementing_unit) for r in rows.projects] == [
        ("养老服务", "某某局机关"),
        ("卫生监督", "某某局监督所"),
    ]
    assert [r.project for r in rows.budget_lines if r.table_code == "project_performance"] == ["养老服务", "卫生监督"]


def test_the_header_of_a_list_that_no_word_knows_names_no_project() -> None:
    scores: Cells = [
        ["序号", "项目名称", "预算金额", "自评得分"],
        ["1", "养老服务", "50.00", "98.5"],
        ["2", "卫生监督", "48.00", "97.0"],
    ]
    extraction = extracted(*COVER, "项目支出绩效自评结果汇总表", "单位：万元", scores)
    assert [t.table_code for t in extraction.rows.tables][1:] == ["project_performance"]
    assert [r.name for r in extraction.rows.projects] == []
    assert extraction.disclosure.status == "partial"
