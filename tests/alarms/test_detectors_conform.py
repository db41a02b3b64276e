"""One suite for every detector: what `alarms.detectors.detector.Detector` promises."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from core.model.alarm import EXPECTED_WEEK, AlarmClass, AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Flag
from core.model.tag import Quantity
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import district

LEAK_DAYS = 15
"""A leak is judged by its nights: of so many days, what bursts goes on until after the last night."""
DRIFT_DAYS = 31
"""Twelve days to compare, fifteen to learn what the two do by themselves, and four in which one drifts."""
PROCESS = set(FindingKind) - {
    FindingKind.STALE,
    FindingKind.FLATLINE,
    FindingKind.BAD_QUALITY,
    FindingKind.COMMUNICATION,
    FindingKind.CONDITION,
    FindingKind.CALLS,
}


def rows(kind: FindingKind) -> list[AlarmDefinition]:
    p1 = {"tag": "dma-01.p1", "zone": "dma-01"}
    match kind:
        case FindingKind.LIMIT_LOW:
            delays = {"on_delay_s": 120.0, "off_delay_s": 60.0, "escalate_at": 28.2}
            return [definition("a", kind, setpoint=28.6, deadband=0.1, **delays, **p1)]
        case FindingKind.LIMIT_HIGH:
            return [definition("a", kind, tag="dma-01.inflow", zone="dma-01", setpoint=85.0, deadband=2.0)]
        case FindingKind.RATE:
            return [definition("a", kind, tag="dma-01.inflow", setpoint=25.0, deadband=5.0, window_s=1800.0)]
        case FindingKind.SPIKE:
            return [definition("a", kind, setpoint=8.0, least_sd=0.005, **p1)]
        case FindingKind.DRIFT:
            return [definition("a", kind, setpoint=2.0, least_sd=0.005, reference="dma-01.p2", **p1)]
        case FindingKind.STALE:
            return [definition("a", kind, alarm_class=AlarmClass.INSTRUMENT, **p1)]
        case FindingKind.FLATLINE:
            tags = [f"dma-01.p{i}" for i in (1, 2, 3)]
            each = {"zone": "dma-01", "setpoint": 0.001, "window_s": 1800.0}
            return [definition(f"{tag}:flat", kind, tag=tag, **each) for tag in tags]
        case FindingKind.BAD_QUALITY:
            return [definition("a", kind, alarm_class=AlarmClass.INSTRUMENT, on_delay_s=60.0, **p1)]
        case FindingKind.COMMUNICATION:
            return [definition("a", kind, alarm_class=AlarmClass.COMMUNICATION, station="st-01")]
        case FindingKind.BURST:
            return [definition("a", kind, zone="dma-01")]
        case FindingKind.LEAK:
            return [definition("a", kind, zone="dma-01")]
        case FindingKind.LEVEL_CONTROL:
            return [definition("a", kind, tag="dma-01.p1", reference="dma-01.p2", off_delay_s=60.0)]
        case FindingKind.CROSS_CHECK:
            return [definition("a", kind, zone="dma-01", on_delay_s=900.0, off_delay_s=3600.0)]
        case FindingKind.QUALITY_EVENT:
            return [definition(f"needs {n}", kind, station="st-01", needs=n) for n in (1, 2)]
        case FindingKind.COMPOSITE:
            low = definition("low", FindingKind.LIMIT_LOW, setpoint=28.6, deadband=0.1, on_delay_s=60.0, **p1)
            high = definition(
                "high", FindingKind.LIMIT_HIGH, tag="dma-01.inflow", setpoint=85.0, deadband=2.0
            )
            delays = {"on_delay_s": 180.0, "off_delay_s": 60.0}
            both = definition("a", kind, zone="dma-01", members=(("low",), ("high",)), needs=2, **delays)
            return [low, high, both]
        case FindingKind.EWMA | FindingKind.CUSUM:
            chart = {"setpoint": 6.0, "deadband": 1.0, "window_s": 14_400.0, "least_sd": 0.05}
            return [definition("a", kind, on_delay_s=120.0, off_delay_s=60.0, **chart, **p1)]
        case FindingKind.DEVIATION:
            delays = {"on_delay_s": 120.0, "off_delay_s": 60.0, "deadband": 0.05}
            off = definition("a", kind, setpoint=0.6, reference="dma-01.p2", **delays, **p1)
            usual = {"reference": EXPECTED_WEEK, "relative": True, "setpoint": 25.0, "deadband": 5.0}
            return [off, definition("b", kind, tag="dma-01.inflow", on_delay_s=600.0, **usual)]
        case FindingKind.DISCREPANCY:
            delays = {"on_delay_s": 120.0, "off_delay_s": 60.0}
            return [definition("a", kind, setpoint=1.0, reference="dma-01.p3", **delays, **p1)]


def plant_for(kind: FindingKind) -> Plant:
    """For quality events its gauges are probes: what they measure is no matter to what is promised."""
    town = plant()
    if kind is FindingKind.QUALITY_EVENT:
        probes = (Quantity.CONDUCTIVITY, Quantity.FREE_CHLORINE, Quantity.PH, Quantity.REDOX)
        for name, quantity in zip(("inflow", "p1", "p2", "p3"), probes, strict=True):
            town.tags[f"dma-01.{name}"] = replace(town.tags[f"dma-01.{name}"], quantity=quantity)
    return town


def troubled(batch: Batch, days: int) -> Batch:
    """Everything goes wrong once in the last day: a stuck gauge, a broken one, a lost station, a burst."""
    v, q = batch.v.copy(), batch.q.copy()
    at = np.arange(len(v)) // 4 - (days - 1) * 1440
    p1, p2 = batch.tag == 1, batch.tag == 2
    v[p2 & (at > 100) & (at < 200)] = 28.0
    q[p1 & (at > 300) & (at < 320)] = Status.BAD_SENSOR_FAILURE
    q[(at > 400) & (at < 430)] = Status.BAD_NO_COMMUNICATION
    v[q >> 31 == 1] = np.nan
    return replace(batch, v=v, q=q)


@cache
def stream(days: int) -> Batch:
    start = (days - 1) * 1440 + 700
    lasts = 240 if days < LEAK_DAYS else 740
    return troubled(district(3, days, burst=(start, start + lasts, 0.4)).batch(), days)


@cache
def stream_of(kind: FindingKind) -> Batch:
    """For spikes one gauge leaps twice.
    For quality events three of the probes step at once, as when other water comes, after the burst."""
    batch = stream(days_for(kind))
    if kind is FindingKind.LEVEL_CONTROL:
        return switched(batch)
    at = np.arange(len(batch)) // 4 - 1440
    if kind is FindingKind.DRIFT:
        drifted = np.where(batch.tag == 1, np.maximum(0, at - (DRIFT_DAYS - 5) * 1440) / 1440, 0.0)
        return replace(batch, v=batch.v + np.where(at < (DRIFT_DAYS - 2) * 1440 + 1200, drifted, 0.0))
    if kind is FindingKind.SPIKE:
        return replace(
            batch, v=batch.v + np.where((batch.tag == 1) & np.isin(at, (1000, 1200, 1201)), 3.0, 0.0)
        )
    if kind is not FindingKind.QUALITY_EVENT:
        return batch
    steps = (at > 1000) & (at < 1060) & (batch.tag != 0)
    return replace(batch, v=batch.v + np.where(steps, 5.0, 0.0))


def switched(batch: Batch) -> Batch:
    """The first gauge is a pump that runs below the second one's median, and for an hour at the end above."""
    low = (batch.v[batch.tag == 2] < np.nanmedian(batch.v[batch.tag == 2])).astype(np.float64)
    end = len(low) - 440
    low[end : end + 60] = 1.0 - low[end : end + 60]
    v = batch.v.copy()
    v[batch.tag == 1] = np.where(np.isnan(v[batch.tag == 1]), np.nan, low)
    return replace(batch, v=v)


