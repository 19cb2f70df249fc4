"""Rows that people typed where sheetsync makes the rows: told of, and otherwise left alone.

Findings: row-not-ours. Never: takes such a row up, moves or deletes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sheetsync.core.differences import AddedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import RowRef, TabKind
from sheetsync.core.orders import OrderBook
from sheetsync.core.rows import key_text
from sheetsync.core.wording import document_of

WHERE_ROWS_COME_FROM = {
    TabKind.ORDERS: "Type its lines on the tab Order lines; this row comes by itself.",
    TabKind.SUPPLIER: "It is no line of yours: delete it, and answer on the others.",
    TabKind.APPROVALS: "No such approval is asked for. Delete this row.",
}


def strangers(added: Iterable[AddedRow], book: OrderBook) -> tuple[AddedRow, ...]:
    """The new rows of such tabs that belong to nothing the worker knows."""
    orders = {key_text(order.po_number): order for order in book.values()}

    def belongs(row: AddedRow) -> bool:
        if row.place.kind is not TabKind.SUPPLIER:
            return (row.key[0] if row.key else "") in orders
        order = orders.get(row.key[0])
        return (
            order is not None
            and order.supplier == row.place.supplier
            and row.key[1] in {key_text(line.key.line_number) for line in order.lines}
        )

    return tuple(
        row for row in added if row.place.kind in WHERE_ROWS_COME_FROM and not belongs(row)
    )


def stranger_findings(rows: Iterable[AddedRow]) -> Iterator[Finding]:
    """What is said on each of them."""
    for row in rows:
        yield Finding(
            code=Code.ROW_NOT_OURS,
            tab=row.place.address,
            ref=RowRef(key=row.key),
            source=row.source,
            document=document_of(row.place.kind, row.row.cells),
            message=(
                "sheetsync makes the rows of this tab, and did not make this one. "
                + WHERE_ROWS_COME_FROM[row.place.kind]
            ),
            rule=f"columns.{row.place.kind}.key",
            supplier=row.place.supplier,
        )
