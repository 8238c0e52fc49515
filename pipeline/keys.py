"""Keys of what the store keeps: the same key stands for the same result, so that it need not be made again.

A key covers everything that can change what it stands for: bytes, name and declarations of a source, the setting for
contact data, and all code, forms, words, rules, code lists and locked packages of the stages that make it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from pipeline.ingest import recognition

PROJECT = Path(__file__).resolve().parents[1]
_SUFFIXES = (".py", ".toml", ".csv", ".json", ".j2", ".css", ".js", ".sql", ".md")
_LOCK = "requirements.lock"
_RULES, _RELEASE, _SITE = "schemas/rules", "schemas/release", "pipeline/publish/site"
#: What turns a source into kept rows, and what turns kept rows into parts of a release, and a release into pages.
_DOCUMENTS = (
    "pipeline/keys.py",
    "pipeline/store.py",
    "pipeline/ingest",
    "pipeline/extract",
    "pipeline/tidy/columns.py",
    "pipeline/tidy/documents.py",
    "schemas",
    _LOCK,
)
_PARTS = (*_DOCUMENTS, "pipeline/disk.py", "pipeline/tidy", "pipeline/reconcile", "pipeline/publish")
_PAGES = ("pipeline/keys.py", "pipeline/disk.py", "pipeline/publish", "schemas", _LOCK)


def digest_of(paths: Iterable[Path], root: Path) -> str:
    """The sha256 over the names and bytes of ``paths``, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(places: Iterable[str], apart: Iterable[str], root: Path) -> Iterable[Path]:
    for place in places:
        path = root / place
        found = path.rglob("*") if path.is_dir() else [path]
        yield from (
            each
            for each in found
            if each.is_file()
            and (each.suffix in _SUFFIXES or each == path)
            and not any(root / folder in each.parents for folder in apart)
        )


@lru_cache(maxsize=4)
def extraction_digest(root: Path = PROJECT) -> str:
    """The digest of all that turns bytes into the kept rows of a document."""
    return digest_of(_files(_DOCUMENTS, (_RULES, _RELEASE), root), root)


@lru_cache(maxsize=4)
def release_digest(root: Path = PROJECT) -> str:
    """The digest of all that turns sources into a release."""
    return digest_of(_files(_PARTS, (_SITE,), root), root)


@lru_cache(maxsize=4)
def pages_digest(root: Path = PROJECT) -> str:
    """The digest of all that turns what a release holds into pages."""
    return digest_of(_files(_PAGES, (), root), root)


def lock_digest() -> str:
    """The digest of the locked packages; empty where there is no lock."""
    lock = PROJECT / _LOCK
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else ""


def key_of(*parts: str) -> str:
    """A key of texts, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}\0{part}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def document_key(
    sha256: str, name: str, declared: Mapping[str, str], refusal: str | None, *, publish_contacts: bool
) -> str:
    """The key of what is extracted from a source with these bytes, as the file ``name``.

    It covers whether pictures of text can be recognised here, and by what: the lock need not hold that.
    """
    said = repr(sorted(declared.items()))
    return key_of(
        "document",
        extraction_digest(),
        recognition.versions(),
        sha256,
        name,
        said,
        repr(refusal),
        str(publish_contacts),
    )


def part_key(documents: Iterable[str]) -> str:
    """The key of the part of a release that holds the documents with these keys, in their order."""
    return key_of("part", release_digest(), *documents)
