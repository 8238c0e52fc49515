"""Performance sheets whose title stands in their own cells, is known to no form, or is missing: drawn, and one that is real."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.extract.records import Extraction, Rows
from tests.documents import BUNDLED, read, real
from tests.extract.celled import Merged, extracted
from tests.extract.celled import Rows as Cells
from tests.extract.pdfs import Cell, Line, Table, pdf
from tests.extract.performance.test_ruled_sheets import COVER
from tests.extract.performance.test_sheets_of_cells import COVER as COVER_IN_CELLS

HERE = Path(__file__).parent
REAL = "shanghai-putuo/2023-budget-wanli-subdistrict-department.pdf"
PROJECTS = {
    "新建万里街道社区公共服务中心": ("阶段性项目", 4100000, 4100000),
    "就业援助基地补贴": ("经常性项目", 6351000, 6351000),
    "社区环境整治和建设经费": ("经常性项目", 4563800, 4563800),
    "各类工作经费": ("经常性项目", 7595500, 7595500),
    # As printed: the appropriation is above the whole, which a check reports.
    "公共服务设施运行经费": ("经常性项目", 10903043, 11419043),
}


@pytest.fixture(scope="module")
def subdistrict() -> Extraction:
    return read(real(REAL), "x.pdf")


def performance_tables(rows: Rows) -> list[tuple[str | None, int | None, int]]:
    return [(t.title, t.page, t.amount_count) for t in rows.tables if t.table_code == "project_performance"]


def money(rows: Rows) -> list[tuple[object, ...]]:
    """Project, label, source, years and amount of each line of the sheets."""
    return [
        (r.project, r.item, r.revenue_source, r.row_kind, r.fiscal_year, r.period_start, r.period_end, r.amount)
        for r in rows.budget_lines
        if r.table_code == "project_performance"
    ]


def expected_money(name: str, whole: int, appropriated: int, year: int) -> list[tuple[object, ...]]:
    term, annual = (None, year, year), (year, None, None)
    return [
        (name, "项目资金总额", None, "total", *term, whole),
        (name, "资金申请总额", None, "total", *annual, whole),
        (name, "财政资金", "fiscal_appropriation", "detail", *term, whole),
        (name, "当年财政拨款", "fiscal_appropriation", "detail", *annual, appropriated),
        (name, "上年结转资金", "carried_over", "detail", *annual, 0),
        (name, "其他资金", "other", "detail", *term, 0),
        (name, "其他资金", "other", "detail", *annual, 0),
    ]


def test_five_real_projects_have_their_heads_and_their_money(subdistrict: Extraction) -> None:
    rows, body = subdistrict.rows, "上海市普陀区人民政府万里街道办事处"
    assert performance_tables(rows) == [("财政项目支出绩效目标填报表", page, 7) for page in range(31, 36)]
    assert [
        (r.name, r.department, r.implementing_unit, r.attribute, r.period_start, r.period_end) for r in rows.projects
    ] == [(name, body, body, attribute, 2023, 2023) for name, (attribute, _, _) in PROJECTS.items()]
    assert money(rows) == [
        line
        for name, (_, whole, appropriated) in PROJECTS.items()
        for line in expected_money(name, whole, appropriated, 2023)
    ]
    assert subdistrict.disclosure.status == "complete", subdistrict.disclosure.reason


def test_five_real_projects_have_all_indicators_and_targets(subdistrict: Extraction) -> None:
    rows = subdistrict.rows
    names = {row.project_id: row.name for row in rows.projects}
    named = {row.indicator_id: (names[str(row.project_id)], row.level3) for row in rows.indicators}
    indicators = [
        (r.table_no, r.page, *named[r.indicator_id][:1], r.kind, r.horizon, r.level1, r.level2, r.level3, r.text)
        for r in rows.indicators
    ]
    assert [tuple("" if value is None else str(value) for value in row) for row in indicators] == transcribed(
        "indicators"
    )
    targets = [
        (*named[r.indicator_id], r.subject or "", r.comparator, format(r.value.normalize(), "f"), r.unit)
        for r in rows.targets
        if r.value is not None
    ]
    assert targets == transcribed("targets")
    assert len(targets) == len(rows.targets)


def transcribed(table: str) -> list[tuple[str, ...]]:
    with (HERE / f"subdistrict_{table}.tsv").open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


def sheet(name: str, amount: str, title: str | None) -> Table:
    """The sheet of the real document, with or without its title in its first row."""
    head: list[tuple[Cell, ...]] = [((title, 8),), (("（2025年度）", 8),)] if title else []
    return Table(
        (40, 60, 90, 90, 90, 70, 70, 90),
        [
            *head,
            (("项目名称", 2), None, (name, 2), None, "项目性质", "经常性项目", "项目类别", "特定目标类"),
            (("主管部门", 2), None, ("某某局", 2), None, "实施单位", ("某某局机关", 3)),
            (("计划开始日期", 2), None, ("2025-01-01", 2), None, "计划完成日期", ("2025-12-31", 3)),
            (("项目资金\n（元）", 2, 4), None, ("项目资金总额", 1), amount, ("年度资金申请总额", 2), None, (amount, 2)),
            (None, None, ("其中：财政资金", 1, 2), (amount, 1, 2), ("其中：当年财政拨款", 2), None, (amount, 2)),
            (None, None, None, None, ("上年结转资金", 2), None, ("0.00", 2)),
            (None, None, "其他资金", "0.00", ("其他资金", 2), None, ("0.00", 2)),
            (("项目绩\n效目标", 1, 2), ("项目总目标", 4), None, None, None, ("年度总体目标", 3)),
            (None, ("三年建成。", 4), None, None, None, ("当年开工。", 3)),
            ("一级\n指标", "二级指标", ("三级指标", 4), None, None, None, ("年度(/项目)指标值", 2)),
            ("产出\n指标", "数量指标", ("巡查", 4), None, None, None, ("≥12.00(次)", 2)),
        ],
    )  # fmt: skip


def flat(table: Table) -> Table:
    """The table with the places that wide cells cover left out, as ``Table`` wants its rows."""
    rows = []
    for row in table.rows:
        kept, covered = [], 0
        for cell in row:
            if covered and cell is None:
                covered -= 1
                continue
            covered = cell[1] - 1 if isinstance(cell, tuple) else 0
            kept.append(cell)
        rows.append(kept)
    return Table(table.widths, rows)


NAMES = ("河道养护", "路灯养护")


def assert_two_sheets(rows: Rows) -> None:
    assert [(r.name, r.department, r.implementing_unit, r.attribute) for r in rows.projects] == [
        (name, "某某局", "某某局机关", "经常性项目") for name in NAMES
    ]
    assert money(rows) == [line for name in NAMES for line in expected_money(name, 1000, 1000, 2025)]
    names = {row.project_id: row.name for row in rows.projects}
    assert [(names[str(r.project_id)], r.kind, r.horizon, r.level2, r.level3, r.text) for r in rows.indicators] == [
        row
        for name in NAMES
        for row in (
            (name, "goal", "medium_term", None, None, "三年建成。"),
            (name, "goal", "annual", None, None, "当年开工。"),
            (name, "indicator", "annual", "数量指标", "巡查", "≥12.00(次)"),
        )
    ]
    assert [(r.comparator, r.value, r.unit) for r in rows.targets] == [("ge", Decimal(12), "次")] * 2
    assert rows.disclosures[0].status == "complete", rows.disclosures[0].reason


@pytest.mark.parametrize("title", ["财政项目支出绩效目标填报表", "某某事业发展目标一览表", None])
def test_sheets_with_a_title_in_their_cells_or_none(title: str | None) -> None:
    """Each is a table of its own, also right below a table of amounts, and whether a form knows the title or not."""
    rows = read(pdf(COVER, *([flat(sheet(name, "1,000.00", title))] for name in NAMES)), "x.pdf").rows
    assert performance_tables(rows) == [(title, 2, 7), (title, 3, 7)]
    assert_two_sheets(rows)


def test_sheets_below_one_title_are_read_one_after_the_other() -> None:
    pages = [[flat(sheet(name, "1,000.00", None))] for name in NAMES]
    pages[0].insert(0, Line("表13 2025年项目支出绩效目标表", None, 16))  # type: ignore[arg-type]
    rows = read(pdf(COVER, *pages), "x.pdf").rows
    assert performance_tables(rows) == [("表13 2025年项目支出绩效目标表", 2, 14)]
    assert_two_sheets(rows)


def test_a_sheet_of_a_web_page_without_any_title() -> None:
    sheet: Cells = [
        ["项目名称", Merged("养老服务", columns=3)],
        ["资金总额（万元）", Merged("50.00", columns=3)],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "服务人次", "≥1000人次"],
    ]
    rows = extracted(*COVER_IN_CELLS, "以下为项目支出的有关情况。", sheet).rows
    assert [(t.title, t.amount_count) for t in rows.tables if t.table_code == "project_performance"] == [(None, 1)]
    assert [r.name for r in rows.projects] == ["养老服务"]
    assert [(r.level3, r.text) for r in rows.indicators] == [("服务人次", "≥1000人次")]


LAID_OUT = """某某部2024年部门预算
\f                                        部门支出总表
                                                                              单位：万元
   科目编码           科目名称              合计          基本支出         项目支出
   206            科学技术支出           1,160.00         70.00       1,090.00
  20602             基础研究           1,160.00         70.00       1,090.00
                      合计             1,160.00         70.00       1,090.00
