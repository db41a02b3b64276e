"""A burst's place is located again and again until somebody has found it. Meanwhile whom it reaches is a
guess: whoever one round reached may be affected still, and nobody of its zone is said to be outside."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.account import Account
from core.model.incident import Incident, IncidentKind
from core.model.notice import Affected, Notice, NoticeState, Status
from core.model.plant import Plant
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, Footprint, Hit, Reason, of_hits
from response.site import furthest, place_stands, recorded, work

_GUESSED = frozenset(Reason) - {
    Reason.IN_ZONE,
    Reason.ON_NAMED_STREET,
    Reason.CALLERS_OUTSIDE,
    Reason.BY_HAND,
}
_SAID = (NoticeState.PUBLISHED, NoticeState.RESTORED)


async def place_known(tx: Tx, incident: Incident) -> bool:
    """A crew has found it, somebody has stopped its water, or a person has published whom it reaches."""
    notices = await tx.find(Notice, incident=incident.id)
    if any(one.status is Status.ACTUAL and (one.published_ns or one.state in _SAID) for one in notices):
        return True
    return place_found(*await recorded(tx, incident.id))


def place_found(orders: Sequence[WorkOrder], log: Sequence[ValveOperation]) -> bool:
    """The same without what was published: that is no more than was reckoned then. orders, log: of all that
    is one with it (`recorded`)."""
    order = furthest(orders)
    return (order is not None and place_stands(order)) or work(orders, log).held_off


async def widened(
    tx: Tx, plant: Plant, incident: Incident, drafts: Sequence[Notice], found: Footprint
) -> Footprint:
    """With those whom the draft reaches by an earlier location, and those whom a published version reaches,
    as of weak water: until the place is found nobody is lost whom a guess had reached. That a draft spoke of
    the zone as a whole is no location; once it was published people were told so. Who is off is what the
    newest says, and whom a person's scope reaches is theirs."""
    if incident.kind is not IncidentKind.BURST or not (guessed := _guessed(drafts)):
        return found
    if place_found(*await recorded(tx, incident.id)):
        return found
    reached = {hit.account.id for hit in found.hits}
    told = {one.id for one in guessed if one.state is NoticeState.PUBLISHED}
    rows = await tx.find(Affected, notice=tuple(one.id for one in guessed))
    left = sorted({row.account for row in rows if row.reason in _GUESSED or row.notice in told} - reached)
    if not left:
        return found
    accounts = await tx.find(Account, id=tuple(left))
    still = [Hit(one, LOW_PRESSURE, Reason.STILL_BEING_LOCATED) for one in accounts]
    wide = of_hits([*found.hits, *still], plant)
    return replace(found, hits=wide.hits, streets=wide.streets, weak=wide.weak)


def _guessed(notices: Sequence[Notice]) -> list[Notice]:
    """Those whose reach the hub guessed; none once a person published whom it reaches, or that it is over.
    What an exercise said counts beside nothing real."""
    counted = [one for one in notices if one.status is Status.ACTUAL] or list(notices)
    if any(one.published_ns and one.state is not NoticeState.PUBLISHED for one in counted):
        return []
    if any(one.state is NoticeState.PUBLISHED and "scope" in one.written for one in counted):
        return []
    live = (NoticeState.DRAFT, NoticeState.PUBLISHED)
    return [one for one in counted if one.state in live and "scope" not in one.written]
