"""What a person told the utility: by telephone, on the web or at the counter. Order, incident and notice
hang on it, and it keeps what came with it (WO-05)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"
    WECHAT = "wechat"
    SMS = "sms"
    WALK_IN = "walk_in"
    OPEN311 = "open311"
    HOTLINE_12345 = "12345"
    STAFF = "staff"


class Symptom(StrEnum):
    """facts-water 4.9."""

    NO_WATER = "no_water"
    LOW_PRESSURE = "low_pressure"
    INTERMITTENT = "intermittent"
    BURST_VISIBLE = "burst_visible"
    WET_GROUND = "wet_ground"
    DISCOLOURED_YELLOW = "discoloured_yellow"
    DISCOLOURED_BLACK = "discoloured_black"
    DISCOLOURED_MILKY = "discoloured_milky"
    ODOUR = "odour"
    SEDIMENT = "sediment"
    NOISE = "noise"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A photo, a recording or a document that came with it. url: where it is kept; sha256: of its bytes."""

    name: str
    media_type: str
    sha256: str
    size: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TriageAnswer:
    """question: of the tree that asks whether it is indoors (HL-15), by its id."""

    question: str
    yes: bool


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """To a question of the service's form, in the words that were read when it was asked."""

    field: str
    name: Text
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Nothing personal stands here: who reported is `account` or `person`, whose phones are in the vault.

    text: as it was said. since_ns: since when, as the caller says. taken_by: the agent; None for what came
    by itself. call: the telephone system's id of the call. outlets, neighbours: what the caller says of them.
    wants_update: hears of the restoration; at_night: also between 22:00 and 07:00. token: by which it is
    followed in public (`core.model.tracking`). taken_back_ns: put down by mistake; it counts for nothing.
    triage: what the caller answered when asked whether it is indoors. answers: to the
    questions of the service."""

    id: str
    channel: Channel
    at_ns: int
    symptom: Symptom = Symptom.OTHER
    service: str | None = None
    text: str | None = None
    taken_by: str | None = None
    account: str | None = None
    person: str | None = None
    call: str | None = None
    zone: str | None = None
    street: str | None = None
    address: str | None = None
    x: float | None = None
    y: float | None = None
    since_ns: int | None = None
    outlets: str | None = None
    neighbours: bool | None = None
    attachments: tuple[Attachment, ...] = ()
    wants_update: bool = False
    at_night: bool = False
    work_order: str | None = None
    incident: str | None = None
    seq: int = 0
    token: str | None = None
    taken_back_ns: int | None = None
    triage: tuple[TriageAnswer, ...] = ()
    answers: tuple[FormAnswer, ...] = ()

    @property
    def followed_ns(self) -> int | None:
        """When it was taken, of one that can be followed."""
        return self.at_ns if self.token else None
