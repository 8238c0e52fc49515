"""What states nothing: amounts that stay unclaimed, numbers that are narrative, templates that nobody filled in."""

from __future__ import annotations

from decimal import Decimal

from .conftest import Reads, facts, short

D = Decimal


def test_an_undecided_template_states_no_change_and_leaves_the_amount_unclaimed(read: Reads) -> None:
    context = read("机关运行经费支出10.00万元，比2021年度增加（减少）3.25万元。")
    assert short(context) == [("agency_operating", None, "amount", D(100000), 2022)]
    assert [t.printed for t in context.ledger.tokens if t.cls == "unclaimed"] == ["3.25"]


def test_an_amount_of_unknown_name_is_kept_under_its_name(read: Reads) -> None:
    context = read("2022年，第一季度用款计划158.05万元，绿化养护专项资金为20万元。")
    assert short(context) == [
        ("other_amount", "第一季度用款计划", "amount", D(1580500), 2022),
        ("other_amount", "绿化养护专项资金", "amount", D(200000), 2022),
    ]


def test_an_amount_that_no_form_understands_stays_unclaimed(read: Reads) -> None:
    context = read("经研究，对每名到岗者一次性给予3000元支持。")
    assert facts(context, "metric") == []
    assert [(t.printed, t.cls) for t in context.ledger.tokens] == [("3000", "unclaimed")]


def test_numbers_without_money_are_narrative(read: Reads) -> None:
    context = read("本工程用地面积约为4000.6平方米，地上7层，抗震设防烈度为8度。")
    assert {t.cls for t in context.ledger.tokens} == {"narrative"}
    assert {t.owner_table for t in context.ledger.tokens} == {"passages"}


def test_letters_are_never_taken_for_numbers(read: Reads) -> None:
    context = read("Y年#元，@项目：收入预算Y#万元，支出预算5万元。")
    assert short(context) == [("expenditure_budget", None, "amount", D(50000), 2022)]


def test_a_template_that_nobody_filled_in_states_nothing(read: Reads) -> None:
    context = read("上海市XX局2024年度无机关运行经费支出。机关运行经费支出XX万元，比上年增加XX%。", year=2024)
    assert facts(context, "metric") == []
