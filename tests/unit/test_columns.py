"""Cells into records: what is read, what is asked about, and what one bad cell does to its row."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from builders import TODAY, codes, column_rules, never_seen, read, snapshot

from sheetsync.core.columns import read_records
from sheetsync.core.findings import Code
from sheetsync.core.model import LineKey, Records, TabKind

GOOD_LINE = """
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                | PO-1 | 1    | anna      | ACME     | 0042 | 10  | EA   | 12.50 | EUR      | 2026-04-01
"""


def line(**cells):
    """One order line of PO-1 that is right but for these cells."""
    right = {
        "PO": "PO-1",
        "Line": "1",
        "Requester": "anna",
        "Supplier": "ACME",
        "Item": "0042",
        "Qty": "10",
        "Unit": "EA",
        "Price": "12.50",
        "Currency": "EUR",
        "Need by": "2026-04-01",
    }
    assert cells.keys() <= right.keys() | {"Action", "Notes", "Reason"}
    right |= cells
    return f"Order lines | {' | '.join(right)}\n | {' | '.join(right.values())}"


def test_a_line_is_read_as_typed():
    records, findings = read(GOOD_LINE)
    (one,) = records.order_lines
    assert findings == ()
    assert one.key == LineKey("PO-1", 1)
    assert (one.requester, one.supplier, one.item, one.uom) == ("anna", "ACME", "0042", "EA")
    assert (one.quantity, one.unit_price, one.currency) == (Decimal(10), Decimal("12.5"), "EUR")
    assert one.need_by == date(2026, 4, 1)
    assert one.source.row == 2
    assert one.unread == frozenset()


def test_an_empty_sheet_gives_nothing():
    assert read() == (Records(), ())


def test_blank_rows_in_the_middle_are_skipped():
    records, findings = read("""
        Suppliers | Supplier
                  | S-1
                  |
                  | S-2
    """)
    assert [supplier.source.row for supplier in records.suppliers.values()] == [2, 4]
    assert findings == ()


def test_unticked_checkboxes_alone_are_no_row():
    records, findings = read("""
        Receipts | Receipt | Refused
                 |         | FALSE
    """)
    assert (records.unreadable, findings) == ((), ())


def test_a_ticked_checkbox_is_a_row():
    records, findings = read("""
        Receipts | Receipt | Refused
                 |         | TRUE
    """)
    assert len(records.unreadable) == 1
    assert set(codes(findings)) == {"missing-value"}


@pytest.mark.parametrize(
    ("header", "typed", "code", "field", "words"),
    [
        ("Qty", "ten", "invalid-value", "quantity", 'Quantity shows "ten".'),
        ("Qty", "<true>", "invalid-value", "quantity", "A tick box or TRUE/FALSE"),
        ("Qty", "#REF!", "invalid-value", "quantity", "The formula in this cell fails"),
        ("Qty", "1.234.", "invalid-value", "quantity", '"1.234."'),
        ("Qty", "0", "invalid-value", "quantity", "shows 0; a quantity above 0 was expected"),
        ("Qty", "-3", "invalid-value", "quantity", "shows -3"),
        ("Qty", "<1e300>", "invalid-value", "quantity", "1e+300"),
        ("Price", "-0.01", "invalid-value", "unit_price", "shows -0.01, which is below 0"),
        ("Price", "USD 12", "invalid-value", "unit_price", "written in USD"),
        ("Line", "1.5", "invalid-value", "line_number", "a whole number such as 1"),
        ("Line", "-1", "invalid-value", "line_number", "a whole number such as 1"),
        ("Line", "one", "invalid-value", "line_number", '"one"'),
        ("Currency", "DEM", "invalid-value", "currency", "a currency in use today"),
        ("Currency", "euros", "invalid-value", "currency", '"euros"'),
        ("Currency", "<978>", "invalid-value", "currency", "three letters"),
        ("Currency", "#N/A", "invalid-value", "currency", "three letters"),
        ("Need by", "3/4", "ambiguous-value", "need_by", "3 April or 4 March?"),
        ("Need by", "soon", "invalid-value", "need_by", '"soon"'),
        ("Action", "acept", "invalid-value", "action", "Did you mean accept?"),
        ("Item", "<true>", "invalid-value", "item", "TRUE"),
    ],
)
def test_a_bad_cell_is_told_and_leaves_the_row_a_record(header, typed, code, field, words):
    records, (finding,) = read(line(**{header: typed}))
    (one,) = records.order_lines
    assert (finding.code, finding.field) == (code, field)
    assert words in finding.message
    assert finding.rule == f"columns.order_lines.{field}"
    assert finding.source == one.source
    assert one.unread == {field}
    assert getattr(one, field) is None


def test_every_bad_cell_of_every_tab_is_told_at_once():
    _, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | PO-1 | 1    | anna      | ACME     | A    | x   | EA   | y     | EUR      | z
        Receipts    | Receipt | PO   | Line | Qty | Date
                    | GR-1    | PO-1 | 1    | u   | v
        People      | Person | Name
                    |        | Anna
    """)
    assert [(finding.tab.tab, finding.field) for finding in findings] == [
        ("Order lines", "need_by"),
        ("Order lines", "quantity"),
        ("Order lines", "unit_price"),
        ("People", "person"),
        ("Receipts", "quantity"),
        ("Receipts", "received_date"),
    ]


