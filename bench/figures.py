"""From runs to medians, as JSON and as tables in Markdown.

Never: measures, or leaves a run out.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench.cycles import KINDS, Measured
from bench.stopwatch import Taken

Figures = dict[str, Any]


def figures_of(measured: Sequence[Measured], seed: int) -> Figures:
    """Everything that was measured, as plain JSON values."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "machine": {
            "cores": os.cpu_count(),
            "load": [round(load, 2) for load in os.getloadavg()],
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "workbooks": [_of_workbook(each) for each in measured],
    }


def _of_workbook(measured: Measured) -> Figures:
    return {
        "lines": measured.lines,
        "rows": measured.rows,
        "cells": measured.cells,
        "cells_per_line": round(measured.cells / measured.lines, 1),
        "bytes_per_line": round(measured.payload_bytes / measured.lines),
        "edited": measured.edited,
        "cycles": {kind: _of_kind(measured, kind) for kind in KINDS},
    }


def _of_kind(measured: Measured, kind: str) -> Figures:
    runs, beside = measured.runs[kind], measured.beside[kind]
    own_s, bare_s = _median(x.own_s for x in runs), _median(x.own_s for x in beside)
    cpu_s, bare_cpu_s = _median(x.cpu_s for x in runs), _median(x.cpu_s for x in beside)
    last = runs[-1]
    return {
        "runs": len(runs),
        "own_s": own_s,
        "own_s_of_runs": [round(each.own_s, 4) for each in runs],
        "cpu_s": cpu_s,
        "bare_s": bare_s,
        "bare_s_of_runs": [round(each.own_s, 4) for each in beside],
        "bare_cpu_s": bare_cpu_s,
        "ratio": round(own_s / bare_s, 1),
        "cpu_ratio": round(cpu_s / bare_cpu_s, 1),
        "server_s": _median(each.server_s for each in runs),
        "bare_server_s": _median(each.server_s for each in beside),
        "reads": last.calls.get("read", 0),
        "writes": last.calls.get("write", 0),
        "sent_bytes": last.sent_bytes,
        "received_bytes": last.received_bytes,
        "cells_written": measured.reports[kind][-1].cells_written,
        "history_rows": measured.reports[kind][-1].history_rows,
        "steps_s": _steps(runs),
    }


def _steps(runs: Sequence[Taken]) -> dict[str, float]:
    names = list(dict.fromkeys(name for each in runs for name in each.steps))
    return {name: _median(each.steps.get(name, 0.0) for each in runs) for name in names}


def _median(values: Iterable[float]) -> float:
    return round(median(values), 4)


def tables(figures: Figures) -> str:
    """The figures as two tables in Markdown: what a cycle costs, and where its time goes."""
    machine = figures["machine"]
    workbooks = figures["workbooks"]
    sizes = "; ".join(
        f"{each['lines']:,} order lines: {each['rows']:,} rows, "
        f"{each['cells_per_line']} cells and {each['bytes_per_line']} bytes a line"
        for each in workbooks
    )
    where = f"{machine['cores']} cores (load {machine['load'][0]}), Python {machine['python']}"
    return "\n".join(
        [
            f"{figures['at'][:10]}, {where}. {sizes}.",
            "",
            *_costs(workbooks),
            "",
            *_where(workbooks),
        ]
    )


def _costs(workbooks: Sequence[Figures]) -> list[str]:
    heads = (
        *(
            "lines",
            "cycle",
            "runs",
            "own s",
            "bare read s",
            "ratio",
            "CPU s",
            "bare CPU s",
            "ratio",
        ),
        *("server s", "reads", "writes", "cells written", "history rows", "MB sent"),
    )
    rows = [
        (
            f"{each['lines']:,}",
            kind,
            str(found["runs"]),
            f"{found['own_s']:.2f}",
            f"{found['bare_s']:.3f}",
            f"{found['ratio']:.0f}",
            f"{found['cpu_s']:.2f}",
            f"{found['bare_cpu_s']:.3f}",
            f"{found['cpu_ratio']:.0f}",
            f"{found['server_s']:.2f}",
            str(found["reads"]),
            str(found["writes"]),
            f"{found['cells_written']:,}",
            f"{found['history_rows']:,}",
            f"{found['sent_bytes'] / 1e6:.2f}",
        )
        for each in workbooks
        for kind, found in each["cycles"].items()
    ]
    return _table(heads, rows)


def _where(workbooks: Sequence[Figures]) -> list[str]:
    cycles = [
        (each["lines"], kind, found["steps_s"])
        for each in workbooks
        for kind, found in each["cycles"].items()
    ]
    names = list(dict.fromkeys(name for _, _, steps in cycles for name in steps))
    rows = [
        (f"{lines:,}", kind, *(f"{steps.get(name, 0):.2f}" for name in names))
        for lines, kind, steps in cycles
    ]
    return _table(("lines", "cycle", *(f"{name} s" for name in names)), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(heads) + " |",
        "| " + " | ".join("---" for _ in heads) + " |",
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
