"""Headers to columns, A1, and raw rows in the order of the fields."""

import pytest

from sheetsync.core.rows import LONGEST_CELL, writable
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.grid import (
    align_rows,
    assemble,
    column_letters,
    columns_range,
    comparable_header,
    find_columns,
    first_free_row,
    row_range,
    rows_below,
    same_value,
    spans,
    strayed_headers,
)

SPEC = TabSpec.model_validate(
    {
        "title": "Lines",
        "owner": "buyer",
        "key": ["po_number"],
        "columns": [
            {
                "field": "po_number",
                "header": "PO number",
                "aliases": ["PO", "Order", "Reason"],
                "kind": "identifier",
                "owner": "buyer",
            },
            {"field": "quantity", "header": "Quantity", "kind": "quantity", "owner": "buyer"},
            {"field": "reason", "header": "Reason", "kind": "text", "owner": "buyer"},
        ],
    }
)


def test_columns_are_found_in_any_order_and_under_an_alias():
    head = find_columns(["Quantity", None, "order"], SPEC)

    assert head.columns == {"quantity": 0, "po_number": 2}
    assert (head.duplicates, head.unknown, head.width) == ((), (), 3)


@pytest.mark.parametrize(
    "header",
    ["PO number", " po  NUMBER ", "PO-Number:", "PO\nnumber", "\uff30\uff2f number", "P.O. No"],
)
def test_case_space_and_punctuation_do_not_matter_in_a_header(header):
    is_known = header != "P.O. No"

    assert ("po_number" in find_columns([header], SPEC).columns) is is_known


def test_the_leftmost_of_two_equal_headers_counts():
    head = find_columns(["PO", "Quantity", " PO number", "quantity"], SPEC)

    assert head.columns == {"po_number": 0, "quantity": 1}
    assert head.duplicates == ("PO number", "quantity")


def test_a_columns_own_header_beats_another_columns_alias():
    assert find_columns(["Reason"], SPEC).columns == {"reason": 0}


def test_unknown_headers_are_reported_and_blank_ones_are_not():
    head = find_columns(["Colour", "", "  ", None, "#", 2026, False], SPEC)

    assert head.unknown == ("Colour", "#", "2026", "False")
    assert head.width == 7
    assert head.columns == {}


def test_an_empty_header_row_has_no_columns():
    assert find_columns([], SPEC).width == 0


def test_vowel_marks_tell_headers_apart():
    assert comparable_header("कि") != comparable_header("का")


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index, letters):
    assert column_letters(index) == letters


def test_titles_are_quoted_as_a1_wants_it():
    assert columns_range("Müller's 🌵", 1, 27) == "'Müller''s 🌵'!B:AB"
    assert row_range("D3", 0) == "'D3'!1:1"
    assert rows_below("x", 1) == "'x'!B2:B"


def test_neighbouring_columns_are_one_span():
    assert spans([7, 2, 3, 4, 2]) == [(2, 4), (7, 7)]
    assert spans([]) == []


def test_rows_are_aligned_with_the_fields_and_padded():
    rows = [["x", 5, "", 0], [], ["y"], [None, "", False]]

    assert align_rows(rows, {"po_number": 0, "quantity": 3, "reason": 2}, SPEC.fields) == (
        ("x", 0, None),
        (None, None, None),
        ("y", None, None),
        (None, None, False),
    )


def test_an_absent_field_is_blank_in_every_row():
    assert align_rows([["x", "y"]], {"reason": 0}, SPEC.fields) == ((None, None, "x"),)
    assert align_rows([["x"]], {}, SPEC.fields) == ((None, None, None),)


def test_blocks_of_columns_are_put_together_by_row():
    parts = [(1, [["b1", "c1"], [], ["b3"]]), (4, [["e1"], ["e2"], [], ["e4"]])]

    assert assemble(parts) == [
        [None, "b1", "c1", None, "e1"],
        [None, None, None, None, "e2"],
        [None, "b3", None, None],
        [None, None, None, None, "e4"],
    ]
    assert assemble([]) == []


def test_the_first_free_row_is_below_the_last_content():
    assert first_free_row([("a", None), (None, None), (None, 0), (None, " "), (False, None)]) == 4


def test_a_tab_without_content_is_free_below_its_header():
    assert first_free_row([]) == 1
    assert first_free_row([(False,), (None,)]) == 1


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (12, 12.0, True),
        ("", None, True),
        (None, None, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        ("12", 12, False),
        (0, None, False),
        ("a", "A", False),
        ("x" * (LONGEST_CELL + 5), "x" * LONGEST_CELL, True),
    ],
)
def test_equal_values(one, other, is_same):
    assert same_value(one, other) is is_same
    assert same_value(other, one) is is_same


def test_a_text_ends_where_a_cell_ends():
    assert len(writable("x" * 60_000)) == 50_000
    assert writable("") is None
    assert writable(0) == 0


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["PO number", "Quantity", "Reason"], ["PO-1", 4]], 0),
        ([["PO-1", 4], ["PO-2", 5], ["order", "quantity", "Reason"]], 3),
        ([[], ["PO number", "Quantity", "Reason"]], 2),
        ([["PO-1", 4, "Reason"], ["PO-2", 5, "Reason"]], 0),
        ([], 0),
    ],
)
def test_headers_that_strayed_are_found(rows, place):
    assert strayed_headers(rows, SPEC) == place
