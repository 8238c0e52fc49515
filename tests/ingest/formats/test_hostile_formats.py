"""Hostile files of every format: a reason within limits of time and memory, nothing run, nothing fetched."""

from __future__ import annotations

import io
import socket
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document, Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from pipeline.ingest.worker import stop_worker
from tests.ingest.formats.test_html import MHT, TABLE, page
from tests.ingest.formats.test_word import docx, p, tbl, tr
from tests.ingest.formats.test_workbook import old_workbook, saved, with_strings, workbook

pytestmark = pytest.mark.slow  # each refusal ends a process, and the next file starts one

SMALL = Limits(seconds=20.0, memory_bytes=1 << 30, max_cells=50_000, max_characters=2_000_000, max_inflated=32 << 20)
GOOD = {
    "html": page(f"<p>某局2025年部门预算</p>{TABLE}"),
    "mht": MHT.format(page("<p>budget</p>").decode()).encode(),
    "xlsx": saved(workbook(["甲", 1])),
    "xls": old_workbook(),
    "docx": docx(p("某局") + tbl(tr("甲", "1"), tr("乙", "2"))),
    "text": ("某局2025年部门预算\n" + TABLE).encode(),
}


@pytest.fixture(autouse=True, scope="module")
def own_worker():
    yield
    stop_worker()


def ingest(data: bytes, limits: Limits = SMALL) -> Document | Rejected:
    return read_bytes(SourceFile(Path("raw/a/x"), "a", "x"), data, limits)


def zip_of(names: dict[str, bytes], lie: bool = False) -> bytes:
    """An archive of these files; with ``lie`` its directory says that they are small."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
        if lie:
            for info in archive.infolist():
                info.file_size = min(info.file_size, 100)
    return out.getvalue()


def opendocument(content: str) -> bytes:
    """An ods whose sheet holds ``content``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        sheet = f'<t:table t:name="a">{content}</t:table>'
        archive.writestr("content.xml", f'<a xmlns:t="urn:table" xmlns:p="urn:text">{sheet}</a>')
    return out.getvalue()


