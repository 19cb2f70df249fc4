"""files.export as xlsx: what people see of a spreadsheet survives in the file."""

from __future__ import annotations

import io

import openpyxl
import pytest
from gspread.utils import ExportFormat, ValueInputOption


@pytest.fixture
def sheet(hub):
    """The first tab after somebody typed into it, as a worksheet of the exported file."""
    tab = hub.sheet1
    tab.update([["When", "How much", "Note"]], "A1")
    tab.format("A1:C1", {"textFormat": {"bold": True}})
    tab.freeze(rows=1)
    tab.format("C2:C3", {"numberFormat": {"type": "TEXT"}})
    tab.update(
        [["2026-03-20", "€1,234.50"]], "A2", value_input_option=ValueInputOption.user_entered
    )
    tab.update([["=1+1"], ["bell\a rings"]], "C2", value_input_option=ValueInputOption.raw)
    data = hub.export(ExportFormat.EXCEL)
    return openpyxl.load_workbook(io.BytesIO(data))[tab.title]


def test_a_date_is_a_date(sheet):
    assert sheet["A2"].is_date
    assert sheet["A2"].value.isoformat() == "2026-03-20T00:00:00"


def test_headers_are_bold_and_frozen(sheet):
    assert [cell.font.bold for cell in sheet[1]] == [True, True, True]
    assert sheet.freeze_panes == "A2"


def test_a_text_is_no_formula_and_no_control_character_breaks_the_file(sheet):
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")
    assert sheet["C3"].value == "bell rings"
