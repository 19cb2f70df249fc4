"""The afternoon: goods come and go back, invoices are matched, held, released and paid."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.demo.acts_of_orders import ORDER
from sheetsync.demo.day import Act, Check, Day, Shown, Told, address_of
from sheetsync.demo.people import Cell

ON = "2026-03-02"
FIRST, SECOND = "RE-2026-0131", "RE-2026-0132"
EARLY, STRAY, DEAR = "F26/0340", "SI 40899", "RE-2026-0140"
COPIED = "re\N{EN DASH}2026\N{EN DASH}0131"
"""The first invoice's number as it comes out of a PDF: another notation, the same number."""


def _receive(day: Day, number: str, po_number: str, line: int, **cells: Cell) -> None:
    row: dict[str, Cell] = {"receipt": number, "po_number": po_number, "line": line}
    row["received_on"] = ON
    day.desk("wim", "Receipts").add({**row, **cells})


def _bill(day: Day, supplier: str, number: str, po_number: str, **cells: Cell) -> None:
    row: dict[str, Cell] = {
        "supplier": supplier, "invoice": number, "invoice_line": 1, "invoice_date": ON,
        "received_on": ON, "po_number": po_number,
    }  # fmt: skip
    day.desk("pat", "Invoices").add({**row, **cells})


def _standing(day: Day, number: str) -> tuple[str, str]:
    row = day.invoice(number)
    return str(row["Match"]), str(row["Holds"])


def _told(day: Day, number: str) -> str:
    row = day.invoice(number)
    return str(row["Message"])


def _payable(row: Shown) -> str:
    return f"payable {row['Payable']:,.2f} {row['Currency']}"


def _receive_part(day: Day) -> None:
    _receive(day, "GR-0201", ORDER, 1, quantity="60", unit="EA")


def _part_received(day: Day) -> Iterator[Told]:
    line, row = day.line(ORDER, 1), day.desk("wim", "Receipts").row(receipt="GR-0201")
    yield f'Understood: "{row["Understood"]}". The line is {line["Delivery"]}: 60 of 100.'
    seen = (line["Delivery"], line["Received"])
    yield Check(what="delivery", expected=("partially received", 60), seen=seen)


def _send_back(day: Day) -> None:
    _receive(day, "GR-0202", ORDER, 1, kind="return", quantity="10", unit="EA", notes="bent")


def _sent_back(day: Day) -> Iterator[Told]:
    line = day.line(ORDER, 1)
    yield f"Received now counts {line['Received']}: 60 came, 10 went back."
    yield Check(what="net received", expected=50, seen=line["Received"])


def _bill_fifty(day: Day) -> None:
    _bill(
        day, "KRAUSE", FIRST, ORDER, currency="EUR", po_line=1, item="0311",
        quantity=50, unit="EA", unit_price=3.45, invoice_total=172.5,
    )  # fmt: skip


def _matched(day: Day) -> Iterator[Told]:
    row = day.invoice(FIRST)
    yield f"It is {row['Match']}: order, receipts and invoice agree; {_payable(row)}."
    seen = (row["Match"], row["Holds"], row["Payable"])
    yield Check(what="invoice", expected=("matched", "", 172.5), seen=seen)
    billing = day.line(ORDER, 1)["Billing"]
    yield Check(what="billing", expected="partially invoiced", seen=billing)


def _bill_too_much(day: Day) -> None:
    _bill(
        day, "KRAUSE", SECOND, ORDER, currency="EUR", po_line=1, item="0311",
        quantity=20, unit="EA", unit_price=3.45, invoice_total=69,
    )  # fmt: skip


def _over_billed(day: Day) -> Iterator[Told]:
    yield _told(day, SECOND)
    yield Check(what="hold", expected=("held", "QTY_RECEIVED"), seen=_standing(day, SECOND))
    yield Check(what="nothing payable", expected=0, seen=day.invoice(SECOND)["Payable"])
    yield Check(what="first invoice", expected="matched", seen=day.invoice(FIRST)["Match"])


