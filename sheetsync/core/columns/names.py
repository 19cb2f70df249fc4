"""One spelling per order, supplier and person, however a cell writes it.

"po-7 ", "PO - 7" and "PO-7" are one order: every reference is given the spelling under which the
order itself is known, so that the rooms behind compare plain text. Never: guesses an order that
nobody has typed; an unknown reference stays as typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What a row that names an order may borrow from its lines, to find its reader."""

    supplier: str | None = None
    requester: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names in force, and whose each order is."""

    orders: Spellings
    suppliers: Spellings
    people: Spellings
    order_facts: Mapping[str, OrderFacts] = field(default_factory=dict)

    def facts_of(self, po_number: str | None) -> OrderFacts:
        """Whose order it is; nobody's where it is not known."""
        return self.order_facts.get(po_number or "", OrderFacts())
