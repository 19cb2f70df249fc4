"""The morning: the firm's sheet is taken on, and one order goes from a mark to a confirmation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sheetsync.demo.day import Act, Check, Day, Told, address_of
from sheetsync.demo.people import Cell
from sheetsync.demo.samples import COMPANY, records_of

ORDER = "PO-1001"
KRAUSE = "Krause Schrauben"
SUBMITTED = ("00421", "00422", "00423")
"""Orders that waited for a yes when sheetsync came."""


def _begin(_day: Day) -> None:
    """The sheet stands as the company left it on Friday."""


def _begun(day: Day) -> Iterator[Told]:
    lines = [row for row in day.desk("ann", "Order lines").rows() if row["PO number"]]
    orders = day.desk("ann", "Orders").rows()
    statuses = Counter(str(row["Status"]) for row in orders)
    most = ", ".join(f"{count} {status}" for status, count in statuses.most_common(4))
    yield f"It took on {len(orders)} orders with {len(lines)} lines as they stand: {most} …"
    found = {(str(row["Code"]), str(row["Document"])) for row in day.findings(state="open")}
    codes = Counter(code for code, _ in found)
    few = ", ".join(code for code, _ in codes.most_common(6))
    yield f"It found {len(found)} things for people to look at ({few} …), each with its cure."
    mails = day.mails()
    readers = sorted(address_of(mail).partition("@")[0] for mail in mails.values())
    yield f"It wrote to {', '.join(readers)}. No supplier is mailed again what was sent long ago."
    expected = records_of(COMPANY / "expected" / "findings.csv")
    wanted = {(row["code"], row["document"]) for row in expected}
    yield Check(what="findings that were not expected", expected=set(), seen=found - wanted)
    yield Check(what="findings that are missing", expected=set(), seen=wanted - found)
    yield Check(what="status kept", expected="confirmed", seen=day.line("00417", 1)["Status"])
    yield Check(what="leading zeros kept", expected="0108", seen=day.line("00408", 1)["Item"])
    sent = [name for name in mails if name.startswith("order-")]
    yield Check(what="no order mailed again", expected=[], seen=sent)
    wanted_readers = {"ann", "bea", "bob", "dora", "operator"}
    yield Check(what="readers of mails", expected=wanted_readers, seen=set(readers))


def _type_order(day: Day) -> None:
    both: dict[str, Cell] = {
        "po_number": "new1", "requester": "ann", "supplier": "KRAUSE", "unit": "EA",
        "currency": "EUR", "delivery_date": "2026-03-27", "cost_code": "4100",
    }  # fmt: skip
    rods: dict[str, Cell] = {
        "item": "0311", "description": "Threaded rod M10, 1 m", "quantity": 100, "unit_price": 3.45
    }  # fmt: skip
    lock: dict[str, Cell] = {
        "item": "0420", "description": "Thread lock, 250 ml", "quantity": 12, "unit_price": 18.9
    }  # fmt: skip
    day.desk("ann", "Order lines").add({**both, **rods}, {**both, **lock})


def _order_typed(day: Day) -> Iterator[Told]:
    order = day.order(ORDER)
    yield (
        f"new1 became {order['PO number']}, lines 1 and 2; Orders shows it as {order['Status']}, "
        f"{order['Total']:,.2f} {order['Currency']}. Next: {order['Next step']}."
    )
    yield Check(what="status", expected="draft", seen=order["Status"])
    yield Check(what="total", expected=571.8, seen=order["Total"])
    yield Check(what="item", expected="0420", seen=day.line(ORDER, 2)["Item"])


def _submit(day: Day) -> None:
    day.desk("ann", "Orders").type({"po_number": ORDER}, action="submit")


def _submitted(day: Day) -> Iterator[Told]:
    order = day.order(ORDER)
    asked = _asked(day)
    yield f"It is {order['Status']}; {' and '.join(asked)} each have a row on the tab Approvals."
    yield Check(what="status", expected="submitted", seen=order["Status"])
    yield Check(what="asked", expected=["bob", "dora"], seen=asked)
    yield Check(what="action cleared", expected="", seen=order["Action"])


def _asked(day: Day) -> list[str]:
    rows = day.desk("bob", "Approvals").rows()
    return sorted(str(row["Approver"]) for row in rows if row["PO number"] == ORDER)


def _approve(day: Day) -> None:
    desk = day.desk("bob", "Approvals")
    for po_number in (*SUBMITTED, ORDER):
        desk.type({"po_number": po_number, "approver": "bob"}, decision="approve")
    desk.type({"po_number": ORDER, "approver": "bob"}, comment="fine, as last year")


def _approved(day: Day) -> Iterator[Told]:
    order = day.order(ORDER)
    yield f"{ORDER} is {order['Status']} ({order['Approvals']}). Next: {order['Next step']}."
    yield Check(what="status", expected="approved", seen=order["Status"])
    yield Check(what="approvals", expected="lead: yes by bob", seen=order["Approvals"])
    others = {str(day.order(po_number)["Status"]) for po_number in SUBMITTED}
    yield Check(what="the other orders", expected={"approved"}, seen=others)
    waiting = day.findings(code="approval-waits", state="open")
    yield Check(what="nobody is waited for", expected=[], seen=waiting)


def _issue(day: Day) -> None:
    day.desk("ann", "Orders").type({"po_number": ORDER}, action="issue")


def _issued(day: Day) -> Iterator[Told]:
    mail = day.mails()[f"order-{ORDER}-v1.eml"]
    rows = [row for row in day.supplier("KRAUSE").rows() if row["PO number"] == ORDER]
    shown = ", ".join(sorted({str(row["Status"]) for row in rows}))
    yield f'It mailed {address_of(mail)}: "{mail["Subject"]}".'
    yield f"Krause's tab shows {len(rows)} lines more: {shown}."
    yield Check(what="status", expected="issued", seen=day.order(ORDER)["Status"])
    yield Check(what="mail", expected="auftrag@krause.example", seen=address_of(mail))
    yield Check(what="rows for the supplier", expected=2, seen=len(rows))


def _confirm(day: Day) -> None:
    desk = day.supplier("KRAUSE")
    for line in (1, 2):
        desk.type({"po_number": ORDER, "line": line}, your_answer="accept")


def _confirmed(day: Day) -> Iterator[Told]:
    row = day.answer("KRAUSE", ORDER, 1)
    yield f'It answers in "Understood": {row["Understood"]}.'
    seen = [day.line(ORDER, line)["Status"] for line in (1, 2)]
    yield Check(what="status", expected=["confirmed", "confirmed"], seen=seen)
    yield Check(what="agreed price", expected=3.45, seen=day.line(ORDER, 1)["Agreed price"])
    yield Check(what="answer cleared", expected="", seen=row["Your answer"])


ACTS = (
    Act(
        at="08:00", who="The worker", do=_begin, told=_begun,
        what="sees the company's sheet for the first time, dirt and all.",
    ),
    Act(
        at="08:10", who="Ann, buyer,", do=_type_order, told=_order_typed,
        what=f"types two lines for {KRAUSE}, marked new1 instead of a number.",
    ),
    Act(
        at="08:20", who="Ann", do=_submit, told=_submitted,
        what=f"puts `submit` into the Action of {ORDER}.",
    ),
    Act(
        at="08:40", who="Bob, approver,", do=_approve, told=_approved,
        what="answers `approve` on his rows: this one, and three that lay there since Friday.",
    ),
    Act(
        at="08:45", who="Ann", do=_issue, told=_issued,
        what="puts `issue` into its Action.",
    ),
    Act(
        at="09:15", who=KRAUSE, do=_confirm, told=_confirmed,
        what="answers `accept` on both lines, on its tab in the hub.",
    ),
)  # fmt: skip
