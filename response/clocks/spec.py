"""service-times.yaml: what the utility promised, who hears when a promise is about to be broken."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.model.account import Segment
from core.model.notice import NoticeKind
from core.model.service_clock import ClockName

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
_LIMIT = re.compile(r"(\d{1,4})\s*(min|h|d|working days?)")
_UNITS = {"min": MINUTE_S, "h": HOUR_S, "d": DAY_S}
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
HourOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Allowed:
    """seconds of every day, or working days: one of them is 0."""

    seconds: int = 0
    working_days: int = 0


def _allowed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _LIMIT.fullmatch(value.strip())
    if found is None or not int(found[1]):
        raise ValueError("write it as 45 min, 4 h, 2 d or 5 working days")
    n = int(found[1])
    return Allowed(n * _UNITS[found[2]]) if found[2] in _UNITS else Allowed(working_days=n)


def _seconds(value: Any) -> Any:
    found = _allowed(value)
    if isinstance(found, Allowed):
        if not found.seconds:
            raise ValueError("write it as 45 min, 4 h or 2 d: working days are not meant here")
        return found.seconds
    return found


Limit = Annotated[Allowed, BeforeValidator(_allowed, json_schema_input_type=str)]
Seconds = Annotated[int, BeforeValidator(_seconds, json_schema_input_type=str), Field(gt=0)]


class ClockRow(_Tree):
    """One promise. Of the rows of a clock the first that fits an order counts. kinds: of orders; none: all.
    over_mm, up_to_mm: the main's diameter; rings: areas as `rings` names them; time: of the day at which the
    clock begins; callers: only for orders that somebody reported. source: where the figure comes from."""

    clock: ClockName
    within: Limit
    kinds: tuple[str, ...] = ()
    priorities: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    over_mm: float = Field(default=0.0, ge=0)
    up_to_mm: float | None = Field(default=None, gt=0)
    rings: tuple[Id, ...] = ()
    time: Literal["any", "day", "night"] = "any"
    callers: bool = False
    source: str = ""

    @model_validator(mode="after")
    def _some(self) -> "ClockRow":
        if self.up_to_mm is not None and self.up_to_mm <= self.over_mm:
            raise ValueError(f"over_mm {self.over_mm:g} is not below up_to_mm {self.up_to_mm:g}")
        if self.clock is ClockName.PUBLIC_NOTICE:
            raise ValueError("public_notice is a notice's clock: set it under acute_quality")
        return self


class Night(_Tree):
    """Whole hours in Shanghai; over midnight when `until` is not after `since`."""

    since: int = Field(default=22, ge=0, le=23)
    until: int = Field(default=6, ge=0, le=23)

    def covers(self, hour: int) -> bool:
        if self.since < self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until


class _Hours(_Tree):
    """From one hour to a later one of the same day, in Shanghai."""

    since: HourOfDay
    until: HourOfDay

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.since >= self.until:
            raise ValueError("`since` comes before `until`")
        return self

    @property
    def seconds(self) -> tuple[int, int]:
        since, until = ((int(at[:2]) * 60 + int(at[3:])) * 60 for at in (self.since, self.until))
        return since, until


class DayHours(_Hours):
    """Hours of a working day that count. With 00:00 and 24:00 a period ends at midnight."""

    since: HourOfDay = "00:00"
    until: HourOfDay = "24:00"


class Rung(_Tree):
    """at_pct: of the time allowed. tell: positions of escalation.yaml; `crew` is whoever the order is
    assigned to (see crew_positions), and while nobody is, `unassigned`."""

    at_pct: int = Field(ge=1, le=1000)
    tell: tuple[Id, ...] = Field(min_length=1)


def _rising(ladder: tuple[Rung, ...]) -> tuple[Rung, ...]:
    steps = [rung.at_pct for rung in ladder]
    if steps != sorted(set(steps)):
        raise ValueError("the ladder's at_pct must rise")
    return ladder


Rungs = Annotated[tuple[Rung, ...], AfterValidator(_rising)]


class Idle(_Tree):
    """压单: no event by whoever has the order for longer than the smaller of the two. share: of the clock
    that runs, `accept` left out."""

    share: float = Field(default=0.2, gt=0, le=1)
    longest: Seconds = 2 * HOUR_S


class DutyRow(_Tree):
    """Who of the affected is spoken to in person, and how soon after it is known; of a planned cut, `lead`
    before it begins. how: `phone` alone, or `visit`, for which a telephone call will do too."""

    segment: Segment
    within: Seconds
    lead: Seconds = DAY_S
    how: Literal["phone", "visit"] = "phone"


class CallbackRules(_Tree):
    """sample: of the callers whose call-back is no must (complaints and priority 1 always are). not_from,
    not_until: nobody is called then; list_at: when the day's list is made (all hours in Shanghai).
    satisfied: the least mark, of 5, that counts as satisfied."""

    sample: float = Field(default=0.3, ge=0, le=1)
    attempts: int = Field(default=3, ge=1, le=9)
    not_from: int = Field(default=21, ge=0, le=24)
    not_until: int = Field(default=8, ge=0, le=24)
    list_at: int = Field(default=8, ge=0, le=23)
    satisfied: int = Field(default=4, ge=1, le=5)


class SlotRow(_Hours):
    """A window in which a crew comes, in Shanghai. days: on which it is offered, by the calendar. capacity:
    visits of one day."""

    id: Id
    name_zh: str
    name_en: str
    days: Literal["working", "rest", "all"] = "working"
    capacity: int = Field(ge=1, le=1000)


class Appointments(_Tree):
    """services: of the catalogue, for which a crew has to come in. ahead: days that may be booked; notice:
    the least time before a window begins."""

    services: tuple[Id, ...] = ()
    slots: tuple[SlotRow, ...] = ()
    ahead: int = Field(default=14, ge=0, le=60)
    notice: Seconds = 2 * HOUR_S

    @model_validator(mode="after")
    def _once(self) -> "Appointments":
        ids = [slot.id for slot in self.slots]
        if len(ids) != len(set(ids)):
            raise ValueError("a slot's id stands once")
        return self


class ReportRules(_Tree):
    """When the supervising authority is told: so many connections without water, or (expected to be) so long.
    within: how soon the report is due."""

    connections: int = Field(default=1000, ge=1)
    outage: Seconds = 12 * HOUR_S
    diameter_mm: float = Field(default=500.0, gt=0)
    within: Seconds = 2 * HOUR_S


class FireServiceRules(_Tree):
    """The fire service is told of hydrants without water (ON-13). tell: positions of escalation.yaml that are
    theirs; none: a person telephones. acknowledge: so soon they have said that they heard [K]; else, or when
    no way reaches them, `overdue` hears and telephones. again: the least time between two statements of the
    same notice, while its place is still being found."""

    tell: tuple[Id, ...] = ()
    acknowledge: Seconds = 10 * MINUTE_S
    again: Seconds = 2 * MINUTE_S
    overdue: tuple[Id, ...] = ()


class AcuteRules(_Tree):
    """Of these kinds the public is told within so long of the confirmed result (ON-12): tier 1 of 40 CFR
    141.202 [V, US]; no such limit of a Chinese rule is known here [K]. ladder: who hears, at which share."""

    kinds: tuple[NoticeKind, ...] = (NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK, NoticeKind.DO_NOT_USE)
    within: Seconds = DAY_S
    ladder: Rungs = ()
    source: str = "40 CFR 141.202 (US), tier 1: 24 h [K]"


class RestoreRow(_Tree):
    """The first estimate of restoration for mains up to this diameter."""

    up_to_mm: float | None = Field(default=None, gt=0)
    earliest: Seconds
    latest: Seconds


class NoticeTimes(_Tree):
    """update: the longest silence of a published emergency notice. neutral_after: so long without an approval
    the neutral text may be issued; review: so soon it is then looked at. lead: how long beforehand planned
    work is told (Regulation on Urban Water Supply, article 22 [K]); long_lead: where it lasts over `long`, as
    several companies promise."""

    update: Seconds = HOUR_S
    neutral_after: Seconds = 10 * MINUTE_S
    review: Seconds = HOUR_S
    lead: Seconds = DAY_S
    long: Seconds = 12 * HOUR_S
    long_lead: Seconds = 2 * DAY_S
    restore: tuple[RestoreRow, ...] = Field(min_length=1)


class ServiceTimesFile(_Tree):
    """profile: its name, stored with every clock. calendar: a CSV of days off and working weekends beside
    this file. rings: zones by the name of an area. crew_positions: by crew; unassigned: see `Rung`.
    duty_overdue, update_missed: positions that hear when a key customer, or the public, was told too late.
    close_restored: so long after its alarms have gone the hub closes an incident of which nothing is left
    open [P]; null: people alone do."""

    profile: Id
    calendar: str | None = None
    working_day: DayHours = DayHours()
    night: Night = Night()
    rings: dict[Id, tuple[str, ...]] = {}
    clocks: tuple[ClockRow, ...] = Field(min_length=1)
    ladder: Rungs = ()
    crew_positions: dict[Id, Id] = {}
    unassigned: tuple[Id, ...] = ()
    idle: Idle = Idle()
    duties: tuple[DutyRow, ...] = ()
    duty_overdue: tuple[Id, ...] = ()
    update_missed: tuple[Id, ...] = ()
    close_restored: Seconds | None = DAY_S
    fire_service: FireServiceRules = FireServiceRules()
    acute_quality: AcuteRules = AcuteRules()
    callbacks: CallbackRules = CallbackRules()
    appointments: Appointments = Appointments()
    report: ReportRules = ReportRules()
    notices: NoticeTimes

    @model_validator(mode="after")
    def _rings_are_there(self) -> "ServiceTimesFile":
        named = {ring for row in self.clocks for ring in row.rings}
        if missing := sorted(named - self.rings.keys()):
            raise ValueError(f"ring {missing[0]!r} does not exist: name its zones under rings")
        return self
