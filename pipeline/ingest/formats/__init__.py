"""The formats that are read: how each is recognised by its content, and the module whose ``read`` reads it.

``docs/adding-a-format.md`` goes the way of a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from pipeline.ingest import kinds
from pipeline.ingest.document import Content
from pipeline.ingest.limits import Limits


@dataclass(frozen=True, slots=True)
class Format:
    """``name`` names it in reasons ("the PDF is broken"); ``recognises`` looks at the bytes of a source.

    ``module`` has a function ``read(data: bytes, limits: Limits) -> Content`` that raises NotReadable.
    ``apart`` formats are read in a process of their own, with limits of time and memory (see ``worker``).
    """

    name: str
    recognises: Callable[[bytes], bool]
    module: str
    apart: bool = True

    def read(self, data: bytes, limits: Limits) -> Content:
        """What ``data`` holds, read in this process. Raises NotReadable."""
        content: Content = import_module(self.module).read(data, limits)
        return content


#: The first that recognises a source reads it.
FORMATS = (
    Format("PDF", kinds.is_pdf, "pipeline.ingest.pdf"),
    Format("saved web page (mht)", kinds.is_mhtml, "pipeline.ingest.formats.mhtml"),
    Format("picture", kinds.is_picture, "pipeline.ingest.formats.picture"),
    Format("workbook", kinds.is_workbook, "pipeline.ingest.formats.workbook"),
    Format("Word document", kinds.is_word, "pipeline.ingest.formats.word"),
    Format("Word document (doc, wps or rtf)", kinds.is_old_word, "pipeline.ingest.formats.office"),
    Format("web page", kinds.is_html, "pipeline.ingest.formats.html"),
    Format("text with HTML tables", kinds.is_marked_text, "pipeline.ingest.formats.plain"),
    Format("text", kinds.is_text, "pipeline.ingest.formats.plain", apart=False),
)


def format_of(data: bytes) -> Format | None:
    """The format of ``data``, by its content; None where it is of no format that is read (``kinds.refusal`` says what)."""
    return next((each for each in FORMATS if each.recognises(data)), None)


def format_named(name: str) -> Format:
    """The registered format of that name. Raises StopIteration where there is no such."""
    return next(each for each in FORMATS if each.name == name)
