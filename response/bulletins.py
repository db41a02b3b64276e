"""From a version of a notice to the one statement that all renderings and channels work from."""

from dataclasses import replace

from core.model.account import Segment
from core.model.bulletin import Bulletin, Estimate
from core.model.notice import CUTS, QUALITY_KINDS, Change, Notice, NoticeKind, Supply
from core.model.notice_version import NoticeVersion, Reference
from core.model.plant import Plant
from core.model.snapshot import PublicStreet
from core.model.text import Text
from response import wording
from response.where_off import zone_name

FEWEST_COUNTED = 10
"""Below this many connections no number is given, so that nobody is singled out."""
_DAY_NS = 24 * 3600 * 1_000_000_000
_OTHER = Text("供水异常", "a disturbance of the supply")
_SUPPLY = {
    NoticeKind.EMERGENCY_OUTAGE: Supply.NONE,
    NoticeKind.PLANNED_OUTAGE: Supply.NONE,
    NoticeKind.LOW_PRESSURE: Supply.LOW,
}


def bulletin_of(version: NoticeVersion, plant: Plant, head: Notice | None = None) -> Bulletin:
    """`head`: what stands now; of its own version it says what time has added (overdue). Without it, or of an
    earlier version, the words as they were said."""
    said = version.content
    now = head if head is not None and head.version == version.version else said
    utility, sent_ns = plant.utility, version.sent_ns or said.published_ns or said.drafted_ns
    return Bulletin(
        number=said.id,
        version=version.version,
        identifier=f"urn:waterhub:{utility.id}:{version.identifier}",
        sender=utility.sender,
        references=tuple(
            Reference(f"urn:waterhub:{utility.id}:{r.identifier}", r.sent_ns) for r in version.references
        ),
        kind=said.kind,
        supply=said.supply,
        status=said.status,
        change=version.change,
        sent_ns=sent_ns,
        starts_ns=said.starts_ns,
        estimate=_estimate(now),
        overdue=now.overdue_ns is not None,
        next_update_ns=now.next_update_ns,
        passed_ns=now.overdue_ns or 0,
        restored_ns=said.back_ns or said.restored_ns,
        confirmed=said.restored_ns is not None and said.back_ns is None and said.kind not in QUALITY_KINDS,
        expires_ns=expires_ns(said, sent_ns),
        utility=utility.name,
        hotline=utility.hotline,
        hotline_hours=utility.hotline_hours,
        title=said.title,
        area=_area(said, plant),
        worded="place" in said.written,
        zone=zone.name if (zone := plant.zones.get(said.zone)) else None,
        streets=tuple(PublicStreet(name=s.name, numbers=s.numbers, weak=s.weak) for s in said.streets),
        ring=said.ring or None,
        adcode=utility.adcode,
        reason=said.reason or wording.REASONS.get(said.kind, _OTHER),
        description=said.description or said.body,
        instruction=said.advice,
        water_points=said.water_points,
        connections=said.accounts_affected if said.accounts_affected >= FEWEST_COUNTED else None,
        weak=said.accounts_weak if said.accounts_weak >= FEWEST_COUNTED else None,
        institutions=said.institutions,
        hospital_inside=not {Segment.HOSPITAL.value, Segment.DIALYSIS.value}.isdisjoint(said.segments),
        approval=said.approval or None,
        emergency_report=said.reported.to if said.reported else None,
        short_notice=bool(said.late_reason),
        incident=said.incident,
        url=f"{utility.site}/n/{said.id}",
        moved_from_ns=said.moved_from_ns,
        site=said.site,
        stays_on=said.kind is NoticeKind.EMERGENCY_OUTAGE and said.supply is Supply.LOW,
    )


def as_of(b: Bulletin, now_ns: int) -> Bulletin:
    """With what time has added to it: at one moment an estimate, and an update that was promised, has passed
    for every rendering and every reader (ON-07)."""
    if b.over:
        return b
    overdue = b.overdue or (b.estimate is not None and b.estimate.latest_ns <= now_ns)
    late = b.next_update_ns is not None and b.next_update_ns < now_ns
    latest_ns = b.estimate.latest_ns if b.estimate and overdue else 0
    passed_ns = max(b.passed_ns, latest_ns, b.next_update_ns or 0 if late else 0)
    bare = replace(b, overdue=overdue, estimate=None if overdue else b.estimate)
    return replace(bare, update_late=late, passed_ns=passed_ns)


def turned(b: Bulletin) -> list[tuple[int, Bulletin]]:
    """What it comes to say while nothing newer is published: from when on, and how."""
    times = {b.estimate.latest_ns} if b.estimate else set()
    if b.next_update_ns is not None:
        times.add(b.next_update_ns + 1)
    forms = [(t_ns, as_of(b, t_ns)) for t_ns in sorted(times)]
    before = [b, *(form for _, form in forms)]
    return [(t_ns, form) for (t_ns, form), last in zip(forms, before, strict=False) if form != last]


def supply_of(kind: NoticeKind) -> Supply:
    """Unless a person says otherwise, where `supplies` leaves a choice."""
    return _SUPPLY.get(kind, Supply.QUALITY)


def supplies(kind: NoticeKind) -> tuple[Supply, ...]:
    """What a notice of this kind may leave at the tap (ON-01)."""
    if kind in CUTS:
        return Supply.NONE, Supply.INTERMITTENT
    return (supply_of(kind),)


def expires_ns(notice: Notice, sent_ns: int) -> int:
    """When it need not be shown any more, unless another version says otherwise: never before what it
    promises, nor before its onset, and a day after the last word."""
    if notice.change in (Change.RESTORED, Change.CANCELLED):
        return max(sent_ns, notice.starts_ns) + _DAY_NS
    promised = (notice.eta_latest_ns, notice.next_update_ns)
    return max((t for t in promised if t is not None), default=max(sent_ns, notice.starts_ns) + _DAY_NS)


def _estimate(notice: Notice) -> Estimate | None:
    if notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        return None
    likely_ns = notice.eta_likely_ns or (notice.eta_earliest_ns + notice.eta_latest_ns) // 2
    return Estimate(notice.eta_earliest_ns, likely_ns, notice.eta_latest_ns, notice.basis)


def _area(notice: Notice, plant: Plant) -> Text:
    return notice.place or zone_name(plant, notice.zone)
