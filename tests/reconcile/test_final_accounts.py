"""Final accounts with balances, other revenue and funds: nothing is reported of what agrees, all of what does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.reconcile.synthetic import DID, disclosures, lines, row, statement, statements

RULES = load_rules()
SUMMARY, OWN = "income_expenditure_summary", "appropriation_summary"


def line(table: str, item: str, direction: str, amounts: dict[str, str], kind: str = "detail", **more: Any) -> list:
    cells = {"item": item.split("/")[-1], "item_path": item, "direction": direction, "phase": "executed", **more}
    return row(table, f"{direction}.{item}", amounts, kind=kind, **cells)


def accounts() -> list[list[dict[str, Any]]]:
    """90 of appropriations (80 general, 10 of a fund) and 10 of other revenue; 7 and 5 carried in, 12 and 9 out."""
    gpb, fund = "general_public_budget:total", "government_fund:total"
    rows = [
        line(SUMMARY, "一般公共预算财政拨款收入", "revenue", {gpb: "80.00"}),
        line(SUMMARY, "政府性基金预算财政拨款收入", "revenue", {fund: "10.00"}),
        line(SUMMARY, "其他收入", "revenue", {"total": "10.00"}, revenue_source="other"),
        line(SUMMARY, "本年收入合计", "revenue", {"total": "100.00"}, "total"),
        line(SUMMARY, "使用非财政拨款结余", "revenue", {"total": "2.00"}),
        line(SUMMARY, "年初结转和结余", "revenue", {"total": "7.00"}),
        line(SUMMARY, "总计", "revenue", {"total": "109.00"}, "total"),
        line(SUMMARY, "一般公共服务支出", "expenditure", {"total": "85.00"}, function_code="201", code_basis="name"),
        line(SUMMARY, "城乡社区支出", "expenditure", {"total": "11.00"}, function_code="212", code_basis="name"),
        line(SUMMARY, "本年支出合计", "expenditure", {"total": "96.00"}, "total"),
        line(SUMMARY, "结余分配", "expenditure", {"total": "1.00"}),
        line(SUMMARY, "年末结转和结余", "expenditure", {"total": "12.00"}),
        line(SUMMARY, "总计", "expenditure", {"total": "109.00"}, "total"),
        line(OWN, "一般公共预算财政拨款", "revenue", {gpb: "80.00"}),
        line(OWN, "政府性基金预算财政拨款", "revenue", {fund: "10.00"}),
        line(OWN, "本年收入合计", "revenue", {"total": "90.00"}, "total"),
        line(OWN, "年初财政拨款结转和结余", "revenue", {"total": "5.00"}, "subtotal"),
        line(OWN, "年初财政拨款结转和结余/一般公共预算财政拨款", "revenue", {gpb: "3.00"}),
        line(OWN, "年初财政拨款结转和结余/政府性基金预算财政拨款", "revenue", {fund: "2.00"}),
        line(OWN, "总计", "revenue", {"total": "95.00"}, "total"),
        line(
            OWN,
            "一般公共服务支出",
            "expenditure",
            {"total": "75.00", gpb: "75.00"},
            function_code="201",
            code_basis="name",
        ),
        line(
            OWN,
            "城乡社区支出",
            "expenditure",
            {"total": "11.00", fund: "11.00"},
            function_code="212",
            code_basis="name",
        ),
        line(OWN, "本年支出合计", "expenditure", {"total": "86.00", gpb: "75.00", fund: "11.00"}, "total"),
        line(OWN, "年末财政拨款结转和结余", "expenditure", {"total": "9.00", gpb: "8.00", fund: "1.00"}),
        line(OWN, "总计", "expenditure", {"total": "95.00", gpb: "83.00", fund: "12.00"}, "total"),
    ]
    for table, code, total, basic, project in (
        ("expenditure", "2010301", "85.00", "60.00", "25.00"),
        ("expenditure", "2120899", "11.00", "0.00", "11.00"),
        ("general_public_budget_expenditure", "2010301", "75.00", "55.00", "20.00"),
    ):
        cells = {"total": total, "basic": basic, "project": project}
        rows.append(row(table, code, cells, function_code=code, phase="executed", code_basis="printed"))
    for table, total, basic, project in (
        ("expenditure", "96.00", "60.00", "36.00"),
        ("general_public_budget_expenditure", "75.00", "55.00", "20.00"),
    ):
        cells = {"total": total, "basic": basic, "project": project}
        rows.append(row(table, "t", cells, kind="total", item="合计", phase="executed"))
    cells = {
        "opening_balance": "2.00",
        "current_year": "10.00",
        "total": "11.00",
        "basic": "0.00",
        "project": "11.00",
        "closing_balance": "1.00",
    }
    for key, kind in (("2120899", "detail"), ("t", "total")):
        code = {"function_code": key, "code_basis": "printed"} if kind == "detail" else {"item": "合计"}
        rows.append(
            row("government_fund_expenditure", key, cells, kind=kind, fund="government_fund", phase="executed", **code)
        )
    return rows


def checks(frame: pl.DataFrame) -> pl.DataFrame:
    frames = {"disclosures": disclosures().with_columns(stage=pl.lit("final_accounts")), "budget_lines": frame}
    return reconcile(frames, RULES)["checks"]


def failing(*documents: tuple[pl.DataFrame, pl.DataFrame]) -> list[set[str]]:
    """The rules that fail in each of some documents, lines and prose of each; all evaluated at once."""
    named = [[_of(f"{at:016x}", table) for table in (disclosures(), *each)] for at, each in enumerate(documents)]
    of, frame, prose = (pl.concat(tables) for tables in zip(*named))
    frames = {
        "disclosures": of.with_columns(stage=pl.lit("final_accounts")),
        "budget_lines": frame,
        "statements": prose,
    }
    within = [rule for rule in RULES if not rule.across]
    found = reconcile(frames, within)["checks"].filter(pl.col("status") == "fail")
    return [set(found.filter(pl.col("disclosure_id") == f"{at:016x}")["rule_id"]) for at in range(len(documents))]


def _of(disclosure: str, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table as those of another document."""
    return table.with_columns(pl.col(pl.String).str.replace(DID, disclosure, literal=True))


