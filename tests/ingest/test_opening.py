"""A file is looked at before it is read: nothing blocks, nothing has no end, and what changes meanwhile is not read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pipeline.ingest import opening
from pipeline.ingest.collections import LOOSE, SourceFile, each_collection
from pipeline.ingest.limits import Limits
from pipeline.ingest.opening import Unreadable, read_below
from pipeline.ingest.read import load


def why(path: Path, root: Path, most: int = 1 << 30) -> str:
    with pytest.raises(Unreadable) as failure:
        read_below(path, root, most)
    return str(failure.value)


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "it is a pipe" in why(tmp_path / "pipe", tmp_path)
    assert "it is a folder" in why(tmp_path, tmp_path)
    assert "it is a device" in why(Path("/dev/zero"), tmp_path)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        assert "it is a socket" in why(tmp_path / "socket", tmp_path)


def test_links_are_followed_inside_the_raw_folder_only(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "x.txt").write_bytes(b"inside")
    (tmp_path / "y.txt").write_bytes(b"outside")
    (raw / "inside.txt").symlink_to(raw / "x.txt")
    (raw / "outside.txt").symlink_to(tmp_path / "y.txt")
    files = {file.name: file for file in next(each_collection(raw)).files}
    assert files["outside.txt"].collection == LOOSE
    assert load(files["inside.txt"], Limits()) == b"inside"
    with pytest.raises(Unreadable, match="outside the raw folder"):
        load(files["outside.txt"], Limits())


def test_giants_and_files_with_holes_are_refused_before_they_are_read(tmp_path):
    with (tmp_path / "x").open("wb") as file:
        file.truncate(2 << 20)
    assert "more than the 5 that a source may have" in why(tmp_path / "x", tmp_path, most=5)
    assert "parts of it were never written" in why(tmp_path / "x", tmp_path)


@pytest.mark.parametrize("change", ["grows", "shrinks", "is replaced"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, change):
    path = tmp_path / "x"
    path.write_bytes(b"before")
    before = opening._whole

    def meanwhile(handle: int, size: int) -> bytes:
        data = before(handle, size)
        path.write_bytes({"grows": b"before and after", "shrinks": b"b", "is replaced": b"after!"}[change])
        os.utime(path, ns=(1, 1))
        return data

    monkeypatch.setattr(opening, "_whole", meanwhile)
    assert why(path, tmp_path) == opening.CHANGING


def names(raw: Path) -> tuple[list[str], list[str]]:
    (found,) = each_collection(raw)
    return [file.name for file in found.files], list(found.left_out)


def test_what_people_and_systems_leave_is_left_out_and_named(tmp_path):
    folder = tmp_path / "c"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "x.txt").touch()
    (folder / "__MACOSX").mkdir()
    others = ["Thumbs.db", "~$预算.docx", ".DS_Store", "desktop.ini", "README.TXT", ".~lock.预算.docx#"]
    for name in (*others, "x.txt", "readme-of-2022.txt"):
        (folder / name).touch()
    assert names(tmp_path) == (["readme-of-2022.txt", "x.txt"], sorted([*others, ".git/", "__MACOSX/"]))


def test_what_sources_toml_names_is_read_whatever_its_name(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "readme.txt").touch()
    (tmp_path / "c" / "sources.toml").write_text('[files."readme.txt"]\nyear = 2022\n', encoding="utf-8-sig")
    (found,) = each_collection(tmp_path)
    assert [(file.name, file.declared) for file in found.files] == [("readme.txt", {"disclosure_year": "2022"})]


TOML = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "4300 digits": lambda path: path.write_text(f'[files."x.txt"]\nyear = {"9" * 5000}\n'),
    "RecursionError": lambda path: path.write_text(f"x = {'[' * 5000}{']' * 5000}\n"),
}


@pytest.mark.parametrize("what", TOML)
def test_a_sources_toml_that_cannot_be_read_refuses_its_files_without_a_path(tmp_path, what):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "x.txt").touch()
    TOML[what](tmp_path / "c" / "sources.toml")
    (found,) = each_collection(tmp_path)
    (file,) = found.files
    assert "sources.toml beside it cannot be read" in (file.refusal or "")
    assert what in (file.refusal or "")
    assert str(tmp_path) not in (file.refusal or "")


def test_folders_as_deep_as_one_likes_are_read_or_refused(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "x.txt").touch()
    here = os.open(tmp_path / "c", os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (found,) = each_collection(tmp_path)
    deep, good = found.files
    assert good.name == "x.txt"
    assert "cannot be listed (File name too long)" in (deep.refusal or "")


def test_a_name_that_is_no_utf8_is_published_as_escapes(tmp_path):
    (tmp_path / "c").mkdir()
    path = os.fsencode(tmp_path / "c") + b"/\xb2\xbf.txt"
    with open(path, "wb") as file:
        file.write(b"x")
    (found,) = each_collection(tmp_path)
    assert found.files == (SourceFile(Path(os.fsdecode(path)), "c", "\\xb2\\xbf.txt"),)
    assert load(found.files[0], Limits()) == b"x"
