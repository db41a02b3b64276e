"""The instruments nearest to a caller: now, against what is usual at this hour."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np

from core.model.plant import Plant
from core.model.quality import reason
from core.model.sample import Sample
from core.model.shanghai import local
from core.model.tag import QUALITY, Quantity, Tag
from core.ports.historian import Buckets, Historian, HistorianUnavailable
from core.runtime.live import LiveTable
from response.usual_band import widened

_S = 1_000_000_000
_HOUR_NS = 3600 * _S
PRESSURES = 3
USUAL_DAYS = 14
USUAL_AT_LEAST = 7
"""Days; below a week nothing is called usual."""
USUAL_WITHIN_S = 0.4
"""The historian's whole time for a card, real seconds; a caller does not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNow:
    """value: None when Bad or never heard. usual_low/high: what is usual at this hour of the day,
    from the hourly means of two weeks (`usual_band.widened`); None with less than a week. distance_m: as
    the crow flies."""

    tag: str
    name_zh: str
    name_en: str
    quantity: Quantity
    unit: str
    same_zone: bool
    distance_m: float
    value: float | None = None
    quality: str = "bad_waiting_for_initial_data"
    at_ns: int | None = None
    usual_low: float | None = None
    usual_high: float | None = None


def nearest(plant: Plant, node: str, zone: str) -> list[tuple[Tag, float]]:
    """Three pressures and one instrument of each quality quantity, with their distance; the zone's own
    before a neighbour's."""
    home = plant.network.nodes.get(node)
    if home is None:
        return []
    ranked = sorted(
        (
            (tag.zone != zone, hypot(x - home.x, y - home.y), tag)
            for tag in plant.tags.values()
            if (tag.quantity is Quantity.PRESSURE or tag.quantity in QUALITY)
            and (at := _place(plant, tag)) is not None
            for x, y in (at,)
        ),
        key=lambda row: (row[0], row[1], row[2].id),
    )
    left = dict.fromkeys(QUALITY, 1) | {Quantity.PRESSURE: PRESSURES}
    chosen: list[tuple[Tag, float]] = []
    for _, far_m, tag in ranked:
        if left[tag.quantity]:
            left[tag.quantity] -= 1
            chosen.append((tag, far_m))
    order = (Quantity.PRESSURE, Quantity.FREE_CHLORINE, Quantity.TURBIDITY, Quantity.PH)
    return sorted(chosen, key=lambda row: order.index(row[0].quantity) if row[0].quantity in order else 9)


def _place(plant: Plant, tag: Tag) -> tuple[float, float] | None:
    if tag.node in plant.network.nodes:
        node = plant.network.nodes[tag.node or ""]
        return node.x, node.y
    return plant.network.middle(tag.link) if tag.link in plant.network.links else None


async def sensors(
    plant: Plant, live: LiveTable, historian: Historian | None, node: str, zone: str, now_ns: int
) -> tuple[SensorNow, ...]:
    """The nearest instruments now; without the historian, or when it is slow, without their usual."""
    rows = [_now(tag, far_m, zone, live.get(tag.id)) for tag, far_m in nearest(plant, node, zone)]
    if historian is None:
        return tuple(rows)
    try:
        async with asyncio.timeout(USUAL_WITHIN_S):
            bands = await _usual(historian, rows, now_ns)
    except (HistorianUnavailable, TimeoutError):
        return tuple(rows)
    return tuple(
        replace(row, usual_low=band[0], usual_high=band[1]) if band else row
        for row, band in zip(rows, bands, strict=True)
    )


def _now(tag: Tag, far_m: float, zone: str, sample: Sample | None) -> SensorNow:
    row = SensorNow(
        tag=tag.id,
        name_zh=tag.name.zh,
        name_en=tag.name.en,
        quantity=tag.quantity,
        unit=tag.unit,
        same_zone=tag.zone == zone,
        distance_m=round(far_m),
    )
    if sample is None:
        return row
    return replace(row, value=sample.v, quality=reason(sample.q), at_ns=sample.t_ns)


async def _usual(
    historian: Historian, rows: Sequence[SensorNow], now_ns: int
) -> list[tuple[float, float] | None]:
    """Of each row, in one question."""
    this_hour = now_ns // _HOUR_NS * _HOUR_NS
    start = this_hour - USUAL_DAYS * 24 * _HOUR_NS
    past = await historian.buckets_of([row.tag for row in rows], start, this_hour, _HOUR_NS)
    hour = local(now_ns).hour
    return [_band(buckets, row.quantity, hour) for buckets, row in zip(past, rows, strict=True)]


def _band(past: Buckets, quantity: Quantity, hour: int) -> tuple[float, float] | None:
    means = _at_hour(zip(past.t_ns.tolist(), past.n.tolist(), past.mean.tolist(), strict=True), hour)
    if len(means) < USUAL_AT_LEAST:
        return None
    low, high = np.percentile(np.array(means), [5, 95])
    return widened(float(low), float(high), quantity)


def _at_hour(rows: Iterable[tuple[int, int, float]], hour: int) -> list[float]:
    return [mean for t_ns, n, mean in rows if n and local(t_ns).hour == hour]
