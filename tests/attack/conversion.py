"""Damages to whole tables as converters, copies and clerks make them: columns added, labels set anew, totals moved."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from tests.attack.structure import is_total, span
from tests.attack.text import (
    AMOUNT,
    CODE,
    GAP,
    WORD,
    Line,
    Text,
    edit,
    edit_all,
    header_lines,
    insert,
    is_row,
    is_title,
    kind,
    neighbours,
    pick,
    tables_in,
    titles_in,
    without,
)

#: A code at the beginning of a row, and the name behind it.
_CODED = re.compile(r"^( *)(\d{3,7})( +)([\u4e00-\u9fff]\S*)")
_LABEL = re.compile(r"[\u4e00-\u9fff]\S*")


def _in_span(text: Text, rng: random.Random, change: Callable[[Text], Text]) -> Text:
    """The text with a run of rows in the place of which stands what ``change`` makes of it."""
    start, end = span(text, rng)
    return [*text[:start], *change(text[start:end]), *text[end:]]


def _each(text: Text, rng: random.Random, change: Callable[[str], str]) -> Text:
    """The text with each row of a run changed."""
    return _in_span(
        text, rng, lambda rows: [row.with_text(change(row.text)) if row.text.strip() else row for row in rows]
    )


def _among_rows(text: Text, rng: random.Random, line: str) -> Text:
    start, end = span(text, rng)
    return insert(text, rng.randrange(start, end + 1), line)


def _above_rows(text: Text, at: int) -> int | None:
    """The line of the title over the row ``at``."""
    return next((index for index in range(at - 1, max(-1, at - 10), -1) if is_title(text[index].text)), None)


# --- rows and totals -------------------------------------------------------------------------------------------------
@kind
def rows_sorted_by_label(text: Text, rng: random.Random) -> Text:
    """Sort the rows of a table by their labels, as a spreadsheet does."""
    return _in_span(text, rng, lambda rows: sorted(rows, key=lambda row: "".join(_LABEL.findall(row.text)[:1])))


@kind
def total_row_to_the_bottom(text: Text, rng: random.Random) -> Text:
    """Move the total of a table below its rows."""
    return _in_span(text, rng, lambda rows: sorted(rows, key=lambda row: is_total(row.text)))


@kind
def subtotal_row_inserted(text: Text, rng: random.Random) -> Text:
    """Insert a 小计 of the three rows above it."""

    def change(rows: Text) -> Text:
        at = rng.randrange(len(rows) + 1)
        summed = [row.text for row in rows[max(0, at - 3) : at] if is_row(row.text)]
        if not summed:
            return rows
        line = "        小计"
        for place in AMOUNT.finditer(summed[-1]):
            found = [m.group() for row in summed for m in AMOUNT.finditer(row) if abs(m.end() - place.end()) < 4]
            amount = f"{sum(Decimal(each.replace(',', '')) for each in found):,.2f}"
            line = line.ljust(max(len(line) + 2, place.end() - len(amount))) + amount
        return [*rows[:at], Line(line, None), *rows[at:]]

    return _in_span(text, rng, change)


@kind
def rows_of_another_table_below(text: Text, rng: random.Random) -> Text:
    """Paste three rows of another table below the last row of one."""
    one, other = span(text, rng), span(text, rng)
    return insert(text, other[1], *(row.text for row in text[one[0] : min(one[1], one[0] + 3)]))


@kind
def amounts_of_a_row_at_the_foot(text: Text, rng: random.Random) -> Text:
    """Print the amounts of a row once more below the table, without its label."""
    start, end = span(text, rng)
    row = text[rng.randrange(start, max(end, start + 1))].text
    return insert(text, end, re.sub(r"[^\d.,\s-]|\d{3,7}(?= *[\u4e00-\u9fff])", " ", row))


@kind
def label_below_its_amounts(text: Text, rng: random.Random) -> Text:
    """Print the label of a row on the line below its amounts."""
    index = pick(text, rng, lambda line: is_row(line) and line[: next(AMOUNT.finditer(line)).start()].strip())
    if index is None:
        return text
    line = text[index].text
    cut = next(AMOUNT.finditer(line)).start()
    rest = without(text, index)
    return insert(rest, index, " " * cut + line[cut:], line[:cut].rstrip())


@kind
def label_takes_the_next_one(text: Text, rng: random.Random) -> Text:
    """Read the label of the next row into the cell of this one."""

    def change(rows: Text) -> Text:
        at = rng.randrange(max(1, len(rows) - 1))
        labels = [_LABEL.search(row.text) for row in rows[at : at + 2]]
        if len(labels) < 2 or labels[0] is None or labels[1] is None:
            return rows
        one, other = rows[at].text, rows[at + 1].text
        one = one[: labels[0].end()] + labels[1].group() + one[labels[0].end() :]
        other = other[: labels[1].start()] + " " * len(labels[1].group()) + other[labels[1].end() :]
        return [*rows[:at], rows[at].with_text(one), rows[at + 1].with_text(other), *rows[at + 2 :]]

    return _in_span(text, rng, change)


@kind
def of_which_alone_between_rows(text: Text, rng: random.Random) -> Text:
    """Print 其中 on a line of its own above a row."""
    return _among_rows(text, rng, "    其中：")


@kind
def of_which_lost(text: Text, rng: random.Random) -> Text:
    """Take 其中 from a label."""
    return edit(text, pick(text, rng, lambda line: "其中" in line), lambda line: re.sub("其中[:：]?", "", line))


@kind
def signature_between_rows(text: Text, rng: random.Random) -> Text:
    """Print who made the table, and when, among its rows."""
    return _among_rows(text, rng, "   制表人：某某      审核人：某某      填报日期：2024.01.15")


@kind
def footnote_between_rows(text: Text, rng: random.Random) -> Text:
    """Print a note that names an amount among the rows."""
    notes = ("注：1.本表不含教育支出120.50万元。", "  注：本行含上年结转   35.20 ", "*尾差为 0.01 万元")
    return _among_rows(text, rng, rng.choice(notes))


# --- columns ---------------------------------------------------------------------------------------------------------
@kind
def numbers_of_rows_added(text: Text, rng: random.Random) -> Text:
    """Put a column before the rows that numbers them, without a word over it."""
    numbers = iter(range(1, 100))
    return _each(text, rng, lambda line: f"{next(numbers):>3}  {line}")


@kind
def numbers_of_columns_added(text: Text, rng: random.Random) -> Text:
    """Number the columns below the header (栏次)."""
    start, end = span(text, rng)
    widest = max((row.text for row in text[start:end]), key=lambda line: len(AMOUNT.findall(line)), default="")
    line = "  栏次"
    for number, place in enumerate(AMOUNT.finditer(widest), 1):
        line = line.ljust(max(len(line) + 2, place.end() - 1)) + str(number)
    return insert(text, start, line)


@kind
def blank_column_below_a_header(text: Text, rng: random.Random) -> Text:
    """Move what stands right of a place in the rows further right, and not in their header."""
    at, wide = rng.randrange(20, 100), rng.randrange(4, 30)
    return _each(
        text, rng, lambda line: line[:at] + " " * wide + line[at:] if not line[at - 1 : at + 1].strip() else line
    )


@kind
def half_of_a_table_shifted(text: Text, rng: random.Random) -> Text:
    """Shift the lower half of a table to the right."""
    return _in_span(
        text,
        rng,
        lambda rows: [
            row.with_text(" " * 18 + row.text) if at > len(rows) // 2 and row.text.strip() else row
            for at, row in enumerate(rows)
        ],
    )


@kind
def words_down_the_margin(text: Text, rng: random.Random) -> Text:
    """Print words from top to bottom, a character a row, left of a table."""
    words = iter("本年支出合计一般公共预算")
    return _each(text, rng, lambda line: f"{next(words, ' ')}  {line}")


@kind
def codes_behind_names(text: Text, rng: random.Random) -> Text:
    """Exchange the columns of codes and names below their header."""
    return _each(text, rng, lambda line: _CODED.sub(r"\1\4\3\2", line))


# --- codes and amounts -----------------------------------------------------------------------------------------------
@kind
def code_cut_by_points(text: Text, rng: random.Random) -> Text:
    """Set points between the parts of a code (208.05.05)."""
    index = pick(text, rng, lambda line: is_row(line) and CODE.search(line))
    return edit(text, index, lambda line: CODE.sub(lambda m: re.sub(r"(?<=...)(\d\d)", r".\1", m.group()), line, 1))


@kind
def code_with_letters(text: Text, rng: random.Random) -> Text:
    """Take the zeros and ones of a code for letters."""
    index = pick(text, rng, lambda line: is_row(line) and CODE.search(line))
    return edit(text, index, lambda line: CODE.sub(lambda m: m.group().translate(str.maketrans("01", "Ol")), line, 1))


@kind
def separators_moved(text: Text, rng: random.Random) -> Text:
    """Move the thousands separator of an amount by a digit."""
    index = pick(text, rng, lambda line: is_row(line) and re.search(r"\d,\d{3}", line))
    return edit(text, index, lambda line: re.sub(r"(\d),(\d)(\d\d)", r"\1\2,\3", line, count=1))


# --- titles and headers ----------------------------------------------------------------------------------------------
@kind
def titles_numbered_anew(text: Text, rng: random.Random) -> Text:
    """Number the titles anew in the place of their numbers, some of whose digits may be words of a title (一般…)."""
    numbers = iter(range(rng.randrange(2, 6), 1000))
    number = re.compile(r"^\s*(?:附?表|附件)?\s*[\d一二三四五六七八九十]*[-—、.]?\d*\s*")
    return [
        line.with_text(f"表{next(numbers)}  {number.sub('', line.text)}")
        if is_title(line.text) and "\f" not in line.text
        else line
        for line in text
    ]


@kind
def two_titles_on_a_line(text: Text, rng: random.Random) -> Text:
    """Print the next title beside a title."""
    both = neighbours(titles_in(text), rng)
    if both is None:
        return text
    one, other = both
    beside = edit(text, one, lambda line: line.rstrip() + " " * 20 + text[other].text.strip())
    return without(beside, other)


@kind
def title_below_its_header(text: Text, rng: random.Random) -> Text:
    """Print a title between the header and the first row of its table."""
    start, _ = span(text, rng)
    title = _above_rows(text, start)
    return text if title is None else [*text[:title], *text[title + 1 : start], text[title], *text[start:]]


@kind
def columns_of_a_part_printed_again(text: Text, rng: random.Random) -> Text:
    """Print the lines between a title and its first row again before every sixth row."""
    start, end = span(text, rng)
    title = _above_rows(text, start)
    if title is None:
        return text
    header = [Line(line.text.replace("\f", ""), None) for line in text[title + 1 : start]]
    rows = [each for at, row in enumerate(text[start:end]) for each in ([*header, row] if at and not at % 6 else [row])]
    return [*text[:start], *rows, *text[end:]]


@kind
def gaps_of_a_header_lost(text: Text, rng: random.Random) -> Text:
    """Glue all words of the line above a table's first row together."""
    start, _ = span(text, rng)
    return edit(text, max(0, start - 1), lambda line: GAP.sub("", line))


