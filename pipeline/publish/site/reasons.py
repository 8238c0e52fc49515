"""Why a document is not complete, in both languages: releases say it in English, ``reasons.toml`` has the Chinese."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.publish.site.labels import Both

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class _Part(NamedTuple):
    """What a part of a reason looks like in English, and how it reads in Chinese, with the same placeholders."""

    english: re.Pattern[str]
    chinese: str


def reasons(text: str | None) -> list[Both]:
    """The parts of a reason. One that has no Chinese stands in English in both languages."""
    return [Both(_chinese(part) or part, part) for part in dict.fromkeys(text.split("; "))] if text else []


def _chinese(part: str) -> str | None:
    for known in _known():
        if match := known.english.fullmatch(part):
            words = {name: _chinese(value) or value for name, value in match.groupdict().items()}
            return known.chinese.format(**words)
    return None


@cache
def _known() -> list[_Part]:
    """The parts that ``reasons.toml`` has, those with the most characters of their own first."""
    told = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))
    pairs = [
        pair for english, chinese in told.items() for pair in zip(english.split("; "), chinese.split("；"), strict=True)
    ]
    pairs.sort(key=lambda pair: -len(_PLACEHOLDER.sub("", pair[0])))
    return [_Part(_pattern(english), chinese) for english, chinese in pairs]


def _pattern(english: str) -> re.Pattern[str]:
    """A part with placeholders as a regular expression: each stands for some characters, a semicolon never among them."""
    literal = _PLACEHOLDER.split(english)
    return re.compile("".join(f"(?P<{text}>.*?)" if at % 2 else re.escape(text) for at, text in enumerate(literal)))
