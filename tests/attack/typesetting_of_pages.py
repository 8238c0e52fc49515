"""Damages to pages as typesetters make them: words set in the wrong cell, line, page or size, and strange ones beside them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

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
)  # fmt: skip

#: Words of headers that mean something else than the one they are set for.
WORDS = (
    "上年结转", "财政拨款收入", "事业收入", "基本支出", "项目支出", "人员经费", "公用经费", "小计", "合计", "执行数",
    "年初预算数", "调整预算数", "决算数", "增减额", "增减%", "政府性基金", "国有资本经营预算", "财政专户管理资金", "备注",
)  # fmt: skip
#: Classifications that take one another's place over a column of codes.
CLASSES = (("功能", "经济"), ("经济", "功能"), ("政府", "部门"), ("部门", "政府"), ("支出", "收入"))
#: What is said of a fund, a source or a unit between the lines of a table.
SECTIONS = (
    "政府性基金预算", "一、上年结转", "二、国有资本经营预算", "下属单位合计", "上年决算数", "单位：万元", "收入部分",
    "（二）财政专户管理资金", "2019年", "部门预算支出经济分类科目",
)  # fmt: skip
YEAR = re.compile(r"20\d\d")


def _with_rows(pages: Pages) -> Pages:
    return [sheet for sheet in pages if any(is_amount(mark) for mark in sheet.marks)] or pages


def _first_row(sheet: Sheet) -> float:
    return min((mark.top for mark in sheet.marks if is_amount(mark)), default=sheet.height)


def _headers(pages: Pages, rng: random.Random) -> tuple[Sheet, list[Mark]]:
    """A page, and the words of its header from the top and the left."""
    wanted = is_header(pages)
    found = [(sheet, [mark for mark in sheet.marks if wanted(mark)]) for sheet in pages]
    sheet, words = rng.choice([one for one in found if len(one[1]) > 2] or found)
    return sheet, sorted(words, key=lambda mark: (round(mark.top), mark.x0))


def _in_place(sheet: Sheet, old: list[Mark], new: list[Mark]) -> None:
    gone = {id(mark) for mark in old}
    sheet.marks = [*new, *(mark for mark in sheet.marks if id(mark) not in gone)]


def _set(text: str, x: float, top: float, size: float = 9) -> Mark:
    return Mark(text, x, top, x + size * len(text), top + size, None)


# --- headers ---------------------------------------------------------------------------------------------------------
def _on_neighbours(
    pages: Pages, rng: random.Random, change: Callable[[Mark, Mark], list[Mark]]
) -> tuple[Pages, Sheet, tuple[float, float]]:
    """Change two words of a header that stand side by side; also their page and where the first ends and the second begins."""
    pages = copy(pages)
    sheet, words = _headers(pages, rng)
    pairs = [pair for pair in zip(words, words[1:], strict=False) if abs(pair[0].top - pair[1].top) < 3]
    if not pairs:
        return pages, sheet, (0, 0)
    one, other = rng.choice(pairs)
    _in_place(sheet, [one, other], change(one, other))
    return pages, sheet, (one.x1, other.x0)


@kind
def header_words_glued(pages: Pages, rng: random.Random) -> Pages:
    """Print two words of a header as one, without the rule between them."""

    def glued(one: Mark, other: Mark) -> list[Mark]:
        middle = (one.x0 + other.x1) / 2
        half = ((one.x1 - one.x0) + (other.x1 - other.x0)) / 2
        return [Mark(one.text + other.text, middle - half, one.top, middle + half, one.bottom, None)]

    pages, sheet, (left, right) = _on_neighbours(pages, rng, glued)
    below = _first_row(sheet)
    sheet.rules = [r for r in sheet.rules if not (r[0] == r[2] and left - 1 <= r[0] <= right + 1 and r[3] < below)]
    return pages


@kind
def end_of_a_header_word_in_the_next_cell(pages: Pages, rng: random.Random) -> Pages:
    def cut(one: Mark, other: Mark) -> list[Mark]:
        at = max(1, len(one.text) // 2)
        wide = (other.x1 - other.x0) * (1 + at / max(1, len(other.text)))
        moved = Mark(
            one.text[at:] + other.text, other.x0 - wide / 4, other.top, other.x1 + wide / 4, other.bottom, None
        )
        return [replace(one.anew(one.text[:at]), x1=(one.x0 + one.x1) / 2), moved]

    return _on_neighbours(pages, rng, cut)[0]


@kind
def header_word_from_a_list(pages: Pages, rng: random.Random) -> Pages:
    """Put any word of headers in the place of another."""
    return changed(pages, rng, is_header(pages), lambda mark: [mark.anew(rng.choice(WORDS))])


@kind
def header_words_all_the_same(pages: Pages, rng: random.Random) -> Pages:
    """Print one word of a line of a header in all its cells."""
    pages = copy(pages)
    sheet, words = _headers(pages, rng)
    if words:
        chosen = rng.choice(words)
        line = [mark for mark in words if abs(mark.top - chosen.top) < 3]
        _in_place(sheet, line, [mark.anew(chosen.text) for mark in line])
    return pages


@kind
def lines_of_a_header_exchanged(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet, words = _headers(pages, rng)
    tops = sorted({round(mark.top) for mark in words})
    if len(tops) > 1:
        one, other = rng.sample(tops, 2)
        by = {one: other - one, other: one - other}
        _in_place(sheet, words, [mark.anew().moved(0, by.get(round(mark.top), 0)) for mark in words])
    return pages


@kind
def class_of_codes_changed(pages: Pages, rng: random.Random) -> Pages:
    """Name another classification over the codes or in the title of a table."""
    old, new = rng.choice(CLASSES)
    header = is_header(pages)
    return changed(
        pages,
        rng,
        lambda mark: old in mark.text and (header(mark) or is_title(mark)),
        lambda mark: [mark.anew(mark.text.replace(old, new))],
    )


@kind
def years_of_a_header_changed(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    by = rng.choice([-1, 1])
    sheet, words = _headers(pages, rng)
    new = [mark.anew(YEAR.sub(lambda year: str(int(year.group()) + by), mark.text)) for mark in words]
    _in_place(sheet, words, [one if one.text != mark.text else mark for one, mark in zip(new, words, strict=True)])
    return pages


@kind
def head_at_the_foot_of_the_page_before(pages: Pages, rng: random.Random) -> Pages:
    """Print the title, unit and header of a page below the rows of the one before."""
    pages = copy(pages)
    if len(pages) > 1:
        at = rng.randrange(1, len(pages))
        sheet, before = pages[at], pages[at - 1]
        end, foot = _first_row(sheet), max((mark.bottom for mark in before.marks), default=0) + 10
        head = [mark for mark in sheet.marks if mark.top < end]
        top = min((mark.top for mark in head), default=0)
        before.height = max(before.height, foot + end - top + 20)
        before.marks += [mark.anew().moved(0, foot - top) for mark in head]
        sheet.marks = [mark for mark in sheet.marks if mark.top >= end]
        sheet.rules = [rule for rule in sheet.rules if rule[1] >= end - 4]
    return pages


@kind
def header_pushed_onto_the_rows(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet, words = _headers(pages, rng)
    by = rng.choice([6, 10, 14])
    _in_place(sheet, words, [mark.anew().moved(0, by) for mark in words])
    return pages


# --- titles and units ------------------------------------------------------------------------------------------------
@kind
def title_with_the_end_of_another(pages: Pages, rng: random.Random) -> Pages:
    texts = [mark.text for sheet in pages for mark in sheet.marks if is_title(mark)]

    def mixed(mark: Mark) -> list[Mark]:
        other = rng.choice(texts)
        return [mark.anew(mark.text[: len(mark.text) // 2] + other[len(other) // 2 :])]

    return changed(pages, rng, is_title, mixed)


@kind
def title_in_two_lines(pages: Pages, rng: random.Random) -> Pages:
    """Print the end of a title on a line of its own, above or below its beginning."""

    def cut(mark: Mark) -> list[Mark]:
        at, middle = rng.randrange(2, len(mark.text) - 1), (mark.x0 + mark.x1) / 2
        second = replace(mark, text=mark.text[at:], x0=middle - 30, x1=middle + 30, origin=None)
        return [replace(mark.anew(mark.text[:at]), x1=middle), second.moved(0, rng.choice([-14, 14]))]

    return changed(pages, rng, is_title, cut)


@kind
def second_unit_line(pages: Pages, rng: random.Random) -> Pages:
    unit = rng.choice(["单位：元", "单位：万元", "金额单位：千元"])
    return changed(
        pages,
        rng,
        lambda mark: "单位：" in mark.text or "单位:" in mark.text,
        lambda mark: [mark, _set(unit, rng.choice([40, 300]), mark.top + rng.choice([-14, 0, 14]))],
    )


# --- pages -----------------------------------------------------------------------------------------------------------
@kind
def lower_halves_exchanged(pages: Pages, rng: random.Random) -> Pages:
    """Print the lower half of a page below the upper half of the next one, and the other way round."""
    pages = copy(pages)
    if len(pages) > 1:
        at = rng.randrange(len(pages) - 1)
        one, other = pages[at], pages[at + 1]
        cut = min(one.height, other.height) * rng.choice([0.4, 0.5, 0.6])
        for what, of in (("marks", lambda mark: mark.top), ("rules", lambda rule: rule[1])):
            first, second = getattr(one, what), getattr(other, what)
            setattr(one, what, [x for x in first if of(x) < cut] + [x for x in second if of(x) >= cut])
            setattr(other, what, [x for x in second if of(x) < cut] + [x for x in first if of(x) >= cut])
    return pages


@kind
def page_of_titles(pages: Pages, rng: random.Random) -> Pages:
    """A contents page comes among those of the tables."""
    pages = copy(pages)
    titles = [mark.text for sheet in pages for mark in sheet.marks if is_title(mark)]
    sheet = Sheet(pages[0].width, pages[0].height, [_set(text, 80, 80 + 20 * at, 11) for at, text in enumerate(titles)])
    pages.insert(rng.randrange(len(pages) + 1), sheet)
    return pages


@kind
def page_printed_small(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet, by = rng.choice(pages), rng.choice([0.5, 0.7, 1.5])
    sheet.width, sheet.height = sheet.width * max(1, by), sheet.height * max(1, by)
    sheet.marks = [
        replace(mark, x0=mark.x0 * by, x1=mark.x1 * by, top=mark.top * by, bottom=mark.bottom * by)
        for mark in sheet.marks
    ]
    sheet.rules = [(a * by, b * by, c * by, d * by) for a, b, c, d in sheet.rules]
    return pages


@kind
def words_over_a_page(pages: Pages, rng: random.Random) -> Pages:
    """Print a stamp or a watermark over the words of a page."""
    pages = copy(pages)
    sheet, text = rng.choice(pages), rng.choice(["样稿", "公开稿", "2021-03-15", "附件3", "内部资料 1,024.00"])
    sheet.marks += [
        _set(text, rng.uniform(0.1, 0.8) * sheet.width, rng.uniform(0.05, 0.9) * sheet.height, 14)
        for _ in range(rng.choice([1, 6]))
    ]
    return pages


@kind
def words_at_the_edges(pages: Pages, rng: random.Random) -> Pages:
    """Print running heads, numbers of pages and amounts at the edges of every page."""
    pages = copy(pages)
    for number, sheet in enumerate(pages, 1):
        text = rng.choice([f"第 {number} 页", f"{number}.00", f"附表{number}", "部门收支总表", f"- {number} -"])
        sheet.marks.append(
            _set(text, rng.choice([5, sheet.width / 2, sheet.width - 60]), rng.choice([6, sheet.height - 16]))
        )
    return pages


@kind
def section_between_rows(pages: Pages, rng: random.Random) -> Pages:
    """Open room between two rows and print words of another fund, source, year or class there."""
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, at = picked
        top = sheet.marks[at].top - 1.5
        sheet.height += 16
        sheet.marks = [mark.moved(0, 16) if mark.top >= top else mark for mark in sheet.marks]
        sheet.rules = [(a, b + 16 * (b >= top - 4), c, d + 16 * (d >= top - 4)) for a, b, c, d in sheet.rules]
        left = min(mark.x0 for mark in sheet.marks)
        sheet.marks.append(_set(rng.choice(SECTIONS), left + rng.choice([0, 60]), top + 1))
    return pages


@kind
def note_below_a_title(pages: Pages, rng: random.Random) -> Pages:
    """Print a sentence with amounts between a title and its table."""
    note = rng.choice(
        [
            "注：本表金额单位为万元。",
            "其中：财政拨款收入1,234.56万元。",
            "本表反映部门本年度政府性基金预算支出。",
            "2018年支出决算情况如下：",
        ]
    )
    return changed(pages, rng, is_title, lambda mark: [mark, _set(note, 60, mark.bottom + 3, 8)])


# --- rules -----------------------------------------------------------------------------------------------------------
@kind
def rules_doubled(pages: Pages, rng: random.Random) -> Pages:
    """Draw every upright rule of a page twice, a little apart."""
    pages = copy(pages)
    sheet, by = rng.choice(pages), rng.choice([2, 5])
    sheet.rules += [(a + by, b, c + by, d) for a, b, c, d in sheet.rules if a == c]
    return pages


@kind
def frame_around_a_word(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_word)
    if picked is not None:
        sheet, at = picked
        mark, by = sheet.marks[at], rng.choice([1, 6])
        left, top, right, bottom = mark.x0 - by, mark.top - by, mark.x1 + by, mark.bottom + by
        sheet.rules += [(left, top, right, top), (left, bottom, right, bottom)]
        sheet.rules += [(left, top, left, bottom), (right, top, right, bottom)]
    return pages


@kind
def rules_in_pieces(pages: Pages, rng: random.Random) -> Pages:
    """Draw the rules of a page as dashes."""
    pages = copy(pages)
    sheet, part = rng.choice(pages), rng.choice([0.5, 0.8])
    sheet.rules = [
        (a + (c - a) * at / 4, b + (d - b) * at / 4, a + (c - a) * (at + part) / 4, b + (d - b) * (at + part) / 4)
        for a, b, c, d in sheet.rules
        for at in range(4)
    ]
    return pages
