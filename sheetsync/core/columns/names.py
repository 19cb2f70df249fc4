"""One spelling per order, supplier and person, however a cell writes it.

"po-7 ", "PO - 7" and "PO-7" are one order: every reference is given the spelling under which the
order itself is known, so that the rooms behind compare plain text. Never: guesses an order that
nobody has typed; an unknown reference stays as typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sheetsync.core.reading import normalise_key


class Spellings:
    """The spelling in force for each name.

    Args:
        known: Names in force, the more telling sources first. Of two spellings in one source the
            smaller one counts, so that the order of rows never does.
    """

    def __init__(self, *known: Iterable[str]) -> None:
        self._spelling: dict[str, str] = {}
        for source in known:
            for name in sorted(source):
                self._spelling.setdefault(normalise_key(name), name)
        self._told: dict[str, str] = {}

    def of(self, typed: str) -> str:
        """The spelling in force; as typed where the name is not known."""
        if typed not in self._told:
            self._told[typed] = self._spelling.get(normalise_key(typed), typed)
        return self._told[typed]


class Said(NamedTuple):
    """The names that a row says, as typed; `person` is an approver, or somebody of People."""

    po_number: str | None
    supplier: str | None
    requester: str | None
    person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What a row that names an order may borrow from its lines, to find its reader."""

    supplier: str | None = None
    requester: str | None = None


class Named(NamedTuple):
    """The names that a row says, as they are in force: all that its record knows of other rows.

    `facts` is whose the order is that the row names; nobody's where it names none.
    """

    po_number: str | None
    supplier: str | None
    requester: str | None
    person: str | None
    facts: OrderFacts


class AllSaid(NamedTuple):
    """Every name that stands where names are given; equal ones make equal names.

    Args:
        known_orders: The spellings of orders in force.
        configured: The suppliers that have a tab.
        lines: What the rows of Order lines say, without those that wait under a mark.
        suppliers: What the rows of Suppliers say.
        people: What the rows of People say.
    """

    known_orders: frozenset[str]
    configured: frozenset[str]
    lines: tuple[Said, ...]
    suppliers: tuple[Said, ...]
    people: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names in force, and whose each order is."""

    orders: Spellings
    suppliers: Spellings
    people: Spellings
    order_facts: Mapping[str, OrderFacts] = field(default_factory=dict)

    def of(self, said: Said) -> Named:
        """What a row says, in the spellings in force."""
        po_number = _of(said.po_number, self.orders)
        return Named(
            po_number=po_number,
            supplier=_of(said.supplier, self.suppliers),
            requester=_of(said.requester, self.people),
            person=_of(said.person, self.people),
            facts=self.order_facts.get(po_number or "", NOBODYS),
        )


NOBODYS = OrderFacts()


def names_in_force(said: AllSaid) -> Names:
    """The spellings in force, and whose each order is."""
    orders = Spellings(said.known_orders, _texts(line.po_number for line in said.lines))
    suppliers = Spellings(
        _texts(row.supplier for row in said.suppliers),
        said.configured,
        _texts(line.supplier for line in said.lines),
    )
    people = Spellings(_texts(row.person for row in said.people))
    return Names(
        orders=orders,
        suppliers=suppliers,
        people=people,
        order_facts=_facts(said.lines, orders, suppliers, people),
    )


def _facts(
    lines: Iterable[Said], orders: Spellings, suppliers: Spellings, people: Spellings
) -> dict[str, OrderFacts]:
    """Whose each order is: supplier and requester as its lines name them first by the alphabet."""
    named: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for line in lines:
        if line.po_number is None:
            continue
        theirs, ours = named[orders.of(line.po_number)]
        if line.supplier is not None:
            theirs.add(suppliers.of(line.supplier))
        if line.requester is not None:
            ours.add(people.of(line.requester))
    return {
        order: OrderFacts(supplier=min(theirs, default=None), requester=min(ours, default=None))
        for order, (theirs, ours) in named.items()
    }


def _texts(names: Iterable[str | None]) -> set[str]:
    return {name for name in names if name is not None}


def _of(typed: str | None, spellings: Spellings) -> str | None:
    return spellings.of(typed) if typed is not None else None
