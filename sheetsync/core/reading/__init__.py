"""One raw cell into one typed value, or the reader's own words why not.

Each reader takes what the Sheets API gives for a cell (unformatted value, dates as serial
numbers) and returns the value, None for a blank, or an `Unread`: what was seen, what was
expected, what to type instead. A value with two plausible readings is never returned.

Pure: no clock (`today` is an argument), no rules, no records. Who warns, holds or mails because
of an `Unread` is decided by the callers.
"""

from sheetsync.core.reading.cells import RawCell, Unread, seen_as
from sheetsync.core.reading.choices import read_choice, read_flag, read_text
from sheetsync.core.reading.dates import read_date
from sheetsync.core.reading.identifiers import Identifier, normalise_key, read_identifier
from sheetsync.core.reading.lists import Ratio, Share, read_ratios, read_shares
from sheetsync.core.reading.money import Amount, currency_agrees, read_money
from sheetsync.core.reading.notation import (
    UNTOLD,
    DateNotation,
    Notation,
    NumberNotation,
    read_notation,
)
from sheetsync.core.reading.numbers import (
    Quantity,
    read_percent,
    read_quantity,
    read_quantity_with_unit,
)
from sheetsync.core.reading.showing import show_date, show_number

__all__ = [
    "UNTOLD",
    "Amount",
    "DateNotation",
    "Identifier",
    "Notation",
    "NumberNotation",
    "Quantity",
    "Ratio",
    "RawCell",
    "Share",
    "Unread",
    "currency_agrees",
    "normalise_key",
    "read_choice",
    "read_date",
    "read_flag",
    "read_identifier",
    "read_money",
    "read_notation",
    "read_percent",
    "read_quantity",
    "read_quantity_with_unit",
    "read_ratios",
    "read_shares",
    "read_text",
    "seen_as",
    "show_date",
    "show_number",
]
