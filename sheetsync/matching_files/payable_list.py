"""The list of what is open, for people and as CSV for payment; no document twice in two exports.

Beside every export stands `exported.csv`, the memory of all exports of that folder. It is written
before the export is filled: after a crash in between a document is missing in the exports, which
somebody notices, and never in two of them, which nobody does.

Never: decides what may be paid.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from sheetsync.core.matching.open_amounts import OpenAmount
from sheetsync.core.matching.wording import money
from sheetsync.errors import AskedAmiss

MEMORY = "exported.csv"
MEMORY_HEADERS = ("Document", "Amount", "Currency", "Export")
HEADERS = (
    *("Supplier", "Invoice", "Type", "Invoice date", "Due date", "Currency", "Open amount"),
    *("Discount until", "Discount", "Amount with discount", "Terms"),
)
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take a text for a formula by."""


def listed(amounts: Iterable[OpenAmount]) -> Iterator[tuple[str, ...]]:
    """Headers and rows, in the order given."""
    yield HEADERS
    for one in amounts:
        invoice = one.invoice
        early = one.early_until
        yield (
            _harmless(invoice.supplier),
            _harmless(invoice.invoice_number),
            invoice.type.replace("_", " "),
            invoice.invoice_date.isoformat(),
            one.due.isoformat() if one.due else "",
            invoice.currency,
            format(one.amount, "f"),
            early.isoformat() if early else "",
            format(one.discount, "f") if early else "",
            format(one.amount - one.discount, "f") if early else "",
            _harmless(one.terms),
        )


def summary(amounts: Sequence[OpenAmount]) -> Iterator[str]:
    """What it comes to, by currency, and which documents lack terms."""
    sums: dict[str, Decimal] = {}
    for one in amounts:
        currency = one.invoice.currency
        sums[currency] = sums.get(currency, Decimal(0)) + one.amount
    told = ", ".join(money(amount, currency) for currency, amount in sorted(sums.items()))
    yield f"{len(amounts)} documents are open{': ' + told if told else ''}."
    without = [one.invoice.invoice_number for one in amounts if one.due is None]
    if without:
        yield (
            f"No due date for {', '.join(without)}: no payment terms that can be counted with. "
            'Write them like "30 days net" or "2/10 net 30".'
        )


def export(
    amounts: Sequence[OpenAmount], path: Path, *, again: bool
) -> tuple[tuple[OpenAmount, ...], tuple[str, ...]]:
    """Write the list as CSV.

    Args:
        amounts: What is open.
        path: The file to make; the memory of exports stands in its folder.
        again: Also what was exported before.

    Returns:
        What was written, and a line for each document that was left out.

    Raises:
        AskedAmiss: the file exists already, or the memory cannot be read or written.
    """
    if path.name == MEMORY:
        raise AskedAmiss(f"{MEMORY} is the memory of exports.", remedy="Choose another name.")
    memory = path.with_name(MEMORY)
    try:
        before = _remembered(memory)
        left_out = () if again else tuple(one for one in amounts if one.identity in before)
        written = tuple(one for one in amounts if one not in left_out)
        _write(path, memory, written)
    except FileExistsError as error:
        raise AskedAmiss(
            "The file exists; an export is never written over.",
            subject=str(path),
            remedy="Choose another name.",
        ) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AskedAmiss(f"The export cannot be made: {error}.", subject=str(path)) from error
    told = (
        f"{one.invoice.invoice_number} of {one.invoice.supplier} is left out: it stands in "
        f"{before[one.identity]}. --again exports it all the same"
        for one in left_out
    )
    return written, tuple(told)


def _write(path: Path, memory: Path, amounts: Sequence[OpenAmount]) -> None:
    """Take the name, remember, and only then fill the file, in one step."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    _remember(memory, amounts, path.name)
    filled = path.with_name(f".{path.name}.part")
    _synced(filled, _as_csv(listed(amounts)), "w")
    filled.replace(path)


def _remembered(memory: Path) -> dict[str, str]:
    """In which export each document stands."""
    if not memory.exists():
        return {}
    with memory.open(encoding="utf-8", newline="") as file:
        headers, *rows = list(csv.reader(file, strict=True)) or [[]]
    if tuple(headers) != MEMORY_HEADERS or any(len(row) != len(MEMORY_HEADERS) for row in rows):
        raise AskedAmiss(
            "This is not the memory of exports, or it is damaged.",
            subject=str(memory),
            remedy="Put back its last good copy: without it invoices may be paid twice.",
        )
    return {row[0]: row[3] for row in rows}


def _remember(memory: Path, amounts: Iterable[OpenAmount], export_name: str) -> None:
    rows = [
        (one.identity, format(one.amount, "f"), one.invoice.currency, export_name)
        for one in amounts
    ]
    head = () if memory.exists() else (MEMORY_HEADERS,)
    _synced(memory, _as_csv((*head, *rows)), "a")


def _synced(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) else text
