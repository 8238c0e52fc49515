"""Pictures of the pages of PDF sources, to lie under the boxes of their numbers; made only when asked for.

A release holds no sources and a page rendered is larger than all that is known of it, so that whoever wants pictures
says where the sources are. They are bounded: ``MOST`` pages a document, ``_WIDTH`` pixels wide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.publish.files import beside

MOST, _WIDTH, _QUALITY = 60, 1000, 50


class NoPillow(Exception):
    """Pictures are asked for, and what writes them is not installed."""

    def __init__(self) -> None:
        super().__init__("pictures of pages need Pillow; install it with `pip install open-yusuan[images]`")


@dataclass(frozen=True, slots=True)
class PageImage:
    """A rendered page: the name of its file and the size of the page in points."""

    name: str
    width: float
    height: float


def make_images(disclosure: Mapping[str, Any], sources: Path, folder: Path) -> dict[int, PageImage]:
    """Render the pages of a disclosure into ``folder``, where its source below ``sources`` is a PDF and still the same.

    Files of an earlier run stay as they are. Raises NoPillow or OSError.
    """
    path = sources / str(disclosure["source_file"])
    if not str(disclosure["media_type"] or "").startswith("application/pdf") or not path.is_file():
        return {}
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != disclosure["source_sha256"]:
        return {}
    return _render(data, folder / str(disclosure["disclosure_id"]))


def _render(data: bytes, folder: Path) -> dict[int, PageImage]:
    import pypdfium2

    try:
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise NoPillow from error
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    with pypdfium2.PdfDocument(data) as document:
        for number in range(1, min(len(document), MOST) + 1):
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
