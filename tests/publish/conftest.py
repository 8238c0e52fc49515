"""Whole builds in processes of their own, and one release of the bundled folder that tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import BUNDLED, ROOT, read
from tests.publish.releases import release_of


def build(
    raw: Path, out: Path, cwd: Path = ROOT, umask: str = "022", wrap: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``yusuan build`` in a new process, below the command ``wrap`` where one is given."""
    command = [*wrap, sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--out", str(out)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    script = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *command]
    return subprocess.run(script, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def latest(out: Path) -> Path:
    return (out / "latest").resolve()


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """An output folder that holds the release of the bundled folder."""
    out = tmp_path_factory.mktemp("out")
    done = build(ROOT / "raw", out)
    assert done.returncode in (0, 1), done.stderr
    return out


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A release of the bundled document alone, made in this process; not to be changed."""
    return release_of([read(BUNDLED.read_bytes(), BUNDLED.name)], tmp_path_factory.mktemp("published"))


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil, elsewhere and under another name."""
    return Path(shutil.copytree(published, tmp_path / "copied elsewhere"))
