"""The views of a release answer what analysts ask first, from inside the release or from elsewhere."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest


@pytest.fixture(scope="module")
def db(published):
    connection = duckdb.connect()
    connection.execute(f"SET file_search_path = '{published}'")
    connection.execute((published / "views.sql").read_text(encoding="utf-8"))
    return connection


def test_totals_stand_in_one_row_a_body_and_year(db):
    asked = "fiscal_year, phase, revenue_total, expenditure_total, basic_expenditure, project_expenditure, three_public"
    rows = db.execute(f"SELECT {asked} FROM totals").fetchall()
    assert rows == [
        (2022, "approved", *map(Decimal, ("5864768.37", "5864768.37", "4967466.56", "897301.81", "2005.15")))
    ]


def test_three_public_expenses_stand_beside_one_another(db):
    rows = db.execute("SELECT figure, budget, accounts FROM three_public_expenses ORDER BY figure").fetchall()
    assert rows == [
        ("official_reception", Decimal("2005.15"), None),
        ("official_vehicle_operation", Decimal("0.00"), None),
        ("official_vehicle_purchase", Decimal("0.00"), None),
        ("official_vehicles", Decimal("0.00"), None),
        ("overseas_travel", Decimal("0.00"), None),
        ("three_public", Decimal("2005.15"), None),
    ]


def test_contradictions_come_by_size_in_yuan(db):
    differences = [row[0] for row in db.execute("SELECT difference FROM contradictions").fetchall()]
    assert differences and differences == sorted(differences, reverse=True)


def test_a_figure_is_found_at_its_characters(db, published):
    asked = 'SELECT printed, text_file, "start", "end" FROM places WHERE printed IS NOT NULL'
    for printed, file, start, end in db.execute(asked).fetchall():
        assert (published / file).read_text(encoding="utf-8")[start:end] == printed


@pytest.mark.parametrize(
    "view", ["preferred", "lines", "figures", "execution", "expenditure_by_class", "change_by_class"]
)
def test_every_other_view_can_be_read(db, view):
    assert db.execute(f"SELECT count(*) FROM {view}").fetchone() is not None
