"""Plain text: its encoding, its lines and, where it is laid out with spaces, where its words stand."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import accumulate, chain, count, repeat
from operator import add

from pipeline.ingest.document import Arrangement, CellTable, Content, Line, NotReadable, Page, Word
from pipeline.ingest.formats.markdown import is_markdown, unmark
from pipeline.ingest.formats.separated import separated_tables
from pipeline.ingest.limits import Limits
from pipeline.ingest.radicals import ordinary

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CELL = re.compile(r"\S+(?: \S+)*")
#: Two wide gaps in a line, one before an amount, or one behind a code: columns made with spaces.
_GAPS = re.compile(r"\S {3,}(?:\S+ {2,}\S|[\d,]+\.\d+$)|^\d{3,9} {3,}\S")


#: In a text of fewer lines that print anything, columns show only where most lines have them, and at least so many.
_FEWEST, _FEWEST_WIDE = 10, 4


def read(data: bytes, limits: Limits) -> Content:
    """What plain text holds. Raises NotReadable.

    Line ends become ``\\n``, a byte order mark and the margins go that all lines have alike, and radicals become
    characters (see ``radicals``); no other character is changed. All offsets refer to that text. A form feed ends a page.
    """
    text, encoding = decode(data)
    if len(text) > limits.max_characters:
        raise NotReadable(f"{len(text)} characters are more than the {limits.max_characters} that a source may have")
    if not text.strip():
        raise NotReadable("the file holds nothing but white space")
    text = _without_margins(ordinary(text.replace("\r\n", "\n").replace("\r", "\n")))
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


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding. UTF-8 first, UTF-16 by its mark, then GB18030 or Big5; never a replacement character."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise NotReadable(f"its mark says UTF-16, but byte {error.start} is none; it may be cut off") from error
    if b"\x00" in data[:65536]:
        raise NotReadable(_binary(data))
    try:
        text, encoding = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as failure:
        text, encoding = _double_byte(data, failure)
    sample = text[:100_000]
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        raise NotReadable("it is binary, no text and no PDF; fetch it again or publish it as PDF")
    return text, encoding


def _binary(data: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data[:20_000][: len(data[:20_000]) // 2 * 2].decode(encoding)
        except UnicodeDecodeError:
            continue
        if _share(text, _FREQUENT) >= _PLAUSIBLE and text.isprintable() or _share(text, _FREQUENT) >= 4 * _PLAUSIBLE:
            return "it looks like UTF-16 without the mark that says so; save it as UTF-8"
    return "it is binary, no text and no PDF; fetch it again or publish it as PDF"


#: Characters that fill any disclosure, simplified and traditional. Read in the wrong encoding, hardly one is left.
_FREQUENT = frozenset(
    "的一是在有和及不人年月日元为為部门門单單位预預算决決收入支出财財政公共项項目机機构構经經费費国國区區资資金表"
)
_CHINESE = frozenset("，。、；：？！“”‘’（）《》—…％０１２３４５６７８９　「」『』．")
#: The least share of them, among all characters that are not ASCII, that makes an encoding plausible.
_PLAUSIBLE = 0.05


def _double_byte(data: bytes, utf8: UnicodeDecodeError) -> tuple[str, str]:
    """GB18030 or Big5: both accept nearly any bytes, so the one is taken that gives the words of disclosures."""
    if len(data) - utf8.start <= 3 and utf8.reason == "unexpected end of data":
        raise NotReadable("the file is cut off in the middle of its last character; fetch it again") from utf8
    read: list[tuple[float, str, str]] = []
    broken: dict[str, int] = {}
    for encoding, codec in (("gb18030", "gb18030"), ("big5", "cp950"), ("big5", "big5hkscs")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            broken.setdefault(encoding, error.start)
            continue
        sample = [char for char in text[:20_000] if not char.isascii()]
        common = sum("\u4e00" <= char <= "\u9fff" or char in _CHINESE for char in sample)
        if sample and common * 10 >= len(sample) * 8:
            read.append((_share(text, _FREQUENT), encoding, text))
    if not read and len(broken) == 2:
        raise NotReadable(
            f"it is neither UTF-8 (byte {utf8.start}) nor GB18030 (byte {broken['gb18030']}) nor Big5 "
            f"(byte {broken['big5']}); save it as UTF-8"
        ) from utf8
    # The first of equals: GB18030 is by far the more common.
    best = max(read, key=lambda each: each[0], default=None)
    if best is None or best[0] < _PLAUSIBLE:
        raise NotReadable(
            f"its encoding cannot be told: not UTF-8 (byte {utf8.start}), and neither GB18030 nor Big5 gives "
            "Chinese text; save it as UTF-8"
        )
    return best[2], best[1]


def _share(text: str, characters: frozenset[str]) -> float:
    """The share of ``characters`` among those of the beginning of ``text`` that are not ASCII."""
    sample = [char for char in text[:20_000] if not char.isascii()]
    return sum(char in characters for char in sample) / len(sample) if sample else 0.0


def split_lines(text: str, first_page: int = 1) -> tuple[Line, ...]:
    """Lines of ``text``, ended by ``\\n`` or ``\\f``. Pages are counted where there is a form feed at all."""
    paged = "\f" in text
    lengths = list(map(len, text.replace("\f", "\n").split("\n")))
    if len(lengths) > 1 and not lengths[-1]:
        lengths.pop()  # nothing stands behind the last break
    starts = list(accumulate((length + 1 for length in lengths[:-1]), initial=0))
    pages: Iterator[int | None] = repeat(None)
    if paged:
        leaves = enumerate(text.split("\f"), first_page)
        pages = chain.from_iterable(repeat(page, leaf.count("\n") + 1) for page, leaf in leaves)
    # Made of whole tuples, for calling a class once a line would take most of the time.
    return tuple(map(partial(tuple.__new__, Line), zip(count(1), starts, map(add, starts, lengths), pages)))


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
    if count >= _FEWEST_WIDE and any(all(wide[at : at + _FEWEST_WIDE]) for at in range(len(wide) - _FEWEST_WIDE + 1)):
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
