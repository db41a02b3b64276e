"""Where a report belongs: with a case that is open, with what is known already, or on its own."""

from dataclasses import dataclass, replace
from enum import StrEnum

from core.model.account import Account
from core.model.incident import GOING_ON, Incident, IncidentState
from core.model.notice import Affected, Notice, NoticeState
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup
from core.model.report import Symptom
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response import concern
from response.affected import LOW_PRESSURE
from response.hotline.around import past
from response.hotline.symptoms import (
    explained_by_incident,
    explained_by_notice,
    group_of,
)
from response.notices.standing import UNAFFECTED
from response.rounds import place_known


class Placed(StrEnum):
    """The named reason."""

    OWN_CASE = "own_case"
    """This account has an order open already (HL-13)."""
    IN_FOOTPRINT = "in_footprint"
    """What is known already reaches the caller, and explains it (HL-12)."""
    OUTSIDE_FOOTPRINT = "outside_footprint"
    """An incident of the zone explains it, and does not reach the caller: perhaps it reaches further."""
    STILL_BEING_LOCATED = "still_being_located"
    """The same, while nobody has found its place, or published whom it reaches."""
    WORSE_THAN_KNOWN = "worse_than_known"
    """No water where low pressure was expected."""
    IN_CLUSTER = "in_cluster"
    """Others reported the same from this zone; somebody is looking into it."""
    NOT_OF_THE_WATER = "not_of_the_water"
    """Bills, meters, manners."""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Place:
    why: Placed
    order: str | None = None
    incident: str | None = None

    @property
    def grows(self) -> bool:
        """It speaks for a larger footprint."""
        return self.why in (Placed.OUTSIDE_FOOTPRINT, Placed.STILL_BEING_LOCATED, Placed.WORSE_THAN_KNOWN)


async def place(tx: Tx, account: Account, symptom: Symptom, now_ns: int) -> Place:
    if group_of(symptom) is None:
        return Place(Placed.NOT_OF_THE_WATER)
    known = await _known(tx, account, symptom)
    if known is not None and known.why is not Placed.STILL_BEING_LOCATED:
        return known
    if (case := (await past(tx, account, now_ns)).case) is not None:
        order = await tx.get(WorkOrder, case)
        return Place(Placed.OWN_CASE, case, order.incident if order else None)
    found = known or await place_in_zone(tx, account.zone, symptom)
    if found.why is Placed.OUTSIDE_FOOTPRINT and await _was_inside(tx, account, found.incident):
        return replace(found, why=Placed.IN_FOOTPRINT)
    return found


async def _was_inside(tx: Tx, account: Account, incident: str | None) -> bool:
    """A notice of the incident that is restored had the account in its area: it reaches no further."""
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    notices = await tx.find(Notice, id=tuple(rows)) if rows else []
    return any(
        notice.incident == incident
        and notice.state is NoticeState.RESTORED
        and rows[notice.id].supply != UNAFFECTED
        for notice in notices
    )


async def place_in_zone(tx: Tx, zone: str | None, symptom: Symptom) -> Place:
    """Of a caller of whom no more than the zone is known."""
    group = group_of(symptom)
    if group is None:
        return Place(Placed.NOT_OF_THE_WATER)
    if zone is None:
        return Place(Placed.NEW)
    heard = await _in_cluster(tx, zone, group)
    incidents = await tx.find(Incident, zone=zone, state=GOING_ON)
    for incident in sorted(incidents, key=lambda one: (one.state is IncidentState.SUSPECTED, -one.opened_ns)):
        if explained_by_incident(symptom, incident.kind):
            orders = await tx.find(WorkOrder, incident=incident.id)
            if heard is not None and incident.state is IncidentState.SUSPECTED:
                return heard
            if (order := _standing(orders)) or incident.state is IncidentState.CONFIRMED:
                known = await place_known(tx, incident)
                why = Placed.OUTSIDE_FOOTPRINT if known else Placed.STILL_BEING_LOCATED
                return Place(why, order.id if order else None, incident.id)
    return heard or Place(Placed.NEW)


async def _in_cluster(tx: Tx, zone: str, group: SymptomGroup) -> Place | None:
    for cluster in await tx.find(CallCluster, group=group, state=ClusterState.OPEN):
        if zone not in cluster.everywhere:
            continue
        order = await tx.get(WorkOrder, cluster.work_order) if cluster.work_order else None
        if order is not None and order.state not in OVER:
            return Place(Placed.IN_CLUSTER, order.id, order.incident or cluster.incident)
    return None


async def _known(tx: Tx, account: Account, symptom: Symptom) -> Place | None:
    for one in await concern.of_account(tx, account):
        if not explained_by_notice(symptom, one.notice.kind):
            continue
        worse = one.supply == LOW_PRESSURE and symptom is Symptom.NO_WATER
        order = _standing(list(one.orders))
        why = Placed.WORSE_THAN_KNOWN if worse else Placed.IN_FOOTPRINT
        why = Placed.STILL_BEING_LOCATED if one.still_located else why
        if order is not None or one.notice.state is NoticeState.PUBLISHED or one.incident is not None:
            return Place(why, order.id if order else None, one.notice.incident)
    return None


def _standing(orders: list[WorkOrder]) -> WorkOrder | None:
    """The one that work goes on under; the oldest of several."""
    return min((o for o in orders if o.state not in OVER), key=lambda o: (o.opened_ns, o.id), default=None)
