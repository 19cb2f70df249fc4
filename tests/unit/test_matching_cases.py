"""Every worked case of the specification, and ours, through `match` by way of the case file."""

from datetime import date

import pytest
from matching_defaults import CASES, DEFAULTS, SPECIFICATION, by_value, numbers

from sheetsync.core.matching import HoldCode, match
from sheetsync.core.matching.case_file import read_documents, read_settings, write_matches


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
