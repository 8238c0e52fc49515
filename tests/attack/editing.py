"""Damages as editors make them who take one word, title or table for another: rows stay as they are, what they are of does not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from tests.attack.context import TITLES, with_other_digits
from tests.attack.structure import is_total
from tests.attack.text import (
    AMOUNT,
    CHINESE,
    Line,
    Text,
    edit,
    edit_all,
    insert,
    is_header,
    is_row,
    is_title,
    kind,
    pages_of,
    pick,
    tables_in,
    titles_in,
)

Word = TypeVar("Word")
#: Words that are taken for one another.
OPPOSITES = (
    ("收入", "支出"), ("基本", "项目"), ("人员", "公用"), ("本年", "上年"), ("上级", "下级"), ("预算", "决算"), ("部门", "政府"),
    ("功能", "经济"), ("一般公共预算", "政府性基金"), ("政府性基金", "国有资本经营"), ("财政拨款", "非财政拨款"), ("期初", "期末"), ("年初", "年末"),
)  # fmt: skip
TOTALS = ("合计", "总计", "小计", "共计", "总额", "累计")
EMPTY = (
    "本部门2024年度无政府性基金预算财政拨款收支，故本表为空。",
    "说明：本单位没有使用国有资本经营预算安排的支出，故本表无数据。",
    "此表无数据",
    "注：本表为空表",
)
#: Runs of a title that say what no other of its kind says.
_FRAMES = (
    "《{}》",
    "【{}】",
    "附件2-1：{}",
    "（三）{}",
    "表十二 {}",
    "{}（一）",
    "{}（草案）",
    "{}一览",
    "关于{}的说明",
)


def opposite(text: str, rng: random.Random) -> str:
    """``text`` with one word in the place of its opposite; as it is where it has none."""
    found = [(a, b) for pair in OPPOSITES for a, b in (pair, pair[::-1]) if a in text]
    if not found:
        return text
    word, other = rng.choice(found)
    return text.replace(word, other, 1)


def one_for_its_neighbour(words: Sequence[Word], rng: random.Random, said: Callable[[Word, Word], Word]) -> list[Word]:
    """``words`` with one in the place of its neighbour; ``said`` makes a word say what another one does."""
    at = rng.randrange(len(words) - 1)
    one, other = rng.sample([at, at + 1], 2)
    return [*words[:one], said(words[one], words[other]), *words[one + 1 :]]


def has_opposite(text: str) -> bool:
    return any(word in text for pair in OPPOSITES for word in pair)


def _header_of(text: Text, rng: random.Random) -> list[int]:
    """The lines of the header of a table: those between its title and its first row."""
    found = []
    for title in titles_in(text):
        first = next((at for at in range(title + 1, min(title + 20, len(text))) if is_row(text[at].text)), None)
        lines = [at for at in range(title + 1, first or title) if is_header(text[at].text)]
        found += [lines] if lines else []
    return rng.choice(found) if found else []


def _written(text: Text, at: int, words: str) -> Text:
    return [Line(words, None) if index == at else line for index, line in enumerate(text)]


@kind
def titles_shifted_by_one(text: Text, rng: random.Random) -> Text:
    """Each title stands over the table after its own."""
    titles = titles_in(text)
    by = rng.choice([1, -1])
    words = {at: text[titles[(number + by) % len(titles)]].text for number, at in enumerate(titles)}
    return [Line(words[at], None) if at in words else line for at, line in enumerate(text)]


@kind
def title_of_the_table_before_continued(text: Text, rng: random.Random) -> Text:
    titles = titles_in(text)
    if len(titles) < 2:
        return text
    number = rng.randrange(1, len(titles))
    return _written(text, titles[number], f"{text[titles[number - 1]].text}（续）")


@kind
def opposite_word_outside_rows(text: Text, rng: random.Random) -> Text:
    at = pick(text, rng, lambda line: has_opposite(line) and not is_row(line) and len(line.strip()) < 120)
    return edit(text, at, lambda line: opposite(line, rng))


@kind
def opposite_word_in_a_row(text: Text, rng: random.Random) -> Text:
    return edit(
        text, pick(text, rng, lambda line: is_row(line) and has_opposite(line)), lambda line: opposite(line, rng)
    )


@kind
def total_called_otherwise(text: Text, rng: random.Random) -> Text:
    word = rng.choice(TOTALS)
    return edit(text, pick(text, rng, is_total), lambda line: re.sub("[合总小]计", word, line, count=1))


@kind
def word_of_a_header_twice(text: Text, rng: random.Random) -> Text:
    """A word of a header stands over its neighbour, too."""

    def change(line: str) -> str:
        words = list(re.finditer(r"\S+", line))
        at = rng.randrange(len(words) - 1)
        one, other = rng.sample([words[at], words[at + 1]], 2)
        return line[: one.start()] + other.group().ljust(len(one.group())) + line[one.end() :]

    return edit(text, pick(text, rng, is_header), change)


@kind
def half_of_a_header_lost(text: Text, rng: random.Random) -> Text:
    lines = _header_of(text, rng)
    middle = max((len(text[at].text) for at in lines), default=0) // 2
    left = rng.random() < 0.5
    for at in lines:
        words = text[at].text
        text = _written(text, at, words[:middle] if left else " " * min(middle, len(words)) + words[middle:])
    return text


@kind
def words_of_a_header_rotated(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        words = list(re.finditer(r"\S+", line))
        by = rng.choice([1, -1])
        out, at = "", 0
        for number, word in enumerate(words):
            out += line[at : word.start()] + words[(number + by) % len(words)].group()
            at = word.end()
        return out

    return edit(text, pick(text, rng, is_header), change)


@kind
def letters_of_columns_added(text: Text, rng: random.Random) -> Text:
    at = pick(text, rng, is_header)
    if at is None:
        return text
    words = list(re.finditer(r"\S+", text[at].text))
    line = ""
    for number, word in enumerate(words[:26]):
        line = line.ljust(word.start()) + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number] + " "
    return insert(text, at + rng.choice([0, 1]), line)


@kind
def dashes_between_rows(text: Text, rng: random.Random) -> Text:
    at = pick(text, rng, is_row)
    line = "" if at is None else re.sub(r"\S+", lambda word: "-".rjust(len(word.group())), text[at].text)
    return insert(text, at, line)


@kind
def note_of_an_empty_table_below_a_title(text: Text, rng: random.Random) -> Text:
    at = pick(text, rng, is_title)
    return text if at is None else insert(text, at + 1, rng.choice(EMPTY))


@kind
def rows_of_two_tables_exchanged(text: Text, rng: random.Random) -> Text:
    """The rows of two tables stand below the title and the header of one another."""
    spans = []
    titles = titles_in(text)
    for title, following in pairwise([*titles, len(text)]):
        rows = [at for at in range(title + 1, following) if is_row(text[at].text)]
        spans += [(rows[0], rows[-1] + 1)] if len(rows) > 1 else []
    if len(spans) < 2:
        return text
    (a, b), (c, d) = sorted(rng.sample(spans, 2))
    return [*text[:a], *text[c:d], *text[b:c], *text[a:b], *text[d:]]


@kind
def total_row_above_its_header(text: Text, rng: random.Random) -> Text:
    at = pick(text, rng, is_total)
    if at is None:
        return text
    title = next((index for index in range(at, max(-1, at - 25), -1) if is_title(text[index].text)), at)
    return [*text[: title + 1], text[at], *text[title + 1 : at], *text[at + 1 :]]


@kind
def title_framed(text: Text, rng: random.Random) -> Text:
    frame = rng.choice(_FRAMES)
    return edit(text, pick(text, rng, is_title), lambda line: frame.format(line.strip()))


@kind
def unit_in_a_header_word(text: Text, rng: random.Random) -> Text:
    unit = rng.choice(["（万元）", "（元）", "(千元)", "（%）", "（人）", "（个）"])

    def change(line: str) -> str:
        words = list(re.finditer(r"\S+", line))
        word = rng.choice([word for word in words if CHINESE.search(word.group())] or words)
        rest = line[word.end() :]
        return line[: word.end()] + unit + (rest[len(unit) :] if rest.startswith(" " * len(unit)) else rest)

    return edit(text, pick(text, rng, is_header), change)


@kind
def running_title_on_each_page(text: Text, rng: random.Random) -> Text:
    """A title at the head of each page, as of a file of one table."""
    title = rng.choice(TITLES)
    out: Text = []
    for line in text:
        if "\f" in line.text:
            head, _, rest = line.text.rpartition("\f")
            out += [Line(f"{head}\f{title}", None), line.with_text(rest)]
        else:
            out.append(line)
    return out


# --- copies, and what stands in another order ------------------------------------------------------------------------
_YEAR = re.compile(r"20[12]\d")
_IN_SENTENCES = ("现将{}公开如下：", "附：{}", "{}如下：", "（详见{}）", "以上为{}")
_NUMBERED = ("{} ............ {}", "{}…………{}", "{}    {}", "{}（第{}页）")


def _draft(lines: Sequence[Line], by: int = 0) -> Text:
    """The lines with other amounts, of a year so many later."""
    return [
        Line(AMOUNT.sub(with_other_digits, _YEAR.sub(lambda m: str(int(m[0]) + by), line.text)), None) for line in lines
    ]


@kind
def table_again_under_another_title(text: Text, rng: random.Random) -> Text:
    tables = tables_in(text)
    if not tables:
        return text
    title, _, end = rng.choice(tables)
    heading = rng.choice([*TITLES, *(text[at].text for at in titles_in(text))])
    return insert(text, rng.choice([title, end]), heading, *(line.text for line in _draft(text[title + 1 : end])))


@kind
def rows_again_as_a_draft_has_them(text: Text, rng: random.Random) -> Text:
    tables = tables_in(text)
    if not tables:
        return text
    _, first, end = rng.choice(tables)
    return insert(text, rng.choice([first, end]), *(line.text for line in _draft(text[first:end])))


@kind
def copy_of_another_year(text: Text, rng: random.Random) -> Text:
    """The disclosure of the year before or after in the same file."""
    other = _draft(text, rng.choice([-1, 1]))
    return [*text, Line("\f", None), *other] if rng.random() < 0.5 else [*other, Line("\f", None), *text]


@kind
def pages_interleaved(text: Text, rng: random.Random) -> Text:
    """The lines of two pages, or of the halves of one, take turns."""
    pages = pages_of(text)
    at = rng.randrange(len(pages))
    both = pages[at] if rng.random() < 0.5 or at + 1 == len(pages) else [*pages[at], *pages.pop(at + 1)]
    half = (len(both) + 1) // 2
    turns = [line for pair in zip(both, both[half:], strict=False) for line in pair]
    pages[at] = [*turns, *both[len(both) - half : half]]
    return [line for page in pages for line in page]


@kind
def lines_lost_here_and_there(text: Text, rng: random.Random) -> Text:
    much = rng.choice([0.01, 0.04, 0.1])
    return [line for line in text if rng.random() > much]


@kind
def lines_exchanged_here_and_there(text: Text, rng: random.Random) -> Text:
    much, found = rng.choice([0.01, 0.05]), list(text)
    for at in range(0, len(found) - 1, 2):
        if rng.random() < much:
            found[at : at + 2] = [found[at + 1], found[at]]
    return found


@kind
def tables_in_another_order(text: Text, rng: random.Random) -> Text:
    titles = titles_in(text)
    blocks = [text[a:b] for a, b in pairwise([*titles, len(text)])]
    rng.shuffle(blocks)
    return [*text[: titles[0] if titles else len(text)], *(line for block in blocks for line in block)]


@kind
def titles_with_page_numbers(text: Text, rng: random.Random) -> Text:
    how = rng.choice(_NUMBERED)
    wanted = {at for at in titles_in(text) if rng.random() < 0.5}
    return edit_all(text, wanted, lambda line: how.format(line.strip(), rng.randrange(1, 40)))


@kind
def title_in_a_sentence(text: Text, rng: random.Random) -> Text:
    how = rng.choice(_IN_SENTENCES)
    return edit(text, pick(text, rng, is_title), lambda line: how.format(line.strip()))


@kind
def number_of_a_table_on_its_own_line(text: Text, rng: random.Random) -> Text:
    how, below = rng.choice(["表{}", "附件{}", "附表{}：", "（{}）", "公开{}表"]), rng.choice([0, 1])
    for number, at in reversed(list(enumerate(titles_in(text), start=1))):
        text = insert(text, at + below, how.format(number))
    return text


@kind
def subtotal_of_each_page(text: Text, rng: random.Random) -> Text:
    """A row at the end of each page that adds up what no other row does."""
    word, found = rng.choice(["本页小计", "本页合计", "过次页", "承前页", "累计"]), list(text)
    for at in reversed([at for at, line in enumerate(text) if "\f" in line.text]):
        last = next((line.text for line in reversed(text[:at]) if is_row(line.text)), "")
        blank = re.sub(r"[^\s,.\d]|(?<!\S)\d+(?!\S)", " ", last)
        found = insert(found, at, word + AMOUNT.sub(with_other_digits, blank)[len(word) * 2 :])
    return found
