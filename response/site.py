"""How far the work on site has come, by what crews recorded: what notices, callers and checks go by.

One order stands for all of an incident's: the one that has come furthest. Water that is brought to people is
no work on the main.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.model.incident import GOING_ON, Incident, IncidentKind, IncidentState
from core.model.notice import Notice, Site
from core.model.phone_call import told_by
from core.model.valve_operation import StoppedBy, Turning, ValveOperation
from core.model.work_order import FIELD_DONE, MAIN_DONE, MENDED, OVER, VOID, Outcome, WorkOrder, how_far
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.orders.catalogue import EMERGENCY_SUPPLY
from response.orders.parting import HalfShut, half_shut
from response.orders.valves import balance, log_of, opening_since
from response.progress import NOTHING_THERE, dry

_DONE = MAIN_DONE - VOID
_AT = {
    S.EN_ROUTE: Site.ON_THE_WAY,
    S.ARRIVED: Site.LOOKING,
    S.ISOLATING: Site.SHUTTING,
    S.ISOLATED: Site.SHUT,
    S.REPAIRING: Site.REPAIRING,
    S.FLUSHING: Site.FLUSHING,
}
_WHILE_SHUT = frozenset({S.ISOLATING, S.ISOLATED})
_AGREED = {Outcome.NOT_OURS: Site.NOT_OURS, Outcome.THIRD_PARTY: Site.PASSED_ON}
BACK = frozenset({IncidentState.RESTORED, IncidentState.CLOSED})
"""Of an incident whose signals are back, whatever crews have recorded."""
SUSPECTED = frozenset({Site.ORGANISED, Site.ON_THE_WAY, Site.LOOKING})
FOUND = frozenset({Site.SHUTTING, Site.SHUT, Site.REPAIRING, Site.FLUSHING})
UNOPENED = frozenset({Site.TO_OPEN, Site.OPENING})
"""Repaired, and valves still stand shut for it."""
REPAIRED = UNOPENED | {Site.RETURNING}
_KNOWN = (FOUND | REPAIRED) - {Site.SHUTTING}
PARTED = UNOPENED | {Site.SHUT, Site.REPAIRING}
"""While valves stand shut for it, where any were."""
NOTHING = frozenset({Site.NOTHING_YET, Site.NOTHING_FOUND})
UNREPAIRED = frozenset(Site) - SUSPECTED - FOUND - REPAIRED
"""Checked on site, and no repair is under way or was made."""
_GROUPS = (SUSPECTED, FOUND, REPAIRED, NOTHING, frozenset({Site.NOT_OURS}), frozenset({Site.PASSED_ON}))


@dataclass(frozen=True, slots=True)
class Work:
    """clamped: the water was stopped under pressure, without any valve shut: nobody is off for it. shut: the
    valves that still stand shut for it. by_others: others stopped it, and the work goes on. opened_ns:
    when the last valve was opened, or the main began to be filled; 0 for none. elsewhere: others
    stopped it at any time. priority: of the most urgent order that was not called off. half: only some of its
    valves are recorded shut."""

    site: Site
    clamped: bool = False
    shut: tuple[str, ...] = ()
    by_others: bool = False
    opened_ns: int = 0
    elsewhere: bool = False
    priority: int | None = None
    half: HalfShut | None = None

    @property
    def held_off(self) -> bool:
        """Whether somebody is without water by what crews recorded, whatever instruments show: they read the
        mains around, which recover once the break is parted from them."""
        return bool(self.shut) or self.by_others


def lasts(incident: Incident, done: Work) -> bool:
    """It is confirmed, or crews hold its water off though its signals are back."""
    return done.held_off if incident.state in BACK else incident.state is IncidentState.CONFIRMED


async def head_of(tx: Tx, incident: str) -> str:
    """What it was put into in the end; itself where it was not."""
    while (one := await tx.get(Incident, incident)) is not None and one.merged_into is not None:
        incident = one.merged_into
    return incident


async def matter(tx: Tx, incident: str) -> tuple[str, ...]:
    """The incidents that are one with it: what it was put into, and all that was put into that. An order that
    stands aside for another keeps its own, and what it shut is shut."""
    found = [await head_of(tx, incident)]
    for id in found:
        one = await tx.get(Incident, id)
        gone = await tx.find(Incident, id=one.merged) if one is not None and one.merged else []
        found += [other.id for other in gone if other.merged_into == id and other.id not in found]
    return tuple(found)


async def work_of(tx: Tx, incident: str) -> Work:
    """Of the orders of all that is one with it."""
    return work(*await recorded(tx, incident))


async def recorded(tx: Tx, incident: str) -> tuple[list[WorkOrder], list[ValveOperation]]:
    """The orders of all that is one with it, and the log of their valves."""
    orders = await tx.find(WorkOrder, incident=await matter(tx, incident))
    return orders, await log_of(tx, orders)


async def back_of(tx: Tx, incident: str | None) -> int | None:
    """`back_since` of an incident by its id; None of what has none."""
    found = await tx.get(Incident, incident) if incident else None
    return back_since(found, await work_of(tx, found.id)) if found else None


async def works(tx: Tx, incidents: Sequence[str]) -> dict[str, Work]:
    """Of those that have orders, or are one with such."""
    found = await tx.find(WorkOrder, incident=tuple(incidents)) if incidents else []
    together = await tx.find(Incident, id=tuple(incidents)) if incidents else []
    log = await log_of(tx, found)
    done = dict[str, Work]()
    for id in {order.incident for order in found if order.incident}:
        own = [order for order in found if order.incident == id]
        mine = {order.id for order in own}
        done[id] = work(own, [one for one in log if one.work_order in mine])
    for one in together:
        if one.merged or one.merged_into is not None:
            done[one.id] = await work_of(tx, one.id)
    return done


def work(orders: Sequence[WorkOrder], log: Sequence[ValveOperation]) -> Work:
    """log: the orders' valves. One that an order shut and another opened is open."""
    others = any(one.stopped is StoppedBy.BY_OTHERS and one.reached not in FIELD_DONE for one in orders)
    shut, order = tuple(balance(list(log))), furthest(orders)
    return Work(
        site_of(orders, log),
        clamped(orders, log),
        shut,
        others,
        max(opened_ns(log), filled_ns(orders)),
        any(one.stopped is StoppedBy.BY_OTHERS for one in orders),
        min((one.priority for one in orders if one.state not in VOID), default=None),
        half_shut(order, shut) if order else None,
    )


