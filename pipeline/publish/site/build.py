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

from pipeline.disk import beside, link, sweep
from pipeline.keys import pages_digest
from pipeline.publish.by_disclosure import each_disclosure
from pipeline.publish.locking import alone
from pipeline.publish.reading import read_manifest, read_table, read_text
from pipeline.publish.site.bodies import Books
from pipeline.publish.site.charts import NoRenderer, can_draw
from pipeline.publish.site.contradictions import Contradictions, failed_checks
from pipeline.publish.site.disclosure import Around, page_of
from pipeline.publish.site.districts import Districts
from pipeline.publish.site.downloads import write_downloads
from pipeline.publish.site.figures import compare, figures_of
from pipeline.publish.site.front import Tally, dataset, front_of
from pipeline.publish.site.images import make_images
from pipeline.publish.site.index import Index, records, write_records
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


def left_out(release: Path) -> str | None:
    """Why a build makes no pages of ``release``; None where it makes them.

    A page costs more than everything else that is done for a document. Beyond ``YUSUAN_PAGES`` disclosures (1,000)
    builds leave them to whoever wants them; and a build whose address space is limited cannot draw their charts.
    """
    count, most = read_manifest(release)["rows"]["disclosures"], int(os.environ.get("YUSUAN_PAGES", "1000"))
    if count <= most and not can_draw():
        return f"left out: {NoRenderer()}"
    return f"left out for {count:,} disclosures; make them with `yusuan site`" if count > most else None


def make_site(
    release: Path, out: Path, progress: Callable[[str], None] | None = None, sources: Path | None = None
) -> Made:
    """Make the site of ``release`` in the folder ``out``; with pictures of pages where ``sources`` holds what was read.

    Raises ReleaseError, Locked, NotInstalled, NoRenderer or OSError.
    """
    if not can_draw():
        raise NoRenderer
    with alone(out, out.with_name(f".{out.name}.lock")):
        for name in ("", "disclosures", "search", "search/text", "years", "bodies", "districts", *_image_folders(out)):
            sweep(out / name)
        return _Site(release, out, sources).make(progress or (lambda step: None))


