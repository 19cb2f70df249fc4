"""What releases let pass, as events: the hold with its difference, who released it, and why.

Never: decides what passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsync.core.history.event_rows import named
from sheetsync.core.history.events import WORKER, Chronicle
from sheetsync.core.matched.releases import NOTHING_STANDS, JudgedRelease
from sheetsync.core.model import TabAddress, TabKind, TabPlace
from sheetsync.core.plan import Event

FIELD = "let_pass"


def released(
    judged: Iterable[JudgedRelease],
    tab: TabAddress,
    writes: Mapping[tuple[object, ...], int],
    say: Chronicle,
) -> Iterable[Event]:
    """Releases that let something else pass than their rows said before."""
    place = TabPlace(address=tab, kind=TabKind.RELEASES)
    for each in judged:
        row = each.row
        needs = writes.get((tab, row.ref.key, FIELD))
        if needs is None or row.ref.key is None:
            continue
        was = say.rows.get(tab, {}).get(row.ref.key)
        old = was.cells.get(FIELD) if was is not None else None
        if not each.passed and old in {None, NOTHING_STANDS}:
            continue
        orders = [hold for hold in each.passed if hold.po_number is not None]
        line = orders[0].line_number if orders else None
        yield say.event(
            tab=named(place, row.ref.key, say.columns, {})["tab"],
            po_number=(orders[0].po_number or "") if orders else "",
            line_number=str(line) if line is not None else "",
            field=FIELD,
            old=old,
            new=each.lets_pass or None,
            actor=WORKER,
            proof=WORKER,
            decision=f"released by {row.released_by}: {row.reason}"
            if each.passed
            else "lets nothing pass any more",
            rule="approval.release_roles",
            needs=needs,
        )
