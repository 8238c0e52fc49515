"""Administrative divisions by GB/T 2260: which one a name, or the text around it, means.

The list is ``schemas/codes/divisions.csv`` (code, name, valid_from, valid_to: years as integers, empty where the
list does not tell). A division is named by a chain of names, 上海市 普陀区 or 江苏省 苏州市 昆山市; links may be
left out. What a chain leaves open is settled by the text around it or stays unknown; nothing is guessed:

- a district (区) named alone is never enough, for districts of many cities share their names;
- a province, prefecture, county or city named alone is, where the list has one of that name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_CODES = Path(__file__).resolve().parents[3] / "schemas" / "codes"
#: Names of peoples inside names of autonomous places (恩施土家族苗族自治州 is also written 恩施州).
_PEOPLES = (
    "蒙古族?|回族?|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|"
    "畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|"
    "阿昌族|普米族|塔吉克族?|怒族|鄂温克族|保安族|裕固族|独龙族|各族"
)
_AUTONOMOUS = re.compile(rf"^(?P<place>.{{2,}}?)(?:{_PEOPLES})+自治(?P<kind>州|县|旗)$")
_PROVINCE_END = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")


@dataclass(frozen=True, slots=True)
class Division:
    """One name of a code. ``valid_from`` and ``valid_to`` are the years of the lists that hold it."""

    code: str
    name: str
    valid_from: int | None
    valid_to: int | None

    def held(self, year: int | None) -> bool:
        """Whether the name was in use in ``year``; names linger in the year before and after a change."""
        if year is None:
            return self.valid_to is None
        return (self.valid_from or 0) - 1 <= year <= (self.valid_to or 9999) + 1


@dataclass(frozen=True, slots=True)
class Chain:
    """Names of divisions one after the other: ``codes`` that the last may mean, how many names, where they end."""

    codes: frozenset[str]
    links: int
    end: int
    last: str = ""


@lru_cache(maxsize=1)
def _by_code() -> dict[str, list[Division]]:
    found: dict[str, list[Division]] = {}
    with (_CODES / "divisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            years = (int(row[column]) if row[column] else None for column in ("valid_from", "valid_to"))
            found.setdefault(row["code"], []).append(Division(row["code"], row["name"], *years))
    return found


@lru_cache(maxsize=1)
def _by_name() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for code, divisions in _by_code().items():
        for division in divisions:
            names.setdefault(division.name, set()).add(code)
            if match := _AUTONOMOUS.match(division.name):
                names.setdefault(match["place"] + match["kind"], set()).add(code)
    return {name: frozenset(codes) for name, codes in names.items()}


@lru_cache(maxsize=1)
def _short_provinces() -> dict[str, str]:
    """Provinces without their kind (北京, 内蒙古): believed only before a place that lies in them."""
    return {
        _PROVINCE_END.sub("", division.name): code
        for code, divisions in _by_code().items()
        if code.endswith("0000")
        for division in divisions
    }


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """The first two characters of every name: where others stand, no chain begins."""
    return frozenset(name[:2] for name in (*_by_name(), *_short_provinces()))


def known(code: str) -> bool:
    """Whether the list has ``code``."""
    return code in _by_code()


def names_of(code: str) -> tuple[str, ...]:
    """Every name that the list has for ``code``."""
    return tuple(division.name for division in _by_code().get(code, ()))


def parents_of(code: str) -> tuple[str, ...]:
    """The codes above ``code``, the province first."""
    above = [code[:2] + "0000", code[:4] + "00"]
    return tuple(parent for parent in above if parent != code and known(parent))


def within(code: str, division: str) -> bool:
    """Whether ``code`` is ``division`` or lies in it."""
    return code.startswith(division.rstrip("0") if division.endswith("00") else division) or code == division


def _inside(codes: Iterable[str], above: Iterable[str]) -> frozenset[str]:
    prefixes = tuple(code[:2] if code.endswith("0000") else code[:4] for code in above if code.endswith("00"))
    return frozenset(code for code in codes if prefixes and code.startswith(prefixes))


def chain_at(text: str, start: int = 0) -> Chain | None:
    """The longest chain of names that the folded ``text`` holds at ``start``; None where it holds none."""
    if text[start : start + 2] not in _beginnings():
        return None
    best: Chain | None = None
    names = _by_name()
    for size in range(min(18, len(text) - start), 1, -1):
        name = text[start : start + size]
        if name in names:
            best = _follow(text, Chain(names[name], 1, start + size, name))
            break
    for short, code in _short_provinces().items():
        if text.startswith(short, start) and (best is None or best.end - start <= len(short)):
            longer = _follow(text, Chain(frozenset([code]), 1, start + len(short), short))
            if longer.links > 1:
                best = longer
    return best


def _follow(text: str, chain: Chain) -> Chain:
    names = _by_name()
    for size in range(min(18, len(text) - chain.end), 1, -1):
        name = text[chain.end : chain.end + size]
        if name in names and (inside := _inside(names[name], chain.codes)):
            return _follow(text, Chain(inside, chain.links + 1, chain.end + size, name))
    return chain


def resolve(chain: Chain, year: int | None = None, around: str = "") -> str | None:
    """The code that ``chain`` means; None where the year and the folded text ``around`` it leave several.

    A chain of two names says itself what it lies in; one name of a district needs the name of what it lies in.
    """
    codes = chain.codes
    if len(codes) > 1:
        codes = frozenset(c for c in codes if any(d.held(year) for d in _by_code()[c])) or codes
    alone = chain.links == 1 and chain.last.endswith("区") and not chain.last.endswith("自治区")
    if len(codes) == 1 and not alone:
        return next(iter(codes))
    if not around:
        return None
    for supported in (_written_whole(codes, chain.last, around), _parents_named(codes, around)):
        if len(supported) == 1:
            return supported[0]
        if supported:
            return None
    return None


def _written_whole(codes: frozenset[str], name: str, around: str) -> list[str]:
    """The codes that ``around`` names together with what they lie in (长春市朝阳区)."""
    return [
        code
        for code in sorted(codes)
        if any(parent + name in around for above in parents_of(code) for parent in _spellings(above))
    ]


def _parents_named(codes: frozenset[str], around: str) -> list[str]:
    head = around[:3000]
    return [
        code
        for code in sorted(codes)
        if any(parent in head for above in parents_of(code) for parent in names_of(above))
    ]


def _spellings(code: str) -> tuple[str, ...]:
    shorts = tuple(short for short, province in _short_provinces().items() if province == code)
    return names_of(code) + shorts
