"""What the extraction of a document depends on, as keys: same key, same records, no work.

A key has two parts. The first is known before a document is read: its bytes, its name, what sources.toml says of it,
the code, and what every document is read with (words, code lists, grammar, the titles of all forms). The second is
known afterwards: the forms whose titles the document prints. A form whose columns or identities change therefore
redoes the documents that print one of its titles; one whose titles change redoes all, for any of them could match.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.extract.forms import FOLDER, Family, Library
from pipeline.ingest import recognition
from pipeline.ingest.collections import SourceFile

_PROJECT = Path(__file__).resolve().parents[2]
#: The code that turns bytes into typed rows, and the locked versions of what it stands on.
_CODE = ("pipeline/ingest", "pipeline/extract", "pipeline/tidy", "schemas")


def digest_of(paths: Iterable[Path], root: Path) -> str:
    """sha256 over the names and bytes of ``paths``, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Digest of the code that turns bytes into records, and of the lock."""
    paths = [path for folder in _CODE for path in (_PROJECT / folder).rglob("*.py")]
    return digest_of([*paths, *_PROJECT.glob("requirements.lock")], _PROJECT)


@lru_cache(maxsize=4)
def _common_files(folder: Path) -> str:
    """Digest of what every document is read with: all data files of schemas/ but families, rules and vocabularies."""
    families = {path for path in folder.glob("*.toml") if "family" in tomllib.loads(path.read_text(encoding="utf-8"))}
    schemas = folder.parent
    apart = {schemas / "rules", schemas / "vocabularies"}
    paths = [
        path
        for path in schemas.rglob("*")
        if path.suffix in (".toml", ".csv", ".json") and path not in families and not apart & set(path.parents)
    ]
    return digest_of(paths, schemas)


def _plain(value: Any) -> Any:
    """``value`` with patterns and dataclasses as what they are made of, so that ``repr`` tells all of it."""
    if isinstance(value, re.Pattern):
        return value.pattern
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, _plain(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, Mapping):
        return sorted((str(name), _plain(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def family_digest(family: Family) -> str:
    """Digest of everything that a form family says."""
    return hashlib.sha256(repr(_plain(family)).encode()).hexdigest()


class Keys:
    """The keys of sources under one library of forms and one answer to whether contact data is published."""

    def __init__(self, library: Library, folder: Path | None = None, *, publish_contacts: bool = False) -> None:
        self._families = {family.name: family_digest(family) for family in library.families}
        # What is said of a family beside its tables, and every title: read by all documents.
        shared = [
            [
                [(f.name, _plain(getattr(family, f.name))) for f in fields(family) if f.name != "tables"],
                [(form.code, form.titles.pattern) for form in family.tables],
            ]
            for family in library.families
        ]
        parts = (
            code_fingerprint(),
            recognition.versions(),
            _common_files(folder or FOLDER),
            repr(shared),
            str(publish_contacts),
        )
        self.common = hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def source(self, data: bytes, name: str, declared: Mapping[str, str], refusal: str | None = None) -> str:
        """The part of the key that is known before the source is read."""
        digest = hashlib.sha256(data)
        for part in (name, repr(sorted(declared.items())), repr(refusal), self.common):
            digest.update(b"\0" + part.encode())
        return digest.hexdigest()

    def file(self, file: SourceFile) -> tuple[str, int]:
        """The key of a file as it is now, and its bytes: 0 where it cannot be read, which reading it explains."""
        try:
            data = b"" if file.refusal else file.path.read_bytes()
        except OSError:
            data = b""
        return self.source(data, f"{file.collection}/{file.name}", file.declared, file.refusal), len(data)

    def forms(self, families: Iterable[str]) -> str:
        """The part of the key that is known afterwards. A family that is gone has no digest, which no key has."""
        text = "".join(f"{name}\0{self._families.get(name, 'gone')}\n" for name in sorted(set(families)))
        return hashlib.sha256(text.encode()).hexdigest()
