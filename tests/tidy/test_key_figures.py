"""Key figures: one a body, year, phase and figure, each on one record that a document prints."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.tidy import key_figures as module
from pipeline.tidy.key_figures import load_figures
from schemas.loading import SchemaFileError
from tests.documents import BUNDLED, read, real
from tests.tables import tables_of


def figures(data: bytes, name: str) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    frames = tables_of([read(data, name)])
    return frames["key_figures"], frames


def shown(frame: pl.DataFrame) -> dict[tuple[str, int | None, str | None], tuple[str, str, bool | None]]:
    rows = frame.iter_rows(named=True)
    return {(r["figure"], r["fiscal_year"], r["phase"]): (str(r["amount"]), r["basis"], r["agrees"]) for r in rows}


def test_the_bundled_budget_has_its_figures():
    found, frames = figures(BUNDLED.read_bytes(), BUNDLED.name)
    assert shown(found) == {
        ("revenue_total", 2022, "approved"): ("5864768.37", "both", True),
        ("revenue_total", 2021, "approved"): ("6291924.73", "prose", None),
        ("expenditure_total", 2022, "approved"): ("5864768.37", "table", None),
        ("basic_expenditure", 2022, "approved"): ("4967466.56", "both", True),
        ("basic_expenditure", 2021, "approved"): ("5157302.44", "prose", None),
        ("project_expenditure", 2022, "approved"): ("897301.81", "both", True),
        ("project_expenditure", 2021, "approved"): ("1134622.29", "prose", None),
        ("personnel_expenditure", 2022, "approved"): ("4583092.50", "table", None),
        ("public_expenditure", 2022, "approved"): ("384374.06", "both", False),
        ("public_expenditure", 2021, "approved"): ("375048.94", "prose", None),
        ("appropriation_revenue", 2022, "approved"): ("5864768.37", "table", None),
        ("appropriation_expenditure", 2022, "approved"): ("5864768.37", "table", None),
        ("general_public_budget_expenditure", 2022, "approved"): ("5864768.37", "table", None),
        ("three_public", 2022, "approved"): ("2005.15", "both", True),
        ("three_public", 2021, "approved"): ("2147.52", "both", False),
        ("overseas_travel", 2022, "approved"): ("0.00", "both", True),
        ("overseas_travel", 2021, "approved"): ("0.00", "both", True),
        ("official_reception", 2022, "approved"): ("2005.15", "both", True),
        ("official_reception", 2021, "approved"): ("2147.52", "both", True),
        ("official_vehicles", 2022, "approved"): ("0.00", "both", True),
        ("official_vehicles", 2021, "approved"): ("0.00", "both", True),
        ("official_vehicle_purchase", 2022, "approved"): ("0.00", "table", None),
        ("official_vehicle_purchase", 2021, "approved"): ("0.00", "table", None),
        ("official_vehicle_operation", 2022, "approved"): ("0.00", "table", None),
        ("official_vehicle_operation", 2021, "approved"): ("0.00", "table", None),
        ("agency_operating", 2022, "approved"): ("286720.00", "prose", None),
        ("agency_operating", 2021, "approved"): ("306364.18", "prose", None),
    }


def test_every_figure_rests_on_a_record_that_says_it():
    found, frames = figures(BUNDLED.read_bytes(), BUNDLED.name)
    lines = dict(frames["budget_lines"].select("line_id", "amount").iter_rows())
    statements = dict(frames["statements"].select("statement_id", "value").iter_rows())
    for row in found.iter_rows(named=True):
        amount = {"budget_lines": lines, "statements": statements}[row["owner_table"]][row["owner_id"]]
        assert amount == row["amount"], row["figure_id"]
        assert (row["other_id"] is None) == (row["agrees"] is None)
    assert found["figure_id"].n_unique() == found.height


def test_prose_that_rounds_its_table_agrees():
    found, _ = figures(real("shanghai-putuo/2026-budget-justice-bureau-unit.pdf"), "x.pdf")
    assert shown(found)["revenue_total", 2026, "approved"] == ("86959408.34", "both", True)


def test_accounts_tell_what_was_spent_from_what_was_carried_over():
    """Prose that states 本年支出合计 is not held against 支出总计, and 0.3 万元 for 2,961.68 is published by checks."""
    found, _ = figures(real("shanghai-putuo/2024-final-accounts-finance-bureau-department.pdf"), "x.pdf")
    figure = {key[0]: value for key, value in shown(found).items() if key[1:] == (2024, "executed")}
    assert figure["revenue_total"] == figure["expenditure_total"] == ("29953900.00", "both", True)
    assert figure["appropriation_revenue"] == ("29400500.00", "both", True)
    assert figure["appropriation_expenditure"] == ("29400500.00", "table", None)
    assert figure["personnel_expenditure"] == ("21522600.00", "both", True)
    assert figure["public_expenditure"] == ("1846500.00", "both", True)
    assert figure["basic_expenditure"] == ("23369100.00", "both", True)
    assert ("appropriation_revenue", 2023, "executed") not in shown(found)


def test_a_rule_with_a_typo_names_the_nearest(tmp_path, monkeypatch):
    wrong = module.FILE.read_text(encoding="utf-8").replace('measure = "basic"', 'measure = "bsic"', 1)
    path = tmp_path / "key-figures.toml"
    path.write_text(wrong, encoding="utf-8")
    monkeypatch.setattr(module, "FILE", path)
    load_figures.cache_clear()
    try:
        with pytest.raises(
            SchemaFileError, match=r"\(basic_expenditure\).*there is no measure 'bsic'; did you mean 'basic'\?"
        ):
            load_figures()
    finally:
        load_figures.cache_clear()
