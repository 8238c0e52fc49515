"""Damages to whole rows, columns and tables: broken, exchanged, repeated, cut by pages, joined with another document's."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import partial

from tests.attack.text import (
    AMOUNT,
    GAP,
    Line,
    Mutation,
    Text,
    at_gap,
    edit,
    insert,
    is_header,
    is_row,
    is_title,
    kind,
    neighbours,
    pages_of,
    pick,
    titles_in,
    without,
)

_TOTAL = re.compile("合 *计|总 *计")
_UNIT = re.compile(r"单位[:：]")


def is_total(line: str) -> bool:
    return is_row(line) and bool(_TOTAL.search(line))


def span(text: Text, rng: random.Random) -> tuple[int, int]:
    """A run of rows: from one to the last before a line of words or a second blank line."""
    start = pick(text, rng, is_row) or 0
    end = start
    while end < len(text) and end - start < 40 and (is_row(text[end].text) or not text[end].text.strip()):
        end += 1
    return start, end


def copied(lines: Sequence[Line]) -> Text:
    return [Line(line.text, None) for line in lines]


# --- rows ------------------------------------------------------------------------------------------------------------
@kind
def swap_two_rows_far_apart(text: Text, rng: random.Random) -> Text:
    one, other = pick(text, rng, is_row), pick(text, rng, is_row)
    if one is None or other is None or text[one].text.split() == text[other].text.split():
        return text  # rows that say the same may stand for one another
    found = list(text)
    found[one], found[other] = text[other], text[one]
    return found


@kind
def reverse_rows(text: Text, rng: random.Random) -> Text:
    start, end = span(text, rng)
    return [*text[:start], *text[start:end][::-1], *text[end:]]


@kind
def total_row_to_the_top(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_total)
    if index is None:
        return text
    first = index
    while first > 0 and (is_row(text[first - 1].text) or not text[first - 1].text.strip()):
        first -= 1
    return [*text[:first], text[index], *text[first:index], *text[index + 1 :]]


@kind
def total_row_doubled(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_total)
    return text if index is None else insert(text, index + 1, text[index].text)


@kind
def total_row_of_another_table(text: Text, rng: random.Random) -> Text:
    one, other = pick(text, rng, is_total), pick(text, rng, is_row)
    return text if one is None else insert(text, other, text[one].text)


@kind
def row_broken_in_two_lines(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and GAP.search(line))
    if index is None:
        return text
    line = text[index].text
    gap = rng.choice(list(GAP.finditer(line)))
    rest = " " * gap.end() + line[gap.end() :]
    return [*text[:index], Line(line[: gap.start()], None), Line(rest, None), *text[index + 1 :]]


@kind
def row_broken_without_indent(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and GAP.search(line))
    if index is None:
        return text
    line = text[index].text
    gap = rng.choice(list(GAP.finditer(line)))
    return [*text[:index], Line(line[: gap.start()], None), Line(line[gap.end() :], None), *text[index + 1 :]]


@kind
def label_moved_to_the_row_above(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and GAP.search(line))
    if not index:
        return text
    line = text[index].text
    gap = next(GAP.finditer(line))
    bare = " " * gap.end() + line[gap.end() :]
    return [*text[:index], Line(line[: gap.start()], None), text[index].with_text(bare), *text[index + 1 :]]


@kind
def labels_exchanged(text: Text, rng: random.Random) -> Text:
    index = pick(text[:-1], rng, lambda line: is_row(line) and GAP.search(line))
    if index is None or not is_row(text[index + 1].text) or not GAP.search(text[index + 1].text):
        return text
    cuts = [next(GAP.finditer(text[at].text)).start() for at in (index, index + 1)]
    one, other = text[index].text, text[index + 1].text
    return [
        *text[:index],
        text[index].with_text(other[: cuts[1]] + one[cuts[0] :]),
        text[index + 1].with_text(one[: cuts[0]] + other[cuts[1] :]),
        *text[index + 2 :],
    ]


@kind
def numbers_before_rows(text: Text, rng: random.Random) -> Text:
    start, end = span(text, rng)
    return [
        line.with_text(f"{at - start + 1:<4}{line.text}") if start <= at < end and line.text.strip() else line
        for at, line in enumerate(text)
    ]


@kind
def two_blank_lines_between_rows(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), "", "")


@kind
def sentence_between_rows(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), "    2023年，本部门按照要求编制预算，共安排资金1,234.56万元。")


@kind
def heading_between_rows(text: Text, rng: random.Random) -> Text:
    return insert(
        text, pick(text, rng, is_row), rng.choice(["二、预算情况说明", "第三部分  名词解释", "（二）项目支出"])
    )


# --- columns ---------------------------------------------------------------------------------------------------------
@kind
def amount_moved_to_a_gap(text: Text, rng: random.Random) -> Text:
    """An amount that slides along its line."""

    def change(line: str) -> str:
        found = rng.choice(list(AMOUNT.finditer(line)))
        by = rng.choice([-25, -15, -8, 8, 15, 25])
        rest = line[: found.start()] + " " * len(found.group()) + line[found.end() :]
        at = max(0, found.start() + by)
        room = rest[at : at + len(found.group())]
        return line if room.strip() else rest[:at].ljust(at) + found.group() + rest[at + len(found.group()) :]

    return edit(text, pick(text, rng, is_row), change)


@kind
def columns_swapped_in_a_row(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        one, other = rng.choice(list(zip(list(AMOUNT.finditer(line)), list(AMOUNT.finditer(line))[1:], strict=False)))
        return line[: one.start()] + other.group() + line[one.end() : other.start()] + one.group() + line[other.end() :]

    return edit(text, pick(text, rng, lambda line: is_row(line) and len(AMOUNT.findall(line)) > 1), change)


@kind
def page_shifted_right_of_its_labels(text: Text, rng: random.Random) -> Text:
    """The amounts of a page stand further right, as where its labels were longer."""
    pages = pages_of(text)
    chosen, by = rng.randrange(len(pages)), rng.randrange(3, 20)

    def shifted(line: Line) -> Line:
        gap = GAP.search(line.text)
        return line.with_text(line.text[: gap.end()] + " " * by + line.text[gap.end() :]) if gap else line

    return [shifted(line) if number == chosen else line for number, page in enumerate(pages) for line in page]


@kind
def header_line_moved(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_header)
    if index is None:
        return text
    rest = without(text, index)
    to = max(0, min(len(rest), index + rng.choice([-3, -2, -1, 1, 2, 3])))
    return [*rest[:to], text[index], *rest[to:]]


@kind
def header_shifted(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_header), lambda line: " " * rng.randrange(3, 15) + line)


@kind
def header_again_between_rows(text: Text, rng: random.Random) -> Text:
    one, other = pick(text, rng, is_header), pick(text, rng, is_row)
    return text if one is None else insert(text, other, text[one].text)


@kind
def header_word_split(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        word = rng.choice([word for word in line.split() if len(word) > 2])
        cut = rng.randrange(1, len(word))
        return line.replace(word, f"{word[:cut]}  {word[cut:]}", 1)

    wanted = pick(text, rng, lambda line: is_header(line) and any(len(word) > 2 for word in line.split()))
    return edit(text, wanted, change)


@kind
def header_words_glued(text: Text, rng: random.Random) -> Text:
    return at_gap(text, rng, lambda line, gap: line[: gap.start()] + line[gap.end() :], is_header)


# --- tables ----------------------------------------------------------------------------------------------------------
@kind
def title_of_another_table(text: Text, rng: random.Random) -> Text:
    one, other = pick(text, rng, is_title), pick(text, rng, is_row)
    return text if one is None else insert(text, other, text[one].text)


@kind
def titles_exchanged(text: Text, rng: random.Random) -> Text:
    both = neighbours(titles_in(text), rng)
    if both is None:
        return text
    one, other = both
    changed = list(text)
    changed[one], changed[other] = Line(text[other].text, None), Line(text[one].text, None)
    return changed


@kind
def title_continued(text: Text, rng: random.Random) -> Text:
    one, other = pick(text, rng, is_title), pick(text, rng, is_row)
    return text if one is None else insert(text, other, text[one].text.rstrip() + "（续）")


@kind
def title_without_table(text: Text, rng: random.Random) -> Text:
    """The lines between a title and its first row are lost, the title kept."""
    index = pick(text, rng, is_title)
    if index is None:
        return text
    first = next((at for at in range(index + 1, min(len(text), index + 25)) if is_row(text[at].text)), index + 1)
    return text[: index + 1] + text[first:]


@kind
def title_and_header_lost(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    if index is None:
        return text
    first = next((at for at in range(index + 1, min(len(text), index + 25)) if is_row(text[at].text)), index + 1)
    return text[:index] + text[first:]


@kind
def table_moved(text: Text, rng: random.Random) -> Text:
    """Everything from one title to the next goes behind the one after that."""
    found = titles_in(text)
    if len(found) < 3:
        return text
    at = rng.randrange(len(found) - 2)
    one, two, three = found[at : at + 3]
    return text[:one] + text[two:three] + text[one:two] + text[three:]


@kind
def table_repeated(text: Text, rng: random.Random) -> Text:
    both = neighbours(titles_in(text), rng)
    if both is None:
        return text
    one, other = both
    return text[:other] + copied(text[one:other]) + text[other:]


@kind
def tables_between_titles_lost(text: Text, rng: random.Random) -> Text:
    both = neighbours(titles_in(text), rng)
    if both is None:
        return text
    one, other = both
    return text[: one + 1] + text[other:]


@kind
def unit_line_between_rows(text: Text, rng: random.Random) -> Text:
    unit = rng.choice(["单位：元", "单位：万元", "金额单位：元", "单位：千元"])
    return insert(text, pick(text, rng, is_row), " " * 60 + unit)


@kind
def unit_moved_to_the_title(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, _UNIT.search)
    title = max((at for at, line in enumerate(text[: index or 0]) if is_title(line.text)), default=None)
    if index is None or title is None:
        return text
    unit = "（单位：万元）" if "万元" in text[index].text else "（单位：元）"
    return edit(without(text, index), title, lambda line: line.rstrip() + unit)


@kind
def units_of_all_changed(text: Text, rng: random.Random) -> Text:
    return [line.with_text(re.sub("万元", "千元", line.text)) if _UNIT.search(line.text) else line for line in text]


@kind
def units_of_all_lost(text: Text, rng: random.Random) -> Text:
    return [line for line in text if not _UNIT.search(line.text) or is_row(line.text) or "。" in line.text]


# --- pages and documents ---------------------------------------------------------------------------------------------
@kind
def page_cut_inside_a_table(text: Text, rng: random.Random) -> Text:
    """A page ends between two rows: its number, a form feed, and the running title."""
    index = pick(text, rng, is_row)
    return insert(text, index, "", " " * 40 + "12", "\f")


@kind
def page_cut_with_a_head(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), " " * 40 + "第 12 页", "\f", "2024年部门预算公开", "")


@kind
def form_feed_inside_a_line(text: Text, rng: random.Random) -> Text:
    return at_gap(text, rng, lambda line, gap: line[: gap.start()] + "\f" + line[gap.start() :])


@kind
def running_head_on_each_page(text: Text, rng: random.Random) -> Text:
    head = rng.choice(["部门预算信息公开", "某区2024年部门预算", "附件1"])
    found: Text = []
    for line in text:
        found.append(line)
        if "\f" in line.text:
            found.append(Line(head, None))
    return found


@kind
def pages_reversed(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    start = rng.randrange(len(pages))
    return [line for page in [*pages[:start], *pages[start : start + 3][::-1], *pages[start + 3 :]] for line in page]


@kind
def page_begins_without_its_first_lines(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    chosen, lines = rng.randrange(len(pages)), rng.randrange(1, 8)
    return [line for number, page in enumerate(pages) for line in (page[lines:] if number == chosen else page)] or text


@kind
def two_pages_side_by_side(text: Text, rng: random.Random) -> Text:
    """Two pages printed on one sheet: the lines of the second to the right of those of the first."""
    pages = pages_of(text)
    if len(pages) < 2:
        return text
    at = rng.randrange(len(pages) - 1)
    left, right = pages[at], pages[at + 1]
    width = max(len(line.text) for line in left) + 10
    joined = [
        Line((left[i].text if i < len(left) else "").ljust(width) + right[i].text.lstrip("\f"), None)
        if i < len(right)
        else left[i]
        for i in range(max(len(left), len(right)))
    ]
    return [line for page in [*pages[:at], joined, *pages[at + 2 :]] for line in page]


def _appended(text: Text, rng: random.Random, other: Text) -> Text:
    return [*text, *copied(other)]


def _before(text: Text, rng: random.Random, other: Text) -> Text:
    return [*copied(other), *text]


def _page_between(text: Text, rng: random.Random, other: Text) -> Text:
    pages, others = pages_of(text), pages_of(other)
    at = rng.randrange(len(pages))
    return [line for page in [*pages[:at], copied(rng.choice(others)), *pages[at:]] for line in page]


def _rows_between(text: Text, rng: random.Random, other: Text) -> Text:
    start, end = span(other, rng)
    at = pick(text, rng, is_row) or 0
    return text[:at] + copied(other[start:end]) + text[at:]


def _page_instead(text: Text, rng: random.Random, other: Text) -> Text:
    pages, others = pages_of(text), pages_of(other)
    pages[rng.randrange(len(pages))] = copied(rng.choice(others))
    return [line for page in pages for line in page]


def kinds_with(other: Text) -> dict[str, Mutation]:
    """The kinds that join a text with another document's."""
    joins = {
        "another_document_behind": _appended,
        "another_document_before": _before,
        "page_of_another_document": _page_between,
        "page_of_another_document_instead": _page_instead,
        "rows_of_another_document": _rows_between,
    }
    return {name: partial(join, other=other) for name, join in joins.items()}
