"""What differs from what was known, and what moved because of it."""

from __future__ import annotations

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
class Move:
    """One status transition of a line, and who asked for it by what."""

    key: LineKey
    from_status: str
    to_status: str
    actor: str
    proof: str
    because: str
    rule: str
