"""Sentences in other words, years and units than the bundled ones."""

from __future__ import annotations

import gc
from collections.abc import Callable
from decimal import Decimal

import pytest

from pipeline.extract.prose import read_prose
from pipeline.extract.prose.parts import ECONOMIC, official
from schemas.rows import BudgetLine, Place

from .conftest import Reads, facts, make_context, short

D = Decimal


def test_ten_thousands_become_exact_yuan(read: Reads) -> None:
    context = read("2031年，某某局收入预算1,234.56万元，比2030年预算增加0.5万元，增长0.04%。", year=2031)
    assert facts(context, "metric", "kind", "value", "precision", "printed", "printed_unit", "base_year") == [
        ("revenue_budget", "amount", D("12345600.0000"), D("100.00"), "1,234.56", "万元", None),
        ("revenue_budget", "change", D("5000.0000"), D("1000.0"), "0.5", "万元", 2030),
        ("revenue_budget", "change_percent", D("0.0400"), D("0.01"), "0.04", "%", 2030),
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("增加", 7),
        ("增长", 7),
        ("提高", 7),
        ("上升", 7),
        ("减少", -7),
        ("降低", -7),
        ("下降", -7),
        ("减少了", -7),
        ("减少约", -7),
    ],
)
def test_the_word_of_change_gives_the_sign(read: Reads, words: str, value: int) -> None:
    context = read(f"项目支出预算20元，比上年{words}7元。")
    assert short(context)[1] == ("project_expenditure", None, "change", D(value), 2022)


@pytest.mark.parametrize(
    "words", ["与2021年一致", "与2021年预算持平", "比2021年预算数持平", "较上年相同", "与上年度保持一致"]
)
def test_what_stays_the_same_states_the_earlier_amount_too(read: Reads, words: str) -> None:
    context = read(f"公务接待费3.5万元，{words}，主要原因是业务量无变化。")
    assert facts(context, "metric", "kind", "value", "fiscal_year", "comparison", "printed", "reason") == [
        ("official_reception", "amount", D("35000.0000"), 2022, False, "3.5", None),
        ("official_reception", "amount", D("35000.0000"), 2021, True, words, "业务量无变化"),
    ]
    first, second = facts(context, "statement_id", "derived_from")
    assert second[1] == first[0]


def test_each_item_of_a_list_keeps_its_own_metric(read: Reads) -> None:
    context = read(
        "2025年“三公”经费预算数为47.91万元，比2024年预算增加25万元。其中：\n"
        "（一）因公出国（境）费0万元，比2024年预算持平。\n"
        "（二）公务用车购置及运行费46.56万元，比2024年预算增加25万元，主要原因是更新车辆。其中：公务用车购置费25万元，"
        "比2024年预算增加25万元，主要原因是更新；公务用车运行费21.56万元，比2024年预算持平，主要原因是车辆数不变。\n"
        "（三）公务接待费1.35万元。比2024年预算持平。\n",
        year=2025,
    )
    assert short(context) == [
        ("three_public", None, "amount", D(479100), 2025),
        ("three_public", None, "change", D(250000), 2025),
        ("overseas_travel", None, "amount", D(0), 2025),
        ("overseas_travel", None, "amount", D(0), 2024),
        ("official_vehicles", None, "amount", D(465600), 2025),
        ("official_vehicles", None, "change", D(250000), 2025),
        ("official_vehicle_purchase", None, "amount", D(250000), 2025),
        ("official_vehicle_purchase", None, "change", D(250000), 2025),
        ("official_vehicle_operation", None, "amount", D(215600), 2025),
        ("official_vehicle_operation", None, "amount", D(215600), 2024),
        ("official_reception", None, "amount", D(13500), 2025),
        ("official_reception", None, "amount", D(13500), 2024),
    ]
    reasons = [row for row in facts(context, "metric", "reason") if row[1]]
    assert reasons == [
        ("official_vehicles", "更新车辆"),
        ("official_vehicle_purchase", "更新"),
        ("official_vehicle_operation", "车辆数不变"),
    ]


