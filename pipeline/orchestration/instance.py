"""The Dagster instance of an output folder: state below it, telemetry off, one release at a time."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.orchestration.databases import make_databases
from pipeline.publish.locking import Locked, alone

_CONFIG = """\
storage:
  custom:
    module: pipeline.orchestration.storage
    class: Storage
    config:
      base_dir:
        env: DAGSTER_HOME
compute_logs:
  module: pipeline.orchestration.compute_logs
  class: ComputeLogs
  config:
    base_dir:
      env: DAGSTER_HOME
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: yusuan/job
        value: release
        limit: 1
"""
#: On runs of ``yusuan build``, which end with its process.
OF_BUILD = {"yusuan/run-by": "build"}


def instance_home(out: Path) -> Path:
    """The folder of the instance, made and configured where it is not there yet. Raises Locked or OSError."""
    home = out / ".dagster"
    if not home.is_dir():
        with alone(out):
            _make(home)
    config = home / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != _CONFIG:
        fresh = config.with_suffix(".tmp")
        fresh.write_text(_CONFIG, encoding="utf-8")
        fresh.replace(config)
    return home


def _make(home: Path) -> None:
    """Make the databases beside, then rename: where tables are half made, Dagster makes no more and never starts."""
    for left in home.parent.glob(f"{home.name}-*"):
        shutil.rmtree(left)
    staged = home.with_name(f"{home.name}-{os.getpid()}")
    staged.mkdir(parents=True)
    (staged / "dagster.yaml").write_text(_CONFIG, encoding="utf-8")
    make_databases(staged)
    staged.rename(home)


def open_instance(out: Path) -> Any:
    """The instance of an output folder, a context manager; ``DAGSTER_HOME`` of this process is its folder from now on."""
    from dagster import DagsterInstance

    home = instance_home(out)
    os.environ["DAGSTER_HOME"] = str(home)
    return DagsterInstance.from_config(str(home))


def end_killed_runs(instance: Any) -> int:
    """Mark the runs of builds that were killed as failed; returns how many.

    For whoever is alone on the output folder: no build is running then. Left as they are, the queue of the UI would
    wait for them and start no release again.
    """
    from dagster import DagsterRunStatus, RunsFilter

    running = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    killed = instance.get_runs(RunsFilter(tags=OF_BUILD, statuses=running))
    for run in killed:
        instance.report_run_failed(run, "the build that this run belonged to was killed")
    return len(killed)


def home_for_ui(out: Path) -> Path:
    """The folder of the instance, free of runs that nobody runs any more. Raises Locked or OSError."""
    # While a build is running, the runs that are not finished are its own.
    with suppress(Locked), alone(out), open_instance(out) as instance:
        end_killed_runs(instance)
    return instance_home(out)
