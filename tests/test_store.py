"""What is kept between builds is found again whole, or made again; what nobody uses goes."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest

from pipeline.keys import document_key, extraction_digest, pages_digest, part_key, release_digest
from pipeline.store import DamagedEntry, Store

KEY = "ab" * 32
ROOT = Path(__file__).parents[1]
Digests = tuple[str, ...]


def never() -> bytes:
    raise AssertionError("it was made again")


def test_a_value_is_made_once(tmp_path):
    store = Store(tmp_path)
    assert store.get(KEY, lambda: b"value") == b"value"
    assert store.get(KEY, never) == b"value"
    assert store.has(KEY)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1] + b"x", lambda data: data[:20], lambda data: b""])
def test_a_damaged_value_is_removed_reported_and_made_again(tmp_path, caplog, spoil):
    store = Store(tmp_path)
    store.put(KEY, b"a value")
    path = store.path(KEY)
    path.write_bytes(spoil(path.read_bytes()))
    assert store.read(KEY) is None
    assert not path.exists()
    assert str(path) in caplog.text
    assert store.get(KEY, lambda: b"another") == b"another"


def test_a_file_is_named_by_its_content_and_seen_to_be_touched(tmp_path):
    store = Store(tmp_path)
    blob = store.add(b"content")
    assert store.path(blob.sha256).read_bytes() == store.content(blob) == b"content"
    assert store.untouched(blob)
    store.path(blob.sha256).write_bytes(b"CONTENT")
    assert not store.untouched(blob)
    with pytest.raises(DamagedEntry, match="run the build again"):
        store.content(blob)
    assert not store.untouched(blob)
    with pytest.raises(DamagedEntry, match="is gone"):
        store.content(blob)
    assert store.untouched(store.add(b"content"))


def test_what_is_in_use_is_not_pruned(tmp_path):
    store = Store(tmp_path)
    store.put(KEY, b"value")
    blob = store.add(b"content")
    (store.path(KEY).parent / ".left.tmp").write_bytes(b"of a killed process")
    with store.in_use():
        store.prune(set())
        assert store.has(KEY)
    store.prune({KEY})
    assert store.has(KEY)
    assert not store.path(blob.sha256).exists()
    assert [path.name for path in store.path(KEY).parent.iterdir()] == [KEY]


def _fill(folder: Path) -> set[bytes]:
    store = Store(folder)
    found = {
        store.get(f"{number % 20:064}", lambda number=number: b"%d" % (number % 20) * 50_000) for number in range(400)
    }
    for number in range(40):
        store.add(b"%d" % (number % 4) * 50_000)
    return found


@pytest.mark.slow
def test_several_processes_use_one_store(tmp_path):
    wanted = {b"%d" % number * 50_000 for number in range(20)}
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_fill, [tmp_path] * 3) == [wanted] * 3
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of all that keys are made of; who changes a file of it changes it back."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("pipeline", "schemas"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", copy)
    return copy


@pytest.fixture(scope="module")
def before(project) -> Digests:
    found = digests(project)
    assert found == digests(ROOT)
    return found


def digests(project: Path) -> Digests:
    """The digests of a project, made anew: the program keeps them as long as it runs."""
    return tuple(digest.__wrapped__(project) for digest in (extraction_digest, release_digest, pages_digest))


@pytest.mark.parametrize(
    ("path", "redone"),
    [
        ("pipeline/ingest/read.py", (True, True, False)),
        ("pipeline/extract/source.py", (True, True, False)),
        ("pipeline/tidy/columns.py", (True, True, False)),
        ("schemas/tables/tables.py", (True, True, True)),
        ("schemas/forms/words.toml", (True, True, True)),
        ("schemas/codes/function.csv", (True, True, True)),
        ("requirements.lock", (True, True, True)),
        ("pipeline/tidy/frames.py", (False, True, False)),
        ("pipeline/reconcile/engine.py", (False, True, False)),
        ("pipeline/publish/files.py", (False, True, True)),
        ("pipeline/disk.py", (False, True, True)),
        ("schemas/rules/6-codes.toml", (False, True, True)),
        ("pipeline/publish/site/templates/base.html.j2", (False, False, True)),
        ("pipeline/cli.py", (False, False, False)),
    ],
)
def test_what_can_change_a_result_is_in_its_key(project, before, path, redone):
    held = (project / path).read_bytes()
    (project / path).write_bytes(held + b"\n")
    try:
        after = digests(project)
    finally:
        (project / path).write_bytes(held)
    assert tuple(a != b for a, b in zip(before, after, strict=True)) == redone


def test_bytes_names_declarations_and_the_setting_for_contacts_are_in_the_key_of_a_document():
    def key(sha256="0", name="a/b.txt", declared=None, refusal=None, publish_contacts=False):
        return document_key(sha256, name, declared or {}, refusal, publish_contacts=publish_contacts)

    others = [
        key("1"),
        key(name="a/c.txt"),
        key(declared={"stage": "budget"}),
        key(refusal="no"),
        key(publish_contacts=True),
    ]
    assert len({key(), *others}) == 6
    assert key(name="a/\udcff.txt") != key()


def test_documents_and_their_order_are_in_the_key_of_a_part():
    assert len({part_key(each) for each in (["a", "b"], ["b", "a"], ["a"], ["ab"])}) == 4


def test_content_that_is_added_twice_stays_the_file_it_was(tmp_path):
    store = Store(tmp_path)
    blob = store.add(b"content")
    assert store.add(b"content") == blob
    assert store.untouched(blob)
