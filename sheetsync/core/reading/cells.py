"""One raw cell, cleaned of what nobody can see, and the answer when it cannot be read.

Every reader of this room begins here: what is blank, what is an error value, what hides behind
invisible characters. A value that is not understood becomes an `Unread`, which says in the
reader's words what was seen, what was expected and what to type instead.

Never: guesses, raises, or judges what a value means for an order.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

RawCell = str | int | float | bool | None

SEEN_LENGTH: Final = 60
# No quantity, price, date or number of an order is longer; what is longer was pasted by mistake.
TYPED_LENGTH: Final = 120

# Drawn as nothing, yet letters or marks to Unicode: fillers and variation selectors.
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0e\ufe0f")
# They turn the drawn order of digits around: 12 is seen as 21.
_TURNS_AROUND: Final = re.compile("[\u202b\u202e\u2067]")
# English error values, and those that a localised spreadsheet leaves when pasted (#BEZUG!, #NV).
_ERROR_VALUE: Final = re.compile(r"#(?:N/A|NV|[^\W\d_]+(?:/0)?[!?])|LOADING\.\.\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A value that was not acted on.

    Attributes:
        seen: The value as the person sees it, cut to a readable length.
        expected: What belongs in the cell, such as "a quantity such as 12.5".
        advice: What to type instead, a whole sentence or two.
        ambiguous: Whether two readings were plausible, so that the person is asked which.
    """

    seen: str
    expected: str
    advice: str
    ambiguous: bool = False


def seen_as(raw: RawCell) -> str:
    """Return the value as a person sees it in the cell, in one line of at most 60 characters."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, str):
        # A cell may hold 50,000 characters; the first few hundred settle what is seen.
        text = visible(raw[: SEEN_LENGTH * 8])
    elif isinstance(raw, int):
        # Python refuses to write out integers of many thousand digits.
        text = str(raw) if abs(raw) < 10**SEEN_LENGTH else "a number of more than 60 digits"
    else:
        text = str(int(raw)) if raw.is_integer() and abs(raw) < 10**16 else repr(raw)
    return text if len(text) <= SEEN_LENGTH else text[: SEEN_LENGTH - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Drop what is drawn as nothing, and make every run of white space one space.

    Characters that no file can hold or that are not characters at all become "�".
    """
    if not (text.isascii() and text.isprintable()):
        # Some keyboards send ü as u with two dots after it.
        text = unicodedata.normalize("NFC", "".join(_drawn(char) for char in text))
    return " ".join(text.split())


def _drawn(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or char in _BLANK_LETTERS:
        return ""
    if category in {"Cc", "Cs"} and not char.isspace():
        return "\N{REPLACEMENT CHARACTER}"
    return char


def typed_text(raw: str, expected: str) -> str | Unread | None:
    """Clean one short typed value; a blank one is None.

    Args:
        raw: The text of the cell.
        expected: What belongs in the cell, for the answer when it is refused.

    Returns:
        The visible text in one line, None for a blank, or why it cannot be read: an error value,
        a formula that is only text, characters that show the value turned around, or too long.
    """
    text = visible(raw[: TYPED_LENGTH * 8])
    if not text:
        return _blank_or_too_long(raw, expected)
    if _ERROR_VALUE.fullmatch(text):
        return unread(raw, expected, "The formula in this cell fails. Write the value itself.")
    if text.startswith("="):
        return unread(raw, expected, "This is a formula. Write the value itself.")
    if _TURNS_AROUND.search(raw):
        advice = "Hidden characters show this value turned around. Clear the cell and type it anew."
        return unread(raw, expected, advice)
    if len(text) > TYPED_LENGTH or len(raw) > TYPED_LENGTH * 8:
        return too_long(raw, expected)
    return text


def _blank_or_too_long(raw: str, expected: str) -> Unread | None:
    return too_long(raw, expected) if visible(raw) else None


def is_error_value(text: str) -> bool:
    """Tell whether the text is what a failing formula shows, such as #REF! or #N/A."""
    return _ERROR_VALUE.fullmatch(text) is not None


def unread(raw: RawCell, expected: str, advice: str, *, ambiguous: bool = False) -> Unread:
    """Answer that a value was not acted on, and what to type instead."""
    return Unread(seen=seen_as(raw), expected=expected, advice=advice, ambiguous=ambiguous)


def too_long(raw: str, expected: str) -> Unread:
    """Answer that a cell holds far more text than belongs there."""
    advice = f"This is too long ({len(raw):,} characters). Write {expected}."
    return unread(raw, expected, advice)


def ticked(raw: bool, expected: str) -> Unread:  # noqa: FBT001 the cell's own value, not a switch
    """Answer that TRUE or FALSE stands where something else belongs."""
    advice = f"A tick box or TRUE/FALSE stands here. Write {expected}."
    return unread(raw, expected, advice)


def either(first: str, *others: str) -> str:
    """Join two or more choices as they are said: "a", "a or b", "a, b or c"."""
    return " or ".join([", ".join([first, *others[:-1]]), *others[-1:]])


def fold_digits(text: str) -> str | None:
    """Write digits of any script, and full-width signs, as plain ones.

    Digits of two scripts in one value are refused: some look like another digit of another
    script (the Bengali four looks like an 8), so what was meant cannot be told.

    Returns:
        The text with digits 0 to 9, or None when it mixes digits of two scripts.
    """
    if text.isascii():
        return text
    zeros = {ord(char) - unicodedata.decimal(char) for char in text if char.isdecimal()}
    if len(zeros) > 1:
        return None
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if 0xFF01 <= ord(char) <= 0xFF5E:  # noqa: PLR2004 the full-width block
        return chr(ord(char) - 0xFEE0)
    return "-" if is_dash(char) else char


def is_dash(char: str) -> bool:
    """Tell whether a character is a dash, hyphen or minus of any kind."""
    return unicodedata.category(char) == "Pd" or char in "\u2212\u2043\u02d7"
