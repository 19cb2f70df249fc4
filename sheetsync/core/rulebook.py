"""One frozen model per file of `rules/`: parsing, messages and the JSON Schema from one definition.

Rules: every file of `rules/`. Defaults stand in the shipped YAML, visible, not here.
Never: reads a file (`rules_file`), decides anything (the rule modules).
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sheetsync.core.findings import Severity
from sheetsync.core.matching.levels import MatchingLevels
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.model import TabKind


class _Rules(BaseModel):
    """Strict and frozen: an unknown key or a wrong kind of value is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


def _exact(value: object) -> object:
    """A YAML number as it was written: floats become decimals by their shortest form."""
    return repr(value) if isinstance(value, float) else value


Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0)]
"""An amount of money or a percentage, exact and not negative."""


# -- columns ---------------------------------------------------------------------------------------


class CellKind(StrEnum):
    """What a cell of a column holds."""

    IDENTIFIER = "identifier"
    WHOLE_NUMBER = "whole_number"
    QUANTITY = "quantity"
    PERCENT = "percent"
    RATIOS = "ratios"
    SHARES = "shares"
    MONEY = "money"
    CURRENCY = "currency"
    DATE = "date"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"


class Owner(StrEnum):
    """Who may write a column or a tab: one owner each."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    APPROVER = "approver"
    WAREHOUSE = "warehouse"
    PAYABLES = "payables"
    ADMIN = "admin"
    OPERATOR = "operator"
    WORKER = "worker"


class ColumnSpec(_Rules):
    """One column: found by its header or an alias, in any place."""

    field: str
    header: str
    aliases: tuple[str, ...] = ()
    kind: CellKind
    owner: Owner
    required: bool = False
    request: bool = False
    choices: dict[str, tuple[str, ...]] = {}
    notation: bool = False

    @cached_property
    def is_people_s(self) -> bool:
        """Whether a person writes here."""
        return self.owner is not Owner.WORKER


class TabSpec(_Rules):
    """One kind of tab: its title, who owns it, what makes a row itself, and its columns."""

    title: str
    owner: Owner
    key: tuple[str, ...]
    mark: str | None = None
    columns: tuple[ColumnSpec, ...]

    @model_validator(mode="after")
    def _keys_are_columns(self) -> TabSpec:
        unknown = [field for field in self.key if field not in self.fields]
        if unknown:
            raise ValueError(f"key names {unknown[0]!r}, which is no column of {self.title!r}")
        return self

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The columns' fields in order; raw rows are aligned with it."""
        return tuple(column.field for column in self.columns)

    @cached_property
    def word(self) -> str | None:
        """The column of the word by which people ask for something; None where nothing is asked."""
        words = (c.field for c in self.columns if c.request and c.kind is CellKind.CHOICE)
        return next(words, None)

    @cached_property
    def beside_word(self) -> tuple[str, ...]:
        """What belongs to the word: reasons, values."""
        return tuple(c.field for c in self.columns if c.request and c.field != self.word)

    @cached_property
    def index(self) -> dict[str, int]:
        """Where each field stands in a raw row."""
        return {field: place for place, field in enumerate(self.fields)}

    @cached_property
    def by_field(self) -> dict[str, ColumnSpec]:
        """Each column by its field."""
        return {column.field: column for column in self.columns}

    @cached_property
    def key_indexes(self) -> tuple[int, ...]:
        """Where the key cells stand in a raw row."""
        return tuple(self.index[field] for field in self.key)

    @cached_property
    def numbered_keys(self) -> tuple[int, ...]:
        """Which parts of the key are whole numbers, however many zeros are typed before them."""
        return tuple(
            place
            for place, field in enumerate(self.key)
            if self.by_field[field].kind is CellKind.WHOLE_NUMBER
        )

    @cached_property
    def content_indexes(self) -> tuple[int, ...]:
        """Where the people's cells stand in a raw row, with the key's."""
        return tuple(
            place
            for place, column in enumerate(self.columns)
            if column.is_people_s or column.field in self.key
        )

    @cached_property
    def money_fields(self) -> tuple[str, ...]:
        """The columns that hold amounts."""
        return tuple(column.field for column in self.columns if column.kind is CellKind.MONEY)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The fields without which a row says nothing: those of its key, and required ones."""
        required = {column.field for column in self.columns if column.required}
        return frozenset({*required, *self.key})

    @cached_property
    def telling(self) -> frozenset[str]:
        """The people's fields that are no free text."""
        return frozenset(
            column.field
            for column in self.columns
            if column.is_people_s and column.kind is not CellKind.TEXT
        )

    @cached_property
    def written_unasked(self) -> tuple[ColumnSpec, ...]:
        """The worker's own columns, and the requests that it clears."""
        return tuple(column for column in self.columns if column.request or not column.is_people_s)


class NotationRules(_Rules):
    """How numbers and dates of the hub are written: "1,234.56", "dd.mm.yyyy", or ask."""

    number: str
    date: str


