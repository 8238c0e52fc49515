"""Small damages to laid-out text, as scanners, converters, clerks and copyists do them: one kind a function."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.attack.text import (
    AMOUNT,
    CHINESE,
    CODE,
    GAP,
    Line,
    Text,
    at_gap,
    edit,
    insert,
    is_blank,
    is_header,
    is_row,
    is_title,
    kind,
    pages_of,
    pick,
    without,
)


# --- lines deleted, doubled, moved -----------------------------------------------------------------------------------
@kind
def delete_row(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, is_row))


@kind
def delete_any_line(text: Text, rng: random.Random) -> Text:
    return without(text, rng.randrange(len(text)))


@kind
def delete_blank_line(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, is_blank))


@kind
def delete_all_blank_lines(text: Text, rng: random.Random) -> Text:
    return [line for line in text if line.text.strip()]


@kind
def insert_blank_line(text: Text, rng: random.Random) -> Text:
    return insert(text, rng.randrange(len(text)), "")


@kind
def blank_line_before_each(text: Text, rng: random.Random) -> Text:
    return [one for line in text for one in (Line("", None), line)]


@kind
def delete_title(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, is_title))


@kind
def delete_header_line(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, is_header))


@kind
def delete_unit_line(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, lambda line: re.search(r"单位[:：]", line)))


@kind
def delete_total_row(text: Text, rng: random.Random) -> Text:
    return without(text, pick(text, rng, lambda line: is_row(line) and re.search("合 *计|总 *计", line)))


@kind
def duplicate_row(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_row)
    return text if index is None else insert(text, index, text[index].text)


@kind
def duplicate_title(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    return text if index is None else insert(text, index, text[index].text)


@kind
def duplicate_header(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_header)
    return text if index is None else insert(text, index, text[index].text)


@kind
def swap_adjacent(text: Text, rng: random.Random) -> Text:
    index = rng.randrange(len(text) - 1)
    return [*text[:index], text[index + 1], text[index], *text[index + 2 :]]


@kind
def swap_adjacent_rows(text: Text, rng: random.Random) -> Text:
    index = pick(text[:-1], rng, is_row)
    if index is None:
        return text
    return [*text[:index], text[index + 1], text[index], *text[index + 2 :]]


@kind
def move_row_down(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_row)
    if index is None:
        return text
    to = min(len(text) - 1, index + rng.randrange(2, 12))
    rest = without(text, index)
    return [*rest[:to], text[index], *rest[to:]]


@kind
def move_row_up(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_row)
    if index is None:
        return text
    to = max(0, index - rng.randrange(2, 12))
    rest = without(text, index)
    return [*rest[:to], text[index], *rest[to:]]


@kind
def move_title_down(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    if index is None:
        return text
    rest = without(text, index)
    to = min(len(rest), index + rng.randrange(1, 6))
    return [*rest[:to], text[index], *rest[to:]]


@kind
def cut_thirty_lines(text: Text, rng: random.Random) -> Text:
    start = rng.randrange(max(1, len(text) - 30))
    return text[:start] + text[start + 30 :]


@kind
def cut_the_end(text: Text, rng: random.Random) -> Text:
    return text[: rng.randrange(len(text) // 3, len(text))]


@kind
def cut_the_beginning(text: Text, rng: random.Random) -> Text:
    return text[rng.randrange(len(text) // 2) :]


@kind
def double_a_block(text: Text, rng: random.Random) -> Text:
    start = rng.randrange(max(1, len(text) - 20))
    return text[: start + 20] + [Line(line.text, None) for line in text[start : start + 20]] + text[start + 20 :]


# --- gaps and margins ------------------------------------------------------------------------------------------------
@kind
def grow_gap(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        gaps = list(GAP.finditer(line))
        gap = rng.choice(gaps)
        return line[: gap.end()] + " " * rng.randrange(1, 30) + line[gap.end() :]

    return edit(text, pick(text, rng, GAP.search), change)


@kind
def collapse_gap(text: Text, rng: random.Random) -> Text:
    return at_gap(text, rng, lambda line, gap: line[: gap.start()] + "  " + line[gap.end() :])


@kind
def collapse_gap_to_one(text: Text, rng: random.Random) -> Text:
    return at_gap(text, rng, lambda line, gap: line[: gap.start()] + " " + line[gap.end() :])


@kind
def collapse_all_gaps(text: Text, rng: random.Random) -> Text:
    return [line.with_text(GAP.sub("  ", line.text)) for line in text]


@kind
def collapse_gaps_of_rows(text: Text, rng: random.Random) -> Text:
    start = rng.randrange(len(text))
    return [
        line.with_text(GAP.sub("  ", line.text)) if start <= index < start + 8 else line
        for index, line in enumerate(text)
    ]


@kind
def margin_for_all(text: Text, rng: random.Random) -> Text:
    margin = " " * rng.randrange(1, 12)
    return [line.with_text(margin + line.text) if line.text.strip() else line for line in text]


@kind
def margin_for_one(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_row), lambda line: " " * rng.randrange(1, 20) + line)


@kind
def no_margins(text: Text, rng: random.Random) -> Text:
    return [line.with_text(line.text.lstrip(" ")) for line in text]


@kind
def margin_for_a_page(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    chosen = rng.randrange(len(pages))
    return [
        line.with_text("    " + line.text)
        if number == chosen and line.text.strip("\f ") and "\f" not in line.text
        else line
        for number, page in enumerate(pages)
        for line in page
    ]


@kind
def trailing_spaces(text: Text, rng: random.Random) -> Text:
    return [line.with_text(line.text + " " * rng.randrange(4)) for line in text]


@kind
def tabs_for_gaps(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, GAP.search), lambda line: GAP.sub("\t", line))


@kind
def hard_spaces(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, GAP.search), lambda line: line.replace(" ", "\u00a0"))


@kind
def wide_spaces(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, GAP.search), lambda line: line.replace("  ", "\u3000"))


# --- words -----------------------------------------------------------------------------------------------------------
def _drop_one(line: str, rng: random.Random) -> str:
    places = [match.start() for match in CHINESE.finditer(line)]
    at = rng.choice(places)
    return line[:at] + line[at + 1 :]


def _garble_one(line: str, rng: random.Random) -> str:
    places = [match.start() for match in CHINESE.finditer(line)]
    at = rng.choice(places)
    return line[:at] + rng.choice("口曰巳入末己士") + line[at + 1 :]


@kind
def title_loses_a_character(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_title), lambda line: _drop_one(line, rng))


@kind
def title_garbled(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_title), lambda line: _garble_one(line, rng))


@kind
def title_without_its_last_word(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_title), lambda line: line.rstrip()[:-1])


@kind
def title_with_a_suffix(text: Text, rng: random.Random) -> Text:
    suffix = rng.choice(["（续表）", "—工资福利支出", "（二）", "情况", "（按科目）"])
    return edit(text, pick(text, rng, is_title), lambda line: line.rstrip() + suffix)


@kind
def title_on_two_lines(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    if index is None:
        return text
    line = text[index].text
    cut = len(line) - len(line.lstrip()) + len(line.strip()) // 2
    return [*text[:index], Line(line[:cut], None), Line(line[cut:], None), *text[index + 1 :]]


@kind
def unknown_title_inserted(text: Text, rng: random.Random) -> Text:
    title = rng.choice(["部门资金安排明细", "附：专项资金分配情况", "其中：本级支出", "2023年重点项目清单表"])
    return insert(text, pick(text, rng, is_row), "", " " * 30 + title, " " * 60 + "单位：元", "")


@kind
def header_word_garbled(text: Text, rng: random.Random) -> Text:
    return edit(
        text,
        pick(text, rng, lambda line: is_header(line) and CHINESE.search(line)),
        lambda line: _garble_one(line, rng),
    )


@kind
def header_word_dropped(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        word = rng.choice(line.split())
        return line.replace(word, " " * len(word) * 2, 1)

    return edit(text, pick(text, rng, is_header), change)


@kind
def label_garbled(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_row), lambda line: _garble_one(line, rng))


@kind
def label_wrapped(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and len(CHINESE.findall(line)) > 6)
    if index is None:
        return text
    line = text[index].text
    places = [match.start() for match in CHINESE.finditer(line)]
    cut = places[len(places) // 2 :]
    kept = "".join(" " * 2 if at in cut else char for at, char in enumerate(line))
    rest = " " * (len(line) - len(line.lstrip())) + "".join(line[at] for at in cut)
    return [*text[:index], Line(kept, text[index].origin), Line(rest, None), *text[index + 1 :]]


@kind
def of_which_added(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        at = CHINESE.search(line)
        return line[: at.start()] + "其中：" + line[at.start() :] if at else line

    return edit(text, pick(text, rng, is_row), change)


@kind
def traditional_characters(text: Text, rng: random.Random) -> Text:
    table = str.maketrans("预决财务单位项总计医疗机关", "預決財務單位項總計醫療機關")
    return [line.with_text(line.text.translate(table)) for line in text]


@kind
def watermark_line(text: Text, rng: random.Random) -> Text:
    return insert(text, rng.randrange(len(text)), " " * rng.randrange(40) + "内部资料 注意保存")


@kind
def page_number_inserted(text: Text, rng: random.Random) -> Text:
    return insert(text, rng.randrange(len(text)), " " * 40 + f"— {rng.randrange(2, 40)} —")


@kind
def note_inserted(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), "注：本表金额转换为万元时，因四舍五入可能存在尾差。")


@kind
def two_lines_joined(text: Text, rng: random.Random) -> Text:
    index = rng.randrange(len(text) - 1)
    return [*text[:index], Line(text[index].text + text[index + 1].text, None), *text[index + 2 :]]


# --- codes, amounts, units -------------------------------------------------------------------------------------------
def _coded(line: str) -> bool:
    return is_row(line) and bool(CODE.search(AMOUNT.sub("", line)))


def _change_code(line: str, change: Callable[[str], str]) -> str:
    found = CODE.search(line)
    return line[: found.start()] + change(found.group()) + line[found.end() :] if found else line


@kind
def code_typo(text: Text, rng: random.Random) -> Text:
    def change(code: str) -> str:
        at = rng.randrange(len(code))
        return code[:at] + str((int(code[at]) + rng.randrange(1, 9)) % 10) + code[at + 1 :]

    return edit(text, pick(text, rng, _coded), lambda line: _change_code(line, change))


@kind
def code_cut(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, _coded), lambda line: _change_code(line, lambda code: code[:-1]))


@kind
def code_lost(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, _coded), lambda line: _change_code(line, lambda code: " " * len(code)))


@kind
def amount_lost(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = rng.choice(list(AMOUNT.finditer(line)))
        return line[: found.start()] + " " * (found.end() - found.start()) + line[found.end() :]

    return edit(text, pick(text, rng, is_row), change)


@kind
def amount_changed(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = rng.choice(list(AMOUNT.finditer(line)))
        at = found.start() + rng.choice([i for i, char in enumerate(found.group()) if char.isdigit()])
        return line[:at] + str((int(line[at]) + 1) % 10) + line[at + 1 :]

    return edit(text, pick(text, rng, is_row), change)


@kind
def amount_cut_by_a_space(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = rng.choice(list(AMOUNT.finditer(line)))
        at = found.start() + rng.randrange(1, len(found.group()))
        return line[:at] + " " + line[at:]

    return edit(text, pick(text, rng, is_row), change)


@kind
def dash_for_an_amount(text: Text, rng: random.Random) -> Text:
    return edit(
        text, pick(text, rng, is_row), lambda line: AMOUNT.sub(lambda m: "-".rjust(len(m.group())), line, count=1)
    )


@kind
def zero_in_a_gap(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        gap = max(GAP.finditer(line), key=lambda match: len(match.group()))
        middle = (gap.start() + gap.end()) // 2
        return f"{line[: middle - 2]}0.00{line[middle + 2 :]}"

    return edit(text, pick(text, rng, lambda line: is_row(line) and re.search(" {12,}", line.strip())), change)


@kind
def unit_changed(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: re.search(r"单位[:：]\s*(万元|元)", line))
    return edit(text, index, lambda line: line.replace("万元", "元") if "万元" in line else line.replace("元", "万元"))


@kind
def total_called_subtotal(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and re.search("合 *计", line))
    return edit(text, index, lambda line: re.sub("合( *)计", r"小\1计", line))


@kind
def year_of_a_title_changed(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_title(line) and re.search(r"20\d\d", line))
    return edit(text, index, lambda line: re.sub(r"20\d\d", lambda m: str(int(m.group()) - 1), line, count=1))


# --- pages and documents ---------------------------------------------------------------------------------------------
@kind
def swap_pages(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    if len(pages) < 3:
        return text
    at = rng.randrange(len(pages) - 1)
    pages[at], pages[at + 1] = pages[at + 1], pages[at]
    return [line for page in pages for line in page]


@kind
def drop_page(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    del pages[rng.randrange(len(pages))]
    return [line for page in pages for line in page] or text


@kind
def repeat_page(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    at = rng.randrange(len(pages))
    pages.insert(at, [Line(line.text, None) for line in pages[at]])
    return [line for page in pages for line in page]


@kind
def no_form_feeds(text: Text, rng: random.Random) -> Text:
    return [line.with_text(line.text.replace("\f", "")) for line in text]


@kind
def form_feed_inserted(text: Text, rng: random.Random) -> Text:
    return edit(text, rng.randrange(len(text)), lambda line: "\f" + line)


@kind
def full_width_digits_in_a_row(text: Text, rng: random.Random) -> Text:
    table = str.maketrans("0123456789", "０１２３４５６７８９")
    return edit(text, pick(text, rng, is_row), lambda line: line.translate(table))
