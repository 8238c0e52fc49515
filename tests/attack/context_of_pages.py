"""Damages to what the rows of pages are read by: headers, titles, units, rules and neighbours of another kind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.attack.context import BETWEEN, HEADER_WORDS, TITLE_WORDS, TITLES, another_word, with_other_digits
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
    page_cut_in_two,
    pick,
    row_of,
)
from tests.attack.text import AMOUNT


def _top_of_rows(sheet: Sheet) -> float:
    """Where the first amount of a page stands; its height where it prints none."""
    return min((mark.top for mark in sheet.marks if is_amount(mark)), default=sheet.height)


def _with_rows(pages: Pages) -> list[Sheet]:
    return [sheet for sheet in pages if any(is_amount(mark) for mark in sheet.marks)] or pages


def _exchanged(pages: Pages, rng: random.Random, wanted: Callable[[Mark], object], of_a_page: bool) -> Pages:
    """The words of two marks that are ``wanted`` in the place of one another."""
    pages = copy(pages)
    groups = [sheet.marks for sheet in pages] if of_a_page else [[mark for sheet in pages for mark in sheet.marks]]
    groups = [found for group in groups if len(found := [mark for mark in group if wanted(mark)]) > 1]
    if groups:
        one, other = rng.sample(rng.choice(groups), 2)
        texts = {id(one): other.text, id(other): one.text}
        for sheet in pages:
            sheet.marks = [mark.anew(texts[id(mark)]) if id(mark) in texts else mark for mark in sheet.marks]
    return pages


@kind
def header_words_exchanged(pages: Pages, rng: random.Random) -> Pages:
    return _exchanged(pages, rng, is_header(pages), of_a_page=True)


@kind
def titles_exchanged(pages: Pages, rng: random.Random) -> Pages:
    return _exchanged(pages, rng, is_title, of_a_page=False)


@kind
def header_word_of_a_neighbour(pages: Pages, rng: random.Random) -> Pages:
    header = is_header(pages)

    def wanted(mark: Mark) -> bool:
        return header(mark) and another_word(mark.text, HEADER_WORDS, random.Random(1)) != mark.text

    return changed(pages, rng, wanted, lambda mark: [mark.anew(another_word(mark.text, HEADER_WORDS, rng))])


@kind
def title_word_of_another(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_title, lambda mark: [mark.anew(another_word(mark.text, TITLE_WORDS, rng))])


@kind
def header_moved(pages: Pages, rng: random.Random) -> Pages:
    """All words above the rows of a page stand further left or right than their columns."""
    pages = copy(pages)
    sheet, by = rng.choice(_with_rows(pages)), rng.choice([-60, -25, 25, 60])
    top = _top_of_rows(sheet)
    sheet.marks = [mark.moved(by) if mark.top < top else mark for mark in sheet.marks]
    return pages


@kind
def header_of_another_page(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet, other = rng.choice(_with_rows(pages)), rng.choice(_with_rows(pages))
    top, end = _top_of_rows(sheet), _top_of_rows(other)
    above = [mark.anew().moved(0, top - end) for mark in other.marks if mark.top < end and not is_title(mark)]
    sheet.marks = [*above, *(mark for mark in sheet.marks if mark.top >= top or is_title(mark))]
    return pages


@kind
def known_title_among_rows(pages: Pages, rng: random.Random) -> Pages:
    title, x = rng.choice(TITLES), rng.choice([60, 250])
    return changed(
        pages,
        rng,
        is_amount,
        lambda mark: [mark, Mark(title, x, mark.bottom + 1, x + 10 * len(title), mark.bottom + 11, None)],
    )


@kind
def words_between_rows(pages: Pages, rng: random.Random) -> Pages:
    words = rng.choice(BETWEEN)
    return changed(
        pages,
        rng,
        is_word,
        lambda mark: [mark, Mark(words, mark.x0, mark.bottom + 1, mark.x0 + 10 * len(words), mark.bottom + 11, None)],
    )


@kind
def unit_changed(pages: Pages, rng: random.Random) -> Pages:
    def other(mark: Mark) -> list[Mark]:
        return [mark.anew(mark.text.replace("万元", "元") if "万元" in mark.text else mark.text.replace("元", "万元"))]

    return changed(pages, rng, lambda mark: re.search(r"单位[:：].*元|^元$", mark.text), other)


@kind
def year_changed(pages: Pages, rng: random.Random) -> Pages:
    header, by = is_header(pages), rng.choice([-1, 1])
    year = re.compile(r"20\d\d")
    return changed(
        pages,
        rng,
        lambda mark: year.search(mark.text) and (is_title(mark) or header(mark)),
        lambda mark: [mark.anew(year.sub(lambda m: str(int(m.group()) + by), mark.text, count=1))],
    )


@kind
def table_interrupted(pages: Pages, rng: random.Random) -> Pages:
    """Another page comes between the upper and the lower part of one."""
    found = page_cut_in_two(pages, rng)
    at = next((at for at, (old, new) in enumerate(zip(pages, found, strict=False)) if old.marks != new.marks), 0)
    between = rng.choice(pages)
    again = replace(between, marks=[mark.anew() for mark in between.marks])
    return [*found[: at + 1], again, *found[at + 1 :]]


@kind
def header_of_another_page_on_a_second(pages: Pages, rng: random.Random) -> Pages:
    """The lower part of a page goes to one of its own, below the header of any page."""
    found = page_cut_in_two(pages, rng)
    at = next((at for at, (old, new) in enumerate(zip(pages, found, strict=False)) if old.marks != new.marks), 0)
    other = rng.choice(_with_rows(pages))
    end = _top_of_rows(other)
    below = found[at + 1] if at + 1 < len(found) else found[at]
    down = end - min((mark.top for mark in below.marks), default=0)
    below.marks = [m.anew() for m in other.marks if m.top < end] + [mark.moved(0, down) for mark in below.marks]
    below.rules = [r for r in other.rules if r[3] <= end] + [(a, b + down, c, d + down) for a, b, c, d in below.rules]
    below.height = max(below.height, below.height + down)
    return found


@kind
def two_pages_on_one(pages: Pages, rng: random.Random) -> Pages:
    """Two pages one below the other on one long sheet."""
    at = rng.randrange(max(1, len(pages) - 1))
    if len(pages) < 2:
        return pages
    one, other = pages[at], pages[at + 1]
    long = Sheet(
        max(one.width, other.width),
        one.height + other.height,
        [*one.marks, *(mark.moved(0, one.height) for mark in other.marks)],
        [*one.rules, *((a, b + one.height, c, d + one.height) for a, b, c, d in other.rules)],
    )
    return [*pages[:at], long, *pages[at + 2 :]]


@kind
def total_row_with_other_amounts(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, lambda mark: re.fullmatch("合 *计|.*总计", mark.text))
    if picked is not None:
        sheet, at = picked
        row = row_of(sheet, sheet.marks[at])
        down = rng.choice([14, 20, 30])
        sheet.marks += [m.anew(AMOUNT.sub(with_other_digits, m.text)).moved(0, down) for m in row]
    return pages


def _moved_rule(pages: Pages, rng: random.Random, axis: int) -> Pages:
    """A sheet one of whose upright rules (``axis`` 0) or level ones (1) stands elsewhere, in all its pieces."""
    pages = copy(pages)
    sheet, by = rng.choice([sheet for sheet in pages if sheet.rules] or pages), rng.choice([-15, -6, 6, 15])
    along = sorted({rule[axis] for rule in sheet.rules if rule[axis] == rule[axis + 2]})
    if along:
        chosen = rng.choice(along)

        def moved(rule: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
            if rule[axis] != rule[axis + 2] or abs(rule[axis] - chosen) >= 1:
                return rule
            a, b, c, d = rule
            return (a + by, b, c + by, d) if axis == 0 else (a, b + by, c, d + by)

        sheet.rules = [moved(rule) for rule in sheet.rules]
    return pages


@kind
def upright_rule_moved(pages: Pages, rng: random.Random) -> Pages:
    return _moved_rule(pages, rng, 0)


@kind
def level_rule_moved(pages: Pages, rng: random.Random) -> Pages:
    return _moved_rule(pages, rng, 1)


@kind
def rules_moved(pages: Pages, rng: random.Random) -> Pages:
    """All rules of a page stand off its words."""
    pages = copy(pages)
    sheet = rng.choice([sheet for sheet in pages if sheet.rules] or pages)
    right, down = rng.choice([(-20, 0), (20, 0), (0, 7), (0, -7), (40, 0)])
    sheet.rules = [(a + right, b + down, c + right, d + down) for a, b, c, d in sheet.rules]
    return pages


@kind
def rule_added(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice([sheet for sheet in pages if sheet.rules] or pages)
    if sheet.rules:
        left, right = min(r[0] for r in sheet.rules), max(r[2] for r in sheet.rules)
        top, bottom = min(r[1] for r in sheet.rules), max(r[3] for r in sheet.rules)
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        sheet.rules.append(rng.choice([(x, top, x, bottom), (left, y, right, y)]))
    return pages


@kind
def level_rules_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice(pages)
    sheet.rules = [rule for rule in sheet.rules if rule[0] == rule[2]]
    return pages


@kind
def rules_of_a_header_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice(_with_rows(pages))
    top = _top_of_rows(sheet)
    sheet.rules = [rule for rule in sheet.rules if rule[3] >= top]
    return pages


# --- as printers, converters and clerks make them -------------------------------------------------------------------
def _opened(pages: Pages, rng: random.Random, words: str) -> Pages:
    """A page with room opened between two rows, its frame with it, and ``words`` there."""
    pages = copy(pages)
    sheet = rng.choice(_with_rows(pages))
    tops = sorted({mark.top for mark in sheet.marks if is_amount(mark)})
    if len(tops) < 3:
        return pages
    cut, room = rng.choice(tops[1:]) - 2, 22.0
    sheet.marks = [mark.moved(down=room) if mark.top >= cut else mark for mark in sheet.marks]
    sheet.rules = [
        (x0, top + room if top >= cut else top, x1, bottom + room if bottom >= cut else bottom)
        for x0, top, x1, bottom in sheet.rules
    ]
    sheet.height += room
    if words:
        left = sheet.width / 4
        sheet.marks.append(Mark(words, left, cut + 6, left + 9.0 * len(words), cut + 15, None))
    return pages


@kind
def room_between_rows(pages: Pages, rng: random.Random) -> Pages:
    """Set two rows apart."""
    return _opened(pages, rng, "")


@kind
def line_between_rows(pages: Pages, rng: random.Random) -> Pages:
    """Print a heading, a note, a title or a label without amounts between two rows, in the cell of the row below."""
    words = (
        "二、收入预算情况说明",
        "注：不含上年结转120.50万元。",
        "其他资金安排情况",
        "单位：元",
        "其中：",
        "小计",
        *TITLES,
    )
    return _opened(pages, rng, rng.choice(words))


@kind
def columns_on_the_next_page(pages: Pages, rng: random.Random) -> Pages:
    """Print the columns of the right half of a page on a page of their own."""
    pages = copy(pages)
    at = rng.randrange(len(pages))
    sheet = pages[at]
    cut = sheet.width * rng.choice((0.4, 0.5, 0.6))
    right = Sheet(sheet.width, sheet.height)
    right.marks = [mark.moved(right=40 - cut) for mark in sheet.marks if mark.x0 >= cut]
    right.rules = [(max(x0, cut) + 40 - cut, top, x1 + 40 - cut, low) for x0, top, x1, low in sheet.rules if x1 > cut]
    sheet.marks = [mark for mark in sheet.marks if mark.x0 < cut]
    sheet.rules = [(x0, top, min(x1, cut), low) for x0, top, x1, low in sheet.rules if x0 < cut]
    return [*pages[: at + 1], right, *pages[at + 1 :]]


@kind
def two_pages_side_by_side(pages: Pages, rng: random.Random) -> Pages:
    """Print a page right of the one before."""
    pages = copy(pages)
    if len(pages) < 2:
        return pages
    at = rng.randrange(len(pages) - 1)
    left, right = pages[at], pages.pop(at + 1)
    left.marks += [mark.moved(right=left.width) for mark in right.marks]
    left.rules += [(x0 + left.width, top, x1 + left.width, low) for x0, top, x1, low in right.rules]
    left.width, left.height = left.width + right.width, max(left.height, right.height)
    return pages


@kind
def page_askew(pages: Pages, rng: random.Random) -> Pages:
    """Let the lines of a page rise or fall from left to right, and leave out its rules."""
    pages = copy(pages)
    sheet, slope = rng.choice(_with_rows(pages)), rng.choice((-0.01, 0.01, 0.02))
    sheet.marks, sheet.rules = [mark.moved(down=mark.x0 * slope) for mark in sheet.marks], []
    return pages


@kind
def numbers_of_rows_added(pages: Pages, rng: random.Random) -> Pages:
    """Number the rows of a page at its left edge."""
    pages = copy(pages)
    sheet = rng.choice(_with_rows(pages))
    tops = sorted({round(mark.top) for mark in sheet.marks if is_amount(mark)})
    sheet.marks += [Mark(str(at), 12, top, 20, top + 9, None) for at, top in enumerate(tops, 1)]
    return pages


@kind
def amounts_of_a_row_at_the_foot(pages: Pages, rng: random.Random) -> Pages:
    """Print the amounts of a row once more below the table, without its label."""
    pages = copy(pages)
    sheet = rng.choice(_with_rows(pages))
    amounts = [mark for mark in sheet.marks if is_amount(mark)]
    if amounts:
        low = max(mark.bottom for mark in amounts) + 6
        beside = [mark for mark in row_of(sheet, rng.choice(amounts)) if is_amount(mark)]
        sheet.marks += [mark.moved(down=low - mark.top).anew() for mark in beside]
    return pages


@kind
def title_at_the_foot(pages: Pages, rng: random.Random) -> Pages:
    """Print the titles of a page below its table."""
    pages = copy(pages)
    sheet = rng.choice(_with_rows(pages))
    low = max((mark.bottom for mark in sheet.marks if is_amount(mark)), default=0) + 8
    sheet.marks = [mark.moved(down=low - mark.top) if is_title(mark) else mark for mark in sheet.marks]
    return pages
