"""Files that are neither PDF nor plain text: what they are, and what to do about it."""

from __future__ import annotations

import io
import re
import zipfile

_READ = "only PDF and plain text are read"
_PRINT = "print it to PDF"

_MAGIC = (
    (b"\xd0\xcf\x11\xe0", f"it is an old Office document (doc, xls, ppt or wps); {_READ}: {_PRINT}"),
    (b"\x89PNG", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"\xff\xd8\xff", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"GIF8", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"BM", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"II*\x00", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"MM\x00*", "it is a picture; it would need character recognition: fetch the document itself"),
    (b"Rar!", f"it is an archive (rar); {_READ}: unpack it here"),
    (b"7z\xbc\xaf\x27\x1c", f"it is an archive (7z); {_READ}: unpack it here"),
    (b"\x1f\x8b", f"it is a compressed file (gzip); {_READ}: unpack it here"),
    (b"\x7fELF", f"it is a program; {_READ}"),
    (b"MZ\x90\x00", f"it is a program; {_READ}"),
    (b"{\\rtf", f"it is an RTF document; {_READ}: {_PRINT}"),
    (b"MIME-Version:", f"it is a web page saved whole (mht) or a message; {_READ}: {_PRINT}"),
    (b"From: <Saved by", f"it is a web page saved whole (mht); {_READ}: {_PRINT}"),
)
_INSIDE = (
    ("word/document.xml", "a Word document (docx)", _PRINT),
    ("xl/workbook.xml", "a workbook (xlsx)", _PRINT),
    ("ppt/presentation.xml", "a presentation (pptx)", _PRINT),
    ("OFD.xml", "an OFD document", _PRINT),
    ("content.xml", "an OpenDocument file", _PRINT),
)
_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|body|title|table|tr|td|div|p|span|script|style|br|h[1-6])[\s/>]", re.I
)
_MARKUP = re.compile(rb"</(?:html|head|body|table|tr|td|div|p|span|script|style)>", re.I)


def other_kind(data: bytes) -> str | None:
    """What ``data`` is and what to do, where it is no PDF and no plain text; None where it may be either."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    for magic, reason in _MAGIC:
        if data.startswith(magic):
            return reason
    head = data[:65536].replace(b"\x00", b"")  # UTF-16
    first = head[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    tags = len(_MARKUP.findall(head))
    if (first[:1] == b"<" and _TAG.search(first)) or tags >= 5:
        return f"it is a web page, whatever its name says; {_READ}: save the text that it shows, or {_PRINT}"
    if first.startswith(b"<?xml"):
        return f"it is XML; {_READ}: {_PRINT}"
    return None


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "it is a zip archive or an Office document, and broken; fetch it again"
    for name, kind, remedy in _INSIDE:
        if name in names:
            return f"it is {kind}; {_READ}: {remedy}"
    return f"it is a zip archive of {len(names)} files; {_READ}: unpack it here"
