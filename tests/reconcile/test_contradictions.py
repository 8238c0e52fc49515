"""Records that contradict themselves: labels on the other side, causes, parts above their whole, dates, headings."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from tests.reconcile.synthetic import DID, disclosures, frame, lines, row, rules, statement, statements


def failing(rule: str, document: dict[str, Any] | None = None, **frames: pl.DataFrame) -> list[str]:
    about = disclosures().with_columns(**{name: pl.lit(value) for name, value in (document or {}).items()})
    checks = reconcile({"disclosures": about, **frames}, rules(rule))["checks"]
    return checks.filter(pl.col("status") == "fail")["message_zh"].to_list()


def test_a_label_says_on_which_side_its_amount_stands() -> None:
    def summary(item: str, direction: str) -> dict[str, pl.DataFrame]:
        return {
            "budget_lines": lines(
                row("income_expenditure_summary", "a", {"total": "5.00"}, item=item, direction=direction)
            )
        }

    (said,) = failing("expenditure_as_revenue", **summary("本年支出合计", "revenue"))
    assert said.endswith("“本年支出合计”行：称为支出，其5.00元却列在收入一方")
    assert failing("expenditure_as_revenue", **summary("本年支出合计", "expenditure")) == []
    assert len(failing("revenue_as_expenditure", **summary("收入总计", "expenditure"))) == 1
    assert failing("revenue_as_expenditure", **summary("事业收入", "revenue")) == []


@pytest.mark.parametrize(
    ("change", "reason", "rules"),
    [
        ("-5.00", "一般行政管理事务经费增加", {"cause_of_decrease"}),
        ("5.00", "人员有所减少", {"cause_of_increase"}),
        ("5.00", "人员经费增加", set()),
        ("-5.00", "压减会议费，人员增加", set()),
        ("5.00", "上年基数减少", set()),
        ("-5.00", "项目调整", set()),
    ],
)
def test_a_cause_goes_the_way_of_its_change(change: str, reason: str, rules: set[str]) -> None:
    stated = statements(statement("three_public", "change", change, reason=reason))
    assert {rule for rule in ("cause_of_increase", "cause_of_decrease") if failing(rule, statements=stated)} == rules


def test_a_part_is_not_above_its_whole_in_the_base_year_either() -> None:
    def base(part: str, year: int = 2021) -> list[str]:
        rows = (
            statement("three_public", "amount", "9.00"),
            statement("three_public", "amount", "4.00", 2021),
            statement("overseas_travel", "amount", part, year),
        )
        return failing("three_public_within", statements=statements(*rows))

    assert base("4.00") == [] and base("5.00", 2022) == []
    (said,) = base("5.00")
    assert said.endswith("所列为5.00元，高于其总额4.00元")


@pytest.mark.parametrize(
    ("stage", "as_of", "wrong"),
    [
        ("budget", "2021-12-31", False),
        ("budget", "2019-12-31", True),
        ("final_accounts", "2022-12-31", False),
        ("final_accounts", "2021-12-31", True),
        ("budget", "2023-12-31", True),
    ],
)
def test_figures_are_as_of_a_date_that_fits_the_stage(stage: str, as_of: str, wrong: bool) -> None:
    stated = statements(statement("vehicles", "count", "3", as_of=as_of))
    assert bool(failing("dates_fit_stage", {"stage": stage}, statements=stated)) == wrong


@pytest.mark.parametrize(
    ("heading", "wrong"),
    [
        ("2022年部门预算情况说明", False),
        ("第二部分 2021年部门预算情况说明", True),
        ("2021年“三公”经费预算情况说明", True),
        ("某局2022年度部门预算", False),
        ("上海市另一委员会2022年度部门预算", True),
        ("2021年预算执行情况", False),
        ("2021年“三公”经费决算情况", False),
        ("主要职能", False),
    ],
)
def test_headings_are_of_the_documents_body_and_year(heading: str, wrong: bool) -> None:
    passage = {"passage_id": f"{DID}.passage.1", "disclosure_id": DID, "section_path": heading, "kind": "narrative"}
    assert bool(failing("headings_agree", passages=frame("passages", [passage]))) == wrong


@pytest.mark.parametrize(
    ("word", "spent", "severities"),
    [
        ("小于", "9.00", []),
        ("大于", "9.00", ["error"]),
        ("等于", "9.00", ["error"]),
        ("等于", "10.00", []),
        ("小于", "12.00", ["error"]),
    ],
)
def test_a_comparison_with_the_budget_fits_both_amounts(word: str, spent: str, severities: list[str]) -> None:
    place = {"sentence_id": f"{DID}.passage.1.1", "function_code": "2010301"}
    rows = (
        statement("function_expenditure", "amount", "10.00", statement_id=f"{DID}.statement.b", **place),
        statement("function_expenditure", "amount", spent, phase="executed", **place),
    )
    text = f"年初预算为10.00元，支出决算为{spent}元。决算数{word}年初预算数的主要原因是人员变动。"
    passage = {"passage_id": f"{DID}.passage.1", "disclosure_id": DID, "text": text, "kind": "narrative"}
    about = disclosures().with_columns(stage=pl.lit("final_accounts"))
    frames = {"disclosures": about, "statements": statements(*rows), "passages": frame("passages", [passage])}
    checks = reconcile(frames, rules("comparison_word"))["checks"]
    assert checks.height == 1
    assert checks.filter(pl.col("status") == "fail")["severity"].to_list() == severities


@pytest.mark.parametrize(
    ("table", "fund", "code", "wrong"),
    [
        ("general_public_budget_expenditure", "general_public_budget", "2013901", False),
        ("state_capital_expenditure", "state_capital", "2013901", True),
        ("state_capital_expenditure", "state_capital", "2230199", False),
        ("general_public_budget_expenditure", "general_public_budget", "223", True),
        ("general_public_budget_expenditure", "general_public_budget", "2120802", True),
        ("government_fund_expenditure", "government_fund", "2120802", False),
        ("government_fund_expenditure", "government_fund", "2080505", True),
        ("government_fund_expenditure", "government_fund", "208", False),
        ("appropriation_summary", "state_capital", "201", True),
        ("expenditure", None, "2013901", False),
    ],
)
def test_a_function_code_is_of_the_budget_that_its_table_or_column_names(table, fund, code, wrong) -> None:
    printed = lines(row(table, code, {"total": "5.00"}, fund=fund, function_code=code))
    assert bool(failing("fund_of_code", budget_lines=printed)) == wrong


@pytest.mark.parametrize(
    ("rule", "table", "measure", "wrong"),
    [
        ("project_in_basic", "general_public_budget_basic_expenditure", "project", True),
        ("project_in_basic", "general_public_budget_expenditure", "project", False),
        ("basic_in_project", "project_expenditure", "basic", True),
        ("basic_in_project", "project_expenditure", "total", False),
    ],
)
def test_what_a_title_leaves_out_its_table_does_not_print(rule, table, measure, wrong) -> None:
    assert bool(failing(rule, budget_lines=lines(row(table, "a", {measure: "5.00"})))) == wrong


def test_a_table_of_expenditure_alone_prints_no_revenue() -> None:
    def printed(table: str) -> dict[str, pl.DataFrame]:
        return {"budget_lines": lines(row(table, "a", {"total": "5.00"}, item="本年收入合计", direction="revenue"))}

    assert len(failing("revenue_in_expenditure", **printed("general_public_budget_expenditure"))) == 1
    assert failing("revenue_in_expenditure", **printed("general_public_budget_income_expenditure")) == []


@pytest.mark.parametrize(("fund", "wrong"), [("4.00", False), ("5.00", True)])
def test_the_tables_of_the_budgets_are_within_all_appropriations(fund: str, wrong: bool) -> None:
    printed = lines(
        row("general_public_budget_expenditure", "a", {"total": "6.00"}, row_kind="total", direction="expenditure"),
        row("government_fund_expenditure", "b", {"total": fund}, direction="expenditure"),
        row(
            "appropriation_summary", "c", {"total": "10.00"}, row_kind="total", item="支出总计", direction="expenditure"
        ),
    )
    assert bool(failing("appropriation_funds", budget_lines=printed)) == wrong


@pytest.mark.parametrize(("classes", "wrong"), [("6.00", False), ("5.00", True)])
def test_a_budget_is_the_same_by_class_and_by_function(classes: str, wrong: bool) -> None:
    table = "general_public_budget_expenditure"
    printed = lines(
        row(table, "a", {"total": "6.00"}, function_code="2013901"),
        row(table, "b", {"total": classes}, department_economic_code="301"),
    )
    assert bool(failing("general_budget_by_class", budget_lines=printed)) == wrong


@pytest.mark.parametrize(("other", "wrong"), [("4.00", False), ("5.00", True)])
def test_other_revenue_and_all_appropriations_are_within_the_total(other: str, wrong: bool) -> None:
    source, whole = {"revenue_source": "other"}, {"row_kind": "total", "direction": "revenue"}
    printed = lines(
        row("income", "a", {"total": "10.00"}, **whole),
        row("income", "b", {"total": other}, **whole, **source),
        row("appropriation_summary", "c", {"total": "6.00"}, item="本年收入合计", **whole),
    )
    assert bool(failing("revenue_beside_appropriation", budget_lines=printed)) == wrong


@pytest.mark.parametrize(("remitted", "wrong"), [("4.00", False), ("5.00", True)])
def test_what_is_remitted_and_the_general_budget_are_within_all_expenditure(remitted: str, wrong: bool) -> None:
    printed = lines(
        row("expenditure", "a", {"total": "10.00", "remitted_up": remitted}, row_kind="total"),
        row("general_public_budget_expenditure", "b", {"total": "6.00"}, row_kind="total"),
    )
    assert bool(failing("expenditure_beside_general_budget", budget_lines=printed)) == wrong


@pytest.mark.parametrize(
    ("personnel", "public", "failed"),
    [
        ("7.00", "2.00", set()),
        ("2.00", "7.00", {"personnel_total", "wages_within_personnel"}),
        ("7.00", "3.00", {"personnel_total", "basic_total_split"}),
    ],
)
def test_personnel_and_public_expenditure_are_those_of_the_basic_expenditure_table(personnel, public, failed) -> None:
    basic = "general_public_budget_basic_expenditure"
    of_row = {"row_kind": "total", "direction": "expenditure"}
    printed = lines(
        row("general_public_budget_expenditure", "a", {"personnel": personnel, "public": public}, **of_row),
        row(basic, "b", {"total": "9.00", "personnel": "7.00", "public": "2.00"}, **of_row),
        row(basic, "c", {"total": "6.00"}, row_kind="detail", direction="expenditure", department_economic_code="301"),
    )
    rules = ("personnel_total", "basic_total_split", "wages_within_personnel")
    assert {rule for rule in rules if failing(rule, budget_lines=printed)} == failed
