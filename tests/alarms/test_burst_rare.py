"""Bursts where meters tell every quarter of an hour, or once an hour only."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.detectors.expected_week import DAY_NS, Week, slot_for
from alarms.engine import Engine
from core.model.alarm import EXPECTED_WEEK
from core.model.finding import Finding, FindingKind, Verb
from core.model.plant import Plant
from core.model.sample import Batch, Names
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, MONDAY, TAGS, Water, district

ROW = definition("dma-01:burst", FindingKind.BURST, zone="dma-01")
USUAL = definition("usual", FindingKind.DEVIATION, tag=TAGS[0], reference=EXPECTED_WEEK, setpoint=20.0,
                   relative=True, deadband=5.0)  # fmt: skip
DAYS = 21
AT_MIN = (DAYS - 3) * 1440 + 600
HOUR_NS = 60 * MINUTE


def town(minutes: int) -> Plant:
    """The district with a meter that tells so often, and no gauge."""
    hub = plant()
    return replace(hub, tags={TAGS[0]: replace(hub.tags[TAGS[0]], period_s=60.0 * minutes)})


def told(water: Water) -> Batch:
    zero = np.zeros(len(water.t_ns), np.uint32)
    names = Names.one("file", TAGS[:1])
    return Batch(names, zero, water.t_ns, water.inflow, zero, water.t_ns, zero.astype(np.uint8))


def burst_of(minutes: int, share: float = 0.4, days: int = DAYS, lasts_min: int = 1440) -> Batch:
    burst = (AT_MIN, AT_MIN + lasts_min, share)
    return told(district(3, days, sd=0.03, burst=burst, every_s=60 * minutes))


def findings(minutes: int, batch: Batch) -> list[Finding]:
    return Engine(town(minutes), [ROW], past=True).update(batch)


def facts(finding: Finding) -> tuple[object, ...]:
    """All of it but the share of the mean, which is of the mean known at the end of a batch."""
    evidence = {name: said for name, said in finding.evidence.items() if name != "share_of_mean"}
    return finding.verb, finding.t_ns, finding.value, finding.limit, finding.score, finding.size_m3h, evidence


def ends(found: list[Finding]) -> list[Verb]:
    return [finding.verb for finding in found if finding.verb is not Verb.UPDATE]


@pytest.mark.parametrize("minutes", [1, 5, 10, 15, 20, 25, 30, 60, 120])
def test_the_same_burst_is_found_however_often_the_meter_tells(minutes: int) -> None:
    found = findings(minutes, burst_of(minutes))
    first = next(finding for finding in found if finding.t_ns > MONDAY + AT_MIN * MINUTE)
    assert first.verb is Verb.RAISE
    late_h = (first.t_ns - MONDAY - AT_MIN * MINUTE) / HOUR_NS
    assert late_h <= 8
    assert first.size_m3h == pytest.approx(0.4 * 70, rel=0.5)


@pytest.mark.parametrize("minutes", [20, 30, 60])
def test_when_it_is_repaired_the_alarm_is_over_within_hours_and_leaves_no_echo(minutes: int) -> None:
    found = findings(minutes, burst_of(minutes, days=DAYS + 3, lasts_min=720))
    assert ends(found) == [Verb.RAISE, Verb.CLEAR]
    assert (found[-1].t_ns - MONDAY - (AT_MIN + 720) * MINUTE) / HOUR_NS <= 8


def test_what_still_runs_after_a_day_is_the_new_usual_and_is_not_told_again_at_once() -> None:
    found = findings(60, burst_of(60, days=DAYS + 6, lasts_min=7 * 1440))
    cleared = next(finding for finding in found if finding.verb is Verb.CLEAR)
    assert cleared.evidence["reason"] == "rebased"
    soon = [f for f in found if cleared.t_ns < f.t_ns <= cleared.t_ns + 24 * HOUR_NS]
    assert soon == []


@pytest.mark.parametrize("minutes", [20, 30, 60])
def test_sixty_quiet_days_bring_no_alarm(minutes: int) -> None:
    assert findings(minutes, told(district(21, 60, sd=0.05, every_s=60 * minutes))) == []


def test_one_wild_hour_is_no_burst() -> None:
    water = district(3, DAYS, sd=0.03, every_s=3600)
    water.inflow[AT_MIN // 60] *= 3
    assert findings(60, told(water)) == []


def test_a_week_without_a_word_teaches_nothing_and_raises_nothing() -> None:
    water = district(3, 35, sd=0.03, every_s=3600)
    keep = np.ones(len(water.t_ns), np.bool_)
    keep[18 * 24 : 25 * 24] = False
    batch = told(Water(water.t_ns[keep], water.inflow[keep], water.pressures[keep]))
    assert findings(60, batch) == []


@pytest.mark.parametrize("minutes", [5, 30, 60])
def test_cut_anywhere_and_restarted_it_says_the_same(minutes: int) -> None:
    batch = burst_of(minutes, days=DAYS + 3)
    whole, hub, engine, pieces = findings(minutes, batch), town(minutes), None, list[Finding]()
    for cut in np.array_split(np.arange(len(batch)), 41):
        after = Engine(hub, [ROW], past=True)
        if engine is not None:
            after.restore(engine.snapshot())
        engine, mask = after, np.zeros(len(batch), np.bool_)
        mask[cut] = True
        pieces += engine.update(batch.where(mask))
    assert len(pieces) == len(whole) > 0
    for one, other in zip(pieces, whole, strict=True):
        assert one.score == pytest.approx(other.score, rel=1e-9), "sums of other stretches round otherwise"
        assert facts(replace(one, score=0.0)) == facts(replace(other, score=0.0))


def test_what_comes_later_changes_nothing_of_what_was_said() -> None:
    with_burst = findings(60, burst_of(60, lasts_min=720))
    until = with_burst[0].t_ns
    batch = burst_of(60, lasts_min=720)
    assert findings(60, batch.where(batch.t_ns <= until))[:1] == with_burst[:1]


def test_an_hourly_meter_is_judged_against_its_expected_week() -> None:
    found = Engine(town(60), [USUAL], past=True).update(burst_of(60))
    raised = [f for f in found if f.verb is Verb.RAISE and f.t_ns > MONDAY + AT_MIN * MINUTE]
    assert raised[0].t_ns - MONDAY - AT_MIN * MINUTE <= 2 * HOUR_NS


@pytest.mark.parametrize("minutes", [1, 15, 20, 25, 30, 60, 90, 360, 1440])
def test_an_expected_week_has_a_place_for_every_bin_of_a_meter_and_no_more(minutes: int) -> None:
    width_ns = minutes * MINUTE
    assert DAY_NS % slot_for(width_ns) == 0
    assert slot_for(width_ns) >= min(width_ns, DAY_NS)
    week, t_ns = Week(width_ns), MONDAY + np.arange(1, 14 * 1440 // minutes + 1) * width_ns
    week.learn(t_ns, np.full(len(t_ns), 7.0))
    week.refit()
    assert week.days >= 14
    assert week.expected(t_ns) == pytest.approx(7.0)
