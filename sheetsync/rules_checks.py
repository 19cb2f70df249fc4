"""What one rules file says, held against the others and against the words that the code knows.

Each check answers one question and names the line to edit. Never: loads a file, decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheetsync.core.model import TabKind
from sheetsync.core.reading import Unread, normalise_key, read_notation
from sheetsync.core.rulebook import CellKind, MoveRules, Party, Rulebook, Scope, TabSpec
from sheetsync.settings_file import Problem, SettingsFile, nearest

BEFORE = "before"
"""The word for the status that a line had before."""

ASK = "ask"
"""The notation under which a value with two readings is asked about."""

ASKED_IN = {
    (Party.BUYER, Scope.ORDER): (TabKind.ORDERS, "action"),
    (Party.BUYER, Scope.LINE): (TabKind.ORDER_LINES, "action"),
    (Party.SUPPLIER, Scope.LINE): (TabKind.SUPPLIER, "response"),
}
"""The column in which a party asks for a move."""

Files = Mapping[str, SettingsFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """The words that the code knows.

    Args:
        requirements: What `requires` of a move may name.
        codes: Every code that a finding may have.
        fields: The fields that the code reads, and as what kind of cell.
    """

    requirements: Collection[str]
    codes: Collection[str]
    fields: Mapping[TabKind, Mapping[str, CellKind]] = field(default_factory=dict)


def crosswise(rules: Rulebook, files: Files, known: KnownWords) -> Iterator[Problem]:
    """Everything that fits its own file and nothing else."""
    lost = list(_columns(rules, files["columns"], known))
    yield from lost
    if lost:
        return  # the other checks look into these columns
    yield from _headers(rules, files["columns"])
    yield from _notation(rules, files["columns"])
    yield from _statuses(rules, files["lifecycle"])
    yield from _moves(rules, files["lifecycle"], known)
    yield from _locks(rules, files["locking"])
    yield from _tiers(rules, files["approval"])
    yield from _severities(rules, files["digest"], known)


def _columns(rules: Rulebook, file: SettingsFile, known: KnownWords) -> Iterator[Problem]:
    """Whether every tab stands there with the fields that the code reads."""
    for kind in TabKind:
        if kind not in rules.columns.tabs:
            yield file.problem(("tabs",), f"the tab {str(kind)!r} is missing")
    for kind, fields in known.fields.items():
        spec = rules.columns.tabs.get(kind)
        if spec is not None:
            yield from _fields(kind, spec, fields, file)


def _fields(
    kind: TabKind, spec: TabSpec, fields: Mapping[str, CellKind], file: SettingsFile
) -> Iterator[Problem]:
    place = ("tabs", str(kind), "columns")
    for name, cell_kind in fields.items():
        column = spec.by_field.get(name)
        if column is None:
            yield file.problem(place, f"{kind}: the column with field {name!r} is missing")
        elif column.kind is not cell_kind:
            message = f"{kind}.{name}: kind must stay {cell_kind.value}"
            yield file.problem((*place, spec.index[name]), message)


def _headers(rules: Rulebook, file: SettingsFile) -> Iterator[Problem]:
    """Whether a header leads to one column only, and a column says what it may hold."""
    for kind, spec in rules.columns.tabs.items():
        place = ("tabs", str(kind), "columns")
        for name, times in Counter(spec.fields).items():
            if times > 1:
                yield file.problem(place, f"{kind}: the field {name!r} stands twice")
        yield from _header_clashes(kind, spec, file)
        for index, column in enumerate(spec.columns):
            if (column.kind is CellKind.CHOICE) != bool(column.choices):
                message = f"{kind}.{column.field}: choice columns have choices, others have none"
                yield file.problem((*place, index), message)
        if spec.mark is not None and normalise_key(spec.mark) != spec.mark:
            at = ("tabs", str(kind), "mark")
            yield file.problem(at, f"{kind}: write the mark {normalise_key(spec.mark)!r}")


def _header_clashes(kind: TabKind, spec: TabSpec, file: SettingsFile) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for index, column in enumerate(spec.columns):
        for header in (column.header, *column.aliases):
            owner = taken.setdefault(normalise_key(header), column.field)
            if owner != column.field:
                at = ("tabs", str(kind), "columns", index)
                message = f"{kind}: the header {header!r} already leads to the field {owner!r}"
                yield file.problem(at, message)


def _notation(rules: Rulebook, file: SettingsFile) -> Iterator[Problem]:
    for key, told in (
        ("number", rules.columns.notation.number),
        ("date", rules.columns.notation.date),
    ):
        trouble = read_notation(told) if told != ASK else None
        if isinstance(trouble, Unread):
            message = f"notation.{key} says {told!r}; write {trouble.expected}, or ask"
            yield file.problem(("notation", key), message)


def _statuses(rules: Rulebook, file: SettingsFile) -> Iterator[Problem]:
    """Whether each status stands once, is shown by an order, and is reached by a move."""
    lifecycle = rules.lifecycle
    for key, listed in (("statuses", lifecycle.statuses), ("order_shows", lifecycle.order_shows)):
        for status, times in Counter(listed).items():
            if times > 1:
                yield file.problem((key,), f"{key}: {status!r} stands twice")
    for status in lifecycle.order_shows:
        if status not in lifecycle.statuses:
            yield file.problem(("order_shows",), _unknown("status", status, lifecycle.statuses))
    reached = {move.to for move in lifecycle.moves}
    for index, status in enumerate(lifecycle.statuses):
        if status not in lifecycle.order_shows:
            message = f"order_shows: {status!r} is missing, so an order could not show it"
            yield file.problem(("order_shows",), message)
        if index and status not in reached:
            message = f"no move reaches {status!r}; add one, or take the status out"
            yield file.problem(("statuses", index), message)


def _moves(rules: Rulebook, file: SettingsFile, known: KnownWords) -> Iterator[Problem]:
    statuses = rules.lifecycle.statuses
    for index, move in enumerate(rules.lifecycle.moves):
        for status in move.from_:
            if status not in statuses:
                yield file.problem(("moves", index, "from"), _unknown("status", status, statuses))
        if move.to not in (*statuses, BEFORE):
            words = (*statuses, BEFORE)
            yield file.problem(("moves", index, "to"), _unknown("status", move.to, words))
        for word in move.requires:
            if word not in known.requirements:
                message = _unknown("requirement", word, known.requirements)
                yield file.problem(("moves", index, "requires"), message)
        yield from _asking(rules, move, index, file)


def _asking(rules: Rulebook, move: MoveRules, index: int, file: SettingsFile) -> Iterator[Problem]:
    """Whether somebody can ask for the move, by a word of the right column."""
    asked_in = ASKED_IN.get((move.by, move.scope))
    if asked_in is None:
        if move.by in {Party.BUYER, Party.SUPPLIER}:
            message = f"a {move.by} cannot ask for a move of scope {move.scope}"
            yield file.problem(("moves", index, "scope"), message)
        elif move.on is not None:
            message = f"{move.by} asks by no word here; take out on: {move.on}"
            yield file.problem(("moves", index, "on"), message)
        return
    kind, name = asked_in
    column = rules.columns.tabs[kind].by_field[name]
    if move.on is None:
        message = f"the move to {move.to!r} does not say on which word of {column.header!r}"
        yield file.problem(("moves", index), message)
    elif move.on not in column.choices:
        yield file.problem(("moves", index, "on"), _unknown("word", move.on, column.choices))


def _locks(rules: Rulebook, file: SettingsFile) -> Iterator[Problem]:
    statuses = rules.lifecycle.statuses
    lines, supplier = rules.columns.tabs[TabKind.ORDER_LINES], rules.columns.tabs[TabKind.SUPPLIER]
    orders = rules.columns.tabs[TabKind.ORDERS]
    for key, locked, spec in (
        ("locked", rules.locking.locked, lines),
        ("locked_orders", rules.locking.locked_orders, orders),
    ):
        for status, fields in locked.items():
            if status not in statuses:
                yield file.problem((key, status), _unknown("status", status, statuses))
            for name in fields:
                if name not in spec.fields:
                    message = _unknown(f"column of {spec.title}", name, spec.fields)
                    yield file.problem((key, status), message)
    for name, proposes in rules.locking.overwrite_proposes.items():
        for one in (name, proposes):
            if one not in supplier.fields:
                message = _unknown("column of a supplier's tab", one, supplier.fields)
                yield file.problem(("overwrite_proposes", name), message)


def _tiers(rules: Rulebook, file: SettingsFile) -> Iterator[Problem]:
    for name, times in Counter(tier.name for tier in rules.approval.tiers).items():
        if times > 1:
            yield file.problem(("tiers",), f"two tiers are named {name!r}")
    lines, orders = rules.columns.tabs[TabKind.ORDER_LINES], rules.columns.tabs[TabKind.ORDERS]
    for name in rules.approval.void_on:
        if name not in (*lines.fields, *orders.fields):
            yield file.problem(("void_on",), _unknown("column of Order lines", name, lines.fields))
    if rules.approval.base_currency in rules.approval.exchange_rates:
        currency = rules.approval.base_currency
        message = f"{currency} is the base currency; its rate is 1 and needs no line"
        yield file.problem(("exchange_rates", currency), message)


def _severities(rules: Rulebook, file: SettingsFile, known: KnownWords) -> Iterator[Problem]:
    for code in rules.digest.severity:
        if code not in known.codes:
            yield file.problem(("severity", code), _unknown("code", code, known.codes))
    missing = [code for code in known.codes if code not in rules.digest.severity]
    if missing:
        message = f"severity: nothing is said of {', '.join(sorted(missing))}"
        yield file.problem(("severity",), message)


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    return f"unknown {what} {word!r}; {nearest(word, tuple(known))}"
