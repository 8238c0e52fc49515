"""What a worker does with a chunk of documents: reads and extracts each, and keeps them as one pack."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import Library, load_library
from pipeline.extract.keys import Keys
from pipeline.extract.ledger import TwoOwnersError
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_source
from pipeline.orchestration.executors import in_main_thread
from pipeline.tidy.packs import Keyed, write_pack


@dataclass(frozen=True, slots=True)
class Chunk:
    """Files with the first part of their keys, the folder of packs to which they go, and the setting of the build."""

    files: tuple[tuple[str, SourceFile], ...]
    folder: Path
    publish_contacts: bool = False


class DiffersHere(RuntimeError):  # noqa: N818 - says what is the matter
    """A worker does not see what whoever sent the work saw."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name} is not here what it was when the build began (on {socket.gethostname()}): the file was changed "
            "meanwhile, or this worker has another folder, other code or other forms; run the build again"
        )

    def __reduce__(self) -> tuple[type[DiffersHere], tuple[str]]:
        return type(self), (self.name,)


class TookTooLong(RuntimeError):  # noqa: N818 - says what a document did
    """Extraction of one document was cut off."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Cut the block off after ``seconds``, in a main thread (see ``in_main_thread``)."""
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


def extract_one(file: SourceFile, library: Library, limits: Limits, publish_contacts: bool = False) -> Extraction:
    """The records of one file. A document that the extractor fails on or hangs over is quarantined and says so.

    Raises TwoOwnersError: a figure that would be published twice is a fault of ours that stops the build.
    """
    source = read_source(file, limits)
    try:
        with _within(limits.seconds):
            return extract(source, library, publish_contacts)
    except TwoOwnersError:
        raise
    except TookTooLong as error:
        reason = str(error)
    except MemoryError:
        reason = "extracting it needs more memory than there is"
    except Exception as error:  # any other document is still good; the reason is published with this one
        reason = f"the extractor failed on it ({type(error).__name__}: {error}); please report this document"
    return extract(
        Rejected(
            disclosure_id=source.disclosure_id,
            collection=source.collection,
            source_file=source.source_file,
            source_sha256=source.source_sha256,
            source_bytes=source.source_bytes,
            media_type=source.media_type,
            reason=reason,
        ),
        library,
    )


def extract_chunk(chunk: Chunk) -> str:
    """Extract the files of ``chunk``; returns the name of the pack that holds them, in their order."""
    return in_main_thread(extract_here, chunk)


def extract_here(chunk: Chunk) -> str:
    """``extract_chunk`` in this thread: documents that hang are cut off in a main thread only."""
    library = load_library()
    keys = Keys(library, publish_contacts=chunk.publish_contacts)
    documents = []
    for source_key, file in chunk.files:
        # Never keep under a key what the key does not say: not every worker need see the same folder.
        if keys.file(file)[0] != source_key:
            raise DiffersHere(f"{file.collection}/{file.name}")
        extraction = extract_one(file, library, Limits(), chunk.publish_contacts)
        documents.append(Keyed(source_key, keys.forms(extraction.families), extraction))
    return write_pack(chunk.folder, documents)


def chunked(
    files: Sequence[tuple[str, int, SourceFile]],
    folder: Path,
    size: int,
    publish_contacts: bool = False,
    pdf_weight: int = 16,
) -> Iterator[Chunk]:
    """``files`` (key, bytes, file) in chunks of ``size`` texts of some 30 KB; a PDF or a long text counts for more."""
    held: list[tuple[str, SourceFile]] = []
    weight = 0
    for key, length, file in files:
        weight += max(pdf_weight if file.name.lower().endswith(".pdf") else 1, length // 65_536)
        held.append((key, file))
        if weight >= size:
            yield Chunk(tuple(held), folder, publish_contacts)
            held, weight = [], 0
    if held:
        yield Chunk(tuple(held), folder, publish_contacts)
