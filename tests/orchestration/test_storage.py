"""The storages with open connections against Dagster's own: the same tables, the same files, the same answers."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipeline.orchestration import databases
from pipeline.orchestration.build import run_job
from pipeline.orchestration.databases import is_made, make, make_databases
from pipeline.orchestration.instance import instance_home, open_instance
from pipeline.orchestration.storage import EventLogStorage, Storage
from tests.documents import BUNDLED

#: The configuration of an instance of the version before these storages: Dagster's own.
EARLIER = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
EVENTS = 40


def dagsters_own(home: Path) -> dg.DagsterInstance:
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(EARLIER, encoding="utf-8")
    return dg.DagsterInstance.from_config(str(home))


def contents(path: Path) -> tuple[list[str], list[tuple], list[str]]:
    """Tables and indexes, the version, the migrations of data that are done, and how the log is written."""
    with closing(sqlite3.connect(path)) as connection:
        statements = connection.execute("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY 1").fetchall()
        done = connection.execute(
            "SELECT name FROM secondary_indexes WHERE migration_completed IS NOT NULL ORDER BY name"
        ).fetchall()
        return (
            [" ".join(statement.split()) for (statement,) in statements],
            connection.execute("SELECT version_num FROM alembic_version").fetchall() + done,
            connection.execute("PRAGMA journal_mode").fetchone(),
        )


def test_the_databases_are_those_that_dagster_makes(tmp_path):
    """Where another version of Dagster makes others, databases/*.sql need to say so."""
    with dagsters_own(tmp_path / "own") as instance:
        instance.get_dynamic_partitions("collections")
        instance.all_instigator_state()
        instance.report_engine_event("seen", job_name="a", run_id="a-run")
    make_databases(tmp_path / "ours")
    make(tmp_path / "ours" / "history" / "runs" / "a-run.db", "events")
    for name in ("history/runs.db", "history/runs/index.db", "history/runs/a-run.db", "schedules/schedules.db"):
        assert contents(tmp_path / "ours" / name) == contents(tmp_path / "own" / name), name


def logged(instance: dg.DagsterInstance) -> dict[str, list]:
    return {run.run_id: instance.all_logs(run.run_id) for run in instance.get_runs()}


def extracted(instance: dg.DagsterInstance) -> dict:
    """What the UI shows of the asset: its partitions and their runs."""
    records = instance.fetch_materializations(dg.AssetKey("extracted"), limit=100).records
    return {record.storage_id: (record.partition_key, record.run_id) for record in records}


@pytest.fixture
def raw(tmp_path) -> Path:
    raw = tmp_path / "raw"
    (raw / "a").mkdir(parents=True)
    shutil.copy(BUNDLED, raw / "a" / "x.txt")
    return raw


def test_an_instance_of_an_earlier_version_goes_on_and_can_go_back(raw, tmp_path):
    out = tmp_path / "out"
    with dagsters_own(out / ".dagster") as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        instance.add_dynamic_partitions("collections", ["a"])
        run_job("extract", instance, raw, out, "a")
        before, shown = logged(instance), extracted(instance)
    assert len(shown) == 1
    with open_instance(out) as instance:
        assert type(instance.event_log_storage) is EventLogStorage
        assert (logged(instance), extracted(instance)) == (before, shown)
        run_job("extract", instance, raw, out, "a")
        after, shown = logged(instance), extracted(instance)
    assert (len(after), len(shown)) == (2, 2)
    with dagsters_own(out / ".dagster") as instance:
        assert (logged(instance), extracted(instance)) == (after, shown)


def test_databases_that_dagster_left_half_made_are_completed(tmp_path):
    home = instance_home(tmp_path)
    run = home / "history" / "runs" / "a-run.db"
    for path, table in ((run, "event_logs"), (home / "history" / "runs.db", "runs")):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            tables = (databases._FOLDER / f"{'events' if path == run else 'runs'}.sql").read_text(encoding="utf-8")
            connection.executescript(next(s for s in tables.split(";\n") if s.startswith(f"CREATE TABLE {table} ")))
        assert not is_made(path)
    with open_instance(tmp_path) as instance:
        instance.report_engine_event("seen", job_name="a", run_id="a-run")
        assert [entry.dagster_event.message for entry in instance.all_logs("a-run")] == ["seen"]
        assert instance.get_runs() == []
    assert is_made(run)


def _make_all(folder: Path, count: int) -> bool:
    return all(make(folder / f"{number}.db", "events") for number in range(count))


def test_processes_that_make_the_same_databases_get_in_nobodys_way(tmp_path):
    count = 40
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(_make_all, [(tmp_path, count)] * 3, chunksize=1) == [True] * 3
    wanted = contents(tmp_path / "0.db")
    assert all(contents(tmp_path / f"{number}.db") == wanted for number in range(count))


def test_a_killed_process_leaves_a_database_whole_or_not_begun(tmp_path):
    path = tmp_path / "a.db"
    make(path, "events")
    wanted = contents(path)
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # As far as one may come: the file is there, and nothing of the transaction.
        connection.execute("PRAGMA journal_mode=WAL")
    assert not is_made(path)
    assert make(path, "events")
    assert contents(path) == wanted


def test_events_are_seen_by_another_process_while_the_connection_stays_open(tmp_path):
    """As the web server follows a run: Dagster's own would look at the database only, which is written when it is closed."""
    home = str(instance_home(tmp_path))
    with open_instance(tmp_path) as running:
        running.report_engine_event("first", job_name="a", run_id="a-run")
        watching, seen, enough = Storage(home).event_log_storage, [], threading.Event()
        watching.register_instance(running)

        def show(entry, cursor) -> None:
            seen.append(entry.dagster_event.message)
            if len(seen) == EVENTS + 1:
                enough.set()

        watching.watch("a-run", None, show)
        for number in range(EVENTS):
            running.report_engine_event(f"event {number}", job_name="a", run_id="a-run")
        assert enough.wait(60), seen
        watching.end_watch("a-run", show)
        watching.dispose()
    assert seen == ["first", *(f"event {number}" for number in range(EVENTS))]


def test_a_server_that_is_asked_for_many_runs_keeps_few_of_their_databases_open(tmp_path):
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list the files of a process")
    with open_instance(tmp_path) as instance:
        for number in range(EVENTS):
            instance.report_engine_event(f"event {number}", job_name="a", run_id=f"run-{number}")
        for number in range(EVENTS):
            assert [e.dagster_event.message for e in instance.all_logs(f"run-{number}")] == [f"event {number}"]
        names = {os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
        assert 1 <= sum("/run-" in name and name.endswith(".db") for name in names) <= 8
        instance.wipe()
        assert instance.all_logs("run-0") == []
    names = {os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    assert not [name for name in names if name.startswith(str(tmp_path)) and ".db" in name]
