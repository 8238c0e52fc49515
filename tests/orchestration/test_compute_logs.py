"""What steps print is found where the UI looks for it, and nowhere else; nothing is started to keep it."""

from __future__ import annotations

import os
import subprocess
import sys

import dagster as dg
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from pipeline.orchestration.compute_logs import ComputeLogs
from pipeline.orchestration.instance import open_instance


@dg.op
def talks() -> None:
    print("said by a step")
    os.write(2, b"warned below Python\n")


@dg.job
def talking() -> None:
    talks()


def test_what_steps_print_is_kept_for_the_ui_and_not_repeated(tmp_path, monkeypatch, capfd):
    def refuse(*arguments: object, **settings: object) -> None:
        raise AssertionError(f"started {arguments}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with open_instance(tmp_path) as instance, capfd.disabled():
        read, write = os.pipe()
        terminal = os.dup(1)
        os.dup2(write, 1)
        try:
            done = talking.execute_in_process(
                instance=instance, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            )
            sys.stdout.flush()
        finally:
            os.dup2(terminal, 1)
            os.close(terminal)
            os.close(write)
        with os.fdopen(read, "rb") as shown:
            assert shown.read() == b""
        manager = instance.compute_log_manager
        assert type(manager) is ComputeLogs
        (started,) = (
            e for e in instance.all_logs(done.run_id) if e.dagster_event_type == dg.DagsterEventType.LOGS_CAPTURED
        )
        key = [done.run_id, "compute_logs", started.dagster_event.logs_captured_data.file_key]
        assert manager.is_capture_complete(key)
        for found in (manager, LocalComputeLogManager(str(tmp_path / ".dagster" / "storage"))):
            data = found.get_log_data(key)
            assert (data.stdout, data.stderr) == (b"said by a step\n", b"warned below Python\n")