def test_funds_tell_appropriations_apart(read: Reads) -> None:
    context = read(
        "支出预算500万元，其中：财政拨款支出预算400万元，比2021年预算减少8万元。财政拨款支出预算中，一般公共预算拨款支出预算"
        "390万元；政府性基金拨款支出预算10万元；国有资本经营预算拨款支出预算0万元，与2021年预算持平。\n"
        "    财政拨款收入支出减少的主要原因是项目调整。\n"
    )
    assert facts(context, "metric", "fund", "kind", "value") == [
        ("expenditure_budget", None, "amount", D("5000000.0000")),
        ("appropriation_expenditure", None, "amount", D("4000000.0000")),
        ("appropriation_expenditure", None, "change", D("-80000.0000")),
        ("appropriation_expenditure", "general_public_budget", "amount", D("3900000.0000")),
        ("appropriation_expenditure", "government_fund", "amount", D("100000.0000")),
        ("appropriation_expenditure", "state_capital", "amount", D("0.0000")),
        ("appropriation_expenditure", "state_capital", "amount", D("0.0000")),
    ]
    assert facts(context, "reason")[2] == ("项目调整",)


def test_functions_with_codes_in_the_text(read: Reads) -> None:
    context = read(
        "  12、公共安全支出（204类）司法（06款）基层司法业务（04项）2170.39万元。主要用于：人民调解等基本支出。2021年当年预算执行数为"
        "2149.45万元，2022年预算安排2170.40万元，比2021年预算执行数增加0.97%。主要原因是：业务量增加。\n"
    )
    assert facts(context, "metric", "function_code", "kind", "value", "fiscal_year", "phase", "reason") == [
        ("function_expenditure", "2040604", "amount", D("21703900.0000"), 2022, "approved", None),
        ("function_expenditure", "2040604", "amount", D("21494500.0000"), 2021, "executed", None),
        ("function_expenditure", "2040604", "amount", D("21704000.0000"), 2022, "approved", None),
        ("function_expenditure", "2040604", "change_percent", D("0.9700"), 2022, "approved", "业务量增加"),
    ]
    assert {row[0] for row in facts(context, "subject")} == {"公共安全支出（204类）司法（06款）基层司法业务（04项）"}


def test_functions_by_name_take_the_code_of_the_tables(read: Reads) -> None:
    from pipeline.extract.contacts import withhold
    from pipeline.extract.prose import read_prose

    from .conftest import make_context

    context = make_context("1. “教育支出（类）普通教育（款）小学教育（项）”25.00万元，主要用于小学。\n")
    for code, name in (
        ("205", "教育支出"),
        ("20502", "普通教育"),
        ("2050202", "小学教育"),
        ("2050203", "初中教育"),
    ):
        line = BudgetLine(
            line_id=code, row_id=code, table_id="t", row_kind="detail", measure="total", amount=D(0), printed="0",
            function_code=code, function_name=name, place=Place(None, 1, 0, 1),
        )  # fmt: skip
        context.add(line)
    withhold(context)
    read_prose(context)
    assert facts(context, "function_code", "value") == [("2050202", D("250000.0000"))]


def test_functions_joined_by_dashes(read: Reads) -> None:
    context = read("1. “卫生健康支出-行政事业单位医疗-行政单位医疗”科目78.29万元，主要用于医疗保险。\n")
    assert facts(context, "subject", "value") == [("卫生健康支出-行政事业单位医疗-行政单位医疗", D("782900.0000"))]


def test_final_accounts_have_phases_rates_and_shares(read: Reads) -> None:
    context = read(
        "一般公共预算财政拨款支出年初预算为10万元，全年预算为32.5万元，支出决算为30.1万元，完成年初预算的301.00%。决算数大于预算数的"
        "主要原因：追加。其中：一般公共服务支出（类）20万元，占66.45%。\n",
        stage="final_accounts",
    )
    assert facts(context, "metric", "kind", "phase", "value", "reason") == [
        ("appropriation_expenditure", "amount", "approved", D("100000.0000"), None),
        ("appropriation_expenditure", "amount", "adjusted", D("325000.0000"), None),
        ("appropriation_expenditure", "amount", "executed", D("301000.0000"), None),
        ("appropriation_expenditure", "completion_rate", "approved", D("301.0000"), "追加"),
        ("function_expenditure", "amount", "executed", D("200000.0000"), None),
        ("function_expenditure", "share", "executed", D("66.4500"), None),
    ]


