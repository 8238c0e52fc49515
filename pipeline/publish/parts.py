"""A part of a release: the checked rows of a run of whole bodies, as pieces of the files that a release has.

Of each table and year a part has one Parquet file, which a release links, and the lines of a CSV file, which a release
joins with those of other parts. Both are files of the store; what is kept of the part itself lists them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from pipeline.ingest.failures import described
from pipeline.publish.files import BODY, by_year, csv_lines, parquet_bytes
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from pipeline.store import Blob, Store
from pipeline.tidy.codes import load_codes
from pipeline.tidy.documents import read_documents
from pipeline.tidy.frames import arranged, with_checks
from pipeline.tidy.key_figures import load_figures
from schemas.tables import TABLES

#: Tables that are made of the whole release, not of its parts.
WHOLE = ("classifications", "code_names")
OF_PARTS = tuple(name for name in TABLES if name not in WHOLE)
#: Free text: what stands here may merely contain an amount.
_FREE = ("definition", "note")
#: What the machine is short of, and what rows can raise; what polars raises for its own faults is no Exception.
_SHORT = (OSError, MemoryError)
_ANY = (Exception, pl.exceptions.PanicException)
#: So many messages are shown of a family of rules.
_SHOWN = 50


class Piece(NamedTuple):
    """The rows of a table and a year: their number, the Parquet file, and the compressed lines of CSV, if it has any."""

    year: int | None
    rows: int
    parquet: Blob
    csv: Blob | None
    csv_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """What a part holds.

    ``order`` has, for each table with CSV, the years in which its lines follow one another, with bytes: documents of one
    body stand together, whatever their years. ``failing`` and ``left`` are what the orchestration shows of a release.
    """

    pieces: dict[str, list[Piece]]
    order: dict[str, list[tuple[int | None, int]]]
    texts: dict[str, Blob]
    code_names: list[list[Any]]
    failing: dict[str, dict[str, Any]]
    left: int

    def to_bytes(self) -> bytes:
        """The part as it is kept."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, ensure_ascii=False).encode()

    @classmethod
    def of(cls, value: bytes) -> Part:
        """The part that ``to_bytes`` gave."""
        held = json.loads(value)
        held["pieces"] = {
            name: [
                Piece(year, rows, Blob(*parquet), csv and Blob(*csv), size) for year, rows, parquet, csv, size in each
            ]
            for name, each in held["pieces"].items()
        }
        held["texts"] = {identity: Blob(*blob) for identity, blob in held["texts"].items()}
        return cls(**held)

    def blobs(self) -> Iterable[Blob]:
        """All files of the part."""
        for pieces in self.pieces.values():
            for piece in pieces:
                yield piece.parquet
                if piece.csv:
                    yield piece.csv
        yield from self.texts.values()


def find_part(store: Store, key: str) -> Part | None:
    """The part under ``key``, where it and all its files are as they were written."""
    value = store.read(key)
    part = None if value is None else Part.of(value)
    return part if part is not None and all(map(store.untouched, part.blobs())) else None


