"""Which witnesses in the sheet the store that is gone had heard already.

What a witness asks for must be mended once: by the next cycle, or by nobody if the cycle after it
wrote. A second mend would lay back what stood there before things were put right. Nothing tells the
restored store which were heard but the sheet: a cycle reads all witnesses before it writes, its
batch to a spreadsheet carries all mends there, and the hub's batch is the last one of all.

Never: hears a witness (see `comparing.mending`).
"""

from __future__ import annotations

from sheetsync.core.model import Snapshot, TabKind, Witness


def mended_since(snapshot: Snapshot) -> frozenset[str]:
    """The witnesses of cycles after which another one has written there, or into the hub."""
    (history,) = snapshot.of_kind(TabKind.HISTORY)
    hub = history.place.address.spreadsheet
    newest: dict[str, int] = {}
    for witness in snapshot.witnesses:
        where = witness.tab.spreadsheet
        newest[where] = max(newest.get(where, 0), _cycle_of(witness))
    return frozenset(
        witness.witness_id
        for witness in snapshot.witnesses
        if _cycle_of(witness) < max(newest.get(hub, 0), newest[witness.tab.spreadsheet])
    )


def _cycle_of(witness: Witness) -> int:
    """The cycle that wrote there: the label of its batch begins with the number."""
    number = witness.witness_id.partition(".")[0]
    return int(number) if number.isdecimal() else 0