def test_words_about_a_purpose_do_not_change_the_metric(read: Reads) -> None:
    context = read(
        "1、教育支出（类）普通教育（款）小学教育（项）。主要用于：事业单位人员支出、公用支出。全年预算为52.00万元，支出决算为51.32万元，"
        "完成全年预算数的98.69%。\n",
        stage="final_accounts",
    )
    assert {row[0] for row in facts(context, "metric")} == {"function_expenditure"}
    assert facts(context, "kind", "phase") == [
        ("amount", "adjusted"),
        ("amount", "executed"),
        ("completion_rate", "adjusted"),
    ]


def test_procurement_by_kind(read: Reads) -> None:
    context = read(
        "2022年本部门政府采购预算1662.44万元，其中：政府采购货物预算93.98万元、政府采购工程预算815.87万元、政府采购服务预算752.59万元。"
    )
    assert short(context) == [
        ("procurement", None, "amount", D(16624400), 2022),
        ("procurement", "货物", "amount", D(939800), 2022),
        ("procurement", "工程", "amount", D(8158700), 2022),
        ("procurement", "服务", "amount", D(7525900), 2022),
    ]


def test_what_there_is_none_of(read: Reads) -> None:
    context = read("本单位2022年度无“三公”经费财政拨款支出。\n    本单位无政府性基金预算财政拨款收入和支出。\n")
    assert facts(context, "metric", "kind", "value", "fund", "printed") == [
        ("three_public", "none", None, None, "无“三公”经费财政拨款支出"),
        (
            "government_fund_appropriation",
            "none",
            None,
            "government_fund",
            "无政府性基金预算财政拨款收入和支出",
        ),
    ]


def test_named_projects_with_their_amounts(read: Reads) -> None:
    context = read("2022年，主要项目为公园维护费（862,745.70元）、路灯更新项目（12万元），绩效目标为：提升环境。")
    assert short(context) == [
        ("major_project", "公园维护费", "amount", D("862745.7"), 2022),
        ("major_project", "路灯更新项目", "amount", D(120000), 2022),
    ]


def test_self_evaluation(read: Reads) -> None:
    context = read("2021年，开展了2020年度整体支出绩效自评，综合得分91.5分，绩效级别为“优秀”。")
    assert facts(context, "metric", "kind", "value", "value_text", "unit", "fiscal_year") == [
        ("performance_self_evaluation", "score", D("91.5000"), None, "point", 2020),
        ("performance_self_evaluation", "grade", None, "优秀", None, 2020),
    ]


def test_a_sentence_that_only_names_a_topic_is_about_the_next(read: Reads) -> None:
    context = read(
        "七、“三公”经费决算情况\n1．因公出国（境）费用。2022年决算数0.5万元，比2022年年初预算数2万元减少1.5万元。2022年组织因公出国（境）"
        "团组1个、3人次，人均因公出国（境）费用0.17万元。\n",
        stage="final_accounts",
    )
    assert facts(context, "metric", "kind", "value", "phase", "base_year") == [
        ("overseas_travel", "amount", D("5000.0000"), "executed", None),
        ("overseas_travel", "amount", D("20000.0000"), "approved", None),
        ("overseas_travel", "change", D("-15000.0000"), "executed", 2022),
        ("overseas_groups", "count", D("1.0000"), None, None),
        ("overseas_persons", "count", D("3.0000"), None, None),
        ("average_cost", "amount", D("1700.0000"), "executed", None),
    ]


def test_a_comparison_after_details_is_about_the_whole(read: Reads) -> None:
    context = read(
        "机关运行经费支出65.61万元，主要用于开支办公费20.00万元、印刷费5.61万元、差旅费40.00万元。较上年减少8.94万元，下降12.00%，"
        "主要原因：一是节约；二是人员减少。\n"
    )
    assert facts(context, "metric", "subject", "kind", "value", "reason") == [
        ("agency_operating", None, "amount", D("656100.0000"), None),
        ("other_amount", "办公费", "amount", D("200000.0000"), None),
        ("other_amount", "印刷费", "amount", D("56100.0000"), None),
        ("domestic_travel", None, "amount", D("400000.0000"), None),
        ("agency_operating", None, "change", D("-89400.0000"), "一是节约；二是人员减少"),
        ("agency_operating", None, "change_percent", D("-12.0000"), "一是节约；二是人员减少"),
    ]


