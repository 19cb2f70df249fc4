"""The values of formulas: errors, ranges, and how one kind of value becomes another.

Decides how Sheets turns blanks, booleans and texts into numbers, text and truth, how values
compare, and with which error it refuses. The wording of errors is Google's where a public capture
shows it (docs/typed-input.md says where). Knows no functions and no syntax.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from sheetsync.localsheets.sheet_locale import SheetLocale
from sheetsync.localsheets.typed_dates import read_date_or_time
from sheetsync.localsheets.typed_numbers import read_number

MOST_CHARACTERS = 50_000
_TEXT_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_SCIENTIFIC_FROM = 15
_SCIENTIFIC_TO = -10

ERROR_TEXTS = MappingProxyType(
    {
        "ERROR": "#ERROR!",
        "NULL_VALUE": "#NULL!",
        "DIVIDE_BY_ZERO": "#DIV/0!",
        "VALUE": "#VALUE!",
        "REF": "#REF!",
        "NAME": "#NAME?",
        "NUM": "#NUM!",
        "N_A": "#N/A",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """An error as a cell's value.

    Attributes:
        type: One of the API's ErrorType values, such as "DIVIDE_BY_ZERO".
        message: What Sheets says of it; "" where it says nothing, as for =NA().
        text: What the cell shows, such as "#DIV/0!".
    """

    type: str
    message: str
    text: str


Scalar = float | bool | str | None
Value = Scalar | CellError


class FormulaFailed(Exception):
    """An error that ends the evaluation unless a function such as IFERROR takes it."""

    def __init__(self, error: CellError) -> None:
        """Carry the error to whoever takes it."""
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Range:
    """A block of cells' values, row by row; also one single cell that a formula refers to."""

    rows: tuple[tuple[Value, ...], ...]

    def values(self) -> Iterator[Value]:
        """Every value, row by row."""
        for row in self.rows:
            yield from row

    def single(self) -> Value:
        """The one value of a range of one cell; an error for more.

        Raises:
            FormulaFailed: With #VALUE!, where Sheets would need ARRAYFORMULA.
        """
        if len(self.rows) == 1 and len(self.rows[0]) == 1:
            return self.rows[0][0]
        raise failed("VALUE", "An array value could not be found.")


def cell_error(kind: str, message: str = "") -> CellError:
    """The error of one of the API's types."""
    return CellError(type=kind, message=message, text=ERROR_TEXTS[kind])


def failed(kind: str, message: str = "") -> FormulaFailed:
    """The failure to raise for an error of one of the API's types."""
    return FormulaFailed(cell_error(kind, message))


def scalar(value: Value | Range) -> Scalar:
    """The single value behind a value or reference.

    Raises:
        FormulaFailed: The value is an error, or a range of more than one cell.
    """
    if isinstance(value, Range):
        value = value.single()
    if isinstance(value, CellError):
        raise FormulaFailed(value)
    return value


def to_number(value: Scalar, function: str, position: int, locale: SheetLocale) -> float:
    """A number from a value: blanks are 0, TRUE is 1, texts as if typed.

    Raises:
        FormulaFailed: With #VALUE!, for a text that is no number, date or time.
    """
    if isinstance(value, str):
        typed = number_in(value, locale)
        if typed is None:
            raise _not_coerced(value, function, position, "number")
        return typed
    return 0.0 if value is None else float(value)


def number_in(text: str, locale: SheetLocale) -> float | None:
    """The number, date or time that a text is in the locale; dates without a year are none."""
    trimmed = text.strip()
    read = read_number(trimmed, locale) or _dated(trimmed, locale)
    return None if read is None else read[0]


def _dated(text: str, locale: SheetLocale) -> tuple[float, object] | None:
    """A date or time that means the same in every year: there is no clock in formulas."""
    first, second = (read_date_or_time(text, locale, date(year, 1, 1)) for year in (2000, 2004))
    return first if first == second else None


def to_text(value: Scalar, locale: SheetLocale) -> str:
    """A text from a value: blanks are empty, numbers have up to 15 digits and no format."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    number = _TEXT_DIGITS.plus(Decimal(repr(float(value)))).normalize()
    if number == 0:
        return "0"
    if _SCIENTIFIC_TO <= number.adjusted() < _SCIENTIFIC_FROM:
        return f"{number:f}".replace(".", locale.decimal)
    return f"{number:E}".replace(".", locale.decimal)


def to_truth(value: Scalar, function: str, position: int, locale: SheetLocale) -> bool:
    """A truth from a value: blanks are FALSE, numbers other than 0 TRUE, the words as words.

    Raises:
        FormulaFailed: With #VALUE!, for any other text.
    """
    if isinstance(value, str):
        word = value.upper()
        if word in {"TRUE", locale.true_word}:
            return True
        if word in {"FALSE", locale.false_word}:
            return False
        raise _not_coerced(value, function, position, "boolean")
    return bool(value)


def compare(left: Scalar, right: Scalar) -> int:
    """Less, equal or greater as -1, 0, 1: numbers before texts before booleans.

    A blank equals 0, "" and FALSE; texts compare without regard to case.
    """
    left_key = _sort_key(_blank_as(right) if left is None else left)
    right_key = _sort_key(_blank_as(left) if right is None else right)
    return (left_key > right_key) - (left_key < right_key)


def _blank_as(other: Scalar) -> Scalar:
    """What a blank counts as beside another value."""
    if isinstance(other, str):
        return ""
    return False if isinstance(other, bool) else 0.0


def _sort_key(value: Scalar) -> tuple[int, float, str]:
    """Kinds in their order, values within their kind."""
    if isinstance(value, bool):
        return (2, float(value), "")
    if isinstance(value, str):
        return (1, 0.0, value.casefold())
    return (0, float(value or 0), "")


def checked_text(text: str, function: str) -> str:
    """A text that a cell can hold.

    Raises:
        FormulaFailed: With #VALUE!, for more than 50,000 characters.
    """
    if len(text) > MOST_CHARACTERS:
        raise failed(
            "VALUE",
            f"Text result of {function} is longer than the limit of {MOST_CHARACTERS} characters.",
        )
    return text


def _not_coerced(text: str, function: str, position: int, kind: str) -> FormulaFailed:
    """The failure of a text where another kind of value is expected."""
    return failed(
        "VALUE",
        f"Function {function} parameter {position} expects {kind} values. "
        f"But '{text}' is a text and cannot be coerced to a {kind}.",
    )
