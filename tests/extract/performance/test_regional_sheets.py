"""Self-evaluations and lists of projects as several regions print them: money, indicators and what stays open."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.extract.records import Extraction
from tests.documents import read
from tests.extract.celled import Merged, Rows, extracted
from tests.extract.test_forms_of_regions import web_page

GOALS: list[list[str | Merged]] = [
    [Merged("年度总体目标", 2), Merged("预期目标", 1, 3), Merged("目标实际完成情况", 1, 4)],
    [Merged("改造灌区3处。", 1, 3), Merged("已改造灌区3处。", 1, 4)],
]

# The sheet of the Ministry of Finance with letters behind the phases and the scores of levels in brackets (Anhui).
LETTERED: list[str | Rows] = [
    "某市水利局2022年度部门决算",
    "项目支出绩效自评表",
    "（2022年度）",
    [
        ["项目名称", Merged("防汛经费", 1, 7)],
        ["项目负责人", Merged("张三丰", 1, 3), "联系电话", Merged("0550-1234567", 1, 3)],
        [
            *(Merged("项目资金（万元）", 3), "", "年初预算数", "全年预算数（A）", "全年执行数（B）"),
            *("分值", "执行率（B/A）", "得分"),
        ],
        ["年度资金总额：", "850.00", "830.00", "820.00", "10", "98.80%", "9.88"],
        ["其中：本年财政拨款", "850.00", "830.00", "820.00", "-", "98.80%", "-"],
        *GOALS,
        [Merged("绩效指标", 4), "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
        [Merged("产出指标（50分）", 2), "数量指标", "改造数量", "≥3处", "3处", "20", "20"],
        ["质量指标", "合格率", "100%", "100%", "30", "30"],
        ["效益指标（30分）", "社会效益指标", "受益人口", "≥2000人", "1980人", "30", "28"],
        [Merged("总分", 1, 6), "100", "97.88"],
    ],
]
# Sichuan: comparators and units in columns of their own, conclusions and signatures below the indicators.
CONCLUDED: list[str | Rows] = [
    "某市水利局2023年度部门决算",
    "部门预算项目支出绩效自评表（2023年度）",
    [
        ["项目名称", Merged("防汛经费", 1, 8)],
        [
            *("年度预算数（万元）", "年初预算", "调整后预算数", "预算执行数", "预算执行率", "权重", "得分"),
            *("原因", ""),
        ],
        ["总额", "238.93", "251.89", "251.89", "100.00%", "10", "10", "", ""],
        ["其中：财政资金", "238.93", "251.89", "251.89", "100.00%", "/", "/", "", ""],
        [
            *("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分"),
        ],
        ["产出指标", "数量指标", "覆盖率", "＝", "100", "%", "100", "60", "60"],
        [Merged("合计", 1, 7), "100", "100"],
        ["评价结论", Merged("自评总分100分，执行到位。", 1, 8)],
        ["存在问题", Merged("无", 1, 8)],
        [Merged("项目负责人：李四光", 1, 4), Merged("财务负责人：王五一", 1, 5)],
    ],
]
# Gansu: the whole department, its money by kind of expenditure.
DEPARTMENT: list[str | Rows] = [
    "某市水利局2023年度部门决算",
    "部门整体支出绩效自评表",
    [
        [Merged("部门整体支出（万元）", 4), "", "年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分"],
        ["资金总额", "900.00", "950.00", "940.00", "98.95%", "10", "9.9"],
        ["其中：基本支出", "700.00", "710.00", "700.00", "98.59%", "-", "-"],
        ["项目支出", "200.00", "240.00", "240.00", "100.00%", "-", "-"],
        *GOALS,
        [Merged("绩效指标", 3), "一级指标", "二级指标", "三级指标", "年度指标值", "全年实际值", "分值", "得分"],
        ["部门管理", "资金投入", "基本支出预算执行率", "100%", "98.59%", "20", "19"],
        ["", "社会影响", "公众满意度", "≥95%", "96%", "20", "20"],
    ],
]
# Hubei: a year's money before and after, values set at its beginning, one score over two columns.
SET_BEFORE: list[str | Rows] = [
    "湖北省某市水利局2022年度部门决算",
    "2022年度宣传项目自评表",
    [
        ["项目名称", Merged("宣传项目", 1, 6)],
        [
            *("预算执行情况（万元）（20分）", "", "预算数（A）", "执行数（B）", "执行率（B/A）"),
            Merged("得分（20分*执行率）", 1, 2),
        ],
        ["", "年度财政资金总额", "200.00", "180.00", "90.00%", Merged("18", 1, 2)],
        [Merged("绩效目标", 2), "一级指标", "二级指标", "三级指标", "年初目标值（A）", "实际完成值（B）", "得分"],
        ["产出指标", "数量指标", "宣传次数", "12次", "13次", "40"],
        ["总分", Merged("98", 1, 6)],
        ["未完成原因分析", Merged("无", 1, 6)],
    ],
]
LIST: list[str | Rows] = [
    "某县某局2024年部门预算",
    "部门预算项目支出绩效目标表",
    "单位：万元",
    [
        [
            *("单位名称", "项目名称", "项目资金（万元）", "年度目标", "一级指标", "二级指标", "三级指标"),
            *("指标性质", "指标值", "度量单位"),
        ],
        [
            *(Merged("某局本级", 2), Merged("普查经费", 2), Merged("150.00", 2), Merged("覆盖30个村。", 2)),
            *("产出指标", "数量指标", "普查村数", "≥", "30", "个"),
        ],
        ["产出指标", "质量指标", "数据合格率", "≥", "98", "%"],
        [
            *("某局信息中心", "网站维护", "50.00", "保障网站运行。"),
            *("产出指标", "数量指标", "维护次数", "≥", "12", "次"),
        ],
    ],
]

MONEY = {
    "lettered": """
