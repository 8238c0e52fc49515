"""Tables of other families, drawn: final accounts with row numbers and balances, units, years side by side, projects."""

from __future__ import annotations

from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf


def lines_of(title, table, unit="单位：万元", cover="某市某局2023年度部门决算"):
    head = [Line(title, None), Line(unit, 600)] if unit else [Line(title, None)]
    extraction = read(pdf([Line(cover, None)], [*head, table]), "x.pdf")
    return extraction.rows.budget_lines, extraction


def brief(lines, *columns):
    return [tuple(getattr(line, column) for column in columns) for line in lines]


def test_a_summary_with_row_numbers_and_column_numbers():
    rows = [
        [("收入", 3), ("支出", 3)],
        ["项目", "行次", "金额", "项目", "行次", "金额"],
        ["栏次", "", "1", "栏次", "", "2"],
        ["一、一般公共预算财政拨款收入", "1", "1,200.50", "一、一般公共服务支出", "32", "1,100.25"],
        ["五、事业收入", "5", "12.00", "八、社会保障和就业支出", "39", "80.10"],
        ["本年收入合计", "27", "1,212.50", "本年支出合计", "57", "1,180.35"],
        ["使用非财政拨款结余（含专用结余）", "28", "", "结余分配", "58", "5.00"],
        ["年初结转和结余", "29", "8.00", "年末结转和结余", "59", "35.15"],
        ["总计", "31", "1,220.50", "总计", "62", "1,220.50"],
    ]
    lines, extraction = lines_of("收入支出决算总表", Table([170, 40, 90, 170, 40, 90], rows, left=(0, 3)))
    assert brief(lines, "direction", "item", "row_kind", "function_code", "fund", "revenue_source", "printed") == [
        ("revenue", "一般公共预算财政拨款收入", "detail", None, "general_public_budget", None, "1,200.50"),
        ("expenditure", "一般公共服务支出", "detail", "201", None, None, "1,100.25"),
        ("revenue", "事业收入", "detail", None, None, "operating_undertaking", "12.00"),
        ("expenditure", "社会保障和就业支出", "detail", "208", None, None, "80.10"),
        ("revenue", "本年收入合计", "subtotal", None, None, None, "1,212.50"),
        ("expenditure", "本年支出合计", "subtotal", None, None, None, "1,180.35"),
        ("expenditure", "结余分配", "detail", None, None, None, "5.00"),
        ("revenue", "年初结转和结余", "detail", None, None, None, "8.00"),
        ("expenditure", "年末结转和结余", "detail", None, None, None, "35.15"),
        ("revenue", "总计", "total", None, None, None, "1,220.50"),
        ("expenditure", "总计", "total", None, None, None, "1,220.50"),
    ]
    assert extraction.rows.disclosures[0].status == "complete"


def test_funds_below_a_balance_are_its_parts():
    rows = [
        [("收入", 2), ("支出", 4)],
        ["项目", "决算数", "项目", "合计", "一般公共预算\n财政拨款", "政府性基金预\n算财政拨款"],
        ["一、一般公共预算财政拨款", "100.00", "一、一般公共服务支出", "90.00", "90.00", ""],
        ["本年收入合计", "100.00", "本年支出合计", "90.00", "90.00", ""],
        ["年初财政拨款结转和结余", "8.00", "年末财政拨款结转和结余", "18.00", "16.00", "2.00"],
        ["一、一般公共预算财政拨款", "6.00", "", "", "", ""],
        ["二、政府性基金预算财政拨款", "2.00", "", "", "", ""],
        ["总计", "108.00", "总计", "108.00", "106.00", "2.00"],
    ]
    lines, _ = lines_of("财政拨款收入支出决算总表", Table([150, 70, 150, 70, 90, 90], rows, left=(0, 2)))
    revenue = brief([line for line in lines if line.direction == "revenue"], "item_path", "row_kind", "fund", "printed")
    assert revenue == [
        ("一般公共预算财政拨款", "detail", "general_public_budget", "100.00"),
        ("本年收入合计", "subtotal", None, "100.00"),
        ("年初财政拨款结转和结余", "subtotal", None, "8.00"),
        ("年初财政拨款结转和结余/一般公共预算财政拨款", "detail", "general_public_budget", "6.00"),
        ("年初财政拨款结转和结余/政府性基金预算财政拨款", "detail", "government_fund", "2.00"),
        ("总计", "total", None, "108.00"),
    ]


