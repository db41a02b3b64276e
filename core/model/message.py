"""What is said to somebody outside the hub, and what came of saying it."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Lang, Text


class MessageKind(StrEnum):
    """call: somebody is needed. over: nobody is any more. test: is this way to a person open? silence: the
    auditor found that a call was due and nobody was told. notice: a customer is told of their water. code: a
    caller is sent what they follow their report by. fire: the fire service is told of hydrants."""

    CALL = "call"
    OVER = "over"
    TEST = "test"
    SILENCE = "silence"
    REMINDER = "reminder"
    NOTICE = "notice"
    CODE = "code"
    FIRE = "fire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """key: the same however often this message is sent, so that a receiver knows it again. to: an address as
    its channel has them. subject: the incident or alarm. count: alarms it stands for. link: the desk's page
    of it, or for customers the notice's; empty without one. began_ns, at_ns: when it became due and when this
    was written, plant time. lang: which of both this person reads. template, variables: for channels that
    send registered templates only, its id there and what fills its places, in their order."""

    key: str
    kind: MessageKind
    to: str
    title: Text
    body: Text
    subject: str
    priority: int
    count: int
    began_ns: int
    at_ns: int
    link: str = ""
    lang: Lang = "zh"
    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()


class Trouble(StrEnum):
    """Why a message was not taken."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    SERVER = "server"
    TLS = "tls"
    LOGIN = "login"
    ADDRESS = "address"
    CONTENT = "content"
    FORBIDDEN = "forbidden"
    """The hub itself will not connect there: configured addresses only."""
    SECRET = "secret"
    """The file with the password or key cannot be read."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider has taken it upon itself. receipt: its own name for it, or what it said."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Retry:
    """It may be taken later; after_s: not before, where the provider says so."""

    reason: Trouble
    detail: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not be taken, however often it is tried: somebody has to mend something."""

    reason: Trouble
    detail: str


Delivery = Delivered | Retry | Refused


class Fate(StrEnum):
    """What a provider says later of a message that it took."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Heard:
    """receipt: the provider's own name for the message, as in `Delivered`."""

    receipt: str
    fate: Fate
    detail: str = ""
