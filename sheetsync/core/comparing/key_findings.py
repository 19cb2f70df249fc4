"""What is said of rows whose key was changed, copied, deleted, or typed in another notation.

| a row's key                                   | what becomes of it              | told as       |
| --------------------------------------------- | ------------------------------- | ------------- |
| typed over or cleared on a row that must stay | it is put back                  | key-changed   |
| the same on any other row                     | the row goes on under the other | key-changed   |
| in another notation on a row that must stay   | the spelling is put back        | key-changed   |
| in another notation on any other row          | it is the same key              | key-notation  |
| of a new line, like that of another order     | said to be it, or not to be it  | key-notation  |
| copied down                                   | the settled row keeps it        | duplicate-key |
| gone with its row, which may be deleted       | the row is forgotten            | row-deleted   |

Findings: as in the table; DUPLICATE for copied invoices. Never: decides which of it happens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sheetsync.core.comparing.findings_of_rows import of_change, of_deletion
from sheetsync.core.differences import AddedRow, CopiedRow, Locked, RetypedRow, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.model import LISTS, Change, RawCell, RowRef, TabKind, TabPlace
from sheetsync.core.orders import OrderBook
from sheetsync.core.rows import is_blank, key_text, same_cell
from sheetsync.core.rulebook import ColumnRules, TabSpec
from sheetsync.core.wording import document_of, shown_cell

INSTEAD = {
    TabKind.ORDER_LINES: (
        "For another line, type a new row; to give this one up, `cancel` with a reason in Action."
    ),
    TabKind.RECEIPTS: "Type a return for what is wrong here, and a receipt for what is right.",
    TabKind.PAYMENTS: "Type it once more with a minus, and then as it is right.",
    TabKind.INVOICES: "It is paid. For another document, type a new row.",
    TabKind.RELEASES: "What it let pass is paid. For another release, type a new row.",
}
"""What to do where the key may not be changed."""

_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def key_findings(locked: Locked, columns: ColumnRules) -> Iterator[Finding]:
    """Everything that happened to the keys of settled rows."""
    yield from (_put_back(row, columns) for row in locked.rekeyed if _is_told(row.was.place))
    yield from (_renamed(row, columns) for row in locked.renamed if _is_told(row.was.place))
    gone_on = {row.was.name for row in locked.renamed}
    gone = (row for row in locked.removed if row.name not in gone_on)
    yield from (_deleted(row) for row in gone if _is_told(row.place))
    back = (*locked.put_back, *locked.overwrites)
    for change in (change for change in back if _is_respelled(change, columns)):
        yield _respelled(change, columns, Code.KEY_CHANGED)
    for change in (change for change in locked.standing if _is_respelled(change, columns)):
        yield _respelled(change, columns, Code.KEY_NOTATION)
    yield from (_copied(copy) for copy in locked.copied)


def notation_findings(
    added: Iterable[AddedRow], book: OrderBook, columns: ColumnRules
) -> Iterator[Finding]:
    """New order lines whose order is known in another spelling, or looks like another order."""
    spec = columns.tabs[TabKind.ORDER_LINES]
    orders = {key_text(po_number): po_number for po_number in book}
    alike: dict[str, set[str]] = {}
    for key in orders:
        alike.setdefault(_ZEROS.sub("", key), set()).add(key)
    for row in added:
        if row.place.kind is not TabKind.ORDER_LINES or spec.key[0] not in row.row.cells:
            continue
        typed, key = row.row.cells[spec.key[0]], row.key[0]
        others = sorted(orders[other] for other in alike.get(_ZEROS.sub("", key), set()) - {key})
        if key in orders and isinstance(typed, str) and typed != orders[key]:
            message = f'"{typed}" is read as {orders[key]}: they are one number.'
        elif others:
            message = (
                f"{shown_cell(typed)} is not {' or '.join(others)}: zeros count in order numbers, "
                f"so this is another order. If {others[0]} is meant, type it so."
            )
        else:
            continue
        yield Finding(
            code=Code.KEY_NOTATION,
            tab=row.place.address,
            ref=RowRef(key=row.key),
            source=row.source,
            document=document_of(row.place.kind, row.row.cells),
            field=spec.key[0],
            message=message,
            rule=_rule(row.place.kind),
        )


def _put_back(row: RetypedRow, columns: ColumnRules) -> Finding:
    spec = columns.tabs[row.was.place.kind]
    cleared = [
        f"{column.header} ({shown_cell(row.cells.get(column.field), column.kind)})"
        for column in spec.columns
        if column.request and not is_blank(row.cells.get(column.field))
    ]
    parts = [
        f"This row is known by its {_headers(row, spec)}: {_shown(row, spec)}.",
        *(
            [f"What was asked for beside it was cleared: {', '.join(cleared)}. Ask again."]
            if cleared
            else []
        ),
        INSTEAD.get(row.was.place.kind, ""),
    ]
    return _of_row(row, spec, " ".join(part for part in parts if part), RowRef(key=row.was.key))


def _renamed(row: RetypedRow, columns: ColumnRules) -> Finding:
    spec = columns.tabs[row.was.place.kind]
    kind = row.was.place.kind
    before = document_of(kind, row.was.row.cells)
    lost = [field for field in spec.key if is_blank(row.cells.get(field))]
    if lost:
        now = f"It waits until {spec.by_field[lost[0]].header} is filled in."
    elif row.now.content is not None:
        now = f"But {document_of(kind, row.cells)} is here already, so it counts for nothing yet."
    else:
        now = f"It goes on as {document_of(kind, row.cells)}."
    message = f"This row was {before}. {now} The change history keeps what it was."
    # A copy's notice would stand on the row that it copies, once they are told apart.
    return _of_row(row, spec, message, row.now if row.now.content is None else None)


def _of_row(row: RetypedRow, spec: TabSpec, message: str, ref: RowRef | None) -> Finding:
    place = row.was.place
    return Finding(
        code=Code.KEY_CHANGED,
        tab=place.address,
        ref=ref,
        source=row.source,
        document=document_of(place.kind, row.was.row.cells),
        field=_changed(row, spec)[0],
        message=message,
        rule=_rule(place.kind),
        supplier=place.supplier,
    )


def _changed(row: RetypedRow, spec: TabSpec) -> list[str]:
    """The parts of the key that were typed over."""
    was = row.was.row.cells
    return [f for f in spec.key if not same_cell(was.get(f), row.cells.get(f))] or [spec.key[0]]


def _headers(row: RetypedRow, spec: TabSpec) -> str:
    return " and ".join(spec.by_field[field].header for field in _changed(row, spec))


def _shown(row: RetypedRow, spec: TabSpec) -> str:
    """What stands again, and what was typed: "PO-8 was typed over PO-7, which stands again"."""

    def said(cells: Mapping[str, RawCell]) -> str:
        return " and ".join(
            shown_cell(cells.get(field), spec.by_field[field].kind) for field in _changed(row, spec)
        )

    return f"{said(row.cells)} was typed over {said(row.was.row.cells)}, which stands again"


def _respelled(change: Change, columns: ColumnRules, code: Code) -> Finding:
    column = columns.tabs[change.place.kind].by_field[change.field]
    # A blank at the end is what tells them apart, so they are shown to the letter.
    after, before = (
        cell if isinstance(cell, str) else shown_cell(cell)
        for cell in (change.after, change.before)
    )
    is_back = code is Code.KEY_CHANGED
    return of_change(
        change,
        code,
        (
            f'{column.header}: "{after}" and "{before}" are one number in two notations. '
            + (f'"{before}" stands again.' if is_back else "The row is the same as before.")
        ),
        _rule(change.place.kind),
    )


def _deleted(row: VanishedRow) -> Finding:
    return of_deletion(
        row,
        Code.ROW_DELETED,
        (
            "This row was deleted, which it may be, and counts no longer. The change history keeps "
            "what it said; type it again if that was a mistake."
        ),
    )


def _copied(copy: CopiedRow) -> Finding:
    document = document_of(copy.place.kind, copy.row.cells)
    return Finding(
        code=(HoldCode.DUPLICATE if copy.place.kind is TabKind.INVOICES else Code.DUPLICATE_KEY),
        tab=copy.place.address,
        ref=copy.ref,
        source=copy.source,
        document=f"{document}, copy {copy.count}",
        message=(
            f"{document[:1].upper()}{document[1:]} is here already; this row is a "
            "duplicate and counts for nothing. Delete it, or give it a number of its own."
        ),
        rule=_rule(copy.place.kind),
        supplier=copy.place.supplier,
    )


def _is_respelled(change: Change, columns: ColumnRules) -> bool:
    """Whether a part of a key is written otherwise; one that could not be read before is not."""
    is_of_key = change.field in columns.tabs[change.place.kind].key
    return is_of_key and not is_blank(change.before) and _is_told(change.place)


def _is_told(place: TabPlace) -> bool:
    return place.kind not in LISTS


def _rule(kind: TabKind) -> str:
    return f"columns.{kind}.key"
