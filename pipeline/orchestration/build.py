"""``yusuan build``: the jobs of the UI, run here and now."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.orchestration.collector import kept_to_the_end
from pipeline.orchestration.settings import publishes_contacts

#: All that the jobs import, most of it where it is needed.
_NEEDED = (
    "pipeline.orchestration.definitions",
    "pipeline.orchestration.storage",
    "pipeline.extract.source",
    "pipeline.publish.changes",
    "pipeline.publish.parts",
    "pipeline.publish.release",
    "pipeline.tidy.documents",
    "pipeline.publish.site.build",
)


def build(raw: Path, out: Path, progress: Callable[[str], None], workers: int = 0, scheduler: str = "") -> Any:
    """Run ``extract`` for every collection, then ``release``. Returns the metadata of the release's assets, by asset.

    ``workers`` processes of this machine do the work (0: one a core), or the cluster at ``scheduler``.
    Raises NoRawFolder, NothingToRelease, Locked or what a step raised.
    """
    os.environ["YUSUAN_RAW"], os.environ["YUSUAN_OUT"] = str(raw), str(out)
    os.environ["YUSUAN_WORKERS"], os.environ["YUSUAN_SCHEDULER"] = str(workers), scheduler
    from pipeline.ingest.collections import each_collection

    # A collection at a time: their files are too many to be held until the release.
    collections = [collection.name for collection in each_collection(raw)]
    from pipeline.orchestration import extraction, releases

    if not collections:
        raise releases.NothingToRelease(f"{raw} holds no documents; put disclosures there, one folder a collection")
    with kept_to_the_end():
        for name in _NEEDED:
            import_module(name)
    from pipeline.orchestration.executors import executor
    from pipeline.orchestration.instance import end_killed_runs, open_instance
    from pipeline.orchestration.progress import shown_by, tell
    from pipeline.publish.locking import alone

    with alone(out), open_instance(out) as instance, executor(workers, scheduler), shown_by(progress):
        end_killed_runs(instance)
        extraction.forget_removed(collections, out)
        instance.add_dynamic_partitions("collections", collections)
        # As the sensor does: what did not change needs no run.
        names = extraction.changed_collections(each_collection(raw), out, publishes_contacts())
        for number, name in enumerate(names, start=1):
            tell(f"extracting {name} ({number} of {len(names)})")
            run_job("extract", instance, raw, out, name)
        tell("checking and writing the release")
        return run_job("release", instance, raw, out)


def run_job(job: str, instance: Any, raw: Path, out: Path, partition: str | None = None) -> Any:
    """Run a job of the definitions in this process on other folders; returns metadata by asset."""
    from pipeline.orchestration.definitions import defs
    from pipeline.orchestration.instance import OF_BUILD

    # Whoever waits at the terminal is told why in one line; the instance keeps the whole story.
    silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    folders = {"folders": {"config": {"raw": str(raw), "out": str(out), "publish_contacts": publishes_contacts()}}}
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance,
        run_config={**silent, "resources": folders},
        partition_key=partition,
        raise_on_error=True,
        tags=OF_BUILD,
    )
    events = result.asset_materializations_for_node("release_tables") if partition is None else []
    return {event.asset_key.to_user_string(): event.metadata for event in events}
