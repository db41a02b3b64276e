"""Two incidents have become one: which of their orders stands for both.

The one that is further on stands, with the incident that goes on; the other stays open, with its reason on
it, until a dispatcher ends it: a crew may be on its way with it. One that was only to look into the matter
goes along with it, to be raised or taken up there. Once people have parted them each has its own again.
"""

from dataclasses import replace

from core.model.incident import Incident, IncidentState
from core.model.text import Text, Words
from core.model.work_order import OVER, WorkOrder, how_far
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders import events
from response.orders.one_matter import LOOKS, bound, same_matter
from response.site import head_of, matter

OWN = Text("事件已拆开，单独处理", "the incidents were parted: a matter of its own")


async def take_over(tx: Tx, gone: Incident, orders: list[WorkOrder], now_ns: int) -> None:
    """The orders of an incident that ended in another. Once only: what is settled is left alone."""
    if gone.merged_into is None:
        return
    moved = f"{gone.id} → {gone.merged_into}"
    for order in orders:
        if order.state in OVER or order.same_as is not None:
            continue
        into = await tx.get(Incident, gone.merged_into)
        if order.kind in LOOKS and into is not None:
            await bound(tx, _lent(order, gone.id), into, now_ns)
            continue
        theirs = await tx.find(WorkOrder, incident=gone.merged_into, kind=order.kind)
        standing = next(iter(theirs), None)
        if standing is None:
            await _put(tx, replace(_lent(order, gone.id), incident=gone.merged_into), moved, now_ns)
        elif standing.state in OVER or how_far(order.reached) > how_far(standing.reached):
            await tx.put(replace(standing, incident=None))
            kept = replace(_lent(order, gone.id), incident=gone.merged_into)
            await _put(tx, kept, moved, now_ns)
            aside = _same(_lent(standing, gone.merged_into), kept, gone.id)
            await _put(tx, aside, same_matter(kept), now_ns)
        else:
            await _put(tx, _same(order, standing, gone.id), same_matter(standing), now_ns)


async def gather(tx: Tx, incident: Incident, now_ns: int) -> None:
    """What hung on the incidents that were put into this one hangs on it, before it opens an order."""
    for id in incident.merged:
        gone = await tx.get(Incident, id)
        if gone is not None and gone.merged_into == incident.id:
            await take_over(tx, gone, await tx.find(WorkOrder, incident=id), now_ns)


async def parted(tx: Tx, incident: Incident, now_ns: int) -> None:
    """People have taken it apart again from what it was put into, or from what was put into it."""
    if not incident.apart:
        return
    mine = await matter(tx, incident.id)
    for order in await tx.find(WorkOrder, incident=incident.id):
        if order.came_from is not None and order.came_from not in mine:
            await _given_back(tx, order, await head_of(tx, order.came_from), now_ns)
    own = await tx.find(WorkOrder, incident=incident.id)
    for order in own:
        if order.came_from == incident.id:
            order = await events.put(tx, replace(order, came_from=None), now_ns)
        if order.same_as is None or not await _apart(tx, incident, order.same_as, mine):
            continue
        if order.state not in OVER:
            await _put(tx, replace(order, same_as=None), OWN, now_ns)
        elif incident.state is IncidentState.CONFIRMED and all(one.state is S.MERGED for one in own):
            again = replace(order, state=S.REPORTED, same_as=None, crew=None)
            await _put(tx, again, OWN, now_ns)
            return


async def _given_back(tx: Tx, order: WorkOrder, home: str, now_ns: int) -> None:
    """To the incident that it came from, or to what that is in now; what stood there in its place goes back
    likewise. What has one of its own by now keeps that."""
    moved = f"{order.incident} → {home}"
    rivals = await tx.find(WorkOrder, incident=home, kind=order.kind)
    aside = next(iter(rivals), None)
    if aside is not None and aside.came_from != order.incident:
        return
    if aside is not None:
        await tx.put(replace(aside, incident=None))
    own = None if order.came_from == home else order.came_from
    into = await tx.get(Incident, home)
    back = replace(order, came_from=own)
    if order.kind in LOOKS and into is not None:
        await bound(tx, back, into, now_ns)
    else:
        await _put(tx, replace(back, incident=home), moved, now_ns)
    if aside is not None:
        await events.put(tx, replace(aside, incident=order.incident, came_from=None), now_ns)


async def _apart(tx: Tx, incident: Incident, order: str, mine: tuple[str, ...]) -> bool:
    """Whether the order is of what people took it apart from."""
    standing = await tx.get(WorkOrder, order)
    if standing is None or standing.incident is None or standing.incident in mine:
        return False
    other = await tx.get(Incident, standing.incident)
    return other is not None and any(member.alarm in incident.apart for member in other.members)


def _lent(order: WorkOrder, incident: str) -> WorkOrder:
    return replace(order, came_from=order.came_from or incident)


def _same(order: WorkOrder, standing: WorkOrder, incident: str) -> WorkOrder:
    ended = order.state in OVER
    return replace(order, incident=incident, same_as=None if ended else standing.id)


async def _put(tx: Tx, order: WorkOrder, note: Words, now_ns: int) -> None:
    await events.put(tx, order, now_ns, HUB, note)
