"""What people put right again: headers, and tabs that stand still although they are meant so."""

from __future__ import annotations

from sheetsync.core.differences import STANDS_STILL
from sheetsync.core.model import TabKind
from simulation.desk import Desk
from simulation.office import OWNER, Office


def put_headers_right(desk: Desk) -> bool:
    """Take back what `rename_header` did to a tab."""
    was = False
    for at, header in enumerate(desk.header()):
        text = str(header)
        if text.startswith("Old ") and text.endswith("!"):
            while text.startswith("Old ") and text.endswith("!"):
                text = text[4:-1]
            desk.office.enter(OWNER, desk.address.spreadsheet, [(desk.a1(0, at), [[text]])])
            was = True
    return was


def stands_still(office: Office) -> bool:
    """Whether Status says of any tab that it stands still."""
    desk = Desk(office, office.places.of(TabKind.STATUS))
    return any(
        str(desk.cells(row).get("value", "")).startswith(STANDS_STILL) for row in desk.filled()
    )


def let_tabs_go_on(office: Office) -> bool:
    """Tick Go on wherever Status says that a tab stands still."""
    desk = Desk(office, office.places.of(TabKind.STATUS))
    columns, was = desk.columns(), False
    for row in desk.filled():
        if str(desk.cells(row).get("value", "")).startswith(STANDS_STILL):
            desk.type(OWNER, row, {columns["go_on"]: "yes"})
            was = True
    return was


# -- where people should not type ------------------------------------------------------------------
