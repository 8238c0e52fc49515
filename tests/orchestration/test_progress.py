"""Long work shows how far it is where somebody waits at a terminal, and is silent where nobody does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.documents import BUNDLED, ROOT

pytestmark = pytest.mark.slow


def folder(tmp_path: Path) -> Path:
    text = BUNDLED.read_text(encoding="utf-8")
    raw = tmp_path / "raw"
    (raw / "a").mkdir(parents=True)
    for name in ("b", "c"):
        (raw / "a" / f"{name}.txt").write_text(text.replace("外事办公室", f"{name}办公室"), encoding="utf-8")
    return raw


def at_a_terminal(*arguments: str) -> list[str]:
    """The steps that a command shows at a terminal, one after the other; the last is what is left there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not block:
            break
        shown += block
    os.close(ours)
    assert process.wait(60) in (0, 1)
    return shown.decode().replace("\r", "").split("\x1b[K")


def test_a_build_its_verification_and_its_pages_tell_their_steps_at_a_terminal(tmp_path):
    out = tmp_path / "out"
    steps = at_a_terminal("build", "--raw", str(folder(tmp_path)), "--out", str(out), "--here")
    assert "extracting a (1 of 1)" in steps
    assert "2 of 2 new documents of a" in steps
    assert "writing the release" in steps
    assert steps[-1] == ""
    steps = at_a_terminal("verify", str(out / "latest"))
    assert "2 of 2 disclosures verified" in steps
    assert "comparing CSV and Parquet of budget_lines" in steps
    assert steps[-1] == ""
    steps = at_a_terminal("site", str(out / "latest"), "--out", str(tmp_path / "site"))
    assert "page 2 of 2" in steps
    assert steps[-1] == ""


def test_work_that_nobody_watches_shows_no_steps(built, capsys):
    """Of a build: ``test_reproducible.py``."""
    assert main(["verify", str(built / "latest")]) == 0
    assert capsys.readouterr().err == ""
