"""Rows that are set aside at the door: only those of which nothing is news."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetsync.core.model import TabKind
from sheetsync.core.rows import is_as_settled, same_cell
from sheetsync.rules_file import load_rules
from sheetsync.wiring import KNOWN_WORDS

RULES = Path(__file__).parents[2] / "rules"
SPEC = load_rules(RULES, KNOWN_WORDS).columns.tabs[TabKind.RECEIPTS]
SETTLED = {"receipt_number": "R-1", "po_number": "PO-7", "line_number": 1, "quantity": 1}


def row(**cells):
    return tuple({**SETTLED, **cells}.get(field) for field in SPEC.fields)


def test_a_row_as_it_was_settled_is_no_news():
    assert is_as_settled(row(), SETTLED, SPEC)


@pytest.mark.parametrize(
    "cells",
    [
        {"quantity": 2},
        {"quantity": True},  # a tick where a 1 stood
        {"quantity": "1"},
        {"quantity": None},
        {"notes": "late"},
        {"is_rejected": False},
    ],
)
def test_whatever_differs_is_looked_at(cells):
    assert not is_as_settled(row(**cells), SETTLED, SPEC)


CELLS = [None, "", " ", 0, 0.0, 1, 1.0, True, False, "1", "x", "x "]


@pytest.mark.parametrize("one", CELLS)
@pytest.mark.parametrize("other", CELLS)
def test_what_is_set_aside_would_have_counted_as_the_same(one, other):
    """The short way never says "unchanged" where the cells' own comparison says "changed"."""
    settled = {**SETTLED, "notes": other}
    if is_as_settled(row(notes=one), settled, SPEC):
        assert same_cell(one, other)
