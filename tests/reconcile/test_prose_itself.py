"""Changes and percentages of prose are computed again from the amounts printed beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.reconcile.synthetic import disclosures, rules, statement, statements


def check(rule: str, *rows: dict[str, Any]) -> dict[str, Any]:
    checks = reconcile({"disclosures": disclosures(), "statements": statements(*rows)}, rules(rule))["checks"]
    (found,) = checks.rows(named=True)
    return found


REVENUE = (
    statement("revenue_budget", "amount", "5864768.37"),
    statement("revenue_budget", "amount", "6291924.73", 2021),
    statement("revenue_budget", "change", "-427156.36"),
)


def test_a_percentage_of_the_wrong_base_says_what_it_is() -> None:
    found = check("percent_of_base", *REVENUE, statement("revenue_budget", "change_percent", "-7.28"))
    assert found["status"] == "fail"
    assert found["message_zh"].endswith(
        "2022年收入预算降低7.28%，按列示数计算应为6.79%（427,156.36 ÷ 6,291,924.73）；所列百分比等于变动额除以本年数"
    )
    assert "427,156.36 ÷ 6,291,924.73" in found["message_en"]


def test_amounts_whose_last_digits_are_cut_off_do_not_accuse_as_errors() -> None:
    def repeated(one: str, other: str, digits: str) -> tuple[str, bool]:
        first = statement("three_public", "amount", one)
        second = statement("three_public", "amount", other, precision=Decimal(digits))
        found = check("repeated_amount", first, {**second, "statement_id": second["statement_id"] + ".2"})
        return found["severity"], found["rounding_only"]

    assert repeated("877080.00", "877000.00", "100") == ("info", True)
    # More than the last digit is worth, or above: neither is cut off.
    assert repeated("877100.00", "877000.00", "100") == repeated("877020.00", "877100.00", "100") == ("error", False)


def test_what_was_carried_over_sets_two_totals_apart() -> None:
    total = statement("revenue_budget", "amount", "2356.78")
    own = {**statement("revenue_budget", "amount", "2300.00"), "statement_id": total["statement_id"] + ".2"}
    balance = statement("opening_balance", "amount", "56.78")
    about = {"disclosures": disclosures(), "statements": statements(total, own, balance)}
    assert reconcile(about, rules("repeated_amount"))["checks"].height == 0
    assert check("repeated_amount", total, own)["status"] == "fail"


def test_a_right_percentage_passes() -> None:
    assert (
        check("percent_of_base", *REVENUE, statement("revenue_budget", "change_percent", "-6.79"))["status"] == "pass"
    )


def test_a_percentage_of_nothing_is_not_applicable() -> None:
    rows = (
        statement("x", "amount", "5.00"),
        statement("x", "amount", "0.00", 2021),
        statement("x", "change_percent", "100"),
    )
    assert check("percent_of_base", *rows)["status"] == "not_applicable"


def test_a_change_that_is_not_the_difference_fails() -> None:
    rows = (
        statement("three_public", "amount", "2005.15"),
        statement("three_public", "amount", "2217.48", 2021),
        statement("three_public", "change", "-142.37"),
    )
    found = check("change_is_difference", *rows)
    assert (found["status"], str(found["difference"])) == ("fail", "69.9600")
    assert "2,005.15 − 2,217.48" in found["message_zh"]


def test_a_word_against_the_amounts_fails() -> None:
    rows = (
        statement("x", "amount", "170.03"),
        statement("x", "amount", "241.76", 2021),
        statement("x", "change_percent", "21.74"),
    )
    assert check("direction_word", *rows)["status"] == "fail"


def rule_ids(*rows: dict[str, Any], **document: Any) -> set[str]:
    frames = {"disclosures": disclosures().with_columns(**{k: pl.lit(v) for k, v in document.items()})}
    checks = reconcile({**frames, "statements": statements(*rows)}, load_rules())["checks"]
    return set(checks.filter(pl.col("status") == "fail")["rule_id"])


def test_a_budget_compared_with_its_own_year_is_said_once() -> None:
    now = statement("revenue_budget", "amount", "110.00")
    change = statement("revenue_budget", "change", "10.00", base_year=2022)
    assert rule_ids(now, change) == {"own_year_compared"}
    spent = statement("revenue_budget", "amount", "110.00", phase="executed")
    planned = statement("revenue_budget", "amount", "90.00", statement_id="00000000000000aa.statement.planned")
    more = statement("revenue_budget", "change", "10.00", base_year=2022, phase="executed")
    assert rule_ids(spent, planned, more, stage="final_accounts") == {"change_is_difference"}


def test_none_of_one_phase_is_not_held_against_an_amount_of_another() -> None:
    none = statement("overseas_travel", "none", "0", phase=None)
    planned = statement("overseas_travel", "amount", "5.00")
    assert rule_ids(none, planned) == {"none_against_amount"}
    assert rule_ids(none, planned, stage="final_accounts") == set()


def test_a_change_is_held_against_the_stage_that_it_names() -> None:
    rows = (
        statement("three_public", "amount", "12.00"),
        statement("three_public", "amount", "11.00", 2021, phase="executed"),
        statement("three_public", "change", "-1.00", base_phase="approved"),
    )
    about = {"disclosures": disclosures(), "statements": statements(*rows)}
    assert reconcile(about, rules("change_is_difference"))["checks"].height == 0
    against = {**rows[2], "base_phase": "executed"}
    assert check("change_is_difference", *rows[:2], against)["status"] == "fail"


def test_what_is_counted_is_never_rounded() -> None:
    kinds = {"total": (None, "4"), "first": ("机要通信用车", "2"), "second": ("其他用车", "3")}
    rows = [
        {
            **statement("vehicles", "count", count, unit="set", phase=None, subject=subject, precision=Decimal(1)),
            "statement_id": f"vehicles.{name}",
        }
        for name, (subject, count) in kinds.items()
    ]
    assert check("vehicles_by_use", *rows)["status"] == "fail"
