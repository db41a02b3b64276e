"""Outage and quality notices: drafted by the hub, published by people."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class NoticeKind(StrEnum):
    """ON-01. water_quality: readings are being checked. Restoration is a version of any of them."""

    EMERGENCY_OUTAGE = "emergency_outage"
    PLANNED_OUTAGE = "planned_outage"
    LOW_PRESSURE = "low_pressure"
    WATER_QUALITY = "water_quality"
    DISCOLOURED = "discoloured"
    BOIL = "boil"
    DO_NOT_DRINK = "do_not_drink"
    DO_NOT_USE = "do_not_use"


QUALITY_KINDS = frozenset(
    {
        NoticeKind.WATER_QUALITY,
        NoticeKind.DISCOLOURED,
        NoticeKind.BOIL,
        NoticeKind.DO_NOT_DRINK,
        NoticeKind.DO_NOT_USE,
    }
)
"""What a quality officer and a duty manager decide, two persons."""
CUTS = frozenset({NoticeKind.EMERGENCY_OUTAGE, NoticeKind.PLANNED_OUTAGE})
HEALTH_KINDS = frozenset({NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK, NoticeKind.DO_NOT_USE})
"""Advice about health, with what people must be told of it."""
LAB_KINDS = HEALTH_KINDS | {NoticeKind.WATER_QUALITY}
"""Lifted only by a quality officer with the laboratory's reference, and a second person."""


class Supply(StrEnum):
    """What people have at the tap while it lasts (ON-01)."""

    NONE = "none"
    LOW = "low"
    INTERMITTENT = "intermittent"
    QUALITY = "quality"


