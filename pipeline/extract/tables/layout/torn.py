"""Names of codes: where a fragment that a page break tore off belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.meaning.columns import Column
from pipeline.ingest.document import Document
from schemas.joining import join

Piece = tuple[int, int]
_CODED = re.compile(r"^(\d{3,7})-?(.*)$")


@lru_cache(maxsize=1)
def _folded(text: str) -> str:
    """The whole document folded, once for all its tables, and only where a name has to be completed."""
    return fold(text)


class Names:
    """The names that codes have in the official lists and elsewhere in the document."""

    def __init__(self, document: Document, library: Library) -> None:
        self._document, self._library = document, library
        self._memo: dict[tuple[str | None, str], set[str]] = {}

    def known(self, scheme: str | None, code: str) -> set[str]:
        """Folded names of ``code``: official ones, and every one printed after the code in the document."""
        key = (scheme, code)
        if key not in self._memo:
            # Over wrapped lines, too: folding has taken the line breaks out.
            printed = re.findall(rf"{code}-*([^\d-][^\d]{{0,60}})", _folded(self._document.text))
            official = self._library.official_names(scheme or "", code)
            self._memo[key] = {fold(name) for name in (*printed, *official)}
        return self._memo[key]

    def official(self, code: str) -> frozenset[str]:
        """The official names of ``code`` in any scheme and year, folded; none where the lists do not have it."""
        return frozenset(
            fold(name) for scheme in self._library.names for name in self._library.official_names(scheme, code)
        )

    def completes(self, keys: dict[int, list[Piece]], columns: tuple[Column, ...], pieces: Sequence[Piece]) -> bool:
        """Append ``pieces`` to the cell of a row whose name they complete. False where there is no such cell.

        A name is completed where, with the pieces, it is (or begins) a known name of its code, and without it is not.
        """
        text = self._document.text
        fits = []
        for index, own in keys.items():
            matched = _CODED.match(fold(join(text[a:b] for a, b in own)))
            if matched is None:
                continue
            code, name = matched.groups()
            longer = name + fold(join(text[a:b] for a, b in pieces))
            known = self.known(columns[index].scheme, code)
            if longer in known:
                fits.append((0, index))
            elif any(other.startswith(longer) for other in known):
                fits.append((1, index))
        if not fits:
            return False
        # Where several cells lack the same words, the left one comes first, as the page prints them.
        _, chosen = min(fits)
        keys[chosen].extend(pieces)
        return True
