"""Files that are no disclosure a reader can read: each says what it is and what to do, and harms no other."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from pipeline.ingest.collections import SourceFile, each_collection
from pipeline.ingest.document import Document, Rejected
from pipeline.ingest.formats import format_of
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import read
from pipeline.ingest.read import read_bytes
from tests.documents import BUNDLED, read_source


def ingest(data: bytes, name: str = "x.txt", **declared: str) -> Document | Rejected:
    return read_bytes(SourceFile(Path("raw/a") / name, "a", name, declared), data, Limits())


def reason(data: bytes, name: str = "x.txt") -> str:
    found = ingest(data, name)
    assert isinstance(found, Rejected)
    return found.reason


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # without the time, by which tests would have other names
    return out.getvalue()


def pdf(pages: list[str], encryption: StandardEncryption | None = None, picture: bool = False) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt=encryption)
    for text in pages:
        if picture:
            from reportlab.lib.utils import ImageReader

            # The smallest picture: one grey point, drawn over the page.
            page.drawImage(ImageReader(io.BytesIO(PNG)), 0, 0, 500, 700)
        if text:
            page.drawString(72, 700, text)
        page.showPage()
    page.save()
    return out.getvalue()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc33"
    "0000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("data", "what", "remedy"),
    [
        (zipped("word/document.xml"), "word/document.xml is broken", "fetch it again"),
        (zipped("xl/workbook.xml"), "xl/workbook.xml is broken", "fetch it again"),
        (zipped("OFD.xml"), "an OFD document", "print it to PDF"),
        (zipped("content.xml"), "an OpenDocument text", "save it as docx"),
        (zipped("ppt/presentation.xml"), "a presentation", "print it to PDF"),
        (zipped("a.pdf", "b.pdf"), "a zip archive of 2 files", "unpack it"),
        (zipped("a.pdf")[:-30], "broken", "fetch it again"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "an old Office document", "fetch it again"),
        (b"Rar!\x1a\x07", "an archive (rar)", "unpack it"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a", "without a page", "fetch the page"),
        (b"MIME-Version: 1.0\nContent-Type: text/plain", "a message", "save what it holds"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "2003", "as xlsx"),
        (b"<?xml version='1.0'?><budget/>", "XML", "print it to PDF"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",  # bytes of archives carry the time
)
def test_each_kind_of_file_says_what_it_is_and_what_to_do(data, what, remedy):
    said = reason(data)
    assert what in said
    assert remedy in said


@pytest.mark.parametrize(
    "data",
    [
        "<!DOCTYPE html><html><body>部门预算</body></html>".encode(),
        "\ufeff\n<html><body><p>部门预算</p></body></html>".encode(),
        "<html><body>部门预算</body></html>".encode("utf-16"),
        ("部门预算\n" + "<tr><td>办公费</td></tr>\n" * 5).encode("gb18030"),
        "<meta charset=gbk><table><tr><td>部门预算</td></tr></table>".encode("gbk"),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("name", ["x.txt", "x.xls", "x.pdf"])
def test_a_web_page_is_one_whatever_its_name_says(data, name):
    found = ingest(data, name)
    assert isinstance(found, Document)
    assert found.media_type.startswith("text/html")
    assert found.text.startswith("部门预算")


def ole(*streams: str, inside: tuple[str, ...] = ()) -> bytes:
    """An OLE compound file with these entries at its root, and ``inside`` in a storage of its own; all are blank."""
    names = ["Root Entry", *streams, *(("ObjectPool", *inside) if inside else ())]
    none, first = 0xFFFFFFFF, len(streams) + 2
    entries = b""
    for at, name in enumerate(names):
        held = name.encode("utf-16-le") + b"\x00\x00"
        last_of_level = at == 0 or at == len(names) - 1 or at == len(streams) + bool(inside)
        right = none if last_of_level else at + 1
        child = 1 if at == 0 else first if name == "ObjectPool" else none
        kind = 5 if at == 0 else 1 if name == "ObjectPool" else 2
        entries += held.ljust(64, b"\x00") + struct.pack("<HBBIII", len(held), kind, 1, none, right, child) + bytes(48)
    entries = entries.ljust(1024, b"\x00")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\x00") + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    head = head.ljust(44, b"\x00") + struct.pack("<II", 1, 1) + bytes(24) + struct.pack("<I", 0) + b"\xff" * 432
    fat = struct.pack("<III", 0xFFFFFFFD, 2, 0xFFFFFFFE).ljust(512, b"\xff")
    return head.ljust(512, b"\xff")[:512] + fat + entries


def test_old_office_files_are_told_by_their_streams_and_not_by_what_is_embedded_in_them():
    assert format_of(ole("WordDocument", "1Table", inside=("Workbook",))).name.startswith("Word document (doc")
    assert format_of(ole("Workbook")).name == "workbook"
    assert format_of(ole("Book")).name == "workbook"
    assert "with a password" in reason(ole("EncryptionInfo", "EncryptedPackage"))
    assert "ppt" in reason(ole("PowerPoint Document"))
    assert "of an unknown kind" in reason(ole("CONTENTS"))


def test_text_that_speaks_of_less_and_greater_is_text():
    found = ingest("部门预算\n首页 > 政务公开 > 财政信息\n<以下为正文>\n预算数 < 100万元\n".encode())
    assert isinstance(found, Document)


def test_an_encrypted_pdf_says_so():
    assert "encrypted" in reason(pdf(["budget"], StandardEncryption("secret", "owner")), "x.pdf")


def test_a_pdf_that_only_forbids_copying_is_read():
    found = ingest(pdf(["budget 2022"], StandardEncryption("", "owner", canCopy=0)), "x.pdf")
    assert isinstance(found, Document)
    assert "budget 2022" in found.text


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_pdf_is_refused_or_says_what_is_missing(share):
    whole = pdf(["budget"] * 5)
    found = ingest(whole[: int(len(whole) * share)], "x.pdf")
    if isinstance(found, Rejected):
        assert "fetch it again" in found.reason
    else:
        assert found.text.count("budget") == 5


def test_scanned_pages_among_others_are_named_and_the_rest_is_kept():
    found = read(pdf(["budget", "", "annex"], picture=True), Limits(max_recognised=0))
    assert [note.split(" is ")[0] for note in found.notes] == ["page 2"]
    assert "annex" in found.text


def test_a_pdf_is_told_by_its_bytes_and_not_by_its_name():
    found = ingest(pdf(["budget"]), "x.txt")
    assert isinstance(found, Document)
    assert found.media_type == "application/pdf"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / "a"
    folder.mkdir(parents=True)
    (folder / "good.txt").write_bytes(BUNDLED.read_bytes())
    return tmp_path / "raw"


def results(raw: Path) -> dict[str, str | None]:
    found = {}
    for file in next(each_collection(raw)).files:
        read = read_source(file)
        found[file.name] = read.reason if isinstance(read, Rejected) else None
    return found


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable to the superuser")
def test_an_unreadable_file_is_refused_and_the_others_are_read(raw):
    (raw / "a" / "bad.txt").write_bytes(b"x")
    (raw / "a" / "bad.txt").chmod(0)
    found = results(raw)
    assert found["good.txt"] is None
    assert "cannot be read" in str(found["bad.txt"])


def test_links_that_lead_nowhere_or_in_circles_are_refused_and_the_others_are_read(raw):
    (raw / "a" / "gone.txt").symlink_to(raw / "a" / "nothing.txt")
    (raw / "a" / "loop.txt").symlink_to(raw / "a" / "loop.txt")
    (raw / "a" / "same.txt").symlink_to(raw / "a" / "good.txt")
    found = results(raw)
    assert found["good.txt"] is None
    assert found["same.txt"] is None
    assert "check that the file is there" in str(found["gone.txt"])
    assert found["loop.txt"] is not None


def test_a_link_to_a_folder_inside_a_collection_is_told_and_not_followed(raw, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").write_text("secret", encoding="utf-8")
    (raw / "a" / "folder").symlink_to(tmp_path / "elsewhere")
    found = results(raw)
    assert found["good.txt"] is None
    assert "link to a folder" in str(found["folder"])
    assert set(found) == {"good.txt", "folder"}


def test_a_link_to_a_folder_directly_below_raw_is_a_collection(raw, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").write_bytes(BUNDLED.read_bytes())
    (raw / "b").symlink_to(tmp_path / "elsewhere")
    found = list(each_collection(raw))
    assert [(each.name, [file.name for file in each.files]) for each in found] == [
        ("a", ["good.txt"]),
        ("b", ["x.txt"]),
    ]
    assert isinstance(read_source(found[1].files[0]), Document)


def test_a_value_of_the_wrong_shape_in_sources_toml_costs_its_file_only(raw):
    (raw / "a" / "other.txt").write_bytes(BUNDLED.read_bytes() + b"\n")
    (raw / "a" / "sources.toml").write_text('[files."other.txt"]\nstage = "final"\n', encoding="utf-8")
    found = results(raw)
    assert found["good.txt"] is None
    assert "stage = 'final', but it has to be budget or final_accounts" in str(found["other.txt"])
