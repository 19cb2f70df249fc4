"""Status: whether the worker lives, what it may do, and by which rules it decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sheetsync.core.model import Mode, TabKind
from sheetsync.core.rows import key_text
from sheetsync.core.views.world import ShownRows, World
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
    return {(key_text(name),): {"name": name, "value": value} for name, value in values.items()}


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
