"""Damages to tables of cells as typesetters make them: words set in the wrong cell or table, and strange ones beside them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.attack.cells import Block, Blocks, Cell, change_cell, copy, is_body, kind, tables_in, titles_in
from tests.attack.typesetting_of_pages import CLASSES, SECTIONS, WORDS, YEAR

Row = list[Cell]


def _first(block: Block) -> int:
    return next((at for at, row in enumerate(block.rows) if is_body(row)), len(block.rows))


def _whole(block: Block) -> bool:
    return 0 < _first(block) < len(block.rows)


def _wide(block: Block, text: str) -> Row:
    return [Cell(text, 1, max(sum(cell.columns for cell in row) for row in block.rows), None)]


def _in_a_table(blocks: Blocks, rng: random.Random, change: Callable[[Block], None]) -> Blocks:
    """Change a table with a header and rows in place."""
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if _whole(block)]
    if found:
        change(rng.choice(found))
    return blocks


def _neighbours(blocks: Blocks, rng: random.Random, change: Callable[[Cell, Cell], Row]) -> Blocks:
    """Change two cells side by side of a header."""

    def of(block: Block) -> None:
        rows = [row for row in block.rows[: _first(block)] if len(row) > 1]
        if rows:
            row = rng.choice(rows)
            at = rng.randrange(len(row) - 1)
            row[at : at + 2] = change(row[at], row[at + 1])

    return _in_a_table(blocks, rng, of)


# --- headers ---------------------------------------------------------------------------------------------------------
@kind
def header_cells_glued(blocks: Blocks, rng: random.Random) -> Blocks:
    return _neighbours(
        blocks, rng, lambda a, b: [Cell(a.text + b.text, max(a.rows, b.rows), a.columns + b.columns, None)]
    )


@kind
def border_of_header_cells_moved(blocks: Blocks, rng: random.Random) -> Blocks:
    """Let a cell of a header cover a column of its neighbour."""

    def moved(one: Cell, other: Cell) -> Row:
        if other.columns > 1:
            return [replace(one, columns=one.columns + 1), replace(other, columns=other.columns - 1)]
        if one.columns > 1:
            return [replace(one, columns=one.columns - 1), replace(other, columns=other.columns + 1)]
        return [one, other]

    return _neighbours(blocks, rng, moved)


@kind
def end_of_a_header_cell_in_the_next(blocks: Blocks, rng: random.Random) -> Blocks:
    def cut(one: Cell, other: Cell) -> Row:
        at = max(1, len(one.text) // 2)
        return [one.anew(one.text[:at]), other.anew(one.text[at:] + other.text)]

    return _neighbours(blocks, rng, cut)


@kind
def header_cell_from_a_list(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, False, lambda cell: cell.text, lambda cell: [cell.anew(rng.choice(WORDS))])


@kind
def header_cells_all_the_same(blocks: Blocks, rng: random.Random) -> Blocks:
    def same(block: Block) -> None:
        at = rng.randrange(_first(block))
        text = rng.choice([cell.text for cell in block.rows[at]] or [""])
        block.rows[at] = [cell.anew(text) for cell in block.rows[at]]

    return _in_a_table(blocks, rng, same)


@kind
def header_row_one_column_off(blocks: Blocks, rng: random.Random) -> Blocks:
    """Put a blank cell before a row of a header; the last one is lost."""

    def pushed(block: Block) -> None:
        at = rng.randrange(_first(block))
        block.rows[at] = [Cell("", 1, 1, None), *block.rows[at][:-1]]

    return _in_a_table(blocks, rng, pushed)


@kind
def class_of_codes_changed(blocks: Blocks, rng: random.Random) -> Blocks:
    old, new = rng.choice(CLASSES)
    return change_cell(
        blocks, rng, False, lambda cell: old in cell.text, lambda cell: [cell.anew(cell.text.replace(old, new))]
    )


@kind
def years_of_a_header_changed(blocks: Blocks, rng: random.Random) -> Blocks:
    by = rng.choice([-1, 1])

    def change(block: Block) -> None:
        for row in block.rows[: _first(block)]:
            row[:] = [
                cell.anew(YEAR.sub(lambda year: str(int(year.group()) + by), cell.text))
                if YEAR.search(cell.text)
                else cell
                for cell in row
            ]

    return _in_a_table(blocks, rng, change)


@kind
def header_as_paragraphs(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print the rows of a header as lines above their table."""
    blocks = copy(blocks)
    found = [at for at, block in enumerate(blocks) if block.rows and _whole(block)]
    if found:
        at = rng.choice(found)
        block = blocks[at]
        lines = [Block(" ".join(cell.text for cell in row)) for row in block.rows[: _first(block)]]
        blocks[at : at + 1] = [*lines, Block(rows=block.rows[_first(block) :])]
    return blocks


@kind
def header_below_its_table(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block) -> None:
        first = _first(block)
        block.rows = [*block.rows[first:], *([cell.anew() for cell in row] for row in block.rows[:first])]

    return _in_a_table(blocks, rng, change)


