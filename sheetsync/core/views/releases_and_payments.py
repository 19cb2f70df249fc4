"""Releases and Payments: what each release lets pass, and what each payment was read as."""

from __future__ import annotations

from sheetsync.core.matched.payments import JudgedPayment
from sheetsync.core.model import TabKind
from sheetsync.core.reading import show_date
from sheetsync.core.views.world import Cells, ShownRows, World, messages
from sheetsync.core.wording import shown_amount


def releases(world: World) -> ShownRows:
    """Every release that could be read, and the message of those that could not."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.RELEASES])
    rows: dict[tuple[str, ...], Cells] = {
        key: {"let_pass": None, "message": text} for key, text in said.items()
    }
    for each in world.releases:
        key = each.row.ref.key
        if key is not None:
            rows[key] = {"let_pass": each.lets_pass or None, "message": said.get(key)}
    return rows


def payments(world: World) -> ShownRows:
    """Every payment that could be read, and the message of those that could not."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.PAYMENTS])
    rows: dict[tuple[str, ...], Cells] = {
        key: {"understood": None, "message": text} for key, text in said.items()
    }
    for each in world.payments:
        key = each.row.ref.key
        if key is not None:
            rows[key] = {"understood": _understood(each), "message": said.get(key)}
    return rows


def _understood(each: JudgedPayment) -> str:
    row = each.row
    currency = row.currency if each.refusal or each.invoice is None else each.invoice.currency
    return f"{show_date(row.paid_date)}; {shown_amount(row.amount, currency)}"
