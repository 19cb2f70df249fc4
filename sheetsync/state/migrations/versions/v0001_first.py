"""The first schema: workbook, lease, baseline, intents, journal and outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _make_workbook_and_lease()
    _make_baseline()
    _make_intent_and_journal()
    _make_outbox()


def _make_workbook_and_lease() -> None:
    op.create_table(
        "workbook",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workbook_id", sa.Text, nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("settled_under", sa.Integer, nullable=False),
        sa.Column("numbered", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name="one_workbook"),
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("expires_at", sa.String(32)),
        sa.CheckConstraint("id = 1", name="one_lease"),
    )


def _make_baseline() -> None:
    op.create_table(
        "settled_row",
        sa.Column("spreadsheet", sa.Text, primary_key=True),
        sa.Column("tab", sa.Text, primary_key=True),
        sa.Column("row_digest", sa.String(32), primary_key=True),
        sa.Column("row_key", sa.Text, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("cells_digest", sa.String(32), nullable=False),
        sa.Column("first_seen_at", sa.String(32), nullable=False),
    )
    _make_known("order_state", sa.Column("po_number", sa.Text, nullable=False))
    _make_known(
        "line_state",
        sa.Column("po_number", sa.Text, nullable=False),
        sa.Column("line_number", sa.Text, nullable=False),
    )
    _make_known("open_finding", sa.Column("finding_id", sa.Text, nullable=False))
    _make_known("told", sa.Column("reader", sa.Text, nullable=False))


def _make_known(name: str, *key: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("key_digest", sa.String(32), primary_key=True),
        *key,
        sa.Column("value", sa.Text, nullable=False),
    )


def _make_intent_and_journal() -> None:
    op.create_table(
        "intent",
        sa.Column("cycle_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("plan", sa.Text),
        sa.Column("settled_at", sa.String(32)),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("cycle_id", sa.Integer, sa.ForeignKey("intent.cycle_id"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("order_digest", sa.String(32), nullable=False),
        sa.Column("po_number", sa.Text, nullable=False),
        sa.Column("line_number", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
    )
    op.create_index("journal_by_order", "journal", ["order_digest", "seq"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mail_digest", sa.String(32), nullable=False, unique=True),
        sa.Column("mail_id", sa.Text, nullable=False),
        sa.Column("cycle_id", sa.Integer, sa.ForeignKey("intent.cycle_id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queued_at", sa.String(32), nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("mail", sa.Text, nullable=False),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "due_at"])
