"""What would happen under other rules: the state as it stands, or the past told by the journal.

Two outlooks on the same facts, one by the rules in force and one by others, and the difference
between them in words and figures. Never: writes, or says what people would have done.
"""

from sheetsync.core.whatif.changed_rules import ChangedKey, changed_keys
from sheetsync.core.whatif.difference import Difference, compare
from sheetsync.core.whatif.outlook import Outlook, outlook
from sheetsync.core.whatif.replay import Replay, replay

__all__ = [
    "ChangedKey",
    "Difference",
    "Outlook",
    "Replay",
    "changed_keys",
    "compare",
    "outlook",
    "replay",
]