def test_an_unread_note_is_told_but_is_no_part_of_the_record():
    records, (finding,) = read(line(Notes="x" * 2001))
    assert (finding.code, finding.field) == (Code.INVALID_VALUE, "notes")
    assert "2,001 characters" in finding.message
    assert records.order_lines[0].unread == frozenset()


def test_a_cell_of_fifty_thousand_characters_is_told_in_a_sentence():
    _, (finding,) = read(line(Qty="x" * 50_000))
    assert "50,000 characters" in finding.message
    assert len(finding.message) < 300


def test_a_blank_that_is_required_waits():
    records, (finding,) = read(line(Qty=""))
    assert (finding.code, finding.field) == (Code.MISSING_VALUE, "quantity")
    assert finding.message == "Quantity is empty; the line waits until it is filled in."
    assert records.order_lines[0].unread == frozenset()


def test_a_number_where_a_name_belongs_is_noted_and_read():
    records, (finding,) = read(line(Item="<42>"))
    assert (finding.code, finding.field) == (Code.NUMBER_WHERE_TEXT, "item")
    assert "leading zeros may be lost" in finding.message
    assert records.order_lines[0].item == "42"
    assert records.order_lines[0].unread == frozenset()


def test_zero_is_a_price():
    records, findings = read(line(Price="0"))
    assert (records.order_lines[0].unit_price, findings) == (Decimal(0), ())


def test_a_sign_that_fits_the_currency_is_read():
    records, findings = read(line(Price="12.50 €"))
    assert (records.order_lines[0].unit_price, findings) == (Decimal("12.50"), ())


def test_a_sign_beside_an_amount_without_currency_waits_for_the_currency():
    records, (finding,) = read(line(Price="12.50 €", Currency=""))
    assert finding.field == "currency"
    assert records.order_lines[0].unit_price == Decimal("12.50")


def test_currencies_are_read_in_any_case():
    records, _ = read(line(Currency="eur"))
    assert records.order_lines[0].currency == "EUR"


@pytest.mark.parametrize("text", ["NaN", "😀", "مرحبا", "\N{RIGHT-TO-LEFT OVERRIDE}12"])
def test_strange_text_is_a_finding_and_nothing_worse(text):
    _, findings = read(line(Qty=text))
    assert codes(findings) == ["invalid-value"]


def test_strange_text_is_a_description_like_any_other():
    records, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Description | Qty | Unit | Price | Currency | Need by
                    | PO-1 | 1    | anna      | ACME     | A    | 😀 مرحبا    | 1   | EA   | 1     | EUR      | 2026-04-01
    """)
    assert findings == ()
    assert records.order_lines[0].description == "😀 مرحبا"


def test_not_a_number_in_a_number_cell_is_refused():
    sheet = snapshot(GOOD_LINE)
    spec = column_rules().tabs[TabKind.ORDER_LINES]
    (reading,) = sheet.of_kind(TabKind.ORDER_LINES)
    cells = list(reading.rows[0])
    cells[spec.index["quantity"]] = float("nan")
    tabs = dict(sheet.tabs) | {reading.place.address: replace(reading, rows=(tuple(cells),))}
    records, findings = read_records(
        replace(sheet, tabs=tabs), column_rules(), today=TODAY, first_seen=never_seen
    )
    assert codes(findings) == ["invalid-value"]
    assert records.order_lines[0].quantity is None


def test_equal_cells_of_other_columns_and_kinds_are_read_each_by_its_own():
    records, (finding,) = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty    | Unit | Price | Currency | Need by
                    | PO-1 | 1    | anna      | ACME     | 10   | '10    | EA   | '10   | EUR      | 2026-04-01
                    | PO-1 | 2    | anna      | ACME     | 10   | 1      | EA   | '10   | EUR      | 2026-04-01
                    | PO-1 | 3    | anna      | ACME     | 10   | <true> | EA   | '10   | EUR      | 2026-04-01
    """)
    assert [one.item for one in records.order_lines] == ["10", "10", "10"]
    assert [one.quantity for one in records.order_lines] == [Decimal(10), Decimal(1), None]
    assert (finding.source.row, finding.field) == (4, "quantity")


