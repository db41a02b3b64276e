"""escalation.yaml: who is told, by which ways, in which order, when nobody acknowledges. People stand here by
position and by the phone or mailbox that is handed over with the shift, never by name."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from core.model.text import Text

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Priority = Annotated[int, Field(ge=1, le=4)]
LEAST_WAIT_MIN = 0.25
WEEK_MIN = 7 * 24 * 60.0


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def address(url: str) -> SplitResult:
    """What can be connected to. Raises ValueError for a host or port that no name server is asked for."""
    found = urlsplit(url)
    if not url.isprintable() or not (found.hostname or "").isascii():
        raise ValueError("write the host in ASCII (xn--...), and nothing that cannot be seen")
    (found.hostname or "").encode("idna")
    if found.port == 0:
        raise ValueError("port 0 is none")
    return found


def _outgoing(url: str) -> str:
    found = address(url)
    if found.scheme not in ("https", "http") or not found.hostname or found.username or found.fragment:
        raise ValueError("write it as https://host/path, without a name or password in it")
    if found.scheme == "http" and found.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(f"{found.hostname} without TLS: use https")
    return url


Outgoing = Annotated[str, AfterValidator(_outgoing)]
"""Where messages are posted to."""


class _Channel(_Tree):
    """name: what screens call it; without one its kind and its id."""

    id: Id
    name: Text | None = None


class SmtpChannel(_Channel):
    """tls: starttls (587), implicit (465), or none for a relay on this machine. Passwords stand in a file of
    mode 0400."""

    type: Literal["smtp"]
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _never_open_by_accident(self) -> "SmtpChannel":
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together: give both or neither")
        if self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(f"{self.host} without TLS: use starttls or implicit")
        return self


class WebhookChannel(_Channel):
    """internal: the host may be in the utility's own network. tells_over: it is told, too, that nobody is
    needed any more (a gateway that goes on ringing)."""

    type: Literal["webhook"]
    url: Outgoing
    secret_file: Path
    ca_file: Path | None = None
    internal: bool = False
    tells_over: bool = True


class FolderChannel(_Channel):
    """A file a message, in a folder of the data folder: for a gateway that watches it."""

    type: Literal["folder"]
    folder: Id
    tells_over: bool = True


Channel = Annotated[SmtpChannel | WebhookChannel | FolderChannel, Field(discriminator="type")]


class Way(_Tree):
    """One address on one channel: a mailbox, a telephone number, whatever the channel knows."""

    id: Id
    channel: Id
    to: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class Contact(_Tree):
    """Who is reached: a phone or mailbox that goes with the shift. ways: the first is tried first."""

    id: Id
    name: Text
    ways: tuple[Way, ...] = Field(min_length=1)


class Rotation(_Tree):
    """They take turns of so many hours, from a stated moment on, for ever."""

    contacts: tuple[Id, ...] = Field(min_length=1)
    starts: datetime
    turn_h: float = Field(ge=0.25, le=366 * 24)

    @field_validator("starts")
    @classmethod
    def _zone(cls, starts: datetime) -> datetime:
        if starts.tzinfo is None:
            raise ValueError("give its time zone too, as 2026-01-01T08:00:00+08:00")
        return starts


class Weekly(_Tree):
    """On these days (1 Monday .. 7 Sunday) between these hours of the wall clock in Shanghai; over midnight
    when `until` is not after `since`."""

    contact: Id
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6, 7)
    since: Clock = "00:00"
    until: Clock = "24:00"


class Instead(_Tree):
    """Between two moments somebody else, or nobody, in place of whoever it would be."""

    contact: Id | None
    since: datetime
    until: datetime


class Position(_Tree):
    """Who is on call: `instead` before `weekly` before `rotation`."""

    id: Id
    name: Text
    rotation: Rotation | None = None
    weekly: tuple[Weekly, ...] = ()
    instead: tuple[Instead, ...] = ()


class Notify(_Tree):
    """ways: `first` goes on to the next only when one fails; `all` uses every one at once."""

    notify: tuple[Id, ...] = Field(min_length=1)
    ways: Literal["first", "all"] = "first"


class Wait(_Tree):
    wait_min: float = Field(ge=LEAST_WAIT_MIN, le=WEEK_MIN)


class Repeat(_Tree):
    """From the first step, so many times more."""

    repeat: int = Field(ge=1, le=100)


class UntilAck(_Tree):
    """From the first step, until an operator acknowledges: also when the alarm has gone meanwhile."""

    until_ack: Literal[True]


def _which(value: Any) -> str | None:
    keys = value.keys() if isinstance(value, Mapping) else getattr(type(value), "model_fields", ())
    return next((key for key in ("notify", "wait_min", "repeat", "until_ack") if key in keys), None)


Step = Annotated[
    Annotated[Notify, Tag("notify")]
    | Annotated[Wait, Tag("wait_min")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[UntilAck, Tag("until_ack")],
    Discriminator(
        _which,
        custom_error_type="step",
        custom_error_message="a step has one of the keys notify, wait_min, repeat, until_ack",
    ),
]


class Ladder(_Tree):
    """priority: of the alarms it is for. gather_s: how long an alarm waits for others of the same incident
    before anybody is told. again_min: so long after an answer another alarm of the same incident, unless it
    is worse, calls nobody."""

    priority: Priority
    gather_s: float = Field(default=15.0, ge=0, le=300)
    again_min: float = Field(default=10.0, ge=0, le=240)
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> "Ladder":
        if not isinstance(self.steps[0], Notify):
            raise ValueError("the first step must notify somebody: begin with notify")
        ends = [n for n, step in enumerate(self.steps) if isinstance(step, Repeat | UntilAck)]
        if ends not in ([], [len(self.steps) - 1]):
            raise ValueError("nothing comes after repeat or until_ack: make it the last step")
        if ends and not any(isinstance(step, Wait) for step in self.steps):
            raise ValueError("it would repeat without a pause: put a wait_min before the last step")
        if self.priority == 1 and not isinstance(self.steps[-1], UntilAck):
            raise ValueError("priority 1 is told until somebody acknowledges: end with until_ack")
        return self


class Policy(_Tree):
    """What an alarm's row names as its escalation_policy. A priority without a ladder calls nobody."""

    id: Id
    ladders: tuple[Ladder, ...] = Field(min_length=1)

    def ladder(self, priority: int) -> Ladder | None:
        return next((ladder for ladder in self.ladders if ladder.priority == priority), None)


