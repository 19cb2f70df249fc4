"""The life of an order as the journal tells it: in sentences, and as it stood at any instant.

Never: asks the baseline or the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sheetsync.core.life.folding import OrderThen, Sheet, cells_of, fold
from sheetsync.core.life.moments import read_moment
from sheetsync.core.life.sentences import Sentence, tell
from sheetsync.core.life.state_said import order_said
from sheetsync.core.life.wording import moment, said_cell
from sheetsync.core.model import TabKind
from sheetsync.core.plan import Event

__all__ = [
    "OrderThen",
    "Sentence",
    "Sheet",
    "cells_of",
    "fold",
    "in_order",
    "invoice_rows",
    "moment",
    "order_said",
    "read_moment",
    "said_cell",
    "tell",
    "until",
]


def invoice_rows(events: Sequence[Event], sheet: Sheet) -> frozenset[str]:
    """The rows of invoices that ever named the order; their events may name another order too."""
    sheet = sheet.knowing(events)
    return frozenset(e.tab for e in events if sheet.kind_of(e) is TabKind.INVOICES)


def in_order(own: Sequence[Event], of_invoices: Sequence[Event]) -> tuple[Event, ...]:
    """The events of an order and those of its invoices' rows, each once, oldest first."""
    rows = {event.tab for event in of_invoices}
    kept = [event for event in own if event.tab not in rows]
    return tuple(sorted((*kept, *of_invoices), key=lambda event: event.at))


def until(events: Iterable[Event], at: datetime) -> tuple[Event, ...]:
    """Those that had happened at an instant."""
    return tuple(event for event in events if event.at <= at)
