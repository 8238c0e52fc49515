"""All files of one collection to records, from the store where nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.store import Store, key_of
from pipeline.ingest.collections import Collection
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_source


def extract_collection(
    collection: Collection, folder: Path, progress: Callable[[str], None] | None = None
) -> list[str]:
    """Extract every file into the store below ``folder``; returns the keys, in the order of the files."""
    library = load_library()
    store = Store(folder)
    keys = []
    for file in collection.files:
        try:
            data = b"" if file.refusal else file.path.read_bytes()
        except OSError:
            data = b""  # read_source gives the reason
        key = key_of(data, f"{collection.name}/{file.name}", file.declared, library)
        if not data or store.get(key) is None:
            store.put(key, extract(read_source(file, Limits()), library))
        keys.append(key)
        if progress is not None:
            progress(file.name)
    return keys