FULL_ROWS = (
    '<t:table-row t:number-rows-repeated="1048576"><t:table-cell t:number-columns-repeated="16384"><p:p>1</p:p>'
    "</t:table-cell></t:table-row>"
)
SHEET = b"<worksheet><sheetData>" + b"<row>" + b"<c><v>1</v></c>" * 60_000 + b"</row></sheetData></worksheet>"
WORKBOOK = {
    "xl/workbook.xml": b'<workbook xmlns:r="x/relationships"><sheets><sheet name="a" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": b'<R><R Id="a" Type="x/worksheet" Target="s.xml"/></R>',
}
GROWING = "".join(f'<row r="{at}"><c><v>1</v></c><c><v>2</v></c></row>' for at in range(1, 5_000))
GROWING += "".join(f'<mergeCell ref="A{5_000 - at}:B1048576"/>' for at in range(1, 5_000))
#: Made by the test that reads them: some take a second to make.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: zip_of({"word/document.xml": bytes(64 << 20)}),
    "zip bomb that lies": lambda: zip_of({"word/document.xml": b"<w>" + bytes(64 << 20)}, lie=True),
    "zip bomb as workbook of another kind": lambda: zip_of({"xl/workbook.bin": bytes(64 << 20)}),
    "entities": lambda: with_strings(
        "<!DOCTYPE x [" + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 30)) + "]><sst/>"
    ),
    "entity of a file": lambda: with_strings(
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst><si><t>&f;</t></si></sst>'
    ),
    "cells of a page": lambda: page("<table>" + "<tr>" + "<td>1" * 30 + "</tr>" * 1 + ("<tr>" + "<td>1" * 30) * 4000),
    "cells of text": lambda: ("某局\n" + ("甲\t" * 30 + "1\n") * 4000).encode(),
    "cells of Word": lambda: docx(tbl(*[tr(*["1"] * 30)] * 2000)),
    "cells of a workbook": lambda: zip_of(WORKBOOK | {"xl/s.xml": SHEET}),
    "merged ranges over one another": lambda: zip_of(
        WORKBOOK | {"xl/s.xml": f"<worksheet>{GROWING}</worksheet>".encode()}
    ),
    "nested elements": lambda: page("<b><i><div>" * 3000),
    "blocks that are left open": lambda: page("<div>1.00 " * 100_000),
    "cells over more places than there are": lambda: page(
        f"<p>x</p><table><tr>{'<td rowspan=65534>1' * 1000}</tr>" + "<tr><td>2</tr>" * 2000 + "</table>"
    ),
    "nested tables": lambda: page("<table><tr><td>" * 20_000 + "1"),
    "nested XML": lambda: docx("<w:p>" * 100_000),
    "message in a message": lambda: (
        b"Content-Type: multipart/related; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000
    ),
    "inline elements that are left open": lambda: page("".join(f"<p><font color={n}>x" for n in range(20_000))),
    "cells spanned over one another": lambda: page(
        "<p>x</p><table>" + "<tr><td colspan=1000000 rowspan=1000000>1</td><td>2</td></tr>" * 20_000 + "</table>"
    ),
    "rows and columns repeated": lambda: opendocument(FULL_ROWS * 100),
    "paragraphs in paragraphs": lambda: opendocument(
        f"<t:table-row><t:table-cell>{'<p:p>' * 50_000}1{'</p:p>' * 50_000}</t:table-cell></t:table-row>"
    ),
    "directory in a circle": lambda: old_workbook()[:48] + b"\x00\x00\x00\x00" + old_workbook()[52:],
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_with_a_reason_and_the_next_is_read(make):
    found = ingest(make())
    assert isinstance(found, Rejected)
    assert any(
        word in found.reason
        for word in ("fetch", "more than", "nested", "no Office document has", "stopped", "too much")
    )
    assert isinstance(ingest(GOOD["html"]), Document)


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_files_that_are_changed_anywhere_are_read_or_refused(data):
    for at in range(0, len(data), max(1, len(data) // 60)):
        found = ingest(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        assert isinstance(found, Document) or found.reason
    for share in range(1, 8):
        found = ingest(data[: len(data) * share // 8])
        assert isinstance(found, Document) or found.reason


@pytest.mark.parametrize("style", ["/*" * 300_000, "x/*" * 200_000, "a{" * 200_000, "a" * 400_000, "@media{" * 100_000])
def test_style_sheets_without_end_take_no_long_time(style):
    assert isinstance(ingest(page("<p>某局2025年部门预算</p>", f"<style>{style}</style>")), Document)


def test_what_takes_too_long_is_stopped():
    found = ingest(page("<table>" + ("<tr>" + "<td>1" * 30) * 4000), replace(SMALL, max_cells=10**6, seconds=0.01))
    assert isinstance(found, Rejected)
    assert "more than 0.01 seconds" in found.reason


def test_nothing_that_a_file_links_to_is_fetched():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        ingest(
            page(
                f'<link rel=stylesheet href="{url}"><img src="{url}"><iframe src="{url}"></iframe><script src="{url}"></script>甲'
            )
        )
        ingest(docx(p("甲"), styles=f'<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{url}"/></x>'))
        ingest(with_strings(f'<!DOCTYPE x SYSTEM "{url}"><sst/>'))
        with pytest.raises(TimeoutError):
            server.accept()


def test_blocks_that_are_left_open_around_all_that_follows_take_no_long_time():
    data = page("<div>" * 250 + "<p><a href=x>甲</a>1.00" * 20_000)
    assert isinstance(ingest(data, replace(SMALL, seconds=8.0)), Document)


def test_a_part_that_is_many_sheets_is_unpacked_once():
    sheets = "".join(f'<sheet name="a" r:id="{at % 500}"/>' for at in range(5_000))
    links = "".join(f'<R Id="{at}" Type="x/worksheet" Target="s.xml"/>' for at in range(500))
    sheet = b"<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData><!--" + bytes(b"x" * (8 << 20))
    data = zip_of(
        {
            "xl/workbook.xml": f'<workbook xmlns:r="x/relationships"><sheets>{sheets}</sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f"<R>{links}</R>".encode(),
            "xl/s.xml": sheet + b"--></worksheet>",
        }
    )
    found = ingest(data)
    assert isinstance(found, Document)
    assert found.text == "a\n1\t2\n"


@pytest.mark.parametrize("stored", ["zip", "tar"])
def test_an_archive_that_holds_a_page_as_it_is_is_no_page(stored):
    held = page("<p>部门支出总表</p><table><tr><td>合计</td><td>1.00</td></tr></table>" * 3)
    if stored == "zip":
        data = zip_of({"budget.html": held})
    else:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            info = tarfile.TarInfo("budget.html")
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
        data = out.getvalue()
    found = ingest(data)
    assert isinstance(found, Rejected)
    assert "archive" in found.reason and "unpack it here" in found.reason