class _Site:
    """The making of a site: what is known of the whole release, and what is gathered while its disclosures go by."""

    def __init__(self, release: Path, out: Path, sources: Path | None) -> None:
        self.release, self.out, self.sources = release, out, sources
        self.manifest = read_manifest(release)
        self.made = Made(out)
        disclosures = read_table(release, "disclosures")
        self.books = Books(disclosures, read_table(release, "key_figures"))
        self.series = _series(disclosures)
        self.names = _names(release)
        self.tally, self.index, self.districts = Tally(), Index(out), Districts()
        self.contradictions = Contradictions()
        # Years come in their order, so that last year's sums are there; a few figures a disclosure are kept.
        self.history: dict[tuple[Any, ...], dict[str, tuple[Both, Decimal]]] = {}

    def make(self, progress: Callable[[str], None]) -> Made:
        (self.out / "disclosures").mkdir(parents=True, exist_ok=True)
        stems = set()
        for number, (row, frames) in enumerate(each_disclosure(self.release), start=1):
            progress(f"page {number} of {self.manifest['rows']['disclosures']}")
            self._disclosure(row, frames)
            stems.add(row["disclosure_id"])
        self.made.removed = _sweep(self.out / "disclosures", stems)
        self._images(stems)
        self._bodies()
        self._districts()
        self._whole()
        return self.made

    def _disclosure(self, row: dict[str, Any], frames: dict[str, pl.DataFrame]) -> None:
        identity = row["disclosure_id"]
        text = read_text(self.release, identity)
        figures = figures_of(row, frames, self.names)
        last = self.history.get(_body(row, -1))
        if last:
            compare(figures, last)
        if row["preferred"]:
            self.history[_body(row, 0)] = {code: (each.name, each.total) for code, each in figures.functions.items()}
        checks, found = failed_checks(frames), records(frames, text)
        self.tally.add(row, frames["checks"])
        self.contradictions.add(row, checks)
        self.districts.add(row, figures)
        self.index.add(row, found)
        images = {}
        if self.sources:
            images = make_images(row, text, frames["numbers"], self.sources, self.out / "images")
        around = Around(self.series.get(_body(row, -1)), self.series.get(_body(row, 0)), images)
        path = self.out / "disclosures" / f"{identity}.html"
        key = _key(row, frames, text, (around, last))
        if _kept(path, key):
            self.made.kept += 1
            return
        page = page_of(row, frames, text, figures, checks, around)
        write_downloads(row, frames, path)
        write_records(self.out / "search" / "text" / f"{identity}.js", identity, found)
        # A page does not name its release: the next one may hold the same disclosure, and then keeps the page.
        write(path, render("disclosure.html.j2", page=page, key=key, root="../", release_id=None))
        self.made.written += 1

    def _images(self, stems: set[str]) -> None:
        """Remove pictures of documents that are gone, and all where none are asked for."""
        for name in _image_folders(self.out):
            if self.sources is None or Path(name).name not in stems:
                shutil.rmtree(self.out / name)

    def _bodies(self) -> None:
        """The pages of bodies. One whose figures are the same stays as it is: its charts need no drawing."""
        wanted = set()
        for body in self.books.bodies():
            page = self.books.page(*body, self.contradictions.of_body(body))
            self._small(self.out / page.href, "body.html.j2", page)
            wanted.add(Path(page.href).stem)
        _sweep(self.out / "bodies", wanted)

    def _districts(self) -> None:
        wanted = set()
        for place in self.districts.all():
            page = self.districts.page(place, self.books)
            self._small(self.out / page.href, "district.html.j2", page)
            wanted.add(Path(page.href).stem)
        _sweep(self.out / "districts", wanted)

    def _small(self, path: Path, template: str, page: Any) -> None:
        key = hashlib.sha256(f"{pages_digest()}\0{page!r}".encode()).hexdigest()[:24]
        if not _kept(path, key):
            write(path, render(template, page=page, key=key, root="../", release_id=None))

    def _whole(self) -> None:
        """What is of the whole release; the front page comes last."""
        release_id = self.manifest["release_id"]
        self.index.write(release_id)
        common = {"key": "", "root": "", "release_id": release_id}
        page = render("contradictions.html.j2", found=self.contradictions, **common)
        write(self.out / "contradictions.html", page)
        for name in ("style.css", "site.js"):
            write(self.out / name, (FOLDER / "static" / name).read_text(encoding="utf-8"))
        _copy(self.release, self.out / "data")
        linked = dataset(self.manifest, self.index.years, self.index.regions)
        front = front_of(self.manifest, self.tally, self.books, self.districts, self.contradictions)
        write(self.out / "index.html", render("front.html.j2", front=front, linked=linked, docs=self._docs(), **common))

    def _docs(self) -> str | None:
        """Where the documentation is, where `make docs` has put it beside the pages."""
        return "../docs/index.html" if (self.out.parent / "docs" / "index.html").is_file() else None


def _image_folders(out: Path) -> list[str]:
    return [f"images/{each.name}" for each in (out / "images").glob("*") if each.is_dir()]


def _body(row: dict[str, Any], step: int) -> tuple[Any, ...]:
    year = row["disclosure_year"]
    return row["entity_key"], row["stage"], row["scope"], None if year is None else year + step


def _series(disclosures: pl.DataFrame) -> dict[tuple[Any, ...], str]:
    """The disclosure that counts of each body, stage, scope and year."""
    rows = disclosures.filter("preferred").drop_nulls(["entity_key", "disclosure_year"])
    return {_body(row, 0): row["disclosure_id"] for row in rows.iter_rows(named=True)}


def _names(release: Path) -> dict[str, str]:
    """Official names by ``scheme.code``, the newest where a code has had several."""
    rows = read_table(release, "classifications").sort("valid_from").select("scheme", "code", "name")
    return {f"{scheme}.{code}": name for scheme, code, name in rows.iter_rows()}


def _key(row: dict[str, Any], frames: dict[str, pl.DataFrame], text: str | None, around: tuple[Any, ...]) -> str:
    digest = hashlib.sha256(f"{pages_digest()}\0{sorted(row.items())!r}\0{around!r}\0".encode())
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


def _sweep(folder: Path, stems: set[str]) -> int:
    """Remove pages, and what lies beside them, of what the release does not hold. Returns how many pages went."""
    gone = [path for path in folder.glob("*.*") if path.stem not in stems]
    for path in gone:
        path.unlink()
    return sum(path.suffix == ".html" for path in gone)


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
