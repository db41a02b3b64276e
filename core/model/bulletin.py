"""One version of a notice as it is told to the public: the one statement that every rendering and every
channel works from, so that web page, message, poster, CAP and calendar cannot disagree.

Frozen with its version (ON-04): a change makes another bulletin, with an identifier of its own, that refers
to all earlier ones. Nothing in it is personal; streets are widened and few connections are not counted
before it is made. Names follow CAP 1.2 where CAP has one.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.model.notice import Change as Change
from core.model.notice import NoticeKind
from core.model.notice import Position as Position
from core.model.notice import Site as Site
from core.model.notice import Status as Status
from core.model.notice import Supply as Supply
from core.model.notice import WaterPoint as WaterPoint
from core.model.notice_version import Reference as Reference
from core.model.snapshot import PublicStreet
from core.model.text import Text


class Ending(StrEnum):
    """How it ended for somebody of whom nobody knows that water was off, or that it is back. spared: they
    were told that it might be off, and are outside of what was shut. quiet: callers alone spoke of it, and no
    more of them do."""

    SPARED = "spared"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Estimate:
    """When water is expected back, UTC ns; earliest <= likely <= latest (ON-07). basis: what it rests on."""

    earliest_ns: int
    likely_ns: int
    latest_ns: int
    basis: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """number: the notice's id, the same for all versions, and what people quote. identifier: of this version
    alone, without space, comma, `<` or `&` (CAP). sender: the utility's address for CAP and feeds
    (`notice@water.example.cn`). sent_ns: when this version is published. starts_ns: when supply is or will be
    affected. worded: area is in a person's own words. zone: the name of the whole area it began in, where
    known. estimate: None while it is not known,
    and in what is restored or cancelled. overdue: the latest
    time has passed without a new one. ring: the area's closed outline (first = last, four points at least),
    generalised, or None. adcode: the six digits of GB/T 2260, or None. connections: None below ten; weak:
    those of low pressure beside them, in the same way. institutions: public ones inside, by name.
    approval: the authority's number of a planned or quality notice; emergency_report: when and to whom it was
    reported instead. short_notice: told later than the law's lead time, and labelled 临时通知. incident: the
    hub's own id; no rendering but CAP `incidents` has it. url: the canonical page, https. moved_from_ns:
    begin and end of planned work as the version before told them, where this one moves it. site: how far
    the work on site had come when it was written; None of planned work and in older records. stays_on: it is
    repaired under pressure and no valve is shut, so that nobody is off for it.
    restored_ns: since when it is over, or with `confirmed` when that was found to be so, for since when is
    not known. ending: what one person is told of what is over instead of that; None in every version.
    hotline_hours: when the hotline answers; None: nothing is said of it. update_late: the next update did not
    come by its time. passed_ns: when its estimate, or that update, last passed; 0: neither has."""

    number: str
    version: int
    identifier: str
    sender: str
    references: tuple[Reference, ...] = ()
    kind: NoticeKind
    supply: Supply
    status: Status = Status.ACTUAL
    change: Change = Change.FIRST
    sent_ns: int
    starts_ns: int
    estimate: Estimate | None = None
    overdue: bool = False
    next_update_ns: int | None = None
    update_late: bool = False
    passed_ns: int = 0
    restored_ns: int | None = None
    expires_ns: int
    utility: Text
    hotline: str
    hotline_hours: Text | None = None
    title: Text
    area: Text
    worded: bool = False
    zone: Text | None = None
    streets: tuple[PublicStreet, ...] = ()
    ring: tuple[Position, ...] | None = None
    adcode: str | None = None
    reason: Text
    description: Text
    instruction: Text
    water_points: tuple[WaterPoint, ...] = ()
    connections: int | None = None
    weak: int | None = None
    institutions: tuple[Text, ...] = ()
    hospital_inside: bool = False
    approval: str | None = None
    emergency_report: Text | None = None
    short_notice: bool = False
    incident: str | None = None
    url: str
    moved_from_ns: tuple[int, int] | None = None
    site: Site | None = None
    stays_on: bool = False
    confirmed: bool = False
    ending: Ending | None = None

    @property
    def first_sent_ns(self) -> int:
        """When the notice's first version was published."""
        return min((r.sent_ns for r in self.references), default=self.sent_ns)

    @property
    def told_ns(self) -> int:
        """Since when it says what it says."""
        return max(self.sent_ns, self.passed_ns)

    @property
    def over(self) -> bool:
        """Nothing is expected any more: restored, or called off."""
        return self.change in (Change.RESTORED, Change.CANCELLED)

    @property
    def cut_short(self) -> bool:
        """Planned work called off once it was to have begun: somebody may be off for it."""
        return self.planned and self.change is Change.CANCELLED and self.starts_ns <= self.sent_ns

    @property
    def planned(self) -> bool:
        return self.kind is NoticeKind.PLANNED_OUTAGE
