"""The views of a release answer what analysts ask first, from inside the release or from elsewhere.

What they say is compared with sums over the tables themselves: of a release with two versions of a budget, a department
and a unit of one name, a budget without a year, and budgets without accounts.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest

from pipeline.publish.reading import read_table
from tests.documents import read
from tests.publish.releases import release_of
from tests.rendering import final_accounts, shanghai, web, xicheng
from tests.rendering.budgets import Budget, budget


def opened(release: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET file_search_path = '{release}'")
    connection.execute((release / "views.sql").read_text(encoding="utf-8"))
    return connection


@pytest.fixture(scope="module")
def db(published):
    return opened(published)


def scaled(made: Budget, year: int, factor: str) -> Budget:
    lines = [replace(line, amount=(line.amount * Decimal(factor)).quantize(Decimal("0.01"))) for line in made.lines]
    return replace(made, year=year, lines=lines)


def of_shanghai(made: Budget, scope: str) -> str:
    """A page of a Shanghai budget of a department or a unit."""
    seed = next(seed for seed in range(100) if Random(seed).choice(("department", "unit")) == scope)
    return web.page(shanghai.disclosure(Random(seed), made), Random(1))


@pytest.fixture(scope="module")
def several(tmp_path_factory) -> Path:
    """A release of two bodies of a district, of three years, with all that may be counted twice."""
    pages = {}
    for number, name in enumerate(("上海市普陀区财政局", "上海市普陀区教育局")):
        made = replace(budget(Random(number + 10), 14, funds=0.0), entity=name)
        pages[f"{number}-2023"] = of_shanghai(scaled(made, 2023, "1"), "department")
        pages[f"{number}-2024"] = of_shanghai(scaled(made, 2024, "1.1"), "department")
        pages[f"{number}-2024-unit"] = of_shanghai(scaled(made, 2024, "0.5"), "unit")
        pages[f"{number}-2024-accounts"] = web.page(
            final_accounts.disclosure(Random(number), scaled(made, 2024, "0.9")), Random(1)
        )
    pages["0-2023-again"] = of_shanghai(scaled(replace(made, entity="上海市普陀区财政局"), 2023, "2"), "department")
    undated = of_shanghai(scaled(replace(made, entity="上海市普陀区统计局"), 2024, "1"), "department")
    pages["undated"] = undated.replace("2024年", "").replace("2024", "")
    other = replace(budget(Random(31), 14), entity="北京市西城区档案馆")
    pages["xicheng"] = web.page(xicheng.disclosure(Random(3), scaled(other, 2024, "1"), "later"), Random(5))
    read_pages = [read(page.encode(), f"{name}.html") for name, page in pages.items()]
    return release_of(read_pages, tmp_path_factory.mktemp("several"))


@pytest.fixture(scope="module")
def many(several):
    return opened(several)


def test_totals_stand_in_one_row_a_body_and_year(db):
    asked = "fiscal_year, phase, revenue_total, expenditure_total, basic_expenditure, project_expenditure, three_public"
    rows = db.execute(f"SELECT {asked} FROM totals").fetchall()
    assert rows == [
        (2022, "approved", *map(Decimal, ("5864768.37", "5864768.37", "4967466.56", "897301.81", "2005.15")))
    ]


def test_totals_are_those_of_the_tables_of_preferred_documents(many, several):
    lines = read_table(several, "budget_lines").filter(
        pl.col("table_code") == "income_expenditure_summary",
        pl.col("direction") == "expenditure",
        pl.col("row_kind") == "total",
        pl.col("measure") == "total",
    )
    bodies = read_table(several, "disclosures").filter("preferred")
    asked = ["entity_key", "scope", "stage", "disclosure_year", "amount"]
    expected = bodies.join(lines, on="disclosure_id", suffix="_line").select(asked)
    rows = many.execute(
        "SELECT entity_key, scope, stage, fiscal_year, expenditure_total FROM totals WHERE expenditure_total IS NOT NULL"
    ).fetchall()
    assert sorted(map(str, rows)) == sorted(map(str, expected.rows()))
    # Not the other version of a budget, and not the page that names no body.
    assert len(rows) == bodies.height == read_table(several, "disclosures").height - 2


def test_a_department_and_its_unit_of_one_name_are_never_added(many):
    rows = many.execute(
        "SELECT scope, count(*) FROM totals WHERE entity_name = '上海市普陀区财政局' AND stage = 'budget' "
        "AND fiscal_year = 2024 GROUP BY scope ORDER BY scope"
    ).fetchall()
    assert rows == [("department", 1), ("unit", 1)]
    summed = many.execute("SELECT count(DISTINCT scope), max(bodies) FROM district_items GROUP BY scope").fetchall()
    assert summed and all(scopes == 1 and bodies <= 2 for scopes, bodies in summed)


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


def test_accounts_stand_against_the_budget_of_their_own_scope_and_year(many):
    asked = "SELECT entity_name, scope, fiscal_year, budget, accounts, rate FROM execution WHERE figure = 'basic_expenditure'"
    rows = many.execute(asked).fetchall()
    assert [row[:3] for row in rows] == [
        ("上海市普陀区教育局", "department", 2024),
        ("上海市普陀区财政局", "department", 2024),
    ]
    for *_, planned, spent, rate in rows:
        assert rate == pytest.approx(float(100 * spent / planned), abs=0.01)
        assert 81 < rate < 83  # nine tenths of it, against eleven tenths


def test_personnel_is_a_share_of_the_basic_expenditure_that_its_own_table_prints(many, several):
    lines = read_table(several, "budget_lines").filter(
        pl.col("table_code") == "general_public_budget_basic_expenditure", pl.col("row_kind") == "total"
    )
    basic = dict(lines.filter(pl.col("measure") == "total").select("disclosure_id", "amount").iter_rows())
    personnel = lines.filter(pl.col("measure") == "personnel").select("disclosure_id", "amount")
    preferred = read_table(several, "disclosures").filter("preferred")
    expected = {
        (body, scope, year): round(float(100 * amount / basic[identity]), 2)
        for identity, amount in personnel.iter_rows()
        for body, scope, year in preferred.filter(pl.col("disclosure_id") == identity)
        .select("entity_key", "scope", "disclosure_year")
        .iter_rows()
    }
    rows = many.execute("SELECT entity_key, scope, fiscal_year, share FROM personnel_share WHERE stage = 'budget'")
    found = {tuple(row[:3]): float(row[3]) for row in rows.fetchall()}
    assert found == pytest.approx(expected) and len(found) >= 7


def test_classes_and_items_add_up_to_the_table_of_all_expenditure(many, several):
    lines = read_table(several, "budget_lines").filter(
        pl.col("table_code") == "expenditure", pl.col("row_kind") == "total", pl.col("measure") == "total"
    )
    preferred = read_table(several, "disclosures").filter("preferred").select("disclosure_id")
    expected = dict(preferred.join(lines, on="disclosure_id").select("disclosure_id", "amount").iter_rows())
    for view in ("expenditure_by_class", "expenditure_by_item"):
        found = dict(many.execute(f"SELECT disclosure_id, sum(amount) FROM {view} GROUP BY 1").fetchall())
        assert found.keys() == expected.keys()
        for identity, amount in expected.items():
            assert abs(found[identity] - amount) <= Decimal("600"), identity  # accounts are rounded to hundreds


def test_the_items_of_a_district_are_the_sums_of_its_bodies(many, several):
    chosen = read_table(several, "disclosures").filter(
        "preferred",
        pl.col("division_code") == "310107",
        pl.col("disclosure_year") == 2024,
        pl.col("stage") == "budget",
        pl.col("scope") == "department",
    )
    lines = read_table(several, "budget_lines").filter(
        pl.col("table_code") == "expenditure", pl.col("row_kind") == "detail", pl.col("measure") == "total"
    )
    sums = (
        chosen.select("disclosure_id").join(lines, on="disclosure_id").group_by("function_code").agg(pl.sum("amount"))
    )
    rows = many.execute(
        "SELECT function_code, amount FROM district_items WHERE division_code = '310107' AND fiscal_year = 2024 "
        "AND stage = 'budget' AND scope = 'department' ORDER BY amount DESC LIMIT 10"
    ).fetchall()
    assert rows == sums.sort("amount", descending=True).head(10).rows() and chosen.height == 2


def test_a_change_is_from_one_budget_to_the_next_of_the_same_scope(many):
    rows = many.execute(
        "SELECT year_before, year, scope, stage, percent FROM change_by_class WHERE entity_name = '上海市普陀区教育局'"
    ).fetchall()
    assert rows and {row[:4] for row in rows} == {(2023, 2024, "department", "budget")}
    assert all(row[4] == pytest.approx(10, abs=0.5) for row in rows if row[4] is not None)


def test_a_class_that_one_of_two_years_lacks_is_no_gap(tmp_path):
    made = replace(budget(Random(10), 14, funds=0.0), entity="上海市普陀区财政局")
    less = scaled(made, 2024, "1")
    gone = less.lines[0].function[:3]
    less.lines = [line for line in less.lines if not line.function.startswith(gone)]
    pages = [of_shanghai(scaled(made, 2023, "1"), "department"), of_shanghai(less, "department")]
    release = release_of([read(page.encode(), f"{at}.html") for at, page in enumerate(pages)], tmp_path)
    row = (
        opened(release)
        .execute(f"SELECT amount_before, amount, change FROM change_by_class WHERE class_code = '{gone}'")
        .fetchone()
    )
    assert row is not None and row[1] is None and row[2] == -row[0] != 0


def test_who_spends_on_an_economic_item_is_asked_of_one_table(many, several):
    lines = read_table(several, "budget_lines").filter(
        pl.col("table_code") == "general_public_budget_basic_expenditure",
        pl.col("row_kind") == "detail",
        pl.col("measure") == "total",
        pl.col("department_economic_code").str.starts_with("302"),
    )
    bodies = (
        read_table(several, "disclosures").filter("preferred").select("disclosure_id", "entity_key", "scope", "stage")
    )
    keys = ["entity_key", "scope", "stage", "fiscal_year", "department_economic_code"]
    expected = bodies.join(lines, on="disclosure_id").group_by(keys).agg(pl.sum("amount"))
    rows = many.execute(
        "SELECT entity_key, scope, stage, fiscal_year, code, amount FROM economic_items "
        "WHERE table_code = 'general_public_budget_basic_expenditure' AND code LIKE '302%'"
    ).fetchall()
    assert sorted(map(str, rows)) == sorted(map(str, expected.rows())) and rows


def test_contradictions_come_by_size_in_yuan(db):
    found = db.execute("SELECT difference, unit FROM contradictions").fetchall()
    money = [row[0] for row in found if row[1] == "CNY"]
    assert money and money == sorted(money, reverse=True) == [row[0] for row in found[: len(money)]]
    assert all(difference is None for difference, unit in found if unit != "CNY")


def test_satisfaction_is_aimed_at_by_targets_that_name_it(db):
    rows = db.execute("SELECT level3, subject, comparator, value FROM satisfaction_targets").fetchall()
    assert ("区内居民对工作的满意度", None, "ge", Decimal("85")) in rows
    assert all("满意" in f"{level3}{subject}" for level3, subject, *_ in rows)


@pytest.mark.parametrize("view", ["places", "figure_places"])
def test_a_figure_is_found_at_its_characters(db, published, view):
    asked = f'SELECT printed, text_file, "start", "end" FROM {view} WHERE printed IS NOT NULL'
    found = db.execute(asked).fetchall()
    assert len(found) >= 25
    for printed, file, start, end in found:
        # Of words that imply a figure the published text is without the white space of the layout.
        text = (published / file).read_text(encoding="utf-8")[start:end]
        assert text == printed or "".join(text.split()) == printed


def test_every_figure_and_line_has_one_place(many, several):
    figures = read_table(several, "key_figures").filter("preferred").height
    assert many.execute("SELECT count(*) FROM figure_places").fetchone() == (figures,)
    records = read_table(several, "budget_lines").height + read_table(several, "statements").height
    assert many.execute("SELECT count(*) FROM places").fetchone() == (records,)
