"""What a confirmed incident does with its order: opens it or raises the one that was to look into it,
keeps its place up to date, opens a closed one again, and writes down when the signal is back."""

from collections.abc import Callable
from dataclasses import replace

from core.model.field_work import NoteFrom
from core.model.incident import Incident
from core.model.passing_on import OnCall
from core.model.plant import Plant
from core.model.text import Text, listed
from core.model.work_order import FIELD_DONE, OVER, Beside, Origin, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from core.runtime.logs import log
from response import drafting
from response.affected import Footprint
from response.field_notes import hub_note
from response.notices.rules import HUB
from response.orders.events import event_of, put
from response.orders.one_matter import (
    BECOMES,
    INVESTIGATE,
    ORDER_KINDS,
    folded,
    furthest,
    lesser_of,
    one_matter,
    raised,
    waits,
)
from response.orders.priority import BY_PERSON, CALL_CLUSTER
from response.orders.reopening import ReopenRule, closed_ns, earlier, part, raised_ns, reopen
from response.service_times import ServiceTimes
from response.site import place_stands

SIGNAL_RECOVERED = Text("信号已恢复", "signal recovered")
RAISED_AGAIN = Text("信号再次异常", "raised again")
Rota = Callable[[Incident, int, int], OnCall | None]
"""Who is on call for an incident with an order of this priority, at a time (ns)."""


def nobody(incident: Incident, priority: int, now_ns: int) -> None:
    """Without a rota."""


class IncidentOrders:
    def __init__(self, plant: Plant, times: ServiceTimes, rule: ReopenRule, rota: Rota) -> None:
        self._plant, self._times, self._rule, self._rota = plant, times, rule, rota

    async def confirmed(
        self, tx: Tx, incident: Incident, orders: list[WorkOrder], found: Footprint, now_ns: int
    ) -> None:
        """orders: all that hang on it. One of them stands for it: what was only to be looked into is
        raised, or taken up by the one that repairs."""
        kind = ORDER_KINDS[incident.kind]
        mine = [order for order in orders if one_matter(order.kind, kind)]
        for order in mine:
            if order.kind == kind:
                await self._refresh(tx, incident, await _raised_again(tx, order, now_ns), found, now_ns)
        lesser = lesser_of(mine, kind)
        own = [order for order in mine if order.kind not in BECOMES.get(kind, ())]
        closed = [order for order in own if order.state is WorkOrderState.CLOSED]
        anew = [order for order in closed if raised_ns(incident) > closed_ns(order)]
        if not own or (anew and all(order.state in OVER for order in own)):
            await self._open(tx, incident, anew, lesser, found, now_ns)
        elif standing := furthest(o for o in own if o.state not in OVER and o.same_as is None):
            for order in lesser:
                standing = await tx.get(WorkOrder, standing.id) or standing
                await folded(tx, order, standing, now_ns)

    async def counted(self, tx: Tx, incident: Incident, found: Footprint, now_ns: int) -> None:
        """Once a crew has parted the main, whom its valves cut off is no guess of where the break may be."""
        if not found.parted and not found.low:
            return
        dry, weak = found.counts
        for order in await tx.find(WorkOrder, incident=incident.id):
            if order.state not in FIELD_DONE and place_stands(order):
                fresh = replace(order, accounts_affected=dry, accounts_weak=weak)
                if fresh != order:
                    await put(tx, fresh, now_ns)

    async def recovered(self, tx: Tx, order: WorkOrder, back_ns: int | None, now_ns: int) -> None:
        """The signal's return is written down; it closes nothing (WO-04). back_ns: when that was, where the
        hub listened for more callers before it believed it."""
        if order.state not in OVER and order.recovered_ns is None:
            order = replace(order, recovered_ns=back_ns or now_ns)
            await put(tx, order, now_ns, HUB, SIGNAL_RECOVERED, Beside.SIGNAL_BACK)

    async def _open(
        self,
        tx: Tx,
        incident: Incident,
        closed: list[WorkOrder],
        lesser: list[WorkOrder],
        found: Footprint,
        now_ns: int,
    ) -> None:
        """closed: orders of this very incident, which was raised again after their close. lesser: those that
        were to look into it; where somebody is under way with one of them, that one goes on."""
        id = closed[0].id if closed else ""
        fresh = drafting.work_order(self._plant, incident, found, id=id, now_ns=now_ns, times=self._times)
        fresh = replace(fresh, on_call=self._rota(incident, fresh.priority, now_ns))
        before = await earlier(tx, self._plant, incident, self._rule)
        before = [order for order in before if closed_ns(order) < raised_ns(incident)]
        best = furthest(lesser)
        again = before and self._rule.again(now_ns - closed_ns(before[0]))
        if again and (best is None or waits(best)):
            standing = await reopen(tx, before[0], fresh, incident, now_ns)
            log.info("work order reopened", order=standing.id, incident=incident.id)
        else:
            for order in closed:
                await part(tx, order, now_ns)
            fresh = replace(fresh, related_to=before[0].id if before else None)
            standing = await self._stood(tx, incident, best, fresh, now_ns)
        for order in lesser:
            if order.id != standing.id:
                standing = await folded(tx, order, standing, now_ns)

    async def _stood(
        self, tx: Tx, incident: Incident, best: WorkOrder | None, fresh: WorkOrder, now_ns: int
    ) -> WorkOrder:
        """The one that was to look into it, raised; else a new one."""
        if best is not None:
            log.info("work order raised", order=best.id, incident=incident.id, priority=fresh.priority)
            return await raised(tx, best, fresh, now_ns)
        order = _given(replace(fresh, id=await tx.next_id("WO", now_ns)))
        if await tx.insert(order):
            await tx.emit(event_of(order, now_ns))
            log.info("work order opened", order=order.id, incident=incident.id, priority=order.priority)
        return order

    async def _refresh(
        self, tx: Tx, incident: Incident, order: WorkOrder, found: Footprint, now_ns: int
    ) -> None:
        """Where to dig and what to close follow the location until the crew shuts the water: it knows the
        place then, and what instruments say later is told beside it."""
        if order.state in FIELD_DONE or (order.kind == INVESTIGATE and order.origin is not Origin.INCIDENT):
            return
        anew = drafting.work_order(
            self._plant, incident, found, id=order.id, now_ns=order.opened_ns, times=self._times
        )
        if place_stands(order):
            await _pointed(tx, order, anew, found.pipe, now_ns)
            return
        fresh = replace(
            order,
            title=anew.title,
            place=anew.place,
            links=anew.links,
            valves=anew.valves,
            accounts_affected=anew.accounts_affected,
            accounts_weak=anew.accounts_weak,
            x=anew.x,
            y=anew.y,
            diameter_mm=anew.diameter_mm,
        )
        fresh = _as_urgent(order, fresh, anew)
        if (fresh.place, fresh.links, fresh.valves) != (order.place, order.links, order.valves):
            fresh = replace(fresh, located_ns=now_ns)
        if fresh != order:
            await put(tx, fresh, now_ns)