def _bill_early(day: Day) -> None:
    _bill(
        day, "LYON", EARLY, "00405", currency="EUR", po_line=1, item="CH-20",
        quantity=150, unit="EA", unit_price=2.35,
    )  # fmt: skip


def _held_early(day: Day) -> Iterator[Told]:
    yield _told(day, EARLY)
    yield Check(what="hold", expected=("held", "NO_RECEIPT"), seen=_standing(day, EARLY))


def _bill_twice(day: Day) -> None:
    _bill(
        day, "KRAUSE", COPIED, ORDER, currency="EUR", po_line=1, item="0311",
        quantity=50, unit="EA", unit_price=3.45, invoice_total=172.5,
    )  # fmt: skip


def _duplicate(day: Day) -> Iterator[Told]:
    yield _told(day, COPIED)
    first = day.invoice(FIRST)
    yield f"The first one stands as it stood: {first['Match']}, {_payable(first)}."
    yield Check(what="duplicate", expected=("rejected", "DUPLICATE"), seen=_standing(day, COPIED))
    yield Check(what="the first stands", expected=("matched", ""), seen=_standing(day, FIRST))
    billed = day.line(ORDER, 1)["Invoiced"]
    yield Check(what="billed once", expected=70, seen=billed)


def _bill_unknown(day: Day) -> None:
    _bill(
        day, "SHEFF", STRAY, "00471", currency="GBP", po_line=1, quantity=120, unit="M",
        unit_price=6.42,
    )  # fmt: skip


def _unknown(day: Day) -> Iterator[Told]:
    yield _told(day, STRAY)
    yield Check(what="hold", expected=("held", "UNKNOWN_PO"), seen=_standing(day, STRAY))


def _receive_rest(day: Day) -> None:
    _receive(day, "GR-0203", ORDER, 1, quantity="20", unit="EA")
    _receive(day, "GR-0204", " 00405", 1, quantity="150", unit="EA")


def _released(day: Day) -> Iterator[Told]:
    for number in (SECOND, EARLY):
        row = day.invoice(number)
        yield f"{number} is {row['Match']}, {_payable(row)}; nobody had to touch it."
        seen = (*_standing(day, number), row["Message"])
        yield Check(what=f"{number} released", expected=("matched", "", ""), seen=seen)
    closed = [row for row in day.findings(code="NO_RECEIPT") if EARLY in str(row["Document"])]
    yield Check(what="closed", expected=["closed"], seen=[row["State"] for row in closed])


def _bill_dear(day: Day) -> None:
    _receive(day, "GR-0205", ORDER, 2, quantity="12", unit="EA")
    _bill(
        day, "KRAUSE", DEAR, ORDER, currency="EUR", po_line=2, item="0420",
        quantity=12, unit="EA", unit_price=19.1, invoice_total=229.2,
    )  # fmt: skip


def _held_dear(day: Day) -> Iterator[Told]:
    yield _told(day, DEAR)
    yield Check(what="hold", expected=("held", "PRICE_HIGH"), seen=_standing(day, DEAR))


def _release(day: Day) -> None:
    day.desk("pat", "Releases").add(
        {"release": "R-1", "supplier": "KRAUSE", "invoice": DEAR, "hold": "PRICE_HIGH",
         "up_to": 0.2, "reason": "agreed with Mr Krause by telephone", "released_by": "pat"}
    )  # fmt: skip


def _let_pass(day: Day) -> Iterator[Told]:
    row = day.desk("pat", "Releases").row(release="R-1")
    listed = day.desk("pat", "Payable").row(invoice=DEAR)
    yield f'R-1 lets pass: "{row["Lets pass"]}". The change history keeps it, with the reason.'
    yield f"{DEAR} stands on the tab Payable: {listed['Open']:,.2f} {listed['Currency']} to pay."
    seen = (*_standing(day, DEAR), listed["State"], listed["Open"])
    expected = ("matched with variance", "", "to pay", 229.2)
    yield Check(what="released by hand", expected=expected, seen=seen)


