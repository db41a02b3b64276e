"""A snapshot of another grid: the hub was stopped, a tag's period or a rule's window was changed."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.engine import Engine
from core.model.alarm import EXPECTED_WEEK
from core.model.finding import FindingKind
from core.model.sample import Batch
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, TAGS, district

BURST = definition("dma-01:burst", FindingKind.BURST, zone="dma-01")
USUAL = definition("usual", FindingKind.DEVIATION, tag=TAGS[0], reference=EXPECTED_WEEK, setpoint=20.0,
                   relative=True, deadband=5.0)  # fmt: skip
DAYS = 10
DAY_NS = 1440 * MINUTE


def telling_every(minutes: int) -> Engine:
    hub = plant()
    tags = {id: replace(tag, period_s=60.0 * minutes) for id, tag in hub.tags.items()}
    return Engine(replace(hub, tags=tags), [BURST, USUAL], past=True)


def still_for(window_s: float) -> Engine:
    rows = [
        definition(
            f"{tag}:flat", FindingKind.FLATLINE, tag=tag, zone="dma-01", setpoint=0.001, window_s=window_s
        )
        for tag in TAGS[1:]
    ]
    return Engine(plant(), rows, past=True)


def later(batch: Batch, days: int) -> Batch:
    t_ns = batch.t_ns + days * DAY_NS
    return replace(batch, t_ns=t_ns, r_ns=t_ns)


@pytest.mark.parametrize(("before", "after"), [(1, 5), (5, 1), (30, 60), (60, 30)])
def test_a_meter_that_tells_at_another_interval_now_is_learned_anew(before: int, after: int) -> None:
    old, new, fresh = telling_every(before), telling_every(after), telling_every(after)
    old.update(district(3, DAYS, sd=0.03, every_s=60 * before).batch())
    burst = ((DAYS - 1) * 1440, (DAYS - 1) * 1440 + 600, 0.4)
    batch = later(district(4, DAYS, sd=0.03, burst=burst, every_s=60 * after).batch(), DAYS)
    assert new.restore(old.snapshot())
    found = new.update(batch)
    assert {BURST.id, USUAL.id} <= {finding.alarm for finding in found}
    assert found == fresh.update(batch)


@pytest.mark.parametrize(("before_s", "after_s"), [(1800.0, 3600.0), (3600.0, 1800.0)])
def test_a_flatline_of_another_window_is_judged_anew(before_s: float, after_s: float) -> None:
    old, new, fresh = still_for(before_s), still_for(after_s), still_for(after_s)
    water = district(3, 2, sd=0.03)
    old.update(water.batch(0, 1440))
    stuck = np.where(np.arange(len(water.t_ns)) >= 1800, water.pressures[1800, 0], water.pressures[:, 0])
    batch = replace(water, pressures=np.column_stack((stuck, water.pressures[:, 1:]))).batch(1440)
    assert new.restore(old.snapshot())
    found = new.update(batch)
    assert [finding.alarm for finding in found] == [f"{TAGS[1]}:flat"]
    assert found == fresh.update(batch)
