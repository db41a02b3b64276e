"""The same place again (WO-04): an order that was closed a short while ago is opened again, no second one.

The window: None is the default of 24 h, 0 never reopens. What lies outside of it, or further away, becomes a
new order with a link to the earlier one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.incident import Incident
from core.model.plant import Plant
from core.model.text import Text
from core.model.valve_operation import ValveOperation
from core.model.work_order import MENDED, WorkOrder, WorkOrderState
from core.ports.ledger import Page, Tx
from response.notices.rules import HUB
from response.orders.events import put
from response.orders.one_matter import ORDER_KINDS
from response.orders.valves import log_of
from response.progress import shown_before
from response.site import place_stands

DEFAULT_H = 24.0
_HOUR_NS = 3_600_000_000_000
ABOUT_AS_LIKELY = 0.5
_LOOKED_AT = 500
"""Closed orders of the kind and area that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class ReopenRule:
    """window_h: hours since the close; None: the default; 0: never. radius_m: how far the same place goes."""

    window_h: float | None = None
    radius_m: float = 150.0

    @property
    def window_ns(self) -> int:
        return round((DEFAULT_H if self.window_h is None else self.window_h) * _HOUR_NS)

    def again(self, since_ns: int) -> bool:
        """Whether an order that was closed so long ago is opened again; both ends of the window count."""
        return self.window_ns > 0 and 0 <= since_ns <= self.window_ns

    def same_place(self, away_m: float | None) -> bool:
        """None: one of the two has no place within the area; the area alone then says."""
        return away_m is None or away_m <= self.radius_m


def closed_ns(order: WorkOrder) -> int:
    """When it was closed last; 0 for one that was not."""
    return max((one.at_ns for one in order.milestones if one.state is WorkOrderState.CLOSED), default=0)


def raised_ns(incident: Incident) -> int:
    """When one of its alarms was last raised anew."""
    return max(
        (member.last_ns or member.raised_ns for member in incident.members), default=incident.opened_ns
    )


Spot = tuple[float, float]


def spots(plant: Plant, incident: Incident) -> list[Spot]:
    """Where it may be: the middles of the likeliest pipe and of those that are about as likely, m. One that
    is located well has one; of one that is hardly located any of many may be the place."""
    known = incident.location.candidates if incident.location else ()
    known = tuple(one for one in known if one.link in plant.network.links)
    best = max((one.share for one in known), default=0.0)
    return [plant.network.middle(one.link) for one in known if one.share >= best * ABOUT_AS_LIKELY]


def apart_m(order: WorkOrder, places: Sequence[Spot]) -> float | None:
    """How far from the nearest of them; None where the order or the incident has no place."""
    if not places or order.x is None or order.y is None:
        return None
    return min(math.hypot(order.x - x, order.y - y) for x, y in places)


async def earlier(tx: Tx, plant: Plant, incident: Incident, rule: ReopenRule) -> list[WorkOrder]:
    """Closed orders of the kind at the same place, or of this very incident, the last closed first."""
    zones = tuple(zone for zone in (incident.zone, *incident.zones) if zone)
    asked: dict[str, object] = {"kind": ORDER_KINDS[incident.kind], "state": WorkOrderState.CLOSED}
    found = await tx.find(WorkOrder, Page(_LOOKED_AT), **asked, **({"zone": zones} if zones else {}))
    places = spots(plant, incident)
    near = [o for o in found if o.incident == incident.id or rule.same_place(apart_m(o, places))]
    return sorted(near, key=closed_ns, reverse=True)


async def reopen(tx: Tx, order: WorkOrder, fresh: WorkOrder, incident: Incident, now_ns: int) -> WorkOrder:
    """The closed order stands again, for this incident. fresh: what the incident says of place, pipes and
    clocks now."""
    past = order.past
    if order.incident is not None and order.incident != incident.id:
        past = (*past, order.incident)
    order = shown_before(order, await log_of(tx, [order]), now_ns)
    opened = replace(
        fresh,
        id=order.id,
        incident=incident.id,
        state=WorkOrderState.REOPENED,
        origin=order.origin,
        opened_ns=order.opened_ns,
        milestones=order.milestones,
        seq=order.seq,
        first_owner=order.first_owner,
        owner=order.owner,
        rejections=order.rejections,
        reopened=order.reopened + 1,
        related_to=order.related_to,
        past=past,
        reports=order.reports,
        callers=order.callers,
        rounds=order.rounds,
    )
    note = Text(f"同一位置再次报警 {incident.id}", f"raised again at the same place: {incident.id}")
    return await put(tx, opened, now_ns, HUB, note)


def opened_again(order: WorkOrder, turned: Sequence[ValveOperation], now_ns: int) -> WorkOrder:
    """As people open it again, for the same matter: where its crew had mended it is where it is. What it
    promises begins anew with the clocks of this round (`response.clocks.book`). turned: its valves' log."""
    order = shown_before(order, turned, now_ns)
    mended = order.finding is not None and order.finding.outcome in MENDED
    return replace(
        order,
        state=WorkOrderState.REOPENED,
        finding=None,
        crew=None,
        reopened=order.reopened + 1,
        photos_after=0,
        stopped=None,
        discoloured_ns=None,
        clocks=(),
        told_back_ns=None,
        known_place=mended and place_stands(order),
    )


async def part(tx: Tx, order: WorkOrder, now_ns: int) -> None:
    """A closed order leaves its incident to a new order: closed too long ago to be opened again."""
    if order.incident is not None:
        await put(tx, replace(order, incident=None, past=(*order.past, order.incident)), now_ns)
