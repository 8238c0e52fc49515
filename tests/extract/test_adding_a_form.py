"""docs/adding-a-form.md is followed: its blocks, applied to a copy of the project, make an unknown table known."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from decimal import Decimal

import pytest

from tests.documents import ROOT, read
from tests.extract.pdfs import Line, Table, pdf

PAGE = ROOT / "docs" / "adding-a-form.md"
BLOCK = re.compile(r"```toml\n# append to (\S+)\n(.*?)```", re.DOTALL)


def repairs() -> bytes:
    income = Table([200, 120], [["项目", "预算数"], ["一、财政拨款收入", "80.50"], ["收入总计", "80.50"]], left=(0,))
    rows = [
        ["修缮项目", "合计", "本年修缮安排", "以前年度修缮结转"],
        ["屋面防水", "50.50", "40.50", "10.00"],
        ["电梯更新", "30.00", "30.00", ""],
        ["合计", "80.50", "70.50", "10.00"],
    ]
    return pdf(
        [Line("某市某局2025年部门预算", None)],
        [Line("部门收入总表", None), Line("单位：万元", 600), income],
        [Line("2025年度修缮资金安排表", None), Line("单位：万元", 600), Table([160, 100, 120, 130], rows, left=(0,))],
    )


def test_before_the_page_is_followed_the_table_is_unknown_and_said():
    extraction = read(repairs(), "repairs.pdf")
    table = extraction.rows.tables[-1]
    assert (table.title, table.table_code) == ("2025年度修缮资金安排表", None)
    assert "no form knows this table" in extraction.disclosure.reason
    assert {line.table_code for line in extraction.rows.budget_lines} == {"income"}


@pytest.mark.slow
def test_after_the_page_is_followed_every_amount_of_the_table_is_published(tmp_path):
    for folder in ("pipeline", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 3
    for name, block in blocks:
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\n" + block)
    (tmp_path / "raw" / "some-city").mkdir(parents=True)
    (tmp_path / "raw" / "some-city" / "repairs.pdf").write_bytes(repairs())
    command = [sys.executable, "-m", "pipeline", "build", "--raw", "raw", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path / "out" / "latest" / "csv"
    with (folder / "budget_lines.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["table_code"] == "repair_plan"]
    assert [(x["project"] or x["item"], x["row_kind"], x["measure"], Decimal(x["amount"])) for x in lines] == [
        ("屋面防水", "detail", "total", 505000),
        ("屋面防水", "detail", "current_year", 405000),
        ("屋面防水", "detail", "carried_over", 100000),
        ("电梯更新", "detail", "total", 300000),
        ("电梯更新", "detail", "current_year", 300000),
        ("合计", "total", "total", 805000),
        ("合计", "total", "current_year", 705000),
        ("合计", "total", "carried_over", 100000),
    ]
    assert {(x["fund"], x["direction"], x["fiscal_year"]) for x in lines} == {
        ("general_public_budget", "expenditure", "2025")
    }


def test_every_key_of_a_table_and_every_kind_of_key_column_is_explained():
    page = PAGE.read_text(encoding="utf-8")
    for word in (
        "code",
        "titles",
        "direction",
        "fund",
        "scheme",
        "name_scheme",
        "items",
        "identities",
        "unit",
        "columns",
    ):
        assert f"| `{word}` |" in page
    words = (ROOT / "schemas" / "forms" / "words.toml").read_text(encoding="utf-8")
    kinds = set(re.findall(r'^kind = "(\w+)"$', words.split("[[key]]", 1)[1].split("[[expense]]", 1)[0], re.MULTILINE))
    assert {kind for kind in kinds if kind not in page} == set()
