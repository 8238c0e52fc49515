"""Small documents in two formats: what holds fails no check, and one fault fails exactly the checks that see it."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tests.documents import read
from tests.tables import failing_checks

#: Paragraphs, headings (with #) and the rows of tables.
Block = str | list[list[str]]
Fault = Callable[[list[Block]], None]

BODY = "青山市临江区农业农村局"
#: Rows that the table of all expenditure and that of the general public budget have in common.
OTHER_CLASSES = (
    ["205", "教育支出", "3.58", "3.58", ""],
    ["20508", "进修及培训", "3.58", "3.58", ""],
    ["2050803", "培训支出", "3.58", "3.58", ""],
    ["208", "社会保障和就业支出", "64.47", "64.47", ""],
    ["20805", "行政事业单位养老支出", "64.47", "64.47", ""],
    ["2080505", "机关事业单位基本养老保险缴费支出", "64.47", "64.47", ""],
    ["210", "卫生健康支出", "32.08", "32.08", ""],
    ["21011", "行政事业单位医疗", "32.08", "32.08", ""],
    ["2101101", "行政单位医疗", "32.08", "32.08", ""],
    ["221", "住房保障支出", "45.00", "45.00", ""],
    ["22102", "住房改革支出", "45.00", "45.00", ""],
    ["2210201", "住房公积金", "45.00", "45.00", ""],
)
BUDGET: list[Block] = [
    f"#{BODY}2025年部门预算",
    "目录",
    "第一部分 部门概况",
    "第二部分 2025年部门预算表",
    "表1 部门收支总表",
    "表2 部门支出总表",
    "表3 一般公共预算支出表",
    "表4 一般公共预算基本支出表",
    "表5 一般公共预算“三公”经费支出表",
    "第三部分 2025年部门预算情况说明",
    "#第一部分 部门概况",
    "主要负责本区农业农村工作。",
    "#第二部分 2025年部门预算表",
    "#表1 部门收支总表",
    "单位：万元",
    [
        ["收入", "", "支出", ""],
        ["项目", "预算数", "项目", "预算数"],
        ["一、一般公共预算拨款收入", "586.48", "一、一般公共服务支出", "453.35"],
        ["二、政府性基金预算拨款收入", "", "二、教育支出", "3.58"],
        ["三、国有资本经营预算拨款收入", "", "三、社会保障和就业支出", "64.47"],
        ["四、事业收入", "12.00", "四、卫生健康支出", "32.08"],
        ["五、其他收入", "", "五、住房保障支出", "45.00"],
        ["本年收入合计", "598.48", "本年支出合计", "598.48"],
        ["上年结转结余", "", "年终结转结余", ""],
        ["收入总计", "598.48", "支出总计", "598.48"],
    ],
    "#表2 部门支出总表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "合计", "598.48", "563.92", "34.56"],
        ["201", "一般公共服务支出", "453.35", "418.79", "34.56"],
        ["20103", "政府办公厅（室）及相关机构事务", "453.35", "418.79", "34.56"],
        ["2010301", "行政运行", "418.79", "418.79", ""],
        ["2010302", "一般行政管理事务", "34.56", "", "34.56"],
        *map(list, OTHER_CLASSES),
    ],
    "#表3 一般公共预算支出表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "合计", "586.48", "551.92", "34.56"],
        ["201", "一般公共服务支出", "441.35", "406.79", "34.56"],
        ["20103", "政府办公厅（室）及相关机构事务", "441.35", "406.79", "34.56"],
        ["2010301", "行政运行", "406.79", "406.79", ""],
        ["2010302", "一般行政管理事务", "34.56", "", "34.56"],
        *map(list, OTHER_CLASSES),
    ],
    "#表4 一般公共预算基本支出表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "合计", "人员经费", "公用经费"],
        ["", "合计", "551.92", "480.00", "71.92"],
        ["301", "工资福利支出", "480.00", "480.00", ""],
        ["30101", "基本工资", "300.00", "300.00", ""],
        ["30102", "津贴补贴", "180.00", "180.00", ""],
        ["302", "商品和服务支出", "71.92", "", "71.92"],
        ["30201", "办公费", "60.92", "", "60.92"],
        ["30217", "公务接待费", "0.70", "", "0.70"],
        ["30231", "公务用车运行维护费", "5.20", "", "5.20"],
        ["30216", "培训费", "5.10", "", "5.10"],
    ],
    "#表5 一般公共预算“三公”经费支出表",
    "单位：万元",
    [
        ["合计", "因公出国（境）费", "公务用车购置及运行费", "公务用车购置费", "公务用车运行费", "公务接待费"],
        ["5.90", "", "5.20", "", "5.20", "0.70"],
    ],
    "#第三部分 2025年部门预算情况说明",
    "#一、收支总体情况",
    "2025年收入预算598.48万元，比2024年增加20.00万元，主要原因是项目增加。2024年收入预算578.48万元。",
    "#二、“三公”经费预算情况",
    "2025年“三公”经费预算5.90万元，比2024年减少0.50万元，主要原因是压减接待。其中：公务接待费0.70万元，公务用车购置及运行维护费5.20万元。2024年“三公”经费预算6.40万元，其中：公务接待费1.20万元，公务用车购置及运行维护费5.20万元。",
    "#三、国有资产占有使用情况",
    "截至2024年12月31日，本部门共有车辆2辆。",
]
ACCOUNTS: list[Block] = [
    f"#{BODY}2024年度部门决算",
    "目录",
    "第一部分 部门概况",
    "第二部分 2024年度部门决算表",
    "一、收入支出决算总表",
    "二、收入决算表",
    "三、支出决算表",
    "四、一般公共预算财政拨款支出决算表",
    "第三部分 2024年度部门决算情况说明",
    "#第一部分 部门概况",
    "主要负责本区农业农村工作。",
    "#第二部分 2024年度部门决算表",
    "#一、收入支出决算总表",
    "单位：万元",
    [
        ["收入", "", "支出", ""],
        ["项目", "决算数", "项目", "决算数"],
        ["一、一般公共预算财政拨款收入", "586.48", "一、一般公共服务支出", "453.35"],
        ["二、事业收入", "12.00", "二、社会保障和就业支出", "100.13"],
        ["三、其他收入", "", "三、住房保障支出", "45.00"],
        ["本年收入合计", "598.48", "本年支出合计", "598.48"],
        ["年初结转和结余", "10.00", "年末结转和结余", "10.00"],
        ["总计", "608.48", "总计", "608.48"],
    ],
    "#二、收入决算表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "本年收入合计", "财政拨款收入", "事业收入", "其他收入"],
        ["", "合计", "598.48", "586.48", "12.00", ""],
        ["201", "一般公共服务支出", "453.35", "441.35", "12.00", ""],
        ["20103", "政府办公厅（室）及相关机构事务", "453.35", "441.35", "12.00", ""],
        ["2010301", "行政运行", "453.35", "441.35", "12.00", ""],
        ["208", "社会保障和就业支出", "100.13", "100.13", "", ""],
        ["20805", "行政事业单位养老支出", "100.13", "100.13", "", ""],
        ["2080505", "机关事业单位基本养老保险缴费支出", "100.13", "100.13", "", ""],
        ["221", "住房保障支出", "45.00", "45.00", "", ""],
        ["22102", "住房改革支出", "45.00", "45.00", "", ""],
        ["2210201", "住房公积金", "45.00", "45.00", "", ""],
    ],
    "#三、支出决算表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"],
        ["", "合计", "598.48", "563.92", "34.56"],
        ["201", "一般公共服务支出", "453.35", "418.79", "34.56"],
        ["20103", "政府办公厅（室）及相关机构事务", "453.35", "418.79", "34.56"],
        ["2010301", "行政运行", "453.35", "418.79", "34.56"],
        ["208", "社会保障和就业支出", "100.13", "100.13", ""],
        ["20805", "行政事业单位养老支出", "100.13", "100.13", ""],
        ["2080505", "机关事业单位基本养老保险缴费支出", "100.13", "100.13", ""],
        ["221", "住房保障支出", "45.00", "45.00", ""],
        ["22102", "住房改革支出", "45.00", "45.00", ""],
        ["2210201", "住房公积金", "45.00", "45.00", ""],
    ],
    "#四、一般公共预算财政拨款支出决算表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"],
        ["", "合计", "586.48", "551.92", "34.56"],
        ["201", "一般公共服务支出", "441.35", "406.79", "34.56"],
        ["20103", "政府办公厅（室）及相关机构事务", "441.35", "406.79", "34.56"],
        ["2010301", "行政运行", "441.35", "406.79", "34.56"],
        ["208", "社会保障和就业支出", "100.13", "100.13", ""],
        ["20805", "行政事业单位养老支出", "100.13", "100.13", ""],
        ["2080505", "机关事业单位基本养老保险缴费支出", "100.13", "100.13", ""],
        ["221", "住房保障支出", "45.00", "45.00", ""],
        ["22102", "住房改革支出", "45.00", "45.00", ""],
        ["2210201", "住房公积金", "45.00", "45.00", ""],
    ],
    "#第三部分 2024年度部门决算情况说明",
    "#一、支出决算情况说明",
    "2024年度本年支出合计598.48万元，其中：基本支出563.92万元，项目支出34.56万元。",
    "#二、“三公”经费支出决算情况说明",
    "2024年度“三公”经费支出预算为6.40万元，支出决算为5.90万元，完成预算的92.19%，决算数小于预算数的主要原因是压减接待。",
    "公务接待费支出预算为1.20万元，支出决算为0.70万元，决算数小于预算数的主要原因是压减接待。",
    "#三、国有资产占用情况说明",
    "截至2024年12月31日，本部门共有车辆2辆。",
]


def as_text(document: list[Block]) -> bytes:
    lines = [
        line
        for block in document
        for line in ([block.lstrip("#")] if isinstance(block, str) else map("\t".join, block))
    ]
    return ("\n".join(lines) + "\n").encode()


def as_page(document: list[Block]) -> bytes:
    parts = []
    for block in document:
        if isinstance(block, str):
            parts.append(f"<p>{block.lstrip('#')}</p>")
        else:
            rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in block)
            parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    return f"<html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>".encode()


FORMATS = {"txt": as_text, "html": as_page}


def at(document: list[Block], title: str) -> int:
    return next(at for at, block in enumerate(document) if isinstance(block, str) and block.startswith(f"#{title}"))


def rows_of(document: list[Block], title: str) -> list[list[str]]:
    return next(block for block in document[at(document, title) :] if isinstance(block, list))


def cell(title: str, row: str, column: int, text: str) -> Fault:
    def change(document: list[Block]) -> None:
        next(cells for cells in rows_of(document, title) if row in cells)[column] = text

    return change


def blank(title: str, column: int) -> Fault:
    def change(document: list[Block]) -> None:
        for cells in rows_of(document, title)[2:]:
            cells[column] = ""

    return change


def added(title: str, place: int, row: list[str]) -> Fault:
    return lambda document: rows_of(document, title).insert(place, row)


def without(title: str) -> Fault:
    def change(document: list[Block]) -> None:
        first = at(document, title)
        del document[first : first + 3]

    return change


def words(old: str, new: str) -> Fault:
    def change(document: list[Block]) -> None:
        places = [at for at, block in enumerate(document) if isinstance(block, str) and old in block]
        assert places
        for place in places:
            block = document[place]
            assert isinstance(block, str)
            document[place] = block.replace(old, new)

    return change


SPENT = "支出决算为0.70万元，决算数小于预算数的主要原因是压减接待"

#: What is wrong, in which document, and the rules that fail.
FAULTS: dict[str, tuple[list[Block], Fault, list[str]]] = {
    "a sum with an empty side": (BUDGET, blank("表2", 4), ["column_total", "row_total_basic_project"]),
    "an empty side of a row": (
        BUDGET,
        cell("表2", "培训支出", 3, ""),
        ["code_parts", "column_total", "row_total_basic_project"],
    ),
    "a detail": (
        BUDGET,
        cell("表2", "住房公积金", 2, "46.00"),
        ["code_parts", "column_total", "row_total_basic_project", "summary_by_class"],
    ),
    "a total": (
        BUDGET,
        cell("表2", "598.48", 2, "599.48"),
        ["column_total", "row_total_basic_project", "summary_expenditure"],
    ),
    "two totals": (BUDGET, added("表2", 2, ["", "合计", "590.00", "555.44", "34.56"]), ["total_stated_once"]),
    "one total twice": (BUDGET, added("表2", 2, ["", "合计", "598.48", "563.92", "34.56"]), []),
    "an empty side of a summary": (
        BUDGET,
        cell("表1", "四、事业收入", 1, ""),
        ["column_current_total", "column_grand_total", "expenditure_by_funds", "expenditure_general_budget"],
    ),
    "a code that does not exist": (
        BUDGET,
        cell("表2", "2010302", 0, "2010392"),
        ["code_alike_everywhere", "code_of_another"],
    ),
    "a code with the name of another": (BUDGET, cell("表2", "2101101", 0, "2101102"), ["code_name"]),
    "a code with its digits in another order": (
        BUDGET,
        cell("表2", "2101101", 0, "2100111"),
        ["code_under_its_class"],
    ),
    "a code of another class": (
        BUDGET,
        cell("表2", "2210201", 0, "2110201"),
        ["code_alike_everywhere", "code_of_another", "code_under_its_class"],
    ),
    "an economic code that does not exist": (BUDGET, cell("表4", "30102", 0, "30197"), ["code_known"]),
    "a table that the contents name": (BUDGET, without("表3"), ["contents_match_body", "table_numbers_in_order"]),
    "a title of another year": (
        BUDGET,
        words("#表3 一般公共预算支出表", "#表3 2023年一般公共预算支出表"),
        ["title_year_agrees"],
    ),
    "a heading of another year": (
        BUDGET,
        words("2025年部门预算情况说明", "2023年部门预算情况说明"),
        ["headings_agree"],
    ),
    "a heading of another body": (
        BUDGET,
        words("#第三部分 2025年", "#第三部分 青山市临江区水利局2025年"),
        ["headings_agree"],
    ),
    "a part above its whole in the base year": (
        BUDGET,
        words("其中：公务接待费1.20万元，公务用车购置及运行维护费5.20万元", "其中：公务接待费7.20万元"),
        ["three_public_within"],
    ),
    "a cause against a fall": (BUDGET, words("原因是压减接待", "原因是接待增加"), ["cause_of_decrease"]),
    "a cause against a rise": (BUDGET, words("原因是项目增加", "原因是项目减少"), ["cause_of_increase"]),
    "a date before the year": (BUDGET, words("截至2024年", "截至2022年"), ["dates_fit_stage"]),
    "a change": (BUDGET, words("比2024年增加20.00万元", "比2024年增加30.00万元"), ["change_is_difference"]),
    "a date before that of accounts": (ACCOUNTS, words("截至2024年", "截至2023年"), ["dates_fit_stage"]),
    "larger": (ACCOUNTS, words(SPENT, "支出决算为0.70万元，决算数大于预算数的主要原因是接待增加"), ["comparison_word"]),
    "equal": (ACCOUNTS, words(SPENT, "支出决算为0.70万元，决算数等于预算数"), ["comparison_word"]),
    "level": (ACCOUNTS, words(SPENT, "支出决算为0.70万元，决算数与预算数持平"), ["comparison_word"]),
    "less": (
        ACCOUNTS,
        words(SPENT, "支出决算为1.70万元。决算数较年初预算数减少的主要原因是压减接待"),
        ["comparison_word"],
    ),
    "a rate of completion": (ACCOUNTS, words("完成预算的92.19%", "完成预算的82.19%"), ["completion_rate"]),
    "a table of accounts that the contents name": (ACCOUNTS, without("三、支出决算表"), ["contents_match_body"]),
    "a heading of accounts of another year": (
        ACCOUNTS,
        words("第三部分 2024年度", "第三部分 2023年度"),
        ["headings_agree"],
    ),
    "an empty balance": (
        ACCOUNTS,
        cell("一、收入支出决算总表", "年初结转和结余", 1, ""),
        ["column_grand_total", "total_with_balances"],
    ),
    "a kind of revenue": (
        ACCOUNTS,
        cell("二、收入决算表", "2010301", 3, "440.35"),
        ["code_parts", "column_total", "row_total_sources"],
    ),
}


#: By name of a document and format.
Found = dict[tuple[str, str], tuple[str, set[str]]]
SOUND = {"budget": BUDGET, "accounts": ACCOUNTS}


def with_fault(name: str) -> list[Block]:
    document, fault, _ = FAULTS[name]
    changed = copy.deepcopy(document)
    fault(changed)
    return changed


@pytest.fixture(scope="module")
def found() -> Found:
    """The status of each document in each format, and the rules that fail in it; all are evaluated at once."""
    documents = SOUND | {name: with_fault(name) for name in FAULTS}
    cases = [(name, form) for name in documents for form in FORMATS]
    extractions = [read(FORMATS[form](documents[name]), f"x.{form}") for name, form in cases]
    failing = [{check.split(".")[0] for check in checks} for checks in failing_checks(extractions)]
    return {
        case: (extraction.disclosure.status, rules)
        for case, extraction, rules in zip(cases, extractions, failing, strict=True)
    }


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SOUND)
def test_what_holds_fails_no_check(name: str, form: str, found: Found) -> None:
    assert found[name, form] == ("complete", set())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fails_the_checks_that_see_it(name: str, form: str, found: Found) -> None:
    assert found[name, form] == ("complete", set(FAULTS[name][2]))
