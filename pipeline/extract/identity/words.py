"""The words of ``schemas/forms/identity/words.toml``, compiled once: captions, titles, endings, names of one body."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.extract.patterns import TRADITIONAL, compile_words, fold

FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms" / "identity"


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption before a name: what it says of scope and how far it is believed (1 to 3)."""

    scope: str | None
    weight: int


@dataclass(frozen=True, slots=True)
class Same:
    """Two names of one body: ``of`` becomes ``is_`` where it stands ``at`` start, end or is the whole."""

    at: str
    of: str
    is_: str


@dataclass(frozen=True, slots=True)
class Words:
    """All of the file. Patterns match folded text, in full unless their name says otherwise."""

    captions: dict[str, Caption]
    caption: re.Pattern[str]
    code_caption: re.Pattern[str]
    #: what every caption, and every one of a code, holds: on other lines none is looked for
    caption_mark: re.Pattern[str]
    code_mark: re.Pattern[str]
    title: re.Pattern[str]
    noise: re.Pattern[str]
    corrections: tuple[str, ...]
    body_end: re.Pattern[str]
    not_names: re.Pattern[str]
    marks: tuple[tuple[str, str | None], ...]
    heading_end: re.Pattern[str]
    same: tuple[Same, ...]
    prefixes: tuple[tuple[str, str], ...]
    level: re.Pattern[str]
    state: str
    state_kept_before: frozenset[str]


#: A year as titles print it, in digits of either kind or left open.
YEAR = r"(?:20\d\d|[二两][〇○Ｏ零0O][〇○零一二三四五六七八九0O]{2}|[XＸx×]{2,4})年?度?"


#: The same where a body's own placeholder must stay: 上海市XX局2024年度 loses 2024年度 alone.
NAMED_YEAR = r"(?:20\d\d年?度?|[二两][〇○Ｏ零0O][〇○零一二三四五六七八九0O]{2}年?度?|[XＸx×]{2,4}年度?)"

_NAME = r"[\u4e00-\u9fff（）()·XＸx×*＊]"


def spaced(word: str) -> str:
    """A regular expression for ``word`` that lets white space stand between its characters."""
    return r"[ \t\u3000]*".join(_either(char) for char in word)


@lru_cache(maxsize=1)
def _scripts() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, simplified in TRADITIONAL.items():
        found[simplified] = found.get(simplified, "") + chr(code)
    return found


def _either(char: str) -> str:
    """``char`` in either script, for text that is not folded."""
    return f"[{char}{_scripts()[char]}]" if char in _scripts() else re.escape(char)


def _any(words: list[str]) -> str:
    """One of ``words``, the longest first; brackets stand for themselves."""
    return "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read and compile the file."""
    raw: dict[str, Any] = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    captions = {
        fold(word): Caption(entry.get("scope"), entry["weight"]) for entry in raw["caption"] for word in entry["words"]
    }
    marks = "|".join(spaced(mark) for mark in raw["caption_marks"]["words"])
    longest = sorted((word for entry in raw["caption"] for word in entry["words"]), key=len, reverse=True)
    bracketed = "|".join(
        re.sub(r"[（）]", lambda m: "[（(]" if m.group() == "（" else "[）)]", spaced(w)) for w in longest
    )
    codes = "|".join(spaced(w) for w in sorted(raw["code_caption"]["words"], key=len, reverse=True))
    ends = "|".join(re.escape(word) for word in sorted(raw["body"]["ends"], key=len, reverse=True))
    core, tail = _any(raw["title"]["core"]), _any(raw["title"]["tail"])
    after_year = _any(raw["title"]["core_after_year"])
    return Words(
        captions=captions,
        # The name ends at two spaces, at 单位：, or where the line does.
        caption=re.compile(
            rf"(?<![\u4e00-\u9fff])(?P<word>{bracketed})[ \t]*(?:[（(](?:{marks})[）)])?[ \t]*[:：][ \t\u3000]*"
            rf"(?:[（(](?:{marks})[）)][ \t\u3000]*)?"
            r"(?:[\[【（(]?(?P<code>\d{3,12})[\]】）)]?[ \t]*[-—_]?[ \t]*)?"
            rf"(?P<name>{_NAME}+(?: {_NAME}{{2,}}(?![:：]))*)"
        ),
        code_caption=re.compile(
            rf"(?:{codes})[ \t]*[:：]?[ \t\u3000]*(?:(?P<name>[\u4e00-\u9fff（）()]+)[ \t\u3000]*)?"
            r"[\[【(（]?(?P<code>\d{3,12})(?![\d.年])"
        ),
        caption_mark=re.compile("[:：]"),
        code_mark=re.compile("|".join(sorted({_either(word[-1]) for word in raw["code_caption"]["words"]}))),
        title=re.compile(
            rf"(?P<front>[^，。；？！、:]{{0,60}}?)(?P<core>(?:{core})|(?<=[年度])(?:{after_year}))(?:{tail}|{YEAR})*"
        ),
        noise=compile_words(tuple(raw["title"]["noise"])),
        corrections=tuple(raw["title"]["corrections"]),
        body_end=re.compile(rf"(?:{ends})(?:（[\u4e00-\u9fff]{{1,12}}）)?$"),
        not_names=compile_words(tuple(raw["body"]["not_names"])),
        marks=tuple((fold(word), mark.get("scope")) for mark in raw["body"]["mark"] for word in mark["words"]),
        heading_end=re.compile(
            "(?:"
            + "|".join(re.escape(w) for e in raw["heading"] for w in sorted(e["words"], key=len, reverse=True))
            + ")$"
        ),
        same=tuple(Same(entry["at"], entry["of"], entry["is"]) for entry in raw["same"]),
        prefixes=tuple((entry["of"], entry["is"]) for entry in raw["prefix"]),
        level=re.compile(
            f"(?:{'|'.join(raw['level']['words'])})(?={'|'.join(sorted(raw['level']['before'], key=len, reverse=True))})"
        ),
        state=raw["level"]["state"],
        state_kept_before=frozenset(raw["level"]["state_kept_before"]),
    )