# --- alignment: only white space changes -----------------------------------------------------------------------------
#: A word and where it begins on its line.
_Placed = tuple[int, str]


def placed(words: Iterable[_Placed]) -> str:
    """A line with each word where it begins, or one blank behind the word before."""
    line = ""
    for at, word in words:
        line = (f"{line} " if line and len(line) >= at else line.ljust(at)) + word
    return line


def words_in(line: str) -> list[_Placed]:
    return [(word.start(), word.group()) for word in WORD.finditer(line)]


def _rows_of_a_table(text: Text, rng: random.Random) -> set[int]:
    tables = tables_in(text)
    _, first, end = rng.choice(tables) if tables else (0, 0, 0)
    return {at for at in range(first, end) if is_row(text[at].text)}


def _scaled(by: float) -> Callable[[str], str]:
    return lambda line: GAP.sub(lambda gap: " " * max(2, round(len(gap.group()) * by)), line)


@kind
def column_moved(text: Text, rng: random.Random) -> Text:
    """Set the amounts of one column of a table further left or right than its header."""
    rows = _rows_of_a_table(text, rng)
    count = max((len(AMOUNT.findall(text[at].text)) for at in rows), default=0)
    which, by = rng.randrange(count or 1), rng.choice([-9, -6, -4, 4, 6, 9])

    def change(line: str) -> str:
        amounts = [amount.start() for amount in AMOUNT.finditer(line)]
        return (
            placed((at + by if at == amounts[which] else at, word) for at, word in words_in(line))
            if len(amounts) == count
            else line
        )

    return edit_all(text, rows, change)


