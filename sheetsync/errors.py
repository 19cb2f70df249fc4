"""The exceptions of sheetsync: who can mend what went wrong decides the class.

A problem that someone with the sheet open can mend is never an exception: it is a `Finding`.
"""

from __future__ import annotations


class SheetsyncError(Exception):
    """Something an operator reads: what happened, to what, and what to do.

    Args:
        message: What happened, in one sentence.
        subject: The file, tab, address or mail that it is about.
        remedy: What to do about it, in the imperative.
    """

    retryable = False

    def __init__(self, message: str, *, subject: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.remedy = remedy

    def __str__(self) -> str:
        """Subject, message and remedy as one line for logs and terminals."""
        head = f"{self.subject}: {self.message}" if self.subject else self.message
        return f"{head} {self.remedy}".rstrip()


class AskedAmiss(SheetsyncError):
    """What was typed on the command line names nothing that there is, or cannot be read."""


class SetupError(SheetsyncError):
    """An operator or admin must edit something before the worker can go on."""


class ConfigError(SetupError):
    """`config.yaml` cannot be used as it stands."""


class RulesError(SetupError):
    """A file under `rules/` cannot be used as it stands."""


class TemplateError(SetupError):
    """A mail template cannot be rendered."""


class TabMissing(SetupError):
    """A tab that the worker cannot do without is not in the spreadsheet."""


class AccessDenied(SetupError):
    """Google refuses the worker's account this spreadsheet or this range."""


class WorkbookError(SheetsyncError):
    """Google Sheets could not be read or written just now."""

    retryable = True


class QuotaExceeded(WorkbookError):
    """Too many requests in a minute; `retry_after_s` says when to come back, in seconds."""

    def __init__(self, message: str, *, retry_after_s: float, subject: str = "") -> None:
        super().__init__(message, subject=subject)
        self.retry_after_s = retry_after_s


class WorkbookUnavailable(WorkbookError):
    """No answer, a time-out, or a server error."""


class StateError(SheetsyncError):
    """The state store cannot be used just now."""


class LeaseHeld(StateError):
    """Another worker serves this spreadsheet; skip this tick."""


class LeaseLost(StateError):
    """Our lease ran out and another worker took over; what we decided must not be settled."""


class SchemaTooNew(StateError):
    """The state store was written by a newer sheetsync."""


class MailError(SheetsyncError):
    """A mail could not be delivered; it stays in the outbox."""

    retryable = True


class MailRefused(MailError):
    """The address or the receiving server refuses this mail; a person must mend the address."""

    retryable = False


class MailUncertain(SheetsyncError):
    """The connection broke between the end of a mail and the server's answer: it may have arrived.

    Never sent again without a person, and never reported as failed.
    """


class SafetyStop(SheetsyncError):
    """A person must look before anything is written; `reasons` lists why.

    `cause` is one word, the same as long as it is the same trouble, whatever its reasons count;
    `about` tells what must be told again although the cause is the same.
    """

    def __init__(
        self,
        reasons: tuple[str, ...],
        *,
        remedy: str,
        cause: str = "",
        about: str = "",
        subject: str = "",
    ) -> None:
        super().__init__(
            "Nothing was written: " + " ".join(reasons), subject=subject, remedy=remedy
        )
        self.reasons = reasons
        self.cause = cause
        self.about = about
