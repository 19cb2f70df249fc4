"""A state store that is only looked at: nothing is made, migrated or leased."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from sheetsync.errors import SafetyStop, StateError
from sheetsync.state import SqlStateStore
from sheetsync.state.looking import StoreToLookAt, is_chained

NOW = datetime(2026, 4, 3, 8, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    """A store that a worker has opened."""
    path = tmp_path / "state.db"
    SqlStateStore(f"sqlite:///{path}", workbook_id="hub", worker_id="w", lease_s=60).close()
    return path


def look(path, workbook_id="hub"):
    return StoreToLookAt(f"sqlite:///{path}", workbook_id=workbook_id)


def said_by(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_it_is_looked_at_while_a_worker_holds_the_lease(path):
    with (
        closing(
            SqlStateStore(f"sqlite:///{path}", workbook_id="hub", worker_id="w", lease_s=60)
        ) as store,
        store.lease(NOW),
    ):
        before = said_by(path)
        with closing(look(path)) as state:
            assert state.baseline() == store.baseline()
            assert state.events_between(NOW) == ()
        assert said_by(path) == before


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StateError, match="there is no such file"):
        look(tmp_path / "other.db")

    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store(tmp_path):
    (tmp_path / "empty.db").touch()

    with pytest.raises(StateError, match="nothing was ever settled"):
        look(tmp_path / "empty.db")


def test_another_schema_is_not_migrated(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    before = said_by(path)

    with pytest.raises(StateError, match="has schema 0001"):
        look(path)

    assert said_by(path) == before


def test_another_spreadsheets_store_is_refused(path):
    with pytest.raises(SafetyStop, match="belongs to the spreadsheet hub"):
        look(path, workbook_id="copy")


def test_a_journal_is_chained_once_an_event_has_its_mac(path, tmp_path):
    assert not is_chained(f"sqlite:///{tmp_path / 'other.db'}")
    assert not (tmp_path / "other.db").exists()
    assert not is_chained(f"sqlite:///{path}")

    with closing(sqlite3.connect(path)) as store:
        for sql in (
            "INSERT INTO intent VALUES (1, '2026-01-01', NULL, '2026-01-01')",
            "INSERT INTO journal VALUES (1, 'E-1', 1, '2026-01-01', 'd', 'PO-1', '1', '{}', NULL)",
        ):
            store.execute(sql)
        store.commit()
        assert not is_chained(f"sqlite:///{path}")
        store.execute("UPDATE journal SET mac = 'ab'")
        store.commit()
    assert is_chained(f"sqlite:///{path}")


def test_a_store_from_before_the_chain_is_not_chained(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE journal (seq INTEGER)")
    assert not is_chained(f"sqlite:///{path}")
