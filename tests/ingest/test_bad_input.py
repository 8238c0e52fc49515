"""What cannot be read gets a reason; what can be read in other encodings is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.collections import SourceFile, each_collection
from pipeline.ingest.document import Document, Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from tests.documents import BUNDLED, read_source


def reason(data: bytes, **declared: str) -> str:
    found = read_bytes(SourceFile(Path("raw/a/x.txt"), "a", "x.txt", declared), data, Limits())
    assert isinstance(found, Rejected)
    return found.reason


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b" \n\n", "white space"),
        (b"\x00\x01\x02" * 100, "binary"),
        (b"PK\x03\x04rest", "zip archive"),
        ("部门预算".encode()[:-1], "cut off"),
        (b"\xff\xfe\x00\xd8\x00", "UTF-16"),
        (b"%PDF-1.7 nothing else", "broken"),
    ],
)
def test_unreadable_bytes_are_refused_with_a_reason(data, expected):
    assert expected in reason(data)


def test_a_digest_that_differs_from_the_declared_one_is_refused():
    assert "sources.toml" in reason(b"text", sha256="0" * 64)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_give_the_same_text(encoding):
    text = BUNDLED.read_text(encoding="utf-8")
    found = read_bytes(SourceFile(Path("raw/a/x.txt"), "a", "x.txt"), text.encode(encoding), Limits())
    assert isinstance(found, Document)
    assert found.text == text


def test_a_link_out_of_the_raw_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    folder = tmp_path / "raw" / "a"
    folder.mkdir(parents=True)
    (folder / "link.txt").symlink_to(secret)
    (file,) = next(each_collection(tmp_path / "raw")).files
    found = read_source(file)
    assert isinstance(found, Rejected)
    assert "symbolic link" in found.reason


def refused(raw: Path) -> dict[str, str]:
    return {
        f"{c.name}/{f.name}": found.reason
        for c in each_collection(raw)
        for f in c.files
        if isinstance(found := read_source(f), Rejected)
    }


def test_a_declared_file_that_is_not_there_is_refused_and_the_others_are_read(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.txt").write_text("部门预算", encoding="utf-8")
    (tmp_path / "a" / "sources.toml").write_text('[files."b.txt"]\ntitle = "x"\n', encoding="utf-8")
    found = refused(tmp_path)
    assert list(found) == ["a/b.txt"]
    assert "sources.toml declares it" in found["a/b.txt"]


@pytest.mark.parametrize("toml", [b"[files", b"\xff", b"files = 3", b'[files]\n"c.txt" = 1'])
def test_a_broken_sources_toml_costs_its_own_collection_only(tmp_path, toml):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.txt").write_text("部门预算", encoding="utf-8")
    (tmp_path / "a" / "sources.toml").write_bytes(toml)
    found = refused(tmp_path)
    assert list(found) == ["a/c.txt"]
    assert "sources.toml beside it cannot be read" in found["a/c.txt"]
