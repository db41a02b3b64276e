"""What the public may know: the whole of what crosses to the portal, and nothing else.

Every field here was chosen to be published. There is no station, valve, pipe, live pressure, account or
name in it, and no way to put one in.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from core.model.clock import Anchor
from core.model.limits import AppliedLimit, Disinfectant, SampleType
from core.model.text import Text

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
"""The licence of open data unless the utility names another."""


class ReadingState(StrEnum):
    """What may be said of a reading (facts-water 4.6), in words; normal is never a colour."""

    NORMAL = "normal"
    WATCH = "watch"
    VERIFYING = "verifying"
    MAINTENANCE = "maintenance"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A provisional 15-minute median after quality control. at_ns: the end of its window. usual_*: the
    band of the past four weeks that the state is judged by, None while there are too few. limit: what it is
    judged by beside that, None where nothing limits it there. beyond: whether one of its instruments is
    beyond that, though their median be not; None where that is not known. held_until_ns: a person holds its
    value back for checking, until then at most."""

    parameter: str
    unit: str
    state: ReadingState
    value: float | None = None
    at_ns: int | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    limit: AppliedLimit | None = None
    beyond: bool | None = None
    held_until_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """disinfectant, sample: of its water, as limits go by; None of an older snapshot."""

    id: str
    name: Text
    readings: tuple[Reading, ...]
    streets: tuple[Text, ...] = ()
    disinfectant: Disinfectant | None = None
    sample: SampleType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStreet:
    """weak: water is weak there, not off."""

    name: Text
    numbers: str | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPoint:
    """Where people fetch water (`core.model.notice.WaterPoint`). lat, lon: WGS-84."""

    name: Text
    kind: str
    state: str
    hours: Text | None = None
    note: Text | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicVersion:
    """What a notice said at one time. sha256: of its signed statement, hexadecimal. sentences: fingerprints
    of everything it said anywhere (`public_portal.sentences`), so that a message can be compared with it."""

    version: int
    change: str
    sent_ns: int
    title: Text
    body: Text
    sha256: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTurn:
    """From then on (plant time) `instead` stands in a file where `size` bytes stood `at` a place of it: an
    estimate, or the time of an update, has passed, and no snapshot need come to say so."""

    from_ns: int
    at: int
    size: int
    instead: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDocument:
    """A file made inside, served as it is. path: below the portal's root, without a slash before it. turns:
    what time alone changes in it, in its order: of one place the last holds, and no two places overlap."""

    path: str
    media: str
    content: bytes
    turns: tuple[PublicTurn, ...] = ()

    def as_of(self, now_ns: int) -> Self:
        """As time alone has turned it since it was made."""
        due = {turn.at: turn for turn in self.turns if turn.from_ns <= now_ns}
        content = self.content
        for at in sorted(due, reverse=True):
            content = content[:at] + due[at].instead + content[at + due[at].size :]
        return replace(self, content=content) if due else self


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    """change: first | update | restored | cancelled. ring: the generalised outline, (latitude, longitude),
    first = last. versions: what was said, the oldest first; none of a notice from before they were kept.
    areas: every area that it reaches, `area` among them; none of an older snapshot. moved_from_ns: begin and
    end of planned work as they were told before this version moved it. matter: what it is about, where the
    kind would say more than is known of a repair. under_pressure: by the crew's record no valve is shut for
    it, whatever was published. doubt: while nobody has seen the fault on site, and of what ended so:
    unconfirmed | nothing_found, else empty. confirmed: that it is over was found at the time of `restored`;
    since when is not known."""

    id: str
    version: int
    kind: str
    area: str
    title: Text
    body: Text
    advice: Text
    starts_ns: int
    published_ns: int
    streets: tuple[PublicStreet, ...]
    connections: int | None = None
    """Affected connections, None below ten."""
    back: Text | None = None
    """Of what is over for some without water and others of low pressure: what stands before their streets."""
    concerned: Text | None = None
    """How many were which."""
    weak: int | None = None
    """Those of low pressure beside them, None below ten (and none where no street is weak)."""
    eta_earliest_ns: int | None = None
    eta_latest_ns: int | None = None
    next_update_ns: int | None = None
    progress: tuple[tuple[str, int], ...] = ()
    change: str = "first"
    supply: str = "none"
    matter: Text | None = None
    under_pressure: bool = False
    doubt: str = ""
    confirmed: bool = False
    overdue: bool = False
    short_notice: bool = False
    points: tuple[PublicPoint, ...] = ()
    ring: tuple[tuple[float, float], ...] = ()
    versions: tuple[PublicVersion, ...] = ()
    areas: tuple[str, ...] = ()
    moved_from_ns: tuple[int, int] | None = None

    @property
    def over(self) -> bool:
        """Restored, lifted, or called off."""
        return self.change in ("restored", "cancelled") or any(s == "restored" for s, _ in self.progress)

    def passed(self, now_ns: int) -> bool:
        """Its estimate has, without a new one."""
        latest = self.eta_latest_ns
        return not self.over and (self.overdue or (latest is not None and latest <= now_ns))

    def ahead(self, now_ns: int) -> bool:
        """Planned, and not begun: until then nothing is changed at the tap."""
        return self.kind == "planned_outage" and not self.over and now_ns < self.starts_ns

    def reaches(self, area: str) -> bool:
        return area == self.area or area in self.areas


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTracking:
    """What came of one report, for whoever has its number (`core.model.tracking`). key: the number's
    SHA-256; the number itself is nowhere here. matter: the service it is about. reached: the public
    milestones with their first times, in their order; `again` with when it was opened again, then those
    of that round. end: how it ended, empty while it goes on. notice: the published one that tells of it.
    next_update_ns: when something is promised to be heard next. until_ns: when the number ends. visit:
    from when to when a crew comes in, as agreed; visit_missed: nobody came by then. unfound: the crew
    found nothing on site, and it is still being watched."""

    key: str
    matter: Text
    reached: tuple[tuple[str, int], ...]
    until_ns: int
    held: bool = False
    end: str = ""
    unfound: bool = False
    notice: str | None = None
    next_update_ns: int | None = None
    visit: tuple[int, int] | None = None
    visit_missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReply:
    """That it is over, as it was said to those alone who had reported it, while no notice of it stood; never
    how many they are. number: the incident's, which their messages quote. area: the place in their words.
    over_ns: since when it is, or with `confirmed` when that was found; None where nobody knows that it is.
    sentences: as in PublicVersion, of every message that may have been sent."""

    number: str
    area: Text
    sent_ns: int
    title: Text
    body: Text
    over_ns: int | None = None
    confirmed: bool = False
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRef:
    """A part that crosses beside the snapshot, once, because it is large and seldom changes. The signature
    covers this reference and so, by sha256 (hexadecimal) and size in bytes, the part."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interventions:
    """How often people held on-line quality back in a month (`2026-11`), by the month in which each began.
    whole: of these, how many nobody ended before their time was over. hours: of the published record that
    were held. faults: how often two persons called hours an instrument's fault."""

    month: str
    holds: int
    whole: int
    hours: int
    faults: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSnapshot:
    """seq rises by one with each; the portal refuses one that does not."""

    seq: int
    made_ns: int
    clock: Anchor
    utility: Text
    hotline: str
    areas: tuple[Area, ...]
    notices: tuple[PublicNotice, ...]
    documents: tuple[PublicDocument, ...] = ()
    tracking: tuple[PublicTracking, ...] = ()
    parts: tuple[PartRef, ...] = ()
    comparisons: tuple[AppliedLimit, ...] = ()
    """Limits of elsewhere for what the areas measure: shown beside, never judged by."""
    site: str = ""
    """Where the public pages stand, without a slash at the end."""
    hotline_hours: Text | None = None
    """When the hotline answers; None: nothing is said."""
    icp: str = ""
    police_record: str = ""
    """Numbers of the registrations that a site in mainland China shows (`core.model.plant.Utility`)."""
    licence: str = CC_BY
    """Address of the licence that the open data are under."""
    replies: tuple[PublicReply, ...] = ()
    """The newest first; for the pages that verify and explain one, listed by none."""
    interventions: tuple[Interventions, ...] | None = None
    """The running month first; None of an older hub, which could hold nothing."""
    letter_key: str = ""
    """To which citizens' letters are sealed: X25519, 32 bytes as base64url; empty: none are fetched."""
