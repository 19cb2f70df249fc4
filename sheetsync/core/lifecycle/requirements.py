"""What a move may require: each word of `requires` in rules/lifecycle.yaml is one function here.

A requirement answers None when it holds, or says what is missing in the words of the person who
asked. Never: moves anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.lifecycle.approval import in_base, is_covered, is_refused
from sheetsync.core.matching.documents import OrderLineKey
from sheetsync.core.matching.matches import OrderLineMatch
from sheetsync.core.model import RowRef, Source, Supplier, TabAddress, TabKind, Tabs, Terms
from sheetsync.core.money import as_decimal
from sheetsync.core.orders import Line, Order
from sheetsync.core.reading import show_number
from sheetsync.core.rulebook import Party, Rulebook, Scope
from sheetsync.core.wording import shown_amount

NOTHING = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for, by an action or an answer.

    `line_number` is None for a whole order. `is_typed_over` marks a proposal that a supplier
    made by typing over a locked cell.
    """

    party: Party
    scope: Scope
    word: str
    po_number: str
    line_number: int | None = None
    reason: str | None = None
    terms: Terms = NOTHING
    actor: str
    proof: str
    tab: TabAddress
    ref: RowRef
    source: Source
    field: str
    is_typed_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a requirement may look at: the order, the lines that would move, and who asked."""

    order: Order
    targets: tuple[Line, ...]
    asked: Asked | None
    rules: Rulebook
    matched: Mapping[OrderLineKey, OrderLineMatch]
    held: frozenset[str]
    suppliers: Mapping[str, Supplier]
    tabs: Tabs


Requirement = Callable[[Situation], str | None]


def complete_lines(here: Situation) -> str | None:
    """Every line can be read, nothing required is blank, and all name one supplier."""
    required = [c for c in here.rules.columns.tabs[TabKind.ORDER_LINES].columns if c.required]
    for line in here.targets:
        blank = [c.header for c in required if getattr(line.cells, c.field) is None]
        if line.cells.unread:
            return f"Line {line.key.line_number} has a value that could not be read."
        if blank:
            return f"Line {line.key.line_number} lacks {', '.join(blank)}."
    for field, word in (("supplier", "supplier"), ("currency", "currency")):
        found = {getattr(line.cells, field) for line in here.order.live_lines}
        if len(found) > 1:
            return f"The lines name more than one {word}: {', '.join(sorted(map(str, found)))}."
    return None


def known_supplier(here: Situation) -> str | None:
    """The supplier stands in Suppliers, approved, with an address and a tab."""
    name = here.order.supplier
    supplier = here.suppliers.get(name or "")
    if supplier is None:
        return f"Supplier {name} is not on the tab Suppliers."
    if not supplier.is_approved:
        return f"Supplier {name} is not approved on the tab Suppliers."
    if not supplier.email:
        return f"Supplier {name} has no address on the tab Suppliers."
    if name not in here.tabs.of_supplier:
        return f"Supplier {name} has no tab yet; the operator adds it to config.yaml."
    return None


def approval(here: Situation) -> str | None:
    """Every tier for the order's total has said yes to this version."""
    total = in_base(here.order.total, here.order.currency, here.rules.approval)
    if total is not None and is_covered(here.order.state, total, here.rules.approval):
        return None
    return "The approval is missing."


def approval_void(here: Situation) -> str | None:
    """The order was changed after its approval, so that the approval no longer holds."""
    return None if approval(here) is not None else "The approval holds."


def approval_covers(here: Situation) -> str | None:
    """What was granted covers the order with the proposal accepted."""
    order = here.order
    value = order.total_with(line.key for line in here.targets)
    total = in_base(value, order.currency, here.rules.approval)
    if total is not None and is_covered(order.state, total, here.rules.approval):
        return None
    return (
        f"With the proposal the order comes to {shown_amount(value, order.currency)}, which needs "
        "another yes on the tab Approvals."
    )


