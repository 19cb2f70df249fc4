"""The connection to SQLite or PostgreSQL: how a transaction begins, and how its trouble is told.

SQLite runs in WAL mode with synchronous FULL, so that a settled cycle outlives a power cut, and a
transaction that will write takes its lock at once. Foreign exceptions end here: everything that
goes wrong leaves as a `StateError`. Never: knows a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sheetsync.errors import StateError

_READS_ONLY = "reads_only"
_BUSY_MS = 10_000


class Database:
    """An engine and its two kinds of transaction.

    Args:
        url: Where it is.
        looks_only: A file that is not there is not made.

    Raises:
        StateError: The URL names no database that can be opened.
    """

    def __init__(self, url: str, *, looks_only: bool = False) -> None:
        parsed = _parsed(url)
        if looks_only and _is_missing(parsed):
            raise StateError(
                "there is no such file.",
                subject=parsed.render_as_string(hide_password=True),
                remedy="Check state in config.yaml; the worker's first cycle makes it.",
            )
        self.name = parsed.render_as_string(hide_password=True)
        self.engine = _engine(parsed, self.name)
        self._reads = self.engine.execution_options(**_read_options(self.engine))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed when the block ends well, rolled back when it does not."""
        with self._told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view, which waits for no writer."""
        with self._told(), self._reads.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise StateError(
                f"the state store cannot be used: {cause}",
                subject=self.name,
                remedy="Check that the database exists, is reachable and is not full.",
            ) from error


def is_missing(url: str) -> bool:
    """Whether the URL names a file that is not there. Raises `StateError`."""
    return _is_missing(_parsed(url))


def _is_missing(url: URL) -> bool:
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return is_file and not Path(str(url.database)).exists()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StateError(
            "the state store's URL cannot be read.",
            remedy="Write it as sqlite:///state.db or postgresql://user@host/name.",
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL, name: str) -> Engine:
    try:
        engine = create_engine(url)
    except ModuleNotFoundError as error:
        raise StateError(
            f"the driver {error.name} is not installed.",
            subject=name,
            remedy="Install sheetsync with its extra: pip install 'sheetsync[postgres]'.",
        ) from error
    except SQLAlchemyError as error:
        raise StateError(
            f"this kind of database is not known: {error}",
            subject=name,
            remedy="Use SQLite or PostgreSQL.",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _read_options(engine: Engine) -> dict[str, Any]:
    # PostgreSQL shows each statement its own moment unless it is asked for one view.
    if engine.dialect.name == "postgresql":
        return {_READS_ONLY: True, "isolation_level": "REPEATABLE READ"}
    return {_READS_ONLY: True}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, late and without the lock; we begin them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
