"""Failures and complaints as findings: what is seen, what was expected, what to do, in plain words.

Rules: the headers of rules/columns.yaml; each finding carries the key of its column.
Findings: invalid-value, ambiguous-value, missing-value, number-where-text, duplicate-key.
Never: names a place; whoever shows a finding takes that from its `source`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.core.columns.cells import EXPECTED_CURRENCY, EXPECTED_WHOLE
from sheetsync.core.columns.judging import JudgedTab
from sheetsync.core.columns.names import Named, Names
from sheetsync.core.columns.rows import CellFault, Complaint, Row
from sheetsync.core.columns.schemas import Fault
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import TabKind
from sheetsync.core.reading import Unread, seen_as
from sheetsync.core.rulebook import TabSpec
from sheetsync.core.wording import document_of

WAITS = {
    TabKind.ORDER_LINES: "the line waits",
    TabKind.INVOICES: "the invoice waits",
    TabKind.RECEIPTS: "the receipt does not count yet",
    TabKind.RELEASES: "the release lets nothing pass",
    TabKind.PAYMENTS: "the payment does not count yet",
}
"""What becomes of a row with an empty or unreadable cell."""


def findings_of(tab: JudgedTab, names: Names, spec: TabSpec) -> Iterator[Finding]:
    """Everything that is wrong with the rows of a tab, as findings."""
    for row in tab.troubled:
        for fault in row.read.faults:
            yield _finding(row, _about_cell(row, fault, spec), names, spec)
        if row.is_doubled:
            document = _document(row, names.of(row.said), spec)
            message = _doubled(document, row.alike)
            said = Complaint(code=Code.DUPLICATE_KEY, field=None, message=message)
            yield _finding(row, said, names, spec)
        for complaint in row.complaints:
            yield _finding(row, complaint, names, spec)
    for invoice in tab.invoices.values():
        for row, complaint in invoice.odds:
            yield _finding(row, complaint, names, spec)


def _about_cell(row: Row, failed: CellFault, spec: TabSpec) -> Complaint:
    """The code and the sentence for one failed cell."""
    kind, header = row.place.kind, spec.by_field[failed.field].header
    seen = seen_as(row.read.raws[spec.index[failed.field]])
    if failed.unread is not None:
        code, message = _unread(header, failed.unread)
    elif failed.fault is Fault.BLANK:
        waits = WAITS.get(kind, "the row waits")
        code, message = Code.MISSING_VALUE, f"{header} is empty; {waits} until it is filled in."
    elif failed.fault is Fault.NUMBER:
        code = Code.NUMBER_WHERE_TEXT
        message = (
            f"{header} holds {seen} as a number, so leading zeros may be lost. It is read as "
            f'"{seen}". Format the cell as plain text and type it again if that is not right.'
        )
    else:
        code, message = Code.INVALID_VALUE, _out_of_range(kind, header, failed.fault, seen)
    return Complaint(code=code, field=failed.field, message=message)


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
        f"{document[:1].upper()}{document[1:]} stands on {times} rows, and none of them is used. "
        f"Keep one and delete the others, or give each its own number."
    )


def _finding(row: Row, said: Complaint, names: Names, spec: TabSpec) -> Finding:
    place, named = row.place, names.of(row.said)
    parts = ("columns", str(place.kind), said.field)
    return Finding(
        code=said.code,
        tab=place.address,
        ref=row.ref,
        source=row.source,
        # A row without a key of its own is known by its content.
        document=_document(row, named, spec) if row.ref.content is None else "",
        field=said.field,
        message=said.message,
        rule=".".join(part for part in parts if part),
        supplier=named.supplier if named.supplier is not None else named.facts.supplier,
        owner=named.requester if named.requester is not None else named.facts.requester,
    )


def _document(row: Row, named: Named, spec: TabSpec) -> str:
    """What people call the row; every row of a tab is called otherwise."""
    cells = {field: row.read.raws[spec.index[field]] for field in spec.key}
    if named.po_number is not None and "po_number" in cells:
        cells["po_number"] = named.po_number
    name = document_of(row.place.kind, cells)
    match row.place.kind:
        case TabKind.INVOICES:
            return f"{name} line {seen_as(cells['invoice_line'])} ({seen_as(cells['supplier'])})"
        case TabKind.RELEASES | TabKind.PAYMENTS:
            return f"{name} of {seen_as(cells['supplier'])}"
        case TabKind.APPROVALS:
            return f"{name}, {seen_as(cells['tier'])}, {seen_as(cells['approver'])}"
        case _:
            return name
