"""Numbers as a section of a pattern shows them, and the automatic form without any pattern.

Decides digits, grouping, scaling, percent, exponents and fractions by the "Date and number formats"
guide of the Sheets API, with the locale's separators. Rounds half away from zero on the number's
shortest decimal form, as people read it. Never picks the section, never shows dates.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from sheetsync.localsheets.format_fractions import fraction_of, show_fraction
from sheetsync.localsheets.format_sections import Piece, Section
from sheetsync.localsheets.sheet_locale import SheetLocale

_DIGIT_MARKS = frozenset("0#?")
# Wide enough for every double written out in full.
_EXACT = Context(prec=800, rounding=ROUND_HALF_UP)
_AUTOMATIC_DIGITS = 10
_FIRST_SCIENTIFIC = 15
_LAST_FIXED = -10
_SCIENTIFIC_DIGITS = 6
_EXACT_DIGITS = 15
_PLAIN_SECTION = re.compile(r"(?P<before>l*)#*0(?:\.(?P<decimals>0+))?(?P<after>l*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plain:
    """A section that does nothing but round: literals before, decimals, literals after."""

    before: str
    places: int
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A numeric section with every piece given its part.

    Attributes:
        parts: Pairs of a role ("literal", "whole", "point", "fraction", "e", "exponent") and text.
        grouped: Whether thousands are separated.
        thousands: How often the number is divided by 1,000.
        percents: How often the number is multiplied by 100.
        plain: What a plain section such as #,##0.00 is made of; None for any other.
    """

    parts: tuple[tuple[str, str], ...]
    grouped: bool
    thousands: int
    percents: int
    plain: _Plain | None

    def marks(self, role: str) -> str:
        """The digit marks of one role, in order."""
        return "".join(text for part, text in self.parts if part == role)


def show_number(value: float, section: Section, locale: SheetLocale, *, signed: bool) -> str:
    """A number in one section of a pattern.

    Args:
        value: A finite number.
        section: The section, without date marks.
        locale: Gives the separators.
        signed: Whether a negative number carries its minus; not in a section for negatives.
    """
    sign = "-" if signed and value < 0 else ""
    layout = _layout(section)
    if layout.plain is not None:
        exact = _show_plain(value, layout.plain, locale, grouped=layout.grouped)
        if exact is not None:
            return sign + exact
    if section.is_general or section.is_text:
        return automatic(value if signed else abs(value), locale)
    number = abs(Decimal(repr(float(value))))
    fraction = fraction_of(section)
    if fraction is not None:
        return sign + show_fraction(number, fraction)
    number = number.scaleb(2 * layout.percents - 3 * layout.thousands, _EXACT)
    if layout.marks("e"):
        return sign + _scientific(number, layout, locale)
    whole, fraction_digits = _rounded(number, len(layout.marks("fraction")))
    return sign + _filled(layout, locale, whole, fraction_digits)


def _show_plain(value: float, plain: _Plain, locale: SheetLocale, *, grouped: bool) -> str | None:
    """A number in a plain section where nothing needs rounding, as in most cells; else None."""
    digits = repr(abs(float(value)))
    whole, _, decimals = digits.partition(".")
    needs_rounding = decimals != "0" and len(decimals) > plain.places
    # Beyond 15 digits the double's own tail would show behind its shortest form.
    if needs_rounding or "e" in digits or len(whole) + plain.places > _EXACT_DIGITS:
        return None
    shown = f"{abs(value):{',' if grouped else ''}.{plain.places}f}"
    if locale.decimal != ".":
        shown = shown.translate({ord(","): locale.group, ord("."): locale.decimal})
    return f"{plain.before}{shown}{plain.after}"


def automatic(value: float, locale: SheetLocale) -> str:
    """A number in a cell without a format: ten significant digits, whole numbers in full."""
    number = Decimal(repr(float(value)))
    if number == 0:
        return "0"
    size = number.adjusted()
    if not _LAST_FIXED <= size < _FIRST_SCIENTIFIC:
        return _automatic_scientific(number, locale)
    places = max(0, _AUTOMATIC_DIGITS - 1 - size)
    rounded = number.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    text = f"{rounded:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", locale.decimal)


def _automatic_scientific(number: Decimal, locale: SheetLocale) -> str:
    """The automatic form of very large and very small numbers: 1.23457E+16."""
    rounded = Context(prec=_SCIENTIFIC_DIGITS, rounding=ROUND_HALF_UP).plus(number)
    exponent = rounded.adjusted()
    mantissa = f"{rounded.scaleb(-exponent, _EXACT):f}"
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    sign = "-" if exponent < 0 else "+"
    return f"{mantissa}E{sign}{abs(exponent):02d}".replace(".", locale.decimal)


