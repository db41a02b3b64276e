"""Messages as e-mail (RFC 5321, 6409; TLS by RFC 3207 and 8314), each over a connection of its own."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from core.model.message import Delivered, Delivery, Message, MessageKind, Refused, Retry, Trouble

DEADLINE_S = 20.0
AT_ONCE = 4
_NO_MAILBOX = (550, 551, 553)


class Tls(StrEnum):
    """starttls: on the submission port (587); implicit: TLS from the first byte (465); none: a relay on this
    machine."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass
class _Held:
    """What a thread talks through, so that another may hang up. gone: it is not to begin any more."""

    server: smtplib.SMTP | None = None
    gone: bool = False

    def hang_up(self) -> None:
        self.gone = True
        sock = getattr(self.server, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@dataclass
class SmtpNotifier:
    """`core.ports.notifier.Notifier`. sender: the mailbox it comes from. password_file, ca_file: read at each
    message."""

    host: str
    port: int
    sender: str
    tls: Tls = Tls.STARTTLS
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    deadline_s: float = DEADLINE_S
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "smtp"))

    async def send(self, message: Message) -> Delivery:
        held = _Held()
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._told, message, held)
        try:
            async with asyncio.timeout(self.deadline_s):
                return await asyncio.shield(work)
        except TimeoutError:
            return Retry(Trouble.TIMEOUT, f"{self.host}:{self.port}: not done within {self.deadline_s:g} s")
        finally:
            if not work.done():
                held.hang_up()
                work.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _told(self, message: Message, held: _Held) -> Delivery:
        try:
            password = self.password_file.read_text().strip() if self.password_file else ""
            trust = ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            return Refused(Trouble.SECRET, str(error))
        try:
            letter = letter_of(message, self.sender)
            return self._posted(letter, message.to, password, trust, held)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _meaning(error)

    def _posted(
        self, letter: EmailMessage, to: str, password: str, trust: ssl.SSLContext, held: _Held
    ) -> Delivery:
        kind: Callable[..., smtplib.SMTP] = smtplib.SMTP
        more: dict[str, ssl.SSLContext] = {}
        if self.tls is Tls.IMPLICIT:
            kind, more = smtplib.SMTP_SSL, {"context": trust}
        server = kind(timeout=self.deadline_s, **more)
        server._host = self.host  # type: ignore[attr-defined]  # what its own TLS is to be verified against
        held.server = server
        try:
            server.connect(self.host, self.port)
            if held.gone:
                return Retry(Trouble.TIMEOUT, "given up")
            if self.tls is Tls.STARTTLS:
                server.starttls(context=trust)
            if self.username is not None:
                server.login(self.username, password)
            server.ehlo_or_helo_if_needed()
            for code, said in (server.mail(self.sender), server.rcpt(to)):
                if code >= 300:
                    raise smtplib.SMTPResponseException(code, said)
            code, said = server.data(letter.as_bytes(policy=SMTP))
            if code >= 300:
                raise smtplib.SMTPResponseException(code, said)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            return Delivered(f"{code} {said.decode(errors='replace')}")
        finally:
            server.close()


def letter_of(message: Message, sender: str) -> EmailMessage:
    """Both languages in one, the Chinese first. The Message-ID follows from the key: a letter sent twice is
    one to most mail programs. Raises ValueError for an address that is none."""
    letter = EmailMessage()
    letter["Subject"] = " ".join(f"[P{message.priority}] {message.title.zh} / {message.title.en}".split())
    letter["From"], letter["To"] = _mailbox(sender), _mailbox(message.to)
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = f"<{sha256(message.key.encode()).hexdigest()[:32]}@waterhub>"
    letter["Auto-Submitted"] = "auto-generated"
    if message.kind is MessageKind.CALL and message.priority == 1:
        letter["Importance"] = "high"
    link = f"\n\n{message.link}" if message.link else ""
    letter.set_content(f"{message.body.zh}\n\n{message.body.en}{link}\n", cte="base64")
    return letter


def _mailbox(text: str) -> Address:
    """Raises ValueError where the library's parser raises whatever it stumbles over."""
    try:
        return Address(addr_spec=text)
    except (MessageError, AttributeError, IndexError) as error:
        raise ValueError(f"{text!r} is no mailbox: {error}") from error


def _meaning(error: Exception) -> Delivery:
    match error:
        case ssl.SSLError():
            return Refused(Trouble.TLS, str(error))
        case smtplib.SMTPAuthenticationError():
            return _answered(error, Trouble.LOGIN)
        case smtplib.SMTPResponseException():
            return _answered(error, Trouble.ADDRESS if error.smtp_code in _NO_MAILBOX else Trouble.CONTENT)
        case smtplib.SMTPNotSupportedError():
            return Refused(Trouble.TLS, str(error))
        case TimeoutError():
            return Retry(Trouble.TIMEOUT, str(error) or "no answer in time")
        case smtplib.SMTPException() | OSError():
            return Retry(Trouble.UNREACHABLE, str(error) or type(error).__name__)
        case _:
            return Refused(Trouble.CONTENT, str(error))


def _answered(error: smtplib.SMTPResponseException, permanent: Trouble) -> Delivery:
    said = (
        error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    )
    told = f"{error.smtp_code} {said}"
    if 400 <= error.smtp_code < 500:
        return Retry(Trouble.BUSY if permanent is not Trouble.LOGIN else Trouble.SERVER, told)
    return Refused(permanent, told)