def test_amounts_in_a_reason_are_facts_of_their_own(read: Reads) -> None:
    context = read(
        "2022年度收入总计328.56万元，支出总计328.56万元。收支较上年增加18.97万元，增长6.13%，主要原因是财政拨款收入较上年增加29.45万元，"
        "政府性基金减少10.48万元。\n"
    )
    assert facts(context, "metric", "kind", "value", "reason") == [
        ("revenue_budget", "amount", D("3285600.0000"), None),
        ("expenditure_budget", "amount", D("3285600.0000"), None),
        (
            "revenue_and_expenditure",
            "change",
            D("189700.0000"),
            "财政拨款收入较上年增加29.45万元，政府性基金减少10.48万元",
        ),
        (
            "revenue_and_expenditure",
            "change_percent",
            D("6.1300"),
            "财政拨款收入较上年增加29.45万元，政府性基金减少10.48万元",
        ),
        ("appropriation_revenue", "change", D("294500.0000"), None),
        ("government_fund_appropriation", "change", D("-104800.0000"), None),
    ]
    assert {token.cls for token in context.ledger.tokens} == {"data", "structure"}


def test_classes_of_final_accounts_by_name_alone(read: Reads) -> None:
    context = read(
        "2022年度财政拨款支出2,900.00万元，主要用于以下方面：教育支出2,000.00万元，占本年财政拨款支出68.97%；住房保障支出900.00万元，占本年"
        "财政拨款支出31.03%。\n"
        "    “普通教育”（款）2022年度决算1,500.00万元，比2022年年初预算增加105.00万元。\n",
        stage="final_accounts",
    )
    assert facts(context, "subject", "kind", "value", "value_text")[1:] == [
        ("教育支出", "amount", D("20000000.0000"), None),
        ("教育支出", "share", D("68.9700"), "本年财政拨款支出"),
        ("住房保障支出", "amount", D("9000000.0000"), None),
        ("住房保障支出", "share", D("31.0300"), "本年财政拨款支出"),
        ("普通教育（款）", "amount", D("15000000.0000"), None),
        ("普通教育（款）", "change", D("1050000.0000"), None),
    ]


def test_a_clause_that_begins_with_a_comparison_goes_on(read: Reads) -> None:
    context = read(
        "公务接待费支出决算为6.35万元，完成预算的100%；同比增加0.61万元，增长10.63%。", stage="final_accounts"
    )
    assert facts(context, "kind", "value", "base_year") == [
        ("amount", D("63500.0000"), None),
        ("completion_rate", D("100.0000"), None),
        ("change", D("6100.0000"), 2021),
        ("change_percent", D("10.6300"), 2021),
    ]


def test_after_brackets_the_sentence_goes_on_with_what_it_was_about(read: Reads) -> None:
    context = read("公务用车购置及运行费5万元（其中：购置费2万元，运行维护费3万元），与上年持平；公务接待费1万元。")
    assert short(context) == [
        ("official_vehicles", None, "amount", D(50000), 2022),
        ("official_vehicle_purchase", None, "amount", D(20000), 2022),
        ("official_vehicle_operation", None, "amount", D(30000), 2022),
        ("official_vehicles", None, "amount", D(50000), 2021),
        ("official_reception", None, "amount", D(10000), 2022),
    ]


def test_short_names_mean_what_the_words_before_them_are_about(read: Reads) -> None:
    context = read(
        "2022年预算收入3000.5万元，支出3000.5万元。政府采购预算总额120万元，其中：货物类50万元，工程类0万元，服务类70万元。"
        "在职人员43人，其中：行政27人，事业16人。\n"
    )
    assert short(context) == [
        ("revenue_budget", None, "amount", D(30005000), 2022),
        ("expenditure_budget", None, "amount", D(30005000), 2022),
        ("procurement", None, "amount", D(1200000), 2022),
        ("procurement", "货物", "amount", D(500000), 2022),
        ("procurement", "工程", "amount", D(0), 2022),
        ("procurement", "服务", "amount", D(700000), 2022),
        ("staff", None, "count", D(43), 2022),
        ("staff", "行政", "count", D(27), 2022),
        ("staff", "事业", "count", D(16), 2022),
    ]


