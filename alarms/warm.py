"""A past for a detector that has none yet: the last four weeks from the historian, through its own update."""

import asyncio

import numpy as np

from alarms.columns import Column
from alarms.detectors.burst import Bursts
from alarms.detectors.expected_week import DAY_NS, DAYS
from alarms.detectors.forecast import Forecast
from alarms.detectors.zone_inflow import ZoneInflow
from core.ports.historian import Historian

PRESSURE_DAYS = 3


async def warm(bursts: Bursts, historian: Historian, now_ns: int) -> int:
    """Bins learned from. What the past would have said is not said again."""
    learned = 0
    for zone in bursts.zones.values():
        columns = await _columns(zone, historian, now_ns)
        if columns:
            await asyncio.to_thread(zone.update, columns)
            zone.forget_burst()
        learned += sum(len(column) for column in columns.values())
    return learned


async def warm_weeks(forecast: Forecast, historian: Historian, now_ns: int) -> int:
    """The same for forecasts."""
    learned = 0
    for watch in forecast.watches:
        (tag,), width_ns = watch.bins.tags, watch.bins.width_ns
        column = await _column(historian, tag, DAYS, width_ns, now_ns)
        if column is None:
            continue
        rows = watch.bins.add({tag: column})
        if rows is not None:
            await asyncio.to_thread(watch.advance, rows)
        watch.forget_alarm()
        learned += len(column)
    return learned


async def _columns(zone: ZoneInflow, historian: Historian, now_ns: int) -> dict[str, Column]:
    """Bin means by tag, stamped with the end of their bin."""
    columns = {}
    for tag in (*zone.flows, *zone.pressures):
        days = DAYS if tag in zone.flows else PRESSURE_DAYS
        column = await _column(historian, tag, days, zone.bins.width_ns, now_ns)
        if column is not None:
            columns[tag] = column
    return columns


async def _column(historian: Historian, tag: str, days: int, width_ns: int, now_ns: int) -> Column | None:
    end = now_ns // width_ns * width_ns
    start = end - days * DAY_NS // width_ns * width_ns
    buckets = await historian.buckets(tag, start, end, width_ns)
    known = buckets.n > 0
    if not known.any():
        return None
    t_ns, v = buckets.t_ns[known] + width_ns, buckets.mean[known]
    return Column(t_ns, v, np.zeros(len(v), np.uint32), np.ones(len(v), np.bool_))
