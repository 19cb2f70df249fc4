"""The mail that takes an issued order to its supplier: one per order version.

Never: renders or sends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sheetsync.core.model import Move, Person, Records, Supplier
from sheetsync.core.orders import Line, Order, OrderBook, is_new_issue
from sheetsync.core.plan import MailLine, OrderMail, order_mail_id
from sheetsync.core.reading import show_number
from sheetsync.core.wording import plain_amount, shown_day, shown_price


def order_mails(moves: Iterable[Move], book: OrderBook, records: Records) -> tuple[OrderMail, ...]:
    """One mail per order of which lines were issued in this cycle.

    A line that comes back to issued, from a proposal or a hold, was sent before.
    """
    issued = sorted({move.key.po_number for move in moves if is_new_issue(move)})
    return tuple(
        _order_mail(book[po_number], supplier, records.people.get(book[po_number].requester or ""))
        for po_number in issued
        if (supplier := records.suppliers.get(book[po_number].supplier or "")) is not None
    )


def _order_mail(order: Order, supplier: Supplier, requester: Person | None) -> OrderMail:
    lines = tuple(line for line in order.sent_lines if not line.is_given_up)
    return OrderMail(
        mail_id=order_mail_id(order.po_number, order.state.version),
        to=supplier.email or "",
        recipient_name=supplier.name or supplier.supplier,
        supplier=supplier.supplier,
        po_number=order.po_number,
        version=order.state.version,
        currency=order.currency or "",
        total=plain_amount(replace(order, lines=lines).total, order.currency),
        requester=(requester.name if requester else None) or order.requester or "",
        lines=tuple(_mail_line(line, order) for line in lines),
    )


def _mail_line(line: Line, order: Order) -> MailLine:
    terms = line.in_force
    return MailLine(
        line_number=str(line.key.line_number),
        item=line.cells.item or "",
        description=line.cells.description or "",
        quantity=show_number(terms.quantity) if terms.quantity is not None else "",
        uom=line.cells.uom or "",
        unit_price=(
            shown_price(terms.unit_price, order.currency) if terms.unit_price is not None else ""
        ),
        amount=plain_amount(line.value(terms), order.currency),
        need_by=shown_day(line.cells.need_by),
    )
