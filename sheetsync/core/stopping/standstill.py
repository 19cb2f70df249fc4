"""Which tabs stand still until a person has looked: nothing on them is believed or written.

| what is gone or changed at once   | told as                     | goes on when            |
| --------------------------------- | --------------------------- | ----------------------- |
| the tab, or a header it must have | tab-missing, missing-column | it is back              |
| all rows                          | tab-emptied                 | they are back, or       |
| most rows                         | too-many-vanished           | somebody says that it   |
| many locked cells                 | too-many-locked             | is meant so             |

All other tabs go on, and read what the still ones said last. Somebody says so by ticking Go on in
the tab Status, or by `sheetsync run --once --confirm`: a yes to exactly what they were shown, so
that what happens in between is not let through with it.

Rules: those of `accidents`. Findings: tab-emptied, too-many-vanished, too-many-locked,
invalid-value (an answer under Go on that is neither yes nor no).
Never: puts a cell or a row back; what follows once it is meant so, `locking` decides.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetsync.core.differences import (
    CONFIRMED,
    GO_ON,
    SAID_BEFORE,
    STANDS_STILL,
    Merged,
    Standstill,
    VanishedRow,
)
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import (
    Baseline,
    Change,
    RowKey,
    Snapshot,
    Source,
    TabAddress,
    TabKind,
    TabPlace,
    TabReading,
)
from sheetsync.core.reading import Unread, read_flag
from sheetsync.core.rows import key_text, same_cell
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.stopping.accidents import Accident, Differing, accidents

FIRST_ROW = 2
"""Row 1 holds the headers."""

OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What people said in Status: the rows that are ticked, and what could not be read."""

    ticked: frozenset[RowKey] = frozenset()
    findings: tuple[Finding, ...] = ()
    by: str = OPERATOR


@dataclass(slots=True, kw_only=True)
class _Verdict:
    standstills: list[Standstill] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def stand_still(
    merged: Merged,
    snapshot: Snapshot,
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
    *,
    confirmed: bool,
) -> tuple[Merged, tuple[Finding, ...]]:
    """Take the differences of tabs that are not believed out of the cycle.

    Args:
        merged: All differences; `still` names the tabs that cannot be read.
        snapshot: This reading.
        baseline: The settled rows, the states of the lines, and what the tab Status showed.
        rules: `merging`, `locking`, and the columns of Status.
        now: For the grace period of receipts.
        confirmed: The operator lets go on whatever was told before this cycle.

    Returns:
        The differences that are believed, with every standstill and the ticks to be cleared; and a
        finding for each tab that stands still for what is on it.
    """
    said = _said(snapshot, merged, baseline, rules)
    verdict = _Verdict()
    for tab in _tabs(merged, snapshot, baseline):
        place = tab.reading.place
        if place.address in merged.still:
            verdict.standstills.append(_unread(tab.reading))
        elif causes := tuple(accidents(tab, baseline, rules, now)):
            finding, standstill = _told(place, causes)
            by = _by(standstill, finding, said, baseline, snapshot, confirmed=confirmed)
            verdict.standstills.append(replace(standstill, goes_on_by=by))
            if not by:
                verdict.findings.append(finding)
    still = {each.place.address for each in verdict.standstills if not each.goes_on_by}
    believed = replace(
        _without(merged, still),
        standstills=tuple(verdict.standstills),
        ticked=said.ticked,
        stops=tuple(_unread_at_first(snapshot, baseline, merged.still)),
    )
    return believed, (*verdict.findings, *said.findings)


def _tabs(merged: Merged, snapshot: Snapshot, baseline: Baseline) -> Iterator[Differing]:
    vanished: dict[TabAddress, list[VanishedRow]] = defaultdict(list)
    changes: dict[TabAddress, list[Change]] = defaultdict(list)
    for row in merged.vanished:
        vanished[row.place.address].append(row)
    for change in (*merged.changes, *merged.overwrites):
        changes[change.place.address].append(change)
    for address, reading in snapshot.tabs.items():
        yield Differing(
            reading=reading,
            settled=baseline.rows.get(address, {}),
            vanished=vanished[address],
            changes=changes[address],
            renamed=sum(row.was.place.address == address for row in merged.retyped),
            refs=merged.refs.get(address, ()),
        )


def _without(merged: Merged, still: set[TabAddress]) -> Merged:
    """The differences of all tabs that do not stand still."""
    return replace(
        merged,
        changes=tuple(c for c in merged.changes if c.place.address not in still),
        overwrites=tuple(c for c in merged.overwrites if c.place.address not in still),
        added=tuple(row for row in merged.added if row.place.address not in still),
        vanished=tuple(row for row in merged.vanished if row.place.address not in still),
        doubled=frozenset((tab, key) for tab, key in merged.doubled if tab not in still),
        copied=tuple(row for row in merged.copied if row.place.address not in still),
        retyped=tuple(row for row in merged.retyped if row.was.place.address not in still),
        still=frozenset(still),
    )


