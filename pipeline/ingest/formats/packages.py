"""Office packages (docx, xlsx): parts of a zip archive and their XML, within limits and without anything from outside."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

from pipeline.ingest.document import NotReadable
from pipeline.ingest.limits import Limits

_MOST_PARTS = 20_000
#: So many bytes of a part are parsed at once: expat begins a long comment or text again with each piece.
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, KeyError, RuntimeError, OSError)


class Package:
    """The parts of an Office package. Raises NotReadable where it is broken, encrypted, or larger than the limits allow."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            infos = self._archive.infolist()
        except _BROKEN as error:
            raise NotReadable(f"its zip archive is broken ({error}); fetch it again") from error
        size = sum(info.file_size for info in infos)
        if size > limits.max_inflated or len(infos) > _MOST_PARTS:
            raise NotReadable(
                f"it unpacks to {size >> 20} MB in {len(infos)} parts, more than the {limits.max_inflated >> 20} MB and "
                f"{_MOST_PARTS} parts that a source may have"
            )
        if any(info.flag_bits & 1 for info in infos):
            raise NotReadable("it is encrypted; publish or fetch it without a password")
        self._names = {info.filename.replace("\\", "/").lower(): info.filename for info in infos}

    def has(self, name: str) -> bool:
        """Whether the package has the part ``name``."""
        return name.lower() in self._names

    def bytes(self, name: str) -> bytes:
        """The part ``name``; nothing where the package has no such part."""
        real = self._names.get(name.lower())
        if real is None:
            return b""
        try:
            return self._archive.read(real)
        except _BROKEN as error:
            raise NotReadable(f"its part {name} is broken ({error}); fetch it again") from error

    def xml(self, name: str) -> ElementTree.Element | None:
        """The root of the XML part ``name``, its names without namespaces; None where the package has no such part."""
        root: ElementTree.Element | None = None
        for event, element in self.events(name):
            if root is None and event == "start":
                root = element
        return root

    def events(self, name: str) -> Iterator[tuple[str, ElementTree.Element]]:
        """Starts and ends of the elements of the part ``name`` as it is read, their names without namespaces."""
        real = self._names.get(name.lower())
        if real is None:
            return
        try:
            with self._archive.open(real) as part:
                for event, element in ElementTree.iterparse(_WithoutDoctype(part, name), ("start", "end")):
                    if event == "start":
                        element.tag = element.tag.rpartition("}")[2]
                        for key in [key for key in element.attrib if key[0] == "{"]:
                            element.attrib[_local(key)] = element.attrib.pop(key)
                    yield event, element
        except (*_BROKEN, ElementTree.ParseError) as error:
            if isinstance(error, NotReadable):
                raise
            raise NotReadable(f"its part {name} is broken ({error}); fetch it again") from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What the part ``name`` refers to inside the package: id to (type, part), each part once.

        Links to the outside are left out.
        """
        folder, _, file = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()
        for each in root if root is not None else ():
            if each.get("TargetMode") == "External":
                continue
            target = each.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if path not in seen:
                found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], path)
            seen.add(path)
        return found

    def main_part(self, usual: str) -> str:
        """The part that the package is about: a document or a workbook, under whatever name."""
        return next((path for kind, path in self.related("").values() if kind == "officeDocument"), usual)


def _local(key: str) -> str:
    """An attribute's name without its namespace; ids of relationships are set apart from other ids."""
    space, _, name = key.rpartition("}")
    return f"r:{name}" if space.endswith("/relationships") else name


class _WithoutDoctype:
    """A stream of XML that refuses a document type: Office has none, and entities that grow need one."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name, self._end = stream, name, b""

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(max(size, _CHUNK))
        if b"<!DOCTYPE" in (self._end + data).replace(b"\x00", b""):
            raise NotReadable(f"its part {self._name} has a document type definition, which no Office document has")
        self._end = data[-20:]
        return data
