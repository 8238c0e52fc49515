"""What tells headings, contents, notes and definitions from other prose: read once, from data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms" / "statements"


@dataclass(frozen=True, slots=True)
class Sections:
    """The compiled ``sections.toml``. All patterns are for folded text."""

    marker: re.Pattern[str]
    levels: tuple[int, ...]
    title: re.Pattern[str]
    endings: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: re.Pattern[str]
    glued: re.Pattern[str]
    longest: int
    contents: re.Pattern[str]
    leaders: re.Pattern[str]
    continuation: re.Pattern[str]
    starts: re.Pattern[str]
    page_number: re.Pattern[str]
    note: re.Pattern[str]
    definitions: re.Pattern[str]
    term: re.Pattern[str]

    def style_of(self, folded: str) -> tuple[int, int] | None:
        """The level of the heading or list that ``folded`` begins like, and the length of its marker."""
        match = self.marker.match(folded)
        if match is None or match.lastgroup is None:
            return None
        return self.levels[int(match.lastgroup[1:])], match.end()


@lru_cache(maxsize=1)
def load_sections(folder: Path = FOLDER) -> Sections:
    """Read ``sections.toml``. Raises tomllib.TOMLDecodeError, KeyError or re.error where it is malformed."""
    data = tomllib.loads((folder / "sections.toml").read_text(encoding="utf-8"))
    headings = data["heading"]
    definitions = data["definitions"]
    separators = "|".join(sorted(map(re.escape, definitions["separators"]), key=len, reverse=True))
    paragraphs = data["paragraphs"]
    return Sections(
        marker=re.compile("|".join(f"(?P<h{i}>{h['pattern']})" for i, h in enumerate(headings))),
        levels=tuple(h["level"] for h in headings),
        title=re.compile(data["titles"]["pattern"]),
        endings=tuple(data["titles"]["endings"]),
        subjects=tuple(data["titles"]["subjects"]),
        openings=re.compile(data["titles"]["openings"]),
        glued=re.compile(rf"(?:{'|'.join(data['titles']['endings'])}){data['titles']['openings']}"),
        longest=data["titles"]["longest"],
        contents=re.compile(data["contents"]["title"]),
        leaders=re.compile(data["contents"]["leaders"]),
        continuation=re.compile("|".join(paragraphs["continuations"])),
        starts=re.compile(paragraphs["starts"]),
        page_number=re.compile(paragraphs["page_number"]),
        note=re.compile(paragraphs["note"]),
        definitions=re.compile(definitions["section"]),
        term=re.compile(rf"([^。；，]{{1,{definitions['longest']}}}?)(?:{separators})"),
    )
