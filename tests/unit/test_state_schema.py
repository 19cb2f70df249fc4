"""Opening a store: whether it can be, what it costs, and that the schema is that of tables.py."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from sheetsync.errors import SafetyStop, StateError
from sheetsync.state import SqlStateStore, database
from sheetsync.state.schema import MIGRATIONS
from sheetsync.state.tables import SCHEMA_VERSION, metadata


def opened(url: str) -> SqlStateStore:
    return SqlStateStore(url, workbook_id="w", worker_id="one", lease_s=60)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'state.db'}"


def test_the_migrations_make_the_schema_of_the_tables(url):
    store = opened(url)
    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_the_newest_migration_is_the_version_that_needs_no_alembic():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]


def test_a_store_of_the_first_schema_is_brought_up_with_all_that_it_holds(url):
    """Events recorded before there was a chain stand as they stood, without a mac."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO workbook VALUES (1, 'w', 1, 1, '0')",
            "INSERT INTO lease VALUES (1, 1, NULL, NULL)",
            "INSERT INTO intent VALUES (1, '2026-01-01', NULL, '2026-01-01')",
            """INSERT INTO journal VALUES (1, 'E-1', 1, '2026-01-01T00:00:00.000000+00:00',
            'd', 'PO-1', '1', '{}')""",
        ):
            connection.execute(text(statement))
    engine.dispose()

    store = opened(url)

    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        journal = connection.execute(text("SELECT event_id, mac FROM journal")).all()
        facts = connection.execute(
            text("SELECT cycle, witnessed, settled_at, archived_seq, shown_seq FROM workbook")
        ).all()
    assert journal == [("E-1", None)]
    assert facts == [(1, None, None, 0, 0)]
    store.close()


def test_another_workbooks_store_of_an_older_schema_is_left_as_it_is(url):
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO workbook VALUES (1, 'other', 1, 1, '0')"))

    with pytest.raises(SafetyStop, match="belongs to the spreadsheet other, not to w"):
        opened(url)

    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert version == "0001"
    engine.dispose()


def test_an_up_to_date_store_does_not_import_alembic(url):
    opened(url).close()
    program = f"""
import sys
from sheetsync.state import SqlStateStore
SqlStateStore({url!r}, workbook_id="w", worker_id="one", lease_s=60).close()
sys.exit("alembic" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own program


def test_a_power_cut_loses_no_settled_cycle(url):
    store = opened(url)
    with store._database.reading() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(StateError, match=r"nowhere/state\.db: .*unable to open"):
        opened(f"sqlite:///{tmp_path}/nowhere/state.db")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "state.db").write_text("PO number;Line;Quantity\n" * 100)
    with pytest.raises(StateError, match="not a database"):
        opened(f"sqlite:///{tmp_path / 'state.db'}")


@pytest.mark.parametrize("url", ["", "state.db", "oracle+nothing://x", "sqlite+zzz:///x"])
def test_a_url_that_names_no_known_database_is_refused(url):
    with pytest.raises(StateError, match=r"URL|not known"):
        opened(url)


def test_a_missing_driver_is_named_with_what_to_install(monkeypatch):
    def without(_url):
        raise ModuleNotFoundError(name="psycopg")

    monkeypatch.setattr(database, "create_engine", without)
    with pytest.raises(StateError, match=r"driver psycopg .* pip install 'sheetsync\[postgres\]'"):
        opened("postgresql://user@host/name")


def test_an_unreachable_server_is_told_without_the_password(tmp_path):
    with pytest.raises(StateError) as told:
        opened(f"postgres://user:hunter2@/name?host={tmp_path}")
    assert "postgresql+psycopg://user:***@" in str(told.value)
    assert "hunter2" not in str(told.value)
