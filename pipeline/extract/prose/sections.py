"""What tells headings, contents, notes and definitions from other prose: read once, from data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.extract.patterns import CHINESE_YEAR, year_in_numerals
from pipeline.extract.prose.folding import fold
from schemas.loading import read_file

FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms" / "statements"


@dataclass(frozen=True, slots=True)
class _Stages:
    executed: re.Pattern[str]
    approved: re.Pattern[str]
    previous_year: re.Pattern[str]
    compared: re.Pattern[str]


_YEAR = re.compile(r"(?:19|20)\d\d")


def _years(title: str) -> set[int]:
    """The years that a heading names, in digits or in Chinese numerals."""
    return {int(year) for year in _YEAR.findall(CHINESE_YEAR.sub(lambda found: str(year_in_numerals(found[0])), title))}


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
    parts: re.Pattern[str]
    starts: re.Pattern[str]
    page_number: re.Pattern[str]
    note: re.Pattern[str]
    definitions: re.Pattern[str]
    term: re.Pattern[str]
    stages: _Stages

    def style_of(self, folded: str) -> tuple[int, int] | None:
        """The level of the heading or list that ``folded`` begins like, and the length of its marker."""
        match = self.marker.match(folded)
        if match is None or match.lastgroup is None:
            return None
        return self.levels[int(match.lastgroup[1:])], match.end()

    def phase_of(self, path: tuple[str, ...], own: str | None) -> str | None:
        """The phase that the nearest heading of ``path`` names which names one alone; ``own``, the document's, where none does.

        None below a heading of two stages of two years (2024年决算和2025年预算): which of them is meant is not said.
        """
        for title in map(fold, reversed(path)):
            executed, approved = (each.search(title) for each in (self.stages.executed, self.stages.approved))
            if bool(executed) != bool(approved) and not self.stages.compared.search(title):
                return "executed" if executed else "approved"
            if executed and approved and len(_years(title)) > 1:
                return None
        return own

    def year_of(self, path: tuple[str, ...], own: int | None) -> int | None:
        """The year that the nearest heading of ``path`` names which names any; ``own``, the document's, where it is not one.

        None below a heading of two stages of two years.
        """
        for title in map(fold, reversed(path)):
            if years := _years(title):
                if len(years) == 1:
                    return years.pop()
                return None if self._names_both_stages(title) else own
            if own is not None and self.stages.previous_year.search(title):
                return own - 1
        return own

    def _names_both_stages(self, title: str) -> bool:
        return bool(self.stages.executed.search(title) and self.stages.approved.search(title))


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Titles:
    pattern: re.Pattern[str]
    endings: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: re.Pattern[str]
    longest: int


@dataclass(frozen=True, slots=True)
class _Contents:
    title: re.Pattern[str]
    leaders: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Paragraphs:
    continuations: tuple[re.Pattern[str], ...]
    parts: re.Pattern[str]
    starts: re.Pattern[str]
    page_number: re.Pattern[str]
    note: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Definitions:
    section: re.Pattern[str]
    separators: tuple[str, ...]
    longest: int


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of ``sections.toml``."""

    heading: tuple[_Heading, ...]
    titles: _Titles
    contents: _Contents
    paragraphs: _Paragraphs
    definitions: _Definitions
    stages: _Stages


@lru_cache(maxsize=1)
def load_sections(folder: Path = FOLDER) -> Sections:
    """Read and compile ``sections.toml``. Raises SchemaFileError where it cannot be used."""
    file = read_file(folder / "sections.toml", _File)
    separators = "|".join(sorted(map(re.escape, file.definitions.separators), key=len, reverse=True))
    return Sections(
        stages=file.stages,
        marker=re.compile("|".join(f"(?P<h{i}>{h.pattern.pattern})" for i, h in enumerate(file.heading))),
        levels=tuple(h.level for h in file.heading),
        title=file.titles.pattern,
        endings=file.titles.endings,
        subjects=file.titles.subjects,
        openings=file.titles.openings,
        glued=re.compile(rf"(?:{'|'.join(file.titles.endings)}){file.titles.openings.pattern}"),
        longest=file.titles.longest,
        contents=file.contents.title,
        leaders=file.contents.leaders,
        continuation=re.compile("|".join(each.pattern for each in file.paragraphs.continuations)),
        parts=file.paragraphs.parts,
        starts=file.paragraphs.starts,
        page_number=file.paragraphs.page_number,
        note=file.paragraphs.note,
        definitions=file.definitions.section,
        term=re.compile(rf"([^。；，]{{1,{file.definitions.longest}}}?)(?:{separators})"),
    )
