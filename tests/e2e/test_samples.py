"""Every story of sample_sheets through the worker and the local server, held against its outcome.

An expected file names the columns that it is about; `exceptions` are the open findings, in any
order, all other tabs are compared row by row.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import play, shown, story_office

from sheetsync.demo.samples import COMPANY, SAMPLES, read_csv, records_of

STORIES = sorted(
    path for path in SAMPLES.iterdir() if (path / "expected").is_dir() and path != COMPANY
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_ends_as_expected(story: Path, tmp_path: Path):
    with story_office(story, tmp_path / "office") as office:
        play(office, story)

        assert office.reports[-1].writes == 0
        for expected in sorted((story / "expected").glob("*.csv")):
            headers, rows = read_csv(expected)
            seen = shown(office, expected.stem, headers)
            if expected.stem == "exceptions":
                rows, seen = sorted(rows), sorted(seen)
            assert seen == rows, expected.stem


def test_every_story_says_what_is_expected():
    folders = {path for path in SAMPLES.iterdir() if path.is_dir()}

    assert folders == {*STORIES, COMPANY}
    assert all((story / "expected" / "exceptions.csv").exists() for story in STORIES)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The big workbook after the worker's first cycles."""
    with story_office(COMPANY, tmp_path_factory.mktemp("company")) as office:
        office.cycle()
        yield office


def test_the_company_is_believable():
    lines = [row for row in records_of(COMPANY / "order_lines.csv") if row["PO number"]]

    assert len({row["Supplier"].strip() for row in lines}) >= 6
    assert len({row["PO number"] for row in lines}) >= 40
    assert len(lines) >= 150
    assert {row["Currency"] for row in lines} == {"EUR", "USD", "GBP", "CHF", "JPY"}
    assert {"EA", "KG", "M", "L", "PAL"} <= {row["Unit"].strip() for row in lines}


def test_the_company_s_dirt_is_found_and_nothing_else(company):
    headers = ["Code", "Document", "Where"]
    found = {
        (code, document, where.split(",")[0])
        for code, document, where in shown(company, "exceptions", headers)
    }
    expected = records_of(COMPANY / "expected" / "findings.csv")

    assert found == {(row["code"], row["document"], row["tab"]) for row in expected}


def test_the_company_at_rest_is_left_alone(company):
    report = company.cycle()

    assert (report.writes, report.cells_written, report.mails_queued) == (0, 0, 0)


def test_the_company_keeps_every_cell_that_people_typed(company):
    headers = ["PO number", "Line", "Item", "Delivery date", "Project", "Notes"]
    _, rows = read_csv(COMPANY / "order_lines.csv")
    typed = [row for row in rows if any(row)]
    seen = shown(company, "order_lines", headers)

    assert [row[:2] for row in seen] == [row[:2] for row in typed]
    assert [row[2] for row in seen] == [row[4] for row in typed]