防汛经费 total 资金总额 total approved 850.00
防汛经费 total 资金总额 total adjusted 830.00
防汛经费 total 资金总额 total executed 820.00
防汛经费 detail 本年财政拨款 total fiscal_appropriation approved 850.00
防汛经费 detail 本年财政拨款 total fiscal_appropriation adjusted 830.00
防汛经费 detail 本年财政拨款 total fiscal_appropriation executed 820.00
""",
    "concluded": """
防汛经费 total 总额 total approved 238.93
防汛经费 total 总额 total adjusted 251.89
防汛经费 total 总额 total executed 251.89
防汛经费 detail 财政资金 total fiscal_appropriation approved 238.93
防汛经费 detail 财政资金 total fiscal_appropriation adjusted 251.89
防汛经费 detail 财政资金 total fiscal_appropriation executed 251.89
""",
    "department": """
total 资金总额 total approved 900.00
total 资金总额 total adjusted 950.00
total 资金总额 total executed 940.00
detail 基本支出 basic approved 700.00
detail 基本支出 basic adjusted 710.00
detail 基本支出 basic executed 700.00
detail 项目支出 project approved 200.00
detail 项目支出 project adjusted 240.00
detail 项目支出 project executed 240.00
""",
    "set before": """
宣传项目 detail 财政资金总额 total fiscal_appropriation approved 200.00
宣传项目 detail 财政资金总额 total fiscal_appropriation executed 180.00
""",
    "list": """
普查经费 total total approved 150.00
网站维护 total total approved 50.00
""",
}
INDICATORS = {
    "lettered": """
执行率（B/A） 执行率（B/A） actual=98.80% weight=10 score=9.88
改造灌区3处。 actual=已改造灌区3处。
产出指标 数量指标 改造数量 ≥3处 actual=3处 weight=20 score=20
产出指标 质量指标 合格率 100% actual=100% weight=30 score=30
效益指标 社会效益指标 受益人口 ≥2000人 actual=1980人 weight=30 score=28
总分 总分 weight=100 score=97.88
""",
    "concluded": """
预算执行率 预算执行率 actual=100.00% weight=10 score=10
产出指标 数量指标 覆盖率 ＝100% actual=100 weight=60 score=60
合计 合计 weight=100 score=100
""",
    "department": """
执行率 执行率 actual=98.95% weight=10 score=9.9
改造灌区3处。 actual=已改造灌区3处。
部门管理 资金投入 基本支出预算执行率 100% actual=98.59% weight=20 score=19
部门管理 社会影响 公众满意度 ≥95% actual=96% weight=20 score=20
""",
    "set before": """
产出指标 数量指标 宣传次数 12次 actual=13次 score=40
总分 总分 score=98
""",
    "list": """
覆盖30个村。
产出指标 数量指标 普查村数 ≥30个
产出指标 质量指标 数据合格率 ≥98%
保障网站运行。
产出指标 数量指标 维护次数 ≥12次
""",
}


def money(extraction: Extraction) -> list[str]:
    rows = extraction.rows.budget_lines
    told = ((r.project, r.row_kind, r.item, r.measure, r.revenue_source, r.phase, r.printed) for r in rows)
    return [" ".join(word for word in words if word) for words in told]


def indicators(extraction: Extraction) -> list[str]:
    found = []
    for row in extraction.rows.indicators:
        words = [row.level1, row.level2, row.level3, row.text]
        words += [f"{name}={value}" for name in ("actual", "weight", "score") if (value := getattr(row, name))]
        found.append(" ".join(word for word in words if word))
    return found


def unclaimed(extraction: Extraction) -> list[str]:
    return [number.printed for number in extraction.rows.numbers if number.class_ == "unclaimed"]


@pytest.mark.parametrize("drawn_as", ["cells", "web page"])
@pytest.mark.parametrize(
    ("parts", "name", "left"),
    [
        (LETTERED, "lettered", []),
        (CONCLUDED, "concluded", ["100"]),
        (DEPARTMENT, "department", []),
        (SET_BEFORE, "set before", ["90.00", "18"]),
        (LIST, "list", []),
    ],
)
def test_a_sheet_gives_its_money_and_its_indicators_and_no_other_row(
    parts: Sequence[str | Rows], name: str, left: list[str], drawn_as: str
) -> None:
    extraction = extracted(*parts) if drawn_as == "cells" else read(web_page(parts), "x.html")
    assert money(extraction) == MONEY[name].strip().split("\n")
    assert indicators(extraction) == INDICATORS[name].strip().split("\n")
    assert unclaimed(extraction) == left


@pytest.mark.parametrize("parts", [LETTERED, CONCLUDED])
def test_persons_are_withheld(parts: Sequence[str | Rows]) -> None:
    text = extracted(*parts).masked_text
    assert not any(name in text for name in ("张三丰", "1234567", "李四光", "王五一"))


def test_money_beside_its_label_under_headers_of_phases_is_not_published() -> None:
    """Hunan prints parts as 政府性基金拨款：100.00 in one cell, and says nowhere whether they are planned or spent."""
    parts: Rows = [
        [Merged("年度预算申请（万元）", 3), "", "年初预算数", "全年预算数", "全年执行数"],
        ["年度资金总额", "900.00", "950.00", "940.00"],
        [Merged("其他资金：40.00", 1, 2), Merged("其中：基本支出：700.00", 1, 2)],
    ]
    extraction = extracted("某县某局2023年度部门决算", "部门整体支出绩效自评表", parts)
    assert [line.printed for line in extraction.rows.budget_lines] == ["900.00", "950.00", "940.00"]
    assert unclaimed(extraction) == ["40.00", "700.00"]
