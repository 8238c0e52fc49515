"""Workbooks of a release: numbers as numbers, codes as text, everything in its place, and nothing that runs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from random import Random

import openpyxl
import pytest

from pipeline.cli import main
from pipeline.publish.export import export
from pipeline.publish.reading import read_table
from pipeline.publish.site.build import make_site
from tests.documents import BUNDLED, read
from tests.publish.releases import edit, release_of, where
from tests.publish.test_views import of_shanghai, scaled
from tests.rendering.budgets import budget


@pytest.fixture(scope="module")
def book(published, tmp_path_factory):
    (path,) = export(published, tmp_path_factory.mktemp("xlsx")).files
    return openpyxl.load_workbook(path)


def test_every_table_with_amounts_has_a_sheet_with_all_of_them(book, published):
    lines = read_table(published, "budget_lines")
    for number, code in read_table(published, "tables").select("table_no", "table_code").iter_rows():
        (sheet,) = [each for each in book if each.title.startswith(f"{number} ")]
        found = sorted(
            cell.value for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, int | float)
        )
        expected = sorted(float(each) for each in lines.filter(lines["table_no"] == number)["amount"])
        assert found == expected, code


def test_codes_are_text_and_amounts_are_numbers_of_two_decimals(book):
    sheet = book["3 2022年部门支出总表"]
    code, amount = sheet["A5"], sheet["G5"]
    assert (code.value, code.data_type, code.number_format) == ("2010301", "s", "@")
    assert (amount.value, amount.data_type, amount.number_format) == (595920, "n", "#,##0.00")


def test_units_are_said(book):
    assert (
        book["10 2022年一般公共预算“三公”经费支出情况表"]["A2"].value == "单位：元 Unit: yuan（原文 printed in：万元）"
    )
    assert "yuan" in str(book["主要数字 Key figures"]["F1"].value)


def test_contradictions_stand_with_both_figures_and_both_places(book):
    sheet = book["矛盾 Contradictions"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    (row,) = [row for row in rows if row[2].startswith("2022年公用支出：文字所列为")]
    assert row[1] == "错误 error" and row[4:8] == [348583.67, 384374.06, -35790.39, "元 yuan"]
    assert row[8] == "第38行 line 38: 348,583.67 元" and "38.437406 万元" in row[9]
    assert [row[1] for row in rows] == sorted(
        (row[1] for row in rows), key=["错误 error", "警告 warning", "提示 information"].index
    )


def test_key_figures_say_where_they_stand(book, published):
    figures = read_table(published, "key_figures")
    rows = [[cell.value for cell in row] for row in book["主要数字 Key figures"].iter_rows(min_row=2)]
    assert [row[5] for row in rows] == [float(each) for each in figures["amount"]]
    assert rows[0][1:5] == ["收入总计", "total revenue", 2022, "预算数 approved"]


@pytest.mark.slow
def test_figures_lead_to_their_place_on_the_page(tmp_path):
    release = release_of([read(BUNDLED.read_bytes(), BUNDLED.name)], tmp_path / "outputs")
    make_site(release, tmp_path / "outputs" / "site")
    assert main(["export", str(release), "--xlsx"]) == 0
    (path,) = (tmp_path / "outputs" / "xlsx").iterdir()
    for sheet in ("主要数字 Key figures", "矛盾 Contradictions"):
        links = [
            cell.hyperlink for row in openpyxl.load_workbook(path)[sheet].iter_rows() for cell in row if cell.hyperlink
        ]
        assert len(links) >= 10
        for link in links:
            page = (path.parent / link.target.replace("\\", "/")).resolve()
            assert page.is_file(), link.target
            assert f'id="{link.location}"' in page.read_text(encoding="utf-8"), link.location


def test_the_bytes_of_a_workbook_are_always_the_same(published, tmp_path):
    first, second = (export(published, tmp_path / name).files for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    with zipfile.ZipFile(first[0]) as archive:
        assert {each.date_time[0] for each in archive.infolist()} == {1980}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        "http://example.org",
        "{=1}",
        "a\x07b\x1b",
        "x" * 40_000,
    ],
)
def test_nothing_that_a_source_prints_becomes_a_formula_or_a_link(copied, tmp_path, text):
    line = read_table(copied, "budget_lines")["line_id"][0]
    table = read_table(copied, "tables")["table_id"][0]
    edit(copied, "budget_lines", where("item", line, text), csv=False)
    edit(copied, "tables", where("title", table, text), csv=False)
    (path,) = export(copied, tmp_path / "out").files
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    external = [
        c.hyperlink.target for s in book for row in s.iter_rows() for c in row if c.hyperlink and c.hyperlink.target
    ]
    assert external == []


@pytest.mark.slow
def test_a_workbook_of_a_body_holds_its_preferred_disclosures(tmp_path):
    made = replace(budget(Random(10), 14, funds=0.0), entity="上海市普陀区财政局")
    pages = [
        of_shanghai(scaled(made, 2023, "1"), "department"),
        of_shanghai(scaled(made, 2023, "2"), "department"),
        of_shanghai(scaled(made, 2024, "1"), "department"),
    ]
    release = release_of([read(page.encode(), f"{at}.html") for at, page in enumerate(pages)], tmp_path / "outputs")
    (path,) = export(release, tmp_path / "bodies", by="body").files
    assert path.name == "310107-上海市普陀区财政局.xlsx"
    years = [sheet.title.split()[0] for sheet in openpyxl.load_workbook(path) if re.match(r"\d{4}", sheet.title)]
    tables = read_table(release, "tables").filter(read_table(release, "tables")["amount_count"] > 0)
    preferred = read_table(release, "disclosures").filter(read_table(release, "disclosures")["preferred"])[
        "disclosure_id"
    ]
    assert len(years) == tables.filter(tables["disclosure_id"].is_in(preferred.to_list())).height
    assert set(years) == {"2023预算", "2024预算"}


def test_a_body_that_is_not_there_is_said(published, tmp_path, capsys):
    assert (
        main(["export", str(published), "--xlsx", "--only", "北京市西城区人民政府外事办公宝", "--out", str(tmp_path)])
        == 2
    )
    assert "did you mean '北京市西城区人民政府外事办公室'?" in capsys.readouterr().err


def test_an_amount_that_a_spreadsheet_would_round_is_text(copied, tmp_path):
    line = read_table(copied, "budget_lines")["line_id"][0]
    edit(copied, "budget_lines", where("amount", line, Decimal("123456789012345678.91")), csv=False)
    (path,) = export(copied, tmp_path / "out").files
    assert "123456789012345678.91" in [
        cell.value for row in openpyxl.load_workbook(path).worksheets[3].iter_rows() for cell in row
    ]
