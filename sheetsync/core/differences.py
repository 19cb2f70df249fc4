"""How a reading differs from the settled rows, as values: changes, new rows, vanished rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.model import (
    Change,
    RowKey,
    RowRef,
    SettledRow,
    Source,
    TabAddress,
    TabPlace,
)

GO_ON = "Go on"
"""The column of Status in which people say that a tab is meant as it stands."""
STANDS_STILL = "stands still: "
CONFIRMED = "goes on as it stands, as somebody said"
GOES_ON = "goes on"
SAID_BEFORE = "before"
"""How the value of a tab's row in Status begins, or what it is; who said it in another cycle."""

Refs = Mapping[TabAddress, Sequence[RowRef | None]]
"""Who each row of each tab is, aligned with the rows of the reading; told apart once a cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRow:
    """A keyed row that the baseline does not know."""

    place: TabPlace
    key: RowKey
    source: Source
    row: SettledRow


@dataclass(frozen=True, slots=True, kw_only=True)
class VanishedRow:
    """A keyed row of the baseline that the sheet no longer shows."""

    place: TabPlace
    key: RowKey
    row: SettledRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Why a tab stands still, or would if nobody had said that it is meant so.

    Args:
        place: The tab.
        message: What is seen, and what to do.
        mark: Follows from all that is not believed, so that a yes to it is a yes to nothing else;
            "" where nobody can say yes, because the tab cannot be read.
        rule: The rules key that raised it.
        goes_on_by: Who said that it is meant so: the owner of the column Go on, the operator, or
            `SAID_BEFORE`; "" while the tab stands still.
    """

    place: TabPlace
    message: str = ""
    mark: str = ""
    rule: str = ""
    goes_on_by: str = ""

    @property
    def name(self) -> str:
        """What its row in Status is called."""
        return f"{self.place.address} {self.mark}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What differs, by kind.

    `changes` are people's cells, `overwrites` are the worker's cells that somebody typed over,
    `doubled` names settled keys that now stand in several rows, `still` the tabs that are not
    acted upon in this cycle and `standstills` why, `ticked` the rows of Status whose box is
    ticked, `stops` why a person must look before anything at all is written.
    """

    changes: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    added: tuple[AddedRow, ...] = ()
    vanished: tuple[VanishedRow, ...] = ()
    doubled: frozenset[tuple[TabAddress, RowKey]] = frozenset()
    still: frozenset[TabAddress] = frozenset()
    standstills: tuple[Standstill, ...] = ()
    ticked: frozenset[RowKey] = frozenset()
    stops: tuple[str, ...] = ()
    refs: Refs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What of it stands, what goes back, and which vanished rows return."""

    standing: tuple[Change, ...] = ()
    put_back: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    added: tuple[AddedRow, ...] = ()
    restored: tuple[VanishedRow, ...] = ()
    removed: tuple[VanishedRow, ...] = ()
    doubled: frozenset[tuple[TabAddress, RowKey]] = frozenset()
    still: frozenset[TabAddress] = frozenset()
    standstills: tuple[Standstill, ...] = ()
    ticked: frozenset[RowKey] = frozenset()
    stops: tuple[str, ...] = ()
    refs: Refs = field(default_factory=dict)
