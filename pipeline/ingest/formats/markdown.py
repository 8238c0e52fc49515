"""Text that converters of documents write: Markdown, with tables in HTML. Marks go, tables become rows of cells."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from pipeline.ingest.document import CellTable, NotReadable
from pipeline.ingest.formats.separated import is_markdown_rule
from pipeline.ingest.limits import Limits

_OPEN, _CLOSE = (
    re.compile(r"(?:<html>\s*<body>\s*)?<table[\s>]", re.I),
    re.compile(r"</table\s*>(?:\s*</body>\s*</html>)?", re.I),
)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*\*")
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,500}\)")
_COMMENT = re.compile(r"<!--[^\n]{0,200}?-->")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~-])")


def is_markdown(text: str) -> bool:
    """Whether the marks of ``text`` are those of Markdown: tables in HTML or under its own mark, or several headings."""
    if _OPEN.search(text):
        return True
    headings = 0
    for line in text.split("\n"):
        headings += _HEADING.match(line) is not None
        if headings > 1 or is_markdown_rule(line):
            return True
    return False


def unmark(text: str, limits: Limits) -> tuple[str, list[CellTable]]:
    """``text`` without the marks of Markdown, its HTML tables as rows with tabs, and those tables."""
    parts: list[str] = []
    tables: list[CellTable] = []
    length = at = 0
    left = limits.max_cells
    while (start := _OPEN.search(text, at)) and (end := _end_of_table(text, start.end())):
        before = _without_marks(text[at : start.start()])
        rows, found = _table(text[start.start() : end], limits)
        if before and not before.endswith("\n"):
            before += "\n"
        parts += [before, rows]
        left -= sum(len(table.cells) for table in found)
        if left < 0:
            raise NotReadable(f"its tables have more than the {limits.max_cells} cells that a source may have")
        tables += [_moved(table, length + len(before)) for table in found]
        length += len(before) + len(rows)
        at = end
        while at < len(text) and text[at] in " \t":
            at += 1
        at += text.startswith("\n", at)
    parts.append(_without_marks(text[at:]))
    return "".join(parts), tables


def _end_of_table(text: str, start: int) -> int | None:
    """Where the table ends that begins before ``start``, tables inside it included; None where it does not."""
    depth, at = 1, start
    while depth:
        close = _CLOSE.search(text, at)
        if close is None:
            return None
        depth += len(re.findall(r"<table[\s>]", text[at : close.start()], re.I)) - 1
        at = close.end()
    return at


def _table(html: str, limits: Limits) -> tuple[str, list[CellTable]]:
    from pipeline.ingest.formats.html import read_page

    try:
        content = read_page(html, "text/html", limits)
    except NotReadable:
        return "", []  # it shows no text
    return content.text, list(content.tables)


def _moved(table: CellTable, by: int) -> CellTable:
    cells = tuple(
        cell._replace(pieces=tuple((start + by, end + by) for start, end in cell.pieces)) for cell in table.cells
    )
    return replace(table, cells=cells, start=table.start + by, end=table.end + by)


def _without_marks(text: str) -> str:
    lines = [_without_hashes(line) if _HEADING.match(line) else line for line in text.split("\n")]
    text = _ENTITY.sub(_character, _COMMENT.sub("", _PICTURE.sub("", "\n".join(lines))))
    return _ESCAPED.sub(r"\1", _STRONG.sub(r"\1", text))


def _character(entity: re.Match[str]) -> str:
    """The character that an entity names; not where it would begin a line or a cell."""
    found = unescape(entity.group())
    return found if found.isprintable() and found != "|" or found.isspace() and found != "\n" else entity.group()


def _without_hashes(line: str) -> str:
    return line.strip().lstrip("#").rstrip("#").strip()
