"""What is damaged is found when it is used, said, and made again; nothing damaged goes into a new release."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.orchestration.extraction import extract_collection, store_of
from pipeline.orchestration.releases import make_release
from pipeline.publish.changes import LAST, log_changes
from pipeline.publish.verify import verify
from tests.documents import BUNDLED
from tests.sharing import copy_of

TEXT = BUNDLED.read_text(encoding="utf-8")


def fill(raw: Path, *texts: str) -> Path:
    (raw / "c").mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (raw / "c" / f"{number}.txt").write_text(text, encoding="utf-8")
    return raw


def release(raw: Path, out: Path) -> Path:
    extract_collection(raw, out, "c")
    return make_release(out).release.path


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    """A raw folder and what is made of it; not to be changed."""
    base = Path(tmp_path_factory.mktemp("once"))
    release(fill(base / "raw", TEXT), base / "out")
    return base


@pytest.fixture
def made(once: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """A copy of these, with their times, and the release in it."""
    for name in ("raw", "out"):
        copy_of(once / name, tmp_path / name)
    return tmp_path / "raw", tmp_path / "out", (tmp_path / "out" / "latest").resolve()


def flip(path: Path) -> None:
    """Change a byte in place, as a disk would: size and time stay."""
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _dangling(out: Path, made: Path) -> None:
    shutil.rmtree(made)


def _a_file(out: Path, made: Path) -> None:
    (out / "latest").unlink()
    (out / "latest").write_text("releases/x")


def _half(out: Path, made: Path) -> None:
    shutil.rmtree(made / "parquet" / "tables")


def _elsewhere(out: Path, made: Path) -> None:
    (out / "latest").unlink()
    (out / "latest").symlink_to("releases/0000000000000000")


def _gone(out: Path, made: Path) -> None:
    (out / "latest").unlink()


def _flipped(name: str) -> Callable[[Path, Path], None]:
    return lambda out, made: flip(next(made.rglob(name)))


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "latest leads nowhere": _dangling,
    "latest is a file": _a_file,
    "latest leads to half a release": _half,
    "latest leads elsewhere": _elsewhere,
    "a byte of Parquet, which the store has, too": _flipped("2022-00000.parquet"),
    "a byte of CSV": _flipped("budget_lines.csv"),
    "a byte of a text, which the store has, too": _flipped("*.txt"),
    "a byte of the README": _flipped("README.md"),
    "no manifest": lambda out, made: (made / "manifest.json").unlink(),
}


#: Always made; the others when there is time.
OFTEN = {"a byte of CSV"}


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=[] if what in OFTEN else [pytest.mark.slow]) for what in DAMAGES]
)
def test_a_damaged_release_is_made_again(made, caplog, what):
    raw, out, before = made
    DAMAGES[what](out, before)
    again = release(raw, out)
    assert again == before
    assert (out / "latest").resolve() == before
    assert verify(before, release_id=before.name) == []
    assert "made again" in caplog.text
    assert not list((out / "releases").glob(".tmp*"))


def test_latest_that_is_gone_is_there_again(made):
    raw, out, before = made
    _gone(out, before)
    assert release(raw, out) == (out / "latest").resolve()


def entries(out: Path) -> list[Path]:
    return [path for path in store_of(out).folder.rglob("*") if path.is_file() and path.name != ".lock"]


@pytest.mark.slow
def test_every_entry_of_the_store_may_be_damaged_and_none_gets_into_a_release(made, caplog):
    raw, out, _ = made
    (raw / "c" / "1.txt").write_text(TEXT + "\n", encoding="utf-8")
    assert len(entries(out)) > 20
    for path in entries(out):
        flip(path)
    after = release(raw, out)
    assert verify(after) == []
    assert "damaged" in caplog.text


@pytest.mark.slow
def test_an_entry_that_is_damaged_while_a_release_is_written_is_made_again(made, monkeypatch, caplog):
    raw, out, _ = made
    (raw / "c" / "1.txt").write_text(TEXT + "\n", encoding="utf-8")
    extract_collection(raw, out, "c")
    from pipeline.orchestration import releases

    before, harmed = releases._parts, []

    def parts(*given: object) -> object:
        found = before(*given)  # type: ignore[arg-type]
        if not harmed:
            harmed.append(1)
            for blob in found[0].blobs():
                flip(store_of(out).path(blob.sha256))
        return found

    monkeypatch.setattr(releases, "_parts", parts)
    assert verify(make_release(out).release.path) == []
    assert "it is made again" in caplog.text


@pytest.mark.slow
def test_an_older_release_that_is_damaged_has_no_change_log(made, caplog):
    raw, out, before = made
    log_changes(out)
    flip(next(before.rglob("budget_lines.csv")))
    (raw / "c" / "1.txt").write_text(TEXT + "\n", encoding="utf-8")
    after = release(raw, out)
    assert log_changes(out) is None
    assert f"release {before.name} is damaged (csv/budget_lines.csv)" in caplog.text
    assert json.loads((out / "changes" / LAST).read_text())["release_id"] == after.name


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_note_of_the_last_log_that_is_damaged_is_written_anew(made, content):
    _, out, before = made
    (out / "changes").mkdir()
    (out / "changes" / LAST).write_bytes(content)
    assert log_changes(out) is None
    assert json.loads((out / "changes" / LAST).read_text())["release_id"] == before.name


@pytest.mark.slow
def test_a_build_that_changes_nothing_sees_that_the_release_was_touched(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    raw, out = fill(tmp_path / "raw", TEXT), tmp_path / "out"
    command = ["build", "--raw", str(raw), "--out", str(out), "--here"]
    assert main(command) == 0
    (out / "latest" / "csv" / "tables.csv").write_text("x")
    for name in ("history/runs.db", "history/runs/index.db"):
        (out / ".dagster" / name).write_bytes(b"no database" * 999)
    capsys.readouterr()
    assert main(command) == 0
    said = capsys.readouterr()
    assert "was damaged (csv/tables.csv) and is made again" in said.err
    assert "the history of runs begins anew" in said.err
    assert verify((out / "latest").resolve()) == []
    assert main(command) == 0
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.slow
def test_pruning_removes_old_releases_and_what_is_theirs_and_never_latest(made, capsys):
    raw, out, first = made
    log_changes(out)
    made_later = []
    for number in range(1, 4):
        (raw / "c" / "0.txt").write_text(TEXT + "\n" * number, encoding="utf-8")
        made_later.append(release(raw, out))
        log_changes(out)
    os.utime(made_later[-1], ns=(0, 0))  # times may be anything: latest stays
    (out / "releases" / ".tmp-1").mkdir()
    everything = sorted(out.rglob("*"))
    assert main(["prune", "--out", str(out), "--keep", "2", "--dry-run"]) == 0
    assert sorted(out.rglob("*")) == everything
    planned = capsys.readouterr().out
    assert main(["prune", "--out", str(out), "--keep", "2"]) == 0
    assert capsys.readouterr().out.split("freed")[0] == planned.split("freed")[0]
    left = sorted(path.name for path in (out / "releases").iterdir())
    assert left == sorted([made_later[1].name, made_later[-1].name])
    assert [path.name for path in (out / "changes").glob("*..*")] == [
        f"{made_later[1].name}..{made_later[-1].name}.json"
    ]
    assert all(verify(out / "releases" / name) == [] for name in left)
    assert main(["prune", "--out", str(out), "--keep", "1"]) == 0
    assert [path.name for path in (out / "releases").iterdir()] == [made_later[-1].name]
    count = len(entries(out))
    (raw / "c" / "0.txt").write_text(TEXT + "\n" * 3, encoding="utf-8")
    assert release(raw, out) == made_later[-1]
    assert len(entries(out)) == count
    assert main(["prune", "--out", str(first / "nowhere")]) == 2