\f                         第三部分 项目经费情况说明
        七、绩效目标
        建成后作为活动场所。
\f                         财政项目支出绩效目标填报表
                                      （2024年度）


      项目名称       某某公共服务中心                        项目性质           阶段性项目


      项目资金       项目资金总额                            4,100.00 年度资金申请总额                4,100.00
       （元）
"""


def test_a_sheet_without_rules_is_read_by_where_its_words_stand() -> None:
    """Its numbers are no narrative of the section before it."""
    extraction = read(LAID_OUT.encode())
    rows = extraction.rows
    assert [t.table_code for t in rows.tables] == ["expenditure", "project_performance"]
    assert extraction.disclosure.status == "complete"
    assert [p.name for p in rows.projects] == ["某某公共服务中心"]
    own = [line for line in rows.budget_lines if line.table_code == "project_performance"]
    assert [(str(line.amount), line.fiscal_year) for line in own] == [("4100.00", None), ("4100.00", 2024)]


@pytest.mark.parametrize("word", ["目标", "指标"])
def test_an_ordinal_alone_is_no_indicator_and_stops_nothing(word):
    text = re.sub(rf"({word} ?\d[:：]).*", r"\1 ", BUNDLED.read_text(encoding="utf-8"))
    rows = read(text.encode("utf-8")).rows
    assert rows.indicators
    assert all(row.text or row.level3 for row in rows.indicators)
