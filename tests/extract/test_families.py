"""The form family that a document is published in: by its titles, and never against its division or stage."""

from __future__ import annotations

import pytest

from pipeline.extract.families import name_family
from pipeline.extract.forms import load_library
from pipeline.extract.tables.find.headings import Heading, match_title
from pipeline.extract.tables.find.segment import Segment
from tests.documents import bundled, read, real

SHANGHAI = ["2025年预算单位财务收支预算总表", "2025年预算单位收入预算总表", "2025年预算单位支出预算总表",
            "2025年预算单位一般公共预算支出功能分类预算表", "2025年单位三公经费和机关运行经费预算表"]  # fmt: skip
ACCOUNTS = ["收入支出决算总表", "收入决算表", "支出决算表", "财政拨款收入支出决算总表",
            "一般公共预算财政拨款支出决算表", "一般公共预算财政拨款基本支出决算表（公开06表）"]  # fmt: skip
BEIJING = ["收支总表", "收入总表", "支出总表", "项目支出表", "政府采购预算明细表", "财政拨款收支总表"]


def named(titles: list[str], division: str | None, stage: str | None, read_with: str = "general") -> str:
    library = load_library()
    segments = [
        Segment(Heading(0, 1, 0, 1, title, None, tuple(match_title(title, library)[1])), 0, 1) for title in titles
    ]
    return name_family(segments, library, read_with, division, stage)


@pytest.mark.parametrize(
    ("titles", "division", "stage", "family"),
    [
        (SHANGHAI, "310107", "budget", "shanghai-budget"),
        (SHANGHAI, "310000", None, "shanghai-budget"),
        (SHANGHAI, "320506", "budget", "general"),
        (SHANGHAI, None, "budget", "general"),
        (ACCOUNTS, "310107", "final_accounts", "national-final-accounts"),
        (ACCOUNTS, None, "final_accounts", "national-final-accounts"),
        (ACCOUNTS[:3], None, "final_accounts", "general"),
        (BEIJING, "110105", "budget", "beijing-budget"),
        (BEIJING, "120101", "budget", "general"),
    ],
)
def test_titles_place_and_stage_tell_the_family(titles, division, stage, family):
    assert named(titles, division, stage) == family


def test_a_family_of_one_district_is_not_that_of_another():
    assert named(BEIJING, "110102", "budget", "beijing-xicheng-budget") == "beijing-xicheng-budget"
    assert named(BEIJING, "110105", "budget", "beijing-xicheng-budget") == "beijing-budget"
    assert named(BEIJING, "320506", "budget", "beijing-xicheng-budget") == "general"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("2024-budget-wanli-subdistrict-department.pdf", "shanghai-budget"),
        ("2026-budget-justice-bureau-unit.pdf", "shanghai-budget"),
        ("2024-final-accounts-social-work-department.pdf", "national-final-accounts"),
    ],
)
def test_real_documents_have_their_family(name, family):
    assert read(real(f"shanghai-putuo/{name}"), "x.pdf").disclosure.form_family == family


def test_the_bundled_document_has_its_family():
    assert bundled().disclosure.form_family == "beijing-xicheng-budget"
