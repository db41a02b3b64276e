"""Volumes, night flow and pressure of a period, from quarter hours of the historian.

A quarter hour that was not measured is in no figure: nothing is scaled up, and every figure stands beside the
share of the period that it is of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from api.reports.period import Period
from api.reports.sheet import Cell, Section, percent
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.historian import Buckets

QUARTER_NS = 900 * 1_000_000_000
QUARTERS_A_DAY = 96
NIGHT_H = (2, 4)
"""Minimum night flow is looked for between these hours of the Shanghai clock, when people draw least."""
HOUR_QUARTERS = 4
METRES_A_MPA = 1e6 / (1000 * 9.80665)


@dataclass(frozen=True, slots=True)
class Promised:
    """What pressure is promised, MPa, and the share of readings that are to keep it. The defaults are those
    of DBJ41/T 105-2010 (Henan), 3: 0.14 MPa at the ends of the network, 97 %; others have 0.16 and 98 %, or
    0.12 and 97 %."""

    pressure_mpa: float = 0.14
    pressure_share: float = 0.97

    @property
    def pressure_m(self) -> float:
        return self.pressure_mpa * METRES_A_MPA


STANDARD = Promised()


class Means(Protocol):
    """What a report needs of a Historian."""

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]: ...


async def quarters(historian: Means, tags: Sequence[str], period: Period) -> dict[str, Floats]:
    """By tag the mean of each quarter hour, Good and Uncertain samples; NaN where there is none."""
    found = await historian.buckets_of(tags, period.start_ns, period.end_ns, QUARTER_NS) if tags else []
    return {tag: buckets.mean for tag, buckets in zip(tags, found, strict=True)}


def flow_tags(plant: Plant) -> list[str]:
    return sorted({tag for zone in plant.zones.values() for tag in (*zone.inflow, *zone.outflow)})


def pressure_tags(plant: Plant) -> list[Tag]:
    """Those in the network; what stands at a works or on a trunk main promises nothing to customers."""
    return [
        tag
        for tag in plant.tags.values()
        if tag.quantity is Quantity.PRESSURE
        and tag.zone in plant.zones
        and plant.zones[tag.zone].kind is ZoneKind.DMA
    ]


def volumes(plant: Plant, means: Mapping[str, Floats]) -> Section:
    """By zone: what a works sent out, what flowed into an area net."""
    rows: list[tuple[Cell, ...]] = []
    total, kinds = 0.0, {kind: n for n, kind in enumerate((ZoneKind.PLANT, ZoneKind.TRUNK, ZoneKind.DMA))}
    for zone in sorted(plant.zones.values(), key=lambda zone: (kinds[zone.kind], zone.id)):
        if not zone.inflow and not zone.outflow:
            continue
        net = _net(zone, means)
        known = net[np.isfinite(net)]
        volume = round(float(known.sum()) / HOUR_QUARTERS, 1) if len(known) else None
        total += (volume or 0.0) if zone.kind is ZoneKind.DMA else 0.0
        rows.append((zone.name, volume, percent(len(known), len(net)), *_night(net)))
    if any(zone.kind is ZoneKind.DMA for zone in plant.zones.values()) and rows:
        rows.append((Text("各计量分区合计", "All metered areas"), round(total, 1), None, None, None))
    return Section(
        id="volumes",
        title=Text("供水量与夜间最小流量", "Volumes and night flow"),
        note=Text(
            f"分区为净流入（进水表减出水表），水厂为出厂水量，按刻钟均值累计；任一水表缺数的刻钟不计入，也不推算。"
            f"夜间最小流量为{NIGHT_H[0]}:00至{NIGHT_H[1]}:00间连续1小时的最低均值。",
            f"Of an area its net inflow, of a works what it sent out, by quarter hours; one that a meter "
            f"does not have is left out, nothing is made up for it. Night flow: the lowest mean of an hour "
            f"between {NIGHT_H[0]}:00 and {NIGHT_H[1]}:00.",
        ),
        heads=(
            Text("区域", "Area"),
            Text("水量 m³", "Volume, m³"),
            Text("数据完整率 %", "Measured, %"),
            Text("夜间最小流量 m³/h", "Night flow, m³/h"),
            Text("夜间占平均 %", "Night of mean, %"),
        ),
        rows=tuple(rows),
        none=Text("没有配置流量边界", "no boundary meters are configured"),
    )


def _net(zone: Zone, means: Mapping[str, Floats]) -> Floats:
    """m3/h, by quarter hour: outward of a works, inward of every other."""
    into = sum((means[tag] for tag in zone.inflow), np.float64(0.0))
    net: Floats = np.asarray(into - sum((means[tag] for tag in zone.outflow), np.float64(0.0)))
    return -net if zone.kind is ZoneKind.PLANT else net


def _night(net: Floats) -> tuple[float | None, float | None]:
    """The lowest hour of the nights, m3/h (their median, of several), and its share of the mean, %."""
    nights = net.reshape(-1, QUARTERS_A_DAY)[:, NIGHT_H[0] * HOUR_QUARTERS : NIGHT_H[1] * HOUR_QUARTERS]
    hours = np.lib.stride_tricks.sliding_window_view(nights, HOUR_QUARTERS, axis=1).mean(axis=2)
    known = hours[np.isfinite(hours).any(axis=1)]
    if not len(known):
        return None, None
    low = float(np.median(np.nanmin(known, axis=1)))
    mean = float(np.nanmean(net))
    return round(low, 2), round(100 * low / mean, 1) if mean > 0 else None


def pressures(plant: Plant, tags: Sequence[Tag], means: Mapping[str, Floats], promised: Promised) -> Section:
    """压力合格率 by zone, the worst first."""
    by_zone: dict[str, list[Floats]] = {}
    for tag in tags:
        by_zone.setdefault(str(tag.zone), []).append(means[tag.id])
    kept = [(plant.zones[zone].name, np.concatenate(parts)) for zone, parts in by_zone.items()]
    rows = sorted((_pressure(name, mean, promised) for name, mean in kept), key=_worst_first)
    if kept:
        rows.append(_pressure(Text("全部", "All"), np.concatenate([mean for _, mean in kept]), promised))
    least = f"{promised.pressure_mpa:g} MPa", f"{promised.pressure_m:.2f}"
    share = f"{100 * promised.pressure_share:g}"
    return Section(
        id="pressure",
        title=Text("管网压力合格率", "Pressure kept"),
        note=Text(
            f"合格率＝刻钟均值不低于{least[0]}（{least[1]} 米水柱）的个数/有数据的刻钟个数；"
            f"目标{share}%。限值与目标在 hub.yaml 的 report 中配置，默认取自 DBJ41/T 105-2010 第3章。",
            f"Share of measured quarter hours whose mean is {least[0]} ({least[1]} m of water) "
            f"or more; the target is {share} %. Both are set in hub.yaml, report; by default those of "
            f"DBJ41/T 105-2010, 3.",
        ),
        heads=(
            Text("区域", "Area"),
            Text("合格率 %", "Kept, %"),
            Text("有数据的刻钟", "Quarter hours measured"),
            Text("数据完整率 %", "Measured, %"),
            Text("最低 m", "Lowest, m"),
        ),
        rows=tuple(rows),
        none=Text("没有管网压力测点", "there are no pressure gauges in the network"),
    )


def _pressure(name: Text, mean: Floats, promised: Promised) -> tuple[Cell, ...]:
    known = mean[np.isfinite(mean)]
    kept = int((known >= promised.pressure_m).sum())
    lowest = round(float(known.min()), 1) if len(known) else None
    return name, percent(kept, len(known)), len(known), percent(len(known), len(mean)), lowest


def _worst_first(row: tuple[Cell, ...]) -> float:
    """What was not measured stands last."""
    return row[1] if isinstance(row[1], float) else 101.0
