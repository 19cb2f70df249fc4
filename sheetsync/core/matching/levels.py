"""Limits for one supplier, one category, one item: the frozen model of rules/matching_levels.yaml.

A level says only what differs. The nearest level that says something about a limit decides it: the
item's, else its category's, else its supplier's, else rules/matching.yaml. Where a person reads of
a hold, the level that decided stands beside the limit.

Rules: rules/matching_levels.yaml (all keys).
Never: reads the file, or lets a level change how units, currencies and policies work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from sheetsync.core.matching.settings import Limit, LowerAction, MatchingRules, PercentLimit


class _Level(BaseModel):
    """Keys that a level may say; what it does not say is as the level above it has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_serializer(mode="wrap")
    def _only_what_is_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if key in self.model_fields_set}


class QuantityLevel(_Level):
    """How far a quantity may be over."""

    pct_upper: PercentLimit = None
    abs_upper: Limit = None
    value_upper: Limit = None


class OverReceiptLevel(_Level):
    """How far more than ordered may be received before it is reported."""

    pct_upper: PercentLimit = None


class PriceLevel(_Level):
    """How far a unit price may be off."""

    pct_upper: PercentLimit = None
    abs_upper: Limit = None
    pct_lower: PercentLimit = None
    abs_lower: Limit = None
    lower_action: LowerAction = LowerAction.WARN


class AmountLevel(_Level):
    """How far an amount may be over, in percent and in money."""

    pct_upper: PercentLimit = None
    abs_upper: Limit = None


class MoneyLevel(_Level):
    """How far an amount may be over, in money."""

    abs_upper: Limit = None


class LineLevel(_Level):
    """What may differ for a category or an item: everything that is asked of a single line."""

    qty_ordered: QuantityLevel = QuantityLevel()
    qty_received: QuantityLevel = QuantityLevel()
    over_receipt: OverReceiptLevel = OverReceiptLevel()
    price: PriceLevel = PriceLevel()
    line_total: AmountLevel = AmountLevel()
    line_amount_cap: Limit = None
    date_value_days: Limit = None


class SupplierLevel(LineLevel):
    """What may differ for a supplier: the lines, and the document as a whole."""

    charge_planned: AmountLevel = AmountLevel()
    charge_unplanned: MoneyLevel = MoneyLevel()
    tax: Limit = None
    small_difference: Limit = None
    blanket_amount: MoneyLevel = MoneyLevel()
    blanket_days: Limit = None


class MatchingLevels(_Level):
    """rules/matching_levels.yaml."""

    suppliers: dict[str, SupplierLevel]
    categories: dict[str, LineLevel]
    items: dict[str, LineLevel]

    def said_for(
        self, supplier: str, category: str | None, item: str | None
    ) -> Iterator[tuple[str, str, _Level]]:
        """The levels that concern a line, the widest first: kind, name, what it says."""
        for kind, name, table in (
            ("suppliers", supplier, self.suppliers),
            ("categories", category, self.categories),
            ("items", item, self.items),
        ):
            if name is not None and name in table:
                yield kind, name, table[name]


NO_LEVELS = MatchingLevels(suppliers={}, categories={}, items={})


class Tuned:
    """The rules for one line or one document, and which level decided each limit that differs.

    `decided_by` has settings keys such as "price.pct_upper" and levels such as "items.0815".
    """

    __slots__ = ("decided_by", "rules")

    def __init__(self, rules: MatchingRules, decided_by: Mapping[str, str]) -> None:
        self.rules = rules
        self.decided_by = decided_by


class Tuning:
    """The rules for every combination that occurs, each worked out once."""

    def __init__(self, rules: MatchingRules, levels: MatchingLevels) -> None:
        self.rules = rules
        self._untuned = Tuned(rules, {})
        self._levels = levels
        self._has_levels = bool(levels.suppliers or levels.categories or levels.items)
        self._found: dict[tuple[str, str | None, str | None], Tuned] = {}

    def of(self, supplier: str, category: str | None = None, item: str | None = None) -> Tuned:
        """The rules in force for a supplier's document, or for one line of its orders."""
        if not self._has_levels:
            return self._untuned
        levels = self._levels
        key = (
            supplier if supplier in levels.suppliers else "",
            category if category in levels.categories else None,
            item if item in levels.items else None,
        )
        if key not in self._found:
            self._found[key] = self._tuned(key)
        return self._found[key]

    def _tuned(self, key: tuple[str, str | None, str | None]) -> Tuned:
        rules, decided_by = self.rules, {}
        for kind, name, level in self._levels.said_for(*key):
            for limit in _limits_of(level):
                decided_by[limit] = f"{kind}.{name}"
            rules = _laid_over(rules, level)
        return Tuned(rules, decided_by) if decided_by else self._untuned


def _limits_of(level: _Level, path: str = "") -> Iterator[str]:
    """The keys that a level says something about."""
    for key in level.model_fields_set:
        said = getattr(level, key)
        if isinstance(said, _Level):
            yield from _limits_of(said, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def _laid_over(rules: MatchingRules, level: _Level) -> MatchingRules:
    """The rules with what a level says."""
    changes: dict[str, Any] = {}
    for key in level.model_fields_set:
        said = getattr(level, key)
        if isinstance(said, _Level):
            inner = {each: getattr(said, each) for each in said.model_fields_set}
            changes[key] = getattr(rules, key).model_copy(update=inner)
        else:
            changes[key] = said
    return rules.model_copy(update=changes)
