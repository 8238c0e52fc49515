"""SQLite databases as Dagster makes them, from what it made once: with its own migrations, each takes a tenth of a second.

``*.sql`` are the tables of the pinned version; a test compares them with what Dagster makes.
"""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

#: Seconds to wait for another process that is writing; as long as Dagster waits.
PATIENCE = 30.0
#: Of each database below the folder of an instance, the files that say what is in it.
_DATABASES = {
    "history/runs.db": ("runs",),
    "history/runs/index.db": ("events", "index"),
    "schedules/schedules.db": ("schedules",),
}
_FOLDER = Path(__file__).parent
#: The table that Dagster makes last: a version is noted in it.
_NOTED_LAST = "alembic_version"


def make_databases(home: Path) -> None:
    """Make the databases of a new instance below ``home``. Raises OSError or sqlite3.OperationalError."""
    for name, contents in _DATABASES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        made = make(home / name, *contents)
        assert made, f"{home / name} is new"


def make(path: Path, *contents: str) -> bool:
    """Make the database at ``path``, all of it or nothing; one that is there is left alone.

    Whether it is complete now: where another process made it meanwhile, yes; where Dagster left it half made, no.
    """
    # SQLite waits for nobody to switch the write-ahead log on: only one process at a time may open a new database.
    with (path.parent / ".making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            if not _tables(connection):
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN")
                for name in contents:
                    for statement in _statements(name):
                        connection.execute(statement)
                connection.execute("COMMIT")
            return _NOTED_LAST in _tables(connection)


def is_made(path: Path) -> bool:
    """Whether there is a complete database at ``path``."""
    if not path.is_file():
        return False
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
        return _NOTED_LAST in _tables(connection)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@cache
def _statements(name: str) -> list[str]:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").split(";\n")[:-1]
