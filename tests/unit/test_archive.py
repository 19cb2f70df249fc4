"""Archives of closed years: complete on the disk, checked like any chain, never overwritten."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.history.chain import FIELDS, GENESIS, MAC, chain, row_of, verify
from sheetsync.core.plan import Event
from sheetsync.errors import StateError
from sheetsync.state.archive import (
    HEADER,
    Archiving,
    closed_years,
    read_archive,
    write_archive,
)

KEY = b"a key of the tests"
SAID = {"tab": "Orders", "field": "status", "actor": "buyer", "proof": "x", "decision": "y"}


def event(number, at, **parts) -> Event:
    return Event(event_id=f"E-{number}", at=at, **{**SAID, **parts})


def utc(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def rows_at(*times):
    return [
        row_of(each)
        for each in chain((event(n, at) for n, at in enumerate(times)), GENESIS, 0, KEY)
    ]


def archiving(folder, most, zone="UTC") -> Archiving:
    return Archiving(folder=folder, most_rows=most, time_zone=zone)


def test_the_oldest_closed_years_leave_until_the_tab_is_short_enough(tmp_path):
    rows = rows_at(*(utc(year, 6, day) for year in (2023, 2024, 2025, 2026) for day in (1, 2, 3)))

    def years(most):
        return list(closed_years(rows, archiving(tmp_path, most), utc(2026, 7, 1)))

    assert years(12) == []
    assert years(11) == years(9) == [(2023, 3)]
    assert years(8) == [(2023, 3), (2024, 6)]
    assert years(1) == [(2023, 3), (2024, 6), (2025, 9)], "the running year stays"


def test_a_year_ends_where_the_workbook_is(tmp_path):
    rows = rows_at(utc(2025, 12, 31, 22, 59), utc(2025, 12, 31, 23, 0), utc(2026, 1, 1))
    berlin = archiving(tmp_path, 1, "Europe/Berlin")

    assert list(closed_years(rows, berlin, utc(2026, 7, 1))) == [(2025, 1)]
    assert list(closed_years(rows, berlin, utc(2025, 12, 31, 22, 59, 30))) == []


def test_an_archive_goes_on_where_the_one_before_ended(tmp_path):
    rows = rows_at(utc(2024, 6, 1), utc(2024, 6, 2), utc(2025, 6, 1))
    first = read_archive(write_archive(tmp_path, 2024, GENESIS, rows[:2]))
    second = read_archive(write_archive(tmp_path, 2025, str(rows[1][MAC]), rows[2:]))

    assert (first.after, second.after) == (GENESIS, rows[1][MAC])
    assert verify(first.rows, KEY, first.after).head == second.after
    assert verify(second.rows, KEY, second.after).broken is None
    assert verify(second.rows[::-1] + first.rows, KEY, second.after).broken.place == 1


def test_a_file_is_never_overwritten_and_the_same_one_is_written_once(tmp_path):
    rows = rows_at(utc(2024, 6, 1), utc(2024, 6, 2))
    first = write_archive(tmp_path / "new" / "folder", 2024, GENESIS, rows)
    again = write_archive(tmp_path / "new" / "folder", 2024, GENESIS, rows)
    other = write_archive(tmp_path / "new" / "folder", 2024, GENESIS, rows[:1])

    assert first == again
    assert [first.name, other.name] == ["history-2024.csv", "history-2024-2.csv"]
    assert len(read_archive(first).rows) == 2
    assert sorted(path.name for path in first.parent.iterdir()) == [other.name, first.name]


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "archive").write_text("a file")

    with pytest.raises(StateError, match="2024 cannot be archived"):
        write_archive(tmp_path / "archive", 2024, GENESIS, rows_at(utc(2024, 6, 1)))


@pytest.mark.parametrize("text", ["", "event_id,at\n", ",".join(HEADER) + "\nE-1,x\n"])
def test_another_file_is_no_archive(tmp_path, text):
    path = tmp_path / "some.csv"
    path.write_text(text)

    with pytest.raises(StateError, match=r"no archive|line 2 has"):
        read_archive(path)
    with pytest.raises(StateError, match="cannot be read"):
        read_archive(tmp_path / "nowhere.csv")


def test_what_a_spreadsheet_would_run_or_misread_stands_behind_an_apostrophe(tmp_path):
    [row] = [
        row_of(each)
        for each in chain([event(1, utc(2024, 6, 1), old="=1+1", new="0042")], GENESIS, 0, KEY)
    ]

    text = write_archive(tmp_path, 2024, GENESIS, [row]).read_text()

    assert "'=1+1,'0042," in text


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=5),
    st.sampled_from(["'", "''x", "TRUE", "1e5", "-inf", "\r\n", '"', "\x00", "\ud800", "=A1", "٣"]),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3))
def test_an_archive_holds_whatever_was_typed(tmp_path_factory, pairs):
    told = (event(n, utc(2024, 6, 1), old=o, new=w) for n, (o, w) in enumerate(pairs))
    rows = [row_of(each) for each in chain(told, GENESIS, 0, KEY)]

    kept = read_archive(write_archive(tmp_path_factory.mktemp("a"), 2024, GENESIS, rows))

    assert list(kept.rows) == rows
    assert [list(map(type, row)) for row in kept.rows] == [list(map(type, row)) for row in rows]
    assert verify(kept.rows, KEY).broken is None
    assert len(kept.rows[0]) == len(FIELDS) + 1
