"""Pictures of the pages of PDF sources, to lie under the boxes of their numbers; made only when asked for.

A release holds no sources and a page rendered is larger than all that is known of it, so that whoever wants pictures
says where the sources are. They are bounded: ``MOST`` pages a document, ``_WIDTH`` pixels wide. A page on which
something is withheld has no picture, nor has a document whose characters were recognised: what a picture of it shows is
not known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.disk import beside
from pipeline.extract.contacts.withholding import MARK
from pipeline.ingest.text import split_lines
from pipeline.terminal import NotInstalled

MOST, _WIDTH, _QUALITY = 60, 1000, 50


@dataclass(frozen=True, slots=True)
class PageImage:
    """A rendered page: the name of its file and the size of the page in points."""

    name: str
    width: float
    height: float


def make_images(
    disclosure: Mapping[str, Any], text: str | None, numbers: pl.DataFrame, sources: Path, folder: Path
) -> dict[int, PageImage]:
    """Render the pages of a disclosure into ``folder``, where its source below ``sources`` is a PDF and still the same.

    Files of an earlier run stay as they are. Raises NotInstalled or OSError.
    """
    path = sources / str(disclosure["source_file"])
    shown = _shown(text or "", numbers) if disclosure["read_by"] == "text" else []
    if not shown or not str(disclosure["media_type"] or "").startswith("application/pdf") or not path.is_file():
        return {}
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != disclosure["source_sha256"]:
        return {}
    return _render(data, shown, folder / str(disclosure["disclosure_id"]))


def _shown(text: str, numbers: pl.DataFrame) -> list[int]:
    """The first pages of a text, but for those on which a number or a name is withheld."""
    hidden = set(numbers.filter(pl.col("class") == "withheld")["page"])
    pages: set[int] = set()
    for line in split_lines(text):
        if line.page is not None:
            pages.add(line.page)
            if MARK in text[line.start : line.end]:
                hidden.add(line.page)
    return sorted(page for page in pages - hidden if page <= MOST)


def _render(data: bytes, shown: list[int], folder: Path) -> dict[int, PageImage]:
    import pypdfium2

    try:
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise NotInstalled("pictures of pages", "images") from error
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    with pypdfium2.PdfDocument(data) as document:
        for number in (each for each in shown if each <= len(document)):
            page = document[number - 1]
            width, height = page.get_size()
            target = folder / f"{number}.webp"
            if not target.is_file():
                picture = page.render(scale=_WIDTH / width).to_pil().convert("RGB")
                fresh = beside(target)
                picture.save(fresh, format="WEBP", quality=_QUALITY, method=4)
                fresh.replace(target)
            found[number] = PageImage(f"{folder.name}/{target.name}", round(width, 1), round(height, 1))
    return found
