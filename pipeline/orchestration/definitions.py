"""Assets, jobs, sensors and the schedule: thin wrappers, the only place that knows Dagster."""

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.ingest.collections import each_collection, find_collection
from pipeline.keys import PROJECT
from pipeline.orchestration import extraction, releases
from pipeline.orchestration.executors import executor
from pipeline.orchestration.lineage import column_lineage, column_schema, extracted_schema, made_of
from pipeline.orchestration.progress import tell
from pipeline.orchestration.settings import publishes_contacts
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.validation import ValidationFailure
from schemas.tables import TABLES

COLLECTIONS = dg.DynamicPartitionsDefinition(name="collections")
QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
_RECONCILED = ("checks", "check_operands")
#: One asset check a family of rules: what fails in the sources, shown where people look.
_FAMILIES = sorted({rule.family for rule in load_rules()})


class Folders(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where sources are read and releases are written, and whether personal contact data goes into releases."""

    raw: str = os.environ.get("YUSUAN_RAW", str(PROJECT / "raw"))
    out: str = os.environ.get("YUSUAN_OUT", str(PROJECT / "outputs"))
    publish_contacts: bool = publishes_contacts()


class Workers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Who does the work: ``processes`` of this machine (0: one a core), or the cluster at ``scheduler``."""

    processes: int = int(os.environ.get("YUSUAN_WORKERS", "0"))
    scheduler: str = os.environ.get("YUSUAN_SCHEDULER", "")


@dg.multi_asset(
    specs=[
        dg.AssetSpec("sources", group_name="ingest", description="The files of each collection, as published."),
        dg.AssetSpec(
            "extracted",
            deps=["sources"],
            group_name="extract",
            description="Records of each collection's documents, and the ledger of their numbers.",
        ),
    ],
    partitions_def=COLLECTIONS,
    name="extract_collection",
)
def extract_collection(  # type: ignore[no-untyped-def]
    context: dg.AssetExecutionContext, folders: Folders, workers: Workers
):
    """One collection: its bytes, read and extracted, by content key."""
    raw = Path(folders.raw)
    found = find_collection(raw, context.partition_key)
    files = found.files if found else ()
    yield dg.MaterializeResult(
        asset_key="sources",
        metadata={"files": len(files), "names": dg.MetadataValue.md("\n".join(f"- {f.name}" for f in files[:200]))},
    )
    with executor(workers.processes, workers.scheduler) as pool:
        documents = extraction.extract_collection(
            raw,
            Path(folders.out),
            context.partition_key,
            pool,
            progress=tell,
            publish_contacts=folders.publish_contacts,
        )
    yield dg.MaterializeResult(
        asset_key="extracted",
        metadata={"dagster/row_count": documents, "dagster/column_schema": extracted_schema()},
    )


def _spec(name: str) -> dg.AssetSpec:
    spec = TABLES[name]
    return dg.AssetSpec(
        name,
        deps=list(made_of(name)),
        group_name="reconcile" if name in _RECONCILED else "tidy",
        description=f"{spec.title_zh}: {spec.description_en}",
        metadata={"dagster/column_schema": column_schema(name), "dagster/column_lineage": column_lineage(name)},
    )


@dg.multi_asset(
    specs=[*map(_spec, TABLES), dg.AssetSpec("release", deps=list(TABLES), group_name="publish")],
    check_specs=[
        *(dg.AssetCheckSpec(name, asset="checks", description="Rules of this family that fail.") for name in _FAMILIES),
        *(
            dg.AssetCheckSpec("valid", asset=name, description="Every row satisfies its pandera model.")
            for name in TABLES
        ),
        dg.AssetCheckSpec(
            "complete_is_complete", asset="numbers", description="What says complete has no number left."
        ),
    ],
    name="release_tables",
)
def release_tables(  # type: ignore[no-untyped-def]
    context: dg.AssetExecutionContext, folders: Folders, workers: Workers
):
    """All tables and the release made of them. Invalid rows stop it before anything is written."""
    try:
        with executor(workers.processes, workers.scheduler) as pool:
            released = releases.make_release(Path(folders.out), pool, progress=tell)
    except ValidationFailure as failure:
        yield from _invalid(failure)
        raise
    release = released.release
    for name in TABLES:
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={
                "dagster/row_count": release.rows[name],
                "dagster/column_schema": column_schema(name),
                "dagster/column_lineage": column_lineage(name),
            },
            check_results=[_valid(name, release.rows[name])]
            + ([_complete(released.left)] if name == "numbers" else [])
            + (_families(released.failing) if name == "checks" else []),
        )
    yield dg.MaterializeResult(
        asset_key="release",
        metadata={"release_id": release.release_id, "path": str(release.path), "written": release.written},
    )


