"""Places: ``text[start:end]`` is what was printed, and assembled text is its pieces by the one documented join."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

import polars as pl

from pipeline.ingest.document import Line
from pipeline.ingest.text import split_lines
from pipeline.publish.verify.fault import Fault, in_table, keyed
from pipeline.publish.verify.layout import is_id
from schemas.joining import join
from schemas.tables import TABLES

#: By disclosure: where its lines start, and the lines.
Lines = dict[str, tuple[list[int], tuple[Line, ...]]]


def read_texts(release: Path, disclosures: pl.DataFrame) -> tuple[dict[str, str], list[Fault]]:
    """The texts of ``disclosures`` by id, and the faults of those that are missing or unreadable."""
    texts: dict[str, str] = {}
    found: list[Fault] = []
    for identity, status in disclosures.select("disclosure_id", "status").iter_rows():
        file = f"sources/{identity}.txt"
        # What is no id was said to be none, and leads to no other file.
        if not is_id(identity) or not (release / file).is_file():
            if status != "quarantined":
                found.append(Fault(file, None, "is missing, so that nothing of it can be placed"))
            continue
        try:
            texts[identity] = (release / file).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            found.append(Fault(file, None, f"is not UTF-8: {error.reason} at byte {error.start}"))
    return texts, found


def faults(frames: dict[str, pl.DataFrame], texts: dict[str, str]) -> list[Fault]:
    """Faults of every row that stands at a place of a text."""
    found: list[Fault] = []
    split = {identity: split_lines(text) for identity, text in texts.items()}
    lines: Lines = {identity: ([line.start for line in held], held) for identity, held in split.items()}
    assembled = frames["spans"].select("owner_table", "owner_id", "field").unique()
    for name, frame in frames.items():
        if "start" in frame.columns:
            found += _inside(name, frame, texts, lines)
        if "printed" in frame.columns:
            found += _printed(name, frame, assembled, texts)
    return found + _assembled(frames, texts)


def _inside(name: str, frame: pl.DataFrame, texts: dict[str, str], lines: Lines) -> list[Fault]:
    """A place lies within its text, and its line and page are those of its first character."""
    found = []
    placed = frame.filter(pl.col("start").is_not_null())
    for key, identity, start, end, number, page in placed.select(
        keyed(name).alias("_key"), "disclosure_id", "start", "end", "line", "page"
    ).iter_rows():
        length = len(texts.get(identity, ""))
        starts, held = lines.get(identity, ([], ()))
        if end is None or not held or not 0 <= start <= end <= length:
            found.append(in_table(name, key, f"its place {start}:{end} is not within a text of {length} characters"))
            continue
        line = held[max(0, bisect_right(starts, start) - 1)]
        if (line.number, line.page) != (number, page):
            reason = f"is said to stand in line {number} of page {page}, its place is line {line.number} of {line.page}"
            found.append(in_table(name, key, reason))
    return found


def _printed(name: str, frame: pl.DataFrame, assembled: pl.DataFrame, texts: dict[str, str]) -> list[Fault]:
    """What is not assembled of pieces was printed just so."""
    own = assembled.filter((pl.col("owner_table") == name) & (pl.col("field") == "printed"))
    whole = frame.join(own, left_on=TABLES[name].primary_key[0], right_on="owner_id", how="anti", maintain_order="left")
    whole = whole.filter(pl.col("printed").is_not_null() & pl.col("start").is_not_null())
    found = []
    for key, identity, start, end, printed in whole.select(
        keyed(name).alias("_key"), "disclosure_id", "start", "end", "printed"
    ).iter_rows():
        here = texts.get(identity, "")[start:end]
        if here != printed:
            found.append(in_table(name, key, f"printed is {printed!r}, but its place {start}:{end} holds {here!r}"))
    return found


def _assembled(frames: dict[str, pl.DataFrame], texts: dict[str, str]) -> list[Fault]:
    found = []
    groups = (
        frames["spans"]
        .group_by("owner_table", "owner_id", "field", maintain_order=True)
        .agg("disclosure_id", "start", "end", "seq")
    )
    for (table,), part in groups.partition_by("owner_table", as_dict=True, maintain_order=True).items():
        if table not in TABLES:
            continue  # said by ``references``
        if table not in frames:
            owners = part["owner_id"].unique(maintain_order=True)
            found += [in_table("spans", owner, f"{table} is not printed in a disclosure") for owner in owners]
            continue
        fields = [field for field in part["field"].unique().sort() if field in TABLES[str(table)].schema]
        unknown = part.filter(~pl.col("field").is_in(fields))
        for owner, field in unknown.select("owner_id", "field").iter_rows():
            found.append(in_table("spans", owner, f"{table} has no column {field}"))
        key = TABLES[str(table)].primary_key[0]
        values = {row[0]: row[1:] for row in frames[str(table)].select(key, *fields).iter_rows()}
        for _, owner, field, ids, starts, ends, seqs in part.filter(pl.col("field").is_in(fields)).iter_rows():
            if list(seqs) != list(range(len(seqs))):
                found.append(in_table("spans", f"{table}/{owner}/{field}", f"its pieces are numbered {list(seqs)}"))
            text = join(texts.get(i, "")[a:b] for i, a, b in zip(ids, starts, ends, strict=True))
            if owner in values and (value := values[owner][fields.index(field)]) != text:
                found.append(in_table(str(table), owner, f"{field} is {value!r}, its pieces are {text!r}"))
    return found
