"""The late morning: suppliers answer, each in a notation of its own; what is locked stays."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.demo.day import Act, Check, Day, Told

TWELVE_HUNDRED = (
    ("KRAUSE", "00408", 3, "1.200", "17.04.2026"),
    ("LYON", "00409", 3, "1 200", "17/04/2026"),
    ("DELTA", "00410", 3, "1,200", "04/17/2026"),
)
"""The same quantity and day, as a German, a French and an American supplier write them."""


def _propose(day: Day) -> None:
    for supplier, po_number, line, quantity, on in TWELVE_HUNDRED:
        day.supplier(supplier).type(
            {"po_number": po_number, "line": line},
            your_answer="propose", your_quantity=quantity, your_date=on,
            your_reason="full packing unit",
        )  # fmt: skip


def _proposed(day: Day) -> Iterator[Told]:
    for supplier, po_number, line, quantity, on in TWELVE_HUNDRED:
        row = day.answer(supplier, po_number, line)
        yield f'{supplier} wrote "{quantity}" and "{on}": {row["Understood"]}'
        shown = day.line(po_number, line)
        seen = (shown["Status"], shown["Proposed quantity"])
        what = f"proposal of {supplier}"
        yield Check(what=what, expected=("change proposed", 1200), seen=seen)
        understood = "Fri 17 Apr 2026" in str(row["Understood"])
        yield Check(what=f"day of {supplier}", expected=True, seen=understood)


def _answer_ambiguously(day: Day) -> None:
    day.supplier("FLEVO").type(
        {"po_number": "00411", "line": 1},
        your_answer="propose", your_date="3/4", your_reason="kiln is down until then",
    )  # fmt: skip


def _asked_back(day: Day) -> Iterator[Told]:
    row = day.answer("FLEVO", "00411", 1)
    yield f"It does not guess: {row['Message']}"
    yield Check(what="status", expected="issued", seen=day.line("00411", 1)["Status"])
    yield Check(what="answer waits", expected="propose", seen=row["Your answer"])
    asked = [each["Code"] for each in day.findings(document="00411/1", state="open")]
    yield Check(what="asked about", expected=["ambiguous-value"], seen=asked)


def _answer_plainly(day: Day) -> None:
    day.supplier("FLEVO").type({"po_number": "00411", "line": 1}, your_date="2026-04-03")


def _understood(day: Day) -> Iterator[Told]:
    row = day.answer("FLEVO", "00411", 1)
    yield f"{row['Understood']}"
    yield Check(what="status", expected="change proposed", seen=day.line("00411", 1)["Status"])
    asked = day.findings(document="00411/1", code="ambiguous-value", state="open")
    yield Check(what="question closed", expected=[], seen=asked)


def _decide(day: Day) -> None:
    desk = day.desk("bea", "Order lines")
    desk.type({"po_number": "00409", "line": 3}, action="accept")
    desk.type({"po_number": "00410", "line": 3}, action="decline", reason="24 are enough")


def _decided(day: Day) -> Iterator[Told]:
    accepted, declined = day.line("00409", 3), day.line("00410", 3)
    yield (
        f"00409/3 is {accepted['Status']} with {accepted['Agreed quantity']:,} M; "
        f"the order comes to {day.order('00409')['Total']:,.2f} EUR now."
    )
    yield f"00410/3 is back at {declined['Status']}, and Delta is asked for its answer again."
    seen = (accepted["Status"], accepted["Agreed quantity"], accepted["Proposed quantity"])
    yield Check(what="accepted", expected=("confirmed", 1200, ""), seen=seen)
    seen = (declined["Status"], declined["Quantity"], declined["Proposed quantity"])
    yield Check(what="declined", expected=("issued", 24, ""), seen=seen)


def _overwrite(day: Day) -> None:
    day.supplier("SHEFF").type({"po_number": "00417", "line": 1}, unit_price="6.98")


def _put_back(day: Day) -> Iterator[Told]:
    row, line = day.answer("SHEFF", "00417", 1), day.line("00417", 1)
    yield f"The price shows {row['Unit price']} again, and the sheet says: {row['Message']}"
    yield f"Bea finds the wish as a proposal: {line['Proposed price']} instead of 6.42 GBP."
    back = day.history(po_number="00417", decision="put back")
    seen = [(each["Old"], each["New"], each["Actor"], each["Proof"]) for each in back]
    expected = [(6.42, 6.98, "supplier SHEFF", "tab-owner")]
    yield Check(what="price put back", expected=6.42, seen=row["Unit price"])
    yield Check(what="history", expected=expected, seen=seen)
    wish = (line["Status"], line["Proposed price"])
    yield Check(what="proposal", expected=("change proposed", 6.98), seen=wish)


def _refuse(day: Day) -> None:
    day.desk("bea", "Order lines").type(
        {"po_number": "00417", "line": 1}, action="decline", reason="price is fixed until summer"
    )


def _refused(day: Day) -> Iterator[Told]:
    line = day.line("00417", 1)
    yield f"The confirmation stands as it stood: {line['Status']} at {line['Agreed price']} GBP."
    seen = (line["Status"], line["Agreed price"])
    yield Check(what="still confirmed", expected=("confirmed", 6.42), seen=seen)


def _delete(day: Day) -> None:
    day.notes["deleted"] = dict(day.line("00417", 2))
    day.desk("ann", "Order lines").delete(po_number="00417", line=2)


def _restored(day: Day) -> Iterator[Told]:
    before, after = day.notes["deleted"], day.line("00417", 2)
    differ = [name for name in before if name != "Message" and before[name] != after[name]]
    told = [row["What and what to do"] for row in day.findings(code="line-vanished")]
    yield f"The row stands again, at the end of the tab. {' '.join(map(str, told))}"
    yield Check(what="cells that differ", expected=[], seen=differ)
    yield Check(what="told", expected=1, seen=len(told))


def _sort(day: Day) -> None:
    day.notes["lines"] = _lines(day)
    day.desk("bea", "Order lines").sort_by("Supplier")


def _sorted(day: Day) -> Iterator[Told]:
    written = sum(report.cells_written for report in day.made)
    yield f"A row is known by its order and line, not by its place: {written} cells written."
    yield Check(what="cells written", expected=0, seen=written)
    yield Check(what="lines", expected=day.notes["lines"], seen=_lines(day))


def _lines(day: Day) -> dict[tuple[str, str], str]:
    return {
        (str(row["PO number"]), str(row["Line"])): str(row["Status"])
        for row in day.desk("bea", "Order lines").rows()
        if row["PO number"]
    }


ACTS = (
    Act(
        at="09:30", who="Krause, Lyon and Delta", do=_propose, told=_proposed,
        what="propose 1200 for 17 April, each as it writes at home.",
    ),
    Act(
        at="09:50", who="Flevo Pallets,", do=_answer_ambiguously, told=_asked_back,
        what='whose notation nobody noted, proposes "3/4" as its date.',
    ),
    Act(
        at="10:05", who="Flevo Pallets", do=_answer_plainly, told=_understood,
        what='writes "2026-04-03" instead.',
    ),
    Act(
        at="10:20", who="Bea, buyer,", do=_decide, told=_decided,
        what="accepts Lyon's proposal and declines Delta's.",
    ),
    Act(
        at="10:40", who="Sheffield Tube", do=_overwrite, told=_put_back,
        what="types 6.98 over the confirmed price of 6.42, in its own spreadsheet.",
    ),
    Act(
        at="10:55", who="Bea", do=_refuse, told=_refused,
        what="declines: the price is fixed until summer.",
    ),
    Act(
        at="11:10", who="Ann", do=_delete, told=_restored,
        what="deletes the row of 00417/2 by mistake.",
    ),
    Act(
        at="11:20", who="Bea", do=_sort, told=_sorted,
        what="sorts the tab Order lines by supplier.",
    ),
)  # fmt: skip
