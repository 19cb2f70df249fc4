"""Exceptions: one row per finding; a finding whose cause is gone stays as closed."""

from __future__ import annotations

from sheetsync.core.findings import Finding
from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.planning.digest import severity_of
from sheetsync.core.rows import key_text
from sheetsync.core.views.world import LONGEST_MESSAGE, Cells, ShownRows, World
from sheetsync.core.wording import shown_time


def exceptions(world: World) -> ShownRows:
    """Open findings in the order of tabs and rows, and those that the tab showed before."""
    tab = world.tabs.of_kind[TabKind.EXCEPTIONS]
    rows: dict[RowKey, Cells] = {}
    for finding in world.findings:
        rows[(key_text(finding.finding_id),)] = _open(finding, world)
    for key, row in world.baseline.rows.get(tab, {}).items():
        if key not in rows:
            rows[key] = _closed(row.cells, world)
    return rows


def _open(finding: Finding, world: World) -> Cells:
    known = world.baseline.findings.get(finding.finding_id)
    opened_at = known.opened_at if known is not None else world.now
    column = None
    if finding.field is not None:
        spec = next(
            (s for s in world.rules.columns.tabs.values() if s.title == finding.tab.tab), None
        )
        supplier = world.rules.columns.tabs[TabKind.SUPPLIER]
        column = (spec or supplier).by_field.get(finding.field)
    return {
        "finding_id": finding.finding_id,
        "state": "open",
        "severity": str(severity_of(finding, world.rules.digest)),
        "code": str(finding.code),
        "document": finding.document or None,
        "supplier": finding.supplier,
        "place": str(finding.tab) + (f", {column.header}" if column else ""),
        "message": finding.message[:LONGEST_MESSAGE],
        "money_at_risk": raw_of(finding.risk.amount) if finding.risk else None,
        "currency": finding.risk.currency if finding.risk else None,
        "opened_at": shown_time(opened_at),
        "closed_at": None,
        "rule": finding.rule,
    }


def _closed(cells: Cells, world: World) -> Cells:
    """The row as it stood, closed now unless it was closed before."""
    mine = (
        *("finding_id", "severity", "code", "document", "supplier", "place", "message"),
        *("money_at_risk", "currency", "opened_at", "rule"),
    )
    closed_at = cells.get("closed_at") or shown_time(world.now)
    return {**{f: cells.get(f) for f in mine}, "state": "closed", "closed_at": closed_at}
