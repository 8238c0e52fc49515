"""Folding of prose: printed characters made comparable, with the place of each kept.

The folded text has no white space and no quotation marks; punctuation is full width. In the shape that
statements are read from, every number of the ledger stands as one character, so that a pattern never
mistakes a part of a number for the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.context import Piece
from pipeline.extract.ledger import Ledger, Token
from pipeline.extract.patterns import TRADITIONAL

#: A number, a year, and a number that another reader owns.
NUMBER, YEAR, TAKEN = "#", "Y", "@"

_TABLE: dict[int, int | str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
_TABLE |= {ord(a): b for a, b in zip("(),:;?!", "（），：；？！", strict=True)}
_TABLE |= {0xFF00 + ord(c) - 0x20: w for c, w in zip("(),:;?!", "（），：；？！", strict=True)}
_TABLE |= dict.fromkeys(map(ord, "“”\"'‘’「」『』　 \t\r\n \u200b\ufeff\f\v\x1c\x1d\x1e\x1f\x85"), None)
_TABLE |= {
    ord("—"): "-",
    ord("－"): "-",
    ord("–"): "-",
    ord("−"): "-",
    ord("﹪"): "%",
    ord("〔"): "（",
    ord("〕"): "）",
}
_TABLE |= TRADITIONAL
# The letters and signs that stand for numbers must not stand for themselves.
_SHAPE = {**_TABLE, **dict.fromkeys(map(ord, "#＃"), "＃"), **dict.fromkeys(map(ord, "YＹ"), "y")}
_SHAPE |= dict.fromkeys(map(ord, "@＠"), "＠")
_KEPT = re.compile(r"[^\s“”\"'‘’「」『』\u200b\ufeff]+")
_YEAR_DIGITS = re.compile(r"(?:19|20)\d\d|[12][０-９]{3}")
# 2022年, 2022 部门预算: what may follow the digits of a year.
_AFTER_YEAR = re.compile(r"\s*(?:年|部门|单位|财年|财政年度|年度|决算|预算)")


def fold(text: str) -> str:
    """``text`` without white space and quotation marks, punctuation in full width, digits in ASCII."""
    return text.translate(_TABLE)


def kept_places(source: str, start: int, end: int) -> list[int]:
    """Where the characters of ``source[start:end]`` stand that folding keeps: one for each character of the folded text."""
    return [at for at in range(start, end) if _TABLE.get(ord(source[at]), at) is not None]


@dataclass(slots=True)
class Folded:
    """A passage in the shape that statements are read from. ``places[i]`` is where character i is printed.

    ``tokens`` holds the number that stands for each NUMBER, YEAR and TAKEN character, by its index.
    """

    text: str
    places: list[int]
    tokens: dict[int, Token] = field(default_factory=dict)

    def span(self, start: int, end: int) -> Piece:
        """The stretch of the document that the characters ``start:end`` were printed on."""
        last = self.tokens.get(end - 1)
        return self.places[start], last.end if last else self.places[end - 1] + 1


def fold_pieces(source: str, pieces: list[Piece], ledger: Ledger) -> Folded:
    """The passage that ``pieces`` of ``source`` make, folded, with its numbers as single characters."""
    parts: list[str] = []
    places: list[int] = []
    tokens: dict[int, Token] = {}
    for start, end in pieces:
        position = start
        for token in ledger.within(start, end):
            _append(source, position, token.start, parts, places)
            tokens[len(places)] = token
            parts.append(_sign(source, token))
            places.append(token.start)
            position = token.end
        _append(source, position, end, parts, places)
    return Folded("".join(parts), places, tokens)


def _append(source: str, start: int, end: int, parts: list[str], places: list[int]) -> None:
    for run in _KEPT.finditer(source, start, end):
        parts.append(run.group().translate(_SHAPE))
        places.extend(range(*run.span()))


def _sign(source: str, token: Token) -> str:
    if token.cls != "unclaimed" or token.value is None:
        return TAKEN
    if _YEAR_DIGITS.fullmatch(token.printed) and _AFTER_YEAR.match(source, token.end):
        return YEAR
    return NUMBER
