"""What a formula comes to: simple arithmetic over the cells that it refers to.

Connects the parsed formula with cells (through a function of the caller's) and with the functions
of formula_functions. An error is a value here, never an exception. Arrays do not spill: a formula
whose result is a range shows its first cell. Never follows formulas itself; the caller's cells are
already computed, and a circle is the caller's to find.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sheetsync.localsheets.formula_functions import FUNCTIONS, TAKE_ERRORS, Argument
from sheetsync.localsheets.formula_parser import Area, Binary, Call, Literal, Node, Sign, parse
from sheetsync.localsheets.formula_values import (
    CellError,
    FormulaFailed,
    Range,
    Scalar,
    Value,
    cell_error,
    checked_text,
    compare,
    failed,
    scalar,
    to_number,
    to_text,
    to_truth,
)
from sheetsync.localsheets.sheet_locale import SheetLocale, sheet_locale

__all__ = ["CellError", "cell_error", "evaluate"]

CellReader = Callable[[str | None, int, int], Value]
ExtentReader = Callable[[str | None], tuple[int, int]]

_MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What a formula sees around it."""

    cell: CellReader
    extent: ExtentReader | None
    sheet: str | None
    locale: SheetLocale


def evaluate(
    formula: str,
    *,
    cell: CellReader,
    sheet: str | None,
    locale: str,
    extent: ExtentReader | None = None,
) -> float | bool | str | CellError:
    """Compute a formula.

    Args:
        formula: With its leading "=".
        cell: Gives a cell's value by sheet title, zero-based row and column: None for a blank, a
            CellError for an error. Raises LookupError for a sheet or cell that does not exist.
        sheet: The title of the formula's own sheet, passed to `cell` for plain references.
        locale: The spreadsheet's locale; it decides decimal and argument separators.
        extent: Gives a sheet's counts of rows and columns, for ranges without an end such as A2:A;
            without it they are #REF!.

    Returns:
        The value; "" where the result is blank. Never raises for what stands in the formula.
    """
    around = _Surroundings(cell=cell, extent=extent, sheet=sheet, locale=sheet_locale(locale))
    try:
        value = _value(parse(formula, around.locale), around)
        if isinstance(value, Range):
            value = value.rows[0][0] if value.rows and value.rows[0] else None
        result = scalar(value)
    except FormulaFailed as failure:
        return failure.error
    if isinstance(result, float) and result - result != 0:
        return cell_error("NUM", "The result is too large to be a number.")
    return "" if result is None else result


def _value(node: Node, around: _Surroundings) -> Argument:
    """A node's value; a reference stays a range, so that functions can tell it from a literal."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Area):
        return _range(node, around)
    if isinstance(node, Binary):
        return _chain(node, around)
    if isinstance(node, Sign):
        return _signed(node, around)
    if isinstance(node, Call):
        return _called(node, around)
    raise failed("NAME", f"Unknown range name: '{node.text.upper()}'.")


def _range(area: Area, around: _Surroundings) -> Range:
    """The cells of an area."""
    sheet = around.sheet if area.sheet is None else area.sheet
    try:
        bottom, right = _ends(area, sheet, around)
        return Range(
            tuple(
                tuple(around.cell(sheet, row, column) for column in range(area.left, right + 1))
                for row in range(area.top, bottom + 1)
            )
        )
    except LookupError:
        if area.sheet is None:
            raise failed("REF", "Reference does not exist.") from None
        raise failed("REF", f"Unresolved sheet name '{area.sheet}'") from None


def _ends(area: Area, sheet: str | None, around: _Surroundings) -> tuple[int, int]:
    """The last row and column of an area, open ends at the sheet's edge."""
    bottom, right = area.bottom, area.right
    if bottom is None or right is None:
        if around.extent is None:
            raise failed("REF", "Ranges without an end are not computed here.")
        rows, columns = around.extent(sheet)
        bottom = rows - 1 if bottom is None else bottom
        right = columns - 1 if right is None else right
    if (bottom - area.top + 1) * (right - area.left + 1) > _MOST_CELLS:
        raise failed("REF", "The range has more cells than this local server computes with.")
    return bottom, right


def _chain(node: Binary, around: _Surroundings) -> Scalar:
    """Operators from left to right; a loop, so that long sums need no deep stack."""
    pending = []
    first: Node = node
    while isinstance(first, Binary):
        pending.append(first)
        first = first.left
    value = scalar(_value(first, around))
    while pending:
        step = pending.pop()
        right = scalar(_value(step.right, around))
        value = _operate(step.operator, value, right, around.locale)
    return value


