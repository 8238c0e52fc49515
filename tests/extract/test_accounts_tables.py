"""The tables of final accounts as the national layout prints them: 行次, 栏次, codes in parts, balances, counts."""

from __future__ import annotations

from tests.documents import read
from tests.extract.accounts import PAGES, drawn, page, wrapped


def rows_of(*pages, of: str | None = None):
    """(code, path, kind, direction, {measure, fund, kind of revenue: printed}) of each row of a table."""
    extraction = read(drawn(*pages), "x.pdf")
    rows: dict = {}
    for line in extraction.rows.budget_lines:
        if of and line.table_code != of:
            continue
        code = line.function_code or line.department_economic_code
        row = rows.setdefault(line.row_id, (code, line.item_path, line.row_kind, {}))
        what = "/".join(filter(None, (line.measure, line.fund if of != "income" else None, line.revenue_source)))
        row[3][what if line.phase == "executed" else f"{what}/{line.phase}"] = line.printed
    return list(rows.values()), extraction.rows


def test_column_numbers_beside_the_parts_of_codes_are_no_row():
    rows, all_rows = rows_of(*PAGES, of="income")
    assert rows[:4] == [
        (None, "合计", "total", {
            "total": "1,080.00", "total/fiscal_appropriation": "1,050.00", "subtotal/operating_undertaking": "20.00",
            "total/education_fees": "8.00", "total/other": "10.00"}),
        ("201", "一般公共服务支出", "subtotal", rows[1][3]),
        ("20103", "一般公共服务支出/政府办公厅（室）及相关机构事务", "subtotal", rows[1][3]),
        ("2010301", "一般公共服务支出/政府办公厅（室）及相关机构事务/行政运行", "detail", {
            "total": "640.00", "total/fiscal_appropriation": "610.00", "subtotal/operating_undertaking": "20.00",
            "total/education_fees": "8.00", "total/other": "10.00"}),
    ]  # fmt: skip
    assert len(rows) == 13
    disclosure = all_rows.disclosures[0]
    assert (disclosure.status, disclosure.numbers_unclaimed, disclosure.scope) == ("complete", 0, "department")


def test_a_total_printed_across_groups_of_columns_is_a_total():
    table = wrapped(
        [80, 150, 80] * 2,
        [
            [("人员经费", 3), ("公用经费", 3)],
            ["经济分类科目编码", "科目名称", "金额"] * 2,
            ["301", "工资福利支出", "100.00", "302", "商品和服务支出", "30.00"],
            ["30101", "基本工资", "100.00", "30201", "办公费", "30.00"],
            [("人员经费合计", 2), "100.00", ("公用经费合计", 2), "30.00"],
            [("合计", 5), "130.00"],
        ],
    )
    rows, _ = rows_of(page("一般公共预算财政拨款基本支出决算表", table))
    assert [(path, kind, printed["total/general_public_budget"]) for _, path, kind, printed in rows[-3:]] == [
        ("人员经费合计", "subtotal", "100.00"),
        ("公用经费合计", "subtotal", "30.00"),
        ("合计", "total", "130.00"),
    ]


def test_vehicles_and_equipment_are_counted_and_no_money():
    table = wrapped(
        [300, 60, 100],
        [
            ["项目", "栏次", "决算数"],
            ["一、车辆数合计（台、辆）", "1", "5"],
            ["1.副部（省）级及以上领导用车", "2", "0"],
            ["2.机要通信用车", "4", "5"],
            ["二、单价100万元（含）以上设备（不含车辆）", "10", "2"],
        ],
    )
    rows, all_rows = rows_of(page("国有资产占用情况表", table))
    assert rows == []
    counts = [(row.metric, row.subject, row.value, row.unit, row.printed) for row in all_rows.statements]
    assert counts == [
        ("vehicles", None, 5, "set", "5"),
        ("vehicles", "副部（省）级及以上领导用车", 0, "set", "0"),
        ("vehicles", "机要通信用车", 5, "set", "5"),
        ("large_equipment", "单价100万元（含）以上设备", 2, "set", "2"),
    ]
    assert {row.section_path for row in all_rows.statements} == {"国有资产占用情况表"}
    assert {(n.class_, n.role) for n in all_rows.numbers if n.owner_table == "statements"} == {("data", "count")}
    assert not [n for n in all_rows.numbers if n.class_ == "unclaimed"]


def test_the_first_total_beside_the_last_words_of_the_header():
    table = wrapped(
        [40, 40, 40, 200, 100],
        [
            [("项目", 4), ("本年项目支出", 1, 2)],
            [("科目编码", 3), "科目名称", None],
            ["类", "款", "项", "合计", "100.00"],
            ["201", "", "", "一般公共服务支出", "100.00"],
            ["201", "03", "02", "一般行政管理事务", "100.00"],
        ],
    )
    rows, _ = rows_of(page("一般公共预算财政拨款项目支出决算表", table))
    assert [(codes, path, kind) for codes, path, kind, _ in rows] == [
        (None, "合计", "total"),
        ("201", "一般公共服务支出", "subtotal"),
        ("2010302", "一般公共服务支出/一般行政管理事务", "detail"),
    ]


def test_what_nothing_says_is_counted_stays_unclaimed():
    rows = [["项目", "栏次", "决算数"], ["一、会议次数（次）", "1", "5"], ["二、比上年增减（%）", "2", "-1.5"]]
    lines, all_rows = rows_of(page("机关运行经费情况表", wrapped([300, 60, 100], rows)))
    assert (lines, all_rows.statements) == ([], [])
    assert [n.printed for n in all_rows.numbers if n.class_ == "unclaimed"] == ["5", "-1.5"]
    assert "nothing says what it counts" in all_rows.disclosures[0].reason


def test_a_title_that_names_administrative_units_says_nothing_of_the_scope():
    table = wrapped(
        [200, 60, 90, 90], [["项目", "行次", "预算数", "决算数"], ["一、“三公”经费支出合计", "1", "12.00", "9.50"]]
    )
    _, rows = rows_of(page("财政拨款“三公”经费、行政参公单位机关运行经费情况表", table))
    disclosure = rows.disclosures[0]
    assert (disclosure.scope, disclosure.status) == ("department", "complete")
