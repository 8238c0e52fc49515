"""Documents for tests: the bundled one, variants of it, and real ones where they are at hand."""

from __future__ import annotations

import copy
import os
import pickle
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document, Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.opening import Unreadable
from pipeline.ingest.read import load, read_bytes, rejected
from schemas.rows import Row

RowT = TypeVar("RowT", bound=Row)

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "raw" / "beijing-xicheng" / "2022-budget-foreign-affairs-office.txt"


def read(data: bytes, name: str = "x.txt") -> Extraction:
    file = SourceFile(Path("raw") / "test" / name, "test", name)
    return extract(read_bytes(file, data, Limits()), load_library())


def bundled() -> Extraction:
    """What is read of the bundled document: read once, and given as a copy, which a test may change."""
    extraction: Extraction = pickle.loads(_bundled())
    return extraction


@cache
def _bundled() -> bytes:
    return pickle.dumps(read(BUNDLED.read_bytes()))


def read_source_bytes(file: SourceFile, data: bytes) -> Document | Rejected:
    """What a build reads of ``data``, were it in ``file``."""
    return read_bytes(file, data, Limits())


def changed(row: RowT, **values: object) -> RowT:
    """A copy of a row with other values."""
    other = copy.copy(row)
    for name, value in values.items():
        setattr(other, name, value)
    return other


def read_source(file: SourceFile) -> Document | Rejected:
    """What a build reads of ``file``."""
    try:
        return read_bytes(file, b"" if file.refusal else load(file, Limits()), Limits())
    except Unreadable as error:
        return rejected(file, b"", str(error))


def real(name: str) -> bytes:
    folder = Path(os.environ.get("DISCLOSURES_DIR", ROOT.parent / "shared" / "real"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"the real document {name} is not at hand (set DISCLOSURES_DIR)")
    return path.read_bytes()
