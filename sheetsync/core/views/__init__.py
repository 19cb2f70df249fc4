"""The worker's columns as people should see them: one file per tab, each a function to rows.

A view says what every worker-owned cell of a row should show now; `compose` writes only what
differs. Never: decides anything, or looks at what the sheet shows.
"""

from sheetsync.core.views.all_tabs import views
from sheetsync.core.views.world import ShownRows, World

__all__ = ["ShownRows", "World", "views"]
