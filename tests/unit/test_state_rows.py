"""Whatever is stored comes back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from state_values import TEXTS, any_of, any_plan

from sheetsync.core.findings import Code, Finding
from sheetsync.core.history.chain import shown
from sheetsync.core.model import (
    HUB,
    Grant,
    LineState,
    OpenFinding,
    OrderState,
    RawCell,
    RowRef,
    SettledRow,
    TabAddress,
    Terms,
    Told,
)
from sheetsync.core.plan import CellWrite, Event, Mail, OrderMail, Plan
from sheetsync.errors import StateError
from sheetsync.state import rows
from sheetsync.state.codec import codec_of, instant_text, to_json
from sheetsync.state.history import _rows
from sheetsync.state.rows import to_stored

NOW = datetime(2026, 4, 3, 8, tzinfo=UTC)
TAB = TabAddress(HUB, "Order lines")

# A busy machine is no finding.
EXAMPLES = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def same(one: object, other: object) -> bool:
    """Equal to the letter: 1, 1.0 and True differ, and so do 1.5 and 1.50, or another order."""
    return one == other and letters(one) == letters(other)


def letters(value: object) -> object:
    if is_dataclass(value):
        return [type(value), *(letters(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Mapping):
        return [(letters(key), letters(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return tuple(map(letters, value))
    if isinstance(value, datetime):  # a fold means nothing in UTC
        return value.isoformat()
    return sorted(map(repr, value)) if isinstance(value, frozenset) else repr(value)


@EXAMPLES
@given(any_plan())
def test_a_plan_comes_back_to_the_letter(plan):
    assert same(rows.plan_from_stored(rows.plan_to_stored(plan)), plan)


def test_a_plan_comes_back_without_its_findings():
    finding = Finding(code=Code.TAB_MISSING, tab=TAB, message="gone", rule="columns")
    plan = Plan(findings=(finding,), stops=("tab-emptied",))
    assert rows.plan_from_stored(rows.plan_to_stored(plan)) == replace(plan, findings=())


@EXAMPLES
@given(any_of(Mail))
def test_a_mail_comes_back(mail):
    assert same(rows.mail_from_stored(rows.mail_to_stored(mail)), mail)


@EXAMPLES
@given(any_of(Event))
def test_an_event_comes_back(event):
    values = rows.event_values(event)
    assert same(rows.event_from_stored(values["event"]), event)
    assert values["order_digest"] == rows.order_digest(event.po_number)


def test_an_order_is_found_in_every_notation_of_its_number():
    digests = {rows.order_digest(number) for number in ("PO-7", "po-7 ", "PO\u20137", " Po-7")}

    assert len(digests) == 1
    assert rows.order_digest("PO-8") not in digests


@pytest.mark.parametrize("kind", [LineState, OrderState, OpenFinding, Told])
def test_what_is_known_comes_back(kind):
    @EXAMPLES
    @given(st.lists(any_of(kind), max_size=4))
    def comes_back(values):
        stored = [rows.to_stored(kind, value) for value in values]
        assert same(rows.all_from_stored(kind, stored), values)
        assert same([rows.from_stored(kind, text) for text in stored], values)

    comes_back()


@EXAMPLES
@given(
    st.dictionaries(
        any_of(tuple[str, ...]),
        st.builds(
            SettledRow,
            cells=st.dictionaries(TEXTS, any_of(RawCell)),
            first_seen_at=any_of(datetime),
        ),
    )
)
def test_settled_rows_come_back_in_the_order_of_their_keys(settled):
    stored = [rows.settled_row_values(TAB, key, row) for key, row in settled.items()]
    found = rows.settled_rows([as_read(values) for values in stored], TAB)
    assert found == settled
    assert list(found) == sorted(settled)
    assert len({values["row_digest"] for values in stored}) == len(settled)


def as_read(values) -> rows.StoredRow:
    return (
        values["row_key"],
        values["cells"],
        values["cells_digest"],
        values["first_seen_at"],
    )


def test_a_damaged_row_is_told_by_its_key():
    row = SettledRow(cells={"unit_price": 12.5}, first_seen_at=NOW)
    stored = rows.settled_row_values(TAB, ("PO-7", "1"), row)
    stored["cells"] = stored["cells"].replace("12.5", "13.5")
    with pytest.raises(StateError, match=r'Order lines: .*\["PO-7","1"\].*backup'):
        rows.settled_rows([as_read(stored)], TAB)


@EXAMPLES
@given(TEXTS)
def test_plain_text_comes_back_and_every_database_takes_it(text):
    plain = rows.to_plain(text)
    assert rows.from_plain(plain) == text
    assert "\x00" not in plain
    plain.encode("utf-8")


def test_plain_text_stays_readable():
    assert rows.to_plain("PO-7 Schrauben M8 für 🙂") == "PO-7 Schrauben M8 für 🙂"
    assert rows.to_plain("a\x00\\") == r"a\u0000\u005c"


def test_keys_of_several_parts_are_told_apart():
    assert rows.key_digest("PO-1", 11) != rows.key_digest("PO-11", 1)
    assert rows.key_digest("7") != rows.key_digest(7)


def test_a_stored_field_that_nobody_knows_stops():
    with pytest.raises(StateError, match=r"LineState\.colour, which this version does not know"):
        rows.from_stored(LineState, '{"status":"draft","colour":"red"}')


def test_a_stored_kind_that_nobody_knows_stops():
    with pytest.raises(StateError, match="'FaxMail'"):
        rows.mail_from_stored('["FaxMail",{}]')


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        instant_text(datetime(2026, 4, 3))  # noqa: DTZ001 - the mistake that is tested


def test_instants_sort_as_text():
    texts = [instant_text(NOW.replace(microsecond=part)) for part in (0, 1, 999_999)]
    assert texts == sorted(texts)
    assert len({len(text) for text in texts}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    either: TabAddress | tuple[int, ...]


@pytest.mark.parametrize("hint", [complex, list[int], dict[str, int], tuple[int, str], Odd])
def test_a_type_without_a_rule_cannot_be_stored(hint):
    with pytest.raises(TypeError, match=r"stored|told apart"):
        codec_of(hint)


def test_mappings_keep_their_order():
    assert to_json({"b": 1, "a": None}) == '{"b":1,"a":null}'
    assert codec_of(Mapping[str, int]).decode({"a": 1}) == {"a": 1}


# What the first version stored must be read by every later one: these texts never change.
STORED_BY_THE_FIRST = {
    '{"status":"confirmed","agreed":{"quantity":"12.50","promised_date":"2026-04-10"}}': LineState(
        status="confirmed",
        agreed=Terms(quantity=Decimal("12.50"), promised_date=date(2026, 4, 10)),
    ),
    (
        '{"po_number":"PO-7","version":2,"grants":[{"tier":"director","approver":"B1",'
        '"version":2,"total":"9000","is_granted":true,'
        '"granted_at":"2026-04-03T08:00:00.000000+00:00","proof":"protected-cell"}]}'
    ): OrderState(
        po_number="PO-7",
        version=2,
        grants=(
            Grant(
                tier="director",
                approver="B1",
                version=2,
                total=Decimal(9000),
                is_granted=True,
                granted_at=NOW,
                proof="protected-cell",
            ),
        ),
    ),
    '{"at":"2026-04-03T08:00:00.000000+00:00","finding_ids":["F-1","F-2"]}': Told(
        at=NOW, finding_ids=frozenset({"F-1", "F-2"})
    ),
}


@pytest.mark.parametrize("stored", STORED_BY_THE_FIRST)
def test_what_the_first_version_stored_is_still_read(stored):
    value = STORED_BY_THE_FIRST[stored]
    assert rows.from_stored(type(value), stored) == value
    assert rows.to_stored(type(value), value) == stored


def test_the_kinds_of_writes_and_mails_are_stored_by_name():
    write = CellWrite(tab=TAB, ref=RowRef(key=("7",)), field="status", expected=None, value="x")
    assert json.loads(rows.plan_to_stored(Plan(writes=(write,))))["writes"][0][0] == "CellWrite"
    mail = OrderMail(
        mail_id="M",
        to="",
        recipient_name="",
        supplier="",
        po_number="",
        version=1,
        currency="EUR",
        total="",
        requester="",
        lines=(),
    )
    assert json.loads(rows.mail_to_stored(mail))[0] == "OrderMail"


@EXAMPLES
@given(any_of(Event))
def test_a_journal_row_is_shown_as_its_event_would_be(event):
    """Read without making an event of it, because there are tens of thousands."""
    stored = SimpleNamespace(event=to_stored(Event, event), mac="m")

    assert same(list(_rows([stored])), [(*shown(event), "m")])
