"""A document that the extractor fails on or hangs over costs itself only, and says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.extract import disclosure
from pipeline.extract.forms import load_library
from pipeline.extract.ledger import Token, TwoOwnersError
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.orchestration import chunks
from tests.documents import BUNDLED

FILE = SourceFile(BUNDLED, "beijing-xicheng", BUNDLED.name)


def extracted(monkeypatch, harm, seconds: float = 5.0) -> Extraction:
    """The bundled document with an extractor that does ``harm``."""

    def extract(source, library, publish_contacts=False):
        if not isinstance(source, Rejected):
            harm()
        return disclosure.extract(source, library)

    monkeypatch.setattr(chunks, "extract", extract)
    return chunks.extract_one(FILE, load_library(), Limits(seconds=seconds))


def loop() -> None:
    while True:
        pass


def backtrack() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


@pytest.mark.parametrize("harm", [loop, backtrack])
def test_a_document_that_hangs_is_cut_off(monkeypatch, harm):
    found = extracted(monkeypatch, harm, seconds=0.2)
    assert found.disclosure.status == "quarantined"
    assert found.disclosure.reason.endswith("extracting it took more than 0.2 seconds, and was stopped")
    assert found.rows.numbers == []
    assert found.masked_text == ""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("total"), "the extractor failed on it (KeyError: 'total'); please report this document"),
        (
            RecursionError("too deep"),
            "the extractor failed on it (RecursionError: too deep); please report this document",
        ),
        (MemoryError(), "extracting it needs more memory than there is"),
    ],
)
def test_a_document_that_the_extractor_fails_on_is_quarantined(monkeypatch, error, reason):
    def harm() -> None:
        raise error

    found = extracted(monkeypatch, harm)
    assert (found.disclosure.status, found.disclosure.reason) == ("quarantined", reason)
    assert found.disclosure.source_file.endswith(BUNDLED.name)


def test_a_figure_with_two_owners_stops_the_build(monkeypatch):
    def harm() -> None:
        raise TwoOwnersError(Token(0, 1, "1", None), ("tables", "x"))

    with pytest.raises(TwoOwnersError):
        extracted(monkeypatch, harm)


def test_what_is_not_what_it_was_when_the_build_began_is_kept_under_no_key(tmp_path: Path):
    chunk = chunks.Chunk((("another key", FILE),), tmp_path)
    with pytest.raises(chunks.DiffersHere, match="is not here what it was when the build began"):
        chunks.extract_chunk(chunk)
    assert list(tmp_path.iterdir()) == []
