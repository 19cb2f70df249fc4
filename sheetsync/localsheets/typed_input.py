"""What Sheets makes of a text that a person types into a cell (valueInputOption USER_ENTERED).

Decides, in this order: apostrophe-text, formula, boolean, number, date or time, formula with a
leading plus, text. The spreadsheet's locale decides separators, orders and words; which cases are
recorded from Google, which documented and which are our model stands in docs/typed-input.md and,
case by case, in the table of the tests. Never looks at the cell: that a cell formatted as text
keeps everything as text, and that a cell with a format of its own keeps it, is its caller's to do.
"""

from dataclasses import dataclass
from datetime import date

from sheetsync.localsheets.sheet_locale import (
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    SheetLocale,
    sheet_locale,
)
from sheetsync.localsheets.typed_dates import read_date_or_time
from sheetsync.localsheets.typed_numbers import NumberFormat, read_number

# There is no clock here. Who wants 3/4 to mean this year says which day it is; without that, it is
# a year that never changes, and a leap year so that 2/29 is a day.
WITHOUT_CLOCK = date(2024, 1, 1)

_LONGEST_BOOLEAN = len("FALSCH")
_BLANKS = f" \t\r\n{NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a cell holds after something was typed into it.

    Attributes:
        value: The number, boolean or text; "" for a formula, whose value is computed elsewhere,
            and for empty input, which empties the cell.
        number_format: The format that the typing gives a cell without one; None leaves it as is.
        formula: The formula with its leading "=", None for anything else.
    """

    value: float | bool | str
    number_format: NumberFormat | None = None
    formula: str | None = None


def read_typed(text: str, *, locale: str, today: date | None = None) -> Typed:
    """Read a text as if a person had typed it into a cell.

    Args:
        text: The characters, as they came.
        locale: The spreadsheet's locale, such as "de_DE".
        today: The day that gives a date typed without a year its year; WITHOUT_CLOCK if not told.

    Returns:
        The value, format and formula. Never raises: what is nothing else is text.
    """
    if text.startswith("'"):
        return Typed(value=text[1:])
    if text.startswith("=") and text.strip() != "=":
        return Typed(value="", formula=text)
    trimmed = text.strip(_BLANKS)
    value = _read_value(trimmed, sheet_locale(locale), today or WITHOUT_CLOCK)
    if value is not None:
        return value
    if trimmed.startswith("+") and trimmed != "+":
        return Typed(value="", formula=f"={trimmed}")
    return Typed(value=text)


def _read_value(text: str, facts: SheetLocale, today: date) -> Typed | None:
    """The boolean, number, date or time that a text without surrounding blanks is."""
    truth = _read_boolean(text, facts)
    if truth is not None:
        return Typed(value=truth)
    read = read_number(text, facts) or read_date_or_time(text, facts, today)
    return None if read is None else Typed(value=read[0], number_format=read[1])


def _read_boolean(text: str, facts: SheetLocale) -> bool | None:
    """TRUE and FALSE in English and in the locale's words, in any case."""
    if len(text) > _LONGEST_BOOLEAN:
        return None
    word = text.upper()
    if word in {"TRUE", facts.true_word}:
        return True
    if word in {"FALSE", facts.false_word}:
        return False
    return None