def test_balances_and_flows_of_a_fund_side_by_side():
    rows = [
        [("项目", 2), ("年初结转\n和结余", 1, 2), ("本年收入", 1, 2), ("本年支出", 3), ("年末结转\n和结余", 1, 2)],
        ["功能分类\n科目编码", "科目名称", None, None, "小计", "基本支出", "项目支出", None],
        [("栏次", 2), "1", "2", "3", "4", "5", "6"],
        [("合计", 2), "2.00", "30.00", "31.00", "", "31.00", "1.00"],
        ["2120899", "其他国有土地使用权出让收入\n安排的支出", "2.00", "30.00", "31.00", "", "31.00", "1.00"],
    ]
    lines, _ = lines_of(
        "政府性基金预算财政拨款收入支出决算表", Table([70, 170, 70, 70, 70, 70, 70, 70], rows, left=(1,))
    )
    assert {line.fund for line in lines} == {"government_fund"}
    assert brief([line for line in lines if line.row_kind == "detail"], "measure", "direction", "printed") == [
        ("opening_balance", "revenue", "2.00"),
        ("current_year", "revenue", "30.00"),
        ("subtotal", "expenditure", "31.00"),
        ("project", "expenditure", "31.00"),
        ("closing_balance", "expenditure", "1.00"),
    ]


def test_parts_of_balances_have_measures_of_their_own():
    rows = [
        [("项目", 2), ("年初结转和结余", 3), ("本年收入", 3), ("年末结转和结余", 3)],
        [
            "科目编码",
            "科目名称",
            *["合计", "基本支\n出结转", "项目支出结\n转和结余"],
            *["合计", "基本支出", "项目支出"],
            *["合计", "基本支\n出结转", "项目支出结\n转和结余"],
        ],
        ["2010301", "行政运行", "3.00", "1.00", "2.00", "9.00", "4.00", "5.00", "0.50", "0.20", "0.30"],
    ]
    lines, _ = lines_of("一般公共预算财政拨款收入支出决算表", Table([60, 100, *[62] * 9], rows, left=(1,)))
    assert brief(lines, "measure", "direction", "printed") == [
        ("opening_balance", "revenue", "3.00"),
        ("opening_balance_basic", "revenue", "1.00"),
        ("opening_balance_project", "revenue", "2.00"),
        ("current_year", "revenue", "9.00"),
        ("basic", "revenue", "4.00"),
        ("project", "revenue", "5.00"),
        ("closing_balance", "expenditure", "0.50"),
        ("closing_balance_basic", "expenditure", "0.20"),
        ("closing_balance_project", "expenditure", "0.30"),
    ]


def test_expenses_in_paired_columns_of_budget_and_accounts():
    rows = [
        [("合计", 2), ("因公出国（境）费", 2), ("公务用车购置及运行维护费", 4), ("公务接待费", 2)],
        [None, None, None, None, ("小计", 2), ("公务用车运行维护费", 2), None, None],
        ["预算数", "决算数"] * 5,
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        ["20.00", "15.50", "", "", "18.00", "14.00", "18.00", "14.00", "2.00", "1.50"],
    ]
    rows[0] = [(w, n, 2) if w in ("合计", "因公出国（境）费", "公务接待费") else (w, n) for w, n in rows[0]]
    lines, _ = lines_of("财政拨款“三公”经费支出决算表", Table([68] * 10, rows))
    assert brief(lines, "item", "row_kind", "phase", "printed") == [
        ("合计", "total", "approved", "20.00"),
        ("合计", "total", "executed", "15.50"),
        ("公务用车购置及运行维护费", "detail", "approved", "18.00"),
        ("公务用车购置及运行维护费", "detail", "executed", "14.00"),
        ("公务用车运行维护费", "of_which", "approved", "18.00"),
        ("公务用车运行维护费", "of_which", "executed", "14.00"),
        ("公务接待费", "detail", "approved", "2.00"),
        ("公务接待费", "detail", "executed", "1.50"),
    ]


