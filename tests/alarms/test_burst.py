"""Bursts in a district with the statistics of real ones."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.columns import Column
from alarms.detectors.inflow_change import Change
from alarms.detectors.zone_inflow import ZoneInflow
from alarms.engine import Engine
from alarms.replay import replay
from core.model.finding import FindingKind, Verb
from core.model.sample import Batch, Names
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, MONDAY, TAGS, Water, district

ROW = definition("dma-01:burst", FindingKind.BURST, zone="dma-01")
DAYS = 8
AT = (DAYS - 1) * 1440 + 500


def changes(water: Water) -> list[Change]:
    zone = ZoneInflow(TAGS[:1], (), TAGS[1:], MINUTE)
    values = np.column_stack((water.inflow, water.pressures))
    n = len(water.t_ns)
    good, codes = np.ones(n, np.bool_), np.zeros(n, np.uint32)
    return zone.update({tag: Column(water.t_ns, values[:, i], codes, good) for i, tag in enumerate(TAGS)})


@pytest.mark.parametrize(
    ("sd", "rho", "share"),
    [(sd, rho, share) for sd, rho in ((0.02, 0.9), (0.07, 0.65), (0.12, 0.5)) for share in (0.25, 0.4, 0.6)]
    + [(0.15, 0.4, 0.4), (0.15, 0.4, 0.6)],
)
def test_found_within_ten_minutes_with_its_size_and_cleared_after_the_repair(
    sd: float, rho: float, share: float
) -> None:
    water = district(7, DAYS, sd=sd, rho_1h=rho, burst=(AT, AT + 300, share))
    told = [c for c in changes(water) if c.t_ns >= MONDAY + AT * MINUTE]
    raised, refined = told[0], [c for c in told if c.verb is Verb.UPDATE]
    minutes = (raised.t_ns - MONDAY) // MINUTE - AT
    assert raised.verb is Verb.RAISE
    assert 0 <= minutes <= 10
    assert raised.burst.agrees == "yes"
    assert refined[-1].burst.size_m3h == pytest.approx(share * 70, rel=0.5)
    assert refined[-1].drops is not None
    assert np.argmax(refined[-1].drops.drop_m) == 2
    assert told[-1].verb is Verb.CLEAR


def test_a_main_shut_before_the_first_refinement_is_over_within_the_hour() -> None:
    water = district(7, DAYS, sd=0.07, rho_1h=0.65, burst=(AT, AT + 3, 0.4))
    told = [c for c in changes(water) if c.t_ns >= MONDAY + AT * MINUTE]
    assert [told[0].verb, told[-1].verb] == [Verb.RAISE, Verb.CLEAR]
    assert (told[-1].t_ns - told[0].t_ns) <= 60 * MINUTE


def test_a_quiet_month_stays_quiet() -> None:
    assert changes(district(21, 28, sd=0.07)) == []


def test_a_meter_that_jumps_while_no_gauge_moves_is_not_called_a_burst_that_agrees() -> None:
    water = district(7, DAYS, burst=(AT, AT + 300, 0.4), gauges_see_it=False)
    assert [c.burst.agrees for c in changes(water) if c.verb is Verb.RAISE] in ([], ["no"])


def test_one_wild_reading_is_no_burst() -> None:
    water = district(7, DAYS)
    water.inflow[AT] *= 3
    assert changes(water) == []


def test_the_repair_leaves_no_echo_in_the_slow_windows() -> None:
    water = district(7, DAYS + 4, burst=(AT, AT + 240, 0.5))
    begin, end = (c for c in changes(water) if c.verb is not Verb.UPDATE)
    assert (begin.verb, end.verb) == (Verb.RAISE, Verb.CLEAR)
    back_ns = MONDAY + (AT + 240) * MINUTE
    assert begin.back_ns is None and end.back_ns is not None
    assert 0 <= end.back_ns - back_ns <= 2 * MINUTE < end.t_ns - back_ns, "told later, and since when"


def test_replay_writes_findings_as_plain_rows() -> None:
    water = district(7, DAYS, burst=(AT, AT + 240, 0.4))
    rows = list(replay([water.batch()], plant(), [ROW]))
    assert [row["verb"] for row in rows] == ["raise", "update", "update", "clear"]
    first = rows[0]
    assert first["time"].endswith("Z")
    assert (first["kind"], first["zone"], first["tags"][0]) == ("burst", "dma-01", "dma-01.inflow")
    assert {"time", "kind", "zone", "tags", "score", "size", "candidates"} <= first.keys()


def test_five_minute_flows_without_gauges_are_watched_too() -> None:
    """As at L-Town: one meter, five-minute values, a leak of a fifth of the mean."""
    water = district(3, 15, sd=0.03, burst=(13 * 1440, 15 * 1440, 0.2))
    t, flow = water.t_ns[4::5], water.inflow[4::5]
    zero = np.zeros(len(t), np.uint32)
    batch = Batch(Names.one("file", TAGS[:1]), zero, t, flow, zero, t, zero.astype(np.uint8))
    hub = plant()
    meter = replace(hub.tags[TAGS[0]], period_s=300.0)
    alone = replace(hub, tags={meter.id: meter})
    found = Engine(alone, [ROW], past=True).update(batch)
    late_s = (found[0].t_ns - water.t_ns[13 * 1440]) / 1e9
    assert found[0].verb is Verb.RAISE
    assert 0 <= late_s <= 6 * 3600


def test_evidence_is_of_numbers_even_when_the_meter_is_silent_as_it_is_refined() -> None:
    batch = district(7, DAYS, burst=(AT, AT + 300, 0.4)).batch()
    minute = (batch.t_ns - MONDAY) // MINUTE - AT
    silent = (batch.tag == batch.tags.index(TAGS[0])) & (minute >= 4) & (minute <= 8)
    told = Engine(plant(), [ROW], past=True).update(batch.where(~silent))
    assert Verb.UPDATE in [finding.verb for finding in told]
    numbers = [said for f in told for said in (f.value, *f.evidence.values()) if isinstance(said, float)]
    assert np.isfinite(numbers).all()
