"""From a service account's key file to a client.

google-auth takes the address of its token server from the key itself (`token_uri`).

Never: reads config.yaml.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.oauth2 import service_account

from sheetsync.errors import ConfigError
from sheetsync.sheets.quota import Quota
from sheetsync.sheets.transport import SheetsHTTPClient

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
"""Cells and tabs of the files that are shared with the account; no Drive."""


class _LocalCredentials(service_account.Credentials):
    """A key of the local server.

    Recent releases of google-auth ask Google, in the background, from which regions an account may
    be used. Google does not know the accounts of a local server and must not see their tokens.
    """

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def connect(
    credentials: Path,
    api_origin: str | None = None,
    *,
    quota: Quota | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> SheetsHTTPClient:
    """A client that signs its requests with the service account's key, within a quota.

    Raises:
        ConfigError: There is no such file, or it is no service account's key.
    """
    kind: Any = _LocalCredentials if api_origin else service_account.Credentials
    try:
        auth = kind.from_service_account_file(str(credentials), scopes=SCOPES)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"This is no key of a service account: {error}",
            subject=str(credentials),
            remedy="Download a JSON key of the service account and name it in `config.yaml`.",
        ) from error
    return SheetsHTTPClient(auth, api_origin=api_origin, quota=quota, wait=wait)
