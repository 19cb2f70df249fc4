"""How a reading differs from the settled rows, as values: changes, new rows, vanished rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.model import (
    Change,
    RawCell,
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

    @property
    def name(self) -> tuple[TabAddress, RowKey]:
        """Which row it was."""
        return (self.place.address, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetypedRow:
    """A vanished row that stands in its tab under another key, or under none.

    Args:
        was: The row as it was settled.
        now: The row as the sheet shows it.
        source: Where it stands.
        cells: All of its cells, by field.
    """

    was: VanishedRow
    now: RowRef
    source: Source
    cells: Mapping[str, RawCell]

    @property
    def name(self) -> tuple[TabAddress, RowKey | None]:
        """Which row the sheet shows now, by its key; only a unique key names a row."""
        return (self.was.place.address, self.now.key if self.now.content is None else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedRow:
    """A row that carries the key of a settled row and is not that row; `count` tells several."""

    place: TabPlace
    ref: RowRef
    source: Source
    row: SettledRow
    count: int


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
    `doubled` names settled keys that now stand in several rows, `copied` those rows of them that
    are not the row that was settled; `retyped` are the vanished rows that stand there under another
    key (they are among `vanished`, and with an unused key among `added`); `still` the tabs that are
    not acted upon in this cycle and `standstills` why, `ticked` the rows of Status whose box is
    ticked, `stops` why a person must look before anything at all is written.
    """

    changes: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    added: tuple[AddedRow, ...] = ()
    vanished: tuple[VanishedRow, ...] = ()
    doubled: frozenset[tuple[TabAddress, RowKey]] = frozenset()
    copied: tuple[CopiedRow, ...] = ()
    retyped: tuple[RetypedRow, ...] = ()
    still: frozenset[TabAddress] = frozenset()
    standstills: tuple[Standstill, ...] = ()
    ticked: frozenset[RowKey] = frozenset()
    stops: tuple[str, ...] = ()
    refs: Refs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What of it stands, what goes back, and which vanished rows return.

    `rekeyed` are rows whose key is put back: until it stands again, they count as they were
    settled. `renamed` are rows that go on under their new key.
    """

    standing: tuple[Change, ...] = ()
    put_back: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    added: tuple[AddedRow, ...] = ()
    restored: tuple[VanishedRow, ...] = ()
    removed: tuple[VanishedRow, ...] = ()
    rekeyed: tuple[RetypedRow, ...] = ()
    renamed: tuple[RetypedRow, ...] = ()
    doubled: frozenset[tuple[TabAddress, RowKey]] = frozenset()
    copied: tuple[CopiedRow, ...] = ()
    still: frozenset[TabAddress] = frozenset()
    standstills: tuple[Standstill, ...] = ()
    ticked: frozenset[RowKey] = frozenset()
    stops: tuple[str, ...] = ()
    refs: Refs = field(default_factory=dict)
