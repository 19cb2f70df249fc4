"""From one unit to another, and from one currency to another, as exact ratios.

Rules: rules/matching.yaml `uom`, `uom_items`, `fx`, `limit_currency`.
Never: guesses 1:1, chains two conversions, or looks up today's rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.documents import PurchaseOrder
from sheetsync.core.matching.settings import MatchingRules

ONE = Fraction(1)
Table = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What turns a billed quantity and a billed price into the order's unit and net currency.

    `derived` tells that the order's price, put in the invoice's terms, was computed: a unit, a rate
    or a tax lies between the two.
    """

    quantity: Fraction
    price: Fraction
    derived: bool


def unit_factor(item: str, unit: str, wanted: str, settings: MatchingRules) -> Fraction | None:
    """How many `wanted` units one `unit` holds; the item's own table goes before the general."""
    if unit == wanted:
        return ONE
    for table in (settings.uom_items.get(item, {}), settings.uom):
        factor = _factor(table, unit, wanted)
        if factor is not None:
            return factor
    return None


def _factor(table: Table, unit: str, wanted: str) -> Fraction | None:
    into = table.get(unit, {}).get(wanted)
    if into is not None:
        return Fraction(into)
    back = table.get(wanted, {}).get(unit)
    return None if back is None else ONE / Fraction(back)


def exchange_rate(
    order: PurchaseOrder | None, base: str, other: str, settings: MatchingRules
) -> Fraction | None:
    """How many units of `other` one unit of `base` buys; the order's own rate goes first."""
    if base == other:
        return ONE
    if order is not None:
        rate = _order_rate(order, base, other)
        if rate is not None:
            return rate
    direct = settings.fx.get(base + other)
    if direct is not None:
        return Fraction(direct)
    back = settings.fx.get(other + base)
    return None if back is None else ONE / Fraction(back)


def _order_rate(order: PurchaseOrder, base: str, other: str) -> Fraction | None:
    # A rate of 0 or below in a sheet is a slip, not a rate.
    if base == order.currency:
        rate = order.fx_rates.get(other)
        return Fraction(rate) if rate is not None and rate > 0 else None
    if other == order.currency:
        rate = order.fx_rates.get(base)
        return ONE / Fraction(rate) if rate is not None and rate > 0 else None
    return None


def net_of_tax(rate_pct: Decimal | None) -> Fraction:
    """What takes the tax out of a price that includes it."""
    return ONE / (1 + Fraction(rate_pct or 0) / 100)


def to_limit_currency(
    order: PurchaseOrder | None, currency: str, settings: MatchingRules
) -> Fraction | None:
    """What turns money of `currency` into the currency that amount limits are written in.

    `None` when no rate is known; then nothing may pass on the strength of the limit.
    """
    wanted = settings.limit_currency or (order.currency if order else currency)
    return exchange_rate(order, currency, wanted, settings)
