"""Tabs in CSV and .xlsx files: read as the worker reads them, and what is wrong is told."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from sheetsync.cli import app
from sheetsync.errors import AskedAmiss

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"

ORDERS = [
    [
        "PO number",
        "Line",
        "Requester",
        "Supplier",
        "Item",
        "Quantity",
        "Unit",
        "Unit price",
        "Currency",
        "Status",
        "Agreed price",
    ],
    ["PO-1", "1", "ann", "ACME", "A", "100", "EA", "10.00", "EUR", "confirmed", "9.50"],
    ["PO-2", "1", "ann", "ACME", "B", "5", "EA", "2.00", "EUR", "draft", ""],
]
RECEIPTS = [
    ["Receipt", "PO number", "Line", "Quantity", "Received on"],
    ["GR-1", "PO-1", "1", "60", "2026-03-02"],
]
INVOICES = [
    [
        "Supplier",
        "Invoice",
        "Invoice line",
        "Invoice date",
        "Currency",
        "PO number",
        "PO line",
        "Quantity",
        "Unit price",
    ],
    ["ACME", "N1", "1", "2026-03-03", "EUR", "PO-1", "1", "60", "9.50"],
    ["ACME", "N2", "1", "2026-03-04", "EUR", "PO-2", "1", "5", "2.00"],
]


def as_csv(folder, name, rows, delimiter=","):
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def with_cell(rows, row, column, value):
    return [
        [
            value if (i, head) == (row, column) else cell
            for cell, head in zip(line, rows[0], strict=True)
        ]
        for i, line in enumerate(rows)
    ]


def without(rows, column):
    place = rows[0].index(column)
    return [[*row[:place], *row[place + 1 :]] for row in rows]


@pytest.fixture
def matched(tmp_path):
    def run(orders=ORDERS, receipts=RECEIPTS, invoices=INVOICES, *more):
        files = zip(("orders", "receipts", "invoices"), (orders, receipts, invoices), strict=True)
        arguments = []
        for name, rows in files:
            path = rows if isinstance(rows, Path) else as_csv(tmp_path, name, rows)
            arguments += [f"--{name}", str(path)]
        return CliRunner().invoke(app, ["match", "--rules", str(RULES), *arguments, *more])

    return run


def invoices_of(done):
    return {
        name.split("|")[-1]: found for name, found in json.loads(done.stdout)["invoices"].items()
    }


def test_csv_files_are_matched_as_the_tabs_are(matched):
    done = matched()
    assert done.exit_code == 0, done.stderr
    found = invoices_of(done)
    assert found["N1"]["status"] == "matched"
    assert found["N1"]["payable_amount"] == "570.00"
    assert found["N2"]["holds"] == ["PO_NOT_APPROVED"]


def test_a_workbook_says_the_same_as_csv(matched, tmp_path):
    book = Workbook()
    book.remove(book.active)
    for title, rows in (("Order lines", ORDERS), ("Receipts", RECEIPTS), ("Invoices", INVOICES)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert json.loads(matched(path, path, path).stdout) == json.loads(matched().stdout)


def _typed(cell):
    try:
        return float(cell)
    except ValueError:
        return cell or None


def test_a_workbook_s_orders_tab_gives_the_match_level(matched, tmp_path):
    book = Workbook()
    book.active.title = "Order lines"
    for row in ORDERS:
        book.active.append(row)
    orders = book.create_sheet("Orders")
    orders.append(["PO number", "Match level"])
    orders.append(["PO-1", "2way"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert invoices_of(matched(path, RECEIPTS[:1]))["N1"]["status"] == "matched"


def test_a_formula_that_nobody_calculated_is_no_value(matched, tmp_path):
    book = Workbook()
    for row in with_cell(RECEIPTS, 1, "Quantity", "=30*2"):
        book.active.append(row)
    path = tmp_path / "receipts.xlsx"
    book.save(path)
    done = matched(ORDERS, path)
    assert "=30*2" in done.stderr
    assert invoices_of(done)["N1"]["holds"] == ["NO_RECEIPT", "UNREADABLE"]


def test_a_row_that_cannot_be_read_holds_its_order_line_and_the_rest_goes_on(matched):
    rows = [*RECEIPTS, ["GR-2", "PO-1", "1", "12 pcs?", "2026-03-02"]]
    done = matched(ORDERS, rows)
    assert done.exit_code == 1
    assert "receipts.csv row 3: " in done.stderr
    assert invoices_of(done)["N1"]["holds"] == ["UNREADABLE"]


def test_semicolons_and_a_byte_order_mark(matched, tmp_path):
    path = as_csv(tmp_path, "semicolons", RECEIPTS, ";")
    path.write_text("\ufeff" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert invoices_of(matched(ORDERS, path))["N1"]["status"] == "matched"


def test_without_a_status_column_all_orders_count_as_issued(matched):
    found = invoices_of(matched(without(without(ORDERS, "Status"), "Agreed price")))
    assert found["N2"]["holds"] == ["NO_RECEIPT"]


def test_an_order_on_hold_holds(matched):
    found = invoices_of(matched(with_cell(ORDERS, 1, "Status", "on_hold")))
    assert found["N1"]["holds"] == ["ON_HOLD"]


def test_an_unknown_status_is_told_and_counts_as_a_draft(matched):
    done = matched(with_cell(ORDERS, 1, "Status", "isued"))
    assert "orders.csv row 2: status 'isued' is unknown; did you mean 'issued'?" in done.stderr
    assert invoices_of(done)["N1"]["holds"] == ["PO_NOT_APPROVED"]


@pytest.mark.parametrize(
    ("receipts", "told"),
    [
        (without(RECEIPTS, "Quantity"), "receipts.csv: There is no column 'Quantity'"),
        ([["Recept", *RECEIPTS[0][1:]], RECEIPTS[1]], "'Receipt'; is it 'Recept'"),
        (
            [[*RECEIPTS[0], "Refused by inspecton"], [*RECEIPTS[1], "TRUE"]],
            "There is no column 'Refused by inspection'; is it 'Refused by inspecton'",
        ),
        ([[*RECEIPTS[0], "Qty"], [*RECEIPTS[1], "1"]], "The header 'Qty' stands twice"),
    ],
)
def test_a_header_that_is_lost_stops_everything(receipts, told, matched):
    done = matched(ORDERS, receipts)
    assert isinstance(done.exception, AskedAmiss)
    assert told in str(done.exception)


def test_files_that_are_none(matched, tmp_path):
    absent = matched(tmp_path / "absent.csv").exception
    assert "cannot be read" in str(absent)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("Größe".encode("latin-1"))
    assert "Save it as CSV UTF-8" in str(matched(latin).exception)
    broken = tmp_path / "broken.xlsx"
    broken.write_text("no workbook", encoding="utf-8")
    assert "This is no .xlsx workbook" in str(matched(broken).exception)
    quotes = tmp_path / "quotes.csv"
    quotes.write_text('"PO number"x,Line\n', encoding="utf-8")
    assert "This is no CSV" in str(matched(quotes).exception)


def test_a_workbook_of_other_sheets(matched, tmp_path):
    book = Workbook()
    book.create_sheet("Other")
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert "No sheet is titled 'Order lines'; there are 'Sheet', 'Other'" in str(
        matched(path).exception
    )