class Auditor(_Tree):
    """The independent process that looks whether somebody was told: its own way out, best on a channel that
    calls do not use. dead_man: an address it asks for at every audit (https), so that somebody outside
    notices when it does not; internal: it may be in the utility's own network."""

    channel: Id
    to: str = Field(min_length=1)
    dead_man: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$")
    internal: bool = False

    @field_validator("dead_man")
    @classmethod
    def _url(cls, url: str | None) -> str | None:
        if url is not None:
            address(url)
        return url


class EscalationFile(_Tree):
    """default: the policy of alarms whose row names none, and of the hub's own. desk: the operators' address
    as people reach it, for the links. realarm_min: by priority, how long an acknowledged alarm of priority 1
    or 2 may stand before it annunciates again. verified_days: how long a test of a way counts."""

    desk: str = ""
    default: Id
    realarm_min: dict[Annotated[int, Field(ge=1, le=2)], Annotated[float, Field(gt=0, le=WEEK_MIN)]] = {
        1: 60.0,
        2: 240.0,
    }
    verified_days: float = Field(default=90.0, gt=0, le=3_660)
    channels: tuple[Channel, ...] = Field(min_length=1)
    contacts: tuple[Contact, ...] = Field(min_length=1)
    positions: tuple[Position, ...] = Field(min_length=1)
    policies: tuple[Policy, ...] = Field(min_length=1)
    auditor: Auditor | None = None

    def policy(self, id: str | None) -> Policy:
        """That of an alarm's row; the default's for a name that is not there."""
        known = {policy.id: policy for policy in self.policies}
        return known.get(id or self.default, known[self.default])

    def position(self, id: str) -> Position:
        return next(position for position in self.positions if position.id == id)

    def contact(self, id: str) -> Contact:
        return next(contact for contact in self.contacts if contact.id == id)
