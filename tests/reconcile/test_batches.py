"""Rules within a document give the same whatever stands beside it; rules across documents find the others."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import BUNDLED, read
from tests.reconcile import synthetic
from tests.tables import tables_of

pytestmark = pytest.mark.slow

TEXT = BUNDLED.read_text(encoding="utf-8")
#: The bundled document and others that differ from it: falsified figures, a lost row, a mistyped label.
VARIANTS = [
    TEXT,
    TEXT.replace("59.592 59.592000", "59.592 59.692000"),
    TEXT.replace("收入总计 586.476837", "收入总计 587.476837"),
    TEXT.replace("2080501 行政单位离退休 5.247000 5.247000", ""),
    TEXT.replace("合    计     586.476837", "合    汁     586.476837"),
    TEXT.replace("2022", "2023").replace("2021", "2022"),
]
RULES = load_rules()
WITHIN = [rule for rule in RULES if not rule.across]


def frames(*texts: str) -> dict[str, pl.DataFrame]:
    return tables_of([read(text.encode(), f"{at}.txt") for at, text in enumerate(texts)])


def test_a_batch_gives_what_each_document_gives_alone() -> None:
    together = reconcile(frames(*VARIANTS), WITHIN)
    alone = [reconcile(frames(text), WITHIN) for text in VARIANTS]
    for name in ("checks", "check_operands"):
        whole = pl.concat([result[name] for result in alone])
        assert together[name].sort(pl.all()).equals(whole.sort(pl.all()))
    for document in together["checks"]["disclosure_id"].unique():
        one = next(r["checks"] for r in alone if r["checks"]["disclosure_id"][0] == document)
        assert together["checks"].filter(pl.col("disclosure_id") == document).equals(one)


def test_another_year_of_the_same_body_is_held_against_this_one() -> None:
    later = TEXT.replace("2022", "2023").replace("2021", "2022")
    checks = reconcile(frames(TEXT, later), RULES)["checks"]
    found = checks.filter((pl.col("rule_id") == "previous_year_restated") & (pl.col("status") == "fail"))
    # The later one calls 6,291,924.73 the revenue of 2022, which the other gives as 5,864,768.37.
    (revenue,) = found.filter(pl.col("subject").str.contains("revenue_budget")).rows(named=True)
    assert "6,291,924.73" in revenue["message_zh"] and "5,864,768.37" in revenue["message_zh"]
    assert revenue["other_disclosure_id"] is not None


def test_two_versions_of_a_disclosure_are_reported_with_what_they_differ_in() -> None:
    other = TEXT.replace("公 用支出", "公用支出").replace("348,583.67", "348,583.68")
    checks = reconcile(frames(TEXT, other), RULES)["checks"].filter(pl.col("status") == "fail")
    assert checks.filter(pl.col("rule_id") == "two_versions").height == 1
    (found,) = checks.filter(pl.col("rule_id") == "versions_agree").rows(named=True)
    assert "348,583.67" in found["message_zh"] and "348,583.68" in found["message_zh"]


def test_versions_of_which_the_year_is_not_known_are_reported_all_the_same() -> None:
    texts = [re.sub(r"20(?=2[12])", century, TEXT) for century in ("21", "22")]
    checks = reconcile(frames(*texts), RULES)["checks"]
    (found,) = checks.filter(pl.col("rule_id") == "two_versions").rows(named=True)
    assert found["message_zh"].startswith("北京市西城区人民政府外事办公室（年份不明）的同一公开内容另有一个版本")
    assert "of an unknown year" in found["message_en"]


def test_a_note_of_what_a_row_does_not_have_is_the_title_of_its_rule() -> None:
    rows = pl.DataFrame({"disclosure_id": ["a", "b"], "key": ["x", "x"], "printed": ["1", None]})
    rule = next(rule for rule in RULES if rule.id == "two_versions")
    noted = rule.findings(rows, pl.format("印作{}", "printed"), pl.format("printed {}", "printed"))
    assert noted["note_zh"].to_list() == ["印作1", rule.title_zh]
    assert noted["note_en"].to_list() == ["printed 1", rule.title_en]


def with_details(number_class: str, disclosure_id: str) -> dict[str, pl.DataFrame]:
    """A table whose details do not add up, and a number in it that is of ``number_class``."""
    rows = [
        synthetic.row("expenditure", code, {"total": "5.00"}, function_code=code, line=at, start=at)
        for at, code in enumerate(("301", "302"), start=3)
    ]
    total = synthetic.row("expenditure", "total", {"total": "12.00"}, kind="total", line=9, start=9)
    table = {"table_id": f"{synthetic.DID}.expenditure", "disclosure_id": synthetic.DID, "line": 1, "start": 1}
    number = {"disclosure_id": synthetic.DID, "line": 7, "start": 7, "printed": "2.00", "class": number_class}
    frames = {
        "disclosures": synthetic.disclosures(),
        "budget_lines": synthetic.lines(*rows, total),
        "tables": synthetic.frame("tables", [table]),
        "numbers": synthetic.frame("numbers", [number]),
    }
    return {
        name: frame.with_columns(pl.selectors.string().str.replace(synthetic.DID, disclosure_id))
        for name, frame in frames.items()
    }


def test_a_cell_that_was_not_read_in_one_document_excuses_no_sum_of_another() -> None:
    documents = [with_details("unclaimed", "00000000000000aa"), with_details("data", "00000000000000bb")]
    alone = [reconcile(each, WITHIN) for each in documents]
    together = reconcile({name: pl.concat(each[name] for each in documents) for name in documents[0]}, WITHIN)
    for name in ("checks", "check_operands"):
        assert together[name].equals(pl.concat([result[name] for result in alone]))
    columns = together["checks"].filter(pl.col("rule_id") == "column_total")
    assert columns["status"].to_list() == ["not_applicable", "fail"]
