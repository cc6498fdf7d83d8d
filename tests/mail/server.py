"""A real mail server for tests, on loopback: it takes mails, or refuses them as it is told."""

import asyncio
import logging
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.databases import free_port


class MailServer:
    """What has arrived, in order, and what is refused: by recipient, or every mail with `answer`.

    A mail takes `delay` seconds; half of them it has arrived and is not answered yet.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: list[Message] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refused_recipients: set[str] = set()
        self.answer = "250 OK"
        self.delay = 0.0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        await asyncio.sleep(self.delay / 2)
        if self.answer.startswith("250"):
            self.arrived.append(message_from_bytes(envelope.content))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        await asyncio.sleep(self.delay / 2)
        return self.answer


logging.getLogger("mail.log").setLevel(logging.ERROR)


@contextmanager
def mail_server(*, password: str = "", certificate: Path | None = None) -> Iterator[MailServer]:
    """Run a mail server; with a password the user `tixallo` can sign in, with a certificate it offers TLS."""
    server = MailServer(free_port())
    options: dict[str, Any] = {}
    if password:

        def check(smtp: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            given = isinstance(data, LoginPassword) and (data.login, data.password)
            return AuthResult(success=given == (b"tixallo", password.encode()), handled=False)

        options = {"authenticator": check, "auth_require_tls": False}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options["tls_context"] = context
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def self_signed(directory: Path) -> Path:
    """Make a certificate that nobody trusts."""
    path = directory / "mail.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*make, "-keyout", path, "-out", path], check=True, capture_output=True)
    return path
