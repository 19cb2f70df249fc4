"""What is told when somebody edited the change history: one finding, and every word that was typed."""

from __future__ import annotations

import json

from builders import NOW, column_rules
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.findings import NOTICES, Code
from sheetsync.core.history.edits import history_findings, history_mended
from sheetsync.core.history.events import Chronicle
from sheetsync.core.history.tab import HistoryEdits, TypedRow
from sheetsync.core.model import HUB, TabAddress, TabKind
from sheetsync.core.plan import CellWrite, HistoryMend, RowRef

TAB = TabAddress(HUB, "Change history")
MEND = HistoryMend(tab=TAB, seen="", after="", rows=0)
OTHER = CellWrite(tab=TAB, ref=RowRef(key=("x",)), field="old", expected=None, value=1)


def typed(row, event_id="E-1", **cells) -> TypedRow:
    return TypedRow(row=row, event_id=event_id, cells=cells)


def finding(**said):
    [found] = history_findings(HistoryEdits(**said), TAB, column_rules().tabs[TabKind.HISTORY])
    return found


def events(writes=(OTHER, MEND), **said):
    say = Chronicle(now=NOW, cycle=3, fingerprint="f", columns=column_rules(), rows={})
    return list(history_mended(HistoryEdits(**said), writes, say))


def test_nobody_did_anything():
    assert list(history_findings(None, TAB, column_rules().tabs[TabKind.HISTORY])) == []


def test_the_finding_says_how_many_and_what_stood_in_the_first():
    found = finding(
        typed=(typed(14, new="paid"), typed(15)), deleted=("E-7",), moved=2, first_row=9
    )

    assert (found.code, str(found.source), found.document) == (
        Code.HISTORY_EDITED,
        "Change history row 9",
        "E-1",
    )
    assert found.message.startswith(
        "5 rows were changed by hand (2 edited or inserted, 1 deleted, 2 moved or copied). "
        "Row 14 (E-1) showed paid as New. The rows stand again"
    )
    assert found.code in NOTICES, "mended at once, so it stays a day to be read"


def test_another_edit_of_the_same_day_is_another_finding():
    ids = {
        finding(deleted=("E-7",), first_row=9).finding_id,
        finding(deleted=("E-8",), first_row=9).finding_id,
        finding(moved=1, first_row=9).finding_id,
        finding(moved=1, first_row=10).finding_id,
    }
    assert len(ids) == 4
    assert finding(moved=1, first_row=9).message.startswith("One row was changed by hand")


def test_the_event_is_history_only_if_the_tab_was_laid_right():
    [event] = events(typed=(typed(14, new="paid", order_version=2),), first_row=14)

    assert (event.needs, event.actor, event.proof) == (1, "somebody", "unverified")
    assert json.loads(event.old) == [{"row": 14, "new": "paid", "order_version": 2}]
    assert event.decision == "1 edited or inserted; restored"
    assert events(writes=(OTHER,), typed=(typed(14),), first_row=14) == []


def test_an_event_of_rows_that_are_gone_names_them():
    [event] = events(deleted=("E-7", "E-8"), first_row=3)

    assert (event.old, event.new, event.decision) == (None, "E-7, E-8", "2 deleted; restored")


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from('a"\\\x00\n'), max_size=40).map(lambda text: text * 1300),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
        ),
        min_size=1,
        max_size=4,
    )
)
@example([("\x00" * 50_000, None)])
def test_whatever_was_typed_is_kept_in_cells_that_hold_it(cells):
    """Long texts are spread over several events, each of which is a JSON list of its own."""
    rows = [typed(place, new=text, old=other) for place, (text, other) in enumerate(cells)]

    told = events(typed=tuple(rows), first_row=2)

    assert all(len(event.old) <= 50_000 for event in told)
    assert len({event.event_id for event in told}) == len(told)
    kept: dict[int, str] = {}
    for event in told:
        for said in json.loads(event.old):
            kept[said["row"]] = kept.get(said["row"], "") + said.get("new", "")
    assert kept == {row.row: row.cells["new"] for row in rows}
