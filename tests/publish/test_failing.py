"""``yusuan check`` names what disagrees, in both languages, with the places of both sides."""

from __future__ import annotations

from pathlib import Path

from pipeline.publish.failing import list_checks


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