@dg.asset(deps=["release"], group_name="publish", description="What changed since the release before, and why.")
def changes(folders: Folders) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The change log of the step that ``latest`` made, if it made one."""
    from pipeline.publish.changes import log_changes

    path = log_changes(Path(folders.out))
    return dg.MaterializeResult(metadata={"path": str(path or "no step")})


@dg.asset(deps=["release"], group_name="publish", description="Pages of the release, for people.")
def site(folders: Folders) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The pages of ``latest``; only those whose content changed are written. Of very many only when asked for."""
    from pipeline.publish.site.build import left_out, make_site

    out = Path(folders.out)
    if reason := left_out((out / "latest").resolve()):
        return dg.MaterializeResult(metadata={"left_out": reason})
    made = make_site((out / "latest").resolve(), out / "site")
    counts = {"written": made.written, "kept": made.kept, "removed": made.removed}
    return dg.MaterializeResult(metadata={"path": str(made.path / "index.html"), **counts})


def _valid(name: str, rows: int) -> dg.AssetCheckResult:
    # Tidy validates every row and raises for the invalid ones: see _invalid.
    return dg.AssetCheckResult(passed=True, asset_key=name, check_name="valid", metadata={"rows": rows})


def _invalid(failure: ValidationFailure) -> Iterator[dg.AssetCheckResult]:
    """The checks of the tables that hold invalid rows, with every row and reason; nothing was published."""
    for name in TABLES:
        faults = [fault for fault in failure.faults if fault.table == name]
        if faults:
            listed = "\n".join(f"- `{fault.row}` {fault.column}: {fault.reason}" for fault in faults)
            yield dg.AssetCheckResult(
                passed=False,
                asset_key=name,
                check_name="valid",
                metadata={"faults": len(faults), "rows": dg.MetadataValue.md(listed)},
            )


def _families(failing: dict[str, dict[str, Any]]) -> list[dg.AssetCheckResult]:
    results = []
    for family in _FAMILIES:
        found = failing.get(family, {"failing": 0, "errors": 0, "messages": []})
        listed = "\n".join(f"- {message}" for message in found["messages"])
        results.append(
            dg.AssetCheckResult(
                passed=found["errors"] == 0,
                asset_key="checks",
                check_name=family,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"failing": found["failing"], "rows": dg.MetadataValue.md(listed or "none")},
            )
        )
    return results


def _complete(left: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=left == 0,
        asset_key="numbers",
        check_name="complete_is_complete",
        metadata={"left": left},
    )


extract_job = dg.define_asset_job(
    "extract", selection=["sources", "extracted"], tags={"yusuan/job": "extract"}, config=QUIET
)
release_job = dg.define_asset_job(
    "release",
    selection=dg.AssetSelection.assets(*TABLES, "release", "changes", "site"),
    tags={"yusuan/job": "release"},
    config=QUIET,
    executor_def=dg.in_process_executor,
)


@dg.sensor(job=extract_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def raw_folder(context: dg.SensorEvaluationContext, folders: Folders) -> dg.SensorResult:
    """New, changed and removed collections of the raw folder."""
    before: dict[str, str] = json.loads(context.cursor or "{}")
    now = {c.name: extraction.fingerprint(c) for c in each_collection(Path(folders.raw))}
    changed = [name for name in sorted(now) if before.get(name) != now[name]]
    removed = [name for name in sorted(before) if name not in now]
    if removed:
        extraction.forget_removed(now, Path(folders.out))
    requests: list[Any] = []
    if changed:
        requests.append(COLLECTIONS.build_add_request(changed))
    if removed:
        requests.append(COLLECTIONS.build_delete_request(removed))
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key=name, run_key=f"{name}:{now[name]}") for name in changed],
        dynamic_partitions_requests=requests,
        cursor=json.dumps(now, sort_keys=True),
    )


@dg.sensor(job=release_job, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def extraction_settled(context: dg.SensorEvaluationContext, folders: Folders) -> dg.SensorResult | dg.SkipReason:
    """A release, once no extraction runs any more and something new is extracted."""
    active = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    running = context.instance.get_runs(dg.RunsFilter(job_name="extract", statuses=active), limit=1)
    if running:
        return dg.SkipReason("extraction is still running")
    state = extraction.extracted_state(Path(folders.out))
    if state == context.cursor or not extraction.extracted_collections(Path(folders.out)):
        return dg.SkipReason("nothing new is extracted")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state)], cursor=state)


daily = dg.ScheduleDefinition(
    name="daily", job=release_job, cron_schedule="0 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)

defs = dg.Definitions(
    assets=[extract_collection, release_tables, changes, site],
    jobs=[extract_job, release_job],
    sensors=[raw_folder, extraction_settled],
    schedules=[daily],
    resources={"folders": Folders(), "workers": Workers()},
)

# In the processes of Dagster, too, what is imported stays: a run need not search it for what could go.
gc.freeze()
