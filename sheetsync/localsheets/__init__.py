"""A local Google Sheets: Sheets v4 and the Drive v3 calls around it, on 127.0.0.1.

Decides nothing of ours: it imports nothing of the project and could be published on its own.
"""

from sheetsync.localsheets.embed import LocalSheets
from sheetsync.localsheets.server import CallRecord

__all__ = ["CallRecord", "LocalSheets"]
