"""``yusuan verify``: a release checked against nothing but its own files. Changes nothing; needs no Dagster.

What is checked stands in ``pipeline.publish.verification``, a module a subject: bytes, rows, places, figures.
The text of one year's rows is held at a time.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.publish.reading import ReleaseError, read_manifest, read_table
from pipeline.publish.verification import bytes_of, csv_of, figures, formulas, ledger, places, rows
from pipeline.publish.verification.fault import Fault
from schemas.tables import TABLES

__all__ = ["Fault", "ReleaseError", "read_table", "verify"]


def verify(release: Path) -> list[Fault]:
    """Every fault of the release in ``release``; an empty list where there is none. Raises ReleaseError.

    Bytes come first: where files are missing or cannot be read, rows are not judged on what is left of them.
    """
    manifest = read_manifest(release)
    faults = bytes_of.faults(release, manifest)
    frames: dict[str, pl.DataFrame] = {}
    for name in TABLES:
        unfit, frame = rows.read(release, name)
        faults += unfit
        if frame is not None:
            frames[name] = frame
    if len(frames) < len(TABLES):
        return faults
    texts, unread = places.read_texts(release, frames["disclosures"])
    faults += unread
    for subject in (rows, csv_of, figures):
        faults += subject.faults(release, frames)
    faults += ledger.faults(frames, texts)
    faults += places.faults(frames, texts)
    faults += formulas.faults(frames, texts)
    return faults
