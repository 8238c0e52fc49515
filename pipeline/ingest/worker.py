"""A process of its own for untrusted formats: limits of processor time and memory, and a crash that costs one document only."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.util
import resource
import signal
from multiprocessing.connection import Connection
from typing import Any

from pipeline.ingest import progress
from pipeline.ingest.children import allow_children
from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.failures import described, is_lasting
from pipeline.ingest.formats import Format, format_named
from pipeline.ingest.limits import Limits

_RECYCLE_AFTER = 200
#: Seconds that starting may take: a second where nothing else runs, more on a machine that is short of both cores.
_START = 120.0
#: The least memory with which reading makes sense, in bytes.
_ROOM = 32 << 20


class WorkerFailed(ValueError):
    """The worker could not read a source; the message is for a person.

    ``lasting`` is false where it was stopped or ended, which may be for want of time or memory.
    """

    def __init__(self, reason: str, lasting: bool = True) -> None:
        self.lasting = lasting
        super().__init__(reason)


class NoWorker(RuntimeError):  # noqa: N818 - says what is missing
    """The worker does not start. That is no document's fault, so none is quarantined for it."""


class _Worker:
    """One child, used for many documents, replaced when it fails and after a while (libraries leak).

    Raises NoWorker where it does not start.
    """

    def __init__(self, limits: Limits) -> None:
        allow_children()
        context = multiprocessing.get_context("spawn")
        self.limits, self.served = limits, 0
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, limits), daemon=False)
        try:
            self.process.start()
            theirs.close()
            started = self.pipe.poll(_START) and self.pipe.recv() == "ready"
        except (EOFError, OSError, RuntimeError):  # a script without a guard is a RuntimeError
            started = False
        if not started:
            self.stop()
            raise NoWorker(
                f"the process that reads documents did not start (exit {self.process.exitcode}): memory or processes are short "
                f"(it is allowed {limits.memory_bytes >> 20} MB), or a script that calls this has no "
                "`if __name__ == '__main__':` around what it does; what it printed above says which"
            )

    def ask(self, name: str, data: bytes) -> tuple[str, Any]:
        """What became of ``data`` of the format ``name``: "read" and its content, or "refused", "later" or "failed" and why.

        After "failed" the worker is of no more use.
        """
        self.served += 1
        try:
            self.pipe.send(name)
            self.pipe.send_bytes(data)
            if not self.pipe.poll(self.limits.patience):
                return "failed", f"reading it came to nothing in {self.limits.patience:g} seconds, and was stopped"
            answer: tuple[str, Any] = self.pipe.recv()
            return answer
        except (EOFError, OSError):
            self.process.join(5)
            code = self.process.exitcode
            if code == -signal.SIGPROF:
                return "failed", f"reading it took more than {self.limits.seconds:g} seconds, and was stopped"
            return "failed", f"reading it ended the worker (exit {code}); the {name} is broken or needs too much memory"

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.pipe.close()
        if self.process.pid is not None:  # else it never started
            self.process.kill()
            self.process.join(5)


_worker: _Worker | None = None


def read_apart(format: Format, data: bytes, limits: Limits) -> Content:
    """What ``data`` holds, read in the worker. Raises WorkerFailed with a reason for a person, and NoWorker."""
    worker = _worker_for(limits)
    alone = worker.served == 0
    kind, answer = worker.ask(format.name, data)
    if kind == "failed":
        stop_worker()
        if not alone:  # what was read before may have left too little memory
            return read_apart(format, data, limits)
    if isinstance(answer, Content):
        return answer
    raise WorkerFailed(str(answer), lasting=kind == "refused")


def _worker_for(limits: Limits) -> _Worker:
    """The worker with these limits, a new one where there is none or it has served long. Raises NoWorker."""
    global _worker
    if (
        _worker is None
        or _worker.limits != limits
        or not _worker.process.is_alive()
        or _worker.served >= _RECYCLE_AFTER
    ):
        stop_worker()
        _worker = _Worker(limits)
    return _worker


def stop_worker() -> None:
    """End the child, if there is one."""
    global _worker
    if _worker is not None:
        _worker.stop()
        _worker = None


# Not atexit: a process of a pool runs none of it, and waits at its end for the children it has.
multiprocessing.util.Finalize(None, stop_worker, exitpriority=100)


def _serve(pipe: Connection, limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))

    bytearray(_ROOM)  # where the limit leaves no room at all, it is not the document's fault
    # A page that is recognised takes seconds: each has the time of a source anew.
    progress.listen(lambda: signal.setitimer(signal.ITIMER_PROF, limits.seconds))
    pipe.send("ready")
    while True:
        try:
            name, data = pipe.recv(), pipe.recv_bytes()
        except EOFError:
            return
        # Nothing handles the signal, so that it ends also what runs outside of Python.
        signal.setitimer(signal.ITIMER_PROF, limits.seconds)
        answer = _read(name, data, limits)
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answer)


def _read(name: str, data: bytes, limits: Limits) -> tuple[str, Content | str]:
    """See ``_Worker.ask``."""
    try:
        return "read", format_named(name).read(data, limits)
    except NotReadable as error:
        return "refused" if error.lasting else "later", str(error)
    except MemoryError:
        return "failed", f"reading it needs more than {limits.memory_bytes >> 20} MB of memory, and was stopped"
    except RecursionError:
        return "refused", f"the {name} is nested deeper than any document needs; fetch it again"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a parser of untrusted bytes may raise anything, also what is no Exception
        if not is_lasting(error):
            return "failed", f"reading it failed for want of something ({described(error)})"
        return "refused", f"the {name} is broken ({described(error)}); fetch it again"
