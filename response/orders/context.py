"""What goes on around an order now (WO-20): the area's instruments over the last hours with the change since
it was opened, the valves, who is without water, who called. It answers with the historian down too, and then
says so. Weather is none of the hub's sources, and nothing is said of it."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.model.plant import Plant
from core.model.report import Report
from core.model.tag import QUALITY, Quantity, Tag
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.historian import Buckets, Historian, HistorianUnavailable
from core.ports.ledger import Tx
from core.runtime.live import LiveTable
from response.orders.valves import balance

_MINUTE_NS = 60_000_000_000
SPAN_NS, STEP_NS = 6 * 60 * _MINUTE_NS, 5 * _MINUTE_NS
BEFORE_NS = 60 * _MINUTE_NS
"""Compared with the last hour before it was opened."""
WITHIN_S = 2.0
MOST_TAGS, MOST_VALVES, MOST_CALLERS = 12, 6, 200
SHOWN = frozenset({Quantity.PRESSURE, Quantity.FLOW}) | QUALITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """value: now, None when Bad or never heard. before: mean of the hour before the order; delta: now less
    that. line: means of five minutes over six hours, None where nothing was heard; empty where the historian
    does not answer."""

    tag: str
    name_zh: str
    name_en: str
    quantity: Quantity
    unit: str
    value: float | None
    at_ns: int | None
    before: float | None = None
    delta: float | None = None
    line: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearValve:
    """isolating: one of those that part the pipe from the rest. shut: it was shut for this order, and not
    opened again."""

    valve: str
    away_m: float | None
    isolating: bool
    shut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """history: whether the past could be read. from_ns, step_s: of the lines."""

    sensors: tuple[Sensor, ...]
    valves: tuple[NearValve, ...]
    history: bool
    from_ns: int
    step_s: int


async def around(
    plant: Plant,
    live: LiveTable,
    historian: Historian,
    order: WorkOrder,
    operations: Sequence[ValveOperation],
    now_ns: int,
) -> Around:
    tags = _tags(plant, order)
    from_ns = now_ns - now_ns % STEP_NS - SPAN_NS + STEP_NS
    lines = await _lines(historian, tags, from_ns, now_ns)
    before = await _lines(historian, tags, order.opened_ns - BEFORE_NS, order.opened_ns, BEFORE_NS)
    sensors = tuple(
        _sensor(tag, live, lines[i] if lines else None, before[i] if before else None)
        for i, tag in enumerate(tags)
    )
    return Around(
        sensors=sensors,
        valves=_valves(plant, order, operations),
        history=lines is not None,
        from_ns=from_ns,
        step_s=STEP_NS // 1_000_000_000,
    )


async def callers(tx: Tx, order: WorkOrder) -> list[Report]:
    """The newest first."""
    found = await tx.find(Report, work_order=order.id)
    return sorted(found, key=lambda one: (-one.at_ns, one.id))[:MOST_CALLERS]


def _tags(plant: Plant, order: WorkOrder) -> list[Tag]:
    """Of its area, pressures and quality nearest to it first; the inflow at the head."""
    mine = [tag for tag in plant.tags_of(order.zone) if tag.quantity in SHOWN]

    def rank(tag: Tag) -> tuple[bool, float, str]:
        node = plant.network.nodes.get(tag.node or "")
        far = math.inf
        if node is not None and order.x is not None and order.y is not None:
            far = math.hypot(node.x - order.x, node.y - order.y)
        return tag.quantity is not Quantity.FLOW, far, tag.id

    return sorted(mine, key=rank)[:MOST_TAGS]


async def _lines(
    historian: Historian, tags: Sequence[Tag], start_ns: int, end_ns: int, width_ns: int = STEP_NS
) -> list[Buckets] | None:
    if not tags:
        return []
    try:
        async with asyncio.timeout(WITHIN_S):
            return await historian.buckets_of([tag.id for tag in tags], start_ns, end_ns, width_ns)
    except (HistorianUnavailable, TimeoutError):
        return None


def _sensor(tag: Tag, live: LiveTable, line: Buckets | None, before: Buckets | None) -> Sensor:
    newest = live.get(tag.id)
    value = None if newest is None else newest.v
    usual = _mean(before)
    return Sensor(
        tag=tag.id,
        name_zh=tag.name.zh,
        name_en=tag.name.en,
        quantity=tag.quantity,
        unit=tag.unit,
        value=value,
        at_ns=newest.t_ns if newest is not None else None,
        before=usual,
        delta=None if value is None or usual is None else round(value - usual, 4),
        line=() if line is None else tuple(_number(mean) for mean in line.mean.tolist()),
    )


def _mean(buckets: Buckets | None) -> float | None:
    if buckets is None or not buckets.n.sum():
        return None
    return _number(float(np.nansum(buckets.mean * buckets.n) / buckets.n.sum()))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _valves(plant: Plant, order: WorkOrder, operations: Sequence[ValveOperation]) -> tuple[NearValve, ...]:
    """Those to shut first, then the nearest others, then any that still stands shut."""
    shut = balance(list(operations))
    far: dict[str, float] = {}
    for valve in plant.network.valves.values():
        node = plant.network.nodes.get(valve.node)
        if node is not None and order.x is not None and order.y is not None:
            far[valve.id] = math.hypot(node.x - order.x, node.y - order.y)
    nearest = sorted(far, key=lambda id: (far[id], id))[:MOST_VALVES]
    return tuple(
        NearValve(
            valve=id,
            away_m=round(far[id], 1) if id in far else None,
            isolating=id in order.valves,
            shut=id in shut,
        )
        for id in dict.fromkeys((*order.valves, *nearest, *shut))
    )
