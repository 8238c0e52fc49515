"""Pages of a release: everything is there, linked both ways, in both languages, and made again only where it changed."""

from __future__ import annotations

import json
import re
import shutil

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.publish.by_disclosure import each_disclosure
from pipeline.publish.reading import read_table, read_text, site_of
from pipeline.publish.site.build import make_site
from pipeline.publish.site.figures import figures_of
from pipeline.publish.site.labels import anchor
from pipeline.publish.verify import verify
from schemas.tables import TABLES
from tests.documents import BUNDLED, bundled, read, real
from tests.publish.pages import Page, broken_links, pages_of
from tests.publish.releases import release_in_parts, release_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(published, tmp_path_factory):
    return make_site(published, tmp_path_factory.mktemp("site")).path


@pytest.fixture(scope="module")
def disclosure(site):
    (path,) = (site / "disclosures").glob("*.html")
    return Page(path)


def test_every_link_leads_to_a_file_and_an_anchor_that_are_there(site):
    assert broken_links(site) == []


def test_every_number_is_marked_by_its_class_and_leads_to_its_record(site, published, disclosure):
    marked = {a["id"]: a for a in disclosure.of_class("n") if a.get("id")}
    numbers = read_table(published, "numbers")
    assert len(marked) == numbers.height == 608
    for start, cls, owner in numbers.select("start", "class", "owner_id").iter_rows():
        assert cls in (marked[f"n{start}"]["class"] or "").split()
        assert marked[f"n{start}"].get("href") == (f"#{anchor(owner)}" if owner else None)


def test_every_amount_leads_to_the_place_it_was_printed_at(published, disclosure):
    lines = read_table(published, "budget_lines")
    cells = {attrs["id"]: attrs["href"] for _, attrs in disclosure.elements if attrs.get("id") and "href" in attrs}
    for line_id, start in lines.select("line_id", "start").iter_rows():
        assert cells[anchor(line_id)] == f"#n{start}"


def test_failed_checks_stand_with_all_of_their_figures(published, disclosure):
    failed = read_table(published, "checks").filter(pl.col("status") == "fail")
    operands = read_table(published, "check_operands").join(failed, on="check_id", how="semi")
    assert failed.height == len(disclosure.of_class("check"))
    assert operands.height == len(disclosure.of_class("figure")) > 20
    assert all(message in disclosure.text for message in failed["message_zh"])


def test_the_source_stands_beside_it_line_by_line(published, disclosure):
    text = next((published / "sources").iterdir()).read_text(encoding="utf-8")
    ids = [i for i in disclosure.ids if re.fullmatch(r"L\d+", i)]
    assert len(ids) == len(text.splitlines())


def test_two_sided_tables_have_two_sides_and_rows_their_hierarchy(disclosure):
    html = disclosure.path.read_text(encoding="utf-8")
    first = html[html.index("2022年部门预算收支总表</h3>") : html.index("2022年部门预算收入总表</h3>")]
    assert first.count("<table") == 2
    assert [len(re.findall(rf'class="{kind} d0"', first)) for kind in ("total", "subtotal")] == [2, 2]
    third = html[html.index("2022年部门支出总表</h3>") : html.index("2022年部门项目支出表</h3>")]
    # Code and name by function, by the government's and the department's economic classification; three amounts.
    assert third.count('<th scope="col"') == 9


def test_every_text_of_the_site_itself_is_there_in_both_languages(site):
    for page in pages_of(site):
        zh, en = page.of_class("zh"), page.of_class("en")
        assert len(zh) == len(en) > 5, page.path.name
        spans = [a for a in zh if "lang" in a]
        assert all(a["lang"] == "zh" for a in spans)


def test_tables_have_headers_and_pictures_words(site):
    for page in pages_of(site):
        tags = [tag for tag, _ in page.elements]
        assert tags.count("table") <= tags.count("th")
        for tag, attrs in page.elements:
            if tag == "th":
                assert attrs.get("scope") in ("row", "col")
            if tag == "svg":
                # A page with boxes is a group of links, the other drawings are pictures.
                assert attrs.get("role") in ("img", "group") and attrs.get("aria-label")
            if tag == "img":
                assert attrs.get("alt")
        assert tags.count("main") == tags.count("h1") == 1
        assert all(a.get("aria-label") for t, a in page.elements if t == "nav")


def test_the_front_page_shows_tables_files_and_how_it_fared(site, published):
    page = Page(site / "index.html")
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    for name, spec in TABLES.items():
        assert spec.title_zh in page.text and spec.description_en in page.text
        for column in spec.columns:
            assert column.title_zh in page.text, (name, column.name)
    for entry in manifest["files"]:
        if entry["path"].startswith(("csv/", "parquet/")):
            assert entry["sha256"] in page.text
            assert (site / "data" / entry["path"]).stat().st_size == entry["bytes"]


