"""A state store that is lost, and the backup that the operator puts in its place.

The worker is stopped meanwhile. A store is put back only once something was told since the backup, and
while Change history shows all that the lost one recorded and had finished: what is cut off there, or
had landed elsewhere, nobody can give back (decision 22). What people do to that tab or to headers
before the events are taken over is refused, and put right from its version history.
Never: judges.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetsync.core.history.chain import CHAIN, FIELDS, event_id_of, same_row, shown
from sheetsync.core.history.tab import OUR_MARK
from sheetsync.core.model import TabKind
from simulation.company import Company
from simulation.desk import Desk
from simulation.notebook import Notebook
from simulation.record import rows_after, shown_rows
from simulation.repairs import put_headers_right

REFUSED = "cannot be taken over"


@dataclass(kw_only=True)
class Backup:
    """The one backup of a story.

    Args:
        company: Whose store it is.
        until: The number of the newest event in it; -1 while there is none.
        awaits: The operator is to put it in the store's place.
    """

    company: Company
    until: int = -1
    awaits: bool = False
    _history: list[Any] = field(default_factory=list)

    def make(self) -> None:
        """Copy the store as it is."""
        with (
            closing(sqlite3.connect(self._store)) as store,
            closing(sqlite3.connect(self._copy)) as to,
        ):
            store.backup(to)
        events = rows_after(self.company.folder, 0)
        self.until = events[-1][0] if events else 0

    def can_serve(self) -> bool:
        """Whether Change history shows, untouched, all that the store recorded."""
        desk = Desk(self.company.office, self.company.office.places.of(TabKind.HISTORY))
        if desk.columns().keys() < set(desk.spec.fields):
            return False
        shows = [desk.cells(row) for row in desk.filled()]
        rows = [tuple(map(cells.get, (*FIELDS, CHAIN))) for cells in shows]
        if not all(event_id_of(row).startswith(OUR_MARK) for row in rows):
            return False
        events = rows_after(self.company.folder, 0)
        recorded = {event.event_id: (*shown(event), mac) for _, event, mac in events}
        told = [row for row in rows if event_id_of(row) in recorded]
        is_whole = len(told) == len(recorded)
        is_behind = bool(events) and events[-1][0] > self.until and self._is_finished()
        return (
            is_behind
            and is_whole
            and all(same_row(row, recorded[event_id_of(row)]) for row in told)
        )

    def _is_finished(self) -> bool:
        """Whether no plan of the store waits to be carried out."""
        with closing(sqlite3.connect(self._store)) as store:
            open_plans = store.execute("SELECT 1 FROM intent WHERE settled_at IS NULL").fetchall()
        return not open_plans

    def put_back(self) -> None:
        """The store is gone, and the backup stands in its place."""
        for tail in ("", "-wal", "-shm"):
            Path(f"{self._store}{tail}").unlink(missing_ok=True)
        self._copy.rename(self._store)
        self.awaits = False
        self._history = deepcopy(self._rows())

    def put_right(self, book: Notebook) -> None:
        """What was refused: the tab as its version history shows it, and all headers."""
        for place in self.company.office.places.tabs:
            put_headers_right(Desk(self.company.office, place.address))
        known = list(book.forged)
        before = shown_rows(self.company.office)
        self._rows()[:] = deepcopy(self._history)
        book.meddled(before, shown_rows(self.company.office))
        book.forged = [each for each in book.forged if each in known]
        book.follow()  # now rows have keys that had none while a header was unknown

    def _rows(self) -> list[Any]:
        office = self.company.office
        return office.tab(office.places.of(TabKind.HISTORY)).grid.rows

    @property
    def _store(self) -> Path:
        return self.company.folder / "state.db"

    @property
    def _copy(self) -> Path:
        return self.company.folder / "backup.db"
