"""Laws of writing: whatever people do in between, a value lands on its own row or nowhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.model import TabAddress
from sheetsync.core.plan import CellWrite
from sheetsync.core.rows import row_refs
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.fitting import Sight, fit_writes
from sheetsync.sheets.grid import find_columns
from sheetsync.sheets.tabs import TabInfo

TAB = TabAddress("hub", "Lines")
FIELDS = ("po", "line", "action", "status")
KINDS = ("identifier", "whole_number", "text", "text")
SPEC = TabSpec.model_validate(
    {
        "title": "Lines",
        "owner": "buyer",
        "key": ["po", "line"],
        "mark": "new",
        "columns": [
            {
                "field": field,
                "header": field,
                "kind": kind,
                "owner": "worker" if field == "status" else "buyer",
            }
            for field, kind in zip(FIELDS, KINDS, strict=True)
        ],
    }
)

ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "PO-1", "po-1 ", "new1", "PO-2"]),
        st.sampled_from([None, 1, 1.0, "2"]),
        st.sampled_from([None, "accept", "no"]),
        st.sampled_from([None, "draft", "issued"]),
    ),
    max_size=6,
)


def see(rows):
    return Sight(
        info=TabInfo(sheet_id=1, title="Lines", row_count=50, column_count=4),
        spec=SPEC,
        head=find_columns(FIELDS, SPEC),
        columns=find_columns(FIELDS, SPEC).columns,
        rows=tuple(rows),
    )


def plan(rows):
    """One number for each row that waits for one, an answer to each action; twins alike."""
    writes = []
    for place, (row, ref) in enumerate(zip(rows, row_refs(rows, SPEC), strict=True)):
        if ref is None:
            continue
        values = {"status": "closed", "action": None}
        if ref.content is not None:
            values |= {"po": "PO-9", "line": 100 + place}
        for field, value in values.items():
            expected = row[SPEC.index[field]]
            writes.append(CellWrite(tab=TAB, ref=ref, field=field, expected=expected, value=value))
    return dict(enumerate(writes))


def carry_out(rows, fit):
    after = [list(row) for row in rows]
    for (row, column), (value, _) in fit.cells.items():
        after[row - 1][column] = value
    return [tuple(row) for row in after]


@settings(max_examples=150, deadline=None)
@given(ROWS, st.data())
def test_a_value_lands_on_its_own_row_or_nowhere(rows, data):
    writes = plan(rows)
    later = data.draw(st.permutations(rows + data.draw(ROWS)))
    later = later[: data.draw(st.integers(0, len(later)))]

    fit = fit_writes(writes, see(later))

    assert fit.taken.isdisjoint(fit.skipped)
    assert fit.taken | set(fit.skipped) == set(writes)
    refs = row_refs(later, SPEC)
    planned = {(write.ref, SPEC.index[write.field]): write for write in writes.values()}
    for (row, column), (value, _) in fit.cells.items():
        write = planned[refs[row - 1], column]
        assert later[row - 1][column] == write.expected
        assert value == write.value


@settings(max_examples=150, deadline=None)
@given(ROWS, st.data())
def test_writing_twice_is_writing_once(rows, data):
    writes = plan(rows)
    first = fit_writes(writes, see(rows))
    assert first.taken == set(writes)
    after = carry_out(rows, first)

    again = fit_writes(writes, see(data.draw(st.permutations(after))))

    assert (again.taken, again.skipped, again.cells) == (first.taken, {}, {})
