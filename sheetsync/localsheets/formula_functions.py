"""The functions that formulas may call.

Decides what each of the local server's functions returns, with Sheets' rules for ranges: a range's
texts and booleans do not count in a sum, arguments written out do. Every function takes its
arguments evaluated; the lazy ones (IF, IFERROR, IFNA) stand in formulas.py. There is no clock:
TODAY and NOW are refused.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from sheetsync.localsheets.formula_values import (
    CellError,
    FormulaFailed,
    Range,
    Scalar,
    Value,
    checked_text,
    failed,
    number_in,
    scalar,
    to_number,
    to_text,
    to_truth,
)
from sheetsync.localsheets.sheet_locale import SheetLocale

Argument = Value | Range
Function = Callable[[tuple[Argument, ...], SheetLocale], Scalar]

_EXACT = Context(prec=800, rounding=ROUND_HALF_UP)
_MANY = 255


def _numbers(
    arguments: tuple[Argument, ...], function: str, locale: SheetLocale
) -> Iterator[float]:
    """The numbers that count: all in ranges, and everything written out as an argument."""
    for position, argument in enumerate(arguments, start=1):
        if not isinstance(argument, Range):
            yield to_number(scalar(argument), function, position, locale)
            continue
        for value in argument.values():
            if isinstance(value, CellError):
                raise FormulaFailed(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                yield float(value)


def _sum(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """The sum, added from left to right as doubles."""
    total = 0.0
    for number in _numbers(arguments, "SUM", locale):
        total += number
    return total


def _product(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """The product; 0 of no numbers."""
    numbers = list(_numbers(arguments, "PRODUCT", locale))
    return math.prod(numbers) if numbers else 0.0


def _average(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """The mean; #DIV/0! of no numbers."""
    numbers = list(_numbers(arguments, "AVERAGE", locale))
    if not numbers:
        raise failed(
            "DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error."
        )
    return sum(numbers) / len(numbers)


