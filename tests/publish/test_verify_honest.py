"""Honest releases verify: of every real document, of every kind that is rendered, and odd ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.publish.reading import read_table
from pipeline.publish.verify import verify
from pipeline.publish.verify.ledger import runs
from tests.documents import ROOT, read
from tests.publish.releases import release_of
from tests.rendering.documents import flowing_budget, laid_out_tables, ruled_pdf, unruled_pdf

pytestmark = pytest.mark.slow

_REAL = Path(os.environ.get("DISCLOSURES_DIR", ROOT.parent / "shared" / "real"))
_PDFS = sorted(_REAL.rglob("*.pdf")) if _REAL.is_dir() else []


@pytest.mark.parametrize("path", _PDFS, ids=lambda path: path.stem)
def test_a_release_of_a_real_document_verifies(path, tmp_path):
    assert verify(release_of([read(path.read_bytes(), path.name)], tmp_path)) == []


@pytest.mark.parametrize("make", [flowing_budget, laid_out_tables, ruled_pdf, unruled_pdf])
def test_a_release_of_rendered_documents_verifies(make, tmp_path):
    name = "x.pdf" if make in (ruled_pdf, unruled_pdf) else "x.txt"
    documents = [read(make(seed)[0], name) for seed in range(4)]
    assert verify(release_of(documents, tmp_path)) == []


@pytest.mark.parametrize(
    "texts",
    [
        [""],
        ["没有任何数字的文字。"],
        ["某某局2025年部门预算\n\n一、部门职责\n负责有关工作。\n"],
        ["某某局2025年部门预算\n2025年收入预算100万元，比上年增加10万元。\n", "某某局2025年部门预算更正\n2025年收入预算110万元。\n"],
    ],
)  # fmt: skip
def test_a_release_without_a_budget_line_verifies(texts, tmp_path):
    release = release_of([read(text.encode(), f"{number}.txt") for number, text in enumerate(texts)], tmp_path)
    assert verify(release) == []


_CSV = """云山县水利局2023年度部门决算
收入支出决算总表
公开01表
金额单位：万元
收入,,,支出,,
项目,行次,金额,项目,行次,金额
栏次,,1,栏次,,2
一、一般公共预算财政拨款收入,1,300.00,一、农林水支出,43,312.40
二、其他收入,8,12.40,二、住房保障支出,50,
本年收入合计,27,312.40,本年支出合计,58,312.40
总计,31,312.40,总计,62,312.40
"""


def test_numbers_of_neighbouring_cells_of_csv_are_two(tmp_path):
    release = release_of([read(_CSV.encode(), "x.csv")], tmp_path)
    assert {"1", "300.00"} <= set(read_table(release, "numbers")["printed"])
    assert verify(release) == []


@pytest.mark.parametrize("line", ["收入1,300.00,支出2", '"1,300.00",2', "1,300.00万元"])
def test_a_number_that_is_no_two_cells_is_one(line):
    start = line.index("300.00")
    assert runs(line, {start, start - 2}) >= {(start - 2, start + 6)}
