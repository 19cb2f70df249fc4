"""Confirmed fields stay as confirmed: which changes stand, and what is put back.

A changed locked cell is put back, recorded and reported. A worker's cell that somebody typed over
is put back as well; a supplier who types over a price, quantity or date proposes that value
(lifecycle makes the proposal). A deleted row that is locked comes back.

Rules: rules/locking.yaml, rules/merging.yaml `restore_vanished`.
Findings: locked-field-edited, worker-field-edited, line-vanished.
Never: moves a status, or reads a value's meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sheetsync.core.differences import AddedRow, Locked, Merged, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import (
    Baseline,
    Change,
    LineState,
    RowKey,
    RowRef,
    TabKind,
    Terms,
)
from sheetsync.core.rows import line_row, same_cell
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.wording import document_of, shown_cell

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
        is_kept = is_locked(change, statuses, baseline, rules, now)
        (put_back if is_kept else standing).append(change)
    restored: list[VanishedRow] = []
    removed: list[VanishedRow] = []
    for row in merged.vanished:
        comes_back = must_return(row, statuses, rules, now)
        (restored if comes_back else removed).append(row)
    retyped = _retyped(restored, merged.added, rules)
    for was, now_is in retyped:
        put_back.extend(_key_changes(was, now_is, rules))
    locked = Locked(
        standing=tuple(standing),
        put_back=tuple(put_back),
        overwrites=merged.overwrites,
        added=tuple(row for row in merged.added if row not in [new for _, new in retyped]),
        restored=tuple(row for row in restored if row not in [old for old, _ in retyped]),
        removed=tuple(removed),
        doubled=merged.doubled,
        still=merged.still,
        standstills=merged.standstills,
        ticked=merged.ticked,
        stops=merged.stops,
        refs=merged.refs,
    )
    return locked, _findings(locked, statuses, rules)


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
        state = statuses.get(row.key)
        # A line that was confirmed may have goods and bills to come, also while it is changed.
        return state is not None and (state.agreed != Terms() or bool(locked_fields(state, rules)))
    if kind is TabKind.RECEIPTS:
        return is_past_grace(row.row.first_seen_at, rules, now)
    return True


def _retyped(
    gone: Iterable[VanishedRow], added: Iterable[AddedRow], rules: Rulebook
) -> list[tuple[VanishedRow, AddedRow]]:
    """The locked receipts whose number, order or line was typed over.

    Written again beside the new row they would count twice, so the key is put back instead.
    """
    new = [row for row in added if row.place.kind is TabKind.RECEIPTS]
    pairs: list[tuple[VanishedRow, AddedRow]] = []
    for was in gone:
        alike = [row for row in new if row.place == was.place and _differ_in_key(was, row, rules)]
        if alike:
            pairs.append((was, alike[0]))
            new.remove(alike[0])
    return pairs


def _differ_in_key(was: VanishedRow, now_is: AddedRow, rules: Rulebook) -> bool:
    spec = rules.columns.tabs[was.place.kind]
    same = {
        column.field
        for column in spec.columns
        if column.is_people_s
        and same_cell(was.row.cells.get(column.field), now_is.row.cells.get(column.field))
    }
    others = {column.field for column in spec.columns if column.is_people_s} - {*spec.key}
    return others <= same and bool(same & {*spec.key})


def _key_changes(was: VanishedRow, now_is: AddedRow, rules: Rulebook) -> Iterable[Change]:
    for field in rules.columns.tabs[was.place.kind].key:
        before, after = was.row.cells.get(field), now_is.row.cells.get(field)
        if not same_cell(before, after):
            yield Change(
                place=was.place,
                key=now_is.key,
                document=document_of(was.place.kind, was.row.cells),
                ref=RowRef(key=was.key),
                source=now_is.source,
                field=field,
                before=before,
                after=after,
            )


def _findings(
    locked: Locked, statuses: Mapping[RowKey, LineState], rules: Rulebook
) -> tuple[Finding, ...]:
    return (
        *(_put_back(change, rules) for change in locked.put_back),
        *_overwritten(locked.overwrites, statuses, rules),
        *(_vanished(row) for row in locked.restored if row.place.kind not in SILENT),
    )


def _put_back(change: Change, rules: Rulebook) -> Finding:
    column = rules.columns.tabs[change.place.kind].by_field[change.field]
    if change.place.kind is TabKind.RECEIPTS:
        cure = "Type a return for what was received too much, or a receipt for what is missing."
        key = "locking.receipt_grace_hours"
    else:
        cure = "To change the order, put `change` with a reason into Action on the tab Orders."
        key = "locking.locked"
    return Finding(
        code=Code.LOCKED_FIELD_EDITED,
        tab=change.place.address,
        ref=change.ref,
        source=change.source,
        document=change.document,
        field=change.field,
        message=(
            f"{column.header} is locked: {shown_cell(change.after, column.kind)} was typed over "
            f"{shown_cell(change.before, column.kind)}, "
            f"which stands again. {cure}"
        ),
        rule=key,
    )


def _overwritten(
    overwrites: Sequence[Change], statuses: Mapping[RowKey, LineState], rules: Rulebook
) -> Iterable[Finding]:
    for change in overwrites:
        kind = change.place.kind
        if kind in SILENT:
            continue
        column = rules.columns.tabs[kind].by_field[change.field]
        proposes = kind is TabKind.SUPPLIER and change.field in rules.locking.overwrite_proposes
        state = statuses.get(change.key)
        cure = (
            _after_overwrite(state, rules) if proposes else "sheetsync writes this column itself."
        )
        yield Finding(
            code=Code.LOCKED_FIELD_EDITED if proposes else Code.WORKER_FIELD_EDITED,
            tab=change.place.address,
            ref=change.ref,
            source=change.source,
            document=change.document,
            field=change.field,
            message=(
                f"{column.header}: {shown_cell(change.after, column.kind)} was typed over "
                f"{shown_cell(change.before, column.kind)}, "
                f"which stands again. {cure}"
            ),
            rule="locking.overwrite_proposes" if proposes else f"columns.{kind}.{change.field}",
            supplier=change.place.supplier,
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
    return Finding(
        code=Code.LINE_VANISHED,
        tab=row.place.address,
        ref=RowRef(key=row.key),
        document=document_of(row.place.kind, row.row.cells),
        message=(
            "This row was deleted and is written again, but for columns that sheetsync does not "
            f"know. {INSTEAD_OF_DELETING.get(row.place.kind, '')}".rstrip()
        ),
        rule="merging.restore_vanished",
        supplier=row.place.supplier,
    )
