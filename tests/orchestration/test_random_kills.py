"""SIGKILL at random moments of builds: nothing half made is ever published, the next build finishes, nothing piles up.

A moment is the n-th time that a build opens, makes, renames or removes something on disk, not the n-th second: it is the
same on any machine, and falls where something is half done. Moments by the clock: ``test_crashes.py``.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks.variations import variation
from pipeline.cli import main
from pipeline.ingest.collections import each_collection
from pipeline.orchestration.extraction import extract_collection
from pipeline.orchestration.instance import end_killed_runs, open_instance
from pipeline.orchestration.releases import make_release
from pipeline.publish.changes import log_changes
from pipeline.publish.site.build import make_site
from pipeline.publish.verify import verify

pytestmark = pytest.mark.slow
ROUNDS, KILLS = 1, 4
MOMENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "sqlite3.connect"}
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _die_at(moment: int, counted: Path) -> None:
    """Let this process kill itself at its ``moment``-th moment, and count them in ``counted`` where it does not."""
    seen = 0

    def hook(event: str, args: tuple) -> None:
        nonlocal seen
        if event not in MOMENTS or (event == "open" and not args[2] & _WRITE):
            return
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    multiprocessing.util.Finalize(None, lambda: counted.write_text(str(seen)), exitpriority=1)


def _work(raw: Path, out: Path) -> None:
    """What the jobs of a build do, without Dagster, whose runs take most of the time of a small one."""
    for collection in each_collection(raw):
        extract_collection(raw, out, collection.name)
    make_release(out)
    log_changes(out)
    make_site(out / "latest", out / "site")


def _build(raw: Path, out: Path) -> None:
    code = main(["build", "--raw", str(raw), "--out", str(out), "--here"])
    assert code in (0, 1)


def _make_instance(out: Path) -> None:
    with open_instance(out):
        pass


def _run(do: Callable[..., None], folders: Sequence[Path], moment: int, counted: Path) -> None:
    _die_at(moment, counted)
    do(*folders)


class Forked:
    """Processes forked from one that has imported everything and read the forms: a build is then mostly work."""

    def __init__(self, folder: Path) -> None:
        self._context = multiprocessing.get_context("forkserver")
        # Nothing that asks polars for rows while it is imported: its threads do not live on in a forked process.
        self._context.set_forkserver_preload(
            ["dagster", "pyarrow.parquet", "pipeline.extract.source", "tests.orchestration.forms_loaded"]
        )
        self._counted = folder / "counted"

    def run(self, do: Callable[..., None], *folders: Path, moment: int) -> bool:
        """Do it up to a moment. Whether it was killed there; what has less moments comes to its end."""
        process = self._context.Process(target=_run, args=(do, folders, moment, self._counted))
        process.start()
        process.join(300)
        assert process.exitcode in (0, -signal.SIGKILL), "see what it printed"
        return process.exitcode != 0

    def finish(self, do: Callable[..., None], *folders: Path) -> int:
        """Do it to its end; returns how many moments it had."""
        assert not self.run(do, *folders, moment=-1)
        return int(self._counted.read_text())


@pytest.fixture(scope="module")
def forked(tmp_path_factory) -> Forked:
    return Forked(tmp_path_factory.mktemp("forked"))


def first(raw: Path) -> None:
    raw.joinpath("collection").mkdir(parents=True)
    for number in (1, 2):
        raw.joinpath("collection", f"{number}.txt").write_text(variation(number), encoding="utf-8")


def second(raw: Path) -> None:
    path = raw / "collection" / "2.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("办公室", "办公厅"), encoding="utf-8")


def sums(out: Path) -> str:
    return (out / "latest" / "SHA256SUMS").read_text(encoding="utf-8")


def listed(out: Path) -> set[str]:
    """Everything below ``out`` except for the history of Dagster, which keeps every run."""
    paths = (path.relative_to(out) for path in out.rglob("*"))
    return {path.as_posix() for path in paths if path.parts[0] != ".dagster"}


def spread(chosen: random.Random, moments: int, count: int) -> list[int]:
    """``count`` moments, one in each equal part of them, wherever in it."""
    return [1 + int(moments * (part + chosen.random()) / count) for part in range(count)]


def test_work_killed_at_random_moments(forked, tmp_path):
    """Each round: a first build and one after a change, each killed several times and then let to its end."""
    steps = (first, second)
    wanted = {}
    raw, out = tmp_path / "raw", tmp_path / "undisturbed"
    for step in steps:
        step(raw)
        moments = forked.finish(_work, raw, out)
        wanted[step] = sums(out), listed(out), moments
    chosen, killed = random.Random(20260101), 0
    for number in range(ROUNDS):
        raw, out = tmp_path / f"raw-{number}", tmp_path / f"out-{number}"
        for step in steps:
            step(raw)
            same, there, moments = wanted[step]
            for moment in spread(chosen, moments, KILLS):
                # Where half of the work is done already, less is left to be killed in.
                killed += forked.run(_work, raw, out, moment=moment)
                where = f"round {number}, {step.__name__} build, killed at moment {moment} of {moments}"
                assert not (out / "latest").is_symlink() or verify(out / "latest") == [], where
            forked.finish(_work, raw, out)
            assert sums(out) == same
            assert verify(out / "latest") == []
            assert listed(out) == there
    assert killed > ROUNDS * KILLS


def test_builds_killed_at_random_moments(forked, tmp_path):
    """The command itself, its state in Dagster included: nothing that was killed is taken for running."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    first(raw)
    forked.finish(_work, raw, tmp_path / "undisturbed")
    for moment in (random.Random(20260102).randint(50, 600), 200):
        assert forked.run(_build, raw, out, moment=moment)
        assert not (out / "latest").is_symlink() or verify(out / "latest") == []
    forked.finish(_build, raw, out)
    assert sums(out) == sums(tmp_path / "undisturbed")
    with open_instance(out) as instance:
        assert {run.status.value for run in instance.get_runs()} <= {"SUCCESS", "FAILURE"}
        assert end_killed_runs(instance, out) == 0


def test_an_instance_whose_making_was_killed_is_made_anew(forked, tmp_path):
    """Dagster completes no database of which it finds a table: half of one must never get its name."""
    moments = forked.finish(_make_instance, tmp_path / "undisturbed")
    for moment in spread(random.Random(20260103), moments, KILLS):
        assert forked.run(_make_instance, tmp_path / "out", moment=moment)
    forked.finish(_make_instance, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".dagster", ".lock"]
    with open_instance(tmp_path / "out") as instance:
        assert instance.get_dynamic_partitions("collections") == []
