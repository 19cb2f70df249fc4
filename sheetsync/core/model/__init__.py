"""The words of the business as types: places, records, states and changes.

Everything is a frozen value. Raw cells are what the Sheets API gives (unformatted, dates as serial
numbers); typed records hold `Decimal`, `date` and canonical words.
"""

from sheetsync.core.model.changes import (
    Change,
    Move,
)
from sheetsync.core.model.places import (
    HUB,
    LineKey,
    RawCell,
    RowKey,
    RowRef,
    Snapshot,
    Source,
    TabAddress,
    TabKind,
    TabPlace,
    TabReading,
    Tabs,
    tabs_of,
)
from sheetsync.core.model.records import (
    Decision,
    InvoiceLine,
    OrderLine,
    OrderRow,
    Person,
    ReceiptLine,
    Record,
    Records,
    Supplier,
    SupplierAnswer,
    UnreadableRow,
)
from sheetsync.core.model.states import (
    Baseline,
    Grant,
    LineState,
    Mandate,
    Mode,
    OpenFinding,
    OrderState,
    SettledRow,
    Terms,
    Told,
)

__all__ = [
    "HUB",
    "Baseline",
    "Change",
    "Decision",
    "Grant",
    "InvoiceLine",
    "LineKey",
    "LineState",
    "Mandate",
    "Mode",
    "Move",
    "OpenFinding",
    "OrderLine",
    "OrderRow",
    "OrderState",
    "Person",
    "RawCell",
    "ReceiptLine",
    "Record",
    "Records",
    "RowKey",
    "RowRef",
    "SettledRow",
    "Snapshot",
    "Source",
    "Supplier",
    "SupplierAnswer",
    "TabAddress",
    "TabKind",
    "TabPlace",
    "TabReading",
    "Tabs",
    "Terms",
    "Told",
    "UnreadableRow",
    "tabs_of",
]
