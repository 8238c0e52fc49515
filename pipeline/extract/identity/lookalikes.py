"""What is no disclosure: contracts, tenders, reports to a congress, instructions, templates, empty forms.

The kinds are data, ``schemas/forms/identity/look-alikes.toml``. A document is refused for what it says it is, never
for being unusual: a real disclosure with a strange title keeps its tables, and with them its place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.identity.bodies import is_body
from pipeline.extract.identity.cover import Title, title_of
from pipeline.extract.identity.divisions import chain_at
from pipeline.extract.identity.words import FOLDER
from pipeline.extract.patterns import compile_words, fold
from pipeline.extract.tables.find.segment import Segment
from pipeline.ingest.document import Document

_HEAD = 15
_PIECES = 4
_AMOUNT = re.compile(
    r"(?<![\d.])\d[\d,]{0,40}\.\d+(?![\d%％])|(?<!\d)\d{1,3}(?:,\d{3})+(?![\d%％])|(?<![\d.])\d+(?=[百千万亿]*元)"
)
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]{0,40}(?:\.\d+)?")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+部分|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,2}[.、])"
)
_NO_TITLE = re.compile(r"[。；;]|\.{4,}|…")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document that is no disclosure, and how it is told."""

    name: str
    zh: str
    en: str
    titles: re.Pattern[str]
    marks: tuple[str, ...]
    marks_needed: int
    decisive: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refusal``: why the document is no disclosure; ``problem``: why it is one that is only partly read."""

    refusal: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    kinds: tuple[Kind, ...]
    #: the titles of all kinds: what it does not match is of none
    titles: re.Pattern[str]
    placeholder: re.Pattern[str]
    #: the shortest that ``placeholder`` can match: in most documents none of them stands
    placeholder_words: tuple[str, ...]
    placeholders: int
    headings: re.Pattern[str]
    headings_needed: int


@lru_cache(maxsize=1)
def _data() -> _Data:
    raw = tomllib.loads((FOLDER / "look-alikes.toml").read_text(encoding="utf-8"))
    kinds = tuple(
        Kind(
            entry["name"],
            entry["zh"],
            entry["en"],
            compile_words(tuple(entry["titles"])),
            tuple(entry.get("marks", ())),
            entry.get("marks_needed", 0),
            entry.get("decisive", False),
        )
        for entry in raw["kind"]
    )
    # A run of three X is one placeholder, and X in a Latin word is none.
    placeholders = tuple(dict.fromkeys(fold(word) for word in raw["placeholders"]["words"]))
    words = "|".join(
        f"{re.escape(word[0])}{{{len(word)},}}" if len(set(word)) == 1 else re.escape(word) for word in placeholders
    )
    return _Data(
        kinds,
        compile_words(tuple(title for entry in raw["kind"] for title in entry["titles"])),
        re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])"),
        placeholders,
        raw["placeholders"]["at_least"],
        compile_words(tuple(raw["disclosure"]["headings"])),
        raw["disclosure"]["at_least"],
    )


def judge(document: Document, segments: list[Segment]) -> Verdict:
    """Whether a document is a disclosure, as far as it says itself; ``disclosure = true`` in sources.toml settles it."""
    known = [segment for segment in segments if segment.forms]
    declared = document.declared.get("disclosure", "").lower() == "true"
    if declared and known:
        return Verdict()
    title = title_of(document)
    if not declared:
        found = _look_alike(document, title)
        if found is not None and (found[0].decisive or not known):
            kind, shown = found
            return Verdict(
                f"this is no disclosure of a budget or of final accounts but {kind.en} ({kind.zh}): {shown}; "
                "if it is one all the same, say disclosure = true in sources.toml"
            )
        if reason := _template(document) or (_empty_form(document, known) if known else None):
            return Verdict(reason)
    if known:
        return Verdict()
    seen = _titles_found(segments)
    if declared or (title is not None and _names_someone(title.name)) or _says_so(document):
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


def _look_alike(document: Document, title: Title | None) -> tuple[Kind, str] | None:
    """The kind of document that the first lines or the marks of the text tell, and what told it."""
    head = []
    for numbered in _lines(document):
        head.append(numbered)
        if len(head) == _HEAD:
            break
    data = _data()
    own = title.text if title else ""
    for size in range(1, _PIECES + 1):
        for at in range(len(head) - size + 1):
            window = "".join(text for _, text in head[at : at + size])
            if not _like_a_title(window):
                continue
            for kind in data.kinds:
                # A menu above the title of a disclosure does not make it something else; its own words may.
                beside = bool(title and title.name) and window != own
                own_words = bool(own) and own in window and not kind.decisive
                if not (beside or own_words) and kind.titles.fullmatch(window):
                    return kind, f"line {head[at][0]} reads “{window}”"
    if title is not None and title.name:
        return None
    text = fold(document.text)
    for kind in data.kinds:
        there = [mark for mark in kind.marks if mark in text]
        if kind.marks_needed and len(there) >= kind.marks_needed and not _says_so(document):
            return kind, "it speaks of " + "、".join(there[:_SHOWN])
    return None


@lru_cache(maxsize=4096)
def _like_a_title(window: str) -> bool:
    """Whether lines may be the title of any kind; asked once, for documents of a family begin alike."""
    if not 4 <= len(window) <= 90 or _NO_TITLE.search(window):
        return False
    return _data().titles.fullmatch(window) is not None


def _template(document: Document) -> str | None:
    data, text = _data(), fold(document.text)
    if not any(word in text for word in data.placeholder_words):
        return None
    left = len(data.placeholder.findall(text))
    if left < data.placeholders or left <= (amounts := len(_AMOUNT.findall(document.text))):
        return None
    return (
        f"this is a template, not the disclosure of a body: it has {left} placeholders such as "
        f"“{data.placeholder.search(text).group()}” and {amounts} amounts"  # type: ignore[union-attr]
    )


def _empty_form(document: Document, known: list[Segment]) -> str | None:
    """A form that nobody filled in: tables that forms know, and in all of the text not one amount or zero.

    A document of which ingest could not read a part (scanned pages) may have them there.
    """
    if document.notes:
        return None
    body = "\n".join(
        document.text[document.lines[segment.body].start : document.lines[segment.last - 1].end]
        for segment in known
        if segment.last > segment.body
    )
    if _AMOUNT.search(document.text) or any(len(text) > 2 or text == "0" for text in _NUMBER.findall(body)):
        return None
    return (
        f"this is an empty form: {len(known)} tables that forms know, and not one amount, not even a 0, in the whole "
        "document; fetch the one that is filled in"
    )


def _names_someone(name: str) -> bool:
    """Whether what stands before 部门预算 in a title is a body or a division, not a sentence of a report."""
    chain = chain_at(name)
    return is_body(name, at_least=3) or (chain is not None and chain.end == len(name))


def _says_so(document: Document) -> bool:
    """Whether headings of its text are those of a disclosure."""
    data = _data()
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
