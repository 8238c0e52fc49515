"""Which entry of the data files said something: its file, its line and the pattern that a printed text matched."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.extract.forms.library import FOLDER
from pipeline.extract.patterns import YEAR, compile_words, fold

_PLACE = re.compile(r"(forms/[\w.-]+\.toml), (\w+) (\d+)")
_RULES = FOLDER.parent / "rules"
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]$")


def entry_at(place: str, text: str, key: str = "words") -> str:
    """The place of an entry with its line, and its pattern (of those under ``key``) that ``text`` matches.

    ``schemas/forms/words.toml line 15: "(合计|总计|金额|总额|总金额)"``
    """
    found = _PLACE.match(place)
    if found is None:
        return "the year that it prints"
    file, name, number = found[1], found[2], int(found[3])
    written = _read(FOLDER.parent / file)
    line = [at for at, text in enumerate(written.splitlines(), 1) if text.strip() == f"[[{name}]]"][number - 1]
    patterns: list[str] = tomllib.loads(written)[name][number - 1].get(key, [])
    spellings = _ends(text) if key == "titles" else _spellings(text)
    matched = next((f': "{one}"' for one in patterns if _matches(one, spellings)), "")
    return f"schemas/{file} line {line}{matched}"


def _spellings(text: str) -> set[str]:
    """A word of a header as it is printed, without a unit in brackets, and without the year that it names."""
    whole = {fold(text), fold(_BRACKETS.sub("", text))}
    return whole | {re.sub(YEAR, "", one) for one in whole}


def _ends(title: str) -> set[str]:
    """A title without the number, the body or the year that may stand before what a form calls it."""
    folded = fold(title)
    return {folded[at:] for at in range(len(folded))}


def _matches(pattern: str, spellings: Iterable[str]) -> bool:
    compiled = compile_words((pattern,))
    return any(compiled.fullmatch(one) for one in spellings)


def rule_at(rule_id: str) -> str:
    """The file and the line of a rule; its id alone where no file declares it."""
    for path in sorted(_RULES.glob("*.toml")):
        for number, line in enumerate(_read(path).splitlines(), start=1):
            if line.strip() == f'id = "{rule_id}"':
                return f"schemas/rules/{path.name} line {number}"
    return rule_id


@cache  # a header of many words asks for one file again and again
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
