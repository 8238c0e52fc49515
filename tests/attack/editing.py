"""Damages as editors make them who take one word, title or table for another: rows stay as they are, what they are of does not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.attack.context import TITLES
from tests.attack.structure import is_total
from tests.attack.text import CHINESE, Line, Text, edit, insert, is_header, is_row, is_title, kind, pick, titles_in

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
    for title, following in zip(titles, [*titles[1:], len(text)], strict=True):
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
