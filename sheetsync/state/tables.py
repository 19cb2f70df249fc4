"""The schema as SQLAlchemy knows it; `migrations/` makes it, and a test holds the two together.

Instants are text of one width in UTC, and values are JSON text: both read the same in SQLite and in
PostgreSQL, in a backup and in a terminal. docs/state.md tells the operator what is in here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from sheetsync.state.codec import instant_text
from sheetsync.state.rows import from_plain, to_plain

SCHEMA_VERSION = "0003"
"""The newest revision under migrations/versions: a store that shows it needs no Alembic."""


class Instant(TypeDecorator[datetime]):
    """An aware `datetime` as ISO text in UTC; sorts as time does."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text of an instant."""
        del dialect
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The instant of a text."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Plain(TypeDecorator[str]):
    """Text as people typed it, escaped where a database would refuse it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as the database takes it."""
        del dialect
        return None if value is None else to_plain(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was typed."""
        del dialect
        return None if value is None else from_plain(value)


metadata = MetaData()

version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table, read here so that an up-to-date store does not cost its import."""

workbook = Table(
    "workbook",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_workbook"), primary_key=True),
    Column("workbook_id", Plain, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("settled_under", Integer, nullable=False),
    Column("numbered", Plain, nullable=False),
    Column("witnessed", Text),
    Column("settled_at", Instant),
    Column("archived_seq", Integer, nullable=False, server_default="0"),
    Column("shown_seq", Integer, nullable=False, server_default="0"),
)
"""One row: whose store this is, the last settled cycle, and under which lease it was settled.

`numbered` is text, because the numbers of orders that people bring along have no upper end.
`witnessed` is the JSON list of the writes whose witnesses were seen last, `settled_at` the time of
the last settled cycle, `archived_seq` the last event of the journal that left the history tab for
an archive, and `shown_seq` the last one that a batch is known to have told there.
"""

lease = Table(
    "lease",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_lease"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("holder", Plain),
    Column("expires_at", Instant),
)

settled_row = Table(
    "settled_row",
    metadata,
    Column("spreadsheet", Plain, primary_key=True),
    Column("tab", Plain, primary_key=True),
    Column("row_digest", String(32), primary_key=True),
    Column("row_key", Text, nullable=False),
    Column("cells", Text, nullable=False),
    Column("cells_digest", String(32), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)


def _known(name: str, *key: Column[str]) -> Table:
    """What is known under a key: the key's digest, the key for people, and the value as JSON."""
    return Table(
        name,
        metadata,
        Column("key_digest", String(32), primary_key=True),
        *key,
        Column("value", Text, nullable=False),
    )


order_state = _known("order_state", Column("po_number", Plain, nullable=False))
line_state = _known(
    "line_state",
    Column("po_number", Plain, nullable=False),
    Column("line_number", Plain, nullable=False),
)
open_finding = _known("open_finding", Column("finding_id", Plain, nullable=False))
told = _known("told", Column("reader", Plain, nullable=False))

intent = Table(
    "intent",
    metadata,
    Column("cycle_id", Integer, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("plan", Text),
    Column("settled_at", Instant),
)
"""`plan` is dropped when it is settled: it lives on as baseline, journal and outbox."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("event_id", Plain, nullable=False, unique=True),
    Column("cycle_id", Integer, ForeignKey("intent.cycle_id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("order_digest", String(32), nullable=False),
    Column("po_number", Plain, nullable=False),
    Column("line_number", Plain, nullable=False),
    Column("event", Text, nullable=False),
    Column("mac", String(64)),
    Index("journal_by_order", "order_digest", "seq"),
)

"""`mac` chains each event to the one before; it is empty until the chain is first kept."""

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("mail_digest", String(32), nullable=False, unique=True),
    Column("mail_id", Plain, nullable=False),
    Column("cycle_id", Integer, ForeignKey("intent.cycle_id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", Plain),
    Column("changed_at", Instant, nullable=False),
    Column("message_id", Plain),
    Column("reason", Plain),
    Column("mail", Text, nullable=False),
    Index("outbox_by_state", "state", "due_at"),
)
