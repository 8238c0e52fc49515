"""What is no disclosure: contracts, tenders, reports to a congress, instructions, templates, empty forms.

The kinds are data, ``schemas/forms/identity/look-alikes.toml``. A document is refused for what it says it is, never
for being unusual: a real disclosure with a strange title keeps its tables, and with them its place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.extract.forms.entries import Words as FormWords
from pipeline.extract.identity.bodies import is_body
from pipeline.extract.identity.cover import Title, read_title, title_of
from pipeline.extract.identity.divisions import chain_at
from pipeline.extract.identity.words import FOLDER
from pipeline.extract.patterns import fold
from pipeline.extract.performance.evidence import kind_of_performance
from pipeline.extract.tables.lexicon import numbers_columns
from pipeline.ingest.document import Document
from schemas.loading import read_file

if TYPE_CHECKING:
    from pipeline.extract.tables.find.segment import Segment

_HEAD = 15
#: Among so many lines a title may stand below menus and dates.
_FIRST_LINES = 80
_PIECES = 4
_AMOUNT = re.compile(
    r"(?<![\d.])\d[\d,]{0,40}\.\d+(?![\d%％])|(?<!\d)\d{1,3}(?:,\d{3})+(?![\d%％])|(?<![\d.])\d+(?=[百千万亿]*元)"
)
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]{0,40}(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+部分|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,2}[.、])"
)
_NO_TITLE = re.compile(r"[。；;]|\.{4,}|…")
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document that is no disclosure, and how it is recognised: by its title, or by words of its text."""

    name: str
    zh: str
    en: str
    titles: FormWords
    marks: tuple[str, ...] = ()
    marks_needed: int = 0
    decisive: bool = False


@dataclass(frozen=True, slots=True)
class _Placeholders:
    words: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class _Headings:
    headings: FormWords
    at_least: int


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of ``look-alikes.toml``."""

    placeholders: _Placeholders
    kind: tuple[Kind, ...]
    disclosure: _Headings


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refusal``: why the document is no disclosure; ``problem``: why it is one that is only partly read."""

    refusal: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _LookAlikes:
    """The file, with one pattern for all placeholders."""

    kinds: tuple[Kind, ...]
    placeholder: re.Pattern[str]
    placeholders: int
    headings: re.Pattern[str]
    headings_needed: int


@lru_cache(maxsize=1)
def load_look_alikes(folder: Path = FOLDER) -> _LookAlikes:
    """Read and compile the file. Raises SchemaFileError where it cannot be used."""
    file = read_file(folder / "look-alikes.toml", _File)
    # A run of three X is one placeholder, and X in a Latin word is none.
    placeholders = "|".join(
        f"{re.escape(word[0])}{{{len(word)},}}" if len(set(word)) == 1 else re.escape(word)
        for word in dict.fromkeys(map(fold, file.placeholders.words))
    )
    return _LookAlikes(
        file.kind,
        re.compile(rf"(?<![A-Za-z])(?:{placeholders})(?![A-Za-z])"),
        file.placeholders.at_least,
        file.disclosure.headings,
        file.disclosure.at_least,
    )


def judge(document: Document, segments: list[Segment]) -> Verdict:
    """Whether a document is a disclosure, as far as it says itself; ``disclosure = true`` in sources.toml settles it."""
    known = [segment for segment in segments if segment.forms]
    declared = document.declared.get("disclosure", "").lower() == "true"
    if declared and known:
        return Verdict()
    title = title_of(document)
    if not declared:
        text = fold(document.text)
        found = _look_alike(document, title, text)
        if found is not None and (found[0].decisive or not known):
            kind, shown = found
            return Verdict(
                f"this is no disclosure of a budget or of final accounts but {kind.en} ({kind.zh}): {shown}; "
                "if it is one all the same, say disclosure = true in sources.toml"
            )
        if reason := _template(document, text) or (_empty_form(document, known) if known else None):
            return Verdict(reason)
    if known:
        return Verdict()
    seen = _titles_found(segments)
    title = title if title is not None and _names_someone(title.name) else _titled_line(document) or title
    if declared or (title is not None and _names_someone(title.name)) or _says_so(document):
        if any(one.tables and kind_of_performance(document, one.tables[0]) for one in segments):
            return Verdict()  # a sheet that its own labels say what it is needs no title
        named = f"it calls itself “{title.text}”" if title else "its headings are those of one"
        return Verdict(problem=f"{named}, but no form knows any of its tables{seen}; only its text was read")
    return Verdict(
        "this is no disclosure of a budget or of final accounts: none of its tables has a title that a form knows"
        f"{seen}, and neither title nor headings say that it is one; if it is, add its titles to schemas/forms"
    )


def _lines(document: Document) -> Iterator[tuple[int, str]]:
    """Numbers and folded texts of the lines that print anything."""
    for line in document.lines:
        if folded := fold(document.text[line.start : line.end]):
            yield line.number, folded


def _look_alike(document: Document, title: Title | None, text: str) -> tuple[Kind, str] | None:
    """The kind of document that the first lines or the words of the text show, and what showed it."""
    found = _by_title(document, title)
    if found is not None or (title is not None and title.name):
        return found
    return _by_marks(document, text)


