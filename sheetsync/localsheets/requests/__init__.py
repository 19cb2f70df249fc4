"""Every kind of batchUpdate request that is served, by name."""

from sheetsync.localsheets.requests.batch import Carry
from sheetsync.localsheets.requests.blocks import BLOCKS
from sheetsync.localsheets.requests.cells import CELLS
from sheetsync.localsheets.requests.dimensions import DIMENSIONS
from sheetsync.localsheets.requests.groups import GROUPS
from sheetsync.localsheets.requests.locks import LOCKS
from sheetsync.localsheets.requests.merges import MERGES
from sheetsync.localsheets.requests.metadata import METADATA
from sheetsync.localsheets.requests.named import NAMED
from sheetsync.localsheets.requests.objects import OBJECTS
from sheetsync.localsheets.requests.order import ORDER
from sheetsync.localsheets.requests.paste import PASTES
from sheetsync.localsheets.requests.rules import RULES
from sheetsync.localsheets.requests.tabs import TABS

KINDS: dict[str, Carry] = {
    **TABS,
    **CELLS,
    **DIMENSIONS,
    **BLOCKS,
    **PASTES,
    **ORDER,
    **LOCKS,
    **MERGES,
    **NAMED,
    **GROUPS,
    **RULES,
    **OBJECTS,
    **METADATA,
}
