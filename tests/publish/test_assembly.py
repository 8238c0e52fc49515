"""A file put together of pieces that an older file holds has the bytes of one that is made anew, whatever became of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.publish.assembly import Made, assemble
from pipeline.publish.reuse import Base

PIECES = {name: f"{name}: {number}\n".encode() * (number * 70_000) for number, name in enumerate("abcdef", start=1)}


def made(names: str, asked: list[str] | None = None) -> list[Made]:
    def make(name: str):
        if asked is not None:
            asked.append(name)
        return PIECES[name]

    return [Made(name, lambda name=name: make(name)) for name in names]


def base_of(names: str, folder: Path) -> Base:
    path = folder / "before"
    size, sha256, lengths = assemble(made(names), path)
    places, at = {}, 0
    for name, length in zip(names, lengths, strict=True):
        places[name] = at, length
        at += length
    return Base(path, size, sha256, places)


@pytest.mark.parametrize(
    ("before", "after", "anew"),
    [
        ("abcde", "abcde", ""),
        ("abcde", "abfde", "f"),
        ("abcde", "fabcde", "f"),
        ("abcde", "abcdef", "f"),
        ("abcde", "bd", ""),
        ("abcde", "de", ""),
        ("abcde", "f", "f"),
        ("abcde", "dabce", "abc"),  # what stands before a piece that is taken is passed
        ("abcde", "", ""),
    ],
)
def test_only_pieces_that_are_not_there_are_made(tmp_path, before, after, anew):
    asked: list[str] = []
    found = assemble(made(after, asked), tmp_path / "now", base_of(before, tmp_path))
    bytes_ = b"".join(PIECES[name] for name in after)
    assert (tmp_path / "now").read_bytes() == bytes_
    assert found == (len(bytes_), hashlib.sha256(bytes_).hexdigest(), tuple(len(PIECES[name]) for name in after))
    assert "".join(asked) == anew


@pytest.mark.parametrize("harm", ["first byte", "a byte that is copied", "a byte that is not copied", "cut", "longer"])
def test_an_older_file_that_is_not_what_was_published_is_not_used(tmp_path, harm):
    base = base_of("abcde", tmp_path)
    data = bytearray(base.path.read_bytes())
    if harm == "cut":
        del data[-10:]
    elif harm == "longer":
        data += b"more"
    else:
        name = {"first byte": "a", "a byte that is copied": "d", "a byte that is not copied": "c"}[harm]
        data[base.pieces[name][0]] ^= 1
    base.path.write_bytes(data)
    asked: list[str] = []
    size, sha256, _ = assemble(made("abfde", asked), tmp_path / "now", base)
    bytes_ = b"".join(PIECES[name] for name in "abfde")
    assert (tmp_path / "now").read_bytes() == bytes_
    assert (size, sha256) == (len(bytes_), hashlib.sha256(bytes_).hexdigest())
    assert asked[-5:] == list("abfde")
