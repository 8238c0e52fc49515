"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def checkout(built, tmp_path):
    """A folder in which ``outputs/latest`` is the release of the bundled folder."""
    (tmp_path / "outputs").symlink_to(built)
    return tmp_path


def shown_after(marker: str) -> list[str]:
    """The indented block that follows ``marker``, line by line, without its margin and the blanks at line ends."""
    block = TEXT[TEXT.index(marker) + len(marker) :].lstrip("\n")
    return [line[4:].rstrip() for line in re.match(r"(?:    .*\n)+", block).group().splitlines()]


def test_the_question_has_the_answer_that_is_shown(checkout):
    code = re.search(r"```python\n(.*?)```", TEXT, re.S).group(1)
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout.split() == shown_after(code + "```\n")


def test_the_traced_amount_stands_where_it_is_shown(checkout):
    (identity,) = re.findall(r"yusuan trace (\S+)", TEXT)
    command = [sys.executable, "-m", "pipeline", "trace", identity, "--release", str(checkout / "outputs" / "latest")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert printed[-2:] == shown_after("its characters marked:\n")


def test_every_page_that_the_readme_leads_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).is_file(), target


def test_every_command_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:^    |`)make (\w+)", TEXT, re.M)):
        assert re.search(rf"^{target}:", makefile, re.M), target
    listed = subprocess.run(
        [sys.executable, "-m", "pipeline", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for command in set(re.findall(r"bin/yusuan (\w+)", TEXT)):
        assert f"  {command} " in listed, command


def test_the_chinese_readme_shows_the_same_commands_and_answers_and_leads_to_the_same_pages():
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    blocks = re.compile(r"(?:^    .*\n)+|```[^`]*```", re.M)
    assert blocks.findall(chinese) == blocks.findall(TEXT)
    links = re.compile(r"\]\(([^)]+)\)")
    assert set(links.findall(chinese)) ^ set(links.findall(TEXT)) == {"README.md", "README.zh.md"}
    commands = re.compile(r"`((?:make|\.venv|outputs)[^`]*)`")
    assert sorted(commands.findall(chinese)) == sorted(commands.findall(TEXT))
    assert chinese.count("\n## ") == TEXT.count("\n## ")
