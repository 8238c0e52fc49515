"""Whole builds, as the command does them: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.cli import main
from tests.documents import ROOT


def build_here(raw: Path, out: Path) -> int:
    """What ``yusuan build`` ends with, run in this process: half the time of a new one."""
    return main(["build", "--raw", str(raw), "--out", str(out), "--here"])


def build(
    raw: Path,
    out: Path,
    *options: str,
    cwd: Path = ROOT,
    umask: str = "022",
    wrap: tuple[str, ...] = (),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run ``yusuan build`` in a new process, below the command ``wrap`` where one is given."""
    command = [*wrap, sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--out", str(out), *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    script = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *command]
    return subprocess.run(script, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def latest(out: Path) -> Path:
    return (out / "latest").resolve()
