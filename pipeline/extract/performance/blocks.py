"""Cells of a performance table in flowing text: lines that a cell was wrapped to, joined again."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.context import Context, Piece
from pipeline.extract.patterns import fold, places_kept

_OPENING, _CLOSING, _BLANK = "“‘「『", "”’」』", " \u3000\t\r\n"


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
    return _blocks(context, first, last, lambda raw: raw.endswith((" ", "\u3000")))


def paragraphs_of(context: Context, first: int, last: int) -> list[Block]:
    """Runs of lines that no empty line parts."""
    return _blocks(context, first, last, lambda raw: False, at_blank=True)


def _blocks(context: Context, first: int, last: int, ends, at_blank: bool = False) -> list[Block]:  # type: ignore[no-untyped-def]
    document = context.document
    blocks: list[Block] = []
    pieces: list[Piece] = []

    def close() -> None:
        if pieces:
            text = fold("".join(document.text[a:b] for a, b in pieces))
            blocks.append(Block(list(pieces), text))
            pieces.clear()

    for line in document.lines[first:last]:
        raw = document.text[line.start : line.end]
        if not raw.strip():
            if at_blank or raw:
                close()
            continue
        lead = len(raw) - len(raw.lstrip())
        pieces.append((line.start + lead, line.start + len(raw.rstrip())))
        if ends(raw):
            close()
    close()
    return blocks


def cut(context: Context, block: Block, lead: int, tail: int = 0) -> Block:
    """The block without its first ``lead`` and last ``tail`` folded characters."""
    text = context.document.text
    offsets = [at for a, b in block.pieces for at in places_kept(text, a, b)]
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
    return Block(pieces, fold("".join(text[a:b] for a, b in pieces)))
