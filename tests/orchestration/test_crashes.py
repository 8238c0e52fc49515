"""Builds that are killed: what is published stays whole, and the next build finishes the work with the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.orchestration import build as building
from pipeline.orchestration.executors import Here
from pipeline.orchestration.extraction import BATCH
from pipeline.orchestration.releases import Sizes
from pipeline.publish.locking import Locked, alone
from pipeline.publish.verify import verify
from tests.builds import build, build_here, latest
from tests.documents import ROOT
from tests.orchestration.test_streaming import build as build_alone
from tests.orchestration.test_streaming import fill, sums

pytestmark = pytest.mark.slow
FIRST, MORE = tuple(range(1, 3)), tuple(range(1, 7))
#: Moments of a build by what it is about to write or rename; random ones of smaller builds: ``test_random_kills.py``.
MOMENTS = {
    "a result is being kept": r"/\.work/store/../\..*\.tmp$",
    "a collection is extracted": r"/\.work/collections/.*\.new$",
    "a CSV file is being written": r"/releases/\.tmp-.*/csv/budget_lines\.csv$",
    "the release is written": r"/releases/[0-9a-f]+$",
    "the release is published": r"/latest$",
}


def kill(raw: Path, out: Path, moment: str, log: Path) -> list[int]:
    """Kill a build at a moment, whichever of its processes comes to it; returns all of its Python processes."""
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--out", str(out), "--workers", "2"]
    path = os.pathsep.join((str(Path(__file__).parent / "killing"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "KILL_AT": moment, "KILL_LOG": str(log)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, f"{moment}: {done.stdout}{done.stderr}"
    return [int(line) for line in log.read_text().split()]


def left_behind(out: Path) -> list[str]:
    store = out / ".work" / "store"
    folders = (out, out / "releases", out / ".work", *store.glob("??"), out / ".work" / "collections")
    kept = {".work", ".dagster", ".lock", ".site.lock"}
    return [p.name for f in folders for p in f.iterdir() if p.name.startswith(".") and p.name not in kept]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, str]:
    """An undisturbed build: its raw folder and its checksums."""
    base = tmp_path_factory.mktemp("whole")
    raw = fill(base / "raw", MORE)
    return raw, sums(build_alone(raw, base / "out", sizes=Sizes()))


def test_killed_at_any_moment_the_next_build_has_the_same_bytes(whole, tmp_path):
    raw, wanted = whole
    out = tmp_path / "out"
    first = build_alone(fill(tmp_path / "first", FIRST), out, sizes=Sizes())
    for name, moment in MOMENTS.items():
        kill(raw, out, moment, tmp_path / "log")
        assert latest(out) == first, name
        assert verify(first) == [], name
    assert build_here(raw, out) in (0, 1)
    assert sums(latest(out)) == wanted
    assert left_behind(out) == []


def ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_workers_of_a_killed_build_end_with_it(tmp_path):
    # More of one collection than a batch holds: a single batch is done without workers.
    raw = fill(tmp_path / "raw", range(0, 3 * (BATCH + 2), 3))
    processes = kill(raw, tmp_path / "out", MOMENTS["a result is being kept"], tmp_path / "log")
    assert len(processes) > 2
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(map(ended, processes)):
        time.sleep(0.1)
    assert [process for process in processes if not ended(process)] == []


def test_a_second_build_at_the_same_time_says_what_to_do(whole, tmp_path):
    raw, _ = whole
    with alone(tmp_path):
        done = build(raw, tmp_path)
    assert done.returncode == 2
    assert "another build is writing to" in done.stderr
    assert "name another folder with --out" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_build_is_alone_from_its_first_step_to_its_last(tmp_path):
    tried: list[str] = []

    def try_to_write(step: str) -> None:
        script = "import sys; from pathlib import Path; from pipeline.publish.locking import alone\n"
        script += "with alone(Path(sys.argv[1])): pass"
        command = [sys.executable, "-c", script, str(tmp_path / "out")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert Locked.__name__ in done.stderr, step
        tried.append(step)

    building.build(fill(tmp_path / "raw", (1,)), tmp_path / "out", try_to_write, Here())
    assert tried[0] == "extracting collection-1 (1 of 1)"
    assert tried[-1] == "writing the release"
    with alone(tmp_path / "out"):
        pass


@pytest.mark.parametrize("room", ["600k", "2m", "3m"])
def test_a_full_disk_is_one_clear_error(whole, tmp_path, room):
    raw, _ = whole
    small = tmp_path / "small"
    small.mkdir()
    # Nobody else sees what is mounted, and it goes with the build, however that ends.
    mount = f'mount -t tmpfs -o size={room} tmpfs "$0" && exec "$@"'
    mounted = ("unshare", "--mount", "sh", "-c", mount, str(small))
    if shutil.which("unshare") is None or subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here (needs the right to mount)")
    done = build(raw, small / "out", "--here", wrap=mounted)
    assert done.returncode == 2
    assert "; make room or name another folder with --out" in done.stderr
    assert len(done.stderr.splitlines()) == 1
