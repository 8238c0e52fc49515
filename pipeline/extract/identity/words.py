"""The words of ``schemas/forms/identity/words.toml``, compiled once: captions, titles, endings, names of one body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pipeline.extract.forms.entries import Words as FormWords
from pipeline.extract.patterns import TRADITIONAL, fold
from schemas.loading import OneOf, file_key, read_file

FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms" / "identity"


Scope = Annotated[str, OneOf("scope")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A caption before a name: what it says of scope and how far it is believed (1 to 3)."""

    words: tuple[str, ...]
    scope: Scope | None = None
    weight: int


@dataclass(frozen=True, slots=True)
class Same:
    """Two names of one body: ``of`` becomes ``name`` where it stands ``at`` start, end or is the whole."""

    at: Literal["start", "end", "whole"]
    of: str
    name: str = file_key("is")


@dataclass(frozen=True, slots=True)
class Prefix:
    """What may stand before the division in a name, and what the key keeps of it."""

    of: str
    kept: str = file_key("is")


@dataclass(frozen=True, slots=True)
class _Listed:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Title:
    core: tuple[str, ...]
    core_after_year: tuple[str, ...]
    tail: tuple[str, ...]
    noise: FormWords
    corrections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    words: tuple[str, ...]
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    ends: tuple[str, ...]
    not_names: FormWords
    mark: tuple[_Mark, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    words: tuple[str, ...]
    before: tuple[str, ...]
    state: str
    state_kept_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of ``words.toml``."""

    caption: tuple[Caption, ...]
    caption_marks: _Listed
    code_caption: _Listed
    title: _Title
    body: _Body
    heading: tuple[_Listed, ...]
    same: tuple[Same, ...]
    prefix: tuple[Prefix, ...]
    level: _Level


@dataclass(frozen=True, slots=True)
class Words:
    """All of the file. Patterns match folded text, in full unless their name says otherwise."""

    captions: dict[str, Caption]
    caption: re.Pattern[str]
    code_caption: re.Pattern[str]
    title: re.Pattern[str]
    noise: re.Pattern[str]
    corrections: tuple[str, ...]
    body_end: re.Pattern[str]
    not_names: re.Pattern[str]
    marks: tuple[tuple[str, str | None], ...]
    heading_end: re.Pattern[str]
    same: tuple[Same, ...]
    prefixes: tuple[Prefix, ...]
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


@lru_cache(maxsize=1)
def load_words(folder: Path = FOLDER) -> Words:
    """Read and compile the file. Raises SchemaFileError where it cannot be used."""
    file = read_file(folder / "words.toml", _File)
    marks = "|".join(spaced(mark) for mark in file.caption_marks.words)
    captions = {fold(word): caption for caption in file.caption for word in caption.words}
    bracketed = "|".join(
        re.sub(r"[（）]", lambda m: "[（(]" if m.group() == "（" else "[）)]", spaced(word))
        for word in _longest_first(word for caption in file.caption for word in caption.words)
    )
    codes = "|".join(spaced(word) for word in _longest_first(file.code_caption.words))
    ends = "|".join(re.escape(word) for word in _longest_first(file.body.ends))
    headings = "|".join(re.escape(word) for heading in file.heading for word in _longest_first(heading.words))
    core, tail, after_year = _any(file.title.core), _any(file.title.tail), _any(file.title.core_after_year)
    return Words(
        captions=captions,
        # The name ends at two spaces, at 单位：, or where the line does.
        caption=re.compile(
            rf"(?<![\u4e00-\u9fff])(?P<word>{bracketed})[ \t]*(?:[（(](?:{marks})[）)])?[ \t]*[:：][ \t\u3000]*"
            rf"(?:[（(](?:{marks})[）)][ \t\u3000]*)?"
            r"(?:[\[【(（]?(?P<code>\d{3,12})[\]】）)]?[ \t]*[-—_]?[ \t]*)?"
            rf"(?P<name>{_NAME}+(?: {_NAME}{{2,}}(?![:：]))*)"
        ),
        code_caption=re.compile(
            rf"(?:{codes})[ \t]*[:：]?[ \t\u3000]*(?:(?P<name>[\u4e00-\u9fff（）()]+)[ \t\u3000]*)?"
            r"[\[【(（]?(?P<code>\d{3,12})(?![\d.年])"
        ),
        title=re.compile(
            rf"(?P<front>[^，。；？！、:]{{0,60}}?)(?P<core>(?:{core})|(?<=[年度])(?:{after_year}))(?:{tail}|{YEAR}|（{YEAR}）)*"
        ),
        noise=file.title.noise,
        corrections=file.title.corrections,
        body_end=re.compile(rf"(?:{ends})(?:（[\u4e00-\u9fff]{{1,12}}）)?$"),
        not_names=file.body.not_names,
        marks=tuple((fold(word), mark.scope) for mark in file.body.mark for word in mark.words),
        heading_end=re.compile(f"(?:{headings})$"),
        same=file.same,
        prefixes=file.prefix,
        level=re.compile(f"(?:{'|'.join(file.level.words)})(?={'|'.join(_longest_first(file.level.before))})"),
        state=file.level.state,
        state_kept_before=file.level.state_kept_before,
    )


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _any(words: Iterable[str]) -> str:
    """One of ``words``, the longest first; brackets stand for themselves."""
    return "|".join(re.escape(fold(word)) for word in _longest_first(words))
