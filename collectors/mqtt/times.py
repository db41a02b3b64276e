"""Times as makers write them, into UTC nanoseconds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from zoneinfo import ZoneInfo

from collectors.mqtt.map_spec import Time
from collectors.mqtt.refusal import Refused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PER_UNIT = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_MOST_NS = 2**63 - 1

Reader = Callable[[object], int]


def compile_time(spec: Time) -> Reader:
    """raw to ns. The reader raises Refused `bad_time` for what is no time, and for a local time that the
    clock jumped over; of one that came twice the first is taken."""
    if spec.form == "iso":
        return _iso(ZoneInfo(spec.zone) if spec.zone else None)
    if spec.form == "local" and spec.zone and spec.pattern:
        return _local(spec.pattern, ZoneInfo(spec.zone))
    return _since(_PER_UNIT[spec.form], (spec.epoch or _EPOCH).astimezone(UTC))


def _ns(t: datetime) -> int:
    return (t - _EPOCH) // _MICROSECOND * 1000


def _iso(zone: ZoneInfo | None) -> Reader:
    def read(raw: object) -> int:
        if not isinstance(raw, str):
            raise _bad(raw)
        try:
            t = datetime.fromisoformat(raw)
        except ValueError:
            raise _bad(raw) from None
        if t.tzinfo is None:
            if zone is None:
                raise Refused("bad_time", f"{raw!r} has no offset, and the map names no zone")
            t = _placed(t, zone)
        return _ns(t)

    return read


def _local(pattern: str, zone: ZoneInfo) -> Reader:
    def read(raw: object) -> int:
        if not isinstance(raw, str):
            raise _bad(raw)
        try:
            t = datetime.strptime(raw.strip(), pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            raise _bad(raw) from None
        return _ns(_placed(t, zone) if t.tzinfo is None else t)

    return read


def _placed(t: datetime, zone: ZoneInfo) -> datetime:
    placed = t.replace(tzinfo=zone)
    try:
        back = placed.astimezone(UTC).astimezone(zone)
    except OverflowError:
        raise _bad(t) from None
    if back.replace(tzinfo=None) != t:
        raise Refused("bad_time", f"{t} did not happen in {zone.key}: the clock jumped over it")
    return placed


def _since(per_unit: int, epoch: datetime) -> Reader:
    first = _ns(epoch)

    def read(raw: object) -> int:
        if type(raw) is int and 0 <= (t_ns := first + raw * per_unit) <= _MOST_NS:
            return t_ns
        number = raw
        if isinstance(raw, str):
            try:
                number = Decimal(raw.strip())
            except InvalidOperation:
                raise _bad(raw) from None
        if isinstance(number, bool) or not isinstance(number, int | float | Decimal) or not isfinite(number):
            raise _bad(raw)
        exact = number if isinstance(number, int | Decimal) else Decimal(repr(number))
        try:
            t_ns = first + int(exact * per_unit)
        except (OverflowError, InvalidOperation):
            raise _bad(raw) from None
        if not 0 <= t_ns <= _MOST_NS:
            raise _bad(raw)
        return t_ns

    return read


def _bad(raw: object) -> Refused:
    return Refused("bad_time", f"{str(raw)[:80]!r} is no time of the map's form")
