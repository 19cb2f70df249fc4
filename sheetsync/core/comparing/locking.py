"""Confirmed fields stay as confirmed: which changes stand, and what is put back.

A changed locked cell is put back, recorded and reported. A worker's cell that somebody typed over
is put back as well; a supplier who types over a price, quantity or date proposes that value
(lifecycle makes the proposal). A deleted row that is locked comes back; where only its key was
typed over, the key is put back on its row, and until then it counts as it was settled.

Rules: rules/locking.yaml, rules/merging.yaml `restore_vanished`.
Findings: locked-field-edited, worker-field-edited, line-vanished; of keys see `key_findings`.
Never: moves a status, or reads a value's meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sheetsync.core.comparing.findings_of_rows import of_change, of_deletion
from sheetsync.core.comparing.verdicts import Verdict, side_of, verdict
from sheetsync.core.differences import AddedRow, Locked, Merged, RetypedRow, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import (
    HUB,
    LISTS,
    Baseline,
    Change,
    LineState,
    RowKey,
    SettledRow,
    TabAddress,
    TabKind,
    Terms,
)
from sheetsync.core.rows import is_blank, key_text, line_row
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.wording import shown_cell

INSTEAD_OF_DELETING = {
    TabKind.ORDER_LINES: "To give up a line, put `cancel` with a reason into Action.",
    TabKind.SUPPLIER: "To decline a line, answer `reject` with your reason.",
    TabKind.RECEIPTS: "To take back a receipt, type a return.",
    TabKind.PAYMENTS: "To take back a payment, type one with a minus.",
    TabKind.INVOICES: "It is paid. What was billed wrong is put right by a credit note.",
    TabKind.RELEASES: "What it let pass is paid.",
}

UNREAD = frozenset({str(Code.INVALID_VALUE), str(Code.AMBIGUOUS_VALUE)})

OPEN_WHEN_FIXED: Mapping[TabKind, frozenset[str]] = {
    TabKind.RECEIPTS: frozenset({"notes"}),
    TabKind.PAYMENTS: frozenset({"notes"}),
    TabKind.INVOICES: frozenset({"voided"}),
    TabKind.RELEASES: frozenset(),
}
"""Tabs whose rows are fixed at some time, and what may be typed there all the same."""

PUT_RIGHT = {
    TabKind.RECEIPTS: (
        "Type a return for what was received too much, or a receipt for what is missing.",
        "locking.receipt_grace_hours",
    ),
    TabKind.PAYMENTS: (
        "Type a payment with a minus for what is wrong here, and another for what is right.",
        "locking.payment_grace_hours",
    ),
    TabKind.INVOICES: (
        "The document is paid: what was billed wrong is put right by a credit note.",
        "columns.invoices.payment_status",
    ),
    TabKind.RELEASES: (
        "What it let pass is paid, so the release is a record now.",
        "columns.invoices.payment_status",
    ),
}
"""What to do instead of typing over a fixed row, and the key that fixed it."""


def lock(
    merged: Merged, baseline: Baseline, rules: Rulebook, now: datetime
) -> tuple[Locked, tuple[Finding, ...]]:
    """Tell the changes that stand from those that are put back.

    Args:
        merged: The differences of this reading.
        baseline: Line states and settled rows.
        rules: `locking`, `merging`, and the headers for messages.
        now: For the grace period of receipts.

    Returns:
        The sorted differences, and a finding for each cell or row that is put back.
    """
    statuses = {line_row(key): state for key, state in baseline.lines.items()}
    standing: list[Change] = []
    put_back: list[Change] = []
    unread = _unread_before(baseline)
    for change in merged.changes:
        column = rules.columns.tabs[change.place.kind].by_field[change.field]
        is_new = change.cell in unread and is_blank(change.before)
        is_kept = not is_new and is_locked(change, statuses, baseline, rules, now)
        side = side_of(column, is_locked=is_kept)
        stays = verdict(change.before, change.after, change.before, side) is Verdict.CHANGED
        (standing if stays else put_back).append(change)
    restored: list[VanishedRow] = []
    removed: list[VanishedRow] = []
    for row in merged.vanished:
        comes_back = must_return(row, statuses, baseline, rules, now)
        (restored if comes_back else removed).append(row)
    rekeyed, renamed = _told_apart(merged.retyped, restored, removed)
    locked = Locked(
        standing=tuple(standing),
        put_back=tuple(put_back),
        overwrites=merged.overwrites,
        added=tuple(_new_rows(merged.added, rekeyed, renamed)),
        restored=tuple(row for row in restored if row.name not in {r.was.name for r in rekeyed}),
        removed=tuple(removed),
        rekeyed=rekeyed,
        renamed=renamed,
        doubled=merged.doubled,
        copied=tuple(
            copy
            for copy in merged.copied
            if (copy.place, copy.ref) not in {(row.was.place, row.now) for row in rekeyed}
        ),
        still=merged.still,
        standstills=merged.standstills,
        ticked=merged.ticked,
        stops=merged.stops,
        refs=merged.refs,
    )
    return locked, _findings(locked, statuses, rules)


def _unread_before(baseline: Baseline) -> frozenset[tuple[TabAddress, RowKey, str]]:
    """The cells that could not be read when they were met: there is nothing yet to be locked."""
    return frozenset(
        (known.tab, known.key, known.field)
        for known in baseline.findings.values()
        if known.code in UNREAD and known.tab and known.key and known.field
    )


def _told_apart(
    retyped: Iterable[RetypedRow], restored: Iterable[VanishedRow], removed: Iterable[VanishedRow]
) -> tuple[tuple[RetypedRow, ...], tuple[RetypedRow, ...]]:
    """The rows whose key is put back, and those that go on under their new key."""
    back, gone = {row.name for row in restored}, {row.name for row in removed}
    rows = tuple(retyped)
    return (
        tuple(row for row in rows if row.was.name in back),
        tuple(row for row in rows if row.was.name in gone),
    )


def _new_rows(
    added: Iterable[AddedRow], rekeyed: Iterable[RetypedRow], renamed: Iterable[RetypedRow]
) -> Iterable[AddedRow]:
    """Rows that are really new; one that goes on under another key was first seen under its old."""
    known = {row.name: row for row in renamed}
    old = {row.name for row in rekeyed}
    for row in added:
        name = (row.place.address, row.key)
        if name in known:
            seen = known[name].was.row.first_seen_at
            yield replace(row, row=replace(row.row, first_seen_at=seen))
        elif name not in old:
            yield row


def is_locked(
    change: Change,
    statuses: Mapping[RowKey, LineState],
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
) -> bool:
    """Whether this cell may no longer be changed by typing."""
    kind = change.place.kind
    if kind is TabKind.ORDER_LINES:
        state = statuses.get(change.key)
        if change.field in rules.columns.tabs[kind].key:
            return is_kept(state, rules)
        return state is not None and change.field in locked_fields(state, rules)
    if kind is TabKind.ORDERS:
        return change.field in fixed_by_lines(change.key, baseline, rules)
    if kind in OPEN_WHEN_FIXED and change.field not in OPEN_WHEN_FIXED[kind]:
        return is_fixed(kind, baseline.rows[change.place.address][change.key], baseline, rules, now)
    return False


def is_fixed(
    kind: TabKind, row: SettledRow, baseline: Baseline, rules: Rulebook, now: datetime
) -> bool:
    """Whether a receipt, a payment, or a row of what is paid may no longer be changed by typing."""
    match kind:
        case TabKind.RECEIPTS:
            return is_past_grace(row.first_seen_at, rules.locking.receipt_grace_hours, now)
        case TabKind.PAYMENTS:
            return is_past_grace(row.first_seen_at, rules.locking.payment_grace_hours, now)
        case TabKind.INVOICES:
            return not is_blank(row.cells.get("payment_status"))
        case TabKind.RELEASES:
            has_passed = not is_blank(row.cells.get("let_pass"))
            return has_passed and _document_of(row) in _paid_documents(baseline, rules)
        case _:
            return False


def _document_of(row: SettledRow) -> tuple[str, str]:
    """The document that a row of invoices or releases names, in comparable form."""
    return key_text(row.cells.get("supplier")), key_text(row.cells.get("invoice_number"))


def _paid_documents(baseline: Baseline, rules: Rulebook) -> frozenset[tuple[str, str]]:
    """What was paid, in part or in full, as Invoices said last."""
    invoices = TabAddress(HUB, rules.columns.tabs[TabKind.INVOICES].title)
    return frozenset(
        _document_of(row)
        for row in baseline.rows.get(invoices, {}).values()
        if not is_blank(row.cells.get("payment_status"))
    )


def fixed_by_lines(key: RowKey, baseline: Baseline, rules: Rulebook) -> frozenset[str]:
    """The fields of an order that one of its lines has locked by its status."""
    table = rules.locking.locked_orders
    return frozenset(
        field
        for line, state in baseline.lines.items()
        if (key_text(line.po_number),) == key
        for field in locked_fields(state, rules, table)
    )


def locked_fields(
    state: LineState, rules: Rulebook, table: Mapping[str, tuple[str, ...]] | None = None
) -> frozenset[str]:
    """The fields that this status locks, and every status before it; those of Order lines."""
    locked = rules.locking.locked if table is None else table
    order = rules.lifecycle.statuses
    status = state.came_from if state.status == "on_hold" and state.came_from else state.status
    reached = order[: order.index(status) + 1] if status in order else ()
    return frozenset(field for passed in reached for field in locked.get(passed, ()))


def is_kept(state: LineState | None, rules: Rulebook) -> bool:
    """Whether a line may neither be deleted nor get another key.

    One that was confirmed may have goods and bills to come, also while it is changed.
    """
    return state is not None and (state.agreed != Terms() or bool(locked_fields(state, rules)))


def is_past_grace(first_seen_at: datetime, grace_hours: int, now: datetime) -> bool:
    """Whether a row is too old to be corrected by typing."""
    return now - first_seen_at > timedelta(hours=grace_hours)


def must_return(
    row: VanishedRow,
    statuses: Mapping[RowKey, LineState],
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
) -> bool:
    """Whether a vanished row comes back: drafts, young receipts and unpaid invoices need not."""
    kind = row.place.kind
    if kind not in rules.merging.restore_vanished:
        return False
    if kind is TabKind.ORDER_LINES:
        return is_kept(statuses.get(row.key), rules)
    return kind not in OPEN_WHEN_FIXED or is_fixed(kind, row.row, baseline, rules, now)


def _findings(
    locked: Locked, statuses: Mapping[RowKey, LineState], rules: Rulebook
) -> tuple[Finding, ...]:
    return (
        *(_put_back(c, rules) for c in locked.put_back if not _is_of_key(c, rules)),
        *_overwritten(locked.overwrites, statuses, rules),
        *(_vanished(row) for row in locked.restored if row.place.kind not in LISTS),
    )


def _is_of_key(change: Change, rules: Rulebook) -> bool:
    return change.field in rules.columns.tabs[change.place.kind].key


def _put_back(change: Change, rules: Rulebook) -> Finding:
    column = rules.columns.tabs[change.place.kind].by_field[change.field]
    cure, key = PUT_RIGHT.get(
        change.place.kind,
        (
            "To change the order, put `change` with a reason into Action on the tab Orders.",
            "locking.locked",
        ),
    )
    return of_change(
        change,
        Code.LOCKED_FIELD_EDITED,
        (
            f"{column.header} is locked: {shown_cell(change.after, column.kind)} was typed over "
            f"{shown_cell(change.before, column.kind)}, "
            f"which stands again. {cure}"
        ),
        key,
    )


def _overwritten(
    overwrites: Sequence[Change], statuses: Mapping[RowKey, LineState], rules: Rulebook
) -> Iterable[Finding]:
    for change in overwrites:
        kind = change.place.kind
        if kind in LISTS or _is_of_key(change, rules):
            continue
        column = rules.columns.tabs[kind].by_field[change.field]
        proposes = kind is TabKind.SUPPLIER and change.field in rules.locking.overwrite_proposes
        state = statuses.get(change.key)
        cure = (
            _after_overwrite(state, rules) if proposes else "sheetsync writes this column itself."
        )
        yield of_change(
            change,
            Code.LOCKED_FIELD_EDITED if proposes else Code.WORKER_FIELD_EDITED,
            (
                f"{column.header}: {shown_cell(change.after, column.kind)} was typed over "
                f"{shown_cell(change.before, column.kind)}, "
                f"which stands again. {cure}"
            ),
            "locking.overwrite_proposes" if proposes else f"columns.{kind}.{change.field}",
        )


def _after_overwrite(state: LineState | None, rules: Rulebook) -> str:
    """What becomes of a value that a supplier typed over, by where the line stands."""
    status = state.status if state is not None else ""
    if any(edge.on == "propose" and status in edge.from_ for edge in rules.lifecycle.moves):
        return "If it can be read as a value, it is your proposal, and the buyer decides about it."
    return (
        f"No proposal was made of it, because the status is {status.replace('_', ' ') or 'unknown'}"
        " now. Type it again under Your quantity, Your price or Your date when you can answer."
    )


def _vanished(row: VanishedRow) -> Finding:
    return of_deletion(
        row,
        Code.LINE_VANISHED,
        (
            "This row was deleted and is written again, but for columns that sheetsync does not "
            f"know. {INSTEAD_OF_DELETING.get(row.place.kind, '')}".rstrip()
        ),
    )
