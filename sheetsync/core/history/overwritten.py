"""What people had typed where the history was being laid right, in that very instant.

A mend writes over what the second reading saw. What was typed after that reading stands in no later
one; the witness of the batch copied it. It is told from there, and nothing is laid back: the tab
shows what it should.

Never: tells again what the plan of the mend told, or what the journal says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsync.core.history.chain import EVENT_ID, FIELDS, Row
from sheetsync.core.model import RawCell, Witness
from sheetsync.core.rows import is_said, same_cell

ID = FIELDS[EVENT_ID]


def overwritten(
    witnesses: Iterable[Witness], due: Mapping[str, Row], columns: tuple[str, ...]
) -> list[tuple[str, dict[str, RawCell]]]:
    """By the event that stands there now, the cells that were written over before they were read.

    Args:
        witnesses: What the history tab's witnesses say that were not heard yet, newest first.
        due: What the tab should show, by event.
        columns: The columns of those rows.
    """
    found = []
    for witness in witnesses:
        # By the id that stood there: the row may be another than was meant.
        stood_at = due.get(str(witness.at.get(ID)), ())
        due_there = dict(zip(columns, stood_at, strict=False))
        cells = {
            cell.at_field: cell.before
            for cell in witness.cells
            if cell.at_field is not None
            and not is_said(cell.before, cell.expected)
            and not is_said(cell.before, cell.value)
            and not same_cell(cell.before, due_there.get(cell.at_field))
        }
        if cells:
            found.append((_stands_there(witness), cells))
    return found


def _stands_there(witness: Witness) -> str:
    """The event that the row tells since, as far as it can be told."""
    laid = [cell.value for cell in witness.cells if cell.at_field == ID]
    return str((laid[0] if laid else witness.at.get(ID)) or "")