def test_expenses_in_rows_with_counts_that_are_no_money():
    rows = [
        ["项目", "行次", "预算数", "决算统计数"],
        ["栏次", "", "1", "2"],
        ["一、“三公”经费支出", "1", "—", "—"],
        ["（一）支出合计", "2", "20.00", "15.50"],
        ["2．公务用车购置及运行维护费", "4", "18.00", "14.00"],
        ["（1）公务用车购置费", "5", "", ""],
        ["（2）公务用车运行维护费", "6", "18.00", "14.00"],
        ["3．公务接待费", "7", "2.00", "1.50"],
        ["（1）国内接待费", "8", "—", "1.50"],
        ["（二）相关统计数", "11", "—", "—"],
        ["4．公务用车保有量（辆）", "15", "—", "3"],
        ["二、机关运行经费", "22", "—", "45.60"],
        ["（一）行政单位", "23", "—", "45.60"],
    ]
    lines, extraction = lines_of(
        "“三公”经费、行政参公单位机关运行经费情况表", Table([250, 50, 100, 100], rows, left=(0,))
    )
    executed = [line for line in lines if line.phase == "executed"]
    assert brief(executed, "item_path", "row_kind", "printed") == [
        ("支出合计", "total", "15.50"),
        ("公务用车购置及运行维护费", "subtotal", "14.00"),
        ("公务用车购置及运行维护费/公务用车运行维护费", "detail", "14.00"),
        ("公务接待费", "detail", "1.50"),
        ("公务接待费/国内接待费", "of_which", "1.50"),
        ("机关运行经费", "memo", "45.60"),
        ("机关运行经费/行政单位", "memo", "45.60"),
    ]
    (count,) = extraction.rows.statements
    assert (count.metric, count.value, count.unit) == ("official_vehicle_stock", 3, "set")
    assert not [n for n in extraction.rows.numbers if n.class_ == "unclaimed"]


def test_a_unit_is_the_sum_of_its_codes_and_of_the_units_below_it():
    header = [
        [
            ("科目编码", 3),
            ("单位代码", 1, 2),
            ("单位名称（科目）", 1, 2),
            ("合计", 1, 2),
            ("基本支出", 1, 2),
            ("项目支出", 1, 2),
        ],
        ["类", "款", "项", None, None, None, None, None],
    ]
    body = [
        ["", "", "", "", "合计", "110.00", "70.00", "40.00"],
        ["", "", "", "301", "某局", "110.00", "70.00", "40.00"],
        ["201", "03", "01", "301", "行政运行", "60.00", "60.00", ""],
        ["208", "05", "05", "301", "机关养老保险", "50.00", "10.00", "40.00"],
    ]
    lines, _ = lines_of(
        "部门支出总表",
        Table([40, 40, 40, 60, 160, 80, 80, 80], header + body, left=(4,)),
        cover="某市某局2023年部门预算",
    )
    totals = [line for line in lines if line.measure == "total"]
    assert brief(totals, "function_code", "item", "row_kind", "printed") == [
        (None, "合计", "total", "110.00"),
        (None, "某局", "subtotal", "110.00"),
        ("2010301", "行政运行", "detail", "60.00"),
        ("2080505", "机关养老保险", "detail", "50.00"),
    ]


def test_two_years_side_by_side_and_a_change_between_them():
    rows = [
        [("功能分类科目", 2), ("2022年执行数", 1, 2), ("2023年预算数", 3), ("2023年预算数比2022年执行数", 2)],
        ["科目编码", "科目名称", None, "小计", "基本支出", "项目支出", "增减额", "增减%"],
        ["2010301", "行政运行", "90.00", "100.00", "60.00", "40.00", "10.00", "11.11"],
    ]
    lines, extraction = lines_of(
        "一般公共预算支出情况表", Table([70, 120, 80, 70, 70, 70, 90, 90], rows), cover="某市某局2023年部门预算"
    )
    assert brief(lines, "fiscal_year", "comparison", "phase", "measure", "printed") == [
        (2022, True, "executed", "total", "90.00"),
        (2023, False, "approved", "subtotal", "100.00"),
        (2023, False, "approved", "basic", "60.00"),
        (2023, False, "approved", "project", "40.00"),
        (2023, False, "approved", "change", "10.00"),
    ]
    assert [n.printed for n in extraction.rows.numbers if n.class_ == "unclaimed"] == []
    assert [n.printed for n in extraction.rows.numbers if n.role == "percent"] == ["11.11"]


def test_codes_in_one_cell_with_names_units_in_headers_and_signs():
    rows = [
        ["功能分类科目", "合计（元）", "基本支出（元）", "项目支出（元）"],
        ["201 一般公共服务支出", "１，２００，５００．００", "1,000,000", "200,500.00"],
        ["20103政府办公厅（室）及相关机构事务", "1,200,500.00", "1,000,000", "200,500.00"],
        ["[2010301]行政运行", "1,000,000", "1,000,000", "—"],
        ["2010302-一般行政管理事务", "200,500.00", "-", "200,500.00"],
        ["208 社会保障和就业支出", "-5.00", "(5.00)", "5.00-"],
    ]
    lines, extraction = lines_of(
        "2023年部门支出总表", Table([220, 120, 120, 120], rows, left=(0,)), unit=None, cover="某市某局2023年部门预算"
    )
    assert brief(lines, "function_code", "function_name", "measure", "amount", "printed_unit") == [
        ("201", "一般公共服务支出", "total", 1200500, "元"),
        ("201", "一般公共服务支出", "basic", 1000000, "元"),
        ("201", "一般公共服务支出", "project", 200500, "元"),
        ("20103", "政府办公厅（室）及相关机构事务", "total", 1200500, "元"),
        ("20103", "政府办公厅（室）及相关机构事务", "basic", 1000000, "元"),
        ("20103", "政府办公厅（室）及相关机构事务", "project", 200500, "元"),
        ("2010301", "行政运行", "total", 1000000, "元"),
        ("2010301", "行政运行", "basic", 1000000, "元"),
        ("2010302", "一般行政管理事务", "total", 200500, "元"),
        ("2010302", "一般行政管理事务", "project", 200500, "元"),
        ("208", "社会保障和就业支出", "total", -5, "元"),
        ("208", "社会保障和就业支出", "basic", -5, "元"),
        ("208", "社会保障和就业支出", "project", -5, "元"),
    ]
    assert [n.printed for n in extraction.rows.numbers if n.class_ == "unclaimed"] == []


