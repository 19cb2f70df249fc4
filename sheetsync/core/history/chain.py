"""The change history as a chain: each row carries a mac over what it shows and over the row before.

Whoever has the key can tell whether a row was edited, deleted, inserted or moved, in the tab, in
the journal and in an archive alike, and at which row it begins. Without the key nobody can write a
row that holds. docs/history.md says what that proves and what not.

Never: reads or keeps a key, decides what happened.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sheetsync.core.model import RawCell
from sheetsync.core.plan import ChainedEvent, Event
from sheetsync.core.rows import writable

FIELDS = (
    *("event_id", "at", "po_number", "line_number", "tab", "field", "old", "new"),
    *("actor", "proof", "decision", "rule", "order_version"),
)
"""What a row of the change history shows of an event."""

CHAIN = "chain"
"""The field of the mac, after all others."""

COLUMNS = (*FIELDS, CHAIN)
"""All columns of the history; without one of them no mac can be checked."""

OUR_MARK = "E-"
"""How the ids of our events begin."""

GENESIS = "0" * 64
"""The predecessor of the first row of all."""

EVENT_ID, AT, MAC = 0, 1, len(FIELDS)
"""Where a row shows its event, its time and its mac."""

Row = tuple[RawCell, ...]
"""A row of the change history: `FIELDS`, then the mac."""

LARGEST_EXACT = 2**53
"""Sheets keeps numbers as doubles; a larger whole number comes back as the nearest of them."""

EMPTY = "its chain cell is empty"
NOT_AFTER = (
    "its mac does not follow from what it shows and the row before it: one of the two was "
    "changed, or rows were deleted, inserted or moved here"
)
NOT_THERE = "the journal has it and it is not there"
NOT_OURS = "the journal does not have it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What the state store says of the history.

    Args:
        rows: What the tab should show, in order: all events but the archived ones.
        before: The mac of the last archived event, or `GENESIS`.
        archived: Archived events among those that the tab shows, by id.
        plans: When the last plans were recorded, carried out or not, the newest first.
        planned: The ids of a plan that waits to be finished.
        shown: How many of the rows the tab is known to have shown; None where that is not known.
        key: The history key.
    """

    rows: Sequence[Row] = ()
    before: str = GENESIS
    archived: Mapping[str, Row] = field(default_factory=dict)
    plans: Sequence[datetime] = ()
    planned: frozenset[str] = frozenset()
    shown: int | None = None
    key: bytes = b""

    @property
    def head(self) -> str:
        """The mac of the newest event."""
        return str(self.rows[-1][MAC]) if self.rows else self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first row that does not hold: its place among the rows, from 0, its event, and why."""

    place: int
    event_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found.

    Args:
        rows: How many rows hold, from the first on.
        head: The mac of the last of them, to compare with one that was printed in a digest.
        broken: The first row that does not hold; None where all do.
    """

    rows: int
    head: str
    broken: Broken | None = None


def shown(event: Event) -> Row:
    """The event as the history shows it, in the order of `FIELDS`."""
    said = [getattr(event, name) for name in FIELDS]
    said[AT] = shown_at(event.at)
    return tuple(map(shown_cell, said))


def shown_at(at: datetime) -> str:
    """An instant as the history shows it: UTC, to the second."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def row_of(chained: ChainedEvent) -> Row:
    """The row that an event becomes, its mac at the end."""
    return (*shown(chained.event), chained.mac)


def shown_cell(value: RawCell) -> RawCell:
    """The cell as it will be read again."""
    value = writable(value)
    if not isinstance(value, int) or abs(value) <= LARGEST_EXACT:
        return value
    try:
        return float(value)
    except OverflowError:
        return str(value)


def mac_of(cells: Sequence[RawCell], predecessor: str, key: bytes) -> str:
    """The mac of a row that shows these cells (in the order of `FIELDS`) after that predecessor.

    What is signed names each cell that is not blank and tells a text from a number, so no two rows
    sign alike; a blank is left out, so a column that is added one day breaks no older row.
    """
    said = {
        name: _signed(cell) for name, cell in zip(FIELDS, cells, strict=True) if cell is not None
    }
    text = json.dumps([predecessor, said], ensure_ascii=True, separators=(",", ":"))
    return hmac.digest(key, text.encode("ascii"), "sha256").hex()


def _signed(cell: RawCell) -> RawCell:
    """12 and 12.0 are one number to a sheet."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= LARGEST_EXACT:
        return int(cell)
    return cell