# -- who a row is ---------------------------------------------------------------------------------


def test_a_mark_waits_for_its_number():
    records, findings = read(line(PO="new1", Line=""))
    (one,) = records.order_lines
    assert (one.po_number, one.mark, one.line_number, one.key) == (None, "new1", None, None)
    assert findings == ()


def test_rows_of_one_mark_are_not_doubled():
    records, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | new1 | 1    | anna      | ACME     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
                    | New1 | 1    | anna      | ACME     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
    """)
    assert [one.mark for one in records.order_lines] == ["new1", "New1"]
    assert findings == ()


def test_findings_of_marked_rows_are_told_apart():
    _, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | new1 |      | anna      | ACME     | A    | x   | EA   | 1     | EUR      | 2026-04-01
                    | new1 |      | anna      | ACME     | B    | x   | EA   | 1     | EUR      | 2026-04-01
    """)
    assert codes(findings) == ["invalid-value", "invalid-value"]
    assert {finding.document for finding in findings} == {""}


def test_a_line_of_a_numbered_order_needs_its_number():
    records, (finding,) = read(line(Line=""))
    assert (finding.code, finding.field) == (Code.MISSING_VALUE, "line_number")
    assert records.order_lines[0].key is None


def test_a_line_without_its_order_is_no_record():
    records, (finding,) = read(line(PO=""))
    assert (finding.code, finding.field) == (Code.MISSING_VALUE, "po_number")
    assert records.order_lines == ()


def test_a_doubled_key_is_told_on_every_row_and_used_on_none():
    records, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | PO-1 | 1    | anna      | ACME     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
                    | po-1 | 1    | anna      | ACME     | A    | 2   | EA   | 1     | EUR      | 2026-04-01
                    | PO-1 | 2    | anna      | ACME     | A    | 3   | EA   | 1     | EUR      | 2026-04-01
    """)
    assert [one.quantity for one in records.order_lines] == [Decimal(3)]
    assert codes(findings) == ["duplicate-key", "duplicate-key"]
    assert [finding.source.row for finding in findings] == [2, 3]
    assert findings[0].message.startswith("PO-1/1 stands on 2 rows, and none of them is used.")


def test_a_sentence_about_doubled_rows_begins_like_one():
    _, (finding, _) = read("""
        Suppliers | Supplier | Name | Email | Approved
                  | S-1      | A    | a@b.c | yes
                  | S-1      | B    | a@b.c | yes
    """)
    assert finding.message.startswith("Supplier S-1 stands on 2 rows")


def test_equal_rows_of_a_doubled_key_are_told_apart():
    _, findings = read("""
        Suppliers | Supplier | Name
                  | S-1      | Same
                  | S-1      | Same
    """)
    assert codes(findings) == ["duplicate-key", "duplicate-key"]


def test_line_1_and_line_01_are_one_line():
    records, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | PO-1 | 1    | anna      | ACME     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
                    | PO-1 | '01  | anna      | ACME     | A    | 2   | EA   | 1     | EUR      | 2026-04-01
    """)
    assert records.order_lines == ()
    assert codes(findings) == ["duplicate-key", "duplicate-key"]


def test_the_document_and_its_people_stand_on_a_finding():
    _, (finding,) = read(line(Qty="x"))
    assert (finding.document, finding.supplier, finding.owner) == ("PO-1/1", "ACME", "anna")


# -- one spelling ---------------------------------------------------------------------------------


