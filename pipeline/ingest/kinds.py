"""What a source is, by its content; and for kinds that are not read, what to do about it."""

from __future__ import annotations

import io
import re
import struct
import zipfile

_READ = "PDF, pictures, web pages, workbooks, Word documents and text are read"
_PRINT = "print it to PDF"
_PICTURE = "it is a picture of a kind that is not read; save it as PNG, JPEG, TIFF or PDF"

_ARCHIVES = (
    (b"Rar!", f"it is an archive (rar); {_READ}: unpack it here"),
    (b"7z\xbc\xaf\x27\x1c", f"it is an archive (7z); {_READ}: unpack it here"),
    (b"\x1f\x8b", f"it is a compressed file (gzip); {_READ}: unpack it here"),
)
_MAGIC = (
    *_ARCHIVES,
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"\x7fELF", f"it is a program; {_READ}"),
    (b"MZ\x90\x00", f"it is a program; {_READ}"),
)
_INSIDE = (
    ("ppt/presentation.xml", "a presentation (pptx)", _PRINT),
    ("OFD.xml", "an OFD document", _PRINT),
    ("content.xml", "an OpenDocument text or presentation", "save it as docx"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|body|title|table|tr|td|div|p|span|script|style|br|center|font|h[1-6])[\s/>]",
    re.I,
)
_CLOSING = re.compile(rb"</(?:html|head|body|table|tr|td|div|p|span|script|style)>", re.I)
#: Markup that only a page has, not a text with tables in it.
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|body|script|style|div|p|span|font|center|h[1-6]|ul|li)[\s/>]", re.I
)
#: Converters of documents wrap each table in a page of its own.
_WRAPPED = re.compile(rb"<html>\s*<body>\s*(?=<table)|(?<=</table>)\s*</body>\s*</html>", re.I)
_MHTML = re.compile(rb"(?:[\w-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?content-type:\s*multipart/related", re.I)


def is_pdf(data: bytes) -> bool:
    return data[:1024].lstrip().startswith(b"%PDF-")


def is_picture(data: bytes) -> bool:
    """Whether it is a PNG, JPEG or TIFF."""
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"))


def is_mhtml(data: bytes) -> bool:
    """Whether it is a page that a browser saved whole: a MIME message of several parts."""
    return _MHTML.match(data[:8192].lstrip()) is not None


def is_workbook(data: bytes) -> bool:
    names = _entries(data)
    if any(name in names for name in ("xl/workbook.xml", "xl/workbook.bin")):
        return True
    if "content.xml" in names:
        return b"opendocument.spreadsheet" in data[:200]
    return bool({"Workbook", "Book"} & _streams(data))


def is_word(data: bytes) -> bool:
    return "word/document.xml" in _entries(data)


def is_old_word(data: bytes) -> bool:
    return data.startswith(b"{\\rtf") or "WordDocument" in _streams(data)


def is_html(data: bytes) -> bool:
    text = _ascii(data)
    return not _is_container(data) and _is_markup(text) and not _is_text_around_tables(text)


def is_marked_text(data: bytes) -> bool:
    """Whether it is text, or Markdown, with tables in HTML: what converters of documents write."""
    return not _is_container(data) and _is_text_around_tables(_ascii(data))


def is_text(data: bytes) -> bool:
    """Whether it may be text: it is of no kind that is known to be something else."""
    return refusal(data) is None


def refusal(data: bytes) -> str | None:
    """What ``data`` is and what to do, where it is of a known kind that is not read; None where it may be text."""
    if data.startswith(_ZIP):
        return _zip(data)
    if data.startswith(_OLE[:4]):
        return _ole(data)
    if _is_tar(data):
        return f"it is an archive (tar); {_READ}: unpack it here"
    for magic, reason in _MAGIC:
        if data.startswith(magic):
            return reason
    first = _ascii(data[:65536])[:4096]
    if b"urn:schemas-microsoft-com:office:spreadsheet" in first:
        return f"it is a workbook in XML of 2003; {_READ}: save it as xlsx"
    if first.startswith(b"<?xml"):
        return f"it is XML; {_READ}: {_PRINT}"
    if first.startswith(b"MIME-Version:"):
        return f"it is a message; {_READ}: save what it holds"
    return None


