"""What history, witnesses and stops need: the journal's chain, and three facts of the workbook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every row that stands keeps what it says.

    The journal's macs stay empty here: they need the history key, which a migration does not have.
    """
    op.add_column("journal", sa.Column("mac", sa.String(64)))
    op.add_column("workbook", sa.Column("witnessed", sa.Text))
    op.add_column("workbook", sa.Column("settled_at", sa.String(32)))
    op.add_column(
        "workbook", sa.Column("archived_seq", sa.Integer, nullable=False, server_default="0")
    )
