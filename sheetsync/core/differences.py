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
class Merged:
    """What differs, by kind.

    `changes` are people's cells, `overwrites` are the worker's cells that somebody typed over,
    `doubled` names settled keys that now stand in several rows, `still` the tabs that are not
    acted upon in this cycle, `stops` why a person must look before anything is written.
    """

    changes: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    added: tuple[AddedRow, ...] = ()
    vanished: tuple[VanishedRow, ...] = ()
    doubled: frozenset[tuple[TabAddress, RowKey]] = frozenset()
    still: frozenset[TabAddress] = frozenset()
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
    stops: tuple[str, ...] = ()
    refs: Refs = field(default_factory=dict)
