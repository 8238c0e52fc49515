"""Damages to what rows are read by: headers, titles, units and neighbours of another kind, while the rows stay as they are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.attack.structure import is_total, span
from tests.attack.text import (
    AMOUNT,
    CODE,
    GAP,
    Line,
    Text,
    edit,
    insert,
    is_header,
    is_row,
    is_title,
    kind,
    pages_of,
    pick,
    tables_in,
)

_UNIT = re.compile(r"单位[:：]\s*(?:万元|元)")
#: Words of headers, in groups that stand for one another where a column is called by the name of its neighbour.
HEADER_WORDS = (
    ("基本支出", "项目支出", "合计", "小计", "人员经费", "公用经费", "其他资金", "上年结转"),
    ("预算数", "决算数", "上年预算数", "增减额", "金额", "比例"),
    ("一般公共预算", "政府性基金预算", "国有资本经营预算", "财政专户管理资金", "单位资金"),
    ("功能分类", "部门预算支出经济分类", "政府预算支出经济分类", "单位编码", "项目名称"),
    ("收入", "支出"),
)
TITLE_WORDS = (
    ("一般公共预算", "政府性基金预算", "国有资本经营预算"),
    ("收入", "支出"),
    ("预算", "决算"),
    ("财政拨款", "部门", "单位"),
    ("基本支出", "项目支出", "支出"),
)
TITLES = (
    "一般公共预算支出表",
    "政府性基金预算支出表",
    "国有资本经营预算支出表",
    "部门收入总表",
    "部门支出总表",
    "财政拨款收支总表",
    "一般公共预算基本支出表",
)
#: Words that stand alone on a line between two rows.
BETWEEN = (
    "其中：", "行政单位", "教育支出", "205", "2080501", "（在职）", "工资福利支出", "小计", "基本支出", "项目支出", "合计",
)  # fmt: skip


def with_other_digits(amount: re.Match[str]) -> str:
    """An amount as long whose digits are others."""
    return re.sub(r"[1-8]", lambda digit: str(int(digit.group()) + 1), amount.group())


def another_word(text: str, groups: tuple[tuple[str, ...], ...], rng: random.Random) -> str:
    """``text`` with one of the words of ``groups`` in the place of another of its group; as it is where it has none."""
    found = [(word, group) for group in groups for word in group if word in text]
    if not found:
        return text
    word, group = rng.choice(found)
    return text.replace(word, rng.choice([other for other in group if other != word]), 1)


def _on_a_table(
    text: Text, rng: random.Random, change: Callable[[tuple[int, int, int], list[tuple[int, int, int]]], Text]
) -> Text:
    tables = tables_in(text)
    return change(rng.choice(tables), tables) if len(tables) > 1 else text


def _moved(text: Text, start: int, end: int, to: int) -> Text:
    """``text`` with the lines from ``start`` to ``end`` before the line that was at ``to``, which is none of them."""
    block = text[start:end]
    return (
        [*text[:to], *block, *text[to:start], *text[end:]]
        if to <= start
        else [*text[:start], *text[end:to], *block, *text[to:]]
    )


def _new(lines: Text) -> Text:
    return [Line(line.text, None) for line in lines]


# --- headers ---------------------------------------------------------------------------------------------------------
@kind
def header_words_exchanged(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        words = list(re.finditer(r"\S+", line))
        one, other = sorted(rng.sample(words, 2), key=re.Match.start)
        return line[: one.start()] + other.group() + line[one.end() : other.start()] + one.group() + line[other.end() :]

    return edit(text, pick(text, rng, is_header), change)


@kind
def header_word_of_a_neighbour(text: Text, rng: random.Random) -> Text:
    wanted = pick(
        text, rng, lambda line: is_header(line) and another_word(line, HEADER_WORDS, random.Random(1)) != line
    )
    return edit(text, wanted, lambda line: another_word(line, HEADER_WORDS, rng))


@kind
def header_word_added(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        gap = max(GAP.finditer(line), key=lambda match: len(match.group()))
        word = rng.choice(rng.choice(HEADER_WORDS))
        middle = (gap.start() + gap.end() - len(word)) // 2
        return line[:middle] + word + line[middle + len(word) :]

    return edit(text, pick(text, rng, lambda line: is_header(line) and re.search(r"\S {12,}\S", line)), change)


@kind
def header_of_another_table(text: Text, rng: random.Random) -> Text:
    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        other = rng.choice([each for each in tables if each != one])
        return [*text[: one[0] + 1], *_new(text[other[0] + 1 : other[1]]), *text[one[1] :]]

    return _on_a_table(text, rng, change)


@kind
def header_on_one_line(text: Text, rng: random.Random) -> Text:
    """The lines of a header printed on one another."""

    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        lines = [line for line in text[one[0] + 1 : one[1]] if is_header(line.text)]
        width = max((len(line.text) for line in lines), default=0)
        laid = [
            next((c for c in column if c.strip()), " ")
            for column in zip(*(x.text.ljust(width) for x in lines), strict=True)
        ]
        rest = [line for line in text[one[0] + 1 : one[1]] if not is_header(line.text)]
        return [*text[: one[0] + 1], *rest, Line("".join(laid), None), *text[one[1] :]]

    return _on_a_table(text, rng, change)


@kind
def header_lines_reversed(text: Text, rng: random.Random) -> Text:
    return _on_a_table(
        text, rng, lambda one, tables: [*text[: one[0] + 1], *text[one[0] + 1 : one[1]][::-1], *text[one[1] :]]
    )


@kind
def header_cut_by_a_page(text: Text, rng: random.Random) -> Text:
    return _on_a_table(
        text, rng, lambda one, tables: insert(text, rng.randrange(one[0] + 1, one[1] + 1), "", " " * 40 + "12", "\f")
    )


@kind
def header_below_its_first_rows(text: Text, rng: random.Random) -> Text:
    return _on_a_table(
        text, rng, lambda one, tables: _moved(text, one[0] + 1, one[1], min(one[2], one[1] + rng.randrange(1, 6)))
    )


@kind
def head_of_the_table_again(text: Text, rng: random.Random) -> Text:
    """The title, unit and header of a table stand again above some of its rows, as on each page of a print."""

    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        first = one[0] + rng.choice([0, 1])
        return [*text[: (at := rng.randrange(one[1], one[2]))], *_new(text[first : one[1]]), *text[at:]]

    return _on_a_table(text, rng, change)


@kind
def head_of_another_table_among_rows(text: Text, rng: random.Random) -> Text:
    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        other = rng.choice([each for each in tables if each != one])
        first = other[0] + rng.choice([0, 1])
        return [*text[: (at := rng.randrange(one[1], one[2]))], *_new(text[first : other[1]]), *text[at:]]

    return _on_a_table(text, rng, change)


# --- titles and units ------------------------------------------------------------------------------------------------
@kind
def title_word_of_another(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_title), lambda line: another_word(line, TITLE_WORDS, rng))


@kind
def second_title(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    return text if index is None else insert(text, index + rng.choice([0, 1]), " " * 40 + rng.choice(TITLES))


@kind
def known_title_among_rows(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), " " * rng.choice([0, 4, 40]) + rng.choice(TITLES))


@kind
def title_in_words_among_rows(text: Text, rng: random.Random) -> Text:
    title = rng.choice(TITLES)
    words = rng.choice(
        [f"注：本表与{title}有勾稽关系", f"（{title}续）", f"附件3：{title}", f"三、{title}", f"见{title}"]
    )
    return insert(text, pick(text, rng, is_row), words)


@kind
def title_below_its_table(text: Text, rng: random.Random) -> Text:
    return _on_a_table(text, rng, lambda one, tables: _moved(text, one[0], one[0] + 1, one[2]))


@kind
def titles_lost_but_one(text: Text, rng: random.Random) -> Text:
    kept = pick(text, rng, is_title)
    return [line for at, line in enumerate(text) if at == kept or not is_title(line.text)]


@kind
def contents_amongtables_in(text: Text, rng: random.Random) -> Text:
    titles = [line.text.strip() for line in text if is_title(line.text)]
    listed = [f"  {number}. {title}" for number, title in enumerate(titles, 1)]
    return insert(text, pick(text, rng, is_title), "\f", "目  录", *listed, "\f")


def _unit_moved(text: Text, rng: random.Random, to: Callable[[tuple[int, int, int]], int]) -> Text:
    """The unit line of a table stands before the line that ``to`` names."""

    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        unit = next((at for at in range(one[0], one[1]) if _UNIT.search(text[at].text)), None)
        return text if unit is None else _moved(text, unit, unit + 1, to(one))

    return _on_a_table(text, rng, change)


@kind
def unit_line_below_its_table(text: Text, rng: random.Random) -> Text:
    return _unit_moved(text, rng, lambda one: one[2])


@kind
def unit_line_above_its_title(text: Text, rng: random.Random) -> Text:
    return _unit_moved(text, rng, lambda one: max(0, one[0] - rng.randrange(3)))


@kind
def second_unit(text: Text, rng: random.Random) -> Text:
    """Two units above one table."""
    index, unit = pick(text, rng, _UNIT.search), rng.choice(["单位：元", "单位：万元"])
    return text if index is None else insert(text, index + rng.choice([0, 1]), " " * 60 + unit)


@kind
def years_of_a_header_changed(text: Text, rng: random.Random) -> Text:
    other, by = {"上年": "本年", "本年": "上年"}, rng.choice([-1, 1])

    def moved(line: str) -> str:
        return re.sub(
            r"20\d\d(?=年)|[上本]年", lambda m: other.get(m.group()) or str(int(m.group()) + by), line, count=1
        )

    return edit(text, pick(text, rng, lambda line: is_header(line) and re.search(r"20\d\d年|[上本]年", line)), moved)


# --- neighbours ------------------------------------------------------------------------------------------------------
@kind
def rows_above_their_title(text: Text, rng: random.Random) -> Text:
    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        return _moved(text, one[1], min(one[2], one[1] + rng.randrange(1, 8)), one[0])

    return _on_a_table(text, rng, change)


@kind
def rows_below_the_next_header(text: Text, rng: random.Random) -> Text:
    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        first = max(one[1], one[2] - rng.randrange(1, 8))
        following = next((each for each in tables if each[0] >= one[2]), None)
        return text if following is None else _moved(text, first, one[2], following[1])

    return _on_a_table(text, rng, change)


@kind
def table_inside_a_table(text: Text, rng: random.Random) -> Text:
    def change(one: tuple[int, int, int], tables: list[tuple[int, int, int]]) -> Text:
        other = rng.choice([each for each in tables if each != one])
        return _moved(text, other[0], other[2], rng.randrange(one[1], one[2]))

    return _on_a_table(text, rng, change)


@kind
def rows_at_the_end(text: Text, rng: random.Random) -> Text:
    start, end = span(text, rng)
    return _moved(text, start, end, len(text))


@kind
def rows_shuffled(text: Text, rng: random.Random) -> Text:
    start, end = span(text, rng)
    return [*text[:start], *rng.sample(text[start:end], end - start), *text[end:]]


@kind
def halves_of_a_page_exchanged(text: Text, rng: random.Random) -> Text:
    pages = pages_of(text)
    at = rng.randrange(len(pages))
    middle = rng.randrange(len(pages[at]))
    pages[at] = [*pages[at][middle:], *pages[at][:middle]]
    return [line for page in pages for line in page]


@kind
def rows_of_a_level_lost(text: Text, rng: random.Random) -> Text:
    """The rows of a run whose codes have the same number of digits are lost, all of them."""
    start, end = span(text, rng)
    digits = rng.choice([3, 5, 7])

    def of_level(line: Line) -> bool:
        code = CODE.search(AMOUNT.sub("", line.text))
        return code is not None and len(code.group()) == digits

    return [*text[:start], *(line for line in text[start:end] if not of_level(line)), *text[end:]]


@kind
def total_row_with_other_amounts(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_total)
    if index is None:
        return text
    return insert(text, index + rng.randrange(-6, 7), AMOUNT.sub(with_other_digits, text[index].text))


@kind
def words_between_rows(text: Text, rng: random.Random) -> Text:
    return insert(text, pick(text, rng, is_row), " " * rng.choice([0, 2, 10, 30]) + rng.choice(BETWEEN))


@kind
def amounts_between_rows(text: Text, rng: random.Random) -> Text:
    """A line with the amounts of a row and none of its words."""
    index = pick(text, rng, is_row)
    if index is None:
        return text
    bare = re.sub(r"[^\d.,\s-]", "  ", text[index].text)
    return insert(text, index + rng.choice([0, 1]), CODE.sub(lambda m: " " * len(m.group()), bare))


@kind
def code_a_line_up(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, lambda line: is_row(line) and CODE.search(AMOUNT.sub("", line)))
    code = CODE.search(text[index].text) if index is not None else None
    if index is None or code is None:
        return text
    bare = edit(text, index, lambda line: line[: code.start()] + " " * len(code.group()) + line[code.end() :])
    return insert(bare, index, " " * code.start() + code.group())


@kind
def labels_a_line_up(text: Text, rng: random.Random) -> Text:
    """Every second row of a run stands on two lines: its words, and its amounts below."""
    start, end = span(text, rng)
    found: Text = []
    for at, line in enumerate(text):
        first = AMOUNT.search(line.text)
        if start <= at < end and (at - start) % 2 and first:
            found += [
                Line(line.text[: first.start()].rstrip(), None),
                Line(" " * first.start() + line.text[first.start() :], None),
            ]
        else:
            found.append(line)
    return found


@kind
def rows_on_one_line(text: Text, rng: random.Random) -> Text:
    start, _ = span(text, rng)
    if start + 1 >= len(text) or not is_row(text[start + 1].text):
        return text
    return [
        *text[:start],
        Line(f"{text[start].text.rstrip()}    {text[start + 1].text.strip()}", None),
        *text[start + 2 :],
    ]


@kind
def ordinals_of_rows_lost(text: Text, rng: random.Random) -> Text:
    """The ordinals of one page's rows are lost, what stands right of them unmoved."""
    pages = pages_of(text)
    at = rng.randrange(len(pages))
    pages[at] = [line.with_text(re.sub(r"[一二三四五六七八九十]、", "    ", line.text)) for line in pages[at]]
    return [line for page in pages for line in page]


