"""Plain text: its tables and, where it is laid out with spaces, where its words stand."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from pipeline.ingest.document import Arrangement, CellTable, Content, Line, NotReadable, Page, Word
from pipeline.ingest.formats.markdown import is_markdown, unmark
from pipeline.ingest.formats.page_numbers import with_page_ends
from pipeline.ingest.formats.separated import separated_tables
from pipeline.ingest.limits import Limits
from pipeline.ingest.radicals import ordinary
from pipeline.ingest.text import decode, split_lines

_CELL = re.compile(r"\S+(?: \S+)*")
#: Two wide gaps in a line, one before an amount, or one behind a code: columns made with spaces.
_GAPS = re.compile(r"\S {3,}(?:\S+ {2,}\S|[\d,]+\.\d+$)|^\d{3,9} {3,}\S")
#: A wide gap behind a label or a code. Where columns were not made with spaces, gaps are left between amounts alone.
_GAP_BEHIND_LABEL = re.compile(r"[^\x00-\x7f] {3,}\S|^\d{3,9} {3,}\S")
#: In a text of fewer lines that print anything, columns show only where most lines have them, and at least so many.
_FEWEST, _FEWEST_WIDE = 10, 4


def read(data: bytes, limits: Limits) -> Content:
    """What plain text holds. Raises NotReadable.

    Line ends become ``\\n``, a byte order mark and the margins go that all lines have alike, and radicals become
    characters (see ``radicals``); where the number of a page is printed and no form feed, the line end there becomes one.
    No other character is changed. All offsets refer to that text. A form feed ends a page.
    """
    text, encoding = decode(data)
    if len(text) > limits.max_characters:
        raise NotReadable(f"{len(text)} characters are more than the {limits.max_characters} that a source may have")
    if not text.strip():
        raise NotReadable("the file holds nothing but white space")
    text = with_page_ends(_without_margins(ordinary(text.replace("\r\n", "\n").replace("\r", "\n"))))
    marked: list[CellTable] = []
    if is_markdown(text):
        text, marked = unmark(text, limits)
    lines = split_lines(text)
    tables = (*marked, *separated_tables(text, _loose(lines, marked), limits))
    pages = _pages(text, lines) if _is_laid_out(_outside(text, lines, tables)) else ()
    paged = "\f" in text
    return Content(
        media_type=f"text/plain; charset={encoding}",
        text=text,
        lines=lines,
        arrangement=Arrangement.CHARACTERS if pages else Arrangement.ORDER,
        tables=tuple(sorted(tables, key=lambda table: table.start)),
        pages=pages,
        page_count=lines[-1].page if paged else None,
    )


def _loose(lines: Sequence[Line], tables: Sequence[CellTable]) -> list[Line]:
    """The lines that are of none of ``tables``, which are in reading order."""
    ends = [table.end for table in tables]
    return [
        line for line in lines if (at := bisect_right(ends, line.start)) == len(ends) or line.start < tables[at].start
    ]


def _outside(text: str, lines: Sequence[Line], tables: Sequence[CellTable]) -> str:
    """``text`` without the lines of ``tables``."""
    if not tables:
        return text
    loose = _loose(lines, sorted(tables, key=lambda table: table.start))
    return "".join([text[line.start : line.end + 1] for line in loose])


def _without_margins(text: str) -> str:
    """``text`` without the blanks that all its lines begin or end with: they set nothing apart."""
    lines = text.split("\n")
    printing = [line for line in lines if line.strip()]
    left = min(len(line) - len(line.lstrip(" \u3000")) for line in printing)
    right = min(len(line) - len(line.rstrip(" ")) for line in printing)
    blank = [len(line) for line in lines if line and not line.strip()]
    # Lines of spaces may stand for blank cells: they lose a margin only if all of them have it.
    cut = left + right if min(blank, default=0) >= left + right else 0
    if not left and not right:
        return text
    return "\n".join(line[left : len(line) - right] if line.strip() else line[cut:] for line in lines)


def _is_laid_out(text: str) -> bool:
    """Whether columns were made with spaces, as ``pdftotext -layout`` does: wide gaps inside many lines, or one below another."""
    lines = [line for line in text[:400_000].split("\n") if line.strip()]
    wide = ["   " in line and _GAPS.search(line) is not None for line in lines]
    count = sum(wide)
    rows = [is_wide and _GAP_BEHIND_LABEL.search(line) is not None for is_wide, line in zip(wide, lines, strict=True)]
    if any(all(rows[at : at + _FEWEST_WIDE]) for at in range(len(rows) - _FEWEST_WIDE + 1)):
        return True
    if len(lines) < _FEWEST:
        return count >= _FEWEST_WIDE and count * 2 > len(lines)
    return "\f" in text and count >= 5 or count * 4 > len(lines)


def _pages(text: str, lines: tuple[Line, ...]) -> tuple[Page, ...]:
    """Pages with words in character cells; words one space apart are one, as such text prints them."""
    by_page: dict[int, list[Word]] = {}
    heights: dict[int, int] = {}
    for line in lines:
        number = line.page or 1
        row = heights[number] = heights.get(number, 0) + 1
        raw = text[line.start : line.end]
        if not raw.strip():
            continue
        x1, before = 0.0, 0
        for match in _CELL.finditer(raw):
            x0 = x1 + _cells(raw[before : match.start()])
            x1, before = x0 + _cells(match.group()), match.end()
            word = Word(line.start + match.start(), line.start + match.end(), x0, row - 1, x1, row - 0.1)
            by_page.setdefault(number, []).append(word)
    widest = max((word.x1 for words in by_page.values() for word in words), default=0.0)
    return tuple(Page(n, widest, float(heights[n]), tuple(by_page.get(n, ()))) for n in sorted(heights))


def _cells(text: str) -> float:
    if text.isascii():
        return float(len(text))
    return float(sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text))
