"""Pages of bodies, of districts and years, and of contradictions: exact figures, each counted once, each with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import polars as pl
import pytest

from pipeline.publish.reading import read_table, read_text
from pipeline.publish.site.build import make_site
from pipeline.publish.site.images import make_images
from pipeline.publish.site.labels import anchor, body_page, plain
from tests.documents import BUNDLED, read, real
from tests.publish.pages import Page, broken_links, pages_of
from tests.publish.releases import release_of

pytestmark = pytest.mark.slow

TOTAL = Decimal("5864768.37")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """Two bodies in 2022, one of them with a second version, and one of them a year later with less."""
    text = BUNDLED.read_text(encoding="utf-8")
    later = text.replace("2022", "2023").replace("2021", "2022")
    documents = [
        read(text.encode(), "a.txt"),
        read(f"{text}\n另一版本。\n".encode(), "a-again.txt"),
        read(text.replace("外事办公室", "民政办公室").encode(), "b.txt"),
        read(later.encode(), "a-later.txt"),
    ]
    return release_of(documents, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def site(release):
    return make_site(release, release.parent / "site").path


@pytest.fixture(scope="module")
def disclosures(release):
    return read_table(release, "disclosures")


def body_of(site, row) -> Page:
    return Page(site / body_page(row["division_code"], row["entity_key"]))


def of_file(disclosures, name):
    (row,) = disclosures.filter(pl.col("source_file") == f"test/{name}").rows(named=True)
    return row


def test_every_link_leads_to_a_file_and_an_anchor_that_are_there(site):
    assert len(list((site / "bodies").iterdir())) == 2
    assert broken_links(site) == []


def test_the_address_of_a_body_depends_on_its_key_alone(release, disclosures, tmp_path):
    row = of_file(disclosures, "a.txt")
    alone = release_of([read(BUNDLED.read_bytes(), "elsewhere.txt")], tmp_path)
    made = make_site(alone, tmp_path / "site").path
    assert (made / body_page(row["division_code"], row["entity_key"])).is_file()


def test_a_body_has_its_figures_by_year_each_leading_to_where_it_is_printed(site, release, disclosures):
    row = of_file(disclosures, "a.txt")
    page = body_of(site, row)
    figures = read_table(release, "key_figures").filter("preferred", ~pl.col("comparison"))
    mine = figures.filter(pl.col("entity_key") == row["entity_key"])
    assert mine.height > 20
    for each in mine.iter_rows(named=True):
        assert f"../disclosures/{each['disclosure_id']}.html#{anchor(each['owner_id'])}" in page.links
        assert f"{each['amount']:,.2f}" in page.text
    assert "2023年支出预算586.48万元，比2022年持平。" in page.text
    assert "Expenditure 2023 (budget): CNY 5.86m, which was unchanged on 2022." in page.text


def test_a_body_has_all_its_documents_and_says_which_counts(site, disclosures):
    page = body_of(site, of_file(disclosures, "a.txt"))
    listed = {link for link in page.links if re.fullmatch(r"\.\./disclosures/\w+\.html", link)}
    assert {
        f"../disclosures/{of_file(disclosures, f'{n}.txt')['disclosure_id']}.html" for n in ("a", "a-again", "a-later")
    } <= listed
    assert page.text.count("另一版本被采用") == 1
    (left,) = disclosures.filter(~pl.col("preferred")).rows(named=True)
    (taken,) = disclosures.filter("preferred", pl.col("series_id") == left["series_id"]).rows(named=True)
    other = Page(site / "disclosures" / f"{left['disclosure_id']}.html")
    assert f"{taken['disclosure_id']}.html" in other.links and "合计以那一份为准" in other.text


def test_a_district_adds_each_body_once(site):
    page = Page(site / "districts" / "110102-2022.html")
    assert f"{2 * TOTAL:,.2f}" in page.text
    assert f"{3 * TOTAL:,.2f}" not in page.text
    assert "2022年部门预算共2个，支出合计1,172.95万元" in page.text
    assert page.text.count("50.0%") >= 2
    assert Page(site / "districts" / "110102-2023.html").text.count(f"{TOTAL:,.2f}") >= 1


def test_contradictions_are_ranked_by_size_with_both_figures(site, release):
    page = Page(site / "contradictions.html")
    wrong = read_table(release, "checks").filter(
        pl.col("status") == "fail", pl.col("severity") == "error", pl.col("unit") == "CNY", ~pl.col("rounding_only")
    )
    links = [link for link in page.links if "#" in link]
    sizes = [abs(value) for value in wrong["difference"]]
    assert f"共 {len([size for size in sizes if size])} 项核对" in page.text
    shown = re.findall(r'class="size"><a href="[^"]*">([\d,.]+)', page.path.read_text(encoding="utf-8"))
    found = [Decimal(size.replace(",", "")) for size in shown]
    assert found == sorted(found, reverse=True)
    assert set(found) == {size.normalize() + 0 for size in sizes if size}
    for each in wrong.filter(pl.col("difference") != 0).iter_rows(named=True):
        assert any(link.endswith(f"{each['disclosure_id']}.html#{anchor(each['check_id'])}") for link in links)
        assert plain(each["left_value"]) in page.text and plain(each["right_value"]) in page.text


def test_a_contradiction_is_headed_by_what_is_wrong(site, release, disclosures):
    row = of_file(disclosures, "a.txt")
    html = (site / "disclosures" / f"{row['disclosure_id']}.html").read_text(encoding="utf-8")
    heads = re.findall(r'<h3><span class="zh" lang="zh">(.*?)</span>', html)
    failed = read_table(release, "checks").filter(
        pl.col("status") == "fail", pl.col("disclosure_id") == row["disclosure_id"]
    )
    assert set(failed["message_zh"]) <= set(heads)


def test_a_document_begins_with_its_summary_and_folds_what_is_long(site, disclosures):
    page = Page(site / "disclosures" / f"{of_file(disclosures, 'a.txt')['disclosure_id']}.html")
    assert "支出预算586.48万元；文件中608个数字都已读懂；有10处自相矛盾，最大的相差35,790.39元。" in page.text
    folded = page.of_class("printed")
    assert len(folded) == 14 and not any("open" in each for each in folded)


def test_the_data_of_a_document_can_be_downloaded(site, release, disclosures):
    identity = of_file(disclosures, "a.txt")["disclosure_id"]
    page = Page(site / "disclosures" / f"{identity}.html")
    assert {f"{identity}.csv", f"{identity}.json"} <= set(page.links)
    lines = read_table(release, "budget_lines").filter(pl.col("disclosure_id") == identity)
    text = (site / "disclosures" / f"{identity}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["line_id"] for row in rows] == lines["line_id"].to_list()
    assert [Decimal(row["amount"]) for row in rows] == lines["amount"].to_list()
    held = json.loads((site / "disclosures" / f"{identity}.json").read_text(encoding="utf-8"))
    assert [Decimal(line["amount"]) for line in held["budget_lines"]] == lines["amount"].to_list()
    assert held["disclosure"]["disclosure_id"] == identity
    assert len(held["failed_checks"]) == disclosures.filter(pl.col("disclosure_id") == identity)["checks_failed"][0]


def test_every_picture_stands_below_a_sentence(site):
    pictures = 0
    for page in pages_of(site):
        html = page.path.read_text(encoding="utf-8")
        for figure in re.findall(r"<figure.*?</figure>", html, re.S):
            pictures += 1
            assert re.search(r"<figcaption>.*?[。：].*?</figcaption>", figure, re.S)
            assert figure.count("<svg") == 1
    assert pictures > 10


def test_pages_of_bodies_are_made_again_only_where_their_figures_changed(release, site):
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    assert make_site(release, site).written == 0
    assert before == {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}


def test_what_a_release_no_longer_holds_goes(release, tmp_path):
    made = make_site(release, tmp_path / "site").path
    alone = release_of([read(BUNDLED.read_bytes(), "a.txt")], tmp_path / "out")
    make_site(alone, made)
    assert len(list((made / "bodies").iterdir())) == len(list((made / "districts").iterdir())) == 1
    assert len(list((made / "disclosures").iterdir())) == 4  # the page, and its data in three forms
    assert len(list((made / "search" / "text").iterdir())) == 1
    fresh = make_site(alone, tmp_path / "fresh").path
    names = {path.relative_to(fresh) for path in fresh.rglob("*")}
    assert names == {path.relative_to(made) for path in made.rglob("*")}


def test_pictures_of_pages_lie_under_the_boxes_where_the_source_is_the_same(tmp_path):
    name = "shanghai-putuo/2024-budget-social-welfare-home-unit.pdf"
    source = real(name)
    release = release_of([read(source, "x.pdf")], tmp_path)
    (row,) = read_table(release, "disclosures").rows(named=True)
    sources = tmp_path / "raw"
    (sources / "test").mkdir(parents=True)
    (sources / "test" / "x.pdf").write_bytes(source)
    made = make_site(release, tmp_path / "site", sources=sources).path
    page = Page(made / "disclosures" / f"{row['disclosure_id']}.html")
    shown = [attrs["href"] for tag, attrs in page.elements if tag == "image"]
    assert len(shown) == row["page_count"]
    assert all((page.path.parent / href).read_bytes()[8:12] == b"WEBP" for href in shown)
    assert broken_links(made) == []
    again = make_site(release, tmp_path / "again", sources=sources).path
    for path in (made / "images").rglob("*.webp"):
        assert (again / path.relative_to(made)).read_bytes() == path.read_bytes()
    (sources / "test" / "x.pdf").write_bytes(source + b" ")
    text, numbers = read_text(release, row["disclosure_id"]), read_table(release, "numbers")
    assert make_images(row, text, numbers, sources, tmp_path / "none") == {}
    make_site(release, made)
    assert not list((made / "images").iterdir()), "none are kept where none are asked for"


def test_a_page_on_which_something_is_withheld_has_no_picture(tmp_path):
    name = "shanghai-putuo/2024-budget-social-welfare-home-unit.pdf"
    source = real(name)
    release = release_of([read(source, "x.pdf")], tmp_path)
    (row,) = read_table(release, "disclosures").rows(named=True)
    text, numbers = read_text(release, row["disclosure_id"]), read_table(release, "numbers")
    sources = tmp_path / "raw"
    (sources / "test").mkdir(parents=True)
    (sources / "test" / "x.pdf").write_bytes(source)
    pages = set(make_images(row, text, numbers, sources, tmp_path / "all"))
    first = numbers.sort("start").row(0, named=True)
    told = pl.when(pl.col("number_id") == first["number_id"]).then(pl.lit("withheld")).otherwise(pl.col("class"))
    hidden = numbers.with_columns(told.alias("class"))
    assert pages - set(make_images(row, text, hidden, sources, tmp_path / "one")) == {first["page"]}
    marked = text[: first["start"]] + "▇" + text[first["start"] + 1 :]
    assert pages - set(make_images(row, marked, numbers, sources, tmp_path / "two")) == {first["page"]}
    assert make_images({**row, "read_by": "ocr"}, text, numbers, sources, tmp_path / "none") == {}