@kind
def amounts_aligned_left(text: Text, rng: random.Random) -> Text:
    """Let the amounts of each column begin where the longest of them does."""
    rows = _rows_of_a_table(text, rng)
    begins: dict[int, int] = {}
    for at in rows:
        for amount in AMOUNT.finditer(text[at].text):
            begins[amount.end()] = min(begins.get(amount.end(), amount.start()), amount.start())
    return edit_all(
        text,
        rows,
        lambda line: placed(
            (begins.get(at + len(w), at) if AMOUNT.fullmatch(w) else at, w) for at, w in words_in(line)
        ),
    )


@kind
def gaps_of_a_table_scaled(text: Text, rng: random.Random) -> Text:
    """Make the gaps of all rows of a table wider or narrower, and not those of its header."""
    return edit_all(text, _rows_of_a_table(text, rng), _scaled(rng.choice([0.5, 0.7, 1.3, 1.6])))


@kind
def gaps_of_a_header_scaled(text: Text, rng: random.Random) -> Text:
    return edit_all(text, header_lines(text, rng), _scaled(rng.choice([0.5, 0.7, 1.3, 1.6])))


@kind
def gaps_of_all_halved(text: Text, rng: random.Random) -> Text:
    return edit_all(text, range(len(text)), lambda line: re.sub(" {2,}", lambda gap: " " * (len(gap[0]) // 2), line))


@kind
def tabs_of_eight(text: Text, rng: random.Random) -> Text:
    """Put tabs for the blanks before every eighth place, as editors do."""
    return edit_all(
        text,
        range(len(text)),
        lambda line: "".join(re.sub(" {2,}$", "\t", line[at : at + 8]) for at in range(0, len(line), 8)),
    )


@kind
def column_of_remarks_inserted(text: Text, rng: random.Random) -> Text:
    """Insert a column that has a word in the header and nothing below it, with room of its own."""
    tables = tables_in(text)
    title, first, end = rng.choice(tables) if tables else (0, 0, 0)
    header = [at for at in range(title + 1, first) if len(words_in(text[at].text)) > 1]
    if not header:
        return text
    chosen, word = rng.choice(header), rng.choice(["备注", "序号", "单位编码", "绩效目标", "合计", "小计", "上年结转"])
    place, _ = rng.choice(words_in(text[chosen].text))
    moved = {at for at in range(title + 1, end) if not text[at].text[max(0, place - 1) : place].strip()}
    text = edit_all(text, moved - {chosen}, lambda line: line[:place] + " " * 14 * (len(line) > place) + line[place:])
    return edit(text, chosen, lambda line: line[:place] + word.ljust(14) + line[place:])


# --- the words of a header: their places and their lines -------------------------------------------------------------
def _line_of_a_header(text: Text, rng: random.Random) -> tuple[int, list[_Placed]]:
    lines = [at for at in header_lines(text, rng) if len(words_in(text[at].text)) > 1]
    at = rng.choice(lines) if lines else 0
    return at, words_in(text[at].text)


def _in_lines(text: Text, at: int, *lines: Iterable[_Placed]) -> Text:
    return [*text[:at], *(Line(placed(words), None) for words in lines), *text[at + 1 :]]


@kind
def header_word_slides(text: Text, rng: random.Random) -> Text:
    at, words = _line_of_a_header(text, rng)
    one, by = rng.randrange(len(words) or 1), rng.choice([-16, -10, -6, 6, 10, 16])
    moved = [(max(0, place + by), word) if i == one else (place, word) for i, (place, word) in enumerate(words)]
    return edit(text, at, lambda _: placed(sorted(moved)))


@kind
def header_words_at_two_heights(text: Text, rng: random.Random) -> Text:
    at, words = _line_of_a_header(text, rng)
    return _in_lines(text, at, *rng.sample([words[::2], words[1::2]], 2))


@kind
def header_line_staggered(text: Text, rng: random.Random) -> Text:
    """Set the left words of a line of a header on one line, and the right ones on the next or the one before."""
    at, words = _line_of_a_header(text, rng)
    cut = rng.randrange(1, max(2, len(words)))
    return _in_lines(text, at, *rng.sample([words[:cut], words[cut:]], 2))


@kind
def header_words_in_narrow_columns(text: Text, rng: random.Random) -> Text:
    """Set each word of a line of a header down its column, one or two characters a line."""
    at, words = _line_of_a_header(text, rng)
    wide, deep = rng.choice([1, 2]), max((len(word) for _, word in words), default=0)
    cut = range(0, deep, wide)
    return _in_lines(text, at, *([(p, w[i : i + wide]) for p, w in words if len(w) > i] for i in cut))


@kind
def words_of_a_header_repeated_below(text: Text, rng: random.Random) -> Text:
    """Print the words of a line of a header again in the blank places of the next one, as merged cells taken apart do."""
    pair = neighbours(header_lines(text, rng), rng)
    if pair is None:
        return text
    above, below = (words_in(text[at].text) for at in pair)
    free = [(at, w) for at, w in above if all(at + 2 * len(w) < b or b + 2 * len(v) < at for b, v in below)]
    return edit(text, pair[1], lambda _: placed(sorted([*below, *free])))
