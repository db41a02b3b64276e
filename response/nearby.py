"""The instruments nearest to a caller: now, against what is usual at this hour."""

from dataclasses import dataclass, replace
from math import isnan

from core.model.quality import reason
from core.model.sample import Sample
from core.model.tag import Quantity, Tag
from core.ports.historian import Historian
from core.runtime.live import LiveTable
from response.instruments import Instruments
from response.usual_band import HOUR_NS
from response.usual_past import DAY, Past, Remembered

OLD_NS = 6 * HOUR_NS
"""What is older is shown no more."""
READ_NS = 15 * 60 * 1_000_000_000
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


async def sensors(
    instruments: Instruments,
    live: LiveTable,
    historian: Historian | None,
    node: str,
    zone: str,
    now_ns: int,
    remembered: Remembered | None = None,
) -> tuple[SensorNow, ...]:
    """The nearest instruments now. Without the historian, or when it is slow, with what is remembered of
    it; else without their usual."""
    near = instruments.nearest(node, zone)
    kept = remembered or Remembered()
    if historian is not None:
        await kept.look(historian, [tag for tag, _ in near], now_ns, USUAL_WITHIN_S)
    return tuple(
        _with_past(_now(tag, far_m, zone, live.get(tag.id)), kept.past.get(tag.id), now_ns)
        for tag, far_m in near
    )


def _with_past(row: SensorNow, past: Past | None, now_ns: int) -> SensorNow:
    if past is None or not 0 <= now_ns - past.at_ns <= OLD_NS:
        return row
    low, high = past.band if past.band and past.hour_ns == now_ns // HOUR_NS * HOUR_NS else (None, None)
    day = _day(row, past, now_ns)
    return replace(row, usual_low=low, usual_high=high, spark=day, past_as_of_ns=past.at_ns)


def _day(row: SensorNow, past: Past, now_ns: int) -> tuple[tuple[int, float | None], ...]:
    """Hour by hour up to now: a gap stays one, and a fall of five minutes ago is seen."""
    first_ns = past.hour_ns - len(past.day) * HOUR_NS
    means = {first_ns + k * HOUR_NS: mean for k, mean in enumerate(past.day.tolist()) if not isnan(mean)}
    if not means:
        return ()
    this_hour = now_ns // HOUR_NS * HOUR_NS
    hours = range(this_hour - DAY * HOUR_NS, this_hour, HOUR_NS)
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
