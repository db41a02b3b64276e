"""E2E-1: a large burst is told within a minute wherever in a minute it begins, where meters tell often."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from alarms.columns import Column
from alarms.engine import Engine
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Batch
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, MONDAY, TAGS, district

ROW = definition("dma-01:burst", FindingKind.BURST, zone="dma-01")
DAYS, EVERY_S = 6, 5
A_DAY, AN_HOUR = 86_400 // EVERY_S, 3600 // EVERY_S
AT_MIN = (DAYS - 1) * 1440 + 30
LARGE = 0.6
PHASES_S = range(0, 60, 5)


def engine(often: bool = True) -> Engine:
    """often: its meters say that they tell each second; else each minute, whatever they do."""
    town = plant()
    slow = {} if often else {id: replace(tag, period_s=60.0) for id, tag in town.tags.items()}
    return Engine(replace(town, tags={**town.tags, **slow}), [ROW])


def water(begins_min: float, lasts_min: float, share: float, gauges_see_it: bool = True) -> Batch:
    """An hour, of which the instruments were quiet for days before."""
    burst = (begins_min, begins_min + lasts_min, share)
    whole = district(7, DAYS, sd=0.03, rho_1h=0.9, burst=burst, gauges_see_it=gauges_see_it, every_s=EVERY_S)
    start = (DAYS - 1) * A_DAY
    return whole.batch(start, start + AN_HOUR)


@cache
def learned(often: bool) -> bytes:
    knows = engine(often)
    assert (
        knows.update(district(7, DAYS, sd=0.03, rho_1h=0.9, every_s=EVERY_S).batch(0, (DAYS - 1) * A_DAY))
        == []
    )
    return knows.snapshot()


def told(batch: Batch, often: bool = True) -> list[Finding]:
    knows = engine(often)
    assert knows.restore(learned(often))
    return knows.update(batch)


def late_s(findings: list[Finding], begins_min: float) -> float:
    assert [f.verb for f in findings].count(Verb.RAISE) == 1, "once"
    assert findings[0].verb is Verb.RAISE
    return (findings[0].t_ns - MONDAY) / 1e9 - begins_min * 60


@pytest.mark.parametrize("phase_s", PHASES_S)
def test_a_large_burst_is_told_within_a_minute_at_every_phase_of_it(phase_s: int) -> None:
    begins_min = AT_MIN + phase_s / 60
    findings = told(water(begins_min, 25, LARGE))
    assert 0 < late_s(findings, begins_min) <= 60
    assert findings[0].evidence["pressure_agrees"] == "yes"
    assert [f.verb for f in findings][1:] == [Verb.UPDATE, Verb.UPDATE]
    assert findings[2].size_m3h == pytest.approx(LARGE * 70, rel=0.2)
    onset_s = findings[0].evidence["onset_s"]
    assert isinstance(onset_s, float)
    assert abs(onset_s - MONDAY / 1e9 - begins_min * 60) <= 60


def test_where_meters_tell_each_minute_only_it_is_the_bins_that_tell() -> None:
    late = [late_s(told(water(AT_MIN + s / 60, 25, LARGE), often=False), AT_MIN + s / 60) for s in PHASES_S]
    assert max(late) > 60, "else the test above shows nothing"


def test_a_hub_that_has_just_started_and_knows_the_past_by_the_minute_is_as_quick() -> None:
    begins_min = AT_MIN + 47 / 60
    past = district(7, DAYS, sd=0.03, rho_1h=0.9, every_s=EVERY_S)
    ends = slice(60 // EVERY_S - 1, AT_MIN * 60 // EVERY_S, 60 // EVERY_S)
    t_ns, n = past.t_ns[ends], AT_MIN
    good, codes = np.ones(n, np.bool_), np.zeros(n, np.uint32)
    values = np.column_stack((past.inflow, past.pressures))[ends]
    knows = engine()
    knows.bursts.wait()
    zone = knows.bursts.afresh("dma-01")
    zone.update({tag: Column(t_ns, values[:, i], codes, good) for i, tag in enumerate(TAGS)})
    assert knows.bursts.adopt("dma-01", zone) == []
    batch = water(begins_min, 20, LARGE)
    findings = knows.update(batch.where(batch.t_ns > MONDAY + AT_MIN * MINUTE))
    assert 0 < late_s(findings, begins_min) <= 60


@pytest.mark.parametrize("cut_s", [5, 15, 20, 35, 600])
def test_cutting_and_restarting_change_nothing(cut_s: int) -> None:
    begins_min = AT_MIN + 50 / 60
    batch = water(begins_min, 20, LARGE)
    whole, got, knows = told(batch), list[Finding](), engine()
    knows.restore(learned(True))
    step = cut_s // EVERY_S * len(TAGS)
    for a in range(0, len(batch), step):
        got += knows.update(batch.where(np.arange(len(batch)) // step == a // step))
        kept, knows = knows.snapshot(), engine()
        knows.restore(kept)
    assert [(f.verb, f.t_ns) for f in got] == [(f.verb, f.t_ns) for f in whole]
    assert [f.size_m3h for f in got] == pytest.approx([f.size_m3h for f in whole], rel=1e-9)


def test_a_draw_of_half_a_minute_that_no_bin_shows_is_over_in_four_minutes_and_says_why() -> None:
    findings = told(water(AT_MIN + 45 / 60, 0.5, 0.5))
    assert told(water(AT_MIN + 45 / 60, 0.5, 0.5), often=False) == [], "the bins do not show it"
    assert [f.verb for f in findings] == [Verb.RAISE, Verb.CLEAR]
    assert findings[1].evidence["reason"] == "unconfirmed"
    assert findings[1].t_ns - findings[0].t_ns <= 4 * MINUTE


def test_a_meter_that_jumps_while_no_gauge_moves_is_left_to_the_bins() -> None:
    batch = water(AT_MIN + 50 / 60, 5, LARGE, gauges_see_it=False)
    assert [(f.verb, f.t_ns) for f in told(batch)] == [(f.verb, f.t_ns) for f in told(batch, often=False)]


@pytest.mark.parametrize(("seed", "sd"), [(21, 0.03), (22, 0.07), (23, 0.12)])
def test_three_quiet_weeks_raise_no_more_than_the_bins_alone_do(seed: int, sd: float) -> None:
    batch = district(seed, 21, sd=sd, every_s=15).batch()
    raised = [
        [f.t_ns for f in engine(often).update(batch) if f.verb is Verb.RAISE] for often in (True, False)
    ]
    assert raised == [[], []]
