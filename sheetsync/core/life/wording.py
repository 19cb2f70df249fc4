"""The words of the life of an order: who did it, how that is known, when, and why.

Never: decides what is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal

from sheetsync.core.model import RawCell, TabKind
from sheetsync.core.money import is_plausible
from sheetsync.core.plan import Event
from sheetsync.core.reading import show_date, show_number
from sheetsync.core.reading.showing import show_day
from sheetsync.core.rulebook import CellKind, ColumnRules
from sheetsync.core.wording import shown_cell, shown_price

KNOWN_BY = {
    "unverified": "unverified",
    "tab-owner": "in the supplier's own spreadsheet",
    "protected-cell": "in a cell that nobody else may write",
    "worker": "by a command of sheetsync",
}
"""How it is known who it was. The Sheets API does not say who typed a value."""

PEOPLE = {"payables": "payables", "admin": "an admin", "approver": "an approver"}

BECAUSE = {
    "complete_lines": "every line is complete",
    "known_supplier": "the supplier is known",
    "approval": "everybody who had to approve it said yes",
    "approval_void": "what was approved had changed",
    "refusal": "an approver said no",
    "received": "everything was received",
    "matched": "invoices and receipts agree",
    "due": "it was due",
}
"""Why the worker moved a line by itself: the words of rules/lifecycle.yaml, as people say them."""


def who(event: Event) -> str:
    """Who it was, and how that is known: "the buyer (unverified)"."""
    if event.actor == "worker":
        return "sheetsync"
    name = PEOPLE.get(event.actor, event.actor)
    is_named = event.actor in PEOPLE or event.actor.startswith("supplier ")
    proof = KNOWN_BY.get(event.proof, event.proof)
    return f"{name if is_named else 'the ' + name} ({proof})"


def why(event: Event) -> str:
    """Why a status moved, in words."""
    asked, _, reason = event.decision.partition(": ")
    column, _, word = asked.partition(" ")
    said = f", saying: {reason}" if reason else ""
    if event.actor == "worker":
        words = [part.strip() for part in event.decision.split(",")]
        return " and ".join(BECAUSE.get(word, word.replace("_", " ")) for word in words)
    if column == "action":
        return f"{who(event)} asked for `{word.replace('_', ' ')}`{said}"
    if column == "response":
        return f"{who(event)} answered `{word}`{said}"
    if event.decision == "typed over the agreed value":
        return f"{who(event)} typed another value over an agreed one, which proposes it"
    return f"{who(event)}: {event.decision}"


def status_said(status: RawCell) -> str:
    """A status as the tabs show it."""
    return str(status or "nothing").replace("_", " ")


def moment(at: datetime, zone: tzinfo) -> str:
    """An instant in the configured time zone: "3 Apr 2026 14:05"."""
    here = at.astimezone(zone)
    return f"{show_day(here.date())} {here:%H:%M}"


def said_cell(
    kind: TabKind | None, name: str, cell: RawCell, cells: Mapping[str, RawCell], rules: ColumnRules
) -> str:
    """A cell as people write it: quantities with their unit, prices with their currency."""
    column = rules.tabs[kind].by_field.get(name) if kind is not None else None
    if column is None:
        return shown_cell(cell)
    if column.kind is CellKind.DATE and isinstance(cell, str):
        return _day_said(cell)
    text = shown_cell(cell, column.kind)
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if column.kind is CellKind.MONEY and is_number:
        currency = cells.get("currency")
        return price_said(Decimal(repr(cell)), str(currency) if currency else None)
    if column.kind is CellKind.QUANTITY and is_number and cells.get("uom"):
        return f"{text} {cells['uom']}"
    return text


def price_said(price: Decimal, currency: str | None) -> str:
    """A price with its currency: "12.60 EUR"; what nobody pays, as it was typed."""
    text = shown_price(price, currency) if is_plausible(price) else show_number(price)
    return f"{text} {currency or ''}".rstrip()


def term_said(term: str, cell: RawCell, cells: Mapping[str, RawCell]) -> str:
    """An agreed or proposed quantity, price or date."""
    if term == "date":
        return _day_said(str(cell))
    number = Decimal(str(cell))
    if term == "price":
        currency = cells.get("currency")
        return price_said(number, str(currency) if currency else None)
    return f"{show_number(number)} {cells.get('uom') or ''}".rstrip()


def day_said(cell: RawCell) -> str:
    """A day from its serial number, or as it was typed."""
    return _day_said(cell) if isinstance(cell, str) else shown_cell(cell, CellKind.DATE)


def _day_said(text: str) -> str:
    try:
        return show_date(date.fromisoformat(text.strip()))
    except ValueError:
        return shown_cell(text)
