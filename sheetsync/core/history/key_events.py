"""Keys that were put back as events of the change history, with what was asked for beside them.

Never: decides which keys are put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsync.core.differences import RetypedRow
from sheetsync.core.history.event_rows import key_rule, named
from sheetsync.core.history.events import Chronicle, actor_of
from sheetsync.core.lifecycle.requests import proof_of
from sheetsync.core.plan import Event


def rekeyed(
    rows: Iterable[RetypedRow], writes: Mapping[tuple[object, ...], int], say: Chronicle
) -> Iterable[Event]:
    """Keys that show again what they showed, and what was asked for beside them and cleared."""
    for row in rows:
        place, spec = row.was.place, say.columns.tabs[row.was.place.kind]
        for column in spec.columns:
            needs = writes.get((place.address, row.now, column.field))
            if needs is not None and (column.field in spec.key or column.request):
                yield say.event(
                    **named(place, row.was.key, say.columns, row.was.row.cells),
                    field=column.field,
                    old=row.was.row.cells.get(column.field),
                    new=row.cells.get(column.field),
                    actor=actor_of(place, None, say.columns),
                    proof=proof_of(place),
                    decision="put back",
                    rule=key_rule(place.kind),
                    needs=needs,
                )
