"""The ledger: every numeric token of a document, made from the text alone, and who owns it.

A token has exactly one owner. Records claim tokens by place; a second claim of the same token is an
error of ours (never of the source) and stops the build, because it would publish one figure twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

_D = "[0-9０-９]"
# Grouped thousands first: a comma binds digits only when exactly three follow it, for "1,2 and 3" is a list.
_REST = rf"(?:{_D}{{0,2}}(?:[,，]{_D}{{3}})+(?!{_D})|{_D}*)(?:[.．]{_D}+)*"
# A sign belongs to the number only where nothing that could make it a hyphen stands before it. The first character is
# taken before it is told which of the two it is: so the expression skips at once all that can begin no number.
_TOKEN = re.compile(rf"[-－−0-9０-９](?:(?<={_D}){_REST}|(?<=[-－−])(?<![^\s（(|:：].)[^\S\n\t]?{_D}{_REST})")
_DASH = re.compile(r"(?<!\S)[-－−](?!\S)")
_FOLD = str.maketrans("０１２３４５６７８９，．－−", "0123456789,.--")

CLASSES = ("data", "structure", "narrative", "withheld", "unclaimed")


class TwoOwnersError(RuntimeError):
    """Two records claim one token. Carries the token and both owners."""

    def __init__(self, token: Token, owner: tuple[str, str]) -> None:
        self.token, self.owner = token, owner
        super().__init__(
            f"the number {token.printed!r} at characters {token.start}:{token.end} is claimed by "
            f"{owner[0]} {owner[1]}, but belongs to {token.owner_table} {token.owner_id}; "
            "one of the two readers takes what is not its own"
        )

    def __reduce__(self) -> tuple[type[TwoOwnersError], tuple[Token, tuple[str, str]]]:
        return type(self), (self.token, self.owner)


@dataclass(slots=True)
class Token:
    """A run of digits with its separators: ``text[start:end] == printed``."""

    start: int
    end: int
    printed: str
    value: Decimal | None
    role: str = "unknown"
    cls: str = "unclaimed"
    owner_table: str | None = None
    owner_id: str | None = None
    #: the tokens that the end of a line made of one number
    parts: tuple[Token, ...] = ()


#: What may stand around the digits of an amount: a sign of its currency, marks between thousands.
_AROUND = dict.fromkeys(map(ord, "¥￥百千万亿元整,'’"))
_CURRENCY_NAME = re.compile("人民币|RMB|CNY")
#: How accounts mark an amount below zero: -50.00, 50.00-, △50.00, 负50.00, (50.00).
_NEGATIVE = re.compile(r"[-△▲—–负](?P<marked>[\d.]+)|[（(]-?(?P<framed>[\d.]+)[）)]|(?P<closed>[\d.]+)-")


@lru_cache(maxsize=16_384)
def value_of(printed: str) -> Decimal | None:
    """The number that ``printed`` writes, or None where it writes none (``2022.11.5``)."""
    folded = _CURRENCY_NAME.sub("", "".join(printed.translate(_FOLD).translate(_AROUND).split()))
    if match := _NEGATIVE.fullmatch(folded):
        folded = "-" + (match["marked"] or match["framed"] or match["closed"])
    return Decimal(folded) if folded.count(".") <= 1 and "#" not in folded else None


def tokenize(text: str, cuts: Sequence[int] = ()) -> list[Token]:
    """Every numeric token of ``text`` in order. They never overlap, nor reach over one of ``cuts``, which are in order."""
    found = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if text[start + 1 : start + 2].isspace() and _is_blank_cell(text, start):
            match = _TOKEN.search(text, start + 1, end) or match
            start = match.start()
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)] if cuts else ()
        for first, last in pairwise([start, *inside, end]):
            for piece in _TOKEN.finditer(text, first, last) if inside else (match,):
                printed = piece.group()
                found.append(Token(*piece.span(), printed, value_of(printed)))
    return found


def _is_blank_cell(text: str, start: int) -> bool:
    """Whether a dash is a cell without an amount, as others of its line are, and no sign of the number behind it."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    return any(match.start() != start for match in _DASH.finditer(text, first, len(text) if last < 0 else last))


class Ledger:
    """The tokens of one document and their owners."""

    def __init__(self, text: str, cuts: Sequence[int] = ()) -> None:
        self.tokens = tokenize(text, cuts)
        self._starts = [token.start for token in self.tokens]

    def within(self, start: int, end: int) -> list[Token]:
        """The tokens that lie in ``start:end``, in order, whoever owns them."""
        first = bisect_left(self._starts, start)
        if first == len(self._starts) or self._starts[first] >= end:
            return []
        last = bisect_left(self._starts, end, first)
        return [token for token in self.tokens[first:last] if token.end <= end]

    def is_cut(self, start: int, end: int) -> bool:
        """Whether ``start:end`` holds a part of a token only, as of a number whose sign stands off it (- 34.50)."""
        last = bisect_left(self._starts, end)
        nearest = self.tokens[max(bisect_left(self._starts, start) - 1, 0) : last]
        return any(token.start < at < token.end for token in nearest for at in (start, end))

    def free(self, start: int, end: int) -> list[Token]:
        """The tokens in ``start:end`` that nobody owns yet."""
        inside = self.within(start, end)
        return [token for token in inside if token.cls == "unclaimed"] if inside else inside

    def claim(self, token: Token, cls: str, role: str, owner_table: str, owner_id: str) -> None:
        """Make a record the owner of ``token``. Raises TwoOwnersError where it has one already."""
        if token.cls != "unclaimed":
            raise TwoOwnersError(token, (owner_table, owner_id))
        if cls not in CLASSES:
            raise ValueError(f"no class of numbers is called {cls!r}; there are {', '.join(CLASSES)}")
        token.cls, token.role = cls, role
        token.owner_table, token.owner_id = owner_table, owner_id
        for part in token.parts:
            self.claim(part, cls, role, owner_table, owner_id)
            part.value = None  # half a number has no value

    def release(self, token: Token) -> None:
        """Take ``token`` from its owner, which is published no more."""
        token.cls, token.role, token.owner_table, token.owner_id = "unclaimed", "unknown", None, None

    def join(self, start: int, end: int, printed: str) -> Token:
        """Make one token of what stands in ``start:end``: 5 984 800.00, (50.00). Nobody may own a part of it yet."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        for token in self.tokens[first:last]:
            if token.cls != "unclaimed":
                raise TwoOwnersError(token, ("", printed))
        whole = Token(start, end, printed, value_of(printed))
        self.tokens[first:last] = [whole]
        self._starts[first:last] = [start]
        return whole

    def add_unread(self, start: int, end: int, printed: str) -> None:
        """Add what stands in the place of an amount and has no digit (########, ?): a number that nobody could read."""
        at = bisect_left(self._starts, start)
        self.tokens.insert(at, Token(start, end, printed, None))
        self._starts.insert(at, start)

    def claim_free(self, start: int, end: int, cls: str, role: str, owner_table: str, owner_id: str) -> None:
        """Claim what is still free in ``start:end``; used by containers, after their parts have claimed."""
        for token in self.free(start, end):
            self.claim(token, cls, role, owner_table, owner_id)
