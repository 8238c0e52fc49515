"""``yusuan site``: the pages of a release, one disclosure in memory at a time, and only those that changed.

A page names in its head the content that it was made from. A page whose content is the same stays as it is, so that a
release of thousands of disclosures costs what changed in it. Files are replaced whole; the front page comes last.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.keys import pages_digest
from pipeline.publish.documents import read_documents
from pipeline.publish.files import beside, link, sweep
from pipeline.publish.locking import alone
from pipeline.publish.reading import read_manifest, read_table, read_text
from pipeline.publish.site.disclosure import page_of
from pipeline.publish.site.figures import compare, figures_of
from pipeline.publish.site.front import Tally, dataset, front_of
from pipeline.publish.site.index import Index
from pipeline.publish.site.labels import Both
from pipeline.publish.site.rendering import FOLDER, render, write

_HEAD = 400


@dataclass(slots=True)
class Made:
    """A site: where it is, and how many pages of disclosures were written, kept and removed."""

    path: Path
    written: int = 0
    kept: int = 0
    removed: int = 0

    def __str__(self) -> str:
        counts = f"{self.written} pages written, {self.kept} unchanged, {self.removed} removed"
        return f"site       {counts}\n           {self.path / 'index.html'}"


def site_of(release: Path) -> Path:
    """Where the pages of a release go unless told otherwise: beside ``latest`` and ``releases``."""
    whole = release.absolute()
    out = whole.parent if whole.parent.name != "releases" else whole.parent.parent
    return out / "site"


def left_out(release: Path) -> str | None:
    """Why a build makes no pages of ``release``; None where it makes them.

    A page costs more than everything else that is done for a document. Beyond ``YUSUAN_PAGES`` disclosures (1,000)
    builds leave them to whoever wants them.
    """
    count, most = read_manifest(release)["rows"]["disclosures"], int(os.environ.get("YUSUAN_PAGES", "1000"))
    return f"left out for {count:,} disclosures; make them with `yusuan site`" if count > most else None


def make_site(release: Path, out: Path, progress: Callable[[str], None] | None = None) -> Made:
    """Make the site of ``release`` in the folder ``out``. Raises ReleaseError, Locked or OSError."""
    with alone(out, out.with_name(f".{out.name}.lock")):
        for name in ("", "disclosures", "search", "years"):
            sweep(out / name)
        return _make_site(release, out, progress)


def _make_site(release: Path, out: Path, progress: Callable[[str], None] | None) -> Made:
    manifest = read_manifest(release)
    made = Made(out)
    (out / "disclosures").mkdir(parents=True, exist_ok=True)
    series = _series(release)
    superseded = frozenset(read_table(release, "disclosures")["supersedes"].drop_nulls())
    names = _names(release)
    tally, index, pages = Tally(), Index(out), set()
    history: dict[tuple[Any, ...], dict[str, tuple[Both, Decimal]]] = {}
    for number, (row, frames) in enumerate(read_documents(release), start=1):
        if progress:
            progress(f"page {number} of {manifest['rows']['disclosures']}")
        text = read_text(release, row["disclosure_id"])
        figures = figures_of(row, frames, names)
        last = history.get(_body(row, -1))
        if last:
            compare(figures, last)
        # Years come in their order, so that last year's sums are there; a few figures a disclosure are kept.
        history[_body(row, 0)] = {code: (figure.name, figure.total) for code, figure in figures.functions.items()}
        tally.add(row, frames["checks"], figures, row["disclosure_id"] in superseded)
        index.add(row)
        previous = series.get(_body(row, -1))
        path = out / "disclosures" / f"{row['disclosure_id']}.html"
        pages.add(path.name)
        key = _key(row, frames, text, (previous, last))
        if _kept(path, key):
            made.kept += 1
            continue
        page = page_of(row, frames, text, figures, previous)
        # A page does not name its release: the next one may hold the same disclosure, and then keeps the page.
        write(path, render("disclosure.html.j2", page=page, key=key, root="../", release_id=None))
        made.written += 1
    made.removed = _sweep(out / "disclosures", pages)
    index.write(manifest["release_id"])
    for name in ("style.css", "site.js"):
        write(out / name, (FOLDER / "static" / name).read_text(encoding="utf-8"))
    _copy(release, out / "data")
    linked = dataset(manifest, index.years, index.regions)
    values = {"front": front_of(manifest, tally), "linked": linked, "key": "", "root": ""}
    write(out / "index.html", render("front.html.j2", release_id=manifest["release_id"], **values))
    return made


def _body(row: dict[str, Any], step: int) -> tuple[Any, ...]:
    year = row["disclosure_year"]
    return row["entity_key"], row["stage"], row["scope"], None if year is None else year + step


def _series(release: Path) -> dict[tuple[Any, ...], str]:
    """The disclosure of each body, stage, scope and year; the last where several stand."""
    columns = ("disclosure_id", "entity_key", "stage", "scope", "disclosure_year")
    rows = read_table(release, "disclosures").drop_nulls(["entity_key", "disclosure_year"]).select(columns)
    return {_body(row, 0): row["disclosure_id"] for row in rows.iter_rows(named=True)}


def _names(release: Path) -> dict[str, str]:
    """Official names by ``scheme.code``, the newest where a code has had several."""
    rows = read_table(release, "classifications").sort("valid_from").select("scheme", "code", "name")
    return {f"{scheme}.{code}": name for scheme, code, name in rows.iter_rows()}


def _key(row: dict[str, Any], frames: dict[str, pl.DataFrame], text: str | None, before: tuple[Any, ...]) -> str:
    digest = hashlib.sha256(f"{pages_digest()}\0{sorted(row.items())!r}\0{before!r}\0".encode())
    for name in sorted(frames):
        if name != "spans":
            digest.update(name.encode() + frames[name].write_csv().encode())
    digest.update((text or "").encode())
    return digest.hexdigest()[:24]


def _kept(path: Path, key: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return f'content="{key}"'.encode() in file.read(_HEAD)


def _sweep(folder: Path, pages: set[str]) -> int:
    """Remove pages of disclosures that the release does not hold."""
    gone = [path for path in folder.glob("*.html") if path.name not in pages]
    for path in gone:
        path.unlink()
    return len(gone)


def _copy(release: Path, data: Path) -> None:
    """The release itself below the site, so that the site can be carried away and its downloads with it.

    On one file system the files are the release's own under another name: they take no room and no time.
    """
    manifest = "manifest.json"
    if (data / manifest).is_file() and (data / manifest).read_bytes() == (release / manifest).read_bytes():
        return
    fresh = beside(data)
    shutil.copytree(release, fresh, copy_function=lambda source, target: link(Path(source), Path(target)))
    if data.exists():
        shutil.rmtree(data)
    fresh.rename(data)