def _is_container(data: bytes) -> bool:
    """Whether it holds other files, which may be pages and stand in it as they are."""
    return data.startswith((*_ZIP, _OLE[:4], *(magic for magic, _ in _ARCHIVES))) or _is_tar(data)


def _is_tar(data: bytes) -> bool:
    return data[257:262] == b"ustar"


def _ascii(data: bytes) -> bytes:
    """``data`` without the zeros of UTF-16, marks of encodings and white space before it."""
    return data.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def _is_markup(text: bytes) -> bool:
    first = text[:1024]
    return (first[:1] == b"<" and _TAG.search(first) is not None) or len(_CLOSING.findall(text[:65536])) >= 5


def _is_text_around_tables(text: bytes) -> bool:
    """Whether ``text`` holds HTML tables, and between them no markup that makes it a page."""
    text = _WRAPPED.sub(b"", text)
    folded, at = text.lower(), 0
    while (start := folded.find(b"<table", at)) >= 0 and (end := folded.find(b"</table", start)) >= 0:
        if _PAGE.search(text, at, start):
            return False
        at = end + 8
    return at > 0 and _PAGE.search(text, at) is None


def _entries(data: bytes) -> frozenset[str]:
    """The names of the files in a zip archive; none where it is no zip archive, or broken."""
    if not data.startswith(_ZIP):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(name.replace("\\", "/") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return frozenset()


def _zip(data: bytes) -> str:
    names = _entries(data)
    if not names:
        return "it is a zip archive or an Office document, and broken or empty; fetch it again"
    for name, kind, remedy in _INSIDE:
        if name in names:
            return f"it is {kind}; {_READ}: {remedy}"
    return f"it is a zip archive of {len(names)} files; {_READ}: unpack it here"


def _ole(data: bytes) -> str:
    streams = _streams(data)
    if "EncryptedPackage" in streams:
        return "it is an Office document with a password; publish or fetch it without one"
    if "PowerPoint Document" in streams:
        return f"it is an old presentation (ppt); {_READ}: {_PRINT}"
    if not streams:
        return "it is an old Office document, and broken; fetch it again"
    return f"it is an old Office document of an unknown kind; {_READ}: save it as docx or xlsx"


#: Sectors of a directory that are looked at: a document has one or two, a hostile one may go round for ever.
_SECTORS = 256
_END = 0xFFFFFFFA


def _streams(data: bytes) -> frozenset[str]:
    """The names at the root of an OLE compound file (doc, xls, ppt, wps, et); not those of what is embedded in it."""
    if not data.startswith(_OLE) or len(data) < 1536:
        return frozenset()
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return frozenset()
    entries = b"".join(_directory(data, 1 << shift))
    names: set[str] = set()
    # The names stand in a tree of entries, whose top the first entry names.
    wait, seen = [*struct.unpack_from("<I", entries, 76)] if len(entries) >= 128 else [], set()
    while wait:
        at = wait.pop()
        if at in seen or (at + 1) * 128 > len(entries):
            continue
        seen.add(at)
        (length,) = struct.unpack_from("<H", entries, at * 128 + 64)
        names.add(entries[at * 128 : at * 128 + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace"))
        wait += struct.unpack_from("<II", entries, at * 128 + 68)
    return frozenset(names)


def _directory(data: bytes, size: int) -> list[bytes]:
    """The sectors of the directory of an OLE compound file, along its chain."""
    fat = struct.unpack_from("<109I", data, 76)
    found: list[bytes] = []
    (sector,) = struct.unpack_from("<I", data, 48)
    while sector < _END and len(found) < _SECTORS:
        place = (sector + 1) * size
        found.append(data[place : place + size])
        block = sector * 4 // size
        if block >= len(fat) or fat[block] >= _END:
            break
        entry = (fat[block] + 1) * size + sector * 4 % size
        if entry + 4 > len(data):
            break
        (sector,) = struct.unpack_from("<I", data, entry)
    return found
