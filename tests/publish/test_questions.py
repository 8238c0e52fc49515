"""The ten questions of every release's README are answered alike by every tool, on releases of all kinds."""

from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipeline.publish.readme import QUICK_STARTS, TOOLS, load_questions, quick_starts
from tests.publish.test_views import several  # noqa: F401

QUESTIONS = load_questions()
ASKED = pytest.mark.parametrize("at", range(len(QUESTIONS.question)), ids=lambda at: f"{at + 1}")


def plain(value: Any) -> str:
    """A value as every tool has it: cents, and nothing where there is none."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{Decimal(str(value)):.2f}" if isinstance(value, Decimal | float) else str(value)


def answered(tool: str, at: int) -> list[tuple[str, ...]]:
    """What the block of a tool finds in the folder that is entered, rows in an order of their own."""
    known: dict[str, Any] = {}
    exec(getattr(QUESTIONS.setup, tool) + "\n" + getattr(QUESTIONS.question[at], tool), known)  # noqa: S102
    answer = known["answer"]
    rows = (
        answer.fetchall()
        if isinstance(answer, duckdb.DuckDBPyRelation)
        else answer.itertuples(index=False, name=None)
        if isinstance(answer, pd.DataFrame)
        else answer.rows()
    )
    return sorted(tuple(plain(value) for value in row) for row in rows)


@ASKED
@pytest.mark.parametrize("tool", ["polars", "pandas"])
def test_the_tools_agree_with_the_views_on_the_bundled_release(published, monkeypatch, tool, at):
    monkeypatch.chdir(published)
    assert answered(tool, at) == answered("duckdb", at)


@pytest.mark.slow
@ASKED
@pytest.mark.parametrize("tool", ["polars", "pandas"])
def test_they_agree_where_versions_scopes_and_years_meet(several, monkeypatch, tool, at):  # noqa: F811
    monkeypatch.chdir(several)
    assert answered(tool, at) == answered("duckdb", at)


def test_the_bundled_release_answers_what_can_be_asked_of_it(published, monkeypatch):
    monkeypatch.chdir(published)
    body = "北京市西城区人民政府外事办公室"
    assert answered("duckdb", 0) == [(body, "department", "budget", "approved", "2022", "5864768.37")]
    assert answered("duckdb", 2) == [(body, "department", "budget", "approved", "2022", "92.26")]
    assert len(answered("duckdb", 3)) == 8 and ("2010301", "行政运行", "4498932.92") in answered("duckdb", 3)
    assert answered("duckdb", 5) == [("test/2022-budget-foreign-affairs-office.txt",)]
    assert (body, "2022", "区内居民对工作的满意度", "ge", "85.00", "percent") in answered("duckdb", 7)
    assert answered("duckdb", 9)[0][2:5] == ("818", "0.200515", "万元")


@pytest.mark.slow
def test_several_releases_answer_what_the_bundled_one_cannot(several, monkeypatch):  # noqa: F811
    monkeypatch.chdir(several)
    assert any(budget and accounts for *_, budget, accounts in answered("duckdb", 1))
    assert len(answered("duckdb", 8)) == 2


def _as_r(tool: str, at: int) -> str:
    return f"""{QUESTIONS.setup.r}
{QUESTIONS.question[at].r}
write.table(format(as.data.frame(answer), nsmall = 2, scientific = FALSE, trim = TRUE), sep = ",", row.names = FALSE,
            col.names = FALSE, quote = FALSE)
"""


@ASKED
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed (Rscript, with arrow and dplyr)")
def test_r_finds_as_many_rows(published, at):
    done = subprocess.run(["Rscript", "-e", _as_r("r", at)], cwd=published, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 0 or at in (4, 8)


def test_the_readme_of_a_release_and_the_quick_starts_show_the_blocks_that_are_run(published: Path):
    readme = (published / "README.md").read_text(encoding="utf-8")
    assert QUICK_STARTS.read_text(encoding="utf-8") == quick_starts(), "run `make docs`"
    for text in (readme, quick_starts()):
        for each in (QUESTIONS.setup, *QUESTIONS.question):
            for tool, (name, language) in TOOLS.items():
                assert f"{name}\n\n```{language}\n{asdict(each)[tool].strip()}\n```" in text
    assert len(QUESTIONS.question) == 10


@pytest.mark.parametrize("word", ["row_kind", "phase", "comparison", "scope", "preferred", "yuan", "rounding_only"])
def test_the_readme_explains_in_both_languages(published: Path, word):
    readme = (published / "README.md").read_text(encoding="utf-8")
    english, chinese = (
        readme.split(f"## {title}\n")[1].split("\n## ")[0] for title in ("What to know first", "使用前须知")
    )
    meant = {"row_kind": ("Row kinds", "行的种类"), "yuan": ("in yuan", "以元计")}.get(word, (word, word))
    assert meant[0] in english and meant[1] in chinese
