"""Assets, jobs, sensors and the schedule: thin wrappers of what ``extraction`` and ``releases`` do."""

import gc
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from pipeline.fetch import fetch_all
from pipeline.ingest.collections import each_collection, find_collection
from pipeline.orchestration import catalog, extraction, releases, settings
from pipeline.orchestration.build import BUILD_TAG
from pipeline.orchestration.executors import executor
from pipeline.publish.changes import log_changes
from pipeline.publish.locking import alone
from pipeline.publish.site.build import left_out, make_site
from pipeline.tidy.validation import ValidationFailure
from schemas.tables import TABLES

COLLECTIONS = dg.DynamicPartitionsDefinition(name="collections")
_UNFINISHED = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
Pool = dg.ResourceParam[Executor]
Progress = dg.ResourceParam[Callable[[str], None]]


class Folders(dg.ConfigurableResource[None]):
    """Where sources are read and releases are written, and whether personal contact data goes into releases."""

    raw: str = Field(
        default="", description=f"Folder of disclosures; {settings.RAW} or that of the checkout where empty."
    )
    out: str = Field(
        default="", description=f"Folder for releases; {settings.OUT} or that of the checkout where empty."
    )
    publish_contacts: bool = Field(default=False, description=f"As {settings.PUBLISH_CONTACTS}=1.")

    @property
    def raw_path(self) -> Path:
        return Path(self.raw) if self.raw else settings.raw_folder()

    @property
    def out_path(self) -> Path:
        return Path(self.out) if self.out else settings.out_folder()

    @property
    def with_contacts(self) -> bool:
        return self.publish_contacts or settings.publishes_contacts()


class Workers(dg.ConfigurableResource[Executor]):
    """Who does the work: processes of this machine, or a Dask cluster. Jobs get an executor."""

    processes: int = Field(default=0, description=f"{settings.WORKERS} or one a core where 0.")
    scheduler: str = Field(
        default="", description=f"Address of the cluster's scheduler; {settings.SCHEDULER} where empty."
    )

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Executor]:
        processes = self.processes or settings.worker_processes()
        with executor(processes, self.scheduler or settings.scheduler_address()) as found:
            yield found


@dg.resource(description="Shows how far a step is: in the log of its run, or where `yusuan build` was started.")
def progress_in_log(context: dg.InitResourceContext) -> Callable[[str], None]:
    log = context.log
    assert log is not None
    return log.info


@dg.asset(group_name="ingest", description="What the lists in sources.toml name, fetched into the raw folder.")
def fetched(folders: Folders, progress: Progress) -> dg.MaterializeResult[Any]:
    """Everything that is new or changed at its address. One that fails harms no other, and is listed with the reason."""
    return catalog.fetched(list(fetch_all(folders.raw_path, progress=progress)))


@dg.multi_asset(specs=catalog.EXTRACTED, partitions_def=COLLECTIONS, name="extract_collection")
def extract_collection(
    context: dg.AssetExecutionContext, folders: Folders, workers: Pool, progress: Progress
) -> Iterator[dg.MaterializeResult[Any]]:
    """One collection: its bytes, read and extracted, by content key."""
    name = context.partition_key
    found = find_collection(folders.raw_path, name)
    yield catalog.sources([file.name for file in found.files] if found else [])
    documents = extraction.extract_collection(
        folders.raw_path,
        folders.out_path,
        name,
        workers,
        progress=progress,
        publish_contacts=folders.with_contacts,
    )
    yield catalog.extracted(documents)


