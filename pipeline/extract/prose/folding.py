"""Folding of prose: printed characters made comparable, with the place of each kept.

The folded text has no white space and no quotation marks; punctuation is full width. In the shape that
statements are read from, every number of the ledger stands as one character, so that a pattern never
mistakes a part of a number for the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, pairwise

from pipeline.extract.context import Piece
from pipeline.extract.ledger import Ledger, Token, value_of
from pipeline.extract.patterns import CHINESE_YEAR, TRADITIONAL, year_in_numerals

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
#: What may stand between the parts of a number, what stands after an amount or a percentage, and what is one number.
_CUT_AT = ("", ".", ",")
_MEASURED = re.compile(r"\s*(?:[万亿千百]*元|[万亿](?![人个辆台套家])|[%％])")
#: No number of a table, an item or a note stands before one that has spaces.
_SPACED_NUMBER = re.compile(
    r"(?<![\d.,，\-－−目表图注第类件号])(?<![\d目表图注第类件号]\s)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?(?=\s*[万亿千百]*元)"
)
_ONE_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
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
    #: numbers at the end and at the beginning of lines that may be one or two
    unclear: list[Token] = field(default_factory=list)

    def span(self, start: int, end: int) -> Piece:
        """The stretch of the document that the characters ``start:end`` were printed on."""
        last = self.tokens.get(end - 1)
        return self.places[start], last.end if last else self.places[end - 1] + 1


def fold_pieces(source: str, pieces: list[Piece], ledger: Ledger) -> Folded:
    """The passage that ``pieces`` of ``source`` make, folded, with its numbers as single characters."""
    parts: list[str] = []
    places: list[int] = []
    tokens: dict[int, Token] = {}
    whole, unclear = _cut_numbers(source, pieces, ledger)
    read = 0
    for start, end in pieces:
        position = max(start, read)
        for token in _tokens(source, position, end, ledger):
            if token.start < read:
                continue  # a part of the number before it
            token = whole.get(token.start, token)
            _append(source, position, token.start, parts, places)
            if token.value is not None and token.value.is_signed():
                # The sign is a word of the sentence: 同比 -4%.
                parts.append("-")
                places.append(token.start)
            tokens[len(places)] = token
            parts.append(TAKEN if token in unclear else _sign(source, token))
            places.append(token.start)
            position = read = token.end
        _append(source, position, end, parts, places)
    return Folded("".join(parts), places, tokens, unclear)


def _tokens(source: str, start: int, end: int, ledger: Ledger) -> list[Token]:
    """The numbers of a piece, with the years in Chinese numerals, which no ledger holds."""
    years = [
        Token(*found.span(), found[0], Decimal(year_in_numerals(found[0])), cls="structure")
        for found in CHINESE_YEAR.finditer(source, start, end)
    ]
    tokens = ledger.within(start, end)
    return sorted([*tokens, *years], key=lambda token: token.start) if years else tokens


def _cut_numbers(source: str, pieces: list[Piece], ledger: Ledger) -> tuple[dict[int, Token], list[Token]]:
    """Amounts and percentages that the end of a line cut in two, by where they begin; and those of which that is unclear.

    Two numbers never follow each other in a sentence: where the digits make one number, it is that number.
    """
    whole = _spaced_numbers(source, pieces, ledger)
    unclear: list[Token] = []
    for (start, end), (below, stop) in pairwise(pieces):
        before, after = _grouped(source, ledger.within(start, end)), ledger.within(below, stop)[:1]
        if not before or not after or not _free(*before, after[0]) or not _MEASURED.match(source, after[0].end):
            continue
        first, last = whole.get(before[0].start, before[0]), after[0]
        ended = max(first.end, before[-1].end)
        between = source[ended:end].strip() + source[below : last.start].strip()
        if between not in _CUT_AT:
            continue
        printed = (source[first.start : ended] if len(before) > 1 else first.printed) + between + last.printed
        if _ONE_NUMBER.fullmatch(printed) and not (_YEAR_DIGITS.fullmatch(first.printed) and not between):
            parts = (*(first.parts or before), last)
            whole[first.start] = Token(first.start, last.end, printed, value_of(printed), parts=parts)
        else:
            unclear += [*before, last]
    return whole, unclear


def _spaced_numbers(source: str, pieces: list[Piece], ledger: Ledger) -> dict[int, Token]:
    """Amounts whose thousands a space sets apart (1 286.40万元), by where they begin."""
    whole: dict[int, Token] = {}
    for found in chain.from_iterable(_SPACED_NUMBER.finditer(source, *piece) for piece in pieces):
        parts = ledger.within(*found.span())
        if _free(*parts):
            whole[found.start()] = Token(*found.span(), found[0], value_of(found[0]), parts=tuple(parts))
    return whole


def _grouped(source: str, tokens: list[Token]) -> list[Token]:
    """The last of ``tokens`` with those before it that only a comma parts from it: 1,5 at the end of a line."""
    at = len(tokens) - 1
    while at > 0 and source[tokens[at - 1].end : tokens[at].start] in (",", "，"):
        at -= 1
    return tokens[max(at, 0) :]


def _free(*tokens: Token) -> bool:
    return all(token.cls == "unclaimed" and token.value is not None for token in tokens)


def _append(source: str, start: int, end: int, parts: list[str], places: list[int]) -> None:
    for run in _KEPT.finditer(source, start, end):
        parts.append(run.group().translate(_SHAPE))
        places.extend(range(*run.span()))


def _sign(source: str, token: Token) -> str:
    if CHINESE_YEAR.match(source, token.start):
        return YEAR
    if token.cls != "unclaimed" or token.value is None:
        return TAKEN
    if _YEAR_DIGITS.fullmatch(token.printed) and _AFTER_YEAR.match(source, token.end):
        return YEAR
    return NUMBER
