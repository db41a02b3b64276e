"""Volumes, night flow and pressure of a period, from quarter hours of the historian.

A quarter hour that was not measured is in no figure: nothing is scaled up, and every figure stands beside the
share of the period that it is of.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from api.reports.period import Period
from api.reports.sheet import Cell, Section, percent
from core.model.plant import Plant, Zone, ZoneKind
from core.model.pressure import LEAST_MPA, METRES_A_MPA
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.historian import Buckets

QUARTER_NS = 900 * 1_000_000_000
QUARTERS_A_DAY = 96
AT_ONCE = 32
"""Tags asked about in one question: a month of as many is a third of a second of the embedded historian."""
NIGHT_H = (2, 4)
"""Minimum night flow is looked for between these hours of the Shanghai clock, when people draw least."""
HOUR_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Promised:
    """What pressure is promised, MPa, and the share of readings that are to keep it. The defaults are those
    of DBJ41/T 105-2010 (Henan), 3: 0.14 MPa at the ends of the network, 97 %; others have 0.16 and 98 %, or
    0.12 and 97 %."""

    pressure_mpa: float = LEAST_MPA
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


@dataclass(frozen=True, slots=True)
class Kept:
    """Of a gauge's quarter hours that are over: how many there were, were measured, and had the pressure that
    is promised; the lowest mean, m."""

    over: int
    measured: int
    kept: int
    lowest: float | None


async def quarters(historian: Means, tags: Sequence[str], period: Period, now_ns: int) -> dict[str, Floats]:
    """By tag the mean of each quarter hour that is over, Good and Uncertain samples; NaN where there is
    none."""
    found: dict[str, Floats] = {}
    async for some, means in _asked(historian, tags, period, now_ns):
        found.update(zip(some, means, strict=True))
    return found


async def kept(
    historian: Means, tags: Sequence[str], period: Period, now_ns: int, promised: Promised
) -> dict[str, Kept]:
    """By gauge."""
    found: dict[str, Kept] = {}
    async for some, means in _asked(historian, tags, period, now_ns):
        found.update(zip(some, (_kept(mean, promised) for mean in means), strict=True))
    return found


async def _asked(
    historian: Means, tags: Sequence[str], period: Period, now_ns: int
) -> AsyncIterator[tuple[Sequence[str], list[Floats]]]:
    """AT_ONCE by AT_ONCE: a month of ten thousand is never in memory together, and whoever else asks the
    historian waits for one part."""
    over = (min(period.end_ns, now_ns) - period.start_ns) // QUARTER_NS
    end_ns = period.start_ns + over * QUARTER_NS
    for first in range(0, len(tags), AT_ONCE):
        some = tags[first : first + AT_ONCE]
        if over:
            found = await historian.buckets_of(some, period.start_ns, end_ns, QUARTER_NS)
            yield some, [buckets.mean for buckets in found]
        else:
            yield some, [np.empty(0)] * len(some)


def _kept(mean: Floats, promised: Promised) -> Kept:
    known = mean[np.isfinite(mean)]
    lowest = round(float(known.min()), 1) if len(known) else None
    return Kept(len(mean), len(known), int((known >= promised.pressure_m).sum()), lowest)


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
    areas: list[float] = []
    kinds = {kind: n for n, kind in enumerate((ZoneKind.PLANT, ZoneKind.TRUNK, ZoneKind.DMA))}
    for zone in sorted(plant.zones.values(), key=lambda zone: (kinds[zone.kind], zone.id)):
        if not zone.inflow and not zone.outflow:
            continue
        net = _net(zone, means)
        known = net[np.isfinite(net)]
        volume = round(float(known.sum()) / HOUR_QUARTERS, 1) if len(known) else None
        if zone.kind is ZoneKind.DMA and volume is not None:
            areas.append(volume)
        rows.append((zone.name, volume, percent(len(known), len(net)), *_night(net)))
    if any(zone.kind is ZoneKind.DMA for zone in plant.zones.values()) and rows:
        total = round(sum(areas), 1) if areas else None
        rows.append((Text("各计量分区合计", "All metered areas"), total, None, None, None))
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
    days = np.pad(net, (0, -len(net) % QUARTERS_A_DAY), constant_values=np.nan).reshape(-1, QUARTERS_A_DAY)
    nights = days[:, NIGHT_H[0] * HOUR_QUARTERS : NIGHT_H[1] * HOUR_QUARTERS]
    hours = np.lib.stride_tricks.sliding_window_view(nights, HOUR_QUARTERS, axis=1).mean(axis=2)
    known = hours[np.isfinite(hours).any(axis=1)]
    if not len(known):
        return None, None
    low = float(np.median(np.nanmin(known, axis=1)))
    mean = float(np.nanmean(net))
    return round(low, 2), round(100 * low / mean, 1) if mean > 0 else None


def pressures(plant: Plant, gauges: Sequence[Tag], kept: Mapping[str, Kept], promised: Promised) -> Section:
    """压力合格率 by zone, the worst first."""
    by_zone: dict[str, list[Kept]] = {}
    for tag in gauges:
        by_zone.setdefault(str(tag.zone), []).append(kept[tag.id])
    rows = sorted((_pressure(plant.zones[zone].name, own) for zone, own in by_zone.items()), key=_worst_first)
    if by_zone:
        rows.append(_pressure(Text("全部", "All"), [one for own in by_zone.values() for one in own]))
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


def _pressure(name: Text, own: Sequence[Kept]) -> tuple[Cell, ...]:
    over, measured = sum(one.over for one in own), sum(one.measured for one in own)
    lowest = min((one.lowest for one in own if one.lowest is not None), default=None)
    return name, percent(sum(one.kept for one in own), measured), measured, percent(measured, over), lowest


def _worst_first(row: tuple[Cell, ...]) -> float:
    """What was not measured stands last."""
    return row[1] if isinstance(row[1], float) else 101.0
