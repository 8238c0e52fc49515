"""The small language in which forms are written, and the folding that makes printed text comparable.

``[x]`` may be missing, ``(a|b)`` is one of several, ``…`` any text, ``{year}`` a year; everything else stands for
itself. White space, quotation marks and the width of characters never count, and the traditional characters of
``schemas/forms/characters`` are matched as their simplified ones; what is published is as printed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

_CHARACTERS = Path(__file__).resolve().parents[2] / "schemas" / "forms" / "characters" / "traditional.toml"
_PAIRS = tomllib.loads(_CHARACTERS.read_text(encoding="utf-8"))
#: Traditional characters and the simplified ones they are matched as: those of the table, no others.
TRADITIONAL = dict(zip(map(ord, _PAIRS["traditional"]), _PAIRS["simplified"], strict=True))
_FULL: dict[int, int | str | None] = {0xFF01 + i: 0x21 + i for i in range(94)}
# Brackets are kept full width: in patterns the ASCII ones have a meaning of their own.
_FULL |= {0xFF08: "（", 0xFF09: "）", 0x28: "（", 0x29: "）", 0x5B: "［", 0x5D: "］", 0x3008: "《", 0x3009: "》"}
_FULL |= dict.fromkeys(map(ord, "“”\"'‘’「」『』\u3000 \t\r\n\u00a0\u200b\ufeff\f\v"), None)
_FULL |= dict.fromkeys([*range(0x2000, 0x200B), 0x202F, 0x205F], None)
_FULL |= TRADITIONAL
_FULL |= {ord("—"): "-", ord("－"): "-", ord("–"): "-", ord("−"): "-", ord("﹒"): ".", ord("．"): "."}

YEAR = r"(?:[12][09]\d\d年度?|[上去本当]年度?|[XＸ×xX]+年度?)"
_ANY = r".{0,40}?"


#: Texts up to this length are remembered when they are folded: the same words stand in every row and every document, and
#: without it extraction takes a fifth longer.
_SHORT = 48


@lru_cache(maxsize=32_768)
def _fold_short(text: str) -> str:
    return text.translate(_FULL)


def fold(text: str) -> str:
    """``text`` without white space and quotation marks, in half-width characters (brackets in full width)."""
    return _fold_short(text) if len(text) <= _SHORT else text.translate(_FULL)


#: Runs of characters that folding keeps, each as one character.
_KEPT = re.compile(f"[^{re.escape(''.join(chr(code) for code, kept in _FULL.items() if kept is None))}]+")


def places_kept(text: str, start: int, end: int) -> list[int]:
    """Where the characters of ``text[start:end]`` stand that folding keeps: one for each character of the folded text."""
    places: list[int] = []
    for run in _KEPT.finditer(text, start, end):
        places.extend(range(*run.span()))
    return places


def place_kept(text: str, start: int, nth: int) -> int:
    """Where the ``nth`` (from 0) of the characters from ``start`` on stands that folding keeps. Raises IndexError."""
    for run in _KEPT.finditer(text, start):
        first, last = run.span()
        if nth < last - first:
            return first + nth
        nth -= last - first
    raise IndexError(f"fewer characters than {nth} are kept")


_TRADITIONAL = re.compile(f"[{''.join(map(chr, TRADITIONAL))}]")


def simplified(text: str) -> str:
    """``text`` with traditional characters exchanged one for one, so that places stay; most texts have none."""
    return text.translate(TRADITIONAL) if _TRADITIONAL.search(text) else text


#: A year in Chinese numerals, where 年 follows.
CHINESE_YEAR = re.compile("二[〇○零][〇○零一二三四五六七八九]{2}(?=年)")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def year_in_numerals(printed: str) -> int:
    """The year that Chinese numerals print: 二〇二四."""
    return int(printed.translate(_NUMERALS))


def source_of(pattern: str) -> str:
    """The regular expression that a pattern of the forms' language stands for (not anchored)."""
    out = []
    i = 0
    while i < len(pattern):
        char = pattern[i]
        if pattern.startswith("{year}", i):
            out.append(YEAR)
            i += 6
            continue
        if char in "([":
            out.append("(?:")
        elif char == ")":
            out.append(")")
        elif char == "]":
            out.append(")?")
        elif char == "|":
            out.append("|")
        elif char == "…":
            out.append(_ANY)
        else:
            out.append(re.escape(fold(char)))
        i += 1
    return "".join(out)


def expand(pattern: str, year: str) -> Iterator[str]:
    """All the texts that ``pattern`` stands for: ``[a|b]`` a, b or nothing; ``(a|b)`` one of them; ``{year}`` a ``year``.

    Raises ValueError naming the pattern where brackets do not pair.
    """
    pattern = pattern.replace("{year}", year)
    texts, rest = _alternatives(pattern, 0, "")
    if rest != len(pattern):
        raise ValueError(f"brackets do not pair in {pattern!r}")
    yield from dict.fromkeys(texts)


def _alternatives(pattern: str, at: int, closing: str) -> tuple[list[str], int]:
    done: list[str] = []
    current = [""]
    while at < len(pattern) and pattern[at] != closing:
        char = pattern[at]
        if char in "[(":
            inner, at = _alternatives(pattern, at + 1, "]" if char == "[" else ")")
            if at >= len(pattern):
                raise ValueError(f"brackets do not pair in {pattern!r}")
            choices = inner + [""] if char == "[" else inner
            current = [head + tail for head in current for tail in choices]
        elif char == "|" and closing:
            done += current
            current = [""]
        else:
            current = [head + char for head in current]
        at += 1
    return done + current, at


def _pairs(pattern: str) -> bool:
    """Whether the brackets of ``pattern`` pair: of all that its language has, nothing else can be wrong."""
    depth = 0
    for char in pattern:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return depth == 0


@lru_cache(maxsize=4096)
def compile_words(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all of ``patterns``; match it in full against folded text.

    Raises ValueError naming the pattern where brackets do not pair.
    """
    # Looked at one by one, for what one opens another may close; compiled together, for that takes the time.
    for pattern in patterns:
        if not _pairs(pattern):
            raise ValueError(f"the pattern {pattern!r} cannot be read; do its brackets pair?")
    return re.compile("|".join(f"(?:{source_of(pattern)})" for pattern in patterns) if patterns else r"(?!)")


def closed(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    """One expression for texts of which ``patterns`` name every character: ``…`` stands for none."""
    return re.compile("|".join(f"(?:{pattern.pattern.replace(_ANY, '')})" for pattern in patterns))


#: What ordinals labels begin with, from the highest level down (folded text).
LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.]"),
    re.compile(r"^[（][一二三四五六七八九十]+[）]、?"),
    re.compile(r"^\d{1,2}[、.](?!\d)"),
    re.compile(r"^[（]\d{1,2}[）]、?"),
    re.compile(r"^[①-⑳]、?"),
)
#: What shows that a cell or a word begins a row where no header says what it is.
ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十]+[）]|\d{1,2}[、.]\D|其中)")
_PAGE_NUMBER = re.compile(r"[-\s]*(?:第?\d{1,4}页?(?:[,/]?共\d{1,4}页)?|Page\d+(?:of\d+)?)[-\s]*")


def is_page_number(folded: str) -> bool:
    """Whether a folded line says nothing but which page it stands on."""
    return bool(_PAGE_NUMBER.fullmatch(folded))
