"""What meters send, as samples; what cannot be one, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from collectors.mqtt.spec import Topic
from core.model.quality import Status
from core.model.sample import Flag, Sample
from core.model.tag import Tag

MAX_BYTES = 64 * 1024
FUTURE_NS = 300 * 10**9

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Reading(msgspec.Struct):
    """t: RFC 3339 with its offset; m3: the meter's cumulative register."""

    t: Annotated[datetime, msgspec.Meta(tz=True)]
    m3: float


class Readings(msgspec.Struct):
    """The payload `readings`: one meter, one or many readings, in any order, late or not."""

    meter: str
    readings: Annotated[list[Reading], msgspec.Meta(min_length=1)]


class Refused(ValueError):
    """The whole payload is no use; says why."""


@dataclass(slots=True)
class Decoded:
    """refused: readings that are no sample, each with its reason."""

    samples: list[Sample] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


_READINGS = msgspec.json.Decoder(Readings)


def decode(
    topic: Topic, name: str, payload: bytes, tags: Mapping[str, Tag], now_ns: int, max_age_ns: int
) -> Decoded:
    """A payload that came under topic `name`. Raises Refused.

    A reading more than 5 min ahead of now or older than max_age_ns is refused by itself. One older than two
    of its tag's periods is BACKFILL; one outside the tag's low and high is Bad out of range.
    """
    if len(payload) > MAX_BYTES:
        raise Refused(f"{len(payload)} bytes are more than {MAX_BYTES}")
    meter = topic.meter_of(name)
    try:
        said = _READINGS.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"not a `readings` payload: {error}") from error
    if said.meter != meter:
        raise Refused(f"the payload is of meter {said.meter!r}, the topic of {meter!r}")
    tag = tags.get(topic.tag.format(meter=meter))
    if tag is None:
        raise Refused(f"unknown meter {meter}")
    decoded = Decoded()
    for reading in said.readings:
        t_ns = (reading.t - _EPOCH) // _MICROSECOND * 1000
        if t_ns - now_ns > FUTURE_NS:
            decoded.refused.append(f"{reading.t.isoformat()} has not come yet")
        elif now_ns - t_ns > max_age_ns:
            decoded.refused.append(f"{reading.t.isoformat()} is older than {max_age_ns / 86400e9:g} days")
        else:
            decoded.samples.append(_sample(tag, t_ns, reading.m3, now_ns))
    return decoded


def _sample(tag: Tag, t_ns: int, m3: float, now_ns: int) -> Sample:
    late = now_ns - t_ns > 2 * tag.period_s * 1e9
    flags = Flag.BACKFILL if late else Flag.NONE
    if (tag.low is not None and m3 < tag.low) or (tag.high is not None and m3 > tag.high):
        return Sample(tag.id, t_ns, None, Status.BAD_OUT_OF_RANGE, now_ns, flags)
    return Sample(tag.id, t_ns, m3, Status.GOOD, now_ns, flags)
