"""When two invoice numbers are one number, and when they look alike.

Never: drops punctuation to call two numbers equal; that only makes them look alike.
"""

from __future__ import annotations

import re
import unicodedata

# Hyphens, dashes and minus signs that NFKC leaves apart.
_DASHES = dict.fromkeys(
    [
        *(
            place
            for place in range(0x10000)
            if unicodedata.category(chr(place)) == "Pd" and chr(place) != "-"
        ),
        0x2212,
    ],
    "-",
)
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_PUNCTUATION = re.compile(r"[\W_]+")


def normalised(invoice_number: str) -> str:
    """The number with case, white space and kinds of dashes folded away."""
    if not invoice_number.isascii():
        invoice_number = unicodedata.normalize("NFKC", invoice_number).translate(_DASHES)
    return "".join(invoice_number.casefold().split())


def looks(number: str) -> frozenset[str]:
    """The shapes of a normalised number without punctuation and leading zeros.

    Zeros are dropped within the runs of digits as they are written, and within those that dropping
    the punctuation makes; numbers that share a shape look alike.
    """
    bare = _PUNCTUATION.sub("", number)
    unpadded = _PUNCTUATION.sub("", _LEADING_ZEROS.sub("", number))
    return frozenset((_LEADING_ZEROS.sub("", bare), unpadded))
