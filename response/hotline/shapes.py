"""What the hotline's card holds."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.account import Segment
from core.model.notice import NoticeState, Progress
from core.model.telephone import NumberKind
from core.model.text import Text
from response.cause import surely_off
from response.concern import Concern
from response.hotline.around import Neighbours, OrderFacts, Past
from response.hotline.script import Back, Script
from response.hotline.search.searching import Found as By
from response.hotline.triage import Node
from response.nearby import SensorNow
from response.notices.standing import Supplied
from response.progress import stages
from response.questions import Question
from response.site import shown
from response.verdict import Confidence, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """Who is calling, as far as an agent needs it: never a whole name or telephone number. supplied: by what
    was published, else by what is drafted: one of five answers (ON-03)."""

    id: str
    label: str
    tel_masked: str
    address: str
    building: str
    storey: int
    zone: str
    zone_name: Text
    meter: str
    segment: Segment
    secondary_supply: bool
    language: str = "zh"
    at_night: bool = False
    supplied: Supplied | None = None


class Sureness(StrEnum):
    """How well a match fits what was asked (HL-09)."""

    SURE = "sure"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Match:
    """One of several accounts that a question may mean. by: what it was found by."""

    account: str
    label: str
    address: str
    segment: Segment
    by: By
    sureness: Sureness


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The call that the card is about. number: masked. bindable: its number may be put down as somebody's
    own; bound: it is the shown account's already."""

    call: str
    number: str
    kind: NumberKind
    bindable: bool
    bound: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """What was put down of the call already, and the order that it hangs on."""

    report: str
    work_order: str | None


class Action(StrEnum):
    """What the first of the three buttons does."""

    CASE = "case"
    """Open the case that this account has already (HL-13)."""
    LINK = "link"
    """Put the caller down with what is known, and tell them when it is over (HL-12)."""
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A notice or draft that reaches the caller, and what hangs on it. sure: shut valves leave them without
    water."""

    notice: str
    notice_state: NoticeState
    notice_version: int
    title: Text
    incident: str | None
    work_orders: tuple[str, ...]
    supply: str
    sure: bool
    reason: str
    starts_ns: int
    eta_earliest_ns: int | None
    eta_latest_ns: int | None
    next_update_ns: int | None
    published_ns: int | None
    progress: tuple[tuple[Progress, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """verdict is None while it is not known who is meant: `matches` then holds the choice (at most 20 of
    n_matches), or nothing was found. as_of_ns: the newest reading shown; None when there is none."""

    verdict: Verdict | None
    words: Text
    confidence: Confidence
    as_of_ns: int | None = None
    data_age_s: float | None = None
    account: AccountFacts | None = None
    matches: tuple[Match, ...] = ()
    n_matches: int = 0
    ready: bool = True
    """False while the directory of addresses is made for the first time."""
    caller: Caller | None = None
    linked: Linked | None = None
    back: Back | None = None
    standing: tuple[Standing, ...] = ()
    orders: tuple[OrderFacts, ...] = ()
    sensors: tuple[SensorNow, ...] = ()
    neighbours: Neighbours | None = None
    past: Past | None = None
    script: Script | None = None
    triage: tuple[Node, ...] = ()
    action: Action = Action.REPORT
    questions: tuple[Question, ...] = ()


def standing_of(concern: Concern) -> Standing:
    notice = concern.notice
    return Standing(
        notice=notice.id,
        notice_state=notice.state,
        notice_version=notice.version,
        title=notice.title,
        incident=notice.incident,
        work_orders=tuple(order.id for order in concern.orders),
        supply=concern.supply,
        sure=surely_off(concern),
        reason=concern.reason,
        starts_ns=notice.starts_ns,
        eta_earliest_ns=notice.eta_earliest_ns,
        eta_latest_ns=notice.eta_latest_ns,
        next_update_ns=notice.next_update_ns,
        published_ns=notice.published_ns,
        progress=stages(notice, shown(concern.orders), concern.turned),
    )
