"""What a worker does with a part of a release: reads its documents, validates, reconciles and writes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.publish.part_writing import write_part
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.codes import load_codes
from pipeline.tidy.frames import arranged, with_checks
from pipeline.tidy.packs import Kept, read_kept


@dataclass(frozen=True, slots=True)
class PartTask:
    """Documents of a part in order, the key of the part, and the folders of packs and of parts."""

    documents: tuple[Kept, ...]
    key: str
    packs: Path
    parts: Path


def make_part(task: PartTask) -> str:
    """Make the part; returns its key. Raises ValidationFailure, DamagedPack or OSError."""
    built, texts = read_kept(task.packs, task.documents)
    frames = arranged(built, load_codes())
    del built  # half of the memory that a part takes
    frames = with_checks(frames, reconcile(frames, load_rules()))
    write_part(frames, texts, task.parts, task.key)
    return task.key
