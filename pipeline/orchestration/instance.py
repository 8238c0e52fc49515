"""Dagster's instance of an output folder: where it is kept, how it is made, and which of its runs are dead."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.keys import key_of
from pipeline.orchestration.extraction import store_of
from pipeline.orchestration.settings import dead_after
from pipeline.publish.locking import alone

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

_LOG = logging.getLogger("yusuan")
#: Tag of the runs of a build, which end with its process; the value stands for the output folder.
BUILD_TAG = "yusuan/build"
#: Of the instance below an output folder; ``dagster dev`` reads the same from ``dagster.yaml`` of the checkout.
INSTANCE_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
# Runs that the sensors ask for are tried again after a failure.
run_retries:
  enabled: true
  retry_on_asset_or_op_failure: true
# A day without a release is shown.
freshness:
  enabled: true
"""


def tag_of(out: Path) -> str:
    """What stands for an output folder in tags, where no path of this machine should be read."""
    return key_of(str(out))[:16]


def instance_home(out: Path) -> Path:
    """The folder of the instance: ``DAGSTER_HOME``, else ``.dagster`` below ``out``, made where it is missing.

    Raises Locked or OSError.
    """
    if home := os.environ.get("DAGSTER_HOME"):
        return Path(home)
    folder = out / ".dagster"
    if folder.is_dir() and (database := _damaged(folder)) is not None:
        with alone(out):
            aside = folder.with_name(f"{folder.name}.damaged")
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
        _LOG.warning(
            "Dagster's %s was damaged: the history of runs begins anew, the old one is in %s", database, aside.name
        )
    if not folder.is_dir():
        with alone(out):
            _make_instance(folder)
    elif not (folder / "dagster.yaml").exists():
        (folder / "dagster.yaml").write_text(INSTANCE_CONFIG, encoding="utf-8")
    return folder


def _damaged(folder: Path) -> str | None:
    """A database of the instance in ``folder`` that cannot be used; None where all can."""
    for name in ("history/runs.db", "history/runs/index.db", "schedules/schedules.db"):
        if not (folder / name).is_file():
            continue
        try:
            with closing(sqlite3.connect(f"file:{quote(str(folder / name))}?mode=ro", uri=True)) as database:
                if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    return name
        except sqlite3.OperationalError:  # in use, or not to be opened by this user: not damaged
            continue
        except sqlite3.DatabaseError:
            return name
    return None


def _make_instance(folder: Path) -> None:
    """Make an instance beside and rename it: Dagster does not complete databases that a kill left half made."""
    from dagster import DagsterInstance

    staged = folder.with_name(f"{folder.name}.new")
    if staged.exists():
        shutil.rmtree(staged)
    staged.mkdir()
    (staged / "dagster.yaml").write_text(INSTANCE_CONFIG, encoding="utf-8")
    with DagsterInstance.from_config(str(staged)) as instance:
        instance.get_dynamic_partitions("collections")
    staged.rename(folder)


def open_instance(out: Path) -> DagsterInstance:
    """The instance of an output folder, a context manager."""
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(instance_home(out)))


def end_killed_runs(instance: DagsterInstance, out: Path) -> int:
    """Mark the runs of builds of ``out`` that were killed as failed; returns how many.

    For whoever is alone on the output folder: no build is running then.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    killed = instance.get_runs(RunsFilter(tags={BUILD_TAG: tag_of(out)}, statuses=unfinished))
    for run in killed:
        instance.report_run_failed(run, "the build that this run belonged to was killed")
    return len(killed)


def end_dead_runs(instance: DagsterInstance, runs: Iterable[DagsterRun], out: Path) -> int:
    """Mark those of ``runs`` as failed whose process is gone (a machine that was switched off); returns how many.

    Dagster's own launcher cannot tell. A run is dead when nobody uses the store and it has said nothing for long; where
    other launchers start runs on other machines, ``run_monitoring`` of the instance looks after them.
    """
    from dagster import DagsterRunStatus, DefaultRunLauncher

    if not isinstance(instance.run_launcher, DefaultRunLauncher) or not store_of(out).is_idle():
        return 0
    until = time.time() - dead_after()
    dead = [run for run in runs if run.status is DagsterRunStatus.STARTED and _last_said(instance, run) < until]
    for run in dead:
        instance.report_run_failed(run, "the process of this run is gone; what it had extracted is kept")
    return len(dead)


def _last_said(instance: DagsterInstance, run: DagsterRun) -> float:
    """When ``run`` last said something, in seconds since 1970."""
    events = instance.get_records_for_run(run.run_id, limit=1, ascending=False).records
    if events:
        return events[0].timestamp
    record = instance.get_run_record_by_id(run.run_id)
    return record.update_timestamp.timestamp() if record else 0.0
