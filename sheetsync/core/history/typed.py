"""What people did to the history tab, as it is told. Never: finds it out, or mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.model import RawCell


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """What people had typed into a row of the history, the cells by field.

    `row` is its place in the sheet, None where nobody knows it.
    """

    row: int | None
    event_id: str
    cells: Mapping[str, RawCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEdits:
    """What people did to the history tab.

    Args:
        typed: Rows with cells that the journal does not have there, in sheet order.
        deleted: Events whose rows were gone.
        moved: Rows out of their order, copies among them.
        first_row: The first sheet row where something was wrong.
        overwritten: Rows with cells that the worker wrote over before it could read them.
    """

    typed: tuple[TypedRow, ...] = ()
    deleted: tuple[str, ...] = ()
    moved: int = 0
    first_row: int
    overwritten: tuple[TypedRow, ...] = ()

    @property
    def count(self) -> int:
        """How many rows are concerned."""
        return len(self.typed) + len(self.deleted) + self.moved + len(self.overwritten)