class Status(StrEnum):
    """CAP alert.status. Only `actual` ever reaches the public (ON-42)."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Change(StrEnum):
    """What a version does to what was said before it. cancelled: issued in error, or called off."""

    FIRST = "first"
    UPDATE = "update"
    RESTORED = "restored"
    CANCELLED = "cancelled"


class NoticeState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"


UNPUBLISHED = (NoticeState.DRAFT, NoticeState.APPROVED)
LIVE = (*UNPUBLISHED, NoticeState.PUBLISHED)
ENDED = (NoticeState.RESTORED, NoticeState.WITHDRAWN)
"""Nothing more is said of it."""


class Progress(StrEnum):
    """The stages a citizen is shown."""

    REPORTED = "reported"
    LOCATED = "located"
    ISOLATED = "isolated"
    REPAIRING = "repairing"
    NOTHING_FOUND = "nothing_found"
    TO_OPEN = "to_open"
    """Repaired, and nobody has begun to open the valves that were shut for it."""
    OPENING = "opening"
    """Repaired, and the valves that were shut for it are being opened."""
    REFILLING = "refilling"
    RESTORED = "restored"
    AGAIN = "again"
    """The order was opened again: what follows is another round of the same stages."""


class Site(StrEnum):
    """How far the work on site has come, as the words of a notice have to say it (`response.site`)."""

    ORGANISED = "organised"
    ON_THE_WAY = "on_the_way"
    LOOKING = "looking"
    SHUTTING = "shutting"
    SHUT = "shut"
    REPAIRING = "repairing"
    FLUSHING = "flushing"
    TO_OPEN = "to_open"
    """Repaired, and no valve that was shut for it was opened yet."""
    OPENING = "opening"
    """Repaired, and some of them are still shut."""
    RETURNING = "returning"
    """Repaired, no valve is shut for it."""
    NOTHING_YET = "nothing_yet"
    """The crew found nothing; another person has not agreed yet."""
    NOTHING_FOUND = "nothing_found"
    NOT_OURS = "not_ours"
    PASSED_ON = "passed_on"
    UNSAID = "unsaid"
    """The work is over; what came of it is being confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetExtent:
    """A street and the house numbers on it that lose water (`40–58`, `1`); the whole street below ten
    connections. weak: water is weak there, not off."""

    street: str
    name: Text
    numbers: str | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """WGS-84, decimal degrees. Named, because CAP writes latitude first and GeoJSON longitude."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterPoint:
    """Where people fetch water (ON-11). kind: tanker | standpipe | bottled. state: planned | en_route |
    open | empty | closed. hours and note (containers, access) are words to print."""

    name: Text
    kind: str
    state: str
    hours: Text | None = None
    note: Text | None = None
    at: Position | None = None
    capacity_l: int | None = None
    left_l: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityReport:
    """An emergency reported to the authority instead of an approval beforehand (ON-14)."""

    to: Text
    at_ns: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFacts:
    """What 40 CFR 141.205 wants people told of doubtful water, beyond what a notice says anyway. risk: for
    whom and how. authority: the health authority; in older records one text for both languages. lab: the
    reference of the result that lifts it. confirmed_ns: when the result was confirmed (ON-12)."""

    finding: Text
    effects: Text
    risk: Text
    doing: Text
    alternatives: Text
    authority: Text | str = ""
    lab: str = ""
    confirmed_ns: int | None = None

    @property
    def health_authority(self) -> Text:
        """In both languages, whoever wrote it down."""
        return self.authority if isinstance(self.authority, Text) else Text(self.authority, self.authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The head of a notice: its first draft; once published, what stands now. What was said is in its
    versions (`core.model.notice_version`), which are never edited; only what time and crews add to them is
    seen here (overdue, progress). (incident, kind) is unique in the ledger, of those that are not
    restored, nor taken back once published, nor of an exercise that is over.

    author, approved_by, published_by: user names, or "hub". eta_*: the estimate is a range, of a planned one
    its end; none while it is overdue. basis: what it rests on. overdue_ns: since when the latest time has
    passed without a new one. restored_why: telemetry, or a person's reason; withdrawn_why: that of
    whoever took it back once it was published, never told to the public. undone: a person took back the
    hub's draft. place, description, reason, contact: what `body` is made of, so that every rendering can say
    it in its own way (`response.wording`); no description: the body was written as a whole. written: which
    of its words a person wrote; the others follow the facts. one_language: which of them, `field.language`,
    and when, without the other language; empty once it is published. approval: the authority's number.
    late_reason: why it was told later than the lead time; then it is labelled 临时通知. hydrants: that lose
    water, hydrants_at: which of the plant's places they are (none in older records);
    fire_told_ns: when the fire service was told of them. segments: of accounts inside that need care of
    their own. envelope: the planned activity that withholds what it explains. supply_order: to bring water.
    same_as: another notice tells the same. after: one of the same incident had told that it was over,
    or, after_withdrawn, was taken back.
    review_due_ns: the neutral text stands; until then a duty manager looks at it, which the next version
    ends. ring: the area's outline, first = last. pipes: the network's links that are shut off; zones: where
    pressure may fall for it. accounts_weak: of low pressure, beside those of accounts_affected. institutions:
    public ones inside, by name. moved_from_ns: begin and end of planned work as the version before told them,
    where this one moves it or calls it off. site: how far the work had come when its description was made;
    None of planned work and in older records.
    parted: valves stand recorded shut for it, so that who is without water is known. priority: of its most
    urgent order when it was published; None of a draft, of what has no order, and in older records.
    restored_ns: when it was said to be over; back_ns: since when water had been back by then, None where only
    that it is was known."""

    id: str
    incident: str | None
    kind: NoticeKind
    state: NoticeState
    zone: str
    version: int = 1
    title: Text
    body: Text
    advice: Text
    author: str
    drafted_ns: int
    starts_ns: int
    eta_earliest_ns: int | None = None
    eta_latest_ns: int | None = None
    next_update_ns: int | None = None
    streets: tuple[StreetExtent, ...] = ()
    accounts_affected: int = 0
    accounts_weak: int = 0
    institutions: tuple[Text, ...] = ()
    progress: tuple[tuple[Progress, int], ...] = ()
    approved_by: str | None = None
    approved_ns: int | None = None
    published_by: str | None = None
    published_ns: int | None = None
    undone: bool = False
    held: NoticeState | None = None
    """Of one withdrawn because its incident was put into another: what it was."""
    status: Status = Status.ACTUAL
    supply: Supply = Supply.NONE
    change: Change = Change.FIRST
    place: Text | None = None
    description: Text | None = None
    reason: Text | None = None
    contact: Text | None = None
    eta_likely_ns: int | None = None
    basis: Text | None = None
    overdue_ns: int | None = None
    restored_ns: int | None = None
    back_ns: int | None = None
    restored_why: str = ""
    withdrawn_why: str = ""
    ring: tuple[Position, ...] = ()
    water_points: tuple[WaterPoint, ...] = ()
    approval: str = ""
    reported: AuthorityReport | None = None
    late_reason: str = ""
    hydrants: int = 0
    hydrants_at: tuple[str, ...] = ()
    fire_told_ns: int | None = None
    quality: QualityFacts | None = None
    segments: tuple[str, ...] = ()
    envelope: str | None = None
    supply_order: str | None = None
    same_as: str | None = None
    after: str | None = None
    after_withdrawn: bool = False
    review_due_ns: int | None = None
    pipes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    one_language: tuple[tuple[str, int], ...] = ()
    moved_from_ns: tuple[int, int] | None = None
    site: Site | None = None
    parted: bool = False
    priority: int | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One account within a notice's footprint. Unique (notice, account); never leaves the hub."""

    id: str
    notice: str
    account: str
    supply: str
    """no_water | low_pressure | quality | unknown; an account without a row is unaffected."""
    reason: str
