"""Pictures of pages (png, jpg, tif) by character recognition, each page of a tif one of the document's."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.ingest import recognition
from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf.assembly import Assembly
from pipeline.ingest.progress import at_work

if TYPE_CHECKING:
    from pipeline.ingest.recognition.engine import Picture

_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"II*\x00": "image/tiff", b"MM\x00*": "image/tiff"}
_READ = ("PNG", "JPEG", "TIFF")  # the plugin of JPEG opens MPO, too
#: Points of the longer side of a page of A4, which a picture is taken to be that does not say, and of the largest page.
_A4, _LARGEST = 842.0, 1700.0
#: Dots an inch that scanners have; other values are what programs write that know of none.
_SCANNED = range(100, 1201)


def read(data: bytes, limits: Limits) -> Content:
    """What the pages of a picture hold. Raises NotReadable."""
    if not recognition.available():
        raise NotReadable(
            f"it is a picture; fetch the document itself, or `{recognition.COMMAND}` to have it recognised"
        )
    from pipeline.ingest.recognition.page import read_page

    assembly = Assembly(limits)
    for number, page in enumerate(_pages(data)):
        if number == limits.max_recognised:
            raise NotReadable(f"it has more than the {number} pages that are recognised of one source")
        at_work()
        found = read_page(page)
        assembly.add(found.width, found.height, found.words, found.grids)
    content = assembly.content(next(kind for magic, kind in _KINDS.items() if data.startswith(magic)))
    if not content.text.strip():
        raise NotReadable("it is a picture, and no text was recognised on it; fetch the document itself")
    return content


def _enlargement(size: tuple[int, int], dots: tuple[float, float] | None) -> float:
    """By how much a picture of so many pixels is enlarged for recognition."""
    points = max(size) * 72 / float(dots[0]) if dots and round(float(dots[0])) in _SCANNED else _A4
    return min(points, _LARGEST) / 72 * recognition.DPI / max(size)


def _pages(data: bytes) -> Iterator[Picture]:
    """Each page, as large as a page of A4 is at the resolution of recognition."""
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_READ) as image:
                for frame in ImageSequence.Iterator(image):
                    page = ImageOps.exif_transpose(frame).convert("RGB")
                    share = _enlargement(page.size, image.info.get("dpi"))
                    page = page.resize([max(round(side * share), 1) for side in page.size], Image.Resampling.LANCZOS)
                    yield np.asarray(page)[:, :, ::-1].copy()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise NotReadable("it has more pixels than a page needs") from error
        except (OSError, ValueError, SyntaxError) as error:  # what the library raises for broken pictures
            raise NotReadable(f"the picture is broken ({error}); fetch it again") from error
