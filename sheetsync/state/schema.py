"""Bring a state store to the schema of this version when it is opened, and check whose it is.

Alembic is imported only when there is something to do: its import takes longer than a cycle.
Never: goes back to an older schema.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from sheetsync.errors import SafetyStop, SchemaTooNew, StateError
from sheetsync.state.database import Database
from sheetsync.state.tables import SCHEMA_VERSION, lease, version, workbook

MIGRATIONS = Path(__file__).parent / "migrations"

# Two workers may open an empty PostgreSQL database at one moment; this lock lets one of them
# migrate. SQLite's transaction has locked the file already.
_MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(7733248)")


def prepare(database: Database, workbook_id: str, *, may_be_anothers: bool = False) -> None:
    """Migrate the store where it must be, and make it this workbook's if it is nobody's.

    Args:
        database: The store.
        workbook_id: Who opens it.
        may_be_anothers: Somebody has confirmed that it may be another workbook's.

    Raises:
        SchemaTooNew: A newer sheetsync wrote it.
        SafetyStop: It belongs to another workbook. Nothing was written to it, nor to any sheet.
    """
    with database.reading() as connection:
        present = _version(connection)
        owner = _owner(connection) if present is not None else None
    # Another workbook's store is left as it is, also where it is of an older schema.
    is_ours = owner == workbook_id or may_be_anothers
    if owner is None or (is_ours and present != SCHEMA_VERSION):
        with database.writing() as connection:
            owner = _set_up(connection, workbook_id, database.name)
    if owner != workbook_id and not may_be_anothers:
        raise _another_s(owner, workbook_id, database)


def look(database: Database, workbook_id: str) -> None:
    """Check that the store can be looked into as it is; nothing is made or migrated.

    Raises:
        StateError: It was never used, or is of another schema than this version's.
        SafetyStop: It belongs to another workbook.
    """
    with database.reading() as connection:
        present = _version(connection)
        owner = _owner(connection) if present == SCHEMA_VERSION else None
    if present is None:
        raise StateError(
            "nothing was ever settled in this state store.",
            subject=database.name,
            remedy="Look after the worker's first cycle, with the worker's own config.yaml.",
        )
    if present != SCHEMA_VERSION:
        raise StateError(
            f"this state store has schema {present}, and this version reads {SCHEMA_VERSION}.",
            subject=database.name,
            remedy="Look with the version that the worker runs.",
        )
    if owner != workbook_id:
        raise _another_s(owner, workbook_id, database)


def _another_s(owner: str | None, workbook_id: str, database: Database) -> SafetyStop:
    return SafetyStop(
        (f"this state store belongs to the spreadsheet {owner}, not to {workbook_id}.",),
        subject=database.name,
        remedy="Name this spreadsheet's own database in config.yaml (state); a new one starts "
        "empty. If this spreadsheet is a copy that is to be used instead of the other one, "
        "stop the other one's worker and run `sheetsync run --once --confirm`.",
        cause="another-spreadsheet",
    )


def _set_up(connection: Connection, workbook_id: str, name: str) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(_MIGRATION_LOCK)
    if _version(connection) != SCHEMA_VERSION:
        _upgrade(connection, name)
    owner = _owner(connection)
    if owner is not None:
        return owner
    connection.execute(
        insert(workbook).values(
            id=1, workbook_id=workbook_id, cycle=0, settled_under=0, numbered="0"
        )
    )
    connection.execute(insert(lease).values(id=1, number=0))
    return workbook_id


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(version.name):
        return None
    return connection.execute(select(version.c.version_num)).scalar_one_or_none()


def _owner(connection: Connection) -> str | None:
    return connection.execute(select(workbook.c.workbook_id)).scalar_one_or_none()


def _upgrade(connection: Connection, name: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, seldom needed
    from alembic.config import Config  # noqa: PLC0415 - the same
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - the same

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    present = _version(connection)
    if present is not None and present not in known:
        raise SchemaTooNew(
            f"a newer sheetsync wrote this state store (schema {present}).",
            subject=name,
            remedy="Run that version, or a newer one.",
        )
    command.upgrade(config, "head")
