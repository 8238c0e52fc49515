"""PDFs that are made to do harm: read or refused with a reason, in bounded time, and nothing in them runs."""

from __future__ import annotations

import time
import zlib

import pytest

from pipeline.ingest.document import NotReadable
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import read

TEXT = b"BT /F 10 Tf 20 150 Td (Total 12.50) Tj ET "
FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /X 5 0 R >> >> "


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(data), more, data)


def pdf(*objects: bytes) -> bytes:
    numbered = (b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer << /Root 1 0 R >>\n%%EOF"


def page(content: bytes, box: bytes = b"[0 0 200 200]", form: bytes = b"null", catalog: bytes = b"") -> bytes:
    resources = b"/Resources << " + FONT + b" /XObject << /X 5 0 R >> >>"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b">>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox " + box + resources + b" /Contents 4 0 R >>",
        content if content.startswith(b"<<") else stream(content),
        form,
    )


def bomb() -> bytes:
    return page(stream(zlib.compress(b" " * 100_000_000), b"/Filter /FlateDecode "))


def tree(count: int, kids: bytes) -> bytes:
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), leaf)


@pytest.mark.parametrize(
    "data",
    [
        page(TEXT + b"/X Do", form=stream(TEXT + b"/X Do", FORM)),
        page(TEXT, box=b"[0 0 99999999 99999999]"),
        page(TEXT, box=b"[0 0 0 0]"),
        page(TEXT, catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "),
        page(TEXT, catalog=b"/Names << /EmbeddedFiles << /Names [(a) 9 0 R] >> >> "),
    ],
    ids=["a form in itself", "a huge page", "an empty page box", "a script", "a file in it"],
)
def test_what_does_no_harm_is_read(data):
    assert read(data, Limits(max_recognised=0)).text == "Total 12.50\n\f"


@pytest.mark.parametrize(
    "make",
    [lambda: tree(3, b"2 0 R 2 0 R"), lambda: tree(100_000, b"3 0 R"), bomb],
    ids=["a tree of pages in itself", "pages that are declared and missing", "a bomb"],
)
def test_what_cannot_be_read_is_refused_in_bounded_time(make):
    data = make()
    start = time.process_time()
    with pytest.raises(NotReadable):
        read(data, Limits(max_recognised=0))
    assert time.process_time() - start < 20
