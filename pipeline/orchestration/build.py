"""``yusuan build``: the jobs of the Dagster UI, run in this process on the instance that the UI shows.

Imports nothing heavy: where nothing changed, the answer of the build before is given, and takes no time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.keys import key_of, pages_digest, release_digest
from pipeline.orchestration import extraction
from pipeline.orchestration.executors import executor
from pipeline.orchestration.instance import BUILD_TAG, end_killed_runs, open_instance, tag_of
from pipeline.orchestration.releases import NothingToRelease
from pipeline.orchestration.settings import publishes_contacts
from pipeline.publish.locking import alone

if TYPE_CHECKING:
    from dagster import DagsterInstance, ExecuteInProcessResult


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
