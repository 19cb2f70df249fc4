"""Google's refusals, as one exception.

Decides: the wording and the body of every error that the local server answers.
Never: is raised for a fault of the server itself; that would be a bug.
"""

from __future__ import annotations

from typing import Any

BAD_REQUEST = 400
STATUS_OF_CODE = {
    BAD_REQUEST: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class GoogleError(Exception):
    """A refusal in Google's words.

    Attributes:
        code: HTTP status.
        message: The text that Google shows.
        details: The `details` list of the Sheets error body, if any.
        reason: Drive's reason; when set the body has Drive's older form.
        location: Drive's `location`, the parameter at fault.
        status: The canonical name of the refusal, where the code has more than one.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        details: list[dict[str, Any]] | None = None,
        reason: str | None = None,
        domain: str = "global",
        location: str | None = None,
        status: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.reason = reason
        self.domain = domain
        self.location = location
        self.status = status or STATUS_OF_CODE.get(code, "UNKNOWN")

    def within(self, place: str) -> GoogleError:
        """The same refusal with the place of the request in front: `Invalid requests[0].x: …`."""
        if self.details is not None or self.code != BAD_REQUEST:
            return self
        return GoogleError(self.code, f"Invalid {place}: {self.message}")

    def body(self) -> dict[str, Any]:
        """The JSON body that Google sends with it."""
        if self.reason is not None:
            return {"error": self._drive_error()}
        error: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "status": self.status,
        }
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}

    def _drive_error(self) -> dict[str, Any]:
        first: dict[str, Any] = {
            "message": self.message,
            "domain": self.domain,
            "reason": self.reason,
        }
        if self.location is not None:
            first |= {"location": self.location, "locationType": "parameter"}
        return {"code": self.code, "message": self.message, "errors": [first]}


def bad_request(message: str) -> GoogleError:
    """400 INVALID_ARGUMENT."""
    return GoogleError(400, message)


def bad_field(field: str, description: str) -> GoogleError:
    """400 with the field violation that Google's JSON reader adds."""
    violation = {"description": description}
    if field:
        violation = {"field": field, "description": description}
    return GoogleError(
        400,
        description,
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [violation],
            }
        ],
    )


def not_found() -> GoogleError:
    """404 as Sheets says it."""
    return GoogleError(404, "Requested entity was not found.")


def file_not_found(file_id: str) -> GoogleError:
    """404 as Drive says it, also to strangers: they must not learn that the file exists."""
    return GoogleError(404, f"File not found: {file_id}.", reason="notFound", location="fileId")


def forbidden() -> GoogleError:
    """403 as Sheets says it."""
    return GoogleError(403, "The caller does not have permission")


def protected() -> GoogleError:
    """The refusal to edit a protected cell."""
    return bad_request(
        "You are trying to edit a protected cell or object. Please contact the spreadsheet "
        "owner to remove protection if you need to edit."
    )
