"""The files of a release that hold rows of its parts: linked, copied in part, or written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.publish import csvs, parquets
from pipeline.publish.files import Sizes
from pipeline.publish.parts import Part
from pipeline.publish.reuse import Reuse, Written

#: How tasks are mapped: in this process, or over an executor. Gives task and result as they finish, in any order.
Mapped = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[tuple[Any, Any]]]


def here(do: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Each task in this process."""
    return ((task, do(task)) for task in tasks)


def of_parts(
    staged: Path, parts: Sequence[Part], reuse: Reuse, mapped: Mapped, sizes: Sizes
) -> tuple[dict[str, Written], dict[str, list[str]]]:
    """Write or link the files that hold rows of parts; returns them by path, and the CSV files of each table."""
    files: dict[str, Written] = {}
    named: dict[str, list[str]] = {}

    def linked(task: parquets.ParquetTask | csvs.CsvTask) -> bool:
        found = reuse.link(task.made_of, task.path, staged)
        if found is not None:
            files[task.path] = found
        return found is not None

    rows = [task for task in parquets.files_of(parts, staged, sizes) if not linked(task)]
    for task, (size, sha256, count) in mapped(parquets.write_file, rows):
        files[task.path] = Written(task.path, size, sha256, count, task.made_of, task.kind)
    lines = []
    for csv in csvs.files_of(parts, staged, sizes.csv_bytes):
        named.setdefault(csv.name, []).append(csv.path)
        if not linked(csv):
            lines.append(replace(csv, base=reuse.base(csv.kind, csv.digests)))
    for task, (size, sha256, count, lengths) in mapped(csvs.write_file, lines):
        pieces = tuple(zip(task.digests, lengths, strict=True))
        files[task.path] = Written(task.path, size, sha256, count, task.made_of, task.kind, pieces)
    return files, named
