"""Why a document is not complete, in both languages: releases say it in English, ``reasons.toml`` has the Chinese."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from pipeline.publish.site.labels import Both

_PLACE = re.compile(r"table (?P<no>\S+) \((?P<title>.*?)\): |lines? (?P<line>\d+): |sheet (?P<sheet>[^:;]+): ")


def reasons(text: str | None) -> list[Both]:
    """The parts of a reason. One that has no Chinese stands in English in both languages."""
    return [_part(part) for part in dict.fromkeys(re.split(r"; (?=\S)", text))] if text else []


def _part(text: str) -> Both:
    places, rest = "", text
    while found := _PLACE.match(rest):
        places += _place(found)
        rest = rest[found.end() :]
    for pattern, zh in _known():
        if match := pattern.fullmatch(rest):
            groups = {name: value or "" for name, value in match.groupdict().items()}
            return Both(places + zh.format(**groups), text)
    return Both(text, text)


def _place(found: re.Match[str]) -> str:
    if found["no"]:
        return f"表{found['no']}（{found['title']}）："
    return f"第{found['line']}行：" if found["line"] else f"工作表“{found['sheet']}”："


@cache
def _known() -> list[tuple[re.Pattern[str], str]]:
    said = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))
    return [(re.compile(each["en"]), each["zh"]) for each in said["reason"]]