@dg.multi_asset(specs=catalog.RELEASED, check_specs=catalog.CHECKS, name="release_tables")
def release_tables(
    folders: Folders, workers: Pool, progress: Progress
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """All tables and the release made of them. Invalid rows stop it before anything is written."""
    try:
        # Runs that Dagster starts at the same time wait for each other, and for a `yusuan build`.
        with alone(folders.out_path, wait=True):
            released = releases.make_release(folders.out_path, workers, progress=progress)
    except ValidationFailure as failure:
        yield from catalog.invalid(failure)
        raise
    yield from catalog.released(released)


@dg.asset(deps=["release"], group_name="publish", description="What changed since the release before, and why.")
def changes(folders: Folders) -> dg.MaterializeResult[Any]:
    """The change log of the step that ``latest`` made, if it made one."""
    path = log_changes(folders.out_path)
    return dg.MaterializeResult(metadata={"path": str(path or "no step")})


@dg.asset(deps=["release"], group_name="publish", description="Pages of the release, for people.")
def site(folders: Folders) -> dg.MaterializeResult[Any]:
    """The pages of ``latest``; only those whose content changed are written. Of very many only when asked for."""
    latest = (folders.out_path / "latest").resolve()
    if reason := left_out(latest):
        return dg.MaterializeResult(metadata={"left_out": reason})
    made = make_site(latest, folders.out_path / "site")
    counts = {"written": made.written, "kept": made.kept, "removed": made.removed}
    return dg.MaterializeResult(metadata={"path": str(made.path / "index.html"), **counts})


fetch_job = dg.define_asset_job("fetch", selection=["fetched"], executor_def=dg.in_process_executor)
extract_job = dg.define_asset_job("extract", selection=["sources", "extracted"])
release_job = dg.define_asset_job(
    "release", selection=[*TABLES, "release", "changes", "site"], executor_def=dg.in_process_executor
)


@dg.sensor(job=extract_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def raw_folder(context: dg.SensorEvaluationContext, folders: Folders) -> dg.SensorResult:
    """New, changed and removed collections of the raw folder."""
    before: dict[str, str] = json.loads(context.cursor or "{}")
    now: dict[str, str] = {}
    for each in each_collection(folders.raw_path):
        # One that is being written is looked at again at the next tick.
        now[each.name] = extraction.fingerprint(each) if extraction.is_settled(each) else before.get(each.name, "")
    changed = [name for name in sorted(now) if before.get(name, "") != now[name]]
    removed = [name for name in sorted(before) if name not in now]
    if removed:
        extraction.forget_removed(now, folders.out_path)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key=name, run_key=f"{name}:{now[name]}") for name in changed],
        dynamic_partitions_requests=[
            *([COLLECTIONS.build_add_request(changed)] if changed else []),
            *([COLLECTIONS.build_delete_request(removed)] if removed else []),
        ],
        cursor=json.dumps(now, sort_keys=True),
    )


@dg.sensor(job=release_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def extraction_settled(context: dg.SensorEvaluationContext, folders: Folders) -> dg.SensorResult | dg.SkipReason:
    """A release, once no extraction runs any more and something new is extracted."""
    running = context.instance.get_runs(dg.RunsFilter(job_name="extract", statuses=_UNFINISHED))
    # A build that was killed leaves a run that looks alive; one that runs makes its own release.
    if any(BUILD_TAG not in run.tags for run in running):
        return dg.SkipReason("extraction is still running")
    state = extraction.extracted_state(folders.out_path)
    if state == context.cursor or not extraction.extracted_collections(folders.out_path):
        return dg.SkipReason("nothing new is extracted")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state)], cursor=state)


daily = dg.ScheduleDefinition(
    name="daily", job=release_job, cron_schedule="0 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)
#: Off until somebody starts it: other people's servers are asked.
weekly = dg.ScheduleDefinition(name="weekly_fetch", job=fetch_job, cron_schedule="0 1 * * 0")

defs = dg.Definitions(
    assets=[fetched, extract_collection, release_tables, changes, site],
    jobs=[fetch_job, extract_job, release_job],
    sensors=[raw_folder, extraction_settled],
    schedules=[daily, weekly],
    resources={"folders": Folders(), "workers": Workers(), "progress": progress_in_log},
)

gc.freeze()  # what was imported stays: searching it for garbage again and again costs a sixth of a small build
