"""Service clocks and the board's cards as the public contract shows them."""

from api.deps import Deps
from api.shapes import work_order_shape
from api.wire import Json, plain, rfc3339
from core.model.account import User
from core.model.service_clock import ServiceClock
from response.clocks.board import Card
from response.clocks.reckoning import Reading
from response.orders.steps import allowed, unassigned

_S = 1_000_000_000
_LEFT_OUT = ("milestones", "links", "valves", "clocks", "text", "past", "handover", "rejections")
"""Of an order: what the board does not show."""


def clock_shape(clock: ServiceClock, reading: Reading) -> Json:
    """due, share, met: without pauses; due_paused, share_paused, met_paused: with. share: of the time allowed
    that is gone. provisional: its year's days off are not known yet."""
    return {
        "clock": clock.clock.value,
        "round": clock.round,
        "state": reading.state.value,
        "calendar": clock.calendar.value,
        "start": rfc3339(clock.start_ns),
        "due": rfc3339(reading.due_ns),
        "due_paused": rfc3339(reading.due_paused_ns),
        "stopped": None if clock.stopped_ns is None else rfc3339(clock.stopped_ns),
        "share": round(reading.share, 4),
        "share_paused": round(reading.share_paused, 4),
        "paused_s": reading.paused_ns // _S,
        "met": reading.met,
        "met_paused": reading.met_paused,
        "pausable": clock.pausable,
        "provisional": clock.provisional,
        "source": clock.source,
        "told": list(clock.told),
        "acked_by": clock.acked_by,
        "acked": None if clock.acked_ns is None else rfc3339(clock.acked_ns),
    }


def card_shape(card: Card, deps: Deps, user: User) -> Json:
    """allowed: the steps that whoever asks may take. idle: null unless it lies longer than it may."""
    order = work_order_shape(card.order)
    for name in _LEFT_OUT:
        order.pop(name, None)
    zone = deps.plant.zones.get(card.order.zone or "")
    standing = next((pause for pause in card.pauses if pause.open), None)
    idle = card.idle
    return order | {
        "zone_name": plain(zone.name) if zone else None,
        "allowed": allowed(card.order, user),
        "unassigned": unassigned(card.order),
        "clocks": [clock_shape(clock, reading) for clock, reading in card.clocks],
        "next": card.next[0].clock.value if card.next else None,
        "pause": None if standing is None else plain(standing),
        "idle": None
        if idle is None
        else {
            "owner": idle.owner,
            "since": rfc3339(idle.from_ns),
            "for_s": idle.for_ns // _S,
            "allowed_s": idle.allowed_ns // _S,
        },
        "duties": card.duties,
        "duties_late": card.duties_late,
    }
