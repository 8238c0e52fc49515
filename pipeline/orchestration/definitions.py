"""Assets, jobs, sensors and the schedule: thin wrappers of what ``extraction`` and ``releases`` do."""

import gc
import json
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.fetch import fetch_all
from pipeline.ingest.collections import each_collection
from pipeline.keys import pages_digest
from pipeline.orchestration import alerts, catalog, extraction, releases, settings
from pipeline.orchestration.executors import executor
from pipeline.orchestration.instance import BUILD_TAG, end_dead_runs
from pipeline.publish.changes import log_changes
from pipeline.publish.locking import alone
from pipeline.publish.mirror import mirror
from pipeline.publish.site.build import left_out, make_site
from pipeline.tidy.validation import ValidationFailure
from schemas.tables import TABLES

COLLECTIONS = dg.DynamicPartitionsDefinition(name="collections")
_UNFINISHED = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
#: A run whose process was killed, or whose disk or cluster failed, is tried again: what it had done is kept.
_AGAIN = {"dagster/max_retries": "2"}
Pool = dg.ResourceParam[Executor]
Progress = dg.ResourceParam[Callable[[str], None]]


@dataclass(frozen=True)
class Folders:
    """Where sources are read and releases are written, and whether personal contact data goes into releases.

    Nothing of it is run configuration: whoever may start a run in the UI could read and write any folder otherwise.
    """

    raw_path: Path
    out_path: Path
    with_contacts: bool = False


Where = dg.ResourceParam[Folders]


@dg.resource(
    config_schema={}, description=f"{settings.RAW}, {settings.OUT} and {settings.PUBLISH_CONTACTS} of the environment."
)
def folders_of_environment(_: dg.InitResourceContext) -> Folders:
    return Folders(settings.raw_folder(), settings.out_folder(), settings.publishes_contacts())


@dg.resource(
    config_schema={},
    description=f"Processes of this machine ({settings.WORKERS}), or the Dask cluster at {settings.SCHEDULER}.",
)
def workers_of_environment(_: dg.InitResourceContext) -> Iterator[Executor]:
    with executor(settings.worker_processes(), settings.scheduler_address()) as found:
        yield found


@dg.resource(
    config_schema={}, description="Shows how far a step is: in the log of its run, or where `yusuan build` was started."
)
def progress_in_log(context: dg.InitResourceContext) -> Callable[[str], None]:
    log = context.log
    assert log is not None
    return log.info


@dg.asset(
    group_name="ingest",
    kinds={"file"},
    owners=catalog.OWNERS,
    description="What the lists in sources.toml name, fetched into the raw folder.",
)
def fetched(folders: Where, progress: Progress) -> dg.MaterializeResult[Any]:
    """Everything that is new or changed at its address. One that fails harms no other, and is listed with the reason."""
    return catalog.fetched(list(fetch_all(folders.raw_path, progress=progress)))


@dg.multi_asset(
    specs=catalog.EXTRACTED,
    partitions_def=COLLECTIONS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=1),
    name="extract_collection",
)
def extract_collection(
    context: dg.AssetExecutionContext, folders: Where, workers: Pool, progress: Progress
) -> Iterator[dg.MaterializeResult[Any]]:
    """One collection: its bytes, read and extracted, by content key."""
    extraction.extract_collection(
        folders.raw_path,
        folders.out_path,
        context.partition_key,
        workers,
        progress=progress,
        publish_contacts=folders.with_contacts,
    )
    yield from catalog.extracted(extraction.read_index(folders.out_path, context.partition_key))


@dg.multi_asset(specs=catalog.RELEASED, check_specs=catalog.CHECKS, name="release_tables", can_subset=True)
def release_tables(
    context: dg.AssetExecutionContext, folders: Where, workers: Pool, progress: Progress
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """All tables and the release made of them. Invalid rows stop it before anything is written.

    Whichever of them are selected, all are made: the tables of a release belong together, so that none is newer than another.
    """
    try:
        # Runs that Dagster starts at the same time wait for each other, and for a `yusuan build`.
        with alone(folders.out_path, wait=True):
            released = releases.make_release(folders.out_path, workers, progress=progress)
    except ValidationFailure as failure:
        yield from catalog.invalid(failure)
        raise
    yield from catalog.released(released, {key.to_user_string() for key in context.selected_asset_keys})


@dg.asset(
    deps=["release"],
    group_name="publish",
    kinds={"json"},
    owners=catalog.OWNERS,
    description="What changed since the release before, and why.",
)
def changes(folders: Where) -> dg.MaterializeResult[Any]:
    """The change log of the step that ``latest`` made, if it made one."""
    path = log_changes(folders.out_path)
    return dg.MaterializeResult(metadata={"path": f"changes/{path.name}" if path else "no step"})


@dg.asset(
    deps=["release"],
    group_name="publish",
    kinds={"html"},
    owners=catalog.OWNERS,
    code_version=pages_digest()[:16],
    description="Pages of the release, for people.",
)
def site(folders: Where) -> dg.MaterializeResult[Any]:
    """The pages of ``latest``; only those whose content changed are written. Of very many only when asked for."""
    latest = (folders.out_path / "latest").resolve()
    if reason := left_out(latest):
        return dg.MaterializeResult(metadata={"left_out": reason})
    made = make_site(latest, folders.out_path / "site")
    counts = {"written": made.written, "kept": made.kept, "removed": made.removed}
    return dg.MaterializeResult(metadata={"path": "site/index.html", **counts})


@dg.asset(
    deps=["release"],
    group_name="publish",
    kinds={"file"},
    owners=catalog.OWNERS,
    retry_policy=dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL),
    description="The release on the object store that YUSUAN_MIRROR names.",
)
def mirrored(folders: Where, progress: Progress) -> dg.MaterializeResult[Any]:
    """``latest`` on an object store, where one is set. What was uploaded before is not uploaded again."""
    if not (url := settings.mirror_address()):
        return dg.MaterializeResult(metadata={"left_out": f"{settings.MIRROR} is not set"})
    done = mirror(folders.out_path / "latest", url, progress)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(done.release_id),
        metadata={"address": done.address, "uploaded": done.uploaded, "kept": done.kept},
    )