def _pay(day: Day) -> None:
    day.desk("pat", "Payments").add(
        {"payment": "BANK-0302", "supplier": "KRAUSE", "invoice": DEAR, "paid_on": ON,
         "amount": 229.2}
    )  # fmt: skip


def _paid(day: Day) -> Iterator[Told]:
    row, listed = day.invoice(DEAR), day.desk("pat", "Payable").row(invoice=DEAR)
    yield f"{DEAR} is {row['Payment']}; its rows are locked, and so is the release behind it."
    seen = (row["Payment"], row["Open"], listed["State"], day.line(ORDER, 2)["Billing"])
    yield Check(what="paid", expected=("paid", 0, "paid", "paid"), seen=seen)


def _go_home(_day: Day) -> None:
    """Nobody types any more."""


def _rest(day: Day) -> Iterator[Told]:
    report = day.made[-1]
    yield f"An unchanged sheet costs {report.reads} reads and {report.writes} writes."
    seen = (len(day.made), report.writes, report.history_rows)
    yield Check(what="nothing written", expected=(1, 0, 0), seen=seen)
    lost = [row["Event"] for row in day.history()]
    yield Check(what="history events once each", expected=len(lost), seen=len(set(lost)))
    mails = day.mails()
    to = {address_of(mail) for mail in mails.values()}
    orders = sorted(name for name in mails if name.startswith("order-"))
    yield Check(what="order mails", expected=[f"order-{ORDER}-v1.eml"], seen=orders)
    wanted = {"ann@tandemworks.example", "bea@tandemworks.example", "auftrag@krause.example"}
    yield Check(what="mails to buyers and supplier", expected=wanted, seen=wanted & to)


ACTS = (
    Act(
        at="12:10", who="Wim, warehouse,", do=_receive_part, told=_part_received,
        what=f"types a receipt of 60 of the 100 rods of {ORDER}.",
    ),
    Act(
        at="12:40", who="Wim", do=_send_back, told=_sent_back,
        what="sends 10 of them back: bent.",
    ),
    Act(
        at="13:15", who="Pat, payables,", do=_bill_fifty, told=_matched,
        what=f"types invoice {FIRST} over 50.",
    ),
    Act(
        at="13:25", who="Pat", do=_bill_too_much, told=_over_billed,
        what=f"types invoice {SECOND} over 20 more.",
    ),
    Act(
        at="13:40", who="Pat", do=_bill_early, told=_held_early,
        what=f"types invoice {EARLY} of Lyon, before its goods came.",
    ),
    Act(
        at="14:00", who="Pat", do=_bill_twice, told=_duplicate,
        what=f"types {FIRST} once more, with the dashes of its PDF.",
    ),
    Act(
        at="14:20", who="Pat", do=_bill_unknown, told=_unknown,
        what=f"types invoice {STRAY} against 00471, where 00417 was meant.",
    ),
    Act(
        at="15:30", who="Wim", do=_receive_rest, told=_released,
        what="types two receipts: 20 more rods, and Lyon's inner tubes.",
    ),
    Act(
        at="15:45", who="Pat", do=_bill_dear, told=_held_dear,
        what=f"types {DEAR}: 12 bottles came, billed at 19.10 instead of 18.90.",
    ),
    Act(
        at="15:55", who="Pat", do=_release, told=_let_pass,
        what="releases it up to 0.20 each: a row on the tab Releases, with the reason.",
    ),
    Act(
        at="16:30", who="Pat", do=_pay, told=_paid,
        what="pays it, and types the bank's reference on the tab Payments.",
    ),
    Act(
        at="16:35", who="Everybody", do=_go_home, told=_rest,
        what="goes home; the worker looks once more.",
    ),
)  # fmt: skip