def test_the_front_page_describes_the_dataset_for_search_engines(site):
    html = (site / "index.html").read_text(encoding="utf-8")
    found = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S).group(1))
    assert (found["@context"], found["@type"]) == ("https://schema.org/", "Dataset")
    assert found["temporalCoverage"] == "2022/2022"
    assert found["spatialCoverage"] == [{"@type": "Place", "identifier": "110102", "name": "北京市西城区"}]
    assert found["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert len([d for d in found["distribution"] if d["encodingFormat"] == "text/csv"]) == 13


def test_pages_are_made_again_only_where_they_changed(published, tmp_path):
    first = make_site(published, tmp_path / "site")
    assert (first.written, first.kept) == (1, 0)
    before = {path: path.stat().st_mtime_ns for path in first.path.rglob("*") if path.is_file()}
    second = make_site(published, tmp_path / "site")
    assert (second.written, second.kept) == (0, 1)
    assert before == {path: path.stat().st_mtime_ns for path in first.path.rglob("*") if path.is_file()}
    text = BUNDLED.read_text(encoding="utf-8").replace("453.348903", "453.348904")
    other = release_of([read(text.encode(), BUNDLED.name)], tmp_path / "out")
    third = make_site(other, tmp_path / "site")
    assert (third.written, third.kept, third.removed) == (1, 0, 1)
    assert (tmp_path / "site" / "data" / "manifest.json").read_bytes() == (other / "manifest.json").read_bytes()


def test_the_same_release_gives_the_same_site(published, site, tmp_path):
    again = make_site(published, tmp_path / "again").path
    for path in site.rglob("*.*"):
        if path.is_file():
            assert (again / path.relative_to(site)).read_bytes() == path.read_bytes(), path.name


def test_charts_hold_shapes_and_words_only(site):
    for page in pages_of(site):
        svgs = re.findall(r"<svg.*?</svg>", page.path.read_text(encoding="utf-8"), re.S)
        for svg in svgs:
            assert not re.search(r"<(style|script|!--|foreignObject)|style=|href=\"http|\bon\w+=", svg)


def test_documents_are_read_one_at_a_time_with_all_their_rows(tmp_path):
    text = BUNDLED.read_text(encoding="utf-8")
    names = ("外事", "甲", "乙")
    documents = [read(text.replace("外事办公室", f"{name}办公室").encode(), f"{name}.txt") for name in names]
    documents.append(read(text.replace("2022", "2023").replace("2021", "2022").encode(), "d.txt"))
    release = release_of(documents, tmp_path)
    seen = {}
    for row, frames in each_disclosure(release):
        assert read_text(release, row["disclosure_id"]) is not None
        for name, frame in frames.items():
            assert set(frame["disclosure_id"]) <= {row["disclosure_id"]}
            seen[name] = seen.get(name, 0) + frame.height
    assert seen == {name: read_table(release, name).height for name in seen}
    made = make_site(release, tmp_path / "site")
    assert made.written == 4
    previous = [p for p in pages_of(tmp_path / "site" / "disclosures") if "上一年" in p.text]
    assert len(previous) == 1
    assert 'id="picture-compared"' in previous[0].path.read_text(encoding="utf-8")
    assert (tmp_path / "site" / "years" / "2023.html").is_file()


def test_a_release_in_parts_is_read_whole_and_verifies(tmp_path):
    text = BUNDLED.read_text(encoding="utf-8")
    documents = [read(text.replace("外事办公室", f"{name}办公室").encode(), f"{name}.txt") for name in "丁乙甲"]
    release = release_in_parts(documents, tmp_path)
    assert len(list((release / "parquet" / "budget_lines").rglob("*.parquet"))) == 3
    assert [row["source_file"] for row, _ in each_disclosure(release)] == ["test/丁.txt", "test/乙.txt", "test/甲.txt"]
    assert {frames["budget_lines"].height for _, frames in each_disclosure(release)} == {198}
    assert verify(release) == []
    backwards = release_in_parts(documents[::-1], tmp_path / "backwards")
    assert any("rows are out of order" in fault.reason for fault in verify(backwards))


def test_a_quarantined_document_has_a_page_that_says_why(tmp_path):
    release = release_of([bundled(), read(b"", "empty.txt")], tmp_path)
    make_site(release, tmp_path / "site")
    (page,) = [p for p in pages_of(tmp_path / "site" / "disclosures") if "empty.txt" in p.text]
    assert "the file is empty" in page.text and "文件是空的" in page.text and page.of_class("quarantined")


@pytest.mark.parametrize(
    "name", ["2024-budget-social-welfare-home-unit.pdf", "2024-final-accounts-social-work-department.pdf"]
)
def test_revenue_becomes_expenditure_in_every_form(tmp_path, name):
    release = release_of([read(real(f"shanghai-putuo/{name}"), "x.pdf")], tmp_path)
    ((row, frames),) = each_disclosure(release)
    figures = figures_of(row, frames, {})
    revenue, expenditure = (sum(f.total for f in side.values()) for side in (figures.revenue, figures.expenditure))
    assert revenue == expenditure > 1_000_000
    assert figures.functions and figures.economic


def test_a_pdf_shows_the_boxes_of_its_numbers_on_each_page(tmp_path):
    name = "shanghai-putuo/2024-budget-social-welfare-home-unit.pdf"
    release = release_of([read(real(name), "x.pdf")], tmp_path)
    make_site(release, tmp_path / "site")
    (path,) = (tmp_path / "site" / "disclosures").glob("*.html")
    page = Page(path)
    boxed = read_table(release, "numbers").drop_nulls("x0")
    assert boxed.height == read_table(release, "numbers").height > 400
    # A number in a line of prose has a box of its own, not the line's.
    wide = (pl.col("x1") - pl.col("x0")) / pl.col("printed").str.len_chars()
    assert boxed.filter(wide > 1.1 * (pl.col("bottom") - pl.col("top"))).height == 0
    boxes = [i for i in page.ids if re.fullmatch(r"x\d+", i)]
    assert sorted(boxes) == sorted(f"x{start}" for start in boxed["start"])


def test_the_command_says_where_the_pages_are(published, tmp_path, capsys):
    release = tmp_path / "releases" / published.name
    shutil.copytree(published, release)
    assert site_of(release) == site_of(tmp_path / "latest") == tmp_path / "site"
    assert main(["site", str(release)]) == 0
    assert str(tmp_path / "site" / "index.html") in capsys.readouterr().out
    assert main(["site", str(tmp_path)]) == 2
    assert "has no manifest.json" in capsys.readouterr().err
