"""A sentence taken apart into elements: metrics, years, amounts, words of change, and text that means nothing here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.extract.prose.folding import YEAR, Folded
from pipeline.extract.prose.grammar import LETTERS, Grammar, Metric

#: What a sentence has that names a class of the functional classification.
_FUNCTION_HINTS = ("类）", "款）", "项）", "科目", "（#）", "#（")


@dataclass(slots=True)
class Element:
    """A piece of a sentence: ``folded.text[start:end]``. ``value`` depends on the kind.

    metric: Metric · year: offset from the disclosure's year, or None where it is printed · phase: its name ·
    change: sign · base: (offset of the year or None, phase) · function: the match · named, evaluated: the
    span of the name.
    ``number`` is the place of its NUMBER character, ``glued`` whether nothing stands between it and the one before.
    """

    kind: str
    start: int
    end: int
    value: Any = None
    number: int | None = None
    glued: bool = False

    @property
    def letter(self) -> str:
        return LETTERS[self.kind]


def elements(folded: Folded, start: int, end: int, grammar: Grammar, previous: str | None = None) -> list[Element]:
    """The elements of ``folded.text[start:end]`` in order, without words that only link others.

    ``previous`` is the name of the metric that the words before are about.
    """
    found: list[Element] = []
    waiting = _scan(folded, start, end, grammar)
    again: list[Element] = []
    while (element := again.pop(0) if again else next(waiting, None)) is not None:
        before = found[-1] if found else None
        element.glued = before is not None and before.end == element.start
        if element.kind == "metric":
            excluded = (
                before is not None
                and before.kind == "other"
                and element.glued
                # Only its last words are looked at: what no label names may be the length of a document.
                and grammar.excluded.search(
                    folded.text, max(before.start, before.end - grammar.name_longest), before.end
                )
            )
            fitting = None if excluded else _fitting(element, before, previous)
            end_of_other = element.end
            if fitting is None and not excluded:
                # A label that asks for other company may hold a shorter one that does not.
                end_of_other = element.start + 1
                again = [*_lex(folded.text, end_of_other, element.end, grammar), *again]
            element = fitting or Element("other", element.start, end_of_other, glued=element.glued)
            if element.kind == "metric":
                previous = element.value.name
        if element.kind == "link":
            continue
        if before is not None and before.kind == element.kind == "other" and element.glued:
            before.end = element.end
            continue
        found.append(element)
    return list(_bases(found))


def _scan(folded: Folded, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    text, position = folded.text, start
    for special in _specials(folded, start, end, grammar):
        yield from _lex(text, position, special.start, grammar)
        yield special
        position = special.end
    yield from _lex(text, position, end, grammar)


def _specials(folded: Folded, start: int, end: int, grammar: Grammar) -> list[Element]:
    """Functional classifications and lists of named projects: they contain words that mean something else alone."""
    found: list[Element] = []
    text = folded.text
    sentence = text[start:end]
    if any(hint in sentence for hint in _FUNCTION_HINTS):
        for pattern in grammar.functions:
            for match in pattern.finditer(text, start, end):
                if _codes_fit(folded, match, grammar):
                    found.append(Element("function", match.start(), match.end(), match))
    if "自评" in sentence:
        for match in grammar.evaluated.finditer(text, start, end):
            found.append(Element("evaluated", match.start(), match.end(), match.span("name")))
    if "项目" in sentence and (opening := grammar.named.search(text, start, end)):
        position = opening.end()
        while (name := grammar.names.match(text, position, end)) is not None:
            number = name.start("amount")
            found.append(Element("named", name.start("name"), name.end(), name.span("name"), number))
            position = name.end()
    kept: list[Element] = []
    for element in sorted(found, key=lambda e: (e.start, -e.end)):
        if not kept or element.start >= kept[-1].end:
            kept.append(element)
    return kept


def _codes_fit(folded: Folded, match: re.Match[str], grammar: Grammar) -> bool:
    """Whether the numbers that ``match`` takes for codes look like codes of their level."""
    groups = match.groupdict()
    return all(
        shape.fullmatch(folded.tokens[match.start(group)].printed) is not None
        for group, shape in grammar.codes.items()
        if groups.get(group)
    )


def _lex(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    position = start
    aside = grammar.purpose.search(text, start, end)
    for match in grammar.master.finditer(text, start, end):
        if match.end() == match.start() or match.start() < position:
            continue
        if aside is not None and match.start() >= aside.start():
            if aside.start() > position:
                yield Element("other", position, aside.start())
            yield Element("other", aside.start(), aside.end())
            position = aside.end()
            aside = grammar.purpose.search(text, position, end)
            if match.start() < position:
                continue
        if match.start() > position:
            yield Element("other", position, match.start())
        position = match.end()
        group = match.lastgroup or ""
        if group == "word":
            kind, value = grammar.words[match.group()][0]
            yield Element(kind, match.start(), match.end(), grammar.words[match.group()] if kind == "metric" else value)
        elif group in ("aside", "points"):
            kind = "link" if group == "aside" else "other"
            yield Element(kind, match.start(), match.end())
        elif group == "grade_":
            yield Element("grade", match.start(), match.end(), match.span("grade"))
        else:
            number = next((at for at in range(match.start(), match.end()) if text[at] in "#"), None)
            yield Element(group, match.start(), match.end(), None, number)
    if position < end:
        yield Element("other", position, end)


def _fitting(element: Element, before: Element | None, previous: str | None) -> Element | None:
    """The metric that a label means here; None where it asks for company that it has not."""
    company = (before.kind if before is not None else None, previous)
    for kind, value in element.value:
        if not isinstance(value, Metric):
            return Element(kind, element.start, element.end, value, glued=element.glued)
        if not value.after or any(before in value.after for before in company):
            return Element("metric", element.start, element.end, value, glued=element.glued)
    return None


def _bases(found: list[Element]) -> Iterator[Element]:
    """``found`` with each comparison word and the year or phase after it made one element.

    Text right after such a base only says how the earlier figure is called, and goes.
    """
    at = 0
    while at < len(found):
        element = found[at]
        at += 1
        if element.kind == "same_period":
            before = Element("year", element.start, element.end, -1)
            yield Element("base", element.start, element.end, (before, None), glued=element.glued)
            continue
        if element.kind != "compare":
            yield element
            continue
        following = found[at] if at < len(found) else None
        if following is None or following.kind not in ("year", "phase"):
            # 与 and 和 are common words; without a year or a phase they compare nothing.
            continue
        year = following if following.kind == "year" else None
        at += 1
        phase = following.value if year is None else None
        end = following.end
        if year is not None and at < len(found) and found[at].kind == "phase":
            phase, end = found[at].value, found[at].end
            at += 1
        yield Element("base", element.start, end, (year, phase), glued=element.glued)
        if at + 1 < len(found) and found[at].kind == "other" and found[at + 1].kind in ("equal", "change", "amount"):
            at += 1


def printed_year(folded: Folded, element: Element) -> int | None:
    """The year that an element of kind year, date or metric prints, or None where it prints none."""
    for at in range(element.start, element.end):
        if folded.text[at] == YEAR:
            token = folded.tokens[at]
            return int(token.value) if token.value is not None else None
    return None


_SENTENCE = re.compile(r"[^。！？]*[。！？]?")


def sentences(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The sentences of a folded passage from ``start`` on."""
    for match in _SENTENCE.finditer(text, start):
        if match.end() > match.start():
            yield match.span()
