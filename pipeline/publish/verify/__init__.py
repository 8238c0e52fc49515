"""``yusuan verify``: a release checked against nothing but its own files. Changes nothing; needs no Dagster.

What is checked stands in the modules of this folder, a subject each (``docs/verify.md``). Rows are read in
batches of whole bodies: of all documents of a release together only their ids and years are held. That takes rows of a
disclosure to stand together in the order of disclosures, as releases have them. Where one has not, which is a fault, it is read whole
if it is small, for what else is wrong with it; else nothing more is said of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl

from pipeline.keys import release_digest
from pipeline.publish.by_disclosure import FILE, OF_DISCLOSURES, MisplacedRows
from pipeline.publish.manifest import FINGERPRINTS
from pipeline.publish.reading import UnreadableFile, read_manifest
from pipeline.publish.verify import (
    bytes_of,
    csv_of,
    derived,
    figures,
    formulas,
    ids,
    layout,
    ledger,
    places,
    references,
    rows,
)
from pipeline.publish.verify.batches import Batch, all_rows, in_order, whole
from pipeline.publish.verify.fault import Fault, in_table
from pipeline.publish.verify.layout import Layout
from schemas.tables import TABLES

__all__ = ["Fault", "against", "made_by_another_version", "verify"]

_WHOLE = tuple(name for name in TABLES if name not in OF_DISCLOSURES)
#: A release whose rows are out of order is read whole up to so many rows, which takes some two gigabytes.
_AT_MOST = 4_000_000

#: After so many faults in rows verifying ends: a person reads the first of them.
_MOST_FAULTS = 100_000

Progress = Callable[[str], None]


def verify(release: Path, progress: Progress | None = None, release_id: str | None = None) -> list[Fault]:
    """Every fault of the release in ``release``; an empty list where there is none. Raises ReleaseError.

    ``release_id`` is the one that was published, where it is known from elsewhere.

    Bytes come first: where files are missing or cannot be read, rows are not judged on what is left of them.
    ``progress`` is told how far it is.
    """
    told = progress or (lambda step: None)
    manifest = read_manifest(release)
    faults = bytes_of.faults(release, manifest, told)
    if release_id is not None and manifest["release_id"] != release_id:
        faults.append(
            Fault("manifest.json", None, f"release_id is {manifest['release_id']}, published was {release_id}")
        )
    unfit, counts, fit = layout.tables(release, manifest)
    faults += unfit
    if not fit:
        return faults
    faults += bytes_of.described(release, manifest, counts)
    try:
        found, laid_out = layout.disclosures(release, manifest, counts)
        faults += found
        del manifest  # of very many documents it is the largest thing that is held
        for fault in _of_rows(release, laid_out, told):
            faults.append(fault)
    except UnreadableFile as error:
        faults.append(_unreadable(release, error))
    return faults


def made_by_another_version(release: Path) -> str | None:
    """What faults of a release may come from that another version of code and rules made; None where this one did.

    Raises ReleaseError.
    """
    made, here = read_manifest(release).get("code_sha256"), release_digest()
    if made == here:
        return None
    return (
        f"{release} was made by another version of code and rules (code_sha256 {str(made)[:16]}, here {here[:16]}): "
        "what this version would write otherwise is a fault below, too; verify with the version that made it, or build again"
    )


def against(release: Path, other: Path) -> list[Fault]:
    """Where ``release`` differs from ``other``, which was built again: files, and what manifests say of sources and code.

    Raises ReleaseError.
    """
    here, there = read_manifest(release), read_manifest(other)
    files, wanted = ({str(f.get("path")): f.get("sha256") for f in each["files"]} for each in (here, there))
    found = [
        Fault(path, None, "is not what building again gives" if path in wanted else "is not there when built again")
        for path in sorted(files)
        if files[path] != wanted.get(path)
    ]
    found += [Fault(path, None, "is missing, building again gives it") for path in sorted(set(wanted) - set(files))]
    found += [
        Fault(
            "manifest.json",
            None,
            f"{name} are not what building again gives" if name == "sources" else f"{name} is another",
        )
        for name in ("sources", *FINGERPRINTS)
        if here.get(name) != there[name]
    ]
    return found


def _of_rows(release: Path, laid_out: Layout, told: Progress) -> Iterator[Fault]:
    every = {name: all_rows(laid_out.files[name], name) for name in _WHOLE}
    misplaced, batch = laid_out.misplaced, None
    if not misplaced:
        try:
            found, ended = _collected(release, _of_batches(release, laid_out, every, in_order(laid_out), told))
        except MisplacedRows as error:
            # What was found so far may be for want of these rows.
            misplaced = [_misplaced(release, error)]
        else:
            yield from found
            if ended:
                return
    if misplaced:
        yield from misplaced
        if (count := sum(laid_out.rows.values())) > _AT_MOST:
            yield Fault("parquet", None, f"has {count:,} rows, which are too many to check out of order")
            return
        batch = whole(laid_out)
        for part in _of_batches(release, laid_out, every, [batch], told):
            yield from part
    yield from _of_csv(release, laid_out, every, batch, told)


def _collected(release: Path, parts: Iterable[list[Fault]]) -> tuple[list[Fault], bool]:
    """The faults of ``parts`` up to a file that cannot be read or to very many, and whether they end there.

    Raises MisplacedRows.
    """
    found: list[Fault] = []
    try:
        for part in parts:
            found += part
            if len(found) > _MOST_FAULTS:
                more = f"has more than {_MOST_FAULTS:,} faults: other rows are not checked"
                return [*found, Fault("parquet", None, more)], True
    except UnreadableFile as error:
        return [*found, _unreadable(release, error)], True
    return found, False


def _of_csv(
    release: Path, laid_out: Layout, every: dict[str, pl.DataFrame], batch: Batch | None, told: Progress
) -> Iterator[Fault]:
    for name in TABLES:
        told(f"comparing CSV and Parquet of {name}")
        if name in _WHOLE:
            yield from csv_of.of_whole(release, laid_out, name, every[name].drop(FILE))
        else:
            yield from csv_of.of_disclosures(release, laid_out, name, batch)


def _unreadable(release: Path, error: UnreadableFile) -> Fault:
    return Fault(error.path.relative_to(release).as_posix(), None, f"cannot be read: {error.reason}")


def _misplaced(release: Path, error: MisplacedRows) -> Fault:
    file = error.path.relative_to(release).as_posix()
    return Fault(file, error.disclosure_id, "has rows apart from its others or from their place: rows are out of order")


def _of_batches(
    release: Path, laid_out: Layout, every: dict[str, pl.DataFrame], batches: Iterable[Batch], told: Progress
) -> Iterator[list[Fault]]:
    """The faults of the rows of each batch, and of ``every`` table of the whole release. Raises what ``batches`` does."""
    unprinted, made_again = formulas.Unprinted(every), derived.OfWhole()
    count = 0
    for batch in batches:
        frames, (texts, unread) = batch.frames, places.read_texts(release, batch.disclosures)
        unprinted.strike(texts)
        unsound = [
            *_judged(batch, rows.faults, release, batch),
            *_judged(batch, references.faults, frames, every, laid_out),
        ]
        found = [
            *unread,
            *unsound,
            *_judged(batch, figures.faults, frames),
            *_judged(batch, ledger.faults, frames, texts),
            *_judged(batch, places.faults, frames, texts),
            *_judged(batch, formulas.faults, frames, texts),
            *_judged(batch, made_again.count, frames),
        ]
        if not unsound:  # these read rows that keep their models, as a build checks them before
            found += _judged(batch, ids.faults, frames) + _judged(batch, derived.faults, frames)
        yield found
        count += batch.disclosures.height
        told(f"{count:,} of {laid_out.order.height:,} disclosures verified")
    for name, frame in every.items():
        plain = frame.drop(FILE)
        yield rows.of_table(name, plain) + rows.order_of(release, name, frame, laid_out.files[name])
    yield unprinted.faults() + made_again.faults({name: frame.drop(FILE) for name, frame in every.items()})


def _judged(batch: Batch, find: Callable[..., list[Fault]], *given: object) -> list[Fault]:
    """What ``find`` finds of ``batch``, or that its rows are such that it fails on them, which is a fault, too."""
    try:
        return find(*given)
    except (Exception, pl.exceptions.PanicException) as error:
        what = find.__module__.rpartition(".")[2]
        reason = f"{what} cannot be checked: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        return [in_table("disclosures", ", ".join(map(str, batch.disclosures["disclosure_id"].head(3))), reason)]