def known_off(said: Notice) -> bool:
    """Whether whom it concerns is known by what crews did, not guessed from where the break may be."""
    return said.parted or said.site in _KNOWN


def unproven(incident: Incident, done: Work) -> bool:
    """No instrument saw it end and nobody repaired anything: callers alone spoke of it, and that no more of
    them do is not water; or a detector gave it up."""
    heard = bool(incident.members) and all(told_by(member.alarm) for member in incident.members)
    return (heard or incident.given_up) and done.site not in REPAIRED


def back_since(incident: Incident, done: Work) -> int | None:
    """When water was back: what instruments saw return, and no sooner than the last valve was opened and the
    main was being filled. None where that is not known: while it is off, and where others opened theirs
    unseen."""
    if incident.state not in BACK or incident.back_ns is None or done.held_off or done.elsewhere:
        return None
    return max(incident.back_ns, done.opened_ns)


def filled_ns(orders: Sequence[WorkOrder]) -> int:
    """When a main was last said to be being filled; 0 for never."""
    said = [one for order in orders if order.state not in VOID for one in order.said]
    steps = [one for one in said if one.state is S.FLUSHING and one.beside is None]
    return max((one.when_ns for one in steps), default=0)


def stopped_by_others(orders: Sequence[WorkOrder]) -> list[int]:
    """When it was said that others had stopped the water, of orders for which they did."""
    others = (order for order in orders if order.stopped is StoppedBy.BY_OTHERS)
    said = (one for order in others for one in order.said if one.state is S.ISOLATED)
    return [one.when_ns for one in said]


