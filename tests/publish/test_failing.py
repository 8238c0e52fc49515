"""``yusuan check`` names what disagrees, in both languages, with the places of both sides."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from pipeline.publish.failing import by_size, list_checks
from pipeline.reconcile.language import VALUE


def test_a_failing_check_is_listed_with_both_messages_and_both_places(published: Path) -> None:
    listed = list_checks(published, rule="prose_public_expenditure")
    assert "文字所列为348,583.67元，表中为384,374.06元" in listed
    assert "prose states 348,583.67 yuan, the table 384,374.06 yuan" in listed
    assert "one side, line 38: 348,583.67" in listed
    assert ": 38.437406  [" in listed
    assert listed.endswith("1 failing checks of 1 disclosure: 1 error")


def test_checks_are_chosen_by_family_and_severity(published: Path) -> None:
    assert "goods_as_personnel" in list_checks(published, family="codes", severity="info")
    assert list_checks(published, family="codes", severity="error") == "0 failing checks"


def test_what_rounding_may_explain_comes_last_and_the_largest_difference_first() -> None:
    rows = [("a", "9.0000", True), ("b", "1.0000", False), ("b", "3.0000", False), ("c", "2.0000", False)]
    checks = pl.DataFrame(
        [(body, "CNY", Decimal(off), rounding) for body, off, rounding in rows],
        schema={"disclosure_id": pl.String, "unit": pl.String, "difference": VALUE, "rounding_only": pl.Boolean},
        orient="row",
    )
    found = by_size(checks)
    assert found["disclosure_id"].to_list() == ["b", "b", "c", "a"]
    assert [str(each) for each in found["difference"]] == ["3.0000", "1.0000", "2.0000", "9.0000"]
