"""The sensors, the queue and the jobs as `make ui` runs them: by Dagster's daemon, in processes of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.orchestration.instance import instance_home
from tests.documents import BUNDLED, ROOT

pytestmark = pytest.mark.slow
PATIENCE = 240.0


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    out.mkdir()
    return raw, out


@pytest.fixture
def daemon(folders, tmp_path) -> Iterator[subprocess.Popen]:
    raw, out = folders
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(instance_home(out)),
        "YUSUAN_RAW": str(raw),
        "YUSUAN_OUT": str(out),
    }
    program = Path(sys.executable).with_name("dagster-daemon")
    command = [str(program), "run", "-m", "pipeline.orchestration.definitions"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        yield process
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def wait_for(what: str, happened: Callable[[], bool], daemon: subprocess.Popen, log: Path) -> None:
    """Raises AssertionError with the end of the daemon's log where it does not happen in time."""
    until = time.monotonic() + PATIENCE
    while not happened():
        alive = daemon.poll() is None
        assert alive and time.monotonic() < until, f"{what}: not seen\n{log.read_text(errors='replace')[-3000:]}"
        time.sleep(0.5)


def test_a_file_dropped_into_the_raw_folder_becomes_a_release_by_itself(folders, daemon, tmp_path):
    raw, out = folders
    (raw / "a").mkdir()
    shutil.copy(BUNDLED, raw / "a" / "x.txt")
    log = tmp_path / "log"
    wait_for("a release of the new file", lambda: (out / "latest" / "manifest.json").is_file(), daemon, log)
    first = (out / "latest").resolve()
    text = BUNDLED.read_text(encoding="utf-8")
    (raw / "a" / "x.txt").write_text(text.replace("外事", "体育"), encoding="utf-8")
    wait_for("a release of the changed file", lambda: (out / "latest").resolve() != first, daemon, log)
    assert len(list((out / "releases").iterdir())) == 2
