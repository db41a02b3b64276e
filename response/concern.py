"""What is going on that reaches an account: its notices, with their incidents and orders."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from core.model.account import Account
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import (
    CUTS,
    ENDED,
    UNPUBLISHED,
    Affected,
    Notice,
    NoticeState,
    Site,
    Status,
    StreetExtent,
    Supply,
)
from core.model.report import Report, Symptom
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY, Reason
from response.extents import naming
from response.rounds import place_found, place_known
from response.site import lasts, matter, recorded, site_of, work

_RANK = {NO_WATER: 0, QUALITY: 1, LOW_PRESSURE: 2}


@dataclass(frozen=True, slots=True)
class Concern:
    """supply and reason: as the notice's footprint has the account. turned: the log of the orders' valves.
    named: what is published names the house as worse supplied than is computed for it. guessed: the place of
    its fault is only suspected. heard: the account reported that it has no water."""

    notice: Notice
    supply: str
    reason: str
    incident: Incident | None
    orders: tuple[WorkOrder, ...]
    turned: tuple[ValveOperation, ...] = ()
    named: StreetExtent | None = None
    guessed: bool = False
    heard: bool = False

    @property
    def still_located(self) -> bool:
        """Nobody knows yet whether it reaches the account: it has no place, or one that moves."""
        if self.notice.state not in UNPUBLISHED or self.reason not in (
            Reason.STILL_BEING_LOCATED,
            Reason.IN_ZONE,
        ):
            return False
        burst = self.incident is not None and self.incident.kind is IncidentKind.BURST
        return burst and "scope" not in self.notice.written


async def of_account(tx: Tx, account: Account) -> list[Concern]:
    """Standing notices and drafts that reach the account, the gravest first. A draft counts while its
    incident is confirmed, so that an agent knows before the public does, and while valves stand shut for it,
    whatever instruments show. Exercises concern nobody. A burst that is being located may be anywhere in its
    zone."""
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    found: list[Concern] = []
    for id, row in rows.items():
        notice = await tx.get(Notice, id)
        if notice is None or notice.status is not Status.ACTUAL:
            continue
        if notice.state in ENDED:
            continue
        incident = await tx.get(Incident, notice.incident) if notice.incident else None
        one = await of_place(tx, account, notice, row.supply, row.reason, incident)
        if notice.state in UNPUBLISHED and incident and not lasts(incident, work(one.orders, one.turned)):
            continue
        named = _named_off(notice, account) if row.supply == LOW_PRESSURE else None
        found.append(replace(one, named=named))
    found += await _still_located(tx, account, rows)
    return sorted(found, key=lambda c: (_RANK.get(c.supply, 3), -c.notice.starts_ns))


async def _still_located(tx: Tx, account: Account, reached: Container[str]) -> list[Concern]:
    """Bursts of the account's zone whose draft does not reach it, and whose place is not known yet."""
    found: list[Concern] = []
    for incident in await tx.find(Incident, zone=account.zone, state=IncidentState.CONFIRMED):
        if incident.kind is not IncidentKind.BURST:
            continue
        drawn = await tx.find(Notice, incident=incident.id, state=UNPUBLISHED)
        drafts = [one for one in drawn if one.status is Status.ACTUAL and one.id not in reached]
        if not drafts or await place_known(tx, incident):
            continue
        found += [
            await of_place(tx, account, one, LOW_PRESSURE, Reason.STILL_BEING_LOCATED, incident)
            for one in drafts
        ]
    return found


async def of_place(
    tx: Tx, account: Account, notice: Notice, supply: str, reason: str, incident: Incident | None
) -> Concern:
    """With what is known of the fault's place, and of what the account said of it itself."""
    known, log = await recorded(tx, notice.incident) if notice.incident else ([], [])
    own = {order.id for order in known if order.incident == notice.incident}
    orders = tuple(order for order in known if order.id in own)
    turned = tuple(one for one in log if one.work_order in own)
    guessed = False
    if incident is not None and incident.kind is not IncidentKind.WATER_QUALITY:
        guessed = not place_found(known, log) or site_of(orders, turned) is Site.NOTHING_YET
    heard = await _heard(tx, account, notice, known)
    return Concern(notice, supply, reason, incident, orders, turned, guessed=guessed, heard=heard)


async def _heard(tx: Tx, account: Account, notice: Notice, known: Sequence[WorkOrder]) -> bool:
    """Since it began, or put down with it. known: the orders of all that is one with it."""
    found = await tx.find(Report, account=account.id)
    said = [one for one in found if one.symptom is Symptom.NO_WATER and one.taken_back_ns is None]
    if not said or any(one.at_ns >= notice.starts_ns for one in said):
        return bool(said)
    incidents = await matter(tx, notice.incident) if notice.incident else ()
    orders = {order.id for order in known}
    return any(one.incident in incidents or one.work_order in orders for one in said)


def _named_off(notice: Notice, account: Account) -> StreetExtent | None:
    """What the published notice says to be without water there."""
    off = notice.kind in CUTS and notice.supply is not Supply.LOW
    if notice.state is not NoticeState.PUBLISHED or not off:
        return None
    extent = naming(notice.streets, account)
    return extent if extent is not None and not extent.weak else None