class DocumentsFailed(RuntimeError):  # noqa: N818 - says what documents did
    """Documents that cannot be published, alone as little as with others: the reasons by disclosure_id."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{identity}: {reason}" for identity, reason in self.reasons.items()))

    def __reduce__(self) -> tuple[type[DocumentsFailed], tuple[dict[str, str]]]:
        return type(self), (self.reasons,)


def make_part(documents: Iterable[tuple[str, bytes]], store: Store, key: str) -> None:
    """Keep, under ``key``, the part of ``documents`` (see ``read_documents``).

    Raises DocumentsFailed where some of them fail alone, ValidationFailure where they fail only together, or OSError.
    """
    codes = load_codes()
    for load in (load_rules, load_figures):  # a fault of theirs is no document's
        load()
    held = list(documents)
    try:
        frames, texts = _checked(held, codes)
    except _SHORT:
        raise
    except _ANY as error:
        raise DocumentsFailed(_failing_alone(held, codes, error)) from error
    store.put(key, part_of(frames, texts, store).to_bytes())


def _checked(
    documents: Sequence[tuple[str, bytes]], codes: pl.DataFrame
) -> tuple[dict[str, pl.DataFrame], dict[str, bytes]]:
    """The published tables of ``documents``, and their texts."""
    built, texts = read_documents(documents)
    frames = arranged(built, codes)
    del built  # half of the memory that a part takes
    return with_checks(frames, reconcile(frames, load_rules())), texts


def _failing_alone(documents: Sequence[tuple[str, bytes]], codes: pl.DataFrame, error: BaseException) -> dict[str, str]:
    """Which of ``documents``, for which together ``error`` was raised, fail alone. Raises ``error`` where none does.

    Halving finds one among many with few attempts.
    """
    if len(documents) == 1:
        return {documents[0][0]: described(error)}
    found: dict[str, str] = {}
    middle = len(documents) // 2
    for half in (documents[:middle], documents[middle:]):
        try:
            _checked(half, codes)
        except _SHORT:
            raise
        except _ANY as under:
            found |= _failing_alone(half, codes, under)
    if not found:
        raise error
    return found


def part_of(frames: Mapping[str, pl.DataFrame], texts: Mapping[str, bytes], store: Store) -> Part:
    """The part of ``frames``, which are complete and valid; its files are put into ``store``."""
    bodies = frames["disclosures"].select("disclosure_id", BODY.name)
    pieces: dict[str, list[Piece]] = {}
    order: dict[str, list[tuple[int | None, int]]] = {}
    for name in OF_PARTS:
        frame = frames[name]
        lines, order[name] = _csv(frame) if TABLES[name].csv else ({}, [])
        if BODY.name not in frame.columns:
            frame = frame.join(bodies, on="disclosure_id", how="left", maintain_order="left")
        pieces[name] = []
        for year, rows in by_year(frame):
            parquet = store.add(parquet_bytes(rows, TABLES[name]))
            text = lines.get(year, b"")
            csv = store.add(pa.compress(text, "zstd", asbytes=True)) if text else None
            pieces[name].append(Piece(year, rows.height, parquet, csv, len(text)))
    checks = frames["checks"].filter(pl.col("status") == "fail")
    return Part(
        pieces,
        order,
        {identity: store.add(text) for identity, text in texts.items()},
        [list(row) for row in frames["code_names"].iter_rows()],
        {
            str(family): {
                "failing": rows.height,
                "errors": rows.filter(pl.col("severity") == "error").height,
                "rules": dict(rows.group_by("rule_id").len().sort("rule_id").iter_rows()),
                "messages": rows.select("disclosure_id", "message_zh").head(_SHOWN).rows(),
            }
            for (family,), rows in checks.partition_by("family", as_dict=True, maintain_order=True).items()
        },
        len(left_in_complete(frames)),
    )


def _csv(frame: pl.DataFrame) -> tuple[dict[int | None, bytes], list[tuple[int | None, int]]]:
    """The lines of each year, and the years as they follow one another, with the bytes of their lines."""
    lines: dict[int | None, list[bytes]] = {}
    order = []
    at = 0
    for count, year in frame["disclosure_year"].rle().struct.unnest().iter_rows():
        text = csv_lines(frame.slice(at, count))
        lines.setdefault(year, []).append(text)
        order.append((year, len(text)))
        at += count
    return {year: b"".join(texts) for year, texts in lines.items()}, order


def left_in_complete(frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """The numbers of complete documents that nothing owns, or that are narrative where they may not be.

    An amount of money may be narrative in definitions and notes, and nowhere else.
    """
    complete = frames["disclosures"].filter(pl.col("status") == "complete")["disclosure_id"].to_list()
    numbers = frames["numbers"].filter(pl.col("disclosure_id").is_in(complete))
    free = frames["passages"].filter(pl.col("kind").is_in(_FREE))["passage_id"].to_list()
    told = (pl.col("class") == "narrative") & (pl.col("role") == "amount") & ~pl.col("owner_id").is_in(free)
    in_cells = (pl.col("class") == "narrative") & (pl.col("owner_table") == "budget_lines")
    left = numbers.filter((pl.col("class") == "unclaimed") | told | in_cells)
    return [f"{row[0]}: {row[1]}" for row in left.select("number_id", "class").iter_rows()]


def failing_checks(parts: Sequence[Part]) -> dict[str, dict[str, Any]]:
    """The failing checks of all parts by family: how many, how many of them errors, how many a rule, and the first
    messages, each with its disclosure_id.
    """
    families: dict[str, dict[str, Any]] = {}
    for part in parts:
        for family, facts in part.failing.items():
            held = families.setdefault(family, {"failing": 0, "errors": 0, "rules": Counter(), "messages": []})
            held["failing"] += facts["failing"]
            held["errors"] += facts["errors"]
            held["rules"].update(facts["rules"])
            held["messages"] = (held["messages"] + facts["messages"])[:_SHOWN]
    return families
