"""Work is done in chunks and parts, by one process or several, once: the bytes of a release never show it."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from pathlib import Path

import pytest

from benchmarks.variations import variation
from pipeline import cli
from pipeline.ingest.collections import each_collection, find_collection
from pipeline.orchestration import releasing, unchanged, work
from pipeline.orchestration.executors import Here, each, executor
from pipeline.publish import csvs
from pipeline.publish.files import Sizes
from pipeline.publish.reading import csv_files, parquet_files, read_table
from pipeline.publish.verify import verify
from pipeline.tidy.packs import Packs, read_index

SMALL = Sizes(least_rows=50, most_rows=1000, csv_bytes=60_000)
NUMBERS = (*range(1, 9), 60, 61, 120, 121)


def fill(raw: Path, numbers=NUMBERS) -> Path:
    for number in numbers:
        folder = raw / f"collection-{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(variation(number), encoding="utf-8")
    return raw


def build(raw: Path, out: Path, pool=None, chunk: int = 64, sizes: Sizes | None = None) -> Path:
    for folder in sorted(raw.iterdir()):
        work.extract_one(raw, out, folder.name, pool, chunk=chunk)
    work.forget_removed([folder.name for folder in raw.iterdir()], out)
    return releasing.release_all(out, pool, sizes=sizes, documents_a_part=4).release.path


def sums(release: Path) -> str:
    return (release / "SHA256SUMS").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    return fill(tmp_path_factory.mktemp("streaming") / "raw")


@pytest.fixture(scope="module")
def made(raw, tmp_path_factory) -> Path:
    """A release in many small files, made in this process."""
    return build(raw, tmp_path_factory.mktemp("made"), sizes=SMALL)


def test_many_small_files_hold_what_verifies(made):
    assert verify(made) == []
    assert len(csv_files(made, "budget_lines")) > 6
    assert len(parquet_files(made, "numbers")) > 6
    assert read_table(made, "disclosures").height == len(NUMBERS)


def test_no_file_is_larger_than_it_may_be(made):
    parts = [json.loads(path.read_text("utf-8")) for path in work.parts_folder(made.parents[1]).glob("*/part.json")]
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    seen = 0
    for entry in manifest["files"]:
        if "/disclosure_year=" in entry["path"] and "code_names" not in entry["path"]:
            _, name, year, _ = entry["path"].split("/")
            # A part is not divided between files.
            part = max(each["rows"][name].get(year.partition("=")[2], [0])[0] for each in parts)
            assert entry["rows"] <= max(SMALL.most_rows, part), entry["path"]
            seen += 1
    assert seen > 60


@pytest.mark.parametrize("chunk", [1, 5])
def test_bytes_do_not_depend_on_the_size_of_chunks(raw, made, tmp_path, chunk):
    assert sums(build(raw, tmp_path, chunk=chunk, sizes=SMALL)) == sums(made)


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_number_of_workers(raw, made, tmp_path):
    with executor(workers=3) as pool:
        assert not isinstance(pool, Here)
        assert sums(build(raw, tmp_path, pool, chunk=2, sizes=SMALL)) == sums(made)


def test_an_added_document_redoes_itself_and_its_part_only(raw, made, tmp_path):
    out = tmp_path / "out"
    before = fill(tmp_path / "raw", NUMBERS[:-1])
    first = build(before, out, sizes=SMALL)
    packs = set(work.packs_folder(out).glob("*/*.pack"))
    parts = {path.name for path in work.parts_folder(out).iterdir()}
    fill(before, NUMBERS[-1:])
    second = build(before, out, sizes=SMALL)
    (new,) = set(work.packs_folder(out).glob("*/*.pack")) - packs
    assert len(read_index(new)) == 1
    now = {path.name for path in work.parts_folder(out).iterdir()}
    assert len(parts & now) == len(now) - 1
    assert sums(second) == sums(made)
    shared = [path for path in (second / "parquet").rglob("*.parquet") if os.stat(path).st_nlink > 1]
    assert len(shared) > len(list((second / "parquet").rglob("*.parquet"))) // 2
    assert first != second


def csvs_made(monkeypatch) -> list[tuple[str, str]]:
    """The CSV pieces that are made from rows from now on: table and part."""
    asked: list[tuple[str, str]] = []
    rows_of = csvs._rows_of
    monkeypatch.setattr(
        csvs, "_rows_of", lambda piece, name: asked.append((name, piece.folder.name)) or rows_of(piece, name)
    )
    return asked


@pytest.mark.parametrize("sizes", [SMALL, None])
def test_an_added_document_redoes_files_of_its_year_and_copies_other_parts_rows(raw, tmp_path, monkeypatch, sizes):
    out, other = tmp_path / "out", tmp_path / "other"
    before = fill(tmp_path / "raw", NUMBERS[:-1])
    build(before, out, sizes=sizes)
    fill(before, NUMBERS[-1:])
    asked = csvs_made(monkeypatch)
    second = build(before, out, sizes=sizes)
    assert asked
    # One part has other rows; where files are cut by size, others may begin elsewhere.
    assert sizes is not None or len({part for _, part in asked}) == 1
    written = [path for path in (second / "parquet").rglob("part-*.parquet") if os.stat(path).st_nlink == 1]
    # Number 121 is of 2023, and what it is held against of 2022; names of codes are counted in the whole release.
    years = {path.parent.name for path in written if "code_names" not in path.parts}
    assert "disclosure_year=2023" in years <= {"disclosure_year=2022", "disclosure_year=2023"}
    assert sums(build(before, other, sizes=sizes)) == sums(second)


@pytest.mark.parametrize("sizes", [SMALL, None])
def test_rows_of_a_release_that_was_meddled_with_are_not_copied(raw, tmp_path, sizes):
    out = tmp_path / "out"
    before = fill(tmp_path / "raw", NUMBERS[:-1])
    first = build(before, out, sizes=sizes)
    fill(before, NUMBERS[-1:])
    wanted = sums(build(before, tmp_path / "other", sizes=sizes))
    kept = {path.name: path.read_bytes() for path in (tmp_path / "other" / "latest" / "csv").resolve().iterdir()}
    for path in (first / "csv").iterdir():
        if kept.get(path.name) != (data := path.read_bytes()):  # what is the same is linked, not copied
            times = path.stat()
            path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    second = build(before, out, sizes=sizes)
    assert sums(second) == wanted
    for path in (second / "csv").iterdir():
        assert path.read_bytes() == kept[path.name]


def test_what_other_code_wrote_is_not_used(raw, made, tmp_path, monkeypatch):
    before = fill(tmp_path / "raw", NUMBERS[:-1])
    build(before, tmp_path / "out", sizes=SMALL)
    fill(before, NUMBERS[-1:])
    monkeypatch.setattr(unchanged, "release_fingerprint", lambda: "other code")
    second = build(before, tmp_path / "out", sizes=SMALL)
    assert sums(second) == sums(made)
    assert all(os.stat(path).st_nlink == 1 for path in (second / "parquet").rglob("part-*.parquet"))


def test_a_removed_document_leaves_what_a_release_without_it_is(raw, made, tmp_path):
    out, copy = tmp_path / "out", fill(tmp_path / "raw", (*NUMBERS, 300))
    assert sums(build(copy, out, sizes=SMALL)) != sums(made)
    (copy / "collection-0" / "300.txt").unlink()
    assert sums(build(copy, out, sizes=SMALL)) == sums(made)


@pytest.mark.parametrize("harm", ["cut", "flip", "delete", "empty folder"])
def test_a_store_that_was_harmed_is_filled_again(raw, made, tmp_path, harm):
    build(raw, tmp_path, chunk=3, sizes=SMALL)
    packs = sorted(work.packs_folder(tmp_path).glob("*/*.pack"))
    if harm == "empty folder":
        for path in packs:
            path.unlink()
    elif harm == "delete":
        packs[0].unlink()
    else:
        data = bytearray(packs[0].read_bytes())
        data = data[:-40] if harm == "cut" else data[:-60] + bytes([data[-60] ^ 1]) + data[-59:]
        packs[0].write_bytes(data)
    assert sums(build(raw, tmp_path, sizes=SMALL)) == sums(made)


def test_a_frame_that_was_harmed_is_named_and_extracted_again(raw, made, tmp_path):
    build(raw, tmp_path, sizes=SMALL)
    pack = max(work.packs_folder(tmp_path).glob("*/*.pack"), key=lambda path: path.stat().st_size)
    data = bytearray(pack.read_bytes())
    data[200] ^= 1
    pack.write_bytes(data)
    for part in work.parts_folder(tmp_path).iterdir():
        (part / "part.json").unlink()
    with pytest.raises(RuntimeError, match="run the build again"):
        build(raw, tmp_path, sizes=SMALL)
    assert sums(build(raw, tmp_path, sizes=SMALL)) == sums(made)


@pytest.mark.parametrize(
    ("what", "harm"),
    [
        ("numbers/*.arrow", "written over"),
        ("sources/*.txt", "removed"),
        ("part.json", "written over"),
        ("files.json", "written over"),
        ("told.json", "removed"),
    ],
)
def test_a_part_that_was_meddled_with_is_made_again(raw, made, tmp_path, what, harm):
    build(raw, tmp_path, sizes=SMALL)
    for path in work.parts_folder(tmp_path).rglob(what):
        path.unlink()
        if harm == "written over":
            path.write_bytes(b"{}")
    fill(copy := tmp_path / "raw")
    (copy / "collection-0" / "more.txt").write_text(variation(7), encoding="utf-8")
    assert verify(build(copy, tmp_path, sizes=SMALL)) == []


def test_results_come_with_their_tasks_and_the_first_error_ends_it():
    assert dict(each(Here(), str, range(40), ahead=3)) == {n: str(n) for n in range(40)}
    with pytest.raises(ValueError, match="invalid literal"):
        list(each(Here(), int, ["1", "x", "3"]))


def test_two_builds_at_once_do_not_mix(raw, tmp_path):
    import subprocess
    import sys

    hold = "import sys, time; from pathlib import Path; from pipeline.publish.locking import alone\n"
    hold += "with alone(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        work.extract_one(raw, tmp_path, "collection-0")
        with pytest.raises(RuntimeError, match="another build is writing to .*; wait for it or name another folder"):
            releasing.release_all(tmp_path)
    finally:
        holder.kill()
        holder.wait()
    assert releasing.release_all(tmp_path).release.written


@pytest.mark.parametrize("change", ["nothing", "a byte of a source", "a file more", "the release is gone"])
def test_only_a_build_that_would_change_nothing_is_told_from_memory(tmp_path, change):
    raw, out = fill(tmp_path / "raw", (1, 2)), tmp_path / "out"
    build(raw, out)
    unchanged.remember(unchanged.state_of(raw), out, "all as before", True)
    assert unchanged.told_before(unchanged.state_of(raw), out) == ("all as before", True)
    path = raw / "collection-1" / "1.txt"
    if change == "a byte of a source":
        times = path.stat()
        path.write_bytes(path.read_bytes()[:-1] + b"\t")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif change == "a file more":
        (raw / "collection-1" / "more.txt").write_bytes(b"")
    elif change == "the release is gone":
        shutil.rmtree((out / "latest").resolve())
    assert (unchanged.told_before(unchanged.state_of(raw), out) is None) == (change != "nothing")


def test_a_document_that_changes_while_a_build_runs_is_seen_by_the_next(tmp_path, monkeypatch, capsys):
    raw, out = fill(tmp_path / "raw", (1, 2)), tmp_path / "out"
    path = raw / "collection-1" / "1.txt"
    extract_one = work.extract_one

    def meanwhile(*args, **kwargs):
        extracted = extract_one(*args, **kwargs)
        path.write_text(variation(7), encoding="utf-8")
        return extracted

    command = ["build", "--raw", str(raw), "--out", str(out), "--workers", "1"]
    with monkeypatch.context() as patched:
        patched.setattr(work, "extract_one", meanwhile)
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


def test_packs_of_copies_are_kept_and_those_of_nobody_are_not(tmp_path):
    raw, out = fill(tmp_path / "raw", (1,)), tmp_path / "out"
    shutil.copytree(raw / "collection-1", raw / "the-same")
    release = build(raw, out)
    assert read_table(release, "disclosures").height == 1
    packs = sorted(work.packs_folder(out).glob("*/*.pack"))
    assert [pack.parent.name for pack in packs] == ["collection-1", "the-same"]
    old = work.packs_folder(out) / packs[0].name  # where earlier versions kept them
    shutil.copy(packs[0], old)
    shutil.rmtree(raw / "the-same")
    fill(raw, (2,))
    build(raw, out)
    assert {pack.parent.name for pack in work.packs_folder(out).rglob("*.pack")} == {"collection-1", "collection-2"}
    assert not (work.packs_folder(out) / "the-same").exists()


def test_what_a_release_holds_of_each_document_is_small(raw, made):
    """A hundred thousand of them are held at once."""
    folder = work.packs_folder(made.parents[1]) / "collection-1"
    Packs(folder)
    tracemalloc.start()
    try:
        packs = Packs(folder)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    documents = sum(len(read_index(path)) for path in folder.glob("*.pack"))
    assert documents >= 4
    assert held / documents < 1500, packs


def test_only_collections_that_changed_are_extracted_again(tmp_path):
    raw, out = fill(tmp_path / "raw", NUMBERS), tmp_path / "out"
    collections = list(each_collection(raw))
    names = [collection.name for collection in collections]
    assert work.changed(collections, out) == names
    for name in names:
        work.extract_one(raw, out, name)
    assert work.changed(collections, out) == []
    assert work.changed(collections, out, publish_contacts=True) == names
    path = next((raw / names[0]).glob("*.txt"))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert work.changed(each_collection(raw), out) == names[:1]
    for pack in work.packs_folder(out).glob("*/*.pack"):
        pack.unlink()
    assert work.changed(each_collection(raw), out) == names
