"""Where work is done: in this process, in a pool of processes, or on a cluster. All give the same results."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

_A = TypeVar("_A")
_R = TypeVar("_R")


class Here(Executor):
    """Does each call at once, in this process: nothing to start, for a few documents."""

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
            # Polars and Arrow run threads of their own, which a forked process would not have.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=end_with_parent)
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with_parent() -> None:
    """A worker whose parent was killed would wait for work forever: it ends, too."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_open: dict[tuple[int, str], Executor] = {}


@contextmanager
def executor(workers: int = 0, scheduler: str = "") -> Iterator[Executor]:
    """An executor of ``workers`` processes (0: one a core), or of the cluster at ``scheduler``.

    Inside the block of another one with the same settings it is that one, whose processes are warm. One worker is this
    process itself; processes start when there is work for them. Raises ClusterError where the cluster cannot be used.
    """
    settings = workers or cores(), scheduler
    if settings in _open:
        yield _open[settings]
        return
    with _new(*settings) as found:
        _open[settings] = found
        try:
            yield found
        finally:
            del _open[settings]


@contextmanager
def _new(workers: int, scheduler: str) -> Iterator[Executor]:
    if scheduler:
        from pipeline.orchestration.cluster import cluster_executor

        with cluster_executor(scheduler) as found:
            yield found
    elif workers == 1:
        yield Here()
    else:
        pool = Processes(workers)
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def each(
    pool: Executor | None, fn: Callable[[_A], _R], tasks: Sequence[_A], ahead: int = 16
) -> Iterator[tuple[_A, _R]]:
    """Each task with its result as they finish, in no order; at most ``ahead`` wait at a time.

    A single task is done here: starting a process costs more. The first error ends it: what has not begun is
    cancelled, and the error is raised.
    """
    if pool is None or (len(tasks) == 1 and isinstance(pool, Processes)):
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
