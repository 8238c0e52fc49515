"""New file, sensor, extract, release: in a real instance whose state survives."""

from __future__ import annotations

import shutil

import dagster as dg

from pipeline.orchestration import definitions as d
from pipeline.orchestration.build import run_job
from pipeline.orchestration.instance import open_instance
from tests.documents import BUNDLED


def test_a_new_file_becomes_a_release_and_a_removed_one_leaves(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "a").mkdir(parents=True)
    shutil.copy(BUNDLED, raw / "a" / "x.txt")
    folders = d.Folders(raw=str(raw), out=str(out))
    with open_instance(out) as instance:
        found = d.raw_folder(dg.build_sensor_context(instance=instance, resources={"folders": folders}))
        assert [request.partition_key for request in found.run_requests] == ["a"]
        instance.add_dynamic_partitions("collections", ["a"])
        run_job("extract", instance, raw, out, "a")
        due = d.extraction_settled(dg.build_sensor_context(instance=instance, resources={"folders": folders}))
        assert len(due.run_requests) == 1
        assert set(run_job("release", instance, raw, out)) >= {"budget_lines", "numbers", "release"}
    assert (out / "latest" / "manifest.json").is_file()
    with open_instance(out) as instance:
        assert instance.get_runs_count() == 2
        again = d.raw_folder(
            dg.build_sensor_context(instance=instance, cursor=found.cursor, resources={"folders": folders})
        )
        assert again.run_requests == []
        shutil.rmtree(raw / "a")
        gone = d.raw_folder(
            dg.build_sensor_context(instance=instance, cursor=found.cursor, resources={"folders": folders})
        )
        assert [type(r).__name__ for r in gone.dynamic_partitions_requests] == ["DeleteDynamicPartitionsRequest"]
    assert not list((out / ".work" / "extracted").glob("*.json"))


def test_sensors_and_schedule_run_by_default():
    assert d.raw_folder.default_status == d.extraction_settled.default_status == dg.DefaultSensorStatus.RUNNING
    assert d.daily.default_status == dg.DefaultScheduleStatus.RUNNING


def test_telemetry_is_off(tmp_path):
    with open_instance(tmp_path):
        assert "telemetry:\n  enabled: false" in (tmp_path / ".dagster" / "dagster.yaml").read_text(encoding="utf-8")
