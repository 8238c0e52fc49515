"""Executors of the work of a build: this process, processes of this machine, or a Dask cluster. All give the same results."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from pipeline.ingest.children import allow_children
from pipeline.terminal import NotInstalled

_A = TypeVar("_A")
_R = TypeVar("_R")

#: Seconds to wait for a scheduler to answer, and for its first worker.
_SCHEDULER_SECONDS, _WORKER_SECONDS = 10.0, 60.0
#: As many workers as Dask lets die of a task.
_ATTEMPTS = 3


class ClusterError(RuntimeError):
    """The cluster cannot be used. Says why and what to do."""


class WorkerDied(RuntimeError):  # noqa: N818 - says what happened
    """Several processes, one after the other, ended before the work was done."""


def ended_a_process(error: Exception) -> bool:
    """Whether ``error`` says that work ended the processes that did it, here or on a cluster."""
    if isinstance(error, BrokenProcessPool | WorkerDied):
        return True
    scheduler = sys.modules.get("distributed.scheduler")
    return scheduler is not None and isinstance(error, scheduler.KilledWorker)


class Here(Executor):
    """An executor that does each call at once, in this process, where a debugger can stop."""

    def submit(self, fn: Callable[..., _R], /, *args: Any, **kwargs: Any) -> Future[_R]:
        done: Future[_R] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
            if not isinstance(error, Exception):
                raise
        return done


class Processes(Executor):
    """Processes of this machine, which start when there is work for them: even a pool without any costs one."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., _R], /, *args: Any, **kwargs: Any) -> Future[_R]:
        if self._pool is None:
            self._pool = _spawning(self._workers)
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:  # one of them died of what it did before
            self._pool = _spawning(self._workers)
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spawning(workers: int) -> ProcessPoolExecutor:
    allow_children()
    # Polars and Arrow run threads of their own, which a forked process would not have.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this worker when its parent is killed: it would wait for work forever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def executor(workers: int = 0, scheduler: str = "", here: bool = False) -> Iterator[Executor]:
    """An executor of ``workers`` processes (0: one a core), or of the cluster at ``scheduler``, or all ``here``.

    Processes start when there is work for them. Raises NotInstalled or ClusterError where the cluster cannot be used.
    """
    if scheduler:
        with _cluster_executor(scheduler) as cluster:
            yield cluster
    elif here:
        yield Here()
    else:
        pool = Processes(workers or _cores())
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _cluster_executor(address: str) -> Iterator[Executor]:
    """An executor over the workers of the scheduler at ``address`` (tcp://host:port). Raises NotInstalled or ClusterError.

    The tasks of a worker that dies are done by the others; a task that three workers died of is an error.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise NotInstalled("a Dask cluster", "cluster") from error
    try:
        client = Client(address, timeout=_SCHEDULER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler` or correct the address"
        ) from error
    try:
        _wait_for_a_worker(client, address)
        with client.get_executor(pure=False) as found:
            yield found
    except KilledWorker as error:
        raise ClusterError(f"several workers died of one task ({error}); look at the logs of the workers") from error
    finally:
        client.close()


def _wait_for_a_worker(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError as error:
        raise ClusterError(
            f"the Dask scheduler at {address} has no workers; start some with `dask worker {address}`"
        ) from error


def each(
    pool: Executor | None, fn: Callable[[_A], _R], tasks: Sequence[_A], ahead: int = 16, apart: bool = False
) -> Iterator[tuple[_A, _R]]:
    """Each task with its result as they finish, in no order; at most ``ahead`` wait at a time.

    A single task is done here, since starting a process costs more, unless it has to be done ``apart``: it may end the
    process that does it. The first error ends it: what has not begun is cancelled, and the error is raised.
    """
    if pool is None or (len(tasks) == 1 and not apart and isinstance(pool, Processes)):
        pool = Here()
    waiting: dict[Future[_R], _A] = {}
    left = iter(tasks)
    try:
        while True:
            for task in islice(left, ahead - len(waiting)):
                waiting[pool.submit(fn, task)] = task
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()


_lock = threading.Lock()
_main_threads: ProcessPoolExecutor | None = None


def in_main_thread(do: Callable[[_A], _R], task: _A) -> _R:
    """``do(task)``, here where this is a main thread, else in that of a process kept for it. Raises what it raises.

    Only a main thread can be interrupted, and a worker of a cluster runs tasks in another one. Raises WorkerDied.
    """
    if threading.current_thread() is threading.main_thread():
        return do(task)
    for _ in range(_ATTEMPTS):
        pool = _keep_processes()
        try:
            return pool.submit(do, task).result()
        except BrokenProcessPool:
            _forget(pool)
    raise WorkerDied(
        f"{_ATTEMPTS} processes died of one chunk of documents (killed, or out of memory) on {socket.gethostname()}; give "
        "workers more memory or fewer threads, and run the build again"
    )


def _keep_processes() -> ProcessPoolExecutor:
    """The pool of as many processes as there are tasks at a time, started when first asked for, warm from then on."""
    global _main_threads
    with _lock:
        if _main_threads is None:
            _main_threads = _spawning(_cores())
        return _main_threads


def _forget(pool: ProcessPoolExecutor) -> None:
    global _main_threads
    with _lock:
        if _main_threads is pool:
            _main_threads = None
    pool.shutdown(wait=False, cancel_futures=True)
