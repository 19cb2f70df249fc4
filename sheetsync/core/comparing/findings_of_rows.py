"""A finding about a cell that somebody changed, or about a row that somebody deleted.

Who is meant, and where it is shown, follows from the change; code, words and rule are the caller's.
Never: decides whether anything is wrong.
"""

from __future__ import annotations

from sheetsync.core.differences import VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import Change, RawCell, RowRef
from sheetsync.core.rulebook import ColumnSpec
from sheetsync.core.wording import document_of, shown_cell


def of_change(change: Change, code: Code, message: str, rule: str) -> Finding:
    """Told on the row of the changed cell, under the cell's column."""
    return Finding(
        code=code,
        tab=change.place.address,
        ref=change.ref,
        source=change.source,
        document=change.document,
        field=change.field,
        message=message,
        rule=rule,
        supplier=change.place.supplier,
    )


def of_deletion(row: VanishedRow, code: Code, message: str) -> Finding:
    """Told of the key that the row had; it has no place in the sheet any more."""
    return Finding(
        code=code,
        tab=row.place.address,
        ref=RowRef(key=row.key),
        document=document_of(row.place.kind, row.row.cells),
        message=message,
        rule="merging.restore_vanished",
        supplier=row.place.supplier,
    )


def edit_clash(change: Change, wish: RawCell, column: ColumnSpec, why: str) -> Finding:
    """A person and the worker changed one cell: the person's value stands, and `why` says more."""
    return of_change(
        change,
        Code.EDIT_CLASH,
        (
            f"{column.header} shows {shown_cell(change.after, column.kind)}, which stands; at the "
            f"same time sheetsync was to make it {shown_cell(wish, column.kind)}. {why}"
        ),
        f"columns.{change.place.kind}.{column.field}",
    )
