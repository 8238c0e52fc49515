"""What documents do that hang or end the process, for processes that import it by name."""

from __future__ import annotations

import os
import signal

from pipeline.extract import disclosure, source
from pipeline.ingest import limits
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.orchestration.extraction import Batch, Entry, extract_here


def hang(batch: Batch) -> list[Entry]:
    """``extract_batch`` with an extractor that never ends, under a limit of a second."""

    def extract(found, library, publish_contacts=False):
        while not isinstance(found, Rejected):
            pass
        return disclosure.extract(found, library)

    kept = source.extract, limits.Limits
    source.extract, limits.Limits = extract, lambda: Limits(seconds=1.0)
    try:
        return extract_here(batch)
    finally:
        source.extract, limits.Limits = kept


def die(batch: Batch) -> list[Entry]:
    """What the kernel does to a process for which there is no memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def die_of_one(batch: Batch) -> list[Entry]:
    """``extract_batch`` that a document with a name of its own ends."""
    return die(batch) if any(file.name == "deadly.txt" for file, _ in batch.files) else extract_here(batch)
