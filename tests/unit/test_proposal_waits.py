"""What a waiting proposal puts at risk: what it changes on its own line, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from paper import PaperSheet
from paper_day import START, confirmed

from sheetsync.core.findings import Code


@pytest.mark.parametrize(
    ("proposed", "at_risk"),
    [
        ({"proposed_price": 12.6}, Decimal(6)),
        ({"proposed_quantity": 8}, Decimal(24)),
        ({"proposed_price": 12.6, "proposed_quantity": 20}, Decimal(132)),
        ({"proposed_date": "2026-04-27"}, Decimal(0)),
    ],
)
def test_a_proposal_risks_what_it_changes(proposed, at_risk):
    sheet = confirmed(PaperSheet.of(START))

    sheet.type("ACME", {"line_number": 1}, response="propose", reason="steel", **proposed)
    sheet.cycle()
    plan = sheet.cycle()

    [waits] = [each for each in plan.findings if each.code is Code.PROPOSAL_WAITS]
    assert waits.risk is not None
    assert waits.risk.amount == at_risk
