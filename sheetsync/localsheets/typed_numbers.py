"""Typed numbers: groups, decimals, percents, currencies, scientific and negatives in parentheses.

Decides whether a typed text is a number in the spreadsheet's locale, and which number format the
typing brings with it. Never reads dates; what is no number here may still be one.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from sheetsync.localsheets.sheet_locale import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, SheetLocale

NumberFormat = dict[str, str]

_SPACES = f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}"
_CURRENCY_SYMBOLS = "$£€¥"
_MAY_START = frozenset("0123456789+-(.,%" + _CURRENCY_SYMBOLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Affixes:
    """A typed number without what stands around its digits."""

    digits: str
    negative: bool
    percent: bool
    currency: str
    currency_leads: bool


def read_number(text: str, locale: SheetLocale) -> tuple[float, NumberFormat | None] | None:
    """The number that a text is, with the format its typing asks for.

    Args:
        text: What was typed, without surrounding blanks.
        locale: The spreadsheet's.

    Returns:
        The value and its number format (None: the cell keeps its own), or None for no number.
    """
    if text[:1] not in _MAY_START:
        return None
    bare = _without_affixes(text)
    if bare is None:
        return None
    match = _digits_pattern(locale).fullmatch(bare.digits)
    if match is None or not (match["whole"] or match["fraction"]):
        return None
    if match["exponent"] and (bare.percent or bare.currency):
        return None
    value = _value_of(match, bare)
    if not math.isfinite(value):
        return None
    return value, _format_of(match, bare, locale)


def _without_affixes(text: str) -> _Affixes | None:
    """Signs, parentheses, percent and currency taken off; None when they do not fit together."""
    negative = percent = leads = False
    currency = ""
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip(_SPACES)
        if text[:1] in {"-", "+", "("}:
            return None
    if text[:1] in {"-", "+"}:
        negative, text = text[0] == "-", text[1:]
    if text[:1] and text[0] in _CURRENCY_SYMBOLS:
        currency, leads, text = text[0], True, text[1:].lstrip(_SPACES)
        if text[:1] == "-" and not negative:
            negative, text = True, text[1:]
    if text.endswith("%"):
        percent, text = True, text[:-1].rstrip(_SPACES)
    elif text[-1:] and text[-1] in _CURRENCY_SYMBOLS and not currency:
        currency, text = text[-1], text[:-1].rstrip(_SPACES)
    if percent and currency:
        return None
    return _Affixes(
        digits=text, negative=negative, percent=percent, currency=currency, currency_leads=leads
    )


@lru_cache(maxsize=16)
def _digits_pattern(locale: SheetLocale) -> re.Pattern[str]:
    """Plain digits or grouped ones, a fraction, an exponent.

    Sheets is lenient with groups: any count of digits, then a separator before at least three.
    """
    groups = "|".join(rf"[0-9]+(?:{re.escape(mark)}[0-9]{{3,}})+" for mark in locale.typed_groups)
    return re.compile(
        rf"(?P<whole>(?P<grouped>{groups})|[0-9]+)?"
        rf"(?:{re.escape(locale.decimal)}(?P<fraction>[0-9]*))?"
        r"(?:[eE](?P<exponent>[+-]?[0-9]+))?"
    )


def _value_of(match: re.Match[str], bare: _Affixes) -> float:
    """The double nearest to what was typed."""
    whole = re.sub(r"[^0-9]", "", match["whole"] or "")
    exponent = int(match["exponent"] or 0) - (2 if bare.percent else 0)
    # The percent goes into the exponent: 0.05, not 5 divided and rounded a second time.
    value = float(f"{whole or 0}.{match['fraction'] or 0}e{exponent}")
    return -value if bare.negative else value


def _format_of(match: re.Match[str], bare: _Affixes, locale: SheetLocale) -> NumberFormat | None:
    """The number format that a way of typing brings with it."""
    has_fraction = bool(match["fraction"])
    if bare.percent:
        return {"type": "PERCENT", "pattern": "0.00%" if has_fraction else "0%"}
    if bare.currency:
        return {"type": "CURRENCY", "pattern": _currency_pattern(bare, locale, has_fraction)}
    if match["exponent"]:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if match["grouped"]:
        return {"type": "NUMBER", "pattern": "#,##0.00" if has_fraction else "#,##0"}
    return None


def _currency_pattern(bare: _Affixes, locale: SheetLocale, has_fraction: bool) -> str:  # noqa: FBT001 - a private step of _format_of
    """The locale's own pattern for its own currency; the symbol in brackets for another's."""
    digits = "#,##0.00" if has_fraction else "#,##0"
    if bare.currency == locale.currency:
        return locale.default_patterns["CURRENCY"].replace("#,##0.00", digits)
    symbol = f"[${bare.currency}]"
    return symbol + digits if bare.currency_leads else f"{digits}\\ {symbol}"