class ColumnRules(_Rules):
    """rules/columns.yaml."""

    notation: NotationRules
    longest_text: int = Field(gt=0)
    tabs: dict[TabKind, TabSpec]


# -- merging, locking ------------------------------------------------------------------------------


class MergingRules(_Rules):
    """rules/merging.yaml: what is done about rows that vanish."""

    restore_vanished: tuple[TabKind, ...]
    tab_emptied_rows: int = Field(ge=1)
    vanished_pct: int = Field(ge=1, le=100)
    vanished_rows: int = Field(ge=1)


class LockingRules(_Rules):
    """rules/locking.yaml: the fields of order lines and orders that a status locks, added up.

    `locked_pct`, `locked_cells`: when so much of them is typed over at once, it was an accident.
    """

    locked: dict[str, tuple[str, ...]]
    locked_orders: dict[str, tuple[str, ...]]
    locked_pct: int = Field(ge=1, le=100)
    locked_cells: int = Field(ge=1)
    receipt_grace_hours: int = Field(ge=0)
    payment_grace_hours: int = Field(ge=0)
    overwrite_proposes: dict[str, str]


# -- approval --------------------------------------------------------------------------------------


class TierRules(_Rules):
    """One tier: orders above the amount need a yes from somebody with the role."""

    name: str
    above: Amount
    role: str


class ApprovalRules(_Rules):
    """rules/approval.yaml: tiers by amount in base currency, and who may release a hold."""

    base_currency: str
    exchange_rates: dict[str, Annotated[Decimal, BeforeValidator(_exact), Field(gt=0)]]
    requester_may_approve: bool
    release_roles: tuple[str, ...] = Field(min_length=1)
    void_on: tuple[str, ...]
    tiers: tuple[TierRules, ...]


# -- lifecycle -------------------------------------------------------------------------------------


class Party(StrEnum):
    """Who asks for a move."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    APPROVER = "approver"
    WORKER = "worker"


class Scope(StrEnum):
    """Whether a move takes one line, or all lines of an order that stand at its start."""

    LINE = "line"
    ORDER = "order"


class MoveRules(_Rules):
    """One edge: who may move a line from where to where, asked for by what, if what holds.

    `from` may name several statuses; `to: before` returns to the status from which it came.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, ignored_types=(cached_property,)
    )

    from_: tuple[str, ...] = Field(alias="from")
    to: str
    by: Party
    scope: Scope
    on: str | None = None
    requires: tuple[str, ...] = ()


class NumberingRules(_Rules):
    """How the worker numbers orders: prefix and least number of digits."""

    prefix: str
    digits: int = Field(ge=1)
    first: int = Field(ge=1)


class LifecycleRules(_Rules):
    """rules/lifecycle.yaml: the statuses, their order on an order, and every allowed move."""

    numbering: NumberingRules
    statuses: tuple[str, ...]
    order_shows: tuple[str, ...]
    moves: tuple[MoveRules, ...]


# -- digest ----------------------------------------------------------------------------------------


class DigestRules(_Rules):
    """rules/digest.yaml: how much each finding matters, and when a reader is told."""

    severity: dict[str, Severity]
    hours_between: int = Field(ge=0)
    notice_hours: int = Field(ge=0)


# -- signals ---------------------------------------------------------------------------------------


class _Watched(_Rules):
    """A sign that is watched for, or not."""

    watch: bool


class NumberBackRules(_Watched):
    """How far behind an invoice number may lie."""

    most_back: int = Field(ge=0)


class BankAccountRules(_Watched):
    """Whether the account on an invoice is compared."""


class OrderedAfterRules(_Watched):
    """How many days after its invoice an order may be written."""

    days: int = Field(ge=0)


class JustUnderRules(_Watched):
    """How close below a limit, how many documents, within how many days."""

    pct: Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, lt=100)]
    documents: int = Field(ge=2)
    within_days: int = Field(ge=0)


class RoundSumRules(_Watched):
    """Of what a round sum is a multiple, and how many of them are a sign."""

    multiple_of: Annotated[Decimal, BeforeValidator(_exact), Field(gt=0)]
    documents: int = Field(ge=1)


class SingleBuyerRules(_Watched):
    """From how many orders on one buyer alone is a sign."""

    orders: int = Field(ge=2)


class SignalRules(_Rules):
    """rules/signals.yaml: signs of fraud and error, and who is told."""

    role: str
    days: int = Field(ge=1)
    number_back: NumberBackRules
    bank_account: BankAccountRules
    ordered_after: OrderedAfterRules
    just_under: JustUnderRules
    round_sums: RoundSumRules
    single_buyer: SingleBuyerRules


class Rulebook(_Rules):
    """All rules in force, and the digest of their text that is written with every decision."""

    columns: ColumnRules
    merging: MergingRules
    locking: LockingRules
    matching: MatchingRules
    matching_levels: MatchingLevels
    approval: ApprovalRules
    lifecycle: LifecycleRules
    digest: DigestRules
    signals: SignalRules
    fingerprint: str
