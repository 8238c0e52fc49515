"""Cells of a performance table in flowing text: lines that a cell was wrapped to, joined again."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.context import Context, Piece
from pipeline.extract.patterns import fold, places_kept

_OPENING, _CLOSING, _BLANK = "“‘「『", "”’」』", " \u3000\t\r\n"
_ENDS = " \u3000"


@dataclass(slots=True)
class Block:
    """A cell: its pieces, and its text folded (for comparing) ."""

    pieces: list[Piece]
    folded: str

    @property
    def start(self) -> int:
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        return self.pieces[-1][1]


def cells_of(context: Context, first: int, last: int) -> list[Block]:
    """Cells of the lines ``first`` to ``last`` (exclusive). A wrapped line has no space at its end, a cell's last has."""
    return _blocks(context, first, last, at_blank=False)


def paragraphs_of(context: Context, first: int, last: int) -> list[Block]:
    """Runs of lines that no empty line parts."""
    return _blocks(context, first, last, at_blank=True)


def _blocks(context: Context, first: int, last: int, at_blank: bool) -> list[Block]:
    """Cells that end with a space or, where they end ``at_blank`` lines only, at lines without anything."""
    text = context.document.text
    cells: list[list[Piece]] = []
    open_cell = False
    for _, start, end, _ in context.document.lines[first:last]:
        raw = text[start:end]
        bare = raw.strip()
        if not bare:
            open_cell = open_cell and not (at_blank or raw)
            continue
        if not open_cell:
            cells.append([])
        start += raw.index(bare)
        cells[-1].append((start, start + len(bare)))
        open_cell = at_blank or raw[-1] not in _ENDS
    return [Block(pieces, "".join([fold(text[a:b]) for a, b in pieces])) for pieces in cells]


def cut(context: Context, block: Block, lead: int, tail: int = 0) -> Block:
    """The block without its first ``lead`` and last ``tail`` folded characters."""
    text = context.document.text
    offsets: list[int] = []
    for a, b in block.pieces:
        offsets += places_kept(text, a, b)
    kept = offsets[lead : len(offsets) - tail]
    if not kept:
        return Block([], "")
    # Folding drops quotation marks: those that open or close what is kept are part of it.
    first, last = kept[0], kept[-1] + 1
    before = text[offsets[lead - 1] + 1 if lead else block.start : first]
    first -= len(before) - len(before.rstrip(_OPENING + _BLANK)) if set(_OPENING) & set(before) else 0
    after = text[last : offsets[len(offsets) - tail] if tail else block.end]
    last += len(after) - len(after.lstrip(_CLOSING + _BLANK)) if set(_CLOSING) & set(after) else 0
    pieces = [(max(a, first), min(b, last)) for a, b in block.pieces]
    pieces = [(a, b) for a, b in pieces if a < b]
    return Block(pieces, "".join([fold(text[a:b]) for a, b in pieces]))
