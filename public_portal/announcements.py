"""Published notices as the public sees them: their words and streets, never who is affected."""

from collections.abc import Sequence

from core.model.bulletin import Bulletin
from core.model.notice import Change, Notice, NoticeKind
from core.model.snapshot import PublicNotice, PublicPoint, PublicStreet, PublicVersion
from core.model.text import Text
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Page, Tx
from public_portal.recorded import Recorded
from public_portal.told import Told
from response import doubt
from response.bulletins import FEWEST_COUNTED
from response.orders.valves import log_of
from response.progress import stages
from response.renderings import back as restoration
from response.renderings.facts import connections, what
from response.renderings.web import paragraphs
from response.site import NOTHING, SUSPECTED, UNREPAIRED, clamped, shown

_LATELY = 50


async def announcements(tx: Tx, found: list[Told], recorded: Recorded) -> tuple[PublicNotice, ...]:
    made = []
    for told in found:
        order = await _order(tx, told.head)
        turned = await log_of(tx, [order] if order else [])
        made.append(announcement(told, order, recorded, turned))
    return tuple(made)


def _matter(now: Bulletin) -> Text | None:
    """Where there was no repair, or not yet: the tag over the title says no more than headline and body."""
    repair = now.kind is NoticeKind.EMERGENCY_OUTAGE
    return what(now) if repair and now.site in SUSPECTED | UNREPAIRED else None


def _doubt(notice: Notice) -> str:
    if not doubt.of_notice(notice):
        return ""
    return "nothing_found" if notice.site in NOTHING else "unconfirmed"


async def _order(tx: Tx, notice: Notice) -> WorkOrder | None:
    """Also where it stands for a later incident now, since it was opened again for that."""
    if notice.incident is None:
        return None
    found = await tx.find(WorkOrder, incident=notice.incident)
    if not found:
        lately = await tx.find(WorkOrder, Page(_LATELY), zone=notice.zone)
        found = [order for order in lately if notice.incident in order.past]
    return shown(found)


def announcement(
    told: Told, order: WorkOrder | None, recorded: Recorded, turned: Sequence[ValveOperation] = ()
) -> PublicNotice:
    """Chosen field by field; the crew's steps are shown as stages, without crew or order. Of what is over
    pressure is not low any more. turned: the log of the order's valves."""
    notice, now = told.head, told.now
    over = notice.change in (Change.RESTORED, Change.CANCELLED)
    first_ns = min((said.sent_ns for said in told.versions), default=0)
    shown_stages = stages(notice, order, turned, first_ns)
    dry, weak = _counted(notice.accounts_affected), _counted(notice.accounts_weak)
    return PublicNotice(
        id=notice.id,
        version=notice.version,
        kind=notice.kind.value,
        area=notice.zone,
        areas=tuple(dict.fromkeys((notice.zone, *notice.zones))),
        title=notice.title,
        body=paragraphs(now) if now else notice.body,
        advice=notice.advice,
        starts_ns=notice.starts_ns,
        published_ns=notice.published_ns or notice.starts_ns,
        streets=tuple(
            dict.fromkeys(
                PublicStreet(name=s.name, numbers=s.numbers, weak=s.weak and not over) for s in notice.streets
            )
        ),
        connections=_counted((dry or 0) + (weak or 0)) if over else dry,
        weak=None if over else weak,
        back=restoration.of(now).streets if now and restoration.apart(now) else None,
        concerned=connections(now) if now and restoration.apart(now) else None,
        eta_earliest_ns=notice.eta_earliest_ns,
        eta_latest_ns=notice.eta_latest_ns,
        next_update_ns=notice.next_update_ns,
        progress=tuple((stage.value, at_ns) for stage, at_ns in shown_stages),
        change=notice.change.value,
        supply=notice.supply.value,
        matter=_matter(now) if now else None,
        doubt=_doubt(notice),
        confirmed=now is not None and now.confirmed,
        under_pressure=order is not None and clamped([order], turned),
        overdue=notice.overdue_ns is not None,
        short_notice=bool(notice.late_reason),
        points=_points(now) if now else (),
        ring=tuple((p.lat, p.lon) for p in now.ring or ()) if now else (),
        moved_from_ns=notice.moved_from_ns,
        versions=tuple(_version(said, recorded) for said in told.versions),
    )


def _counted(n: int) -> int | None:
    """Each by itself, before any sum: from a sum few could be told by what is left."""
    return n if n >= FEWEST_COUNTED else None


def _points(b: Bulletin) -> tuple[PublicPoint, ...]:
    return tuple(
        PublicPoint(
            name=point.name,
            kind=point.kind,
            state=point.state,
            hours=point.hours,
            note=point.note,
            lat=point.at.lat if point.at else None,
            lon=point.at.lon if point.at else None,
        )
        for point in b.water_points
    )


def _version(b: Bulletin, recorded: Recorded) -> PublicVersion:
    return PublicVersion(
        version=b.version,
        change=b.change.value,
        sent_ns=b.sent_ns,
        title=b.title,
        body=recorded.said(b.identifier).body,
        sha256=recorded.sha256(b.identifier),
        sentences=recorded.said(b.identifier).sentences,
    )
