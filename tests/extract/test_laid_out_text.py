"""Text as ``pdftotext -layout`` gives it, held against the same document read as PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter

import pytest

from tests.documents import read, real

DOCUMENTS = [
    "2024-budget-social-welfare-home-unit.pdf",
    "2024-budget-wanli-subdistrict-department.pdf",
    "2024-final-accounts-social-work-department.pdf",
    "2025-budget-government-office-department.pdf",
    "2025-budget-wanli-subdistrict-department.pdf",
    "2026-budget-justice-bureau-unit.pdf",
]
WHAT = ("table_code", "row_kind", "direction", "item_path", "function_code", "government_economic_code")
WHAT += ("department_economic_code", "measure", "fund", "revenue_source", "fiscal_year", "phase", "amount")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_text_gives_the_lines_that_the_pdf_gives(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(data := real(f"shanghai-putuo/{name}"))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout
    as_pdf, as_text = (
        Counter(tuple(row.get(column) for column in WHAT) for row in read(source, file).rows["budget_lines"])
        for source, file in ((data, name), (text, "x.txt"))
    )
    assert as_text == as_pdf
    assert as_pdf
