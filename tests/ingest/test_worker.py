"""The worker for PDFs ends with whoever asked it: a build that has read one does not hang at its end."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from pipeline.ingest.limits import Limits
from pipeline.ingest.worker import WorkerFailed, read_pdf_apart


def ask(data: bytes) -> str:
    try:
        read_pdf_apart(data, Limits())
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
