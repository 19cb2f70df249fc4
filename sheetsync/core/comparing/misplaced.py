"""What no mending reaches after a write of the worker landed on something else, in words.

Findings: write-misplaced. Never: says what is mended (see `mending`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import RowRef, Witness, WitnessedCell
from sheetsync.core.rows import row_key
from sheetsync.core.rulebook import TabSpec


def lost(witness: Witness, cells: Sequence[WitnessedCell], spec: TabSpec) -> Finding:
    """Values of the worker that stand in columns which nobody can name."""
    row = " ".join(witness.ref.key or ()) or "a row without a key"
    what = "; ".join(_where(cell, spec) for cell in cells)
    return Finding(
        code=Code.WRITE_MISPLACED,
        tab=witness.tab,
        ref=RowRef(key=witness.ref.key) if witness.ref.key else None,
        document=f"{row} {witness.witness_id}",
        message=(
            f"Columns were moved in the very moment in which sheetsync wrote {row}: {what}. "
            "Please put that right by hand."
        ),
        rule="merging",
    )


def taken_away(witness: Witness, cells: Sequence[WitnessedCell], spec: TabSpec) -> Finding:
    """Values that a person typed in that instant, on a row that is not there any more."""
    named = row_key([witness.at.get(name) for name in spec.fields], spec)
    row = " ".join(named or ()) or "a row without a key"
    shown = " ".join(str(witness.at.get(name)) for name in spec.key) if named else row
    what = "; ".join(f"{spec.by_field[x.at_field or x.field].header} {x.before!r}" for x in cells)
    return Finding(
        code=Code.WRITE_MISPLACED,
        tab=witness.tab,
        ref=RowRef(key=named) if named else None,
        document=f"{row} {witness.witness_id}",
        message=(
            f"In the very moment in which sheetsync wrote {shown}, this was typed there: {what}. "
            "The row is gone since, or has another key. If it still holds, please type it again."
        ),
        rule="merging",
    )


def _where(cell: WitnessedCell, spec: TabSpec) -> str:
    column = f"the column {cell.header!r}" if cell.header else "a column without a header"
    stood = "" if cell.before is None else f", where {str(cell.before)!r} stood"
    return f"{spec.by_field[cell.field].header} was written into {column}{stood}"