def test_a_name_that_leaves_its_cell_stays_whole():
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["2080505", "机关事业单位基本养老保险缴费支出", "110.25", "110.25", ""],
    ]
    lines, _ = lines_of("支出决算表", Table([70, 130, 110, 110, 110], rows, left=(1,)))
    assert brief(lines, "function_name", "measure", "printed") == [
        ("机关事业单位基本养老保险缴费支出", "total", "110.25"),
        ("机关事业单位基本养老保险缴费支出", "basic", "110.25"),
    ]


def test_a_header_over_labels_and_amounts_names_a_side_and_measures_nothing():
    rows = [
        [("本年收入", 2), ("本年支出", 2)],
        ["项目", "预算数", "项目", "预算数"],
        ["一、财政拨款收入", "80.00", "一、教育支出", "80.00"],
        ["收入总计", "80.00", "支出总计", "80.00"],
    ]
    lines, _ = lines_of(
        "2023年部门财务收支预算总表", Table([170, 90, 170, 90], rows, left=(0, 2)), cover="某市某局2023年部门预算"
    )
    assert brief(lines, "direction", "measure", "function_code", "row_kind") == [
        ("revenue", "total", None, "detail"),
        ("expenditure", "total", "205", "detail"),
        ("revenue", "total", None, "total"),
        ("expenditure", "total", None, "total"),
    ]


def test_a_total_that_covers_two_groups_side_by_side_labels_its_amount():
    group = ["科目\n编码", "科目名称", "决算数"]
    rows = [
        [("人员经费", 3), ("公用经费", 6)],
        group * 3,
        ["301", "工资福利支出", "20.00", "302", "商品和服务支出", "8.00", "310", "资本性支出", "2.00"],
        ["30101", "基本工资", "20.00", "30201", "办公费", "8.00", "31002", "办公设备购置", "2.00"],
        [("人员经费合计", 2), "20.00", ("公用经费合计", 5), "10.00"],
    ]
    lines, _ = lines_of("一般公共预算财政拨款基本支出决算明细表", Table([60, 110, 60] * 3, rows, left=(1, 4, 7)))
    assert brief(lines, "item", "row_kind", "printed")[-2:] == [
        ("人员经费合计", "subtotal", "20.00"),
        ("公用经费合计", "subtotal", "10.00"),
    ]
    details = [line.amount for line in lines if line.row_kind == "detail"]
    assert sum(details) == 300000


def test_rows_named_by_their_year_alone_are_about_that_year():
    table = Table(
        [50, 140, 110, 80, 80, 90, 110],
        [
            [("年度", 1, 2), ("“三公”经费财政拨款预算总额", 1, 2), ("因公出国（境）费用", 1, 2), ("公务接待费", 1, 2),
             ("公务用车购置和运行维护费", 3), None, None],
            [None, None, None, None, "小计", "公务用车购置费", "公务用车运行维护费"],
            ["2023年", "12.50", "", "0.50", "12.00", "", "12.00"],
            ["2024年", "11.50", "", "0.50", "11.00", "", "11.00"],
        ],
        header=2,
        left=(0,),
    )  # fmt: skip
    lines, _ = lines_of("财政拨款“三公”经费支出表", table, cover="某市某局2024年部门预算")
    found = sorted((str(line.amount), line.fiscal_year, line.comparison) for line in lines)
    assert {(amount, year) for amount, year, _ in found} == {
        ("125000.00", 2023), ("5000.00", 2023), ("120000.00", 2023),
        ("115000.00", 2024), ("5000.00", 2024), ("110000.00", 2024),
    }  # fmt: skip
    assert len(found) == 8
    assert all(comparison is (year == 2023) for _, year, comparison in found)
