"""Layout: which files there are, what columns and how many rows they have, and in which order disclosures stand.

Read from the ends of Parquet files and from few columns of `disclosures`: what else is checked builds on it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipeline.publish.by_disclosure import OF_DISCLOSURES
from pipeline.publish.files import BODY, described
from pipeline.publish.reading import csv_files, names_year, parquet_files, read_columns, year_of
from pipeline.publish.verify.fault import Fault, in_table
from pipeline.tidy.frames import sort_disclosures
from schemas.tables import TABLES

#: The characters of the id of a disclosure, with which all ids of its rows begin.
ID_LENGTH = 16
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_KEYS = ("disclosure_id", "disclosure_year", "division_code", "entity_key")
_SOURCE = ("disclosure_id", "source_sha256", "source_bytes", "source_file")


def is_id(identity: str | None) -> bool:
    """Whether it is the id of a disclosure as the contract makes it."""
    return identity is not None and _ID.fullmatch(identity) is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """The Parquet files of each table with their rows, and the disclosures of the release in the contract's order.

    ``order`` has `disclosure_id`, `disclosure_year` and the number of the body: all that is held of every document.
    ``misplaced`` are faults of it, with which rows cannot be read disclosure by disclosure.
    """

    files: dict[str, list[Path]]
    rows: dict[str, int]
    order: pl.DataFrame
    misplaced: list[Fault]


def tables(release: Path, manifest: dict[str, Any]) -> tuple[list[Fault], dict[str, int], bool]:
    """Faults of the Parquet files, the rows of each table, and whether all can be read as the tables they are."""
    found: list[Fault] = []
    rows: dict[str, int] = {}
    unfit = False
    for name in TABLES:
        paths = parquet_files(release, name)
        faults = [in_table(name, None, "has no file")] if not paths else []
        rows[name] = 0
        for path in paths:
            count, wrong = _columns(path, name, path.relative_to(release).as_posix())
            rows[name] += count
            faults += wrong
        if not faults and rows[name] != manifest["rows"].get(name):
            found.append(in_table(name, None, f"has {rows[name]} rows, the manifest says {manifest['rows'].get(name)}"))
        unfit = unfit or bool(faults)
        found += faults
    return found + list(_unread(release)), rows, not unfit


def _columns(path: Path, name: str, file: str) -> tuple[int, list[Fault]]:
    """The rows of a file, and where its columns, or what it says of them, are not the table's."""
    try:
        printed, rows, said = (
            dict(pl.read_parquet_schema(path)),
            int(pq.read_metadata(path).num_rows),
            pq.read_schema(path),
        )
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        return 0, [Fault(file, None, f"cannot be read: {str(error).splitlines()[0]}")]
    columns = {column.name: column for column in TABLES[name].columns}
    if name in OF_DISCLOSURES:  # rows say which body's disclosure they are of, see ``rows``
        columns.setdefault(BODY.name, BODY)
    if list(printed) != list(columns):
        missing, extra = sorted(set(columns) - set(printed)), sorted(set(printed) - set(columns))
        return rows, [Fault(file, None, f"columns are not the table's (missing {missing}, unknown {extra})")]
    types = [(column, printed[column], spec.dtype) for column, spec in columns.items()]
    found = [Fault(file, None, f"{column} is {here}, not {dtype}") for column, here, dtype in types if here != dtype]
    for column, spec in columns.items():
        if said.field(column).metadata != described(spec):
            found.append(Fault(file, None, f"{column} is described as something else than the table's"))
    return rows, found


def _unread(release: Path) -> Iterator[Fault]:
    """Files where rows belong that no table is read from: nothing would look at what they hold."""
    read = {path for name in TABLES for path in (*parquet_files(release, name), *csv_files(release, name))}
    for folder in ("csv", "parquet"):
        for path in sorted((release / folder).rglob("*")):
            if path.is_file() and path not in read:
                yield Fault(path.relative_to(release).as_posix(), None, "is no file that a table is read from")


def disclosures(release: Path, manifest: dict[str, Any], rows: dict[str, int]) -> tuple[list[Fault], Layout]:
    """Faults of the ids, sources and texts of all disclosures, and the layout of the release. Raises UnreadableFile."""
    files = {name: parquet_files(release, name) for name in TABLES}
    found = _sources(read_columns(files["disclosures"], "disclosures", _SOURCE), manifest)
    keys = read_columns(files["disclosures"], "disclosures", _KEYS)
    ids = keys["disclosure_id"]
    for identity in filterfalse(is_id, ids):
        found.append(in_table("disclosures", identity, "is no id of a disclosure: 16 hexadecimal digits"))
    texts = pl.Series(
        sorted(os.listdir(release / "sources")) if (release / "sources").is_dir() else [], dtype=pl.String
    )
    for file in texts.filter(~texts.is_in((ids + ".txt").implode())):
        found.append(Fault(f"sources/{file}", None, "belongs to no disclosure"))
    order = sort_disclosures(keys)
    misplaced = [*_named(release, files), *_moved(release, files, keys, order)]
    if ids.null_count() or ids.is_duplicated().any():
        misplaced.append(in_table("disclosures", None, "has an id more than once, or a row without one"))
    # As releases are cut into parts: documents of no known body are a body each.
    body = pl.struct("division_code", pl.coalesce("entity_key", "disclosure_id")).rle_id()
    return found, Layout(files, rows, order.select("disclosure_id", "disclosure_year", body=body), misplaced)


def _named(release: Path, files: dict[str, list[Path]]) -> Iterator[Fault]:
    for name in OF_DISCLOSURES:
        for path in files[name]:
            if path.parent != release / "parquet" / name or not names_year(path):
                yield Fault(path.relative_to(release).as_posix(), None, "is named for no year of its table")


def _moved(release: Path, files: dict[str, list[Path]], keys: pl.DataFrame, order: pl.DataFrame) -> Iterator[Fault]:
    """The first disclosure of each year that stands where the contract's order does not put it."""
    for path in {year_of(path): path for path in files["disclosures"]}.values():
        of_year = pl.col("disclosure_year").eq_missing(pl.lit(year_of(path), pl.Int64))
        here, there = (frame.filter(of_year)["disclosure_id"] for frame in (keys, order))
        at = here.ne_missing(there).arg_max() or 0
        if here.len() and here[at] != there[at]:
            reason = f"stands where {there[at]} belongs: rows are out of order"
            yield Fault(path.relative_to(release).as_posix(), here[at], reason)


def _sources(frame: pl.DataFrame, manifest: dict[str, Any]) -> list[Fault]:
    """Disclosures and the manifest's sources name each other, by bytes and checksum."""
    listed = {str(source.get("disclosure_id")): source for source in manifest["sources"]}
    found = []
    for identity, sha256, size, file in frame.iter_rows():
        source = listed.pop(identity, None)
        if source is None:
            found.append(Fault("manifest.json", identity, "is no source of the manifest"))
            continue
        if (source.get("sha256"), source.get("bytes")) != (sha256, size):
            found.append(in_table("disclosures", identity, "source_sha256 or source_bytes is not the manifest's"))
        # A file that could not be read at all has no checksum, and its id is made of its path.
        if sha256 is not None and not sha256.startswith(identity):
            found.append(in_table("disclosures", identity, f"does not begin the source's sha256 {sha256}"))
        names = [str(path).rpartition("/")[2] for path in source.get("paths", ())]
        if str(file).rpartition("/")[2] not in names:
            found.append(in_table("disclosures", identity, f"source_file {file} is not among {names}"))
    return found + [
        Fault("manifest.json", identity, "is a source that no disclosure is made of") for identity in listed
    ]
