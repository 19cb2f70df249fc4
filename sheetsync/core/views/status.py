"""Status: whether the worker lives, what it may do, by which rules, and which tabs stand still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sheetsync.core.differences import CONFIRMED, GOES_ON, STANDS_STILL
from sheetsync.core.model import Mode, RawCell, RowKey, TabKind
from sheetsync.core.rows import key_text
from sheetsync.core.views.world import LONGEST_MESSAGE, Cells, ShownRows, World
from sheetsync.core.wording import shown_time

HEARTBEAT = "heartbeat (UTC)"


def status(world: World) -> ShownRows:
    """A few named values; the heartbeat is written when it is due, and with any other write."""
    suppliers = ", ".join(sorted(world.mandate.pilot_suppliers))
    mode = world.mandate.mode
    values: dict[str, str | int] = {
        HEARTBEAT: heartbeat(world),
        "mode": f"{mode}: {suppliers}" if mode is Mode.PILOT else str(mode),
        "rules in force": world.rules.fingerprint,
        "open findings": len(world.findings),
    }
    named = {(key_text(name),): {"name": name, "value": value} for name, value in values.items()}
    return named | _standstills(world)


def _standstills(world: World) -> ShownRows:
    """A row for each tab that stands still, and what is no longer so says that it goes on.

    After that the row is nobody's any more, and may be deleted.
    """
    tab = world.tabs.of_kind[TabKind.STATUS]
    rows: dict[RowKey, Cells] = {
        key: {"name": row.cells.get("name"), "value": GOES_ON}
        for key, row in world.baseline.rows.get(tab, {}).items()
        if _is_in_force(row.cells.get("value"))
    }
    for each in world.standstills:
        said = CONFIRMED if each.goes_on_by else STANDS_STILL + each.message
        rows[(key_text(each.name),)] = {"name": each.name, "value": said[:LONGEST_MESSAGE]}
    return rows


def _is_in_force(value: RawCell) -> bool:
    return value == CONFIRMED or str(value).startswith(STANDS_STILL)


def heartbeat(world: World) -> str:
    """The last heartbeat, or now when the next one is due."""
    tab = world.tabs.of_kind[TabKind.STATUS]
    last = world.shows(tab, (key_text(HEARTBEAT),)).get("value")
    try:
        beat_at = datetime.fromisoformat(str(last)).replace(tzinfo=UTC)
    except ValueError:
        return shown_time(world.now)
    is_due = world.now - beat_at >= timedelta(seconds=world.mandate.heartbeat_s)
    return shown_time(world.now) if is_due or beat_at > world.now else str(last)
