"""Damages to tables of cells: rows, columns and cells of a web page moved, lost, merged, and the page written anew."""

from __future__ import annotations

import html
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipeline.ingest.document import Document
from tests.attack.following import Followed, document_of, extraction_of, followed
from tests.attack.text import AMOUNT, CHINESE


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it prints, what it covers, and its number in the original (None for a new one)."""

    text: str
    rows: int
    columns: int
    origin: int | None

    def anew(self, text: str | None = None) -> Cell:
        """The cell as a new one, of no place in the original; with another text where one is given."""
        return replace(self, text=self.text if text is None else text, origin=None)


@dataclass(slots=True)
class Block:
    """A paragraph, or a table as rows of cells; a merged cell stands in its first row only."""

    text: str = ""
    rows: list[list[Cell]] = field(default_factory=list)


Blocks = list[Block]
Mutation = Callable[[Blocks, random.Random], Blocks]
KINDS: dict[str, Mutation] = {}


def kind(mutation: Mutation) -> Mutation:
    """Register a mutation under the name of its function."""
    KINDS[mutation.__name__] = mutation
    return mutation


def blocks_of(document: Document) -> Blocks:
    """The tables of cells of a document and the lines before, between and behind them, without most of its prose."""
    blocks: Blocks = []
    number = 0
    tables = {document.line_at(table.start).number: table for table in document.tables if table.end > table.start}
    until = 0
    for line in document.lines:
        table = tables.get(line.number)
        if table is not None and line.number > until:
            rows: list[list[Cell]] = [[] for _ in range(table.row_count)]
            for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
                text = "".join(document.text[start:end] for start, end in cell.pieces)
                rows[cell.row].append(Cell(text, cell.rows, cell.columns, number))
                number += 1
            blocks.append(Block(rows=rows))
            until = document.line_at(table.end - 1).number
        elif line.number > until and (text := document.text[line.start : line.end].strip()):
            blocks.append(Block(text))
    near = {at + by for at, block in enumerate(blocks) if block.rows for by in range(-6, 4)}
    return [block for at, block in enumerate(blocks) if at in near or at < 12]


def written(blocks: Blocks) -> bytes:
    """The blocks as a web page."""
    parts = ['<html><head><meta charset="utf-8"></head><body>']
    for block in blocks:
        if not block.rows:
            parts.append(f"<p>{html.escape(block.text)}</p>")
            continue
        parts.append("<table>")
        for row in block.rows:
            cells = (f'<td rowspan="{c.rows}" colspan="{c.columns}">{html.escape(c.text)}</td>' for c in row)
            parts.append(f"<tr>{''.join(cells)}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]).encode()


def reading(blocks: Blocks) -> Followed:
    """Read the page written; amounts by their cells, which it prints in order."""
    document = document_of(written(blocks), "x.html")
    extraction = extraction_of(document)
    origins: dict[int, int] = {}
    if isinstance(document, Document):
        at = 0
        for cell in (cell for block in blocks for row in block.rows for cell in row):
            if cell.text.strip():
                start = document.text.find(cell.text.strip(), at)
                if start >= 0:
                    at = start + len(cell.text.strip())
                    if cell.origin is not None:
                        origins[start] = cell.origin
    return followed(extraction, origins)


def untouched(original: Blocks, mutated: Blocks) -> set[int]:
    """The cells whose row prints the same."""

    def rows(blocks: Blocks) -> dict[int, list[Cell]]:
        return {cell.origin: row for block in blocks for row in block.rows for cell in row if cell.origin is not None}

    after = rows(mutated)
    return {origin for origin, row in rows(original).items() if after.get(origin) == row}


# --- what mutations pick ---------------------------------------------------------------------------------------------
def copy(blocks: Blocks) -> Blocks:
    return [Block(block.text, [list(row) for row in block.rows]) for block in blocks]


def tables_in(blocks: Blocks) -> Blocks:
    return [block for block in blocks if block.rows]


def _is_amount(cell: Cell) -> bool:
    return AMOUNT.fullmatch(cell.text.strip()) is not None


def is_body(row: list[Cell]) -> bool:
    return any(_is_amount(cell) for cell in row)


def row_in(blocks: Blocks, rng: random.Random, body: bool) -> tuple[Block, int]:
    """A row with amounts, or one of the words above the first of them."""
    found = []
    for block in tables_in(blocks):
        first = next((at for at, row in enumerate(block.rows) if is_body(row)), len(block.rows))
        found += [(block, at) for at, row in enumerate(block.rows) if (is_body(row) if body else at < first)]
    return rng.choice(found or [(block, 0) for block in tables_in(blocks)])


def titles_in(blocks: Blocks) -> list[int]:
    return [
        at for at, block in enumerate(blocks) if not block.rows and block.text.endswith("表") and len(block.text) < 40
    ]


def change_cell(
    blocks: Blocks,
    rng: random.Random,
    body: bool,
    wanted: Callable[[Cell], object],
    change: Callable[[Cell], list[Cell]],
) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, body)
    places = [place for place, cell in enumerate(block.rows[at]) if wanted(cell)]
    if places:
        place = rng.choice(places)
        block.rows[at][place : place + 1] = change(block.rows[at][place])
    return blocks


def _garbled(text: str, rng: random.Random) -> str:
    places = [match.start() for match in CHINESE.finditer(text)]
    at = rng.choice(places) if places else 0
    return text[:at] + rng.choice("口曰巳入末己士") + text[at + 1 :]


def _garbled_cell(blocks: Blocks, rng: random.Random, body: bool) -> Blocks:
    """A cell with words that is garbled, of the body or of the header."""
    return change_cell(
        blocks,
        rng,
        body,
        lambda cell: CHINESE.search(cell.text),
        lambda cell: [cell.anew(_garbled(cell.text, rng))],
    )


def _any(cell: Cell) -> bool:
    return True


# --- cells -----------------------------------------------------------------------------------------------------------
@kind
def cell_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [])


@kind
def cell_emptied(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [cell.anew("")])


@kind
def cell_inserted(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [Cell("", 1, 1, None), cell])


@kind
def cell_doubled(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [cell, cell.anew()])


@kind
def cell_made_wider(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [replace(cell, columns=cell.columns + 1, origin=None)])


@kind
def cell_made_higher(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, True, _any, lambda cell: [replace(cell, rows=cell.rows + 1, origin=None)])


@kind
def label_garbled(blocks: Blocks, rng: random.Random) -> Blocks:
    return _garbled_cell(blocks, rng, True)


# --- headers ---------------------------------------------------------------------------------------------------------
@kind
def header_cell_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, False, _any, lambda cell: [])


@kind
def header_cell_emptied(blocks: Blocks, rng: random.Random) -> Blocks:
    return change_cell(blocks, rng, False, _any, lambda cell: [cell.anew("")])


@kind
def header_cell_garbled(blocks: Blocks, rng: random.Random) -> Blocks:
    return _garbled_cell(blocks, rng, False)


@kind
def header_spans_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    """A header's row without its spans: blank cells stand for what they covered."""
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, False)
    block.rows[at] = [
        one
        for cell in block.rows[at]
        for one in (replace(cell, columns=1), *[Cell("", cell.rows, 1, None)] * (cell.columns - 1))
    ]
    return blocks


