"""Whether a tab and its headers stand there, so that its rows may be read at all.

Rules: `tabs` of rules/columns.yaml. Findings: tab-missing, missing-column, duplicate-column.
Never: looks at a row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import Snapshot, TabKind, TabReading
from sheetsync.core.rulebook import ColumnRules, ColumnSpec, TabSpec

MONEY_MOVES_ON = frozenset(
    {
        *(TabKind.SUPPLIER, TabKind.RECEIPTS, TabKind.INVOICES),
        *(TabKind.RELEASES, TabKind.PAYMENTS),
    }
)
"""Tabs in which a hidden answer, "return", "credit note" or line turns the meaning of a row around:
a lost header stops them, also where the cell itself may stay empty."""


def is_readable(reading: TabReading, spec: TabSpec) -> bool:
    """Whether the tab exists with every header without which its rows would be misread."""
    return reading.exists and needed_fields(reading.place.kind, spec) <= reading.present


def needed_fields(kind: TabKind, spec: TabSpec) -> frozenset[str]:
    """The fields whose header must stand in a tab of this kind before a row of it is read."""
    if kind is TabKind.HISTORY:
        # A row of it is signed as a whole.
        return frozenset(spec.fields)
    return spec.needed | spec.telling if kind in MONEY_MOVES_ON else spec.needed


def tab_findings(snapshot: Snapshot, rules: ColumnRules) -> Iterator[Finding]:
    """What is wrong with tabs and headers, over all tabs of the reading."""
    for reading in snapshot.tabs.values():
        spec = rules.tabs[reading.place.kind]
        if reading.refusal:
            yield _about(
                reading,
                Code.TAB_MISSING,
                "The spreadsheet of this tab does not open for sheetsync, so nothing on it is "
                f"acted upon. {reading.refusal}",
            )
        elif not reading.exists:
            yield _about(
                reading,
                Code.TAB_MISSING,
                f'There is no tab "{reading.place.address.tab}". Rename it back, or run '
                f"`sheetsync init` to make it anew.",
            )
        elif is_destroyed(reading, spec):
            yield _about(reading, Code.MISSING_COLUMN, _destroyed(reading, spec))
        else:
            yield from _header_findings(reading, spec)


def is_destroyed(reading: TabReading, spec: TabSpec) -> bool:
    """Whether row 1 is no header row any more, so that naming each lost header helps nobody.

    A cell of data may happen to read like a header.
    """
    return not is_readable(reading, spec) and len(reading.present) * 2 < len(spec.columns)


def _destroyed(reading: TabReading, spec: TabSpec) -> str:
    if reading.headers_at:
        return (
            f"The headers stand in row {reading.headers_at}, so none of the tab's rows is read. "
            "Somebody sorted the tab or put rows above them: move that row back to row 1."
        )
    first, second = (_quoted(column.header) for column in spec.columns[:2])
    lost = f"Row 1 no longer holds the headers {first}, {second} and the others, so none of the "
    if reading.rows:
        return f"{lost}tab's rows is read. Bring that row back with File, Version history."
    return f"{lost}tab's rows is read. Run `sheetsync init`."


def _header_findings(reading: TabReading, spec: TabSpec) -> Iterator[Finding]:
    needed = needed_fields(reading.place.kind, spec)
    for column in spec.columns:
        if column.field not in reading.present:
            stops = column.field in needed
            yield _about(reading, Code.MISSING_COLUMN, _lost(reading, column, stops), column.field)
    for header in reading.duplicates:
        yield Finding(
            code=Code.DUPLICATE_COLUMN,
            tab=reading.place.address,
            document=f"column {header}",
            message=f"{_quoted(header)} stands over two columns; the left one is read. "
            f"Rename or delete the other.",
            rule=_rule(reading),
            supplier=reading.place.supplier,
        )


def _lost(reading: TabReading, column: ColumnSpec, stops: bool) -> str:  # noqa: FBT001 a fact, no switch
    accepted = [column.header, *column.aliases]
    near = difflib.get_close_matches(column.header, reading.unknown, n=1)
    stands = f" {_quoted(near[0])} stands there instead." if near else ""
    outcome = "none of the tab's rows is read" if stops else "what belongs there is not read"
    if reading.place.kind is TabKind.HISTORY:
        # Its rows are the worker's own; `sheetsync init` may make any column but the ids anew.
        outcome, stops = "nothing is told on this tab until it is back", column.required
    names = " or ".join(_quoted(name) for name in accepted)
    cure = "Rename the header back" + ("." if stops else ", or run `sheetsync init`.")
    return f"No column is headed {names}, so {outcome}.{stands} {cure}"


def _about(reading: TabReading, code: Code, message: str, field: str | None = None) -> Finding:
    return Finding(
        code=code,
        tab=reading.place.address,
        field=field,
        message=message,
        rule=_rule(reading, field),
        supplier=reading.place.supplier,
    )


def _rule(reading: TabReading, field: str | None = None) -> str:
    parts = ("columns", str(reading.place.kind), field)
    return ".".join(part for part in parts if part)


def _quoted(text: str) -> str:
    return f'"{text}"'