# --- titles and units ------------------------------------------------------------------------------------------------
@kind
def title_with_the_end_of_another(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    if titles := titles_in(blocks):
        one, other = blocks[rng.choice(titles)], blocks[rng.choice(titles)].text
        one.text = one.text[: len(one.text) // 2] + other[len(other) // 2 :]
    return blocks


@kind
def title_in_two_paragraphs(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    if titles := titles_in(blocks):
        at = rng.choice(titles)
        text = blocks[at].text
        cut = rng.randrange(1, len(text))
        parts = [Block(text[:cut]), Block(text[cut:])]
        blocks[at : at + 1] = parts if rng.random() < 0.7 else parts[::-1]
    return blocks


@kind
def title_below_its_table(blocks: Blocks, rng: random.Random) -> Blocks:
    if titles := titles_in(blocks):
        at = rng.choice(titles)
        below = next((there for there in range(at, len(blocks)) if blocks[there].rows), at)
        return [*blocks[:at], *blocks[at + 1 : below + 1], blocks[at], *blocks[below + 1 :]]
    return blocks


@kind
def contents_among_tables(blocks: Blocks, rng: random.Random) -> Blocks:
    at = rng.randrange(len(blocks) + 1)
    return [*blocks[:at], *(Block(blocks[title].text) for title in titles_in(blocks)), *blocks[at:]]


@kind
def note_above_a_table(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print a sentence, a unit or a year above a table that says something else than the table does."""
    note = rng.choice(
        [
            "注：本表金额单位为万元。",
            "单位：千元",
            "单位：元",
            "2018年支出决算情况如下：",
            "其中：财政拨款收入1,234.56万元。",
            "本表反映部门本年度政府性基金预算支出。",
            "二、政府性基金预算",
            "（续）",
            "下属单位：",
            "2017年度",
        ]  # fmt: skip
    )
    at = rng.choice([at for at, block in enumerate(blocks) if block.rows])
    at -= rng.choice([0, 1])
    return [*blocks[:at], Block(note), *blocks[at:]]


# --- rows and tables -------------------------------------------------------------------------------------------------
@kind
def section_between_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """A row of one cell that names another fund, source, year or class."""

    def change(block: Block) -> None:
        at = rng.randrange(_first(block), len(block.rows))
        block.rows.insert(at, _wide(block, rng.choice(SECTIONS)))

    return _in_a_table(blocks, rng, change)


@kind
def parts_of_a_table_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print the lower rows of a table before its upper ones, below the header."""

    def change(block: Block) -> None:
        first = _first(block)
        at = rng.randrange(first, len(block.rows))
        block.rows = [*block.rows[:first], *block.rows[at:], *block.rows[first:at]]

    return _in_a_table(blocks, rng, change)


@kind
def lower_halves_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if _whole(block)]
    if len(found) > 1:
        one, other = rng.sample(found, 2)
        here, there = (rng.randrange(_first(block), len(block.rows)) for block in (one, other))
        one.rows[here:], other.rows[there:] = other.rows[there:], one.rows[here:]
    return blocks


@kind
def table_again_under_another_title(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print a table once more below the title of another one."""
    titles = titles_in(blocks)
    tables = tables_in(blocks)
    if not titles:
        return blocks
    title, table = rng.choice(titles), rng.choice(tables)
    again = Block(rows=[[cell.anew() for cell in row] for row in table.rows])
    return [*blocks[: title + 1], again, *blocks[title + 1 :]]


@kind
def title_as_the_last_row_of_the_table_before(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    places = [at for at in titles_in(blocks) if any(block.rows for block in blocks[:at])]
    if places:
        at = rng.choice(places)
        before = next(block for block in reversed(blocks[:at]) if block.rows)
        before.rows.append(_wide(before, blocks[at].text))
        del blocks[at]
    return blocks


@kind
def first_column_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    """Lose the first cell of every row of the header, and of none below."""

    def change(block: Block) -> None:
        first = _first(block)
        block.rows[:first] = [row[1:] for row in block.rows[:first]]

    return _in_a_table(blocks, rng, change)


# --- the cells of a whole header --------------------------------------------------------------------------------------
def _in_a_header(blocks: Blocks, rng: random.Random, change: Callable[[Row], Row]) -> Blocks:
    """Change one row of a header."""

    def of(block: Block) -> None:
        at = rng.randrange(_first(block))
        block.rows[at] = change(block.rows[at])

    return _in_a_table(blocks, rng, of)


@kind
def header_cells_in_reverse(blocks: Blocks, rng: random.Random) -> Blocks:
    """Set the cells of a row of a header from right to left."""
    return _in_a_header(blocks, rng, lambda row: row[::-1])


@kind
def header_cell_set_twice(blocks: Blocks, rng: random.Random) -> Blocks:
    """Set a cell of a header twice, so that what stands right of it moves by one."""

    def twice(row: Row) -> Row:
        at = rng.randrange(len(row) or 1)
        return [*row[: at + 1], *(cell.anew() for cell in row[at : at + 1]), *row[at + 1 :]]

    return _in_a_header(blocks, rng, twice)


@kind
def header_words_cut_short(blocks: Blocks, rng: random.Random) -> Blocks:
    """Leave of each cell of a row of a header its first two characters, as a narrow column does."""
    return _in_a_header(blocks, rng, lambda row: [cell.anew(cell.text[:2]) for cell in row])


@kind
def header_words_without_their_beginning(blocks: Blocks, rng: random.Random) -> Blocks:
    """Leave of each cell of a row of a header its last two characters."""
    return _in_a_header(blocks, rng, lambda row: [cell.anew(cell.text[-2:]) for cell in row])


@kind
def header_again_below_the_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """Set a header again below the last row."""

    def again(block: Block) -> None:
        block.rows += [[cell.anew() for cell in row] for row in block.rows[: _first(block)]]

    return _in_a_table(blocks, rng, again)


@kind
def header_word_in_brackets(blocks: Blocks, rng: random.Random) -> Blocks:
    """Put a word of another cell in brackets behind one of a header."""
    return _neighbours(blocks, rng, lambda a, b: [a.anew(f"{a.text}（{b.text}）"), b])
