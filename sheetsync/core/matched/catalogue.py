"""The tab Items as matching needs it: how units convert, item by item, and which category decides.

Units and categories are known in any notation; what matching compares is written in one. What the
tab says of an item goes before rules/matching.yaml, `uom_items` and `uom`.

Never: chains two conversions, guesses one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching import MatchingLevels, MatchingRules
from sheetsync.core.matching.conversions import unit_factor
from sheetsync.core.model import Item, OrderLine
from sheetsync.core.reading import normalise_key

Table = Mapping[str, Mapping[str, Decimal | Fraction]]


class Catalogue:
    """What Items says of the items on order.

    Args:
        items: The rows of Items.
        lines: The rows of Order lines: an item, and its unit, may be written otherwise there.
        rules: What matching allows without Items.
        levels: The categories that have limits of their own.
    """

    def __init__(
        self,
        items: Iterable[Item],
        lines: Iterable[OrderLine],
        rules: MatchingRules,
        levels: MatchingLevels,
    ) -> None:
        self._items = {normalise_key(item.item): item for item in items}
        self._categories = {normalise_key(name): name for name in levels.categories}
        self._base = rules
        self.rules = self._with_conversions(lines) if self._items else rules

    def category(self, item: str | None) -> str | None:
        """The category of an item, as the rules write it."""
        known = self._items.get(normalise_key(item or ""))
        said = known.category if known is not None else None
        return self._categories.get(normalise_key(said), said) if said is not None else None

    def unit(self, item: str | None, typed: str | None, ordered: str | None) -> str:
        """The unit of a row: a blank one, or another spelling of it, means the order line's."""
        if ordered and (not typed or normalise_key(typed) == normalise_key(ordered)):
            return ordered
        known = self._items.get(normalise_key(item or "")) if typed and self._items else None
        return _spelling(known, typed or "") if known is not None else typed or ""

    def converts(self, item: str | None, typed: str, ordered: str) -> bool:
        """Whether one unit can be turned into the other."""
        unit = self.unit(item, typed, ordered)
        return unit_factor(item or "", unit, ordered, self.rules) is not None

    def _with_conversions(self, lines: Iterable[OrderLine]) -> MatchingRules:
        ordered: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            if line.item is not None and line.uom is not None:
                ordered[line.item].add(line.uom)
        found: dict[str, Table] = {}
        for name, units in ordered.items():
            item = self._items.get(normalise_key(name))
            if item is not None and item.conversions:
                found[name] = _over(_table(item, units), self._base.uom_items.get(name, {}), item)
        if not found:
            return self._base
        # Exact ratios, which no decimal of a rules file can always write.
        return self._base.model_copy(update={"uom_items": {**self._base.uom_items, **found}})


def _table(item: Item, ordered: Iterable[str]) -> Table:
    """The conversions under every spelling of their units that orders use."""
    table: dict[str, dict[str, Fraction]] = {}
    for one in item.conversions:
        for unit in _spellings(one.unit, ordered):
            for of in _spellings(one.of, ordered):
                table.setdefault(_spelling(item, unit), {})[of] = one.factor
                table.setdefault(unit, {})[_spelling(item, of)] = one.factor
                table[unit][of] = one.factor
    return table


def _over(table: Table, rules: Table, item: Item) -> Table:
    """The conversions of Items, and those of the rules of which Items says nothing."""
    said = {frozenset(map(normalise_key, (one.unit, one.of))) for one in item.conversions}
    merged: dict[str, dict[str, Decimal | Fraction]] = {
        unit: dict(others) for unit, others in table.items()
    }
    for unit, others in rules.items():
        for of, factor in others.items():
            if frozenset(map(normalise_key, (unit, of))) not in said:
                merged.setdefault(unit, {})[of] = factor
    return merged


def _spellings(unit: str, ordered: Iterable[str]) -> set[str]:
    return {unit, *(other for other in ordered if normalise_key(other) == normalise_key(unit))}


def _spelling(item: Item, unit: str) -> str:
    """The unit as Items writes it first."""
    key = normalise_key(unit)
    known = (side for one in item.conversions for side in (one.unit, one.of))
    return next((side for side in known if normalise_key(side) == key), unit)
