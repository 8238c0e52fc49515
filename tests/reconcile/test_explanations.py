"""Explanations that agree with themselves raise no failing check; one contradiction raises that and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import read
from tests.tables import failing_checks

HEADS = {
    "budget": "青山市临江区农业农村局{year}年部门预算\n第三部分 {year}年部门预算情况说明\n",
    "final_accounts": "青山市临江区农业农村局{year}年度部门决算\n第三部分 {year}年度部门决算情况说明\n",
}


def sections() -> list[tuple[str, list[list[str]]]]:
    """The documents of explanations.txt, each with what is changed in it: old, new, the rules that fail then."""
    found = []
    for block in (Path(__file__).parent / "explanations.txt").read_text(encoding="utf-8").split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        stage, year = head.removeprefix("@ ").split()
        text = HEADS[stage].format(year=year) + "\n".join(line for line in lines if not line.startswith("! ")) + "\n"
        found.append((text, [line[2:].split(" | ") for line in lines if line.startswith("! ")]))
    return found


SECTIONS = sections()
CHANGED = [(text, *each) for text, changes in SECTIONS for each in changes]


@pytest.fixture(scope="module")
def failing() -> dict[str, set[str]]:
    """The rules that fail in each text, as it is and with each change; all are evaluated at once."""
    texts = sorted({text for text, _ in SECTIONS} | {text.replace(old, new) for text, old, new, _ in CHANGED})
    failed = failing_checks([read(text.encode()) for text in texts])
    return {text: {check.split(".")[0] for check in of_text} for text, of_text in zip(texts, failed, strict=True)}


@pytest.mark.parametrize("text", [text for text, _ in SECTIONS])
def test_an_explanation_that_agrees_with_itself_is_not_accused(text: str, failing: dict[str, set[str]]) -> None:
    assert failing[text] == set()


@pytest.mark.parametrize(("text", "old", "new", "rules"), CHANGED)
def test_a_contradiction_is_seen_and_nothing_else(
    text: str, old: str, new: str, rules: str, failing: dict[str, set[str]]
) -> None:
    assert text.count(old) == 1
    assert failing[text.replace(old, new)] == set(rules.split("+"))
