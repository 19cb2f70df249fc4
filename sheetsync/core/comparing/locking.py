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
    Baseline,
    Change,
    LineState,
    RowKey,
    TabKind,
    Terms,
)
from sheetsync.core.rows import line_row
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.wording import shown_cell

SILENT = frozenset({TabKind.STATUS, TabKind.EXCEPTIONS})
"""Lists of the worker's own: what is typed over there is simply written again."""

INSTEAD_OF_DELETING = {
    TabKind.ORDER_LINES: "To give up a line, put `cancel` with a reason into Action.",
    TabKind.SUPPLIER: "To decline a line, answer `reject` with your reason.",
    TabKind.RECEIPTS: "To take back a receipt, type a return.",
}


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
    for change in merged.changes:
        column = rules.columns.tabs[change.place.kind].by_field[change.field]
        is_kept = is_locked(change, statuses, baseline, rules, now)
        side = side_of(column, is_locked=is_kept)
        stays = verdict(change.before, change.after, change.before, side) is Verdict.CHANGED
        (standing if stays else put_back).append(change)
    restored: list[VanishedRow] = []
    removed: list[VanishedRow] = []
    for row in merged.vanished:
        comes_back = must_return(row, statuses, rules, now)
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
    if kind is TabKind.RECEIPTS and change.field != "notes":
        settled = baseline.rows[change.place.address][change.key]
        return is_past_grace(settled.first_seen_at, rules, now)
    return False


def locked_fields(state: LineState, rules: Rulebook) -> frozenset[str]:
    """The fields of Order lines that this status locks, and every status before it."""
    order = rules.lifecycle.statuses
    status = state.came_from if state.status == "on_hold" and state.came_from else state.status
    reached = order[: order.index(status) + 1] if status in order else ()
    return frozenset(field for passed in reached for field in rules.locking.locked.get(passed, ()))


def is_kept(state: LineState | None, rules: Rulebook) -> bool:
    """Whether a line may neither be deleted nor get another key.

    One that was confirmed may have goods and bills to come, also while it is changed.
    """
    return state is not None and (state.agreed != Terms() or bool(locked_fields(state, rules)))


def is_past_grace(first_seen_at: datetime, rules: Rulebook, now: datetime) -> bool:
    """Whether a receipt is too old to be corrected by typing."""
    return now - first_seen_at > timedelta(hours=rules.locking.receipt_grace_hours)


def must_return(
    row: VanishedRow, statuses: Mapping[RowKey, LineState], rules: Rulebook, now: datetime
) -> bool:
    """Whether a vanished row comes back: drafts and young receipts may be deleted."""
    kind = row.place.kind
    if kind not in rules.merging.restore_vanished:
        return False
    if kind is TabKind.ORDER_LINES:
        return is_kept(statuses.get(row.key), rules)
    if kind is TabKind.RECEIPTS:
        return is_past_grace(row.row.first_seen_at, rules, now)
    return True


def _findings(
    locked: Locked, statuses: Mapping[RowKey, LineState], rules: Rulebook
) -> tuple[Finding, ...]:
    return (
        *(_put_back(c, rules) for c in locked.put_back if not _is_of_key(c, rules)),
        *_overwritten(locked.overwrites, statuses, rules),
        *(_vanished(row) for row in locked.restored if row.place.kind not in SILENT),
    )


def _is_of_key(change: Change, rules: Rulebook) -> bool:
    return change.field in rules.columns.tabs[change.place.kind].key


def _put_back(change: Change, rules: Rulebook) -> Finding:
    column = rules.columns.tabs[change.place.kind].by_field[change.field]
    if change.place.kind is TabKind.RECEIPTS:
        cure = "Type a return for what was received too much, or a receipt for what is missing."
        key = "locking.receipt_grace_hours"
    else:
        cure = "To change the order, put `change` with a reason into Action on the tab Orders."
        key = "locking.locked"
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
        if kind in SILENT or _is_of_key(change, rules):
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