def _operate(operator: str, left: Scalar, right: Scalar, locale: SheetLocale) -> Scalar:
    """Two values and an operator."""
    if operator == "&":
        return checked_text(to_text(left, locale) + to_text(right, locale), "CONCAT")
    if operator in _COMPARISONS:
        return _COMPARISONS[operator](compare(left, right))
    name, compute = _ARITHMETIC[operator]
    try:
        return compute(to_number(left, name, 1, locale), to_number(right, name, 2, locale))
    except OverflowError:
        raise failed("NUM", f"The result of {name} is too large to be a number.") from None


def _divided(left: float, right: float) -> float:
    """A quotient; #DIV/0! where there is none."""
    if right == 0:
        raise failed("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
    return left / right


def _raised(left: float, right: float) -> float:
    """A power; #DIV/0! for 0 to a negative one, #NUM! where it is no real number."""
    if left == 0 and right < 0:
        raise failed("DIVIDE_BY_ZERO", "Evaluation of function POW caused a divide by zero error.")
    power: float | complex = left**right
    if isinstance(power, complex):
        raise failed("NUM", "The result of POW is not a real number.")
    return power


_ARITHMETIC: Mapping[str, tuple[str, Callable[[float, float], float]]] = MappingProxyType(
    {
        "+": ("ADD", lambda left, right: left + right),
        "-": ("MINUS", lambda left, right: left - right),
        "*": ("MULTIPLY", lambda left, right: left * right),
        "/": ("DIVIDE", _divided),
        "^": ("POW", _raised),
    }
)

_COMPARISONS: Mapping[str, Callable[[int], bool]] = MappingProxyType(
    {
        "=": lambda order: order == 0,
        "<>": lambda order: order != 0,
        "<": lambda order: order < 0,
        "<=": lambda order: order <= 0,
        ">": lambda order: order > 0,
        ">=": lambda order: order >= 0,
    }
)


def _signed(node: Sign, around: _Surroundings) -> Argument:
    """A value with a sign or percent; a plus leaves any value as it is."""
    value = _value(node.operand, around)
    if node.operator == "+":
        return value
    if node.operator == "%":
        return to_number(scalar(value), "UNARY_PERCENT", 1, around.locale) / 100
    return -to_number(scalar(value), "UMINUS", 1, around.locale)


def _called(node: Call, around: _Surroundings) -> Argument:
    """A function's result; the lazy ones look only at the arguments that they need."""
    name = node.name.upper()
    if name in _LAZY:
        compute, fewest, most = _LAZY[name]
        _check_count(name, fewest, most, len(node.arguments))
        return compute(node.arguments, around)
    if name not in FUNCTIONS:
        raise failed("NAME", f"Unknown function: '{node.name}'.")
    function, fewest, most = FUNCTIONS[name]
    _check_count(name, fewest, most, len(node.arguments))
    read = _value_or_error if name in TAKE_ERRORS else _value
    return function(tuple(read(argument, around) for argument in node.arguments), around.locale)


def _value_or_error(node: Node, around: _Surroundings) -> Argument:
    """A node's value, or its error as a value."""
    try:
        return _value(node, around)
    except FormulaFailed as failure:
        return failure.error


def _check_count(name: str, fewest: int, most: int, count: int) -> None:
    """Refuse too few or too many arguments with #N/A, as Sheets does."""
    if fewest <= count <= most:
        return
    expected = str(fewest) if fewest == most else f"between {fewest} and {most}"
    raise failed(
        "N_A",
        f"Wrong number of arguments to {name}. "
        f"Expected {expected} arguments, but got {count} arguments.",
    )


def _if(arguments: tuple[Node, ...], around: _Surroundings) -> Argument:
    """The second argument where the first is true, else the third, else FALSE."""
    if to_truth(scalar(_value(arguments[0], around)), "IF", 1, around.locale):
        return _value(arguments[1], around)
    return _value(arguments[2], around) if len(arguments) > 2 else False  # noqa: PLR2004 - the else


def _iferror(arguments: tuple[Node, ...], around: _Surroundings) -> Argument:
    """The first argument where it is no error, else the second, else a blank."""
    return _unless(arguments, around, None)


def _ifna(arguments: tuple[Node, ...], around: _Surroundings) -> Argument:
    """The first argument where it is not #N/A, else the second."""
    return _unless(arguments, around, "N_A")


def _unless(arguments: tuple[Node, ...], around: _Surroundings, kind: str | None) -> Argument:
    """The first argument, or the second where the first is an error (of a kind)."""
    try:
        return scalar(_value(arguments[0], around))
    except FormulaFailed as failure:
        if kind is not None and failure.error.type != kind:
            raise
        return _value(arguments[1], around) if len(arguments) > 1 else None


_Lazy = Callable[[tuple[Node, ...], _Surroundings], Argument]
_LAZY: Mapping[str, tuple[_Lazy, int, int]] = MappingProxyType(
    {"IF": (_if, 2, 3), "IFERROR": (_iferror, 1, 2), "IFNA": (_ifna, 2, 2)}
)
