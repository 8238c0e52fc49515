"""Dagster's SQLite storages with connections that stay open. The files are Dagster's own, which reads them as well.

Dagster opens a connection for every statement and closes it again, which writes the log of a database back each time,
and compares the tables of every new run with all migrations that there ever were. That took a third of a first build.
``dagster.yaml`` names the class, so the web server, the daemon and the runs that it starts use it, too.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
    SqliteEventLogStorageWatchdog,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from watchdog.observers import Observer

from pipeline.orchestration.databases import PATIENCE, is_made, make

#: Databases of events that are kept open: a web server is asked for those of very many runs in its life.
_OPEN = 8


def _engine(url: str) -> Engine:
    """An engine whose connections stay open. As many threads as want may use it at a time."""
    engine = db.create_engine(url, max_overflow=-1, connect_args={"timeout": PATIENCE})

    @db.event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, record: object) -> None:
        # With a write-ahead log, as these databases have, a process that is killed loses nothing, and a machine that
        # loses power its last moments at most, never a database.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class _Watchdog(SqliteEventLogStorageWatchdog):
    """Looks at the write-ahead log, too: where connections stay open, events are there first."""

    @property
    def patterns(self) -> list[str]:
        return [self._log_path, f"{self._log_path}-wal"]

    def on_modified(self, event: object) -> None:
        self._process_log()


class EventLogStorage(SqliteEventLogStorage):
    """The events: a database a run, and one that holds what is asked across runs."""

    _obs: Any  # watches the folder once something is to be watched

    def __init__(self, base_dir: str) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir)

    def _engine_of(self, shard: str) -> Engine:
        """The engine of a run's database, or of the common one. Only for whoever holds the lock."""
        if shard not in self._initialized_dbs:
            if not make(Path(self.path_for_shard(shard)), "events"):
                self._initdb(db.create_engine(self.conn_string_for_shard(shard), poolclass=db.NullPool))
            self._initialized_dbs.add(shard)
        if shard not in self._engines:
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        for used in (shard, INDEX_SHARD_NAME):
            if used in self._engines:
                self._engines.move_to_end(used)
        while len(self._engines) > _OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # As in Dagster's own, a thread at a time.
        with self._db_lock, self._engine_of(shard).begin() as connection:
            yield connection

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        if not self._obs:
            self._obs = Observer()
            self._obs.start()
        watchdog = _Watchdog(self, run_id, callback, cursor)
        self._watchers[run_id][callback] = watchdog, self._obs.schedule(watchdog, self._base_dir, recursive=True)

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()

    def wipe(self) -> None:
        self._close()
        super().wipe()

    def dispose(self) -> None:
        super().dispose()
        self._close()


class RunStorage(SqliteRunStorage):
    """The runs, and what the instance remembers of itself."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engine = _engine(conn_string)
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        super().dispose()
        self._engine.dispose()


def _opened(storage: type[Any], folder: Path, name: str) -> Any:
    """The storage of the database ``name`` in ``folder``; Dagster itself sees to one that is not complete."""
    if is_made(folder / f"{name}.db"):
        return storage(create_db_conn_string(str(folder), name))
    return storage.from_local(str(folder))


class Storage(DagsterSqliteStorage):
    """The storages below ``base_dir``, the folder of the instance, where Dagster's own would put them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super(DagsterSqliteStorage, self).__init__()
        self.base_dir = base_dir
        self._inst_data = inst_data
        history = Path(base_dir, "history")
        self._run_storage = _opened(RunStorage, history, "runs")
        self._event_log_storage = EventLogStorage(str(history / "runs"))
        # Asked for little, and never disposed of: it may close its connections each time.
        self._schedule_storage = _opened(SqliteScheduleStorage, Path(base_dir, "schedules"), "schedules")

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> Storage:
        return cls.from_local(inst_data=inst_data, **config_value)
