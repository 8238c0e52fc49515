"""Which division a name means, and that what it leaves open stays open."""

from __future__ import annotations

import csv

import pytest

from pipeline.extract.identity.divisions import chain_at, known, parents_of, resolve
from tests.documents import ROOT
from tests.extract.identity.texts import budget, read_text


def rows():
    with (ROOT / "schemas" / "codes" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def meant(name: str, year: int | None = None, around: str = "") -> str | None:
    chain = chain_at(name)
    return resolve(chain, year, around) if chain else None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("上海市普陀区民政局", "310107"),
        ("北京朝阳区教委", "110105"),
        ("长春市朝阳区教育局", "220104"),
        ("吉林省长春市朝阳区教育局", "220104"),
        ("江苏省昆山市", "320583"),
        ("苏州市昆山市", "320583"),
        ("内蒙古赤峰市松山区", "150404"),
        ("广西壮族自治区南宁市", "450100"),
        ("恩施州教育局", "422800"),
        ("吉林省吉林市船营区", "220204"),
        ("云南省红河州", "532500"),
        ("重庆市云阳县", "500235"),
        ("新疆生产建设兵团", None),
        ("河北工业大学", None),
        ("外事办公室", None),
    ],
)
def test_chains_of_names(name, code):
    assert meant(name) == code


@pytest.mark.parametrize("name", ["朝阳区教委", "鼓楼区民政局", "西城区政府外办", "普陀区民政局", "新华区", "城区"])
def test_a_district_named_alone_is_not_guessed(name):
    assert meant(name) is None


@pytest.mark.parametrize(
    ("name", "around", "code"),
    [
        ("朝阳区教委", "北京市2022年部门预算", "110105"),
        ("朝阳区教委", "吉林省长春市朝阳区", "220104"),
        ("普陀区民政局", "浙江省舟山市普陀区", "330903"),
        ("鼓楼区民政局", "福建省", "350102"),
        ("鼓楼区民政局", "江苏省", None),
        ("朝阳区教委", "北京市与吉林省", None),
        ("朝阳区教委", "上海市", None),
    ],
)
def test_the_text_around_a_name_tells_where_it_can(name, around, code):
    assert meant(name, 2022, around) == code


def test_names_that_moved_between_codes_are_told_by_year():
    assert meant("巢湖市", 2009) == "341400"
    assert meant("巢湖市", 2015) == "340181"
    assert meant("密云县", 2012) == "110228"
    assert meant("黔西县", 2011) is None  # both codes were in use about then


def test_a_body_of_an_ambiguous_district_has_no_division():
    row = read_text(budget("朝阳区教育局2023年部门预算"))
    assert row.division_code is None
    assert row.entity_key == "unknown:朝阳区教育局"


def test_the_title_tells_where_the_caption_does_not():
    row = read_text(budget("长春市朝阳区2023年部门预算", caption="编制部门：朝阳区教育局"))
    assert row.division_code == "220104"


def test_every_code_has_its_parents_and_six_digits():
    for row in rows():
        assert row["code"].isdigit()
        assert len(row["code"]) == 6
        assert row["name"]
        assert known(row["code"][:2] + "0000"), row
        # Direct districts of municipalities and counties directly below a province have no prefecture.
        assert row["code"].endswith("0000") or parents_of(row["code"]), row


def test_the_list_holds_all_of_the_country():
    now = [row["code"] for row in rows() if not row["valid_to"]]
    assert len(now) == len(set(now))
    assert sum(code.endswith("0000") for code in now) == 34
    assert sum(code.endswith("00") and not code.endswith("0000") for code in now) == 333
    assert 2840 <= sum(not code.endswith("00") for code in now) <= 2860


def test_years_of_validity_are_in_order():
    seen: set[tuple[str, str]] = set()
    for row in rows():
        assert (row["code"], row["name"]) not in seen
        seen.add((row["code"], row["name"]))
        if row["valid_from"] and row["valid_to"]:
            assert int(row["valid_from"]) <= int(row["valid_to"])
