"""Formulas cut into tokens, in the spreadsheet's locale.

Decides what is a number (with the locale's decimal separator), a text, a reference or range with
its sheet, a name, an operator, and which separators stand between arguments. Knows no grammar.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from sheetsync.localsheets.formula_values import failed
from sheetsync.localsheets.sheet_locale import SheetLocale

PARSE_ERROR = "Formula parse error."

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_EDGE = rf"(?:{_CELL}|\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]{{0,6}})"
_SHEET = r"(?:(?P<sheet>'(?:[^']|'')+'|\w[\w.]*)!)?"
_ENDS = r"(?![\w(.!])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token of a formula.

    Attributes:
        kind: "number", "text", "area", "name", "error", "operator", "open", "close" or "separator".
        text: Its characters; of a text without quotes, of an area without its sheet.
        sheet: The sheet's title that an area names, None for the formula's own.
    """

    kind: str
    text: str
    sheet: str | None = None


def tokens(formula: str, locale: SheetLocale) -> list[Token]:
    """The tokens of a formula without its leading "=".

    Raises:
        FormulaFailed: With #ERROR!, for characters that no formula has.
    """
    pattern = _pattern(locale)
    found: list[Token] = []
    at = 0
    while at < len(formula):
        match = pattern.match(formula, at)
        if match is None:
            raise failed("ERROR", PARSE_ERROR)
        at = match.end()
        kind = match.lastgroup or ""
        if kind != "blank":
            found.append(_token(kind, match))
    return found


def _token(kind: str, match: re.Match[str]) -> Token:
    """A match as a token."""
    text = match[kind]
    if kind == "text":
        return Token(kind=kind, text=text[1:-1].replace('""', '"'))
    if kind == "area":
        sheet = match["sheet"]
        if sheet is not None and sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        return Token(kind=kind, text=match["place"].replace("$", "").upper(), sheet=sheet)
    return Token(kind=kind, text=text)


@lru_cache(maxsize=16)
def _pattern(locale: SheetLocale) -> re.Pattern[str]:
    """Every kind of token; the order decides where two could match."""
    decimal = re.escape(locale.decimal)
    separators = re.escape(locale.argument_separators)
    return re.compile(
        r"(?P<blank>\s+)"
        r'|(?P<text>"(?:[^"]|"")*")'
        rf"|(?P<area>{_SHEET}(?P<place>{_EDGE}:{_EDGE}{_ENDS}|{_CELL}{_ENDS}))"
        rf"|(?P<number>(?:[0-9]+(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<error>#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|ERROR!))"
        r"|(?P<name>[^\W\d][\w.]*)"
        r"|(?P<operator><>|<=|>=|[-+*/^&=<>%])"
        r"|(?P<open>\()"
        r"|(?P<close>\))"
        rf"|(?P<separator>[{separators}])"
    )
