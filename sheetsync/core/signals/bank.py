"""Does the invoice ask to be paid to an account that is not the supplier's?

Rules: rules/signals.yaml `bank_account`. Finding: bank-account-differs.
Never: shows a whole account number; its end tells people enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import TabKind
from sheetsync.core.signals.bills import Bill, Seen

_BETWEEN = re.compile(r"[,;\n]")
SHOWN = 4
"""So many digits of an account are shown."""


def bank_account(seen: Seen) -> Iterator[Finding]:
    """Every invoice with an account that its supplier's row does not name."""
    for bill in seen.bills:
        known = accounts_of(seen, bill.supplier)
        if not known:
            continue
        asked = {row.bank_account for row in bill.rows if row.bank_account}
        other = sorted(each for each in asked if plain(each) not in known)
        if other:
            yield _finding(seen, bill, other[0], known)


def accounts_of(seen: Seen, supplier: str) -> dict[str, str]:
    """The accounts of the supplier's row, in comparable form, as they were typed."""
    row = seen.suppliers.get(supplier)
    typed = (row.bank_account or "") if row is not None else ""
    return {plain(each): each for each in _BETWEEN.split(typed) if plain(each)}


def plain(account: str) -> str:
    """An account without what people write between its digits; a cell may have lost its zeros."""
    text = "".join(filter(str.isalnum, account.casefold()))
    return text.lstrip("0") if text.isdecimal() else text


def _end(account: str) -> str:
    return f"…{plain(account)[-SHOWN:].upper()}"


def _finding(seen: Seen, bill: Bill, asked: str, known: dict[str, str]) -> Finding:
    ours = " or ".join(_end(each) for each in known.values())
    row = next(row for row in bill.rows if row.bank_account == asked)
    return Finding(
        code=Code.BANK_ACCOUNT_DIFFERS,
        tab=seen.tabs.of_kind[TabKind.INVOICES],
        ref=row.ref,
        source=row.source,
        document=bill.document,
        field="bank_account",
        message=(
            f"It asks to be paid to the account {_end(asked)}, and Suppliers says {ours}. Call the "
            "supplier on a number that you had before this invoice. If the account is right, an "
            "admin adds it to Suppliers; until then do not pay to it."
        ),
        rule="signals.bank_account.watch",
        supplier=bill.supplier,
        owner=seen.told(bill.orders),
        risk=bill.risk,
    )
