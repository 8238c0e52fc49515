"""Text of any format: its encoding, and its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import accumulate, chain, count, repeat
from operator import add

from pipeline.ingest.document import Line, NotReadable

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


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
        if _share_of_frequent(text) >= _PLAUSIBLE and text.isprintable() or _share_of_frequent(text) >= 4 * _PLAUSIBLE:
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
        sample = _sample(text)
        common = sum("\u4e00" <= char <= "\u9fff" or char in _CHINESE for char in sample)
        if sample and common * 10 >= len(sample) * 8:
            read.append((_share_of_frequent(text), encoding, text))
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


def _sample(text: str) -> list[str]:
    """The characters of the beginning of ``text`` that are neither ASCII nor blank: blanks may stand around every number."""
    return [char for char in text[:20_000] if not char.isascii() and not char.isspace()]


def _share_of_frequent(text: str) -> float:
    """The share of frequent characters among those of the beginning of ``text`` that are not ASCII."""
    sample = _sample(text)
    return sum(char in _FREQUENT for char in sample) / len(sample) if sample else 0.0


def split_lines(text: str) -> tuple[Line, ...]:
    """Lines of ``text``, ended by ``\\n`` or ``\\f``. Pages are counted where there is a form feed at all."""
    paged = "\f" in text
    lengths = list(map(len, text.replace("\f", "\n").split("\n")))
    if len(lengths) > 1 and not lengths[-1]:
        lengths.pop()  # nothing stands behind the last break
    starts = list(accumulate((length + 1 for length in lengths[:-1]), initial=0))
    pages: Iterator[int | None] = repeat(None)
    if paged:
        leaves = enumerate(text.split("\f"), start=1)
        pages = chain.from_iterable(repeat(page, leaf.count("\n") + 1) for page, leaf in leaves)
    # Made of whole tuples, for calling a class once a line would take most of the time.
    return tuple(map(partial(tuple.__new__, Line), zip(count(1), starts, map(add, starts, lengths), pages)))
