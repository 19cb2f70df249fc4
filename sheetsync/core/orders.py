"""An order as one value: its lines' cells beside what the worker knows of them.

The rule modules, matching's input and the tabs all look at orders through this book, so that what
an order is worth, or what is agreed on a line, is told in one place. Never: decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sheetsync.core.model import (
    LineKey,
    LineState,
    Move,
    OrderLine,
    OrderRow,
    OrderState,
    Records,
    Terms,
)
from sheetsync.core.money import rounded

GIVEN_UP = frozenset({"cancelled"})
BEFORE_ISSUE = frozenset({"draft", "submitted", "approval_rejected", "approved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An order line: the buyer's cells as they stand, and its state."""

    key: LineKey
    cells: OrderLine
    state: LineState

    @property
    def ordered(self) -> Terms:
        """What the buyer asks for."""
        cells = self.cells
        return Terms(
            quantity=cells.quantity, unit_price=cells.unit_price, promised_date=cells.need_by
        )

    @property
    def in_force(self) -> Terms:
        """What is agreed, or else asked for."""
        return over(self.state.agreed, self.ordered)

    @property
    def at_stake(self) -> Terms:
        """What the order is worth by: what is in force, or what is asked for until it is issued.

        A confirmed order that its buyer changes needs a yes to what it is changed into.
        """
        return self.ordered if self.state.before_hold in BEFORE_ISSUE else self.in_force

    @property
    def is_given_up(self) -> bool:
        """Whether nothing more comes of this line."""
        return self.state.status in GIVEN_UP

    def value(self, terms: Terms) -> Decimal:
        """Quantity times price under these terms, rounded to the currency's minor unit."""
        if terms.quantity is None or terms.unit_price is None:
            return Decimal(0)
        quantity = terms.quantity - self.state.cancelled_quantity
        return rounded(quantity * terms.unit_price, self.cells.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order: its lines by number, its row in Orders and its state."""

    state: OrderState
    row: OrderRow | None
    lines: tuple[Line, ...]

    @property
    def po_number(self) -> str:
        """The order's number."""
        return self.state.po_number

    @property
    def sent_lines(self) -> tuple[Line, ...]:
        """The lines that went to the supplier; a draft that was added since did not."""
        return tuple(line for line in self.lines if line.state.before_hold not in BEFORE_ISSUE)

    @property
    def told_by(self) -> tuple[Line, ...]:
        """The lines that say whose order it is; what was sent is not changed by a line added."""
        return self.sent_lines or self.lines

    @property
    def supplier(self) -> str | None:
        """The supplier of the first line that names one."""
        return next((line.cells.supplier for line in self.told_by if line.cells.supplier), None)

    @property
    def requester(self) -> str | None:
        """The person who asked for the order."""
        return next((line.cells.requester for line in self.told_by if line.cells.requester), None)

    @property
    def requesters(self) -> frozenset[str]:
        """Everybody who asks for a line; none of them may approve the order."""
        return frozenset(line.cells.requester for line in self.lines if line.cells.requester)

    @property
    def currency(self) -> str | None:
        """The order's currency."""
        return next((line.cells.currency for line in self.told_by if line.cells.currency), None)

    @property
    def live_lines(self) -> tuple[Line, ...]:
        """The lines that are not given up."""
        return tuple(line for line in self.lines if not line.is_given_up)

    @property
    def total(self) -> Decimal:
        """What the order is worth; a blanket order is worth its limit."""
        if self.row is not None and self.row.value_limit is not None:
            return rounded(self.row.value_limit, self.currency)
        return sum((line.value(line.at_stake) for line in self.live_lines), Decimal(0))

    def total_with(self, proposals: Iterable[LineKey]) -> Decimal:
        """What the order would be worth if these lines' proposals were accepted."""
        if self.row is not None and self.row.value_limit is not None:
            return self.total
        accepted = frozenset(proposals)
        return sum(
            (
                line.value(
                    over(line.state.proposal or Terms(), line.at_stake)
                    if line.key in accepted
                    else line.at_stake
                )
                for line in self.live_lines
            ),
            Decimal(0),
        )

    def status(self, order_shows: tuple[str, ...]) -> str:
        """The first status of `order_shows` that one of the lines has."""
        have = {line.state.status for line in self.lines}
        return next((status for status in order_shows if status in have), "draft")

    def with_lines(self, states: Mapping[LineKey, LineState]) -> Order:
        """The same order with the states of these lines replaced."""
        lines = tuple(
            replace(line, state=states[line.key]) if line.key in states else line
            for line in self.lines
        )
        return replace(self, lines=lines)


OrderBook = Mapping[str, Order]
"""Every order by its number, in the order of their numbers."""


def over(upper: Terms, lower: Terms) -> Terms:
    """Terms where `upper` says something, else what `lower` says."""
    return Terms(
        quantity=upper.quantity if upper.quantity is not None else lower.quantity,
        unit_price=upper.unit_price if upper.unit_price is not None else lower.unit_price,
        promised_date=upper.promised_date or lower.promised_date,
    )


def is_new_issue(move: Move) -> bool:
    """Whether a version of the line goes to its supplier; what comes back to issued went before."""
    return move.to_status == "issued" and move.from_status in BEFORE_ISSUE


def build_orders(
    records: Records,
    states: Mapping[str, OrderState],
    lines: Mapping[LineKey, LineState],
) -> OrderBook:
    """Gather keyed order lines into orders; what has no state yet is a draft."""
    grouped: dict[str, list[Line]] = defaultdict(list)
    for cells in records.order_lines:
        key = cells.key
        if key is None:
            continue
        state = lines.get(key) or LineState(status="draft")
        grouped[key.po_number].append(Line(key=key, cells=cells, state=state))
    return {
        po_number: Order(
            state=states.get(po_number) or OrderState(po_number=po_number),
            row=records.orders.get(po_number),
            lines=tuple(sorted(grouped[po_number], key=lambda line: line.key.line_number)),
        )
        for po_number in sorted(grouped)
    }
