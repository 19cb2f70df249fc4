"""Which row an event tells of: how the history names a row, and which row such a name means.

Both directions stand here, so that what was written can be found again. Never: reads a cell's
meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetsync.core.model import RawCell, RowKey, TabKind, TabPlace
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import ColumnRules

ROW = "(row)"
"""The field of an event that tells of a whole row."""

UNDO_OF = "undo of "
"""How the decision of an undone change begins; the ids of the undone events follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """The row that an event tells of."""

    place: TabPlace
    key: RowKey


def named(
    place: TabPlace, key: RowKey, columns: ColumnRules, cells: Mapping[str, RawCell]
) -> dict[str, str]:
    """The order, the line and the tab with the rest of the key, as an event names a row.

    Whose order an invoice bills stands in its cells, not in its key.
    """
    names = dict(zip(columns.tabs[place.kind].key, key, strict=False))
    po_number = names.get("po_number", "").upper()
    line_number = names.get("line_number", "")
    rest = [value for name, value in names.items() if name not in {"po_number", "line_number"}]
    tab = str(place.address) + (f" {' '.join(rest)}" if rest else "")
    if place.kind is TabKind.INVOICES:
        po_number = key_text(cells.get("po_number")).upper()
        line_number = key_text(cells.get("po_line"))
    return {"po_number": po_number, "line_number": line_number, "tab": tab}


def row_of(event: Event, places: Iterable[TabPlace], columns: ColumnRules) -> EventRow | None:
    """The row that the event names, or None where its tab is configured no more.

    Of tabs whose titles begin alike the longest is meant.
    """
    found = [place for place in places if _is_on(event.tab, str(place.address))]
    if not found:
        return None
    place = max(found, key=lambda each: len(str(each.address)))
    # Parts of a key never hold a blank (see `core.rows.key_text`).
    rest = iter(event.tab.removeprefix(str(place.address)).split())
    key = tuple(_part(name, place, event, rest) for name in columns.tabs[place.kind].key)
    return EventRow(place=place, key=key)


def is_change(event: Event) -> bool:
    """Whether the event tells of a cell that a person changed, and that shows the new value."""
    is_undone = event.decision.startswith(UNDO_OF) and event.field != ROW
    return event.decision == "changed" or is_undone


def is_new_row(event: Event) -> bool:
    """Whether the event tells of a row that a person typed, or that stands again by an undo."""
    is_undone = event.decision.startswith(UNDO_OF)
    return event.field == ROW and (event.decision == "added" or is_undone)


def key_rule(kind: TabKind) -> str:
    """The rule under which a row is known by its key."""
    return f"columns.{kind}.key"


def went_on(event: Event) -> bool:
    """Whether the row that is gone by its key went on under another one, or waits for one."""
    rule = event.rule.partition(" ")[0]  # the fingerprint of the rules in force follows
    is_key = any(rule == key_rule(kind) for kind in TabKind)
    return is_key and event.field == ROW and event.decision == "deleted"


def _is_on(tab: str, title: str) -> bool:
    return tab == title or tab.startswith(f"{title} ")


def _part(name: str, place: TabPlace, event: Event, rest: Iterable[str]) -> str:
    if name == "po_number" and place.kind is not TabKind.INVOICES:
        return key_text(event.po_number)
    if name == "line_number":
        return event.line_number
    return next(iter(rest), "")
