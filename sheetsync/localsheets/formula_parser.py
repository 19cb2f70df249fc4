"""Formulas as trees: what a formula means before any cell is looked at.

Decides precedence (comparisons, &, + and -, * and /, ^, signs, percent, as spreadsheets have it: a
sign binds closer than a power) and the bounds of references. Never evaluates.
"""

from dataclasses import dataclass
from functools import lru_cache

from sheetsync.localsheets.formula_tokens import PARSE_ERROR, Token, tokens
from sheetsync.localsheets.formula_values import ERROR_TEXTS, CellError, Scalar, cell_error, failed
from sheetsync.localsheets.sheet_locale import SheetLocale

_PRECEDENCE = {
    "=": 1,
    "<>": 1,
    "<": 1,
    "<=": 1,
    ">": 1,
    ">=": 1,
    "&": 2,
    "+": 3,
    "-": 3,
    "*": 4,
    "/": 4,
    "^": 5,
}
# Nested parentheses and calls: deep enough for people, shallow enough for the stack.
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean, error, or the blank of an argument left out."""

    value: Scalar | CellError


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A cell or range; zero-based and inclusive, None where it runs to the sheet's edge."""

    sheet: str | None
    top: int
    left: int
    bottom: int | None
    right: int | None


@dataclass(frozen=True, slots=True)
class Name:
    """A word that is neither function nor boolean: a named range, for Sheets."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A leading + or -, or a trailing %."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name as written, and its arguments."""

    name: str
    arguments: tuple["Node", ...]


Node = Literal | Area | Name | Sign | Binary | Call


@lru_cache(maxsize=8192)
def parse(formula: str, locale: SheetLocale) -> Node:
    """A formula, with or without its "=", as a tree.

    Raises:
        FormulaFailed: With #ERROR!, for a text that is no formula.
    """
    reader = _Reader(tokens(formula.removeprefix("="), locale), locale)
    tree = reader.expression(1, 0)
    reader.finish()
    return tree


class _Reader:
    """Walks the tokens once, from left to right."""

    def __init__(self, found: list[Token], locale: SheetLocale) -> None:
        self._tokens = found
        self._locale = locale
        self._at = 0

    def expression(self, least: int, depth: int) -> Node:
        """Operands and operators that bind at least this close."""
        if depth > _DEEPEST:
            raise failed("ERROR", PARSE_ERROR)
        left = self._signed(depth)
        while True:
            token = self._peek()
            precedence = _PRECEDENCE.get(token.text, 0) if token and token.kind == "operator" else 0
            if token is None or precedence < least:
                return left
            self._at += 1
            left = Binary(token.text, left, self.expression(precedence + 1, depth))

    def finish(self) -> None:
        """Refuse what follows the formula's end."""
        if self._peek() is not None:
            raise failed("ERROR", PARSE_ERROR)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise failed("ERROR", PARSE_ERROR)
        self._at += 1
        return token

    def _takes(self, kind: str) -> bool:
        """Whether the next token is of a kind; it is taken then."""
        token = self._peek()
        if token is None or token.kind != kind:
            return False
        self._at += 1
        return True

    def _signed(self, depth: int) -> Node:
        """An operand with its signs and percents."""
        signs = []
        while (token := self._peek()) and token.kind == "operator" and token.text in "+-":
            signs.append(token.text)
            self._at += 1
            if len(signs) > _DEEPEST:
                raise failed("ERROR", PARSE_ERROR)
        node = self._operand(depth)
        while (token := self._peek()) and token.text == "%" and token.kind == "operator":
            self._at += 1
            node = Sign("%", node)
        for sign in reversed(signs):
            node = Sign(sign, node)
        return node

    def _operand(self, depth: int) -> Node:
        """A literal, reference, name, call or parenthesis."""
        token = self._next()
        if token.kind == "open":
            inner = self.expression(1, depth + 1)
            if not self._takes("close"):
                raise failed("ERROR", PARSE_ERROR)
            return inner
        if token.kind == "name":
            return self._named(token, depth)
        return _operand_of(token, self._locale)

    def _named(self, token: Token, depth: int) -> Node:
        """A function's call, a boolean or a name."""
        if self._takes("open"):
            return Call(token.text, self._arguments(depth))
        word = token.text.upper()
        if word in {"TRUE", self._locale.true_word}:
            return Literal(value=True)
        if word in {"FALSE", self._locale.false_word}:
            return Literal(value=False)
        return Name(token.text)

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        """What stands between the parentheses of a call; an argument left out is a blank."""
        if self._takes("close"):
            return ()
        arguments: list[Node] = []
        while True:
            token = self._peek()
            if token is not None and token.kind in {"separator", "close"}:
                arguments.append(Literal(None))
            else:
                arguments.append(self.expression(1, depth + 1))
            if self._takes("close"):
                return tuple(arguments)
            if not self._takes("separator"):
                raise failed("ERROR", PARSE_ERROR)


def _operand_of(token: Token, locale: SheetLocale) -> Node:
    """A token that is an operand by itself."""
    if token.kind == "number":
        return Literal(float(token.text.replace(locale.decimal, ".")))
    if token.kind == "text":
        return Literal(token.text)
    if token.kind == "area":
        return _area(token)
    if token.kind == "error":
        kinds = {text: kind for kind, text in ERROR_TEXTS.items()}
        return Literal(cell_error(kinds[token.text]))
    raise failed("ERROR", PARSE_ERROR)


def _area(token: Token) -> Area:
    """The bounds of A1, A1:B2, A:B, 1:2 or A2:B."""
    first, _, second = token.text.partition(":")
    one, two = _place(first), _place(second or first)
    (top, bottom), (left, right) = _bounds(one[0], two[0]), _bounds(one[1], two[1])
    return Area(sheet=token.sheet, top=top, left=left, bottom=bottom, right=right)


def _place(text: str) -> tuple[int | None, int | None]:
    """Zero-based row and column of one end; None for the part that it leaves out."""
    letters = text.rstrip("0123456789")
    digits = text[len(letters) :]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1 if digits else None, column - 1 if letters else None


def _bounds(one: int | None, two: int | None) -> tuple[int, int | None]:
    """First and last of two ends in either order; an end left out reaches the edge."""
    if one is None or two is None:
        return (one if one is not None else two) or 0, None
    return min(one, two), max(one, two)
