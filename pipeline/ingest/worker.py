"""A process of its own for untrusted formats: limits of time and memory, and a crash that costs one document only."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.util
import resource
from multiprocessing.connection import Connection
from typing import Any

from pipeline.ingest import progress
from pipeline.ingest.children import allow_children
from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats import Format, format_named
from pipeline.ingest.limits import Limits

_RECYCLE_AFTER = 200
#: Seconds that starting may take: a second where nothing else runs, more on a machine that is short of both cores.
_START = 120.0
#: What the child says when it begins a page that is recognised, which has the seconds of ``Limits`` anew.
_AT_WORK = ("at work", None)
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
        self.process.start()
        theirs.close()
        try:
            started = self.pipe.poll(_START) and self.pipe.recv() == "ready"
        except (EOFError, OSError):
            started = False
        if not started:
            self.stop()
            raise NoWorker(
                f"the process that reads documents did not start (exit {self.process.exitcode}): memory or processes are short "
                f"(it is allowed {limits.memory_bytes >> 20} MB), or a script that calls this has no "
                "`if __name__ == '__main__':` around what it does; what it printed above says which"
            )

    def ask(self, name: str, data: bytes) -> tuple[str, Any]:
        """What became of ``data`` of the format ``name``: "read" and its content, or "refused" or "failed" and why."""
        self.served += 1
        try:
            self.pipe.send(name)
            self.pipe.send_bytes(data)
            while self.pipe.poll(self.limits.seconds):
                answer: tuple[str, Any] = self.pipe.recv()
                if answer != _AT_WORK:
                    return answer
            return "failed", f"reading it took more than {self.limits.seconds:g} seconds, and was stopped"
        except (EOFError, OSError):
            self.process.join(5)
            code = self.process.exitcode
            return "failed", f"reading it ended the worker (exit {code}); the {name} is broken or needs too much memory"

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.pipe.close()
        self.process.kill()
        self.process.join(5)


_worker: _Worker | None = None


def read_apart(format: Format, data: bytes, limits: Limits) -> Content:
    """What ``data`` holds, read in the worker. Raises WorkerFailed with a reason for a person, and NoWorker."""
    global _worker
    if (
        _worker is None
        or _worker.limits != limits
        or not _worker.process.is_alive()
        or _worker.served >= _RECYCLE_AFTER
    ):
        stop_worker()
        _worker = _Worker(limits)
    kind, answer = _worker.ask(format.name, data)
    if isinstance(answer, Content):
        return answer
    if kind == "failed":
        stop_worker()
    raise WorkerFailed(str(answer), lasting=kind != "failed")


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
    progress.listen(lambda: pipe.send(_AT_WORK))
    pipe.send("ready")
    while True:
        try:
            name, data = pipe.recv(), pipe.recv_bytes()
        except EOFError:
            return
        try:
            pipe.send(("read", format_named(name).read(data, limits)))
        except NotReadable as error:
            pipe.send(("refused", str(error)))
        except MemoryError:
            pipe.send(
                ("failed", f"reading it needs more than {limits.memory_bytes >> 20} MB of memory, and was stopped")
            )
        except RecursionError:
            pipe.send(("refused", f"the {name} is nested deeper than any document needs; fetch it again"))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a parser of untrusted bytes may raise anything, also what is no Exception
            pipe.send(("refused", f"the {name} is broken ({type(error).__name__}: {error}); fetch it again"))
