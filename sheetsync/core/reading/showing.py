"""Readings said back in the plain words of the "understood" column: Fri 3 Apr 2026; 12.5.

Never: reads anything, or rounds.
"""

from datetime import date
from decimal import Decimal
from typing import Final

# English on purpose, whatever language the worker's machine speaks: strftime would follow it.
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def show_date(day: date) -> str:
    """Say a day so that nobody takes the month for the day: Fri 3 Apr 2026."""
    return f"{WEEKDAYS[day.weekday()][:3]} {show_day(day)}"


def show_day(day: date) -> str:
    """Say a day without its weekday: 3 Apr 2026."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def show_number(value: Decimal) -> str:
    """Write a number plainly, ungrouped, without exponent or closing zeros: 1234.5."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
