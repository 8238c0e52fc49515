"""Pictures of pages are read where character recognition is installed; where it is not, the reason says what to do."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest import progress, recognition
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Content, Document, NotReadable
from pipeline.ingest.formats import picture
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import read
from pipeline.ingest.read import read_bytes
from tests.documents import ROOT

SONG = "STSong-Light"
#: Small, for recognising takes seconds.
SIZE = (570, 260)
CELLS = [
    ["项目", "合计", "基本支出", "项目支出"],
    ["一般公共服务支出", "2,106.66", "1,503.52", "603.14"],
    ["卫生健康支出", "60.99", "60.99", ""],
    ["合计", "2,167.65", "1,564.51", "603.14"],
]
needs_recognition = pytest.mark.skipif(
    not recognition.available(), reason=f"character recognition is not installed ({recognition.COMMAND})"
)


@pytest.fixture(scope="module")
def scan() -> bytes:
    """A page with a table as a scanner gives it: half a degree askew, on paper that is not white, with noise; as PNG."""
    pytest.importorskip("numpy")
    return _dirty(0.5)


def _dirty(degrees: float) -> bytes:
    import numpy as np
    from PIL import Image

    page = pypdfium2.PdfDocument(_page())[0].render(scale=200 / 72, grayscale=True).to_pil()
    whole = degrees % 90 == 0
    askew = page.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=whole, fillcolor=255)
    noise = np.random.default_rng(7).normal(0, 6, (askew.height, askew.width))
    dirty = Image.fromarray((np.asarray(askew, float) * 0.94 + noise).clip(0, 255).astype("uint8"))
    out = io.BytesIO()
    dirty.save(out, "PNG", dpi=(200, 200))
    return out.getvalue()


def _page() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, invariant=1)
    canvas.setFont(SONG, 16)
    canvas.drawCentredString(297, 230, "一般公共预算财政拨款支出决算表")
    canvas.setFont(SONG, 10)
    xs, top, height = [60, 240, 330, 420, 510], 200, 24
    for row, cells in enumerate(CELLS):
        for column, text in enumerate(cells):
            canvas.rect(xs[column], top - height * (row + 1), xs[column + 1] - xs[column], height)
            canvas.drawString(xs[column] + 4, top - height * (row + 1) + 8, text)
    canvas.save()
    return out.getvalue()


def _scanned(png: bytes) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(png)), 0, 0, *SIZE)
    canvas.save()
    return out.getvalue()


def _cells(content: Content) -> list[list[str]]:
    (table,) = content.tables
    rows = [[""] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row][cell.column] = "".join(content.text[start:end] for start, end in cell.pieces)
    return rows


@pytest.mark.slow
@needs_recognition
def test_a_scanned_page_gives_the_cells_of_its_table_and_how_sure_it_is(scan):
    pages: list[None] = []
    progress.listen(lambda: pages.append(None))
    content = read(_scanned(scan), Limits())
    assert content.text.startswith("一般公共预算财政拨款支出决算表\n")
    assert _cells(content) == CELLS
    assert content.notes == () and len(pages) == 1
    words = content.pages[0].words
    assert all(len(word.confidences) == word.end - word.start for word in words)
    assert all(0.5 < sure <= 1 for word in words for sure in word.confidences)
    amount = next(word for word in words if content.text[word.start : word.end] == "2,106.66")
    assert amount.x0 == pytest.approx(244, abs=5) and amount.top == pytest.approx(260 - 200 + 24 + 6, abs=6)


@needs_recognition
def test_a_stroke_beside_strokes_is_no_rule_of_a_table():
    """一 beside the level stroke of the next character is as long as a rule is at least; borders of cells are rules."""
    import numpy as np

    from pipeline.ingest.recognition.ink import Rule
    from pipeline.ingest.recognition.page import _is_stroke

    cells = [(100, 100, 500, 150), (100, 150, 500, 200)]

    def stroke(left: int, top: int, right: int) -> bool:
        return _is_stroke(Rule((left, top, right, top + 3), True, np.ones((3, right - left), np.bool_)), cells)

    assert stroke(130, 124, 205)
    assert not stroke(130, 148, 205)  # a piece of the border
    assert not stroke(130, 124, 480)  # a rule that cells were not found of
    assert not stroke(520, 124, 600)


@pytest.mark.slow
@needs_recognition
def test_a_picture_is_a_document_of_its_own_read_in_the_worker(scan):
    found = read_bytes(SourceFile(Path("raw/a/x.png"), "a", "x.png"), scan, Limits())
    assert isinstance(found, Document), found.reason
    assert (found.media_type, found.read_by) == ("image/png", "ocr")
    assert _cells(found) == CELLS


def test_each_page_of_a_tif_is_one():
    pytest.importorskip("numpy")
    from PIL import Image

    out = io.BytesIO()
    pages = [Image.new("L", (600 + 100 * at, 400), 255) for at in range(3)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], dpi=(150, 150))
    sizes = [page.shape for page in picture._pages(out.getvalue())]
    assert sizes == [(533, 800, 3), (533, 933, 3), (533, 1067, 3)]


@needs_recognition
@pytest.mark.parametrize(
    ("said", "text"), [("6,964, 796", "6,964,796"), ("12.50 13.00", "12.50 13.00"), ("1, 23", "1, 23")]
)
def test_a_space_behind_the_comma_of_thousands_is_none(said, text):
    import numpy as np

    from pipeline.ingest.recognition.engine import Said
    from pipeline.ingest.recognition.page import _word

    word = _word((0, 0, 9, 9), Said(said, [1.0] * len(said)), np.ones((9, 9), np.uint8))
    assert word is not None and word.text == text


@pytest.mark.slow
@needs_recognition
@pytest.mark.parametrize("degrees", [90, 180, 270, -3])
def test_a_scan_that_lies_on_its_side_or_stands_on_its_head_is_turned(degrees):
    content = picture.read(_dirty(degrees), Limits())
    assert _cells(content) == CELLS
    (page,) = content.pages
    assert (page.width, page.height) == pytest.approx(SIZE, abs=1)


#: What a process of its own prints of a picture, with so many threads allowed to whatever runs in it.
_DIGEST = """
import hashlib, sys
from pathlib import Path
from pipeline.ingest.formats import picture
from pipeline.ingest.limits import Limits
if __name__ == "__main__":
    content = picture.read(Path(sys.argv[1]).read_bytes(), Limits())
    print(hashlib.sha256(repr(content).encode()).hexdigest())
"""


@pytest.mark.slow
@needs_recognition
def test_recognition_repeats_with_any_number_of_threads(scan, tmp_path):
    (tmp_path / "scan.png").write_bytes(scan)

    def digest(threads: str) -> str:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": threads,
            "OPENCV_NUM_THREADS": threads,
            "PYTHONHASHSEED": threads,
        }
        command = [sys.executable, "-c", _DIGEST, str(tmp_path / "scan.png")]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True)
        return done.stdout.strip()

    here = hashlib.sha256(repr(picture.read(scan, Limits())).encode()).hexdigest()
    assert here == digest("1") == digest("4")


def test_without_the_extra_the_reason_names_the_command(monkeypatch, scan):
    monkeypatch.setattr(recognition, "versions", lambda: "")
    with pytest.raises(NotReadable, match="pip install 'open-yusuan"):
        read(_scanned(scan), Limits())
    with pytest.raises(NotReadable, match="pip install 'open-yusuan"):
        picture.read(scan, Limits())


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_broken_picture_is_refused(scan, share):
    with pytest.raises(NotReadable):
        picture.read(scan[: int(len(scan) * share)], Limits())
