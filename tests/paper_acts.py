"""What people may do to a sheet on paper, as acts that hypothesis draws and `do` carries out."""

from __future__ import annotations

from hypothesis import strategies as st
from paper import PaperSheet

CELLS = st.sampled_from(
    [None, "", "ten", "3/4", "12.5", "1,234", 7, 0, -3, 2.5, True, "#REF!", "😀", "0042", "x" * 300]
)
LINES = st.sampled_from([1, 2])
TYPED = {
    "Order lines": ("quantity", "unit_price", "need_by", "item", "supplier", "notes", "status"),
    "Orders": ("notes", "match_level", "status", "total", "version"),
    "ACME": ("proposed_price", "proposed_date", "comment", "unit_price", "quantity", "status"),
}


def typing(tab: str):
    return st.tuples(st.just("type"), st.just(tab), st.sampled_from(TYPED[tab]), LINES, CELLS)


ACTS = st.one_of(
    typing("Order lines"),
    typing("Orders"),
    typing("ACME"),
    st.tuples(
        st.just("action"),
        st.sampled_from(["submit", "issue", "hold", "resume", "change", "cancel"]),
    ),
    st.tuples(st.just("decide"), st.sampled_from(["approve", "reject"])),
    st.tuples(
        st.just("answer"),
        st.sampled_from(["accept", "reject", "propose", "acknowledge", "withdraw"]),
        LINES,
        st.sampled_from([None, 13, "3/4"]),
    ),
    st.tuples(
        st.just("line"), st.sampled_from(["accept", "decline", "cancel", "short_close"]), LINES
    ),
    st.tuples(st.just("receive"), st.integers(1, 12), LINES),
    st.tuples(st.just("bill"), st.integers(1, 12), LINES, st.sampled_from([12, 12.6, "a lot"])),
    st.tuples(st.just("copy"), st.sampled_from(["Order lines", "ACME", "Receipts", "Invoices"])),
    st.tuples(st.just("delete"), st.sampled_from(["Order lines", "ACME", "Orders", "Receipts"])),
    st.tuples(st.just("sort"), st.sampled_from(["Order lines", "ACME", "Orders", "Receipts"])),
)


def type_cell(sheet: PaperSheet, _number: int, tab: str, field: str, line: int, cell) -> None:
    where = {"po_number": "PO-1001"} | ({} if tab == "Orders" else {"line_number": line})
    sheet.type(tab, where, **{field: cell})


def ask(sheet: PaperSheet, _number: int, word: str) -> None:
    sheet.type("Orders", {"po_number": "PO-1001"}, action=word, reason="because")


def grant(sheet: PaperSheet, _number: int, word: str) -> None:
    sheet.type("Approvals", {"po_number": "PO-1001", "decided": None}, decision=word)


def answer(sheet: PaperSheet, _number: int, word: str, line: int, price) -> None:
    reason = "because" if price != "3/4" else None
    where = {"po_number": "PO-1001", "line_number": line}
    sheet.type("ACME", where, response=word, proposed_price=price, reason=reason)


def ask_for_a_line(sheet: PaperSheet, _number: int, word: str, line: int) -> None:
    where = {"po_number": "PO-1001", "line_number": line}
    sheet.type("Order lines", where, action=word, reason="x")


def receive(sheet: PaperSheet, number: int, quantity: int, line: int) -> None:
    sheet.add(
        "Receipts",
        receipt_number=f"GR-{number}",
        po_number="po-1001",
        line_number=line,
        quantity=quantity,
        received_date="2026-03-02",
    )


def bill(sheet: PaperSheet, number: int, quantity: int, line: int, price) -> None:
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number=f"INV-{number}",
        invoice_line=1,
        invoice_date="2026-03-02",
        currency="EUR",
        po_number="PO-1001",
        po_line=line,
        quantity=quantity,
        unit_price=price,
    )


def copy_the_last_row(sheet: PaperSheet, _number: int, tab: str) -> None:
    sheet.change(tab, lambda rows: [*rows, *([list(rows[-1])] if rows else [])])


def delete_the_first_row(sheet: PaperSheet, _number: int, tab: str) -> None:
    sheet.change(tab, lambda rows: rows[1:])


def sort(sheet: PaperSheet, _number: int, tab: str) -> None:
    sheet.change(tab, lambda rows: sorted(rows, key=repr))


DOINGS = {
    "type": type_cell,
    "action": ask,
    "decide": grant,
    "answer": answer,
    "line": ask_for_a_line,
    "receive": receive,
    "bill": bill,
    "copy": copy_the_last_row,
    "delete": delete_the_first_row,
    "sort": sort,
}


def do(sheet: PaperSheet, number: int, act: tuple) -> None:
    what, *rest = act
    DOINGS[what](sheet, number, *rest)
