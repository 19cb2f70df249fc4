"""Formulas against the table of cases, and what must hold for any text as a formula."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.localsheets.formulas import CellError, cell_error, evaluate

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR")
CASES = json.loads(
    Path(__file__).with_name("typed_input_cases.json").read_text(encoding="utf-8"),
)["formulas"]
ROWS, COLUMNS = 6, 3
CELLS = {
    ("Tab", 0, 0): 1.0,
    ("Tab", 1, 0): 2.0,
    ("Tab", 2, 0): "x",
    ("Tab", 3, 0): True,
    # A formula's empty text; B1 beside it is blank.
    ("Tab", 1, 1): "",
    ("Tab", 0, 2): 2.5,
    ("Tab", 0, 3): CellError(type="NUM", message="from elsewhere", text="#NUM!"),
    ("Other tab", 0, 0): 10.0,
}


def cell(sheet, row, column):
    """The cells of the table: one tab of six rows, and another."""
    if sheet not in {"Tab", "Other tab"} or row >= ROWS:
        raise LookupError(sheet)
    return CELLS.get((sheet, row, column))


def _evaluate(formula, locale="en_US"):
    return evaluate(
        formula, cell=cell, sheet="Tab", locale=locale, extent=lambda _: (ROWS, COLUMNS)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['locale']} {case['formula'][:60]}")
def test_formula_comes_to_what_the_table_says(case):
    expected = cell_error(case["error"], case["message"]) if "error" in case else case["value"]

    result = _evaluate(case["formula"], case["locale"])

    assert result == expected
    assert isinstance(result, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ERROR", "#ERROR!"),
        ("DIVIDE_BY_ZERO", "#DIV/0!"),
        ("VALUE", "#VALUE!"),
        ("REF", "#REF!"),
        ("NAME", "#NAME?"),
        ("NUM", "#NUM!"),
        ("N_A", "#N/A"),
        ("NULL_VALUE", "#NULL!"),
    ],
)
def test_errors_show_their_text(kind, text):
    assert cell_error(kind, "why") == CellError(type=kind, message="why", text=text)
    assert _evaluate(f"={text}") == cell_error(kind)


@given(text=st.text(), locale=st.sampled_from(LOCALES))
def test_any_text_as_a_formula_gives_a_value_or_an_error(text, locale):
    assert isinstance(_evaluate(f"={text}", locale), (float, bool, str, CellError))


@given(
    text=st.text(alphabet="A1B2:$!\"'+-*/^&<>=%(),;. 0SUMIFE#\u00e9", max_size=24),
    locale=st.sampled_from(LOCALES),
)
def test_what_looks_like_a_formula_gives_a_value_or_an_error(text, locale):
    assert isinstance(_evaluate(f"={text}", locale), (float, bool, str, CellError))


@given(numbers=st.lists(st.integers(min_value=-1000, max_value=1000), min_size=1, max_size=200))
def test_a_chain_of_sums_is_a_sum(numbers):
    assert _evaluate("=" + "+".join(f"({n})" for n in numbers)) == sum(numbers)


def test_a_long_chain_needs_no_deep_stack():
    assert _evaluate("=" + "+".join(["1"] * 20_000)) == 20_000


def test_nesting_that_people_use_is_understood():
    nested = "0"
    for depth in range(50):
        nested = f"IF(A1={depth + 5},{depth},{nested})"

    assert _evaluate(f"={nested}") == 0


def test_a_range_without_an_end_needs_the_sheets_size():
    result = evaluate("=SUM(A:A)", cell=cell, sheet="Tab", locale="en_US")

    assert isinstance(result, CellError)
    assert result.type == "REF"


def test_plain_references_name_the_formulas_own_sheet():
    asked = []

    def remember(sheet, row, column):
        asked.append((sheet, row, column))
        return 1.0

    evaluate("=B3+'It''s here'!C4+Other!A1", cell=remember, sheet="Mine", locale="en_US")

    assert asked == [("Mine", 2, 1), ("It's here", 3, 2), ("Other", 0, 0)]


def test_if_looks_only_at_the_branch_it_takes():
    asked = []

    def remember(sheet, row, column):
        asked.append((row, column))
        return True

    evaluate("=IF(A1,B1,C1)", cell=remember, sheet="Tab", locale="en_US")

    assert asked == [(0, 0), (0, 1)]


def test_more_cells_than_can_be_computed_are_refused_before_they_are_read():
    def never(*_):
        pytest.fail("no cell may be read")

    result = evaluate("=SUM(A1:ZZ9999999)", cell=never, sheet="Tab", locale="en_US")

    assert isinstance(result, CellError)
    assert result.type == "REF"


def test_a_text_longer_than_a_cell_is_refused():
    long = "x" * 30_000

    def cells(*_):
        return long

    for formula in ("=A1&A1", "=CONCATENATE(A1,A1)", "=CONCAT(A1,A1)"):
        result = evaluate(formula, cell=cells, sheet="Tab", locale="en_US")
        assert isinstance(result, CellError)
        assert result.type == "VALUE"
