"""`sheetsync plan`: the present, or the past of the journal, under other rules.

Both rules are asked about the very same facts, and what is shown is the difference. Nothing is
written, leased, mailed or remembered. Never: decides anything itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sheetsync.core.decide import foresee
from sheetsync.core.life import Sheet
from sheetsync.core.model import Baseline, Mandate, Snapshot
from sheetsync.core.rulebook import ColumnRules, Rulebook
from sheetsync.core.whatif import (
    ChangedKey,
    Difference,
    Outlook,
    Replay,
    changed_keys,
    compare,
    outlook,
    replay,
)
from sheetsync.core.whatif.as_settled import as_settled
from sheetsync.ports import KnownState

Read = Callable[[ColumnRules], Snapshot]
"""One reading of all tabs, under these columns."""

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The rules in force and the others, and where the facts come from.

    `now` and `then` are the rules in force and those that are asked about, `sheets` where their
    tabs stand.
    """

    state: KnownState
    now: Rulebook
    then: Rulebook
    sheets: tuple[Sheet, Sheet]
    mandate: Mandate

    @property
    def zone(self) -> ZoneInfo:
        """The configured time zone."""
        return ZoneInfo(self.mandate.time_zone)

    @property
    def changed(self) -> tuple[ChangedKey, ...]:
        """The keys that differ."""
        return changed_keys(self.now, self.then)

    def present(self, read: Read | None, at: datetime) -> tuple[Difference, int]:
        """What would come and go if the next cycle ran under the other rules.

        Args:
            read: How the sheet is read; None looks at what was last settled.
            at: The time of that cycle.

        Returns:
            The difference, and the number of the last settled cycle.
        """
        baseline = self.state.baseline()
        snapshots = self._snapshots(read, baseline, at)
        now, then = (
            self._outlook(snapshot, baseline, rules, at)
            for snapshot, rules in zip(snapshots, (self.now, self.then), strict=True)
        )
        return compare(now, then), baseline.cycle

    def _snapshots(
        self, read: Read | None, baseline: Baseline, at: datetime
    ) -> tuple[Snapshot, Snapshot]:
        if read is None:
            now, then = (
                as_settled(baseline, sheet.places, sheet.columns, at) for sheet in self.sheets
            )
            return now, then
        here = read(self.now.columns)
        is_same = self.now.columns == self.then.columns
        return here, here if is_same else read(self.then.columns)

    def _outlook(
        self, snapshot: Snapshot, baseline: Baseline, rules: Rulebook, at: datetime
    ) -> Outlook:
        return outlook(foresee(snapshot, baseline, rules, self.mandate, at))

    def past(self, since: datetime, at: datetime) -> Replay:
        """Which holds came and went since then, and which would have."""
        events = self.state.events_between(BEGINNING, at)
        return replay(
            events, self.sheets[0], self.now, self.then, since=since, until=at, zone=self.zone
        )
