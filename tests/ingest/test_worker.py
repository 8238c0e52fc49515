"""The worker for PDFs ends with whoever asked it: a build that has read one does not hang at its end."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from pipeline.ingest.formats import format_named
from pipeline.ingest.limits import Limits
from pipeline.ingest.worker import NoWorker, WorkerFailed, read_apart, stop_worker


def ask(data: bytes) -> str:
    try:
        read_apart(format_named("PDF"), data, Limits())
    except WorkerFailed as error:
        return str(error)
    return "read"


def in_pool(data: bytes) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert "broken" in pool.submit(ask, data).result(60)


def test_a_process_of_a_pool_that_has_read_a_pdf_ends():
    whole = multiprocessing.get_context("spawn").Process(target=in_pool, args=(b"%PDF-1.7 nothing",))
    whole.start()
    whole.join(90)
    alive = whole.is_alive()
    whole.kill()
    assert not alive
    assert whole.exitcode == 0


def test_a_worker_that_does_not_start_is_no_fault_of_the_document():
    stop_worker()
    with pytest.raises(NoWorker, match=r"did not start \(exit .*it is allowed 1 MB"):
        read_apart(format_named("PDF"), b"%PDF-1.7 nothing", Limits(memory_bytes=1 << 20))


def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from pipeline.ingest.formats import format_named\n"
        "from pipeline.ingest.limits import Limits\n"
        "from pipeline.ingest.worker import read_apart\n"
        "read_apart(format_named('PDF'), b'%PDF-1.7 nothing', Limits())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    ran = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=90)
    assert ran.returncode == 1
    assert "NoWorker: the process that reads documents did not start" in ran.stderr.splitlines()[-1]


def test_processor_time_is_limited_also_outside_of_python(monkeypatch):
    """A reader that works without end is ended by the system, and its document is tried again by the next build."""
    stop_worker()
    with pytest.raises(WorkerFailed, match="took more than 0.3 seconds") as failure:
        read_apart(format_named("text with HTML tables"), ENDLESS, Limits(seconds=0.3))
    assert not failure.value.lasting


def test_what_waits_costs_no_processor_time_and_is_given_up_late(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 1\necho it is late\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    stop_worker()
    with pytest.raises(WorkerFailed, match="it is late"):
        read_apart(format_named("Word document (doc, wps or rtf)"), b"{\\rtf1 x}", Limits(seconds=0.9))
    stop_worker()


#: A table that takes seconds of processor time.
ENDLESS = b"<table>" + "<tr><td>部门预算</td><td>12.50</td></tr>".encode() * 60_000 + b"</table>"
