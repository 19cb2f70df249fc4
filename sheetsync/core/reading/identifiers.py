"""Numbers that are names: order, line, item, receipt and invoice numbers.

They are text: 0042 keeps its zeros. A number cell has lost them already, so it is read as its
digits and marked, and the caller warns. Two notations of one name compare equal by
`normalise_key`.

Never: decides whether two identifiers are the same document.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sheetsync.core.reading.cells import (
    RawCell,
    Unread,
    is_dash,
    ticked,
    typed_text,
    unread,
    visible,
)

IDENTIFIER_LENGTH: Final = 60
EXPECTED_IDENTIFIER: Final = "a number or name such as PO-1042"
_AS_TEXT: Final = "Format the cell as plain text, then type it again as it stands on the document."
# What a spreadsheet makes of a long number: the last digits are gone.
_SHORTENED: Final = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_LARGEST_EXACT: Final = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """The name as typed; `was_number` when the cell held a number, whose zeros may be lost."""

    text: str
    was_number: bool = False


def read_identifier(raw: RawCell) -> Identifier | Unread | None:
    """Read an order, line, item or document number; a blank is None.

    White space around it and characters that nobody sees are dropped, white space within it
    becomes one space; dashes stay as typed.
    """
    if raw is None:
        return None
    if isinstance(raw, bool):
        return ticked(raw, EXPECTED_IDENTIFIER)
    if not isinstance(raw, str):
        return _from_number(raw)
    text = typed_text(raw, EXPECTED_IDENTIFIER)
    if not isinstance(text, str):
        return text
    advice = _trouble(raw, text)
    return unread(raw, EXPECTED_IDENTIFIER, advice) if advice else Identifier(text=text)


def _trouble(raw: str, text: str) -> str | None:
    if len(text) > IDENTIFIER_LENGTH:
        return f"This is longer than {IDENTIFIER_LENGTH} characters. Write the number only."
    if "\n" in raw.strip():
        return "There is more than one line here. Write one number per cell."
    if _SHORTENED.fullmatch(text):
        return f"The last digits of this number are lost. {_AS_TEXT}"
    if not any(char.isalnum() for char in text):
        return f"Leave the cell empty, or write {EXPECTED_IDENTIFIER}."
    if "\N{REPLACEMENT CHARACTER}" in text:
        return "A character in here cannot be read. Clear the cell and type it anew."
    return None


def _from_number(raw: float) -> Identifier | Unread:
    # "Not smaller" would let NaN pass; "not (smaller)" refuses it with the infinities.
    if not abs(raw) < _LARGEST_EXACT:
        return unread(raw, EXPECTED_IDENTIFIER, f"The last digits may be lost. {_AS_TEXT}")
    if raw != int(raw):
        # 1.1 may have been typed as 1.10, or as the first of November.
        return unread(raw, EXPECTED_IDENTIFIER, f"The sheet took this for a number. {_AS_TEXT}")
    return Identifier(text=str(int(raw)), was_number=True)


def normalise_key(text: str) -> str:
    r"""Fold the notations of one name into one: 'po-7 ' and 'PO\N{EN DASH}7' compare equal.

    Compatibility forms (NFKC), case, dashes, white space and invisible characters are folded
    until nothing changes any more, so that folding twice gives what folding once gives.
    """
    if text.isascii() and text.isprintable():
        # Nothing but case and blanks can be folded here, and most names are such.
        return text.replace(" ", "").lower()
    folded = _fold(text)
    while folded != text:
        text, folded = folded, _fold(folded)
    return folded


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", visible(text)).casefold()
    return "".join("-" if is_dash(char) else char for char in text if not char.isspace())
