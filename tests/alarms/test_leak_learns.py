"""A leak's watch that is taught its past after the start knows what the burst alarm told meanwhile."""

import numpy as np
import pytest

from alarms.columns import Column
from alarms.detectors.burst import BurstTold
from alarms.detectors.leak import Watch
from alarms.engine import Engine
from api.words.desk import WORDS
from core.model.finding import FindingKind, Verb
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, MONDAY, Water, district

ROW, ZONE, INFLOW = "dma-01:leak", "dma-01", "dma-01.inflow"
PAST_MIN, BURST_MIN, SIZE_M3H = 15 * 1440, 15 * 1440 + 90, 28.0
"""Fifteen days of past; then the hub starts; an hour and a half later a main bursts, and nobody mends it."""


@pytest.mark.parametrize("burst_alarm", [True, False])
def test_a_burst_that_was_told_while_it_waited_for_its_past_is_no_leak_next_morning(
    burst_alarm: bool,
) -> None:
    water = district(3, 17, burst=(BURST_MIN, 17 * 1440, SIZE_M3H / 70))
    engine = Engine(plant(), [definition(ROW, FindingKind.LEAK, zone=ZONE)])
    engine.leaks.wait()
    engine.update(water.batch(PAST_MIN, BURST_MIN + 30))
    if burst_alarm:
        engine.leaks.hear(BurstTold(ZONE, MONDAY + (BURST_MIN + 20) * MINUTE, SIZE_M3H, False))
    engine.update(water.batch(BURST_MIN + 30, PAST_MIN + 1000))
    assert engine.leaks.adopt(ROW, _learned(engine, water)) == []
    found = [one for one in engine.update(water.batch(PAST_MIN + 1000)) if one.verb is Verb.RAISE]
    assert len(found) == (0 if burst_alarm else 1)
    inner = ("reason", "score_in", "onset_s")
    assert all(f"evidence.{key}" in WORDS for one in found for key in one.evidence if key not in inner)


def _learned(engine: Engine, water: Water) -> Watch:
    watch = engine.leaks.afresh(ROW)
    codes, good = np.zeros(PAST_MIN, np.uint32), np.ones(PAST_MIN, np.bool_)
    past = Column(water.t_ns[:PAST_MIN], water.inflow[:PAST_MIN], codes, good)
    rows = watch.bins.add({INFLOW: past})
    assert rows is not None
    watch.advance(rows)
    watch.forget_alarm()
    return watch
