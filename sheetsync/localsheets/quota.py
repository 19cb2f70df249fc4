"""Google's quotas: 300 a minute a project, 60 a minute a user, reads and writes apart.

Decides: when a call is answered 429.
Never: counts a batch by its parts; a batch is one request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sheetsync.localsheets.errors import GoogleError

PROJECT_LIMIT = 300
USER_LIMIT = 60
MINUTE_S = 60.0
CONSUMER = "project_number:123456789012"


def quota_error(*, writes: bool, per_user: bool) -> GoogleError:
    """The 429 of an exceeded quota."""
    kind = "Write" if writes else "Read"
    limit = f"{kind} requests per minute" + (" per user" if per_user else "")
    metric = f"{kind} requests"
    name = f"{kind}RequestsPerMinutePer" + ("User" if per_user else "Project")
    metadata: dict[str, Any] = {
        "quota_limit": name,
        "quota_limit_value": str(USER_LIMIT if per_user else PROJECT_LIMIT),
        "quota_location": "global",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "quota_unit": "1/min/{project}" + ("/{user}" if per_user else ""),
        "consumer": CONSUMER.replace("project_number:", "projects/"),
        "service": "sheets.googleapis.com",
    }
    return GoogleError(
        429,
        f"Quota exceeded for quota metric '{metric}' and limit '{limit}' of service "
        f"'sheets.googleapis.com' for consumer '{CONSUMER}'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": metadata,
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )


class Quota:
    """Windows of one minute, for the project and for each user, reads and writes apart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[tuple[bool, str], tuple[float, int]] = {}

    def take(self, email: str, *, writes: bool, drive: bool) -> None:
        """Count one request, or refuse it. Drive has its own, far larger quotas."""
        if drive:
            return
        now = self._clock()
        for who, limit, per_user in ((email, USER_LIMIT, True), ("", PROJECT_LIMIT, False)):
            if self._count((writes, who), now) >= limit:
                raise quota_error(writes=writes, per_user=per_user)
        for who in (email, ""):
            since, used = self._window((writes, who), now)
            self._used[writes, who] = (since, used + 1)

    def _window(self, key: tuple[bool, str], now: float) -> tuple[float, int]:
        since, used = self._used.get(key, (now, 0))
        return (now, 0) if now - since >= MINUTE_S else (since, used)

    def _count(self, key: tuple[bool, str], now: float) -> int:
        return self._window(key, now)[1]
