"""The second step behind the assets: a release of all that is extracted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.orchestration.work import PROJECT, extracted_folder, packs_folder, parts_folder, using_packs

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pipeline.publish.files import Sizes
    from pipeline.publish.release import Release
    from pipeline.tidy.packs import Kept

#: Files with fewer rows in all are written in this process: starting others costs more.
_HERE_ROWS = 200_000


class NothingToRelease(RuntimeError):
    """There is not one document to publish; what was published before stays."""


@dataclass(frozen=True, slots=True)
class Released:
    """A release, and what is to be shown of it (see ``publish.parts.tell``)."""

    release: Release
    told: dict[str, Any]


def _extracted(out: Path) -> list[Kept]:
    """Everything kept of the collections that are extracted."""
    from pipeline.tidy.packs import Packs

    kept = []
    for index in sorted(extracted_folder(out).glob("*.json")):
        packs = Packs(packs_folder(out) / index.stem)
        for key in json.loads(index.read_text(encoding="utf-8"))["keys"]:
            found = packs.get(key)
            if found is None:
                raise RuntimeError(f"the result {key[:16]} of {index.stem} is gone from the store; run the build again")
            kept.append(found)
    if not kept:
        raise NothingToRelease("nothing was extracted; put disclosures into the raw folder")
    return kept


def release_all(
    out: Path,
    pool: Executor | None = None,
    progress: Callable[[str], None] | None = None,
    sizes: Sizes | None = None,
    documents_a_part: int | None = None,
) -> Released:
    """Tidy, validate, reconcile and publish all that is extracted, part by part.

    ``sizes`` and ``documents_a_part`` are the project's own where None; they decide which files a release has.

    Raises NothingToRelease, ValidationFailure, DamagedPack, PublishError.
    """
    from pipeline.extract.forms import load_library
    from pipeline.extract.keys import code_fingerprint
    from pipeline.orchestration.executors import each
    from pipeline.orchestration.parts import PartTask, make_part
    from pipeline.orchestration.unchanged import release_fingerprint
    from pipeline.publish import parts as of
    from pipeline.publish.locking import alone
    from pipeline.publish.release import publish_parts
    from pipeline.tidy.codes import load_codes
    from pipeline.tidy.packs import prune
    from pipeline.tidy.plan import DOCUMENTS, cut, in_order

    with alone(out):
        kept = _extracted(out)
        packs, planned = {each.pack for each in kept}, in_order(kept)
        del kept  # copies of one document are not published twice
        folder = parts_folder(out)
        tasks = []
        for run in cut(planned, documents_a_part or DOCUMENTS):
            documents = tuple(each.kept for each in run.documents)
            key = of.part_key([each.key for each in documents], release_fingerprint())
            tasks.append((PartTask(documents, key, packs_folder(out), folder), run.strong))
        missing = [task for task, _ in tasks if of.find_part(folder, task.key) is None]
        for number, _ in enumerate(each(pool, make_part, missing, ahead=4), start=1):
            if progress is not None:
                progress(f"checked {number} of {len(missing)} parts")
        parts = [of.Part(folder / task.key, strong) for task, strong in tasks]
        sources = (
            {
                "disclosure_id": each.kept.disclosure_id,
                "paths": list(each.paths),
                "bytes": each.kept.source_bytes,
                "sha256": each.kept.source_sha256,
            }
            for each in sorted(planned, key=lambda each: each.kept.disclosure_id)
        )
        lock = PROJECT / "requirements.lock"
        fingerprints = {
            "forms_sha256": load_library().fingerprint,
            "code_sha256": code_fingerprint(),
            "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else "",
        }
        if progress is not None:
            progress("writing the release")
        heavy = sum(each.kept.rows for each in planned) > _HERE_ROWS
        release = publish_parts(
            parts,
            load_codes(),
            out,
            sources,
            fingerprints,
            partial(each, pool if heavy else None),
            sizes,
            release_fingerprint(),
        )
        told = of.tell(parts)
        of.prune(folder, {part.key for part in parts})
        with using_packs(out, alone=True) as unused:
            if unused:
                prune(packs_folder(out), packs)
        return Released(release, {**told, "rows": release.rows})
