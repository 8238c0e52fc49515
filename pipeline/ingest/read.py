"""Bytes to a document, or a reason why not. Whatever a source holds, only that source is affected."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

from pipeline.ingest.collections import LOOSE, SourceFile
from pipeline.ingest.document import Content, Document, NotReadable, Rejected
from pipeline.ingest.failures import described, printable
from pipeline.ingest.formats import format_of
from pipeline.ingest.kinds import refusal
from pipeline.ingest.limits import Limits
from pipeline.ingest.opening import Unreadable, read_below
from pipeline.ingest.worker import WorkerFailed, read_apart


def load(file: SourceFile, limits: Limits) -> bytes:
    """The bytes of one source. Raises Unreadable with the reason why not."""
    try:
        return read_below(file.path, _root(file), limits.max_bytes)
    except (OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        reason = getattr(error, "strerror", None) or described(error)
        raise Unreadable(f"cannot be read ({reason}); check that the file is there and readable") from error


def read_bytes(file: SourceFile, data: bytes, limits: Limits) -> Document | Rejected:
    """The document in ``data``, which is what ``file`` holds.

    Never raises for what the file holds; the reason for a refusal is in the answer.
    """
    if file.refusal:
        return rejected(file, b"", file.refusal)
    sha256 = hashlib.sha256(data).hexdigest()
    declared = file.declared.get("sha256")
    if declared and declared.lower() != sha256:
        return rejected(
            file,
            data,
            f"its sha256 is {sha256[:16]}…, but sources.toml says {declared[:16]}…; fetch it again or correct sources.toml",
        )
    if not data:
        return rejected(file, data, "the file is empty")
    format = format_of(data)
    if format is None:
        return rejected(file, data, refusal(data) or "it is of no kind that is read")
    try:
        content = read_apart(format, data, limits) if format.apart else format.read(data, limits)
    except WorkerFailed as error:
        return rejected(file, data, str(error), lasting=error.lasting)
    except NotReadable as error:
        return rejected(file, data, str(error), lasting=error.lasting)
    return Document(
        disclosure_id=sha256[:16],
        collection=file.collection,
        source_file=_name(file),
        source_sha256=sha256,
        source_bytes=len(data),
        declared=file.declared,
        **{each.name: getattr(content, each.name) for each in fields(Content)},
    )


def _root(file: SourceFile) -> Path:
    """The folder that links of ``file`` may not leave: that of all collections."""
    folder = file.path.absolute().parents[file.name.count("/")].resolve()
    return folder if file.collection == LOOSE else folder.parent


def _name(file: SourceFile) -> str:
    return file.name if file.collection.startswith("_") else f"{file.collection}/{file.name}"


def rejected(file: SourceFile, data: bytes, reason: str, lasting: bool = True) -> Rejected:
    """The answer for a source that is not read, and why."""
    # Without bytes there is no digest to name the source by; its place in raw/ has to do.
    digest = hashlib.sha256(data or f"{file.collection}/{file.name}".encode()).hexdigest()
    return Rejected(
        disclosure_id=digest[:16],
        collection=file.collection,
        source_file=_name(file),
        source_sha256=digest if data else None,
        source_bytes=len(data) if data else None,
        media_type=None,
        reason=printable(reason),
        lasting=lasting,
    )
