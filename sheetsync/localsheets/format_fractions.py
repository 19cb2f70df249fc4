"""Numbers as fractions: patterns such as ``# ?/?`` and ``0 #/8``.

Decides the whole part, the numerator and the denominator by the "Date and number formats" guide of
the Sheets API. A fraction whose numerator becomes 0 is not shown. Never looks at separators.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from sheetsync.localsheets.format_sections import Piece, Section

_DIGIT_MARKS = frozenset("0#?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FractionLayout:
    """A section with a fraction: what stands before it, its marks, and what follows.

    Attributes:
        whole: The marks of the whole number, "" for an improper fraction.
        before: Literals before the whole number.
        between: Literals between the whole number and the numerator.
        numerator: The numerator's marks.
        denominator: The denominator's marks, "" for a fixed one.
        fixed: The fixed denominator, 0 for a free one.
        after: Literals at the end.
    """

    whole: str
    before: str
    between: str
    numerator: str
    denominator: str
    fixed: int
    after: str


@lru_cache(maxsize=1024)
def fraction_of(section: Section) -> FractionLayout | None:
    """The section's fraction, None when a slash between digits does not make one."""
    pieces = section.pieces
    for at, piece in enumerate(pieces):
        if piece == Piece("mark", "/"):
            start = _run_back(pieces, at)
            end, denominator = _denominator(pieces, at + 1)
            if start < at and denominator:
                return _layout(pieces, start, at, end, denominator)
    return None


def show_fraction(number: Decimal, layout: FractionLayout) -> str:
    """A number that is not negative as a whole number and a fraction."""
    exact = Fraction(number)
    whole = int(exact) if layout.whole else 0
    rest = exact - whole
    if layout.fixed:
        # Half a part goes up, as a person rounds.
        top, bottom = int(rest * layout.fixed + Fraction(1, 2)), layout.fixed
    else:
        near = rest.limit_denominator(10 ** len(layout.denominator) - 1)
        top, bottom = near.numerator, near.denominator
    if layout.whole and top == bottom:
        whole, top = whole + 1, 0
    shown_whole = _whole(whole, layout.whole, shown_alone=top == 0)
    if top == 0 and layout.whole:
        return layout.before + shown_whole + layout.after
    between = layout.between if shown_whole else ""
    numerator = _padded(str(top), layout.numerator, left=True)
    denominator = _padded(str(bottom), layout.denominator, left=False)
    return f"{layout.before}{shown_whole}{between}{numerator}/{denominator}{layout.after}"


def _whole(whole: int, marks: str, *, shown_alone: bool) -> str:
    """The whole part; a 0 is shown by a 0 mark, or where nothing else would be shown."""
    if not marks or (whole == 0 and "0" not in marks and not shown_alone):
        return ""
    return str(whole).rjust(marks.count("0"), "0")


def _padded(digits: str, marks: str, *, left: bool) -> str:
    """Digits filled up to their ? marks with spaces and to their 0 marks with zeros."""
    if left:
        return digits.rjust(marks.count("0"), "0").rjust(marks.count("?"))
    return digits.ljust(marks.count("?"))


def _layout(
    pieces: tuple[Piece, ...], start: int, slash: int, end: int, denominator: str
) -> FractionLayout:
    """The parts of a section around its slash."""
    before = between = whole = ""
    for piece in pieces[:start]:
        if piece.kind == "mark" and piece.text in _DIGIT_MARKS:
            whole, between = whole + piece.text, ""
        elif whole:
            between += piece.text
        else:
            before += piece.text
    fixed = denominator.isdigit() and denominator.strip("0") != ""
    return FractionLayout(
        whole=whole,
        before=before,
        between=between,
        numerator="".join(piece.text for piece in pieces[start:slash]),
        denominator="" if fixed else denominator,
        fixed=int(denominator) if fixed else 0,
        after="".join(piece.text for piece in pieces[end:]),
    )


def _run_back(pieces: tuple[Piece, ...], end: int) -> int:
    """Where the run of digit marks that ends here begins."""
    start = end
    while start and pieces[start - 1].kind == "mark" and pieces[start - 1].text in _DIGIT_MARKS:
        start -= 1
    return start


def _denominator(pieces: tuple[Piece, ...], start: int) -> tuple[int, str]:
    """The end and the text of the marks, or of the literal integer, after the slash."""
    end = start
    while end < len(pieces) and pieces[end].kind == "mark" and pieces[end].text in "0123456789#?":
        end += 1
    return end, "".join(piece.text for piece in pieces[start:end])
