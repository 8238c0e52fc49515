"""Final accounts drawn and read: nothing is reported of what agrees; a changed figure fails every equality it stands in."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import read
from tests.extract.accounts import PAGES, drawn
from tests.tables import tables_of

pytestmark = pytest.mark.slow

RULES = load_rules()


@lru_cache(maxsize=1)
def frames() -> dict[str, pl.DataFrame]:
    return tables_of([read(drawn(*PAGES), "x.pdf")])


def failing(changed: dict[str, pl.DataFrame]) -> list[str]:
    checks = reconcile(changed, RULES)["checks"]
    return sorted(checks.filter(pl.col("status") == "fail")["rule_id"])


def test_accounts_that_agree_raise_no_alarm() -> None:
    checks = reconcile(frames(), RULES)["checks"]
    assert checks.filter(pl.col("status") == "fail")["message_en"].to_list() == []
    assert checks.filter(pl.col("status") == "pass").height > 200


@pytest.mark.parametrize(
    ("table", "item", "measure", "fund", "rules"),
    [
        ("income", "合计", "fiscal_appropriation", None,
         ["column_total", "revenue_appropriation", "row_total_sources_fees"]),
        ("income", "行政运行", "education_fees", None, ["code_parts", "column_total"]),
        ("general_public_budget_expenditure", "合计", "subtotal", "general_public_budget",
         ["appropriation_general_budget", "column_total", "row_total_basic_project"]),
        ("general_public_budget_expenditure", "行政运行", "subtotal", "general_public_budget",
         ["appropriation_by_class", "code_parts", "column_total", "row_total_basic_project"]),
        ("appropriation_summary", "本年支出合计", "total", "government_fund",
         ["appropriation_government_fund", "column_current_total", "row_total_funds"]),
        ("government_fund_expenditure", "合计", "opening_balance", "government_fund", ["column_total", "row_balances"]),
        ("government_fund_expenditure", "合计", "subtotal", "government_fund",
         ["column_total", "row_balances", "row_total_project_alone"]),
    ],
)  # fmt: skip
def test_a_changed_figure_fails_every_equality_it_stands_in(table, item, measure, fund, rules) -> None:
    lines = frames()["budget_lines"]
    wanted = (
        (pl.col("table_code") == table) & (pl.col("item") == item) & pl.col("fund").cast(pl.String).eq_missing(fund)
    )
    source = pl.col("revenue_source").cast(pl.String).fill_null("")
    wanted &= (pl.col("measure").cast(pl.String) == measure) | (source == measure)
    assert lines.filter(wanted).height == 1
    more = (pl.col("amount") + Decimal("10000.00")).cast(lines.schema["amount"])
    changed = lines.with_columns(pl.when(wanted).then(more).otherwise("amount").alias("amount"))
    assert failing({**frames(), "budget_lines": changed}) == rules
