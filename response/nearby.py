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
from response.usual_band import SPAN_NS, middle, widened

_S = 1_000_000_000
_HOUR_NS = 3600 * _S
PRESSURES = 3
USUAL_DAYS = 14
USUAL_AT_LEAST = 7
"""Days; below a week nothing is called usual."""
SPARK_NS = 24 * _HOUR_NS
FRESH_NS, REST_NS, OLD_NS = 300 * _S, 15 * _S, 6 * _HOUR_NS
"""Remembered so long a past is asked for no more; so long a historian that failed is left alone; and what is
older than the last is shown no more."""
READ_NS = 15 * 60 * _S
"""What is read is of now for so long."""
USUAL_WITHIN_S = 0.4
"""The historian's whole time for a card, real seconds; a caller does not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNow:
    """value: None when Bad or never heard. usual_low/high: what is usual: of pressures at
    this hour of the day, from the hourly means of two weeks; of the water's quality as the public page has it
    (`usual_band`); None with less than a week. distance_m: as
    the crow flies. spark: of pressures, the hourly means of the last day (UTC ns at the beginning of each),
    then what is read now; None where there is none. past_as_of_ns: when the historian told what is
    usual; None while it has told nothing."""

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
    spark: tuple[tuple[int, float | None], ...] = ()
    past_as_of_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What the historian said of a tag: the band of this hour, and a day's means. at_ns: when it said so."""

    hour: int
    band: tuple[float, float] | None
    spark: tuple[tuple[int, float], ...]
    at_ns: int


class Remembered:
    """By tag, what the historian last said: for callers of one street within minutes, and for when it is
    down or slow. failed_ns: when it last failed to answer; it is then left alone for a while."""

    def __init__(self) -> None:
        self.past: dict[str, Past] = {}
        self.failed_ns: int | None = None

    def fresh(self, tags: Iterable[str], now_ns: int) -> bool:
        """Whether what is remembered of all of them is of now."""
        known = [self.past.get(tag) for tag in tags]
        return all(
            one is not None and one.hour == local(now_ns).hour and 0 <= now_ns - one.at_ns <= FRESH_NS
            for one in known
        )

    def resting(self, now_ns: int) -> bool:
        return self.failed_ns is not None and 0 <= now_ns - self.failed_ns <= REST_NS


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
    quality = (Quantity.FREE_CHLORINE, Quantity.TOTAL_CHLORINE, Quantity.TURBIDITY, Quantity.PH)
    order = (Quantity.PRESSURE, *quality)
    return sorted(chosen, key=lambda row: order.index(row[0].quantity) if row[0].quantity in order else 9)


def _place(plant: Plant, tag: Tag) -> tuple[float, float] | None:
    if tag.node in plant.network.nodes:
        node = plant.network.nodes[tag.node or ""]
        return node.x, node.y
    return plant.network.middle(tag.link) if tag.link in plant.network.links else None


async def sensors(
    plant: Plant,
    live: LiveTable,
    historian: Historian | None,
    node: str,
    zone: str,
    now_ns: int,
    remembered: Remembered | None = None,
) -> tuple[SensorNow, ...]:
    """The nearest instruments now. Without the historian, or when it is slow, with what is remembered of
    it; else without their usual."""
    rows = [_now(tag, far_m, zone, live.get(tag.id)) for tag, far_m in nearest(plant, node, zone)]
    kept = remembered or Remembered()
    tags = [row.tag for row in rows]
    if historian is not None and not kept.fresh(tags, now_ns) and not kept.resting(now_ns):
        try:
            async with asyncio.timeout(USUAL_WITHIN_S):
                kept.past |= await _past(historian, rows, now_ns)
                kept.failed_ns = None
        except (HistorianUnavailable, TimeoutError):
            kept.failed_ns = now_ns
    return tuple(_with_past(row, kept.past.get(row.tag), now_ns) for row in rows)


def _with_past(row: SensorNow, past: Past | None, now_ns: int) -> SensorNow:
    if past is None or not 0 <= now_ns - past.at_ns <= OLD_NS:
        return row
    band = past.band if past.hour == local(now_ns).hour else None
    low, high = band if band else (None, None)
    day = _day(row, past, now_ns)
    return replace(row, usual_low=low, usual_high=high, spark=day, past_as_of_ns=past.at_ns)


def _day(row: SensorNow, past: Past, now_ns: int) -> tuple[tuple[int, float | None], ...]:
    """Hour by hour up to now: a gap stays one, and a fall of five minutes ago is seen."""
    if not past.spark:
        return ()
    means, this_hour = dict(past.spark), now_ns // _HOUR_NS * _HOUR_NS
    hours = range(this_hour - SPARK_NS, this_hour, _HOUR_NS)
    fresh = row.at_ns is not None and now_ns - row.at_ns <= READ_NS
    return (*((t_ns, means.get(t_ns)) for t_ns in hours), (now_ns, row.value if fresh else None))


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


async def _past(historian: Historian, rows: Sequence[SensorNow], now_ns: int) -> dict[str, Past]:
    """Of each row, in one question."""
    this_hour = now_ns // _HOUR_NS * _HOUR_NS
    start = this_hour - SPAN_NS
    told = await historian.buckets_of([row.tag for row in rows], start, this_hour, _HOUR_NS)
    hour = local(now_ns).hour
    return {
        row.tag: Past(hour, _band(buckets, row.quantity, this_hour), _spark(buckets, row, this_hour), now_ns)
        for buckets, row in zip(told, rows, strict=True)
    }


def _spark(past: Buckets, row: SensorNow, this_hour: int) -> tuple[tuple[int, float], ...]:
    if row.quantity is not Quantity.PRESSURE:
        return ()
    hours = zip(past.t_ns.tolist(), past.n.tolist(), past.mean.tolist(), strict=True)
    return tuple((t_ns, round(mean, 2)) for t_ns, n, mean in hours if n and t_ns >= this_hour - SPARK_NS)


def _band(past: Buckets, quantity: Quantity, this_hour: int) -> tuple[float, float] | None:
    """Of the water's quality as the public page tells it; pressures follow the hour of the day."""
    if quantity in QUALITY:
        found = middle(past.mean[past.n > 0])
        return widened(*found, quantity) if found else None
    since = this_hour - USUAL_DAYS * 24 * _HOUR_NS
    recent = zip(past.t_ns.tolist(), past.n.tolist(), past.mean.tolist(), strict=True)
    means = _at_hour((one for one in recent if one[0] >= since), local(this_hour).hour)
    if len(means) < USUAL_AT_LEAST:
        return None
    low, high = np.percentile(np.array(means), [5, 95])
    return widened(float(low), float(high), quantity)


def _at_hour(rows: Iterable[tuple[int, int, float]], hour: int) -> list[float]:
    return [mean for t_ns, n, mean in rows if n and local(t_ns).hour == hour]
