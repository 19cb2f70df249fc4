"""What differs from what was known, and what moved because of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.model.places import (
    LineKey,
    RawCell,
    RowKey,
    RowRef,
    Source,
    TabAddress,
    TabPlace,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell that differs from the baseline. `before` and `after` are raw cells.

    `document` is what people call the row: "PO-7/1".
    """

    place: TabPlace
    key: RowKey
    document: str
    ref: RowRef
    source: Source
    field: str
    before: RawCell
    after: RawCell

    @property
    def cell(self) -> tuple[TabAddress, RowKey, str]:
        """Which cell it is."""
        return (self.place.address, self.key, self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidCell:
    """A cell that is decided upon as if it showed `value`, while the sheet shows `shown`.

    A mend lays what people had left there before a write of the worker landed on it; an undo lays
    what somebody asks for. The plan then writes it, unless the rules put something else there.

    Args:
        tab: Where it stands.
        ref: The row as the sheet shows it.
        key: The row's key with the value laid.
        left: The row as it is known with the value laid; `key` alone where that says it.
        field: The column.
        shown: What the sheet shows.
        value: What is laid over it.
        because: Why, for the history.
        actor: Who asked for it; "" for a mend.
        proof: How that is known.
    """

    tab: TabAddress
    ref: RowRef
    key: RowKey
    field: str
    shown: RawCell
    value: RawCell
    because: str
    actor: str = ""
    proof: str = ""
    left: RowRef | None = None

    @property
    def row(self) -> RowKey | RowRef:
        """What the row is called, given all that is laid; a key that stands twice is no name."""
        if self.left is not None and self.left.content is not None:
            return self.left
        return self.key or self.ref

    @property
    def is_asked(self) -> bool:
        """Whether somebody asks for it, so that it is a change of theirs once it is written."""
        return bool(self.actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidRow:
    """A row that is decided upon as if it stood at the end of its tab, as an undo asks for it.

    Args:
        tab: Where it is to stand.
        key: Its key; where a row of that key stands already, nothing is laid.
        cells: Its people's cells.
        because: Why, for the history.
        actor: Who asked for it.
        proof: How that is known.
    """

    tab: TabAddress
    key: RowKey
    cells: Mapping[str, RawCell]
    because: str
    actor: str
    proof: str


Laid = LaidCell | LaidRow
"""What the corridor decides upon although the sheet does not show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One status transition of a line, and who asked for it by what."""

    key: LineKey
    from_status: str
    to_status: str
    actor: str
    proof: str
    because: str
    rule: str