@pytest.mark.slow
def test_reading_takes_time_in_proportion_to_length(bundled_text: str, read: Reads) -> None:
    import time

    prose = bundled_text[: bundled_text.index("第二部分  2022")]

    def seconds(times: int) -> float:
        text = prose * times
        return min(_timed(read, text, time.process_time) for _ in range(3))

    assert seconds(40) < 10 * seconds(8)


def _timed(read: Reads, text: str, clock: Callable[[], float]) -> float:
    # The collector looks through all that other tests left behind; how long that takes says nothing about the reader.
    gc.collect()
    gc.disable()
    try:
        start = clock()
        read(text)
        return clock() - start
    finally:
        gc.enable()


def test_a_change_says_what_stage_it_is_compared_with(read: Reads) -> None:
    text = "2025年“三公”经费预算12万元，比2024年“三公”经费决算11万元增加1万元，比2024年“三公”经费预算减少1万元，比上年增长9%。"
    changes = [row for row in read(text, year=2025).extraction.rows.statements if row.kind.startswith("change")]
    assert [(row.base_year, row.base_phase, row.value) for row in changes] == [
        (2024, "executed", D("10000.0000")),
        (2024, "approved", D("-10000.0000")),
        (2024, None, D("9.0000")),
    ]


def test_a_sentence_of_the_documents_own_year_leaves_a_section_of_another(read: Reads) -> None:
    lines = [
        "一、2024年“三公”经费决算情况",
        "2024年度“三公”经费支出20万元，其中公务接待费12万元。2025年度“三公”经费预算较2024年度增加2万元，其中公务接待费较上年减少1万元。"
        "公务用车运行费较上年同期增加3万元。2024年公务接待费比上年增加4万元。",
    ]
    assert facts(read("\n".join(lines), year=2025), "metric", "kind", "value", "fiscal_year", "phase", "base_year") == [
        ("three_public", "amount", D("200000.0000"), 2024, "executed", None),
        ("official_reception", "amount", D("120000.0000"), 2024, "executed", None),
        ("three_public", "change", D("20000.0000"), 2025, "approved", 2024),
        ("official_reception", "change", D("-10000.0000"), 2025, "approved", 2024),
        ("official_vehicle_operation", "change", D("30000.0000"), 2025, "approved", 2024),
        ("official_reception", "change", D("40000.0000"), 2024, "executed", 2023),
    ]


def test_no_class_of_the_economic_classification_is_all_that_a_body_spends(read: Reads) -> None:
    names = sorted(official(*ECONOMIC))
    lines = [f"2031年{name}{'' if name.endswith('支出') else '支出'}预算3.00万元。" for name in names]
    stated = facts(read("\n".join(lines), year=2031), "metric")
    assert len(stated) == len(names)
    assert ("expenditure_budget",) not in stated


def test_what_bodies_of_a_department_spend_is_no_expenditure_of_the_department() -> None:
    text = (
        "按单位划分：局机关支出预算700万元，其中基本支出600万元；农业技术推广中心支出预算612万元，其中项目支出210万元；"
        "我局支出预算1312万元，其中基本支出1102万元。\n"
    )
    context = make_context(text, year=2025)
    context.entity_name, context.scope = "临江区农业农村局", "department"
    read_prose(context)
    assert facts(context, "metric", "subject", "value") == [
        ("expenditure_budget", "局机关", D("7000000.0000")),
        ("basic_expenditure", "局机关", D("6000000.0000")),
        ("expenditure_budget", "农业技术推广中心", D("6120000.0000")),
        ("project_expenditure", "农业技术推广中心", D("2100000.0000")),
        ("expenditure_budget", None, D("13120000.0000")),
        ("basic_expenditure", None, D("11020000.0000")),
    ]
