"""People at their sheets: gspread as they would use it, each with credentials of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import gspread
from google.oauth2.service_account import Credentials
from gspread.utils import ValueInputOption, ValueRenderOption, rowcol_to_a1

from sheetsync.localsheets import LocalSheets

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
)
GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")

Cell = str | int | float | bool


class _LocalCredentials(Credentials):
    """Signed for the local server alone: Google is not asked about its accounts."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


class Person:
    """Somebody with an address, a key, and unchanged gspread pointed at the local server."""

    def __init__(self, server: LocalSheets, email: str) -> None:
        self.email = email
        origin = server.url

        class Local(gspread.HTTPClient):
            def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> Any:
                for google in GOOGLE:
                    endpoint = endpoint.replace(google, origin)
                return super().request(method, endpoint, *args, **options)

        info = server.register(email)
        # google-auth has no types of its own.
        key = _LocalCredentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
        self.client = gspread.Client(key, http_client=Local)

    def create(self, title: str) -> gspread.Spreadsheet:
        """A spreadsheet of this person's own."""
        return self.client.create(title)

    def at(self, spreadsheet_id: str, tab: str) -> Desk:
        """A tab, opened."""
        return Desk(self.client.open_by_key(spreadsheet_id).worksheet(tab))

    def leave(self) -> None:
        """Close the browser."""
        self.client.http_client.session.close()


class Desk:
    """A tab in front of a person: rows found by what they show, columns by their headers."""

    def __init__(self, tab: gspread.Worksheet) -> None:
        self.tab = tab

    @property
    def headers(self) -> list[str]:
        """Row 1."""
        return [str(header) for header in self.tab.row_values(1)]

    def rows(self) -> list[dict[str, Any]]:
        """Every row below the headers as it shows, blank cells as ""."""
        values = self.tab.get_values(value_render_option=ValueRenderOption.unformatted)
        headers, *rows = values or [[]]
        return [dict(zip(headers, row, strict=False)) for row in rows]

    def row(self, **where: Cell) -> dict[str, Any]:
        """The one row that shows this; headers in lower case with underscores."""
        return self._find(where)[1]

    def type(self, where: Mapping[str, Cell], **cells: Cell) -> None:
        """Type into cells of the row that shows `where`, as if by hand."""
        row, _ = self._find(where)
        headers = self.headers
        self.tab.batch_update(
            [
                {"range": rowcol_to_a1(row, _column(name, headers) + 1), "values": [[value]]}
                for name, value in cells.items()
            ],
            value_input_option=ValueInputOption.user_entered,
        )

    def add(self, *rows: Mapping[str, Cell]) -> None:
        """Type new rows below the last one, as if by hand."""
        headers = self.headers
        first = len(self.tab.get_values()) + 1
        lacking = first + len(rows) - 1 - self.tab.row_count
        if lacking > 0:
            self.tab.add_rows(lacking)
        cells = [_line(row, headers) for row in rows]
        self.tab.update(
            range_name=f"A{first}", values=cells, value_input_option=ValueInputOption.user_entered
        )

    def delete(self, **where: Cell) -> None:
        """Delete the row that shows this."""
        row, _ = self._find(where)
        self.tab.delete_rows(row)

    def sort_by(self, header: str, order: Literal["asc", "des"] = "asc") -> None:
        """Sort the whole tab by a column."""
        self.tab.sort((_column(header, self.headers) + 1, order))

    def _find(self, where: Mapping[str, Cell]) -> tuple[int, dict[str, Any]]:
        found = [
            (number, row)
            for number, row in enumerate(self.rows(), start=2)
            if all(_shows(row, name, value) for name, value in where.items())
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} rows of {self.tab.title} show {dict(where)}")
        return found[0]


def _line(row: Mapping[str, Cell], headers: Sequence[str]) -> list[Cell]:
    cells: list[Cell] = [""] * len(headers)
    for name, value in row.items():
        cells[_column(name, headers)] = value
    return cells


def _column(name: str, headers: Sequence[str]) -> int:
    plain = [header.casefold().replace(" ", "_") for header in headers]
    return plain.index(name.casefold().replace(" ", "_"))


def _shows(row: Mapping[str, Any], name: str, value: Cell) -> bool:
    for header, cell in row.items():
        if header.casefold().replace(" ", "_") == name.casefold().replace(" ", "_"):
            return str(cell) == str(value)
    return False
