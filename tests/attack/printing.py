"""Damages to where things stand on a page, as printers and programs that set text make them: most move blanks and lines alone."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Collection
from itertools import zip_longest

from tests.attack.conversion import placed, words_in
from tests.attack.structure import copied
from tests.attack.text import (
    GAP,
    Line,
    Text,
    edit,
    edit_all,
    header_lines,
    insert,
    is_row,
    kind,
    pages_of,
    pick,
    tables_in,
    titles_in,
    without,
)

_STAMPS = ("样表", "内部资料", "（盖章）", "草案", "公开", "机密", "第1页", "—")
_UNITS = ("元", "万元", "（元）", "（万元）", "（亿元）", "%")
_FOREIGN = ("Total", "Item", "Basic", "Project", "Budget", "Amount", "Code", "Name", "hej", "xiaoji")


def _table(text: Text, rng: random.Random) -> range:
    """The lines of a table from its title to its last row; those of the whole text where it has none."""
    tables = tables_in(text)
    title, _, end = rng.choice(tables) if tables else (0, 0, len(text))
    return range(title, end)


def _in_a_table(text: Text, rng: random.Random, change: Callable[[str], str]) -> Text:
    return edit_all(text, _table(text, rng), change)


def _width(text: Text, lines: Collection[int]) -> int:
    return max((len(text[at].text) for at in lines), default=0)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


# --- where lines begin -----------------------------------------------------------------------------------------------
@kind
def lines_of_a_table_centred(text: Text, rng: random.Random) -> Text:
    lines = _table(text, rng)
    width = _width(text, lines)
    return edit_all(text, lines, lambda line: line.strip(" ").center(width).rstrip(" "))


@kind
def lines_of_a_table_flush_right(text: Text, rng: random.Random) -> Text:
    lines = _table(text, rng)
    width = _width(text, lines)
    return edit_all(text, lines, lambda line: line.strip(" ").rjust(width))


@kind
def lines_begin_anywhere(text: Text, rng: random.Random) -> Text:
    most = rng.choice([3, 12])
    return _in_a_table(text, rng, lambda line: " " * rng.randrange(most) + line.lstrip(" "))


@kind
def lines_of_a_table_justified(text: Text, rng: random.Random) -> Text:
    """Stretch all gaps of each line by the same, so that all lines are as long as the longest."""
    lines = _table(text, rng)
    width = _width(text, lines)

    def change(line: str) -> str:
        gaps = len(GAP.findall(line))
        return GAP.sub(lambda gap: gap[0] + " " * ((width - len(line)) // gaps), line)

    return edit_all(text, lines, change)


@kind
def page_upside_down(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    at = rng.randrange(len(pages))
    return [line for page in [*pages[:at], pages[at][::-1], *pages[at + 1 :]] for line in page]


# --- gaps ------------------------------------------------------------------------------------------------------------
@kind
def gaps_of_a_table_uneven(text: Text, rng: random.Random) -> Text:
    most = rng.choice([1, 3, 6])
    return _in_a_table(
        text, rng, lambda line: GAP.sub(lambda gap: " " * max(2, len(gap[0]) + rng.randint(-most, most)), line)
    )


@kind
def a_gap_of_each_line_closed(text: Text, rng: random.Random) -> Text:
    """Close one gap of every line of a table to a single blank."""

    def change(line: str) -> str:
        gaps = list(GAP.finditer(line))
        gap = rng.choice(gaps) if gaps else None
        return line if gap is None else f"{line[: gap.start()]} {line[gap.end() :]}"

    return _in_a_table(text, rng, change)


@kind
def blank_places_of_a_table_shared(text: Text, rng: random.Random) -> Text:
    """Narrow a table until one or two blanks stand between its columns."""
    lines, kept = _table(text, rng), rng.choice([1, 2])
    filled = [any(text[at].text[place : place + 1].strip() for at in lines) for place in range(_width(text, lines))]
    places = [place for place in range(len(filled)) if any(filled[max(0, place - kept) : place + 1])]
    return edit_all(text, lines, lambda line: "".join(line[place : place + 1] for place in places))


@kind
def blanks_inserted_down_a_table(text: Text, rng: random.Random) -> Text:
    """Insert blanks at one place of all lines of a table, whatever stands there."""
    lines, by = _table(text, rng), rng.choice([2, 5, 12, 30])
    place = rng.randrange(_width(text, lines) or 1)
    return edit_all(text, lines, lambda line: line[:place] + " " * by + line[place:] if len(line) > place else line)


@kind
def places_counted_in_wide_characters(text: Text, rng: random.Random) -> Text:
    """Set what a line says where a program does that counts a Chinese character as two places."""

    def change(line: str) -> str:
        owed, out = 0, ""
        for run in re.findall(r" +|[^ ]+", line):
            if run.startswith(" "):
                paid = min(owed, len(run) - 1)
                owed, run = owed - paid, run[paid:]
            else:
                owed += sum(map(_wide, run))
            out += run
        return out

    return edit_all(text, range(len(text)), change)


@kind
def places_counted_in_narrow_characters(text: Text, rng: random.Random) -> Text:
    """Widen each gap by as many blanks as Chinese characters stand before it, as where two places were taken for one."""
    return _in_a_table(
        text, rng, lambda line: re.sub(r"([^\x00-\x7f]+)( {2,})", lambda m: m[0] + " " * len(m[1]), line)
    )


# --- headers ---------------------------------------------------------------------------------------------------------
def _strip_of_a_header(text: Text, rng: random.Random) -> tuple[list[int], int, int]:
    lines = header_lines(text, rng)
    width = _width(text, lines)
    start = rng.randrange(width or 1)
    return lines, start, start + rng.choice([4, 8, 16, width // 3 or 1])


@kind
def strip_of_a_header_lost(text: Text, rng: random.Random) -> Text:
    """Blank what all lines of a header print between two places, as below a fold or a stamp."""
    lines, start, end = _strip_of_a_header(text, rng)
    return edit_all(text, lines, lambda line: line[:start] + " " * len(line[start:end]) + line[end:])


@kind
def strip_cut_from_a_header(text: Text, rng: random.Random) -> Text:
    """Take what all lines of a header print between two places, and set the rest further left."""
    lines, start, end = _strip_of_a_header(text, rng)
    return edit_all(text, lines, lambda line: line[:start] + line[end:])


@kind
def halves_of_a_header_exchanged(text: Text, rng: random.Random) -> Text:
    """Set the right part of all lines of a header left of the rest."""
    lines, start, _ = _strip_of_a_header(text, rng)
    width = _width(text, lines)
    return edit_all(text, lines, lambda line: line[start:].ljust(width - start) + line[:start])


@kind
def words_of_a_header_aligned_otherwise(text: Text, rng: random.Random) -> Text:
    """Let each word of a header begin where the blanks before it did, or end where those behind it do."""
    lines, left = header_lines(text, rng), rng.random() < 0.5

    def change(line: str) -> str:
        if left:
            return re.sub(r" {2}( +)(\S+)", lambda m: f"  {m[2]}{m[1]}", line)
        return re.sub(r"(\S+)( +) {2}(?=\S)", lambda m: f"{m[2]}{m[1]}  ", line)

    return edit_all(text, lines, change)


@kind
def stamp_in_a_header(text: Text, rng: random.Random) -> Text:
    """Print a word in a blank place of a header."""
    lines, stamp = header_lines(text, rng), rng.choice(_STAMPS)
    at = rng.choice(lines) if lines else None
    place = rng.randrange((_width(text, lines) or 1) + 1)
    return edit(text, at, lambda line: placed(sorted([*words_in(line), (place, stamp)])))


@kind
def title_beside_its_header(text: Text, rng: random.Random) -> Text:
    """Print a title, or the line of the unit, at the left of the first line of a header."""
    tables = tables_in(text)
    title, first, _ = rng.choice(tables) if tables else (0, 0, 0)
    below = [at for at in range(title + 1, first) if text[at].text.strip()]
    if len(below) < 2:
        return text
    other = rng.choice(below[:2])
    words = text[title].text.strip()
    return without(edit(text, other, lambda line: f"{words}  {line}"), title)


@kind
def header_below_its_table(text: Text, rng: random.Random) -> Text:
    tables = tables_in(text)
    title, first, end = rng.choice(tables) if tables else (0, 0, 0)
    return [*text[: title + 1], *text[first:end], *text[title + 1 : first], *text[end:]]


@kind
def header_on_the_line_of_the_first_row(text: Text, rng: random.Random) -> Text:
    tables = tables_in(text)
    title, first, _ = rng.choice(tables) if tables else (0, 0, 0)
    last = max((at for at in range(title + 1, first) if text[at].text.strip()), default=None)
    if last is None:
        return text
    line = f"{text[last].text}  {text[first].text.strip()}"
    return [*text[:last], Line(line, None), *text[first + 1 :]]


def _below_each_word(text: Text, rng: random.Random, word: Callable[[], str]) -> Text:
    lines = [at for at in header_lines(text, rng) if len(words_in(text[at].text)) > 1]
    if not lines:
        return text
    words = words_in(text[lines[-1]].text)
    return insert(text, lines[-1] + 1, placed((at, word()) for at, _ in words))


@kind
def units_below_a_header(text: Text, rng: random.Random) -> Text:
    """Print a unit below each word of a header, not always the one of the table."""
    unit = rng.choice(_UNITS)
    return _below_each_word(text, rng, lambda: unit)


@kind
def foreign_words_below_a_header(text: Text, rng: random.Random) -> Text:
    return _below_each_word(text, rng, lambda: rng.choice(_FOREIGN))


@kind
def title_down_the_page(text: Text, rng: random.Random) -> Text:
    """Print a title from top to bottom, some characters a line."""
    titles, wide = titles_in(text), rng.choice([1, 2, 4])
    if not titles:
        return text
    at = rng.choice(titles)
    words = text[at].text.strip()
    return insert(without(text, at), at, *(words[i : i + wide] for i in range(0, len(words), wide)))


# --- two tables ------------------------------------------------------------------------------------------------------
def _two_tables(text: Text, rng: random.Random) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the rows of two tables begin and end, in their order."""
    tables = [(first, end) for _, first, end in tables_in(text) if end - first > 3]
    if len(tables) < 2:
        return None
    one, other = sorted(rng.sample(tables, 2))
    return one, other


