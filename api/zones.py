"""A zone now: what flows in, what pressure stands, what the water is like."""

from collections.abc import Sequence

from api.audience import Audience
from api.wire import Json, plain, rfc3339
from core.model.plant import Plant, Zone
from core.model.quality import QualityClass, quality_class
from core.model.sample import Sample
from core.model.tag import QUALITY, Quantity, Tag
from core.runtime.live import LiveTable

_NO_SENSOR = (Quantity.VOLUME, Quantity.STATUS)


def zone_now(zone: Zone, plant: Plant, live: LiveTable, audience: Audience) -> Json:
    """inflow_m3h: inlets less outlets, null unless every one of its meters is usable. pressure_m: lowest
    and mean of the usable transmitters. quality: the newest value of each instrument. sensors: how many
    instruments are usable."""
    tags = [tag for tag in plant.tags_of(zone.id) if audience.sees_tag(tag)]
    sensors = [tag for tag in tags if tag.quantity not in _NO_SENSOR]
    usable = [value for tag in sensors if (value := usable_value(live.get(tag.id))) is not None]
    return {
        **plain(zone),
        "inflow_m3h": _net_inflow(zone, plant, live, audience),
        "pressure_m": _pressure([tag for tag in sensors if tag.quantity is Quantity.PRESSURE], live),
        "quality": [_reading(tag, live.get(tag.id)) for tag in sensors if tag.quantity in QUALITY],
        "sensors": {"usable": len(usable), "all": len(sensors)},
    }


def usable_value(sample: Sample | None) -> float | None:
    """Good or Uncertain; None when there is nothing, or it is Bad."""
    return None if sample is None or quality_class(sample.q) is QualityClass.BAD else sample.v


def _net_inflow(zone: Zone, plant: Plant, live: LiveTable, audience: Audience) -> float | None:
    """None as well when the audience may not see one of the meters."""
    total = 0.0
    for ids, sign in ((zone.inflow, 1.0), (zone.outflow, -1.0)):
        for id in ids:
            tag, value = plant.tags.get(id), usable_value(live.get(id))
            if tag is None or value is None or not audience.sees_tag(tag):
                return None
            total += sign * value
    return round(total, 3) if zone.inflow else None


def _pressure(tags: Sequence[Tag], live: LiveTable) -> Json | None:
    values = [(v, tag.id) for tag in tags if (v := usable_value(live.get(tag.id))) is not None]
    if not values:
        return None
    lowest, at = min(values)
    return {
        "lowest": lowest,
        "at": at,
        "mean": round(sum(v for v, _ in values) / len(values), 3),
        "usable": len(values),
        "all": len(tags),
    }


def _reading(tag: Tag, sample: Sample | None) -> Json:
    return {
        "tag": tag.id,
        "quantity": tag.quantity.value,
        "unit": tag.unit,
        "t": rfc3339(sample.t_ns) if sample else None,
        "v": usable_value(sample),
        "q": sample.q if sample else None,
    }