fetch_job = dg.define_asset_job("fetch", selection=["fetched"], executor_def=dg.in_process_executor)
extract_job = dg.define_asset_job("extract", selection=["sources", "extracted"])
release_job = dg.define_asset_job(
    "release", selection=[*TABLES, "release", "changes", "site", "mirrored"], executor_def=dg.in_process_executor
)


@dg.sensor(job=extract_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def raw_folder(context: dg.SensorEvaluationContext, folders: Where) -> dg.SensorResult:
    """New, changed and removed collections of the raw folder."""
    before: dict[str, str] = json.loads(context.cursor or "{}")
    now: dict[str, str] = {}
    touched = []
    for each in each_collection(folders.raw_path):
        # One that is being written is looked at again at the next tick.
        now[each.name] = extraction.fingerprint(each) if extraction.is_settled(each) else before.get(each.name, "")
        if now[each.name] != before.get(each.name, ""):
            touched.append(each)
    # A `yusuan build` may have extracted it meanwhile.
    changed = extraction.changed_collections(touched, folders.out_path, folders.with_contacts)
    removed = [name for name in sorted(before) if name not in now]
    if removed:
        extraction.forget_removed(now, folders.out_path)
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(partition_key=name, run_key=f"{name}:{now[name]}", tags=_AGAIN) for name in changed
        ],
        dynamic_partitions_requests=[
            *([COLLECTIONS.build_add_request([each.name for each in touched])] if touched else []),
            *([COLLECTIONS.build_delete_request(removed)] if removed else []),
        ],
        cursor=json.dumps(now, sort_keys=True),
    )


@dg.sensor(job=release_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def extraction_settled(context: dg.SensorEvaluationContext, folders: Where) -> dg.SensorResult | dg.SkipReason:
    """A release, once no extraction runs any more and something new is extracted."""
    running = context.instance.get_runs(dg.RunsFilter(job_name="extract", statuses=_UNFINISHED))
    # A build that was killed leaves a run that looks alive; one that runs makes its own release.
    others = [run for run in running if BUILD_TAG not in run.tags]
    if others and end_dead_runs(context.instance, others, folders.out_path) < len(others):
        return dg.SkipReason("extraction is still running")
    state = extraction.extracted_state(folders.out_path)
    if state == context.cursor or not extraction.extracted_collections(folders.out_path):
        return dg.SkipReason("nothing new is extracted")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state, tags=_AGAIN)], cursor=state)


daily = dg.ScheduleDefinition(
    name="daily",
    job=release_job,
    cron_schedule="0 3 * * *",
    execution_timezone=catalog.TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.run_failure_sensor(monitor_all_code_locations=False, default_status=dg.DefaultSensorStatus.RUNNING)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """Send a message for each run that failed, where an address for messages is set (see ``alerts``)."""
    run = context.dagster_run
    step = next(iter(context.get_step_failure_events()), None)
    error = step.step_failure_data.error if step else None
    while error is not None and error.cause is not None:  # what lies at the bottom says why, and not the last frame
        error = error.cause
    reason = error.message if error is not None else context.failure_event.message or ""
    context.log.info(alerts.send(run.job_name, run.tags.get("dagster/partition", ""), run.run_id, reason))


#: Off until somebody starts it: other people's servers are asked.
weekly = dg.ScheduleDefinition(
    name="weekly_fetch", job=fetch_job, cron_schedule="0 1 * * 0", execution_timezone=catalog.TIMEZONE
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", dg.BetaWarning)  # of links to code, which nothing here depends on
    assets = dg.with_source_code_references([fetched, extract_collection, release_tables, changes, site, mirrored])

defs = dg.Definitions(
    assets=assets,
    jobs=[fetch_job, extract_job, release_job],
    sensors=[raw_folder, extraction_settled, failed_runs],
    schedules=[daily, weekly],
    resources={"folders": folders_of_environment, "workers": workers_of_environment, "progress": progress_in_log},
)

gc.freeze()  # what was imported stays: searching it for garbage again and again costs a sixth of a small build
