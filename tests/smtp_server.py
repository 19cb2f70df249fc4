"""A real SMTP server on loopback that keeps what it takes, for the tests of sending."""

from __future__ import annotations

from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Inbox:
    """An SMTP server's memory, and what it refuses."""

    def __init__(self, *, rcpt="250 OK", data="250 Message accepted"):
        self.rcpt = rcpt
        self.data = data
        self.envelopes = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  aiosmtpd's name
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd's name
        if self.data.startswith("250"):
            self.envelopes.append(envelope)
        return self.data

    def only(self):
        (envelope,) = self.envelopes
        return message_from_bytes(envelope.content, policy=policy.default)


class LoopbackController(Controller):
    """aiosmtpd on a free port of 127.0.0.1."""

    def __init__(self, inbox, **options):
        super().__init__(inbox, hostname="127.0.0.1", port=0, server_hostname="mx", **options)

    def _trigger_server(self):
        # aiosmtpd greets its own port, which it does not know when the system chose it.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def server_of(inbox, **options):
    controller = LoopbackController(inbox, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
