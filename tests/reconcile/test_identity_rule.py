"""What contradicts entity, year, stage, scope or division is a failed check, and the document is no worse for it."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.extract.identity.texts import budget, extract_text
from tests.tables import tables_of

COVER = "苏州市吴中区城市管理局2023年部门预算"


def checks(**declared: str) -> pl.DataFrame:
    extraction = extract_text(budget(COVER, lead="2023年"), **declared)
    rules = [rule for rule in load_rules() if rule.id == "identity_agrees"]
    return reconcile(tables_of([extraction]), rules)["checks"].filter(pl.col("status").cast(pl.String) == "fail")


def test_what_sources_toml_overrules_is_a_failed_check():
    (row,) = checks(disclosure_year="2024").iter_rows(named=True)
    assert "sources.toml says 2024, the document says 2023" in row["message_en"]


def test_where_nothing_contradicts_no_check_fails():
    assert checks(disclosure_year="2023", publisher="苏州市吴中区城市管理局").height == 0
