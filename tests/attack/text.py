"""A text as lines that know their origin, and what the kinds of damage have in common."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

AMOUNT = re.compile(r"(?<![\d.,])-?(?:\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+)(?![\d.,%％])")
CODE = re.compile(r"(?<![\d.,])\d{3}(?:\d{2}){0,2}(?![\d.,年])")
GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text and its index in the original; None where the mutation wrote it."""

    text: str
    origin: int | None

    def with_text(self, text: str) -> Line:
        return replace(self, text=text)


Text = list[Line]
Mutation = Callable[[Text, random.Random], Text]
KINDS: dict[str, Mutation] = {}


def kind(mutation: Mutation) -> Mutation:
    """Register a mutation under the name of its function."""
    KINDS[mutation.__name__] = mutation
    return mutation


def lines_of(text: str) -> Text:
    return [Line(line, index) for index, line in enumerate(text.split("\n"))]


def joined(text: Text) -> str:
    return "\n".join(line.text for line in text)


def pick(text: Text, rng: random.Random, wanted: Callable[[str], object]) -> int | None:
    found = [index for index, line in enumerate(text) if wanted(line.text)]
    return rng.choice(found) if found else None


def titles_in(text: Text) -> list[int]:
    """The lines that read as titles of tables."""
    return [index for index, line in enumerate(text) if is_title(line.text)]


def tables_in(text: Text) -> list[tuple[int, int, int]]:
    """Where each title stands, the first row below it, and where its rows end."""
    titles = titles_in(text)
    found = []
    for title, following in pairwise([*titles, len(text)]):
        rows = [at for at in range(title + 1, following) if is_row(text[at].text)]
        if rows and rows[0] - title < 25:
            found.append((title, rows[0], rows[-1] + 1))
    return found


def neighbours(found: Sequence[int], rng: random.Random) -> tuple[int, int] | None:
    """One of those found and the next one; None where there are not two."""
    if len(found) < 2:
        return None
    at = rng.randrange(len(found) - 1)
    return found[at], found[at + 1]


def is_row(line: str) -> bool:
    return len(AMOUNT.findall(line)) >= 1 and bool(CHINESE.search(line)) and "。" not in line


def is_blank(line: str) -> bool:
    return not line.strip()


def is_title(line: str) -> bool:
    return line.strip().endswith("表") and len(line.strip()) < 40


def is_header(line: str) -> bool:
    words = line.split()
    return len(words) >= 2 and not AMOUNT.search(line) and all(len(word) < 16 for word in words) and "。" not in line


def edit(text: Text, index: int | None, change: Callable[[str], str]) -> Text:
    if index is None:
        return text
    return [line.with_text(change(line.text)) if at == index else line for at, line in enumerate(text)]


def edit_all(text: Text, wanted: Collection[int], change: Callable[[str], str]) -> Text:
    """``text`` with each of the lines ``wanted`` changed."""
    return [line.with_text(change(line.text)) if at in wanted else line for at, line in enumerate(text)]


def outside_rows(text: Text) -> set[int]:
    """The lines that are no rows of amounts."""
    return {at for at, line in enumerate(text) if not is_row(line.text)}


def header_lines(text: Text, rng: random.Random) -> list[int]:
    """The lines with words between the title of a table and its first row, without that of its unit."""
    tables = tables_in(text)
    title, first, _ = rng.choice(tables) if tables else (0, 0, 0)
    lines = range(title + 1, first)
    return [at for at in lines if text[at].text.strip() and "位：" not in text[at].text and "。" not in text[at].text]


def without(text: Text, index: int | None) -> Text:
    return text if index is None else text[:index] + text[index + 1 :]


def insert(text: Text, index: int | None, *added: str) -> Text:
    return text if index is None else [*text[:index], *(Line(one, None) for one in added), *text[index:]]


def pages_of(text: Text) -> list[Text]:
    pages: list[Text] = [[]]
    for line in text:
        if "\f" in line.text and pages[-1]:
            pages.append([])
        pages[-1].append(line)
    return pages


def at_amount(text: Text, rng: random.Random, change: Callable[[str, re.Match[str]], str]) -> Text:
    """A row with one of its amounts changed: ``change`` gets the line and the amount."""
    return edit(text, pick(text, rng, is_row), lambda line: change(line, rng.choice(list(AMOUNT.finditer(line)))))


def at_gap(
    text: Text,
    rng: random.Random,
    change: Callable[[str, re.Match[str]], str],
    wanted: Callable[[str], object] = is_row,
) -> Text:
    """A line with one of its gaps changed: ``change`` gets the line and the gap. Lines are rows, or those ``wanted``."""
    index = pick(text, rng, lambda line: wanted(line) and GAP.search(line))
    return edit(text, index, lambda line: change(line, rng.choice(list(GAP.finditer(line)))))