def _min(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return min(_numbers(arguments, "MIN", locale), default=0.0)


def _max(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return max(_numbers(arguments, "MAX", locale), default=0.0)


def _count(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """How many numbers; errors and texts in ranges do not count and do not spread."""
    count = 0
    for argument in arguments:
        if isinstance(argument, Range):
            count += sum(_is_number(value) for value in argument.values())
        elif isinstance(argument, str):
            count += number_in(argument, locale) is not None
        else:
            count += argument is not None and not isinstance(argument, CellError)
    return float(count)


def _counta(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    """How many cells are not blank; an empty text and an error count."""
    return float(sum(value is not None for value in _flat(arguments)))


def _countblank(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    """How many cells show nothing: blanks and empty texts."""
    return float(sum(value is None or value == "" for value in _flat(arguments)))


def _flat(arguments: tuple[Argument, ...]) -> Iterator[Value]:
    """Every value of the arguments, ranges cell by cell."""
    for argument in arguments:
        if isinstance(argument, Range):
            yield from argument.values()
        else:
            yield argument


def _is_number(value: Argument) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _round(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """A number to so many places, half away from zero."""
    number = to_number(scalar(arguments[0]), "ROUND", 1, locale)
    given = scalar(arguments[1]) if len(arguments) > 1 else None
    places = int(to_number(given, "ROUND", 2, locale))
    if not -_MANY < places < _MANY:
        return number if places > 0 else 0.0
    step = Decimal(1).scaleb(-places)
    return float(Decimal(repr(number)).quantize(step, context=_EXACT))


def _abs(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return abs(to_number(scalar(arguments[0]), "ABS", 1, locale))


def _sqrt(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """The square root; #NUM! of a negative number."""
    number = to_number(scalar(arguments[0]), "SQRT", 1, locale)
    if number < 0:
        raise failed(
            "NUM", "Function SQRT parameter 1 value is negative. It should be positive or zero."
        )
    return math.sqrt(number)


def _concatenate(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """All texts one after the other, ranges row by row."""
    texts = [to_text(scalar(value), locale) for value in _flat(arguments)]
    return checked_text("".join(texts), "CONCATENATE")


def _concat(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """Two texts one after the other."""
    texts = [to_text(scalar(argument), locale) for argument in arguments]
    return checked_text("".join(texts), "CONCAT")


def _text(arguments: tuple[Argument, ...], locale: SheetLocale) -> str:
    """The first argument as a text."""
    return to_text(scalar(arguments[0]), locale)


def _len(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """How many UTF-16 units a text has, as Sheets counts: most emoji have two."""
    return float(len(_text(arguments, locale).encode("utf-16-le")) // 2)


def _upper(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return _text(arguments, locale).upper()


def _lower(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return _text(arguments, locale).lower()


def _hyperlink(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    """The label, or the address without one; the link itself is the cell's, not its value's."""
    label = scalar(arguments[-1])
    return to_text(label, locale) if label is None or isinstance(label, bool) else label


def _truths(arguments: tuple[Argument, ...], function: str, locale: SheetLocale) -> Iterator[bool]:
    """The truths that count; texts and blanks in ranges do not."""
    for position, argument in enumerate(arguments, start=1):
        if not isinstance(argument, Range):
            yield to_truth(scalar(argument), function, position, locale)
            continue
        for value in argument.values():
            if isinstance(value, CellError):
                raise FormulaFailed(value)
            if value is not None and not isinstance(value, str):
                yield bool(value)


def _and(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    # A list, so that an error in a later argument spreads.
    return all(list(_truths(arguments, "AND", locale)))


def _or(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return any(list(_truths(arguments, "OR", locale)))


def _not(arguments: tuple[Argument, ...], locale: SheetLocale) -> Scalar:
    return not to_truth(scalar(arguments[0]), "NOT", 1, locale)


def _true(_arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return True


def _false(_arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return False


def _na(_arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    raise failed("N_A")


def _without_clock(_arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    raise failed("N_A", "This local server has no clock: TODAY and NOW are not computed.")


def _first(arguments: tuple[Argument, ...]) -> Value:
    """The first argument's value, an error not raised but told."""
    argument = arguments[0]
    return argument.single() if isinstance(argument, Range) else argument


def _isblank(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return _first(arguments) is None


def _isnumber(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return _is_number(_first(arguments))


def _istext(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return isinstance(_first(arguments), str)


def _iserror(arguments: tuple[Argument, ...], _locale: SheetLocale) -> Scalar:
    return isinstance(_first(arguments), CellError)


# Name, fewest and most arguments.
FUNCTIONS: Mapping[str, tuple[Function, int, int]] = MappingProxyType(
    {
        "ABS": (_abs, 1, 1),
        "AND": (_and, 1, _MANY),
        "AVERAGE": (_average, 1, _MANY),
        "CONCAT": (_concat, 2, 2),
        "CONCATENATE": (_concatenate, 1, _MANY),
        "COUNT": (_count, 1, _MANY),
        "COUNTA": (_counta, 1, _MANY),
        "COUNTBLANK": (_countblank, 1, _MANY),
        "FALSE": (_false, 0, 0),
        "HYPERLINK": (_hyperlink, 1, 2),
        "ISBLANK": (_isblank, 1, 1),
        "ISERROR": (_iserror, 1, 1),
        "ISNUMBER": (_isnumber, 1, 1),
        "ISTEXT": (_istext, 1, 1),
        "LEN": (_len, 1, 1),
        "LOWER": (_lower, 1, 1),
        "MAX": (_max, 1, _MANY),
        "MIN": (_min, 1, _MANY),
        "NA": (_na, 0, 0),
        "NOT": (_not, 1, 1),
        "NOW": (_without_clock, 0, 0),
        "OR": (_or, 1, _MANY),
        "PRODUCT": (_product, 1, _MANY),
        "ROUND": (_round, 1, 2),
        "SQRT": (_sqrt, 1, 1),
        "SUM": (_sum, 1, _MANY),
        "TODAY": (_without_clock, 0, 0),
        "TRUE": (_true, 0, 0),
        "UPPER": (_upper, 1, 1),
    }
)

# Functions that must see an error in an argument rather than fall with it.
TAKE_ERRORS = frozenset(
    {"COUNT", "COUNTA", "COUNTBLANK", "ISBLANK", "ISERROR", "ISNUMBER", "ISTEXT"}
)
