"""Work that must be able to be cut off, done in the main thread of a process: no other can be interrupted."""

from __future__ import annotations

import multiprocessing
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from pipeline.ingest.children import allow_children
from pipeline.orchestration.executors import cores, end_with_parent

_A = TypeVar("_A")
_R = TypeVar("_R")

#: As many workers as Dask lets die of a task.
_ATTEMPTS = 3
_lock = threading.Lock()
_pool: ProcessPoolExecutor | None = None


class WorkerDied(RuntimeError):  # noqa: N818 - says what happened
    """Several processes, one after the other, ended before the work was done."""


def in_main_thread(do: Callable[[_A], _R], task: _A) -> _R:
    """``do(task)``, here where this is a main thread, else in that of a process kept for it. Raises what it raises.

    A worker of a cluster runs tasks in a thread. Raises WorkerDied.
    """
    if threading.current_thread() is threading.main_thread():
        return do(task)
    for _ in range(_ATTEMPTS):
        pool = _processes()
        try:
            return pool.submit(do, task).result()
        except BrokenProcessPool:
            _forget(pool)
    raise WorkerDied(
        f"{_ATTEMPTS} processes died of one chunk of documents (killed, or out of memory) on {socket.gethostname()}; give "
        "workers more memory or fewer threads, and run the build again"
    )


def _processes() -> ProcessPoolExecutor:
    """As many as there are tasks at a time, started when there are, and warm from then on."""
    global _pool
    with _lock:
        if _pool is None:
            allow_children()
            context = multiprocessing.get_context("spawn")
            _pool = ProcessPoolExecutor(cores(), mp_context=context, initializer=end_with_parent)
        return _pool


def _forget(pool: ProcessPoolExecutor) -> None:
    global _pool
    with _lock:
        if _pool is pool:
            _pool = None
    pool.shutdown(wait=False, cancel_futures=True)
