"""What a cell shows: FORMATTED_VALUE for a value, its number format and the spreadsheet's locale.

Connects values with the renderers of numbers and dates. A format without a pattern takes the
locale's default for its type; without a format a number takes the automatic form. Which patterns
are proven by Google's guide and which are our model stands in docs/typed-input.md. Never changes a
value: what is shown is not what is held.
"""

from collections.abc import Mapping
from typing import Any

from sheetsync.localsheets.format_dates import show_moment
from sheetsync.localsheets.format_numbers import automatic, show_number
from sheetsync.localsheets.format_sections import Section, read_pattern
from sheetsync.localsheets.sheet_locale import SheetLocale, sheet_locale

# Sheets fills the cell's width with these when no section takes a number; the width is not known
# here.
NO_SECTION = "########"

_PLAIN_NUMBERS = frozenset({"NUMBER", "PERCENT", "CURRENCY", "SCIENTIFIC"})


def show(
    value: float | bool | str | None,  # noqa: FBT001 - a cell's value may be a boolean
    *,
    number_format: Mapping[str, Any] | None,
    locale: str,
) -> str:
    """A cell's value as it is shown.

    Args:
        value: The effective value; None for an empty cell. Error values are shown by their text
            and do not come here.
        number_format: The API's NumberFormat, with "type" and perhaps "pattern"; None for a cell
            that has none.
        locale: The spreadsheet's locale, such as "de_DE".

    Returns:
        The text; "" for an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _show_text(value, number_format) if number_format else value
    if isinstance(value, bool):
        # The words follow the language of the account that looks, not the spreadsheet's locale.
        return "TRUE" if value else "FALSE"
    facts = sheet_locale(locale)
    pattern = pattern_of(number_format, facts)
    if pattern is None:
        return automatic(value, facts)
    kind = "" if number_format is None else number_format.get("type", "")
    return _show_number(value, pattern, kind, facts)


def pattern_of(number_format: Mapping[str, Any] | None, facts: SheetLocale) -> str | None:
    """The format's own pattern, else its type's default in the locale, else none."""
    if not number_format:
        return None
    pattern = number_format.get("pattern")
    return str(pattern) if pattern else facts.default_patterns.get(number_format.get("type", ""))


def _show_text(text: str, number_format: Mapping[str, Any]) -> str:
    """A text, put into the pattern's text section where there is one."""
    pattern = number_format.get("pattern")
    section = read_pattern(str(pattern)).text if pattern else None
    if section is None:
        return text
    return "".join(
        text if piece.kind == "mark" and piece.text == "@" else piece.text
        for piece in section.pieces
    )


def _show_number(value: float, pattern: str, kind: str, facts: SheetLocale) -> str:
    """A number in the section of its pattern that takes it."""
    section, unsigned = read_pattern(pattern).section_for(value)
    if section is None:
        return NO_SECTION
    if _is_date(section, kind):
        shown = show_moment(abs(value) if unsigned else value, section, facts)
        return automatic(value, facts) if shown is None else shown
    return show_number(value, section, facts, signed=not unsigned)


def _is_date(section: Section, kind: str) -> bool:
    """Whether a section shows a date: by its marks, unless the type says it is a plain number."""
    return kind not in _PLAIN_NUMBERS and section.has_date_marks and not section.is_general
