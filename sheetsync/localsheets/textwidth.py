"""How wide a text stands in a column, in pixels.

Decides: the width that a column gets when it is fitted to its contents (model: Arial's widths).
"""

from __future__ import annotations

import math

# Advance widths of Arial in thousandths of the font size.
NARROW = dict.fromkeys("ijl'|", 222) | dict.fromkeys(" fIt.,:;/\\![]", 278) | {"r": 333, "-": 333}
NARROW |= dict.fromkeys("()`{}", 333) | dict.fromkeys("ckJsvxyz", 500) | {'"': 355, "*": 389}
WIDE = dict.fromkeys("ABEKPSVXY&", 667) | dict.fromkeys("CDHNRUw", 722) | {"M": 833, "m": 833}
WIDE |= dict.fromkeys("GOQ", 778) | {"W": 944, "%": 889, "@": 1015, "F": 611, "T": 611, "Z": 611}
WIDTHS = NARROW | WIDE
COMMON = 556
FULL = 1000
PADDING = 6
PIXELS_PER_POINT = 4 / 3


def text_width(text: str, points: float, *, bold: bool = False) -> int:
    """Pixels that a text needs with the padding of a cell."""
    longest = max((_units(line) for line in text.split("\n")), default=0)
    pixels = longest / 1000 * points * PIXELS_PER_POINT * (1.07 if bold else 1)
    return math.ceil(pixels) + PADDING


def _units(line: str) -> int:
    return sum(WIDTHS.get(c, COMMON if ord(c) < 0x2E80 else FULL) for c in line)