@lru_cache(maxsize=4096)
def _layout(section: Section) -> _Layout:
    """Give each piece of a section its part: which digits, which commas scale, what is literal."""
    pieces = section.pieces
    last_digit = _last_digit_before_point_or_exponent(pieces)
    parts: list[tuple[str, str]] = []
    role, grouped, thousands, percents = "whole", False, 0, 0
    for at, piece in enumerate(pieces):
        text = piece.text
        if piece.kind != "mark":
            parts.append(("literal", text))
        elif text in _DIGIT_MARKS:
            parts.append((role, text))
        elif text == "." and role == "whole":
            role = "fraction"
            parts.append(("point", text))
        elif text == "," and any(part in {"whole", "fraction"} for part, _ in parts):
            grouped = grouped or (role == "whole" and at < last_digit)
            thousands += at > last_digit or role == "fraction"
        elif text in "eE" and _is_sign(pieces, at + 1) and role != "exponent":
            role = "exponent"
            parts.append(("e", text + pieces[at + 1].text))
        elif not (parts and parts[-1][0] == "e" and text in "+-"):
            percents += text == "%"
            parts.append(("literal", text))
    return _Layout(
        parts=tuple(parts),
        grouped=grouped,
        thousands=thousands,
        percents=percents,
        plain=None if thousands or percents or section.is_text else _plain(parts),
    )


def _plain(parts: list[tuple[str, str]]) -> _Plain | None:
    """What a section is made of that only rounds: one 0 before the point, only 0 after it."""
    roles = "".join("l" if role == "literal" else text for role, text in parts)
    match = _PLAIN_SECTION.fullmatch(roles)
    if match is None:
        return None
    texts = [text for _, text in parts]
    before, after = match.end("before"), match.start("after")
    return _Plain(
        before="".join(texts[:before]),
        places=len(match["decimals"] or ""),
        after="".join(texts[after:]),
    )


def _last_digit_before_point_or_exponent(pieces: tuple[Piece, ...]) -> int:
    """Where the last digit mark of the whole part stands: commas before it group, others scale."""
    last = -1
    for at, piece in enumerate(pieces):
        if piece.kind == "mark" and piece.text in ".eE":
            return last
        if piece.kind == "mark" and piece.text in _DIGIT_MARKS:
            last = at
    return last


def _is_sign(pieces: tuple[Piece, ...], at: int) -> bool:
    """Whether a plus or minus stands at a place."""
    return at < len(pieces) and pieces[at].kind == "mark" and pieces[at].text in "+-"


def _rounded(number: Decimal, places: int) -> tuple[str, str]:
    """The whole digits, without leading zeros, and so many decimals."""
    fixed = f"{number.quantize(Decimal(1).scaleb(-places), context=_EXACT):f}"
    whole, _, decimals = fixed.partition(".")
    return whole.lstrip("0"), decimals


def _scientific(number: Decimal, layout: _Layout, locale: SheetLocale) -> str:
    """A number with an exponent that is a multiple of the count of its whole digits' marks."""
    step = max(1, len(layout.marks("whole")))
    places = len(layout.marks("fraction"))
    exponent = number.adjusted() // step * step if number else 0
    whole, decimals = _rounded(number.scaleb(-exponent, _EXACT), places)
    if len(whole) > step:
        exponent += step
        whole, decimals = _rounded(number.scaleb(-exponent, _EXACT), places)
    return _filled(layout, locale, whole, decimals, exponent)


def _filled(
    layout: _Layout, locale: SheetLocale, whole: str, decimals: str, exponent: int = 0
) -> str:
    """The section's parts with the digits in their places."""
    digits = {
        "whole": _whole_places(layout.marks("whole"), whole),
        "fraction": _fraction_places(layout.marks("fraction"), decimals),
        "exponent": _whole_places(layout.marks("exponent"), str(abs(exponent)).lstrip("0")),
    }
    if layout.grouped:
        digits["whole"] = _with_groups(digits["whole"], locale.group)
    if not digits["whole"]:
        digits["whole"] = [whole]
    upcoming = {role: iter(places) for role, places in digits.items()}
    shown = ""
    for role, text in layout.parts:
        if role == "point":
            # A pattern such as .00 has no mark for the whole digits: they stand before the point.
            shown += "".join(upcoming["whole"]) + locale.decimal
        elif role == "e":
            shown += text[0] + ("-" if exponent < 0 else text[1].replace("-", ""))
        elif role == "literal":
            shown += text
        else:
            shown += next(upcoming[role], "")
    return shown


def _whole_places(marks: str, digits: str) -> list[str]:
    """What each whole mark shows; the first one takes the digits that are too many."""
    if not marks:
        return []
    first_zero = marks.find("0")
    places = []
    for at, mark in enumerate(marks):
        from_right = len(marks) - at
        if from_right <= len(digits):
            places.append(digits[-from_right])
        elif mark == "0" or 0 <= first_zero < at:
            places.append("0")
        else:
            places.append(" " if mark == "?" else "")
    return [digits[: max(0, len(digits) - len(marks))] + places[0], *places[1:]]


def _fraction_places(marks: str, decimals: str) -> list[str]:
    """What each decimal mark shows: final zeros stay for 0, are spaces for ? and nothing for #."""
    places = list(decimals)
    for at in range(len(marks) - 1, -1, -1):
        if places[at] != "0" or marks[at] == "0":
            break
        places[at] = " " if marks[at] == "?" else ""
    return places


def _with_groups(places: list[str], group: str) -> list[str]:
    """The whole digits with separators between thousands, also inside the first place."""
    count = 0
    grouped = []
    for place in reversed(places):
        shown = ""
        for digit in reversed(place):
            if digit.isdigit() and count and count % 3 == 0:
                shown = group + shown
            shown = digit + shown
            count += digit.isdigit()
        grouped.append(shown)
    return grouped[::-1]
