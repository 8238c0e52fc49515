"""Honest releases verify: of every real document, of every kind that is rendered, and odd ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.publish.verify import verify
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
