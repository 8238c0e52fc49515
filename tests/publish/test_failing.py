"""``yusuan check`` names what disagrees, in both languages, with the places of both sides."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.publish.failing import by_size, list_checks
from pipeline.reconcile.language import VALUE


def test_a_failing_check_is_listed_with_both_messages_and_both_places(published: Path) -> None:
    listed, errors = list_checks(published, {"rule": "prose_public_expenditure"})
    assert errors == 1
    assert "文字所列为348,583.67元，表中为384,374.06元" in listed
    assert "prose states 348,583.67 yuan, the table 384,374.06 yuan" in listed
    assert "one side, line 38: 348,583.67" in listed
    assert ": 38.437406  [" in listed
    assert listed.endswith("1 failing checks of 1 disclosure: 1 error")


def test_checks_are_chosen_by_family_and_severity(published: Path) -> None:
    listed, errors = list_checks(published, {"family": "codes", "severity": "info"})
    assert "goods_as_personnel" in listed and errors == 0
    assert list_checks(published, {"family": "codes", "severity": "error"}) == ("0 failing checks", 0)


def test_messages_are_in_the_language_asked_for(published: Path) -> None:
    listed, _ = list_checks(published, {"rule": "prose_public_expenditure"}, "zh")
    assert "文字所列为" in listed and "prose states" not in listed


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--rule", "prose_public_expenditur"], "there is no rule 'prose_public_expenditur'; did you mean 'prose_public_expenditure'?"),
        (["--family", "prose_table"], "there is no family 'prose_table'; did you mean 'prose_tables'?"),
        (["--severity", "errors"], "there is no severity 'errors'; did you mean 'error'?"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_the_nearest_name(published, capsys, asked, said):
    assert main(["check", "--release", str(published), *asked]) == 2
    assert said in capsys.readouterr().err


def test_errors_are_told_by_the_exit_code(published, tmp_path, capsys):
    assert main(["check", "--release", str(published)]) == 1
    assert main(["check", "--release", str(published), "--family", "codes"]) == 0
    assert main(["check", "--release", str(tmp_path)]) == 2
    assert "no release" in capsys.readouterr().err


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
