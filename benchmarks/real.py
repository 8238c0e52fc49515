"""Real PDFs, from a folder outside of the project: (d) reading them, building a release of them, and recognising scans.

What they cost is given as a share of what pdfplumber takes for the words and tables of the same files in the same run.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.measure import run

#: How often each document is read by each, in turn: the least time counts, for what disturbs only adds.
_ROUNDS = 3
#: Pages that are recognised, from the middle of the documents, where their tables stand.
_SCANNED = 4


def pdf(paths: Sequence[Path], work: Path) -> dict[str, Any]:
    """(d) PDF: reading, and a whole build with its pages for people, next to pdfplumber; recognition, seconds a page."""
    if not paths:
        return {"left_out": "no PDF is at hand (name a folder of them with --pdf or DISCLOSURES_DIR)"}
    from pipeline.ingest.limits import Limits
    from pipeline.ingest.pdf import read

    contents = [path.read_bytes() for path in paths]
    read(contents[0], Limits())  # whoever comes first loads fonts and tables for both
    ours = theirs = 0.0
    for data in contents:
        one, other = _least(lambda: read(data, Limits()), lambda: _words_and_tables(data))  # noqa: B023
        ours, theirs = ours + one, theirs + other
    pages = sum(read(data, Limits()).page_count or 0 for data in contents)
    built = _build(paths, work)
    return {
        "pages": pages,
        "pages_a_second": pages / ours,
        "pdfplumber_cpu_seconds": theirs,
        "ratio_to_pdfplumber": ours / theirs,
        "bar": "at most 0.10 of pdfplumber",
        "reached": ours / theirs <= 0.10,
        "build": {
            "cpu_seconds": built,
            "ratio_to_pdfplumber": built / theirs,
            "bar": "at most 0.30 of pdfplumber, pages included",
            "reached": built / theirs <= 0.30,
        },
        "recognition": recognition(contents),
    }


def _least(*calls: Callable[[], Any]) -> list[float]:
    """The least processor time of each of ``calls``, in turn."""
    took = [float("inf")] * len(calls)
    for _ in range(_ROUNDS):
        for at, call in enumerate(calls):
            start = time.process_time()
            call()
            took[at] = min(took[at], time.process_time() - start)
    return took


def _words_and_tables(data: bytes) -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as opened:
        for page in opened.pages:
            page.extract_words()
            page.find_tables()
            page.close()


def _build(paths: Sequence[Path], work: Path) -> float:
    """The processor seconds of a first build of ``paths``: start, release and pages."""
    raw = work / "real" / "documents"
    raw.mkdir(parents=True, exist_ok=True)
    for order, path in enumerate(paths):
        shutil.copyfile(path, raw / f"{order:02}-{path.name}")
    took = []
    for order in range(2):
        out = work / f"real-out-{order}"
        took.append(run(["-m", "pipeline", "build", "--raw", str(raw.parent), "--out", str(out)]).cpu)
    return min(took)


def recognition(contents: Sequence[bytes]) -> dict[str, Any]:
    """Seconds a page of recognising pictures of pages, in one process and in two at once."""
    from pipeline.ingest import recognition as recogniser

    if not recogniser.available():
        return {"left_out": f"character recognition is not installed ({recogniser.COMMAND})"}
    pictures = [_picture(data, recogniser.DPI) for data in contents[:_SCANNED]]
    found: dict[str, Any] = {"pages": len(pictures), "dots_an_inch": recogniser.DPI}
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(_recognise, pictures[:1] * workers))  # loads the models
            start = time.perf_counter()
            cpu = sum(pool.map(_recognise, pictures))
        found[f"{workers}_workers"] = {
            "seconds_a_page": (time.perf_counter() - start) / len(pictures),
            "cpu_seconds_a_page": cpu / len(pictures),
        }
    return found


def _picture(data: bytes, dots: int) -> bytes:
    """A page from the middle of a PDF as PNG."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        image = document[len(document) // 2].render(scale=dots / 72).to_pil()
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(dots, dots))
    return out.getvalue()


def _recognise(data: bytes) -> float:
    """The processor seconds that one picture takes."""
    from pipeline.ingest.formats import picture
    from pipeline.ingest.limits import Limits

    start = time.process_time()
    picture.read(data, Limits())
    return time.process_time() - start