# -- telling ---------------------------------------------------------------------------------------


def _told(place: TabPlace, causes: Sequence[Accident]) -> tuple[Finding, Standstill]:
    about = [(cause.code, cause.about) for cause in causes]
    mark = hashlib.sha256(repr(about).encode()).hexdigest()[:6]
    standstill = Standstill(place=place, mark=mark, rule=causes[0].rule)
    seen = "; ".join(cause.seen for cause in causes)
    message = (
        f"{seen}, so nothing on this tab is acted upon. Bring it back with File, Version history; "
        f'or, if it is meant so, tick {GO_ON} at "{standstill.name}" in the tab Status.'
    )
    finding = Finding(
        code=causes[0].code,
        tab=place.address,
        message=message,
        rule=causes[0].rule,
        supplier=place.supplier,
    )
    return finding, replace(standstill, message=message)


def _unread(reading: TabReading) -> Standstill:
    """A tab that cannot be read; what is to be mended stands in its findings."""
    gone = "A header is missing" if reading.exists else "The tab is missing"
    if reading.refusal:
        gone = "Its spreadsheet does not open"
    return Standstill(
        place=reading.place,
        message=f"{gone}, so nothing on this tab is acted upon. It goes on when it is mended: "
        "see the tab Exceptions.",
    )


def _unread_at_first(
    snapshot: Snapshot, baseline: Baseline, unread: frozenset[TabAddress]
) -> Iterator[str]:
    """Orders under way are taken over in the first cycle alone, so it must be able to read them."""
    for address, reading in snapshot.tabs.items():
        is_orders = reading.place.kind is TabKind.ORDER_LINES
        if baseline.cycle == 0 and is_orders and reading.exists and address in unread:
            yield (
                f'The tab "{address.tab}" lacks a header without which its rows cannot be read, '
                "and the first cycle takes the status of every order from there. "
                "Put the header back first; once this is confirmed, they all begin as drafts."
            )


# -- going on --------------------------------------------------------------------------------------


def _by(
    standstill: Standstill,
    finding: Finding,
    said: _Said,
    baseline: Baseline,
    snapshot: Snapshot,
    *,
    confirmed: bool,
) -> str:
    """Who lets the tab go on, "" for nobody: a yes counts only to what was told before."""
    key = (key_text(standstill.name),)
    values = [
        str(row.cells.get("value"))
        for reading in snapshot.of_kind(TabKind.STATUS)
        if (row := baseline.rows.get(reading.place.address, {}).get(key)) is not None
    ]
    if CONFIRMED in values:
        return SAID_BEFORE
    if key in said.ticked and any(text.startswith(STANDS_STILL) for text in values):
        return said.by
    known = baseline.findings.get(finding.finding_id)
    was_told = known is not None and known.message == finding.message
    return OPERATOR if confirmed and was_told else ""


def _said(snapshot: Snapshot, merged: Merged, baseline: Baseline, rules: Rulebook) -> _Said:
    """The ticks in Status, which are cleared whether or not they let something go on."""
    spec = rules.columns.tabs[TabKind.STATUS]
    column = spec.by_field["go_on"]
    ticked: set[RowKey] = set()
    findings: list[Finding] = []
    for reading in snapshot.of_kind(TabKind.STATUS):
        address = reading.place.address
        if address in merged.still or "go_on" not in reading.present:
            continue
        for row, (ref, cells) in enumerate(
            zip(merged.refs.get(address, ()), reading.rows, strict=False)
        ):
            # A copy of a row says nothing: it cannot be cleared, and its yes would stay.
            if ref is None or ref.key is None or ref.content is not None:
                continue
            cell = cells[spec.index["go_on"]]
            known = baseline.rows.get(address, {}).get(ref.key)
            answer = read_flag(cell)
            # A tick that was acted upon and could not be cleared is no second yes.
            if answer is True and not (known and same_cell(cell, known.cells.get("go_on"))):
                ticked.add(ref.key)
            elif isinstance(answer, Unread):
                findings.append(
                    Finding(
                        code=Code.INVALID_VALUE,
                        tab=address,
                        ref=ref,
                        source=Source(address, row + FIRST_ROW),
                        document=key_text(cells[spec.index["name"]]),
                        field="go_on",
                        message=f"{column.header}: {answer.advice}",
                        rule="columns.status.go_on",
                    )
                )
    return _Said(ticked=frozenset(ticked), findings=tuple(findings), by=str(column.owner))
