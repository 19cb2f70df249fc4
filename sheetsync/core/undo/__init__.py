"""What would undo what happened, and why something cannot be undone.

Events of people's cells are taken back from the newest to the oldest: the old value, if the cell
still shows the new one; a deleted row, if none stands there now. Several changes of one cell become
one, from what it shows to what it showed before the oldest of them. Whether a value may stand is
for the corridor to say, as for typing.

Never: writes, or judges a lock.
"""

from sheetsync.core.undo.taking_back import (
    Compensation,
    Refusal,
    Undoing,
    compensations,
)

__all__ = ["Compensation", "Refusal", "Undoing", "compensations"]