def holds(row: Row, predecessor: str, key: bytes) -> bool:
    """Whether the row's mac follows from what it shows and from that predecessor."""
    mac = row[MAC]
    return isinstance(mac, str) and hmac.compare_digest(
        mac.encode("utf-8", "replace"), mac_of(row[:MAC], predecessor, key).encode("ascii")
    )


def chain(events: Iterable[Event], head: str, last: int, key: bytes) -> Iterator[ChainedEvent]:
    """Events in the order in which they are recorded, after the one that has number and mac."""
    for seq, event in enumerate(events, start=last + 1):
        head = mac_of(shown(event), head, key)
        yield ChainedEvent(event=event, seq=seq, mac=head)


def verify(rows: Iterable[Row], key: bytes, after: str = GENESIS) -> Verdict:
    """Check rows from the first to the last: a tab, the journal or an archive alike.

    Args:
        rows: In the order in which they stand; a row without any content is passed over.
        key: The history key.
        after: The mac of the row before the first: that of an archive's last row, or `GENESIS`.
    """
    head, count = after, 0
    for place, row in enumerate(rows):
        if is_blank_row(row):
            continue
        if not holds(row, head, key):
            why = EMPTY if row[MAC] is None else NOT_AFTER
            broken = Broken(place=place, event_id=event_id_of(row), why=why)
            return Verdict(rows=count, head=head, broken=broken)
        head, count = str(row[MAC]), count + 1
    return Verdict(rows=count, head=head)


def compare(rows: Sequence[Row], journal: Sequence[Row], after: str = GENESIS) -> Verdict:
    """Hold the tab's rows against the journal's: the first that differs, and in what.

    Args:
        rows: What the tab shows; a row without any content is passed over.
        journal: What it should show: the journal's rows after the archived ones.
        after: The mac of the last archived row.
    """
    seen = [(place, row) for place, row in enumerate(rows) if not is_blank_row(row)]
    head = after
    for count, ((place, row), due) in enumerate(zip(seen, journal, strict=False)):
        if not same_row(row, due):
            broken = Broken(place=place, event_id=event_id_of(row), why=_difference(row, due))
            return Verdict(rows=count, head=head, broken=broken)
        head = str(due[MAC])
    count = min(len(seen), len(journal))
    if len(seen) > count:
        place, row = seen[count]
        broken = Broken(place=place, event_id=event_id_of(row), why=NOT_OURS)
        return Verdict(rows=count, head=head, broken=broken)
    if len(journal) > count:
        broken = Broken(place=len(rows), event_id=event_id_of(journal[count]), why=NOT_THERE)
        return Verdict(rows=count, head=head, broken=broken)
    return Verdict(rows=count, head=head)


def _difference(row: Row, due: Row) -> str:
    if row[EVENT_ID] != due[EVENT_ID]:
        return f"the journal has {event_id_of(due)} here"
    for name, cell, meant in zip(COLUMNS, row, due, strict=True):
        if not _same(cell, meant):
            return f"it shows {cell!r} as {name}; the journal has {meant!r}"
    return NOT_AFTER  # pragma: no cover - rows that differ differ in a cell


def same_row(one: Row, other: Row) -> bool:
    """Whether two rows show the same; TRUE is not 1, although Python takes it for that."""
    return one == other and all(map(_same, one, other))


def _same(one: RawCell, other: RawCell) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def event_id_of(row: Row) -> str:
    """The id that a row shows, as text."""
    return "" if row[EVENT_ID] is None else str(row[EVENT_ID])


def is_blank_row(row: Row) -> bool:
    """Whether a row shows nothing, such as one that somebody inserted for notes of theirs."""
    return not any(cell is not None for cell in row)
