"""Numbers for what was typed without one: orders under a mark such as new1, lines without a number.

All lines under one mark become one order, also those typed later while it is a draft. The numbers
are written into the sheet first; the rows are taken up at the next reading, under their keys.

Rules: rules/lifecycle.yaml `numbering`. Findings: missing-value.
Never: numbers a row whose requester or supplier is not there yet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import LineState, Mandate, OrderLine, OrderState, Records, TabAddress
from sheetsync.core.orders import OrderBook
from sheetsync.core.rulebook import NumberingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A row of Order lines and the numbers it is given."""

    line: OrderLine
    po_number: str
    line_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is numbered now, the new orders, and the last number given."""

    rows: tuple[Numbered, ...] = ()
    states: Mapping[str, OrderState] = field(default_factory=dict)
    last: int = 0


def number(
    records: Records,
    book: OrderBook,
    states: Mapping[str, OrderState],
    last: int,
    rules: NumberingRules,
    tab: TabAddress,
    mandate: Mandate,
) -> tuple[Numbers, tuple[Finding, ...]]:
    """Give numbers to marked orders and to lines without one, in sheet order, where we serve."""
    last = max(last, rules.first - 1, *(_counted(po, rules) for po in (*book, *states)))
    groups: dict[str, list[OrderLine]] = defaultdict(list)
    for line in records.order_lines:
        if "line_number" in line.unread:
            continue
        if line.line_number is None or line.po_number is None:
            group = line.mark or line.po_number
            if group is not None:
                groups[group].append(line)
    rows: list[Numbered] = []
    made: dict[str, OrderState] = {}
    findings: list[Finding] = []
    for group, lines in groups.items():
        if not all(mandate.serves(line.supplier) for line in lines):
            continue
        problem = _problem(lines)
        if problem is not None:
            findings.extend(_waits(line, problem, tab) for line in lines)
            continue
        po_number = lines[0].po_number or _draft_of(group, lines[0], book, states)
        if po_number is None:
            last += 1
            po_number = f"{rules.prefix}{last:0{rules.digits}d}"
            made[po_number] = OrderState(po_number=po_number, mark=group)
        rows.extend(_number_lines(po_number, lines, book))
    return Numbers(rows=tuple(rows), states=made, last=last), tuple(findings)


def _counted(po_number: str, rules: NumberingRules) -> int:
    match = re.fullmatch(re.escape(rules.prefix) + r"(\d{1,12})", po_number)
    return int(match[1]) if match else 0


def _problem(lines: list[OrderLine]) -> str | None:
    """Why the lines of one mark cannot be numbered yet."""
    for name, header in (("requester", "Requester"), ("supplier", "Supplier")):
        values = {getattr(line, name) for line in lines}
        if None in values:
            return f"It is numbered once every line of it has its {header}."
        if len(values) > 1:
            return f"Its lines name more than one {header}; use another mark, such as new2."
    return None


def _draft_of(
    mark: str, line: OrderLine, book: OrderBook, states: Mapping[str, OrderState]
) -> str | None:
    """The draft that was begun under the same mark by the same requester, if any."""
    for po_number, state in states.items():
        if state.mark != mark:
            continue
        order = book.get(po_number)
        if order is None:
            return po_number
        is_draft = all(each.state == LineState(status="draft") for each in order.lines)
        if is_draft and (order.requester, order.supplier) == (line.requester, line.supplier):
            return po_number
    return None


def _number_lines(po_number: str, lines: list[OrderLine], book: OrderBook) -> list[Numbered]:
    order = book.get(po_number)
    used = {line.key.line_number for line in order.lines} if order is not None else set()
    used |= {line.line_number for line in lines if line.line_number is not None}
    numbered = []
    free = 1
    for line in lines:
        line_number = line.line_number
        if line_number is None:
            while free in used:
                free += 1
            line_number = free
            used.add(free)
        numbered.append(Numbered(line=line, po_number=po_number, line_number=line_number))
    return numbered


def _waits(line: OrderLine, problem: str, tab: TabAddress) -> Finding:
    return Finding(
        code=Code.MISSING_VALUE,
        tab=tab,
        ref=line.ref,
        source=line.source,
        document=f"{line.mark or line.po_number} ({line.item or 'no item'})",
        field="po_number",
        message=f"This order waits for its number. {problem}",
        rule="lifecycle.numbering",
        owner=line.requester,
        supplier=line.supplier,
    )
