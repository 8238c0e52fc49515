"""Dates by which a target is due: 2022年11月前, 上半年, 三季度, 11月底前 (the year that the text gave before)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUARTERS = "一二三四"
# Folded text: no white space, digits in ASCII. A number of another figure must not end in front of it.
_DATE = re.compile(
    # All of it may be missing: only where a first character of one of its parts stands is it worth a try.
    r"(?=[\d第一二三四上下年底末之前以])(?<![\d.])(?:(?P<year>20\d\d)年度?)?"
    r"(?:第?(?P<quarter>[一二三四])季度|(?P<half>[上下])半年"
    r"|(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>3[01]|[12]\d|0?[1-9])日|份)?"
    r"(?:[至\-—~～](?P<last>1[0-2]|0?[1-9])月份?)?|年?(?P<end>[底末]))?"
    r"(?P<late>[底末])?(?P<before>之?前|以前)?"
)


@dataclass(frozen=True, slots=True)
class Due:
    """``text[start:stop]`` says that something is due between ``first`` and ``last`` (ISO months, days or years).

    ``printed`` is false where the year was taken from the words before or from the disclosure.
    """

    start: int
    stop: int
    first: str | None
    last: str
    printed: bool


def dues(text: str, year: int | None) -> Iterator[Due]:
    """The dates in a folded ``text`` that bind what stands after them; ``year`` is the disclosure's."""
    known = year
    for match in _DATE.finditer(text):
        if match.end() == match.start():
            continue
        printed = match["year"] is not None
        known = int(match["year"]) if printed else known
        if known is None:
            continue
        if (span := _span(match, known)) is not None:
            yield Due(match.start(), match.end(), *span, printed)


def _span(match: re.Match[str], year: int) -> tuple[str | None, str] | None:
    first: str | None
    if match["quarter"]:
        at = _QUARTERS.index(match["quarter"])
        first, last = f"{year}-{3 * at + 1:02d}", f"{year}-{3 * at + 3:02d}"
    elif match["half"]:
        first, last = (f"{year}-01", f"{year}-06") if match["half"] == "上" else (f"{year}-07", f"{year}-12")
    elif match["month"] and match["last"]:
        first, last = f"{year}-{int(match['month']):02d}", f"{year}-{int(match['last']):02d}"
    elif match["month"]:
        # A month alone is a date only with its year, or with 前 or 底.
        if not (match["year"] or match["before"] or match["late"]):
            return None
        last = f"{year}-{int(match['month']):02d}" + (f"-{int(match['day']):02d}" if match["day"] else "")
        first = None if match["before"] or match["late"] else last
    elif match["end"]:
        if not (match["year"] or match["before"]):
            return None
        first, last = None, f"{year}-12"
    elif match["year"] and match["before"]:
        first, last = None, match["year"]
    else:
        return None
    return (None, last) if match["before"] else (first, last)
