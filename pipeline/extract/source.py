"""One source to records, within limits of processor time and memory: whatever it holds, only this one is affected."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import Library
from pipeline.extract.ledger import TwoOwnersError
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Rejected
from pipeline.ingest.failures import described, is_lasting
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes, rejected
from pipeline.ingest.worker import NoWorker


class TookTooLong(RuntimeError):  # noqa: N818 - says what a document did
    """Extraction of one document was cut off."""


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Raise TookTooLong in the block after so many seconds of processor time, MemoryError where it takes too much.

    Time counts that this process works, not that it waits for others. Signals reach the main thread only; elsewhere
    nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"extracting it took more than {limits.seconds:g} seconds, and was stopped")

    before = signal.signal(signal.SIGPROF, stop)
    memory, most = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_above_held(limits.memory_bytes, memory), most))
        signal.setitimer(signal.ITIMER_PROF, limits.seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (memory, most))
        signal.signal(signal.SIGPROF, before)


def _above_held(room: int, limit: int) -> int:
    """The limit of address space that leaves ``room`` above what is held now; never more than ``limit``, which stands."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return limit
    wanted = int(statm.read_text().split()[0]) * resource.getpagesize() + room
    return wanted if limit == resource.RLIM_INFINITY else min(wanted, limit)


def extract_source(
    file: SourceFile, data: bytes, library: Library, limits: Limits, publish_contacts: bool = False
) -> tuple[Extraction, bool]:
    """The records of ``file``, which holds ``data``, and whether they would be the same another time.

    A document that a reader or the extractor fails on or hangs over is quarantined and says so. What a limit of time or
    memory ended may go well when the machine has less to do. Raises NoWorker, which is no document's fault.
    """
    try:
        with limited(limits):
            source = read_bytes(file, data, limits)
            return extract(source, library, publish_contacts), not isinstance(source, Rejected) or source.lasting
    except NoWorker:
        raise
    except Exception as error:  # any other document is still good; the reason is published with this one
        return quarantined(file, data, library, error)


def quarantined(file: SourceFile, data: bytes, library: Library, error: Exception) -> tuple[Extraction, bool]:
    """The row of a source for which ``error`` was raised, and whether it would be raised another time."""
    lasting = is_lasting(error)
    if isinstance(error, TookTooLong):
        reason, lasting = str(error), False
    elif isinstance(error, MemoryError):
        reason = "extracting it needs more memory than there is"
    elif isinstance(error, TwoOwnersError):
        reason = (
            f"two readers claim one number of it, which would be published twice ({error}); please report this document"
        )
    else:
        reason = f"the extractor failed on it ({described(error)}); please report this document"
    return extract(rejected(file, data, reason, lasting), library), lasting
