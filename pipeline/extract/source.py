"""One source to records, within a limit of time: whatever a document does, only that document is affected."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import Library
from pipeline.extract.ledger import TwoOwnersError
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes


class TookTooLong(RuntimeError):  # noqa: N818 - says what a document did
    """Extraction of one document was cut off."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Cut the block off after ``seconds``. Signals reach the main thread only; elsewhere there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"extracting it took more than {seconds:g} seconds, and was stopped")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def extract_source(
    file: SourceFile, data: bytes, library: Library, limits: Limits, publish_contacts: bool = False
) -> tuple[Extraction, bool]:
    """The records of ``file``, which holds ``data``, and whether they would be the same another time.

    A document that the extractor fails on or hangs over is quarantined and says so. What a limit of time or memory
    ended may go well when the machine has less to do. Raises TwoOwnersError: a figure that would be published twice is a
    fault of ours that stops the build.
    """
    lasting = True
    source = read_bytes(file, data, limits)
    if isinstance(source, Rejected):
        return extract(source, library), source.lasting
    try:
        with _within(limits.seconds):
            return extract(source, library, publish_contacts), True
    except TwoOwnersError:
        raise
    except TookTooLong as error:
        reason, lasting = str(error), False
    except MemoryError:
        reason, lasting = "extracting it needs more memory than there is", False
    except Exception as error:  # any other document is still good; the reason is published with this one
        reason = f"the extractor failed on it ({type(error).__name__}: {error}); please report this document"
    failed = Rejected(
        disclosure_id=source.disclosure_id,
        collection=source.collection,
        source_file=source.source_file,
        source_sha256=source.source_sha256,
        source_bytes=source.source_bytes,
        media_type=source.media_type,
        reason=reason,
    )
    return extract(failed, library), lasting
