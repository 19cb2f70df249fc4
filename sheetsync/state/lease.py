"""The one lease of a workbook: who serves it, until when, and under which growing number.

Every taking of the lease has a number of its own. A worker that was away too long finds another
number in the store and must not settle. Never: looks at a clock; the time comes as an argument.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, select, update

from sheetsync.errors import LeaseHeld, LeaseLost
from sheetsync.state.tables import lease

# Statements are made once: making one and finding its text costs more than SQLite takes to run it.
# FOR UPDATE is what SQLite's BEGIN IMMEDIATE is there: nobody takes over in the meantime.
_HELD = select(lease).with_for_update()
_CHANGE = update(lease)
_RELEASE = (
    update(lease)
    .where(lease.c.number == bindparam("held_as"), lease.c.holder == bindparam("held_by"))
    .values(holder=None, expires_at=None)
)


def take(connection: Connection, worker_id: str, now: datetime, term: timedelta) -> int:
    """Take the lease and return its number.

    A worker of the same name takes its own lease over: it was killed and started again, and what
    it left running elsewhere loses the lease by the number.

    Raises:
        LeaseHeld: Another worker has it, and its time is not over.
    """
    held = _row(connection)
    if held.holder not in (None, worker_id) and held.expires_at > now:
        raise LeaseHeld(
            f"worker {held.holder} serves this workbook until"
            f" {held.expires_at:%Y-%m-%d %H:%M:%S} UTC.",
            remedy="Wait, or stop that worker; if it died, its lease ends by itself at that time.",
        )
    number: int = held.number + 1
    connection.execute(_CHANGE, {"number": number, "holder": worker_id, "expires_at": now + term})
    return number


def check(connection: Connection, worker_id: str, number: int) -> None:
    """Make sure that nobody took over, until the transaction ends.

    A lease that ran out but that nobody else took is still ours: nobody acted in between.

    Raises:
        LeaseLost: Another worker took over, or the lease was given back.
    """
    held = _row(connection)
    if (held.number, held.holder) != (number, worker_id):
        raise LeaseLost(
            f"lease {number} of worker {worker_id} is over;"
            f" the workbook is at lease {held.number} ({held.holder or 'free'}).",
            remedy="Nothing was settled; the next cycle decides afresh.",
        )


def renew(connection: Connection, now: datetime, term: timedelta) -> None:
    """Count the term from now on."""
    connection.execute(_CHANGE, {"expires_at": now + term})


def release(connection: Connection, worker_id: str, number: int) -> None:
    """Give the lease back, if it is still ours."""
    connection.execute(_RELEASE, {"held_as": number, "held_by": worker_id})


def _row(connection: Connection) -> Row[tuple[int, int, str, datetime]]:
    return connection.execute(_HELD).one()
