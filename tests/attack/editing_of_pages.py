"""Damages to pages as editors make them who take one word, title or page for another."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.attack.context import TITLES
from tests.attack.editing import EMPTY, TOTALS, has_opposite, one_for_its_neighbour, opposite
from tests.attack.pages import (
    Mark,
    Pages,
    Sheet,
    changed,
    copy,
    is_amount,
    is_header,
    is_title,
    is_word,
    kind,
    pick,
    row_of,
)  # fmt: skip


def _beside_amounts(pages: Pages) -> set[int]:
    """The marks that stand in a row with amounts."""
    return {
        id(mark) for sheet in pages for amount in sheet.marks if is_amount(amount) for mark in row_of(sheet, amount)
    }


def _header_words(pages: Pages, rng: random.Random, change: Callable[[list[Mark]], list[Mark]]) -> Pages:
    """The pages with the words of the header of one of them, from left to right, in the place of what ``change`` makes of them."""
    pages = copy(pages)
    wanted = is_header(pages)
    found = [(sheet, words) for sheet in pages if len(words := [mark for mark in sheet.marks if wanted(mark)]) > 1]
    if found:
        sheet, words = rng.choice(found)
        kept = [mark for mark in sheet.marks if all(mark is not word for word in words)]
        sheet.marks = [*kept, *change(sorted(words, key=lambda mark: (mark.x0, mark.top)))]
    return pages


def _line(sheet: Sheet, text: str, top: float) -> Mark:
    return Mark(text, sheet.width * 0.3, top, sheet.width * 0.3 + 9.0 * len(text), top + 10, None)


@kind
def titles_shifted_by_one(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    titles = [mark for sheet in pages for mark in sheet.marks if is_title(mark)]
    by = rng.choice([1, -1])
    words = {id(mark): titles[(number + by) % len(titles)].text for number, mark in enumerate(titles)}
    for sheet in pages:
        sheet.marks = [mark.anew(words[id(mark)]) if id(mark) in words else mark for mark in sheet.marks]
    return pages


@kind
def title_of_the_table_before_continued(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    places = [(sheet, at) for sheet in pages for at, mark in enumerate(sheet.marks) if is_title(mark)]
    if len(places) > 1:
        number = rng.randrange(1, len(places))
        (before, of), (sheet, at) = places[number - 1], places[number]
        sheet.marks[at] = sheet.marks[at].anew(f"{before.marks[of].text}（续）")
    return pages


@kind
def opposite_word_outside_rows(pages: Pages, rng: random.Random) -> Pages:
    beside = _beside_amounts(pages)
    return changed(
        pages,
        rng,
        lambda mark: has_opposite(mark.text) and id(mark) not in beside,
        lambda mark: [mark.anew(opposite(mark.text, rng))],
    )


@kind
def opposite_word_in_a_row(pages: Pages, rng: random.Random) -> Pages:
    beside = _beside_amounts(pages)
    return changed(
        pages,
        rng,
        lambda mark: has_opposite(mark.text) and id(mark) in beside,
        lambda mark: [mark.anew(opposite(mark.text, rng))],
    )


@kind
def total_called_otherwise(pages: Pages, rng: random.Random) -> Pages:
    word = rng.choice(TOTALS)
    return changed(
        pages,
        rng,
        lambda mark: re.search("[合总小]计", mark.text),
        lambda mark: [mark.anew(re.sub("[合总小]计", word, mark.text))],
    )


@kind
def word_of_a_header_twice(pages: Pages, rng: random.Random) -> Pages:
    return _header_words(
        pages, rng, lambda words: one_for_its_neighbour(words, rng, lambda word, other: word.anew(other.text))
    )


@kind
def half_of_a_header_lost(pages: Pages, rng: random.Random) -> Pages:
    left = rng.random() < 0.5
    return _header_words(pages, rng, lambda words: words[: len(words) // 2] if left else words[len(words) // 2 :])


@kind
def words_of_a_header_rotated(pages: Pages, rng: random.Random) -> Pages:
    by = rng.choice([1, -1])
    return _header_words(
        pages,
        rng,
        lambda words: [word.anew(words[(at + by) % len(words)].text) for at, word in enumerate(words)],
    )


@kind
def letters_of_columns_added(pages: Pages, rng: random.Random) -> Pages:
    """Letters over the amounts of the first row of a page, where its header ends."""
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, _ = picked
        first = min((mark for mark in sheet.marks if is_amount(mark)), key=lambda mark: mark.top)
        row = sorted(row_of(sheet, first), key=lambda mark: mark.x0)
        sheet.marks += [
            replace(mark.moved(0, -8), text="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at], x1=mark.x0 + 6, origin=None)
            for at, mark in enumerate(row[:26])
        ]
    return pages


@kind
def dashes_between_rows(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, at = picked
        by = rng.choice([6, 9, 12])
        sheet.marks += [
            replace(mark.moved(0, by), text="-", x1=mark.x0 + 5, origin=None) for mark in row_of(sheet, sheet.marks[at])
        ]
    return pages


@kind
def note_of_an_empty_table_below_a_title(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_title)
    if picked is not None:
        sheet, at = picked
        sheet.marks.append(_line(sheet, rng.choice(EMPTY), sheet.marks[at].bottom + 4))
    return pages


@kind
def rows_of_two_pages_exchanged(pages: Pages, rng: random.Random) -> Pages:
    """The rows of two pages stand below the title and the header of one another."""
    pages = copy(pages)
    found = [sheet for sheet in pages if any(is_amount(mark) for mark in sheet.marks)]
    if len(found) > 1:
        one, other = rng.sample(found, 2)
        tops = [min(mark.top for mark in sheet.marks if is_amount(mark)) - 4 for sheet in (one, other)]
        by = tops[1] - tops[0]
        rows = [
            [mark for mark in sheet.marks if mark.top >= top] for sheet, top in zip((one, other), tops, strict=True)
        ]
        heads = [
            [mark for mark in sheet.marks if mark.top < top] for sheet, top in zip((one, other), tops, strict=True)
        ]
        one.marks = [*heads[0], *(mark.moved(0, -by) for mark in rows[1])]
        other.marks = [*heads[1], *(mark.moved(0, by) for mark in rows[0])]
        one.rules, other.rules = (
            [*(r for r in one.rules if r[3] <= tops[0]), *((r[0], r[1] - by, r[2], r[3] - by) for r in other.rules if r[1] >= tops[1] - 12)],
            [*(r for r in other.rules if r[3] <= tops[1]), *((r[0], r[1] + by, r[2], r[3] + by) for r in one.rules if r[1] >= tops[0] - 12)],
        )  # fmt: skip
    return pages


@kind
def total_row_above_its_header(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    wanted = is_header(pages)
    found = [sheet for sheet in pages if any(map(is_amount, sheet.marks)) and any(map(wanted, sheet.marks))]
    if found:
        sheet = rng.choice(found)
        first = min((mark for mark in sheet.marks if is_amount(mark)), key=lambda mark: mark.top)
        top = min(mark.top for mark in sheet.marks if wanted(mark))
        row = row_of(sheet, first)
        kept = [mark for mark in sheet.marks if all(mark is not other for other in row)]
        sheet.marks = [*kept, *(mark.moved(0, top - 14 - first.top) for mark in row)]
    return pages


@kind
def unit_in_a_header_word(pages: Pages, rng: random.Random) -> Pages:
    unit = rng.choice(["（万元）", "（元）", "(千元)", "（%）", "（人）", "（个）"])
    return changed(pages, rng, is_header(pages), lambda mark: [mark.anew(mark.text + unit)])


@kind
def running_title_on_each_page(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    title = rng.choice(TITLES)
    for sheet in pages[1:]:
        top = min((mark.top for mark in sheet.marks if is_word(mark)), default=40.0)
        sheet.marks.append(_line(sheet, title, max(4.0, top - 16)))
    return pages
