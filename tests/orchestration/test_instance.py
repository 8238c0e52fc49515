"""The instance on which builds run: Dagster's own, wherever it is, and definitions that need no environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipeline.cli import main
from pipeline.orchestration import instance as instances
from pipeline.orchestration import settings
from pipeline.orchestration.definitions import folders_of_environment, workers_of_environment
from tests.documents import BUNDLED, ROOT

pytestmark = pytest.mark.slow

DAGSTER = Path(sys.executable).with_name("dagster")


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("DAGSTER_HOME", settings.RAW, settings.OUT, settings.PUBLISH_CONTACTS, settings.WORKERS):
        monkeypatch.delenv(name, raising=False)


def test_an_instance_below_the_output_folder_sends_no_telemetry(tmp_path):
    with instances.open_instance(tmp_path) as instance:
        assert not instance.telemetry_enabled
    assert (ROOT / "dagster.yaml").read_text(encoding="utf-8") == instances.INSTANCE_CONFIG
    (tmp_path / ".dagster" / "dagster.yaml").unlink()
    with instances.open_instance(tmp_path) as instance:
        assert not instance.telemetry_enabled


def test_the_configuration_of_an_instance_is_never_overwritten(tmp_path):
    with instances.open_instance(tmp_path):
        pass
    config = tmp_path / ".dagster" / "dagster.yaml"
    own = "telemetry:\n  enabled: true\nconcurrency:\n  runs:\n    max_concurrent_runs: 3\n"
    config.write_text(own, encoding="utf-8")
    with instances.open_instance(tmp_path) as instance:
        assert instance.telemetry_enabled
    assert config.read_text(encoding="utf-8") == own


def test_a_build_runs_on_the_instance_of_dagster_home(tmp_path, monkeypatch, capsys):
    home, raw, out = tmp_path / "home", tmp_path / "raw", tmp_path / "out"
    home.mkdir()
    (raw / "a").mkdir(parents=True)
    (raw / "a" / "x.txt").write_bytes(BUNDLED.read_bytes())
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    assert main(["build", "--raw", str(raw), "--out", str(out), "--workers", "1"]) == 0
    assert not (out / ".dagster").exists()
    assert not (home / "dagster.yaml").exists()
    with dg.DagsterInstance.get() as instance:
        assert sorted(run.job_name for run in instance.get_runs()) == ["extract", "release"]
        assert instance.get_dynamic_partitions("collections") == ["a"]


def test_only_killed_builds_of_the_same_output_folder_are_ended(tmp_path, monkeypatch):
    """An instance may be shared by several output folders, and a build of another one may be running."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with instances.open_instance(tmp_path / "a") as instance:
        for name in ("a", "b"):
            tags = {instances.BUILD_TAG: instances.tag_of(tmp_path / name)}
            instance.add_run(dg.DagsterRun("extract", run_id=name, status=dg.DagsterRunStatus.STARTED, tags=tags))
        assert instances.end_killed_runs(instance, tmp_path / "a") == 1
        assert {run.run_id: run.status.value for run in instance.get_runs()} == {"a": "FAILURE", "b": "STARTED"}


def test_resources_read_the_environment_when_they_are_used(monkeypatch):
    context = dg.build_init_resource_context()
    folders = folders_of_environment(context)
    assert (folders.raw_path, folders.out_path) == (ROOT / "raw", ROOT / "outputs")
    assert not folders.with_contacts
    monkeypatch.setenv(settings.RAW, "/elsewhere")
    monkeypatch.setenv(settings.PUBLISH_CONTACTS, "1")
    monkeypatch.setenv(settings.WORKERS, "1")
    folders = folders_of_environment(context)
    assert folders.raw_path == Path("/elsewhere")
    assert folders.with_contacts
    with workers_of_environment(context) as pool:
        assert len({pool.submit(os.getpid).result() for _ in range(3)} - {os.getpid()}) == 1


def test_dagster_finds_the_definitions_from_the_checkout_without_any_environment(tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [str(DAGSTER), "definitions", "validate"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All code locations passed validation" in done.stdout + done.stderr
