"""docs/adding-a-format.md is followed: its blocks, applied to a copy of the project, make an unknown format known."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.ingest.document import Arrangement
from tests.documents import ROOT
from tests.ingest.formats.test_workbook import saved, workbook

PAGE = (ROOT / "docs" / "adding-a-format.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```python\n# (append to|write|in) (\S+?)(?:, below the line of workbooks)?\n(.*?)```", re.DOTALL)
SCRIPT = """
import sys
from pathlib import Path
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import load, read_bytes

if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        file = SourceFile(path, path.parent.name, path.name)
        read = read_bytes(file, load(file, Limits()), Limits())
        print(getattr(read, "media_type", None), repr(getattr(read, "text", None) or read.reason))
"""


def follow(folder: Path) -> None:
    """Apply the blocks of the page to the copy of the project in ``folder``."""
    blocks = BLOCK.findall(PAGE)
    assert [action for action, _, _ in blocks] == ["append to", "write", "in", "write"]
    for action, name, block in blocks:
        path = folder / name
        if action == "append to":
            path.write_text(path.read_text(encoding="utf-8") + "\n\n" + block, encoding="utf-8")
        elif action == "write":
            path.write_text(block, encoding="utf-8")
        else:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            (at,) = (at for at, line in enumerate(lines) if 'Format("workbook"' in line)
            path.write_text("".join([*lines[: at + 1], block, *lines[at + 1 :]]), encoding="utf-8")


@pytest.mark.slow
def test_after_the_page_is_followed_the_format_is_read_and_its_test_passes(tmp_path):
    for name in ("pipeline", "schemas", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    follow(tmp_path)
    raw = tmp_path / "raw" / "some-city"
    raw.mkdir(parents=True)
    (raw / "a.slk").write_text(
        'ID;PWXL\nC;Y1;X1;K"科目"\nC;X2;K"金额"\nC;Y2;X1;K"办公费"\nC;X2;K1.50\n', encoding="gbk"
    )
    (raw / "b.xls").write_text("ID;PWXL\nE\n", encoding="utf-8")
    (raw / "c.xlsx").write_bytes(saved(workbook(["甲", 1])))
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    names = ["raw/some-city/a.slk", "raw/some-city/b.xls", "raw/some-city/c.xlsx"]
    done = subprocess.run(
        [sys.executable, "script.py", *names], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == [
        r"application/x-sylk '科目\t金额\n办公费\t1.50\n'",
        "None 'the workbook (slk) has no cells; fetch it again'",
        r"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet '甲\t1\n'",
    ], done.stderr
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ingest/formats/test_sylk.py"]
    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert tested.returncode == 0, tested.stdout


def test_every_arrangement_is_named():
    assert all(f"`{each.name}`" in PAGE for each in Arrangement)