@kind
def header_span_one_off(blocks: Blocks, rng: random.Random) -> Blocks:
    by = rng.choice([-1, 1])
    return change_cell(
        blocks, rng, False, lambda cell: cell.columns > 1, lambda cell: [replace(cell, columns=cell.columns + by)]
    )


@kind
def header_row_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, False)
    del block.rows[at]
    return blocks


@kind
def header_row_among_rows(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    block.rows.insert(at, [replace(cell, origin=None, rows=1) for cell in block.rows[0]])
    return blocks


# --- rows and columns ------------------------------------------------------------------------------------------------
@kind
def row_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    del block.rows[at]
    return blocks


@kind
def row_doubled(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    block.rows.insert(at, [cell.anew() for cell in block.rows[at]])
    return blocks


@kind
def row_moved(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    row = block.rows.pop(at)
    block.rows.insert(rng.randrange(len(block.rows) + 1), row)
    return blocks


@kind
def row_of_another_table(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    other, there = row_in(blocks, rng, True)
    block.rows.insert(at, [cell.anew() for cell in other.rows[there]])
    return blocks


@kind
def blank_row_inserted(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    block.rows.insert(at, [Cell("", 1, 1, None) for _ in range(sum(cell.columns for cell in block.rows[at]))])
    return blocks


@kind
def note_row_inserted(blocks: Blocks, rng: random.Random) -> Blocks:
    note = rng.choice(["注：本表有四舍五入。", "其中：本级支出", "部门资金安排明细", "单位：元", "2024年项目支出表"])
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    block.rows.insert(at, [Cell(note, 1, sum(cell.columns for cell in block.rows[at]), None)])
    return blocks


@kind
def columns_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    """Two columns of the rows with amounts change places; the header stays."""
    blocks = copy(blocks)
    block, _ = row_in(blocks, rng, True)
    place = rng.randrange(max(1, max(map(len, block.rows)) - 1))
    for row in block.rows:
        if is_body(row) and len(row) > place + 1:
            row[place : place + 2] = row[place : place + 2][::-1]
    return blocks


@kind
def column_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, _ = row_in(blocks, rng, True)
    place = rng.randrange(max(map(len, block.rows)))
    for row in block.rows:
        if is_body(row) and len(row) > place:
            del row[place]
    return blocks


# --- tables ----------------------------------------------------------------------------------------------------------
@kind
def title_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    titles = titles_in(blocks)
    gone = rng.choice(titles) if titles else -1
    return [block for at, block in enumerate(blocks) if at != gone]


@kind
def title_garbled(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    if titles := titles_in(blocks):
        block = blocks[rng.choice(titles)]
        block.text = _garbled(block.text, rng)
    return blocks


@kind
def titles_exchanged(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    titles = titles_in(blocks)
    if len(titles) > 1:
        at = rng.randrange(len(titles) - 1)
        one, other = blocks[titles[at]], blocks[titles[at + 1]]
        one.text, other.text = other.text, one.text
        for block in blocks[titles[at] : titles[at + 1] + 8]:
            block.rows = [[cell.anew() for cell in row] for row in block.rows]
    return blocks


@kind
def paragraph_lost(blocks: Blocks, rng: random.Random) -> Blocks:
    gone = rng.choice([at for at, block in enumerate(blocks) if not block.rows] or [-1])
    return [block for at, block in enumerate(blocks) if at != gone]


@kind
def table_moved(blocks: Blocks, rng: random.Random) -> Blocks:
    rest = list(blocks)
    block = rest.pop(rng.choice([at for at, block in enumerate(rest) if block.rows]))
    rest.insert(rng.randrange(len(rest) + 1), block)
    return rest


@kind
def tables_joined(blocks: Blocks, rng: random.Random) -> Blocks:
    """The rows of a table come below those of the one before, as one table."""
    blocks = copy(blocks)
    places = [at for at, block in enumerate(blocks) if block.rows]
    if len(places) > 1:
        at = rng.randrange(len(places) - 1)
        blocks[places[at]].rows += blocks[places[at + 1]].rows
        del blocks[places[at + 1]]
    return blocks


@kind
def table_cut_in_two(blocks: Blocks, rng: random.Random) -> Blocks:
    blocks = copy(blocks)
    block, at = row_in(blocks, rng, True)
    place = next(index for index, each in enumerate(blocks) if each is block)
    below = Block(rows=block.rows[at:])
    block.rows = block.rows[:at]
    between = [Block(text) for text in rng.choice([[], ["单位：元"], ["续表"], ["部门资金安排明细"], ["说明如下。"]])]
    return [*blocks[: place + 1], *between, below, *blocks[place + 1 :]]


def joined(blocks: Blocks, rng: random.Random, other: Blocks) -> Blocks:
    """A table of another document, with or without the lines above it, comes among those of this one."""
    places = [at for at, block in enumerate(other) if block.rows]
    at = rng.choice(places)
    taken = other[max(0, at - rng.choice([0, 3])) : at + 1]
    copied = [Block(one.text, [[cell.anew() for cell in row] for row in one.rows]) for one in taken]
    to = rng.randrange(len(blocks) + 1)
    return [*blocks[:to], *copied, *blocks[to:]]
