"""Builds that are killed: what is published stays whole, and the next build finishes the work with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.orchestration.extraction import BATCH
from pipeline.publish.verify import verify
from tests.builds import build, latest
from tests.documents import ROOT
from tests.orchestration.test_streaming import fill

pytestmark = pytest.mark.slow
FIRST, MORE = tuple(range(1, 5)), tuple(range(1, 15))


def _some(pattern: str) -> Callable[[Path], bool]:
    return lambda out: any(out.glob(pattern))


#: Moments of a build by what it leaves on disk; random ones of smaller builds: ``test_random_kills.py``.
MOMENTS = {
    "a document is being written": _some(".work/store/*/.*.tmp"),
    "all documents are extracted": _some(".work/collections/collection-2.json"),
    "the release is being written": _some("releases/.tmp-*/csv"),
    "the release is written": lambda out: len(list(out.glob("releases/[0-9a-f]*"))) > 1,
}


def start(raw: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--out", str(out), "--workers", "2"]
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdout=silent, stderr=silent, start_new_session=True)


def left_behind(out: Path) -> list[str]:
    store = out / ".work" / "store"
    folders = (out, out / "releases", out / ".work", store, *store.glob("??"), out / ".work" / "collections")
    kept = {".work", ".dagster", ".lock", ".site.lock"}
    return [p.name for f in folders for p in f.iterdir() if p.name.startswith(".") and p.name not in kept]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, str]:
    """An undisturbed build: its raw folder and its checksums."""
    base = tmp_path_factory.mktemp("whole")
    raw = fill(base / "raw", MORE)
    assert build(raw, base / "out").returncode in (0, 1)
    return raw, (latest(base / "out") / "SHA256SUMS").read_text(encoding="utf-8")


def test_killed_at_any_moment_the_next_build_has_the_same_bytes(whole, tmp_path):
    raw, wanted = whole
    out = tmp_path / "out"
    assert build(fill(tmp_path / "first", FIRST), out).returncode in (0, 1)
    first = latest(out)
    for name, moment in MOMENTS.items():
        process = start(raw, out)
        while not moment(out) and process.poll() is None:
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert latest(out) == first or latest(out).parent == first.parent, name
        assert verify(latest(out)) == [], name
    done = build(raw, out)
    assert done.returncode in (0, 1), done.stderr
    assert (latest(out) / "SHA256SUMS").read_text(encoding="utf-8") == wanted
    assert left_behind(out) == []


def workers_of(process: subprocess.Popen[bytes]) -> list[str]:
    """The processes that a build has started for its work. Raises FileNotFoundError where the system does not tell."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in found}
    return [child for child, command in commands.items() if b"spawn_main" in command]


def test_workers_of_a_killed_build_end_with_it(tmp_path):
    # More of one collection than a batch holds: a single batch is done without workers.
    process = start(fill(tmp_path / "raw", range(0, 3 * (BATCH + 2), 3)), tmp_path / "out")
    children: list[str] = []
    try:
        while len(children) < 2 and process.poll() is None:
            time.sleep(0.01)
            children = workers_of(process)
    except FileNotFoundError:
        process.kill()
        pytest.skip("this system does not list the children of a process")
    time.sleep(1)
    assert process.poll() is None
    process.kill()
    process.wait()
    end = time.monotonic() + 30
    while time.monotonic() < end and any(Path(f"/proc/{child}").exists() for child in children):
        time.sleep(0.1)
    assert len(children) == 2
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_second_build_at_the_same_time_says_what_to_do(whole, tmp_path):
    raw, _ = whole
    out = tmp_path / "out"
    process = start(raw, out)
    try:
        while not (out / ".work").exists() and process.poll() is None:
            time.sleep(0.01)
        done = build(raw, out)
        assert done.returncode == 2
        assert "another build is writing to" in done.stderr
        assert "name another folder with --out" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    finally:
        process.wait()
    assert verify(latest(out)) == []


def test_a_full_disk_is_one_clear_error(whole, tmp_path):
    raw, _ = whole
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here (needs the right to mount)")
    try:
        done = build(raw, small / "out")
        assert done.returncode == 2
        assert "; make room or name another folder with --out" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    finally:
        subprocess.run(["umount", str(small)], check=True)
