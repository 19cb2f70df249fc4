"""Mails as the plan holds them, for the tests of rendering and sending."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sheetsync.core.plan import DigestLine, DigestMail, MailLine, OrderMail, StopMail
from sheetsync.mail.render import Renderer

TEMPLATES = Path(__file__).parents[1] / "templates"
SENDER = "Acme Purchasing <purchasing@acme.example>"
QUEUED_AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


def renderer(**said) -> Renderer:
    return Renderer(**{"templates": TEMPLATES, "sender": SENDER, **said})


def mail_line(**said) -> MailLine:
    usual = {
        "line_number": "1",
        "item": "00417",
        "description": "Hex bolt M8x40, zinc plated",
        "quantity": "1,200",
        "uom": "EA",
        "unit_price": "0.85",
        "amount": "1,020.00",
        "need_by": "Fri 3 Apr 2026",
    }
    return MailLine(**{**usual, **said})


def order_mail(**said) -> OrderMail:
    usual = {
        "mail_id": "M-order-1042-1",
        "to": "orders@nordic.example",
        "recipient_name": "Nordic Bolts AB",
        "supplier": "S-01",
        "po_number": "PO-1042",
        "version": 1,
        "currency": "EUR",
        "total": "1,020.00",
        "requester": "Anna Berg",
        "lines": (mail_line(),),
    }
    return OrderMail(**{**usual, **said})


def digest_line(**said) -> DigestLine:
    usual = {
        "state": "new",
        "severity": "error",
        "code": "QTY_RECEIVED",
        "document": "invoice INV-9",
        "place": "Invoices row 14",
        "message": "Billed 60, received 50. Held until 10 more are received or credited.",
        "at_risk": "4,000.00 EUR",
        "since": "Wed 1 Apr 2026",
    }
    return DigestLine(**{**usual, **said})


def digest_mail(**said) -> DigestMail:
    usual = {
        "mail_id": "M-digest-1",
        "to": "anna@acme.example",
        "recipient_name": "Anna Berg",
        "written_at": QUEUED_AT,
        "lines": (digest_line(),),
    }
    return DigestMail(**{**usual, **said})


def stop_mail(**said) -> StopMail:
    usual = {
        "mail_id": "M-stop-1",
        "to": "it@acme.example",
        "recipient_name": "",
        "written_at": QUEUED_AT,
        "reasons": (
            (
                "The clock says 2026-04-01 08:30 UTC, but the last cycle was settled at "
                "2026-04-02 08:30 UTC: it went backwards."
            ),
        ),
        "remedy": "Set the clock of this machine right. If it is right now and was wrong then, run "
        "`sheetsync run --once --confirm`.",
    }
    return StopMail(**{**usual, **said})
