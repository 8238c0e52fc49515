"""No cell of a CSV file begins as a spreadsheet formula unless that is what the source prints.

Cells are never altered, for what was printed stays exact. What we compose ourselves (ids, paths, messages) never begins
with a sign that a spreadsheet takes for a formula; a cell that does is found again in its source, white space aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from pipeline.publish.verify.fault import Fault, keyed
from schemas.tables import TABLES

#: What spreadsheets take for the beginning of a formula, also in full width, and what they skip before it.
STARTS = r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]|^[\t\r]"
_PLAIN_NUMBER = r"^[-+－＋]?[0-9０-９][0-9０-９,，.．]*[%％]?$"


def faults(frames: dict[str, pl.DataFrame], texts: dict[str, str]) -> list[Fault]:
    """Cells of ``frames``, tables of disclosures, that begin a formula and are nowhere in their source.

    What is assembled of pieces (=10 | 0%, with other cells between them) is found by its pieces.
    """
    risky = [(name, *cell) for name, frame in frames.items() for cell in _risky(name, frame)]
    assembled = set(frames["spans"].select("owner_table", "owner_id", "field").iter_rows()) if risky else set()
    return [
        _fault(name, key, column, value)
        for name, key, source, column, value in risky
        if (name, key, column) not in assembled and _plain(value) not in _plain(texts.get(source or "", ""))
    ]


class Unprinted:
    """Cells of tables of the whole release that begin a formula, until their text is seen in any source."""

    def __init__(self, whole: dict[str, pl.DataFrame]) -> None:
        self._left = [(name, *cell) for name, frame in whole.items() for cell in _risky(name, frame)]

    def strike(self, texts: dict[str, str]) -> None:
        """Leave out what ``texts`` print."""
        if self._left:
            plain = [_plain(text) for text in texts.values()]
            self._left = [each for each in self._left if not any(_plain(each[-1]) in text for text in plain)]

    def faults(self) -> list[Fault]:
        """Of what no text printed."""
        return [_fault(name, key, column, value) for name, key, _, column, value in self._left]


def _risky(name: str, frame: pl.DataFrame) -> Iterator[tuple[str, str | None, str, str]]:
    """Key, disclosure, column and text of every cell of a CSV file that begins a formula."""
    spec = TABLES[name]
    if not spec.csv:
        return
    texts = [column.name for column in spec.columns if column.dtype == pl.String]
    begins = pl.col(texts).str.contains(STARTS) & ~pl.col(texts).str.contains(_PLAIN_NUMBER)
    identity = pl.col("disclosure_id") if "disclosure_id" in spec.schema else pl.lit(None, pl.String)
    for column, some in frame.select(begins.any()).row(0, named=True).items():
        if some:
            risky = frame.filter(pl.col(column).str.contains(STARTS) & ~pl.col(column).str.contains(_PLAIN_NUMBER))
            for key, source, value in risky.select(
                keyed(name).alias("_key"), identity.alias("_of"), column
            ).iter_rows():
                yield key, source, column, value


@lru_cache(maxsize=8)
def _plain(text: str) -> str:
    """``text`` without white space; those of one source are asked for one after the other."""
    return "".join(text.split())


def _fault(name: str, key: str, column: str, value: str) -> Fault:
    reason = f"{column} begins a formula, {value[:40]!r}, and is not in the source"
    return Fault(f"csv/{name}.csv", key, reason)