def cut(batch: Batch, a: int, b: int) -> Batch:
    columns = {name: getattr(batch, name)[a:b] for name in ("tag", "t_ns", "v", "q", "r_ns", "flags")}
    return replace(batch, **columns)


def said(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
    return [(f.alarm, f.verb, f.t_ns, f.kind) for f in findings]


def days_for(kind: FindingKind) -> int:
    if kind in (FindingKind.LEAK, FindingKind.CROSS_CHECK, FindingKind.LEVEL_CONTROL):
        return LEAK_DAYS
    if kind is FindingKind.DRIFT:
        return DRIFT_DAYS
    return 6 if kind in (FindingKind.BURST, FindingKind.DEVIATION) else 2


@cache
def whole(kind: FindingKind) -> tuple[Finding, ...]:
    """What is found in all of the stream at once."""
    return tuple(Engine(plant_for(kind), rows(kind)).update(stream_of(kind)))


NO_STORY = (FindingKind.STALE, FindingKind.CONDITION, FindingKind.CALLS)
KINDS = [kind for kind in FindingKind if kind not in NO_STORY]
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_the_story_is_told_and_only_on_change(kind: FindingKind) -> None:
    findings = whole(kind)
    assert {f.kind for f in findings} >= {kind}, "the troubled stream must make this detector speak"
    known = {row.id for row in rows(kind)}
    for alarm in known:
        verbs = [f.verb for f in findings if f.alarm == alarm and f.verb in (Verb.RAISE, Verb.CLEAR)]
        assert verbs == [Verb.RAISE, Verb.CLEAR] * (len(verbs) // 2) + [Verb.RAISE] * (len(verbs) % 2)
    assert {f.alarm for f in findings} <= known
    assert {f.kind for f in findings} <= {row.kind for row in rows(kind)}
    assert not any(f.late for f in findings)
    assert [f.t_ns for f in findings] == sorted(f.t_ns for f in findings)


@each_kind
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_cutting_and_restarting_change_nothing(kind: FindingKind, data: st.DataObject) -> None:
    days = days_for(kind)
    batch, expected = stream_of(kind), whole(kind)
    minutes = st.integers((days - 1) * 1440, days * 1440 - 1)
    cuts = data.draw(st.lists(minutes.map(lambda minute: 4 * minute), max_size=12))
    engine, got = Engine(plant_for(kind), rows(kind)), list[Finding]()
    for a, b in pairwise(sorted({0, *cuts, len(batch)})):
        got += engine.update(cut(batch, a, b))
        kept, engine = engine.snapshot(), Engine(plant_for(kind), rows(kind))
        engine.restore(kept)
    assert said(got) == said(expected)
    for one, other in zip(got, expected, strict=True):
        pairs = [(one.value, other.value), (one.size_m3h, other.size_m3h), (one.score, other.score)]
        assert all(a == b if a is None or b is None else a == pytest.approx(b, rel=1e-9) for a, b in pairs)


@each_kind
def test_one_minute_at_a_time_is_the_whole(kind: FindingKind) -> None:
    days = days_for(kind)
    batch, engine = stream_of(kind), Engine(plant_for(kind), rows(kind))
    last_day = (days - 1) * 1440 * 4
    got = engine.update(cut(batch, 0, last_day))
    for a in range(last_day, len(batch), 4):
        got += engine.update(cut(batch, a, a + 4))
    assert said(got) == said(whole(kind))


@each_kind
def test_backfill_and_late_samples_say_nothing(kind: FindingKind) -> None:
    batch = stream_of(kind)
    flags = np.full(len(batch), Flag.BACKFILL, np.uint8)
    engine = Engine(plant_for(kind), rows(kind))
    assert engine.update(replace(batch, flags=flags)) == []
    assert engine.late > 0
    again = Engine(plant_for(kind), rows(kind))
    again.update(batch)
    assert again.update(batch) == []


@pytest.mark.parametrize("kind", sorted(PROCESS))
def test_bad_quality_never_raises_or_clears_a_process_alarm(kind: FindingKind) -> None:
    batch = stream_of(kind)
    engine = Engine(plant_for(kind), rows(kind))
    half = len(batch) - 4 * 700
    engine.update(cut(batch, 0, half))
    rest = cut(batch, half, len(batch))
    q = np.full(len(rest), Status.BAD_DEVICE_FAILURE, np.uint32)
    assert engine.update(replace(rest, q=q, v=np.full(len(rest), np.nan))) == []


def test_definitions_that_a_snapshot_does_not_know_start_afresh() -> None:
    make: Callable[[FindingKind], Engine] = lambda kind: Engine(plant_for(kind), rows(kind))  # noqa: E731
    kept = make(FindingKind.LIMIT_LOW).snapshot()
    for kind in KINDS:
        make(kind).restore(kept)


def test_a_quality_row_that_needs_another_number_of_quantities_starts_afresh() -> None:
    kind = FindingKind.QUALITY_EVENT
    batch, one = stream_of(kind), definition("a", kind, station="st-01")
    before = Engine(plant_for(kind), [one])
    before.update(batch)
    after, fresh = (Engine(plant_for(kind), [replace(one, needs=2)]) for _ in range(2))
    after.detectors[kind].restore(before.detectors[kind].snapshot())
    assert said(after.update(batch)) == said(fresh.update(batch))