def test_references_are_given_the_order_s_own_spelling():
    records, findings = read("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                    | PO-7 | 1    | Anna      | acme     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
                    | po-7 | 2    | anna      | ACME     | A    | 1   | EA   | 1     | EUR      | 2026-04-01
        Suppliers   | Supplier
                    | Acme
        People      | Person
                    | ANNA
        Orders      | PO   | Status
                    | PO-7 | draft
        Approvals   | PO number | Version | Tier | Approver | Decision
                    | Po - 7 | 1       | lead | anna     | yes
        Receipts    | Receipt | PO    | Line | Qty | Date
                    | GR-1    | po-7  | 1    | 1   | 2026-02-01
        Invoices    | Supplier | Invoice | Invoice line | Invoice date | Curr | PO   | PO line | Qty | Unit price
                    | ACME     | INV-1   | 1            | 2026-02-01   | EUR  | pO-7 | 1       | 1   | 1
        Supplier ACME | PO   | Line
                      | po-7 | 1
    """)
    assert findings == ()
    assert [one.key for one in records.order_lines] == [LineKey("PO-7", 1), LineKey("PO-7", 2)]
    assert {one.supplier for one in records.order_lines} == {"Acme"}
    assert {one.requester for one in records.order_lines} == {"ANNA"}
    assert list(records.orders) == ["PO-7"]
    assert records.orders["PO-7"].status == "draft"
    assert (records.decisions[0].po_number, records.decisions[0].approver) == ("PO-7", "ANNA")
    assert records.receipts[0].po_number == "PO-7"
    assert (records.invoices[0].po_number, records.invoices[0].supplier) == ("PO-7", "Acme")
    assert (records.answers[0].key, records.answers[0].supplier) == (LineKey("PO-7", 1), "Acme")


def test_orders_known_already_keep_their_spelling():
    records, _ = read_records(
        snapshot(line(PO="po-1")),
        column_rules(),
        today=TODAY,
        known_orders=["PO-1"],
        first_seen=never_seen,
    )
    assert records.order_lines[0].po_number == "PO-1"


def test_an_unknown_order_stays_as_typed():
    records, _ = read("""
        Receipts | Receipt | PO    | Line | Qty | Date
                 | GR-1    | po 99 | 1    | 1   | 2026-02-01
    """)
    assert records.receipts[0].po_number == "po 99"


def test_the_order_of_rows_does_not_choose_the_spelling():
    one, other = "PO-7 | 1", "po-7 | 2"
    spelled = set()
    for first, second in ((one, other), (other, one)):
        records, _ = read(f"""
            Order lines | PO | Line
                        | {first}
                        | {second}
        """)
        spelled |= {row.po_number for row in records.order_lines}
    assert spelled == {"PO-7"}


# -- other tabs -----------------------------------------------------------------------------------


def test_answers_are_read_in_the_supplier_s_own_notation():
    records, findings = read(
        """
        Suppliers     | Supplier | Numbers are written | Dates are written
                      | ACME     | 1.234,56            | dd.mm.yyyy
        Supplier ACME | PO   | Line | Your answer | Your quantity | Your price | Your date | Your reason
                      | PO-1 | 1    | change      | 12,5          | 1.234      | 3/4/2026  | mould broke
    """,
        as_text=True,
    )
    (answer,) = records.answers
    assert findings == ()
    assert answer.response == "propose"
    assert (answer.proposed_quantity, answer.proposed_price) == (Decimal("12.5"), Decimal(1234))
    assert (answer.proposed_date, answer.reason) == (date(2026, 4, 3), "mould broke")


def test_a_supplier_whose_notation_is_not_told_is_asked():
    records, findings = read(
        """
        Supplier ACME | PO   | Line | Your price | Your date
                      | PO-1 | 1    | 1.234      | 3/4
    """,
        as_text=True,
    )
    assert codes(findings) == ["ambiguous-value", "ambiguous-value"]
    assert {finding.supplier for finding in findings} == {"ACME"}
    assert records.answers[0].unread == {"proposed_price", "proposed_date"}


def test_a_private_tab_is_read_like_a_shared_one():
    records, _ = read("""
        Supplier ACME (private) | PO   | Line | Your answer
                                | PO-1 | 1    | ok
    """)
    (answer,) = records.answers
    assert (answer.supplier, answer.response) == ("ACME", "accept")
    assert answer.source.tab.spreadsheet == "ACME"


def test_a_price_in_another_currency_than_the_order_s_is_refused():
    records, (finding,) = read("""
        Supplier ACME | PO   | Line | Your price | Currency
                      | PO-1 | 1    | $12        | EUR
    """)
    assert (finding.code, finding.field) == (Code.INVALID_VALUE, "proposed_price")
    assert records.answers[0].unread == {"proposed_price"}


def test_a_supplier_s_row_without_a_line_is_no_answer():
    records, findings = read("""
        Supplier ACME | PO   | Line | Your answer
                      |      |      | yes
                      | PO-1 | x    | yes
    """)
    assert (records.answers, findings) == ((), ())


def test_rows_of_the_worker_that_were_doubled_are_told():
    records, findings = read("""
        Orders        | PO
                      | PO-1
                      | PO-1
        Approvals     | PO number | Version | Tier | Approver
                      | PO-1 | 1       | lead | ben
                      | PO-1 | 1       | lead | ben
                      | PO-1 | x       | lead | ben
        Supplier ACME | PO   | Line
                      | PO-1 | 1
                      | PO-1 | 1
    """)
    assert codes(findings) == ["duplicate-key"] * 6
    assert (records.orders, records.decisions, records.answers) == ({}, (), ())


def test_decisions_are_told_apart_by_tier_and_approver():
    records, findings = read("""
        Approvals | PO number | Version | Tier | Approver | Decision
                  | PO-1 | 1       | lead | ben      | maybe
                  | PO-1 | 1       | lead | cleo     | maybe
    """)
    assert [finding.document for finding in findings] == [
        "PO-1 version 1, lead, ben",
        "PO-1 version 1, lead, cleo",
    ]
    assert [one.unread for one in records.decisions] == [{"decision"}, {"decision"}]


def test_what_the_worker_wrote_gives_no_findings():
    records, findings = read("""
        Orders | PO   | Status | Version | Total | Match level
               | PO-1 | #REF!  | x       | y     | 3way
    """)
    assert findings == ()
    row = records.orders["PO-1"]
    assert (row.status, row.version, row.match_level, row.unread) == (None, None, "3way", set())


def test_people_have_roles():
    records, _ = read("""
        People | Person | Email           | Roles
               | anna   | anna@acme.test  | Buyer;  Head of  Purchasing , buyer
               | ben    |                 |
    """)
    assert records.people["anna"].roles == {"buyer", "head of purchasing"}
    assert records.people["ben"].roles == frozenset()


def test_suppliers_are_read():
    records, findings = read("""
        Suppliers | Supplier | Name | Email        | Approved
                  | 0815     | Iron | i@iron.test  | TRUE
                  | 4711     | Tin  |              |
    """)
    iron, tin = records.suppliers["0815"], records.suppliers["4711"]
    assert (iron.name, iron.email, iron.is_approved, tin.is_approved) == (
        "Iron",
        "i@iron.test",
        True,
        False,
    )
    assert findings == ()


@pytest.mark.parametrize(
    ("number", "day", "field", "code"),
    [
        ("as usual", "", "number_notation", "invalid-value"),
        ("", "3.4.2026", "date_notation", "invalid-value"),
        ("1.234,56", "1,234.56", "date_notation", "ambiguous-value"),
        ("1,234.56; dd.mm.yyyy", "mm/dd/yyyy", "date_notation", "ambiguous-value"),
    ],
)
def test_a_notation_that_tells_nothing_is_told_and_not_used(number, day, field, code):
    records, findings = read(
        f"""
        Suppliers     | Supplier | Numbers are written | Dates are written
                      | ACME     | {number}            | {day}
        Supplier ACME | PO   | Line | Your price
                      | PO-1 | 1    | 1.234
    """,
        as_text=True,
    )
    assert [(finding.code, finding.field) for finding in findings] == [
        ("ambiguous-value", "proposed_price"),
        (code, field),
    ]
    assert records.answers[0].unread == {"proposed_price"}


def test_the_notation_of_a_doubled_supplier_is_not_used():
    records, _ = read(
        """
        Suppliers     | Supplier | Numbers are written
                      | ACME     | 1.234,56
                      | ACME     | 1.234,56
        Supplier ACME | PO   | Line | Your price
                      | PO-1 | 1    | 1.234
    """,
        as_text=True,
    )
    assert records.answers[0].unread == {"proposed_price"}


def test_the_buyer_s_own_notation_is_that_of_the_rules():
    rules = column_rules()
    german = rules.model_copy(
        update={"notation": rules.notation.model_copy(update={"number": "1.234,56"})}
    )
    records, findings = read(line(Qty="'1.234"), rules=german)
    assert (records.order_lines[0].quantity, findings) == (Decimal(1234), ())
    records, findings = read(line(Qty="'1.234"))
    assert records.order_lines[0].quantity == Decimal("1.234")


def test_first_seen_is_asked_by_tab_and_key():
    seen = datetime(2026, 2, 3, tzinfo=UTC)

    def first_seen(tab, key):
        assert (tab.tab, key) == ("Invoices", ("acme", "inv-1", "1"))
        return seen

    records, _ = read_records(
        snapshot("""
            Invoices | Supplier | Invoice | Invoice line | Invoice date | Curr | Qty | Unit price
                     | ACME     | INV-1   | 1            | 2026-02-01   | EUR  | 1   | 1
        """),
        column_rules(),
        today=TODAY,
        first_seen=first_seen,
    )
    assert records.invoices[0].first_seen_at == seen


def test_a_notation_that_the_sheet_took_for_a_number_is_asked_for_again():
    _, findings = read("""
        Suppliers | Supplier | Numbers are written
                  | ACME     | <1234.56>
    """)

    assert codes(findings) == ["invalid-value"]
    assert "Format the cell as plain text" in findings[0].message
