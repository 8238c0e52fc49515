"""A document that the extractor fails on or hangs over costs itself only, and says why."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extract import disclosure, source
from pipeline.extract.forms import load_library
from pipeline.extract.ledger import Token, TwoOwnersError
from pipeline.extract.records import Extraction
from pipeline.ingest import limits
from pipeline.ingest.collections import SourceFile, each_collection
from pipeline.ingest.document import Rejected
from pipeline.ingest.limits import Limits
from pipeline.orchestration import extraction
from pipeline.orchestration.extraction import (
    DiffersHere,
    batches,
    changed_collections,
    extract_batch,
    extract_collection,
    read_index,
)
from pipeline.orchestration.releases import make_release
from pipeline.publish.reading import read_table
from pipeline.store import Store
from tests.documents import BUNDLED

pytestmark = pytest.mark.slow

FILE = SourceFile(BUNDLED, "beijing-xicheng", BUNDLED.name)


def extracted(monkeypatch, harm, seconds: float = 5.0) -> Extraction:
    """The bundled document with an extractor that does ``harm``."""

    def extract(source, library, publish_contacts=False):
        if not isinstance(source, Rejected):
            harm()
        return disclosure.extract(source, library)

    monkeypatch.setattr(source, "extract", extract)
    found, lasting = source.extract_source(FILE, BUNDLED.read_bytes(), load_library(), Limits(seconds=seconds))
    assert lasting == ("please report" in (found.disclosure.reason or ""))
    return found


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


@pytest.mark.parametrize("other", ["size", "code"])
def test_what_is_not_what_it_was_when_the_build_began_is_kept_under_no_key(tmp_path: Path, other):
    (batch,) = batches([FILE], Store(tmp_path))
    changed = {"size": {"files": ((FILE, 1),)}, "code": {"digest": "other"}}[other]
    with pytest.raises(DiffersHere, match="is not here what it was when the build began"):
        extract_batch(replace(batch, **changed))
    assert list(tmp_path.iterdir()) == []


def test_what_a_limit_ended_is_published_and_tried_again_by_the_next_build(tmp_path: Path, monkeypatch):
    raw, out = tmp_path / "raw", tmp_path / "out"
    monkeypatch.setattr(extraction, "_TICK", 0)
    (raw / "c").mkdir(parents=True)
    shutil.copy(BUNDLED, raw / "c")
    collections = list(each_collection(raw))

    def statuses() -> list[str]:
        extract_collection(raw, out, "c")
        release = make_release(out).release.path
        return read_table(release, "disclosures")["status"].to_list()

    with monkeypatch.context() as patched:
        patched.setattr(
            source,
            "extract",
            lambda found, *_: disclosure.extract(found, load_library()) if isinstance(found, Rejected) else loop(),
        )
        patched.setattr(limits, "Limits", lambda: Limits(seconds=0.2))
        assert statuses() == ["quarantined"]
        assert changed_collections(collections, out) == ["c"]
    assert statuses() == ["complete"]
    assert changed_collections(collections, out) == []


def test_a_file_that_cannot_be_read_is_tried_again_by_the_next_build(tmp_path: Path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "c").mkdir(parents=True)
    (raw / "c" / "x.txt").symlink_to(tmp_path / "gone.txt")
    extract_collection(raw, out, "c")
    (entry,) = read_index(out, "c")
    assert not entry.lasting
    assert changed_collections(each_collection(raw), out) == ["c"]
