"""A real SMTP server (aiosmtpd) that keeps what it is sent, and refuses or hangs as a test bids it."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Mailbox:
    """rcpt, data: what is answered in place of a yes. hang: nothing more is said after RCPT."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    hang: threading.Event = field(default_factory=threading.Event)
    hung: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list) -> str:
        if self.hang.is_set():
            self.hung += 1
            await asyncio.sleep(30)
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        if self.data:
            return self.data.pop(0)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return f"250 queued as {len(self.letters)}"


@contextmanager
def mailbox_at(
    port: int, tls: tuple[str, str] | None = None, password: str | None = None
) -> Iterator[Mailbox]:
    """tls: STARTTLS with these files, required. password: a login is required, of anybody with it."""
    mailbox, more = Mailbox(port), {}
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        more |= {"tls_context": context, "require_starttls": True}
    if password is not None:

        def may(_: SMTP, __: Session, ___: Envelope, ____: str, login: object) -> AuthResult:
            mailbox.logins.append((login.login, login.password))
            return AuthResult(success=login.password == password.encode(), handled=False)

        more |= {"authenticator": may, "auth_required": True, "auth_require_tls": tls is not None}
    controller = Controller(mailbox, "127.0.0.1", port, **more)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