def _as_urgent(order: WorkOrder, fresh: WorkOrder, anew: WorkOrder) -> WorkOrder:
    """A new guess of the place makes it no less urgent than one before; that of no pipe yet is none, nor
    is the place of another matter that was taken out of its own again."""
    before = order.priority_reasons
    if BY_PERSON in before or (order.links and anew.links and anew.priority > order.priority):
        return fresh
    heard = tuple(one for one in before if one == CALL_CLUSTER)
    return replace(fresh, priority=anew.priority, priority_reasons=(*anew.priority_reasons, *heard))


def _given(order: WorkOrder) -> WorkOrder:
    """Its record says from the first line who answers for it."""
    if (on := order.on_call) is None:
        return order
    note = Text(
        f"{on.name.zh}（{on.contact_name.zh}）负责",
        f"{on.name.en} ({on.contact_name.en}) answers for it",
    )
    return replace(order, milestones=(replace(order.milestones[0], note=note),))


async def _raised_again(tx: Tx, order: WorkOrder, now_ns: int) -> WorkOrder:
    if order.recovered_ns is None or order.state in OVER:
        return order
    again = replace(order, recovered_ns=None)
    return await put(tx, again, now_ns, HUB, RAISED_AGAIN, Beside.SIGNAL_AWAY)


async def _pointed(tx: Tx, order: WorkOrder, anew: WorkOrder, pipe: str | None, now_ns: int) -> None:
    """A note for whoever is at work, once a pipe."""
    if pipe is None or (anew.place, anew.valves) == (order.place, order.valves):
        return
    valves = listed(Text(id, id) for id in anew.valves or ("—",))
    text = Text(
        f"仪表现指向{anew.place.zh}（{pipe}，阀门 {valves.zh}）；工单地点和已列阀门不变，请现场核对",
        f"Instruments now point to {anew.place.en} ({pipe}, valves {valves.en}); the order's place and "
        "valves stand: check on site",
    )
    if await tx.insert(hub_note(order, f"points.{pipe}", text, now_ns, NoteFrom.DESK)):
        await put(tx, order, now_ns)