class Water(StrEnum):
    """Of those whom an incident reaches: what is known of their water. may_be_off: until a crew has recorded
    that it is stopped. weak: it was stopped under pressure, so that nobody is off. back: none is off for it
    any more, or none ever was."""

    OFF = "off"
    MAY_BE_OFF = "may_be_off"
    WEAK = "weak"
    BACK = "back"


def water(incident: Incident, done: Work) -> Water | None:
    """None where it is not whether there is water, but what is in it."""
    if incident.kind is IncidentKind.WATER_QUALITY:
        return None
    if done.held_off and incident.state in (*GOING_ON, *BACK):
        return Water.MAY_BE_OFF if done.half else Water.OFF
    if incident.state not in GOING_ON:
        return Water.BACK
    return Water.WEAK if done.clamped else Water.MAY_BE_OFF


def opened_ns(log: Sequence[ValveOperation]) -> int:
    """When a valve was last opened, by its operator's clock where that is known; 0 for never."""
    return max((one.when_ns for one in log if one.turning is Turning.OPEN), default=0)


def site_of(orders: Sequence[WorkOrder], log: Sequence[ValveOperation]) -> Site:
    """log: the orders' valves."""
    order = furthest(orders)
    if order is None:
        return Site.ORGANISED
    if mended(order):
        if not dry(order, log):
            return Site.RETURNING
        mine = [one for one in log if one.work_order == order.id]
        return Site.TO_OPEN if opening_since(mine) is None else Site.OPENING
    if order.reached in _DONE:
        return _without_repair(order)
    if order.reached in _WHILE_SHUT and order.stopped is StoppedBy.UNDER_PRESSURE:
        return Site.REPAIRING
    if order.reached is S.ISOLATED and half_shut(order, balance(list(log))):
        return Site.SHUTTING
    return _AT.get(order.reached, Site.ORGANISED)


def _without_repair(order: WorkOrder) -> Site:
    outcome = order.finding.outcome if order.finding else None
    if outcome is not None and order.state in OVER:
        return _AGREED.get(outcome, Site.NOTHING_FOUND)
    return Site.NOTHING_YET if outcome in NOTHING_THERE else Site.UNSAID


def clamped(orders: Sequence[WorkOrder], log: Sequence[ValveOperation]) -> bool:
    at_work = [order for order in orders if order.state not in VOID]
    ids = {order.id for order in at_work}
    shut = any(one.turning is Turning.CLOSE and one.work_order in ids for one in log)
    by_others = any(order.stopped is StoppedBy.BY_OTHERS for order in at_work)
    under = any(order.stopped is StoppedBy.UNDER_PRESSURE for order in at_work)
    return under and not shut and not by_others


def overtaken(said: Site | None, now: Site) -> bool:
    """Whether words made then say what does not hold any more: suspected of what was found, being repaired of
    what is, found of what was not there. A crew that has come nearer overtakes nothing."""
    return said is not None and said is not now and not any({said, now} <= group for group in _GROUPS)


def place_stands(order: WorkOrder) -> bool:
    """The crew has shut the water for it, so it knows the place, also once people open it again: what
    instruments say later moves nothing."""
    return order.known_place or how_far(order.reached) >= how_far(S.ISOLATING)


def mended(order: WorkOrder) -> bool:
    """Whether the work on site is over, and something was repaired."""
    return order.reached in _DONE and order.finding is not None and order.finding.outcome in MENDED


def furthest(orders: Sequence[WorkOrder]) -> WorkOrder | None:
    """One whose work ended without a repair stands behind one that goes on; one that was ended for another or
    cancelled has come nowhere."""
    standing = [one for one in orders if one.state not in VOID and one.service != EMERGENCY_SUPPLY]
    return max(standing, key=lambda o: (o.state not in _DONE or mended(o), how_far(o.reached)), default=None)


def shown(orders: Sequence[WorkOrder]) -> WorkOrder | None:
    """The one whose steps people are shown: the same, else what there was before all were cancelled."""
    return furthest(orders) or next(iter(orders), None)
