"""A release disclosure by disclosure, read from front to back: no table is held whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipeline.publish.reading import ReleaseError, UnreadableFile, parquet_files, read_file, read_rows, year_of
from schemas.tables import TABLES

#: The tables whose rows belong to a disclosure.
OF_DISCLOSURES = tuple(name for name, spec in TABLES.items() if "disclosure_id" in spec.schema)
#: The column of ``Runs`` that says which of its files a row is of.
FILE = "_file"
#: Rows of about so many disclosures of a table are decoded at once: many files are open at a time.
_AHEAD = 8
_LEAST, _MOST = 64, 16_384


class MisplacedRows(ReleaseError):
    """Rows that do not stand together by disclosure in the order of `disclosures`, so that a reader would miss them."""

    def __init__(self, path: Path, disclosure_id: str | None) -> None:
        self.path, self.disclosure_id = path, disclosure_id
        super().__init__(f"{path}: rows of {disclosure_id} stand where no reader looks for them; verify the release")


def at_once(rows: int, disclosures: int) -> int:
    """How many of a table's ``rows`` to decode at a time."""
    return min(max(_AHEAD * rows // max(disclosures, 1), _LEAST), _MOST)


def frames_of(paths: Iterable[tuple[int, Path]], name: str, size: int, also: str = "") -> Iterator[pl.DataFrame]:
    """The rows of files of the table ``name``, ``size`` at a time. Raises UnreadableFile.

    Frames have the table's columns, the column ``also`` where a file has it besides, and ``FILE``, the number given with
    the file's path.
    """
    columns = list(TABLES[name].schema)
    for number, path in paths:
        for frame in read_rows(path, size):
            more = [also] if also in frame.columns and also not in columns else []
            yield frame.select(*columns, *more, pl.lit(number, pl.UInt32).alias(FILE))


class Runs:
    """The rows of a table in runs of one disclosure, in the order of its files; ``size`` rows are decoded at a time.

    Frames are those of ``frames_of``. A file is open only while it is being read.
    """

    def __init__(self, paths: Sequence[tuple[int, Path]], name: str, size: int, also: str = "") -> None:
        self._paths = dict(paths)
        self._runs = self._read(frames_of(paths, name, size, also))
        self._held: tuple[str | None, pl.DataFrame] | None = None
        self._begun = False

    @staticmethod
    def _read(frames: Iterator[pl.DataFrame]) -> Iterator[tuple[str | None, pl.DataFrame]]:
        for frame in frames:
            # Not ``partition_by``, which would put rows together that stand apart.
            at = 0
            for length, identity in frame["disclosure_id"].rle().struct.unnest().iter_rows():
                yield identity, frame.slice(at, length)
                at += length

    def _next(self) -> None:
        self._held, self._begun = next(self._runs, None), True

    def take(self, disclosure_id: str) -> list[pl.DataFrame]:
        """The rows of ``disclosure_id`` that come next; none where those of another disclosure do."""
        if not self._begun:
            self._next()
        parts = []
        while self._held is not None and self._held[0] == disclosure_id:
            parts.append(self._held[1])
            self._next()
        return parts

    def finish(self) -> None:
        """To be called when all disclosures had their turn. Raises MisplacedRows where rows are left."""
        if not self._begun:
            self._next()
        if self._held is not None:
            raise MisplacedRows(self._paths[self._held[1][FILE][0]], self._held[0])


def row_count(paths: Iterable[Path]) -> int:
    """The rows of some Parquet files, as they say. Raises UnreadableFile."""
    count = 0
    for path in paths:
        try:
            count += pq.read_metadata(path).num_rows
        except (OSError, ValueError) as error:
            raise UnreadableFile(path, str(error).splitlines()[0]) from error
    return count


def each_disclosure(release: Path) -> Iterator[tuple[dict[str, Any], dict[str, pl.DataFrame]]]:
    """Each disclosure's row with its rows of every other table that has a ``disclosure_id``.

    Rows of a release lie together by disclosure, in one order in all tables of a year, so that every file is read once
    and only one disclosure and some rows a table are held. Raises MisplacedRows, at the end of a year, where they do
    not, and UnreadableFile.
    """
    names = [name for name in OF_DISCLOSURES if name != "disclosures"]
    files = {name: parquet_files(release, name) for name in OF_DISCLOSURES}
    disclosures = row_count(files["disclosures"])
    sizes = {name: at_once(row_count(paths), disclosures) for name, paths in files.items()}
    # Years in their order; one without disclosures may hold rows of other tables, which then stand in the wrong place.
    for year in dict.fromkeys(year_of(path) for name in OF_DISCLOSURES for path in files[name]):
        mine = {name: [(at, path) for at, path in enumerate(files[name]) if year_of(path) == year] for name in files}
        runs = {name: Runs(mine[name], name, sizes[name]) for name in names}
        for _, path in mine["disclosures"]:
            for row in read_file(path, "disclosures").iter_rows(named=True):
                taken = {name: runs[name].take(row["disclosure_id"]) for name in names}
                yield (
                    row,
                    {n: pl.concat(parts).drop(FILE) if parts else TABLES[n].empty() for n, parts in taken.items()},
                )
        for each in runs.values():
            each.finish()
