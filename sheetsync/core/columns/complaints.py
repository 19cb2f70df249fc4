"""Failures and complaints as findings: what is seen, what was expected, what to do, in plain words.

Rules: the headers of rules/columns.yaml; each finding carries the key of its column.
Findings: invalid-value, ambiguous-value, missing-value, number-where-text, duplicate-key.
Never: names a place; whoever shows a finding takes that from its `source`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sheetsync.core.columns.cells import EXPECTED_CURRENCY, EXPECTED_WHOLE
from sheetsync.core.columns.frames import FIRST_ROW, KEY, TabFrame
from sheetsync.core.columns.names import Names
from sheetsync.core.columns.neighbours import Complaint
from sheetsync.core.columns.rows import Row
from sheetsync.core.columns.schemas import Failure, Fault
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import TabKind
from sheetsync.core.reading import Unread, seen_as
from sheetsync.core.wording import document_of

WAITS = {
    TabKind.ORDER_LINES: "the line waits",
    TabKind.INVOICES: "the invoice waits",
    TabKind.RECEIPTS: "the receipt does not count yet",
}
"""What becomes of a row with an empty or unreadable cell."""


def findings_of(
    frame: TabFrame,
    rows: Mapping[int, Row],
    found: Iterable[Failure],
    complaints: Iterable[Complaint],
    names: Names,
) -> Iterator[Finding]:
    """Every failure of a tab's schema, and every complaint about its rows, as a finding."""
    failures = list(found)
    keys = frame.cells[KEY]
    doubled = Counter(keys[failure.row] for failure in failures if failure.field == KEY)
    for failure in failures:
        row = rows[failure.row]
        if failure.fault is Fault.DOUBLED:
            message = _doubled(_document(frame, row, names), doubled[keys[failure.row]])
            said = Complaint(row=row, code=Code.DUPLICATE_KEY, field=None, message=message)
        else:
            said = _about_cell(frame, row, failure)
        yield _finding(frame, said, names)
    for complaint in complaints:
        yield _finding(frame, complaint, names)


def _about_cell(frame: TabFrame, row: Row, failure: Failure) -> Complaint:
    """The code and the sentence for one failed cell."""
    kind, spec = row.place.kind, frame.spec
    header = spec.by_field[failure.field].header
    seen = seen_as(frame.reading.rows[failure.row - FIRST_ROW][spec.index[failure.field]])
    cell = frame.cells.at[failure.row, failure.field]
    if isinstance(cell, Unread):
        code, message = _unread(header, cell)
    elif failure.fault is Fault.BLANK:
        waits = WAITS.get(kind, "the row waits")
        code, message = Code.MISSING_VALUE, f"{header} is empty; {waits} until it is filled in."
    elif failure.fault is Fault.NUMBER:
        code = Code.NUMBER_WHERE_TEXT
        message = (
            f"{header} holds {seen} as a number, so leading zeros may be lost. It is read as "
            f'"{seen}". Format the cell as plain text and type it again if that is not right.'
        )
    else:
        code, message = Code.INVALID_VALUE, _out_of_range(kind, header, failure.fault, seen)
    return Complaint(row=row, code=code, field=failure.field, message=message)


def _out_of_range(kind: TabKind, header: str, fault: Fault, seen: str) -> str:
    match fault:
        case Fault.NOT_POSITIVE if kind is TabKind.RECEIPTS:
            return (
                f"{header} shows {seen}; a quantity above 0 was expected. For goods that went "
                f"back, write return as the kind and the quantity without a minus."
            )
        case Fault.NOT_POSITIVE:
            return f"{header} shows {seen}; a quantity above 0 was expected. Correct it."
        case Fault.NEGATIVE:
            return f"{header} shows {seen}, which is below 0. Write 0 or more, without a minus."
        case Fault.TOO_LONG:
            return f"{header} shows {seen}, a number with too many digits to be meant. Correct it."
        case Fault.NOT_WHOLE:
            return f"{header} shows {seen}. Write {EXPECTED_WHOLE}."
        case _:
            return (
                f'{header} shows "{seen}", which is not {EXPECTED_CURRENCY}. '
                f"Write the three letters of a currency in use today."
            )


def _unread(header: str, cell: Unread) -> tuple[Code, str]:
    if cell.ambiguous:
        return Code.AMBIGUOUS_VALUE, f"{header} can be read in more than one way. {cell.advice}"
    expected = "" if cell.expected in cell.advice else f", not {cell.expected}"
    return Code.INVALID_VALUE, f'{header} shows "{cell.seen}"{expected}. {cell.advice}'


def _doubled(document: str, times: int) -> str:
    return (
        f"{document} stands on {times} rows, and none of them is used. "
        f"Keep one and delete the others, or give each its own number."
    )


def _finding(frame: TabFrame, said: Complaint, names: Names) -> Finding:
    row, place = said.row, said.row.place
    typed, supplier = row.text("po_number"), row.text("supplier") or place.supplier
    facts = names.facts_of(names.orders.of(typed) if typed is not None else None)
    requester = row.text("requester")
    parts = ("columns", str(place.kind), said.field)
    return Finding(
        code=said.code,
        tab=place.address,
        ref=row.ref,
        source=row.source,
        # A row without a key of its own is known by its content.
        document=_document(frame, row, names) if row.ref.content is None else "",
        field=said.field,
        message=said.message,
        rule=".".join(part for part in parts if part),
        supplier=names.suppliers.of(supplier) if supplier is not None else facts.supplier,
        owner=names.people.of(requester) if requester is not None else facts.requester,
    )


def _document(frame: TabFrame, row: Row, names: Names) -> str:
    """What people call the row; every row of a tab is called otherwise."""
    raws = frame.reading.rows[row.source.row - FIRST_ROW]
    cells = {field: raws[frame.spec.index[field]] for field in frame.spec.key}
    typed = row.text("po_number")
    if typed is not None and "po_number" in cells:
        cells["po_number"] = names.orders.of(typed)
    name = document_of(row.place.kind, cells)
    match row.place.kind:
        case TabKind.INVOICES:
            return f"{name} line {seen_as(cells['invoice_line'])} ({seen_as(cells['supplier'])})"
        case TabKind.APPROVALS:
            return f"{name}, {seen_as(cells['tier'])}, {seen_as(cells['approver'])}"
        case _:
            return name
