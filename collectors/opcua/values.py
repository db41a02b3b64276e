"""A server's DataValue as a sample: whose time it bears, and what its quality says.

Time (all in plant time):
- the source's stamp, when it lies within 24 h before and 5 min after the receive time;
- else, or when there is none, the server's stamp within the same window, else the receive time, flagged
  SUBSTITUTED_TIME, and CLOCK_SUSPECT too when there was a stamp and it was wrong;
- the first report of an item after a connect is what the server holds now, maybe since long: when its
  stamp is older than two periods, or not newer than the Bad sample of the loss, it is reported at the
  receive time with SUBSTITUTED_TIME, or the tag would stay Bad until the water changes.
Reports older than two periods (two minutes at least) are BACKFILL.
"""

import math
from datetime import UTC, datetime, timedelta

from asyncua import ua

from core.model.quality import Status
from core.model.sample import Flag, Sample
from core.model.tag import Tag

PAST_NS = 24 * 3600 * 10**9
FUTURE_NS = 300 * 10**9
LATE_S = 120.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OVERFLOW = 0x0480
"""InfoType DataValue with the overflow bit (IEC 62541-4, 7.39.1): Good by name, yet samples were lost."""


def sample(
    tag: Tag, value: ua.DataValue, received_ns: int, *, speed: float, first: bool, after_ns: int
) -> Sample:
    """first: the item's first report since the session began; after_ns: time of the tag's last Bad sample
    of our own; speed: plant seconds in a real one."""
    v, q = _value(tag, value)
    t_ns, flags = _time(value, received_ns)
    late_ns = round(2 * tag.period_s * speed * 1e9)
    if first and (received_ns - t_ns > late_ns or t_ns <= after_ns):
        t_ns, flags = received_ns, flags | Flag.SUBSTITUTED_TIME
    elif received_ns - t_ns > max(late_ns, LATE_S * speed * 1e9):
        flags |= Flag.BACKFILL
    if q & _OVERFLOW == _OVERFLOW:
        flags |= Flag.OVERFLOW
    return Sample(tag.id, t_ns, v, q, received_ns, flags)


def _value(tag: Tag, value: ua.DataValue) -> tuple[float | None, int]:
    q = int(value.StatusCode.value) if value.StatusCode is not None else int(Status.GOOD)
    if q >> 31:
        return None, q
    said = value.Value.Value if value.Value is not None else None
    if not isinstance(said, int | float):
        return None, Status.BAD_CONFIGURATION_ERROR
    v = float(said)
    if not math.isfinite(v):
        return None, Status.BAD_SENSOR_FAILURE
    if (tag.low is not None and v < tag.low) or (tag.high is not None and v > tag.high):
        return None, Status.BAD_OUT_OF_RANGE
    return v, q


def _time(value: ua.DataValue, received_ns: int) -> tuple[int, int]:
    source = _ns(value.SourceTimestamp)
    if source is not None and _sane(source, received_ns):
        return source, Flag.NONE
    flags = Flag.SUBSTITUTED_TIME | (Flag.CLOCK_SUSPECT if source is not None else Flag.NONE)
    server = _ns(value.ServerTimestamp)
    return (server if server is not None and _sane(server, received_ns) else received_ns), flags


def _sane(t_ns: int, received_ns: int) -> bool:
    return -PAST_NS <= t_ns - received_ns <= FUTURE_NS


def _ns(stamp: datetime | None) -> int | None:
    """UTC ns; asyncua's stamps are aware since 2.0, and its earliest date stands for none."""
    if stamp is None or stamp.year < 1602:
        return None
    aware = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND * 1000
