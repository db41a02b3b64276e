"""Published hours and values of now as observations, with all that the pages say beside each."""

from collections.abc import Iterator
from datetime import UTC, datetime

from core.model.limits import AppliedLimit
from core.model.published import CODES, Hour, HourState, PublishedDay
from core.model.snapshot import Area, Reading, ReadingState
from core.model.text import Text
from public_portal import history_words, words
from public_portal.limit_views import BEYOND, beyond
from public_portal.received import Received
from public_portal.sensorthings.expression import Span
from public_portal.sensorthings.model import KINDS, Entity, Values
from public_portal.sensorthings.words import HOURLY, LEVEL, NOW, NOW_CODES, OUTDATED, VOCABULARY, in_both

HOUR_NS = 3_600_000_000_000
WINDOW_NS = HOUR_NS // 4
_KIND = KINDS["Observations"]


def of_hour(stream: str, area: Area, series: str, day: PublishedDay, hour: Hour) -> Entity | None:
    """None where it has no value: why it has none is an observation of its state."""
    result = hour.median if series == HOURLY else hour.state.value
    if result is None:
        return None
    over = hour.state is HourState.WATCH and beyond(day.limit, hour.low15, hour.median, hour.high15)
    label = words.STATES[BEYOND] if over else history_words.STATES[hour.state]
    parameters = {
        "window": "PT1H",
        "nValid": hour.n_valid,
        "nExpected": hour.n_expected,
        "lowest15": hour.low15,
        "highest15": hour.high15,
        "version": hour.version,
        **_judged(day.limit),
    }
    values: Values = {
        "phenomenonTime": Span(hour.start_ns, hour.start_ns + HOUR_NS),
        "resultTime": Span(hour.published_ns, hour.published_ns),
        "result": result,
        "resultQuality": _quality(CODES[hour.state], hour.state.value, label),
        "parameters": parameters,
    }
    return _observation(stream, area, hour.start_ns, values)


def of_now(stream: str, area: Area, series: str, reading: Reading, received: Received) -> Entity | None:
    """Out of date it is told as that, and no state stands for it."""
    result = reading.value if series == NOW else _state(reading, received)
    if result is None:
        return None
    made_ns, at_ns = received.snapshot.made_ns, reading.at_ns
    state = _state(reading, received)
    over = reading.state is ReadingState.WATCH and beyond(reading.limit, reading.value)
    word = BEYOND if over and state != OUTDATED else state
    values: Values = {
        "phenomenonTime": Span(made_ns, made_ns) if at_ns is None else Span(at_ns - WINDOW_NS, at_ns),
        "resultTime": Span(made_ns, made_ns),
        "result": result,
        "resultQuality": _quality(NOW_CODES[state], state, words.STATES[word]),
        "parameters": {
            "window": "PT15M",
            "usual": {"low": reading.usual_low, "high": reading.usual_high},
            **_judged(reading.limit),
        },
    }
    return _observation(stream, area, made_ns if at_ns is None else at_ns, values)


def begin_of(id: str) -> tuple[str, int] | None:
    """Stream and time of an observation's id; None for what cannot be one."""
    stream, _, at = id.rpartition(":")
    try:
        begin = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return stream, int(begin.timestamp()) * 1_000_000_000


def in_order(day: PublishedDay, newest_first: bool) -> Iterator[Hour]:
    return reversed(day.hours) if newest_first else iter(day.hours)


def _state(reading: Reading, received: Received) -> str:
    return OUTDATED if received.outdated else reading.state.value


def _observation(stream: str, area: Area, at_ns: int, values: Values) -> Entity:
    at = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC)
    keys = {"Datastreams": stream, "FeaturesOfInterest": area.id}
    return Entity(_KIND, f"{stream}:{at:%Y%m%dT%H%M%SZ}", values, keys)


def _quality(code: int, state: str, label: Text) -> Values:
    return {
        "code": code,
        "level": LEVEL,
        "vocab": VOCABULARY,
        "state": state,
        "label": in_both(label),
    }


def _judged(limit: AppliedLimit | None) -> Values:
    """What it was judged by beside the usual range; nothing where nothing limits it."""
    if limit is None:
        return {}
    return {
        "limitSet": limit.set,
        "limitLow": limit.low,
        "limitHigh": limit.high,
        "sampleType": limit.sample.value,
    }
