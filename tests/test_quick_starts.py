"""The quick starts answer what they show, with every tool alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow

TEXT = (ROOT / "docs" / "quick-starts.md").read_text(encoding="utf-8")
TOOLS = ("polars", "DuckDB", "pandas")


def questions() -> list[tuple[str, list[tuple[str, str]], str]]:
    """Each question with its blocks by tool and the answer that is shown."""
    found = []
    for section in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        blocks = re.findall(r"^(\w+)\n\n```python\n(.*?)```", section, re.S | re.M)
        (answer,) = re.findall(r"^```text\n(.*?)```", section, re.S | re.M)
        found.append((section.partition("\n")[0], blocks, answer))
    return found


QUESTIONS = questions()
BLOCKS = [
    pytest.param(code, answer, id=f"{title[:2]}-{tool}") for title, blocks, answer in QUESTIONS for tool, code in blocks
]


def test_there_are_five_questions_and_each_is_answered_with_every_tool():
    assert len(QUESTIONS) == 5
    assert all([tool for tool, _ in blocks] == list(TOOLS) for _, blocks, _ in QUESTIONS)


@pytest.mark.parametrize(("code", "answer"), BLOCKS)
def test_a_block_prints_the_answer_that_is_shown(built, tmp_path, code, answer):
    (tmp_path / "outputs").symlink_to(built)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == answer
