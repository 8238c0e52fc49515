"""What documents do that hang or end the process, for processes that import it by name."""

from __future__ import annotations

import os
import signal

from pipeline.extract import disclosure
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.orchestration import chunks


def hang(chunk: chunks.Chunk) -> str:
    """``extract_chunk`` with an extractor that never ends, under a limit of a second."""

    def extract(source, library, publish_contacts=False):
        while not isinstance(source, Rejected):
            pass
        return disclosure.extract(source, library)

    kept = chunks.extract, chunks.Limits
    chunks.extract, chunks.Limits = extract, lambda: Limits(seconds=1.0)
    try:
        return chunks.extract_here(chunk)
    finally:
        chunks.extract, chunks.Limits = kept


def die(chunk: chunks.Chunk) -> str:
    """What the kernel does to a process for which there is no memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return ""
