"""What a worker remembers from one cycle to the next, so that only what changed is looked at anew.

It never changes what is decided, only how long that takes: the law *part is whole* holds a decision
with a memory, of whatever sheet, against the same one without (tests/property). It is never stored,
and a worker that starts begins without one. Never: grows beyond what the last cycle held.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sheetsync.core.columns import Reading
from sheetsync.core.matching import LastMatched
from sheetsync.core.signals import Bills


@dataclass(slots=True, kw_only=True)
class Memory:
    """The one thing in the core that changes: whoever decides leaves here what he read.

    Args:
        reading: The last reading of the columns.
        bills: Its invoices, as signs of fraud and error look at them.
        matched: The documents matched last, and what came of them.
    """

    reading: Reading | None = None
    bills: Bills | None = None
    matched: LastMatched = field(default_factory=LastMatched)
