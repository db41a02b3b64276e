"""Water quality of a period, from the published record: hours within the limits in force."""

from collections.abc import Iterable
from datetime import date

from api.glossary import GLOSSARY
from api.reports.period import Period
from api.reports.sheet import Cell, Section, percent
from core.model.limits import AppliedLimit, within
from core.model.plant import Plant
from core.model.published import Hour, PublishedDay
from core.model.text import Text
from core.ports.ledger import Tx

_Stream = tuple[str, str]
"""Area and parameter."""


async def days_of(tx: Tx, period: Period) -> list[PublishedDay]:
    """The published days of the period, by area and parameter."""
    kept = await tx.find(PublishedDay, month=period.month)
    return sorted((day for day in kept if period.has(day.day)), key=lambda d: (d.zone, d.parameter))


def quality(plant: Plant, days: Iterable[PublishedDay], period: Period, now_ns: int) -> Section:
    """Of the hours that are over. An hour is within when its median and its extreme 15-minute medians are.
    Never called compliant: that is said of laboratory results alone (WQ-01)."""
    held: dict[_Stream, list[bool]] = {}
    seen: dict[_Stream, list[float]] = {}
    limits: dict[_Stream, AppliedLimit | None] = {}
    for day in days:
        key = day.zone, day.parameter
        # older records do not say what they were judged by
        limit = limits[key] = day.limit or plant.limit_of(
            day.parameter, day.zone, date.fromisoformat(day.day)
        )
        for values in filter(None, map(_told, day.hours)):
            seen.setdefault(key, []).extend(values)
            held.setdefault(key, []).append(within(limit, *values))
    hours = (min(period.end_ns, now_ns) - period.start_ns) // 3_600_000_000_000
    return Section(
        id="quality",
        title=Text("在线水质（公布的小时值）", "Water quality on line, as published by hours"),
        note=Text(
            "小时中位数与该小时15分钟中位数的最低、最高值均在限值内为在限值内。在线数据未经化验，不作合格判定；"
            "合格率只由化验结果得出。",
            "An hour is within when its median and its lowest and highest 15-minute medians are. On-line "
            "data are no verdict: only laboratory results are called compliant.",
        ),
        heads=(
            Text("区域", "Area"),
            Text("参数", "Parameter"),
            Text("限值", "Limit"),
            Text("在限值内 %", "Within, %"),
            Text("有数据的小时", "Hours with data"),
            Text("数据完整率 %", "Measured, %"),
            Text("最低", "Lowest"),
            Text("最高", "Highest"),
        ),
        rows=tuple(
            _row(plant, key, limits[key], held.get(key, []), seen.get(key, []), hours)
            for key in sorted(limits)
        ),
        none=Text("本期没有公布的小时值", "no hours of this period were published"),
    )


def _row(
    plant: Plant,
    key: _Stream,
    limit: AppliedLimit | None,
    held: list[bool],
    seen: list[float],
    hours: int,
) -> tuple[Cell, ...]:
    zone, parameter = key
    return (
        plant.zones[zone].name if zone in plant.zones else zone,
        GLOSSARY.get(f"value.quantity.{parameter}", Text(parameter, parameter)),
        _printed(limit),
        percent(sum(held), len(held)) if limit else None,
        len(held),
        percent(len(held), hours),
        min(seen, default=None),
        max(seen, default=None),
    )


def _printed(limit: AppliedLimit | None) -> str | None:
    if limit is None or (limit.low is None and limit.high is None):
        return None
    if limit.low is None:
        bounds = f"≤{limit.high:g}"
    else:
        bounds = f"≥{limit.low:g}" if limit.high is None else f"{limit.low:g}–{limit.high:g}"
    return f"{bounds} {limit.unit} ({limit.standard})".replace("  ", " ")


def _told(hour: Hour) -> list[float]:
    """None of an hour that has no median."""
    if hour.median is None:
        return []
    return [value for value in (hour.low15, hour.median, hour.high15) if value is not None]
