"""``yusuan sql``: questions to a release in SQL, over its views, with DuckDB.

A question can read the release and nothing else, and change nothing: the files of the release are all that DuckDB may
open, and only statements that read, or that make views and tables in memory, are run.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from pipeline.publish.reading import ReleaseError, read_manifest
from pipeline.terminal import NotInstalled

#: Rows of a table for a person; how many more there are is said.
SHOWN = 1000
_AT_ONCE = 10_000
#: What DuckDB calls the statements that can do no harm: PIVOT is several. EXPLAIN ANALYZE would run anything.
_HARMLESS = frozenset({"SELECT", "MULTI", "CREATE"})
_HELP = "Views: {views}\nEnd a question with ;   .views lists them   DESCRIBE view; shows its columns   .quit leaves"


class QueryError(ValueError):
    """A question that cannot be answered. Says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows of an answer; the rows are read as they are needed."""

    columns: list[str]
    rows: Iterator[Sequence[Any]]


class Asked:
    """A release that can be asked. Raises ReleaseError and NotInstalled."""

    def __init__(self, release: Path) -> None:
        read_manifest(release)
        folder = release.resolve()
        if not (folder / "views.sql").is_file():
            raise ReleaseError(f"{release} has no views.sql: an earlier version made it; build it again")
        try:
            import duckdb
        except ImportError as error:
            raise NotInstalled("yusuan sql", "sql") from error
        self._error = duckdb.Error
        self._connection = duckdb.connect()
        parquet = f"{folder}/parquet/".replace("'", "''")
        for setting in (
            f"allowed_directories = ['{parquet}']",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._connection.execute(f"SET {setting}")
        views = (folder / "views.sql").read_text(encoding="utf-8")
        # Which files DuckDB may open is told by whole paths.
        for _ in self.answers(views.replace("read_parquet('parquet/", f"read_parquet('{parquet}")):
            pass

    def answers(self, text: str) -> Iterator[Answer]:
        """The answer of each statement of ``text`` that has one. Raises QueryError."""
        try:
            for statement in self._connection.extract_statements(text):
                if statement.type.name not in _HARMLESS:
                    raise QueryError(f"{statement.type.name} is not run: a release is only read")
                cursor = self._connection.execute(statement)
                if statement.type.name != "CREATE" and cursor.description:
                    yield Answer(_apart([column[0] for column in cursor.description]), self._rows(cursor))
        except self._error as error:
            raise QueryError(str(error)) from error

    def _rows(self, cursor: Any) -> Iterator[Sequence[Any]]:
        try:
            while batch := cursor.fetchmany(_AT_ONCE):
                yield from batch
        except self._error as error:
            raise QueryError(str(error)) from error

    def views(self) -> list[str]:
        """The names of the views that are no tables of the release, then those that are."""
        (found,) = self.answers("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_oid DESC")
        return [row[0] for row in found.rows]


def _apart(names: list[str]) -> list[str]:
    """``names``, each once: a second ``a`` is ``a_1``."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append(f"{name}_{count}" if count else name)
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def write_csv(answer: Answer, out: TextIO) -> None:
    """The answer as CSV with a header; null is nothing between two commas."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow(["" if value is None else _plain(value) for value in row])


def write_json(answer: Answer, out: TextIO) -> None:
    """The answer as a list of objects; numbers have all their digits."""
    names = [json.dumps(name, ensure_ascii=False) for name in answer.columns]
    out.write("[")
    for number, row in enumerate(answer.rows):
        cells = ", ".join(f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True))
        out.write(f"{',' if number else ''}\n{{{cells}}}")
    out.write("\n]\n")


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_json(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False, default=str)


def write_table(answer: Answer, out: TextIO, width: int | None = None) -> None:
    """The answer for a person: in columns, or, where these are wider than ``width``, a line a value."""
    rows = [[_shown(value) for value in row] for _, row in zip(range(SHOWN), answer.rows, strict=False)]
    more = sum(1 for _ in answer.rows)
    text = _Columns(answer.columns, rows)
    if width is not None and text.width > width:
        for number, row in enumerate(rows, start=1):
            out.write(f"— {number}\n{_Columns([], [list(pair) for pair in zip(answer.columns, row, strict=True)])}")
    else:
        out.write(str(text))
    said = f"{len(rows) + more:,} row{'s' * (len(rows) + more != 1)}"
    out.write(f"({said}; {more:,} more are not shown: --csv and --json give all)\n" if more else f"({said})\n")


class _Columns:
    """Cells in columns as wide as a terminal shows them: a Chinese character takes two places."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.cells import cell_len

        self._rows = [list(names), *rows] if names else list(rows)
        count = len(self._rows[0]) if self._rows else 0
        self._size = cell_len
        self._widths = [max(cell_len(row[at]) for row in self._rows) for at in range(count)]
        # Numbers are read from their last digit.
        self._right = [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(count)]
        self._ruled = bool(names)
        self.width = sum(self._widths) + 2 * max(0, count - 1)

    def __str__(self) -> str:
        lines = [self._line(row) for row in self._rows]
        if self._ruled:
            lines.insert(1, "  ".join("─" * width for width in self._widths))
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def _line(self, row: Sequence[str]) -> str:
        cells = []
        for cell, width, right in zip(row, self._widths, self._right, strict=True):
            blank = " " * (width - self._size(cell))
            cells.append(blank + cell if right else cell + blank)
        return "  ".join(cells)


def _is_number(cell: str) -> bool:
    return cell == "NULL" or cell.removeprefix("-").replace(".", "", 1).isdecimal()


def _shown(value: Any) -> str:
    """A value on one line; what a terminal would take as a command is replaced."""
    text = "NULL" if value is None else _plain(value)
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def prompt(views: Sequence[str], answer: Callable[[str], None]) -> None:
    """Read questions from the terminal until its end and have each answered; ``views`` are what can be asked."""
    with suppress(ImportError):  # lines can be edited where the system has it
        import readline  # noqa: F401
    help_ = _HELP.format(views=", ".join(views))
    print(help_)
    pending = ""
    while True:
        try:
            line = input("   ...> " if pending else "yusuan> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            pending = ""
            continue
        if not pending and (word := line.strip()) in (".quit", ".exit", ".views", ".help", ""):
            if word in (".quit", ".exit"):
                return
            print(help_ if word else "", end="\n" if word else "")
            continue
        pending += line + "\n"
        if line.rstrip().endswith(";"):
            answer(pending)
            pending = ""
