"""Number-format patterns taken apart: sections, their conditions, and marks against literals.

Connects the pattern text of a NumberFormat with the two renderers, format_numbers and
format_dates. Follows the "Date and number formats" guide of the Sheets API: the split into sections
comes first, colours are read over, a final section with @ is the text section. Never renders.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

Comparison = Callable[[float, float], bool]

_COMPARISONS: dict[str, Comparison] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]*\.?[0-9]+)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|_(?P<padded>.)"
    r"|\*(?P<filled>)"
    r"|\[(?P<bracketed>[^\]]*)\]"
    r"|(?P<half>am/pm|a/p|am|pm)"
    r"|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
_SPLIT = re.compile(r'"[^"]*"?|\\.|_.|\[[^\]]*\]|;|[^;"\\_\[]+|.', re.DOTALL)
_DATE_LETTERS = frozenset("dDmMyYhHsS")
_FOUR = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a section.

    Attributes:
        kind: "literal", "mark" (one character with a meaning), "half" (a/p, am/pm) or "elapsed".
        text: The characters, of an elapsed piece without its brackets.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A comparison in brackets, such as [>=1000]."""

    compare: Comparison
    bound: float

    def holds(self, value: float) -> bool:
        """Whether a value is one of this section's."""
        return self.compare(value, self.bound)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One section of a pattern; compared and cached by identity."""

    pieces: tuple[Piece, ...]
    condition: Condition | None

    @property
    def is_text(self) -> bool:
        """Whether the section shows text: it has an @."""
        return Piece("mark", "@") in self.pieces

    @property
    def is_general(self) -> bool:
        """Whether the section is Excel's word for the automatic form."""
        return "".join(piece.text for piece in self.pieces).strip().lower() == "general"

    @property
    def has_date_marks(self) -> bool:
        """Whether anything in the section stands for a part of a date or time."""
        return any(
            piece.kind in {"half", "elapsed"}
            or (piece.kind == "mark" and piece.text in _DATE_LETTERS)
            for piece in self.pieces
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """A pattern's sections for numbers and the one for text."""

    numeric: tuple[Section, ...]
    text: Section | None

    def section_for(self, value: float) -> tuple[Section | None, bool]:
        """The section that shows a number, and whether it shows it without its minus sign.

        Returns:
            No section when conditions cover neither this value nor everything else: Sheets then
            fills the cell with #.
        """
        if any(section.condition for section in self.numeric[:2]):
            return self._by_condition(value), False
        if len(self.numeric) == 1:
            return self.numeric[0], False
        if value < 0:
            return self.numeric[1], True
        if value == 0 and len(self.numeric) > 2:  # noqa: PLR2004 - positive; negative; zero
            return self.numeric[2], False
        return self.numeric[0], False

    def _by_condition(self, value: float) -> Section | None:
        """The first section whose condition holds, else the one without a condition."""
        for section in self.numeric[:2]:
            if section.condition is not None and section.condition.holds(value):
                return section
        rest = [section for section in self.numeric if section.condition is None]
        return rest[-1] if rest else None


@lru_cache(maxsize=4096)
def read_pattern(pattern: str) -> Pattern:
    """Take a pattern apart; any text is a pattern, as in Sheets."""
    sections = [_read_section(text) for text in _split(pattern)]
    text = None
    if len(sections) >= _FOUR:
        text, sections = sections[3], sections[:3]
    elif len(sections) > 1 and sections[-1].is_text:
        text, sections = sections[-1], sections[:-1]
    elif sections[0].is_text:
        text = sections[0]
    return Pattern(numeric=tuple(sections), text=text)


def _split(pattern: str) -> list[str]:
    """The sections' texts: cut at the semicolons outside quotes, escapes and brackets."""
    sections = [""]
    for match in _SPLIT.finditer(pattern):
        if match[0] == ";":
            sections.append("")
        else:
            sections[-1] += match[0]
    return sections


def _read_section(text: str) -> Section:
    """One section's pieces, with its condition and without its colour."""
    pieces: list[Piece] = []
    condition = None
    for match in _PIECE.finditer(text):
        kind, found = match.lastgroup, match[match.lastgroup or 0]
        if kind == "bracketed":
            condition = _condition(found) or condition
            pieces.extend(_bracketed(found))
        elif kind == "padded":
            # The underscore leaves room as wide as the next character: one space.
            pieces.append(Piece("literal", " "))
        elif kind in {"quoted", "escaped"}:
            pieces.append(Piece("literal", found))
        elif kind in {"half", "mark"}:
            pieces.append(Piece(kind, found))
    return Section(tuple(pieces), condition)


def _condition(text: str) -> Condition | None:
    """The comparison between brackets, None for a colour or anything else."""
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        return None
    return Condition(compare=_COMPARISONS[match[1]], bound=float(match[2]))


def _bracketed(text: str) -> list[Piece]:
    """What a bracket shows: an elapsed time or a currency symbol; nothing for the rest."""
    if _ELAPSED.fullmatch(text):
        return [Piece("elapsed", text)]
    if text.startswith("$"):
        return [Piece("literal", text[1:].partition("-")[0])]
    return []
