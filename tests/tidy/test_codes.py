"""The official lists: whole, without overlaps, and of one mind with what documents print."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.extract.patterns import fold
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from pipeline.tidy.codes import code_names, load_codes
from schemas.tables import TABLES
from tests.documents import BUNDLED, read, real
from tests.tables import build

CODES = load_codes()
#: A unit that numbers the economic classification on its own: the names it prints for codes that have others.
OWN_NUMBERS = {
    ("30108", "机关事业单位基本养老保险费"), ("30202", "咨询费"), ("30203", "水费"), ("30204", "电费"),
    ("30205", "邮电费"), ("30206", "办公设备购置费"), ("30207", "工会经费"), ("30208", "福利费"),
    ("30211", "事业单位离退休人员福利费"), ("30212", "机关事业单位退休人员活动费"),
    ("30213", "其他商品和服务支出"), ("303", "离退休人员经费"), ("30301", "退休费"),
}  # fmt: skip
LEVELS = {3: "class", 5: "section", 7: "item"}


def test_every_code_has_its_level_and_its_parent():
    held = set(CODES.select("scheme", "code").iter_rows())
    for row in CODES.iter_rows(named=True):
        assert row["level"] == LEVELS[len(row["code"])], row
        above = row["code"][:-2] if len(row["code"]) > 3 else None
        assert row["parent_code"] == above, row
        assert above is None or (row["scheme"], above) in held, row
        assert row["source"], row


def test_the_first_digit_tells_the_scheme():
    first = {"function": "2", "government_economic": "5", "department_economic": "3"}
    assert all(row["code"].startswith(first[row["scheme"]]) for row in CODES.iter_rows(named=True))


def test_a_code_has_one_name_at_a_time():
    for (scheme, code), rows in CODES.group_by(["scheme", "code"]):
        periods = sorted((row["valid_from"], row["valid_to"] or 9999) for row in rows.iter_rows(named=True))
        assert all(start <= end for start, end in periods), (scheme, code)
        assert all(a[1] < b[0] for a, b in zip(periods, periods[1:], strict=False)), (scheme, code)


@pytest.mark.parametrize(
    ("scheme", "classes"),
    [
        ("function", {*map(str, range(201, 218)), *map(str, range(219, 225)), "227", *map(str, range(229, 235))}),
        ("government_economic", {*map(str, range(501, 515)), "599"}),
        ("department_economic", {"301", "302", "303", "307", "309", "310", "311", "312", "313", "399"}),
    ],
)
def test_the_classes_of_today_are_whole(scheme, classes):
    now = CODES.filter(pl.col("scheme") == scheme, pl.col("level") == "class", pl.col("valid_to").is_null())
    assert set(now["code"]) == classes


def name_in(scheme: str, code: str, year: int) -> list[str]:
    rows = CODES.filter(pl.col("scheme") == scheme, pl.col("code") == code, pl.col("valid_from") <= year)
    return rows.filter(pl.col("valid_to").fill_null(9999) >= year)["name"].to_list()


@pytest.mark.parametrize(
    ("scheme", "code", "year", "name"),
    [
        ("function", "210", 2018, "医疗卫生与计划生育支出"),
        ("function", "210", 2019, "卫生健康支出"),
        ("function", "207", 2018, "文化体育与传媒支出"),
        ("function", "207", 2019, "文化旅游体育与传媒支出"),
        ("function", "220", 2018, "国土海洋气象等支出"),
        ("function", "220", 2019, "自然资源海洋气象等支出"),
        ("function", "20805", 2019, "行政事业单位离退休"),
        ("function", "20805", 2020, "行政事业单位养老支出"),
        ("department_economic", "310", 2017, "其他资本性支出"),
        ("department_economic", "310", 2018, "资本性支出"),
    ],
)
def test_names_changed_when_they_did(scheme, code, year, name):
    assert name_in(scheme, code, year) == [name]


@pytest.mark.parametrize("code", ["224", "20828", "20138"])
def test_what_was_new_in_2019_was_not_there_before(code):
    assert name_in("function", code, 2018) == []
    assert len(name_in("function", code, 2019)) == 1


def printed(data: bytes, name: str) -> set[tuple[str, str, str]]:
    found = set()
    for line in read(data, name).rows.budget_lines:
        for scheme in ("function", "government_economic", "department_economic"):
            # A name that the table's own layout cut off is no name of the document.
            code, printed_name = getattr(line, f"{scheme}_code"), getattr(line, f"{scheme}_name")
            if code and printed_name:
                found.add((scheme, code, fold(printed_name)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "",
        "shanghai-putuo/2025-budget-wanli-subdistrict-department.pdf",
        "shanghai-putuo/2026-budget-justice-bureau-unit.pdf",
        "shanghai-putuo/2024-final-accounts-social-work-department.pdf",
    ],
)
def test_the_lists_agree_with_what_documents_print(name):
    pairs = printed(real(name), "x.pdf") if name else printed(BUNDLED.read_bytes(), "x.txt")
    year = int(re.search(r"20\d\d", name or BUNDLED.name).group())
    assert len(pairs) > 10
    compared = 0
    for scheme, code, shown in sorted(pairs):
        official = [fold(each) for each in name_in(scheme, code, year)]
        if official:
            compared += 1
            assert shown in official, (scheme, code)
    assert compared > 10


def test_official_is_true_false_or_unknown_by_year():
    lines = pl.DataFrame(
        {
            "function_code": ["210", "210", "210", "2999999"],
            "function_name": ["卫生健康支出", "医疗卫生与计划生育支出", "卫生健康支出", "别的"],
            "disclosure_year": [2022, 2022, 2009, 2022],
            "disclosure_id": ["a"] * 4,
        }
    ).with_columns(
        pl.lit(None, pl.String).alias(f"{scheme}_{column}")
        for scheme in ("government_economic", "department_economic")
        for column in ("code", "name")
    )
    found = {(r["name"], r["disclosure_year"]): r["official"] for r in code_names(lines, CODES).iter_rows(named=True)}
    assert found == {
        ("卫生健康支出", 2022): True,
        ("医疗卫生与计划生育支出", 2022): False,
        ("卫生健康支出", 2009): None,
        ("别的", 2022): None,
    }


def test_brackets_of_either_width_are_one_name():
    lines = pl.DataFrame(
        {
            "department_economic_code": ["30213"],
            "department_economic_name": ["维修(护)费"],
            "disclosure_year": [2022],
            "disclosure_id": ["a"],
        }
    ).with_columns(
        pl.lit(None, pl.String).alias(f"{scheme}_{column}")
        for scheme in ("government_economic", "function")
        for column in ("code", "name")
    )
    assert code_names(lines, CODES)["official"].to_list() == [True]


def test_a_document_that_numbers_on_its_own_is_told_by_official():
    data = real("shanghai-putuo/2024-budget-social-welfare-home-unit.pdf")
    lines = build(TABLES["budget_lines"], read(data, "x.pdf").rows.of("budget_lines"), [])
    found = code_names(lines, CODES)
    unofficial = found.filter(~pl.col("official"))
    # It also prints the name that 210 had until 2018.
    assert set(unofficial.select("code", "name").iter_rows()) == {*OWN_NUMBERS, ("210", "医疗卫生与计划生育支出")}
    assert found.filter(pl.col("official")).height > 10


def test_the_classes_that_final_accounts_list_are_the_list():
    found = {
        line.item
        for line in read(
            real("shanghai-putuo/2024-final-accounts-social-work-department.pdf"), "x.pdf"
        ).rows.budget_lines
        if line.table_code == "income_expenditure_summary" and line.function_code
    }
    held = {name for code in map(str, range(201, 235)) for name in name_in("function", code, 2024)}
    assert found <= held
    text = real_text("final-accounts-template-national.pdf")
    listed = set(re.findall(r"[一二三四五六七八九十]+、([\u4e00-\u9fff]+支出)(?=\s)", text))
    assert len(listed & held) >= 23
    assert listed - held <= {"基本支出", "项目支出", "经营支出"}


def real_text(name: str) -> str:
    read = read_bytes(SourceFile(Path("raw/a/x.pdf"), "a", "x.pdf"), real(name), Limits())
    assert isinstance(read, Document)
    return read.text
