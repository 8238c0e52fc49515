"""Damages to tables of cells as editors make them who take one word, title or table for another."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.attack.cells import Block, Blocks, Cell, change_cell, copy, is_body, kind, tables_in, titles_in
from tests.attack.context import TITLES
from tests.attack.editing import EMPTY, TOTALS, has_opposite, one_for_its_neighbour, opposite
from tests.attack.text import CHINESE

Row = list[Cell]


def _first(block: Block) -> int:
    return next((at for at, row in enumerate(block.rows) if is_body(row)), len(block.rows))


def _changed(blocks: Blocks, rng: random.Random, body: bool, change: Callable[[str], str]) -> Blocks:
    """The blocks with the words of one cell of a row or of a header changed, of those that ``change`` changes."""
    return change_cell(
        blocks, rng, body, lambda cell: change(cell.text) != cell.text, lambda cell: [cell.anew(change(cell.text))]
    )


def _on_a_header(blocks: Blocks, rng: random.Random, change: Callable[[Row], Row]) -> Blocks:
    """The blocks with one row of a header changed, of those with several words."""
    blocks = copy(blocks)
    found = [
        (block, at)
        for block in tables_in(blocks)
        for at in range(_first(block))
        if _first(block) < len(block.rows) and sum(bool(cell.text) for cell in block.rows[at]) > 1
    ]
    if found:
        block, at = rng.choice(found)
        block.rows[at] = change(block.rows[at])
    return blocks


def _like(row: Row, texts: Callable[[int], str]) -> Row:
    return [cell.anew(texts(at)) for at, cell in enumerate(row)]


@kind
def titles_shifted_by_one(blocks: Blocks, rng: random.Random) -> Blocks:
    titles, by = titles_in(blocks), rng.choice([1, -1])
    words = {at: blocks[titles[(number + by) % len(titles)]].text for number, at in enumerate(titles)}
    return [Block(words[at]) if at in words else block for at, block in enumerate(blocks)]


@kind
def title_of_the_table_before_continued(blocks: Blocks, rng: random.Random) -> Blocks:
    titles = titles_in(blocks)
    if len(titles) < 2:
        return blocks
    number = rng.randrange(1, len(titles))
    title = Block(f"{blocks[titles[number - 1]].text}（续）")
    return [*blocks[: titles[number]], title, *blocks[titles[number] + 1 :]]


@kind
def opposite_word_in_a_paragraph(blocks: Blocks, rng: random.Random) -> Blocks:
    found = [at for at, block in enumerate(blocks) if not block.rows and has_opposite(block.text)]
    if not found:
        return blocks
    at = rng.choice(found)
    return [*blocks[:at], Block(opposite(blocks[at].text, rng)), *blocks[at + 1 :]]


@kind
def opposite_word_in_a_header(blocks: Blocks, rng: random.Random) -> Blocks:
    seed = rng.random()
    return _changed(blocks, rng, False, lambda text: opposite(text, random.Random(seed)))


@kind
def opposite_word_in_a_row(blocks: Blocks, rng: random.Random) -> Blocks:
    seed = rng.random()
    return _changed(blocks, rng, True, lambda text: opposite(text, random.Random(seed)))


@kind
def total_called_otherwise(blocks: Blocks, rng: random.Random) -> Blocks:
    word = rng.choice(TOTALS)
    return _changed(blocks, rng, True, lambda text: re.sub("[合总小]计", word, text))


@kind
def word_of_a_header_twice(blocks: Blocks, rng: random.Random) -> Blocks:
    return _on_a_header(
        blocks, rng, lambda row: one_for_its_neighbour(row, rng, lambda cell, other: cell.anew(other.text))
    )


@kind
def half_of_a_header_emptied(blocks: Blocks, rng: random.Random) -> Blocks:
    left = rng.random() < 0.5
    return _on_a_header(
        blocks,
        rng,
        lambda row: [cell if (at < len(row) // 2) == left else cell.anew("") for at, cell in enumerate(row)],
    )


@kind
def words_of_a_header_rotated(blocks: Blocks, rng: random.Random) -> Blocks:
    by = rng.choice([1, -1])
    return _on_a_header(blocks, rng, lambda row: _like(row, lambda at: row[(at + by) % len(row)].text))


@kind
def letters_of_columns_added(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if _first(block) < len(block.rows)]
    if found:
        block = rng.choice(found)
        at = rng.choice([0, _first(block)])
        width = max(sum(cell.columns for cell in row) for row in block.rows)
        block.rows.insert(at, [Cell("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26], 1, 1, None) for n in range(width)])
    return blocks


@kind
def dashes_between_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    found = [(block, at) for block in tables_in(blocks) for at, row in enumerate(block.rows) if is_body(row)]
    if found:
        block, at = rng.choice(found)
        block.rows.insert(at, _like(block.rows[at], lambda _: "-"))
    return blocks


@kind
def note_of_an_empty_table_below_a_title(blocks: Blocks, rng: random.Random) -> Blocks:
    titles = titles_in(blocks)
    at = rng.choice(titles) + 1 if titles else 0
    return [*blocks[:at], Block(rng.choice(EMPTY)), *blocks[at:]]


@kind
def rows_of_two_tables_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    """The rows of two tables stand below the title and the header of one another."""
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if _first(block) < len(block.rows)]
    if len(found) > 1:
        one, other = rng.sample(found, 2)
        a, b = _first(one), _first(other)
        one.rows, other.rows = [*one.rows[:a], *other.rows[b:]], [*other.rows[:b], *one.rows[a:]]
    return blocks


@kind
def first_row_above_its_header(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if 0 < _first(block) < len(block.rows)]
    if found:
        block = rng.choice(found)
        block.rows.insert(0, block.rows.pop(_first(block)))
    return blocks


@kind
def unit_in_a_header_word(blocks: Blocks, rng: random.Random) -> Blocks:
    unit = rng.choice(["（万元）", "（元）", "(千元)", "（%）", "（人）", "（个）"])
    return _changed(blocks, rng, False, lambda text: text + unit if CHINESE.search(text) else text)


@kind
def running_title_above_each_table(blocks: Blocks, rng: random.Random) -> Blocks:
    title = rng.choice(TITLES)
    return [part for block in blocks for part in ((Block(title), block) if block.rows else (block,))]
