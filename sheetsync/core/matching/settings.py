"""What matching allows: the frozen model of rules/matching.yaml.

The keys are those of `settings` in tests/matching_cases.json. A limit is a number or `off`;
a blank is refused, because the systems people know read a blank in opposite ways. Defaults stand in
the shipped YAML, not here: every key must be given.

Never: reads the file, and never holds a binary fraction.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

OFF = "off"
MOST_PERCENT = Decimal(1000)
LONGEST_NUMBER = 30
CURRENCY_LETTERS = 3


class Combine(StrEnum):
    """What several limits of one check mean together."""

    EITHER_EXCEEDS = "either_exceeds"
    BOTH_MUST_EXCEED = "both_must_exceed"


class PayablePolicy(StrEnum):
    """Whether a hold stops the whole invoice, or only its line."""

    INVOICE = "invoice"
    LINE = "line"


class CurrencyPolicy(StrEnum):
    """What happens to an invoice in another currency than its order."""

    HOLD = "hold"
    CONVERT = "convert"


class LowerAction(StrEnum):
    """What a price below its lower limit does."""

    WARN = "warn"
    HOLD = "hold"


def _number(value: object) -> Decimal:
    """A number as it was written; floats count by their shortest form."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("write a number such as 2 or 2.5")  # noqa: TRY004 - pydantic reports ValueError
    written = float.__repr__(value) if isinstance(value, float) else str(value).strip()
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError(f"{written!r} is no number; write a number such as 2 or 2.5") from None
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValueError(f"{written!r} is no number we can count with; write one such as 2 or 2.5")
    return number


def _limit(value: object) -> Decimal | None:
    """A limit as it was written: a number, or `off` for no limit. A blank is neither."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("a limit may not be blank; write a number (0 allows nothing) or off")
    if isinstance(value, str) and value.strip() == OFF:
        return None
    try:
        number = _number(value)
    except ValueError as problem:
        raise ValueError(f"{problem}, or off") from None
    if number < 0:
        raise ValueError(f"a limit may not be negative; write {-number} or off")
    return number


def _at_most_most_percent(value: Decimal | None) -> Decimal | None:
    if value is not None and value > MOST_PERCENT:
        raise ValueError(f"{value} % is over {MOST_PERCENT} %; write a smaller percent, or off")
    return value


def _positive(value: object) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"{number} must be above 0")
    return number


def _currency_or_off(value: object) -> str | None:
    if value == OFF:
        return None
    if not isinstance(value, str) or not _is_currency(value):
        raise ValueError("write a currency such as EUR, or off for each order's own currency")
    return value


def _is_currency(code: str) -> bool:
    return len(code) == CURRENCY_LETTERS and code.isascii() and code.isalpha() and code.isupper()


Limit = Annotated[Decimal | None, BeforeValidator(_limit)]
"""An amount or a quantity that may be exceeded by nobody; `None` stands for `off`."""

PercentLimit = Annotated[Limit, AfterValidator(_at_most_most_percent)]
"""A percentage, 5 means 5 %; `None` stands for `off`."""

Factor = Annotated[Decimal, BeforeValidator(_positive)]
"""A rate or a conversion: a number above 0."""

CurrencyOrOff = Annotated[str | None, BeforeValidator(_currency_or_off)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class QuantityLimits(_Settings):
    """How far a quantity may be over: in percent, in units, in money."""

    pct_upper: PercentLimit
    abs_upper: Limit
    value_upper: Limit


class OverReceiptLimits(_Settings):
    """How far more than ordered may be received before it is reported."""

    pct_upper: PercentLimit


class PriceLimits(_Settings):
    """How far a unit price may be off: percent of the order price, money on the whole line."""

    pct_upper: PercentLimit
    abs_upper: Limit
    pct_lower: PercentLimit
    abs_lower: Limit
    lower_action: LowerAction


class AmountLimits(_Settings):
    """How far an amount may be over: in percent, in money."""

    pct_upper: PercentLimit
    abs_upper: Limit


class AmountLimit(_Settings):
    """How far an amount may be over, in money."""

    abs_upper: Limit


class MatchingRules(_Settings):
    """rules/matching.yaml."""

    combine: Combine
    payable_policy: PayablePolicy
    currency_policy: CurrencyPolicy
    fx: dict[str, Factor]
    uom: dict[str, dict[str, Factor]]
    uom_items: dict[str, dict[str, dict[str, Factor]]]
    qty_ordered: QuantityLimits
    qty_received: QuantityLimits
    over_receipt: OverReceiptLimits
    price: PriceLimits
    line_total: AmountLimits
    charge_planned: AmountLimits
    charge_unplanned: AmountLimit
    tax: Limit
    small_difference: Limit
    line_amount_cap: Limit
    blanket_amount: AmountLimit
    blanket_days: Limit
    date_value_days: Limit
    limit_currency: CurrencyOrOff

    @model_validator(mode="after")
    def _pairs_are_two_currencies(self) -> MatchingRules:
        for pair in self.fx:
            base, other = pair[:CURRENCY_LETTERS], pair[CURRENCY_LETTERS:]
            if not (_is_currency(base) and _is_currency(other)) or base == other:
                raise ValueError(f"fx: {pair!r} names no two currencies; write it like EURUSD")
        return self

    @model_validator(mode="after")
    def _units_agree_both_ways(self) -> MatchingRules:
        for where, table in [("uom", self.uom), *_item_tables(self.uom_items)]:
            for big, smalls in table.items():
                for small, factor in smalls.items():
                    back = table.get(small, {}).get(big)
                    if back is not None and back * factor != 1:
                        raise ValueError(
                            f"{where}: {big}.{small} is {factor} but {small}.{big} is {back}; "
                            f"give one direction only"
                        )
        return self


def _item_tables(
    items: dict[str, dict[str, dict[str, Decimal]]],
) -> list[tuple[str, dict[str, dict[str, Decimal]]]]:
    return [(f"uom_items.{item}", table) for item, table in items.items()]
