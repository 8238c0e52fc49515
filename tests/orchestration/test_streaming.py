"""Work is done in batches and parts, by one process or several, once: the bytes of a release never show it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.variations import variation
from pipeline import cli
from pipeline.ingest.collections import each_collection, find_collection
from pipeline.orchestration import extraction, releases
from pipeline.orchestration.build import remember, said_before
from pipeline.orchestration.executors import Here, each, executor
from pipeline.orchestration.extraction import (
    changed_collections,
    extract_collection,
    extracted_collections,
    forget_removed,
    read_index,
    store_of,
)
from pipeline.orchestration.releases import Sizes, forget_unused, make_release
from pipeline.publish.parts import Piece
from pipeline.publish.reading import csv_files, parquet_files, read_table
from pipeline.publish.release import grouped
from pipeline.publish.verify import verify
from pipeline.store import Blob
from tests.sharing import copy_of

pytestmark = pytest.mark.slow

SMALL = Sizes(documents=4, csv_bytes=60_000)
NUMBERS = (*range(1, 9), 60, 61, 120, 121)


def fill(raw: Path, numbers=NUMBERS) -> Path:
    for number in numbers:
        folder = raw / f"collection-{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(variation(number), encoding="utf-8")
    return raw


FOUR = Sizes(documents=4)


def build(raw: Path, out: Path, pool=None, sizes: Sizes = FOUR) -> Path:
    for folder in sorted(raw.iterdir()):
        extract_collection(raw, out, folder.name, pool)
    forget_removed([folder.name for folder in raw.iterdir()], out)
    return make_release(out, pool, sizes=sizes).release.path


def sums(release: Path) -> str:
    return (release / "SHA256SUMS").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    return fill(tmp_path_factory.mktemp("streaming") / "raw")


@pytest.fixture(scope="module")
def made(raw, tmp_path_factory) -> Path:
    """A release in many small files, made in this process."""
    return build(raw, tmp_path_factory.mktemp("made"), sizes=SMALL)


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Path:
    """A raw folder of three documents, and what is made of it; not to be changed."""
    base = Path(tmp_path_factory.mktemp("three"))
    build(fill(base / "raw", (1, 2, 4)), base / "out")
    return base


@pytest.fixture(scope="module")
def four(tmp_path_factory) -> str:
    """The checksums of a release of these three and another document."""
    base = Path(tmp_path_factory.mktemp("four"))
    return sums(build(one_more(fill(base / "raw", (1, 2, 4))), base / "out"))


def one_more(raw: Path) -> Path:
    (raw / "collection-1" / "more.txt").write_text(variation(7), encoding="utf-8")
    return raw


def copied(base: Path, to: Path) -> tuple[Path, Path]:
    """Copies of a raw folder and of what is made of it."""
    return copy_of(base / "raw", to / "raw"), copy_of(base / "out", to / "out")


def test_many_small_files_hold_what_verifies(made):
    assert verify(made) == []
    assert len(csv_files(made, "budget_lines")) > 6
    assert len(parquet_files(made, "numbers")) > 6
    assert read_table(made, "disclosures").height == len(NUMBERS)


def test_a_csv_file_is_no_larger_than_it_may_be_but_for_one_part():
    pieces = [Piece(2024, 1, Blob("", 0, 0), None, size) for size in (40, 50, 20, 300, 10, 90, 5)]
    assert [[piece.csv_bytes for piece in group] for group in grouped(pieces, 100)] == [
        [40, 50],
        [20],
        [300],
        [10, 90],
        [5],
    ]


def test_names_of_parquet_files_sort_by_year_and_all_have_every_column(made):
    for name in ("budget_lines", "disclosures", "code_names"):
        paths = parquet_files(made, name)
        assert sorted(path.name for path in paths) == [path.name for path in paths]
        assert {path.parent for path in paths} == {made / "parquet" / name}
    shown = (made / "README.md").read_text(encoding="utf-8")
    assert "read_parquet('parquet/budget_lines/*.parquet')" in shown


def test_bytes_do_not_depend_on_the_size_of_batches(raw, made, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "BATCH", 1)
    assert sums(build(raw, tmp_path, sizes=SMALL)) == sums(made)


def test_bytes_do_not_depend_on_the_number_of_workers(raw, made, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "BATCH", 2)
    with executor(workers=2) as pool:
        assert not isinstance(pool, Here)
        assert sums(build(raw, tmp_path, pool, sizes=SMALL)) == sums(made)


def watched(monkeypatch) -> tuple[list[str], list[str]]:
    """The files that are extracted, and the keys of parts that are made, from now on."""
    extracted: list[str] = []
    parts: list[str] = []
    one, part = extraction._extract, releases.make_part_of
    monkeypatch.setattr(extraction, "_extract", lambda file, *rest: extracted.append(file.name) or one(file, *rest))
    monkeypatch.setattr(releases, "make_part_of", lambda task: parts.append(task.key) or part(task))
    return extracted, parts


def test_an_added_document_redoes_itself_and_its_part_only(raw, made, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "_TICK", 0)
    before, out = copy_of(raw, tmp_path / "raw"), copy_of(made.parents[1], tmp_path / "out")
    next(before.rglob(f"{NUMBERS[-1]}.txt")).unlink()
    first = build(before, out, sizes=SMALL)
    assert forget_unused(out) > 0  # nothing is left of it
    fill(before, NUMBERS[-1:])
    extracted, parts = watched(monkeypatch)
    second = build(before, out, sizes=SMALL)
    assert (extracted, len(parts)) == ([f"{NUMBERS[-1]}.txt"], 1)
    assert sums(second) == sums(made)
    linked = {os.stat(path).st_ino for path in (first / "parquet").rglob("*.parquet")}
    paths = list((second / "parquet").rglob("*.parquet"))
    assert sum(os.stat(path).st_ino in linked for path in paths) > len(paths) // 2
    assert first != second


def test_a_file_that_was_read_is_not_read_again(tmp_path, monkeypatch):
    raw, out = fill(tmp_path / "raw", (1, 2, 4)), tmp_path / "out"
    monkeypatch.setattr(extraction, "_TICK", 0)
    extract_collection(raw, out, "collection-1")
    extracted, _ = watched(monkeypatch)
    extract_collection(raw, out, "collection-1")
    assert extracted == []
    (raw / "collection-1" / "1.txt").touch()
    extract_collection(raw, out, "collection-1")
    assert extracted == ["1.txt"]


def test_a_file_written_just_before_it_was_read_is_read_again(tmp_path, monkeypatch):
    raw, out = fill(tmp_path / "raw", (1,)), tmp_path / "out"
    extract_collection(raw, out, "collection-1")
    extracted, _ = watched(monkeypatch)
    extract_collection(raw, out, "collection-1")
    assert extracted == ["1.txt"]


def test_a_release_that_was_meddled_with_is_not_linked_again(three, four, tmp_path):
    raw, out = copied(three, tmp_path)
    first = (out / "latest").resolve()
    for path in (*(first / "parquet").rglob("*.parquet"), *(first / "sources").iterdir()):
        data = path.read_bytes()
        path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    second = build(one_more(raw), out)
    assert sums(second) == four
    assert verify(second) == []


def test_what_other_code_made_is_not_used(three, tmp_path, monkeypatch):
    raw, out = copied(three, tmp_path)
    before = (out / "latest").resolve()
    _, parts = watched(monkeypatch)
    assert build(raw, out) == before
    assert parts == []
    monkeypatch.setattr("pipeline.keys.release_digest", lambda: "other code")
    assert build(raw, out) == before
    assert len(parts) == 1


def test_a_removed_document_leaves_what_a_release_without_it_is(raw, made, tmp_path):
    out, copy = copy_of(made.parents[1], tmp_path / "out"), fill(copy_of(raw, tmp_path / "raw"), (300,))
    assert sums(build(copy, out, sizes=SMALL)) != sums(made)
    (copy / "collection-0" / "300.txt").unlink()
    assert sums(build(copy, out, sizes=SMALL)) == sums(made)


@pytest.mark.parametrize("harm", ["cut", "flip", "delete", "empty folder"])
@pytest.mark.parametrize("what", ["documents", "parts", "files"])
def test_a_store_that_was_harmed_is_filled_again(three, four, tmp_path, harm, what):
    raw, out = copied(three, tmp_path)
    one_more(raw)
    for path in spoilt(out, what):
        data = path.read_bytes()
        path.unlink()
        if harm in ("cut", "flip"):
            path.write_bytes(data[:-40] if harm == "cut" else data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        if harm == "delete":
            break
    assert sums(build(raw, out)) == four


def spoilt(out: Path, what: str) -> list[Path]:
    """Where the store keeps documents, parts or the files of parts."""
    paths = sorted(store_of(out).folder.rglob("[0-9a-f]" * 64))
    documents = {entry.document.key for name in extracted_collections(out) for entry in read_index(out, name)}
    files = {path for path in paths if sha256(path.read_bytes()).hexdigest() == path.name}
    found = {
        "documents": [path for path in paths if path.name in documents],
        "parts": [path for path in paths if path.read_bytes()[32:].startswith(b'{"pieces"')],
        "files": [path for path in paths if path in files],
    }[what]
    assert found
    return found


def test_a_document_that_is_missing_when_a_release_is_made_is_extracted_again(three, tmp_path):
    for folder in sorted((three / "raw").iterdir()):
        extract_collection(three / "raw", tmp_path, folder.name)
    for path in store_of(tmp_path).folder.rglob("[0-9a-f]" * 64):
        path.write_bytes(path.read_bytes()[:-1])
    assert sums(make_release(tmp_path, sizes=FOUR).release.path) == sums(three / "out" / "latest")


def test_one_that_has_changed_since_is_not_taken_for_it(tmp_path):
    raw, out = fill(tmp_path / "raw", (1,)), tmp_path / "out"
    extract_collection(raw, out, "collection-1")
    for path in store_of(out).folder.rglob("[0-9a-f]" * 64):
        path.unlink()
    (raw / "collection-1" / "1.txt").write_text(variation(4), encoding="utf-8")
    with pytest.raises(extraction.DiffersHere, match="run the build again"):
        make_release(out)


def test_results_come_with_their_tasks_and_the_first_error_ends_it():
    assert dict(each(Here(), str, range(40), ahead=3)) == {n: str(n) for n in range(40)}
    with pytest.raises(ValueError, match="invalid literal"):
        list(each(Here(), int, ["1", "x", "3"]))


def test_two_builds_at_once_do_not_mix(tmp_path):
    raw = fill(tmp_path / "raw", (3,))
    hold = "import sys, time; from pathlib import Path; from pipeline.publish.locking import alone\n"
    hold += "with alone(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        extract_collection(raw, tmp_path / "out", "collection-0")
        with pytest.raises(RuntimeError, match="another build is writing to .*; wait for it or name another folder"):
            make_release(tmp_path / "out")
    finally:
        holder.kill()
        holder.wait()
    assert make_release(tmp_path / "out").release.written


@pytest.mark.parametrize(
    "change", ["nothing", "a byte of a source", "a file more", "a collection less", "the release is gone"]
)
def test_only_a_build_that_would_change_nothing_is_answered_from_memory(three, tmp_path, monkeypatch, change):
    monkeypatch.setattr(extraction, "_TICK", 0)
    raw, out = copied(three, tmp_path)
    build(raw, out)  # notes which files these copies are
    assert said_before(raw, out) is None
    remember(out, "all as before", True)
    assert said_before(raw, out) == ("all as before", True)
    path = raw / "collection-1" / "1.txt"
    if change == "a byte of a source":
        times = path.stat()
        path.write_bytes(path.read_bytes()[:-1] + b"\t")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif change == "a file more":
        (raw / "collection-1" / "more.txt").write_bytes(b"")
    elif change == "a collection less":
        shutil.rmtree(raw / "collection-2")
    elif change == "the release is gone":
        shutil.rmtree((out / "latest").resolve())
    assert (said_before(raw, out) is None) == (change != "nothing")


def test_a_document_that_changes_while_a_build_runs_is_seen_by_the_next(tmp_path, monkeypatch, capsys):
    raw, out = fill(tmp_path / "raw", (1, 2)), tmp_path / "out"
    path = raw / "collection-1" / "1.txt"
    real = extraction.extract_collection

    def meanwhile(*args, **kwargs):
        extracted = real(*args, **kwargs)
        path.write_text(variation(7), encoding="utf-8")
        return extracted

    command = ["build", "--raw", str(raw), "--out", str(out), "--here"]
    with monkeypatch.context() as patched:
        patched.setattr(extraction, "extract_collection", meanwhile)
        assert cli.main(command) == 0
    first = (out / "latest").resolve()
    assert cli.main(command) == 0
    assert (out / "latest").resolve() != first
    assert "written" in capsys.readouterr().out.splitlines()[-3]


def test_a_collection_is_found_without_a_look_at_the_others(tmp_path):
    raw = fill(tmp_path / "raw", (1, 2, 3))
    (raw / "loose.txt").write_text("x", encoding="utf-8")
    (raw / ".hidden").mkdir()
    (raw / ".hidden" / "x.txt").write_text("x", encoding="utf-8")
    (raw / "empty").mkdir()
    every = list(each_collection(raw))
    assert [each.name for each in every] == ["_loose", "collection-0", "collection-1", "collection-2"]
    assert [find_collection(raw, each.name) for each in every] == every
    assert [find_collection(raw, name) for name in (".hidden", "empty", "gone", "loose.txt")] == [None] * 4


def test_what_the_last_releases_used_is_kept_and_the_rest_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(releases, "_RELEASES", 1)
    raw, out = fill(tmp_path / "raw", (1,)), tmp_path / "out"
    shutil.copytree(raw / "collection-1", raw / "the-same")
    assert read_table(build(raw, out), "disclosures").height == 1
    keys = {entry.document.key for name in extracted_collections(out) for entry in read_index(out, name)}
    assert len(keys) == 2
    shutil.rmtree(raw / "the-same")
    there = []
    for number in (2, 4):
        fill(raw, (number,))
        build(raw, out)
        there.append(sum(store_of(out).has(key) for key in keys))
    assert there == [2, 1]


def test_what_a_release_holds_of_each_document_is_small(raw, made):
    """A hundred thousand of them are held at once."""
    out = made.parents[1]
    read_index(out, "collection-1")
    tracemalloc.start()
    try:
        entries = read_index(out, "collection-1")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(entries) >= 4
    assert held / len(entries) < 3000


def test_only_collections_that_changed_are_extracted_again(tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "_TICK", 0)
    raw, out = fill(tmp_path / "raw", (1, 2, 3)), tmp_path / "out"
    collections = list(each_collection(raw))
    names = [collection.name for collection in collections]
    assert changed_collections(collections, out) == names
    for name in names:
        extract_collection(raw, out, name)
    assert changed_collections(collections, out) == []
    assert changed_collections(collections, out, publish_contacts=True) == names
    path = next((raw / names[0]).glob("*.txt"))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert changed_collections(each_collection(raw), out) == names[:1]
    for path in store_of(out).folder.rglob("[0-9a-f]" * 64):
        path.unlink()
    assert changed_collections(each_collection(raw), out) == names
