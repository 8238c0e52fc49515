"""``yusuan build``: the jobs of the Dagster UI, run in this process on the instance that the UI shows.

Imports nothing heavy: where nothing changed, the answer of the build before is given, and takes no time.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.keys import key_of, pages_digest, release_digest
from pipeline.orchestration import extraction
from pipeline.orchestration.executors import executor
from pipeline.orchestration.releases import NothingToRelease
from pipeline.orchestration.settings import dead_after, publishes_contacts
from pipeline.publish.locking import alone

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, ExecuteInProcessResult

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


def build(
    raw: Path, out: Path, progress: Callable[[str], None], pool: AbstractContextManager[Executor] | None = None
) -> bool:
    """Run ``extract`` for every collection that changed, then ``release``; returns whether a release was written.

    ``pool`` does the work; without one a process a core of this machine does.
    Raises NoRawFolder, NothingToRelease, Locked, ClusterError or what a step raised.
    """
    collections, names = extraction.survey(raw, out, publishes_contacts())
    if not collections:
        raise NothingToRelease(f"{raw} holds no documents; put disclosures there, one folder a collection")
    with alone(out), pool or executor() as workers:
        extraction.forget_removed(collections, out)
        if names:
            workers.submit(extraction.prepare)  # a process starts while this one imports Dagster
        with open_instance(out) as instance:
            end_killed_runs(instance, out)
            instance.add_dynamic_partitions("collections", collections)
            resources = {"workers": workers, "progress": progress}
            for number, name in enumerate(names, start=1):
                progress(f"extracting {name} ({number} of {len(names)})")
                run_job("extract", instance, raw, out, name, resources)
            progress("checking and writing the release")
            done = run_job("release", instance, raw, out, resources=resources)
    made = {each.asset_key.to_user_string(): each for each in done.asset_materializations_for_node("release_tables")}
    return bool(made["release"].metadata["written"].value)


def said_before(raw: Path, out: Path, language: str = "en") -> tuple[str, bool] | None:
    """What the build of what lies in ``raw`` said in ``language``, and whether all was complete; None where there is something to do."""
    kept = extraction.store_of(out).read(_key(out, language))
    if kept is None:
        return None
    found = extraction.survey(raw, out, publishes_contacts())
    if found.changed or found.names != extraction.extracted_collections(out):
        return None
    text, clean = json.loads(kept)
    return text, clean


def remember(out: Path, text: str, clean: bool, language: str = "en") -> None:
    """Keep what a build that changes nothing says, as long as all is as it is now."""
    extraction.store_of(out).put(_key(out, language), json.dumps([text, clean]).encode())


def _key(out: Path, language: str) -> str:
    """The key of all that was extracted, of the code that publishes it, and of what is published."""
    release = _state_of(out / "latest")
    pages = str((out / "site" / "index.html").is_file())
    made_by = release_digest() + pages_digest()
    return key_of(
        "built", language, extraction.extracted_state(out), made_by, release, pages, os.environ.get("YUSUAN_PAGES", "")
    )


def _state_of(latest: Path) -> str:
    """A digest of the release that ``latest`` leads to as far as sizes and times show it; empty where it leads to none."""
    if not (latest.is_symlink() and (latest / "manifest.json").is_file()):
        return ""
    found = []
    for folder, _, names in os.walk(latest):
        for name in names:
            path = Path(folder, name)
            stat = path.lstat()
            found.append(f"{path.relative_to(latest)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return key_of(os.readlink(latest), *sorted(found))


def run_job(
    job: str,
    instance: DagsterInstance,
    raw: Path,
    out: Path,
    partition: str | None = None,
    resources: Mapping[str, object] | None = None,
) -> ExecuteInProcessResult:
    """Run a job of the definitions in this process on other folders, with other ``resources`` where they are given."""
    from pipeline.orchestration.definitions import Folders, defs

    return defs.resolve_job_def(job).execute_in_process(
        instance=instance,
        # Whoever waits at the terminal reads why in one line; the instance keeps the whole story.
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        partition_key=partition,
        tags={BUILD_TAG: tag_of(out)},
        resources={"folders": Folders(raw, out, publishes_contacts()), **(resources or {})},
    )


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

    if not isinstance(instance.run_launcher, DefaultRunLauncher) or not extraction.store_of(out).is_idle():
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
