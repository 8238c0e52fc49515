"""Results kept by content: same bytes, forms and extractor, no work. May be deleted at any time."""

from __future__ import annotations

import hashlib
import os
import pickle
from functools import lru_cache
from pathlib import Path

from pipeline.extract.forms import Library
from pipeline.extract.records import Extraction

_CODE = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Digest of the code that turns bytes into records."""
    digest = hashlib.sha256()
    for stage in ("ingest", "extract"):
        for path in sorted((_CODE / stage).rglob("*.py")):
            digest.update(path.relative_to(_CODE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def key_of(data: bytes, name: str, declared: dict[str, str], library: Library) -> str:
    """The key of a source's result."""
    digest = hashlib.sha256(data)
    for part in (name, repr(sorted(declared.items())), library.fingerprint, code_fingerprint()):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


class Store:
    """A folder of results. A file that cannot be read counts as absent, and its work is done again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.pickle"

    def get(self, key: str) -> Extraction | None:
        try:
            data = self.path(key).read_bytes()
        except FileNotFoundError:
            return None
        digest, body = data[:32], data[32:]
        if hashlib.sha256(body).digest() != digest:
            return None  # cut off by a crash
        found = pickle.loads(body)
        return found if isinstance(found, Extraction) else None

    def put(self, key: str, extraction: Extraction) -> None:
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = pickle.dumps(extraction, protocol=5)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(hashlib.sha256(body).digest() + body)
        temporary.replace(path)
