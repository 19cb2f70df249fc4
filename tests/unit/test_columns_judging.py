"""What Pandera is given to judge: all tabs at once, each distinct cell once."""

from __future__ import annotations

import pytest
from builders import TODAY, column_rules, snapshot

from sheetsync.core.columns import read_records, schemas
from sheetsync.core.columns.schemas import PASSES, Fault


@pytest.fixture
def validated(monkeypatch):
    """The cells of each validation."""
    given = []
    validate = type(schemas.CELLS).validate

    def watch(schema, cells, **options):
        given.append(list(cells))
        return validate(schema, cells, **options)

    monkeypatch.setattr(type(schemas.CELLS), "validate", watch)
    return given


def read(sheet: str):
    return read_records(
        snapshot(sheet), column_rules(), today=TODAY, first_seen=lambda _address, _ref: None
    )


def test_what_is_said_twice_is_judged_once_over_all_tabs(validated):
    read("""
        Order lines | PO   | Line | Item | Qty | Unit | Unit price | Currency
                    | PO-1 | 1    | 0042 | 10  | EA   | 12.00      | EUR
                    | PO-1 | 2    | 0042 | 10  | EA   | 12.00      | EUR
        Receipts    | Receipt | PO   | Line | Qty
                    | R-1     | PO-1 | 1    | 10
    """)
    (cells,) = validated
    assert len(cells) == len({(id(cell), asked) for cell, asked in cells})
    assert [cell for cell, _ in cells].count("EUR") == 1


def test_nothing_to_judge_is_no_validation(validated):
    read("Order lines | PO | Line | Item | Qty | Unit | Unit price | Currency")
    assert validated == []


def test_every_fault_has_a_check():
    assert set(PASSES) == set(Fault)
