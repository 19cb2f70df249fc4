"""Amounts of money, with the currency sign or code typed beside them.

The sign is reported, not believed: `$` may be any of several dollars, and the order says which
currency it is in. `currency_agrees` tells whether what was typed can be the order's.

Never: converts, rounds, or fills in a currency that nobody typed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale

from sheetsync.core.reading.cells import RawCell, Unread, unread
from sheetsync.core.reading.notation import Notation
from sheetsync.core.reading.numerals import Numeral, read_numeral, typed_form

# Signs and the currencies that are written with them; the first is no better than the others.
_SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL"),
    "US$": ("USD",),
    "C$": ("CAD",),
    "CA$": ("CAD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "NZ$": ("NZD",),
    "S$": ("SGD",),
    "HK$": ("HKD",),
    "NT$": ("TWD",),
    "MX$": ("MXN",),
    "R$": ("BRL",),
    "€": ("EUR",),
    "EURO": ("EUR",),
    "EUROS": ("EUR",),
    "£": ("GBP", "EGP", "GIP", "FKP", "SHP"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "円": ("JPY",),
    "元": ("CNY",),
    "RMB": ("CNY",),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "TL": ("TRY",),
    "₽": ("RUB",),
    "₴": ("UAH",),
    "₪": ("ILS",),
    "฿": ("THB",),
    "₫": ("VND",),
    "₱": ("PHP",),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "ZŁ": ("PLN",),
    "KČ": ("CZK",),
    "FT": ("HUF",),
    "LEI": ("RON",),
    "ЛВ": ("BGN",),
    "FR": ("CHF",),
    "SFR": ("CHF",),
}
# 12.- and 12,-- are whole francs and euros, not a trailing minus.
_WHOLE: Final = re.compile(r"(?<=[0-9])[.,][-\u2010-\u2015\u2212]{1,2}(?=$| |[^\W\d_]|[€$£])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount and the currency typed beside it.

    Attributes:
        value: Exactly as typed, never rounded.
        currency: An ISO 4217 code where what was typed names one currency; the sign itself where
            several currencies share it ("$", "kr"); None where nothing was typed.
    """

    value: Decimal
    currency: str | None = None


def read_money(raw: RawCell, notation: Notation) -> Amount | Unread | None:
    """Read an amount such as 12.50, €12.50, 12,50 EUR, (12.50) or 12.-; a blank is None."""
    expected = "an amount such as " + "12.50".replace(".", notation.decimal_mark)
    cell = _WHOLE.sub("", raw) if isinstance(raw, str) else raw
    numeral = read_numeral(cell, notation, expected)
    if isinstance(numeral, Unread):
        return unread(raw, numeral.expected, numeral.advice, ambiguous=numeral.ambiguous)
    if numeral is None:
        return None
    return _with_currency(raw, numeral, notation, expected)


def _with_currency(
    raw: RawCell, numeral: Numeral, notation: Notation, expected: str
) -> Amount | Unread:
    said = [_currency_said(word) for word in (numeral.before, numeral.after) if word]
    known = [currency for currency in said if currency]
    if len(known) < len(said):
        only = typed_form(numeral.value, notation)
        advice = f"Write only the amount, such as {only}, with a currency such as EUR if you like."
        return unread(raw, expected, advice)
    codes = [code for code in known if code not in _SIGNS] or known
    if len({*codes}) > 1 or not all(currency_agrees(sign, codes[0]) for sign in known):
        return unread(raw, expected, f"Two currencies stand here. Write {expected}.")
    return Amount(value=numeral.value, currency=codes[0] if codes else None)


def _currency_said(word: str) -> str | None:
    """The ISO code that a word or sign stands for, a sign that several share, or None."""
    plain = word.rstrip(".").upper()
    meant = _SIGNS.get(plain)
    if meant:
        return meant[0] if len(meant) == 1 else plain
    return plain if plain in _currency_codes() else None


@cache
def _currency_codes() -> frozenset[str]:
    """Every ISO 4217 code that CLDR names."""
    return frozenset(Locale("en").currencies)


def currency_agrees(said: str | None, code: str) -> bool:
    """Tell whether what stood beside an amount can be this currency; nothing said agrees.

    Args:
        said: `Amount.currency`.
        code: The ISO 4217 code of the document.
    """
    return said is None or said == code or code in _SIGNS.get(said, ())