@kind
def lower_halves_of_two_tables_exchanged(text: Text, rng: random.Random) -> Text:
    pair = _two_tables(text, rng)
    if pair is None:
        return text
    (a, b), (c, d) = pair
    a, c = rng.randrange(a + 1, b), rng.randrange(c + 1, d)
    return [*text[:a], *text[c:d], *text[b:c], *text[a:b], *text[d:]]


@kind
def rows_of_two_tables_take_turns(text: Text, rng: random.Random) -> Text:
    """Print the lines of two tables by turns below the header of the first."""
    pair = _two_tables(text, rng)
    if pair is None:
        return text
    (a, b), (c, d) = pair
    lines = [line for both in zip_longest(text[a:b], text[c:d]) for line in both if line is not None]
    return [*text[:a], *lines, *text[b:c], *text[d:]]


@kind
def table_inserted_between_a_header_and_its_rows(text: Text, rng: random.Random) -> Text:
    """Print a whole other table between the header of a table and its first row."""
    tables = tables_in(text)
    _, first, _ = rng.choice(tables) if tables else (0, 0, 0)
    title, _, end = rng.choice(tables) if tables else (0, 0, 0)
    return [*text[:first], *copied(text[title:end]), *text[first:]]


@kind
def header_of_a_table_spread_over_the_next(text: Text, rng: random.Random) -> Text:
    """Lose the header of a table whose title and unit stay, so that only that of the table before is seen."""
    lines = header_lines(text, rng)
    return [line for at, line in enumerate(text) if at not in lines]


@kind
def rows_with_a_line_between(text: Text, rng: random.Random) -> Text:
    """Rule a line below each row of a table."""
    lines, ruler = _table(text, rng), rng.choice(["-", "_", "=", "─", "·"])
    width = _width(text, lines)
    return [
        one
        for at, line in enumerate(text)
        for one in ([line, Line(ruler * width, None)] if at in lines and is_row(line.text) else [line])
    ]


@kind
def line_of_words_at_the_right(text: Text, rng: random.Random) -> Text:
    """Print a remark right of a row, on a line of its own."""
    at = pick(text, rng, is_row)
    remark = rng.choice(["含上年结转", "见附注", "其中：项目支出", "财政拨款", "合计", "政府性基金预算"])
    return insert(text, at, " " * rng.randrange(20, 120) + remark)
