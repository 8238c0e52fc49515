"""The rows of CSV files of a table, one file after the other, held against the rows that they should be.

As long as the bytes are those that the rows write nothing is parsed; from the first that differ on cells are compared.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from pipeline.publish.files import csv_header, csv_lines
from pipeline.publish.verify.fault import Fault
from schemas.tables import TABLES

#: Rows named a file; where a file was shifted by a row every later row differs, too.
_SHOWN = 20
_BLOCK = 1 << 22
#: No row is longer than this, and no more is held of a file that has none.
_LONGEST = 1 << 26


class NotCsv(ValueError):  # noqa: N818 - it names what a file is not
    """A file that cannot be read as CSV. Says why."""


def parsed(data: bytes) -> pl.DataFrame:
    """Rows of CSV, with their header, as texts. Raises NotCsv."""
    try:
        return pl.read_csv(io.BytesIO(data), infer_schema=False, encoding="utf8")
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise NotCsv(f"cannot be read as CSV: {str(error).splitlines()[0]}") from error


def end_of_rows(data: bytes) -> int:
    """Where the last whole row of ``data``, which begins with a row, ends: line ends in quotes end none."""
    pieces = data.split(b'"')
    end = len(data)
    for at in reversed(range(len(pieces))):
        start = end - len(pieces[at])
        if at % 2 == 0 and (line := data.rfind(b"\n", start, end)) >= 0:
            return line + 1
        end = start - 1
    return 0


class CsvRows:
    """A table's rows in ``paths``. ``take`` them as they should be, then ``finish``; both return what differs."""

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        self._paths, self._key = list(paths), TABLES[name].primary_key
        self._columns = list(TABLES[name].schema)
        self._header = csv_header(name)
        self._at = self._row = 0  # which file, and how many of its rows are passed
        self._passed = self._wanted = self._found = 0
        self._broken = False
        self._file = self._paths[0].open("rb")
        self._rows: Iterator[dict[str, Any]] | None = None  # where bytes differ: what is left, row by row
        if not self._begins():
            self._rows = self._parsed(0)

    def close(self) -> None:
        self._file.close()

    def take(self, rows: pl.DataFrame) -> list[Fault]:
        """The next rows must be ``rows``."""
        self._wanted += rows.height
        data = csv_lines(rows)
        if self._rows is None:
            at, offset = self._at, self._file.tell()
            last = self._same(data)
            if last is not None:
                self._passed += rows.height
                # Those of the last file, where others ended on the way.
                self._row = self._row + rows.height if self._at == at else parsed(self._header + last).height
                return []
            self._at = at
            self._rows = self._parsed(offset)
        return self._guarded(self._differences(data))

    def finish(self) -> list[Fault]:
        """There must be no more."""
        if self._rows is None:
            while not (rest := self._file.read(1)) and self._opens():
                self._row = 0
            if not rest and self._at + 1 == len(self._paths):
                return []
            self._rows = self._parsed(self._file.tell() - len(rest))
        found = self._guarded(self._counted())
        if not found and not self._found:
            found = [self._fault(None, "its bytes are not what its rows write")]
        return found

    def _begins(self) -> bool:
        return self._file.read(len(self._header)) == self._header

    def _opens(self) -> bool:
        """Go on to the next file, where there is one and it begins as it should."""
        if self._at + 1 == len(self._paths):
            return False
        self._file.close()
        self._at += 1
        self._file = self._paths[self._at].open("rb")
        return self._begins()

    def _same(self, data: bytes) -> bytes | None:
        """Which of ``data`` are the last file's, where they are the next bytes; None where they are not."""
        at = begun = 0
        while at < len(data):
            block = self._file.read(len(data) - at)
            if block:
                if block != data[at : at + len(block)]:
                    return None
                at += len(block)
            elif end_of_rows(data[:at]) == at and self._opens():
                begun = at
            else:
                return None
        return data[begun:]

    def _parsed(self, offset: int) -> Iterator[dict[str, Any]]:
        """The rows from ``offset`` of the file on, counted as they are passed. Raises NotCsv."""
        while True:
            self._file.close()
            with self._paths[self._at].open("rb") as file:
                file.seek(offset)
                for frame in self._frames(file, self._header if offset else b""):
                    for row in frame.iter_rows(named=True):
                        self._row += 1
                        self._passed += 1
                        yield row
            if self._at + 1 == len(self._paths):
                return
            self._at, self._row, offset = self._at + 1, 0, 0

    def _frames(self, file: BinaryIO, head: bytes) -> Iterator[pl.DataFrame]:
        """The rows of a file, some at a time; ``head`` is its header where that is passed. Raises NotCsv."""
        rest = b""
        while True:
            block = file.read(_BLOCK)
            data = rest + block
            end = end_of_rows(data) if block else len(data)
            rest = data[end:]
            if len(rest) > _LONGEST:
                raise NotCsv(f"cannot be read as CSV: a row is longer than {_LONGEST:,} bytes")
            if end or not (block or head):
                frame = parsed(head + data[:end])
                if frame.columns != self._columns:
                    raise NotCsv(f"its columns are {frame.columns}, the table's {self._columns}")
                head = self._header
                yield frame
            if not block:
                return

    def _differences(self, data: bytes) -> Iterator[Fault]:
        """What differs between ``data`` and the next rows, cell by cell."""
        if self._rows is None or self._found >= _SHOWN:
            return
        for right in parsed(self._header + data).iter_rows(named=True):
            here = next(self._rows, None)
            if here is None:
                return
            if here != right:
                cells = [f"{c} is {here[c]!r}, Parquet has {right[c]!r}" for c in here if here[c] != right[c]]
                row = f"{self._row} ({'/'.join(str(right[c]) for c in self._key)})"
                yield self._fault(row, "; ".join(cells[:4]))
                if self._found == _SHOWN:
                    return

    def _counted(self) -> Iterator[Fault]:
        for _ in self._rows or ():
            pass
        if self._passed != self._wanted:
            yield self._fault(None, f"has {self._passed} rows, Parquet has {self._wanted}")

    def _guarded(self, faults: Iterator[Fault]) -> list[Fault]:
        """``faults``, up to where the file can no longer be read, which is the last that is said of it."""
        found: list[Fault] = []
        try:
            if not self._broken:
                found.extend(faults)
        except NotCsv as error:
            self._broken = True
            found.append(self._fault(None, str(error)))
        return found

    def _fault(self, row: str | None, reason: str) -> Fault:
        self._found += 1
        return Fault(f"csv/{self._paths[self._at].name}", row, reason)
