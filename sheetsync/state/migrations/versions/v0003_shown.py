"""How far the history tab is known to have shown the journal; what is missing was deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; of what was told before, nothing is known."""
    op.add_column(
        "workbook", sa.Column("shown_seq", sa.Integer, nullable=False, server_default="0")
    )
