"""How wide a text stands in a column, in pixels.

Decides: the width that a column gets when it is fitted to its contents. The one recorded width
(1024 A in the default font: 8691) is what Roboto's advances at 13 pixels give with a padding of
3; every other width is our model.
"""

from __future__ import annotations

import math

UNITS_PER_EM = 2048
PADDING = 3
PIXELS_PER_POINT = 4 / 3
FIXED = 64  # glyphs advance in 64ths of a pixel
DIGIT = 1150
WIDE_FROM = 0x2E80  # from here on scripts stand in full squares
BOLD = 1.03

# Advances of Roboto from the space to the tilde, in units of 2048 an em.
ADVANCES = dict(
    zip(
        map(chr, range(32, 127)),
        (
            *(507, 527, 655, 1261, 1150, 1501, 1273, 357, 700, 712, 882, 1161, 402, 565, 539, 844),
            *(DIGIT,) * 10,
            *(496, 433, 1041, 1124, 1070, 967, 1839),
            *(1336, 1275, 1333, 1343, 1164, 1132, 1395, 1460, 557, 1130, 1284, 1102, 1788),
            *(1460, 1408, 1292, 1408, 1261, 1215, 1222, 1328, 1303, 1817, 1284, 1230, 1226),
            *(543, 840, 543, 856, 924, 633),
            *(1114, 1149, 1072, 1155, 1085, 711, 1149, 1128, 497, 489, 1038, 497, 1795),
            *(1130, 1168, 1149, 1164, 693, 1057, 669, 1129, 992, 1538, 1015, 969, 1015),
            *(693, 499, 693, 1393),
        ),
        strict=True,
    )
)


def text_width(text: str, points: float, *, bold: bool = False) -> int:
    """Pixels that the longest line of a text needs with the padding of a cell."""
    size = math.floor(points * PIXELS_PER_POINT)
    longest = max((_line_width(line, size) for line in text.split("\n")), default=0.0)
    return math.ceil(longest * (BOLD if bold else 1)) + PADDING


def _line_width(line: str, size: int) -> float:
    return sum(round(_advance(c) * size / UNITS_PER_EM * FIXED) for c in line) / FIXED


def _advance(character: str) -> int:
    known = ADVANCES.get(character)
    if known is not None:
        return known
    return UNITS_PER_EM if ord(character) >= WIDE_FROM else DIGIT
