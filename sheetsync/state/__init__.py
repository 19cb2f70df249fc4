"""What the worker remembers between cycles, in SQLite or PostgreSQL.

Nothing outside this room sees SQLAlchemy; `wiring.py` makes a `SqlStateStore` from config.yaml.
"""

from sheetsync.state.store import SqlStateStore

__all__ = ["SqlStateStore"]
