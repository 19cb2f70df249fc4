"""The state store for those who only look: what was settled, and what was recorded.

A store that is not there is not made, one of another schema is not migrated, and no lease is taken.
Never: writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from sqlalchemy import func, inspect, select

from sheetsync.core.model import Baseline
from sheetsync.core.plan import Event
from sheetsync.errors import SafetyStop, StateError
from sheetsync.state import recall
from sheetsync.state.database import Database, is_missing
from sheetsync.state.schema import look
from sheetsync.state.session import Memory, read_baseline
from sheetsync.state.tables import journal


class StoreToLookAt:
    """`ports.KnownState` over SQLite or PostgreSQL.

    Args:
        url: As of `SqlStateStore`.
        workbook_id: Whose state this must be.

    Raises:
        StateError: It is not there, or of another schema than this version's.
        SafetyStop: It belongs to another workbook.
    """

    def __init__(self, url: str, *, workbook_id: str) -> None:
        self._memory = Memory()
        self._database = Database(url, looks_only=True)
        try:
            look(self._database, workbook_id)
        except (StateError, SafetyStop):
            self.close()
            raise

    def baseline(self) -> Baseline:
        """What was known at the end of the last settled cycle."""
        return read_baseline(self._database, self._memory)

    def events_between(self, since: datetime, until: datetime | None = None) -> Sequence[Event]:
        """What was recorded from one instant to another, both included, oldest first."""
        with self._database.reading() as connection:
            return recall.events_between(connection, since, until)

    def close(self) -> None:
        """Let go of the store."""
        self._database.close()


def is_chained(url: str) -> bool:
    """Whether events stand in the journal that were chained with a key, in a store of any schema.

    Raises:
        StateError: It cannot be opened.
    """
    if is_missing(url):
        return False
    with closing(Database(url)) as database, database.reading() as connection:
        found = inspect(connection)
        is_there = found.has_table(journal.name)
        if not is_there or journal.c.mac.name not in {
            c["name"] for c in found.get_columns(journal.name)
        }:
            return False
        count: int = connection.execute(select(func.count(journal.c.mac))).scalar_one()
        return count > 0
