"""Long work shows how far it is where somebody waits at a terminal, and is silent where nobody does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.builds import build
from tests.documents import BUNDLED, ROOT


def folder(tmp_path: Path) -> Path:
    text = BUNDLED.read_text(encoding="utf-8")
    raw = tmp_path / "raw"
    (raw / "a").mkdir(parents=True)
    for name in ("b", "c"):
        (raw / "a" / f"{name}.txt").write_text(text.replace("外事办公室", f"{name}办公室"), encoding="utf-8")
    return raw


def test_a_build_at_a_terminal_tells_its_steps(tmp_path):
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "build",
        "--raw",
        str(folder(tmp_path)),
        "--out",
        str(tmp_path / "out"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
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
    steps = shown.decode().replace("\r", "").split("\x1b[K")
    assert "extracting a (1 of 1)" in steps
    assert "2 of 2 new documents of a" in steps
    assert "writing the release" in steps
    assert steps[-1] == ""


def test_a_build_into_a_pipe_shows_no_steps(tmp_path):
    assert build(folder(tmp_path), tmp_path / "out").stderr == ""
