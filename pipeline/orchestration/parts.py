"""What a worker does with a part of a release: reads its documents, validates, reconciles and writes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.extract.forms import FOLDER
from pipeline.extract.keys import digest_of
from pipeline.publish.parts import write_part
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.codes import load_codes
from pipeline.tidy.frames import arranged, with_checks
from pipeline.tidy.packs import Kept, read_kept

_PROJECT = Path(__file__).resolve().parents[2]
_CODE = ("pipeline/tidy", "pipeline/reconcile", "pipeline/publish", "schemas")


@dataclass(frozen=True, slots=True)
class PartTask:
    """Documents of a part in order, the key of the part, and the folders of packs and of parts."""

    documents: tuple[Kept, ...]
    key: str
    packs: Path
    parts: Path


@lru_cache(maxsize=1)
def release_fingerprint() -> str:
    """Digest of what makes parts of kept documents: code, tables, vocabularies, code lists, rules, the lock.

    Forms are not in it: the keys of documents hold those that concern them.
    """
    paths = [
        path
        for folder in _CODE
        for path in (_PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".toml", ".csv") and FOLDER not in path.parents
    ]
    return digest_of([*paths, *_PROJECT.glob("requirements.lock")], _PROJECT)


def make_part(task: PartTask) -> str:
    """Make the part; returns its key. Raises ValidationFailure, DamagedPack or OSError."""
    built, texts = read_kept(task.packs, task.documents)
    frames = arranged(built, load_codes())
    frames = with_checks(frames, reconcile(frames, load_rules()))
    write_part(frames, texts, task.parts, task.key)
    return task.key