def _by_title(document: Document, title: Title | None) -> tuple[Kind, str] | None:
    """The kind one of whose titles stands in the first lines, on one line or over several."""
    head = list(itertools.islice(_lines(document), _HEAD))
    kinds = load_look_alikes().kinds
    own = title.text if title else ""
    named = title is not None and bool(title.name)
    for size in range(1, _PIECES + 1):
        for at in range(len(head) - size + 1):
            window = "".join(text for _, text in head[at : at + size])
            # A menu above the title of a disclosure does not make it something else; its own words may.
            if not 4 <= len(window) <= 90 or _NO_TITLE.search(window) or (named and window != own):
                continue
            for kind in kinds:
                if (kind.decisive or not own or own not in window) and kind.titles.fullmatch(window):
                    return kind, f"line {head[at][0]} reads “{window}”"
    return None


def _by_marks(document: Document, text: str) -> tuple[Kind, str] | None:
    """The kind that the folded ``text`` speaks of, where no headings are those of a disclosure."""
    for kind in load_look_alikes().kinds:
        printed = [mark for mark in kind.marks if mark in text]
        if kind.marks_needed and len(printed) >= kind.marks_needed and not _says_so(document):
            return kind, "it speaks of " + "、".join(printed[:_SHOWN])
    return None


def _template(document: Document, text: str) -> str | None:
    """Why a document is a template: it has more placeholders than amounts. ``text`` is its folded text."""
    data = load_look_alikes()
    placeholders = data.placeholder.findall(text)
    if len(placeholders) < data.placeholders or len(placeholders) <= (amounts := len(_AMOUNT.findall(document.text))):
        return None
    return (
        f"this is a template, not the disclosure of a body: it has {len(placeholders)} placeholders such as "
        f"“{placeholders[0]}” and {amounts} amounts"
    )


def _empty_form(document: Document, known: list[Segment]) -> str | None:
    """A form that nobody filled in: tables that forms know, and in all of the text not one amount or zero.

    A document of which ingest could not read a part (scanned pages) may have them there.
    """
    if document.notes:
        return None
    if _AMOUNT.search(document.text) or any(_is_filled(_rows_of(document, segment)) for segment in known):
        return None
    return (
        f"this is an empty form: {len(known)} tables that forms know, and not one amount, not even a 0, in the whole "
        "document; fetch the one that is filled in"
    )


def _rows_of(document: Document, segment: Segment) -> Iterator[dict[int, str]]:
    """What the rows of a table print: the cells of each by column, or else the words of each line in order."""
    for table in segment.tables:
        rows: dict[int, dict[int, str]] = {}
        for cell in table.cells:
            text = fold("".join(document.text[start:end] for start, end in cell.pieces))
            if text:
                rows.setdefault(cell.row, {})[cell.column] = text
        yield from rows.values()
    if not segment.tables:
        for line in document.lines[segment.body : segment.last]:
            words = [fold(word) for word in document.text[line.start : line.end].split()]
            yield dict(enumerate(words)) if len(words) > 1 else {}


def _is_filled(rows: Iterable[dict[int, str]]) -> bool:
    """Whether a table prints any amount: a number beside words, one that does not number rows or columns."""
    columns: dict[int, list[int]] = {}
    for row in rows:
        if numbers_columns(list(row.values())):
            continue
        numbers = {at: int(text) for at, text in row.items() if _NUMBER.fullmatch(text) and text.isdigit()}
        if any(len(text) > 2 and not _YEAR.fullmatch(text) for at, text in row.items() if at in numbers):
            return True
        if 0 in numbers.values():
            return True
        for at, number in numbers.items():
            columns.setdefault(at, []).append(number)
    return any(
        any(after != before + 1 for before, after in zip(found, found[1:], strict=False)) or len(found) == 1
        for found in columns.values()
    )


def _names_someone(name: str) -> bool:
    """Whether what stands before 部门预算 in a title is a body or a division, not a sentence of a report."""
    chain = chain_at(name)
    return is_body(name, at_least=3) or (chain is not None and chain.end == len(name))


def _titled_line(document: Document) -> Title | None:
    """A line among the first that reads as the title of somebody's disclosure, below whatever menu stands over it."""
    titles = (read_title(folded) for _, folded in itertools.islice(_lines(document), _FIRST_LINES))
    return next((title for title in titles if title is not None and _names_someone(title.name)), None)


def _says_so(document: Document) -> bool:
    """Whether headings of its text are those of a disclosure."""
    data = load_look_alikes()
    found = {
        bare
        for _, folded in _lines(document)
        if len(folded) <= 40 and data.headings.fullmatch(bare := _NUMBERED.sub("", folded).rstrip(".…0123456789"))
    }
    return len(found) >= data.headings_needed


def _titles_found(segments: list[Segment]) -> str:
    titles = [segment.heading.title for segment in segments if segment.heading]
    if not titles:
        return ""
    more = f" and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else ""
    return f" (found: {'、'.join(titles[:_SHOWN])}{more})"
