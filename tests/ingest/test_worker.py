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