def test_accounts_with_balances_and_other_revenue_raise_no_alarm() -> None:
    found = checks(lines(*accounts()))
    assert found.filter(pl.col("status") == "fail")["message_en"].to_list() == []
    assert {
        "column_current_total", "column_grand_total", "total_with_balances", "summary_balances", "row_balances",
        "row_total_funds", "item_parts", "summary_expenditure", "summary_by_class", "general_budget_within_expenditure",
    } <= set(found["rule_id"])  # fmt: skip


#: Changed amounts, and the rules that see each.
CHANGED = [
    (f"{SUMMARY}.revenue.年初结转和结余.total", "8.00", {"column_grand_total", "total_with_balances"}),
    (f"{SUMMARY}.expenditure.年末结转和结余.total", "13.00", {"column_grand_total", "total_with_balances"}),
    (f"{SUMMARY}.revenue.其他收入.total", "11.00", {"column_current_total", "column_grand_total"}),
    (f"{OWN}.revenue.年初财政拨款结转和结余.total", "6.00", {"item_parts"}),
    (
        f"{OWN}.expenditure.年末财政拨款结转和结余.government_fund:total",
        "2.00",
        {"row_total_funds", "column_grand_total"},
    ),
    ("government_fund_expenditure.2120899.closing_balance", "1.50", {"row_balances", "column_total"}),
]


def changed(frame: pl.DataFrame, line_id: str, amount: str) -> pl.DataFrame:
    wanted = pl.col("line_id") == f"{DID}.{line_id}"
    assert frame.filter(wanted).height == 1
    value = pl.lit(Decimal(amount), dtype=frame.schema["amount"])
    return frame.with_columns(pl.when(wanted).then(value).otherwise("amount").alias("amount"))


def test_a_changed_balance_is_reported() -> None:
    frame = lines(*accounts())
    found = failing(*((changed(frame, line_id, amount), statements()) for line_id, amount, _ in CHANGED))
    assert found == [rules for _, _, rules in CHANGED]


def test_a_rate_of_completion_is_what_was_spent_of_the_budget_that_it_names() -> None:
    def rate(value: str, phase: str, initial: str = "80.00") -> tuple[pl.DataFrame, pl.DataFrame]:
        of = {"sentence_id": f"{DID}.p.x.0"}
        rows = [
            statement("three_public", "amount", initial, statement_id=f"{DID}.a", phase="approved", **of),
            statement("three_public", "amount", "50.00", statement_id=f"{DID}.b", phase="adjusted", **of),
            statement("three_public", "amount", "40.00", statement_id=f"{DID}.c", phase="executed", **of),
            statement(
                "three_public",
                "completion_rate",
                value,
                statement_id=f"{DID}.d",
                phase=phase,
                unit="percent",
                **of,
            ),
        ]
        return lines(), statements(*rows)

    right = [rate("80.00", "adjusted"), rate("50.00", "approved")]
    wrong = [rate("80.00", "approved"), rate("80.00", "approved", initial="0.00")]
    assert failing(*right, *wrong) == [set(), set(), {"completion_rate"}, {"completion_rate"}]
