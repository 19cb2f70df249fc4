"""Every worked case of the specification, and ours, through `match` by way of the case file."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from matching_defaults import CASES, DEFAULTS, SPECIFICATION

from sheetsync.core.matching import HoldCode, match
from sheetsync.core.matching.case_file import read_documents, read_settings, write_matches


def by_value(found, wanted):
    """The part of `found` that `wanted` speaks of, with numbers as numbers."""
    if isinstance(wanted, dict):
        return {key: by_value(found[key], inner) for key, inner in wanted.items()}
    if isinstance(wanted, list):
        assert len(found) == len(wanted), (found, wanted)
        return [by_value(one, other) for one, other in zip(found, wanted, strict=True)]
    return found


def numbers(value):
    if isinstance(value, dict):
        return {
            key: as_number(inner) if key.endswith(("_qty", "_amount", "_net")) else numbers(inner)
            for key, inner in value.items()
        }
    return [numbers(inner) for inner in value] if isinstance(value, list) else value


def as_number(text):
    return Fraction(text) if "/" in text else Fraction(Decimal(text))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case):
    as_of = case.get("as_of")
    settings = read_settings(case["settings"], DEFAULTS)
    found = write_matches(
        match(
            read_documents(case),
            settings,
            as_of=None if as_of is None else date.fromisoformat(as_of),
        )
    )
    expected = dict(case["expected"])
    assert set(found["invoices"]) == set(expected["invoices"])
    if "po_lines" in expected:
        spoken_of = {(line["po"], line["line"]) for line in expected["po_lines"]}
        found["po_lines"] = [
            line for line in found["po_lines"] if (line["po"], line["line"]) in spoken_of
        ]
    expected.setdefault("receipt_exceptions", [])
    for invoice in expected["invoices"].values():
        invoice.setdefault("released", [])
    assert numbers(by_value(found, expected)) == numbers(expected)


def test_the_copy_holds_all_cases_and_codes():
    assert len(SPECIFICATION["cases"]) == SPECIFICATION["counts"]["total"] == 95
    words = {*SPECIFICATION["hold_codes"], *SPECIFICATION["warning_codes"]}
    assert words == {code.value for code in HoldCode}