def refusal(here: Situation) -> str | None:
    """Somebody said no to this version."""
    return None if is_refused(here.order.state) else "Nobody said no."


def reason(here: Situation) -> str | None:
    """A reason is given."""
    if here.asked is not None and (here.asked.reason or here.asked.is_typed_over):
        return None
    return "Write the reason beside it."


def proposal(here: Situation) -> str | None:
    """Something is proposed that differs from what is in force."""
    terms = here.asked.terms if here.asked is not None else NOTHING
    (line,) = here.targets
    in_force = line.in_force
    differs = (
        terms.quantity not in {None, in_force.quantity}
        or terms.unit_price not in {None, in_force.unit_price}
        or terms.promised_date not in {None, in_force.promised_date}
    )
    return None if differs else "Write the quantity, price or date that you propose."


def nothing_proposed(here: Situation) -> str | None:
    """Nothing else than what is in force stands beside the acceptance."""
    if proposal(here) is not None:
        return None
    return "You accept and also write another value: clear it, or answer `propose`."


def whole_order(here: Situation) -> str | None:
    """No line of the order would be left as it is."""
    moving = {line.key for line in here.targets}
    for line in here.order.live_lines:
        status = line.state.status
        if line.key not in moving and status not in {"short_closed", "closed"}:
            return (
                f"Line {line.key.line_number} is {status.replace('_', ' ')} and would stay. "
                "Cancel the other lines one by one, on the tab Order lines."
            )
    return None


def nothing_received_or_invoiced(here: Situation) -> str | None:
    """No goods and no invoices stand against the lines."""
    for line in here.targets:
        match = _match(here, line)
        if match is not None and (match.received_net or match.invoiced_net):
            return f"Line {line.key.line_number} was already received or invoiced."
    return None


def something_received(here: Situation) -> str | None:
    """Part of the line was received; nothing at all would be a cancellation."""
    for line in here.targets:
        match = _match(here, line)
        if match is None or not match.received_net:
            return f"Nothing of line {line.key.line_number} was received: ask for `cancel`."
    return None


def quantity_covers_receipts(here: Situation) -> str | None:
    """No line asks for less than was received of it."""
    for line in here.targets:
        match, quantity = _match(here, line), line.cells.quantity
        if match is not None and quantity is not None and match.received_net > quantity:
            received = show_number(as_decimal(match.received_net))
            return f"Of line {line.key.line_number}, {received} were already received."
    return None


def received(here: Situation) -> str | None:
    """All that is in force was received."""
    for line in here.targets:
        match, wanted = _match(here, line), line.in_force.quantity
        got = match.received_net if match is not None else Decimal(0)
        if wanted is not None and got < wanted - line.state.cancelled_quantity:
            return f"Line {line.key.line_number} is not fully received."
    return None


def matched(here: Situation) -> str | None:
    """All that was received is invoiced, and no invoice on the order is held."""
    if here.order.po_number in here.held:
        return "An invoice on this order is held; see its row on the tab Invoices."
    for line in here.targets:
        match = _match(here, line)
        if match is None or match.invoiced_net < match.received_net:
            return f"Line {line.key.line_number} is not fully invoiced."
    return None


def _match(here: Situation, line: Line) -> OrderLineMatch | None:
    return here.matched.get((line.key.po_number, line.key.line_number))


REQUIREMENTS: Mapping[str, Requirement] = {
    check.__name__: check
    for check in (
        complete_lines,
        known_supplier,
        approval,
        approval_void,
        approval_covers,
        refusal,
        reason,
        proposal,
        nothing_proposed,
        whole_order,
        nothing_received_or_invoiced,
        something_received,
        quantity_covers_receipts,
        received,
        matched,
    )
}
LOOK_AT_TERMS = frozenset({proposal.__name__, nothing_proposed.__name__})
"""The requirements that look at the values beside an answer."""