@kind
def ruled_with_dashes(text: Text, rng: random.Random) -> Text:
    """A line of dashes above and below a header and every row, as text tables have."""
    start, end = span(text, rng)
    rule = rng.choice(["-", "─", "="]) * 80
    return [one for at, line in enumerate(text) for one in ([Line(rule, None)] if start <= at < end else []) + [line]]


@kind
def lines_of_a_page_wrapped(text: Text, rng: random.Random) -> Text:
    """The lines of a page go on below where they are longer than a screen."""
    pages, width = pages_of(text), rng.choice([80, 100, 120])
    at = rng.randrange(len(pages))
    pages[at] = [
        one
        for line in pages[at]
        for one in (
            [line]
            if len(line.text) <= width
            else [Line(line.text[i : i + width], None) for i in range(0, len(line.text), width)]
        )
    ]
    return [line for page in pages for line in page]


@kind
def part_of_the_title_lost(text: Text, rng: random.Random) -> Text:
    """The first words of a title are lost, so that it may be that of another table."""
    index = pick(text, rng, is_title)
    return edit(text, index, lambda line: line.strip()[rng.randrange(1, max(2, len(line.strip()) - 2)) :])


@kind
def lines_before_a_title_lost(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_title)
    return text if index is None else text[: max(0, index - rng.randrange(1, 6))] + text[index:]


@kind
def title_lost_with_its_page(text: Text, rng: random.Random) -> Text:
    """A table's head is lost and its first rows come right below the last of the table before."""
    return _on_a_table(
        text,
        rng,
        lambda one, tables: text[: max((t[2] for t in tables if t[2] <= one[0]), default=one[0])] + text[one[1] :],
    )
