"""Releases: what each of them lets pass."""

from __future__ import annotations

from sheetsync.core.model import TabKind
from sheetsync.core.views.world import Cells, ShownRows, World, messages


def releases(world: World) -> ShownRows:
    """Every release that could be read, and the message of those that could not."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.RELEASES])
    rows: dict[tuple[str, ...], Cells] = {
        key: {"let_pass": None, "message": text} for key, text in said.items()
    }
    for each in world.releases:
        key = each.row.ref.key
        if key is not None:
            rows[key] = {"let_pass": each.lets_pass or None, "message": said.get(key)}
    return rows
