"""A document's shape, units, plans and codes against themselves."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.tidy.codes import load_codes
from tests.reconcile.synthetic import DID, disclosures, frame, lines, row, rules, statement, statements

TABLE = {
    "disclosure_id": DID,
    "disclosure_year": 2022,
    "table_no": 1,
    "printed_no": None,
    "table_code": "expenditure",
    "title": "2022年部门支出总表",
    "unit": "元",
    "unit_name": None,
    "declared_empty": False,
    "row_count": 1,
    "amount_count": 1,
    "note": None,
}
SCHEMA = {"table_id": pl.String, "printed_no": pl.String, "note": pl.String, "table_code": pl.String}


def tables(*some: dict[str, Any]) -> pl.DataFrame:
    rows = [
        {**TABLE, "table_id": f"{DID}.t{at}", "table_no": at, "start": 100 * at, **one}
        for at, one in enumerate(some, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides=SCHEMA)


def passages(*texts: str, kind: str = "narrative") -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "passage_id": f"{DID}.passage.{at}",
                "disclosure_id": DID,
                "kind": kind,
                "text": text,
                "section_path": "一",
                "start": at,
            }
            for at, text in enumerate(texts)
        ]
    )


def failing(rule: str, **frames: pl.DataFrame) -> list[str]:
    checks = reconcile({"disclosures": disclosures(), **frames}, rules(rule))["checks"]
    return checks.filter(pl.col("status") == "fail")["message_zh"].to_list()


@pytest.mark.parametrize("text", ["本部门共有XX个单位。", "预算××万元。", "2022年X月X日起。", "上海市xx局概况"])
def test_what_was_to_be_filled_in_is_reported(text: str) -> None:
    assert len(failing("placeholder_left", passages=passages(text))) == 1


@pytest.mark.parametrize(
    "text", ["网址www.xxgk.gov.cn公开。", "采用4×4布局。", "型号为XX5型。", "共有12个单位。", "3*5米展板"]
)
def test_marks_inside_words_and_between_numbers_are_no_placeholders(text: str) -> None:
    assert failing("placeholder_left", passages=passages(text)) == []


def test_a_title_of_another_year_is_reported() -> None:
    found = failing("title_year_agrees", tables=tables({}, {"title": "2021年部门收入总表", "table_code": "income"}))
    assert found == ["“2021年部门收入总表”的年份与本文件的年度（2022年）不一致"]


def test_numbers_of_tables_follow_one_another_in_each_part() -> None:
    numbered = tables(*({"printed_no": number} for number in ("表1", "表2", "表2", "表3", "附件1", "附件2", "表1")))
    assert failing("table_numbers_in_order", tables=numbered) == []
    assert len(failing("table_numbers_in_order", tables=tables({"printed_no": "表1"}, {"printed_no": "表3"}))) == 1


def test_contents_are_held_against_the_body() -> None:
    body = tables({"title": "2022年部门收入总表"}, {"title": "2022年部门支出总表"})
    listed = ("目录", "五、部门预算表", "1.2022年部门收入总表……3", "2.2022年部门支出总表……4")
    part = ("目录", "第二部分 2022年部门预算信息公开情况说明表……2", *listed[2:])
    assert failing("contents_match_body", tables=body, passages=passages(*part, kind="contents")) == []
    assert failing("contents_match_body", tables=body, passages=passages(*listed, kind="contents")) == []
    more = (*listed, "3.2022年财政拨款收支总表……5")
    assert failing("contents_match_body", tables=body, passages=passages(*more, kind="contents")) == [
        "目录列有“财政拨款收支总表”，正文中没有"
    ]
    turned = (listed[0], listed[3], listed[2])
    assert failing("contents_match_body", tables=body, passages=passages(*turned, kind="contents")) == [
        "“部门支出总表”在正文中的次序与目录不同"
    ]


def test_the_end_of_a_longer_title_is_another_table() -> None:
    body = tables({"title": "收入决算表"}, {"title": "一般公共预算财政拨款支出决算表"})
    listed = ("一、收入决算表", "二、支出决算表", "三、一般公共预算财政拨款支出决算表")
    assert failing("contents_match_body", tables=body, passages=passages(*listed, kind="contents")) == [
        "目录列有“支出决算表”，正文中没有"
    ]


def test_a_grid_around_the_contents_and_a_table_without_a_title_say_nothing_of_the_body() -> None:
    grid = {"title": "1. 2022年部门收入总表", "table_code": "income", "amount_count": 0, "start": 15}
    body = tables(
        grid,
        {"title": "2022年部门收入总表", "table_code": "income", "start": 90},
        {"title": "2022年部门支出总表", "start": 120},
        {"title": None, "table_code": None, "start": 150},
    )
    listed = passages("目录", "2.2022年部门支出总表……4", kind="contents").with_columns(start=pl.Series([10, 20]))
    assert failing("contents_match_body", tables=body, passages=listed) == []
    assert failing("empty_table_declared", tables=body, passages=listed) == []
    late = tables({**grid, "start": 60}, {"title": "2022年部门支出总表", "start": 120})
    assert len(failing("empty_table_declared", tables=late, passages=listed)) == 1


def test_lines_of_contents_that_run_together_are_told_apart() -> None:
    body = tables({"title": "2022年收入总表"}, {"title": "2022年支出总表"})
    assert (
        failing(
            "contents_match_body", tables=body, passages=passages("1.2022年收入总表2.2022年支出总表", kind="contents")
        )
        == []
    )


def test_an_empty_table_says_so_and_a_table_that_says_so_is_empty() -> None:
    amounts = lines(row("t1", "a", {"total": "5.00"}))
    said = tables({"declared_empty": True, "note": "本表为空表。"})
    assert "1个不为零的金额" in failing("empty_table_with_amounts", tables=said, budget_lines=amounts)[0]
    zero = lines(row("t1", "a", {"total": "0.00"}))
    assert failing("empty_table_with_amounts", tables=said, budget_lines=zero) == []
    silent = tables({}, {"table_code": "government_fund_expenditure", "amount_count": 0})
    assert len(failing("empty_table_declared", tables=silent)) == 1


def test_a_total_ten_thousand_times_another_is_a_matter_of_units() -> None:
    def budget(stated: str) -> list[str]:
        table = row("expenditure", "t", {"total": "58647.68"}, kind="total", item="合计")
        prose = statements(statement("expenditure_budget", "amount", stated))
        return failing("unit_fits_magnitude", budget_lines=lines(table), statements=prose)

    assert "恰差一万倍" in budget("586476837.00")[0]
    assert budget("58647.68") == [] and budget("99999.00") == []


def test_amounts_with_the_digits_of_others_are_in_another_unit() -> None:
    def found(*amounts: str) -> list[str]:
        table = row("three_public", "t", {str(at): each for at, each in enumerate(amounts)}, item="合计")
        other = row("expenditure", "t", {"total": "58647.68", "basic": "41234.56"}, item="合计")
        return failing("unit_agrees_elsewhere", budget_lines=lines(table, other))

    assert len(found("586476800.00")) == 2
    assert found("586476800.00", "41234.56") == found("58647.68") == found("5000.00") == []


def test_a_table_of_government_funds_that_no_summary_knows_is_of_another_fund() -> None:
    def found(fund: str) -> list[str]:
        general = {"fund": "general_public_budget", "direction": "revenue"}
        summary = row("appropriation_summary", "a", {"total": "5.00"}, **general)
        income = row("income", "a", {"total": "5.00"}, fund=fund)
        table = row("government_fund_expenditure", "t", {"total": "5.00"}, kind="total", fund="government_fund")
        return failing("fund_of_title_elsewhere", budget_lines=lines(summary, income, table))

    assert len(found("general_public_budget")) == 1
    assert found("government_fund") == []


def test_a_comparison_with_the_own_year_is_reported() -> None:
    same = statements(statement("three_public", "change", "-5.00", base_year=2022))
    assert len(failing("own_year_compared", statements=same)) == 1
    assert failing("own_year_compared", statements=statements(statement("three_public", "change", "-5.00"))) == []


def coded(table: str, *codes: tuple[str, str], scheme: str = "function", year: int = 2022) -> dict[str, pl.DataFrame]:
    rows = [
        row(
            table,
            code,
            {"total": "1.00"},
            item=name,
            code_basis="printed",
            disclosure_year=year,
            **{f"{scheme}_code": code, f"{scheme}_name": name},
        )
        for code, name in codes
    ]
    return {"budget_lines": lines(*rows), "classifications": load_codes()}


def test_a_code_that_no_classification_has_is_reported() -> None:
    table = "general_public_budget_basic_expenditure"
    frames = coded(table, ("30210", "车辆运行费"), ("30201", "办公费"), scheme="department_economic")
    assert failing("code_known", **frames) == ["30210“车辆运行费”：政府收支分类科目中没有30210"]
    # Of a class whose sections are not all listed nothing is known.
    assert failing("code_known", **coded(table, ("39999", "其他支出"), scheme="department_economic")) == []


def test_a_name_is_the_codes_own_in_that_year() -> None:
    old = ("210", "医疗卫生与计划生育支出")
    assert failing("code_name", **coded("expenditure", old, year=2018)) == []
    assert "应为“卫生健康支出”" in failing("code_name", **coded("expenditure", old, year=2022))[0]
    wrong = coded("x", ("30205", "邮电费"), scheme="department_economic")
    assert failing("code_name", **wrong) == ["30205应为“水费”，却印作“邮电费”（“邮电费”的编码是30207）"]


def test_an_unknown_code_with_the_name_of_another_is_reported() -> None:
    typo = coded("expenditure", ("2080515", "机关事业单位基本养老保险缴费支出"), ("2010101", "行政运行"))
    (said,) = failing("code_of_another", **typo)
    assert said.endswith("“机关事业单位基本养老保险缴费支出”的编码是2080505")
    (within,) = failing("code_of_another", **coded("expenditure", ("2010181", "行政运行")))
    assert "2010101" in within
    (swapped,) = failing("code_of_another", **coded("expenditure", ("2212001", "住房公积金")))
    assert "2210201" in swapped
    # In every section 一般行政管理事务 ends with 02.
    (ends,) = failing("code_of_another", **coded("expenditure", ("2130301", "一般行政管理事务")))
    assert "2130302" in ends
    # Lists are not complete: a section of which no code is known may have its own 行政运行.
    assert failing("code_of_another", **coded("expenditure", ("2130104", "事业运行"))) == []
    assert failing("code_of_another", **coded("expenditure", ("2013901", "行政运行"))) == []


def test_digits_that_no_classification_begins_with_are_reported() -> None:
    rows = (
        row("expenditure", "a", {"total": "1.00"}, item="行政运行", function_code="2010101"),
        row("expenditure", "b", {"total": "2.00"}, item="行政单位医疗"),
    )

    def stray(*printed: str, role: str = "code") -> list[str]:
        owner = {"owner_table": "budget_lines", "owner_id": f"{DID}.expenditure.b.total", "class": "structure"}
        numbers = [
            {**owner, "disclosure_id": DID, "role": role, "printed": p, "start": at} for at, p in enumerate(printed)
        ]
        return failing("code_of_no_classification", budget_lines=lines(*rows), numbers=frame("numbers", numbers))

    said = ["1101102“行政单位医疗”：政府收支分类科目中没有这样的编码"]
    assert stray("1101102") == stray("110", "11", "02") == said
    assert len(stray("210101", role="ordinal")) == 1
    assert stray("12", role="ordinal") == stray("2022", role="year") == []


def test_a_name_has_one_code_in_all_tables() -> None:
    def alike(*codes: tuple[str, str, str]) -> list[str]:
        rows = [
            row(table, code, {"total": "1.00"}, item=name, function_code=code, function_name=name)
            for table, code, name in codes
        ]
        return failing("code_alike_everywhere", budget_lines=lines(*rows), classifications=load_codes())

    one, other = ("expenditure", "2013999", "其他社会工作事务支出"), ("income", "2013997", "其他社会工作事务支出")
    assert "“其他社会工作事务支出”在本表的编码是2013997，在其他表是2013999" in alike(one, other)
    # Both stand in one table: then they are two.
    assert alike(one, other, ("income", one[1], one[2]), ("expenditure", other[1], other[2])) == []
    # 行政运行 of two sections that lists know.
    assert alike(("expenditure", "2010101", "行政运行"), ("income", "2010301", "行政运行")) == []


def test_a_code_under_no_printed_section_is_reported_where_others_stand_under_theirs() -> None:
    rows = (("208", "社会保障和就业支出"), ("20805", "养老"), ("2080505", "缴费"), ("2081505", "缴费"))
    assert failing("code_under_its_class", **coded("expenditure", *rows)) == ["2081505“缴费”：本表没有它所属的20815款"]
    assert failing("code_under_its_class", **coded("expenditure", *rows[:3])) == []
    assert failing("code_under_its_class", **coded("expenditure", *rows[:2], rows[3])) == []


def test_a_code_under_no_printed_class_is_reported_and_counts_as_its_row_kind_says() -> None:
    frames = coded("expenditure", ("210", "卫生健康支出"), ("21011", "行政事业单位医疗"), ("71102", "事业单位医疗"))
    total = lines(row("expenditure", "t", {"total": "1.00"}, kind="total", item="合计"))
    kinds = pl.when(pl.col("function_code") == "210").then(pl.lit("subtotal")).otherwise("row_kind")
    frames["budget_lines"] = pl.concat([frames["budget_lines"].with_columns(row_kind=kinds), total])
    assert failing("code_under_its_class", **frames) == ["71102“事业单位医疗”：本表没有它所属的711类"]
    assert len(failing("column_total", **frames)) == 1
    part = pl.when(pl.col("function_code") == "21011").then(pl.lit("subtotal")).otherwise("row_kind")
    frames["budget_lines"] = frames["budget_lines"].with_columns(row_kind=part)
    assert failing("column_total", **frames) == []


def test_classes_of_a_row_go_together() -> None:
    def pair(department: str, government: str) -> list[str]:
        cells = row(
            "expenditure",
            "a",
            {"total": "1.00"},
            code_basis="printed",
            department_economic_code=department,
            government_economic_code=government,
        )
        return failing("economic_classes_paired", budget_lines=lines(cells))

    assert pair("30101", "50101") == [] and pair("30101", "50501") == []
    assert pair("30101", "50201") == ["部门预算支出经济分类30101与政府预算支出经济分类50201不相对应"]


def test_an_amount_in_the_wrong_column_is_reported_of_a_row_without_a_name() -> None:
    coded = {"department_economic_code": "30239"}
    table = lines(row("general_public_budget_basic_expenditure", "30239", {"personnel": "5.00"}, **coded))
    (message,) = failing("goods_as_personnel", budget_lines=table)
    assert message == "30239“”：属商品和服务支出，其5.00元却列在人员经费栏"
