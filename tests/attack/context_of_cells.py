"""Damages to what the rows of cells are read by: headers, titles, units and neighbours of another kind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.attack.cells import Block, Blocks, Cell, change_cell, copy, is_body, kind, row_in, tables_in, titles_in
from tests.attack.context import BETWEEN, HEADER_WORDS, TITLE_WORDS, TITLES, another_word, with_other_digits
from tests.attack.text import AMOUNT, CODE

Rows = list[list[Cell]]


def _new(rows: Rows) -> Rows:
    return [[cell.anew() for cell in row] for row in rows]


def _first(block: Block) -> int:
    """Where the rows of a table begin, below its header."""
    return next((at for at, row in enumerate(block.rows) if is_body(row)), len(block.rows))


def _wide(block: Block, text: str) -> list[Cell]:
    """A row of one cell as wide as the table."""
    return [Cell(text, 1, max(sum(cell.columns for cell in row) for row in block.rows), None)]


def _above(blocks: Blocks, block: Block) -> int:
    return next(at for at, each in enumerate(blocks) if each is block)


def _on_a_table(blocks: Blocks, rng: random.Random, change: Callable[[Block, Block], None]) -> Blocks:
    """Change a table in place; ``change`` gets it and another one."""
    blocks = copy(blocks)
    found = [block for block in tables_in(blocks) if any(is_body(row) for row in block.rows)]
    if len(found) > 1:
        change(*rng.sample(found, 2))
    return blocks


# --- headers ---------------------------------------------------------------------------------------------------------
@kind
def header_cells_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, False)
    filled = [place for place, cell in enumerate(block.rows[at]) if cell.text]
    if len(filled) > 1:
        one, other = rng.sample(filled, 2)
        texts = {one: block.rows[at][other].text, other: block.rows[at][one].text}
        block.rows[at] = [
            cell.anew(texts[place]) if place in texts else cell for place, cell in enumerate(block.rows[at])
        ]
    return blocks


@kind
def header_cell_of_a_neighbour(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(
        blocks,
        rng,
        False,
        lambda cell: another_word(cell.text, HEADER_WORDS, random.Random(1)) != cell.text,
        lambda cell: [cell.anew(another_word(cell.text, HEADER_WORDS, rng))],
    )


@kind
def header_of_another_table(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        block.rows[: _first(block)] = _new(other.rows[: _first(other)])

    return _on_a_table(blocks, rng, change)


@kind
def header_of_another_table_among_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        at = rng.randrange(_first(block), len(block.rows))
        block.rows[at:at] = _new(other.rows[: _first(other)])

    return _on_a_table(blocks, rng, change)


@kind
def header_rows_reversed(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        block.rows[: _first(block)] = block.rows[: _first(block)][::-1]

    return _on_a_table(blocks, rng, change)


@kind
def header_below_its_first_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        first, by = _first(block), rng.randrange(1, 5)
        block.rows = [*block.rows[first : first + by], *block.rows[:first], *block.rows[first + by :]]

    return _on_a_table(blocks, rng, change)


# --- titles and units ------------------------------------------------------------------------------------------------
@kind
def title_word_of_another(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    if found := titles_in(blocks):
        block = blocks[rng.choice(found)]
        block.text = another_word(block.text, TITLE_WORDS, rng)
    return blocks


@kind
def second_title(blocks: Blocks, rng: random.Random) -> Blocks:
    found = titles_in(blocks)
    at = rng.choice(found) + rng.choice([0, 1]) if found else 0
    return [*blocks[:at], Block(rng.choice(TITLES)), *blocks[at:]]


@kind
def titles_lost_but_one(blocks: Blocks, rng: random.Random) -> Blocks:
    found = titles_in(blocks)
    kept = rng.choice(found) if found else -1
    return [block for at, block in enumerate(blocks) if at == kept or at not in found]


@kind
def title_in_a_cell(blocks: Blocks, rng: random.Random) -> Blocks:
    """The title of a table, or of another, is its first row."""

    def change(block: Block, other: Block) -> None:
        at = rng.choice([0, _first(block), rng.randrange(len(block.rows))])
        block.rows.insert(at, _wide(block, rng.choice(TITLES)))

    return _on_a_table(blocks, rng, change)


@kind
def unit_changed(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    found = [block for block in blocks if re.search("单位[:：].*元", block.text)]
    if found:
        block = rng.choice(found)
        block.text = (
            block.text.replace("万元", "元") if "万元" in block.text else re.sub("元(?=$|）)", "万元", block.text)
        )
    return blocks


@kind
def unit_in_a_cell(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        at = rng.choice([0, _first(block), rng.randrange(len(block.rows))])
        block.rows.insert(at, _wide(block, rng.choice(["单位：元", "单位：万元", "金额单位：千元"])))

    return _on_a_table(blocks, rng, change)


@kind
def year_changed(blocks: Blocks, rng: random.Random) -> Blocks:
    by, year = rng.choice([-1, 1]), re.compile(r"20\d\d")
    return change_cell(
        blocks,
        rng,
        False,
        lambda cell: year.search(cell.text),
        lambda cell: [cell.anew(year.sub(lambda m: str(int(m.group()) + by), cell.text, count=1))],
    )


@kind
def year_of_a_title_changed(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks, by = copy(blocks), rng.choice([-1, 1])
    if found := titles_in(blocks):
        block = blocks[rng.choice(found)]
        block.text = re.sub(r"20\d\d", lambda m: str(int(m.group()) + by), block.text, count=1)
    return blocks


# --- neighbours ------------------------------------------------------------------------------------------------------
@kind
def table_inside_a_table(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        at = rng.randrange(_first(block), len(block.rows))
        start = rng.choice([0, _first(other)])
        block.rows[at:at] = _new(other.rows[start:])

    return _on_a_table(blocks, rng, change)


@kind
def table_below_its_neighbour(blocks: Blocks, rng: random.Random) -> Blocks:
    """The rows of a table stand below those of the one before with its title and unit as rows, as one table."""
    blocks = copy(blocks)
    places = [at for at, block in enumerate(blocks) if block.rows]
    if len(places) > 1:
        at = rng.randrange(len(places) - 1)
        one, other = places[at], places[at + 1]
        block = blocks[one]
        between = [_wide(block, each.text) for each in blocks[max(one + 1, other - 3) : other] if each.text]
        block.rows += [*between, *blocks[other].rows]
        del blocks[one + 1 : other + 1]
    return blocks


@kind
def rows_of_the_next_table_first(blocks: Blocks, rng: random.Random) -> Blocks:
    """The first rows of a table stand at the end of the one before."""
    blocks = copy(blocks)
    found = tables_in(blocks)
    if len(found) > 1:
        at = rng.randrange(len(found) - 1)
        first, by = _first(found[at + 1]), rng.randrange(1, 6)
        found[at].rows += found[at + 1].rows[first : first + by]
        del found[at + 1].rows[first : first + by]
    return blocks


@kind
def rows_shuffled(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        start = rng.randrange(_first(block), len(block.rows))
        part = block.rows[start : start + 12]
        block.rows[start : start + 12] = rng.sample(part, len(part))

    return _on_a_table(blocks, rng, change)


@kind
def rows_of_a_level_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    digits = rng.choice([3, 5, 7])

    def of_level(cells: list[Cell]) -> bool:
        return any(CODE.fullmatch(cell.text.strip()) and len(cell.text.strip()) == digits for cell in cells)

    def change(block: Block, other: Block) -> None:
        first = _first(block)
        block.rows[first:] = [each for each in block.rows[first:] if not of_level(each)]

    return _on_a_table(blocks, rng, change)


@kind
def total_row_with_other_amounts(blocks: Blocks, rng: random.Random) -> Blocks:
    def change(block: Block, other: Block) -> None:
        totals = [each for each in block.rows if any(re.fullmatch("合 *计|.*总计", cell.text.strip()) for cell in each)]
        for each in totals[:1]:
            copied = [cell.anew(AMOUNT.sub(with_other_digits, cell.text)) for cell in each]
            block.rows.insert(rng.randrange(_first(block), len(block.rows) + 1), copied)

    return _on_a_table(blocks, rng, change)


@kind
def words_between_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """A row with words in one of its cells and nothing in the others."""

    def change(block: Block, other: Block) -> None:
        at = rng.randrange(_first(block), len(block.rows))
        blank = [Cell("", 1, cell.columns, None) for cell in block.rows[at]]
        place = rng.randrange(len(blank)) if blank else 0
        blank[place : place + 1] = [Cell(rng.choice(BETWEEN), 1, 1, None)]
        block.rows.insert(at, blank)

    return _on_a_table(blocks, rng, change)


@kind
def amounts_between_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """A row with the amounts of another and none of its words."""

    def change(block: Block, other: Block) -> None:
        at = rng.randrange(_first(block), len(block.rows))
        bare = [
            cell if AMOUNT.fullmatch(cell.text.strip()) else Cell("", cell.rows, cell.columns, None)
            for cell in block.rows[at]
        ]
        block.rows.insert(at, _new([bare])[0])

    return _on_a_table(blocks, rng, change)


@kind
def ordinals_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    """The ordinals of the labels of a table are lost."""

    def change(block: Block, other: Block) -> None:
        level = rng.choice(["[一二三四五六七八九十]+、", r"\d+[、.]", "（[一二三四五六七八九十]+）"])
        block.rows = [[replace(cell, text=re.sub(f"^{level}", "", cell.text)) for cell in each] for each in block.rows]

    return _on_a_table(blocks, rng, change)


# --- as converters and copies make them -----------------------------------------------------------------------------
def _in_a_table(blocks: Blocks, rng: random.Random, change: Callable[[Block, int], None]) -> Blocks:
    """Change a table in place; ``change`` gets it and one of its rows that shares no cell with those beside it."""

    def changed(block: Block, _: Block) -> None:
        plain = [all(cell.rows == 1 for cell in row) for row in block.rows]
        places = [at for at in range(_first(block) + 1, len(block.rows)) if plain[at] and plain[at - 1]]
        if places:
            change(block, rng.choice(places))

    return _on_a_table(blocks, rng, changed)


def _blank(columns: int = 1) -> Cell:
    return Cell("", 1, columns, None)


@kind
def merged_cells_split(blocks: Blocks, rng: random.Random) -> Blocks:
    """Split cells over several columns; only the first one keeps the words, or all have them."""
    filled = rng.choice((False, True))

    def change(block: Block, _: Block) -> None:
        for row in block.rows:
            row[:] = [
                replace(cell, columns=1, text=cell.text if not at or filled else "", origin=None if at else cell.origin)
                for cell in row
                for at in range(cell.columns)
            ]

    return _on_a_table(blocks, rng, change)


@kind
def numbers_of_rows_added(blocks: Blocks, rng: random.Random) -> Blocks:
    """Put a column before a table that numbers its rows."""

    def change(block: Block, _: Block) -> None:
        first = _first(block)
        for at, row in enumerate(block.rows):
            row.insert(0, Cell("序号" if at == 0 else str(at - first + 1) if at >= first else "", 1, 1, None))

    return _on_a_table(blocks, rng, change)


@kind
def numbers_of_columns_added(blocks: Blocks, rng: random.Random) -> Blocks:
    """Number the columns below the header (栏次)."""

    def change(block: Block, _: Block) -> None:
        wide = max(sum(cell.columns for cell in row) for row in block.rows)
        row = [Cell(str(at) if at else "栏次", 1, 1, None) for at in range(wide)]
        block.rows.insert(_first(block), row)

    return _on_a_table(blocks, rng, change)


@kind
def blank_column_below_a_header(blocks: Blocks, rng: random.Random) -> Blocks:
    """Put a blank column among the rows of a table, and not in their header."""

    def change(block: Block, _: Block) -> None:
        rows = block.rows[_first(block) :]
        at = rng.randrange(1, max(2, min(map(len, rows))))
        for row in rows:
            row.insert(at, _blank())

    return _on_a_table(blocks, rng, change)


@kind
def row_cut_in_two(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print the first cells of a row, and the others in a row below."""

    def change(block: Block, at: int) -> None:
        row = block.rows[at]
        cut = rng.randrange(1, max(2, len(row)))
        blanks = [_blank(cell.columns) for cell in row]
        block.rows[at : at + 1] = [[*row[:cut], *blanks[cut:]], [*blanks[:cut], *row[cut:]]]

    return _in_a_table(blocks, rng, change)


