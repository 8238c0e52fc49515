"""New file, sensor, extract, release: in a real instance whose state survives."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time

import dagster as dg
import pytest

from pipeline.orchestration import definitions as d
from pipeline.orchestration import extraction, settings
from pipeline.orchestration.build import run_job
from pipeline.orchestration.instance import BUILD_TAG, open_instance
from pipeline.publish.locking import alone
from pipeline.tidy.validation import RowFault, ValidationFailure
from schemas.tables import TABLES
from tests.documents import BUNDLED, ROOT

pytestmark = pytest.mark.slow


def test_a_new_file_becomes_a_release_and_a_removed_one_leaves(tmp_path, monkeypatch):
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "a").mkdir(parents=True)
    shutil.copy(BUNDLED, raw / "a" / "x.txt")
    folders = d.Folders(raw, out)
    with open_instance(out) as instance:
        monkeypatch.setattr(d.extraction, "SETTLED", 3_600_000_000_000)
        early = d.raw_folder(dg.build_sensor_context(instance=instance, resources={"folders": folders}))
        assert early.run_requests == []  # it may still be written
        monkeypatch.setattr(d.extraction, "SETTLED", 0)
        context = dg.build_sensor_context(instance=instance, cursor=early.cursor, resources={"folders": folders})
        found = d.raw_folder(context)
        assert [request.partition_key for request in found.run_requests] == ["a"]
        instance.add_dynamic_partitions("collections", ["a"])
        time.sleep(2.1)  # what was written just before it is read would be read again
        run_job("extract", instance, raw, out, "a")
        due = d.extraction_settled(dg.build_sensor_context(instance=instance, resources={"folders": folders}))
        assert len(due.run_requests) == 1
        released = run_job("release", instance, raw, out).asset_materializations_for_node("release_tables")
        assert {event.asset_key.to_user_string() for event in released} == {*TABLES, "release"}
        again = run_job("release", instance, raw, out).asset_materializations_for_node("release_tables")
        # What did not change has the same data version, so that nothing made of it is shown as out of date.
        assert [event.tags["dagster/data_version"] for event in again] == [
            event.tags["dagster/data_version"] for event in released
        ]
        assert len({event.tags["dagster/data_version"] for event in released}) == len(released)
        built = d.raw_folder(dg.build_sensor_context(instance=instance, resources={"folders": folders}))
        assert built.run_requests == []  # a sensor that knows nothing yet sees what is extracted
    assert (out / "latest" / "manifest.json").is_file()
    with open_instance(out) as instance:
        assert instance.get_runs_count() == 3
        again = d.raw_folder(
            dg.build_sensor_context(instance=instance, cursor=found.cursor, resources={"folders": folders})
        )
        assert again.run_requests == []
        shutil.rmtree(raw / "a")
        gone = d.raw_folder(
            dg.build_sensor_context(instance=instance, cursor=found.cursor, resources={"folders": folders})
        )
        assert [type(r).__name__ for r in gone.dynamic_partitions_requests] == ["DeleteDynamicPartitionsRequest"]
    assert not list((out / ".work" / "collections").glob("*.json"))


@pytest.mark.parametrize(("tags", "waits"), [({}, True), ({BUILD_TAG: "/out"}, False)])
def test_a_release_waits_for_extractions_but_for_none_that_a_killed_build_left(tmp_path, tags, waits):
    with open_instance(tmp_path) as instance:
        instance.add_run(dg.DagsterRun("extract", status=dg.DagsterRunStatus.STARTED, tags=tags))
        context = dg.build_sensor_context(
            instance=instance, resources={"folders": d.Folders(tmp_path / "raw", tmp_path)}
        )
        skipped = d.extraction_settled(context).skip_message
    assert skipped == ("extraction is still running" if waits else "nothing new is extracted")


def test_a_run_whose_process_is_gone_holds_nothing_up(tmp_path, monkeypatch):
    resources = {"folders": d.Folders(tmp_path / "raw", tmp_path)}
    with open_instance(tmp_path) as instance:
        instance.add_run(dg.DagsterRun("extract", run_id="1", status=dg.DagsterRunStatus.STARTED))
        sensor = dg.build_sensor_context(instance=instance, resources=resources)
        assert d.extraction_settled(sensor).skip_message == "extraction is still running"  # it said something lately
        monkeypatch.setenv(settings.DEAD_AFTER, "1e-9")
        with extraction.store_of(tmp_path).in_use():
            assert d.extraction_settled(sensor).skip_message == "extraction is still running"
        assert d.extraction_settled(sensor).skip_message == "nothing new is extracted"
        assert instance.get_run_by_id("1").status is dg.DagsterRunStatus.FAILURE


def test_a_release_waits_for_whoever_is_writing(tmp_path):
    hold = "import sys; from pathlib import Path; from pipeline.publish.locking import alone\n"
    hold += "with alone(Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(tmp_path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    entered = threading.Event()

    def enter() -> None:
        with alone(tmp_path, wait=True):
            entered.set()

    assert holder.stdin is not None and holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = threading.Thread(target=enter)
    waiting.start()
    assert not entered.wait(0.3)
    holder.stdin.close()
    assert entered.wait(60)
    waiting.join()
    assert holder.wait(60) == 0


def test_sensors_and_schedule_run_by_default():
    assert d.raw_folder.default_status == d.extraction_settled.default_status == dg.DefaultSensorStatus.RUNNING
    assert d.daily.default_status == dg.DefaultScheduleStatus.RUNNING


def test_invalid_rows_fail_the_check_of_their_table_with_every_reason(tmp_path, monkeypatch):
    faults = [RowFault("tables", "x.1", "unit", "too odd"), RowFault("tables", "x.2", "title", "missing")]

    def refuse(*_: object, **__: object) -> None:
        raise ValidationFailure(faults)

    monkeypatch.setattr(d.releases, "make_release", refuse)
    with open_instance(tmp_path) as instance:
        folders = {"folders": d.Folders(tmp_path, tmp_path)}
        result = d.defs.resolve_job_def("release").execute_in_process(
            instance=instance, resources=folders, raise_on_error=False
        )
    assert not result.success
    (found,) = result.get_asset_check_evaluations()
    assert (found.asset_key.to_user_string(), found.check_name, found.passed) == ("tables", "valid", False)
    shown = found.metadata["rows"].value
    assert "`x.1` unit: too odd" in shown
    assert "`x.2` title: missing" in shown


def test_selected_tables_are_recorded_and_the_whole_release_is_made(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "a").mkdir(parents=True)
    shutil.copy(BUNDLED, raw / "a" / "x.txt")
    with open_instance(out) as instance:
        instance.add_dynamic_partitions("collections", ["a"])
        run_job("extract", instance, raw, out, "a")
        tidy = d.defs.resolve_implicit_global_asset_job_def().get_subset(
            asset_selection={dg.AssetKey("budget_lines"), dg.AssetKey("checks")}
        )
        made = tidy.execute_in_process(instance=instance, resources={"folders": d.Folders(raw, out)})
        names = {each.asset_key.to_user_string() for each in made.asset_materializations_for_node("release_tables")}
        family = {each.check_name: each for each in made.get_asset_check_evaluations()}["prose_tables"]
    assert names == {"budget_lines", "checks"}
    assert (out / "latest" / "manifest.json").is_file()
    assert not family.passed  # the bundled document contradicts itself once
    assert family.metadata["errors"].value >= 1
    assert family.metadata["rules"].value.startswith("| rule | failing |")
    assert family.metadata["rows"].value.startswith("- `site/disclosures/")


def test_messages_lead_to_the_pages_where_these_are_served(monkeypatch):
    failing = {"failing": 1, "errors": 1, "rules": {"x": 1}, "messages": [("0123456789abcdef", "1 is not 2")]}
    monkeypatch.setenv(settings.PAGES_URL, "http://pages.example/")
    (rows,) = [d.catalog._family("prose_tables", failing).metadata["rows"].value]
    assert rows == "- [0123456789abcdef](http://pages.example/disclosures/0123456789abcdef.html) 1 is not 2"


def test_what_stops_publishing_is_blocking_and_what_is_published_is_not():
    specs = {(spec.asset_key.to_user_string(), spec.name): spec.blocking for spec in d.catalog.CHECKS}
    assert all(specs[name, "valid"] for name in TABLES)
    assert not any(blocking for (_, name), blocking in specs.items() if name != "valid")


def test_the_groups_of_the_graph_bear_the_names_of_the_folders():
    graph = d.defs.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"ingest", "extract", "tidy", "reconcile", "publish"}
    assert all((ROOT / "pipeline" / group).is_dir() for group in groups)


def test_every_table_is_an_asset_with_a_check_descriptions_and_lineage():
    graph = d.defs.resolve_asset_graph()
    checked = {key.asset_key.to_user_string() for key in graph.asset_check_keys}
    for name in TABLES:
        node = graph.get(dg.AssetKey(name))
        assert name in checked
        assert [c.name for c in node.metadata["dagster/column_schema"].columns] == [
            c.name for c in TABLES[name].columns
        ]
        lineage = node.metadata["dagster/column_lineage"].deps_by_column
        assert set(lineage) <= {column.name for column in TABLES[name].columns}
        if name != "classifications":
            assert lineage, name
            sources = {dep.asset_key for deps in lineage.values() for dep in deps}
            assert sources <= node.parent_keys, name
