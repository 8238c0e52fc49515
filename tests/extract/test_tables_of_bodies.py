"""A department and its units in one file, each with its own set of tables: whose every amount is."""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.extract.records import Extraction
from tests.extract.celled import extracted
from tests.tables import failing_checks, tables_of

OWN, UNIT = "青山市临江区教育局", "青山市临江区第一中学"
CODES = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def tables_for(amount, above, title):
    """The tables of one body, which ``above`` or the words before the title name."""
    return [
        f"{title}部门收支总表",
        *above,
        "单位：万元",
        [
            ["收入", "预算数", "支出", "预算数"],
            ["一、一般公共预算拨款收入", amount, "一、教育支出", amount],
            ["收入总计", amount, "支出总计", amount],
        ],
        f"{title}部门支出总表",
        *above,
        "单位：万元",
        [CODES, ["", "合计", amount, amount, ""], ["2050201", "学前教育", amount, amount, ""]],
        f"{title}一般公共预算支出表",
        *above,
        "单位：万元",
        [CODES, ["", "合计", amount, amount, ""], ["2050201", "学前教育", amount, amount, ""]],
    ]


def document(own, unit):
    return extracted(f"{OWN}2024年部门预算", *tables_for("90.00", *own), *tables_for("30.00", *unit))


NAMED = {
    "单位名称": ((["单位名称：" + OWN], ""), (["单位名称：" + UNIT], "")),
    "编制单位": ((["编制单位：" + OWN], ""), (["编制单位：" + UNIT], "")),
    "部门": ((["部门：临江区教育局"], ""), (["部门：" + UNIT], "")),
    "title": (([], OWN + "2024年"), ([], UNIT + "2024年")),
    "本级": (([f"部门：{OWN}（汇总）"], ""), ([f"部门：{OWN}（本级）"], "")),
}


@cache
def named() -> dict[str, tuple[Extraction, list[str]]]:
    """The documents in which units are named, and the checks that fail in each, evaluated at once."""
    made = [document(*each) for each in NAMED.values()]
    return dict(zip(NAMED, zip(made, failing_checks(made))))


@pytest.mark.parametrize("how", NAMED)
def test_the_tables_of_a_unit_are_its_own(how):
    extraction, failed = named()[how]
    name = f"{OWN}（本级）" if how == "本级" else UNIT
    assert extraction.disclosure.entity_name == OWN
    assert [table.unit_name for table in extraction.rows.tables] == [None] * 3 + [name] * 3
    assert {(line.unit_name, str(line.amount)) for line in extraction.rows.budget_lines} == {
        (None, "900000.00"),
        (name, "300000.00"),
    }
    assert extraction.disclosure.status == "complete"
    assert failed == []
    figures = tables_of([extraction])["key_figures"]
    assert set(figures["amount"].cast(str)) == {"900000.00"}


def test_a_unit_contradicts_itself_alone():
    own, unit = NAMED["单位名称"]
    parts = tables_for("30.00", *unit)
    parts[-1] = [CODES, ["", "合计", "29.00", "29.00", ""], ["2050201", "学前教育", "29.00", "29.00", ""]]
    extraction = extracted(f"{OWN}2024年部门预算", *tables_for("90.00", *own), *parts)
    (failed,) = failing_checks([extraction])
    assert {check.split(".")[0] for check in failed} >= {"expenditure_general_budget"}
    assert all(check.endswith(UNIT) for check in failed)


def test_one_name_on_all_tables_is_the_document_s_own():
    extraction = extracted(f"{OWN}2024年部门预算", *tables_for("90.00", ["单位名称：教育局机关服务中心"], ""))
    assert {table.unit_name for table in extraction.rows.tables} == {None}


def test_a_short_name_is_the_document_s_own():
    extraction = document((["部门：" + OWN], ""), (["部门：区教育局"], ""))
    assert {table.unit_name for table in extraction.rows.tables} == {None}


BY_COLUMN = [
    ["项目", "合计", "临江区教育局本级", "临江区第一中学"],
    ["合计", "9.00", "6.00", "3.00"],
    ["因公出国（境）费", "", "", ""],
    ["公务接待费", "4.00", "1.00", "3.00"],
    ["公务用车购置及运行维护费", "5.00", "5.00", ""],
    ["其中：公务用车购置费", "", "", ""],
    ["公务用车运行维护费", "5.00", "5.00", ""],
]


def test_a_column_of_a_body_is_a_part_of_the_total_beside_it():
    extraction = extracted(f"{OWN}2024年部门预算", "“三公”经费支出预算表", "单位：万元", BY_COLUMN)
    lines = extraction.rows.budget_lines
    said = {(x.expense, x.unit_name, x.row_kind): str(x.amount) for x in lines}
    assert said["official_reception", None, "detail"] == "40000.00"
    assert said["official_reception", "临江区教育局本级", "of_which"] == "10000.00"
    assert said["official_reception", "临江区第一中学", "of_which"] == "30000.00"
    assert len(said) == len(lines) == 4 + 4 + 2
    assert extraction.disclosure.status == "complete"
    assert failing_checks([extraction]) == [[]]
    figures = tables_of([extraction])["key_figures"]
    assert dict(figures.select("figure", figures["amount"].cast(str)).iter_rows())["official_reception"] == "40000.00"


def test_columns_of_bodies_that_do_not_add_up_are_not_understood():
    rows = [*BY_COLUMN[:1], ["合计", "9.50", "6.00", "3.00"], *BY_COLUMN[2:]]
    extraction = extracted(f"{OWN}2024年部门预算", "“三公”经费支出预算表", "单位：万元", rows)
    assert {line.unit_name for line in extraction.rows.budget_lines} == {None}
    assert extraction.disclosure.status == "partial"