@kind
def two_rows_in_one(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print two rows in the cells of one."""

    def change(block: Block, at: int) -> None:
        pairs = zip(block.rows[at - 1], block.rows[at], strict=False)
        block.rows[at - 1 : at + 1] = [[replace(one, text=f"{one.text} {other.text}") for one, other in pairs]]

    return _in_a_table(blocks, rng, change)


@kind
def label_merged_over_two_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """Let the first cell of a row reach over that of the next."""

    def change(block: Block, at: int) -> None:
        above, row = block.rows[at - 1], block.rows[at]
        if above[0].columns == row[0].columns and len(row) > 1:
            above[0] = replace(above[0], rows=2)
            del row[0]

    return _in_a_table(blocks, rng, change)


@kind
def code_and_name_in_a_cell(blocks: Blocks, rng: random.Random) -> Blocks:
    """Print the codes of a table in the cells of their names."""

    def change(block: Block, _: Block) -> None:
        for row in block.rows:
            for at, (one, other) in enumerate(zip(row, row[1:], strict=False)):
                if CODE.fullmatch(one.text.strip()) and not AMOUNT.search(other.text) and other.text:
                    row[at : at + 2] = [_blank(one.columns), replace(other, text=one.text.strip() + other.text)]
                    break

    return _on_a_table(blocks, rng, change)


@kind
def whole_head_of_another_table_among_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    """Cut a table in two and put the title, the unit and the header of another one over its second part."""
    blocks = copy(blocks)
    titled = [at for at in titles_in(blocks) if any(block.rows for block in blocks[at : at + 4])]
    found = [at for at, block in enumerate(blocks) if len(block.rows) > _first(block) + 2]
    if not titled or not found:
        return blocks
    at, title = rng.choice(found), rng.choice(titled)
    below = next(place for place in range(title, len(blocks)) if blocks[place].rows)
    block, other = blocks[at], blocks[below]
    cut = rng.randrange(_first(block) + 1, len(block.rows))
    lower = Block(rows=[*_new(other.rows[: _first(other)]), *block.rows[cut:]])
    blocks[at : at + 1] = [Block(rows=block.rows[:cut]), *(Block(each.text) for each in blocks[title:below]), lower]
    return blocks
