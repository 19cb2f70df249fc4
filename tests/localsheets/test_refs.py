"""References inside formulas: what they say after cells were copied or moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.localsheets.a1 import cell_name
from sheetsync.localsheets.book import Tab, new_tab_props
from sheetsync.localsheets.refs import copied, shifted
from sheetsync.localsheets.spans import deleted, inserted, moved
from sheetsync.localsheets.undo import Undo

OWN = Tab(Undo(), new_tab_props(0, "Sheet1"))
OTHER = Tab(Undo(), new_tab_props(1, "it's mine"))


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "result"),
    [
        ("=A1+$A1+A$1+$A$1", 1, 1, "=B2+$A2+B$1+$A$1"),
        ("=SUM(A:B)+SUM(1:2)", 1, 1, "=SUM(B:C)+SUM(2:3)"),
        ("=SUM($A:B)+SUM($1:2)", 1, 1, "=SUM($A:C)+SUM($1:3)"),
        ("=SUM(A2:A)", 1, 1, "=SUM(B3:B)"),
        ('="A1"&A1&"say ""B2"""', 1, 0, '="A1"&A2&"say ""B2"""'),
        ("='it''s mine'!A1+Other!B2:C3", 1, 1, "='it''s mine'!B2+Other!C3:D4"),
        ("=A1", -1, 0, "=#REF!"),
        ("=LOG10(A1)+TAX2024*A1B", 1, 0, "=LOG10(A2)+TAX2025*A1B"),
        ("=1.5+2:3", 0, 0, "=1.5+2:3"),
    ],
)
def test_copies(formula, rows, columns, result):
    assert copied(formula, rows, columns) == result


@pytest.mark.parametrize(
    ("formula", "dimension", "span", "result"),
    [
        ("=A1+A5", "ROWS", inserted(2, 2), "=A1+A7"),
        ("=SUM(A1:A5)", "ROWS", inserted(2, 2), "=SUM(A1:A7)"),
        ("=SUM(A1:A5)", "ROWS", inserted(5, 2), "=SUM(A1:A5)"),
        ("=SUM(A1:A5)", "ROWS", deleted(2, 2), "=SUM(A1:A3)"),
        ("=SUM(A3:A4)", "ROWS", deleted(2, 2), "=SUM(#REF!)"),
        ("=$B$2", "COLUMNS", inserted(0, 1), "=$C$2"),
        ("=SUM(B2:B)", "COLUMNS", inserted(0, 1), "=SUM(C2:C)"),
        ("=SUM(B2:B)", "ROWS", inserted(0, 1), "=SUM(B3:B)"),
        ("=SUM(B:C)", "COLUMNS", deleted(1, 1), "=SUM(B:B)"),
        ("=SUM(2:3)", "ROWS", inserted(0, 1), "=SUM(3:4)"),
        ("=B2:A1", "ROWS", inserted(0, 1), "=B3:A2"),
        ("='it''s mine'!A5", "ROWS", inserted(0, 1), "='it''s mine'!A5"),
        ("=Sheet1!A5", "ROWS", inserted(0, 1), "=Sheet1!A6"),
        ("=A2+A3+A5", "ROWS", moved(1, 2, 4), "=A4+A2+A5"),
    ],
)
def test_lines_that_change(formula, dimension, span, result):
    assert shifted(formula, OWN, OWN, dimension, span) == result


def test_only_references_to_the_changed_tab_move():
    formula = "=A5+'it''s mine'!A5"
    assert shifted(formula, OWN, OTHER, "ROWS", inserted(0, 1)) == "=A5+'it''s mine'!A6"
    assert shifted("=A5", OTHER, OTHER, "ROWS", inserted(0, 1)) == "=A6"


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 5), st.integers(0, 20))
def test_a_moved_line_is_followed(row, start, count, to):
    """What a reference named before the move it names after it."""
    if start <= to <= start + count:
        return
    lines = list(range(40))
    block = lines[start : start + count]
    del lines[start : start + count]
    goal = to - count if to > start else to
    lines[goal:goal] = block
    formula = shifted(f"={cell_name(row, 0)}", OWN, OWN, "ROWS", moved(start, start + count, to))
    assert formula == f"={cell_name(lines.index(row), 0)}"
